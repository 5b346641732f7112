/**
 * The `conv` row: its shape rule, its gradients (the same row twice) and its value. Padding are
 * zeros that are multiplied like all other elements; the holes of a dilated input are left out.
 */
import type { TypedArray } from "../core/dtype.ts";
import { allocate } from "../core/dtype.ts";
import { argumentError, dtypeError, shapeError } from "../core/errors.ts";
import { showShape, sizeOf } from "../core/shape.ts";
import type { ConvAttrs } from "./attrs.ts";
import type { Node, NodeBuilder, TensorType } from "./node.ts";
import { typeOf } from "./node.ts";
import { FLOATS, needCount, needDType } from "./rules.ts";
import { permute, reshape, reverse } from "./words.ts";

/** How far a kernel or an input of `extent` elements reaches with `dilation` between them. */
export function spread(extent: number, dilation: number): number {
  return extent === 0 ? 0 : (extent - 1) * dilation + 1;
}

/** The extents of a convolution's result along its spatial axes; negative where nothing fits. */
export function convExtents(
  input: readonly number[],
  window: readonly number[],
  attrs: ConvAttrs,
): number[] {
  return input.map((extent, i) => {
    const [before, after] = attrs.padding[i]!;
    const wide = spread(extent, attrs.inputDilation[i]!) + before + after;
    const room = wide - spread(window[i]!, attrs.kernelDilation[i]!);
    return Math.floor(room / attrs.stride[i]!) + 1;
  });
}

/** The type of a convolution: [N, C, …] with [O, C/groups, …] gives [N, O, …]. */
export function convolution(inputs: readonly TensorType[], attrs: ConvAttrs): TensorType {
  needCount("conv", inputs, 2);
  const [x, w] = inputs as readonly [TensorType, TensorType];
  needDType("conv", "input", x, FLOATS);
  if (x.dtype !== w.dtype) {
    throw dtypeError(`conv: input is ${x.text}, weight is ${w.text}; need equal dtypes.`);
  }
  const rank = x.shape.length;
  if (rank < 3 || rank > 5 || w.shape.length !== rank) {
    throw shapeError(
      `conv: input is ${showShape(x.shape)}, weight is ${showShape(w.shape)}; ` +
        `need [N, C, …] and [O, C / groups, …] with one to three spatial axes.`,
    );
  }
  needAttrs(rank - 2, attrs);
  needChannels(x, w, attrs.groups);
  const extents = convExtents(x.shape.slice(2), w.shape.slice(2), attrs);
  if (extents.some((extent) => extent < 1)) {
    throw shapeError(
      `conv: the kernel ${showShape(w.shape.slice(2))} does not fit into the input ` +
        `${showShape(x.shape.slice(2))}; its padding is ${JSON.stringify(attrs.padding)}.`,
    );
  }
  return typeOf(x.dtype, [x.shape[0]!, w.shape[0]!, ...extents]);
}

function needChannels(x: TensorType, w: TensorType, groups: number): void {
  const [channels, own] = [x.shape[1]!, w.shape[1]!];
  if (channels === own * groups && w.shape[0]! % groups === 0) return;
  throw shapeError(
    `conv: input is ${showShape(x.shape)}, weight is ${showShape(w.shape)}, groups ${groups}; ` +
      `need input.shape[1] (${channels}) = groups · weight.shape[1] (${own * groups}), ` +
      `and groups that divide weight.shape[0] (${w.shape[0]}).`,
  );
}

function needAttrs(axes: number, attrs: ConvAttrs): void {
  const { stride, padding, inputDilation, kernelDilation, groups } = attrs;
  const steps = [...stride, ...inputDilation, ...kernelDilation, groups];
  const counts = [stride, padding, inputDilation, kernelDilation];
  const whole = steps.every((n) => Number.isInteger(n) && n >= 1);
  if (whole && padding.flat().every(Number.isInteger)) {
    if (counts.every((list) => list.length === axes)) return;
  }
  throw argumentError(
    `conv: stride [${stride.join(", ")}], padding ${JSON.stringify(padding)}, dilation ` +
      `[${kernelDilation.join(", ")}] and [${inputDilation.join(", ")}], groups ${groups}; ` +
      `need ${axes} whole numbers each, at least 1 but for padding.`,
  );
}

/** Cuts axis `axis` of x into [groups, extent / groups]. */
function split(b: NodeBuilder, x: Node, axis: number, groups: number): Node {
  const { shape } = x.type;
  const parts = [groups, shape[axis]! / groups];
  return reshape(b, x, [...shape.slice(0, axis), ...parts, ...shape.slice(axis + 1)]);
}

/** Joins axes `axis` and `axis` + 1. */
function join(b: NodeBuilder, x: Node, axis: number): Node {
  const { shape } = x.type;
  const extent = shape[axis]! * shape[axis + 1]!;
  return reshape(b, x, [...shape.slice(0, axis), extent, ...shape.slice(axis + 2)]);
}

/** Puts the axes `first` at the front, the others after them in order. */
function lead(b: NodeBuilder, x: Node, ...first: readonly number[]): Node {
  const rest = x.type.shape.map((_, axis) => axis).filter((axis) => !first.includes(axis));
  return permute(b, x, [...first, ...rest]);
}

/** The cotangents of input and weight of a convolution: convolutions both. */
export function convGradient(b: NodeBuilder, node: Node<"conv">, g: Node): Node[] {
  return [inputGradient(b, node, g), weightGradient(b, node, g)];
}

