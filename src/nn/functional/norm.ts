/** Normalisations as functions: over trailing axes, over channels, over groups of channels. */
import { argumentError, shapeError } from "../../core/errors.ts";
import type { Settings } from "../../core/options.ts";
import { asGiven, read } from "../../core/options.ts";
import type { Shape } from "../../core/shape.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import { square } from "../../ir/compose/arithmetic.ts";
import * as reduction from "../../ir/compose/reduction.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import {
  castTo,
  concat,
  expandTo,
  fill,
  fillLike,
  op,
  plus,
  reshape,
  scaled,
  sliceAxis,
} from "../../ir/words.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { updateCells } from "../../tensor/call.ts";
import { define, NO_TENSOR } from "../../tensor/functions/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { OptionsOf } from "../module-of.ts";

/** Added to variances before their root is taken, unless told otherwise. */
export const EPS = 1e-5;

/** The settings of a normalisation. */
const AFFINE = {
  /** Multiplied with the result. Default: none. */
  weight: NO_TENSOR,
  /** Added to the result. Default: none. */
  bias: NO_TENSOR,
  /** Added to the variance. Default: 1e-5. */
  eps: EPS,
};

/** Scale and shift after a normalisation, either missing: weight, then bias. */
type Affine = readonly [weight: Node | null, bias: Node | null];

function affine(b: NodeBuilder, x: Node, [weight, bias]: Affine, shape: Shape): Node {
  const line = (node: Node): Node => expandTo(b, reshape(b, node, shape), x.type.shape);
  const scaled = weight ? op(b, "mul", x, line(weight)) : x;
  return bias ? op(b, "add", scaled, line(bias)) : scaled;
}

/** (x − center) / √(variance + eps). */
function standardized(b: NodeBuilder, x: Node, center: Node, variance: Node, eps: number): Node {
  const gap = op(b, "sub", x, expandTo(b, center, x.type.shape));
  const root = op(b, "sqrt", plus(b, variance, eps));
  const inverse = op(b, "div", fillLike(b, root, 1), root);
  return op(b, "mul", gap, expandTo(b, inverse, x.type.shape));
}

/** The axes that a normalised shape names, which the parameters must have. */
function trailing(name: string, x: Node, normalizedShape: number | Shape, given: Affine): Shape {
  const want = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
  if (want.length === 0) {
    throw argumentError(`${name}: normalizedShape is []; need at least one axis.`);
  }
  given.forEach((parameter, i) => {
    if (parameter === null || sameShape(parameter.type.shape, want)) return;
    const { shape } = parameter.type;
    const what = i === 0 ? "weight" : "bias";
    throw shapeError(`${name}: ${what} is ${showShape(shape)}; need ${showShape(want)}.`);
  });
  if (sameShape(x.type.shape.slice(-want.length), want)) return want;
  throw shapeError(
    `${name}: x is ${showShape(x.type.shape)}; need trailing axes ${showShape(want)}.`,
  );
}

/** The last axes, as many as a shape has. */
const lastAxes = (x: Node, { length }: Shape): number[] =>
  x.type.shape.slice(-length).map((_, i) => x.type.shape.length - length + i);

/**
 * x with mean 0 and variance 1 over its trailing axes, which `normalizedShape` lists, then ·
 * weight + bias of that shape. Throws a shape error where they do not fit. PyTorch:
 * `F.layer_norm`.
 */
export const layerNorm = /* @__PURE__ */ define(
  "layerNorm",
  AFFINE,
  (b, x, normalizedShape: number | Shape, weight: Node | null, bias: Node | null, eps: number) => {
    const shape = trailing("layerNorm", x, normalizedShape, [weight, bias]);
    const options = { correction: 0, keepdim: true };
    const { variance, mean } = reduction.varMean(b, x, lastAxes(x, shape), options);
    return affine(b, standardized(b, x, mean, variance, eps), [weight, bias], shape);
  },
  { needed: ["normalizedShape"] },
);

/** Scale and shift after a normalisation, and what is added to the variance. */
export type NormOptions = OptionsOf<typeof layerNorm>;

