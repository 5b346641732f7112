/**
 * How far answers are off on rows that were not trained on, as a band around later answers
 * (conformal prediction), and how often such a band held.
 */
import { rangeOf } from "../../data/scaler.ts";
import type { Encoded } from "./dataset.ts";
import { subset } from "./dataset.ts";
import { holdOutOf, Separation } from "./separation.ts";
import type { FitOptions } from "./options.ts";

/** A band around answers, in the units of each target. */
export interface Band {
  /** Which quantiles of what is true its ends are meant to be. */
  readonly quantiles: readonly [low: number, high: number];
  /** What is added to the answer of each target. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A band, and how it was found. */
export interface FoundBand extends Band {
  /** "cv+": by the rows of all folds; "split": by the rows held out. */
  readonly method: "cv+" | "split";
  /** How many rows made it. */
  readonly rows: number;
  /**
   * The share of values inside a band made of the other folds' rows, or of the other half of those
   * held out: how often it held on rows that had no part in it.
   */
  readonly held: number;
}

/** Rows that were not trained on, in parts, and what was answered. */
interface Judged {
  readonly data: Encoded;
  readonly answers: Float64Array;
}

/** Makes a band of the answers of folds. */
export function bandOfFolds(
  data: Encoded,
  { asked, answers }: { readonly asked: number; readonly answers: readonly Float64Array[] },
  options: FitOptions,
): FoundBand {
  const splits = new Separation(data).folds(asked, options.seed).slice(0, answers.length);
  const parts = splits.map(({ held }, k) => ({
    data: subset(data, held),
    answers: answers[k]!,
  }));
  return bandOf(parts, options.quantiles!, "cv+");
}

/** Makes a band of the answers to the rows held out. */
export function bandOfHeld(data: Encoded, answers: Float64Array, options: FitOptions): FoundBand {
  const { held } = holdOutOf(data, options);
  const halves = [0, 1].map((odd) => {
    const places = Array.from(held.keys()).filter((i) => i % 2 === odd);
    const width = data.targets;
    return {
      data: subset(
        data,
        places.map((i) => held[i]!),
      ),
      answers: Float64Array.from(
        places.flatMap((i) => [...answers.subarray(i * width, (i + 1) * width)]),
      ),
    };
  });
  return bandOf(halves, options.quantiles!, "split");
}

function bandOf(
  parts: readonly Judged[],
  quantiles: readonly [number, number],
  method: FoundBand["method"],
): FoundBand {
  const { targets } = parts[0]!.data;
  const misses = parts.map(({ data, answers }) => data.y.map((value, i) => value - answers[i]!));
  const ends = (some: readonly Float64Array[]): [number, number][] =>
    Array.from({ length: targets }, (_, j) => {
      const own = some.flatMap((part) => [...part].filter((__, i) => i % targets === j));
      return endsOf(own, quantiles);
    });
  let inside = 0;
  for (const [k, own] of misses.entries()) {
    const other = ends(misses.filter((_, at) => at !== k));
    own.forEach((miss, i) => {
      const [low, high] = other[i % targets]!;
      if (miss >= low && miss <= high) inside++;
    });
  }
  const all = ends(misses);
  const count = misses.reduce((sum, part) => sum + part.length, 0);
  return {
    ...{
      quantiles,
      low: all.map(([low]) => low),
      high: all.map(([, high]) => high),
    },
    ...{ method, rows: count / targets, held: inside / count },
  };
}

/** The errors between which so many lie, counting one more that is to come. */
function endsOf(errors: number[], [low, high]: readonly [number, number]): [number, number] {
  if (errors.length === 0) return [0, 0];
  errors.sort((a, b) => a - b);
  const [least, most] = rangeOf(errors);
  const n = errors.length + 1;
  return [errors[Math.floor(n * low) - 1] ?? least, errors[Math.ceil(n * high) - 1] ?? most];
}
