/** Losses over pairs, margins and distributions, and the distances they are made of. */
import { argumentError, shapeError } from "../../core/errors.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import { logSigmoid } from "../../ir/compose/activation.ts";
import { align, square } from "../../ir/compose/arithmetic.ts";
import { unsqueeze } from "../../ir/compose/movement.ts";
import { xlogy } from "../../ir/compose/numeric.ts";
import { any, mean, norm, sum } from "../../ir/compose/reduction.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import {
  castTo,
  expandTo,
  fillLike,
  op,
  plus,
  positions,
  reshape,
  scaled,
} from "../../ir/words.ts";
import { define, NO_TENSOR } from "../../tensor/functions/define.ts";
import type { OptionsOf } from "../module-of.ts";
import { needProbability } from "./define.ts";
import type { Reduction } from "./loss.ts";
import { finish, pair, REDUCED, reduced, wholeIndex } from "./loss.ts";

type Reduced = typeof REDUCED;

/** What follows of two operands: the target. */
const TARGET = { tensors: ["target"], named: REDUCED } as const;

/** What follows the first of a pair. */
const PAIR = { tensors: ["x2", "target"], named: REDUCED } as const;

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

const KL_DIV = {
  /** "batchmean" divides the sum by the first extent, as the definition does. Default: "mean". */
  reduction: "mean" as Reduction | "batchmean",
  /** Whether the target holds logarithms too. Default: false. */
  logTarget: false,
};

/**
 * target · (log target − x), x being log-probabilities, reduced. Shapes broadcast. PyTorch:
 * `F.kl_div`.
 */
export const klDiv = /* @__PURE__ */ define(
  "klDiv",
  {},
  (b, x, target: Node, { reduction, logTarget }: typeof KL_DIV) => {
    const [p, t] = pair(b, "klDivLoss", x, target);
    const loss = logTarget
      ? op(b, "mul", op(b, "exp", t), op(b, "sub", t, p))
      : op(b, "sub", xlogy(b, t, t), op(b, "mul", t, p));
    if (reduction !== "batchmean") return finish(b, loss, reduction);
    return scaled(b, sum(b, loss), 1 / (p.type.shape[0] ?? 1));
  },
  { tensors: ["target"], named: KL_DIV },
);

/** Options of {@link klDiv}. */
export type KLDivOptions = OptionsOf<typeof klDiv>;

const GAUSSIAN = /* @__PURE__ */ reduced({
  /** Add the constant ½ log 2π. Default: false. */
  full: false,
  /** The least variance. Default: 1e-6. */
  eps: 1e-6,
});

/**
 * ½ (log variance + (x − target)² / variance), reduced; the variance has the shape of x, or lacks
 * its last axis. PyTorch: `F.gaussian_nll_loss`.
 */
export const gaussianNllLoss = /* @__PURE__ */ define(
  "gaussianNllLoss",
  {},
  (b, x, target: Node, variance: Node, { reduction, full, eps }: typeof GAUSSIAN) => {
    const [p, t] = pair(b, "gaussianNllLoss", x, target);
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
  },
  { tensors: ["target", "variance"], named: GAUSSIAN },
);

/** Options of {@link gaussianNllLoss}. */
export type GaussianNLLOptions = OptionsOf<typeof gaussianNllLoss>;

const POISSON = /* @__PURE__ */ reduced({
  /** Added to the rate before its logarithm is taken. Default: 1e-8. */
  eps: 1e-8,
});

/** eˣ − target · x, x being the logarithm of a rate, reduced. PyTorch: `F.poisson_nll_loss`. */
export const poissonNllLoss = /* @__PURE__ */ define(
  "poissonNllLoss",
  {
    /** Whether x is the logarithm of the rate. Default: true. */
    logInput: true,
    /** Add Stirling's approximation of log target!. Default: false. */
    full: false,
  },
  (b, x, target: Node, logInput: boolean, full: boolean, named: typeof POISSON) => {
    const { reduction, eps } = named;
    const [p, t] = pair(b, "poissonNllLoss", x, target);
    const loss = logInput
      ? op(b, "sub", op(b, "exp", p), op(b, "mul", t, p))
      : op(b, "sub", p, op(b, "mul", t, op(b, "log", plus(b, p, eps))));
    return finish(b, full ? op(b, "add", loss, stirling(b, t)) : loss, reduction);
  },
  { tensors: ["target"], named: POISSON },
);

/** Options of {@link poissonNllLoss}. */
export type PoissonNLLOptions = OptionsOf<typeof poissonNllLoss>;

