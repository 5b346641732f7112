/**
 * Eigenvectors of symmetric matrices and singular values. Their numbers come from Jacobi rotations;
 * their slopes from two steps of a refinement (Ogita and Aishima, 2018) that converges
 * quadratically and does not move what is exact already: first and second derivatives are right.
 */
import type { Node, NodeBuilder } from "../node.ts";
import {
  concat,
  expandTo,
  fill,
  fillLike,
  op,
  plus,
  reshape,
  scaled,
  sliceAxis,
} from "../words.ts";
import { needSquare } from "./elimination.ts";
import { eye } from "./indexing.ts";
import { rightVectors } from "./jacobi.ts";
import { flip, matrixTranspose, tril, triu } from "./movement.ts";
import { householder, moveIntoRange, multiply, needMatrix } from "./qr.ts";
import { amax, sum } from "./reduction.ts";

/** Eigenvalues in ascending order [..., n], and eigenvectors as columns [..., n, n]. */
export interface Eigen {
  readonly values: Node;
  readonly vectors: Node;
}

/** Values nearer than this share of the largest count as one, which has no own direction. */
const SAME = { float32: 1e-6, float64: 1e-14 } as const;

function sameOf(x: Node): number {
  return x.type.dtype === "float64" ? SAME.float64 : SAME.float32;
}

const still = (b: NodeBuilder, x: Node): Node => op(b, "stopGradient", x);

/** The numbers of one node with the slopes of another. */
function withSlopes(b: NodeBuilder, numbers: Node, slopes: Node): Node {
  return op(b, "add", still(b, numbers), op(b, "sub", slopes, still(b, slopes)));
}

/** The diagonal of [..., n, n] as [..., n]. */
function diagonalOf(b: NodeBuilder, x: Node): Node {
  const { shape } = x.type;
  const unit = expandTo(b, eye(b, shape.at(-1)!, shape.at(-1)!, x.type.dtype), shape);
  return sum(b, op(b, "mul", x, unit), -1, false);
}

/** Values [..., n] as rows, or as columns, of [..., n, n]. */
function spread(b: NodeBuilder, x: Node, axis: -1 | -2, shape: readonly number[]): Node {
  const lead = shape.slice(0, -2);
  const line = axis === -1 ? [...lead, 1, shape.at(-1)!] : [...lead, shape.at(-2)!, 1];
  return expandTo(b, reshape(b, x, line), shape);
}

/** One step toward the eigenvectors of g from vectors x; values [..., n] tell which are apart. */
function refine(b: NodeBuilder, g: Node, x: Node, values: Node): Node {
  const { shape, dtype } = x.type;
  const n = shape.at(-1)!;
  const unit = expandTo(b, eye(b, n, n, dtype), shape);
  const turned = matrixTranspose(b, x);
  const s = multiply(b, turned, multiply(b, g, x));
  const r = op(b, "sub", unit, multiply(b, turned, x));
  const lambda = op(b, "div", diagonalOf(b, s), plus(b, scaled(b, diagonalOf(b, r), -1), 1));
  const across = (y: Node): Node => op(b, "sub", spread(b, y, -1, shape), spread(b, y, -2, shape));
  const largest = amax(b, op(b, "abs", values), -1, true);
  const limit = spread(b, scaled(b, expandTo(b, largest, values.type.shape), sameOf(x)), -2, shape);
  const apart = op(b, "lt", limit, op(b, "abs", across(values)));
  const gap = op(b, "where", apart, across(lambda), fillLike(b, unit, 1));
  const bent = op(b, "div", op(b, "add", s, op(b, "mul", spread(b, lambda, -1, shape), r)), gap);
  const step = op(b, "where", apart, bent, scaled(b, r, 0.5));
  return op(b, "add", x, multiply(b, x, step));
}

/**
 * Eigenvalues and eigenvectors of symmetric x [..., n, n], of which one triangle is read; the
 * gradient is symmetric, as PyTorch's.
 */
export function eigh(b: NodeBuilder, x: Node, triangle: "L" | "U"): Eigen {
  needSquare("eigh", x);
  const { shape, dtype, size } = x.type;
  if (size === 0) return { values: fill(b, dtype, shape.slice(0, -1), 0), vectors: x };
  const { matrix, back } = moveIntoRange(b, x);
  const { values, vectors } = eigenOf(b, matrix, triangle);
  return { values: back(values), vectors };
}

