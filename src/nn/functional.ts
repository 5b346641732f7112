/**
 * What layers compute, as functions: `torch.nn.functional` in camel case. Each call is one program,
 * forward and backward. Tensors come first, keyword arguments in one options object at the end.
 */
import { argumentError, shapeError } from "../core/errors.ts";
import { broadcastShapes, sameShape, showShape } from "../core/shape.ts";
import { eq, stopGradient, where } from "../ir/compose/arithmetic.ts";
import { im2col } from "../ir/compose/border.ts";
import { embedding as composeEmbedding } from "../ir/compose/indexing.ts";
import { linear as composeLinear } from "../ir/compose/linalg.ts";
import type { Reduction } from "../ir/compose/loss.ts";
import * as loss from "../ir/compose/loss.ts";
import { unsqueeze } from "../ir/compose/movement.ts";
import type { Node } from "../ir/node.ts";
import { fillLike } from "../ir/words.ts";
import type { None } from "../runtime/function.ts";
import { Fn, NONE } from "../runtime/function.ts";
import { call1 } from "../tensor/call.ts";
import * as act from "../tensor/functions/activation.ts";
import * as math from "../tensor/functions/arithmetic.ts";
import { constantAttrs } from "../tensor/functions/define.ts";
import * as move from "../tensor/functions/movement.ts";
import { dropout as draw } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkClasses, warnOnBroadcast } from "./targets.ts";

type B = Parameters<ConstructorParameters<typeof Fn>[1]>[0];

const linearFn = new Fn<None>("linear", (b, [x, weight, bias]) => [
  composeLinear(b, x!, weight!, bias ?? null),
]);

/**
 * x · weightᵀ + bias: x `[…, in]`, weight `[out, in]`, bias `[out]` or null; gives `[…, out]`.
 * Throws a shape error where they do not fit. PyTorch: `F.linear`.
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const inputs = bias === null ? [x, weight] : [x, weight, bias];
  return call1(linearFn, inputs, [], NONE);
}

const embeddingFn = new Fn<{ readonly paddingIdx: number }>(
  "embedding",
  (b, [index, weight], { paddingIdx }) => {
    const rows = composeEmbedding(b, index!, weight!);
    if (paddingIdx < 0) return [rows];
    const padding = unsqueeze(b, eq(b, index!, fillLike(b, index!, paddingIdx)), -1);
    return [where(b, padding, stopGradient(b, rows), rows)];
  },
);

/**
 * The rows of weight `[V, D]` that an int32 index of any shape names: `[…, D]`. The row
 * `paddingIdx` (default: none) gets no gradient. PyTorch: `F.embedding`.
 */
export function embedding(
  index: Tensor,
  weight: Tensor,
  { paddingIdx }: { readonly paddingIdx?: number } = {},
): Tensor {
  const count = weight.shape[0] ?? 0;
  const row = paddingIdx === undefined ? -1 : paddingIdx < 0 ? paddingIdx + count : paddingIdx;
  if (paddingIdx !== undefined && !(Number.isInteger(row) && row >= 0 && row < count)) {
    throw argumentError(
      `embedding: paddingIdx is ${paddingIdx}; weight ${showShape(weight.shape)} has ${count} rows.`,
    );
  }
  return call1(embeddingFn, [index, weight], [], constantAttrs({ paddingIdx: row }));
}

/** One number for both axes, or one for each. */
export type Pair = number | readonly [number, number];

/** How windows lie in an image. */
export interface UnfoldOptions {
  /** Default: 1. */
  readonly dilation?: Pair;
  /** Default: 0. */
  readonly padding?: Pair;
  /** Default: 1. */
  readonly stride?: Pair;
}

const pair = (value: Pair): readonly [number, number] =>
  typeof value === "number" ? [value, value] : value;

const unfoldFn = new Fn<{
  readonly kernel: readonly [number, number];
  readonly options: Readonly<Record<keyof UnfoldOptions, readonly [number, number]>>;
}>("unfold", (b, [x], { kernel, options }) => [im2col(b, x!, kernel, options)]);

/**
 * The windows of images `[N, C, H, W]` as columns: `[N, C · kernel size, number of windows]`.
 * Throws a shape error for a kernel larger than the padded image. PyTorch: `F.unfold`.
 */
export function unfold(x: Tensor, kernelSize: Pair, options: UnfoldOptions = {}): Tensor {
  const { dilation = 1, padding = 0, stride = 1 } = options;
  const all = { dilation: pair(dilation), padding: pair(padding), stride: pair(stride) };
  return call1(unfoldFn, [x], [], constantAttrs({ kernel: pair(kernelSize), options: all }));
}

