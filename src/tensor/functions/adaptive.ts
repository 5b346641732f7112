/**
 * Adaptive max pooling: windows of nearly one size. Each window is laid out at the size of the
 * largest, its last element repeated, so that plain max pooling does the rest.
 */
import { shapeError } from "../../core/errors.ts";
import { showShape, sizeOf, stridesOf } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { castTo, expandTo, fillLike, op, plus, reshape, scaled } from "../../ir/words.ts";
import { maxima, taken } from "./windows.ts";

/** Where the windows of one axis lie: their count and the size of the largest. */
interface AxisWindows {
  readonly extent: number;
  readonly count: number;
  readonly size: number;
}

/** The largest of each window so that the last axes get the extents `outputSize`. */
export function adaptiveMaxima(
  b: NodeBuilder,
  axes: number,
  x: Node,
  outputSize: number | readonly (number | null)[],
  withIndices: boolean,
): Node[] {
  const { shape } = x.type;
  if (shape.length < axes + 1 || shape.length > axes + 2) {
    throw shapeError(
      `adaptiveMaxPool${axes}d: input is ${showShape(shape)}; need ${axes + 1} or ${axes + 2} axes.`,
    );
  }
  const lead = shape.slice(0, -axes);
  const input = shape.slice(-axes);
  const wanted = typeof outputSize === "number" ? input.map(() => outputSize) : outputSize;
  const windows = input.map((extent, i): AxisWindows => {
    const count = (wanted.length === 1 ? wanted[0]! : wanted[i]) ?? extent;
    return { extent, count, size: largest(extent, count) };
  });
  const tables = windows.map((axis) => laidPlaces(b, axis));
  let laid = x;
  tables.forEach((table, i) => (laid = taken(b, laid, lead.length + i, castTo(b, table, "int32"))));
  const sizes = windows.map(({ size }) => size);
  if (!withIndices) return maxima(b, axes, laid, sizes);
  const [values, at] = maxima(b, axes, laid, sizes, {}, true) as [Node, Node];
  const flat = flatPlaces(b, tables, stridesOf(input));
  const lines = [sizeOf(lead), at.type.size / Math.max(1, sizeOf(lead))];
  const plane = expandTo(b, reshape(b, flat, [1, flat.type.size]), [lines[0]!, flat.type.size]);
  const picked = b.apply("gather", [plane, reshape(b, at, lines)], { axis: 1 });
  return [values, reshape(b, picked, at.type.shape)];
}

/** The size of the largest window. */
function largest(extent: number, count: number): number {
  let size = 1;
  for (let i = 0; i < count; i++) {
    const start = Math.floor((i * extent) / count);
    size = Math.max(size, Math.ceil(((i + 1) * extent) / count) - start);
  }
  return size;
}

/** The places of an axis, window by window: float64 [count · size], all of them integers. */
function laidPlaces(b: NodeBuilder, { extent, count, size }: AxisWindows): Node {
  const index = castTo(b, b.apply("iota", [], { length: count * size }), "float64");
  const divided = (n: Node, by: number): Node => op(b, "div", n, fillLike(b, n, by));
  const window = op(b, "floor", divided(index, size));
  const within = op(b, "sub", index, scaled(b, window, size));
  const start = op(b, "floor", divided(scaled(b, window, extent), count));
  const end = op(b, "ceil", divided(scaled(b, plus(b, window, 1), extent), count));
  return op(b, "minimum", op(b, "add", start, within), plus(b, end, -1));
}

/** The flat position in the input of each element that was laid out. */
function flatPlaces(b: NodeBuilder, tables: readonly Node[], strides: readonly number[]): Node {
  const shape = tables.map((table) => table.type.size);
  const parts = tables.map((table, i) => {
    const line = shape.map((n, a) => (a === i ? n : 1));
    return expandTo(b, reshape(b, scaled(b, castTo(b, table, "int32"), strides[i]!), line), shape);
  });
  return parts.reduce((sum, part) => op(b, "add", sum, part));
}
