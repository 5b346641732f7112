/** Normalisations as functions: over trailing axes, over channels, over groups of channels. */
import { argumentError, shapeError } from "../../core/errors.ts";
import { isOptions, optionsOf } from "../../core/options.ts";
import type { Shape } from "../../core/shape.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import * as compose from "../../ir/compose/norm.ts";
import { normalize as composeNormalize } from "../../ir/compose/reduction.ts";
import { castTo, expandTo, fillLike, op, plus, scaled } from "../../ir/words.ts";
import type { Node } from "../../ir/node.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { updateCells } from "../../tensor/call.ts";
import type { Optional } from "../../tensor/functions/define.ts";
import { byName } from "../../tensor/functions/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { program } from "./define.ts";

/** Scale and shift after a normalisation, and what is added to the variance. */
export interface NormOptions {
  /** Default: none. */
  readonly weight?: Tensor | null | undefined;
  /** Default: none. */
  readonly bias?: Tensor | null | undefined;
  /** Default: 1e-5. */
  readonly eps?: number;
}

type AffineArguments = [weight?: Tensor | null, bias?: Tensor | null, eps?: number];
const AFFINE = ["weight", "bias", "eps"];

interface Trailing extends compose.Affine {
  readonly normalized: Shape;
  readonly eps: number;
}

const layerNormFn = /* @__PURE__ */ program("layerNorm", (b, [x], options: Trailing) => [
  compose.layerNorm(b, x!, options.normalized, options, options.eps),
]);

/**
 * x with mean 0 and variance 1 over its trailing axes, which `normalizedShape` lists, then ·
 * weight + bias of that shape. Throws a shape error where they do not fit. PyTorch:
 * `F.layer_norm`.
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: number | Shape,
  ...args: Optional<AffineArguments, NormOptions>
): Tensor {
  const { weight, bias, eps = 1e-5 } = byName<NormOptions>("layerNorm", AFFINE, args);
  const normalized = shapeOf("layerNorm", normalizedShape);
  needShape("layerNorm", "weight", weight, normalized);
  needShape("layerNorm", "bias", bias, normalized);
  return layerNormFn([x], { normalized, eps }, { weight, bias })[0]!;
}

const rmsNormFn = /* @__PURE__ */ program("rmsNorm", (b, [x], options: Trailing) => [
  compose.rmsNorm(b, x!, options.normalized, options, options.eps),
]);

/** The distance from 1 to the next number: what `rmsNorm` adds by default. */
const EPSILON = { float32: 1.1920928955078125e-7, float64: 2.220446049250313e-16 } as const;

/**
 * x divided by the root of its mean square over the trailing axes, then · weight. The default
 * `eps` is the dtype's rounding unit. PyTorch: `F.rms_norm`.
 */
export function rmsNorm(
  x: Tensor,
  normalizedShape: number | Shape,
  options: { readonly weight?: Tensor | null; readonly eps?: number | null } = {},
): Tensor {
  optionsOf("rmsNorm", ["weight", "eps"], options);
  const normalized = shapeOf("rmsNorm", normalizedShape);
  needShape("rmsNorm", "weight", options.weight, normalized);
  const eps = options.eps ?? EPSILON[x.dtype === "float64" ? "float64" : "float32"];
  return rmsNormFn([x], { normalized, eps }, { weight: options.weight })[0]!;
}

interface Grouped extends compose.Affine {
  readonly groups: number;
  readonly eps: number;
}

const groupNormFn = /* @__PURE__ */ program("groupNorm", (b, [x], options: Grouped) => [
  compose.groupNorm(b, x!, options.groups, options, options.eps),
]);

/**
 * `[N, C, …]` with mean 0 and variance 1 in each of `numGroups` groups of channels, item by item,
 * then · weight + bias, both `[C]`. PyTorch: `F.group_norm`.
 */
export function groupNorm(
  x: Tensor,
  numGroups: number,
  ...args: Optional<AffineArguments, NormOptions>
): Tensor {
  const { weight, bias, eps = 1e-5 } = byName<NormOptions>("groupNorm", AFFINE, args);
  needChannels("groupNorm", x);
  return groupNormFn([x], { groups: numGroups, eps }, { weight, bias })[0]!;
}

/** Options of {@link batchNorm}. */
export interface BatchNormOptions extends NormOptions {
  /** Normalise by this batch and move the running statistics. Default: false. */
  readonly training?: boolean;
  /** How far the running statistics move, a number or a scalar tensor. Default: 0.1. */
  readonly momentum?: number | Tensor;
}

/** The arguments of {@link batchNorm} after the running statistics. */
export type BatchNormArguments =
  | [
      weight?: Tensor | null,
      bias?: Tensor | null,
      training?: boolean,
      momentum?: number,
      eps?: number,
    ]
  | [weight: Tensor | null, bias: Tensor | null, options: BatchNormOptions]
  | [options?: BatchNormOptions];

