/** Windows over one to three axes: where they lie, and their sums, averages and maxima. */
import { isFloat } from "../../core/dtype.ts";
import { argumentError, dtypeError, shapeError } from "../../core/errors.ts";
import { showShape, sizeOf, stridesOf } from "../../core/shape.ts";
import { convolve } from "../../compiler/convolutions.ts";
import { pad } from "../../ir/compose/border.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import {
  castTo,
  concat,
  constant,
  expandTo,
  fill,
  fillLike,
  op,
  plus,
  positions,
  reshape,
  scaled,
  sliceAxis,
} from "../../ir/words.ts";

/** A number for every spatial axis, or one for each. */
export type PerAxis = number | readonly number[];

/** Gives each of `axes` spatial axes its number. */
export function perAxis(name: string, what: string, value: PerAxis, axes: number): number[] {
  const list = typeof value === "number" ? new Array<number>(axes).fill(value) : [...value];
  const full = list.length === 1 ? new Array<number>(axes).fill(list[0]!) : list;
  if (full.length === axes && full.every(Number.isInteger)) return full;
  throw argumentError(
    `${name}: ${what} is [${full.join(", ")}]; need a whole number, or ${axes} of them.`,
  );
}

/** How windows lie; the stride is the kernel's size unless it is given. */
export interface WindowOptions {
  readonly stride?: PerAxis | null;
  readonly padding?: PerAxis;
  readonly dilation?: PerAxis;
  readonly ceilMode?: boolean;
}

/** The windows of a pooling over the last axes. */
export interface Windows {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly output: readonly number[];
}

/** Finds the windows of a pool; throws where they do not fit. */
export function windowsOf(
  name: string,
  axes: number,
  x: Node,
  kernelSize: PerAxis,
  options: WindowOptions,
): Windows {
  const { shape } = x.type;
  if (shape.length < axes + 1 || shape.length > axes + 2) {
    throw shapeError(
      `${name}: input is ${showShape(shape)}; need ${axes + 1} or ${axes + 2} axes.`,
    );
  }
  const input = shape.slice(-axes);
  const kernel = perAxis(name, "kernelSize", kernelSize, axes);
  const stride = perAxis(name, "stride", options.stride ?? kernel, axes);
  const padding = perAxis(name, "padding", options.padding ?? 0, axes);
  const dilation = perAxis(name, "dilation", options.dilation ?? 1, axes);
  const output = input.map((extent, i) => {
    const [k, s, p, d] = [kernel[i]!, stride[i]!, padding[i]!, dilation[i]!];
    if (k < 1 || s < 1 || d < 1 || p < 0 || 2 * p > (k - 1) * d + 1) {
      throw argumentError(
        `${name}: kernelSize ${k}, stride ${s}, padding ${p}, dilation ${d}; need numbers from 1 ` +
          `on, and padding of at most half the kernel.`,
      );
    }
    const room = extent + 2 * p - (k - 1) * d - 1;
    const count = (options.ceilMode ? Math.ceil(room / s) : Math.floor(room / s)) + 1;
    // a window that only meets the border after the input is left out
    return options.ceilMode && (count - 1) * s >= extent + p ? count - 1 : count;
  });
  if (output.some((extent) => extent < 1)) {
    throw shapeError(
      `${name}: a kernel of [${kernel.join(", ")}] does not fit into ${showShape(shape)}.`,
    );
  }
  return { input, kernel, stride, padding, dilation, output };
}

/** Extents of the input with as much border as the windows reach. */
function paddedExtents({ output, kernel, stride, dilation }: Windows): number[] {
  return output.map((extent, i) => (extent - 1) * stride[i]! + (kernel[i]! - 1) * dilation[i]! + 1);
}

/** Gives x, which has no other axes but `lead`, the border that the windows reach. */
function bordered(b: NodeBuilder, x: Node, windows: Windows, value: number): Node {
  const wide = paddedExtents(windows);
  const pads = windows.input.map((extent, i) => {
    const before = windows.padding[i]!;
    return [before, wide[i]! - extent - before];
  });
  return pad(b, x, pads.reverse().flat(), "constant", value);
}

/** Lists the places of a window, row-major. */
function placesOf(kernel: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const extent of kernel) {
    all = all.flatMap((place) => Array.from({ length: extent }, (_, i) => [...place, i]));
  }
  return all;
}

