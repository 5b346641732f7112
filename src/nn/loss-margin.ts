/** Losses over pairs, margins and distributions as modules; each calls its namesake. */
import type { Reduction } from "../ir/compose/loss.ts";
import { argumentError } from "../core/errors.ts";
import { optionsOf } from "../core/options.ts";
import type { Settings } from "../tensor/functions/define.ts";
import { settingsOf } from "../tensor/functions/define.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type * as O from "./functional/margin.ts";
import * as F from "./functional/margin.ts";
import type { LossOptions } from "./functional/loss.ts";
import { Module } from "./module.ts";
import { Loss } from "./loss.ts";

const MARGIN = ["margin"];
const REDUCTION = ["reduction"];

type WeightedOptions = LossOptions & { readonly weight?: Tensor | null };
type TripletSettings = [margin: number, p: number, eps: number, swap: boolean];

/**
 * target · (log target − x), x being log-probabilities. Options: `reduction` ("batchmean" too),
 * `logTarget`. PyTorch: `torch.nn.KLDivLoss`.
 */
export class KLDivLoss extends Module {
  readonly reduction: Reduction | "batchmean";
  readonly logTarget: boolean;

  constructor(options: O.KLDivOptions = {}) {
    super();
    optionsOf("KLDivLoss", ["reduction", "logTarget?"], options);
    this.reduction = options.reduction ?? "mean";
    this.logTarget = options.logTarget ?? false;
    if (!["mean", "batchmean", "sum", "none"].includes(this.reduction)) {
      throw argumentError(
        `KLDivLoss: reduction is "${this.reduction}"; need "mean", "batchmean", "sum" or "none".`,
      );
    }
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { reduction, logTarget } = this;
    return F.klDiv(x, target, { reduction, logTarget });
  }
}

/**
 * −log of a normal density with a predicted variance. Options: `reduction`, `full` (false), `eps`
 * (1e-6). PyTorch: `torch.nn.GaussianNLLLoss`.
 */
export class GaussianNLLLoss extends Loss {
  readonly full: boolean;
  readonly eps: number;

  constructor(options: O.GaussianNLLOptions = {}) {
    super(optionsOf("GaussianNLLLoss", ["reduction", "full?", "eps"], options));
    this.full = options.full ?? false;
    this.eps = options.eps ?? 1e-6;
  }

  override forward(x: Tensor, target: Tensor, variance?: Tensor): Tensor {
    if (variance === undefined) {
      throw argumentError("GaussianNLLLoss: give the variance: forward(x, target, variance).");
    }
    const { reduction, full, eps } = this;
    return F.gaussianNllLoss(x, target, variance, { reduction, full, eps });
  }
}

/**
 * −log of a Poisson probability. Options: `reduction`, `logInput` (true), `full` (false), `eps`
 * (1e-8). PyTorch: `torch.nn.PoissonNLLLoss`.
 */
export class PoissonNLLLoss extends Loss {
  readonly logInput: boolean;
  readonly full: boolean;
  readonly eps: number;

  constructor(...args: Settings<[logInput: boolean, full: boolean], O.PoissonNLLOptions>) {
    const names = ["logInput?", "full?"];
    const more = ["reduction", "eps"];
    const options = settingsOf<O.PoissonNLLOptions>("PoissonNLLLoss", names, args, more);
    super(options);
    this.logInput = options.logInput ?? true;
    this.full = options.full ?? false;
    this.eps = options.eps ?? 1e-8;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { reduction, logInput, full, eps } = this;
    return F.poissonNllLoss(x, target, { reduction, logInput, full, eps });
  }
}

/**
 * x for targets 1, max(0, margin − x) for −1. Options: `reduction`, `margin` (1). PyTorch:
 * `torch.nn.HingeEmbeddingLoss`.
 */
export class HingeEmbeddingLoss extends Loss {
  readonly margin: number;

  constructor(...args: Settings<[margin: number], O.MarginOptions>) {
    const options = settingsOf<O.MarginOptions>("HingeEmbeddingLoss", MARGIN, args, REDUCTION);
    super(options);
    this.margin = options.margin ?? 1;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { reduction, margin } = this;
    return F.hingeEmbeddingLoss(x, target, { reduction, margin });
  }
}

/**
 * 1 − cos of two rows for targets 1, max(0, cos − margin) for −1. Options: `reduction`, `margin`
 * (0). PyTorch: `torch.nn.CosineEmbeddingLoss`.
 */
export class CosineEmbeddingLoss extends Module {
  readonly reduction: Reduction;
  readonly margin: number;

  constructor(...args: Settings<[margin: number], O.MarginOptions>) {
    super();
    const options = settingsOf<O.MarginOptions>("CosineEmbeddingLoss", MARGIN, args, REDUCTION);
    this.reduction = options.reduction ?? "mean";
    this.margin = options.margin ?? 0;
  }

  forward(x1: Tensor, x2: Tensor, target: Tensor): Tensor {
    const { reduction, margin } = this;
    return F.cosineEmbeddingLoss(x1, x2, target, { reduction, margin });
  }
}

