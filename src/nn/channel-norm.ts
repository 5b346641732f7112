/** Normalisations channel by channel, by batches or by items, as in `torch.nn`. */
import { shapeError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { asGiven, read } from "../core/options.ts";
import { showShape } from "../core/shape.ts";
import { plus } from "../ir/words.ts";
import { Fn, NONE } from "../runtime/function.ts";
import { updateCells } from "../tensor/call.ts";
import { ones, tensor, zeros } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { FactoryOptions } from "./factory.ts";
import { FACTORY, madeBy, needSize } from "./factory.ts";
import * as F from "./functional/norm.ts";
import * as init from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { showBool, showFloat } from "./repr.ts";

/** Options of the batch normalisations. */
export interface BatchNormOptions extends FactoryOptions {
  /** Added to the variance. Default: 1e-5. */
  readonly eps?: number;
  /** How far the running statistics move with each batch; null: they average all. Default: 0.1. */
  readonly momentum?: number | null;
  /** Whether it learns a scale and a shift. Default: true. */
  readonly affine?: boolean;
  /** Whether it keeps running statistics for evaluation. Default: true. */
  readonly trackRunningStats?: boolean;
}

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

const BATCH = {
  eps: F.EPS,
  momentum: /* @__PURE__ */ asGiven<number | null>(0.1),
  affine: true,
  trackRunningStats: true,
};

const INSTANCE = { eps: F.EPS, momentum: 0.1, affine: false, trackRunningStats: false };

type BatchSettings = [
  eps: number,
  momentum: number | null,
  affine: boolean,
  trackRunningStats: boolean,
];

type InstanceSettings = [
  eps: number,
  momentum: number,
  affine: boolean,
  trackRunningStats: boolean,
];

/** What the normalisations of channels share. */
abstract class ChannelNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  weight: Parameter | null;
  bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;

  constructor(numFeatures: number, defaults: typeof BATCH, args: readonly unknown[]) {
    super();
    const owner = this.constructor.name;
    const settings = read(owner, defaults, args, FACTORY);
    const factory = madeBy(settings);
    this.numFeatures = needSize(owner, "numFeatures", numFeatures);
    this.eps = settings.eps;
    this.momentum = settings.momentum;
    this.weight = settings.affine ? new Parameter(ones([numFeatures], factory)) : null;
    this.bias = settings.affine ? new Parameter(zeros([numFeatures], factory)) : null;
    const keep = (name: string, value: Tensor): void =>
      this.registerBuffer(name, settings.trackRunningStats ? value : null);
    keep("running_mean", zeros([numFeatures], factory));
    keep("running_var", ones([numFeatures], factory));
    keep("num_batches_tracked", tensor(0, { ...factory, dtype: "int32" }));
  }

  /** The running means, `[C]`, or null. */
  get runningMean(): Tensor | null {
    return this.running_mean;
  }

  /** The running variances, `[C]`, or null. */
  get runningVar(): Tensor | null {
    return this.running_var;
  }

  /** How many batches were seen in training, or null. */
  get numBatchesTracked(): Tensor | null {
    return this.num_batches_tracked;
  }

  /** Puts scale, shift and statistics back to where they start. */
  resetParameters(): void {
    if (this.weight !== null) init.ones(this.weight);
    if (this.bias !== null) init.zeros(this.bias);
    this.resetRunningStats();
  }

  /** Puts the statistics back to where they start. PyTorch: `reset_running_stats`. */
  resetRunningStats(): void {
    if (this.running_mean !== null) init.zeros(this.running_mean);
    if (this.running_var !== null) init.ones(this.running_var);
    if (this.num_batches_tracked !== null) init.zeros(this.num_batches_tracked);
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, weight, running_mean: mean } = this;
    return (
      `${numFeatures}, eps=${showFloat(eps)}, ` +
      `momentum=${momentum === null ? "None" : showFloat(momentum)}, ` +
      `affine=${showBool(weight !== null)}, track_running_stats=${showBool(mean !== null)}`
    );
  }
}

const countFn = /* @__PURE__ */ new Fn("batchNorm count", (b, [count]) => [plus(b, count!, 1)]);

/** What inputs of two axes and more look like, but for their items. */
const FORMS = ["C]", "C, L]", "C, H, W]", "C, D, H, W]"];

