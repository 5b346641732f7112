/**
 * Determinants, inverses and systems of linear equations by Gauss–Jordan elimination with complete
 * pivoting. The loop over columns is written out, so the graph grows with the matrix; derivatives
 * go through each step (the choice of pivots is constant), so they exist to any order, and for
 * singular matrices too.
 */
import { isFloat } from "../../core/dtype.ts";
import { dtypeError, NablaError, shapeError } from "../../core/errors.ts";
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
import { argmax, prod, sum } from "./reduction.ts";

/** The largest matrices whose loops are written out. */
export const LARGEST_UNROLLED = 64;

/**
 * Throws unless x is a float square matrix, or a batch of them, of a size that can be written out.
 */
export function needSquare(name: string, x: Node): number {
  const { shape, dtype, text } = x.type;
  if (!isFloat(dtype)) throw dtypeError(`${name}: x is ${text}; need float32 or float64.`);
  const n = shape.at(-1) ?? 0;
  if (shape.length < 2 || shape.at(-2) !== n) {
    throw shapeError(`${name}: x is ${showShape(shape)}; need square matrices [..., n, n].`);
  }
  if (n > LARGEST_UNROLLED) {
    throw new NablaError(
      "unsupported",
      `${name}: x is ${showShape(shape)}; matrices up to ${LARGEST_UNROLLED} × ` +
        `${LARGEST_UNROLLED} are supported.`,
    );
  }
  return n;
}

/** A matrix after elimination. All have the matrix's leading axes. */
interface Eliminated {
  /** The rest of the augmented columns: [..., n, m]. */
  readonly rest: Node;
  /** The pivots in the order they were chosen: n scalars. */
  readonly pivots: readonly Node[];
  /** Their rows and columns (int32). */
  readonly rows: readonly Node[];
  readonly columns: readonly Node[];
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
  const n = x.type.shape.at(-1)!;
  const lead = x.type.shape.slice(0, -2);
  const rank = lead.length + 2;
  let matrix = beside === null ? x : concat(b, [x, beside], rank - 1);
  const width = matrix.type.shape.at(-1)!;
  const [down, across] = [rank - 2, rank - 1];
  const atRow = positions(b, [...lead, n, 1], down);
  const atColumn = positions(b, [...lead, 1, width], across);
  let open = fill(b, "bool", x.type.shape, 1);
  const [pivots, rows, columns]: [Node[], Node[], Node[]] = [[], [], []];
  for (let k = 0; k < n; k++) {
    const square = sliceAxis(b, matrix, across, 0, n);
    const sizes = op(b, "abs", op(b, "stopGradient", square));
    const candidates = op(b, "where", open, sizes, fillLike(b, sizes, -1));
    const at = argmax(b, reshape(b, candidates, [...lead, n * n]), -1);
    const [r, c] = quotientAndRemainder(b, at, n);
    const single = (node: Node): Node => reshape(b, node, [...lead, 1, 1]);
    const isRow = op(b, "eq", atRow, expandTo(b, single(r), atRow.type.shape));
    const isColumn = op(b, "eq", atColumn, expandTo(b, single(c), atColumn.type.shape));
    const row = total(b, kept(b, isRow, matrix), down);
    const column = total(b, kept(b, isColumn, matrix), across);
    const pivot = total(b, kept(b, isColumn, row), across);
    // where all that remains is 0, nothing is left to eliminate
    const none = op(b, "eq", pivot, fillLike(b, pivot, 0));
    const safe = op(b, "where", none, fillLike(b, pivot, 1), pivot);
    const scaled = op(b, "div", row, expandTo(b, safe, row.type.shape));
    const { shape } = matrix.type;
    const lines = expandTo(b, scaled, shape);
    const changed = op(b, "sub", matrix, op(b, "mul", expandTo(b, column, shape), lines));
    matrix = op(b, "where", expandTo(b, isRow, shape), lines, changed);
    const used = sliceAxis(b, isColumn, across, 0, n);
    const crossed = op(b, "or", expandTo(b, isRow, x.type.shape), expandTo(b, used, x.type.shape));
    open = op(b, "and", open, op(b, "not", crossed));
    pivots.push(reshape(b, pivot, lead));
    rows.push(r);
    columns.push(c);
  }
  return { rest: sliceAxis(b, matrix, across, n, width - n), pivots, rows, columns };
}

