/**
 * Reductions as users write them: dims as PyTorch takes them, keepdim, indices, and care for empty
 * and infinite rows.
 */
import { isFloat } from "../../core/dtype.ts";
import { dtypeError, shapeError } from "../../core/errors.ts";
import { normalizeAxes, normalizeAxis, showShape } from "../../core/shape.ts";
import type { Combine } from "../combine.ts";
import type { Node, NodeBuilder } from "../node.ts";
import {
  castTo,
  expandTo,
  fill,
  fillLike,
  keepAxes,
  op,
  positions,
  reshape,
  swapAxes,
} from "../words.ts";
import { square, stopGradient, toFloat, toNumber } from "./arithmetic.ts";
import { isnan } from "./numeric.ts";

/** The axes to reduce: one, several, or all (undefined, null or an empty list). */
export type Dims = number | readonly number[] | null | undefined;

/** Values with the positions they came from. */
export interface Indexed {
  readonly values: Node;
  readonly indices: Node;
}

/** Resolves dims to ascending axes. */
export function axesOf(name: string, x: Node, dim: Dims): number[] {
  const all = Array.isArray(dim) && dim.length === 0;
  return normalizeAxes(name, all ? null : dim, x.type.shape.length);
}

/** Combines axes, which go away or stay with extent 1. */
export function reduced(
  b: NodeBuilder,
  combine: Combine,
  x: Node,
  axes: readonly number[],
  keepdim: boolean,
): Node {
  const y = axes.length === 0 ? x : b.apply("reduce", [x], { combine, axes });
  return keepdim ? keepAxes(b, x, y, axes) : y;
}

/** How many elements some axes have. */
export function countOf(x: Node, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * x.type.shape[axis]!, 1);
}

/** Throws unless x is of floats. */
export function needFloat(name: string, x: Node): void {
  if (isFloat(x.type.dtype)) return;
  throw dtypeError(`${name}: x is ${x.type.text}; need float32 or float64. Cast it first.`);
}

/** The sum; bools are counted. */
export function sum(b: NodeBuilder, x: Node, dim?: Dims, keepdim = false): Node {
  return reduced(b, "sum", toNumber(b, x), axesOf("sum", x, dim), keepdim);
}

/** The product. */
export function prod(b: NodeBuilder, x: Node, dim?: Dims, keepdim = false): Node {
  return reduced(b, "prod", toNumber(b, x), axesOf("prod", x, dim), keepdim);
}

/** The largest element; equal ones share the gradient. */
export function amax(b: NodeBuilder, x: Node, dim?: Dims, keepdim = false): Node {
  return reduced(b, "max", x, axesOf("amax", x, dim), keepdim);
}

/** The smallest element; equal ones share the gradient. */
export function amin(b: NodeBuilder, x: Node, dim?: Dims, keepdim = false): Node {
  return reduced(b, "min", x, axesOf("amin", x, dim), keepdim);
}

/** Whether any element is not 0. */
export function any(b: NodeBuilder, x: Node, dim?: Dims, keepdim = false): Node {
  return reduced(b, "max", castTo(b, x, "bool"), axesOf("any", x, dim), keepdim);
}

/** The arithmetic mean. */
export function mean(b: NodeBuilder, x: Node, dim?: Dims, keepdim = false): Node {
  needFloat("mean", x);
  const axes = axesOf("mean", x, dim);
  const total = reduced(b, "sum", x, axes, keepdim);
  return op(b, "div", total, fillLike(b, total, countOf(x, axes)));
}

/** What a variance divides by: n − correction. */
export interface VarianceOptions {
  readonly correction?: number;
  readonly keepdim?: boolean;
}

/** The variance and the mean. */
export function varMean(
  b: NodeBuilder,
  x: Node,
  dim?: Dims,
  { correction = 1, keepdim = false }: VarianceOptions = {},
): { readonly variance: Node; readonly mean: Node } {
  needFloat("var", x);
  const axes = axesOf("var", x, dim);
  const center = mean(b, x, axes.length === 0 ? null : axes, true);
  const centered = op(b, "sub", x, expandTo(b, center, x.type.shape));
  const total = reduced(b, "sum", square(b, centered), axes, keepdim);
  const divisor = Math.max(0, countOf(x, axes) - correction);
  return {
    variance: op(b, "div", total, fillLike(b, total, divisor)),
    mean: reshape(b, center, total.type.shape),
  };
}

/** √x with slope 0 at 0. */
export function rootOrZero(b: NodeBuilder, x: Node): Node {
  const zero = fillLike(b, x, 0);
  const none = op(b, "eq", x, zero);
  return op(b, "where", none, zero, op(b, "sqrt", op(b, "where", none, fillLike(b, x, 1), x)));
}