/** The distance from 1 to the next number: what `rmsNorm` adds by default. */
const EPSILON = { float32: 1.1920928955078125e-7, float64: 2.220446049250313e-16 } as const;

/**
 * x divided by the root of its mean square over the trailing axes, then · weight. The default
 * `eps` is the dtype's rounding unit. PyTorch: `F.rms_norm`.
 */
export const rmsNorm = /* @__PURE__ */ define(
  "rmsNorm",
  { weight: NO_TENSOR, eps: null as number | null },
  (b, x, normalizedShape: number | Shape, weight: Node | null, eps: number | null) => {
    const shape = trailing("rmsNorm", x, normalizedShape, [weight, null]);
    const least = eps ?? EPSILON[x.type.dtype === "float64" ? "float64" : "float32"];
    const squares = reduction.mean(b, square(b, x), lastAxes(x, shape), true);
    const root = op(b, "sqrt", plus(b, squares, least));
    const inverse = op(b, "div", fillLike(b, root, 1), root);
    return affine(b, op(b, "mul", x, expandTo(b, inverse, x.type.shape)), [weight, null], shape);
  },
  { needed: ["normalizedShape"] },
);

function needChannels(name: string, { shape, size }: Node["type"]): void {
  if (shape.length >= 2 || size === 0) return;
  throw shapeError(`${name}: x is ${showShape(shape)}; need [N, C] or [N, C, …].`);
}

function channelLine(x: Node): number[] {
  return x.type.shape.map((n, axis) => (axis === 1 ? n : 1));
}

/** Groups of channels (axis 1) with mean 0 and variance 1, item by item. */
function grouped(b: NodeBuilder, x: Node, groups: number, given: Affine, eps: number): Node {
  const [n, c] = x.type.shape as [number, number];
  if (c % groups !== 0) {
    throw shapeError(
      `groupNorm: ${groups} groups do not divide ${c} channels of ${showShape(x.type.shape)}.`,
    );
  }
  const rows = reshape(b, x, [n, groups, n * groups === 0 ? 0 : x.type.size / (n * groups)]);
  const { variance, mean } = reduction.varMean(b, rows, 2, { correction: 0, keepdim: true });
  const y = reshape(b, standardized(b, rows, mean, variance, eps), x.type.shape);
  return affine(b, y, given, channelLine(x));
}

/**
 * `[N, C, …]` with mean 0 and variance 1 in each of `numGroups` groups of channels, item by item,
 * then · weight + bias, both `[C]`. PyTorch: `F.group_norm`.
 */
export const groupNorm = /* @__PURE__ */ define(
  "groupNorm",
  AFFINE,
  (b, x, numGroups: number, weight: Node | null, bias: Node | null, eps: number) => {
    needChannels("groupNorm", x.type);
    return grouped(b, x, numGroups, [weight, bias], eps);
  },
  { needed: ["numGroups"] },
);

/** Normalises each channel (axis 1) by a given mean and variance of shape [C]. */
function byChannel(
  b: NodeBuilder,
  x: Node,
  center: Node,
  variance: Node,
  given: Affine,
  eps: number,
): Node {
  const line = channelLine(x);
  const y = standardized(b, x, reshape(b, center, line), reshape(b, variance, line), eps);
  return affine(b, y, given, line);
}

/** The mean and the biased variance of each channel (axis 1), both [C]. */
function channelMoments(b: NodeBuilder, x: Node): { readonly mean: Node; readonly variance: Node } {
  const axes = x.type.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  return reduction.varMean(b, x, axes, { correction: 0 });
}

/** Normalises by the batch; also gives its means and its variances (over n − 1). */
export const byBatch = /* @__PURE__ */ define(
  "batchNorm",
  AFFINE,
  (b, x, weight: Node | null, bias: Node | null, eps: number) => {
    const { mean, variance } = channelMoments(b, x);
    const count = x.type.size / Math.max(1, mean.type.size);
    const unbiased = scaled(b, variance, count / Math.max(1, count - 1));
    return { y: byChannel(b, x, mean, variance, [weight, bias], eps), mean, variance: unbiased };
  },
);

