/** Dropout of elements and of whole channels. */
import { argumentError, shapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import { dropout as compose } from "../../ir/compose/random.ts";
import { expandTo, fill, op, reshape } from "../../ir/words.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import type { Optional } from "../../tensor/functions/define.ts";
import { byName } from "../../tensor/functions/define.ts";
import { callReading } from "../../tensor/call.ts";
import * as math from "../../tensor/functions/arithmetic.ts";
import { dropout as draw, nextDraw, sourceOf } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Options of the dropouts. */
export interface DropoutOptions {
  /** Default: 0.5. */
  readonly p?: number;
  /** Default: true. */
  readonly training?: boolean;
}

/** The arguments of a dropout after its input, by position or by name. */
export type DropoutArguments = Optional<[p?: number, training?: boolean], DropoutOptions>;

const NAMES = ["p", "training"];

/**
 * While `training` (true), each element is 0 with probability `p` (0.5) and else divided by 1 − p;
 * the draw comes from the seeded generator. PyTorch: `F.dropout`.
 */
export function dropout(x: Tensor, ...args: DropoutArguments): Tensor {
  const { p = 0.5, training = true } = byName<DropoutOptions>("dropout", NAMES, args);
  if (!(p >= 0 && p <= 1)) {
    throw argumentError(`dropout: p is ${p}; need a probability from 0 to 1.`);
  }
  if (!training || p === 0) return x;
  return p === 1 ? math.mul(x, 0) : draw(x, p);
}

const dropout2dFn = /* @__PURE__ */ new Fn("dropout2d", (b, [x, p, ...numbers]) => {
  const { shape, dtype } = x!.type;
  const lead = shape.slice(0, 2);
  const factors = compose(b, fill(b, dtype, lead, 1), p!, sourceOf(numbers)); // [N, C]
  const line = reshape(b, factors, [...lead, ...shape.slice(2).map(() => 1)]);
  return [op(b, "mul", x!, expandTo(b, line, shape))];
});

/**
 * While `training` (true), each channel of `[N, C, …]` is 0 with probability `p` (0.5) and else
 * divided by 1 − p. PyTorch: `F.dropout2d`.
 */
export function dropout2d(x: Tensor, ...args: DropoutArguments): Tensor {
  const { p = 0.5, training = true } = byName<DropoutOptions>("dropout2d", NAMES, args);
  if (!(p >= 0 && p <= 1)) {
    throw argumentError(`dropout2d: p is ${p}; need a probability from 0 to 1.`);
  }
  if (x.ndim < 2) {
    throw shapeError(`dropout2d: x is ${showShape(x.shape)}; need [N, C, …].`);
  }
  if (!training || p === 0) return x;
  return p === 1
    ? math.mul(x, 0)
    : callReading(dropout2dFn, [x], [() => p, ...nextDraw()], NONE)[0]!;
}
