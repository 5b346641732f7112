/** Looks at a model once, before it is trained. */
import type { Module } from "../../nn/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Loss } from "../training-step.ts";
import { criteriaOf, ignoranceOf } from "./criterion.ts";
import type { Finding } from "./finding.ts";
import { worstFirst } from "./finding.ts";
import { exploding, noGradient, sizesOf, vanishing } from "./gradient-rules.ts";
import { learnsNothing } from "./history-rules.ts";
import { broadcast, ignoredTargets, initialLoss, wrongPair } from "./loss-rules.ts";
import { nonFinite } from "./non-finite.ts";
import type { Observation } from "./observe.ts";
import { observe } from "./observe.ts";
import { oneBatch } from "./one-batch.ts";
import { unscaledColumn } from "./table-rules.ts";
import { deadUnits, oneAnswer, saturation } from "./unit-rules.ts";

/** A loss of outputs and targets: a module such as `new nn.MSELoss()`, or a function. */
export type LossLike = Loss;

/** A model from tensor to tensor. */
export interface Predictor extends Module {
  /** Computes the outputs. */
  forward(x: Tensor): Tensor;
}

/** What a model is examined with. */
export interface ExamineOptions {
  readonly loss: LossLike;
  /** Inputs and targets of some rows, as they are trained on. */
  readonly batch: readonly [x: Tensor, y: Tensor];
  /** How many updates were made. Default: 0. From 100 on it also judges whether any was of use. */
  readonly step?: number;
  /** Whether to try to learn a few rows by heart, which takes longest. Default: at step 0. */
  readonly overfit?: boolean;
}

/**
 * Examines a model before training, or after so many updates: one pass forward and back; before
 * training it also tries to learn a few rows by heart. Returns what it found, the worst first;
 * nothing where all is well. The model, its gradients and the random numbers stay as they were.
 */
export async function examine(model: Predictor, options: ExamineOptions): Promise<Finding[]> {
  const { step = 0, overfit = step === 0 } = options;
  const [x, y] = options.batch;
  const lossOf = batchLoss(model, options.loss);
  const seen = await observe(model, () => lossOf(x, y), { step });
  const findings = [...(await judgePass(seen)), ...(await unscaledInputs(x))];
  if (step >= ENOUGH_STEPS && Number.isFinite(seen.lossValue)) {
    findings.push(...(await judgeEnd(seen)));
  }
  const hopeless = findings.some(({ severity }) => severity === "error");
  const learned = hopeless || !overfit ? [] : await oneBatch(model, lossOf, [x, y]);
  return worstFirst([...findings, ...learned]);
}

/** The loss of a batch with a model. */
export function batchLoss(model: Predictor, loss: LossLike): (x: Tensor, y: Tensor) => Tensor {
  if (typeof loss === "function") return (x, y) => loss(model.forward(x), y);
  return (x, y) => loss.forward(model.forward(x), y);
}

/** Applies every rule about one pass; `first` is what the loss began with. */
export async function judgePass(seen: Observation, first = 0): Promise<Finding[]> {
  const criteria = await criteriaOf(seen);
  const always = [...ignoredTargets(criteria), ...broadcast(seen), ...wrongPair(criteria)];
  const broken = await nonFinite(seen);
  if (broken !== undefined) return [...always, broken];
  const sizes = await sizesOf(seen);
  const known = criteria.flatMap((criterion) => ignoranceOf(criterion)?.start ?? []);
  const unit = known.length > 0 ? Math.max(...known) : Math.max(first, Math.abs(seen.lossValue));
  return [
    ...always,
    ...(seen.step === 0 ? initialLoss(criteria) : []),
    ...noGradient(seen),
    ...(await deadUnits(seen)),
    ...(await saturation(seen)),
    ...vanishing(sizes, seen.step),
    ...exploding(sizes, unit, seen.step),
  ];
}

/** Before so many updates nothing can be said to have learned nothing. */
export const ENOUGH_STEPS = 100;

/**
 * Judges a training that has ended, by a pass at its end, or by a late one and its last loss.
 */
export async function judgeEnd(seen: Observation, lastLoss?: number): Promise<Finding[]> {
  const criteria = await criteriaOf(seen);
  const alike = oneAnswer(criteria, seen);
  if (alike.length > 0) return alike; // what answers alike has learned nothing
  return criteria.flatMap((criterion) => {
    const ignorance = ignoranceOf(criterion);
    if (ignorance === undefined || criterion.value === undefined) return [];
    const { constant: loss, constantName: name } = ignorance;
    return loss > 0 ? learnsNothing(lastLoss ?? criterion.value, { loss, name }) : [];
  });
}

/** The columns of a table that are large or far off; images and texts have none. */
async function unscaledInputs(x: Tensor): Promise<Finding[]> {
  const [rows = 0, width = 0] = x.shape;
  if (x.shape.length !== 2 || x.dtype === "int32" || width > 1000) return [];
  const values = await x.data();
  return Array.from({ length: width }, (_, j) => ({
    name: `input ${j}`,
    values: Float64Array.from({ length: rows }, (__, row) => Number(values[row * width + j])),
  })).flatMap(unscaledColumn);
}
