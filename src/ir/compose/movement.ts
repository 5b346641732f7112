/** Rearrangements: shapes, axes, pieces, borders. Nothing here computes. */
import { promote } from "../../core/dtype.ts";
import { argumentError, shapeError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { normalizeAxis, showShape } from "../../core/shape.ts";
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

/** The axis that `dim` names. */
export function axisOf(name: string, x: Node, dim: number): number {
  return normalizeAxis(name, dim, x.type.shape.length);
}

/** A shape with another extent along one axis. */
export function withExtent(shape: Shape, axis: number, extent: number): number[] {
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

/** The transposed matrix: the last two axes exchanged (of fewer axes: x). */
export function matrixTranspose(b: NodeBuilder, x: Node): Node {
  const rank = x.type.shape.length;
  return rank < 2 ? x : swapAxes(b, x, rank - 2, rank - 1);
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

/** Inserts an axis of extent 1. */
export function unsqueeze(b: NodeBuilder, x: Node, dim: number): Node {
  const axis = normalizeAxis("unsqueeze", dim, x.type.shape.length + 1);
  return reshapeTo(b, x, [...x.type.shape.slice(0, axis), 1, ...x.type.shape.slice(axis)]);
}

/** Lays tensors one after another along an axis, in their widest dtype; those of [0] count not. */
export function cat(b: NodeBuilder, parts: readonly Node[], dim: number): Node {
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

/** Cuts an axis into pieces of one size (the last may be smaller), or of the given sizes. */
export function split(
  b: NodeBuilder,
  x: Node,
  sizes: number | readonly number[],
  dim: number,
): Node[] {
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

/** Repeats each element along an axis; without one, of the flattened tensor. */
export function repeatInterleave(b: NodeBuilder, x: Node, count: number, dim: number | null): Node {
  const y = dim === null ? reshapeTo(b, x, [x.type.size]) : x;
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
export function diagonal(
  b: NodeBuilder,
  x: Node,
  offset: number,
  dim1: number,
  dim2: number,
): Node {
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
export function diagEmbed(b: NodeBuilder, x: Node, offset: number): Node {
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

/** Which elements of a matrix lie on or below a diagonal. */
function lowerMask(b: NodeBuilder, name: string, x: Node, offset = 0): Node {
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
