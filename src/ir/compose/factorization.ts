/** Triangular factors and systems by scans over columns; powers and norms of matrices. */
import { argumentError, shapeError } from "../../core/errors.ts";
import { broadcastShapes, normalizeAxis, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, fill, fillLike, op, positions, reshape, sliceAxis } from "../words.ts";
import { inv, needSquare } from "./elimination.ts";
import { eye } from "./indexing.ts";
import { matmul } from "./linalg.ts";
import { svd } from "./decomposition.ts";
import { loop, turnsOf } from "./loop.ts";
import { matrixTranspose, movedim, narrow, select, tril, triu } from "./movement.ts";
import type { Dims } from "./reduction.ts";
import { amax, amin, norm, rootOrZero, sum } from "./reduction.ts";

/**
 * The lower factor L of x = L · Lᵀ, or (`upper`) its transpose; NaN where x is not positive
 * definite. Reads the lower triangle; its gradient is symmetric, as PyTorch's.
 */
export function cholesky(b: NodeBuilder, x: Node, upper = false): Node {
  const n = needSquare("cholesky", x);
  if (x.type.size === 0) return x;
  const { shape } = x.type;
  const across = shape.length - 1;
  const lower = op(b, "stopGradient", x);
  const mirrored = op(b, "add", tril(b, lower), matrixTranspose(b, tril(b, lower, -1)));
  const mean = op(b, "mul", op(b, "add", x, matrixTranspose(b, x)), fillLike(b, x, 0.5));
  // the value of the mirrored lower triangle with the slopes of the mean
  const rest = op(b, "add", mirrored, op(b, "sub", mean, op(b, "stopGradient", mean)));
  const options = { initial: [rest], sequences: [turnsOf(b, n)], length: n };
  const factors = loop(b, options, (nb, [matrix], [k]) => {
    const column = narrow(nb, matrix!, -1, k!, 1);
    const root = op(nb, "sqrt", narrow(nb, column, -2, k!, 1));
    const scaled = op(nb, "div", column, expandTo(nb, root, column.type.shape));
    const row = castTo(nb, positions(nb, column.type.shape, across - 1), "float64");
    const above = op(nb, "lt", row, expandTo(nb, k!, row.type.shape));
    const factor = op(nb, "where", above, fillLike(nb, scaled, 0), scaled);
    const turned = matrixTranspose(nb, factor);
    const product = op(nb, "mul", expandTo(nb, factor, shape), expandTo(nb, turned, shape));
    return { next: [op(nb, "sub", matrix!, product)], kept: [select(nb, factor, -1, 0)] };
  });
  const result = movedim(b, factors.kept[0]!, 0, -1);
  return upper ? matrixTranspose(b, result) : result;
}

/** Options of `solveTriangular`. */
export interface TriangularOptions {
  /** Whether A is an upper triangle. */
  readonly upper: boolean;
  /** Solve A · X = B (default), or X · A = B. */
  readonly left?: boolean;
  /** Take the diagonal of A to be 1. Default: false. */
  readonly unitriangular?: boolean;
}

/**
 * The solutions of a · x = y for triangles a [..., n, n] and y [..., n, k]; the other half is not
 * read.
 */
export function solveTriangular(
  b: NodeBuilder,
  a: Node,
  y: Node,
  { upper, left = true, unitriangular = false }: TriangularOptions,
): Node {
  if (!left) {
    const options = { upper: !upper, unitriangular };
    const turned = solveTriangular(b, matrixTranspose(b, a), matrixTranspose(b, y), options);
    return matrixTranspose(b, turned);
  }
  const n = needSquare("solveTriangular", a);
  if (y.type.shape.length < 2 || y.type.shape.at(-2) !== n) {
    throw shapeError(
      `solveTriangular: A is ${showShape(a.type.shape)}, B is ${showShape(y.type.shape)}; ` +
        `need B [..., ${n}, k].`,
    );
  }
  const common = broadcastShapes(
    "solveTriangular",
    a.type.shape.slice(0, -2),
    y.type.shape.slice(0, -2),
  );
  const triangle = upper ? triu(b, a) : tril(b, a);
  const shape = [...common, n, y.type.shape.at(-1)!];
  const rest = expandTo(b, castTo(b, y, a.type.dtype), shape);
  if (rest.type.size === 0) return rest;
  const columns = movedim(b, expandTo(b, triangle, [...common, n, n]), -1, 0);
  const sequences = [reshape(b, columns, [...columns.type.shape, 1]), turnsOf(b, n)];
  const options = { initial: [rest], sequences, length: n, reverse: upper };
  const solution = loop(b, options, (nb, [left], [column, k]) => {
    const top = narrow(nb, left!, -2, k!, 1);
    const pivot = expandTo(nb, narrow(nb, column!, -2, k!, 1), top.type.shape);
    const row = unitriangular ? top : op(nb, "div", top, pivot);
    const taken = op(nb, "mul", expandTo(nb, column!, shape), expandTo(nb, row, shape));
    return { next: [op(nb, "sub", left!, taken)], kept: [select(nb, row, -2, 0)] };
  });
  return movedim(b, solution.kept[0]!, 0, -2);
}

/** x multiplied by itself n times; the inverse for negative n. */
export function matrixPower(b: NodeBuilder, x: Node, n: number): Node {
  if (!Number.isInteger(n)) throw argumentError(`matrixPower: n is ${n}; need an integer.`);
  const { shape, dtype } = x.type;
  const size = shape.at(-1) ?? 0;
  if (shape.length < 2 || shape.at(-2) !== size) {
    throw shapeError(`matrixPower: x is ${showShape(shape)}; need square matrices [..., n, n].`);
  }
  if (n === 0) return expandTo(b, eye(b, size, size, dtype), shape);
  let base = n < 0 ? inv(b, x) : x;
  let result: Node | null = null;
  for (let left = Math.abs(n); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = result === null ? base : matmul(b, result, base);
    if (left > 1) base = matmul(b, base, base);
  }
  return result!;
}

