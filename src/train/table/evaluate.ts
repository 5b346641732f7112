/** How good a fitted network is on some rows: errors in the units of the data, or accuracy. */
import type { ClassMetrics, RegressionMetrics } from "../../data/metrics.ts";
import type { ClassScores, ProbabilityScores } from "../../data/class-scores.ts";
import { classScores, probabilityScores } from "../../data/class-scores.ts";
import { classMetrics, regressionMetrics } from "../../data/metrics.ts";
import type { Encoded } from "./dataset.ts";
import { takeColumn } from "../../data/rows.ts";
import { withFills } from "./dataset.ts";
import { FittedModel, mostLikely, probabilities } from "./fitted.ts";
import type { TrainedNetwork } from "./network.ts";
import type { FitOptions } from "./options.ts";

/** The errors on some rows. */
export interface Evaluation {
  readonly rows: number;
  /** The errors of each target; empty where there are classes. */
  readonly metrics: readonly RegressionMetrics[];
  readonly classMetrics?: ClassMetrics;
  /** What the confusion says of each class. */
  readonly classScores?: ClassScores;
  /** How good the probabilities are, where they are known. */
  readonly probabilities?: ProbabilityScores;
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
  const { outputs, decision } = data;
  const inputs = withFills(data);
  const parts = { shape, inputs, outputs, xScaler, yScaler, provenance };
  return new FittedModel(network, { ...parts, ...(decision === undefined ? {} : { decision }) });
}

/** Predicts rows: row-major `[rows, targets]` in units, or class numbers `[rows]`. */
export async function predictRows(model: FittedModel, data: Encoded): Promise<Float64Array> {
  const answers = await model.predict(data.x);
  return data.classes === undefined
    ? answers
    : mostLikely(answers, data.classes.length, data.decision);
}

/** Predicts rows: row-major `[rows, targets]` in units, or probabilities `[rows, classes]`. */
export async function answerRows(model: FittedModel, data: Encoded): Promise<Float64Array> {
  const answers = await model.predict(data.x);
  const width = data.classes?.length;
  if (width === undefined) return answers;
  for (let row = 0; row < data.rows; row++) {
    const own = answers.subarray(row * width, (row + 1) * width);
    own.set(probabilities(own));
  }
  return answers;
}

/** Returns the likeliest class of each row of probabilities, or what the threshold decides. */
export function likeliest(shares: Float64Array, { classes, decision }: Encoded): Float64Array {
  const width = classes!.length;
  if (decision === undefined || width !== 2) return mostLikely(shares, width);
  const { positive, threshold } = decision;
  return Float64Array.from({ length: shares.length / 2 }, (_, row) => {
    return shares[2 * row + positive]! >= threshold ? positive : 1 - positive;
  });
}

/**
 * Compares predictions with the rows they are for: numbers, class numbers `[rows]`, or
 * probabilities `[rows, classes]`.
 */
export function evaluate(predicted: Float64Array, data: Encoded): Evaluation {
  const { rows, y, targets, classes, outputs } = data;
  if (classes !== undefined) {
    const width = classes.length;
    const shares = predicted.length === rows * width;
    const said = shares ? likeliest(predicted, data) : predicted;
    const found = classMetrics(said, y, classes);
    return {
      ...{ rows, metrics: [], classMetrics: found },
      classScores: classScores(found.confusion, classes),
      ...(shares ? { probabilities: probabilityScores(predicted, y, width) } : {}),
    };
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
