/** Tensors joined and cut along named axes, grids, and pieces written into a whole. */
import { needOneOf } from "../../core/choice.ts";
import { argumentError, shapeError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { normalizeAxis, sameShape, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, reshape, sliceAxis } from "../words.ts";
import { cat, split, unsqueeze } from "./movement.ts";

/** x with at least one axis. */
export function atleast1d(b: NodeBuilder, x: Node): Node {
  return x.type.shape.length === 0 ? reshape(b, x, [1]) : x;
}

/** x with at least two axes: a vector becomes a row. */
export function atleast2d(b: NodeBuilder, x: Node): Node {
  const { shape } = x.type;
  return shape.length < 2 ? reshape(b, x, [1, shape[0] ?? 1]) : x;
}

/** x with at least three axes: a vector becomes [1, n, 1], a matrix [n, m, 1]. */
export function atleast3d(b: NodeBuilder, x: Node): Node {
  const { shape } = x.type;
  if (shape.length === 2) return reshape(b, x, [...shape, 1]);
  return shape.length < 2 ? reshape(b, x, [1, shape[0] ?? 1, 1]) : x;
}

/** Joins horizontally: along axis 1, vectors along their only one. */
export function hstack(b: NodeBuilder, parts: readonly Node[]): Node {
  const lifted = parts.map((part) => atleast1d(b, part));
  return cat(b, lifted, lifted[0]?.type.shape.length === 1 ? 0 : 1);
}

/** Joins vertically: along axis 0, vectors as rows. */
export function vstack(b: NodeBuilder, parts: readonly Node[]): Node {
  return cat(
    b,
    parts.map((part) => atleast2d(b, part)),
    0,
  );
}

/** Joins in depth: along axis 2. */
export function dstack(b: NodeBuilder, parts: readonly Node[]): Node {
  return cat(
    b,
    parts.map((part) => atleast3d(b, part)),
    2,
  );
}

/** Joins along axis 1, vectors as columns. */
export function columnStack(b: NodeBuilder, parts: readonly Node[]): Node {
  const columns = parts.map((part) =>
    part.type.shape.length > 1 ? part : reshape(b, part, [part.type.size, 1]),
  );
  return cat(b, columns, 1);
}

/**
 * The coordinates of a grid over vectors: one tensor each, "xy" with the first two axes exchanged.
 */
export function meshgrid(
  b: NodeBuilder,
  vectors: readonly Node[],
  indexing: "ij" | "xy" = "ij",
): Node[] {
  needOneOf("meshgrid: indexing", indexing, ["ij", "xy"]);
  const long = vectors.find((v) => v.type.shape.length > 1);
  if (long !== undefined) {
    throw shapeError(`meshgrid: a tensor is ${showShape(long.type.shape)}; need vectors.`);
  }
  const extents = vectors.map((v) => v.type.size);
  const place = vectors.map((_, i) => i);
  if (indexing === "xy" && vectors.length > 1) place.splice(0, 2, 1, 0);
  const shape = place.map((i) => extents[i]!);
  return vectors.map((v, i) => {
    const line = place.map((k) => (k === i ? extents[i]! : 1));
    return expandTo(b, reshape(b, v, line), shape);
  });
}

/** Cuts an axis at places, or into a number of pieces of which the first are one larger. */
export function tensorSplit(
  b: NodeBuilder,
  x: Node,
  indicesOrSections: number | readonly number[],
  dim = 0,
): Node[] {
  const axis = normalizeAxis("tensorSplit", dim, x.type.shape.length);
  const extent = x.type.shape[axis];
  if (extent === undefined) throw shapeError("tensorSplit: x is a scalar, which has no axis.");
  if (typeof indicesOrSections === "number") {
    const count = indicesOrSections;
    if (!Number.isInteger(count) || count <= 0) {
      throw argumentError(`tensorSplit: the number of pieces is ${count}; need an integer from 1.`);
    }
    const [base, more] = [Math.floor(extent / count), extent % count];
    const sizes = Array.from({ length: count }, (_, i) => base + Number(i < more));
    return split(b, x, sizes, axis);
  }
  const place = (at: number): number => Math.min(extent, Math.max(0, at < 0 ? at + extent : at));
  const cuts = [0, ...indicesOrSections.map(place), extent];
  return cuts.slice(1).map((end, i) => {
    const size = Math.max(0, end - cuts[i]!);
    return sliceAxis(b, x, axis, size === 0 ? 0 : cuts[i]!, size);
  });
}

/** x with every `step`-th place of an axis, from `start` to `end`, replaced by source. */
export function sliceScatter(
  b: NodeBuilder,
  x: Node,
  source: Node,
  dim = 0,
  start: number | null = null,
  end: number | null = null,
  step = 1,
): Node {
  const axis = normalizeAxis("sliceScatter", dim, x.type.shape.length);
  const { shape, dtype } = x.type;
  const extent = shape[axis] ?? 1;
  if (!Number.isInteger(step) || step <= 0) {
    throw argumentError(`sliceScatter: the step is ${step}; need an integer from 1.`);
  }
  const place = (at: number): number => Math.min(extent, Math.max(0, at < 0 ? at + extent : at));
  const from = place(start ?? 0);
  const size = Math.max(0, Math.ceil((place(end ?? extent) - from) / step));
  const block = shape.map((n, a) => (a === axis ? size : n));
  needShape("sliceScatter", source, block);
  if (size === 0) return x;
  return b.apply("update", [x, castTo(b, source, dtype)], {
    start: shape.map((_, a) => (a === axis ? from : 0)),
    step: shape.map((_, a) => (a === axis ? step : 1)),
    dynamic: [],
  });
}

/** x with one place of an axis replaced by source. */
export function selectScatter(
  b: NodeBuilder,
  x: Node,
  source: Node,
  dim: number,
  index: number,
): Node {
  const axis = normalizeAxis("selectScatter", dim, x.type.shape.length);
  const extent = x.type.shape[axis] ?? 0;
  if (!Number.isInteger(index) || index < -extent || index >= extent) {
    throw argumentError(
      `selectScatter: index ${index} is out of range for axis ${dim} of ` +
        `${showShape(x.type.shape)}; need an integer from ${-extent} to ${extent - 1}.`,
    );
  }
  const at = index < 0 ? index + extent : index;
  needShape(
    "selectScatter",
    source,
    x.type.shape.filter((_, a) => a !== axis),
  );
  return sliceScatter(b, x, unsqueeze(b, source, axis), axis, at, at + 1);
}

function needShape(name: string, source: Node, shape: Shape): void {
  if (sameShape(source.type.shape, shape)) return;
  throw shapeError(
    `${name}: source is ${showShape(source.type.shape)}; the place for it is ${showShape(shape)}.`,
  );
}

/** A scalar in the shape and dtype of x. */
export function filler(b: NodeBuilder, x: Node, value: Node): Node {
  if (value.type.size === 1) {
    return expandTo(b, castTo(b, reshape(b, value, []), x.type.dtype), x.type.shape);
  }
  throw shapeError(`fill: the value is ${showShape(value.type.shape)}; need a scalar.`);
}
