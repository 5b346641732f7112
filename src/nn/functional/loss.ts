/** Losses of predictions against targets: distances and likelihoods of classes. */
import { argumentError, dtypeError, shapeError } from "../../core/errors.ts";
import { isFloat, promote } from "../../core/dtype.ts";
import type { Options } from "../../core/options.ts";
import { broadcastShapes, sameShape, showShape } from "../../core/shape.ts";
import { logSigmoid } from "../../ir/compose/activation.ts";
import { align } from "../../ir/compose/arithmetic.ts";
import { logSoftmax, mean, sum } from "../../ir/compose/reduction.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { castTo, expandTo, fillLike, op, plus, reshape, scaled } from "../../ir/words.ts";
import { deviceOf } from "../../tensor/call.ts";
import { define, NO_TENSOR } from "../../tensor/functions/define.ts";
import type { OptionsOf } from "../module-of.ts";
import { checkClasses, warnOnBroadcast } from "../targets.ts";

/** How the losses of single elements become one number. */
export type Reduction = "mean" | "sum" | "none";

/** The setting that every loss takes. */
export const REDUCED = {
  /** One number (the "mean" by default, or the "sum"), or with "none" the loss of each element. */
  reduction: "mean" as Reduction,
};

/** The settings of a loss that come by name: its reduction, and more. */
export function reduced<M extends object>(more: M): typeof REDUCED & M {
  return { ...REDUCED, ...more };
}

/** Options that every loss takes. */
export type LossOptions = Options<typeof REDUCED>;

/** Makes one number of the losses of single elements, or leaves them. */
export function finish(b: NodeBuilder, loss: Node, reduction: Reduction): Node {
  switch (reduction) {
    case "mean":
      return mean(b, loss);
    case "sum":
      return sum(b, loss);
    case "none":
      return loss;
    default:
      throw argumentError(`loss: reduction is ${String(reduction)}; need "mean", "sum" or "none".`);
  }
}

/** Brings prediction and target to one float type. */
export function pair(b: NodeBuilder, name: string, x: Node, y: Node): [Node, Node] {
  if (!isFloat(x.type.dtype)) {
    throw dtypeError(`${name}: the input is ${x.type.text}; need float32 or float64.`);
  }
  return align(b, name, [x, y], promote(x.type.dtype, y.type.dtype)) as [Node, Node];
}

/** Both, at one float type; warns once where their shapes differ and broadcast. */
function compared(b: NodeBuilder, name: string, x: Node, y: Node): [Node, Node] {
  const [from, to] = [x.type.shape, y.type.shape];
  if (!sameShape(from, to)) warnOnBroadcast(name, from, to, broadcastShapes(name, from, to));
  return pair(b, name, x, y);
}

/**
 * (x − target)², reduced. Equal shapes; where they broadcast it warns once, where they cannot it
 * throws a shape error. PyTorch: `F.mse_loss`.
 */
export const mseLoss = /* @__PURE__ */ define(
  "mseLoss",
  {},
  (b, x, target: Node, { reduction }: typeof REDUCED) => {
    const [p, q] = compared(b, "mseLoss", x, target);
    const gap = op(b, "sub", p, q);
    return finish(b, op(b, "mul", gap, gap), reduction);
  },
  { tensors: ["target"], named: REDUCED },
);

/** |x − target|, reduced. Shapes as for {@link mseLoss}. PyTorch: `F.l1_loss`. */
export const l1Loss = /* @__PURE__ */ define(
  "l1Loss",
  {},
  (b, x, target: Node, { reduction }: typeof REDUCED) =>
    finish(b, absolute(b, compared(b, "l1Loss", x, target)), reduction),
  { tensors: ["target"], named: REDUCED },
);

function absolute(b: NodeBuilder, [p, q]: readonly [Node, Node]): Node {
  return op(b, "abs", op(b, "sub", p, q));
}

/** A parabola up to `delta`, then a straight line of slope `delta`. */
function bent(b: NodeBuilder, [p, q]: readonly [Node, Node], delta: number): Node {
  const gap = op(b, "sub", p, q);
  const size = op(b, "abs", gap);
  const near = op(b, "le", size, fillLike(b, size, delta));
  const curve = scaled(b, op(b, "mul", gap, gap), 0.5);
  const line = scaled(b, plus(b, size, -0.5 * delta), delta);
  return op(b, "where", near, curve, line);
}

const HUBER = /* @__PURE__ */ reduced({
  /** Where the parabola ends. Default: 1. */
  delta: 1,
});

