/** How good a fitted network is on some rows: errors in the units of the data, or accuracy. */
import type { ClassMetrics, RegressionMetrics } from "../../data/metrics.ts";
import { classMetrics, regressionMetrics } from "../../data/metrics.ts";
import type { Encoded } from "./dataset.ts";
import { takeColumn } from "../../data/rows.ts";
import { withFills } from "./dataset.ts";
import { FittedModel, mostLikely } from "./fitted.ts";
import type { TrainedNetwork } from "./network.ts";
import type { FitOptions } from "./options.ts";

/** The errors on some rows. */
export interface Evaluation {
  readonly rows: number;
  /** The errors of each target; empty where there are classes. */
  readonly metrics: readonly RegressionMetrics[];
  readonly classMetrics?: ClassMetrics;
}

/** Makes the model that keeps a trained network with what it needs to answer. */
export function makeModel(
  trained: TrainedNetwork,
  data: Encoded,
  options: FitOptions,
): FittedModel {
  const { network, shape, xScaler, yScaler, epochs, finalLoss } = trained;
  const { seed, optimizer, lr } = options;
  const provenance = { seed, epochs, optimizer, lr, finalLoss };
  const { outputs } = data;
  const inputs = withFills(data);
  return new FittedModel(network, { shape, inputs, outputs, xScaler, yScaler, provenance });
}

/** Predicts rows: row-major `[rows, targets]` in units, or class numbers `[rows]`. */
export async function predictRows(model: FittedModel, data: Encoded): Promise<Float64Array> {
  const answers = await model.predict(data.x);
  return data.classes === undefined ? answers : mostLikely(answers, data.classes.length);
}

/** Compares predictions with the rows they are for. */
export function evaluate(predicted: Float64Array, data: Encoded): Evaluation {
  const { rows, y, targets, classes, outputs } = data;
  if (classes !== undefined) {
    return { rows, metrics: [], classMetrics: classMetrics(predicted, y, classes) };
  }
  const metrics = outputs.map((_, j) =>
    regressionMetrics(takeColumn(predicted, targets, j), takeColumn(y, targets, j)),
  );
  return { rows, metrics };
}

/**
 * One number for an evaluation, the smaller the better: RMSE of a target, the mean of RMSE by range
 * over several, the share of wrong classes.
 */
export function errorOf({ metrics, classMetrics: classes }: Evaluation, data: Encoded): number {
  if (classes !== undefined) return 1 - classes.accuracy;
  if (metrics.length === 1) return metrics[0]!.rmse;
  const relative = metrics.map(({ rmse }, j) => {
    const { min, max } = data.outputs[j]!;
    return rmse / (max - min);
  });
  return relative.reduce((sum, value) => sum + value, 0) / relative.length;
}
