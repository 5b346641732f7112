/**
 * Losses over pairs, margins and distributions, with PyTorch's names, reductions and edge cases.
 */
import { argumentError, shapeError } from "../../core/errors.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, fillLike, op, plus, positions, reshape, scaled } from "../words.ts";
import { logSigmoid } from "./activation.ts";
import { align, square } from "./arithmetic.ts";
import { unsqueeze } from "./movement.ts";
import type { LossOptions } from "./loss.ts";
import { finish, pair, wholeIndex } from "./loss.ts";
import { any, mean, norm, sum } from "./reduction.ts";

/** Added to squared lengths before a cosine is taken. */
const COSINE_EPS = 1e-12;

/** x, or 0 below: its slope at 0 is 1, as PyTorch's `clamp_min`. */
function aboveZero(b: NodeBuilder, x: Node): Node {
  const zero = fillLike(b, x, 0);
  return op(b, "where", op(b, "lt", x, zero), zero, x);
}

function floats(b: NodeBuilder, name: string, nodes: readonly Node[]): Node[] {
  return align(b, name, nodes, nodes[0]!.type.dtype);
}

/** −log of a normal density with mean x and the given variance, at y. */
export function gaussianNllLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  variance: Node,
  options: LossOptions & { readonly full?: boolean; readonly eps?: number } = {},
): Node {
  const { reduction = "mean", full = false, eps = 1e-6 } = options;
  const [p, t] = pair(b, "gaussianNllLoss", x, y);
  const { shape } = x.type;
  const short = sameShape(variance.type.shape, shape.slice(0, -1));
  const spread = short && shape.length > 0 ? unsqueeze(b, variance, -1) : variance;
  if (!short && !sameShape(spread.type.shape, shape) && spread.type.shape.at(-1) !== 1) {
    throw shapeError(
      `gaussianNllLoss: x is ${showShape(shape)}, the variance is ` +
        `${showShape(variance.type.shape)}; need equal shapes, or 1 in the last axis.`,
    );
  }
  const cast = castTo(b, spread, p.type.dtype);
  // below eps the value is eps, but the slope goes on to the variance
  const raised = plus(b, op(b, "sub", cast, op(b, "stopGradient", cast)), eps);
  const bounded = op(b, "where", op(b, "lt", cast, fillLike(b, cast, eps)), raised, cast);
  const v = expandTo(b, bounded, p.type.shape);
  const gap = op(b, "div", square(b, op(b, "sub", p, t)), v);
  const half = scaled(b, op(b, "add", op(b, "log", v), gap), 0.5);
  return finish(b, full ? plus(b, half, 0.9189385332046727) : half, reduction);
}

/** −log of a Poisson probability of y, x being the rate or (`logInput`) its logarithm. */
export function poissonNllLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  options: LossOptions & {
    readonly logInput?: boolean;
    readonly full?: boolean;
    readonly eps?: number;
  } = {},
): Node {
  const { reduction = "mean", logInput = true, full = false, eps = 1e-8 } = options;
  const [p, t] = pair(b, "poissonNllLoss", x, y);
  const loss = logInput
    ? op(b, "sub", op(b, "exp", p), op(b, "mul", t, p))
    : op(b, "sub", p, op(b, "mul", t, op(b, "log", plus(b, p, eps))));
  return finish(b, full ? op(b, "add", loss, stirling(b, t)) : loss, reduction);
}

/** Stirling's log y!: y · log y − y + ½ log 2πy where y > 1, else 0. */
function stirling(b: NodeBuilder, y: Node): Node {
  const large = op(b, "lt", fillLike(b, y, 1), y);
  const safe = op(b, "where", large, y, fillLike(b, y, 1));
  const own = op(b, "sub", op(b, "mul", safe, op(b, "log", safe)), safe);
  const tail = scaled(b, op(b, "log", scaled(b, safe, 2 * Math.PI)), 0.5);
  return op(b, "where", large, op(b, "add", own, tail), fillLike(b, y, 0));
}

/** x where y is 1, max(0, margin − x) where it is −1. */
export function hingeEmbeddingLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { reduction = "mean", margin = 1 }: LossOptions & { readonly margin?: number } = {},
): Node {
  const [p, t] = pair(b, "hingeEmbeddingLoss", x, y);
  const far = aboveZero(b, plus(b, op(b, "neg", p), margin));
  return finish(b, byLabel(b, t, p, far), reduction);
}

/** `alike` where the label is not −1, plus `apart` where it is not 1. */
function byLabel(b: NodeBuilder, label: Node, alike: Node, apart: Node): Node {
  const zero = fillLike(b, alike, 0);
  const first = op(b, "where", op(b, "ne", label, fillLike(b, label, -1)), alike, zero);
  const second = op(b, "where", op(b, "ne", label, fillLike(b, label, 1)), apart, zero);
  return op(b, "add", first, second);
}

