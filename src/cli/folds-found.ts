/** What a cross-validation found, read back from the plain data that a run keeps of it. */
import type { ClassMetrics, RegressionMetrics } from "../data/metrics.ts";
import type { Json } from "./run-config.ts";
import { isObject } from "./run-config.ts";

/** The errors on rows that a network had not seen, of all folds together. */
export interface FoldsFound {
  readonly folds: number;
  /** The errors of each target, by its name; empty where there are classes. */
  readonly errors: ReadonlyMap<string, RegressionMetrics>;
  readonly classMetrics?: ClassMetrics;
}

/** Reads what a run keeps of its cross-validation; undefined where there was none. */
export function foldsFound(kept: unknown): FoldsFound | undefined {
  if (!isObject(kept) || !Array.isArray(kept["folds"]) || !isObject(kept["metrics"]))
    return undefined;
  const all = Object.entries(kept["metrics"]).filter((one): one is [string, Json] =>
    isObject(one[1]),
  );
  const classMetrics = all.map(([, found]): unknown => found).find(isClassMetrics);
  const errors = all.flatMap(([name, found]) => (isErrors(found) ? [[name, found] as const] : []));
  if (errors.length === 0 && classMetrics === undefined) return undefined;
  return {
    folds: kept["folds"].length,
    errors: new Map(errors),
    ...(classMetrics === undefined ? {} : { classMetrics }),
  };
}

function isErrors(found: unknown): found is RegressionMetrics {
  if (!isObject(found)) return false;
  const { rmse, maxAbs, r2 } = found;
  return [rmse, maxAbs].every(Number.isFinite) && (r2 === null || Number.isFinite(r2));
}

function isClassMetrics(found: unknown): found is ClassMetrics {
  if (!isObject(found)) return false;
  const { accuracy, classes, confusion } = found;
  if (!Number.isFinite(accuracy) || !Array.isArray(classes) || !Array.isArray(confusion))
    return false;
  const whole = (row: unknown): boolean =>
    Array.isArray(row) && row.length === classes.length && row.every(Number.isFinite);
  return confusion.length === classes.length && confusion.every(whole);
}