/** The elements that stand at one place of all windows: [lead, ...output]. */
function elementsAt(b: NodeBuilder, x: Node, windows: Windows, place: readonly number[]): Node {
  return b.apply("slice", [x], {
    start: [0, ...place.map((k, i) => k * windows.dilation[i]!)],
    size: [x.type.shape[0]!, ...windows.output],
    step: [1, ...windows.stride],
    dynamic: [],
  });
}

/** The flat position, by `strides`, of the first place of each window: int32 [lead, ...output]. */
function origins(
  b: NodeBuilder,
  shape: readonly number[],
  windows: Windows,
  strides: readonly number[],
  start: number,
): Node {
  let sum = fill(b, "int32", shape, start);
  windows.output.forEach((_, i) => {
    const step = windows.stride[i]! * strides[i]!;
    sum = op(b, "add", sum, scaled(b, positions(b, shape, i + 1), step));
  });
  return sum;
}

/** The largest element of each window, and its flat position in the input. */
export function maxima(
  b: NodeBuilder,
  axes: number,
  x: Node,
  kernelSize: PerAxis,
  options: WindowOptions = {},
  withIndices = false,
): Node[] {
  const windows = windowsOf(`maxPool${axes}d`, axes, x, kernelSize, options);
  const lead = x.type.shape.slice(0, -axes);
  const least = x.type.dtype === "int32" ? -2147483648 : -Infinity;
  const flat = reshape(b, x, [sizeOf(lead), ...windows.input]);
  const wide = bordered(b, flat, windows, least);
  const within = stridesOf(wide.type.shape.slice(1));
  const own = stridesOf(windows.input);
  let best: Node | null = null;
  let at: Node | null = null;
  let place: Node | null = null;
  for (const k of placesOf(windows.kernel)) {
    const next = elementsAt(b, wide, windows, k);
    const offset = (strides: readonly number[]): Node => {
      const value = k.reduce((sum, n, i) => sum + n * windows.dilation[i]! * strides[i]!, 0);
      return fill(b, "int32", next.type.shape, value);
    };
    if (best === null || at === null || place === null) {
      [best, at, place] = [next, offset(within), offset(own)];
      continue;
    }
    const larger: Node = op(b, "or", op(b, "lt", best, next), op(b, "ne", next, next));
    best = op(b, "where", larger, next, best);
    at = op(b, "where", larger, offset(within), at);
    place = op(b, "where", larger, offset(own), place);
  }
  const { shape } = best!.type;
  const index = op(b, "add", origins(b, shape, windows, within, 0), at!);
  const [count, plane] = [sizeOf(lead), sizeOf(wide.type.shape.slice(1))];
  const result = [...lead, ...windows.output];
  const lines = [
    reshape(b, wide, [count, plane]),
    reshape(b, index, [count, sizeOf(windows.output)]),
  ];
  const values = reshape(b, b.apply("gather", lines, { axis: 1 }), result);
  if (!withIndices) return [values];
  const start = -windows.padding.reduce((sum, p, i) => sum + p * own[i]!, 0);
  return [values, reshape(b, op(b, "add", origins(b, shape, windows, own, start), place!), result)];
}

/** The sum of each window: of blocks where they do not overlap, else by a convolution with ones. */
function windowSums(b: NodeBuilder, x: Node, windows: Windows): Node {
  const { input, kernel, stride, padding, output } = windows;
  const lead = x.type.shape.slice(0, -input.length);
  const count = sizeOf(lead);
  const blocks = input.every(
    (extent, i) =>
      kernel[i] === stride[i] && padding[i] === 0 && extent === output[i]! * kernel[i]!,
  );
  if (blocks) {
    const cut = reshape(b, x, [count, ...output.flatMap((extent, i) => [extent, kernel[i]!])]);
    const sums = b.apply("reduce", [cut], {
      combine: "sum",
      axes: output.map((_, i) => 2 + 2 * i),
    });
    return reshape(b, sums, [...lead, ...output]);
  }
  const wide = paddedExtents(windows);
  const images = reshape(b, x, [count, 1, ...input]);
  const ones = fill(b, x.type.dtype, [1, 1, ...kernel], 1);
  const sums = convolve(b, images, ones, {
    stride,
    padding: padding.map((p, i) => [p, wide[i]! - input[i]! - p] as const),
    inputDilation: stride.map(() => 1),
    kernelDilation: stride.map(() => 1),
    groups: 1,
  });
  return reshape(b, sums, [...lead, ...output]);
}