/** 1 − cos(x, y) of rows with label 1, max(0, cos − margin) of those with −1. */
export function cosineEmbeddingLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  label: Node,
  { reduction = "mean", margin = 0 }: LossOptions & { readonly margin?: number } = {},
): Node {
  const [p, q] = pair(b, "cosineEmbeddingLoss", x, y);
  const length = (z: Node): Node => plus(b, sum(b, square(b, z), -1), COSINE_EPS);
  const size = op(b, "sqrt", op(b, "mul", length(p), length(q)));
  const cosine = op(b, "div", sum(b, op(b, "mul", p, q), -1), size);
  const [c, t] = floats(b, "cosineEmbeddingLoss", [cosine, label]) as [Node, Node];
  const zero = fillLike(b, c, 0);
  const is = (value: number): Node => op(b, "eq", t, fillLike(b, t, value));
  const alike = op(b, "where", is(1), plus(b, op(b, "neg", c), 1), zero);
  const apart = op(b, "where", is(-1), aboveZero(b, plus(b, c, -margin)), zero);
  return finish(b, op(b, "add", alike, apart), reduction);
}

/** quantile · (y − x) where y lies above x, (1 − quantile) · (x − y) below. */
export function pinballLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { reduction = "mean", quantile = 0.5 }: LossOptions & { readonly quantile?: number } = {},
): Node {
  const [p, t] = pair(b, "pinballLoss", x, y);
  const gap = op(b, "sub", t, p);
  const [above, below] = [scaled(b, gap, quantile), scaled(b, gap, quantile - 1)];
  const over = op(b, "lt", gap, fillLike(b, gap, 0));
  return finish(b, op(b, "where", over, below, above), reduction);
}

/** max(0, margin − label · (x − y)). */
export function marginRankingLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  label: Node,
  { reduction = "mean", margin = 0 }: LossOptions & { readonly margin?: number } = {},
): Node {
  const [p, q, t] = floats(b, "marginRankingLoss", [x, y, label]) as [Node, Node, Node];
  const gain = op(b, "mul", op(b, "neg", t), op(b, "sub", p, q));
  return finish(b, aboveZero(b, plus(b, gain, margin)), reduction);
}

/** The p-norm of x − y + eps over the last axis. */
export function pairwiseDistance(
  b: NodeBuilder,
  x: Node,
  y: Node,
  options: { readonly p?: number; readonly eps?: number; readonly keepdim?: boolean } = {},
): Node {
  const { p = 2, eps = 1e-6, keepdim = false } = options;
  const [first, second] = floats(b, "pairwiseDistance", [x, y]) as [Node, Node];
  return norm(b, plus(b, op(b, "sub", first, second), eps), p, -1, keepdim);
}

/** Options of {@link tripletMarginLoss}. */
export interface TripletOptions extends LossOptions {
  readonly margin?: number;
  readonly p?: number;
  readonly eps?: number;
  /** Compare with the nearer of anchor and positive. */
  readonly swap?: boolean;
}

/** max(0, margin + distance to the positive − distance to the negative). */
export function tripletMarginLoss(
  b: NodeBuilder,
  anchor: Node,
  positive: Node,
  negative: Node,
  options: TripletOptions = {},
): Node {
  const { reduction = "mean", margin = 1, p = 2, eps = 1e-6, swap = false } = options;
  const near = pairwiseDistance(b, anchor, positive, { p, eps });
  let far = pairwiseDistance(b, anchor, negative, { p, eps });
  if (swap) far = op(b, "minimum", far, pairwiseDistance(b, positive, negative, { p, eps }));
  return finish(b, aboveZero(b, plus(b, op(b, "sub", near, far), margin)), reduction);
}

/** log(1 + e^(−y·x)). */
export function softMarginLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { reduction = "mean" }: LossOptions = {},
): Node {
  const [p, t] = pair(b, "softMarginLoss", x, y);
  return finish(b, op(b, "neg", logSigmoid(b, op(b, "mul", t, p))), reduction);
}

/** x as rows [N, C], and whether it was a single row [C]. */
function rowsOf(b: NodeBuilder, name: string, x: Node): [Node, boolean] {
  const single = x.type.shape.length <= 1;
  const rows = single ? reshape(b, x, [1, x.type.size]) : x;
  if (rows.type.shape.length === 2) return [rows, single];
  throw shapeError(`${name}: x is ${showShape(x.type.shape)}; need [C] or [N, C].`);
}

