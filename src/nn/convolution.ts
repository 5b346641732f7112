/** Convolutions and transposed convolutions as modules, as in `torch.nn`. */
import { argumentError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import { zeros } from "../tensor/create.ts";
import * as F from "../tensor/functions/convolution.ts";
import type { ConvOptions, ConvTransposeOptions } from "../tensor/functions/convolution.ts";
import { pad } from "../tensor/functions/movement.ts";
import type { PerAxis } from "../tensor/functions/windows.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { FactoryOptions } from "./factory.ts";
import { drawLayer, FACTORY, madeBy, needSize, needSizes } from "./factory.ts";
import * as init from "./init.ts";
import type { Forward } from "./module-of.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { showTuple } from "./repr.ts";

/** Options of the convolutions; numbers are for every spatial axis, lists have one for each. */
export interface ConvLayerOptions extends FactoryOptions {
  /** Default: 1. */
  readonly stride?: PerAxis;
  /** Zeros on each side, or "same" (keeps the extents) or "valid" (none). Default: 0. */
  readonly padding?: PerAxis | "same" | "valid";
  /** Default: 1. */
  readonly dilation?: PerAxis;
  /** Into how many groups the channels fall. Default: 1. */
  readonly groups?: number;
  /** Default: true. */
  readonly bias?: boolean;
  /** What the border is made of. Default: "zeros". */
  readonly paddingMode?: "zeros" | "reflect" | "replicate" | "circular";
}

/** Options of the transposed convolutions. */
export interface ConvTransposeLayerOptions extends Omit<
  ConvLayerOptions,
  "padding" | "paddingMode"
> {
  /** How much is cut off on each side. Default: 0. */
  readonly padding?: PerAxis;
  /** How much is added to one side of the output. Default: 0. */
  readonly outputPadding?: PerAxis;
}

/** The settings of the convolutions by position. */
const CONV = {
  stride: 1 as PerAxis,
  padding: 0 as PerAxis | "same" | "valid",
  dilation: 1 as PerAxis,
  groups: 1,
  bias: true,
  paddingMode: "zeros" as NonNullable<ConvLayerOptions["paddingMode"]>,
};

/** The settings of the transposed convolutions by position. */
const TRANSPOSED = {
  stride: 1 as PerAxis,
  padding: 0 as PerAxis,
  outputPadding: 0 as PerAxis,
  groups: 1,
  bias: true,
  dilation: 1 as PerAxis,
};

type ConvSettings = [
  stride: PerAxis,
  padding: PerAxis | "same" | "valid",
  dilation: PerAxis,
  groups: number,
  bias: boolean,
  paddingMode: ConvLayerOptions["paddingMode"],
];
type TransposeSettings = [
  stride: PerAxis,
  padding: PerAxis,
  outputPadding: PerAxis,
  groups: number,
  bias: boolean,
  dilation: PerAxis,
];

/** Over how many axes a convolution goes, and which way. */
interface Kind {
  readonly axes: number;
  readonly transposed: boolean;
}

function listOf(value: PerAxis, axes: number): readonly number[] {
  return typeof value === "number" ? new Array<number>(axes).fill(value) : value;
}

/** What all convolutions share: sizes, parameters, their first values, and the text. */
export abstract class Convolution extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[] | "same" | "valid";
  readonly dilation: readonly number[];
  readonly outputPadding: readonly number[];
  readonly groups: number;
  readonly paddingMode: "zeros" | "reflect" | "replicate" | "circular";
  weight: Parameter;
  bias: Parameter | null;

  constructor(
    { axes, transposed }: Kind,
    sizes: readonly [inChannels: number, outChannels: number, kernelSize: PerAxis],
    args: readonly unknown[],
  ) {
    super();
    const [inChannels, outChannels, kernelSize] = sizes;
    const name = this.constructor.name;
    const settings = read(name, transposed ? TRANSPOSED : CONV, args, FACTORY);
    const { stride, padding, outputPadding, dilation, groups, bias, paddingMode } = {
      outputPadding: 0,
      paddingMode: "zeros" as const,
      ...settings,
    };
    this.inChannels = needSize(name, "inChannels", inChannels);
    this.outChannels = needSize(name, "outChannels", outChannels);
    this.kernelSize = listOf(needSizes(name, "kernelSize", kernelSize), axes);
    this.stride = listOf(stride, axes);
    this.padding = typeof padding === "string" ? padding : listOf(padding, axes);
    this.dilation = listOf(dilation, axes);
    this.outputPadding = listOf(outputPadding, axes);
    this.groups = groups;
    this.paddingMode = paddingMode;
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw argumentError(
        `${name}: ${groups} groups do not divide ${inChannels} and ${outChannels} channels.`,
      );
    }
    const ends = transposed
      ? [inChannels, outChannels / groups]
      : [outChannels, inChannels / groups];
    const factory = madeBy(settings);
    this.weight = new Parameter(zeros([...ends, ...this.kernelSize], factory));
    this.bias = bias ? new Parameter(zeros([outChannels], factory)) : null;
    this.resetParameters();
  }

  /** Draws fresh weights, as the constructor does. */
  resetParameters(): void {
    const { fanIn } = init.fans(this.constructor.name, this.weight.shape);
    drawLayer(fanIn, this.weight, this.bias);
  }

  /** The options of the function. */
  protected options(): ConvOptions {
    const { stride, dilation, groups, padding } = this;
    const own = this.paddingMode === "zeros" ? padding : 0;
    return { stride, dilation, groups, padding: own };
  }

  /** The options of the transposed function. */
  protected transposedOptions(): ConvTransposeOptions {
    const { stride, dilation, groups, outputPadding } = this;
    return { stride, dilation, groups, outputPadding, padding: this.padding as readonly number[] };
  }

  /** x with its border, where it is not of zeros. */
  protected bordered(x: Tensor): Tensor {
    if (this.paddingMode === "zeros" || this.padding === "valid") return x;
    const { padding, kernelSize, dilation, paddingMode: mode } = this;
    const sides = kernelSize.map((k, i) => {
      if (padding !== "same") return [padding[i] as number, padding[i] as number];
      const total = dilation[i]! * (k - 1);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    });
    return pad(x, sides.reverse().flat(), { mode });
  }

  override extraRepr(): string {
    const { inChannels, outChannels, kernelSize, stride, padding, dilation, groups } = this;
    const parts = [inChannels, outChannels, `kernel_size=${showTuple(kernelSize)}`];
    parts.push(`stride=${showTuple(stride)}`);
    if (typeof padding === "string") parts.push(`padding=${padding}`);
    else if (padding.some((n) => n !== 0)) parts.push(`padding=${showTuple(padding)}`);
    if (dilation.some((n) => n !== 1)) parts.push(`dilation=${showTuple(dilation)}`);
    if (this.outputPadding.some((n) => n !== 0)) {
      parts.push(`output_padding=${showTuple(this.outputPadding)}`);
    }
    if (groups !== 1) parts.push(`groups=${groups}`);
    if (this.bias === null) parts.push("bias=False");
    if (this.paddingMode !== "zeros") parts.push(`padding_mode=${this.paddingMode}`);
    return parts.join(", ");
  }
}

