/** Shapes and places: nothing is computed here, elements only move. */
import { argumentError, shapeError } from "../../core/errors.ts";
import type { Options } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import type { Shape } from "../../core/shape.ts";
import { normalizeAxis, showShape, sizeOf } from "../../core/shape.ts";
import * as border from "../../ir/compose/border.ts";
import * as c from "../../ir/compose/movement.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import {
  castTo,
  concat,
  expandTo,
  permute as permuted,
  reshape as reshaped,
  sliceAxis,
  swapAxes,
} from "../../ir/words.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import { numbersOf, Value } from "../value.ts";
import { constantAttrs, define, joining, listing, withGraph } from "./define.ts";
import { hostNarrow, isLargeOnHost } from "./host-rows.ts";
import { assertValues } from "./indexing.ts";

/** The same elements in another shape; one extent may be −1. */
export const reshape = /* @__PURE__ */ listing("reshape", c.reshape);
/** The same as `reshape`. */
export const view = reshape;
/** The axes in another order. */
export const permute = /* @__PURE__ */ listing("permute", (b, x, dims) => {
  const axes = dims.map((dim) => c.axisOf("permute", x, dim));
  if (new Set(axes).size !== x.type.shape.length || axes.length !== x.type.shape.length) {
    throw shapeError(
      `permute: dims [${dims.join(", ")}] do not name each axis of ${showShape(x.type.shape)} once.`,
    );
  }
  return permuted(b, x, axes);
});
/** Two axes exchanged. */
export const transpose = /* @__PURE__ */ define(
  "transpose",
  {},
  (b, x, dim0: number, dim1: number) =>
    swapAxes(b, x, c.axisOf("transpose", x, dim0), c.axisOf("transpose", x, dim1)),
  { needed: ["dim0", "dim1"] },
);
/** The last two axes exchanged (a vector stays). */
export const matrixTranspose = /* @__PURE__ */ define("T", {}, c.matrixTranspose);
/** Axes moved to other places. */
export const movedim = /* @__PURE__ */ define("movedim", {}, c.movedim, {
  needed: ["source", "destination"],
});
/** Extents of 1 stretched; −1 keeps one. */
export const expand = /* @__PURE__ */ listing("expand", (b, x, shape) => {
  const own = x.type.shape;
  const lead = shape.length - own.length;
  const full = shape.map((n, axis) => (n === -1 && axis >= lead ? own[axis - lead]! : n));
  const fits = own.every((n, axis) => n === 1 || n === full[axis + lead]);
  if (lead < 0 || !fits || full.some((n) => n < 0)) {
    throw shapeError(
      `expand: x is ${showShape(own)}, the new shape is ${showShape(shape)}; ` +
        `only axes of extent 1 stretch, and new axes come first.`,
    );
  }
  return expandTo(b, x, full);
});
/** The same as `expand`. */
export const broadcastTo = expand;
/** Without axes of extent 1: all of them, or those named. */
export const squeeze = /* @__PURE__ */ define(
  "squeeze",
  { dim: null as number | readonly number[] | null },
  (b, x, dim: number | readonly number[] | null) => {
    const { shape } = x.type;
    const dims = dim === null ? shape.map((_, axis) => axis) : [dim].flat();
    const axes = dims.map((d) => c.axisOf("squeeze", x, d));
    return reshaped(
      b,
      x,
      shape.filter((n, axis) => n !== 1 || !axes.includes(axis)),
    );
  },
);
/** With a new axis of extent 1. */
export const unsqueeze = /* @__PURE__ */ define("unsqueeze", {}, c.unsqueeze, { needed: ["dim"] });
/** Axes `startDim` (default 0) to `endDim` (default −1) made one. */
export const flatten = /* @__PURE__ */ define(
  "flatten",
  { startDim: 0, endDim: -1 },
  (b, x, startDim: number, endDim: number) => {
    const { shape } = x.type;
    if (shape.length === 0) return reshaped(b, x, [1]);
    const [first, last] = [c.axisOf("flatten", x, startDim), c.axisOf("flatten", x, endDim)];
    if (first > last) throw argumentError(`flatten: axis ${startDim} comes after axis ${endDim}.`);
    const joined = sizeOf(shape.slice(first, last + 1));
    return reshaped(b, x, [...shape.slice(0, first), joined, ...shape.slice(last + 1)]);
  },
);
/** One axis divided into several. */
export const unflatten = /* @__PURE__ */ define(
  "unflatten",
  {},
  (b, x, dim: number, sizes: Shape) => {
    const axis = c.axisOf("unflatten", x, dim);
    const { shape } = x.type;
    return c.reshape(b, x, [...shape.slice(0, axis), ...sizes, ...shape.slice(axis + 1)]);
  },
  { needed: ["dim", "sizes"] },
);
/** Axes reversed. */
export const flip = /* @__PURE__ */ listing("flip", c.flip);