/** Stirling's log y!: y · log y − y + ½ log 2πy where y > 1, else 0. */
function stirling(b: NodeBuilder, y: Node): Node {
  const large = op(b, "lt", fillLike(b, y, 1), y);
  const safe = op(b, "where", large, y, fillLike(b, y, 1));
  const own = op(b, "sub", op(b, "mul", safe, op(b, "log", safe)), safe);
  const tail = scaled(b, op(b, "log", scaled(b, safe, 2 * Math.PI)), 0.5);
  return op(b, "where", large, op(b, "add", own, tail), fillLike(b, y, 0));
}

/**
 * x where the target is 1, max(0, margin (1) − x) where it is −1, reduced. PyTorch:
 * `F.hinge_embedding_loss`.
 */
export const hingeEmbeddingLoss = /* @__PURE__ */ define(
  "hingeEmbeddingLoss",
  {
    /** How far apart is far enough. */
    margin: 1,
  },
  (b, x, target: Node, margin: number, { reduction }: Reduced) => {
    const [p, t] = pair(b, "hingeEmbeddingLoss", x, target);
    const far = aboveZero(b, plus(b, op(b, "neg", p), margin));
    return finish(b, byLabel(b, t, p, far), reduction);
  },
  TARGET,
);

/** Options of losses with a margin. */
export type MarginOptions = OptionsOf<typeof hingeEmbeddingLoss>;

/** `alike` where the label is not −1, plus `apart` where it is not 1. */
function byLabel(b: NodeBuilder, label: Node, alike: Node, apart: Node): Node {
  const zero = fillLike(b, alike, 0);
  const first = op(b, "where", op(b, "ne", label, fillLike(b, label, -1)), alike, zero);
  const second = op(b, "where", op(b, "ne", label, fillLike(b, label, 1)), apart, zero);
  return op(b, "add", first, second);
}

/**
 * 1 − cos(x1, x2) for rows with target 1, max(0, cos − margin (0)) for those with −1, reduced: two
 * `[N, D]` (or `[D]`) and `[N]` (or `[]`). PyTorch: `F.cosine_embedding_loss`.
 */
export const cosineEmbeddingLoss = /* @__PURE__ */ define(
  "cosineEmbeddingLoss",
  {
    /** How far apart is far enough. */
    margin: 0,
  },
  (b, x1, x2: Node, target: Node, margin: number, { reduction }: Reduced) => {
    const [p, q] = pair(b, "cosineEmbeddingLoss", x1, x2);
    const length = (z: Node): Node => plus(b, sum(b, square(b, z), -1), COSINE_EPS);
    const size = op(b, "sqrt", op(b, "mul", length(p), length(q)));
    const cosine = op(b, "div", sum(b, op(b, "mul", p, q), -1), size);
    const [c, t] = floats(b, "cosineEmbeddingLoss", [cosine, target]) as [Node, Node];
    const zero = fillLike(b, c, 0);
    const is = (value: number): Node => op(b, "eq", t, fillLike(b, t, value));
    const alike = op(b, "where", is(1), plus(b, op(b, "neg", c), 1), zero);
    const apart = op(b, "where", is(-1), aboveZero(b, plus(b, c, -margin)), zero);
    return finish(b, op(b, "add", alike, apart), reduction);
  },
  PAIR,
);

const PINBALL = /* @__PURE__ */ reduced({
  /** The share of targets that is to lie below the prediction. Default: 0.5. */
  quantile: 0.5,
});

/**
 * quantile · (target − x) where the target lies above, (1 − quantile) · (x − target) below,
 * reduced: least where x is that quantile of the targets. PyTorch has none.
 */
export const pinballLoss = /* @__PURE__ */ define(
  "pinballLoss",
  {},
  (b, x, target: Node, { reduction, quantile }: typeof PINBALL) => {
    needProbability("pinballLoss", "quantile", quantile);
    const [p, t] = pair(b, "pinballLoss", x, target);
    const gap = op(b, "sub", t, p);
    const [above, below] = [scaled(b, gap, quantile), scaled(b, gap, quantile - 1)];
    const over = op(b, "lt", gap, fillLike(b, gap, 0));
    return finish(b, op(b, "where", over, below, above), reduction);
  },
  { tensors: ["target"], named: PINBALL },
);

/** Options of {@link pinballLoss}. */
export type PinballOptions = OptionsOf<typeof pinballLoss>;

