/** Losses over pairs, margins and distributions, and the distances they are made of. */
import { optionsOf } from "../../core/options.ts";
import type { Reduction } from "../../ir/compose/loss.ts";
import * as loss from "../../ir/compose/loss.ts";
import * as margin from "../../ir/compose/loss-margin.ts";
import type { Optional } from "../../tensor/functions/define.ts";
import { byName } from "../../tensor/functions/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { needProbability, program } from "./define.ts";

/** How the losses of single elements become one number: the "mean", the "sum", or not ("none"). */
interface Reduced {
  /** Default: "mean". */
  readonly reduction?: Reduction;
}

/** Options of {@link klDiv}. */
export interface KLDivOptions {
  /** "batchmean" divides the sum by the first extent, as the definition does. Default: "mean". */
  readonly reduction?: Reduction | "batchmean";
  /** Whether the target holds logarithms too. Default: false. */
  readonly logTarget?: boolean;
}

const klDivFn = /* @__PURE__ */ program("klDiv", (b, [x, y], options) => [
  loss.klDivLoss(b, x!, y!, options),
]);

/**
 * target · (log target − x), x being log-probabilities, reduced. Shapes broadcast. PyTorch:
 * `F.kl_div`.
 */
export function klDiv(x: Tensor, target: Tensor, options: KLDivOptions = {}): Tensor {
  const { reduction = "mean", logTarget = false } = optionsOf(
    "klDiv",
    ["reduction", "logTarget?"],
    options,
  );
  return klDivFn([x, target], { reduction, logTarget })[0]!;
}

/** Options of {@link gaussianNllLoss}. */
export interface GaussianNLLOptions extends Reduced {
  /** Add the constant ½ log 2π. Default: false. */
  readonly full?: boolean;
  /** The least variance. Default: 1e-6. */
  readonly eps?: number;
}

const gaussianFn = /* @__PURE__ */ program("gaussianNllLoss", (b, [x, y, v], options) => [
  margin.gaussianNllLoss(b, x!, y!, v!, options),
]);

/**
 * ½ (log variance + (x − target)² / variance), reduced; the variance has the shape of x, or lacks
 * its last axis. PyTorch: `F.gaussian_nll_loss`.
 */
export function gaussianNllLoss(
  x: Tensor,
  target: Tensor,
  variance: Tensor,
  options: GaussianNLLOptions = {},
): Tensor {
  const {
    reduction = "mean",
    full = false,
    eps = 1e-6,
  } = optionsOf("gaussianNllLoss", ["reduction", "full?", "eps"], options);
  return gaussianFn([x, target, variance], { reduction, full, eps })[0]!;
}

/** Options of {@link poissonNllLoss}. */
export interface PoissonNLLOptions extends Reduced {
  /** Whether x is the logarithm of the rate. Default: true. */
  readonly logInput?: boolean;
  /** Add Stirling's approximation of log target!. Default: false. */
  readonly full?: boolean;
  /** Added to the rate before its logarithm is taken. Default: 1e-8. */
  readonly eps?: number;
}

const poissonFn = /* @__PURE__ */ program("poissonNllLoss", (b, [x, y], options) => [
  margin.poissonNllLoss(b, x!, y!, options),
]);

/** eˣ − target · x, x being the logarithm of a rate, reduced. PyTorch: `F.poisson_nll_loss`. */
export function poissonNllLoss(x: Tensor, target: Tensor, options: PoissonNLLOptions = {}): Tensor {
  const {
    reduction = "mean",
    logInput = true,
    full = false,
    eps = 1e-8,
  } = optionsOf("poissonNllLoss", ["reduction", "logInput?", "full?", "eps"], options);
  return poissonFn([x, target], { reduction, logInput, full, eps })[0]!;
}

/** Options of losses with a margin. */
export interface MarginOptions extends Reduced {
  /** How far apart is far enough. */
  readonly margin?: number;
}

const MARGIN = ["reduction", "margin"];

const hingeFn = /* @__PURE__ */ program("hingeEmbeddingLoss", (b, [x, y], options) => [
  margin.hingeEmbeddingLoss(b, x!, y!, options),
]);

/**
 * x where the target is 1, max(0, margin (1) − x) where it is −1, reduced. PyTorch:
 * `F.hinge_embedding_loss`.
 */
export function hingeEmbeddingLoss(x: Tensor, target: Tensor, options: MarginOptions = {}): Tensor {
  const { reduction = "mean", margin = 1 } = optionsOf("hingeEmbeddingLoss", MARGIN, options);
  return hingeFn([x, target], { reduction, margin })[0]!;
}