/**
 * ½ (x − target)² up to a distance of `delta` (1), and delta · (|x − target| − ½ delta) beyond it,
 * reduced. Shapes as for {@link mseLoss}. PyTorch: `F.huber_loss`.
 */
export const huberLoss = /* @__PURE__ */ define(
  "huberLoss",
  {},
  (b, x, target: Node, { reduction, delta }: typeof HUBER) => {
    if (!(delta > 0)) throw argumentError(`huberLoss: delta is ${delta}; need a positive number.`);
    return finish(b, bent(b, compared(b, "huberLoss", x, target), delta), reduction);
  },
  { tensors: ["target"], named: HUBER },
);

const SMOOTH = /* @__PURE__ */ reduced({
  /** Where the parabola ends. Default: 1. */
  beta: 1,
});

/**
 * The Huber loss divided by its bend `beta` (1); with `beta: 0` the L1 loss. Shapes as for
 * {@link mseLoss}. PyTorch: `F.smooth_l1_loss`.
 */
export const smoothL1Loss = /* @__PURE__ */ define(
  "smoothL1Loss",
  {},
  (b, x, target: Node, { reduction, beta }: typeof SMOOTH) => {
    if (!(beta >= 0)) throw argumentError(`smoothL1Loss: beta is ${beta}; need 0 or more.`);
    const both = compared(b, "smoothL1Loss", x, target);
    if (beta === 0) return finish(b, absolute(b, both), reduction);
    return scaled(b, finish(b, bent(b, both, beta), reduction), 1 / beta);
  },
  { tensors: ["target"], named: SMOOTH },
);

function weighed(b: NodeBuilder, loss: Node, weight: Node | null): Node {
  if (weight === null) return loss;
  const cast = castTo(b, weight, loss.type.dtype);
  const shape = broadcastShapes("loss weight", loss.type.shape, weight.type.shape);
  return op(b, "mul", expandTo(b, loss, shape), expandTo(b, cast, shape));
}

/** Both, at one float type; throws where their shapes differ. */
function equal(b: NodeBuilder, name: string, x: Node, y: Node): [Node, Node] {
  if (sameShape(x.type.shape, y.type.shape)) return pair(b, name, x, y);
  throw shapeError(
    `${name}: the input is ${showShape(x.type.shape)}, the target is ` +
      `${showShape(y.type.shape)}; need equal shapes.`,
  );
}

/** Below this x · (1 − x) counts as this much in the slope of the binary cross entropy. */
const LEAST_SPREAD = 1e-12;

/**
 * −target · log x − (1 − target) · log(1 − x) of probabilities x, reduced; logarithms end at −100.
 * Equal shapes; `weight` broadcasts against them. At 0 and 1 the slope is PyTorch's: (x − target) /
 * 1e-12, where that of the bounded logarithms would be 0. PyTorch: `F.binary_cross_entropy`.
 */
export const binaryCrossEntropy = /* @__PURE__ */ define(
  "binaryCrossEntropy",
  { weight: NO_TENSOR },
  (b, x, target: Node, weight: Node | null, { reduction }: typeof REDUCED) => {
    const [p, t] = equal(b, "binaryCrossEntropy", x, target);
    const rest = plus(b, op(b, "neg", p), 1);
    const edge = op(b, "lt", op(b, "mul", p, rest), fillLike(b, p, LEAST_SPREAD));
    const still = op(b, "where", edge, op(b, "stopGradient", p), p);
    const bounded = (z: Node): Node => {
      const floor = fillLike(b, z, -100);
      return op(b, "where", op(b, "lt", z, floor), floor, z);
    };
    const yes = op(b, "mul", t, bounded(op(b, "log", still)));
    const no = op(
      b,
      "mul",
      plus(b, op(b, "neg", t), 1),
      bounded(op(b, "log1p", op(b, "neg", still))),
    );
    // (x²/2 − x·y) / 1e-12 less its own value: 0, with the slope that is wanted
    const half = op(b, "sub", scaled(b, p, 0.5), op(b, "stopGradient", t));
    const ramp = scaled(b, op(b, "mul", half, p), 1 / LEAST_SPREAD);
    const slope = op(b, "sub", ramp, op(b, "stopGradient", ramp));
    const value = op(b, "neg", op(b, "add", yes, no));
    const sloped = op(b, "where", edge, op(b, "add", value, slope), value);
    return finish(b, weighed(b, sloped, weight), reduction);
  },
  { tensors: ["target"], named: REDUCED },
);