/**
 * max(0, margin (0) − target · (x1 − x2)), reduced; a target of 1 wants x1 larger, −1 x2. PyTorch:
 * `F.margin_ranking_loss`.
 */
export const marginRankingLoss = /* @__PURE__ */ define(
  "marginRankingLoss",
  {
    /** How far apart is far enough. */
    margin: 0,
  },
  (b, x1, x2: Node, target: Node, margin: number, { reduction }: Reduced) => {
    const [p, q, t] = floats(b, "marginRankingLoss", [x1, x2, target]) as [Node, Node, Node];
    const gain = op(b, "mul", op(b, "neg", t), op(b, "sub", p, q));
    return finish(b, aboveZero(b, plus(b, gain, margin)), reduction);
  },
  PAIR,
);

/** The p-norm of x1 − x2 + eps over the last axis. PyTorch: `F.pairwise_distance`. */
export const pairwiseDistance = /* @__PURE__ */ define(
  "pairwiseDistance",
  {
    /** Which norm. Default: 2. */
    p: 2,
    /** Added to each difference. Default: 1e-6. */
    eps: 1e-6,
    /** Keep the last axis with extent 1. Default: false. */
    keepdim: false,
  },
  (b, x1, x2: Node, p: number, eps: number, keepdim: boolean) => {
    const [first, second] = floats(b, "pairwiseDistance", [x1, x2]) as [Node, Node];
    return norm(b, plus(b, op(b, "sub", first, second), eps), p, -1, keepdim);
  },
  { tensors: ["x2"] },
);

/** Options of {@link pairwiseDistance}. */
export type DistanceOptions = OptionsOf<typeof pairwiseDistance>;

/**
 * max(0, margin (1) + |anchor − positive| − |anchor − negative|) over the last axis, reduced.
 * PyTorch: `F.triplet_margin_loss`.
 */
export const tripletMarginLoss = /* @__PURE__ */ define(
  "tripletMarginLoss",
  {
    /** How far apart is far enough. */
    margin: 1,
    /** Which norm. Default: 2. */
    p: 2,
    /** Added to each difference. Default: 1e-6. */
    eps: 1e-6,
    /** Compare with the nearer of anchor and positive. Default: false. */
    swap: false,
  },
  (
    b,
    anchor,
    positive: Node,
    negative: Node,
    margin: number,
    p: number,
    eps: number,
    swap: boolean,
    { reduction }: Reduced,
  ) => {
    const between = (x: Node, y: Node): Node => pairwiseDistance.graph(b, x, y, p, eps);
    const near = between(anchor, positive);
    let far = between(anchor, negative);
    if (swap) far = op(b, "minimum", far, between(positive, negative));
    return finish(b, aboveZero(b, plus(b, op(b, "sub", near, far), margin)), reduction);
  },
  { tensors: ["positive", "negative"], named: REDUCED },
);

/** Options of {@link tripletMarginLoss}. */
export type TripletMarginOptions = OptionsOf<typeof tripletMarginLoss>;

/** log(1 + e^(−target · x)), targets 1 and −1, reduced. PyTorch: `F.soft_margin_loss`. */
export const softMarginLoss = /* @__PURE__ */ define(
  "softMarginLoss",
  {},
  (b, x, target: Node, { reduction }: Reduced) => {
    const [p, t] = pair(b, "softMarginLoss", x, target);
    return finish(b, op(b, "neg", logSigmoid(b, op(b, "mul", t, p))), reduction);
  },
  TARGET,
);

/** x as rows [N, C], and whether it was a single row [C]. */
function rowsOf(b: NodeBuilder, name: string, x: Node): [Node, boolean] {
  const single = x.type.shape.length <= 1;
  const rows = single ? reshape(b, x, [1, x.type.size]) : x;
  if (rows.type.shape.length === 2) return [rows, single];
  throw shapeError(`${name}: x is ${showShape(x.type.shape)}; need [C] or [N, C].`);
}

/**
 * Σ max(0, margin (1) − x[target] + x[i])ᵖ / C over the other classes, reduced: x `[N, C]`,
 * targets `[N]`, p 1 (default) or 2, `weight` one for each class `[C]`. PyTorch:
 * `F.multi_margin_loss`.
 */
