/** Cross-validation, and sweeps over one setting. */
import type { Encoded } from "./dataset.ts";
import { subset } from "./dataset.ts";
import type { Evaluation } from "./evaluate.ts";
import { errorOf, evaluate, makeModel, predictRows } from "./evaluate.ts";
import { fitEncoded } from "./fit.ts";
import { trainNetwork } from "./network.ts";
import type { FitOptions, FitWatch } from "./options.ts";
import { foldsOf } from "../split.ts";
import { Workshops } from "./workshop.ts";

/** What cross-validation found: every row was predicted once by a network that had not seen it. */
export interface CrossValidation {
  /** Fewer than asked for where it was stopped. */
  readonly folds: readonly Evaluation[];
  readonly asked: number;
  /** The errors of all rows together. */
  readonly all: Evaluation;
}

/** Is told of each fold before it is trained, counted from 1. */
export type OnFold = (fold: number, folds: number) => void;

/** Trains a fresh network for each fold and judges it by the rows it has not seen. */
export async function crossValidate(
  data: Encoded,
  folds: number,
  options: FitOptions,
  watch: Pick<FitWatch, "shouldStop" | "onEpoch"> = {},
  onFold: OnFold = () => undefined,
  workshops = new Workshops(),
): Promise<CrossValidation> {
  const splits = foldsOf(data.rows, folds, options.seed, data.classes && data.y);
  const width = data.classes === undefined ? data.targets : 1;
  const predicted = new Float64Array(data.rows * width);
  const found: Evaluation[] = [];
  const judged: number[] = [];
  for (const [k, { train, held }] of splits.entries()) {
    onFold(k + 1, splits.length);
    const rows = subset(data, train);
    const trained = await trainNetwork(rows, options, watch, undefined, workshops);
    const model = makeModel(trained, rows, options);
    if (watch.shouldStop?.()) break;
    const heldRows = subset(data, held);
    const answers = await predictRows(model, heldRows);
    held.forEach((row, i) => {
      for (let j = 0; j < width; j++) predicted[row * width + j] = answers[i * width + j]!;
    });
    found.push(evaluate(answers, heldRows));
    for (const row of held) judged.push(row); // too many, perhaps, for one call
  }
  const seen = subset(data, judged);
  const all = judged.flatMap((row) => Array.from({ length: width }, (_, j) => row * width + j));
  const answers = Float64Array.from(all, (at) => predicted[at]!);
  return {
    folds: found,
    asked: splits.length,
    all: judged.length === 0 ? { rows: 0, metrics: [] } : evaluate(answers, seen),
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
export function judgeOf(rows: number, { val }: FitOptions): SweepJudge {
  if (val > 0) return "held-out";
  return rows <= MOST_LEFT_OUT ? "leave-one-out" : "5-fold";
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
  const folds = judgeOf(data.rows, options) === "leave-one-out" ? data.rows : 5;
  const { all } = await crossValidate(data, folds, options, watch, undefined, workshops);
  return { ...row, heldOutError: all.rows === 0 ? NaN : errorOf(all, data) };
}

/** Returns the first setting that is within a tenth of the best: where more stops helping. */
export function firstGoodEnough(rows: readonly SweepRow[]): SweepRow | undefined {
  const best = Math.min(...rows.map(({ heldOutError }) => heldOutError));
  return rows.find(({ heldOutError }) => heldOutError <= 1.1 * best);
}
