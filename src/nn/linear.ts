/** Layers that multiply by a matrix, and those that only rearrange, as in `torch.nn`. */
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { zeros } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { FactoryOptions } from "./factory.ts";
import { drawLayer, FACTORY, madeBy, needSize } from "./factory.ts";
import * as F from "./functional/linear.ts";
import * as init from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { showBool } from "./repr.ts";

const BIAS = { bias: true };

/** Options of a layer that may have a bias. */
export interface BiasOptions extends FactoryOptions {
  /** Default: true. */
  readonly bias?: boolean;
}

/** Which axes `Flatten` joins. */
export interface FlattenOptions {
  /** Default: 1. */
  readonly startDim?: number;
  /** Default: −1. */
  readonly endDim?: number;
}

/**
 * x · weightᵀ + bias: `[…, inFeatures]` to `[…, outFeatures]`. `weight` is `[outFeatures,
 * inFeatures]`, `bias` `[outFeatures]` or null (`bias: false`); both start evenly spread over
 * ±1/√inFeatures. Throws a shape error where the last extent is not inFeatures. PyTorch:
 * `torch.nn.Linear`.
 */
export class Linear extends Module {
  /** @internal */
  static readonly passesOn = true;
  readonly inFeatures: number;
  readonly outFeatures: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(
    inFeatures: number,
    outFeatures: number,
    ...args: Settings<[bias: boolean], BiasOptions>
  ) {
    super();
    const { bias, ...made } = read("Linear", BIAS, args, FACTORY);
    const factory = madeBy(made);
    this.inFeatures = needSize("Linear", "inFeatures", inFeatures);
    this.outFeatures = needSize("Linear", "outFeatures", outFeatures);
    this.weight = new Parameter(zeros([outFeatures, inFeatures], factory));
    this.bias = bias ? new Parameter(zeros([outFeatures], factory)) : null;
    this.resetParameters();
  }

  /** Draws fresh weights, as the constructor does. */
  resetParameters(): void {
    drawLayer(this.inFeatures, this.weight, this.bias);
  }

  /** `[…, inFeatures]` → `[…, outFeatures]`. */
  forward(x: Tensor): Tensor {
    return F.linear(x, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, bias } = this;
    return (
      `in_features=${inFeatures}, out_features=${outFeatures}, ` + `bias=${showBool(bias !== null)}`
    );
  }
}

/**
 * x1 · weight[o] · x2 + bias for each output o: `[…, in1Features]` and `[…, in2Features]` to `[…,
 * outFeatures]`. `weight` is `[out, in1, in2]`, `bias` `[out]` or null (`bias: false`); both start
 * evenly spread over ±1/√in1Features. PyTorch: `torch.nn.Bilinear`.
 */
export class Bilinear extends Module {
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(
    in1Features: number,
    in2Features: number,
    outFeatures: number,
    ...args: Settings<[bias: boolean], BiasOptions>
  ) {
    super();
    const { bias, ...made } = read("Bilinear", BIAS, args, FACTORY);
    const factory = madeBy(made);
    this.in1Features = needSize("Bilinear", "in1Features", in1Features);
    this.in2Features = needSize("Bilinear", "in2Features", in2Features);
    this.outFeatures = needSize("Bilinear", "outFeatures", outFeatures);
    this.weight = new Parameter(zeros([outFeatures, in1Features, in2Features], factory));
    this.bias = bias ? new Parameter(zeros([outFeatures], factory)) : null;
    this.resetParameters();
  }

  /** Draws fresh weights, as the constructor does. */
  resetParameters(): void {
    const bound = this.in1Features > 0 ? 1 / Math.sqrt(this.in1Features) : 0;
    init.uniform(this.weight, { a: -bound, b: bound });
    if (this.bias !== null) init.uniform(this.bias, { a: -bound, b: bound });
  }

  /** `[…, in1Features]` and `[…, in2Features]` → `[…, outFeatures]`. */
  forward(x1: Tensor, x2: Tensor): Tensor {
    return F.bilinear(x1, x2, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    return (
      `in1_features=${in1Features}, in2_features=${in2Features}, ` +
      `out_features=${outFeatures}, bias=${showBool(bias !== null)}`
    );
  }
}

/** Gives back its input. PyTorch: `torch.nn.Identity`. */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}

/**
 * Makes the axes from `startDim` (1) to `endDim` (−1) one: `[B, C, H, W]` to `[B, C·H·W]`.
 * PyTorch: `torch.nn.Flatten`.
 */
export class Flatten extends Module {
  /** @internal */
  static readonly passesOn = true;
  readonly startDim: number;
  readonly endDim: number;

  constructor(...args: Settings<[startDim: number, endDim: number], FlattenOptions>) {
    super();
    const { startDim, endDim } = read("Flatten", { startDim: 1, endDim: -1 }, args);
    this.startDim = startDim;
    this.endDim = endDim;
  }

  forward(x: Tensor): Tensor {
    return F.flatten(x, this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

/**
 * Makes axis `dim` the axes `unflattenedSize`, one of which may be −1: `[B, C·H·W]` to `[B, C, H,
 * W]`. PyTorch: `torch.nn.Unflatten`.
 */
export class Unflatten extends Module {
  readonly dim: number;
  readonly unflattenedSize: Shape;

  constructor(dim: number, unflattenedSize: Shape) {
    super();
    this.dim = dim;
    this.unflattenedSize = unflattenedSize;
  }

  forward(x: Tensor): Tensor {
    return x.unflatten(this.dim, this.unflattenedSize);
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=(${this.unflattenedSize.join(", ")})`;
  }
}