/** The axes from `startDim` (0) to `endDim` (−1) made one. PyTorch: `torch.flatten`. */
export function flatten(
  x: Tensor,
  { startDim = 0, endDim = -1 }: { readonly startDim?: number; readonly endDim?: number } = {},
): Tensor {
  return move.flatten(x, startDim, endDim);
}

/**
 * While `training` (true), each element is 0 with probability `p` (0.5) and else divided by 1 − p;
 * the draw comes from the seeded generator. PyTorch: `F.dropout`.
 */
export function dropout(
  x: Tensor,
  { p = 0.5, training = true }: { readonly p?: number; readonly training?: boolean } = {},
): Tensor {
  if (!(p >= 0 && p <= 1)) {
    throw argumentError(`dropout: p is ${p}; need a probability from 0 to 1.`);
  }
  if (!training || p === 0) return x;
  return p === 1 ? math.mul(x, 0) : draw(x, p);
}

/** max(0, x), with slope 0 at 0. */
export const relu: (x: Tensor) => Tensor = act.relu;
/** relu held below 6. */
export const relu6: (x: Tensor) => Tensor = act.relu6;
/** 1 / (1 + e⁻ˣ). */
export const sigmoid: (x: Tensor) => Tensor = math.sigmoid;
/** The hyperbolic tangent. */
export const tanh: (x: Tensor) => Tensor = math.tanh;
/** The self-normalising exponential unit. */
export const selu: (x: Tensor) => Tensor = act.selu;
/** x · sigmoid(x). */
export const silu: (x: Tensor) => Tensor = act.silu;
/** x · tanh(softplus(x)). */
export const mish: (x: Tensor) => Tensor = act.mish;
/** x / (1 + |x|). */
export const softsign: (x: Tensor) => Tensor = act.softsign;
/** x − tanh(x). */
export const tanhshrink: (x: Tensor) => Tensor = act.tanhshrink;
/** x · relu6(x + 3) / 6. */
export const hardswish: (x: Tensor) => Tensor = act.hardswish;
/** relu6(x + 3) / 6. */
export const hardsigmoid: (x: Tensor) => Tensor = act.hardsigmoid;
/** log(sigmoid(x)). */
export const logSigmoid: (x: Tensor) => Tensor = act.logSigmoid;

/** x, or `negativeSlope` (0.01) · x below 0. */
export function leakyRelu(
  x: Tensor,
  { negativeSlope = 0.01 }: { readonly negativeSlope?: number } = {},
): Tensor {
  return act.leakyRelu(x, negativeSlope);
}

/** x, or `alpha` (1) · (eˣ − 1) below 0. */
export function elu(x: Tensor, { alpha = 1 }: { readonly alpha?: number } = {}): Tensor {
  return act.elu(x, alpha);
}

/** max(0, x) + min(0, `alpha` (1) · (e^(x/alpha) − 1)). */
export function celu(x: Tensor, { alpha = 1 }: { readonly alpha?: number } = {}): Tensor {
  return act.celu(x, alpha);
}

/** log(1 + e^(beta·x)) / beta, x itself where beta · x > threshold. Defaults: 1 and 20. */
export function softplus(
  x: Tensor,
  { beta = 1, threshold = 20 }: { readonly beta?: number; readonly threshold?: number } = {},
): Tensor {
  return act.softplus(x, beta, threshold);
}

/** x held between `minVal` (−1) and `maxVal` (1). */
export function hardtanh(
  x: Tensor,
  { minVal = -1, maxVal = 1 }: { readonly minVal?: number; readonly maxVal?: number } = {},
): Tensor {
  return act.hardtanh(x, minVal, maxVal);
}

/** x moved toward 0 by `lambd` (0.5). */
export function softshrink(x: Tensor, { lambd = 0.5 }: { readonly lambd?: number } = {}): Tensor {
  return act.softshrink(x, lambd);
}

/** x, or 0 where |x| ≤ `lambd` (0.5). */
export function hardshrink(x: Tensor, { lambd = 0.5 }: { readonly lambd?: number } = {}): Tensor {
  return act.hardshrink(x, lambd);
}

/** x above `limit`, else `value`. PyTorch: `F.threshold`. */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  return act.threshold(x, limit, value);
}

/** x, or weight · x below 0; weight has one element, or one for each channel (axis 1). */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  return act.prelu(x, weight);
}

/** x · Φ(x), exact, or with `approximate: "tanh"` as GPT-2 computes it. */
export function gelu(
  x: Tensor,
  { approximate = "none" }: { readonly approximate?: "none" | "tanh" } = {},
): Tensor {
  return act.gelu(x, { approximate });
}