/** The weight of the convolution the other way: [O, C/g, …] → [C, O/g, …], flipped. */
export function turnedWeight(b: NodeBuilder, w: Node, groups: number): Node {
  // [O, C/g, …] → [g, O/g, C/g, …] → [g, C/g, O/g, …] → [C, O/g, …]
  let back = join(b, lead(b, split(b, w, 0, groups), 0, 2, 1), 0);
  for (let axis = 2; axis < back.type.shape.length; axis++) back = reverse(b, back, axis);
  return back;
}

function inputGradient(b: NodeBuilder, node: Node<"conv">, g: Node): Node {
  const [x, w] = node.inputs as readonly [Node, Node];
  const { stride, padding, inputDilation, kernelDilation, groups } = node.attrs;
  if (x.type.size === 0 || g.type.size === 0) return zeros(b, x);
  const back = turnedWeight(b, w, groups);
  const pads = padding.map(([before], i): readonly [number, number] => {
    const reach = (w.type.shape[i + 2]! - 1) * kernelDilation[i]!;
    const wanted = (x.type.shape[i + 2]! - 1) * inputDilation[i]! + reach + 1;
    const first = reach - before;
    return [first, wanted - spread(g.type.shape[i + 2]!, stride[i]!) - first];
  });
  return b.apply("conv", [g, back], {
    stride: inputDilation,
    padding: pads,
    inputDilation: stride,
    kernelDilation,
    groups,
  });
}

function weightGradient(b: NodeBuilder, node: Node<"conv">, g: Node): Node {
  const [x, w] = node.inputs as readonly [Node, Node];
  const { stride, padding, inputDilation, kernelDilation, groups } = node.attrs;
  if (w.type.size === 0 || g.type.size === 0) return zeros(b, w);
  // [N, C, …] → [N, g, C/g, …] → [C/g, g, N, …] → [C/g, g·N, …]
  const images = join(b, lead(b, split(b, x, 1, groups), 2, 1, 0), 1);
  const pads = padding.map(([before], i): readonly [number, number] => {
    const span = (w.type.shape[i + 2]! - 1) * kernelDilation[i]!;
    const wanted = span + spread(g.type.shape[i + 2]!, stride[i]!);
    return [before, wanted - spread(x.type.shape[i + 2]!, inputDilation[i]!) - before];
  });
  const result = b.apply("conv", [images, lead(b, g, 1, 0)], {
    stride: kernelDilation,
    padding: pads,
    inputDilation,
    kernelDilation: stride,
    groups,
  });
  return lead(b, result, 1, 0);
}

function zeros(b: NodeBuilder, like: Node): Node {
  const { dtype, shape } = like.type;
  const zero = b.apply("constant", [], { dtype, value: 0 });
  const thin = reshape(
    b,
    zero,
    shape.map(() => 1),
  );
  return b.apply("expand", [thin], { shape });
}

/** How a product of two numbers joins a sum. */
type Join = (a: number, b: number, sum: number) => number;

/**
 * Computes a convolution: for each result, channels and kernel positions ascend, sums start at 0.
 */
export function convolve(node: Node, x: TypedArray, w: TypedArray, join: Join): TypedArray {
  const { groups } = node.attrs as ConvAttrs;
  const [images, outs, ...space] = node.type.shape as readonly [number, number, ...number[]];
  const channels = node.inputs[1]!.type.shape[1]!;
  const out = allocate(node.type.dtype, node.type.size);
  const input = sizeOf(node.inputs[0]!.type.shape.slice(2));
  const window = sizeOf(node.inputs[1]!.type.shape.slice(2));
  const taps = indicesOf(space).map((at) => tapsOf(node, at));
  for (let i = 0; i < images * outs; i++) {
    const [image, o] = [Math.floor(i / outs), i % outs];
    const group = Math.floor(o / (outs / groups));
    taps.forEach((places, p) => {
      let sum = 0;
      for (let c = 0; c < channels; c++) {
        const from = ((image * groups + group) * channels + c) * input;
        const weights = (o * channels + c) * window;
        places.forEach((place, k) => {
          if (place === HOLE) return;
          const value = place === BORDER ? 0 : x[from + place]!;
          sum = join(value, w[weights + k]!, sum);
        });
      }
      out[i * taps.length + p] = sum;
    });
  }
  return out;
}

/** What a kernel position meets that meets no element: a zero around the input, or nothing. */
const BORDER = -1;
const HOLE = -2;

/** Where in one channel each kernel position finds its element, for one result. */
function tapsOf(node: Node, at: readonly number[]): number[] {
  const { stride, padding, inputDilation, kernelDilation } = node.attrs as ConvAttrs;
  const input = node.inputs[0]!.type.shape.slice(2);
  return indicesOf(node.inputs[1]!.type.shape.slice(2)).map((k) => {
    const steps = input.map((_, i) => {
      const wide = at[i]! * stride[i]! + k[i]! * kernelDilation[i]! - padding[i]![0];
      return wide / inputDilation[i]!;
    });
    if (!steps.every(Number.isInteger)) return HOLE;
    if (steps.some((step, i) => step < 0 || step >= input[i]!)) return BORDER;
    return steps.reduce((place, step, i) => place * input[i]! + step, 0);
  });
}

/** Lists all indices of a shape, row-major. */
function indicesOf(shape: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const extent of shape) {
    all = all.flatMap((index) => Array.from({ length: extent }, (_, i) => [...index, i]));
  }
  return all;
}
