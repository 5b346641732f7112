/** Channels in turn, windows of images, and two old names of resizing, as in `torch.nn`. */
import type { Settings } from "../tensor/functions/define.ts";
import { settingsOf } from "../tensor/functions/define.ts";
import { upsample } from "../tensor/functions/resampling.ts";
import type { Tensor } from "../tensor/tensor.ts";
import * as I from "./functional/image.ts";
import * as W from "./functional/linear.ts";
import { needSize } from "./factory.ts";
import { Module } from "./module.ts";
import { showFloat, showPerAxis } from "./repr.ts";

/**
 * Takes the channels of `[N, C, …]` from `groups` groups in turn. PyTorch:
 * `torch.nn.ChannelShuffle`.
 */
export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(groups: number) {
    super();
    this.groups = needSize("ChannelShuffle", "groups", groups);
  }

  forward(x: Tensor): Tensor {
    return I.channelShuffle(x, this.groups);
  }

  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}

type WindowSettings = Settings<
  [dilation: W.Pair, padding: W.Pair, stride: W.Pair],
  W.UnfoldOptions
>;

const WINDOWS = ["dilation", "padding", "stride"];

/** What Unfold and Fold share. */
abstract class Windows extends Module {
  readonly kernelSize: W.Pair;
  readonly dilation: W.Pair;
  readonly padding: W.Pair;
  readonly stride: W.Pair;

  constructor(kernelSize: W.Pair, args: WindowSettings) {
    super();
    const name = this.constructor.name;
    const { dilation, padding, stride } = settingsOf<W.UnfoldOptions>(name, WINDOWS, args);
    this.kernelSize = kernelSize;
    this.dilation = dilation ?? 1;
    this.padding = padding ?? 0;
    this.stride = stride ?? 1;
  }

  /** The options of the function. */
  protected settings(): W.UnfoldOptions {
    const { dilation, padding, stride } = this;
    return { dilation, padding, stride };
  }

  override extraRepr(): string {
    const { kernelSize, dilation, padding, stride } = this;
    return (
      `kernel_size=${showPerAxis(kernelSize)}, dilation=${showPerAxis(dilation)}, ` +
      `padding=${showPerAxis(padding)}, stride=${showPerAxis(stride)}`
    );
  }
}

/**
 * The windows of images `[N, C, H, W]` as columns: `[N, C · kernel size, number of windows]`.
 * Options: `dilation` (1), `padding` (0), `stride` (1). PyTorch: `torch.nn.Unfold`.
 */
export class Unfold extends Windows {
  constructor(kernelSize: W.Pair, ...args: WindowSettings) {
    super(kernelSize, args);
  }

  forward(x: Tensor): Tensor {
    return W.unfold(x, this.kernelSize, this.settings());
  }
}

/**
 * Adds columns `[N, C · kernel size, number of windows]` up to images `[N, C, …outputSize]`.
 * Options: `dilation` (1), `padding` (0), `stride` (1). PyTorch: `torch.nn.Fold`.
 */
export class Fold extends Windows {
  readonly outputSize: W.Pair;

  constructor(outputSize: W.Pair, kernelSize: W.Pair, ...args: WindowSettings) {
    super(kernelSize, args);
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return I.fold(x, this.outputSize, this.kernelSize, this.settings());
  }

  override extraRepr(): string {
    return `output_size=${showPerAxis(this.outputSize)}, ${super.extraRepr()}`;
  }
}

/** A size, or a factor. */
export interface Resizing {
  readonly size?: number | readonly number[] | null;
  readonly scaleFactor?: number | readonly number[] | null;
}

const RESIZING = ["size", "scaleFactor"];

/** What both resizings share. */
abstract class Resized extends Module {
  readonly size: number | readonly number[] | null;
  readonly scaleFactor: number | readonly number[] | null;
  protected readonly mode: "nearest" | "bilinear";

  constructor(mode: "nearest" | "bilinear", args: Settings<[size: number | null], Resizing>) {
    super();
    const { size, scaleFactor } = settingsOf<Resizing>(this.constructor.name, RESIZING, args);
    this.size = size ?? null;
    this.scaleFactor = scaleFactor ?? null;
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
