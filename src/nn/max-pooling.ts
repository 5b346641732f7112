/** Max pooling, adaptive max pooling and unpooling as modules, as in `torch.nn`. */
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import * as F from "../tensor/functions/pooling.ts";
import type { MaxPoolOptions } from "../tensor/functions/pooling.ts";
import * as U from "../tensor/functions/unpool.ts";
import type { PerAxis } from "../tensor/functions/windows.ts";
import { perAxis } from "../tensor/functions/windows.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { needSizes } from "./factory.ts";
import { Module } from "./module.ts";
import { plain, showPerAxis } from "./repr.ts";

/** What a max pool gives: maxima, with `returnIndices` also their flat positions (int32). */
export type Pooled<Indexed extends boolean> = Indexed extends true
  ? [values: Tensor, indices: Tensor]
  : Tensor;

/** Options of the max pools; the type follows whether positions are returned. */
export interface MaxPoolLayerOptions<Indexed extends boolean> extends MaxPoolOptions {
  /** Also return the flat positions of the maxima, for unpooling. Default: false. */
  readonly returnIndices?: Indexed;
}

type MaxSettings<Indexed extends boolean> = [
  stride: PerAxis | null,
  padding: PerAxis,
  dilation: PerAxis,
  returnIndices: Indexed,
  ceilMode: boolean,
];

const MAX_POOL = {
  stride: null as PerAxis | null,
  padding: 0 as PerAxis,
  dilation: 1 as PerAxis,
  returnIndices: false,
  ceilMode: false,
};

/** What the max pools share. */
abstract class MaxPool<Indexed extends boolean> extends Module {
  readonly kernelSize: PerAxis;
  readonly stride: PerAxis;
  readonly padding: PerAxis;
  readonly dilation: PerAxis;
  readonly returnIndices: boolean;
  readonly ceilMode: boolean;

  constructor(
    kernelSize: PerAxis,
    ...args: Settings<MaxSettings<Indexed>, MaxPoolLayerOptions<Indexed>>
  ) {
    super();
    const name = this.constructor.name;
    const settings = read(name, MAX_POOL, args);
    this.kernelSize = needSizes(name, "kernelSize", kernelSize);
    this.stride = settings.stride ?? kernelSize;
    this.padding = settings.padding;
    this.dilation = settings.dilation;
    this.returnIndices = settings.returnIndices;
    this.ceilMode = settings.ceilMode;
  }

  /** Runs the function of this number of axes. */
  protected run(pool: F.MaxPool, x: Tensor): Pooled<Indexed> {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    const returnIndices = this.returnIndices as false; // the result is as the option says
    const options = { stride, padding, dilation, ceilMode, returnIndices };
    return pool(x, kernelSize, options) as Pooled<Indexed>;
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return plain({ kernelSize, stride, padding, dilation, ceilMode });
  }
}

/**
 * The largest of each window of `kernelSize` over `[N, C, L]`. Options: `stride` (the kernel size),
 * `padding` (0), `dilation` (1), `ceilMode` (false), `returnIndices` (false: with it, `forward`
 * gives maxima and positions). PyTorch: `torch.nn.MaxPool1d`.
 */
export class MaxPool1d<Indexed extends boolean = false> extends MaxPool<Indexed> {
  /** @internal */
  static readonly passesOn = true;
  forward(x: Tensor): Pooled<Indexed> {
    return this.run(F.maxPool1d, x);
  }
}

/** The same over images, `[N, C, H, W]`; see {@link MaxPool1d}. PyTorch: `torch.nn.MaxPool2d`. */
export class MaxPool2d<Indexed extends boolean = false> extends MaxPool<Indexed> {
  /** @internal */
  static readonly passesOn = true;
  forward(x: Tensor): Pooled<Indexed> {
    return this.run(F.maxPool2d, x);
  }
}

/**
 * The same over volumes, `[N, C, D, H, W]`; see {@link MaxPool1d}. PyTorch: `torch.nn.MaxPool3d`.
 */
export class MaxPool3d<Indexed extends boolean = false> extends MaxPool<Indexed> {
  /** @internal */
  static readonly passesOn = true;
  forward(x: Tensor): Pooled<Indexed> {
    return this.run(F.maxPool3d, x);
  }
}

type AdaptiveSettings<Indexed extends boolean> = [returnIndices: Indexed];

/** Options of the adaptive max pools. */
export interface AdaptiveMaxPoolOptions<Indexed extends boolean> {
  /** Also return the flat positions of the maxima. Default: false. */
  readonly returnIndices?: Indexed;
}

/** What the adaptive max pools share. */
abstract class AdaptiveMaxPool<Indexed extends boolean> extends Module {
  readonly outputSize: F.OutputSize;
  readonly returnIndices: boolean;

  constructor(
    outputSize: F.OutputSize,
    ...args: Settings<AdaptiveSettings<Indexed>, AdaptiveMaxPoolOptions<Indexed>>
  ) {
    super();
    this.outputSize = outputSize;
    this.returnIndices = read(this.constructor.name, { returnIndices: false }, args).returnIndices;
  }

  /** Runs the function of this number of axes. */
  protected run(pool: F.AdaptiveMaxPool, x: Tensor): Pooled<Indexed> {
    const returnIndices = this.returnIndices as false; // the result is as the option says
    return pool(x, this.outputSize, { returnIndices }) as Pooled<Indexed>;
  }