interface Affine extends compose.Affine {
  readonly eps: number;
}

/** Normalises by the batch; also gives its means and its variances (over n − 1). */
const batchFn = /* @__PURE__ */ program("batchNorm", (b, [x], options: Affine) => {
  const { mean, variance } = compose.channelMoments(b, x!);
  const count = x!.type.size / Math.max(1, mean.type.size);
  const unbiased = scaled(b, variance, count / Math.max(1, count - 1));
  return [compose.batchNormBy(b, x!, mean, variance, options, options.eps), mean, unbiased];
});

const runningFn = /* @__PURE__ */ program("batchNorm", (b, [x, mean, spread], options: Affine) => [
  compose.batchNormBy(b, x!, mean!, spread!, options, options.eps),
]);

/** The running statistics, a momentum nearer to those of the batch. */
const moveFn = /* @__PURE__ */ new Fn("batchNorm statistics", (b, inputs) => {
  const share = inputs.at(-1)!;
  return [0, 1].map((k) => {
    const [running, batch] = [inputs[k]!, inputs[k + 2]!];
    return moved(b, running, castTo(b, batch, running.type.dtype), share);
  });
});

function moved(b: Parameters<typeof op>[0], old: Node, next: Node, share: Node): Node {
  const part = expandTo(b, castTo(b, share, old.type.dtype), old.type.shape);
  const rest = op(b, "sub", fillLike(b, part, 1), part);
  return op(b, "add", op(b, "mul", rest, old), op(b, "mul", part, next));
}

/**
 * `[N, C, …]` (or `[N, C]`) normalised channel by channel, then · weight + bias, both `[C]`. While
 * `training`, by the mean and variance of this batch, and the running statistics, where they are
 * given and can be set, move toward them; else by the running statistics. PyTorch: `F.batch_norm`.
 */
export function batchNorm(
  x: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  ...args: BatchNormArguments
): Tensor {
  const options: BatchNormOptions =
    args.length === 3 && isOptions(args[2])
      ? {
          weight: args[0],
          bias: args[1],
          ...optionsOf("batchNorm", ["training?", "momentum", "eps"], args[2]),
        }
      : byName("batchNorm", ["weight", "bias", "training", "momentum", "eps"], args);
  const { weight, bias, training = false, momentum = 0.1, eps = 1e-5 } = options;
  needChannels("batchNorm", x);
  if (x.numel() === 0) return x;
  if (!training) {
    if (runningMean !== null && runningVar !== null) {
      return runningFn([x, runningMean, runningVar], { eps }, { weight, bias })[0]!;
    }
    throw argumentError("batchNorm: outside training runningMean and runningVar are needed.");
  }
  const channels = x.shape[1]!;
  if (x.numel() <= channels) {
    throw shapeError(
      `batchNorm: x is ${showShape(x.shape)}; in training each channel needs more than one value.`,
    );
  }
  const [y, mean, variance] = batchFn([x], { eps }, { weight, bias }) as [Tensor, Tensor, Tensor];
  if (runningMean?.settable && runningVar?.settable) {
    const cells = [runningMean, runningVar];
    const statistics = [...cells, mean, variance];
    // the share is the last input, be it a number or a tensor
    if (typeof momentum === "number")
      updateCells(moveFn, cells, statistics, [() => momentum], NONE);
    else updateCells(moveFn, cells, [...statistics, momentum], [], NONE);
  }
  return y;
}

const instanceFn = /* @__PURE__ */ program("instanceNorm", (b, [x], options: Affine) => [
  compose.groupNorm(b, x!, x!.type.shape[1]!, options, options.eps),
]);

/** The running statistics, a momentum nearer to the means over the items of theirs. */
const moveInstanceFn = /* @__PURE__ */ new Fn("instanceNorm statistics", (b, inputs) => {
  const [mean, variance, x, share] = inputs as [Node, Node, Node, Node];
  const [n, channels, ...rest] = x.type.shape as [number, number, ...number[]];
  const count = rest.reduce((product, extent) => product * extent, 1);
  const line = b.apply("reshape", [x], { shape: [1, n * channels, count] });
  const moments = compose.channelMoments(b, line);
  const spread = scaled(b, moments.variance, count / Math.max(1, count - 1));
  const average = (own: Node): Node => {
    const each = b.apply("reshape", [own], { shape: [n, channels] });
    return scaled(b, b.apply("sum", [each], { axes: [0] }), 1 / Math.max(1, n));
  };
  return [
    moved(b, mean, castTo(b, average(moments.mean), mean.type.dtype), share),
    moved(b, variance, castTo(b, average(spread), variance.type.dtype), share),
  ];
});

