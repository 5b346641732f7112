/** Rearrangements: shapes, axes, pieces, borders. Nothing here computes. */
import { promote } from "../../core/dtype.ts";
import { argumentError, shapeError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { normalizeAxis, showShape, sizeOf } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import {
  castTo,
  concat,
  constant,
  expandTo,
  fill,
  fillLike,
  op,
  permute as permuteAxes,
  positions,
  reshape as reshapeTo,
  reverse,
  sliceAxis,
  swapAxes,
} from "../words.ts";

/** A place known at tracing, or a float64 scalar read when the program runs. */
export type Start = number | Node;

function axisOf(name: string, x: Node, dim: number): number {
  return normalizeAxis(name, dim, x.type.shape.length);
}

function withExtent(shape: Shape, axis: number, extent: number): number[] {
  return shape.map((n, a) => (a === axis ? extent : n));
}

/** Gives another shape; one extent may be −1. */
export function reshape(b: NodeBuilder, x: Node, shape: Shape): Node {
  const known = shape.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const open = shape.filter((n) => n === -1).length;
  const fits = open === 0 ? known === x.type.size : known > 0 && x.type.size % known === 0;
  if (open > 1 || !fits || shape.some((n) => !Number.isInteger(n) || n < -1)) {
    throw shapeError(
      `reshape: x is ${showShape(x.type.shape)} (${x.type.size} elements); ` +
        `${showShape(shape)} does not hold as many.`,
    );
  }
  return reshapeTo(
    b,
    x,
    shape.map((n) => (n === -1 ? x.type.size / known : n)),
  );
}

/** Reorders axes. */
export function permute(b: NodeBuilder, x: Node, dims: readonly number[]): Node {
  const axes = dims.map((dim) => axisOf("permute", x, dim));
  if (new Set(axes).size !== x.type.shape.length || axes.length !== x.type.shape.length) {
    throw shapeError(
      `permute: dims [${dims.join(", ")}] do not name each axis of ${showShape(x.type.shape)} once.`,
    );
  }
  return permuteAxes(b, x, axes);
}

/** Exchanges two axes. */
export function transpose(b: NodeBuilder, x: Node, first: number, second: number): Node {
  return swapAxes(b, x, axisOf("transpose", x, first), axisOf("transpose", x, second));
}

/** The transposed matrix: the last two axes exchanged (of fewer axes: x). */
export function matrixTranspose(b: NodeBuilder, x: Node): Node {
  return x.type.shape.length < 2 ? x : transpose(b, x, -2, -1);
}

/** Moves axes to other places; the rest keep their order. */
export function movedim(
  b: NodeBuilder,
  x: Node,
  source: number | readonly number[],
  destination: number | readonly number[],
): Node {
  const list = (dims: number | readonly number[]): number[] =>
    (typeof dims === "number" ? [dims] : dims).map((dim) => axisOf("movedim", x, dim));
  const [from, to] = [list(source), list(destination)];
  if (from.length !== to.length) throw argumentError("movedim: need as many places as axes.");
  const rest = x.type.shape.map((_, axis) => axis).filter((axis) => !from.includes(axis));
  const axes = x.type.shape.map((_, place) => {
    const moved = to.indexOf(place);
    return moved < 0 ? rest.shift()! : from[moved]!;
  });
  return permuteAxes(b, x, axes);
}

/** Stretches axes of extent 1; −1 keeps an extent; new axes come first. */
export function expand(b: NodeBuilder, x: Node, shape: Shape): Node {
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
}

/** Removes axes of extent 1: the given ones, or all. */
export function squeeze(b: NodeBuilder, x: Node, dim?: number | readonly number[]): Node {
  const { shape } = x.type;
  const dims = dim === undefined ? shape.map((_, axis) => axis) : [dim].flat();
  const axes = dims.map((d) => axisOf("squeeze", x, d));
  return reshapeTo(
    b,
    x,
    shape.filter((n, axis) => n !== 1 || !axes.includes(axis)),
  );
}

/** Inserts an axis of extent 1. */
export function unsqueeze(b: NodeBuilder, x: Node, dim: number): Node {
  const axis = normalizeAxis("unsqueeze", dim, x.type.shape.length + 1);
  return reshapeTo(b, x, [...x.type.shape.slice(0, axis), 1, ...x.type.shape.slice(axis)]);
}

/** Joins neighbouring axes into one. */
export function flatten(b: NodeBuilder, x: Node, startDim = 0, endDim = -1): Node {
  const { shape } = x.type;
  if (shape.length === 0) return reshapeTo(b, x, [1]);
  const [first, last] = [axisOf("flatten", x, startDim), axisOf("flatten", x, endDim)];
  if (first > last) throw argumentError(`flatten: axis ${startDim} comes after axis ${endDim}.`);
  const joined = sizeOf(shape.slice(first, last + 1));
  return reshapeTo(b, x, [...shape.slice(0, first), joined, ...shape.slice(last + 1)]);
}

/** Splits an axis into several; one extent may be −1. */
export function unflatten(b: NodeBuilder, x: Node, dim: number, sizes: Shape): Node {
  const axis = axisOf("unflatten", x, dim);
  const { shape } = x.type;
  return reshape(b, x, [...shape.slice(0, axis), ...sizes, ...shape.slice(axis + 1)]);
}

/** Lays tensors one after another along an axis, in their widest dtype; those of [0] count not. */
export function cat(b: NodeBuilder, parts: readonly Node[], dim = 0): Node {
  const some = parts.filter(({ type }) => type.size > 0 || type.shape.length !== 1);
  const used = some.length > 0 ? some : parts;
  const first = used[0];
  if (first === undefined) throw argumentError("cat: got no tensors; need at least one.");
  if (first.type.shape.length === 0) throw shapeError("cat: scalars have no axis; use stack.");
  const axis = axisOf("cat", first, dim);
  const dtype = parts.map((part) => part.type.dtype).reduce(promote);
  const cast = used.map((part) => castTo(b, part, dtype));
  for (const part of cast) b.apply("concat", [cast[0]!, part], { axis }); // names the one that differs
  return concat(b, cast, axis);
}

/** Lays tensors of one shape side by side along a new axis. */
export function stack(b: NodeBuilder, parts: readonly Node[], dim = 0): Node {
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
  return cat(
    b,
    parts.map((part) => unsqueeze(b, part, axis)),
    axis,
  );
}

/** Cuts an axis into pieces of one size (the last may be smaller), or of the given sizes. */
export function split(b: NodeBuilder, x: Node, sizes: number | readonly number[], dim = 0): Node[] {
  const axis = axisOf("split", x, dim);
  const extent = x.type.shape[axis] ?? 1;
  const list = typeof sizes === "number" ? piecesOf(extent, sizes) : [...sizes];
  const total = list.reduce((sum, n) => sum + n, 0);
  if (total !== extent) {
    throw argumentError(
      `split: sizes [${list.join(", ")}] add up to ${total}; axis ${dim} of ` +
        `${showShape(x.type.shape)} has ${extent}.`,
    );
  }
  let start = 0;
  return list.map((size) => {
    start += size;
    return sliceAxis(b, x, axis, start - size, size);
  });
}

function piecesOf(extent: number, size: number): number[] {
  if (!Number.isInteger(size) || size <= 0) {
    throw argumentError(`split: the size of a piece is ${size}; need a positive integer.`);
  }
  const count = Math.max(1, Math.ceil(extent / size));
  return Array.from({ length: count }, (_, i) => Math.min(size, extent - i * size));
}

/** Cuts an axis into at most `chunks` pieces of equal size (the last may be smaller). */
export function chunk(b: NodeBuilder, x: Node, chunks: number, dim = 0): Node[] {
  if (!Number.isInteger(chunks) || chunks <= 0) {
    throw argumentError(`chunk: the number of pieces is ${chunks}; need a positive integer.`);
  }
  const extent = x.type.shape[axisOf("chunk", x, dim)] ?? 1;
  return split(b, x, Math.max(1, Math.ceil(extent / chunks)), dim);
}

/** Takes `length` elements along an axis, from a place known now or read at run time. */
export function narrow(b: NodeBuilder, x: Node, dim: number, start: Start, length: number): Node {
  const axis = axisOf("narrow", x, dim);
  const { shape } = x.type;
  const extent = shape[axis] ?? 1;
  if (typeof start !== "number") {
    const attrs = { start: shape.map(() => 0), step: shape.map(() => 1), dynamic: [axis] };
    return b.apply("slice", [x, start], { ...attrs, size: withExtent(shape, axis, length) });
  }
  const from = start < 0 ? start + extent : start;
  if (!Number.isInteger(length) || length < 0 || from < 0 || from + length > extent) {
    throw argumentError(
      `narrow: start ${start} and length ${length} leave axis ${dim} of ` +
        `${showShape(shape)}, which has ${extent}.`,
    );
  }
  return sliceAxis(b, x, axis, length === 0 ? 0 : from, length);
}

/** Takes one element along an axis, which goes away. */
export function select(b: NodeBuilder, x: Node, dim: number, index: Start): Node {
  const axis = axisOf("select", x, dim);
  const extent = x.type.shape[axis] ?? 0;
  if (typeof index === "number" && (index < -extent || index >= extent)) {
    throw argumentError(
      `select: index ${index} is out of range for axis ${dim} of ${showShape(x.type.shape)}.`,
    );
  }
  const piece = narrow(b, x, axis, index, 1);
  return reshapeTo(
    b,
    piece,
    x.type.shape.filter((_, a) => a !== axis),
  );
}

/**
 * Takes `start:end:step` along an axis, with Python's rules for what is negative, missing or
 * outside.
 */
export function slice(
  b: NodeBuilder,
  x: Node,
  dim: number,
  start?: number | null,
  end?: number | null,
  step = 1,
): Node {
  const axis = axisOf("slice", x, dim);
  const extent = x.type.shape[axis] ?? 1;
  if (!Number.isInteger(step) || step === 0) {
    throw argumentError(`slice: the step is ${step}; need an integer other than 0.`);
  }
  const [least, most] = step > 0 ? [0, extent] : [-1, extent - 1];
  const place = (at: number): number => Math.min(most, Math.max(least, at < 0 ? at + extent : at));
  const from = start === undefined || start === null ? (step > 0 ? 0 : extent - 1) : place(start);
  const to = end === undefined || end === null ? (step > 0 ? extent : -1) : place(end);
  const size = Math.max(0, Math.ceil((to - from) / step));
  return sliceAxis(b, x, axis, size === 0 ? 0 : from, size, step);
}

/** x with a block written into it along an axis, at a place known now or read at run time. */
export function narrowUpdate(
  b: NodeBuilder,
  x: Node,
  dim: number,
  start: Start,
  block: Node,
): Node {
  const axis = axisOf("narrowUpdate", x, dim);
  const { shape } = x.type;
  const fixed = typeof start === "number";
  const from = shape.map((_, a) => (fixed && a === axis ? start : 0));
  return b.apply("update", fixed ? [x, block] : [x, block, start], {
    start: from,
    step: shape.map(() => 1),
    dynamic: fixed ? [] : [axis],
  });
}

/** Reverses axes. */
export function flip(b: NodeBuilder, x: Node, dims: number | readonly number[]): Node {
  return [dims].flat().reduce((y: Node, dim) => reverse(b, y, axisOf("flip", x, dim)), x);
}

/** Moves elements around axes; without dims, around the flattened tensor. */
export function roll(
  b: NodeBuilder,
  x: Node,
  shifts: number | readonly number[],
  dims?: number | readonly number[],
): Node {
  if (dims === undefined || (Array.isArray(dims) && dims.length === 0)) {
    return reshapeTo(b, roll(b, reshapeTo(b, x, [x.type.size]), shifts, 0), x.type.shape);
  }
  const [by, axes] = [[shifts].flat(), [dims].flat()];
  if (by.length !== axes.length) throw argumentError("roll: need as many shifts as dims.");
  return axes.reduce((y: Node, dim, i) => {
    const axis = axisOf("roll", y, dim);
    const extent = y.type.shape[axis] ?? 1;
    if (extent === 0) return y;
    const shift = ((by[i]! % extent) + extent) % extent || 0;
    if (shift === 0) return y;
    const tail = sliceAxis(b, y, axis, extent - shift, shift);
    return concat(b, [tail, sliceAxis(b, y, axis, 0, extent - shift)], axis);
  }, x);
}

/** Turns the plane of two axes by k right angles, from the first toward the second. */
export function rot90(
  b: NodeBuilder,
  x: Node,
  k = 1,
  dims: readonly [number, number] = [0, 1],
): Node {
  const [p, q] = dims;
  switch (((k % 4) + 4) % 4) {
    case 1:
      return transpose(b, flip(b, x, q), p, q);
    case 2:
      return flip(b, x, [p, q]);
    case 3:
      return flip(b, transpose(b, x, p, q), q);
    default:
      return x;
  }
}

/** Repeats the whole tensor along each axis; new axes come first. */
export function repeat(b: NodeBuilder, x: Node, counts: readonly number[]): Node {
  const lead = counts.length - x.type.shape.length;
  if (lead < 0) {
    throw argumentError(
      `repeat: got ${counts.length} counts for ${showShape(x.type.shape)}; need one for each axis.`,
    );
  }
  const shape = [...new Array<number>(lead).fill(1), ...x.type.shape];
  const apart = reshapeTo(
    b,
    x,
    shape.flatMap((n) => [1, n]),
  );
  const repeated = expandTo(
    b,
    apart,
    shape.flatMap((n, axis) => [counts[axis]!, n]),
  );
  return reshapeTo(
    b,
    repeated,
    shape.map((n, axis) => n * counts[axis]!),
  );
}

/** Repeats like `repeat`; missing counts are 1. */
export function tile(b: NodeBuilder, x: Node, counts: readonly number[]): Node {
  const missing = Math.max(0, x.type.shape.length - counts.length);
  return repeat(b, x, [...new Array<number>(missing).fill(1), ...counts]);
}

/** Repeats each element along an axis; without one, of the flattened tensor. */
export function repeatInterleave(b: NodeBuilder, x: Node, count: number, dim?: number): Node {
  const y = dim === undefined ? reshapeTo(b, x, [x.type.size]) : x;
  const axis = axisOf("repeatInterleave", y, dim ?? 0);
  const { shape } = y.type;
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const extent = shape[axis] ?? 1;
  const apart = reshapeTo(b, y, [...before, extent, 1, ...after]);
  const repeated = expandTo(b, apart, [...before, extent, count, ...after]);
  return reshapeTo(b, repeated, [...before, extent * count, ...after]);
}

/** Repeats each slice along an axis as often as `counts` says. */
export function repeatInterleaveBy(
  b: NodeBuilder,
  x: Node,
  counts: readonly number[],
  dim: number,
): Node {
  const axis = axisOf("repeatInterleave", x, dim);
  const { shape } = x.type;
  if (counts.length !== shape[axis] || counts.some((n) => !Number.isInteger(n) || n < 0)) {
    throw argumentError(
      `repeatInterleave: the counts are [${counts.join(", ")}], x is ${showShape(shape)}; ` +
        `need ${shape[axis]} integers from 0 on.`,
    );
  }
  const parts = counts.flatMap((count, i) => {
    if (count === 0) return [];
    return [expandTo(b, sliceAxis(b, x, axis, i, 1), withExtent(shape, axis, count))];
  });
  return parts.length === 0 ? sliceAxis(b, x, axis, 0, 0) : concat(b, parts, axis);
}

/** The diagonal of two axes, as a new last axis. */
export function diagonal(b: NodeBuilder, x: Node, offset = 0, dim1 = 0, dim2 = 1): Node {
  const rank = x.type.shape.length;
  const [p, q] = [axisOf("diagonal", x, dim1), axisOf("diagonal", x, dim2)];
  if (rank < 2 || p === q) {
    throw argumentError(`diagonal: x is ${showShape(x.type.shape)}; need two different axes.`);
  }
  const moved = movedim(b, x, [p, q], [rank - 2, rank - 1]);
  const lead = moved.type.shape.slice(0, -2);
  const [rows, columns] = moved.type.shape.slice(-2) as [number, number];
  const size = Math.max(
    0,
    offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns),
  );
  const flat = reshapeTo(b, moved, [...lead, rows * columns]);
  const start = offset >= 0 ? offset : -offset * columns;
  return sliceAxis(b, flat, lead.length, size === 0 ? 0 : start, size, columns + 1);
}

