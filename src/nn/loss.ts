/** Losses as modules, as in `torch.nn`; each calls its namesake in functional.ts. */
import { argumentError } from "../core/errors.ts";
import { optionsOf } from "../core/options.ts";
import type { Reduction } from "../ir/compose/loss.ts";
import type { Settings } from "../tensor/functions/define.ts";
import { settingsOf } from "../tensor/functions/define.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type {
  BCEOptions,
  BCEWithLogitsOptions,
  CrossEntropyOptions,
  LossOptions,
  NLLOptions,
} from "./functional/loss.ts";
import * as F from "./functional/loss.ts";
import { Module } from "./module.ts";

const WEIGHT = ["weight"];

/** Arguments of a loss whose weight may come by position. */
type Weighted<O> = Settings<[weight: Tensor | null], O>;

/** The base of all losses: how the losses of single elements become one number. */
export abstract class Loss extends Module {
  readonly reduction: Reduction;

  constructor(options: LossOptions = {}) {
    super();
    this.reduction = options.reduction ?? "mean";
    if (!["mean", "sum", "none"].includes(this.reduction)) {
      throw argumentError(
        `${this.constructor.name}: reduction is "${this.reduction}"; need "mean", "sum" or "none".`,
      );
    }
  }

  /** Computes the loss of predictions against targets. */
  abstract override forward(x: Tensor, target: Tensor): Tensor;

  /** Keeps a weight as a buffer, as PyTorch does: moved and saved with the module. */
  protected keep(name: string, value: Tensor | null | undefined): void {
    this.registerBuffer(name, value ?? null);
  }
}

/**
 * Mean of (x − target)². Options: `reduction`. Equal shapes; it warns once where they broadcast.
 * PyTorch: `torch.nn.MSELoss`.
 */
export class MSELoss extends Loss {
  constructor(options: LossOptions = {}) {
    super(optionsOf("MSELoss", ["reduction"], options));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return F.mseLoss(x, target, { reduction: this.reduction });
  }
}

/** Mean of |x − target|. Options: `reduction`. Equal shapes. PyTorch: `torch.nn.L1Loss`. */
export class L1Loss extends Loss {
  constructor(options: LossOptions = {}) {
    super(optionsOf("L1Loss", ["reduction"], options));
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return F.l1Loss(x, target, { reduction: this.reduction });
  }
}

/**
 * A parabola up to a distance of `delta` (1), a straight line beyond. Options: `reduction`,
 * `delta`. Equal shapes. PyTorch: `torch.nn.HuberLoss`.
 */
export class HuberLoss extends Loss {
  readonly delta: number;

  constructor(options: LossOptions & { readonly delta?: number } = {}) {
    super(optionsOf("HuberLoss", ["reduction", "delta"], options));
    this.delta = options.delta ?? 1;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { reduction, delta } = this;
    return F.huberLoss(x, target, { reduction, delta });
  }
}

/**
 * The Huber loss divided by its bend `beta` (1). Options: `reduction`, `beta`. Equal shapes.
 * PyTorch: `torch.nn.SmoothL1Loss`.
 */
export class SmoothL1Loss extends Loss {
  readonly beta: number;

  constructor(options: LossOptions & { readonly beta?: number } = {}) {
    super(optionsOf("SmoothL1Loss", ["reduction", "beta"], options));
    this.beta = options.beta ?? 1;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { reduction, beta } = this;
    return F.smoothL1Loss(x, target, { reduction, beta });
  }
}

/**
 * Binary cross entropy of probabilities. Options: `reduction`, `weight` (broadcasts). Equal
 * shapes. PyTorch: `torch.nn.BCELoss`.
 */
export class BCELoss extends Loss {
  declare weight: Tensor | null;

  constructor(...args: Weighted<BCEOptions>) {
    const options = settingsOf<BCEOptions>("BCELoss", WEIGHT, args, ["reduction"]);
    super(options);
    this.keep("weight", options.weight);
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { weight, reduction } = this;
    return F.binaryCrossEntropy(x, target, { weight, reduction });
  }
}

/**
 * Binary cross entropy of logits. Options: `reduction`, `weight`, `posWeight` (broadcast). Equal
 * shapes. PyTorch: `torch.nn.BCEWithLogitsLoss`.
 */
export class BCEWithLogitsLoss extends Loss {
  declare weight: Tensor | null;
  declare pos_weight: Tensor | null;

  constructor(...args: Weighted<BCEWithLogitsOptions>) {
    const more = ["reduction", "posWeight"];
    const options = settingsOf<BCEWithLogitsOptions>("BCEWithLogitsLoss", WEIGHT, args, more);
    super(options);
    this.keep("weight", options.weight);
    this.keep("pos_weight", options.posWeight);
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { weight, pos_weight: posWeight, reduction } = this;
    return F.binaryCrossEntropyWithLogits(x, target, { weight, posWeight, reduction });
  }
}

/**
 * −x of the target's class, x being log-probabilities `[N, C, …]`, targets `[N, …]`. Options:
 * `reduction`, `weight` (`[C]`), `ignoreIndex` (−100). PyTorch: `torch.nn.NLLLoss`.
 */
export class NLLLoss extends Loss {
  declare weight: Tensor | null;
  readonly ignoreIndex: number;

  constructor(...args: Weighted<NLLOptions>) {
    const more = ["ignoreIndex", "reduction"];
    const options = settingsOf<NLLOptions>("NLLLoss", WEIGHT, args, more);
    super(options);
    this.keep("weight", options.weight);
    this.ignoreIndex = options.ignoreIndex ?? -100;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction } = this;
    return F.nllLoss(x, target, { weight, ignoreIndex, reduction });
  }
}

/**
 * Cross entropy of logits `[N, C, …]` against class numbers `[N, …]` (int32, or float32 that holds
 * whole numbers) or probabilities of the input's shape. Options: `reduction`, `weight` (`[C]`),
 * `ignoreIndex` (−100), `labelSmoothing` (0). PyTorch: `torch.nn.CrossEntropyLoss`.
 */
export class CrossEntropyLoss extends Loss {
  declare weight: Tensor | null;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  constructor(...args: Weighted<CrossEntropyOptions>) {
    const more = ["ignoreIndex", "reduction", "labelSmoothing"];
    const options = settingsOf<CrossEntropyOptions>("CrossEntropyLoss", WEIGHT, args, more);
    super(options);
    this.keep("weight", options.weight);
    this.ignoreIndex = options.ignoreIndex ?? -100;
    this.labelSmoothing = options.labelSmoothing ?? 0;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, labelSmoothing, reduction } = this;
    return F.crossEntropy(x, target, { weight, ignoreIndex, labelSmoothing, reduction });
  }
}
