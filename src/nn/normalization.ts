/** Normalisations over trailing axes and over groups of channels, as in `torch.nn`. */
import { argumentError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { ones, zeros } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { FactoryOptions } from "./factory.ts";
import { FACTORY, madeBy, needSize } from "./factory.ts";
import * as F from "./functional/norm.ts";
import * as init from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { showBool, showFloat, showTuple } from "./repr.ts";

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
  /** @internal */
  static readonly passesOn = true;
  readonly normalizedShape: Shape;
  readonly eps: number;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(
    normalizedShape: number | Shape,
    ...args: Settings<[eps: number, elementwiseAffine: boolean], LayerNormOptions>
  ) {
    super();
    const named = { bias: true, ...FACTORY };
    const settings = read("LayerNorm", { eps: F.EPS, elementwiseAffine: true }, args, named);
    const { eps, elementwiseAffine, bias } = settings;
    const factory = madeBy(settings);
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
    return `${showTuple(this.normalizedShape)}, eps=${showFloat(this.eps)}, elementwise_affine=${affine}`;
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
    const defaults = { eps: null as number | null, elementwiseAffine: true };
    const { eps, elementwiseAffine, ...factory } = read("RMSNorm", defaults, args, FACTORY);
    this.normalizedShape = needShape("RMSNorm", normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine
      ? new Parameter(ones(this.normalizedShape, madeBy(factory)))
      : null;
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
    return `${showTuple(this.normalizedShape)}, eps=${eps}, elementwise_affine=${affine}`;
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
    const settings = read("GroupNorm", { eps: F.EPS, affine: true }, args, FACTORY);
    const { eps, affine } = settings;
    const factory = madeBy(settings);
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

function needShape(layer: string, shape: number | Shape): Shape {
  const list = typeof shape === "number" ? [shape] : [...shape];
  if (list.length > 0) return list.map((n) => needSize(layer, "normalizedShape", n));
  throw argumentError(`${layer}: normalizedShape is []; need at least one axis.`);
}
