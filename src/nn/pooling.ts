/** Average pooling and upsampling as modules, as in `torch.nn`. */
import type { Settings } from "../tensor/functions/define.ts";
import { settingsOf } from "../tensor/functions/define.ts";
import * as F from "../tensor/functions/pooling.ts";
import type { AvgPoolOptions } from "../tensor/functions/pooling.ts";
import type { UpsampleOptions } from "../tensor/functions/resampling.ts";
import { upsample } from "../tensor/functions/resampling.ts";
import type { PerAxis } from "../tensor/functions/windows.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { needSizes } from "./factory.ts";
import { Module } from "./module.ts";
import { showFloat, showPerAxis as show, showTuple } from "./repr.ts";

type AvgSettings = [
  stride: PerAxis | null,
  padding: PerAxis,
  ceilMode: boolean,
  countIncludePad: boolean,
  divisorOverride: number | null,
];

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
    this.kernelSize = needSizes(this.constructor.name, "kernelSize", kernelSize);
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

  override extraRepr(): string {
    const line = [this.kernelSize, this.stride, this.padding].map((n) => showTuple([n].flat()));
    return `kernel_size=${line[0]}, stride=${line[1]}, padding=${line[2]}`;
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

/**
 * The same over volumes, `[N, C, D, H, W]`; see {@link AvgPool2d}. PyTorch: `torch.nn.AvgPool3d`.
 */
export class AvgPool3d extends AvgPool {
  forward(x: Tensor): Tensor {
    return F.avgPool3d(x, ...this.settings());
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

/**
 * The same over volumes, `[N, C, D, H, W]`; see {@link AdaptiveAvgPool2d}. PyTorch:
 * `torch.nn.AdaptiveAvgPool3d`.
 */
export class AdaptiveAvgPool3d extends Module {
  readonly outputSize: number | readonly (number | null)[];

  constructor(outputSize: number | readonly (number | null)[]) {
    super();
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return F.adaptiveAvgPool3d(x, this.outputSize);
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
    return upsample(x, this.settings);
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode = "nearest" } = this.settings;
    const factor =
      typeof scaleFactor === "number" ? showFloat(scaleFactor) : show(scaleFactor ?? []);
    return `${size ? `size=${show(size)}` : `scale_factor=${factor}`}, mode=${mode}`;
  }
}
