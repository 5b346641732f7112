/**
 * How a convolution is cut and laid out. Lanes run along the last axis of the result ("across") or
 * along its channels ("outs"). One image with its border is laid out in scratch memory, so that
 * each kernel position is a constant distance and the inner loop has no branch; where there is no
 * border the input is read where it lies. Across a strided axis the elements of each
 * kernel position are laid side by side.
 *
 * Dims: `[batch, groups, outs, ...output, channels, ...window, place, ...input]`; `place` counts
 * within packed weights, `input` where the image is copied from.
 */
import { spread } from "../../ir/convolution.ts";
import type { Access, ConvKernel } from "../kernel.ts";
import type { Limits } from "../limits.ts";
import { widthOf } from "./lanes.ts";
import type { Tiling } from "./tiles.ts";
import { isFused, isShort, lanesOfSums, rowsOfTile } from "./tiles.ts";

/** The numbers of a convolution's dims. */
export interface Dims {
  readonly batch: number;
  readonly group: number;
  readonly out: number;
  readonly output: readonly number[];
  readonly channel: number;
  readonly window: readonly number[];
  readonly place: number;
  readonly input: readonly number[];
  readonly count: number;
}

/**
 * A tiling: the rows are channels across the result, places for channels in lanes, or images where
 * each has a single place, as in the gradient of a 1 × 1 kernel.
 */
export interface ConvTiling extends Tiling {
  readonly across: boolean;
}

/** A part of the image that is copied: so many elements along each axis of the input. */
export interface Copy {
  readonly from: Access;
  readonly to: Access;
  readonly counts: readonly number[];
}

/** Where the image lies, and how it gets there (no copies: it is the input itself). */
export interface Image {
  readonly access: Access;
  readonly copies: readonly Copy[];
  /** Elements in scratch memory, and whether some are zeros that no copy writes. */
  readonly length: number;
  readonly border: boolean;
}

/** Numbers the dims of a convolution. */
export function dimsOf(kernel: ConvKernel): Dims {
  const axes = kernel.output.length;
  const from = (start: number): number[] => kernel.output.map((_, i) => start + i);
  return {
    batch: 0,
    group: 1,
    out: 2,
    output: from(3),
    channel: 3 + axes,
    window: from(4 + axes),
    place: 4 + 2 * axes,
    input: from(5 + 2 * axes),
    count: 5 + 3 * axes,
  };
}

/** Chooses how a convolution is cut. */
export function chooseConvTiling(kernel: ConvKernel, dims: Dims, limits: Limits): ConvTiling {
  const last = dims.output.at(-1)!;
  const width = kernel.output.at(-1)!;
  const vectorBytes = widthFor(kernel, limits.vectorBytes);
  const full = widthOf(kernel.dtype, vectorBytes);
  const filled = (extent: number): number => extent / (Math.ceil(extent / full) * full);
  const narrow = kernel.outs >= full && (width < full || filled(kernel.outs) > 1.2 * filled(width));
  const v = narrow ? dims.out : last;
  const single = narrow && kernel.output.every((extent) => extent === 1) && isBare(kernel);
  const u = single ? dims.batch : narrow ? last : dims.out;
  const along = narrow ? kernel.outs : width;
  const others = single ? kernel.batch : narrow ? width : kernel.outs;
  const lanes = along < full ? 1 : lanesOfSums(kernel, v, vectorBytes);
  const shape = tileShape(Math.ceil(along / lanes), others, limits.sums);
  const fused = isFused(kernel.dtype, limits);
  return { across: v === last, u, v, lanes, vectorBytes, ...shape, inline: isShort(kernel), fused };
}

/** Vectors as wide as there may be, or half of that where more of the lanes are used. */
function widthFor(kernel: ConvKernel, vectorBytes: number): number {
  const { dtype, outs, output } = kernel;
  const wasted = (bytes: number): number => {
    const full = widthOf(dtype, bytes);
    return Math.min(
      ...[outs, output.at(-1)!].map((extent) => {
        return (Math.ceil(extent / full) * full) / extent;
      }),
    );
  };
  return vectorBytes > 32 && wasted(vectorBytes) > 1.5 * wasted(vectorBytes / 2)
    ? vectorBytes / 2
    : vectorBytes;
}

/** As many accumulators as there may be: fewer rows where there are not more. */
function tileShape(
  vectorsInAll: number,
  rowsInAll: number,
  sums: number,
): { rows: number; vectors: number } {
  const several = sums > 8 ? rowsOfTile(rowsInAll, sums) : rowsInAll <= 5 ? rowsInAll : 4;
  const rows = vectorsInAll === 1 ? Math.min(sums, rowsInAll) : several;
  const most = Math.floor(sums / rows);
  return { rows, vectors: Math.max(1, Math.min(most, vectorsInAll)) };
}

/** Strides over all dims from those of a few. */
export function stridesAt(dims: Dims, along: readonly (readonly [number, number])[]): number[] {
  const strides = new Array<number>(dims.count).fill(0);
  for (const [dim, stride] of along) strides[dim] = stride;
  return strides;
}