/** The arguments of all convolutions by position. */
type Sizes = [inChannels: number, outChannels: number, kernelSize: PerAxis];

/** A class of convolutions. */
type ConvClass<S extends readonly unknown[], O> = new (
  ...args: [...Sizes, ...Settings<S, O>]
) => Convolution & Forward<[x: Tensor], Tensor>;

/** The class of the convolutions over so many axes. */
function convolving(
  axes: number,
  conv: typeof F.conv1d,
): ConvClass<ConvSettings, ConvLayerOptions> {
  return class extends Convolution {
    static readonly passesOn = true;

    constructor(...[inChannels, outChannels, kernelSize, ...args]: [...Sizes, ...unknown[]]) {
      super({ axes, transposed: false }, [inChannels, outChannels, kernelSize], args);
    }

    forward(x: Tensor): Tensor {
      return conv(this.bordered(x), this.weight as Tensor, this.bias, this.options());
    }
  };
}

/** The class of the transposed convolutions over so many axes. */
function transposing(
  axes: number,
  conv: typeof F.convTranspose1d,
): ConvClass<TransposeSettings, ConvTransposeLayerOptions> {
  return class extends Convolution {
    static readonly passesOn = true;

    constructor(...[inChannels, outChannels, kernelSize, ...args]: [...Sizes, ...unknown[]]) {
      super({ axes, transposed: true }, [inChannels, outChannels, kernelSize], args);
    }

    forward(x: Tensor): Tensor {
      return conv(x, this.weight as Tensor, this.bias, this.transposedOptions());
    }
  };
}

/**
 * Slides kernels over `[N, inChannels, L]`: `[N, outChannels, L']`. `weight` is `[outChannels,
 * inChannels / groups, kernelSize]`; it and `bias` start evenly spread over ±1/√fan. Throws where
 * channels, groups or extents do not fit. PyTorch: `torch.nn.Conv1d`.
 */
export class Conv1d extends /* @__PURE__ */ convolving(1, F.conv1d) {}

/** The same over images, `[N, C, H, W]`; see {@link Conv1d}. PyTorch: `torch.nn.Conv2d`. */
export class Conv2d extends /* @__PURE__ */ convolving(2, F.conv2d) {}

/** The same over volumes, `[N, C, D, H, W]`; see {@link Conv1d}. PyTorch: `torch.nn.Conv3d`. */
export class Conv3d extends /* @__PURE__ */ convolving(3, F.conv3d) {}

/**
 * The transposed convolution, which spreads each input over a window: `[N, inChannels, L]` to `[N,
 * outChannels, L']`. `weight` is `[inChannels, outChannels / groups, kernelSize]`. PyTorch:
 * `torch.nn.ConvTranspose1d`.
 */
export class ConvTranspose1d extends /* @__PURE__ */ transposing(1, F.convTranspose1d) {}

/** The same over images; see {@link ConvTranspose1d}. PyTorch: `torch.nn.ConvTranspose2d`. */
export class ConvTranspose2d extends /* @__PURE__ */ transposing(2, F.convTranspose2d) {}

/** The same over volumes; see {@link ConvTranspose1d}. PyTorch: `torch.nn.ConvTranspose3d`. */
export class ConvTranspose3d extends /* @__PURE__ */ transposing(3, F.convTranspose3d) {}
