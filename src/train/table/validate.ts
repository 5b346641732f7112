/** Cross-validation, and sweeps over one setting. */
import { NablaError } from "../../core/errors.ts";
import type { Encoded } from "./dataset.ts";
import { subset } from "./dataset.ts";
import type { Evaluation } from "./evaluate.ts";
import { answerRows, errorOf, evaluate, makeModel } from "./evaluate.ts";
import { fitEncoded } from "./fit.ts";
import type { FittedModel } from "./fitted.ts";
import { settle } from "./choose.ts";
import { isCurve } from "./curve.ts";
import { trainMembers } from "./ensemble.ts";
import type { FitOptions, FitWatch } from "./options.ts";
import type { Split } from "../split.ts";
import { holdOutOf, Separation } from "./separation.ts";
import { Workshops } from "./workshop.ts";

/** What cross-validation found: every row was predicted once by a network that had not seen it. */
export interface CrossValidation {
  /** Fewer than asked for where it was stopped. */
  readonly folds: readonly Evaluation[];
  readonly asked: number;
  /** What each fold answered for its rows: numbers, or probabilities of classes. */
  readonly answers: FoldAnswers;
  /** The errors of all rows together. */
  readonly all: Evaluation;
}

/** The answers of finished folds, in their order: what a cross-validation goes on with. */
export type FoldAnswers = readonly Float64Array[];

/** Watches a cross-validation, and says what there is of it already. */
export interface FoldsWatch extends Pick<FitWatch, "shouldStop" | "onEpoch"> {
  /** Is told of each fold before it is trained, counted from 1. */
  readonly onFold?: (fold: number, folds: number) => void;
  /** Is given what was found so far after each fold that was trained. */
  readonly onFound?: (found: CrossValidation) => Promise<void>;
  /** Is given the network of each fold that was trained, and the rows that it had not seen. */
  readonly onModel?: (model: FittedModel, held: Encoded, fold: number) => Promise<void>;
  /** The first folds, which are not trained again. */
  readonly earlier?: FoldAnswers;
}

/** Trains a fresh network for each fold and judges it by the rows it has not seen. */
export async function crossValidate(
  data: Encoded,
  folds: number,
  options: FitOptions,
  watch: FoldsWatch = {},
  workshops = new Workshops(),
): Promise<CrossValidation> {
  const splits = new Separation(data).folds(folds, options.seed);
  const answers: Float64Array[] = [];
  const { earlier = [] } = watch;
  refuseOthers(earlier, splits, data);
  answers.push(...earlier);
  for (const [k, { train, held }] of splits.entries()) {
    if (k < earlier.length) continue;
    watch.onFold?.(k + 1, splits.length);
    const rows = subset(data, train);
    const model = await fitFold(rows, options, watch, workshops);
    if (watch.shouldStop?.()) break;
    const judged = subset(data, held);
    answers.push(await answerRows(model, judged));
    await watch.onModel?.(model, judged, k);
    await watch.onFound?.(judgeFolds(data, splits, answers));
  }
  return judgeFolds(data, splits, answers);
}

/** Fits a network to the rows of a fold as to a table: what is open is decided by them alone. */
async function fitFold(
  all: Encoded,
  asked: FitOptions,
  watch: FoldsWatch,
  workshops: Workshops,
): Promise<FittedModel> {
  // Rows are held out of these where they decide when to stop, and only there.
  const judges = asked.earlyStop !== undefined && asked.val > 0;
  const split = judges ? holdOutOf(all, asked) : undefined;
  const rows = split === undefined ? all : subset(all, split.train);
  const held = split === undefined ? undefined : subset(all, split.held);
  const { options } = await settle(rows, asked, watch);
  return makeModel(await trainMembers(rows, options, watch, held, workshops), rows, options);
}

type Splits = readonly Split[];

/** Refuses answers that are not of these folds. */
function refuseOthers(earlier: FoldAnswers, splits: Splits, data: Encoded): void {
  const width = data.classes?.length ?? data.targets;
  const fit = earlier.every((one, k) => one.length === (splits[k]?.held.length ?? -1) * width);
  if (!fit) throw new NablaError("format", "The answers of earlier folds are not of this table.");
}

/** Compares the answers of the first folds with their rows, each fold's and all together. */
function judgeFolds(data: Encoded, splits: Splits, answers: FoldAnswers): CrossValidation {
  const done = splits.slice(0, answers.length).map(({ held }) => held);
  const all = Float64Array.from(answers.flatMap((one) => [...one]));
  const judged = done.flatMap((held) => [...held]);
  return {
    folds: done.map((held, k) => evaluate(answers[k]!, subset(data, held))),
    asked: splits.length,
    answers: [...answers],
    all: judged.length === 0 ? { rows: 0, metrics: [] } : evaluate(all, subset(data, judged)),
  };
}

/** How a sweep judges a setting. */
export type SweepJudge = "leave-one-out" | "held-out" | "5-fold";

/** One setting of a sweep. */
export interface SweepRow {
  readonly setting: string;
  readonly options: FitOptions;
  readonly parameters: number;
  /** The error on the rows trained on, and on rows not seen; see `errorOf`. */
  readonly trainingError: number;
  readonly heldOutError: number;
}

/** Up to so many rows each is left out in turn; above it folds are cheaper and as good. */
const MOST_LEFT_OUT = 60;

/** Returns how a sweep over these rows judges its settings. */
export function judgeOf(data: Encoded, { val, open }: FitOptions): SweepJudge {
  if (val > 0) return "held-out";
  if (open?.includes("epochs") === true && !isCurve(data)) return "5-fold"; // each tries by itself
  return data.rows <= MOST_LEFT_OUT ? "leave-one-out" : "5-fold";
}

/** Judges one setting of a sweep. */
export async function trySetting(
  data: Encoded,
  setting: string,
  options: FitOptions,
  watch: Pick<FitWatch, "shouldStop" | "onEpoch"> = {},
): Promise<SweepRow> {
  const workshops = new Workshops();
  const fit = await fitEncoded(data, options, watch, workshops);
  const trainingError = errorOf(fit.training, data);
  const row = { setting, options, parameters: fit.parameters, trainingError };
  if (fit.held !== undefined) {
    return { ...row, heldOutError: errorOf(fit.held.evaluation, data) };
  }
  const folds = judgeOf(data, options) === "leave-one-out" ? data.rows : 5;
  const { all } = await crossValidate(data, folds, options, watch, workshops);
  return { ...row, heldOutError: all.rows === 0 ? NaN : errorOf(all, data) };
}

/** Returns the first setting that is within a tenth of the best: where more stops helping. */
export function firstGoodEnough(rows: readonly SweepRow[]): SweepRow | undefined {
  const best = Math.min(...rows.map(({ heldOutError }) => heldOutError));
  return rows.find(({ heldOutError }) => heldOutError <= 1.1 * best);
}