export const multiMarginLoss = /* @__PURE__ */ define(
  "multiMarginLoss",
  {
    /** The power, 1 or 2. Default: 1. */
    p: 1,
    /** How far apart is far enough. */
    margin: 1,
    /** One weight for each class, `[C]`. */
    weight: NO_TENSOR,
  },
  (b, x, target: Node, p: number, margin: number, weight: Node | null, { reduction }: Reduced) => {
    if (p !== 1 && p !== 2) throw argumentError(`multiMarginLoss: p is ${p}; need 1 or 2.`);
    const [rows, single] = rowsOf(b, "multiMarginLoss", x);
    const [n, classes] = rows.type.shape as [number, number];
    const index = reshape(b, wholeIndex(b, target), [n, 1]);
    const own = expandTo(b, b.apply("gather", [rows, index], { axis: 1 }), rows.type.shape);
    const gap = aboveZero(b, plus(b, op(b, "sub", rows, own), margin));
    let terms = p === 2 ? square(b, gap) : gap;
    if (weight) {
      const line = expandTo(
        b,
        reshape(b, castTo(b, weight, x.type.dtype), [1, classes]),
        rows.type.shape,
      );
      const share = b.apply("gather", [line, index], { axis: 1 });
      terms = op(b, "mul", terms, expandTo(b, share, terms.type.shape));
    }
    const self = op(b, "eq", positions(b, rows.type.shape, 1), expandTo(b, index, rows.type.shape));
    const others = op(b, "where", self, fillLike(b, terms, 0), terms);
    const each = scaled(b, sum(b, others, 1), 1 / classes);
    return finish(b, single ? reshape(b, each, []) : each, reduction);
  },
  TARGET,
);

/** Options of {@link multiMarginLoss}. */
export type MultiMarginOptions = OptionsOf<typeof multiMarginLoss>;

/**
 * Σ max(0, 1 − x[y] + x[i]) / C over the classes y that the target lists (up to its first −1) and
 * all others i, reduced: both `[N, C]`. PyTorch: `F.multilabel_margin_loss`.
 */
export const multilabelMarginLoss = /* @__PURE__ */ define(
  "multilabelMarginLoss",
  {},
  (b, x, target: Node, { reduction }: Reduced) => {
    const [rows, single] = rowsOf(b, "multilabelMarginLoss", x);
    const [n, classes] = rows.type.shape as [number, number];
    const labels = reshape(b, wholeIndex(b, target), [n, classes]);
    const given = castTo(b, op(b, "le", fillLike(b, labels, 0), labels), "int32");
    // what comes after the first −1 does not count
    const counted = castTo(b, b.apply("cumulate", [given], { combine: "prod", axis: 1 }), "bool");
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
  },
  TARGET,
);

/**
 * The binary cross entropy of logits, averaged over classes (the last axis), then reduced;
 * `weight` broadcasts. PyTorch: `F.multilabel_soft_margin_loss`.
 */
export const multilabelSoftMarginLoss = /* @__PURE__ */ define(
  "multilabelSoftMarginLoss",
  { weight: NO_TENSOR },
  (b, x, target: Node, weight: Node | null, { reduction }: Reduced) => {
    const [p, t] = pair(b, "multilabelSoftMarginLoss", x, target);
    const yes = op(b, "mul", t, logSigmoid(b, p));
    const no = op(b, "mul", plus(b, op(b, "neg", t), 1), logSigmoid(b, op(b, "neg", p)));
    let terms = op(b, "neg", op(b, "add", yes, no));
    if (weight) {
      const line = expandTo(b, castTo(b, weight, p.type.dtype), terms.type.shape);
      terms = op(b, "mul", terms, line);
    }
    return finish(b, mean(b, terms, -1), reduction);
  },
  TARGET,
);

/**
 * The cosine of the angle between x1 and x2 along `dim` (1); shapes broadcast. Lengths count as at
 * least `eps` (1e-8). PyTorch: `F.cosine_similarity`.
 */
export const cosineSimilarity = /* @__PURE__ */ define(
  "cosineSimilarity",
  {
    /** Default: 1. */
    dim: 1,
    /** The least length. Default: 1e-8. */
    eps: 1e-8,
  },
  (b, x1, x2: Node, dim: number, eps: number) => {
    const [p, q] = floats(b, "cosineSimilarity", [x1, x2]) as [Node, Node];
    const size = (z: Node): Node => {
      const length = norm(b, z, 2, dim, true);
      return op(b, "maximum", length, fillLike(b, length, eps));
    };
    const unit = (z: Node): Node => op(b, "div", z, expandTo(b, size(z), z.type.shape));
    return sum(b, op(b, "mul", unit(p), unit(q)), dim);
  },
  { tensors: ["x2"] },
);

/** Options of {@link cosineSimilarity}. */
export type SimilarityOptions = OptionsOf<typeof cosineSimilarity>;
