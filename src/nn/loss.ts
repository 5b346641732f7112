/** Losses as modules, as in `torch.nn`; each calls its namesake in functional.ts. */
import { argumentError } from "../core/errors.ts";
import type { Reduction } from "../ir/compose/loss.ts";
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
  forward(x: Tensor, target: Tensor): Tensor {
    return F.mseLoss(x, target, this);
  }
}

/** Mean of |x − target|. Options: `reduction`. Equal shapes. PyTorch: `torch.nn.L1Loss`. */
export class L1Loss extends Loss {
  forward(x: Tensor, target: Tensor): Tensor {
    return F.l1Loss(x, target, this);
  }
}

/**
 * A parabola up to a distance of `delta` (1), a straight line beyond. Options: `reduction`,
 * `delta`. Equal shapes. PyTorch: `torch.nn.HuberLoss`.
 */
export class HuberLoss extends Loss {
  readonly delta: number;

  constructor(options: LossOptions & { readonly delta?: number } = {}) {
    super(options);
    this.delta = options.delta ?? 1;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return F.huberLoss(x, target, this);
  }
}

/**
 * The Huber loss divided by its bend `beta` (1). Options: `reduction`, `beta`. Equal shapes.
 * PyTorch: `torch.nn.SmoothL1Loss`.
 */
export class SmoothL1Loss extends Loss {
  readonly beta: number;

  constructor(options: LossOptions & { readonly beta?: number } = {}) {
    super(options);
    this.beta = options.beta ?? 1;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return F.smoothL1Loss(x, target, this);
  }
}

/**
 * Binary cross entropy of probabilities. Options: `reduction`, `weight` (broadcasts). Equal
 * shapes. PyTorch: `torch.nn.BCELoss`.
 */
export class BCELoss extends Loss {
  declare weight: Tensor | null;

  constructor(options: BCEOptions = {}) {
    super(options);
    this.keep("weight", options.weight);
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return F.binaryCrossEntropy(x, target, this);
  }
}

/**
 * Binary cross entropy of logits. Options: `reduction`, `weight`, `posWeight` (broadcast). Equal
 * shapes. PyTorch: `torch.nn.BCEWithLogitsLoss`.
 */
export class BCEWithLogitsLoss extends Loss {
  declare weight: Tensor | null;
  declare pos_weight: Tensor | null;

  constructor(options: BCEWithLogitsOptions = {}) {
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

  constructor(options: NLLOptions = {}) {
    super(options);
    this.keep("weight", options.weight);
    this.ignoreIndex = options.ignoreIndex ?? -100;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return F.nllLoss(x, target, this);
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

  constructor(options: CrossEntropyOptions = {}) {
    super(options);
    this.keep("weight", options.weight);
    this.ignoreIndex = options.ignoreIndex ?? -100;
    this.labelSmoothing = options.labelSmoothing ?? 0;
  }

  forward(x: Tensor, target: Tensor): Tensor {
    return F.crossEntropy(x, target, this);
  }
}