/** Normalises by given means and variances. */
const byStatistics = /* @__PURE__ */ define(
  "batchNorm",
  AFFINE,
  (b, x, mean: Node, variance: Node, weight: Node | null, bias: Node | null, eps: number) =>
    byChannel(b, x, mean, variance, [weight, bias], eps),
  { tensors: ["mean", "variance"] },
);

/** The running statistics, a momentum nearer to those of the batch. */
const moveFn = /* @__PURE__ */ new Fn("batchNorm statistics", (b, inputs) => {
  const share = inputs.at(-1)!;
  return [0, 1].map((k) => {
    const [running, batch] = [inputs[k]!, inputs[k + 2]!];
    return moved(b, running, castTo(b, batch, running.type.dtype), share);
  });
});

function moved(b: NodeBuilder, old: Node, next: Node, share: Node): Node {
  const part = expandTo(b, castTo(b, share, old.type.dtype), old.type.shape);
  const rest = op(b, "sub", fillLike(b, part, 1), part);
  return op(b, "add", op(b, "mul", rest, old), op(b, "mul", part, next));
}

/** The settings of {@link batchNorm}. */
const BATCH = {
  /** Default: none. */
  weight: null as Tensor | null,
  /** Default: none. */
  bias: null as Tensor | null,
  /** Normalise by this batch and move the running statistics. Default: false. */
  training: false,
  /** How far the running statistics move, a number or a scalar tensor. Default: 0.1. */
  momentum: /* @__PURE__ */ asGiven<number | Tensor>(0.1),
  /** Default: 1e-5. */
  eps: EPS,
};

/** Options of {@link batchNorm}. */
export type BatchNormOptions = Partial<Readonly<typeof BATCH>>;

/** The arguments of {@link batchNorm} after the running statistics. */
export type BatchNormArguments = Settings<
  [weight: Tensor | null, bias: Tensor | null, training: boolean, momentum: number, eps: number],
  BatchNormOptions
>;

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
  const { weight, bias, training, momentum, eps } = read("batchNorm", BATCH, args);
  needChannels("batchNorm", x.type);
  if (x.numel() === 0) return x;
  if (!training) {
    if (runningMean !== null && runningVar !== null) {
      return byStatistics(x, runningMean, runningVar, weight, bias, eps);
    }
    throw argumentError("batchNorm: outside training runningMean and runningVar are needed.");
  }
  const channels = x.shape[1]!;
  if (x.numel() <= channels) {
    throw shapeError(
      `batchNorm: x is ${showShape(x.shape)}; in training each channel needs more than one value.`,
    );
  }
  const { y, mean, variance } = byBatch(x, weight, bias, eps);
  if (runningMean?.settable && runningVar?.settable) {
    const cells = [runningMean, runningVar];
    const statistics = [...cells, mean, variance];
    // the share is the last input, be it a number or a tensor
    if (typeof momentum === "number") {
      updateCells(moveFn, cells, statistics, [() => momentum], NONE);
    } else updateCells(moveFn, cells, [...statistics, momentum], [], NONE);
  }
  return y;
}

/** Each channel of each item with mean 0 and variance 1. */
const byItem = /* @__PURE__ */ define(
  "instanceNorm",
  AFFINE,
  (b, x, weight: Node | null, bias: Node | null, eps: number) =>
    grouped(b, x, x.type.shape[1]!, [weight, bias], eps),
);

/** The running statistics, a momentum nearer to the means over the items of theirs. */
const moveInstanceFn = /* @__PURE__ */ new Fn("instanceNorm statistics", (b, inputs) => {
  const [mean, variance, x, share] = inputs as [Node, Node, Node, Node];
  const [n, channels, ...rest] = x.type.shape as [number, number, ...number[]];
  const count = rest.reduce((product, extent) => product * extent, 1);
  const line = reshape(b, x, [1, n * channels, count]);
  const moments = channelMoments(b, line);
  const spread = scaled(b, moments.variance, count / Math.max(1, count - 1));
  const average = (own: Node): Node => {
    const each = reshape(b, own, [n, channels]);
    return scaled(b, b.apply("reduce", [each], { combine: "sum", axes: [0] }), 1 / Math.max(1, n));
  };
  return [
    moved(b, mean, castTo(b, average(moments.mean), mean.type.dtype), share),
    moved(b, variance, castTo(b, average(spread), variance.type.dtype), share),
  ];
});

