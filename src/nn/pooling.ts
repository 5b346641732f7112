/** Pooling and upsampling as modules, as in `torch.nn`. */
import { argumentError } from "../core/errors.ts";
import type { PerAxis } from "../ir/compose/conv.ts";
import type { AvgPoolOptions, MaxPoolOptions } from "../ir/compose/pooling.ts";
import type { UpsampleOptions } from "../ir/compose/upsample.ts";
import * as F from "../tensor/functions/convolution.ts";
import type { Settings } from "../tensor/functions/define.ts";
import { settingsOf } from "../tensor/functions/define.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Module } from "./module.ts";
import { showBool, showFloat } from "./repr.ts";

function show(value: PerAxis | readonly (number | null)[]): string {
  if (typeof value === "number") return String(value);
  return `(${value.map((n) => n ?? "None").join(", ")})`;
}

type MaxSettings = [
  stride: PerAxis | null,
  padding: PerAxis,
  dilation: PerAxis,
  returnIndices: false,
  ceilMode: boolean,
];
type AvgSettings = [
  stride: PerAxis | null,
  padding: PerAxis,
  ceilMode: boolean,
  countIncludePad: boolean,
  divisorOverride: number | null,
];

/** What the max pools share. */
abstract class MaxPool extends Module {
  readonly kernelSize: PerAxis;
  readonly stride: PerAxis;
  readonly padding: PerAxis;
  readonly dilation: PerAxis;
  readonly ceilMode: boolean;

  constructor(kernelSize: PerAxis, ...args: Settings<MaxSettings, MaxPoolOptions>) {
    super();
    const names = ["stride", "padding", "dilation", "returnIndices?", "ceilMode?"];
    const options = settingsOf<MaxPoolOptions & { returnIndices?: boolean }>(
      this.constructor.name,
      names,
      args,
    );
    if (options.returnIndices === true) {
      throw argumentError(`${this.constructor.name}: positions come from nn.functional.`);
    }
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.dilation = options.dilation ?? 1;
    this.ceilMode = options.ceilMode ?? false;
  }

  /** The arguments of the function. */
  protected settings(): [PerAxis, MaxPoolOptions] {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return [kernelSize, { stride, padding, dilation, ceilMode }];
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return (
      `kernel_size=${show(kernelSize)}, stride=${show(stride)}, padding=${show(padding)}, ` +
      `dilation=${show(dilation)}, ceil_mode=${showBool(ceilMode)}`
    );
  }
}

/**
 * The largest of each window of `kernelSize` over `[N, C, L]`. Options: `stride` (the kernel size),
 * `padding` (0), `dilation` (1), `ceilMode` (false). PyTorch: `torch.nn.MaxPool1d`.
 */
export class MaxPool1d extends MaxPool {
  forward(x: Tensor): Tensor {
    return F.maxPool1d(x, ...this.settings());
  }
}

/** The same over images, `[N, C, H, W]`; see {@link MaxPool1d}. PyTorch: `torch.nn.MaxPool2d`. */
export class MaxPool2d extends MaxPool {
  forward(x: Tensor): Tensor {
    return F.maxPool2d(x, ...this.settings());
  }
}

/** What the average pools share. */
abstract class AvgPool extends Module {
  readonly kernelSize: PerAxis;
  readonly stride: PerAxis;
  readonly padding: PerAxis;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;

  constructor(kernelSize: PerAxis, ...args: Settings<AvgSettings, AvgPoolOptions>) {
    super();
    const names = ["stride", "padding", "ceilMode?", "countIncludePad?", "divisorOverride"];
    const options = settingsOf<AvgPoolOptions>(this.constructor.name, names, args);
    this.kernelSize = kernelSize;
    this.stride = options.stride ?? kernelSize;
    this.padding = options.padding ?? 0;
    this.ceilMode = options.ceilMode ?? false;
    this.countIncludePad = options.countIncludePad ?? true;
    this.divisorOverride = options.divisorOverride ?? null;
  }

