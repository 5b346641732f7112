/** What `nabla fit --json` prints: one object. */
import type { ClassScores, ProbabilityScores } from "../data/class-scores.ts";
import type { RegressionMetrics } from "../data/metrics.ts";
import type { Encoded } from "../train/table/dataset.ts";
import type { Evaluation } from "../train/table/evaluate.ts";
import type { FitResult } from "../train/table/fit.ts";
import type { CrossValidation } from "../train/table/validate.ts";
import type { Job } from "./fit-flags.ts";

/** The errors of one column. */
export type ColumnMetrics =
  | RegressionMetrics
  | ({
      readonly accuracy: number;
      readonly crossEntropy?: number;
      readonly classes: readonly string[];
      readonly confusion: readonly (readonly number[])[];
    } & Partial<ClassScores & ProbabilityScores>);

/** Describes a fit as plain data. */
export function fitJson(
  fit: FitResult,
  crossValidation: unknown,
  { folder, started, chosen }: Job,
  files: readonly string[],
): unknown {
  const { data, baseline } = fit;
  const { kind, metrics = [], classMetrics } = baseline;
  const known = { rows: data.rows, metrics, ...(classMetrics ? { classMetrics } : {}) };
  const shown = { kind, metrics: metricsByName(data, known) };
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
    ...foundBeside(fit),
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

/** Describes as plain data what was found beside errors. */
export function foundBeside(fit: FitResult): object {
  const { importance, dependence, band } = fit;
  return {
    ...comparisonOf(fit),
    ...(band === undefined ? {} : { band }),
    ...(importance === undefined ? {} : { importance }),
    ...(dependence === undefined ? {} : { partialDependence: dependence }),
  };
}

/** Describes as plain data how a fit stands beside simpler models, where that is known. */
function comparisonOf({ comparison, data }: FitResult): { readonly comparison?: object } {
  if (comparison === undefined) return {};
  const { contestants, judge, folds, rows, best, simplest, network } = comparison;
  return {
    comparison: {
      ...{ judge, ...(folds === undefined ? {} : { folds }), rows },
      contestants: contestants.map(({ name, evaluation }) => {
        return { name, metrics: metricsByName(data, evaluation) };
      }),
      ...{ best, simplest, ...(network === undefined ? {} : { network }) },
    },
  };
}

/** Returns the errors of an evaluation by the names of its columns. */
export function metricsByName(
  { outputs }: Encoded,
  { metrics, classMetrics, classScores, probabilities }: Evaluation,
  crossEntropy?: number,
): Record<string, ColumnMetrics> {
  const out = Object.create(null) as Record<string, ColumnMetrics>;
  if (classMetrics !== undefined) {
    const { accuracy, classes, confusion } = classMetrics;
    const extra = crossEntropy === undefined ? {} : { crossEntropy };
    out[outputs[0]!.name] = {
      ...{ accuracy, ...extra, classes, confusion, ...classScores, ...probabilities },
    };
  } else {
    outputs.forEach(({ name }, j) => (out[name] = metrics[j]!));
  }
  return out;
}
