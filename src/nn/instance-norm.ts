/** Instance normalisation as modules, as in `torch.nn`; each calls `F.instanceNorm`. */
import { shapeError } from "../core/errors.ts";
import { FACTORY } from "../core/options.ts";
import { showShape } from "../core/shape.ts";
import { ones, tensor, zeros } from "../tensor/create.ts";
import type { Settings } from "../tensor/functions/define.ts";
import { settingsOf } from "../tensor/functions/define.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as F from "./functional/norm.ts";
import * as init from "./init.ts";
import type { FactoryOptions } from "./factory.ts";
import { needSize } from "./factory.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { showBool, showFloat } from "./repr.ts";

/** Options of the instance normalisations. */
export interface InstanceNormOptions extends FactoryOptions {
  /** Added to the variance. Default: 1e-5. */
  readonly eps?: number;
  /** How far the running statistics move with each batch. Default: 0.1. */
  readonly momentum?: number;
  /** Whether it learns a scale and a shift. Default: false. */
  readonly affine?: boolean;
  /** Whether it keeps running statistics for evaluation. Default: false. */
  readonly trackRunningStats?: boolean;
}

type InstanceSettings = [
  eps: number,
  momentum: number,
  affine: boolean,
  trackRunningStats: boolean,
];

const NAMES = ["eps", "momentum", "affine?", "trackRunningStats?"];

/** What InstanceNorm1d and InstanceNorm2d share. */
abstract class InstanceNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number;
  weight: Parameter | null;
  bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;

  constructor(numFeatures: number, ...args: Settings<InstanceSettings, InstanceNormOptions>) {
    super();
    const owner = this.constructor.name;
    const options = settingsOf<InstanceNormOptions>(owner, NAMES, args, FACTORY);
    const { eps = 1e-5, momentum = 0.1, affine = false, ...more } = options;
    const { trackRunningStats = false, ...factory } = more;
    this.numFeatures = needSize(owner, "numFeatures", numFeatures);
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? new Parameter(ones([numFeatures], factory)) : null;
    this.bias = affine ? new Parameter(zeros([numFeatures], factory)) : null;
    const keep = (value: Tensor): Tensor | null => (trackRunningStats ? value : null);
    this.registerBuffer("running_mean", keep(zeros([numFeatures], factory)));
    this.registerBuffer("running_var", keep(ones([numFeatures], factory)));
    // PyTorch saves this count too, and never moves it
    this.registerBuffer("num_batches_tracked", keep(tensor(0, { ...factory, dtype: "int32" })));
  }

  /** The running means, `[C]`, or null. */
  get runningMean(): Tensor | null {
    return this.running_mean;
  }

  /** The running variances, `[C]`, or null. */
  get runningVar(): Tensor | null {
    return this.running_var;
  }

  /** Puts scale, shift and statistics back to where they start. */
  resetParameters(): void {
    if (this.weight !== null) init.ones(this.weight);
    if (this.bias !== null) init.zeros(this.bias);
    if (this.running_mean !== null) init.zeros(this.running_mean);
    if (this.running_var !== null) init.ones(this.running_var);
  }

  /** The number of axes of a batch. */
  protected abstract rank(): number;

  forward(x: Tensor): Tensor {
    const rank = this.rank();
    const single = x.ndim === rank - 1;
    if (!(single || x.ndim === rank) || x.shape[single ? 0 : 1] !== this.numFeatures) {
      const form = ["C, L]", "C, H, W]", "C, D, H, W]"][rank - 3]!;
      throw shapeError(
        `${this.constructor.name}: x is ${showShape(x.shape)}; need [N, ${form} or [${form} ` +
          `with C = ${this.numFeatures}.`,
      );
    }
    const { running_mean: runningMean, running_var: runningVar, weight, bias, eps } = this;
    const useInputStats = this.training || runningMean === null;
    const options = { runningMean, runningVar, weight, bias, eps, useInputStats };
    const batch = single ? x.unsqueeze(0) : x;
    const y = F.instanceNorm(batch, { ...options, momentum: this.momentum });
    return single ? y.squeeze(0) : y;
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, weight, running_mean: mean } = this;
    return (
      `${numFeatures}, eps=${showFloat(eps)}, momentum=${showFloat(momentum)}, ` +
      `affine=${showBool(weight !== null)}, track_running_stats=${showBool(mean !== null)}`
    );
  }
}

/**
 * Brings each channel of each item of `[N, C, L]` (or `[C, L]`) to mean 0 and variance 1, then,
 * with `affine`, · `weight` + `bias` (`[C]`, from 1 and 0). With `trackRunningStats` it evaluates
 * by the running statistics. Throws a shape error for one value per channel. PyTorch:
 * `torch.nn.InstanceNorm1d`.
 */
export class InstanceNorm1d extends InstanceNorm {
  protected override rank(): number {
    return 3;
  }
}

/**
 * The same for images, `[N, C, H, W]` (or `[C, H, W]`); see {@link InstanceNorm1d}. PyTorch:
 * `torch.nn.InstanceNorm2d`.
 */
export class InstanceNorm2d extends InstanceNorm {
  protected override rank(): number {
    return 4;
  }
}

/**
 * The same for volumes, `[N, C, D, H, W]` (or `[C, D, H, W]`); see {@link InstanceNorm1d}. PyTorch:
 * `torch.nn.InstanceNorm3d`.
 */
export class InstanceNorm3d extends InstanceNorm {
  protected override rank(): number {
    return 5;
  }
}