/** Moves elements around axes; without dims, around the flattened tensor. */
function rolled(
  b: NodeBuilder,
  x: Node,
  shifts: number | readonly number[],
  dims: number | readonly number[] | null,
): Node {
  if (dims === null || (Array.isArray(dims) && dims.length === 0)) {
    return reshaped(b, rolled(b, reshaped(b, x, [x.type.size]), shifts, 0), x.type.shape);
  }
  const [by, axes] = [[shifts].flat(), [dims].flat()];
  if (by.length !== axes.length) throw argumentError("roll: need as many shifts as dims.");
  return axes.reduce((y: Node, dim, i) => {
    const axis = c.axisOf("roll", y, dim);
    const extent = y.type.shape[axis] ?? 1;
    if (extent === 0) return y;
    const shift = ((by[i]! % extent) + extent) % extent || 0;
    if (shift === 0) return y;
    const tail = sliceAxis(b, y, axis, extent - shift, shift);
    return concat(b, [tail, sliceAxis(b, y, axis, 0, extent - shift)], axis);
  }, x);
}

/** Elements moved around axes, or around the flattened tensor. */
export const roll = /* @__PURE__ */ define(
  "roll",
  { dims: null as number | readonly number[] | null },
  rolled,
  { needed: ["shifts"] },
);
/** A plane (default: axes 0 and 1) turned by k (default 1) quarter turns. */
export const rot90 = /* @__PURE__ */ define(
  "rot90",
  { k: 1, dims: [0, 1] as readonly [number, number] },
  (b, x, k: number, dims: readonly [number, number]) => {
    const [p, q] = dims;
    switch (((k % 4) + 4) % 4) {
      case 1:
        return transpose.graph(b, c.flip(b, x, q), p, q);
      case 2:
        return c.flip(b, x, [p, q]);
      case 3:
        return c.flip(b, transpose.graph(b, x, p, q), q);
      default:
        return x;
    }
  },
);
/** Copies laid side by side, `counts` of them per axis. */
export const repeat = /* @__PURE__ */ listing("repeat", c.repeat);
/** `repeat` with missing counts on the left being 1. */
export const tile = /* @__PURE__ */ listing("tile", (b, x, counts) => {
  const missing = Math.max(0, x.type.shape.length - counts.length);
  return c.repeat(b, x, [...new Array<number>(missing).fill(1), ...counts]);
});

const repeatEach = /* @__PURE__ */ define(
  "repeatInterleave",
  { dim: null as number | null },
  c.repeatInterleave,
  { needed: ["repeats"] },
);
const repeatBy = /* @__PURE__ */ define("repeatInterleave", {}, c.repeatInterleaveBy, {
  needed: ["counts", "dim"],
});

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
    return repeatEach(x, repeats, axis);
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
export const diagonal = /* @__PURE__ */ define(
  "diagonal",
  { offset: 0, dim1: 0, dim2: 1 },
  c.diagonal,
);
/**
 * Matrices (in axes `dim1` and `dim2`, default the last two) with the last axis on their diagonal.
 */
export const diagEmbed = /* @__PURE__ */ define(
  "diagEmbed",
  { offset: 0, dim1: -2, dim2: -1 },
  (b, x, offset: number, dim1: number, dim2: number) => {
    const made = c.diagEmbed(b, x, offset);
    const rank = made.type.shape.length;
    const [first, second] = [dim1, dim2].map((dim) => normalizeAxis("diagEmbed", dim, rank));
    return c.movedim(b, made, [rank - 2, rank - 1], [first!, second!]);
  },
);
/** A vector's matrix, or a matrix's diagonal. */
export const diag = /* @__PURE__ */ define("diag", { diagonal: 0 }, (b, x, diagonal: number) =>
  x.type.shape.length === 1 ? c.diagEmbed(b, x, diagonal) : c.diagonal(b, x, diagonal, 0, 1),
);
/** The lower triangle, up to a diagonal (default 0); 0 above. */
export const tril = /* @__PURE__ */ define("tril", { diagonal: 0 }, (b, x, diagonal: number) =>
  c.tril(b, x, diagonal),
);
/** The upper triangle, from a diagonal (default 0) on; 0 below. */
export const triu = /* @__PURE__ */ define("triu", { diagonal: 0 }, (b, x, diagonal: number) =>
  c.triu(b, x, diagonal),
);
/** Windows of `size`, `step` apart, along an axis; they become a new last axis. */
export const unfold = /* @__PURE__ */ define("unfold", {}, border.unfold, {
  needed: ["dim", "size", "step"],
});

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

