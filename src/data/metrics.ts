/** Errors of a regression, in the units of the data; how well classes are told apart. */
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
  let [low, high] = [Infinity, -Infinity];
  let maxAbs = 0;
  for (let i = 0; i < n; i++) {
    mean += actual[i]! / n;
    low = Math.min(low, actual[i]!);
    high = Math.max(high, actual[i]!);
    maxAbs = Math.max(maxAbs, Math.abs(predicted[i]! - actual[i]!));
  }
  // Squares of numbers such as 1e200 or 1e-200 leave the range of doubles: those are of a unit.
  const unit = unitFor(Math.max(maxAbs, high - low));
  let residual = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const error = (predicted[i]! - actual[i]!) / unit;
    const spread = (actual[i]! - mean) / unit;
    residual += error * error;
    total += spread * spread;
  }
  const r2 = total > 0 ? 1 - residual / total : null;
  return { rmse: Math.sqrt(residual / n) * unit, maxAbs, r2 };
}

/** Returns 1 for sizes whose squares are ordinary numbers, else the size itself. */
function unitFor(size: number): number {
  return Number.isFinite(size) && size > 0 && (size > 1e140 || size < 1e-140) ? size : 1;
}

/** How often the right class was named, and which was taken for which. */
export interface ClassMetrics {
  readonly accuracy: number;
  /** Row i, column j: how many of class i were taken for class j. */
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly string[];
}

/** Compares predicted class numbers with the true ones. */
export function classMetrics(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: readonly string[],
): ClassMetrics {
  const n = actual.length;
  if (n === 0 || predicted.length !== n) {
    throw argumentError(
      `classMetrics: ${predicted.length} predictions for ${n} rows; need as many, at least 1.`,
    );
  }
  const confusion = classes.map(() => new Array<number>(classes.length).fill(0));
  let right = 0;
  for (let i = 0; i < n; i++) {
    const row = confusion[actual[i]!];
    if (row?.[predicted[i]!] === undefined) {
      throw argumentError(
        `classMetrics: row ${i} names a class outside 0 … ${classes.length - 1}.`,
      );
    }
    row[predicted[i]!]!++;
    if (predicted[i] === actual[i]) right++;
  }
  return { accuracy: right / n, confusion, classes };
}