/** Options of {@link instanceNorm}. */
export interface InstanceNormOptions extends NormOptions {
  /** Normalise by the input itself. Default: true. */
  readonly useInputStats?: boolean;
  /** The means and variances to use instead, or to move, `[C]`. */
  readonly runningMean?: Tensor | null;
  readonly runningVar?: Tensor | null;
  /** How far the running statistics move toward those of the input. Default: 0.1. */
  readonly momentum?: number;
}

/** The arguments of {@link instanceNorm} after its input, by position or by name. */
export type InstanceNormArguments = Optional<
  [
    runningMean?: Tensor | null,
    runningVar?: Tensor | null,
    weight?: Tensor | null,
    bias?: Tensor | null,
    useInputStats?: boolean,
    momentum?: number,
    eps?: number,
  ],
  InstanceNormOptions
>;

/**
 * `[N, C, …]` with mean 0 and variance 1 in each channel of each item, then · weight + bias, both
 * `[C]`. Running statistics that can be set move toward the means over the items; with
 * `useInputStats: false` they are used instead. PyTorch: `F.instance_norm`.
 */
export function instanceNorm(x: Tensor, ...args: InstanceNormArguments): Tensor {
  const names = ["runningMean", "runningVar", "weight", "bias", "useInputStats", "momentum", "eps"];
  const options = byName<InstanceNormOptions>("instanceNorm", names, args);
  const { weight, bias, eps = 1e-5, useInputStats = true } = options;
  needChannels("instanceNorm", x);
  const { runningMean = null, runningVar = null, momentum = 0.1 } = options;
  if (useInputStats) {
    if (x.numel() > 0 && x.numel() === x.shape[0]! * x.shape[1]!) {
      throw shapeError(
        `instanceNorm: x is ${showShape(x.shape)}; each channel needs more than one value.`,
      );
    }
    if (runningMean?.settable && runningVar?.settable) {
      const cells = [runningMean, runningVar];
      updateCells(moveInstanceFn, cells, [...cells, x], [() => momentum], NONE);
    }
    return instanceFn([x], { eps }, { weight, bias })[0]!;
  }
  return batchNorm(x, runningMean, runningVar, { weight, bias, eps });
}

interface Normalized {
  readonly p: number;
  readonly dim: number;
  readonly eps: number;
}

const normalizeFn = /* @__PURE__ */ program("normalize", (b, [x], { p, dim, eps }: Normalized) => [
  composeNormalize(b, x!, p, dim, eps),
]);

/**
 * x divided by its p-norm (p = 2) along `dim` (1); a norm counts as at least `eps` (1e-12).
 * PyTorch: `F.normalize`.
 */
export function normalize(
  x: Tensor,
  ...args: Optional<[p?: number, dim?: number, eps?: number], Partial<Normalized>>
): Tensor {
  const options = byName<Partial<Normalized>>("normalize", ["p", "dim", "eps"], args);
  const { p = 2, dim = 1, eps = 1e-12 } = options;
  return normalizeFn([x], { p, dim, eps })[0]!;
}

/** Options of {@link localResponseNorm}. */
export interface LocalResponseOptions {
  /** Default: 1e-4. */
  readonly alpha?: number;
  /** Default: 0.75. */
  readonly beta?: number;
  /** Default: 1. */
  readonly k?: number;
}

const localFn = /* @__PURE__ */ program(
  "localResponseNorm",
  (b, [x], options: Required<LocalResponseOptions> & { readonly size: number }) => {
    const squares = compose.channelWindows(b, op(b, "mul", x!, x!), options.size);
    const base = plus(b, scaled(b, squares, options.alpha / options.size), options.k);
    return [op(b, "div", x!, op(b, "pow", base, fillLike(b, base, options.beta)))];
  },
);

/**
 * x / (k + alpha · mean of x² over `size` neighbouring channels)^beta, of `[N, C, …]`. PyTorch:
 * `F.local_response_norm`.
 */
export function localResponseNorm(
  x: Tensor,
  size: number,
  ...args: Optional<[alpha?: number, beta?: number, k?: number], LocalResponseOptions>
): Tensor {
  const names = ["alpha", "beta", "k"];
  const options = byName<LocalResponseOptions>("localResponseNorm", names, args);
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  needChannels("localResponseNorm", x);
  return localFn([x], { alpha, beta, k, size })[0]!;
}

function shapeOf(name: string, shape: number | Shape): Shape {
  const list = typeof shape === "number" ? [shape] : shape;
  if (list.length > 0) return list;
  throw argumentError(`${name}: normalizedShape is []; need at least one axis.`);
}

function needShape(name: string, what: string, x: Tensor | null | undefined, want: Shape): void {
  if (x === null || x === undefined || sameShape(x.shape, want)) return;
  throw shapeError(`${name}: ${what} is ${showShape(x.shape)}; need ${showShape(want)}.`);
}

function needChannels(name: string, x: Tensor): void {
  if (x.shape.length >= 2 || x.numel() === 0) return;
  throw shapeError(`${name}: x is ${showShape(x.shape)}; need [N, C] or [N, C, …].`);
}
