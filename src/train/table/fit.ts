/**
 * Fits a perceptron to a dataset: encode, hold rows out, train, compare with the baseline, report.
 */
import { argumentError } from "../../core/errors.ts";
import type { Finding } from "../doctor/finding.ts";
import { examineFit } from "../doctor/fit-findings.ts";
import type { FoundBand } from "./band.ts";
import type { Baseline } from "./baseline.ts";
import { fitBaseline } from "./baseline.ts";
import { settle } from "./choose.ts";
import { weightsOfClasses } from "./class-weights.ts";
import type { Comparison } from "./compare.ts";
import type { Dataset, Encoded } from "./dataset.ts";
import { encode, subset } from "./dataset.ts";
import type { Evaluation } from "./evaluate.ts";
import { evaluate, makeModel, predictRows } from "./evaluate.ts";
import type { FittedModel } from "./fitted.ts";
import type { Dependence, Importance } from "./importance.ts";
import type { LossHistory } from "./loss-history.ts";
import type { Earlier, TrainedNetwork } from "./network.ts";
import type { TrainerState } from "../trainer-state.ts";
import { trainMembers } from "./ensemble.ts";
import type { FitOptions, FitWatch } from "./options.ts";
import { FIT_DEFAULTS } from "./options.ts";
import type { SplitKind } from "./separation.ts";
import { holdOutOf, splitKindOf } from "./separation.ts";
import { Workshops } from "./workshop.ts";

/** A fit and all that its report needs. */
export interface FitResult {
  readonly model: FittedModel;
  /** The rows trained on. */
  readonly data: Encoded;
  /** How many epochs were run; fewer than asked for where the fit was stopped. */
  readonly epochs: number;
  readonly history: LossHistory;
  /** The loss of the scaled training rows after the last update. */
  readonly finalLoss: number;
  readonly parameters: number;
  /** What the network says of the training rows, in their units or as class numbers. */
  readonly predicted: Float64Array;
  readonly training: Evaluation;
  readonly baseline: Baseline;
  /** How much a row of each class counted, where not each as each other. */
  readonly classWeights?: readonly number[];
  /** By what rows are shared out where some are held out. */
  readonly split: SplitKind;
  /** The rows held out, if any. */
  readonly held?: HeldOut;
  /** The epoch whose weights were kept, where held-out rows decided. */
  readonly bestEpoch?: number;
  /** Where the training stands, for going on with it. */
  readonly state: TrainerState;
  /** The band around answers, and how often it held. */
  readonly band?: FoundBand;
  /** What its answers rest on, where that was asked for. */
  readonly importance?: Importance;
  readonly dependence?: readonly Dependence[];
  /** How it stands beside simpler models on rows that neither has seen. */
  readonly comparison?: Comparison;
  /** What is to be said of it, the worst first. */
  readonly findings: readonly Finding[];
}

/** Rows that were not trained on, and how well they are predicted. */
export interface HeldOut {
  readonly data: Encoded;
  readonly predicted: Float64Array;
  readonly evaluation: Evaluation;
}

/** Fits a network to a dataset; errors name the column at fault. */
export async function fitTable(
  dataset: Dataset,
  options: FitOptions = FIT_DEFAULTS,
  watch: FitWatch = {},
): Promise<FitResult> {
  return fitEncoded(encode(dataset), options, watch);
}

/** Returns the rows that a fit trains on. */
export function trainingRows(all: Encoded, options: FitOptions): Encoded {
  return options.val === 0 ? all : subset(all, holdOutOf(all, options).train);
}

/** Fits a network to encoded rows; what the options leave open is decided by those trained on. */
export async function fitEncoded(
  all: Encoded,
  asked: FitOptions,
  watch: FitWatch = {},
  workshops = new Workshops(),
  earlier?: Earlier,
  onSave?: (fit: FitResult) => Promise<void>,
): Promise<FitResult> {
  if (asked.earlyStop !== undefined && asked.val === 0) {
    throw argumentError("stopping early needs rows held out: give a fraction, such as --val 0.2.");
  }
  const split = asked.val === 0 ? undefined : holdOutOf(all, asked);
  const data = split === undefined ? all : subset(all, split.train);
  const heldData = split === undefined ? undefined : subset(all, split.held);
  const { options } = await settle(data, asked, watch);
  const finish = (trained: TrainedNetwork): Promise<Omit<FitResult, "findings">> =>
    resultOf(trained, data, heldData, options);
  // What is saved while it trains is not judged yet.
  const save = async (trained: TrainedNetwork): Promise<void> =>
    onSave?.({ ...(await finish(trained)), findings: [] });
  const shared = [data, options, watch, heldData, workshops, earlier] as const;
  const fit = await finish(await trainMembers(...shared, onSave && save));
  return { ...fit, findings: await examineFit(fit) };
}

/** Compares a trained network with the rows. */
async function resultOf(
  trained: TrainedNetwork,
  data: Encoded,
  heldData: Encoded | undefined,
  options: FitOptions,
): Promise<Omit<FitResult, "findings">> {
  const { epochs, history, finalLoss, parameters, bestEpoch, state } = trained;
  const model = makeModel(trained, data, options);
  const predicted = await predictRows(model, data);
  const classWeights = weightsOfClasses(data, options);
  const held = heldData === undefined ? undefined : await judge(model, heldData);
  return {
    model,
    data,
    epochs,
    history,
    finalLoss,
    parameters,
    predicted,
    state,
    training: evaluate(predicted, data),
    baseline: fitBaseline(data),
    split: splitKindOf(data),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(held === undefined ? {} : { held }),
    ...(bestEpoch === undefined ? {} : { bestEpoch }),
  };
}

async function judge(model: FittedModel, data: Encoded): Promise<HeldOut> {
  const predicted = await predictRows(model, data);
  return { data, predicted, evaluation: evaluate(predicted, data) };
}
