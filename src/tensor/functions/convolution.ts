/** Convolutions and transposed convolutions over one to three axes, as PyTorch has them. */
import { argumentError, shapeError } from "../../core/errors.ts";
import type { Options, Settings } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { convolve } from "../../compiler/convolutions.ts";
import { turnedWeight } from "../../ir/convolution.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { expandTo, op, reshape } from "../../ir/words.ts";
import { define, NO_TENSOR } from "./define.ts";
import type { PerAxis } from "./windows.ts";
import { perAxis } from "./windows.ts";

/** Adds a batch axis of 1 where there is none; `strip` takes it off the result again. */
function batched(
  b: NodeBuilder,
  name: string,
  x: Node,
  axes: number,
): { x: Node; strip: (y: Node) => Node } {
  const { shape } = x.type;
  if (shape.length === axes + 2) return { x, strip: (y) => y };
  if (shape.length === axes + 1) {
    const strip = (y: Node): Node => reshape(b, y, y.type.shape.slice(1));
    return { x: reshape(b, x, [1, ...shape]), strip };
  }
  const names = ["L", "H, W", "D, H, W"][axes - 1]!;
  throw shapeError(
    `${name}: input is ${showShape(shape)}; need [N, C, ${names}], or [C, ${names}] for one.`,
  );
}

function needWeight(name: string, weight: Node, axes: number): void {
  if (weight.type.shape.length === axes + 2) return;
  throw shapeError(`${name}: weight is ${showShape(weight.type.shape)}; need ${axes + 2} axes.`);
}

function addBias(b: NodeBuilder, name: string, y: Node, bias: Node | null): Node {
  if (bias === null) return y;
  const { shape } = y.type;
  if (bias.type.shape.length !== 1 || bias.type.size !== shape[1]) {
    throw shapeError(`${name}: bias is ${showShape(bias.type.shape)}; need [${shape[1]}].`);
  }
  const line = reshape(
    b,
    bias,
    shape.map((n, axis) => (axis === 1 ? n : 1)),
  );
  return op(b, "add", y, expandTo(b, line, shape));
}

function pads(
  name: string,
  padding: PerAxis | "same" | "valid",
  window: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): (readonly [number, number])[] {
  if (padding === "valid") return window.map(() => [0, 0]);
  if (padding !== "same") {
    return perAxis(name, "padding", padding, window.length).map((n) => [n, n]);
  }
  if (stride.some((n) => n !== 1)) {
    throw argumentError(
      `${name}: padding "same" needs stride 1; the stride is [${stride.join(", ")}].`,
    );
  }
  return window.map((extent, i) => {
    const total = (extent - 1) * dilation[i]!;
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  });
}

/** The settings of a convolution but for its bias; `padding` "same" keeps the extents. */
const CONV = {
  stride: 1 as PerAxis,
  padding: 0 as PerAxis | "same" | "valid",
  dilation: 1 as PerAxis,
  groups: 1,
};

/** The options of a convolution; `padding` "same" keeps the extents, "valid" is none. */
export type ConvOptions = Options<typeof CONV>;

/** The convolution of x [N, C, …] with weight [O, C/groups, …], plus a bias [O]. */
function convolution(axes: number) {
  const name = `conv${axes}d`;
  return define(
    name,
    { bias: NO_TENSOR, ...CONV },
    (
      b,
      input,
      weight: Node,
      bias: Node | null,
      stride: PerAxis,
      padding: PerAxis | "same" | "valid",
      dilation: PerAxis,
      groups: number,
    ) => {
      needWeight(name, weight, axes);
      const { x, strip } = batched(b, name, input, axes);
      const window = weight.type.shape.slice(2);
      const steps = perAxis(name, "stride", stride, axes);
      const kernelDilation = perAxis(name, "dilation", dilation, axes);
      const y = convolve(b, x, weight, {
        stride: steps,
        padding: pads(name, padding, window, steps, kernelDilation),
        inputDilation: steps.map(() => 1),
        kernelDilation,
        groups,
      });
      return strip(addBias(b, name, y, bias));
    },
    { tensors: ["weight"] },
  );
}