/** The first half along `dim` (−1), gated by the sigmoid of the second. */
export function glu(x: Tensor, { dim = -1 }: { readonly dim?: number } = {}): Tensor {
  return act.glu(x, dim);
}

/** Exponentials along `dim`, divided by their sum. */
export function softmax(x: Tensor, dim: number | { readonly dim: number }): Tensor {
  return act.softmax(x, axisOf("softmax", dim));
}

/** The logarithm of softmax along `dim`. */
export function logSoftmax(x: Tensor, dim: number | { readonly dim: number }): Tensor {
  return act.logSoftmax(x, axisOf("logSoftmax", dim));
}

/** Softmax of −x along `dim`. */
export function softmin(x: Tensor, dim: number | { readonly dim: number }): Tensor {
  return act.softmax(math.neg(x), axisOf("softmin", dim));
}

function axisOf(name: string, dim: number | { readonly dim: number } | undefined): number {
  const axis = typeof dim === "object" ? dim.dim : dim;
  if (axis !== undefined) return axis;
  throw argumentError(`${name}: name the axis: ${name}(x, -1).`);
}

/** Options that every loss takes. */
export interface LossOptions {
  /** One number (the "mean" by default, or the "sum"), or with "none" the loss of each element. */
  readonly reduction?: Reduction;
}

/** Makes a loss of two tensors that broadcast, with a warning where they do. */
function regression<O extends LossOptions>(
  name: string,
  compose: (b: B, x: Node, y: Node, options: O) => Node,
): (x: Tensor, target: Tensor, options: O) => Tensor {
  const fn = new Fn<O>(name, (b, [x, y], options) => [compose(b, x!, y!, options)]);
  return (x, target, options) => {
    if (!sameShape(x.shape, target.shape)) {
      warnOnBroadcast(name, x.shape, target.shape, broadcastShapes(name, x.shape, target.shape));
    }
    return call1(fn, [x, target], [], options);
  };
}

const REDUCTIONS: Readonly<Record<Reduction, LossOptions>> = {
  mean: { reduction: "mean" },
  sum: { reduction: "sum" },
  none: { reduction: "none" },
};

/** The one object of a reduction; an unknown one is refused by the graph. */
function reducing(reduction: Reduction = "mean"): LossOptions {
  return REDUCTIONS[reduction] ?? { reduction };
}

const mse = regression<LossOptions>("mseLoss", loss.mseLoss);
const l1 = regression<LossOptions>("l1Loss", loss.l1Loss);
const huber = regression<LossOptions & { delta: number }>("huberLoss", loss.huberLoss);
const smooth = regression<LossOptions & { beta: number }>("smoothL1Loss", loss.smoothL1Loss);

/**
 * (x − target)², reduced. Equal shapes; where they broadcast it warns once, where they cannot it
 * throws a shape error. PyTorch: `F.mse_loss`.
 */
export function mseLoss(x: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  return mse(x, target, reducing(reduction));
}

