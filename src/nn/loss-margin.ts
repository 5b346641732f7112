/** Losses over pairs, margins and distributions as modules, as in `torch.nn`. */
import { argumentError } from "../core/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { needProbability } from "./functional/define.ts";
import * as F from "./functional/margin.ts";
import { Loss } from "./loss.ts";
import type { LayerArguments } from "./module-of.ts";
import { moduleOf, none } from "./module-of.ts";

/**
 * target · (log target − x), x being log-probabilities. Options: `reduction` ("batchmean" too),
 * `logTarget`. PyTorch: `torch.nn.KLDivLoss`.
 */
export class KLDivLoss extends /* @__PURE__ */ moduleOf(F.klDiv) {
  constructor(...args: LayerArguments<typeof F.klDiv>) {
    super(...args);
    if (["mean", "batchmean", "sum", "none"].includes(this.reduction)) return;
    throw argumentError(
      `KLDivLoss: reduction is "${this.reduction}"; need "mean", "batchmean", "sum" or "none".`,
    );
  }
}

/**
 * −log of a normal density with a predicted variance. Options: `reduction`, `full` (false), `eps`
 * (1e-6). PyTorch: `torch.nn.GaussianNLLLoss`.
 */
export class GaussianNLLLoss extends /* @__PURE__ */ moduleOf(F.gaussianNllLoss, none, Loss) {
  override forward(x: Tensor, target: Tensor, variance?: Tensor): Tensor {
    if (variance !== undefined) return super.forward(x, target, variance);
    throw argumentError("GaussianNLLLoss: give the variance: forward(x, target, variance).");
  }
}

/**
 * −log of a Poisson probability. Options: `reduction`, `logInput` (true), `full` (false), `eps`
 * (1e-8). PyTorch: `torch.nn.PoissonNLLLoss`.
 */
export class PoissonNLLLoss extends /* @__PURE__ */ moduleOf(F.poissonNllLoss, none, Loss) {}

/**
 * x for targets 1, max(0, margin − x) for −1. Options: `reduction`, `margin` (1). PyTorch:
 * `torch.nn.HingeEmbeddingLoss`.
 */
export class HingeEmbeddingLoss
  extends /* @__PURE__ */ moduleOf(F.hingeEmbeddingLoss, none, Loss) {}

/**
 * 1 − cos of two rows for targets 1, max(0, cos − margin) for −1. Options: `reduction`, `margin`
 * (0). PyTorch: `torch.nn.CosineEmbeddingLoss`.
 */
export class CosineEmbeddingLoss extends /* @__PURE__ */ moduleOf(F.cosineEmbeddingLoss) {}

/**
 * Weighs errors above and below differently, so that the best prediction is a quantile. Options:
 * `reduction`, `quantile` (0.5). PyTorch has none.
 */
export class PinballLoss extends /* @__PURE__ */ moduleOf(F.pinballLoss, none, Loss) {
  constructor(...args: LayerArguments<typeof F.pinballLoss>) {
    super(...args);
    needProbability("PinballLoss", "quantile", this.quantile);
  }
}

/**
 * max(0, margin − target · (x1 − x2)). Options: `reduction`, `margin` (0). PyTorch:
 * `torch.nn.MarginRankingLoss`.
 */
export class MarginRankingLoss extends /* @__PURE__ */ moduleOf(F.marginRankingLoss) {}

/**
 * max(0, margin + |anchor − positive| − |anchor − negative|). Options: `reduction`, `margin` (1),
 * `p` (2), `eps` (1e-6), `swap` (false). PyTorch: `torch.nn.TripletMarginLoss`.
 */
export class TripletMarginLoss extends /* @__PURE__ */ moduleOf(F.tripletMarginLoss) {}

/** log(1 + e^(−target · x)). Options: `reduction`. PyTorch: `torch.nn.SoftMarginLoss`. */
export class SoftMarginLoss extends /* @__PURE__ */ moduleOf(F.softMarginLoss, none, Loss) {}

/**
 * Σ max(0, margin − x[target] + x[i])ᵖ / C over the other classes. Options: `p` (1), `margin` (1),
 * `weight` of each class, `reduction`. PyTorch: `torch.nn.MultiMarginLoss`.
 */
export class MultiMarginLoss extends /* @__PURE__ */ moduleOf(F.multiMarginLoss, none, Loss) {}

/**
 * Σ max(0, 1 − x[y] + x[i]) / C over the classes y that a row of the target lists up to its first
 * −1. Options: `reduction`. PyTorch: `torch.nn.MultiLabelMarginLoss`.
 */
export class MultiLabelMarginLoss
  extends /* @__PURE__ */ moduleOf(F.multilabelMarginLoss, none, Loss) {}

/**
 * The mean over classes of a binary cross entropy each, of logits. Options: `weight` of each class,
 * `reduction`. PyTorch: `torch.nn.MultiLabelSoftMarginLoss`.
 */
export class MultiLabelSoftMarginLoss
  extends /* @__PURE__ */ moduleOf(F.multilabelSoftMarginLoss, none, Loss) {}
