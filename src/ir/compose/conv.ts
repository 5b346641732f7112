/** Convolutions and transposed convolutions over one to three axes, as PyTorch has them. */
import { argumentError, shapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import { turnedWeight } from "../convolution.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { expandTo, op, reshape } from "../words.ts";

/** A number for every spatial axis, or one for each. */
export type PerAxis = number | readonly number[];

/** The options of a convolution; `padding` "same" keeps the extents, "valid" is none. */
export interface ConvOptions {
  readonly stride?: PerAxis | undefined;
  readonly padding?: PerAxis | "same" | "valid" | undefined;
  readonly dilation?: PerAxis | undefined;
  readonly groups?: number | undefined;
}

/** The options of a transposed convolution. */
export interface ConvTransposeOptions {
  readonly stride?: PerAxis | undefined;
  readonly padding?: PerAxis | undefined;
  readonly outputPadding?: PerAxis | undefined;
  readonly groups?: number | undefined;
  readonly dilation?: PerAxis | undefined;
}

/** Gives each of `axes` spatial axes its number. */
export function perAxis(name: string, what: string, value: PerAxis, axes: number): number[] {
  const list = typeof value === "number" ? new Array<number>(axes).fill(value) : [...value];
  const full = list.length === 1 ? new Array<number>(axes).fill(list[0]!) : list;
  if (full.length === axes && full.every(Number.isInteger)) return full;
  throw argumentError(
    `${name}: ${what} is [${full.join(", ")}]; need a whole number, or ${axes} of them.`,
  );
}

/** Adds a batch axis of 1 where there is none; `strip` takes it off the result again. */
export function batched(
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

/** The convolution of x [N, C, …] with weight [O, C/groups, …], plus a bias [O]. */
export function convolve(
  b: NodeBuilder,
  axes: number,
  input: Node,
  weight: Node,
  bias: Node | null,
  options: ConvOptions = {},
): Node {
  const name = `conv${axes}d`;
  needWeight(name, weight, axes);
  const { x, strip } = batched(b, name, input, axes);
  const window = weight.type.shape.slice(2);
  const stride = perAxis(name, "stride", options.stride ?? 1, axes);
  const kernelDilation = perAxis(name, "dilation", options.dilation ?? 1, axes);
  const y = b.apply("conv", [x, weight], {
    stride,
    padding: pads(name, options.padding ?? 0, window, stride, kernelDilation),
    inputDilation: stride.map(() => 1),
    kernelDilation,
    groups: options.groups ?? 1,
  });
  return strip(addBias(b, name, y, bias));
}

/** The transposed convolution of x [N, C, …] with weight [C, O/groups, …], plus a bias [O]. */
export function convolveTransposed(
  b: NodeBuilder,
  axes: number,
  input: Node,
  weight: Node,
  bias: Node | null,
  options: ConvTransposeOptions = {},
): Node {
  const name = `convTranspose${axes}d`;
  needWeight(name, weight, axes);
  const { x, strip } = batched(b, name, input, axes);
  const groups = options.groups ?? 1;
  const [channels, own] = [x.type.shape[1]!, weight.type.shape[0]!];
  if (channels !== own || own % groups !== 0) {
    throw shapeError(
      `${name}: input is ${showShape(x.type.shape)}, weight is ${showShape(weight.type.shape)}, ` +
        `groups ${groups}; need weight.shape[0] (${own}) = input.shape[1] (${channels}), ` +
        `a multiple of groups.`,
    );
  }
  const stride = perAxis(name, "stride", options.stride ?? 1, axes);
  const dilation = perAxis(name, "dilation", options.dilation ?? 1, axes);
  const padding = perAxis(name, "padding", options.padding ?? 0, axes);
  const more = perAxis(name, "outputPadding", options.outputPadding ?? 0, axes);
  more.forEach((extra, i) => {
    if (extra >= 0 && extra < Math.max(stride[i]!, dilation[i]!)) return;
    throw argumentError(
      `${name}: outputPadding [${more.join(", ")}] must be smaller than stride or dilation.`,
    );
  });
  const y = b.apply("conv", [x, turnedWeight(b, weight, groups)], {
    stride: stride.map(() => 1),
    padding: padding.map((pad, i) => {
      const edge = (weight.type.shape[i + 2]! - 1) * dilation[i]! - pad;
      return [edge, edge + more[i]!] as const;
    }),
    inputDilation: stride,
    kernelDilation: dilation,
    groups,
  });
  return strip(addBias(b, name, y, bias));
}
