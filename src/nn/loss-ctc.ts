/** The loss of unaligned sequences as a module, as in `torch.nn`. */
import { read } from "../core/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { CTCSettings, Lengths } from "./functional/ctc.ts";
import { CTC, ctcLoss } from "./functional/ctc.ts";
import type { Reduction } from "./functional/loss.ts";
import { Module } from "./module.ts";

/**
 * The connectionist temporal classification loss of log-probabilities `[T, N, C]` (from logSoftmax)
 * against int32 targets `[N, S]`, whose places in time are not known. Options: `blank` (0),
 * `reduction`, `zeroInfinity` (false). PyTorch: `torch.nn.CTCLoss`.
 */
export class CTCLoss extends Module {
  readonly blank: number;
  readonly reduction: Reduction;
  readonly zeroInfinity: boolean;

  constructor(...args: CTCSettings) {
    super();
    const { blank, reduction, zeroInfinity } = read("CTCLoss", CTC, args);
    this.blank = blank;
    this.reduction = reduction;
    this.zeroInfinity = zeroInfinity;
  }

  /** Computes the loss; see `nn.functional.ctcLoss`. */
  override forward(
    logProbs: Tensor,
    targets: Tensor,
    inputLengths: Lengths,
    targetLengths: Lengths,
  ): Tensor {
    const { blank, reduction, zeroInfinity } = this;
    const options = { blank, reduction, zeroInfinity };
    return ctcLoss(logProbs, targets, inputLengths, targetLengths, options);
  }
}