/** Lays out the image; `param` is its scratch memory. */
export function layOut(kernel: ConvKernel, dims: Dims, tiling: ConvTiling, param: number): Image {
  const { x, stride, kernelDilation } = kernel;
  const own = (i: number): number => x.strides[3 + i]!;
  const last = stride.length - 1;
  const unit = tiling.lanes === 1 || (own(last) === 1 && stride[last] === 1);
  if (isBare(kernel) && (!tiling.across || unit)) {
    const strides = stridesAt(dims, [
      ...x.strides.slice(0, 2).map((s, dim) => [dim, s] as const),
      [dims.channel, x.strides[2]!],
      ...dims.output.map((dim, i) => [dim, own(i) * stride[i]!] as const),
      ...dims.window.map((dim, i) => [dim, own(i) * kernelDilation[i]!] as const),
    ]);
    return { access: { ...x, strides }, copies: [], length: 0, border: false };
  }
  return copied(kernel, dims, tiling.across && tiling.lanes > 1 && stride[last] !== 1, param);
}

/** Whether no kernel position ever meets a border. */
function isBare(kernel: ConvKernel): boolean {
  return kernel.input.every((extent, i) => {
    const reach = (kernel.output[i]! - 1) * kernel.stride[i]!;
    const wide = reach + spread(kernel.window[i]!, kernel.kernelDilation[i]!);
    return kernel.before[i] === 0 && wide <= extent;
  });
}

function copied(kernel: ConvKernel, dims: Dims, unfold: boolean, param: number): Image {
  const { window, output, stride, kernelDilation } = kernel;
  const last = stride.length - 1;
  const extents = output.map(
    (extent, i) => (extent - 1) * stride[i]! + spread(window[i]!, kernelDilation[i]!),
  );
  if (unfold) extents[last] = window[last]! * output[last]!;
  const pitch = new Array<number>(stride.length).fill(1);
  for (let i = last - 1; i >= 0; i--) pitch[i] = pitch[i + 1]! * extents[i + 1]!;
  const plane = pitch[0]! * extents[0]!;
  const along: [number, number][] = [[dims.channel, plane]];
  dims.output.forEach((dim, i) => along.push([dim, stride[i]! * pitch[i]!]));
  dims.window.forEach((dim, i) => along.push([dim, kernelDilation[i]! * pitch[i]!]));
  if (unfold) along.push([dims.output[last]!, 1], [dims.window[last]!, output[last]!]);
  const access = { param, offset: 0, strides: stridesAt(dims, along), dynamic: [] };
  const inner = unfold ? runsUnfolded(kernel) : [runPlain(kernel, last, extents[last]!)];
  const outer = pitch.slice(0, -1).map((_, i) => runPlain(kernel, i, extents[i]!));
  const copies = inner.map((run) => copyOf(kernel, dims, [...outer, run], pitch, plane, param));
  const written = copies.reduce((sum, { counts }) => sum + counts.reduce((a, b) => a * b, 1), 0);
  const length = plane * kernel.channels;
  return { access, copies, length, border: length > 0 && written < plane };
}

/** Elements of one axis that are copied: from a place of the input to one of the image. */
interface Run {
  readonly from: number;
  readonly fromStep: number;
  readonly to: number;
  readonly toStep: number;
  readonly count: number;
}

/** The elements of the input that lie within the image along an axis. */
function runPlain(kernel: ConvKernel, i: number, extent: number): Run {
  const before = kernel.before[i]!;
  const first = Math.max(0, -before);
  const end = Math.min(kernel.input[i]!, extent - before);
  return {
    from: first,
    to: first + before,
    fromStep: 1,
    toStep: 1,
    count: Math.max(0, end - first),
  };
}

/** For each position along the last axis of the kernel, the elements that it meets. */
function runsUnfolded(kernel: ConvKernel): Run[] {
  const last = kernel.stride.length - 1;
  const [extent, width] = [kernel.input[last]!, kernel.output[last]!];
  const step = kernel.stride[last]!;
  return Array.from({ length: kernel.window[last]! }, (_, k) => {
    const places: [number, number][] = []; // of the result, of the input
    for (let at = 0; at < width; at++) {
      const place = at * step + k * kernel.kernelDilation[last]! - kernel.before[last]!;
      if (place >= 0 && place < extent) places.push([at, place]);
    }
    const first = places[0] ?? ([0, 0] as const);
    const second = places[1] ?? ([1, 1] as const);
    return {
      from: first[1],
      fromStep: second[1] - first[1],
      to: k * width + first[0],
      toStep: second[0] - first[0],
      count: places.length,
    };
  });
}

function copyOf(
  kernel: ConvKernel,
  dims: Dims,
  runs: readonly Run[],
  pitch: readonly number[],
  plane: number,
  param: number,
): Copy {
  const { x } = kernel;
  const from = stridesAt(dims, [
    ...x.strides.slice(0, 2).map((s, dim) => [dim, s] as const),
    [dims.channel, x.strides[2]!],
    ...runs.map((run, i) => [dims.input[i]!, run.fromStep * x.strides[3 + i]!] as const),
  ]);
  const to = stridesAt(dims, [
    [dims.channel, plane],
    ...runs.map((run, i) => [dims.input[i]!, run.toStep * pitch[i]!] as const),
  ]);
  const start = runs.reduce((sum, run, i) => sum + run.from * x.strides[3 + i]!, x.offset);
  const target = runs.reduce((sum, run, i) => sum + run.to * pitch[i]!, 0);
  return {
    from: { ...x, offset: start, strides: from },
    to: { param, offset: target, strides: to, dynamic: [] },
    counts: runs.map((run) => run.count),
  };
}