/** Matrices with the last axis on their diagonal and 0 elsewhere. */
export function diagEmbed(b: NodeBuilder, x: Node, offset = 0): Node {
  const lead = x.type.shape.slice(0, -1);
  const length = x.type.shape.at(-1) ?? 1;
  const n = length + Math.abs(offset);
  const flat = fill(b, x.type.dtype, [...lead, n * n], 0);
  const source = reshapeTo(b, x, [...lead, length]);
  const start = offset >= 0 ? offset : -offset * n;
  const filled = b.apply("update", [flat, source], {
    start: [...lead.map(() => 0), length === 0 ? 0 : start],
    step: [...lead.map(() => 1), n + 1],
    dynamic: [],
  });
  return reshapeTo(b, filled, [...lead, n, n]);
}

/** The diagonal of a matrix, or the matrix with a vector on its diagonal. */
export function diag(b: NodeBuilder, x: Node, offset = 0): Node {
  return x.type.shape.length === 1 ? diagEmbed(b, x, offset) : diagonal(b, x, offset);
}

/** Which elements of a matrix lie on or below a diagonal. */
function lowerMask(b: NodeBuilder, name: string, x: Node, offset: number): Node {
  const { shape } = x.type;
  if (shape.length < 2) throw shapeError(`${name}: x is ${showShape(shape)}; need a matrix.`);
  const plane = shape.slice(-2);
  const [row, column] = [positions(b, plane, 0), positions(b, plane, 1)];
  const limit = op(b, "add", row, expandTo(b, constant(b, "int32", offset), plane));
  return expandTo(b, op(b, "le", column, limit), shape);
}

/** The elements on and below a diagonal, 0 above. */
export function tril(b: NodeBuilder, x: Node, offset = 0): Node {
  return op(b, "where", lowerMask(b, "tril", x, offset), x, fillLike(b, x, 0));
}

/** The elements on and above a diagonal, 0 below. */
export function triu(b: NodeBuilder, x: Node, offset = 0): Node {
  return op(b, "where", lowerMask(b, "triu", x, offset - 1), fillLike(b, x, 0), x);
}
