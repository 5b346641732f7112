/** Average pooling and upsampling as modules, as in `torch.nn`. */
import * as F from "../tensor/functions/pooling.ts";
import { upsample } from "../tensor/functions/resampling.ts";
import type { PerAxis } from "../tensor/functions/windows.ts";
import { needSizes } from "./factory.ts";
import { moduleOf } from "./module-of.ts";
import { Module } from "./module.ts";
import { plain, showFloat, showPerAxis as show, showTuple } from "./repr.ts";

/** Windows: how large, how far apart, and what is added to each side. */
interface Windows {
  readonly kernelSize: PerAxis;
  stride: PerAxis | null;
  readonly padding: PerAxis;
}

/** What the average pools share. */
abstract class AvgPool extends Module {
  declare readonly stride: PerAxis;

  constructor(settings: Windows) {
    super();
    needSizes(new.target.name, "kernelSize", settings.kernelSize);
    settings.stride ??= settings.kernelSize;
  }
}

/** Shows windows, as lists of one where there is one axis. */
function shown({ kernelSize, stride, padding }: Windows, lists = false): string {
  const spell = (value: PerAxis): string => (lists ? showTuple([value].flat()) : show(value));
  return `kernel_size=${spell(kernelSize)}, stride=${spell(stride!)}, padding=${spell(padding)}`;
}

/**
 * The average of each window of `kernelSize` over `[N, C, L]`. Options: `stride` (the kernel size),
 * `padding` (0), `ceilMode` (false), `countIncludePad` (true). PyTorch: `torch.nn.AvgPool1d`.
 */
export class AvgPool1d
  extends /* @__PURE__ */ moduleOf(F.avgPool1d, (windows) => shown(windows, true), AvgPool) {}

/**
 * The same over images, `[N, C, H, W]`, with `divisorOverride`; see {@link AvgPool1d}. PyTorch:
 * `torch.nn.AvgPool2d`.
 */
export class AvgPool2d extends /* @__PURE__ */ moduleOf(F.avgPool2d, (w) => shown(w), AvgPool) {}

/**
 * The same over volumes, `[N, C, D, H, W]`; see {@link AvgPool2d}. PyTorch: `torch.nn.AvgPool3d`.
 */
export class AvgPool3d extends /* @__PURE__ */ moduleOf(F.avgPool3d, (w) => shown(w), AvgPool) {}

/** Averages `[N, C, L]` to `[N, C, outputSize]`. PyTorch: `torch.nn.AdaptiveAvgPool1d`. */
export class AdaptiveAvgPool1d extends /* @__PURE__ */ moduleOf(F.adaptiveAvgPool1d, plain) {}

/**
 * Averages `[N, C, H, W]` to `[N, C, …outputSize]`; null keeps an extent. PyTorch:
 * `torch.nn.AdaptiveAvgPool2d`.
 */
export class AdaptiveAvgPool2d extends /* @__PURE__ */ moduleOf(F.adaptiveAvgPool2d, plain) {}

/**
 * The same over volumes, `[N, C, D, H, W]`; see {@link AdaptiveAvgPool2d}. PyTorch:
 * `torch.nn.AdaptiveAvgPool3d`.
 */
export class AdaptiveAvgPool3d extends /* @__PURE__ */ moduleOf(F.adaptiveAvgPool3d, plain) {}

/**
 * Resizes the spatial axes of `[N, C, …]` to `size` or by `scaleFactor`. Options: `mode`
 * ("nearest", "linear", "bilinear", …), `alignCorners`. PyTorch: `torch.nn.Upsample`.
 */
export class Upsample
  extends /* @__PURE__ */ moduleOf(upsample, ({ size, scaleFactor, mode }) => {
    const factor =
      typeof scaleFactor === "number" ? showFloat(scaleFactor) : show(scaleFactor ?? []);
    return `${size ? `size=${show(size)}` : `scale_factor=${factor}`}, mode=${mode}`;
  }) {}
