/** Reading and writing by index, sorting and searching. */
import { isFloat } from "../../core/dtype.ts";
import type { DType } from "../../core/dtype.ts";
import { needOneOf } from "../../core/choice.ts";
import { argumentError, dtypeError, shapeError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { broadcastShapes, normalizeAxis, showShape, sizeOf } from "../../core/shape.ts";
import type { ScatterAttrs } from "../attrs.ts";
import type { Node, NodeBuilder } from "../node.ts";
import {
  castTo,
  expandTo,
  fill,
  fillLike,
  op,
  permute,
  positions,
  reshape,
  sliceAxis,
} from "../words.ts";
import { add, mul, toNumber } from "./arithmetic.ts";
import type { Indexed } from "./reduction.ts";
import { argsort, sum } from "./reduction.ts";

/** Throws unless x is int32. */
function needIndex(name: string, index: Node): void {
  if (index.type.dtype === "int32") return;
  throw dtypeError(`${name}: index is ${index.type.text}; need int32: index.to("int32").`);
}

/** Shapes of x and a scalar index alike: PyTorch lets a scalar be addressed as one element. */
function lifted(b: NodeBuilder, x: Node): Node {
  return x.type.shape.length === 0 ? reshape(b, x, [1]) : x;
}

/** The elements of x at index along an axis. */
export function gather(b: NodeBuilder, x: Node, dim: number, index: Node): Node {
  needIndex("gather", index);
  const axis = normalizeAxis("gather", dim, x.type.shape.length);
  const picked = b.apply("gather", [lifted(b, x), lifted(b, index)], { axis });
  return reshape(b, picked, index.type.shape);
}

/** Spreads a list of places along an axis over the other axes of `shape`. */
function spread(b: NodeBuilder, index: Node, shape: Shape, axis: number): Node {
  const line = shape.map((_, a) => (a === axis ? index.type.size : 1));
  const full = shape.map((n, a) => (a === axis ? index.type.size : n));
  return expandTo(b, reshape(b, index, line), full);
}

/** The slices of x at a list of places along an axis. */
export function indexSelect(b: NodeBuilder, x: Node, dim: number, index: Node): Node {
  needIndex("indexSelect", index);
  if (index.type.shape.length > 1) {
    throw shapeError(`indexSelect: index is ${showShape(index.type.shape)}; need one axis.`);
  }
  const y = lifted(b, x);
  const axis = normalizeAxis("indexSelect", dim, y.type.shape.length);
  const picked = b.apply("gather", [y, spread(b, index, y.type.shape, axis)], { axis });
  return x.type.shape.length === 0 && index.type.size === 1 ? reshape(b, picked, []) : picked;
}

/** The rows of a weight [V, ...] that an index of any shape names. */
export function embedding(b: NodeBuilder, index: Node, weight: Node): Node {
  needIndex("embedding", index);
  const rows = indexSelect(b, weight, 0, reshape(b, index, [index.type.size]));
  return reshape(b, rows, [...index.type.shape, ...weight.type.shape.slice(1)]);
}

/** Cuts a source to the extents of its index, as torch.scatter reads it. */
function cut(b: NodeBuilder, name: string, source: Node, index: Node, dtype: DType): Node {
  const { shape } = index.type;
  const fits = shape.every((n, axis) => n <= (source.type.shape[axis] ?? 0));
  if (shape.length !== source.type.shape.length || !fits) {
    throw shapeError(
      `${name}: index is ${showShape(shape)}, source is ${showShape(source.type.shape)}; ` +
        `need a source at least as large as index along each axis.`,
    );
  }
  return castTo(
    b,
    shape.reduce((part: Node, n, axis) => sliceAxis(b, part, axis, 0, n), source),
    dtype,
  );
}

function scattered(
  b: NodeBuilder,
  name: string,
  combine: ScatterAttrs["combine"],
  [x, index, source]: readonly [Node, Node, Node],
  dim: number,
): Node {
  if (x.type.dtype === "bool" && combine !== "set") {
    const [wide, own] = [x, source].map((node) => castTo(b, castTo(b, node, "bool"), "int32"));
    return castTo(b, scattered(b, name, combine, [wide!, index, own!], dim), "bool");
  }
  needIndex(name, index);
  const axis = normalizeAxis(name, dim, x.type.shape.length);
  const at = lifted(b, index);
  const values = cut(b, name, lifted(b, source), at, x.type.dtype);
  return reshape(
    b,
    b.apply("scatter", [lifted(b, x), at, values], { combine, axis }),
    x.type.shape,
  );
}

const SCATTERS = { set: "set", add: "sum", multiply: "prod" } as const;

/** x with source written at index along an axis (of equal places the last stays), or combined. */
export function scatter(
  b: NodeBuilder,
  x: Node,
  dim: number,
  index: Node,
  source: Node,
  reduce: keyof typeof SCATTERS = "set",
): Node {
  const full = source.type.shape.length === 0 ? expandTo(b, source, index.type.shape) : source;
  return scattered(b, "scatter", SCATTERS[reduce], [x, index, full], dim);
}

/** x with source added at index along an axis. */
export function scatterAdd(b: NodeBuilder, x: Node, dim: number, index: Node, source: Node): Node {
  return scattered(b, "scatterAdd", "sum", [x, index, source], dim);
}

/** How a scatter combines. */
export type ScatterReduction = "sum" | "prod" | "mean" | "amax" | "amin";

/**
 * x with source combined into it at index along an axis; without `includeSelf` x counts only
 * elsewhere.
 */
export function scatterReduce(
  b: NodeBuilder,
  x: Node,
  dim: number,
  index: Node,
  source: Node,
  reduce: ScatterReduction,
  { includeSelf = true } = {},
): Node {
  const names = {
    sum: ["sum", 0],
    mean: ["sum", 0],
    prod: ["prod", 1],
    amax: ["max", -Infinity],
    amin: ["min", Infinity],
  } as const;
  needOneOf("scatterReduce: reduce", reduce, Object.keys(names));
  const [combine, identity] = names[reduce];
  const { dtype } = x.type;
  const bound =
    dtype === "int32"
      ? Math.min(Math.max(identity, -2147483648), 2147483647)
      : dtype === "bool"
        ? Number(identity > 0)
        : identity;
  const start = includeSelf
    ? x
    : scatter(b, x, dim, index, fillLike(b, castTo(b, index, dtype), bound));
  const combined = scattered(b, "scatterReduce", combine, [start, index, source], dim);
  if (reduce !== "mean") return combined;
  const ones = fill(b, dtype, index.type.shape, 1);
  const own = fillLike(b, x, includeSelf ? 1 : 0);
  const count = scatterAdd(b, own, dim, index, ones);
  const safe = op(b, "where", op(b, "eq", count, fillLike(b, x, 0)), fillLike(b, x, 1), count);
  if (isFloat(dtype)) return op(b, "div", combined, safe);
  const quotient = op(b, "div", castTo(b, combined, "float64"), castTo(b, safe, "float64"));
  return castTo(b, op(b, "floor", quotient), dtype);
}

/** x with slices of source added at a list of places along an axis. */
export function indexAdd(
  b: NodeBuilder,
  x: Node,
  dim: number,
  index: Node,
  source: Node,
  alpha: Node | null = null,
): Node {
  const axis = normalizeAxis("indexAdd", dim, x.type.shape.length);
  const scaledSource =
    alpha === null ? source : mul(b, source, castTo(b, alpha, source.type.dtype));
  return scatterAdd(b, x, axis, spread(b, index, source.type.shape, axis), scaledSource);
}

/** x with slices of source written at a list of places along an axis. */
export function indexCopy(b: NodeBuilder, x: Node, dim: number, index: Node, source: Node): Node {
  const axis = normalizeAxis("indexCopy", dim, x.type.shape.length);
  return scatter(b, x, axis, spread(b, index, source.type.shape, axis), source);
}

/** x with one value written at a list of places along an axis. */
export function indexFill(b: NodeBuilder, x: Node, dim: number, index: Node, value: Node): Node {
  const axis = normalizeAxis("indexFill", dim, x.type.shape.length);
  return scatter(b, x, axis, spread(b, index, x.type.shape, axis), castTo(b, value, x.type.dtype));
}

/** The elements of the flattened x at index; negative places count from the end. */
export function take(b: NodeBuilder, x: Node, index: Node): Node {
  needIndex("take", index);
  const flat = reshape(b, index, [index.type.size]);
  const wrapped = fromEnd(b, flat, x.type.size);
  const picked = b.apply("gather", [reshape(b, x, [x.type.size]), wrapped], { axis: 0 });
  return reshape(b, picked, index.type.shape);
}

/** Counts negative places from the end of an axis. */
export function fromEnd(b: NodeBuilder, index: Node, extent: number): Node {
  const negative = op(b, "lt", index, fillLike(b, index, 0));
  return op(b, "where", negative, op(b, "add", index, fillLike(b, index, extent)), index);
}

/** Gathers along an axis, x and index broadcast over the others. */
export function takeAlongDim(b: NodeBuilder, x: Node, index: Node, dim?: number): Node {
  if (dim === undefined) return take(b, x, reshape(b, index, [index.type.size]));
  const axis = normalizeAxis("takeAlongDim", dim, x.type.shape.length);
  const off = (shape: Shape): number[] => shape.map((n, a) => (a === axis ? 1 : n));
  const common = broadcastShapes("takeAlongDim", off(x.type.shape), off(index.type.shape));
  const along = (node: Node): Node =>
    expandTo(
      b,
      node,
      common.map((n, a) => (a === axis ? node.type.shape[a]! : n)),
    );
  return gather(b, along(x), axis, along(index));
}

/**
 * The elements of x at places that several index tensors name together, one for each of `axes`
 * (ascending). The indices broadcast; their axes stand where the first of adjacent `axes` stood, or
 * first. Negative places count from the end.
 */
export function indexTensors(
  b: NodeBuilder,
  x: Node,
  axes: readonly number[],
  indices: readonly Node[],
): Node {
  for (const index of indices) needIndex("index", index);
  const { shape } = x.type;
  const common = indices.map((i) => i.type.shape).reduce((p, q) => broadcastShapes("index", p, q));
  const rest = shape.map((_, a) => a).filter((a) => !axes.includes(a));
  const front = permute(b, x, [...axes, ...rest]);
  const count = sizeOf(axes.map((axis) => shape[axis]!));
  const restShape = rest.map((axis) => shape[axis]!);
  const rows = reshape(b, front, [count, sizeOf(restShape)]);
  const places = indices.map((i) => reshape(b, expandTo(b, i, common), [sizeOf(common)]));
  const picked = indexSelect(
    b,
    rows,
    0,
    linearPlaces(
      b,
      places,
      axes.map((a) => shape[a]!),
    ),
  );
  const found = reshape(b, picked, [...common, ...restShape]);
  const adjacent = axes.every((axis, k) => k === 0 || axis === axes[k - 1]! + 1);
  const before = adjacent ? rest.filter((axis) => axis < axes[0]!).length : 0;
  const rank = common.length + rest.length;
  const order = Array.from({ length: rank }, (_, place) => {
    if (place < before) return common.length + place;
    return place < before + common.length ? place - before : place;
  });
  return permute(b, found, order);
}

/** The row-major places of coordinates in a box; coordinates outside give a place outside. */
function linearPlaces(b: NodeBuilder, coordinates: readonly Node[], extents: Shape): Node {
  const total = sizeOf(extents);
  let place: Node | null = null;
  let outside: Node | null = null;
  coordinates.forEach((given, k) => {
    const extent = extents[k]!;
    const at = fromEnd(b, given, extent);
    const low = op(b, "lt", at, fillLike(b, at, 0));
    const beyond = op(b, "or", low, op(b, "le", fillLike(b, at, extent), at));
    outside = outside === null ? beyond : op(b, "or", outside, beyond);
    const before = place === null ? null : op(b, "mul", place, fillLike(b, at, extent));
    place = before === null ? at : op(b, "add", before, at);
  });
  return op(b, "where", outside!, fillLike(b, place!, total), place!);
}

/** x with values written (or added) at places of the flattened x. */
export function put(
  b: NodeBuilder,
  x: Node,
  places: Node,
  values: Node,
  accumulate: boolean,
): Node {
  const n = places.type.size;
  const full = reshape(b, expandTo(b, castTo(b, values, x.type.dtype), places.type.shape), [n]);
  const inputs = [reshape(b, x, [x.type.size]), reshape(b, places, [n]), full];
  const written = b.apply("scatter", inputs, { combine: accumulate ? "sum" : "set", axis: 0 });
  return reshape(b, written, x.type.shape);
}

/** 1 at the class that index names along a new last axis, 0 elsewhere (int32). */
export function oneHot(b: NodeBuilder, index: Node, classes: number): Node {
  needIndex("oneHot", index);
  const shape = [...index.type.shape, classes];
  const place = reshape(b, index, [...index.type.shape, 1]);
  const [zero, one] = [fill(b, "int32", shape, 0), fill(b, "int32", place.type.shape, 1)];
  return b.apply("scatter", [zero, place, one], { combine: "set", axis: shape.length - 1 }); // checks the range
}

/** x with `value` (a scalar) where the mask holds. */
export function maskedFill(b: NodeBuilder, x: Node, mask: Node, value: Node): Node {
  if (mask.type.dtype !== "bool") {
    throw dtypeError(`maskedFill: the mask is ${mask.type.text}; need bool.`);
  }
  const shape = broadcastShapes("maskedFill", x.type.shape, mask.type.shape);
  const filler = expandTo(b, castTo(b, value, x.type.dtype), shape);
  return op(b, "where", expandTo(b, mask, shape), filler, expandTo(b, x, shape));
}

/** The elements of an axis in order (stable, NaN largest), and where they were. */
export function sort(b: NodeBuilder, x: Node, dim = -1, descending = false): Indexed {
  const indices = argsort(b, x, dim, descending);
  return { values: gather(b, x, dim, indices), indices };
}

/** The k largest (or smallest) elements of an axis in order, and where they were. */
export function topk(b: NodeBuilder, x: Node, k: number, dim = -1, largest = true): Indexed {
  const axis = normalizeAxis("topk", dim, x.type.shape.length);
  const extent = x.type.shape[axis] ?? 1;
  if (!Number.isInteger(k) || k < 0 || k > extent) {
    throw argumentError(
      `topk: k is ${k}, axis ${dim} of ${showShape(x.type.shape)} has ${extent}.`,
    );
  }
  const order = argsort(b, x, axis, largest);
  const indices = x.type.shape.length === 0 ? order : sliceAxis(b, order, axis, 0, k);
  return { values: gather(b, x, axis, indices), indices };
}

/**
 * The place of each value in the last axis of `sorted` that keeps it sorted: before equal elements,
 * or after them with `right`. `sorted` has one axis, or those of `values` but for the last.
 */
export function searchsorted(b: NodeBuilder, sorted: Node, values: Node, right = false): Node {
  const length = sorted.type.shape.at(-1) ?? 1;
  const shape = [...values.type.shape, length];
  const { dtype } = sorted.type;
  const wide = expandTo(b, reshape(b, castTo(b, values, dtype), [...values.type.shape, 1]), shape);
  const lead = sorted.type.shape.slice(0, -1);
  const row = lead.length === 0 ? sorted : reshape(b, sorted, [...lead, 1, length]);
  const line = expandTo(b, row, shape);
  const [p, q] = [toNumber(b, line), toNumber(b, wide)];
  return sum(b, castTo(b, op(b, right ? "le" : "lt", p, q), "int32"), -1);
}

/** The bucket of each value between ascending boundaries. */
export function bucketize(b: NodeBuilder, values: Node, boundaries: Node, right = false): Node {
  return searchsorted(b, boundaries, values, right);
}

/** The whole numbers 0 … n − 1 in a shape, row-major. */
export function counting(b: NodeBuilder, shape: Shape): Node {
  return reshape(b, b.apply("iota", [], { length: sizeOf(shape) }), shape);
}

/** `start + step · (0, 1, 2, …)` in a dtype; start and step are float64 scalars. */
export function arange(
  b: NodeBuilder,
  start: Node,
  step: Node,
  length: number,
  dtype: DType,
): Node {
  const at = castTo(b, b.apply("iota", [], { length }), "float64");
  return castTo(b, add(b, start, mul(b, at, step)), dtype);
}

/** The identity matrix, or its top-left part. */
export function eye(b: NodeBuilder, rows: number, columns: number, dtype: DType): Node {
  const shape = [rows, columns];
  const hit = op(b, "eq", positions(b, shape, 0), positions(b, shape, 1));
  return castTo(b, hit, dtype);
}
