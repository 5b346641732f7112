/** Layers without weights over channels, windows and pairs, as in `torch.nn`. */
import { shapeError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { softmax } from "../tensor/functions/activation.ts";
import { upsample } from "../tensor/functions/resampling.ts";
import { needSize } from "./factory.ts";
import * as I from "./functional/image.ts";
import { cosineSimilarity, pairwiseDistance } from "./functional/margin.ts";
import { localResponseNorm } from "./functional/norm.ts";
import type { LayerArguments } from "./module-of.ts";
import { moduleOf } from "./module-of.ts";
import { Module } from "./module.ts";
import { floats, plain, showFloat, showPerAxis } from "./repr.ts";

/** `[…, C · r², H, W]` as `[…, C, H · r, W · r]`. PyTorch: `torch.nn.PixelShuffle`. */
export class PixelShuffle extends /* @__PURE__ */ moduleOf(I.pixelShuffle, plain) {
  constructor(upscaleFactor: number) {
    super(needSize("PixelShuffle", "upscaleFactor", upscaleFactor));
  }
}

/** `[…, C, H · r, W · r]` as `[…, C · r², H, W]`. PyTorch: `torch.nn.PixelUnshuffle`. */
export class PixelUnshuffle extends /* @__PURE__ */ moduleOf(I.pixelUnshuffle, plain) {
  constructor(downscaleFactor: number) {
    super(needSize("PixelUnshuffle", "downscaleFactor", downscaleFactor));
  }
}

/**
 * Takes the channels of `[N, C, …]` from `groups` groups in turn. PyTorch:
 * `torch.nn.ChannelShuffle`.
 */
export class ChannelShuffle extends /* @__PURE__ */ moduleOf(I.channelShuffle, plain) {
  constructor(groups: number) {
    super(needSize("ChannelShuffle", "groups", groups));
  }
}

/**
 * The windows of images `[N, C, H, W]` as columns: `[N, C · kernel size, number of windows]`.
 * Options: `dilation` (1), `padding` (0), `stride` (1). PyTorch: `torch.nn.Unfold`.
 */
export class Unfold extends /* @__PURE__ */ moduleOf(I.unfold, plain) {}

/**
 * Adds columns `[N, C · kernel size, number of windows]` up to images `[N, C, …outputSize]`.
 * Options: `dilation` (1), `padding` (0), `stride` (1). PyTorch: `torch.nn.Fold`.
 */
export class Fold extends /* @__PURE__ */ moduleOf(I.fold, plain) {}

/**
 * The cosine of the angle between two tensors along `dim` (1). Options: `dim`, `eps` (1e-8).
 * PyTorch: `torch.nn.CosineSimilarity`.
 */
export class CosineSimilarity extends /* @__PURE__ */ moduleOf(cosineSimilarity) {}

/**
 * The p-norm of the difference of two tensors over the last axis. Options: `p` (2), `eps` (1e-6),
 * `keepdim` (false). PyTorch: `torch.nn.PairwiseDistance`.
 */
export class PairwiseDistance extends /* @__PURE__ */ moduleOf(pairwiseDistance) {}

/**
 * x / (k + alpha · mean of x² over `size` neighbouring channels)^beta, of `[N, C, …]`. Options:
 * `alpha` (1e-4), `beta` (0.75), `k` (1). PyTorch: `torch.nn.LocalResponseNorm`.
 */
export class LocalResponseNorm
  extends /* @__PURE__ */ moduleOf(
    localResponseNorm,
    ({ size, ...others }) => `${size}, ${floats(others)}`,
  )
{
  constructor(...args: LayerArguments<typeof localResponseNorm>) {
    super(...args);
    needSize("LocalResponseNorm", "size", this.size);
  }
}

/**
 * Softmax over the channels of each place of `[N, C, H, W]` or `[C, H, W]`. PyTorch:
 * `torch.nn.Softmax2d`.
 */
export class Softmax2d extends Module {
  forward(x: Tensor): Tensor {
    if (x.ndim === 3 || x.ndim === 4) return softmax(x, -3);
    throw shapeError(`Softmax2d: x is ${showShape(x.shape)}; need [N, C, H, W] or [C, H, W].`);
  }
}

/** A size, or a factor. */
export interface Resizing {
  readonly size?: number | readonly number[] | null;
  readonly scaleFactor?: number | readonly number[] | null;
}

const RESIZING = {
  size: null as number | readonly number[] | null,
  scaleFactor: null as number | readonly number[] | null,
};

/** What both resizings share. */
abstract class Resized extends Module {
  readonly size: number | readonly number[] | null;
  readonly scaleFactor: number | readonly number[] | null;
  protected readonly mode: "nearest" | "bilinear";

  constructor(mode: "nearest" | "bilinear", args: Settings<[size: number | null], Resizing>) {
    super();
    const { size, scaleFactor } = read(this.constructor.name, RESIZING, args);
    this.size = size;
    this.scaleFactor = scaleFactor;
    this.mode = mode;
  }

  forward(x: Tensor): Tensor {
    const { size, scaleFactor, mode } = this;
    const corners = mode === "bilinear" ? { alignCorners: true } : {};
    return upsample(x, { size, scaleFactor, mode, ...corners });
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode } = this;
    const factor = typeof scaleFactor === "number" ? showFloat(scaleFactor) : showAll(scaleFactor);
    return `${size === null ? `scale_factor=${factor}` : `size=${showAll(size)}`}, mode=${mode}`;
  }
}

const showAll = (value: number | readonly number[] | null): string => showPerAxis(value ?? []);

/** Enlarges images by repeating pixels. PyTorch: `torch.nn.UpsamplingNearest2d`. */
export class UpsamplingNearest2d extends Resized {
  constructor(...args: Settings<[size: number | null], Resizing>) {
    super("nearest", args);
  }
}

/** Enlarges images by lines between corners. PyTorch: `torch.nn.UpsamplingBilinear2d`. */
export class UpsamplingBilinear2d extends Resized {
  constructor(...args: Settings<[size: number | null], Resizing>) {
    super("bilinear", args);
  }
}