/** How many elements each window counts. */
function windowCounts(b: NodeBuilder, windows: Windows, border: boolean, like: Node): Node {
  const { input, kernel, stride, padding, output } = windows;
  const { shape, dtype } = like.type;
  const first = shape.length - output.length;
  const whole = output.every((extent, i) => {
    const end = (extent - 1) * stride[i]! - padding[i]! + kernel[i]!;
    return border ? end <= input[i]! + padding[i]! : padding[i] === 0 && end <= input[i]!;
  });
  if (whole) return fillLike(b, like, sizeOf(kernel));
  let counts = fillLike(b, like, 1);
  output.forEach((_, i) => {
    const at = scaled(b, positions(b, shape, first + i), stride[i]!);
    const from = plus(b, at, -padding[i]!);
    const limit = input[i]! + (border ? padding[i]! : 0);
    const end = op(b, "minimum", plus(b, from, kernel[i]!), fillLike(b, from, limit));
    const start = border ? from : op(b, "maximum", from, fillLike(b, from, 0));
    counts = op(b, "mul", counts, castTo(b, op(b, "sub", end, start), dtype));
  });
  return counts;
}

/** The averages of windows, or their sums divided by another number. */
export function averages(
  b: NodeBuilder,
  x: Node,
  windows: Windows,
  border = true,
  divisor: number | null = null,
): Node {
  const sum = windowSums(b, x, windows);
  if (divisor !== null) return op(b, "div", sum, fillLike(b, sum, divisor));
  return op(b, "div", sum, windowCounts(b, windows, border, sum));
}

/** The elements of x at int32 places along an axis. */
export function taken(b: NodeBuilder, x: Node, axis: number, at: Node): Node {
  const shape = x.type.shape.map((n, a) => (a === axis ? at.type.size : n));
  const line = shape.map((n, a) => (a === axis ? n : 1));
  return b.apply("gather", [x, expandTo(b, reshape(b, at, line), shape)], { axis });
}

/** Throws unless an input is of floats. */
export function needFloat(name: string, x: Node): void {
  if (isFloat(x.type.dtype)) return;
  throw dtypeError(`${name}: input is ${x.type.text}; need float32 or float64.`);
}

/** Averages so that the last axes get the extents `outputSize` (null keeps one). */
export function adaptiveAverages(
  b: NodeBuilder,
  axes: number,
  x: Node,
  outputSize: number | readonly (number | null)[],
): Node {
  const name = `adaptiveAvgPool${axes}d`;
  needFloat(name, x);
  const { shape } = x.type;
  if (shape.length < axes + 1 || shape.length > axes + 2) {
    throw shapeError(
      `${name}: input is ${showShape(shape)}; need ${axes + 1} or ${axes + 2} axes.`,
    );
  }
  const input = shape.slice(-axes);
  const wanted = typeof outputSize === "number" ? [outputSize] : outputSize;
  const sizes = input.map((extent, i) => (wanted.length === 1 ? wanted[0]! : wanted[i]) ?? extent);
  if (input.every((extent, i) => sizes[i]! > 0 && extent % sizes[i]! === 0)) {
    const kernel = input.map((extent, i) => extent / sizes[i]!);
    return averages(b, x, windowsOf(name, axes, x, kernel, {}));
  }
  let y = x;
  sizes.forEach((size, i) => (y = adaptAxis(b, y, shape.length - axes + i, size)));
  return y;
}

function adaptAxis(b: NodeBuilder, x: Node, axis: number, size: number): Node {
  const extent = x.type.shape[axis]!;
  const parts = Array.from({ length: size }, (_, i) => {
    const start = Math.floor((i * extent) / size);
    const count = Math.ceil(((i + 1) * extent) / size) - start;
    const part = sliceAxis(b, x, axis, start, count);
    const sum = b.apply("reduce", [part], { combine: "sum", axes: [axis] });
    const thin = x.type.shape.map((n, a) => (a === axis ? 1 : n));
    const mean = op(b, "div", sum, expandTo(b, constant(b, x.type.dtype, count), sum.type.shape));
    return reshape(b, mean, thin);
  });
  return concat(b, parts, axis);
}