  override extraRepr(): string {
    return `output_size=${showPerAxis(this.outputSize)}`;
  }
}

/**
 * Maxima of `[N, C, L]` as `[N, C, outputSize]`. Option: `returnIndices` (false). PyTorch:
 * `torch.nn.AdaptiveMaxPool1d`.
 */
export class AdaptiveMaxPool1d<Indexed extends boolean = false> extends AdaptiveMaxPool<Indexed> {
  forward(x: Tensor): Pooled<Indexed> {
    return this.run(F.adaptiveMaxPool1d, x);
  }
}

/**
 * Maxima of `[N, C, H, W]` as `[N, C, …outputSize]`; null keeps an extent. Option: `returnIndices`
 * (false). PyTorch: `torch.nn.AdaptiveMaxPool2d`.
 */
export class AdaptiveMaxPool2d<Indexed extends boolean = false> extends AdaptiveMaxPool<Indexed> {
  forward(x: Tensor): Pooled<Indexed> {
    return this.run(F.adaptiveMaxPool2d, x);
  }
}

/**
 * The same over volumes, `[N, C, D, H, W]`; see {@link AdaptiveMaxPool2d}. PyTorch:
 * `torch.nn.AdaptiveMaxPool3d`.
 */
export class AdaptiveMaxPool3d<Indexed extends boolean = false> extends AdaptiveMaxPool<Indexed> {
  forward(x: Tensor): Pooled<Indexed> {
    return this.run(F.adaptiveMaxPool3d, x);
  }
}

/** Options of the unpools. */
export interface MaxUnpoolOptions {
  /** Default: the kernel size. */
  readonly stride?: PerAxis | null;
  /** Default: 0. */
  readonly padding?: PerAxis;
}

/** Options of a call of an unpool. */
export interface UnpoolCallOptions {
  /** The extents of the result, where several pool to the input's. Default: the least padded. */
  readonly outputSize?: readonly number[] | null;
}

type UnpoolSettings = Settings<[stride: PerAxis | null, padding: PerAxis], MaxUnpoolOptions>;

/** What the unpools share. */
export abstract class MaxUnpool extends Module {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];

  constructor(axes: number, kernelSize: PerAxis, args: UnpoolSettings) {
    super();
    const name = this.constructor.name;
    const defaults = { stride: null as PerAxis | null, padding: 0 as PerAxis };
    const { stride, padding } = read(name, defaults, args);
    this.kernelSize = perAxis(name, "kernelSize", kernelSize, axes);
    this.stride = perAxis(name, "stride", stride ?? kernelSize, axes);
    this.padding = perAxis(name, "padding", padding, axes);
  }

  /** Runs the function of this number of axes; the size may come by position, as in PyTorch. */
  protected run(
    unpool: typeof U.maxUnpool1d,
    [x, indices]: readonly [Tensor, Tensor],
    outputSize: readonly number[] | UnpoolCallOptions,
  ): Tensor {
    const { kernelSize, stride, padding } = this;
    const defaults = { outputSize: null as readonly number[] | null };
    const named = isList(outputSize) ? { outputSize } : outputSize;
    const { outputSize: size } = read(this.constructor.name, {}, [named], defaults);
    return unpool(x, indices, kernelSize, { stride, padding, outputSize: size });
  }

  override extraRepr(): string {
    return plain({ kernelSize: this.kernelSize, stride: this.stride, padding: this.padding });
  }
}

function isList(given: readonly number[] | UnpoolCallOptions): given is readonly number[] {
  return Array.isArray(given);
}

/** A class of unpools. */
type UnpoolClass = new (
  kernelSize: PerAxis,
  ...args: UnpoolSettings
) => MaxUnpool & {
  /** Maxima, positions and, where several sizes pool to this one, the size wanted. */
  forward(x: Tensor, indices: Tensor, outputSize?: readonly number[] | UnpoolCallOptions): Tensor;
};

/** The class of the unpools over so many axes. */
function unpooling(axes: number, unpool: typeof U.maxUnpool1d): UnpoolClass {
  return class extends MaxUnpool {
    constructor(kernelSize: PerAxis, ...args: UnpoolSettings) {
      super(axes, kernelSize, args);
    }

    forward(
      x: Tensor,
      indices: Tensor,
      outputSize: readonly number[] | UnpoolCallOptions = {},
    ): Tensor {
      return this.run(unpool, [x, indices], outputSize);
    }
  };
}

/**
 * Puts maxima back: input `[N, C, L]` and the positions that a {@link MaxPool1d} with
 * `returnIndices` gave, zeros elsewhere. Options: `stride` (the kernel size), `padding` (0).
 * PyTorch: `torch.nn.MaxUnpool1d`.
 */
export class MaxUnpool1d extends /* @__PURE__ */ unpooling(1, U.maxUnpool1d) {}

/**
 * The same over images, `[N, C, H, W]`; see {@link MaxUnpool1d}. PyTorch: `torch.nn.MaxUnpool2d`.
 */
export class MaxUnpool2d extends /* @__PURE__ */ unpooling(2, U.maxUnpool2d) {}

/**
 * The same over volumes, `[N, C, D, H, W]`; see {@link MaxUnpool1d}. PyTorch:
 * `torch.nn.MaxUnpool3d`.
 */
export class MaxUnpool3d extends /* @__PURE__ */ unpooling(3, U.maxUnpool3d) {}
