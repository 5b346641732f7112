/** Losses, with PyTorch's names, reductions and edge cases. */
import { argumentError, dtypeError, shapeError } from "../../core/errors.ts";
import { broadcastShapes, showShape } from "../../core/shape.ts";
import { isFloat, promote } from "../../core/dtype.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, fillLike, op, plus, reshape, scaled } from "../words.ts";
import { logSigmoid } from "./activation.ts";
import { align } from "./arithmetic.ts";
import { xlogy } from "./numeric.ts";
import { logSoftmax, mean, sum } from "./reduction.ts";

/** How the losses of single elements become one number. */
export type Reduction = "mean" | "sum" | "none";

/** Options that every loss takes. */
export interface LossOptions {
  readonly reduction?: Reduction;
}

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

/** (x − y)². */
export function mseLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { reduction = "mean" }: LossOptions = {},
): Node {
  const [p, q] = pair(b, "mseLoss", x, y);
  const gap = op(b, "sub", p, q);
  return finish(b, op(b, "mul", gap, gap), reduction);
}

/** |x − y|. */
export function l1Loss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { reduction = "mean" }: LossOptions = {},
): Node {
  const [p, q] = pair(b, "l1Loss", x, y);
  return finish(b, op(b, "abs", op(b, "sub", p, q)), reduction);
}

/** A parabola up to `delta`, then a straight line of slope `delta`. */
export function huberLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { reduction = "mean", delta = 1 }: LossOptions & { readonly delta?: number } = {},
): Node {
  const [p, q] = pair(b, "huberLoss", x, y);
  const gap = op(b, "sub", p, q);
  const size = op(b, "abs", gap);
  const near = op(b, "le", size, fillLike(b, size, delta));
  const curve = scaled(b, op(b, "mul", gap, gap), 0.5);
  const line = scaled(b, plus(b, size, -0.5 * delta), delta);
  return finish(b, op(b, "where", near, curve, line), reduction);
}

/** The Huber loss over `beta`: slope 1 outside; with beta 0 the L1 loss. */
export function smoothL1Loss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { reduction = "mean", beta = 1 }: LossOptions & { readonly beta?: number } = {},
): Node {
  if (beta === 0) return l1Loss(b, x, y, { reduction });
  return scaled(b, huberLoss(b, x, y, { reduction, delta: beta }), 1 / beta);
}

/** Options of the binary losses; `weight` and `posWeight` broadcast against the input. */
export interface BinaryLossOptions extends LossOptions {
  readonly weight?: Node | null;
}

function weighed(b: NodeBuilder, loss: Node, weight: Node | null | undefined): Node {
  if (weight === null || weight === undefined) return loss;
  const cast = castTo(b, weight, loss.type.dtype);
  const shape = broadcastShapes("loss weight", loss.type.shape, weight.type.shape);
  return op(b, "mul", expandTo(b, loss, shape), expandTo(b, cast, shape));
}

/** Below this x · (1 − x) counts as this much in the slope of the binary cross entropy. */
const LEAST_SPREAD = 1e-12;

/**
 * Binary cross entropy of probabilities; logarithms stop at −100. At 0 and 1 its slope is
 * PyTorch's: (x − y) / 1e-12, where that of the bounded logarithms would be 0.
 */
export function bceLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { reduction = "mean", weight }: BinaryLossOptions = {},
): Node {
  const [p, t] = pair(b, "bceLoss", x, y);
  const rest = plus(b, op(b, "neg", p), 1);
  const edge = op(b, "lt", op(b, "mul", p, rest), fillLike(b, p, LEAST_SPREAD));
  const still = op(b, "where", edge, op(b, "stopGradient", p), p);
  const bounded = (z: Node): Node => {
    const floor = fillLike(b, z, -100);
    return op(b, "where", op(b, "lt", z, floor), floor, z);
  };
  const yes = op(b, "mul", t, bounded(op(b, "log", still)));
  const no = op(b, "mul", plus(b, op(b, "neg", t), 1), bounded(log1pOfNegative(b, still)));
  // (x²/2 − x·y) / 1e-12 less its own value: 0, with the slope that is wanted
  const half = op(b, "sub", scaled(b, p, 0.5), op(b, "stopGradient", t));
  const ramp = scaled(b, op(b, "mul", half, p), 1 / LEAST_SPREAD);
  const slope = op(b, "sub", ramp, op(b, "stopGradient", ramp));
  const value = op(b, "neg", op(b, "add", yes, no));
  const sloped = op(b, "where", edge, op(b, "add", value, slope), value);
  return finish(b, weighed(b, sloped, weight), reduction);
}

