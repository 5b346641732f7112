/**
 * The small words that gradient rows and composites are written in: each makes one node or a few,
 * and returns its operand where there is nothing to do.
 */
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import { sameShape } from "../core/shape.ts";
import type { OpAttrs, OpName } from "./attrs.ts";
import type { Node, NodeBuilder } from "./node.ts";

/** The operations that take operands and nothing else. */
export type PlainName = {
  [K in OpName]: OpAttrs[K] extends Readonly<Record<string, never>> ? K : never;
}[OpName];

/** Applies an operation without attributes to operands of equal types. */
export function op(b: NodeBuilder, name: PlainName, ...inputs: readonly Node[]): Node {
  return b.apply(name, inputs, {});
}

/** Makes a constant scalar. */
export function constant(b: NodeBuilder, dtype: DType, value: number): Node {
  return b.apply("constant", [], { dtype, value });
}

/** Makes a constant of any shape. */
export function fill(b: NodeBuilder, dtype: DType, shape: Shape, value: number): Node {
  return expandTo(b, constant(b, dtype, value), shape);
}

/** Makes a constant of the type of another node. */
export function fillLike(b: NodeBuilder, x: Node, value: number): Node {
  return fill(b, x.type.dtype, x.type.shape, value);
}

/** Multiplies by a number. */
export function scaled(b: NodeBuilder, x: Node, factor: number): Node {
  return op(b, "mul", x, fillLike(b, x, factor));
}

/** Adds a number. */
export function plus(b: NodeBuilder, x: Node, term: number): Node {
  return op(b, "add", x, fillLike(b, x, term));
}

/** Gives other extents to the same elements. */
export function reshape(b: NodeBuilder, x: Node, shape: Shape): Node {
  return sameShape(x.type.shape, shape) ? x : b.apply("reshape", [x], { shape });
}

/** Reorders axes: axis i of the result is axis `axes[i]` of x. */
export function permute(b: NodeBuilder, x: Node, axes: readonly number[]): Node {
  return axes.every((axis, i) => axis === i) ? x : b.apply("permute", [x], { axes });
}

/** Exchanges two axes (not negative). */
export function swapAxes(b: NodeBuilder, x: Node, first: number, second: number): Node {
  const axes = x.type.shape.map((_, axis) => axis);
  axes[first] = second;
  axes[second] = first;
  return permute(b, x, axes);
}

/** Stretches to a shape that x broadcasts to, trailing axes aligned. */
export function expandTo(b: NodeBuilder, x: Node, shape: Shape): Node {
  if (sameShape(x.type.shape, shape)) return x;
  const missing = shape.length - x.type.shape.length;
  const padded = [...new Array<number>(Math.max(missing, 0)).fill(1), ...x.type.shape];
  const aligned = reshape(b, x, padded);
  return sameShape(padded, shape) ? aligned : b.apply("expand", [aligned], { shape });
}

/** Converts to a dtype. */
export function castTo(b: NodeBuilder, x: Node, dtype: DType): Node {
  return x.type.dtype === dtype ? x : b.apply("cast", [x], { dtype });
}

/** Takes `size` elements along one axis, from `start` on, `step` apart. */
export function sliceAxis(
  b: NodeBuilder,
  x: Node,
  axis: number,
  start: number,
  size: number,
  step = 1,
): Node {
  const { shape } = x.type;
  if (start === 0 && step === 1 && size === shape[axis]) return x;
  return b.apply("slice", [x], {
    start: shape.map((_, a) => (a === axis ? start : 0)),
    size: shape.map((extent, a) => (a === axis ? size : extent)),
    step: shape.map((_, a) => (a === axis ? step : 1)),
    dynamic: [],
  });
}

/** Reverses one axis. */
export function reverse(b: NodeBuilder, x: Node, axis: number): Node {
  const extent = x.type.shape[axis]!;
  return extent <= 1 ? x : sliceAxis(b, x, axis, extent - 1, extent, -1);
}

/** Lays nodes one after another along an axis; those without elements there are left out. */
export function concat(b: NodeBuilder, parts: readonly Node[], axis: number): Node {
  const full = parts.filter((part) => part.type.shape[axis] !== 0);
  if (full.length === 0) return parts[0]!;
  return full.length === 1 ? full[0]! : b.apply("concat", full, { axis });
}

/** Adds up axes and keeps them with extent 1. */
export function sumKeep(b: NodeBuilder, x: Node, axes: readonly number[]): Node {
  return keepAxes(
    b,
    x,
    axes.length === 0 ? x : b.apply("reduce", [x], { combine: "sum", axes }),
    axes,
  );
}

/** Gives back, with extent 1, the axes of x that a reduction removed. */
export function keepAxes(b: NodeBuilder, x: Node, y: Node, axes: readonly number[]): Node {
  return reshape(
    b,
    y,
    x.type.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)),
  );
}

/** The positions 0, 1, 2, … along one axis, as int32 of the given shape. */
export function positions(b: NodeBuilder, shape: Shape, axis: number): Node {
  const length = shape[axis] ?? 1;
  const line = shape.map((_, a) => (a === axis ? length : 1));
  return expandTo(b, reshape(b, b.apply("iota", [], { length }), line), shape);
}