/** The position of the largest (or smallest) element, the first of equal ones; NaN beats all. */
function argExtremum(
  b: NodeBuilder,
  name: "argmax" | "argmin",
  x: Node,
  dim: number | null | undefined,
  keepdim: boolean,
): Node {
  const y = toNumber(b, dim === undefined || dim === null ? reshape(b, x, [x.type.size]) : x);
  if (y.type.shape.length === 0) return fill(b, "int32", [], 0);
  const axis = normalizeAxis(name, dim ?? 0, y.type.shape.length);
  const length = y.type.shape[axis]!;
  if (length === 0)
    throw shapeError(`${name}: axis ${axis} of ${showShape(y.type.shape)} is empty.`);
  const top = reduced(b, name === "argmax" ? "max" : "min", stopGradient(b, y), [axis], true);
  const hit = op(b, "or", op(b, "eq", y, expandTo(b, top, y.type.shape)), isnan(b, y));
  const at = positions(b, y.type.shape, axis);
  const candidates = op(b, "where", hit, at, fillLike(b, at, length));
  const found = reduced(b, "min", candidates, [axis], keepdim);
  const kept = dim === undefined || dim === null ? x.type.shape.map(() => 1) : found.type.shape;
  return keepdim ? reshape(b, found, kept) : found;
}

/** The position of the largest element: along one axis, or in the flattened tensor. */
export function argmax(b: NodeBuilder, x: Node, dim?: number | null, keepdim = false): Node {
  return argExtremum(b, "argmax", x, dim, keepdim);
}

/** The position of the smallest element: along one axis, or in the flattened tensor. */
export function argmin(b: NodeBuilder, x: Node, dim?: number | null, keepdim = false): Node {
  return argExtremum(b, "argmin", x, dim, keepdim);
}

/** The positions that sort an axis: stable, NaN largest. */
export function argsort(b: NodeBuilder, x: Node, dim = -1, descending = false): Node {
  const rank = x.type.shape.length;
  const axis = normalizeAxis("sort", dim, rank);
  if (rank === 0) return fill(b, "int32", [], 0);
  const turned = swapAxes(b, toNumber(b, stopGradient(b, x)), axis, rank - 1);
  return swapAxes(b, b.apply("argsort", [turned], { descending }), axis, rank - 1);
}

/** Takes off the largest element along an axis, which changes no softmax. */
function shifted(b: NodeBuilder, x: Node, axis: number): Node {
  const top = stopGradient(b, reduced(b, "max", x, [axis], true));
  return op(b, "sub", x, expandTo(b, top, x.type.shape));
}

/** e^x / Σ e^x along an axis. */
export function softmax(b: NodeBuilder, x: Node, dim: number): Node {
  const y = toFloat(b, x);
  const axis = normalizeAxis("softmax", dim, y.type.shape.length);
  if (y.type.size === 0) return y;
  if (y.type.shape.length === 0) return fillLike(b, y, 1);
  const powers = op(b, "exp", shifted(b, y, axis));
  return op(b, "div", powers, expandTo(b, sum(b, powers, axis, true), y.type.shape));
}

/** log softmax(x) along an axis. */
export function logSoftmax(b: NodeBuilder, x: Node, dim: number): Node {
  const y = toFloat(b, x);
  const axis = normalizeAxis("logSoftmax", dim, y.type.shape.length);
  if (y.type.size === 0) return y;
  if (y.type.shape.length === 0) return fillLike(b, y, 0);
  const z = shifted(b, y, axis);
  const total = op(b, "log", sum(b, op(b, "exp", z), axis, true));
  return op(b, "sub", z, expandTo(b, total, y.type.shape));
}

/** The p-norm over axes; its slope at 0 is 0. */
export function norm(b: NodeBuilder, x: Node, p = 2, dim?: Dims, keepdim = false): Node {
  needFloat("norm", x);
  const size = op(b, "abs", x);
  if (p === Infinity) return amax(b, size, dim, keepdim);
  if (p === -Infinity) return amin(b, size, dim, keepdim);
  if (p === 1) return sum(b, size, dim, keepdim);
  if (p === 2) return rootOrZero(b, sum(b, square(b, x), dim, keepdim));
  const zero = op(b, "eq", x, fillLike(b, x, 0));
  const none = fillLike(b, x, 0);
  if (p === 0) return sum(b, op(b, "where", zero, none, fillLike(b, x, 1)), dim, keepdim);
  const safe = op(b, "where", zero, fillLike(b, x, 1), size);
  const powers = op(b, "pow", safe, fillLike(b, x, p));
  const atZero = fillLike(b, x, p > 0 ? 0 : Infinity);
  const total = sum(b, op(b, "where", zero, atZero, powers), dim, keepdim);
  const empty = op(b, "eq", total, fillLike(b, total, 0));
  const base = op(b, "where", empty, fillLike(b, total, 1), total);
  const root = op(b, "pow", base, fillLike(b, total, 1 / p));
  return op(b, "where", empty, fillLike(b, total, 0), root);
}

/** A running combination along an axis. */
export function running(b: NodeBuilder, combine: Combine, x: Node, dim: number): Node {
  const y = toNumber(b, x);
  const axis = normalizeAxis(`cum${combine}`, dim, y.type.shape.length);
  return y.type.shape.length === 0 ? y : b.apply("cumulate", [y], { combine, axis });
}

/** The running sum along an axis. */
export function cumsum(b: NodeBuilder, x: Node, dim: number): Node {
  return running(b, "sum", x, dim);
}

/** x scaled to p-norm 1 along an axis; a norm below eps counts as eps. */
export function normalize(b: NodeBuilder, x: Node, p = 2, dim: Dims = 1, eps = 1e-12): Node {
  const size = norm(b, x, p, dim, true);
  const bounded = op(b, "maximum", size, fillLike(b, size, eps));
  return op(b, "div", x, expandTo(b, bounded, x.type.shape));
}