/** The product of matrices in the order that takes the fewest multiplications. */
export function multiDot(b: NodeBuilder, matrices: readonly Node[]): Node {
  const count = matrices.length;
  if (count === 0) throw argumentError("multiDot: the list is empty; need at least one matrix.");
  matrices.forEach((m, i) => {
    const end = i === 0 || i === count - 1;
    if (m.type.shape.length === 2 || (end && m.type.shape.length === 1)) return;
    throw shapeError(
      `multiDot: factor ${i} is ${showShape(m.type.shape)}; need matrices (or vectors at the ends).`,
    );
  });
  const cost = new Map<string, { readonly price: number; readonly node: Node }>();
  const sizes = (node: Node): [number, number] => {
    const { shape } = node.type;
    return [shape[0]!, shape.at(-1)!];
  };
  const best = (from: number, to: number): { readonly price: number; readonly node: Node } => {
    const key = `${from} ${to}`;
    const known = cost.get(key);
    if (known !== undefined) return known;
    let found = { price: 0, node: matrices[from]! };
    for (let cut = from; cut < to; cut++) {
      const [p, q] = [best(from, cut), best(cut + 1, to)];
      const [rows, inner] = sizes(p.node);
      const price = p.price + q.price + rows * inner * sizes(q.node)[1];
      if (cut === from || price < found.price) found = { price, node: matmul(b, p.node, q.node) };
    }
    cost.set(key, found);
    return found;
  };
  return best(0, count - 1).node;
}

/** The name of a matrix norm, or its number. */
export type MatrixOrder = "fro" | "nuc" | number;

/** A norm of matrices in two axes: "fro" (default), "nuc", 1, −1, 2, −2, Infinity, −Infinity. */
export function matrixNorm(
  b: NodeBuilder,
  x: Node,
  ord: MatrixOrder = "fro",
  dim: readonly number[] = [-2, -1],
  keepdim = false,
): Node {
  const rank = x.type.shape.length;
  if (rank < 2 || dim.length !== 2) {
    throw shapeError(`matrixNorm: x is ${showShape(x.type.shape)}; need two axes to reduce.`);
  }
  const [rows, columns] = dim.map((d) => normalizeAxis("matrixNorm", d, rank)) as [number, number];
  const empty = x.type.shape[rows] === 0 || x.type.shape[columns] === 0;
  if (ord === "fro" || (ord === "nuc" && empty)) {
    return rootOrZero(b, sum(b, op(b, "mul", x, x), [rows, columns], keepdim));
  }
  if (ord === "nuc" || Math.abs(ord) === 2) return spectral(b, x, ord, [rows, columns], keepdim);
  const byColumn = Math.abs(ord) === 1;
  if (!byColumn && Math.abs(ord) !== Infinity) {
    throw argumentError(
      `matrixNorm: ord is ${ord}; need "fro", "nuc", 1, -1, 2, -2, Infinity or -Infinity.`,
    );
  }
  const [inner, outer] = byColumn ? [rows, columns] : [columns, rows];
  const sums = sum(b, op(b, "abs", x), inner, true);
  const extent = x.type.shape[outer];
  const found = extent === 0 && ord > 0 ? sum(b, sums, outer, true) : null;
  const end = found ?? (ord > 0 ? amax : amin)(b, sums, outer, true);
  const kept = end.type.shape.filter((_, a) => a !== rows && a !== columns);
  return keepdim ? end : reshape(b, end, kept);
}

/** A norm of the singular values: their sum ("nuc"), the largest (2) or the smallest (−2). */
function spectral(
  b: NodeBuilder,
  x: Node,
  ord: "nuc" | number,
  axes: readonly number[],
  keepdim: boolean,
): Node {
  const { s } = svd(b, movedim(b, x, axes, [-2, -1]), false);
  const end = ord === "nuc" ? sum(b, s, -1) : (ord > 0 ? amax : amin)(b, s, -1);
  const thin = x.type.shape.map((n, a) => (axes.includes(a) ? 1 : n));
  return keepdim ? reshape(b, end, thin) : end;
}

/**
 * Norms by PyTorch's rules: without an order the 2-norm of all; of matrices by name or with two
 * dims.
 */
export function linalgNorm(
  b: NodeBuilder,
  x: Node,
  ord: MatrixOrder | null,
  dim: Dims,
  keepdim: boolean,
): Node {
  const rank = x.type.shape.length;
  const dims = dim === null || dim === undefined ? null : [dim].flat();
  if (ord === null) return norm(b, x, 2, dims, keepdim);
  if (typeof ord === "string" || dims?.length === 2 || (dims === null && rank === 2)) {
    return matrixNorm(b, x, ord, dims ?? [-2, -1], keepdim);
  }
  if (dims === null && rank !== 1) {
    throw shapeError(
      `norm: x is ${showShape(x.type.shape)} and ord ${ord}; need dim, or 1 or 2 axes.`,
    );
  }
  return norm(b, x, ord, dims, keepdim);
}

/** The sum of the diagonal of a matrix. */
export function trace(b: NodeBuilder, x: Node): Node {
  if (x.type.shape.length !== 2) {
    throw shapeError(`trace: x is ${showShape(x.type.shape)}; need a matrix.`);
  }
  const [rows, columns] = x.type.shape as [number, number];
  const n = Math.min(rows, columns);
  if (n === 0) return fill(b, x.type.dtype, [], 0);
  const flat = reshape(b, x, [rows * columns]);
  return sum(b, sliceAxis(b, flat, 0, 0, n, columns + 1));
}