const cosineEmbeddingFn = /* @__PURE__ */ program(
  "cosineEmbeddingLoss",
  (b, [x, y, label], options) => [margin.cosineEmbeddingLoss(b, x!, y!, label!, options)],
);

/**
 * 1 − cos(x1, x2) for rows with target 1, max(0, cos − margin (0)) for those with −1, reduced: two
 * `[N, D]` (or `[D]`) and `[N]` (or `[]`). PyTorch: `F.cosine_embedding_loss`.
 */
export function cosineEmbeddingLoss(
  x1: Tensor,
  x2: Tensor,
  target: Tensor,
  options: MarginOptions = {},
): Tensor {
  const { reduction = "mean", margin = 0 } = optionsOf("cosineEmbeddingLoss", MARGIN, options);
  return cosineEmbeddingFn([x1, x2, target], { reduction, margin })[0]!;
}

/** Options of {@link pinballLoss}. */
export interface PinballOptions extends Reduced {
  /** The share of targets that is to lie below the prediction. Default: 0.5. */
  readonly quantile?: number;
}

const pinballFn = /* @__PURE__ */ program("pinballLoss", (b, [x, y], options) => [
  margin.pinballLoss(b, x!, y!, options),
]);

/**
 * quantile · (target − x) where the target lies above, (1 − quantile) · (x − target) below,
 * reduced: least where x is that quantile of the targets. PyTorch has none.
 */
export function pinballLoss(x: Tensor, target: Tensor, options: PinballOptions = {}): Tensor {
  const { reduction = "mean", quantile = 0.5 } = optionsOf(
    "pinballLoss",
    ["reduction", "quantile"],
    options,
  );
  needProbability("pinballLoss", "quantile", quantile);
  return pinballFn([x, target], { reduction, quantile })[0]!;
}

const rankingFn = /* @__PURE__ */ program("marginRankingLoss", (b, [x, y, label], options) => [
  margin.marginRankingLoss(b, x!, y!, label!, options),
]);

/**
 * max(0, margin (0) − target · (x1 − x2)), reduced; a target of 1 wants x1 larger, −1 x2. PyTorch:
 * `F.margin_ranking_loss`.
 */
export function marginRankingLoss(
  x1: Tensor,
  x2: Tensor,
  target: Tensor,
  options: MarginOptions = {},
): Tensor {
  const { reduction = "mean", margin = 0 } = optionsOf("marginRankingLoss", MARGIN, options);
  return rankingFn([x1, x2, target], { reduction, margin })[0]!;
}

/** Options of {@link tripletMarginLoss}. */
export interface TripletMarginOptions extends MarginOptions {
  /** Which norm. Default: 2. */
  readonly p?: number;
  /** Added to each difference. Default: 1e-6. */
  readonly eps?: number;
  /** Compare with the nearer of anchor and positive. Default: false. */
  readonly swap?: boolean;
}

const tripletFn = /* @__PURE__ */ program("tripletMarginLoss", (b, [x, near, far], options) => [
  margin.tripletMarginLoss(b, x!, near!, far!, options),
]);

/**
 * max(0, margin (1) + |anchor − positive| − |anchor − negative|) over the last axis, reduced.
 * PyTorch: `F.triplet_margin_loss`.
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginOptions = {},
): Tensor {
  const {
    reduction = "mean",
    margin = 1,
    p = 2,
    eps = 1e-6,
    swap = false,
  } = optionsOf("tripletMarginLoss", [...MARGIN, "p", "eps", "swap?"], options);
  return tripletFn([anchor, positive, negative], { reduction, margin, p, eps, swap })[0]!;
}

const softFn = /* @__PURE__ */ program("softMarginLoss", (b, [x, y], options) => [
  margin.softMarginLoss(b, x!, y!, options),
]);

/** log(1 + e^(−target · x)), targets 1 and −1, reduced. PyTorch: `F.soft_margin_loss`. */
export function softMarginLoss(x: Tensor, target: Tensor, options: Reduced = {}): Tensor {
  const { reduction = "mean" } = optionsOf("softMarginLoss", ["reduction"], options);
  return softFn([x, target], { reduction })[0]!;
}

/** Options of {@link multiMarginLoss}. */
export interface MultiMarginOptions extends MarginOptions {
  /** The power, 1 or 2. Default: 1. */
  readonly p?: number;
  /** One weight for each class, `[C]`. */
  readonly weight?: Tensor | null;
}

