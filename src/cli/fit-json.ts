/** What `nabla fit --json` prints: one object. */
import type { RegressionMetrics } from "../data/metrics.ts";
import type { Encoded } from "../train/table/dataset.ts";
import type { Evaluation } from "../train/table/evaluate.ts";
import type { FitResult } from "../train/table/fit.ts";
import type { CrossValidation } from "../train/table/validate.ts";
import type { Job } from "./fit-flags.ts";

/** The errors of one column. */
export type ColumnMetrics =
  | RegressionMetrics
  | {
      readonly accuracy: number;
      readonly crossEntropy?: number;
      readonly classes: readonly string[];
      readonly confusion: readonly (readonly number[])[];
    };

/** Describes a fit as plain data. */
export function fitJson(
  fit: FitResult,
  crossValidation: unknown,
  { folder, started, chosen }: Job,
  files: readonly string[],
): unknown {
  const { data, baseline } = fit;
  const shown = { kind: baseline.kind, ...byName(data, baseline.metrics, baseline.classMetrics) };
  const extra = data.classes === undefined ? undefined : fit.finalLoss;
  return {
    run: folder,
    rows: data.rows,
    parameters: fit.parameters,
    epochs: fit.epochs,
    seconds: Math.round(performance.now() - started) / 1000,
    ...(chosen === undefined ? {} : { chosen }),
    finalLoss: fit.finalLoss,
    metrics: metricsByName(data, fit.training, extra),
    baseline: {
      ...shown,
      ...(baseline.polynomials === undefined
        ? {}
        : { coefficients: baseline.polynomials.map(({ coefficients }) => coefficients) }),
    },
    ...(fit.held === undefined
      ? {}
      : {
          heldOut: {
            rows: fit.held.data.rows,
            metrics: metricsByName(data, fit.held.evaluation),
          },
        }),
    ...(fit.bestEpoch === undefined ? {} : { bestEpoch: fit.bestEpoch }),
    ...(crossValidation === undefined ? {} : { crossValidation }),
    findings: fit.findings,
    files: files.map((name) => `${folder}/${name}`),
  };
}

/** Describes a cross-validation as plain data. */
export function foldsJson({ folds, all }: CrossValidation, data: Encoded): unknown {
  return {
    folds: folds.map((fold) => ({ rows: fold.rows, metrics: metricsByName(data, fold) })),
    metrics: metricsByName(data, all),
  };
}

/** Returns the errors of an evaluation by the names of its columns. */
export function metricsByName(
  data: Encoded,
  { metrics, classMetrics }: Evaluation,
  crossEntropy?: number,
): Record<string, ColumnMetrics> {
  return byName(data, metrics, classMetrics, crossEntropy)["metrics"]!;
}

function byName(
  { outputs }: Encoded,
  metrics: readonly RegressionMetrics[] | undefined,
  classMetrics: Evaluation["classMetrics"],
  crossEntropy?: number,
): Record<"metrics", Record<string, ColumnMetrics>> {
  const out = Object.create(null) as Record<string, ColumnMetrics>;
  if (classMetrics !== undefined) {
    const { accuracy, classes, confusion } = classMetrics;
    const extra = crossEntropy === undefined ? {} : { crossEntropy };
    out[outputs[0]!.name] = { accuracy, ...extra, classes, confusion };
  } else {
    outputs.forEach(({ name }, j) => (out[name] = metrics![j]!));
  }
  return { metrics: out };
}
