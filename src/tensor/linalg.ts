/**
 * Linear algebra: norms, determinants, inverses, systems of equations, triangular factors, of
 * matrices and batches of them. (PyTorch: `torch.linalg`.)
 */
import { read, readNamed } from "../core/options.ts";
import * as e from "../ir/compose/elimination.ts";
import * as f from "../ir/compose/factorization.ts";
import { vecdot as composeVecdot } from "../ir/compose/products.ts";
import type { Node, NodeBuilder } from "../ir/node.ts";
import type { None } from "../runtime/function.ts";
import { Fn, NONE } from "../runtime/function.ts";
import { call, call1 } from "./call.ts";
import * as decompositions from "./decompositions.ts";
import { constantAttrs, unary } from "./functions/define.ts";
import { matmul as product } from "./functions/linalg.ts";
import { cross as crossAlong } from "./functions/products.ts";
import type { Dims, KeepDim } from "./functions/reduction.ts";
import { norm as pNorm } from "./functions/reduction.ts";
import * as pseudo from "./pseudo-inverse.ts";
import type { Tensor } from "./tensor.ts";

/** Eigenvalues (ascending) and eigenvectors of symmetric matrices; `UPLO` names a triangle. */
export const eigh = decompositions.eigh;
/** The eigenvalues of symmetric matrices in ascending order. */
export const eigvalsh = decompositions.eigvalsh;
/** A matrix as Q · R, orthonormal columns times an upper triangle. */
export const qr = decompositions.qr;
/** A matrix as U · diag(S) · Vh, singular values in falling order. */
export const svd = decompositions.svd;
/** The singular values in falling order. */
export const svdvals = decompositions.svdvals;

/** The pseudo-inverses of matrices. */
export const pinv = pseudo.pinv;
/** How many singular values of a matrix are not 0. */
export const matrixRank = pseudo.matrixRank;
/** The solution of least squares, the shortest of several. */
export const lstsq = pseudo.lstsq;

/** The matrix product by PyTorch's rules for vectors, matrices and batches. */
export const matmul: (x: Tensor, y: Tensor) => Tensor = product;

/** The determinants of x [..., n, n]. */
export const det: (x: Tensor) => Tensor = /* @__PURE__ */ unary("linalg.det", e.det);
/** The inverses of x [..., n, n]; NaN where x is exactly singular. */
export const inv: (x: Tensor) => Tensor = /* @__PURE__ */ unary("linalg.inv", e.inv);

const slogdetFn = /* @__PURE__ */ new Fn<None>("linalg.slogdet", (b, [x]) => e.slogdet(b, x!));

/** A determinant as sign · e^logabsdet. */
export interface SignAndLogarithm {
  readonly sign: Tensor;
  readonly logabsdet: Tensor;
}

/**
 * The signs of the determinants and the logarithms of their sizes; 0 and −∞ where x is singular.
 */
export function slogdet(x: Tensor): SignAndLogarithm {
  const [sign, logabsdet] = call(slogdetFn, [x], [], NONE);
  return { sign: sign!, logabsdet: logabsdet! };
}

function ofTwo(name: string, compose: (b: NodeBuilder, x: Node, y: Node) => Node) {
  const fn = new Fn<None>(name, (b, [x, y]) => [compose(b, x!, y!)]);
  return (x: Tensor, y: Tensor): Tensor => call1(fn, [x, y], [], NONE);
}

/** X with A · X = B: A is [..., n, n], B [n], [..., n] or [..., n, k]; NaN where A is singular. */
export const solve = /* @__PURE__ */ ofTwo("linalg.solve", e.solve);

const choleskyFn = /* @__PURE__ */ new Fn<{ readonly upper: boolean }>(
  "linalg.cholesky",
  (b, [x], { upper }) => [f.cholesky(b, x!, upper)],
);

/**
 * The lower triangle L with x = L · Lᵀ (`upper`: its transpose) of a positive definite x, of which
 * the lower triangle is read; NaN where x is not positive definite.
 */
export function cholesky(x: Tensor, options: { readonly upper?: boolean } = {}): Tensor {
  const { upper } = readNamed("cholesky", { upper: false }, options);
  return call1(choleskyFn, [x], [], constantAttrs({ upper }));
}

/** Options of `solveTriangular`. */
export type TriangularOptions = f.TriangularOptions;

const triangularFn = /* @__PURE__ */ new Fn<f.TriangularOptions>(
  "linalg.solveTriangular",
  (b, [a, y], options) => [f.solveTriangular(b, a!, y!, options)],
);

