/** QR, singular values and eigenvectors of matrices and batches of them, for `linalg`. */
import { needOneOf } from "../core/choice.ts";
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import * as d from "../ir/compose/decomposition.ts";
import * as q from "../ir/compose/qr.ts";
import { Fn } from "../runtime/function.ts";
import { call } from "./call.ts";
import { constantAttrs } from "./functions/define.ts";
import type { Tensor } from "./tensor.ts";

/** Which factors `qr` gives: thin ones, square q, or r alone (q is then empty). */
export type QRMode = "reduced" | "complete" | "r";

/** The factors of `qr`. */
export interface QRFactors {
  readonly Q: Tensor;
  readonly R: Tensor;
}

const qrFn = /* @__PURE__ */ new Fn<{ readonly mode: QRMode }>("linalg.qr", (b, [x], { mode }) => {
  const { q: left, r } = q.qr(b, x!, mode === "complete" ? "complete" : "reduced");
  return mode === "r" ? [r] : [left, r];
});

/**
 * x [..., m, n] as Q · R with orthonormal columns and an upper triangle, in LAPACK's signs. `mode`
 * "reduced" (default), "complete" or "r".
 */
export function qr(
  x: Tensor,
  ...args: Settings<[mode: QRMode], { readonly mode?: QRMode }>
): QRFactors {
  const { mode } = read("linalg.qr", { mode: "reduced" as QRMode }, args);
  needOneOf("linalg.qr: mode", mode, ["reduced", "complete", "r"]);
  const results = call(qrFn, [x], [], constantAttrs({ mode }));
  const [Q, R] = mode === "r" ? [x.flatten().slice(0, 0, 0), results[0]!] : results;
  return { Q: Q!, R: R! };
}

/** The factors of `svd`: x = U · diag(S) · Vh. */
export interface SingularFactors {
  readonly U: Tensor;
  readonly S: Tensor;
  readonly Vh: Tensor;
}

const svdFn = /* @__PURE__ */ new Fn<{ readonly full: boolean }>(
  "linalg.svd",
  (b, [x], { full }) => {
    const { u, s, vh } = d.svd(b, x!, full);
    return [u, s, vh];
  },
);

/**
 * Singular values of x [..., m, n] in falling order, and their vectors: U and Vh are square, or
 * with `fullMatrices: false` thin. Slopes of vectors exist where values differ; those of columns
 * that only complete a square are 0.
 */
export function svd(
  x: Tensor,
  ...args: Settings<[fullMatrices: boolean], { readonly fullMatrices?: boolean }>
): SingularFactors {
  const { fullMatrices } = read("linalg.svd", { fullMatrices: true }, args);
  const [U, S, Vh] = call(svdFn, [x], [], constantAttrs({ full: fullMatrices }));
  return { U: U!, S: S!, Vh: Vh! };
}

/** The singular values of x [..., m, n] in falling order. */
export function svdvals(x: Tensor): Tensor {
  return svd(x, false).S;
}

/** Eigenvalues in ascending order, and eigenvectors as columns. */
export interface EigenPairs {
  readonly eigenvalues: Tensor;
  readonly eigenvectors: Tensor;
}

const eighFn = /* @__PURE__ */ new Fn<{ readonly triangle: "L" | "U" }>(
  "linalg.eigh",
  (b, [x], { triangle }) => {
    const { values, vectors } = d.eigh(b, x!, triangle);
    return [values, vectors];
  },
);

/** Which triangle of a symmetric matrix is read. */
export type TriangleArguments = Settings<[UPLO: "L" | "U"], { readonly UPLO?: "L" | "U" }>;

/**
 * Eigenvalues (ascending) and eigenvectors of symmetric x [..., n, n]; `UPLO` says which triangle
 * is read, "L" (default) or "U". Slopes of vectors exist where values differ.
 */
export function eigh(x: Tensor, ...args: TriangleArguments): EigenPairs {
  const { UPLO } = read("linalg.eigh", { UPLO: "L" as "L" | "U" }, args);
  needOneOf("linalg.eigh: UPLO", UPLO, ["L", "U"]);
  const [eigenvalues, eigenvectors] = call(eighFn, [x], [], constantAttrs({ triangle: UPLO }));
  return { eigenvalues: eigenvalues!, eigenvectors: eigenvectors! };
}

/** The eigenvalues of symmetric x [..., n, n] in ascending order. */
export function eigvalsh(x: Tensor, ...args: TriangleArguments): Tensor {
  return eigh(x, ...args).eigenvalues;
}
