/**
 * A network and its rivals judged by the same rows, which none of them has seen: who is best, and
 * which is the simplest that does as well.
 */
import { NablaError } from "../../core/errors.ts";
import type { Split } from "../split.ts";
import { weightsOfClasses } from "./class-weights.ts";
import type { Encoded } from "./dataset.ts";
import { subset } from "./dataset.ts";
import type { Evaluation } from "./evaluate.ts";
import { answerRows, evaluate, likeliest } from "./evaluate.ts";
import type { FitOptions } from "./options.ts";
import type { FittedModel } from "./fitted.ts";
import type { RivalName } from "./rivals.ts";
import { answerOf, RIVALS, rivalsFor } from "./rivals.ts";
import { holdOutOf, Separation } from "./separation.ts";

/** Who was compared. */
export type ContestantName = RivalName | "network";

/** How rows were held out. */
export type Judge = "held-out" | "folds" | "leave-one-out";

/** One that was judged. */
export interface Contestant {
  readonly name: ContestantName;
  readonly evaluation: Evaluation;
}

/** What a comparison found. */
export interface Comparison {
  readonly judge: Judge;
  readonly folds?: number;
  /** How many rows were judged. */
  readonly rows: number;
  /** The simplest first, the network last where it was judged. */
  readonly contestants: readonly Contestant[];
  readonly best: ContestantName;
  /** The simplest whose errors cannot be told from those of the best. */
  readonly simplest: ContestantName;
  /** How the network does beside the best of its rivals. */
  readonly network?: "better" | "alike" | "worse";
}

/** How far from each other two are. */
export type Standing = NonNullable<Comparison["network"]>;

/** Judges rivals by the rows of finished folds, as the network was. */
export function compareFolds(
  data: Encoded,
  { asked, answers }: { readonly asked: number; readonly answers: readonly Float64Array[] },
  options: FitOptions,
): Comparison | undefined {
  const splits = new Separation(data).folds(asked, options.seed).slice(0, answers.length);
  const network = Float64Array.from(answers.flatMap((part) => [...part]));
  return compare(data, splits, options, "folds", network);
}

/** Judges a network and its rivals by the rows that were held out. */
export async function compareHeld(
  data: Encoded,
  model: FittedModel,
  options: FitOptions,
): Promise<Comparison | undefined> {
  const split = holdOutOf(data, options);
  const network = await answerRows(model, subset(data, split.held));
  return compare(data, [split], options, "held-out", network);
}

/** Up to so many rows each is left out in turn. */
const MOST_LEFT_OUT = 60;

/**
 * Judges the rivals alone, where a network would have to be trained many times: each row left out
 * in turn, or in folds.
 */
export function compareRivals(data: Encoded, options: FitOptions): Comparison | undefined {
  const inTurn = data.rows <= MOST_LEFT_OUT && data.time === undefined;
  const folds = inTurn ? data.rows : 5;
  if (data.rows < 5 || rivalsFor(data, folds).length < 2) return undefined;
  try {
    const separation = new Separation(data);
    // rows that stay together are left out together
    const splits = separation.folds(inTurn ? separation.units : folds, options.seed);
    return compare(data, splits, options, inTurn ? "leave-one-out" : "folds");
  } catch (error) {
    if (error instanceof NablaError) return undefined; // too few groups, rows or moments
    throw error;
  }
}

/** Judges rivals on splits, and the network by its answers to the same rows. */
export function compare(
  data: Encoded,
  splits: readonly Split[],
  options: Pick<FitOptions, "classWeight">,
  judge: Judge,
  network?: Float64Array,
): Comparison | undefined {
  if (splits.length === 0) return undefined;
  const held = subset(
    data,
    splits.flatMap((split) => [...split.held]),
  );
  const answers = new Map<ContestantName, Float64Array>();
  for (const rival of rivalsFor(data, splits.length)) {
    const parts = splits.map((split) => answerOf(rival, data, split, options));
    answers.set(rival, Float64Array.from(parts.flatMap((part) => [...part])));
  }
  if (network !== undefined) answers.set("network", network);
  const errors = new Map<ContestantName, Float64Array>();
  const weights = weightsOfClasses(data, options);
  for (const [name, own] of answers) errors.set(name, errorsOf(own, held, weights));
  return {
    judge,
    ...(splits.length > 1 ? { folds: splits.length } : {}),
    rows: held.rows,
    contestants: [...answers].map(([name, own]) => ({
      name,
      evaluation: evaluate(own, held),
    })),
    ...verdictOf(errors),
  };
}

/** The error of each row: squares by the range of each target, or wrong answers by weight. */
function errorsOf(
  answers: Float64Array,
  held: Encoded,
  weights: readonly number[] | undefined,
): Float64Array {
  const { y, rows, targets, outputs, classes } = held;
  if (classes !== undefined) {
    const said = likeliest(answers, held);
    return said.map((k, i) => (k === y[i] ? 0 : (weights?.[y[i]!] ?? 1)));
  }
  const ranges = outputs.map(({ min, max }) => max - min || 1);
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < targets; j++) {
      const miss = (answers[i * targets + j]! - y[i * targets + j]!) / ranges[j]!;
      sum += miss * miss;
    }
    return sum;
  });
}

function verdictOf(
  errors: ReadonlyMap<ContestantName, Float64Array>,
): Pick<Comparison, "best" | "simplest" | "network"> {
  const order = [...errors.keys()].sort((a, b) => rank(a) - rank(b));
  const error = (name: ContestantName): number => meanOf(errors.get(name)!);
  const bestOf = (names: readonly ContestantName[]): ContestantName =>
    names.reduce((a, b) => (error(b) < error(a) ? b : a));
  const best = bestOf(order);
  const suffices = (name: ContestantName): boolean =>
    name === best || standing(errors.get(name)!, errors.get(best)!) === "alike";
  const found = { best, simplest: order.find(suffices)! };
  const own = errors.get("network");
  const rivals = order.filter((name) => name !== "network");
  if (own === undefined || rivals.length === 0) return found;
  return { ...found, network: standing(own, errors.get(bestOf(rivals))!) };
}

/** Below this the mean error of a fit is dust of rounding. */
const DUST = 1e-24;

/** Within so many of its own standard errors a difference may be chance. */
const DOUBT = 1.5;

/**
 * How one stands beside another, row by row: alike where the difference of the mean errors is
 * within its doubt and a quarter of the larger one, or a twentieth of the smaller one.
 */
export function standing(own: Float64Array, other: Float64Array): Standing {
  const gaps = own.map((value, i) => value - other[i]!);
  const gap = meanOf(gaps);
  const spread = meanOf(gaps.map((value) => (value - gap) * (value - gap)));
  const doubt = DOUBT * Math.sqrt(spread / Math.max(1, gaps.length - 1));
  const [a, b] = [meanOf(own), meanOf(other)];
  const size = Math.min(a, b);
  if (Math.max(a, b) <= DUST) return "alike";
  if (Math.abs(gap) <= doubt && Math.abs(gap) <= 0.25 * Math.max(a, b)) return "alike";
  if (Math.abs(gap) <= 0.05 * size) return "alike";
  return gap < 0 ? "better" : "worse";
}

function rank(name: ContestantName): number {
  return name === "network" ? RIVALS.length : RIVALS.indexOf(name);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