/** X with A · X = B (or X · A = B) for a triangle A [..., n, n]; its other half is not read. */
export function solveTriangular(A: Tensor, B: Tensor, options: TriangularOptions): Tensor {
  return call1(triangularFn, [A, B], [], constantAttrs(options));
}

const powerFn = /* @__PURE__ */ new Fn<{ readonly n: number }>(
  "linalg.matrixPower",
  (b, [x], { n }) => [f.matrixPower(b, x!, n)],
);

/** x multiplied by itself n times; for negative n, the inverse. */
export function matrixPower(x: Tensor, n: number): Tensor {
  return call1(powerFn, [x], [], constantAttrs({ n }));
}

const multiDotFn = /* @__PURE__ */ new Fn<None>("linalg.multiDot", (b, matrices) => [
  f.multiDot(b, matrices),
]);

/**
 * The product of matrices (vectors at the ends) in the order that takes the fewest multiplications.
 */
export function multiDot(matrices: readonly Tensor[]): Tensor {
  return call1(multiDotFn, matrices, [], NONE);
}

/** The name of a norm, or its number. */
export type NormOrder = f.MatrixOrder;

/** Options of a norm by name. */
export interface OrderOptions<O, D> extends KeepDim {
  readonly ord?: O | null;
  readonly dim?: D | null;
}

/** The arguments of a norm after its tensor: order, axes and `keepdim` by position or by name. */
export type OrderArguments<O, D> =
  | [ord?: O | null, dim?: D | null, keepdim?: boolean]
  | [ord: O | null | undefined, options: OrderOptions<O, D>]
  | [ord: O | null | undefined, dim: D | null, options: OrderOptions<O, D>]
  | [options: OrderOptions<O, D>];

interface NormAttrs {
  readonly ord: NormOrder | null;
  readonly dim: Dims;
  readonly keepdim: boolean;
}

const normFn = /* @__PURE__ */ new Fn<NormAttrs>("linalg.norm", (b, [x], { ord, dim, keepdim }) => [
  f.linalgNorm(b, x!, ord, dim, keepdim),
]);

/**
 * The norm of a vector, or of matrices where `dim` names two axes or `ord` is a name: without `ord`
 * the root of the sum of all squares. Of matrices: "fro", "nuc", 1, −1, 2, −2, Infinity, −Infinity.
 */
export function norm(x: Tensor, ...args: OrderArguments<NormOrder, Dims>): Tensor {
  const settings = { ord: null as NormOrder | null, dim: null as Dims, keepdim: false };
  return call1(normFn, [x], [], constantAttrs(read("linalg.norm", settings, args)));
}

/** The p-norm of the elements along axes, or of all. */
export function vectorNorm(x: Tensor, ...args: OrderArguments<number, Dims>): Tensor {
  const settings = { ord: 2, dim: null as Dims, keepdim: false };
  const { ord, dim, keepdim } = read("linalg.vectorNorm", settings, args);
  return pNorm(x, ord, dim, keepdim);
}

const matrixNormFn = /* @__PURE__ */ new Fn<NormAttrs>(
  "linalg.matrixNorm",
  (b, [x], { ord, dim, keepdim }) => [f.matrixNorm(b, x!, ord!, dim as readonly number[], keepdim)],
);

/** The norm of matrices in two axes (default: the last): "fro", 1, −1, Infinity or −Infinity. */
export function matrixNorm(
  x: Tensor,
  ...args: OrderArguments<NormOrder, readonly number[]>
): Tensor {
  const settings = { ord: "fro" as NormOrder, dim: [-2, -1] as readonly number[], keepdim: false };
  return call1(matrixNormFn, [x], [], constantAttrs(read("linalg.matrixNorm", settings, args)));
}

/** The cross product along an axis of extent 3. Default: the last. */
export function cross(x: Tensor, y: Tensor, options: { readonly dim?: number } = {}): Tensor {
  const { dim } = readNamed("cross", { dim: -1 }, options);
  return crossAlong(x, y, dim);
}

const vecdotFn = /* @__PURE__ */ new Fn<{ readonly dim: number }>(
  "linalg.vecdot",
  (b, [x, y], { dim }) => [composeVecdot(b, x!, y!, dim)],
);

/** The inner products along an axis (default: the last), the operands broadcast. */
export function vecdot(x: Tensor, y: Tensor, options: { readonly dim?: number } = {}): Tensor {
  const { dim } = readNamed("vecdot", { dim: -1 }, options);
  return call1(vecdotFn, [x, y], [], constantAttrs({ dim }));
}