/** Σ max(0, margin − x[target] + x[i])^p / C over the other classes i. */
export function multiMarginLoss(
  b: NodeBuilder,
  x: Node,
  target: Node,
  options: LossOptions & {
    readonly p?: number;
    readonly margin?: number;
    readonly weight?: Node | null;
  } = {},
): Node {
  const { reduction = "mean", p = 1, margin = 1, weight } = options;
  if (p !== 1 && p !== 2) throw argumentError(`multiMarginLoss: p is ${p}; need 1 or 2.`);
  const [rows, single] = rowsOf(b, "multiMarginLoss", x);
  const [n, classes] = rows.type.shape as [number, number];
  const index = reshape(b, wholeIndex(b, target), [n, 1]);
  const own = expandTo(b, b.apply("gather", [rows, index], { axis: 1 }), rows.type.shape);
  const gap = aboveZero(b, plus(b, op(b, "sub", rows, own), margin));
  let terms = p === 2 ? square(b, gap) : gap;
  if (weight) {
    const line = expandTo(b, reshape(b, castTo(b, weight, x.type.dtype), [1, classes]), [
      n,
      classes,
    ]);
    const share = b.apply("gather", [line, index], { axis: 1 });
    terms = op(b, "mul", terms, expandTo(b, share, terms.type.shape));
  }
  const self = op(b, "eq", positions(b, rows.type.shape, 1), expandTo(b, index, rows.type.shape));
  const others = op(b, "where", self, fillLike(b, terms, 0), terms);
  const each = scaled(b, sum(b, others, 1), 1 / classes);
  return finish(b, single ? reshape(b, each, []) : each, reduction);
}

/** Σ max(0, 1 − x[y] + x[i]) / C over the classes y of the target (up to −1) and all others i. */
export function multilabelMarginLoss(
  b: NodeBuilder,
  x: Node,
  target: Node,
  { reduction = "mean" }: LossOptions = {},
): Node {
  const [rows, single] = rowsOf(b, "multilabelMarginLoss", x);
  const [n, classes] = rows.type.shape as [number, number];
  const labels = reshape(b, wholeIndex(b, target), [n, classes]);
  const given = castTo(b, op(b, "le", fillLike(b, labels, 0), labels), "int32");
  // what comes after the first −1 does not count
  const counted = castTo(b, b.apply("cumprod", [given], { axis: 1 }), "bool");
  const cube = [n, classes, classes]; // [item, target, class]
  const asTarget = (z: Node): Node => expandTo(b, reshape(b, z, [n, classes, 1]), cube);
  const asClass = (z: Node): Node => expandTo(b, reshape(b, z, [n, 1, classes]), cube);
  const safe = op(b, "where", counted, labels, fillLike(b, labels, 0));
  const own = b.apply("gather", [rows, safe], { axis: 1 });
  const named = op(b, "eq", asTarget(safe), positions(b, cube, 2));
  const isTarget = any(b, op(b, "and", named, asTarget(counted)), 1); // [N, C]
  const gap = aboveZero(b, plus(b, op(b, "sub", asClass(rows), asTarget(own)), 1));
  const counts = op(b, "and", asTarget(counted), asClass(op(b, "not", isTarget)));
  const terms = op(b, "where", counts, gap, fillLike(b, gap, 0));
  const each = scaled(b, sum(b, terms, [1, 2]), 1 / classes);
  return finish(b, single ? reshape(b, each, []) : each, reduction);
}

/** The mean over classes (the last axis) of binary cross entropies of logits. */
export function multilabelSoftMarginLoss(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { reduction = "mean", weight }: LossOptions & { readonly weight?: Node | null } = {},
): Node {
  const [p, t] = pair(b, "multilabelSoftMarginLoss", x, y);
  const yes = op(b, "mul", t, logSigmoid(b, p));
  const no = op(b, "mul", plus(b, op(b, "neg", t), 1), logSigmoid(b, op(b, "neg", p)));
  let terms = op(b, "neg", op(b, "add", yes, no));
  if (weight) {
    const line = expandTo(b, castTo(b, weight, p.type.dtype), terms.type.shape);
    terms = op(b, "mul", terms, line);
  }
  return finish(b, mean(b, terms, -1), reduction);
}

/** Σ x·y over an axis, divided by both lengths, each at least eps. */
export function cosineSimilarity(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { dim = 1, eps = 1e-8 }: { readonly dim?: number; readonly eps?: number } = {},
): Node {
  const [p, q] = floats(b, "cosineSimilarity", [x, y]) as [Node, Node];
  const size = (z: Node): Node => {
    const length = norm(b, z, 2, dim, true);
    return op(b, "maximum", length, fillLike(b, length, eps));
  };
  const unit = (z: Node): Node => op(b, "div", z, expandTo(b, size(z), z.type.shape));
  return sum(b, op(b, "mul", unit(p), unit(q)), dim);
}