const multiFn = /* @__PURE__ */ program("multiMarginLoss", (b, [x, y], options) => [
  margin.multiMarginLoss(b, x!, y!, options),
]);

/**
 * Σ max(0, margin (1) − x[target] + x[i])ᵖ / C over the other classes, reduced: x `[N, C]`,
 * targets `[N]`. PyTorch: `F.multi_margin_loss`.
 */
export function multiMarginLoss(
  x: Tensor,
  target: Tensor,
  options: MultiMarginOptions = {},
): Tensor {
  const {
    reduction = "mean",
    margin = 1,
    p = 1,
    weight,
  } = optionsOf("multiMarginLoss", [...MARGIN, "p", "weight"], options);
  return multiFn([x, target], { reduction, margin, p }, { weight })[0]!;
}

const multilabelFn = /* @__PURE__ */ program("multilabelMarginLoss", (b, [x, y], options) => [
  margin.multilabelMarginLoss(b, x!, y!, options),
]);

/**
 * Σ max(0, 1 − x[y] + x[i]) / C over the classes y that the target lists (up to its first −1) and
 * all others i, reduced: both `[N, C]`. PyTorch: `F.multilabel_margin_loss`.
 */
export function multilabelMarginLoss(x: Tensor, target: Tensor, options: Reduced = {}): Tensor {
  const { reduction = "mean" } = optionsOf("multilabelMarginLoss", ["reduction"], options);
  return multilabelFn([x, target], { reduction })[0]!;
}

const multilabelSoftFn = /* @__PURE__ */ program(
  "multilabelSoftMarginLoss",
  (b, [x, y], options) => [margin.multilabelSoftMarginLoss(b, x!, y!, options)],
);

/**
 * The binary cross entropy of logits, averaged over classes (the last axis), then reduced.
 * PyTorch: `F.multilabel_soft_margin_loss`.
 */
export function multilabelSoftMarginLoss(
  x: Tensor,
  target: Tensor,
  options: Reduced & { readonly weight?: Tensor | null } = {},
): Tensor {
  const { reduction = "mean", weight } = optionsOf(
    "multilabelSoftMarginLoss",
    ["reduction", "weight"],
    options,
  );
  return multilabelSoftFn([x, target], { reduction }, { weight })[0]!;
}

const similarityFn = /* @__PURE__ */ program("cosineSimilarity", (b, [x, y], options) => [
  margin.cosineSimilarity(b, x!, y!, options),
]);

/** Options of {@link cosineSimilarity}. */
export interface SimilarityOptions {
  /** Default: 1. */
  readonly dim?: number;
  /** The least length. Default: 1e-8. */
  readonly eps?: number;
}

/**
 * The cosine of the angle between x1 and x2 along `dim` (1); shapes broadcast. Lengths count as at
 * least `eps` (1e-8). PyTorch: `F.cosine_similarity`.
 */
export function cosineSimilarity(
  x1: Tensor,
  x2: Tensor,
  ...args: Optional<[dim?: number, eps?: number], SimilarityOptions>
): Tensor {
  const { dim = 1, eps = 1e-8 } = byName<SimilarityOptions>(
    "cosineSimilarity",
    ["dim", "eps"],
    args,
  );
  return similarityFn([x1, x2], { dim, eps })[0]!;
}

const distanceFn = /* @__PURE__ */ program("pairwiseDistance", (b, [x, y], options) => [
  margin.pairwiseDistance(b, x!, y!, options),
]);

/** Options of {@link pairwiseDistance}. */
export interface DistanceOptions {
  /** Which norm. Default: 2. */
  readonly p?: number;
  /** Added to each difference. Default: 1e-6. */
  readonly eps?: number;
  /** Keep the last axis with extent 1. Default: false. */
  readonly keepdim?: boolean;
}

/** The p-norm of x1 − x2 + eps over the last axis. PyTorch: `F.pairwise_distance`. */
export function pairwiseDistance(
  x1: Tensor,
  x2: Tensor,
  ...args: Optional<[p?: number, eps?: number, keepdim?: boolean], DistanceOptions>
): Tensor {
  const options = byName<DistanceOptions>("pairwiseDistance", ["p", "eps", "keepdim"], args);
  const { p = 2, eps = 1e-6, keepdim = false } = options;
  return distanceFn([x1, x2], { p, eps, keepdim })[0]!;
}