function log1pOfNegative(b: NodeBuilder, x: Node): Node {
  return op(b, "log1p", op(b, "neg", x));
}

/** Binary cross entropy of logits; `posWeight` multiplies the positive part. */
export function bceWithLogitsLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  options: BinaryLossOptions & { readonly posWeight?: Node | null } = {},
): Node {
  const { reduction = "mean", weight, posWeight } = options;
  const [z, t] = pair(b, "bceWithLogitsLoss", x, y);
  const rest = op(b, "mul", plus(b, op(b, "neg", t), 1), z);
  let likelihood = logSigmoid(b, z);
  if (posWeight !== null && posWeight !== undefined) {
    const factor = expandTo(b, castTo(b, posWeight, z.type.dtype), z.type.shape);
    const share = plus(b, op(b, "mul", plus(b, factor, -1), t), 1);
    likelihood = op(b, "mul", share, likelihood);
  }
  return finish(b, weighed(b, op(b, "sub", rest, likelihood), weight), reduction);
}

/** The divergence of log-probabilities x from a target distribution (or its logarithm). */
export function klDivLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  options: {
    readonly reduction?: Reduction | "batchmean";
    readonly logTarget?: boolean;
  } = {},
): Node {
  const { reduction = "mean", logTarget = false } = options;
  const [p, t] = pair(b, "klDivLoss", x, y);
  const loss = logTarget
    ? op(b, "mul", op(b, "exp", t), op(b, "sub", t, p))
    : op(b, "sub", xlogy(b, t, t), op(b, "mul", t, p));
  if (reduction !== "batchmean") return finish(b, loss, reduction);
  return scaled(b, sum(b, loss), 1 / (p.type.shape[0] ?? 1));
}

/** Options of the losses over classes. */
export interface ClassLossOptions extends LossOptions {
  /** One weight for each class. */
  readonly weight?: Node | null;
  /** The target that counts for nothing. */
  readonly ignoreIndex?: number;
}

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

/** The negative log-probability of the target class; x holds log-probabilities. */
export function nllLoss(
  b: NodeBuilder,
  x: Node,
  target: Node,
  options: ClassLossOptions = {},
): Node {
  return overClasses(b, "nllLoss", x, target, 0, options);
}

/** nll with label smoothing: log-probabilities [N, C, ...] against int32 targets [N, ...]. */
function overClasses(
  b: NodeBuilder,
  name: string,
  x: Node,
  target: Node,
  smoothing: number,
  { reduction = "mean", weight, ignoreIndex = -100 }: ClassLossOptions,
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
 * Cross entropy of logits [N, C, ...] (or [C]) and classes: int32 targets [N, ...], or
 * probabilities of the input's shape.
 */
export function crossEntropy(
  b: NodeBuilder,
  x: Node,
  target: Node,
  options: ClassLossOptions & { readonly labelSmoothing?: number } = {},
): Node {
  const { labelSmoothing = 0, reduction = "mean", weight } = options;
  const axis = classAxis("crossEntropy", x);
  const scores = logSoftmax(b, x, axis);
  const { shape } = x.type;
  if (showShape(shape) !== showShape(target.type.shape) || target.type.dtype === "int32") {
    return overClasses(b, "crossEntropy", scores, target, labelSmoothing, options);
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
}
