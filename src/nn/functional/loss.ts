/** Losses of predictions against targets: distances and likelihoods of classes. */
import { argumentError, shapeError } from "../../core/errors.ts";
import { optionsOf } from "../../core/options.ts";
import { broadcastShapes, sameShape, showShape } from "../../core/shape.ts";
import type { Builder } from "../../ir/builder.ts";
import type { Reduction } from "../../ir/compose/loss.ts";
import * as loss from "../../ir/compose/loss.ts";
import type { Node } from "../../ir/node.ts";
import { Fn } from "../../runtime/function.ts";
import { call1, deviceOf } from "../../tensor/call.ts";
import type { Settings } from "../../tensor/functions/define.ts";
import { constantAttrs, settingsOf } from "../../tensor/functions/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkClasses, warnOnBroadcast } from "../targets.ts";
import { program } from "./define.ts";

/** Options that every loss takes. */
export interface LossOptions {
  /** One number (the "mean" by default, or the "sum"), or with "none" the loss of each element. */
  readonly reduction?: Reduction;
}

/** Makes a loss of two tensors that broadcast, with a warning where they do. */
function regression<O extends LossOptions>(
  name: string,
  compose: (b: Builder, x: Node, y: Node, options: O) => Node,
): (x: Tensor, target: Tensor, options: O) => Tensor {
  const fn = new Fn<O>(name, (b, [x, y], options) => [compose(b, x!, y!, options)]);
  return (x, target, options) => {
    if (!alike(name, x, target)) {
      warnOnBroadcast(name, x.shape, target.shape, broadcastShapes(name, x.shape, target.shape));
    }
    return call1(fn, [x, target], [], options);
  };
}

/** Whether two have one shape; throws for what is no tensor. */
function alike(name: string, x: Tensor, target: Tensor): boolean {
  deviceOf(name, [x, target]);
  return sameShape(x.shape, target.shape);
}

const REDUCED = ["reduction"];
const HUBER = ["reduction", "delta"];
const SMOOTH = ["reduction", "beta"];
const WEIGHT = ["weight"];
const WITH_LOGITS = ["reduction", "posWeight"];
const CLASSES = ["ignoreIndex", "reduction"];
const CROSS = ["ignoreIndex", "reduction", "labelSmoothing"];

/** Optional arguments of a loss whose weight may come by position. */
type Weighted<O> = Settings<[weight: Tensor | null], O>;

const REDUCTIONS: Readonly<Record<Reduction, LossOptions>> = {
  mean: { reduction: "mean" },
  sum: { reduction: "sum" },
  none: { reduction: "none" },
};

/** The one object of a reduction; an unknown one is refused by the graph. */
function reducing(reduction: Reduction = "mean"): LossOptions {
  return REDUCTIONS[reduction] ?? { reduction };
}

const mse = /* @__PURE__ */ regression<LossOptions>("mseLoss", loss.mseLoss);
const l1 = /* @__PURE__ */ regression<LossOptions>("l1Loss", loss.l1Loss);
const huber = /* @__PURE__ */ regression<LossOptions & { delta: number }>(
  "huberLoss",
  loss.huberLoss,
);
const smooth = /* @__PURE__ */ regression<LossOptions & { beta: number }>(
  "smoothL1Loss",
  loss.smoothL1Loss,
);

/**
 * (x − target)², reduced. Equal shapes; where they broadcast it warns once, where they cannot it
 * throws a shape error. PyTorch: `F.mse_loss`.
 */
export function mseLoss(x: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const { reduction } = optionsOf("mseLoss", REDUCED, options);
  return mse(x, target, reducing(reduction));
}

/** |x − target|, reduced. Shapes as for {@link mseLoss}. PyTorch: `F.l1_loss`. */
export function l1Loss(x: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const { reduction } = optionsOf("l1Loss", REDUCED, options);
  return l1(x, target, reducing(reduction));
}

