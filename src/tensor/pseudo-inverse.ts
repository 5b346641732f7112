/** What singular values decide: pseudo-inverses, least squares and ranks of matrices. */
import { readNamed } from "../core/options.ts";
import * as decompositions from "./decompositions.ts";
import { where } from "./functions/arithmetic.ts";
import { matmul } from "./functions/linalg.ts";
import { amax } from "./functions/reduction.ts";
import type { Tensor } from "./tensor.ts";

/** Which singular values count as 0: those up to the larger of both bounds. */
export interface ToleranceOptions {
  /** Default: 0. */
  readonly atol?: number | null;
  /**
   * Relative to the largest one. Default: the larger extent times the distance from 1 to the next
   * number, or 0 where `atol` is given.
   */
  readonly rtol?: number | null;
}

/** The singular values, and for each whether it counts. */
function counted(
  name: string,
  x: Tensor,
  S: Tensor,
  options: ToleranceOptions | undefined,
): Tensor {
  const tolerances = { atol: null as number | null, rtol: null as number | null };
  const { atol, rtol } = readNamed(name, tolerances, options);
  const step = x.dtype === "float64" ? Number.EPSILON : 1.1920928955078125e-7;
  const relative = rtol ?? ((atol ?? 0) > 0 ? 0 : Math.max(...x.shape.slice(-2)) * step);
  if (S.shape.at(-1) === 0) return S.gt(0);
  return S.gt(
    amax(S.detach(), -1, true)
      .mul(relative)
      .clampMin(atol ?? 0),
  );
}

/**
 * The pseudo-inverses of x [..., m, n]: of singular values that count as 0 nothing remains. Slopes
 * exist where the others differ. PyTorch: `torch.linalg.pinv`.
 */
export function pinv(x: Tensor, options?: ToleranceOptions): Tensor {
  const { U, S, Vh } = decompositions.svd(x, false);
  const counts = counted("linalg.pinv", x, S, options);
  const inverse = where(counts, where(counts, S, 1).reciprocal(), 0);
  return matmul(Vh.transpose(-2, -1).mul(inverse.unsqueeze(-2)), U.transpose(-2, -1));
}

/** How many singular values of x [..., m, n] do not count as 0 (int32). */
export function matrixRank(x: Tensor, options?: ToleranceOptions): Tensor {
  const S = decompositions.svdvals(x);
  return counted("linalg.matrixRank", x, S, options).int().sum(-1);
}

/** The solution of least squares. */
export interface LeastSquaresSolution {
  readonly solution: Tensor;
}

/** Options of `lstsq`. */
export interface LeastSquaresOptions {
  /** Which singular values count as 0, relative to the largest one. Default: as of `pinv`. */
  readonly rcond?: number | null;
}

/**
 * X of least |A · X − B|, of several the shortest: A is [..., m, n], B [m] or [..., m, k]. PyTorch:
 * `torch.linalg.lstsq`, of which the solution alone.
 */
export function lstsq(A: Tensor, B: Tensor, options?: LeastSquaresOptions): LeastSquaresSolution {
  const { rcond } = readNamed("linalg.lstsq", { rcond: null as number | null }, options);
  return { solution: matmul(pinv(A, { rtol: rcond }), B) };
}
