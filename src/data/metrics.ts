/** Errors of a regression, in the units of the data. */
import { argumentError } from "../core/errors.ts";

/** Root mean square error, largest absolute error, and R² (null where the target is constant). */
export interface RegressionMetrics {
  readonly rmse: number;
  readonly maxAbs: number;
  readonly r2: number | null;
}

/** Compares predictions with the values they are for. */
export function regressionMetrics(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
): RegressionMetrics {
  const n = actual.length;
  if (n === 0 || predicted.length !== n) {
    throw argumentError(
      `regressionMetrics: ${predicted.length} predictions for ${n} values; need as many, at least 1.`,
    );
  }
  let mean = 0;
  for (let i = 0; i < n; i++) mean += actual[i]! / n;
  let residual = 0;
  let total = 0;
  let maxAbs = 0;
  for (let i = 0; i < n; i++) {
    const error = predicted[i]! - actual[i]!;
    residual += error * error;
    total += (actual[i]! - mean) * (actual[i]! - mean);
    maxAbs = Math.max(maxAbs, Math.abs(error));
  }
  return { rmse: Math.sqrt(residual / n), maxAbs, r2: total > 0 ? 1 - residual / total : null };
}
