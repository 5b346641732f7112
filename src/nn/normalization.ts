/** Normalisations as modules, as in `torch.nn`; each calls its namesake in functional/norm.ts. */
import { argumentError, shapeError } from "../core/errors.ts";
import { FACTORY } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { showShape } from "../core/shape.ts";
import { plus } from "../ir/words.ts";
import { Fn, NONE } from "../runtime/function.ts";
import { updateCells } from "../tensor/call.ts";
import { ones, tensor, zeros } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
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

const countFn = /* @__PURE__ */ new Fn("batchNorm count", (b, [count]) => [plus(b, count!, 1)]);

type BatchSettings = [
  eps: number,
  momentum: number | null,
  affine: boolean,
  trackRunningStats: boolean,
];

/** What inputs of two axes and more look like. */
const FORMS = ["[N, C]", "[N, C, L]", "[N, C, H, W]", "[N, C, D, H, W]"];

/** What the batch normalisations share. */
abstract class BatchNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  weight: Parameter | null;
  bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;

  constructor(numFeatures: number, ...args: Settings<BatchSettings, BatchNormOptions>) {
    super();
    const names = ["eps", "momentum", "affine?", "trackRunningStats?"];
    const owner = this.constructor.name;
    const options = settingsOf<BatchNormOptions>(owner, names, args, FACTORY);
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    const factory = { dtype: options.dtype ?? "float32", device: options.device } as const;
    this.numFeatures = needSize(owner, "numFeatures", numFeatures);
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? new Parameter(ones([numFeatures], made(factory))) : null;
    this.bias = affine ? new Parameter(zeros([numFeatures], made(factory))) : null;
    const keep = (value: Tensor): Tensor | null => (trackRunningStats ? value : null);
    this.registerBuffer("running_mean", keep(zeros([numFeatures], made(factory))));
    this.registerBuffer("running_var", keep(ones([numFeatures], made(factory))));
    const count = tensor(0, made({ ...factory, dtype: "int32" }));
    this.registerBuffer("num_batches_tracked", keep(count));
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

  /** The numbers of axes that inputs may have. */
  protected abstract ranks(): readonly number[];

  forward(x: Tensor): Tensor {
    const name = this.constructor.name;
    if (!this.ranks().includes(x.ndim) || x.shape[1] !== this.numFeatures) {
      const forms = this.ranks().map((n) => FORMS[n - 2]);
      throw shapeError(
        `${name}: x is ${showShape(x.shape)}; need ${forms.join(" or ")} with C = ${this.numFeatures}.`,
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

  override extraRepr(): string {
    const { numFeatures, eps, momentum, weight, running_mean: mean } = this;
    return (
      `${numFeatures}, eps=${showFloat(eps)}, ` +
      `momentum=${momentum === null ? "None" : showFloat(momentum)}, ` +
      `affine=${showBool(weight !== null)}, track_running_stats=${showBool(mean !== null)}`
    );
  }
}

/**
 * Brings each channel of `[N, C]` or `[N, C, L]` to mean 0 and variance 1, then · `weight` +
 * `bias` (`[C]`, from 1 and 0). In training by the batch, moving `running_mean` and `running_var`;
 * in evaluation by those. Throws a shape error for one value per channel in training. PyTorch:
 * `torch.nn.BatchNorm1d`.
 */
export class BatchNorm1d extends BatchNorm {
  protected override ranks(): readonly number[] {
    return [2, 3];
  }
}

/**
 * The same for images, `[N, C, H, W]`; see {@link BatchNorm1d}. PyTorch: `torch.nn.BatchNorm2d`.
 */
export class BatchNorm2d extends BatchNorm {
  protected override ranks(): readonly number[] {
    return [4];
  }
}

/**
 * The same for volumes, `[N, C, D, H, W]`; see {@link BatchNorm1d}. PyTorch:
 * `torch.nn.BatchNorm3d`.
 */
export class BatchNorm3d extends BatchNorm {
  protected override ranks(): readonly number[] {
    return [5];
  }
}

const TRAILING = ["eps", "elementwiseAffine?"];

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions extends FactoryOptions {
  /** Added to the variance. Default: 1e-5. */
  readonly eps?: number;
  /** Whether it learns a scale and a shift. Default: true. */
  readonly elementwiseAffine?: boolean;
  /** Whether it learns a shift. Default: true. */
  readonly bias?: boolean;
}

/**
 * Brings the trailing axes that `normalizedShape` lists to mean 0 and variance 1, then · `weight`
 * + `bias` of that shape (from 1 and 0). PyTorch: `torch.nn.LayerNorm`.
 */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(
    normalizedShape: number | Shape,
    ...args: Settings<[eps: number, elementwiseAffine: boolean], LayerNormOptions>
  ) {
    super();
    const options = settingsOf<LayerNormOptions>("LayerNorm", TRAILING, args, [
      "bias?",
      ...FACTORY,
    ]);
    const { eps = 1e-5, elementwiseAffine = true, bias = true, ...factory } = options;
    this.normalizedShape = needShape("LayerNorm", normalizedShape);
    this.eps = eps;
    const { normalizedShape: shape } = this;
    this.weight = elementwiseAffine ? new Parameter(ones(shape, factory)) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(shape, factory)) : null;
  }

  /** Puts scale and shift back to 1 and 0. */
  resetParameters(): void {
    if (this.weight !== null) init.ones(this.weight);
    if (this.bias !== null) init.zeros(this.bias);
  }

  forward(x: Tensor): Tensor {
    return F.layerNorm(x, this.normalizedShape, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    const affine = showBool(this.weight !== null);
    return `${tuple(this.normalizedShape)}, eps=${showFloat(this.eps)}, elementwise_affine=${affine}`;
  }
}

/** Options of {@link RMSNorm}. */
export interface RMSNormOptions extends FactoryOptions {
  /** Added to the mean square. Default: the dtype's rounding unit. */
  readonly eps?: number | null;
  /** Whether it learns a scale. Default: true. */
  readonly elementwiseAffine?: boolean;
}

/**
 * Divides by the root of the mean square over the trailing axes that `normalizedShape` lists, then
 * · `weight` (from 1). PyTorch: `torch.nn.RMSNorm`.
 */
export class RMSNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number | null;
  weight: Parameter | null;

  constructor(
    normalizedShape: number | Shape,
    ...args: Settings<[eps: number | null, elementwiseAffine: boolean], RMSNormOptions>
  ) {
    super();
    const options = settingsOf<RMSNormOptions>("RMSNorm", TRAILING, args, FACTORY);
    const { eps = null, elementwiseAffine = true, ...factory } = options;
    this.normalizedShape = needShape("RMSNorm", normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, factory)) : null;
  }

  /** Puts the scale back to 1. */
  resetParameters(): void {
    if (this.weight !== null) init.ones(this.weight);
  }

  forward(x: Tensor): Tensor {
    const { weight, eps } = this;
    return F.rmsNorm(x, this.normalizedShape, { weight, eps });
  }

  override extraRepr(): string {
    const eps = this.eps === null ? "None" : showFloat(this.eps);
    const affine = showBool(this.weight !== null);
    return `${tuple(this.normalizedShape)}, eps=${eps}, elementwise_affine=${affine}`;
  }
}

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions extends FactoryOptions {
  /** Added to the variance. Default: 1e-5. */
  readonly eps?: number;
  /** Whether it learns a scale and a shift. Default: true. */
  readonly affine?: boolean;
}