/** The settings of a transposed convolution but for its bias. */
const CONV_TRANSPOSE = {
  stride: 1 as PerAxis,
  padding: 0 as PerAxis,
  outputPadding: 0 as PerAxis,
  groups: 1,
  dilation: 1 as PerAxis,
};

/** The options of a transposed convolution. */
export type ConvTransposeOptions = Options<typeof CONV_TRANSPOSE>;

/** Throws unless input and weight of a transposed convolution have the same channels. */
function needChannels(name: string, x: Node, weight: Node, groups: number): void {
  const [channels, own] = [x.type.shape[1]!, weight.type.shape[0]!];
  if (channels === own && own % groups === 0) return;
  throw shapeError(
    `${name}: input is ${showShape(x.type.shape)}, weight is ${showShape(weight.type.shape)}, ` +
      `groups ${groups}; need weight.shape[0] (${own}) = input.shape[1] (${channels}), ` +
      `a multiple of groups.`,
  );
}

/** The transposed convolution of x [N, C, …] with weight [C, O/groups, …], plus a bias [O]. */
function transposed(axes: number) {
  const name = `convTranspose${axes}d`;
  return define(
    name,
    { bias: NO_TENSOR, ...CONV_TRANSPOSE },
    (
      b,
      input,
      weight: Node,
      bias: Node | null,
      stride: PerAxis,
      padding: PerAxis,
      outputPadding: PerAxis,
      groups: number,
      dilation: PerAxis,
    ) => {
      needWeight(name, weight, axes);
      const { x, strip } = batched(b, name, input, axes);
      needChannels(name, x, weight, groups);
      const inputDilation = perAxis(name, "stride", stride, axes);
      const kernelDilation = perAxis(name, "dilation", dilation, axes);
      const border = perAxis(name, "padding", padding, axes);
      const more = perAxis(name, "outputPadding", outputPadding, axes);
      more.forEach((extra, i) => {
        if (extra >= 0 && extra < Math.max(inputDilation[i]!, kernelDilation[i]!)) return;
        throw argumentError(
          `${name}: outputPadding [${more.join(", ")}] must be smaller than stride or dilation.`,
        );
      });
      const y = convolve(b, x, turnedWeight(b, weight, groups), {
        stride: inputDilation.map(() => 1),
        padding: border.map((pad, i) => {
          const edge = (weight.type.shape[i + 2]! - 1) * kernelDilation[i]! - pad;
          return [edge, edge + more[i]!] as const;
        }),
        inputDilation,
        kernelDilation,
        groups,
      });
      return strip(addBias(b, name, y, bias));
    },
    { tensors: ["weight"] },
  );
}

/** The convolution of input [N, C, L] with weight [O, C / groups, K], plus bias [O]. */
export const conv1d = /* @__PURE__ */ convolution(1);

/** The convolution of input [N, C, H, W] with weight [O, C / groups, KH, KW], plus bias [O]. */
export const conv2d = /* @__PURE__ */ convolution(2);

/** The convolution of input [N, C, D, H, W] with weight [O, C / groups, KD, KH, KW], plus bias. */
export const conv3d = /* @__PURE__ */ convolution(3);

/** The transposed convolution of input [N, C, L] with weight [C, O / groups, K], plus bias [O]. */
export const convTranspose1d = /* @__PURE__ */ transposed(1);

/** The transposed convolution of input [N, C, H, W] with weight [C, O / groups, KH, KW]. */
export const convTranspose2d = /* @__PURE__ */ transposed(2);

/** The transposed convolution of input [N, C, D, H, W] with weight [C, O / groups, KD, KH, KW]. */
export const convTranspose3d = /* @__PURE__ */ transposed(3);

/** The arguments of a convolution after its weight, by position or by name. */
export type ConvArguments<V> = Settings<
  [
    bias: V | null,
    stride: PerAxis,
    padding: PerAxis | "same" | "valid",
    dilation: PerAxis,
    groups: number,
  ],
  ConvOptions & { readonly bias?: V | null }
>;

/** The arguments of a transposed convolution after its weight, by position or by name. */
export type ConvTransposeArguments<V> = Settings<
  [
    bias: V | null,
    stride: PerAxis,
    padding: PerAxis,
    outputPadding: PerAxis,
    groups: number,
    dilation: PerAxis,
  ],
  ConvTransposeOptions & { readonly bias?: V | null }
>;