/** ⌊x / n⌋ and the remainder, of int32. */
function quotientAndRemainder(b: NodeBuilder, x: Node, n: number): [Node, Node] {
  const exact = castTo(b, x, "float64");
  const quotient = castTo(b, op(b, "floor", op(b, "div", exact, fillLike(b, exact, n))), "int32");
  return [quotient, op(b, "sub", x, op(b, "mul", quotient, fillLike(b, quotient, n)))];
}

/** Scalars of equal shape along a new last axis. */
function line(b: NodeBuilder, parts: readonly Node[]): Node {
  const { shape } = parts[0]!.type;
  const lifted = parts.map((part) => reshape(b, part, [...shape, 1]));
  return concat(b, lifted, shape.length);
}

/** 1 or −1: whether the pivots' rows in the order of their columns are an even permutation. */
function parity(b: NodeBuilder, { rows, columns }: Eliminated, like: Node): Node {
  const n = rows.length;
  const lead = like.type.shape;
  const shape = [...lead, n, n];
  const ordered = (parts: readonly Node[]): Node => {
    const places = line(b, parts);
    const first = expandTo(b, reshape(b, places, [...lead, n, 1]), shape);
    const second = expandTo(b, reshape(b, places, [...lead, 1, n]), shape);
    return op(b, "lt", first, second);
  };
  const crossed = op(b, "xor", ordered(rows), ordered(columns));
  // each crossing counts twice, as (k, l) and (l, k)
  const count = sum(b, castTo(b, crossed, "float64"), [-2, -1]);
  const half = op(b, "div", count, fillLike(b, count, 4));
  const odd = op(b, "ne", half, op(b, "floor", half));
  return op(b, "where", odd, fillLike(b, like, -1), fillLike(b, like, 1));
}

/** The determinants of x [..., n, n]. */
export function det(b: NodeBuilder, x: Node): Node {
  const n = needSquare("det", x);
  const lead = x.type.shape.slice(0, -2);
  if (n === 0) return fill(b, x.type.dtype, lead, 1);
  const eliminated = eliminate(b, x, null);
  const product = prod(b, line(b, eliminated.pivots), -1);
  return op(b, "mul", product, parity(b, eliminated, product));
}

/** The signs of the determinants, and the logarithms of their sizes: 0 and −∞ of singular ones. */
export function slogdet(b: NodeBuilder, x: Node): [Node, Node] {
  const n = needSquare("slogdet", x);
  const lead = x.type.shape.slice(0, -2);
  if (n === 0) return [fill(b, x.type.dtype, lead, 1), fill(b, x.type.dtype, lead, 0)];
  const eliminated = eliminate(b, x, null);
  const pivots = line(b, eliminated.pivots);
  const size = sum(b, op(b, "log", op(b, "abs", pivots)), -1);
  const signs = prod(b, op(b, "stopGradient", signOf(b, pivots)), -1);
  return [op(b, "mul", signs, parity(b, eliminated, signs)), size];
}

/** The rows in the order of the columns their pivots stand in, divided by nothing: x⁻¹ · beside. */
function solved(b: NodeBuilder, x: Node, beside: Node): Node {
  const eliminated = eliminate(b, x, beside);
  const { shape } = x.type;
  const [down, across] = [shape.length - 2, shape.length - 1];
  // order[c, r] is 1 where the pivot of column c stands in row r
  const place = (parts: readonly Node[], axis: number): Node => {
    const n = parts.length;
    const lead = shape.slice(0, -2);
    const all = reshape(b, line(b, parts), axis === 0 ? [...lead, 1, n] : [...lead, n, 1]);
    const at = positions(b, shape, axis === 0 ? down : across);
    return castTo(b, op(b, "eq", at, expandTo(b, all, shape)), x.type.dtype);
  };
  const order = op(b, "contract", place(eliminated.columns, 0), place(eliminated.rows, 1));
  const singular = line(
    b,
    eliminated.pivots.map((p) => op(b, "eq", p, fillLike(b, p, 0))),
  );
  const spoiled = b.apply("max", [singular], { axes: [singular.type.shape.length - 1] });
  const result = op(b, "contract", order, eliminated.rest);
  const mask = expandTo(b, reshape(b, spoiled, [...spoiled.type.shape, 1, 1]), result.type.shape);
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
