/** Shapes seldom needed: mirrored, cut along named axes, joined in blocks, neighbours compared. */
import { shapeError } from "../../core/errors.ts";
import type { Settings } from "../../core/options.ts";
import { asGiven, read } from "../../core/options.ts";
import { broadcastShapes, showShape } from "../../core/shape.ts";
import type { Value } from "../value.ts";
import { ne, sub } from "./arithmetic.ts";
import * as m from "./movement.ts";
import { nonzero } from "./selection.ts";
import * as s from "./stacking.ts";

/** The same as `cat`. */
export const concat = m.cat;
/** The same as `transpose`. */
export const swapaxes = m.transpose;
/** The same as `transpose`. */
export const swapdims = m.transpose;
/** The same as `movedim`. */
export const moveaxis = m.movedim;

/** The columns in reverse: axis 1. */
export function fliplr<V extends Value>(x: V): V {
  return m.flip(needRank("fliplr", x, 2), 1);
}

/** The rows in reverse: axis 0. */
export function flipud<V extends Value>(x: V): V {
  return m.flip(needRank("flipud", x, 1), 0);
}

/** All elements in one axis. */
export function ravel<V extends Value>(x: V): V {
  return m.reshape(x, [-1]);
}

/** x in the shape of another. */
export function reshapeAs<V extends Value>(x: V, other: V): V {
  return m.reshape(x, other.type.shape);
}

/** The same as `reshapeAs`. */
export const viewAs = reshapeAs;

/** Tensors stretched to their common shape. */
export function broadcastTensors<V extends Value>(...tensors: V[] | [readonly V[]]): V[] {
  const list = tensors.flat() as V[];
  const shape = list
    .map((x) => x.type.shape)
    .reduce((p, q) => broadcastShapes("broadcastTensors", p, q), []);
  return list.map((x) => m.expand(x, shape));
}

/** So many pieces, or pieces between places: along axis 1, of a vector along its only one. */
export function hsplit<V extends Value>(x: V, at: number | readonly number[]): V[] {
  const { shape } = needRank("hsplit", x, 1).type;
  return even("hsplit", x, at, shape.length === 1 ? 0 : 1);
}

/** So many pieces, or pieces between places, along axis 0. */
export function vsplit<V extends Value>(x: V, at: number | readonly number[]): V[] {
  return even("vsplit", needRank("vsplit", x, 2), at, 0);
}

/** So many pieces, or pieces between places, along axis 2. */
export function dsplit<V extends Value>(x: V, at: number | readonly number[]): V[] {
  return even("dsplit", needRank("dsplit", x, 3), at, 2);
}

/** Matrices (vectors are rows) along a diagonal, zeros elsewhere. */
export function blockDiag<V extends Value>(...tensors: readonly V[]): V {
  const blocks = tensors.map((x) => s.atleast2d(x));
  const widths = blocks.map((x) => needMatrix("blockDiag", x).type.shape[1]!);
  const total = widths.reduce((p, q) => p + q, 0);
  let left = 0;
  const rows = blocks.map((x, i) => {
    const row = m.pad(x, [left, total - left - widths[i]!]);
    left += widths[i]!;
    return row;
  });
  return m.cat(rows);
}

/** Every choice of one element of each vector, a row each; of one vector the vector. */
export function cartesianProd<V extends Value>(...vectors: readonly V[]): V {
  if (vectors.length === 1) return vectors[0]!;
  const columns = s.meshgrid<V>(vectors, { indexing: "ij" });
  return m.stack(
    columns.map((x) => ravel(x)),
    { dim: 1 },
  );
}

/** The elements of x on a diagonal of a square matrix. */
export function diagflat<V extends Value>(
  x: V,
  ...args: Settings<[offset: number], { readonly offset?: number }>
): V {
  const { offset } = read("diagflat", { offset: 0 }, args);
  return m.diag(ravel(x), offset);
}

/** The positions of the elements that are not 0: [n, rank] int32. Reads the values. */
export function argwhere<V extends Value>(x: V): Promise<V> {
  return nonzero(x);
}

/** Options of `diff`. */
export interface DiffOptions<V> {
  /** How often neighbours are subtracted. Default: 1. */
  readonly n?: number;
  /** Default: the last axis. */
  readonly dim?: number;
  /** What stands before x along the axis. */
  readonly prepend?: V | null;
  /** What stands after x along the axis. */
  readonly append?: V | null;
}

/** The differences of neighbours along an axis; of truth values, whether they differ. */
export function diff<V extends Value>(
  x: V,
  ...args: Settings<[n: number, dim: number, prepend: V | null, append: V | null], DiffOptions<V>>
): V {
  const around = { prepend: asGiven<V | null>(null), append: asGiven<V | null>(null) };
  const { n, dim, prepend, append } = read("diff", { n: 1, dim: -1, ...around }, args);
  if (n === 0) return x; // as PyTorch, without what would stand around it
  const parts = [prepend, x, append].filter((part) => part !== undefined && part !== null);
  let y = parts.length === 1 ? x : m.cat(parts, dim);
  for (let i = 0; i < n; i++) {
    const pair = [m.slice(y, dim, 1), m.slice(y, dim, 0, -1)] as const;
    y = y.type.dtype === "bool" ? ne(...pair) : sub(...pair);
  }
  return y;
}

function even<V extends Value>(
  name: string,
  x: V,
  at: number | readonly number[],
  dim: number,
): V[] {
  const extent = x.type.shape[dim]!;
  if (typeof at !== "number" || extent % at === 0) return s.tensorSplit(x, at, dim);
  throw shapeError(`${name}: ${at} does not divide axis ${dim} of ${showShape(x.type.shape)}.`);
}

function needRank<V extends Value>(name: string, x: V, least: number): V {
  if (x.type.shape.length >= least) return x;
  throw shapeError(`${name}: x is ${showShape(x.type.shape)}; need at least ${least} axes.`);
}

function needMatrix<V extends Value>(name: string, x: V): V {
  if (x.type.shape.length === 2) return x;
  throw shapeError(`${name}: a tensor is ${showShape(x.type.shape)}; need at most 2 axes.`);
}
