/**
 * QR by Householder reflections, with LAPACK's signs. The loop over columns is written out, so
 * derivatives go through each step, to any order.
 */
import { isFloat } from "../../core/dtype.ts";
import { dtypeError, NablaError, shapeError } from "../../core/errors.ts";
import { wholePower } from "../../core/math.ts";
import { showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { concat, expandTo, fill, fillLike, op, reshape, sliceAxis } from "../words.ts";
import { LARGEST_UNROLLED } from "./elimination.ts";
import { eye } from "./indexing.ts";
import { matrixTranspose } from "./movement.ts";
import { amax, sum } from "./reduction.ts";

/** The two factors. */
export interface QR {
  readonly q: Node;
  readonly r: Node;
}

/** Throws unless x is a float matrix, or a batch of them, small enough to be written out. */
export function needMatrix(name: string, x: Node): readonly [rows: number, columns: number] {
  const { shape, dtype, text } = x.type;
  if (!isFloat(dtype)) throw dtypeError(`${name}: x is ${text}; need float32 or float64.`);
  if (shape.length < 2) {
    throw shapeError(`${name}: x is ${showShape(shape)}; need matrices [..., m, n].`);
  }
  const [rows, columns] = shape.slice(-2) as [number, number];
  if (Math.min(rows, columns) <= LARGEST_UNROLLED) return [rows, columns];
  throw new NablaError(
    "unsupported",
    `${name}: x is ${showShape(shape)}; the smaller side may be up to ${LARGEST_UNROLLED}.`,
  );
}

/** The reflection I − factor · v · vᵀ of the rows from its own on: v is a column. */
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
  const { dtype } = x.type;
  const least = Math.min(m, n);
  const k = mode === "complete" ? m : least;
  const across = lead.length + 1;
  const reflections: Reflection[] = [];
  const rows: Node[] = [];
  let rest = x;
  for (let j = 0; j < least; j++) {
    const reflection = reflectionOf(b, sliceAxis(b, rest, across, 0, 1));
    if (reflection !== null) rest = reflect(b, reflection, rest);
    if (reflection !== null) reflections.push(reflection);
    const top = sliceAxis(b, rest, across - 1, 0, 1);
    rows.push(concat(b, [fill(b, dtype, [...lead, 1, j], 0), top], across));
    const below = sliceAxis(b, rest, across - 1, 1, m - j - 1);
    rest = sliceAxis(b, below, across, 1, n - j - 1);
  }
  rows.push(fill(b, dtype, [...lead, k - least, n], 0));
  let q = expandTo(b, eye(b, m, k, dtype), [...lead, m, k]);
  for (let j = reflections.length - 1; j >= 0; j--) {
    const above = sliceAxis(b, q, across - 1, 0, j);
    const turned = reflect(b, reflections[j]!, sliceAxis(b, q, across - 1, j, m - j));
    q = concat(b, [above, turned], across - 1);
  }
  return { q, r: concat(b, rows, across - 1) };
}

/** The reflection that leaves the first element of a column [..., m, 1] alone; null where m = 1. */
function reflectionOf(b: NodeBuilder, column: Node): Reflection | null {
  const { shape } = column.type;
  const down = shape.length - 2;
  const m = shape[down]!;
  if (m < 2) return null;
  const first = sliceAxis(b, column, down, 0, 1);
  const below = sliceAxis(b, column, down, 1, m - 1);
  const squares = sum(b, op(b, "mul", below, below), down, true);
  const done = op(b, "eq", squares, fillLike(b, squares, 0)); // nothing to reflect away
  const one = fillLike(b, first, 1);
  const all = op(b, "add", op(b, "mul", first, first), squares);
  const length = op(b, "sqrt", op(b, "where", done, one, all));
  const negative = op(b, "lt", first, fillLike(b, first, 0));
  const beta = op(b, "where", negative, length, op(b, "neg", length));
  const gap = op(b, "where", done, one, op(b, "sub", first, beta));
  const v = concat(b, [one, op(b, "div", below, expandTo(b, gap, below.type.shape))], down);
  const factor = op(b, "div", op(b, "sub", beta, first), beta);
  return { v, factor: op(b, "where", done, fillLike(b, factor, 0), factor) };
}

function reflect(b: NodeBuilder, { v, factor }: Reflection, x: Node): Node {
  const { shape } = x.type;
  if (x.type.size === 0) return x;
  const products = multiply(b, matrixTranspose(b, v), x);
  const scaled = op(b, "mul", expandTo(b, factor, products.type.shape), products);
  return op(b, "sub", x, op(b, "mul", expandTo(b, v, shape), expandTo(b, scaled, shape)));
}

/** The product of two matrices, or of two batches with equal leading axes. */
export function multiply(b: NodeBuilder, x: Node, y: Node): Node {
  return op(b, "contract", x, y);
}
