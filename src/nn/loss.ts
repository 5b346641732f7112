/** Losses as modules, as in `torch.nn`; each holds the settings of its function. */
import { argumentError } from "../core/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LossOptions, Reduction } from "./functional/loss.ts";
import * as F from "./functional/loss.ts";
import { moduleOf, none } from "./module-of.ts";
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
}

/**
 * Mean of (x − target)². Options: `reduction`. Equal shapes; it warns once where they broadcast.
 * PyTorch: `torch.nn.MSELoss`.
 */
export class MSELoss extends /* @__PURE__ */ moduleOf(F.mseLoss, none, Loss) {}

/** Mean of |x − target|. Options: `reduction`. Equal shapes. PyTorch: `torch.nn.L1Loss`. */
export class L1Loss extends /* @__PURE__ */ moduleOf(F.l1Loss, none, Loss) {}

/**
 * A parabola up to a distance of `delta` (1), a straight line beyond. Options: `reduction`,
 * `delta`. Equal shapes. PyTorch: `torch.nn.HuberLoss`.
 */
export class HuberLoss extends /* @__PURE__ */ moduleOf(F.huberLoss, none, Loss) {}

/**
 * The Huber loss divided by its bend `beta` (1). Options: `reduction`, `beta`. Equal shapes.
 * PyTorch: `torch.nn.SmoothL1Loss`.
 */
export class SmoothL1Loss extends /* @__PURE__ */ moduleOf(F.smoothL1Loss, none, Loss) {}

/**
 * Binary cross entropy of probabilities. Options: `reduction`, `weight` (broadcasts). Equal
 * shapes. PyTorch: `torch.nn.BCELoss`.
 */
export class BCELoss extends /* @__PURE__ */ moduleOf(F.binaryCrossEntropy, none, Loss) {}

/**
 * Binary cross entropy of logits. Options: `reduction`, `weight`, `posWeight` (broadcast). Equal
 * shapes. PyTorch: `torch.nn.BCEWithLogitsLoss`.
 */
export class BCEWithLogitsLoss
  extends /* @__PURE__ */ moduleOf(F.binaryCrossEntropyWithLogits, none, Loss) {}

/**
 * −x of the target's class, x being log-probabilities `[N, C, …]`, targets `[N, …]`. Options:
 * `reduction`, `weight` (`[C]`), `ignoreIndex` (−100). PyTorch: `torch.nn.NLLLoss`.
 */
export class NLLLoss extends /* @__PURE__ */ moduleOf(F.nllLoss, none, Loss) {}

/**
 * Cross entropy of logits `[N, C, …]` against class numbers `[N, …]` (int32, or float32 that holds
 * whole numbers) or probabilities of the input's shape. Options: `reduction`, `weight` (`[C]`),
 * `ignoreIndex` (−100), `labelSmoothing` (0). PyTorch: `torch.nn.CrossEntropyLoss`.
 */
export class CrossEntropyLoss extends /* @__PURE__ */ moduleOf(F.crossEntropy, none, Loss) {}
