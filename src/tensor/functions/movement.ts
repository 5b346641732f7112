/** Shapes and places: nothing is computed here, elements only move. */
import { argumentError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { normalizeAxis, showShape } from "../../core/shape.ts";
import * as border from "../../ir/compose/border.ts";
import * as c from "../../ir/compose/movement.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { castTo } from "../../ir/words.ts";
import { Fn } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import { Value, numbersOf } from "../value.ts";
import type { Optional } from "./define.ts";
import { byName, constantAttrs, inOrder, listing, parametric } from "./define.ts";
import { hostNarrow, isLargeOnHost } from "./host-rows.ts";
import { assertValues } from "./indexing.ts";

function embedDiagonal(b: NodeBuilder, x: Node, offset = 0, dim1 = -2, dim2 = -1): Node {
  const made = c.diagEmbed(b, x, offset);
  const rank = made.type.shape.length;
  const [first, second] = [dim1, dim2].map((dim) => normalizeAxis("diagEmbed", dim, rank));
  return c.movedim(b, made, [rank - 2, rank - 1], [first!, second!]);
}

/** The same elements in another shape; one extent may be −1. */
export const reshape = /* @__PURE__ */ listing("reshape", c.reshape);
/** The same as `reshape`. */
export const view = reshape;
/** The axes in another order. */
export const permute = /* @__PURE__ */ listing("permute", c.permute);
/** Two axes exchanged. */
export const transpose = /* @__PURE__ */ parametric<
  [dim0: number, dim1: number],
  [dim0: number, dim1: number],
  never
>("transpose", ["dim0", "dim1"], c.transpose);
/** The last two axes exchanged (a vector stays). */
export const matrixTranspose = /* @__PURE__ */ parametric<[], [], never>(
  "T",
  [],
  c.matrixTranspose,
);
/** Axes moved to other places. */
export const movedim = /* @__PURE__ */ parametric<
  [source: number | readonly number[], destination: number | readonly number[]],
  [source: number | readonly number[], destination: number | readonly number[]],
  never
>("movedim", ["source", "destination"], c.movedim);
/** Extents of 1 stretched; −1 keeps one. */
export const expand = /* @__PURE__ */ listing("expand", c.expand);
/** The same as `expand`. */
export const broadcastTo = expand;
/** Without axes of extent 1: all of them, or those named. */
export const squeeze = /* @__PURE__ */ parametric<
  [],
  [dim?: number | readonly number[]],
  { readonly dim?: number | readonly number[] }
>("squeeze", ["dim"], c.squeeze);
/** With a new axis of extent 1. */
export const unsqueeze = /* @__PURE__ */ parametric<[dim: number], [dim: number], never>(
  "unsqueeze",
  ["dim"],
  c.unsqueeze,
);
/** Axes `startDim` (default 0) to `endDim` (default −1) made one. */
export const flatten = /* @__PURE__ */ parametric<
  [],
  [startDim?: number, endDim?: number],
  { readonly startDim?: number; readonly endDim?: number }
>("flatten", ["startDim", "endDim"], c.flatten);
/** One axis divided into several. */
export const unflatten = /* @__PURE__ */ parametric<
  [dim: number, sizes: Shape],
  [dim: number, sizes: Shape],
  never
>("unflatten", ["dim", "sizes"], c.unflatten);
/** Axes reversed. */
export const flip = /* @__PURE__ */ listing("flip", c.flip);
/** Elements moved around axes, or around the flattened tensor. */
export const roll = /* @__PURE__ */ parametric<
  [shifts: number | readonly number[]],
  [shifts: number | readonly number[], dims?: number | readonly number[]],
  { readonly dims?: number | readonly number[] }
>("roll", ["shifts", "dims"], c.roll);
/** A plane (default: axes 0 and 1) turned by k (default 1) quarter turns. */
export const rot90 = /* @__PURE__ */ parametric<
  [],
  [k?: number, dims?: readonly [number, number]],
  { readonly k?: number; readonly dims?: readonly [number, number] }
>("rot90", ["k", "dims"], c.rot90);
/** Copies laid side by side, `counts` of them per axis. */
export const repeat = /* @__PURE__ */ listing("repeat", c.repeat);
/** `repeat` with missing counts on the left being 1. */
export const tile = /* @__PURE__ */ listing("tile", c.tile);
const repeatEach = /* @__PURE__ */ parametric<
  [repeats: number],
  [repeats: number, dim?: number],
  { readonly dim?: number }
>("repeatInterleave", ["repeats", "dim"], c.repeatInterleave);
const repeatBy = /* @__PURE__ */ parametric<
  [counts: readonly number[], dim: number],
  [counts: readonly number[], dim: number],
  never
>("repeatInterleave", ["counts", "dim"], c.repeatInterleaveBy);

/** An axis by position or by name, or none. */
export type OptionalAxis = number | { readonly dim?: number };

/** Each slice repeated as often, or as often as its count says, along an axis or flattened. */
export function repeatInterleave<V extends Value>(
  x: V,
  repeats: number | readonly number[],
  dim?: OptionalAxis,
): V;
/** Each slice repeated as often as a tensor of counts (int32) says; asynchronous: they are read. */
export function repeatInterleave<V extends Value>(x: V, repeats: V, dim?: OptionalAxis): Promise<V>;
/** Each slice repeated, along an axis or flattened. */
export function repeatInterleave<V extends Value>(
  x: V,
  repeats: number | readonly number[] | V,
  dim?: OptionalAxis,
): V | Promise<V> {
  const axis = typeof dim === "object" ? dim.dim : dim;
  if (typeof repeats === "number") {
    return axis === undefined ? repeatEach(x, repeats) : repeatEach(x, repeats, axis);
  }
  const line = axis === undefined ? reshape(x, [-1]) : x;
  if (repeats instanceof Value) return repeatCounted(line, repeats, axis ?? 0);
  return repeatBy(line, repeats, axis ?? 0);
}

async function repeatCounted<V extends Value>(x: V, counts: V, axis: number): Promise<V> {
  if (counts.type.dtype !== "int32" || counts.type.shape.length > 1) {
    throw argumentError(`repeatInterleave: the counts are ${counts.type.text}; need int32[n].`);
  }
  assertValues("repeatInterleave", counts);
  const read = Array.from<number>(await numbersOf(counts));
  const extent = x.type.shape[normalizeAxis("repeatInterleave", axis, x.type.shape.length)]!;
  return repeatBy(x, read.length === 1 ? new Array<number>(extent).fill(read[0]!) : read, axis);
}

/** The diagonal of two axes (default: 0 and 1), as the last axis. */
export const diagonal = /* @__PURE__ */ parametric<
  [],
  [offset?: number, dim1?: number, dim2?: number],
  { readonly offset?: number; readonly dim1?: number; readonly dim2?: number }
>("diagonal", ["offset", "dim1", "dim2"], c.diagonal);
/**
 * Matrices (in axes `dim1` and `dim2`, default the last two) with the last axis on their diagonal.
 */
export const diagEmbed = /* @__PURE__ */ parametric<
  [],
  [offset?: number, dim1?: number, dim2?: number],
  { readonly offset?: number; readonly dim1?: number; readonly dim2?: number }
>("diagEmbed", ["offset", "dim1", "dim2"], embedDiagonal);
/** A vector's matrix, or a matrix's diagonal. */
export const diag = /* @__PURE__ */ parametric<
  [],
  [diagonal?: number],
  { readonly diagonal?: number }
>("diag", ["diagonal"], c.diag);
/** The lower triangle, up to a diagonal (default 0); 0 above. */
export const tril = /* @__PURE__ */ parametric<
  [],
  [diagonal?: number],
  { readonly diagonal?: number }
>("tril", ["diagonal"], c.tril);
/** The upper triangle, from a diagonal (default 0) on; 0 below. */
export const triu = /* @__PURE__ */ parametric<
  [],
  [diagonal?: number],
  { readonly diagonal?: number }
>("triu", ["diagonal"], c.triu);
/** Windows of `size`, `step` apart, along an axis; they become a new last axis. */
export const unfold = /* @__PURE__ */ parametric<
  [dim: number, size: number, step: number],
  [dim: number, size: number, step: number],
  never
>("unfold", ["dim", "size", "step"], border.unfold);

const narrowFn = /* @__PURE__ */ new Fn<{ readonly dim: number; readonly length: number }>(
  "narrow",
  (b, [x, start], { dim, length }) => [c.narrow(b, x!, dim, start!, length)],
);

const narrowByFn = /* @__PURE__ */ new Fn<{ readonly dim: number; readonly length: number }>(
  "narrow",
  (b, [x, start], { dim, length }) => [c.narrow(b, x!, dim, castTo(b, start!, "float64"), length)],
);

/**
 * `length` elements along an axis from `start` on (negative counts from the end). A start in a
 * tensor is held inside the axis instead of checked.
 */
export function narrow<V extends Value>(x: V, dim: number, start: number | V, length: number): V {
  const { shape } = x.type;
  if (typeof start !== "number") return narrowBy(x, dim, start, length);
  const extent = shape[normalizeAxis("narrow", dim, shape.length)] ?? 1;
  const from = start < 0 ? start + extent : start;
  if (
    !Number.isInteger(from) ||
    !Number.isInteger(length) ||
    from < 0 ||
    length < 0 ||
    from + length > extent
  ) {
    throw argumentError(
      `narrow: start ${start} and length ${length} leave axis ${dim} of ${showShape(shape)}; ` +
        `need integers with 0 ≤ start and start + length ≤ ${extent}.`,
    );
  }
  if (isLargeOnHost(x))
    return hostNarrow(x, normalizeAxis("narrow", dim, shape.length), from, length);
  return call1(narrowFn, [x], [from], constantAttrs({ dim, length }));
}

function narrowBy<V extends Value>(x: V, dim: number, start: V, length: number): V {
  if (start.type.shape.length > 0 || start.type.dtype !== "int32") {
    throw argumentError(`narrow: the start is ${start.type.text}; need a number or int32[].`);
  }
  return call1(narrowByFn, [x, start], [], constantAttrs({ dim, length }));
}

const selectFn = /* @__PURE__ */ new Fn<{ readonly dim: number }>(
  "select",
  (b, [x, index], { dim }) => [c.select(b, x!, dim, index!)],
);

/** The elements at one place of an axis, which goes away. */
export function select<V extends Value>(x: V, dim: number, index: number): V {
  const { shape } = x.type;
  const extent = shape[normalizeAxis("select", dim, shape.length)] ?? 0;
  const at = index < 0 ? index + extent : index;
  if (!Number.isInteger(at) || at < 0 || at >= extent) {
    throw argumentError(
      `select: index ${index} is out of range for axis ${dim} of ${showShape(shape)}; ` +
        `need an integer from ${-extent} to ${extent - 1}.`,
    );
  }
  return call1(selectFn, [x], [at], constantAttrs({ dim }));
}

type SliceParameters = [dim: number, start: number | null, end: number | null, step: number];
const stepped = /* @__PURE__ */ parametric<SliceParameters, SliceParameters, never>(
  "slice",
  [],
  c.slice,
);

/** `start:end:step` along an axis, with Python's rules for what is negative, missing or outside. */
export function slice<V extends Value>(
  x: V,
  dim: number,
  start?: number | null,
  end?: number | null,
  step = 1,
): V {
  if (step !== 1) return stepped(x, dim, start ?? null, end ?? null, step);
  const { shape } = x.type;
  const extent = shape[normalizeAxis("slice", dim, shape.length)] ?? 1;
  const place = (at: number): number => Math.min(extent, Math.max(0, at < 0 ? at + extent : at));
  const from = place(start ?? 0);
  const length = Math.max(0, place(end ?? extent) - from);
  // a cell is set later: what was taken of it stays
  return length === extent && !x.settable ? x : narrow(x, dim, length === 0 ? 0 : from, length);
}

interface JoinAttrs {
  readonly dim: number;
}

/** An axis by position, or by name in an options object. */
export type AxisArgument = number | { readonly dim?: number };

function along(name: string, dim: AxisArgument): JoinAttrs {
  return constantAttrs({ dim: (inOrder(name, ["dim"], [dim])[0] as number | undefined) ?? 0 });
}

const catFn = /* @__PURE__ */ new Fn<JoinAttrs>("cat", (b, parts, { dim }) => [
  c.cat(b, parts, dim),
]);
const stackFn = /* @__PURE__ */ new Fn<JoinAttrs>("stack", (b, parts, { dim }) => [
  c.stack(b, parts, dim),
]);

/** Tensors laid one after another along an axis. Default: 0. */
export function cat<V extends Value>(tensors: readonly V[], dim: AxisArgument = 0): V {
  return call1(catFn, some("cat", tensors), [], along("cat", dim));
}

/** Tensors of one shape laid along a new axis. Default: 0. */
export function stack<V extends Value>(tensors: readonly V[], dim: AxisArgument = 0): V {
  return call1(stackFn, some("stack", tensors), [], along("stack", dim));
}

function some<V>(name: string, tensors: readonly V[]): readonly V[] {
  if (tensors.length > 0) return tensors;
  throw argumentError(`${name}: the list is empty; need at least one tensor.`);
}

const splitFn = /* @__PURE__ */ new Fn<{
  readonly sizes: number | readonly number[];
  readonly dim: number;
}>("split", (b, [x], { sizes, dim }) => c.split(b, x!, sizes, dim));
const chunkFn = /* @__PURE__ */ new Fn<{ readonly chunks: number; readonly dim: number }>(
  "chunk",
  (b, [x], { chunks, dim }) => c.chunk(b, x!, chunks, dim),
);

/** Pieces of one size (the last may be smaller), or of the sizes given, along an axis. */
export function split<V extends Value>(
  x: V,
  sizes: number | readonly number[],
  dim: AxisArgument = 0,
): V[] {
  return call(splitFn, [x], [], constantAttrs({ sizes, ...along("split", dim) }));
}

/** `chunks` pieces of nearly one size along an axis. */
export function chunk<V extends Value>(x: V, chunks: number, dim: AxisArgument = 0): V[] {
  return call(chunkFn, [x], [], constantAttrs({ chunks, ...along("chunk", dim) }));
}

/** The places of one axis, each without it. */
export function unbind<V extends Value>(x: V, axis: AxisArgument = 0): V[] {
  const { shape } = x.type;
  const { dim } = along("unbind", axis);
  const extent = shape[normalizeAxis("unbind", dim, shape.length)]!;
  return Array.from({ length: extent }, (_, index) => select(x, dim, index));
}

/** Options of `pad`. */
export interface PadOptions {
  /** What stands outside: a value (default), mirrored, the nearest, or the other end. */
  readonly mode?: border.PadMode;
  /** The value outside for mode "constant". Default: 0. */
  readonly value?: number;
}

const padFn = /* @__PURE__ */ new Fn<{ readonly p: readonly unknown[] }>("pad", (b, [x], { p }) => [
  border.pad(b, x!, ...(p as [readonly number[], border.PadMode, number])),
]);

/**
 * Elements added (or, negative, taken away) at the ends of axes: last axis first, before and after.
 */
export function pad<V extends Value>(
  x: V,
  pads: readonly number[],
  ...args: Optional<[mode?: border.PadMode, value?: number], PadOptions>
): V {
  const options = byName<PadOptions>("pad", ["mode", "value"], args);
  const { mode = "constant", value = 0 } = options;
  return call1(padFn, [x], [], constantAttrs({ p: [pads, mode, value] }));
}

/** `pad` with a value (default 0). */
export function constantPadNd<V extends Value>(
  x: V,
  pads: readonly number[],
  value: number | boolean | { readonly value?: number } = 0,
): V {
  return pad(x, pads, typeof value === "object" ? value : { value: Number(value) });
}
