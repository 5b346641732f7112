/**
 * Determinants, inverses and systems of linear equations by Gauss–Jordan elimination with complete
 * pivoting: a scan over columns. Derivatives go through each step (the choice of pivots is
 * constant), so they exist to any order, and for singular matrices too.
 */
import { isFloat } from "../../core/dtype.ts";
import { dtypeError, shapeError } from "../../core/errors.ts";
import { broadcastShapes, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import {
  castTo,
  concat,
  expandTo,
  fill,
  fillLike,
  op,
  positions,
  reshape,
  sliceAxis,
} from "../words.ts";
import { sign as signOf } from "./arithmetic.ts";
import { eye } from "./indexing.ts";
import type { Turn } from "./loop.ts";
import { loop } from "./loop.ts";
import { any, argmax, prod, sum } from "./reduction.ts";
import { movedim } from "./movement.ts";

/** Throws unless x is a float square matrix, or a batch of them. */
export function needSquare(name: string, x: Node): number {
  const { shape, dtype, text } = x.type;
  if (!isFloat(dtype)) throw dtypeError(`${name}: x is ${text}; need float32 or float64.`);
  const n = shape.at(-1) ?? 0;
  if (shape.length >= 2 && shape.at(-2) === n) return n;
  throw shapeError(`${name}: x is ${showShape(shape)}; need square matrices [..., n, n].`);
}

/** A matrix after elimination. All have the matrix's leading axes. */
interface Eliminated {
  /** The rest of the augmented columns: [..., n, m]. */
  readonly rest: Node;
  /** The pivots in the order they were chosen: [..., n]. */
  readonly pivots: Node;
  /** The row of the pivot that stands in each column: int32 [..., n]. */
  readonly order: Node;
}

/** Sums one axis and keeps it. */
function total(b: NodeBuilder, x: Node, axis: number): Node {
  return sum(b, x, axis, true);
}

/** The elements where the mask holds, 0 elsewhere. (A product with 0 would spread infinities.) */
function kept(b: NodeBuilder, mask: Node, x: Node): Node {
  return op(b, "where", expandTo(b, mask, x.type.shape), x, fillLike(b, x, 0));
}

/** Eliminates all n columns of x [..., n, n] with further columns [..., n, m] beside it. */
function eliminate(b: NodeBuilder, x: Node, beside: Node | null): Eliminated {
  const { shape } = x.type;
  const n = shape.at(-1)!;
  const lead = shape.slice(0, -2);
  const across = lead.length + 1;
  const start = beside === null ? x : concat(b, [x, beside], across);
  const open = (line: readonly number[]): Node => fill(b, "bool", [...lead, ...line], 1);
  const initial = [start, open([n, 1]), open([1, n])];
  const { last, kept: chosen } = loop(b, { initial, length: n }, step);
  const [pivots, rows, columns] = chosen.map((values) => movedim(b, values, 0, -1));
  const at = b.apply("argsort", [columns!], { descending: false });
  return {
    rest: sliceAxis(b, last[0]!, across, n, start.type.shape[across]! - n),
    pivots: pivots!,
    order: b.apply("gather", [rows!, at], { axis: lead.length }),
  };
}

/** Eliminates one column by the largest element in the rows and columns that are still open. */
function step(b: NodeBuilder, [matrix, openRows, openColumns]: readonly Node[]): Turn {
  const { shape } = matrix!.type;
  const lead = shape.slice(0, -2);
  const [down, across] = [lead.length, lead.length + 1];
  const [n, width] = [shape[down]!, shape[across]!];
  const sizes = op(b, "abs", op(b, "stopGradient", sliceAxis(b, matrix!, across, 0, n)));
  const wide = [openRows, openColumns].map((line) => expandTo(b, line!, sizes.type.shape));
  const candidates = op(b, "where", op(b, "and", ...wide), sizes, fillLike(b, sizes, -1));
  const at = argmax(b, reshape(b, candidates, [...lead, n * n]), -1);
  const [r, c] = quotientAndRemainder(b, at, n);
  const among = (place: Node, line: readonly number[], axis: number): Node => {
    const all = positions(b, [...lead, ...line], axis);
    return op(b, "eq", all, expandTo(b, reshape(b, place, [...lead, 1, 1]), all.type.shape));
  };
  const isRow = among(r, [n, 1], down);
  const isColumn = among(c, [1, width], across);
  const row = total(b, kept(b, isRow, matrix!), down);
  const column = total(b, kept(b, isColumn, matrix!), across);
  const pivot = total(b, kept(b, isColumn, row), across);
  // where all that remains is 0, nothing is left to eliminate
  const none = op(b, "eq", pivot, fillLike(b, pivot, 0));
  const safe = op(b, "where", none, fillLike(b, pivot, 1), pivot);
  const lines = expandTo(b, op(b, "div", row, expandTo(b, safe, row.type.shape)), shape);
  const changed = op(b, "sub", matrix!, op(b, "mul", expandTo(b, column, shape), lines));
  const without = (open: Node, used: Node): Node => op(b, "and", open, op(b, "not", used));
  return {
    next: [
      op(b, "where", expandTo(b, isRow, shape), lines, changed),
      without(openRows!, isRow),
      without(openColumns!, sliceAxis(b, isColumn, across, 0, n)),
    ],
    kept: [reshape(b, pivot, lead), r, c],
  };
}

/** ⌊x / n⌋ and the remainder, of int32. */
function quotientAndRemainder(b: NodeBuilder, x: Node, n: number): [Node, Node] {
  const exact = castTo(b, x, "float64");
  const quotient = castTo(b, op(b, "floor", op(b, "div", exact, fillLike(b, exact, n))), "int32");
  return [quotient, op(b, "sub", x, op(b, "mul", quotient, fillLike(b, quotient, n)))];
}

/** 1 or −1: whether the pivots' rows in the order of their columns are an even permutation. */
function parity(b: NodeBuilder, order: Node, like: Node): Node {
  const { shape } = order.type;
  const square = [...shape, shape.at(-1)!];
  const [first, second] = [
    [...shape, 1],
    [...shape.slice(0, -1), 1, shape.at(-1)!],
  ].map((line) => expandTo(b, reshape(b, order, line), square));
  const later = op(b, "lt", ...[-2, -1].map((axis) => positions(b, square, square.length + axis)));
  const crossed = op(b, "and", later, op(b, "lt", second!, first!));
  const count = sum(b, castTo(b, crossed, "float64"), [-2, -1]);
  const half = op(b, "div", count, fillLike(b, count, 2));
  const odd = op(b, "ne", half, op(b, "floor", half));
  return op(b, "where", odd, fillLike(b, like, -1), fillLike(b, like, 1));
}

/** The determinants of x [..., n, n]. */
export function det(b: NodeBuilder, x: Node): Node {
  if (needSquare("det", x) === 0) return fill(b, x.type.dtype, x.type.shape.slice(0, -2), 1);
  const { pivots, order } = eliminate(b, x, null);
  const product = prod(b, pivots, -1);
  return op(b, "mul", product, parity(b, order, product));
}

/** The signs of the determinants, and the logarithms of their sizes: 0 and −∞ of singular ones. */
export function slogdet(b: NodeBuilder, x: Node): [Node, Node] {
  const n = needSquare("slogdet", x);
  const { dtype, shape } = x.type;
  if (n === 0)
    return [fill(b, dtype, shape.slice(0, -2), 1), fill(b, dtype, shape.slice(0, -2), 0)];
  const { pivots, order } = eliminate(b, x, null);
  const size = sum(b, op(b, "log", op(b, "abs", pivots)), -1);
  const signs = prod(b, op(b, "stopGradient", signOf(b, pivots)), -1);
  return [op(b, "mul", signs, parity(b, order, signs)), size];
}

/** The rows in the order of the columns their pivots stand in: x⁻¹ · beside. */
function solved(b: NodeBuilder, x: Node, beside: Node): Node {
  const { shape, dtype } = x.type;
  const { rest, pivots, order } = eliminate(b, x, beside);
  const row = expandTo(b, reshape(b, order, [...order.type.shape, 1]), shape);
  const ordering = castTo(b, op(b, "eq", positions(b, shape, shape.length - 1), row), dtype);
  const singular = any(b, op(b, "eq", pivots, fillLike(b, pivots, 0)), -1, true);
  const result = op(b, "contract", ordering, rest);
  const mask = expandTo(b, reshape(b, singular, [...singular.type.shape, 1]), result.type.shape);
  return op(b, "where", mask, fillLike(b, result, NaN), result);
}

/** The inverses of x [..., n, n]; NaN of singular ones. */
export function inv(b: NodeBuilder, x: Node): Node {
  const n = needSquare("inv", x);
  if (x.type.size === 0) return x;
  return solved(b, x, expandTo(b, eye(b, n, n, x.type.dtype), x.type.shape));
}

/**
 * The solutions of a · x = y: a is [..., n, n], y [n], [..., n] (as a's leading axes) or [..., n,
 * k].
 */
export function solve(b: NodeBuilder, a: Node, y: Node): Node {
  const n = needSquare("solve", a);
  const lead = a.type.shape.slice(0, -2);
  const rank = y.type.shape.length;
  const vector = rank === 1 || (rank === lead.length + 1 && sameLead(y, a));
  const right = vector ? reshape(b, y, [...y.type.shape, 1]) : y;
  if (right.type.shape.at(-2) !== n) {
    throw shapeError(
      `solve: A is ${showShape(a.type.shape)}, B is ${showShape(y.type.shape)}; ` +
        `need B [${n}], [..., ${n}] or [..., ${n}, k].`,
    );
  }
  const common = broadcastShapes("solve", lead, right.type.shape.slice(0, -2));
  const matrix = expandTo(b, a, [...common, n, n]);
  const beside = expandTo(b, castTo(b, right, a.type.dtype), [
    ...common,
    n,
    right.type.shape.at(-1)!,
  ]);
  const x = beside.type.size === 0 ? beside : solved(b, matrix, beside);
  return vector ? reshape(b, x, x.type.shape.slice(0, -1)) : x;
}

function sameLead(y: Node, a: Node): boolean {
  return showShape(y.type.shape) === showShape(a.type.shape.slice(0, -1));
}