/** The settings of {@link instanceNorm}. */
const INSTANCE = {
  /** The means and variances to use instead, or to move, `[C]`. */
  runningMean: null as Tensor | null,
  runningVar: null as Tensor | null,
  /** Default: none. */
  weight: null as Tensor | null,
  /** Default: none. */
  bias: null as Tensor | null,
  /** Normalise by the input itself. Default: true. */
  useInputStats: true,
  /** How far the running statistics move toward those of the input. Default: 0.1. */
  momentum: 0.1,
  /** Default: 1e-5. */
  eps: EPS,
};

/** Options of {@link instanceNorm}. */
export type InstanceNormOptions = Partial<Readonly<typeof INSTANCE>>;

/** The arguments of {@link instanceNorm} after its input, by position or by name. */
export type InstanceNormArguments = Settings<
  [
    runningMean: Tensor | null,
    runningVar: Tensor | null,
    weight: Tensor | null,
    bias: Tensor | null,
    useInputStats: boolean,
    momentum: number,
    eps: number,
  ],
  InstanceNormOptions
>;

/**
 * `[N, C, …]` with mean 0 and variance 1 in each channel of each item, then · weight + bias, both
 * `[C]`. Running statistics that can be set move toward the means over the items; with
 * `useInputStats: false` they are used instead. PyTorch: `F.instance_norm`.
 */
export function instanceNorm(x: Tensor, ...args: InstanceNormArguments): Tensor {
  const settings = read("instanceNorm", INSTANCE, args);
  const { runningMean, runningVar, weight, bias, useInputStats, momentum, eps } = settings;
  needChannels("instanceNorm", x.type);
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
    return byItem(x, weight, bias, eps);
  }
  return batchNorm(x, runningMean, runningVar, { weight, bias, eps });
}

/**
 * x divided by its p-norm (p = 2) along `dim` (1); a norm counts as at least `eps` (1e-12).
 * PyTorch: `F.normalize`.
 */
export const normalize = /* @__PURE__ */ define(
  "normalize",
  { p: 2, dim: 1, eps: 1e-12 },
  (b, x, p: number, dim: number, eps: number) => reduction.normalize(b, x, p, dim, eps),
);

/** The sum over a window of `size` neighbouring channels (axis 1) around each. */
function channelWindows(b: NodeBuilder, x: Node, size: number): Node {
  const channels = x.type.shape[1]!;
  const edge = (count: number): Node =>
    fill(
      b,
      x.type.dtype,
      x.type.shape.map((n, axis) => (axis === 1 ? count : n)),
      0,
    );
  const padded = concat(b, [edge(Math.floor(size / 2)), x, edge(Math.floor((size - 1) / 2))], 1);
  let total = sliceAxis(b, padded, 1, 0, channels);
  for (let k = 1; k < size; k++) total = op(b, "add", total, sliceAxis(b, padded, 1, k, channels));
  return total;
}

/**
 * x / (k + alpha · mean of x² over `size` neighbouring channels)^beta, of `[N, C, …]`. PyTorch:
 * `F.local_response_norm`.
 */
export const localResponseNorm = /* @__PURE__ */ define(
  "localResponseNorm",
  {
    /** Default: 1e-4. */
    alpha: 1e-4,
    /** Default: 0.75. */
    beta: 0.75,
    /** Default: 1. */
    k: 1,
  },
  (b, x, size: number, alpha: number, beta: number, k: number) => {
    needChannels("localResponseNorm", x.type);
    const squares = channelWindows(b, op(b, "mul", x, x), size);
    const base = plus(b, scaled(b, squares, alpha / size), k);
    return op(b, "div", x, op(b, "pow", base, fillLike(b, base, beta)));
  },
  { needed: ["size"] },
);

/** Options of {@link localResponseNorm}. */
export type LocalResponseOptions = OptionsOf<typeof localResponseNorm>;