  /** The arguments of the function. */
  protected settings(): [PerAxis, AvgPoolOptions] {
    const { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return [kernelSize, { stride, padding, ceilMode, countIncludePad, divisorOverride }];
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernel_size=${show(kernelSize)}, stride=${show(stride)}, padding=${show(padding)}`;
  }
}

/**
 * The average of each window of `kernelSize` over `[N, C, L]`. Options: `stride` (the kernel size),
 * `padding` (0), `ceilMode` (false), `countIncludePad` (true). PyTorch: `torch.nn.AvgPool1d`.
 */
export class AvgPool1d extends AvgPool {
  forward(x: Tensor): Tensor {
    return F.avgPool1d(x, ...this.settings());
  }
}

/**
 * The same over images, `[N, C, H, W]`, with `divisorOverride`; see {@link AvgPool1d}. PyTorch:
 * `torch.nn.AvgPool2d`.
 */
export class AvgPool2d extends AvgPool {
  forward(x: Tensor): Tensor {
    return F.avgPool2d(x, ...this.settings());
  }
}

/** Averages `[N, C, L]` to `[N, C, outputSize]`. PyTorch: `torch.nn.AdaptiveAvgPool1d`. */
export class AdaptiveAvgPool1d extends Module {
  readonly outputSize: number;

  constructor(outputSize: number) {
    super();
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return F.adaptiveAvgPool1d(x, this.outputSize);
  }

  override extraRepr(): string {
    return `output_size=${this.outputSize}`;
  }
}

/**
 * Averages `[N, C, H, W]` to `[N, C, …outputSize]`; null keeps an extent. PyTorch:
 * `torch.nn.AdaptiveAvgPool2d`.
 */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: number | readonly (number | null)[];

  constructor(outputSize: number | readonly (number | null)[]) {
    super();
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return F.adaptiveAvgPool2d(x, this.outputSize);
  }

  override extraRepr(): string {
    return `output_size=${show(this.outputSize)}`;
  }
}

type UpsampleSettings = [
  size: UpsampleOptions["size"],
  scaleFactor: UpsampleOptions["scaleFactor"],
  mode: UpsampleOptions["mode"],
  alignCorners: boolean,
];

/**
 * Resizes the spatial axes of `[N, C, …]` to `size` or by `scaleFactor`. Options: `mode`
 * ("nearest", "linear", "bilinear", …), `alignCorners`. PyTorch: `torch.nn.Upsample`.
 */
export class Upsample extends Module {
  readonly settings: UpsampleOptions;

  constructor(...args: Settings<UpsampleSettings, UpsampleOptions>) {
    super();
    const names = ["size", "scaleFactor", "mode", "alignCorners?"];
    this.settings = settingsOf("Upsample", names, args);
  }

  forward(x: Tensor): Tensor {
    return F.upsample(x, this.settings);
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode = "nearest" } = this.settings;
    const factor =
      typeof scaleFactor === "number" ? showFloat(scaleFactor) : show(scaleFactor ?? []);
    return `${size ? `size=${show(size)}` : `scale_factor=${factor}`}, mode=${mode}`;
  }
}

/**
 * Maxima of `[N, C, L]` as `[N, C, outputSize]`. PyTorch: `torch.nn.AdaptiveMaxPool1d`.
 */
export class AdaptiveMaxPool1d extends Module {
  readonly outputSize: number;

  constructor(outputSize: number) {
    super();
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return F.adaptiveMaxPool1d(x, this.outputSize);
  }

  override extraRepr(): string {
    return `output_size=${this.outputSize}`;
  }
}

/**
 * Maxima of `[N, C, H, W]` as `[N, C, …outputSize]`; null keeps an extent. PyTorch:
 * `torch.nn.AdaptiveMaxPool2d`.
 */
export class AdaptiveMaxPool2d extends Module {
  readonly outputSize: number | readonly (number | null)[];

  constructor(outputSize: number | readonly (number | null)[]) {
    super();
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return F.adaptiveMaxPool2d(x, this.outputSize);
  }

  override extraRepr(): string {
    return `output_size=${show(this.outputSize)}`;
  }
}