/** Options of {@link binaryCrossEntropy}. */
export type BCEOptions = OptionsOf<typeof binaryCrossEntropy>;

const WITH_LOGITS = /* @__PURE__ */ reduced({
  /** Multiplies the loss of positive targets; broadcasts against the input. */
  posWeight: NO_TENSOR,
});

/**
 * Binary cross entropy of sigmoid(x), computed without overflow, reduced. Equal shapes; `weight`
 * broadcasts against them. PyTorch: `F.binary_cross_entropy_with_logits`.
 */
export const binaryCrossEntropyWithLogits = /* @__PURE__ */ define(
  "binaryCrossEntropyWithLogits",
  { weight: NO_TENSOR },
  (b, x, target: Node, weight: Node | null, { reduction, posWeight }: typeof WITH_LOGITS) => {
    const [z, t] = equal(b, "binaryCrossEntropyWithLogits", x, target);
    const rest = op(b, "mul", plus(b, op(b, "neg", t), 1), z);
    let likelihood = logSigmoid(b, z);
    if (posWeight !== null) {
      const factor = expandTo(b, castTo(b, posWeight, z.type.dtype), z.type.shape);
      const share = plus(b, op(b, "mul", plus(b, factor, -1), t), 1);
      likelihood = op(b, "mul", share, likelihood);
    }
    return finish(b, weighed(b, op(b, "sub", rest, likelihood), weight), reduction);
  },
  { tensors: ["target"], named: WITH_LOGITS },
);

/** Options of {@link binaryCrossEntropyWithLogits}. */
export type BCEWithLogitsOptions = OptionsOf<typeof binaryCrossEntropyWithLogits>;

/** Class targets: int32, or float32 that holds whole numbers. */
function classIndex(b: NodeBuilder, name: string, target: Node): Node {
  if (target.type.dtype === "int32" || target.type.dtype === "float32") {
    return wholeIndex(b, target);
  }
  throw dtypeError(
    `${name}: the target is ${target.type.text}; need int32, or float32 with whole numbers.`,
  );
}

/** Indices as int32; a fraction or NaN becomes one that is out of every range. */
export function wholeIndex(b: NodeBuilder, x: Node): Node {
  const index = castTo(b, x, "int32");
  if (!isFloat(x.type.dtype)) return index;
  const whole = op(b, "eq", castTo(b, index, x.type.dtype), x);
  return op(b, "where", whole, index, fillLike(b, index, 2147483647));
}

/** The axis of the classes: 1, or 0 for a single item. */
function classAxis(name: string, x: Node): number {
  if (x.type.shape.length === 0) {
    throw shapeError(`${name}: the input is ${x.type.text}; need [C] or [N, C, ...].`);
  }
  return x.type.shape.length === 1 ? 0 : 1;
}

/** The weight of each class along the class axis, in the shape of x. */
function classWeights(b: NodeBuilder, name: string, x: Node, weight: Node): Node {
  const axis = classAxis(name, x);
  const { shape, dtype } = x.type;
  if (weight.type.shape.length !== 1 || weight.type.size !== shape[axis]) {
    throw shapeError(
      `${name}: weight is ${showShape(weight.type.shape)}; need one for each of ${shape[axis]} classes.`,
    );
  }
  const line = shape.map((n, a) => (a === axis ? n : 1));
  return expandTo(b, reshape(b, castTo(b, weight, dtype), line), shape);
}

const IGNORED = -100;

const NLL = /* @__PURE__ */ reduced({
  /** The class that counts for nothing; default −100. */
  ignoreIndex: IGNORED,
});

const CROSS = /* @__PURE__ */ reduced({
  /** The class that counts for nothing; default −100. */
  ignoreIndex: IGNORED,
  /** The share of the target that goes evenly to all classes; default 0. */
  labelSmoothing: 0,
});

type ClassSettings = typeof CROSS;

