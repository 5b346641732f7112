/** Dropout of elements and of whole channels, to zero or to the least value of SELU. */
import { argumentError, shapeError } from "../../core/errors.ts";
import type { Options, Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { dropout as compose } from "../../ir/compose/random.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Node } from "../../ir/node.ts";
import { castTo, constant, expandTo, fill, fillLike, op, plus } from "../../ir/words.ts";
import { reshape, scaled } from "../../ir/words.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { callReading } from "../../tensor/call.ts";
import * as math from "../../tensor/functions/arithmetic.ts";
import { dropout as draw, nextDraw, sourceOf } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** The settings of the dropouts. */
const DROPOUT = {
  /** Default: 0.5. */
  p: 0.5,
  /** Default: true. */
  training: true,
};

/** The settings of those that follow SELU, which PyTorch has off unless they are told. */
const ALPHA = { p: 0.5, training: false };

/** Options of the dropouts. */
export type DropoutOptions = Options<typeof DROPOUT>;

/** The arguments of a dropout after its input, by position or by name. */
export type DropoutArguments = Settings<[p: number, training: boolean], DropoutOptions>;

/** Reads the settings: the probability, which is 0 outside of training. */
function chanceOf(name: string, args: DropoutArguments, defaults = DROPOUT): number {
  const { p, training } = read(name, defaults, args);
  if (p >= 0 && p <= 1) return training ? p : 0;
  throw argumentError(`${name}: p is ${p}; need a probability from 0 to 1.`);
}

/**
 * While `training` (true), each element is 0 with probability `p` (0.5) and else divided by 1 − p;
 * the draw comes from the seeded generator. PyTorch: `F.dropout`.
 */
export function dropout(x: Tensor, ...args: DropoutArguments): Tensor {
  const p = chanceOf("dropout", args);
  if (p === 0) return x;
  return p === 1 ? math.mul(x, 0) : draw(x, p);
}

/** What is multiplied with each channel of x [N, C, …]: 0, or 1 / (1 − p). */
function channelFactors(b: Builder, x: Node, p: Node, numbers: readonly Node[]): Node {
  const { shape, dtype } = x.type;
  const lead = shape.slice(0, 2);
  const factors = compose(b, fill(b, dtype, lead, 1), p, sourceOf(numbers)); // [N, C]
  return expandTo(b, reshape(b, factors, [...lead, ...shape.slice(2).map(() => 1)]), shape);
}

function channelDropout(axes: number) {
  const name = `dropout${axes}d`;
  const fn = new Fn(name, (b, [x, p, ...numbers]) => [
    op(b, "mul", x!, channelFactors(b, x!, p!, numbers)),
  ]);
  return (x: Tensor, ...args: DropoutArguments): Tensor => {
    const p = chanceOf(name, args);
    // PyTorch 1.13 reads [A, B, C] as [N, C, L] in dropout2d; of the others it takes one item too
    const single = axes !== 2 && x.ndim === axes + 1;
    if (x.ndim < 2) throw shapeError(`${name}: x is ${showShape(x.shape)}; need [N, C, …].`);
    if (p === 0) return x;
    if (p === 1) return math.mul(x, 0);
    const batch = single ? x.unsqueeze(0) : x;
    const y = callReading(fn, [batch], [() => p, ...nextDraw()], NONE)[0]!;
    return single ? y.squeeze(0) : y;
  };
}

/**
 * While `training` (true), each channel of `[N, C, L]` (or `[C, L]`) is 0 with probability `p`
 * (0.5) and else divided by 1 − p. PyTorch: `F.dropout1d`.
 */
export const dropout1d = /* @__PURE__ */ channelDropout(1);
/** The same for `[N, C, …]`; see {@link dropout1d}. PyTorch: `F.dropout2d`. */
export const dropout2d = /* @__PURE__ */ channelDropout(2);
/**
 * The same for `[N, C, D, H, W]` (or `[C, D, H, W]`); see {@link dropout1d}. PyTorch:
 * `F.dropout3d`.
 */
export const dropout3d = /* @__PURE__ */ channelDropout(3);

/** What SELU gives for −∞, negated. */
const LEAST = 1.7580993408473766;

/**
 * Dropped elements take the least value of SELU, then all are scaled and shifted so that mean and
 * variance stay. `factors` are 0 or 1 / (1 − p).
 */
function alphaDropped(b: Builder, x: Node, p: Node, factors: Node): Node {
  const { dtype } = x.type;
  const wide = (value: Node): Node => expandTo(b, castTo(b, value, dtype), x.type.shape);
  const rest = op(b, "sub", constant(b, p.type.dtype, 1), p);
  const spread = plus(b, scaled(b, p, LEAST * LEAST), 1);
  const a = op(b, "div", constant(b, p.type.dtype, 1), op(b, "sqrt", op(b, "mul", spread, rest)));
  const noise = op(b, "mul", factors, wide(rest)); // 0 or 1
  const low = wide(scaled(b, a, LEAST));
  const shift = op(b, "mul", low, op(b, "sub", wide(p), op(b, "sub", fillLike(b, x, 1), noise)));
  return op(b, "add", op(b, "mul", op(b, "mul", x, noise), wide(a)), shift);
}

const alphaFn = /* @__PURE__ */ new Fn("alphaDropout", (b, [x, p, ...numbers]) => [
  alphaDropped(b, x!, p!, compose(b, fillLike(b, x!, 1), p!, sourceOf(numbers))),
]);
const featureAlphaFn = /* @__PURE__ */ new Fn("featureAlphaDropout", (b, [x, p, ...numbers]) => [
  alphaDropped(b, x!, p!, channelFactors(b, x!, p!, numbers)),
]);

/**
 * Dropout after SELU, which keeps mean 0 and variance 1: while `training` (false), an element is
 * SELU's least value with probability `p` (0.5). PyTorch: `F.alpha_dropout`.
 */
export function alphaDropout(x: Tensor, ...args: DropoutArguments): Tensor {
  const p = chanceOf("alphaDropout", args, ALPHA);
  if (p === 0) return x;
  if (p === 1) return math.mul(x, 0);
  return callReading(alphaFn, [x], [() => p, ...nextDraw()], NONE)[0]!;
}

/** The same for whole channels of `[N, C, …]`. PyTorch: `F.feature_alpha_dropout`. */
export function featureAlphaDropout(x: Tensor, ...args: DropoutArguments): Tensor {
  const p = chanceOf("featureAlphaDropout", args, ALPHA);
  if (x.ndim < 2) {
    throw shapeError(`featureAlphaDropout: x is ${showShape(x.shape)}; need [N, C, …].`);
  }
  if (p === 0) return x;
  if (p === 1) return math.mul(x, 0);
  return callReading(featureAlphaFn, [x], [() => p, ...nextDraw()], NONE)[0]!;
}