/** What the batch normalisations share. */
abstract class BatchNorm extends ChannelNorm {
  /** @internal */
  static readonly passesOn = true;
  /** The numbers of axes that inputs may have. */
  protected abstract get ranks(): readonly number[];

  constructor(numFeatures: number, ...args: Settings<BatchSettings, BatchNormOptions>) {
    super(numFeatures, BATCH, args);
  }

  forward(x: Tensor): Tensor {
    if (!this.ranks.includes(x.ndim) || x.shape[1] !== this.numFeatures) {
      const forms = this.ranks.map((n) => `[N, ${FORMS[n - 2]}`);
      throw shapeError(
        `${this.constructor.name}: x is ${showShape(x.shape)}; need ${forms.join(" or ")} with ` +
          `C = ${this.numFeatures}.`,
      );
    }
    const { running_mean: mean, running_var: variance, weight, bias, eps } = this;
    const training = this.training || mean === null;
    const momentum = training ? this.count() : 0;
    return F.batchNorm(x, mean, variance, { weight, bias, eps, training, momentum });
  }

  /** Counts this batch and gives its share in the running statistics. */
  private count(): number | Tensor {
    const count = this.num_batches_tracked;
    if (count === null) return 0;
    updateCells(countFn, [count], [count], [], NONE);
    return this.momentum ?? noGrad(() => count.to("float64").reciprocal());
  }
}

/**
 * Brings each channel of `[N, C]` or `[N, C, L]` to mean 0 and variance 1, then · `weight` +
 * `bias` (`[C]`, from 1 and 0). In training by the batch, moving `running_mean` and `running_var`;
 * in evaluation by those. Throws a shape error for one value per channel in training. PyTorch:
 * `torch.nn.BatchNorm1d`.
 */
export class BatchNorm1d extends BatchNorm {
  protected override get ranks(): readonly number[] {
    return [2, 3];
  }
}

/**
 * The same for images, `[N, C, H, W]`; see {@link BatchNorm1d}. PyTorch: `torch.nn.BatchNorm2d`.
 */
export class BatchNorm2d extends BatchNorm {
  protected override get ranks(): readonly number[] {
    return [4];
  }
}

/**
 * The same for volumes, `[N, C, D, H, W]`; see {@link BatchNorm1d}. PyTorch:
 * `torch.nn.BatchNorm3d`.
 */
export class BatchNorm3d extends BatchNorm {
  protected override get ranks(): readonly number[] {
    return [5];
  }
}

/** What the instance normalisations share. */
abstract class InstanceNorm extends ChannelNorm {
  declare readonly momentum: number;

  /** The number of axes of a batch. */
  protected abstract get rank(): number;

  constructor(numFeatures: number, ...args: Settings<InstanceSettings, InstanceNormOptions>) {
    super(numFeatures, INSTANCE, args);
  }

  forward(x: Tensor): Tensor {
    const { rank } = this;
    const single = x.ndim === rank - 1;
    if (!(single || x.ndim === rank) || x.shape[single ? 0 : 1] !== this.numFeatures) {
      const form = FORMS[rank - 2]!;
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
}

/**
 * Brings each channel of each item of `[N, C, L]` (or `[C, L]`) to mean 0 and variance 1, then,
 * with `affine`, · `weight` + `bias` (`[C]`, from 1 and 0). With `trackRunningStats` it evaluates
 * by the running statistics. Throws a shape error for one value per channel. PyTorch:
 * `torch.nn.InstanceNorm1d`.
 */
export class InstanceNorm1d extends InstanceNorm {
  protected override get rank(): number {
    return 3;
  }
}

/**
 * The same for images, `[N, C, H, W]` (or `[C, H, W]`); see {@link InstanceNorm1d}. PyTorch:
 * `torch.nn.InstanceNorm2d`.
 */
export class InstanceNorm2d extends InstanceNorm {
  protected override get rank(): number {
    return 4;
  }
}

/**
 * The same for volumes, `[N, C, D, H, W]` (or `[C, D, H, W]`); see {@link InstanceNorm1d}. PyTorch:
 * `torch.nn.InstanceNorm3d`.
 */
export class InstanceNorm3d extends InstanceNorm {
  protected override get rank(): number {
    return 5;
  }
}