/** |x − target|, reduced. Shapes as for {@link mseLoss}. PyTorch: `F.l1_loss`. */
export function l1Loss(x: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor {
  return l1(x, target, reducing(reduction));
}

/**
 * ½ (x − target)² up to a distance of `delta` (1), and delta · (|x − target| − ½ delta) beyond it,
 * reduced. Shapes as for {@link mseLoss}. PyTorch: `F.huber_loss`.
 */
export function huberLoss(
  x: Tensor,
  target: Tensor,
  { reduction = "mean", delta = 1 }: LossOptions & { readonly delta?: number } = {},
): Tensor {
  if (!(delta > 0)) throw argumentError(`huberLoss: delta is ${delta}; need a positive number.`);
  return huber(x, target, constantAttrs({ reduction, delta }));
}

/**
 * The Huber loss divided by its bend `beta` (1); with `beta: 0` the L1 loss. Shapes as for
 * {@link mseLoss}. PyTorch: `F.smooth_l1_loss`.
 */
export function smoothL1Loss(
  x: Tensor,
  target: Tensor,
  { reduction = "mean", beta = 1 }: LossOptions & { readonly beta?: number } = {},
): Tensor {
  if (!(beta >= 0)) throw argumentError(`smoothL1Loss: beta is ${beta}; need 0 or more.`);
  return smooth(x, target, constantAttrs({ reduction, beta }));
}

/** What the graph of a weighted loss is told: its numbers, and which tensors follow. */
interface Weighted {
  readonly numbers: Readonly<Record<string, number | string>>;
  readonly tensors: readonly string[];
}

/** Makes a loss of input and target with optional further tensors. */
function weighted(
  name: string,
  compose: (b: B, x: Node, y: Node, options: never) => Node,
): (
  x: Tensor,
  target: Tensor,
  extra: Readonly<Record<string, Tensor | null | undefined>>,
  numbers: Readonly<Record<string, number | string>>,
) => Tensor {
  const fn = new Fn<Weighted>(name, (b, [x, y, ...rest], { numbers, tensors }) => {
    const nodes = Object.fromEntries(tensors.map((key, k) => [key, rest[k]!]));
    return [compose(b, x!, y!, { ...numbers, ...nodes } as never)];
  });
  return (x, target, extra, numbers) => {
    const given = Object.entries(extra).filter(
      ([, value]) => value !== null && value !== undefined,
    );
    const attrs = constantAttrs({ numbers, tensors: given.map(([key]) => key) });
    return call1(fn, [x, target, ...given.map(([, value]) => value!)], [], attrs);
  };
}

const bce = weighted("binaryCrossEntropy", loss.bceLoss);
const bceLogits = weighted("binaryCrossEntropyWithLogits", loss.bceWithLogitsLoss);
const nll = weighted("nllLoss", loss.nllLoss);
const cross = weighted("crossEntropy", loss.crossEntropy);

/** Options of {@link binaryCrossEntropy}. */
export interface BCEOptions extends LossOptions {
  /** Multiplies the loss of each element; broadcasts against it. */
  readonly weight?: Tensor | null;
}

/**
 * −target · log x − (1 − target) · log(1 − x) of probabilities x, reduced; logarithms end at −100.
 * Equal shapes. PyTorch: `F.binary_cross_entropy`.
 */
export function binaryCrossEntropy(x: Tensor, target: Tensor, options: BCEOptions = {}): Tensor {
  const { weight, reduction = "mean" } = options;
  needEqualShapes("binaryCrossEntropy", x, target);
  return bce(x, target, { weight }, { reduction });
}

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface BCEWithLogitsOptions extends BCEOptions {
  /** Multiplies the loss of positive targets; broadcasts against the input. */
  readonly posWeight?: Tensor | null;
}

/**
 * Binary cross entropy of sigmoid(x), computed without overflow, reduced. Equal shapes.
 * PyTorch: `F.binary_cross_entropy_with_logits`.
 */
export function binaryCrossEntropyWithLogits(
  x: Tensor,
  target: Tensor,
  options: BCEWithLogitsOptions = {},
): Tensor {
  const { weight, posWeight, reduction = "mean" } = options;
  needEqualShapes("binaryCrossEntropyWithLogits", x, target);
  return bceLogits(x, target, { weight, posWeight }, { reduction });
}

function needEqualShapes(name: string, x: Tensor, target: Tensor): void {
  if (sameShape(x.shape, target.shape)) return;
  throw shapeError(
    `${name}: the input is ${showShape(x.shape)}, the target is ${showShape(target.shape)}; ` +
      `need equal shapes.`,
  );
}

/** Options of {@link nllLoss}. */
export interface NLLOptions extends LossOptions {
  /** One weight for each class, `[C]`. */
  readonly weight?: Tensor | null;
  /** The class that counts for nothing; default −100. */
  readonly ignoreIndex?: number;
}

/**
 * −x of the target's class, x being log-probabilities `[N, C, …]` (or `[C]`), reduced; the "mean"
 * is weighted. Targets are class numbers `[N, …]`: int32, or float32 that holds whole numbers;
 * others throw a dtype error. PyTorch: `F.nll_loss`.
 */
export function nllLoss(x: Tensor, target: Tensor, options: NLLOptions = {}): Tensor {
  const { weight, ignoreIndex = -100, reduction = "mean" } = options;
  checkClasses("nllLoss", x, target, ignoreIndex);
  return nll(x, target, { weight }, { ignoreIndex, reduction });
}

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends NLLOptions {
  /** The share of the target that goes evenly to all classes; default 0. */
  readonly labelSmoothing?: number;
}

/**
 * The negative log-likelihood of softmax(x) over axis 1 (axis 0 of `[C]`), reduced. Targets are
 * class numbers as for {@link nllLoss}, or float probabilities of the input's shape. PyTorch:
 * `F.cross_entropy`.
 */
export function crossEntropy(x: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { weight, ignoreIndex = -100, labelSmoothing = 0, reduction = "mean" } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw argumentError(
      `crossEntropy: labelSmoothing is ${labelSmoothing}; need a number from 0 to 1.`,
    );
  }
  if (!sameShape(x.shape, target.shape)) checkClasses("crossEntropy", x, target, ignoreIndex);
  return cross(x, target, { weight }, { ignoreIndex, labelSmoothing, reduction });
}