/**
 * ½ (x − target)² up to a distance of `delta` (1), and delta · (|x − target| − ½ delta) beyond it,
 * reduced. Shapes as for {@link mseLoss}. PyTorch: `F.huber_loss`.
 */
export function huberLoss(
  x: Tensor,
  target: Tensor,
  options: LossOptions & { readonly delta?: number } = {},
): Tensor {
  const { reduction = "mean", delta = 1 } = optionsOf("huberLoss", HUBER, options);
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
  options: LossOptions & { readonly beta?: number } = {},
): Tensor {
  const { reduction = "mean", beta = 1 } = optionsOf("smoothL1Loss", SMOOTH, options);
  if (!(beta >= 0)) throw argumentError(`smoothL1Loss: beta is ${beta}; need 0 or more.`);
  return smooth(x, target, constantAttrs({ reduction, beta }));
}

const bce = /* @__PURE__ */ program("binaryCrossEntropy", (b, [x, y], options) => [
  loss.bceLoss(b, x!, y!, options),
]);
const bceLogits = /* @__PURE__ */ program("binaryCrossEntropyWithLogits", (b, [x, y], options) => [
  loss.bceWithLogitsLoss(b, x!, y!, options),
]);
const nll = /* @__PURE__ */ program("nllLoss", (b, [x, y], options) => [
  loss.nllLoss(b, x!, y!, options),
]);
const cross = /* @__PURE__ */ program("crossEntropy", (b, [x, y], options) => [
  loss.crossEntropy(b, x!, y!, options),
]);

/** Options of {@link binaryCrossEntropy}. */
export interface BCEOptions extends LossOptions {
  /** Multiplies the loss of each element; broadcasts against it. */
  readonly weight?: Tensor | null;
}

/**
 * −target · log x − (1 − target) · log(1 − x) of probabilities x, reduced; logarithms end at −100.
 * Equal shapes. PyTorch: `F.binary_cross_entropy`.
 */
export function binaryCrossEntropy(
  x: Tensor,
  target: Tensor,
  ...args: Weighted<BCEOptions>
): Tensor {
  const options = settingsOf<BCEOptions>("binaryCrossEntropy", WEIGHT, args, REDUCED);
  const { weight, reduction = "mean" } = options;
  needEqualShapes("binaryCrossEntropy", x, target);
  return bce([x, target], { reduction }, { weight })[0]!;
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
  ...args: Weighted<BCEWithLogitsOptions>
): Tensor {
  const name = "binaryCrossEntropyWithLogits";
  const options = settingsOf<BCEWithLogitsOptions>(name, WEIGHT, args, WITH_LOGITS);
  const { weight, posWeight, reduction = "mean" } = options;
  needEqualShapes(name, x, target);
  return bceLogits([x, target], { reduction }, { weight, posWeight })[0]!;
}

function needEqualShapes(name: string, x: Tensor, target: Tensor): void {
  if (alike(name, x, target)) return;
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
export function nllLoss(x: Tensor, target: Tensor, ...args: Weighted<NLLOptions>): Tensor {
  const options = settingsOf<NLLOptions>("nllLoss", WEIGHT, args, CLASSES);
  const { weight, ignoreIndex = -100, reduction = "mean" } = options;
  checkClasses("nllLoss", x, target, ignoreIndex);
  return nll([x, target], { ignoreIndex, reduction }, { weight })[0]!;
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
export function crossEntropy(
  x: Tensor,
  target: Tensor,
  ...args: Weighted<CrossEntropyOptions>
): Tensor {
  const options = settingsOf<CrossEntropyOptions>("crossEntropy", WEIGHT, args, CROSS);
  const { weight, ignoreIndex = -100, labelSmoothing = 0, reduction = "mean" } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw argumentError(
      `crossEntropy: labelSmoothing is ${labelSmoothing}; need a number from 0 to 1.`,
    );
  }
  if (!alike("crossEntropy", x, target)) checkClasses("crossEntropy", x, target, ignoreIndex);
  return cross([x, target], { ignoreIndex, labelSmoothing, reduction }, { weight })[0]!;
}