const stepped = /* @__PURE__ */ define(
  "slice",
  { start: null as number | null, end: null as number | null, step: 1 },
  (b, x, dim: number, start: number | null, end: number | null, step: number) => {
    const axis = c.axisOf("slice", x, dim);
    const extent = x.type.shape[axis] ?? 1;
    if (!Number.isInteger(step) || step === 0) {
      throw argumentError(`slice: the step is ${step}; need an integer other than 0.`);
    }
    const [least, most] = step > 0 ? [0, extent] : [-1, extent - 1];
    const place = (at: number): number =>
      Math.min(most, Math.max(least, at < 0 ? at + extent : at));
    const from = start === null ? (step > 0 ? 0 : extent - 1) : place(start);
    const to = end === null ? (step > 0 ? extent : -1) : place(end);
    const size = Math.max(0, Math.ceil((to - from) / step));
    return sliceAxis(b, x, axis, size === 0 ? 0 : from, size, step);
  },
  { needed: ["dim"] },
);

function sliceCall<V extends Value>(
  x: V,
  dim: number,
  start?: number | null,
  end?: number | null,
  step = 1,
): V {
  if (step !== 1) return stepped(x, dim, start, end, step);
  const { shape } = x.type;
  const extent = shape[normalizeAxis("slice", dim, shape.length)] ?? 1;
  const place = (at: number): number => Math.min(extent, Math.max(0, at < 0 ? at + extent : at));
  const from = place(start ?? 0);
  const length = Math.max(0, place(end ?? extent) - from);
  // a cell is set later: what was taken of it stays
  return length === extent && !x.settable ? x : narrow(x, dim, length === 0 ? 0 : from, length);
}

/** `start:end:step` along an axis, with Python's rules for what is negative, missing or outside. */
export const slice = /* @__PURE__ */ withGraph(sliceCall, stepped.graph);

/** An axis by position, or by name in an options object. */
export type AxisArgument = number | { readonly dim?: number };

/** Tensors laid one after another along an axis. Default: 0. */
export const cat = /* @__PURE__ */ joining("cat", c.cat);

/** Tensors of one shape laid along a new axis. Default: 0. */
export const stack = /* @__PURE__ */ joining("stack", (b, parts, dim) => {
  const first = parts[0];
  if (first === undefined) throw argumentError("stack: got no tensors; need at least one.");
  const axis = normalizeAxis("stack", dim, first.type.shape.length + 1);
  for (const part of parts) {
    if (showShape(part.type.shape) === showShape(first.type.shape)) continue;
    throw shapeError(
      `stack: tensors are ${showShape(first.type.shape)} and ${showShape(part.type.shape)}; ` +
        `need equal shapes.`,
    );
  }
  return c.cat(
    b,
    parts.map((part) => c.unsqueeze(b, part, axis)),
    axis,
  );
});

/** Pieces of one size (the last may be smaller), or of the sizes given, along an axis. */
export const split = /* @__PURE__ */ define("split", { dim: 0 }, c.split, { needed: ["sizes"] });

/** `chunks` pieces of nearly one size along an axis. */
export const chunk = /* @__PURE__ */ define(
  "chunk",
  { dim: 0 },
  (b, x, chunks: number, dim: number) => {
    if (!Number.isInteger(chunks) || chunks <= 0) {
      throw argumentError(`chunk: the number of pieces is ${chunks}; need a positive integer.`);
    }
    const extent = x.type.shape[c.axisOf("chunk", x, dim)] ?? 1;
    return c.split(b, x, Math.max(1, Math.ceil(extent / chunks)), dim);
  },
  { needed: ["chunks"] },
);

/** The places of one axis, each without it. */
export function unbind<V extends Value>(x: V, axis: AxisArgument = 0): V[] {
  const { shape } = x.type;
  const { dim } = read("unbind", { dim: 0 }, [axis]);
  const extent = shape[normalizeAxis("unbind", dim, shape.length)]!;
  return Array.from({ length: extent }, (_, index) => select(x, dim, index));
}

const PAD = {
  /** What stands outside: a value (default), mirrored, the nearest, or the other end. */
  mode: "constant" as border.PadMode,
  /** The value outside for mode "constant". Default: 0. */
  value: 0,
};

/** Options of `pad`. */
export type PadOptions = Options<typeof PAD>;

/**
 * Elements added (or, negative, taken away) at the ends of axes: last axis first, before and after.
 */
export const pad = /* @__PURE__ */ define("pad", PAD, border.pad, { needed: ["pads"] });

/** `pad` with a value (default 0). */
export function constantPadNd<V extends Value>(
  x: V,
  pads: readonly number[],
  value: number | boolean | { readonly value?: number } = 0,
): V {
  return pad(x, pads, typeof value === "object" ? value : { value: Number(value) });
}