/**
 * Brings each of `numGroups` groups of the channels of `[N, C, …]` to mean 0 and variance 1, item
 * by item, then · `weight` + `bias` (`[C]`, from 1 and 0). Throws where the groups do not divide
 * the channels. PyTorch: `torch.nn.GroupNorm`.
 */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(
    numGroups: number,
    numChannels: number,
    ...args: Settings<[eps: number, affine: boolean], GroupNormOptions>
  ) {
    super();
    const options = settingsOf<GroupNormOptions>("GroupNorm", ["eps", "affine?"], args, FACTORY);
    const { eps = 1e-5, affine = true, ...factory } = options;
    this.numGroups = needSize("GroupNorm", "numGroups", numGroups);
    this.numChannels = needSize("GroupNorm", "numChannels", numChannels);
    if (numGroups === 0 || numChannels % numGroups !== 0) {
      throw argumentError(`GroupNorm: ${numGroups} groups do not divide ${numChannels} channels.`);
    }
    this.eps = eps;
    this.weight = affine ? new Parameter(ones([numChannels], factory)) : null;
    this.bias = affine ? new Parameter(zeros([numChannels], factory)) : null;
  }

  /** Puts scale and shift back to 1 and 0. */
  resetParameters(): void {
    if (this.weight !== null) init.ones(this.weight);
    if (this.bias !== null) init.zeros(this.bias);
  }

  forward(x: Tensor): Tensor {
    return F.groupNorm(x, this.numGroups, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    const { numGroups, numChannels, eps, weight } = this;
    const affine = showBool(weight !== null);
    return `${numGroups}, ${numChannels}, eps=${showFloat(eps)}, affine=${affine}`;
  }
}

/** Options without a device where none is given. */
function made(options: FactoryOptions | { dtype: "int32"; device: FactoryOptions["device"] }) {
  const { dtype, device } = options;
  return device === undefined ? { dtype } : { dtype, device };
}

function needShape(layer: string, shape: number | Shape): Shape {
  const list = typeof shape === "number" ? [shape] : [...shape];
  if (list.length > 0) return list.map((n) => needSize(layer, "normalizedShape", n));
  throw argumentError(`${layer}: normalizedShape is []; need at least one axis.`);
}

/** Spells a shape as Python does: `(5,)`. */
function tuple(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}