/** nll with label smoothing: log-probabilities [N, C, ...] against int32 targets [N, ...]. */
function overClasses(
  b: NodeBuilder,
  name: string,
  x: Node,
  target: Node,
  weight: Node | null,
  { reduction, ignoreIndex, labelSmoothing: smoothing }: ClassSettings,
): Node {
  const axis = classAxis(name, x);
  const { shape } = x.type;
  const kept = shape.filter((_, a) => a !== axis);
  if (showShape(kept) !== showShape(target.type.shape)) {
    throw shapeError(
      `${name}: the input is ${showShape(shape)}, the target is ${showShape(target.type.shape)}; ` +
        `need a target of shape ${showShape(kept)}.`,
    );
  }
  const index = classIndex(b, name, target);
  const valid = op(b, "ne", index, fillLike(b, index, ignoreIndex));
  const safe = op(b, "where", valid, index, fillLike(b, index, 0));
  const at = reshape(
    b,
    safe,
    shape.map((n, a) => (a === axis ? 1 : n)),
  );
  const pick = (y: Node): Node => reshape(b, b.apply("gather", [y, at], { axis }), kept);
  const spread = weight ? classWeights(b, name, x, weight) : null;
  const zero = fillLike(b, pick(x), 0);
  const own = spread === null ? fillLike(b, zero, 1) : pick(spread);
  const counted = op(b, "where", valid, own, zero);
  let loss = op(b, "neg", spread === null ? pick(x) : op(b, "mul", pick(x), own));
  if (smoothing > 0) {
    const all = sum(b, spread === null ? x : op(b, "mul", x, spread), axis);
    const even = scaled(b, all, -smoothing / shape[axis]!);
    loss = op(b, "add", scaled(b, loss, 1 - smoothing), even);
  }
  loss = op(b, "where", valid, loss, zero);
  if (reduction !== "mean") return finish(b, loss, reduction);
  return op(b, "div", sum(b, loss), sum(b, counted));
}

/**
 * −x of the target's class, x being log-probabilities `[N, C, …]` (or `[C]`), reduced; the "mean"
 * is weighted by `weight`, one for each class `[C]`. Targets are class numbers `[N, …]`: int32, or
 * float32 that holds whole numbers; others throw a dtype error. PyTorch: `F.nll_loss`.
 */
export const nllLoss = /* @__PURE__ */ define(
  "nllLoss",
  { weight: NO_TENSOR },
  (b, x, target: Node, weight: Node | null, settings: typeof NLL) =>
    overClasses(b, "nllLoss", x, target, weight, { ...settings, labelSmoothing: 0 }),
  {
    tensors: ["target"],
    named: NLL,
    check: ([x, target], { ignoreIndex }) => {
      deviceOf("nllLoss", [x!, target!]);
      checkClasses("nllLoss", x!, target!, ignoreIndex as number);
    },
  },
);

/** Options of {@link nllLoss}. */
export type NLLOptions = OptionsOf<typeof nllLoss>;

/**
 * The negative log-likelihood of softmax(x) over axis 1 (axis 0 of `[C]`), reduced. Targets are
 * class numbers as for {@link nllLoss}, or float probabilities of the input's shape. PyTorch:
 * `F.cross_entropy`.
 */
export const crossEntropy = /* @__PURE__ */ define(
  "crossEntropy",
  { weight: NO_TENSOR },
  (b, x, target: Node, weight: Node | null, settings: typeof CROSS) => {
    const { labelSmoothing, reduction } = settings;
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw argumentError(
        `crossEntropy: labelSmoothing is ${labelSmoothing}; need a number from 0 to 1.`,
      );
    }
    const axis = classAxis("crossEntropy", x);
    const scores = logSoftmax(b, x, axis);
    const { shape } = x.type;
    if (!sameShape(shape, target.type.shape) || target.type.dtype === "int32") {
      return overClasses(b, "crossEntropy", scores, target, weight, settings);
    }
    const classes = shape[axis]!;
    let share = castTo(b, target, x.type.dtype);
    if (labelSmoothing > 0) {
      share = plus(b, scaled(b, share, 1 - labelSmoothing), labelSmoothing / classes);
    }
    let terms = op(b, "mul", scores, share);
    if (weight) terms = op(b, "mul", terms, classWeights(b, "crossEntropy", x, weight));
    const loss = op(b, "neg", sum(b, terms, axis));
    if (reduction !== "mean") return finish(b, loss, reduction);
    const count = x.type.size / classes;
    const total = sum(b, loss);
    return op(b, "div", total, fillLike(b, total, count));
  },
  {
    tensors: ["target"],
    named: CROSS,
    check: ([x, target], { ignoreIndex }) => {
      deviceOf("crossEntropy", [x!, target!]);
      if (sameShape(x!.type.shape, target!.type.shape)) return;
      checkClasses("crossEntropy", x!, target!, ignoreIndex as number);
    },
  },
);

/** Options of {@link crossEntropy}. */
export type CrossEntropyOptions = OptionsOf<typeof crossEntropy>;