/** `eigh` of matrices whose fourth powers are numbers. */
function eigenOf(b: NodeBuilder, x: Node, triangle: "L" | "U"): Eigen {
  const { shape } = x.type;
  const n = shape.at(-1)!;
  const fixed = still(b, x);
  const half = triangle === "L" ? tril(b, fixed, -1) : triu(b, fixed, 1);
  const diagonal = op(b, "sub", tril(b, fixed), tril(b, fixed, -1));
  const mirrored = op(b, "add", op(b, "add", half, diagonal), matrixTranspose(b, half));
  const mean = scaled(b, op(b, "add", x, matrixTranspose(b, x)), 0.5);
  const matrix = withSlopes(b, mirrored, mean);
  const unit = expandTo(b, eye(b, n, n, x.type.dtype), shape);
  const squares = sum(b, op(b, "mul", mirrored, mirrored), [-2, -1], true);
  // moved up by more than the least eigenvalue, so that singular values are eigenvalues
  const shift = op(b, "mul", expandTo(b, op(b, "sqrt", squares), shape), unit);
  const vectors = flip(b, rightVectors(b, op(b, "add", mirrored, shift)), -1);
  const value = (v: Node): Node => sum(b, op(b, "mul", v, multiply(b, matrix, v)), -2, false);
  const numbers = still(b, value(vectors));
  const once = refine(b, matrix, still(b, vectors), numbers);
  const twice = refine(b, matrix, once, numbers);
  const lengths = sum(b, op(b, "mul", twice, twice), -2, false);
  const slopes = op(b, "div", value(twice), lengths);
  return { values: withSlopes(b, numbers, slopes), vectors: withSlopes(b, vectors, twice) };
}

/** x = u · diag(s) · vh. */
export interface Singular {
  readonly u: Node;
  readonly s: Node;
  readonly vh: Node;
}

/** Singular values in falling order and their vectors; `full` makes u and vh square. */
export function svd(b: NodeBuilder, x: Node, full: boolean): Singular {
  const [m, n] = needMatrix("svd", x);
  const { matrix, back } = moveIntoRange(b, x);
  const tall = m >= n ? matrix : matrixTranspose(b, matrix);
  const { u, s, vh } = tallSvd(b, tall, full);
  if (m >= n) return { u, s: back(s), vh };
  return { u: matrixTranspose(b, vh), s: back(s), vh: matrixTranspose(b, u) };
}

/** `svd` of x [..., m, n] with m ≥ n. */
function tallSvd(b: NodeBuilder, x: Node, full: boolean): Singular {
  const { shape, dtype } = x.type;
  const [m, n] = shape.slice(-2) as [number, number];
  const lead = shape.slice(0, -2);
  const fixed = still(b, x);
  const start = still(b, rightVectors(b, fixed)); // [..., n, n]
  const images = x.type.size === 0 ? fixed : multiply(b, fixed, start);
  const { q, r } = householder(b, images, full ? "complete" : "reduced");
  const square = sliceAxis(b, r, lead.length, 0, n);
  const signed = diagonalOf(b, square); // the singular values but for their signs
  const numbers = op(b, "abs", signed);
  const negative = op(b, "lt", signed, fillLike(b, signed, 0));
  const signs = op(b, "where", negative, fillLike(b, signed, -1), fillLike(b, signed, 1));
  const first = sliceAxis(b, q, lead.length + 1, 0, n);
  const left = op(b, "mul", first, spread(b, signs, -1, [...lead, m, n]));
  const rest = sliceAxis(b, q, lead.length + 1, n, q.type.shape.at(-1)! - n);
  if (x.type.size === 0) {
    return { u: q, s: fill(b, dtype, [...lead, n], 0), vh: matrixTranspose(b, start) };
  }
  const smooth = slopesOf(b, x, { start, left: still(b, left), numbers: still(b, numbers) });
  const u = withSlopes(b, left, smooth.u);
  return {
    u: rest.type.size === 0 ? u : concat(b, [u, still(b, rest)], lead.length + 1),
    s: withSlopes(b, numbers, smooth.s),
    vh: matrixTranspose(b, withSlopes(b, start, smooth.v)),
  };
}

/** The numbers of a decomposition, without slopes. */
interface Numbers {
  readonly start: Node;
  readonly left: Node;
  readonly numbers: Node;
}

/** u, s and v with the slopes that they have. A singular value of 0 has those of uᵀ · x · v. */
function slopesOf(b: NodeBuilder, x: Node, { start, left, numbers }: Numbers) {
  const squares = op(b, "mul", numbers, numbers);
  const gram = multiply(b, matrixTranspose(b, x), x);
  const v = refine(b, gram, refine(b, gram, start, squares), squares);
  const lengths = sum(b, op(b, "mul", v, v), -2, false);
  const images = multiply(b, x, v);
  const { shape } = images.type;
  const limit = scaled(b, amax(b, numbers, -1, true), sameOf(x));
  const some = op(b, "lt", expandTo(b, limit, numbers.type.shape), numbers);
  const one = fillLike(b, numbers, 1);
  const sizes = op(b, "div", sum(b, op(b, "mul", images, images), -2, false), lengths);
  const root = op(b, "sqrt", op(b, "where", some, sizes, one));
  const flat = sum(b, op(b, "mul", left, multiply(b, x, start)), -2, false);
  const s = op(b, "where", some, root, flat);
  const directions = op(b, "div", images, spread(b, root, -1, shape));
  const known = spread(b, some, -1, shape);
  const u = op(b, "where", known, directions, fillLike(b, directions, 0));
  return { u, s, v };
}