/**
 * Weighs errors above and below differently, so that the best prediction is a quantile. Options:
 * `reduction`, `quantile` (0.5). PyTorch has none.
 */
export class PinballLoss extends Loss {
  readonly quantile: number;

  constructor(options: O.PinballOptions = {}) {
    super(optionsOf("PinballLoss", ["reduction", "quantile"], options));
    this.quantile = options.quantile ?? 0.5;
    if (!(this.quantile >= 0 && this.quantile <= 1)) {
      throw argumentError(`PinballLoss: quantile is ${this.quantile}; need a number from 0 to 1.`);
    }
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { reduction, quantile } = this;
    return F.pinballLoss(x, target, { reduction, quantile });
  }
}

/**
 * max(0, margin − target · (x1 − x2)). Options: `reduction`, `margin` (0). PyTorch:
 * `torch.nn.MarginRankingLoss`.
 */
export class MarginRankingLoss extends Module {
  readonly reduction: Reduction;
  readonly margin: number;

  constructor(...args: Settings<[margin: number], O.MarginOptions>) {
    super();
    const options = settingsOf<O.MarginOptions>("MarginRankingLoss", MARGIN, args, REDUCTION);
    this.reduction = options.reduction ?? "mean";
    this.margin = options.margin ?? 0;
  }

  forward(x1: Tensor, x2: Tensor, target: Tensor): Tensor {
    const { reduction, margin } = this;
    return F.marginRankingLoss(x1, x2, target, { reduction, margin });
  }
}

/**
 * max(0, margin + |anchor − positive| − |anchor − negative|). Options: `reduction`, `margin` (1),
 * `p` (2), `eps` (1e-6), `swap` (false). PyTorch: `torch.nn.TripletMarginLoss`.
 */
export class TripletMarginLoss extends Module {
  readonly reduction: Reduction;
  readonly margin: number;
  readonly p: number;
  readonly eps: number;
  readonly swap: boolean;

  constructor(...args: Settings<TripletSettings, O.TripletMarginOptions>) {
    super();
    const names = ["margin", "p", "eps", "swap?"];
    const options = settingsOf<O.TripletMarginOptions>("TripletMarginLoss", names, args, REDUCTION);
    this.reduction = options.reduction ?? "mean";
    this.margin = options.margin ?? 1;
    this.p = options.p ?? 2;
    this.eps = options.eps ?? 1e-6;
    this.swap = options.swap ?? false;
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { reduction, margin, p, eps, swap } = this;
    return F.tripletMarginLoss(anchor, positive, negative, { reduction, margin, p, eps, swap });
  }
}

/** log(1 + e^(−target · x)). Options: `reduction`. PyTorch: `torch.nn.SoftMarginLoss`. */
export class SoftMarginLoss extends Loss {
  constructor(options: LossOptions = {}) {
    super(optionsOf("SoftMarginLoss", ["reduction"], options));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return F.softMarginLoss(x, target, { reduction: this.reduction });
  }
}

/**
 * Σ max(0, margin − x[target] + x[i])ᵖ / C over the other classes. Options: `p` (1), `margin` (1),
 * `weight` of each class, `reduction`. PyTorch: `torch.nn.MultiMarginLoss`.
 */
export class MultiMarginLoss extends Loss {
  readonly p: number;
  readonly margin: number;
  declare weight: Tensor | null;

  constructor(...args: Settings<[p: number, margin: number], O.MultiMarginOptions>) {
    const names = ["p", "margin", "weight"];
    const options = settingsOf<O.MultiMarginOptions>("MultiMarginLoss", names, args, REDUCTION);
    super(options);
    this.p = options.p ?? 1;
    this.margin = options.margin ?? 1;
    this.keep("weight", options.weight);
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { p, margin, weight, reduction } = this;
    return F.multiMarginLoss(x, target, { p, margin, weight, reduction });
  }
}

/**
 * Σ max(0, 1 − x[y] + x[i]) / C over the classes y that a row of the target lists up to its first
 * −1. Options: `reduction`. PyTorch: `torch.nn.MultiLabelMarginLoss`.
 */
export class MultiLabelMarginLoss extends Loss {
  constructor(options: LossOptions = {}) {
    super(optionsOf("MultiLabelMarginLoss", REDUCTION, options));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return F.multilabelMarginLoss(x, target, { reduction: this.reduction });
  }
}

/**
 * The mean over classes of a binary cross entropy each, of logits. Options: `weight` of each class,
 * `reduction`. PyTorch: `torch.nn.MultiLabelSoftMarginLoss`.
 */
export class MultiLabelSoftMarginLoss extends Loss {
  declare weight: Tensor | null;

  constructor(...args: Settings<[weight: Tensor | null], WeightedOptions>) {
    const name = "MultiLabelSoftMarginLoss";
    const options = settingsOf<WeightedOptions>(name, ["weight"], args, REDUCTION);
    super(options);
    this.keep("weight", options.weight);
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { weight, reduction } = this;
    return F.multilabelSoftMarginLoss(x, target, { weight, reduction });
  }
}
