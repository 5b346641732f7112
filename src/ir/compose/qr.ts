/**
 * QR by Householder reflections, with LAPACK's signs: a scan over columns, and one back over their
 * reflections. Derivatives go through each step, to any order.
 */
import { isFloat } from "../../core/dtype.ts";
import { dtypeError, shapeError } from "../../core/errors.ts";
import { wholePower } from "../../core/math.ts";
import { showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, fillLike, op, positions, reshape, sliceAxis } from "../words.ts";
import { eye } from "./indexing.ts";
import { loop, turnsOf } from "./loop.ts";
import { matrixTranspose, narrow, triu } from "./movement.ts";
import { amax, sum } from "./reduction.ts";

/** The two factors. */
export interface QR {
  readonly q: Node;
  readonly r: Node;
}

/** Throws unless x is a float matrix, or a batch of them. */
export function needMatrix(name: string, x: Node): readonly [rows: number, columns: number] {
  const { shape, dtype, text } = x.type;
  if (!isFloat(dtype)) throw dtypeError(`${name}: x is ${text}; need float32 or float64.`);
  if (shape.length < 2) {
    throw shapeError(`${name}: x is ${showShape(shape)}; need matrices [..., m, n].`);
  }
  return shape.slice(-2) as [number, number];
}

/** The reflection I − factor · v · vᵀ: v is a column, 0 above the reflection's own row. */
interface Reflection {
  readonly v: Node;
  readonly factor: Node;
}

/**
 * Matrices whose largest element lies beyond these powers of two, or below their reciprocals, are
 * moved by powers of two first: decompositions compute fourth powers, which would overflow, or
 * vanish, in silence.
 */
const RANGE = {
  float32: { most: 24, step: 40 },
  float64: { most: 200, step: 330 },
} as const;

/** Matrices moved to where their fourth powers are numbers, and the way back. */
export interface Moved {
  readonly matrix: Node;
  /** Takes a result [..., k] or [..., k, l] that grows as the matrix does. */
  readonly back: (result: Node) => Node;
}

/** Multiplies each matrix of x [..., m, n] by a power of two, which is 1 for most. */
export function moveIntoRange(b: NodeBuilder, x: Node): Moved {
  if (x.type.size === 0) return { matrix: x, back: (result) => result };
  const range = RANGE[x.type.dtype === "float64" ? "float64" : "float32"];
  const [most, step] = [wholePower(2, range.most), wholePower(2, range.step)];
  let size = amax(b, op(b, "abs", op(b, "stopGradient", x)), [-2, -1], true); // [..., 1, 1]
  let factor = fillLike(b, size, 1);
  for (let turn = 0; turn < 3; turn++) {
    const small = op(b, "lt", size, fillLike(b, size, 1 / most));
    const large = op(b, "lt", fillLike(b, size, most), size);
    const down = op(b, "where", large, fillLike(b, size, 1 / step), fillLike(b, size, 1));
    const move = op(b, "where", small, fillLike(b, size, step), down);
    size = op(b, "mul", size, move);
    factor = op(b, "mul", factor, move);
  }
  const { shape } = factor.type;
  const back = (result: Node): Node => {
    const missing = result.type.shape.length - shape.length;
    const divisor = missing < 0 ? reshape(b, factor, shape.slice(0, missing)) : factor;
    return op(b, "div", result, expandTo(b, divisor, result.type.shape));
  };
  return { matrix: op(b, "mul", x, expandTo(b, factor, x.type.shape)), back };
}

/** x [..., m, n] as q · r: q [..., m, k] with k = min(m, n), or ("complete") k = m. */
export function qr(b: NodeBuilder, x: Node, mode: "reduced" | "complete"): QR {
  needMatrix("qr", x);
  const { matrix, back } = moveIntoRange(b, x);
  const { q, r } = householder(b, matrix, mode);
  return { q, r: back(r) };
}

/** `qr` of matrices whose squares are numbers. */
export function householder(b: NodeBuilder, x: Node, mode: "reduced" | "complete"): QR {
  const [m, n] = x.type.shape.slice(-2) as [number, number];
  const lead = x.type.shape.slice(0, -2);
  const length = Math.min(m, n);
  const k = mode === "complete" ? m : length;
  const unit = expandTo(b, eye(b, m, k, x.type.dtype), [...lead, m, k]);
  if (length === 0) return { q: unit, r: sliceAxis(b, x, lead.length, 0, k) };
  const forth = { initial: [x], sequences: [turnsOf(b, length)], length };
  const { last, kept } = loop(b, forth, (nb, [rest], [j]) => {
    const reflection = reflectionOf(nb, narrow(nb, rest!, -1, j!, 1), j!);
    return { next: [reflect(nb, reflection, rest!)], kept: [reflection.v, reflection.factor] };
  });
  const back = { initial: [unit], sequences: kept, length, reverse: true };
  const { last: q } = loop(b, back, (nb, [rest], [v, factor]) => ({
    next: [reflect(nb, { v: v!, factor: factor! }, rest!)],
    kept: [],
  }));
  return { q: q[0]!, r: triu(b, sliceAxis(b, last[0]!, lead.length, 0, k)) };
}

/** The reflection that leaves of a column [..., m, 1] the elements up to row j (float64). */
function reflectionOf(b: NodeBuilder, column: Node, j: Node): Reflection {
  const { shape } = column.type;
  const down = shape.length - 2;
  const row = castTo(b, positions(b, shape, down), "float64");
  const own = expandTo(b, j, shape);
  const zero = fillLike(b, column, 0);
  const first = narrow(b, column, down, j, 1);
  const below = op(b, "where", op(b, "lt", own, row), column, zero);
  const squares = sum(b, op(b, "mul", below, below), down, true);
  const done = op(b, "eq", squares, fillLike(b, squares, 0)); // nothing to reflect away
  const one = fillLike(b, first, 1);
  const all = op(b, "add", op(b, "mul", first, first), squares);
  const length = op(b, "sqrt", op(b, "where", done, one, all));
  const negative = op(b, "lt", first, fillLike(b, first, 0));
  const beta = op(b, "where", negative, length, op(b, "neg", length));
  const gap = op(b, "where", done, one, op(b, "sub", first, beta));
  const scaled = op(b, "div", below, expandTo(b, gap, shape));
  const v = op(b, "where", op(b, "eq", row, own), fillLike(b, column, 1), scaled);
  const factor = op(b, "div", op(b, "sub", beta, first), beta);
  return { v, factor: op(b, "where", done, fillLike(b, factor, 0), factor) };
}

function reflect(b: NodeBuilder, { v, factor }: Reflection, x: Node): Node {
  const { shape } = x.type;
  const products = multiply(b, matrixTranspose(b, v), x);
  const scaled = op(b, "mul", expandTo(b, factor, products.type.shape), products);
  return op(b, "sub", x, op(b, "mul", expandTo(b, v, shape), expandTo(b, scaled, shape)));
}

/** The product of two matrices, or of two batches with equal leading axes. */
export function multiply(b: NodeBuilder, x: Node, y: Node): Node {
  return op(b, "contract", x, y);
}
