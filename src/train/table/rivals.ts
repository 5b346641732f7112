/**
 * What a network has to beat on rows that neither has seen: the mean or the most frequent class,
 * the same as last time, linear and logistic regression, polynomials of one input.
 */
import { showText } from "../../core/format.ts";
import { fitLinear, fitLogistic } from "../../data/linear-model.ts";
import { fitPolynomial } from "../../data/polynomial.ts";
import { takeColumn } from "../../data/rows.ts";
import type { Split } from "../split.ts";
import { sharesOfClasses, weightsOfClasses } from "./class-weights.ts";
import type { Encoded } from "./dataset.ts";
import { subset } from "./dataset.ts";
import type { FitOptions } from "./options.ts";

/** The names of the rivals, the simplest first; files and JSON have them. */
export const RIVALS = [
  ...(["mean", "majority", "persistence", "linear", "logistic"] as const),
  ...(["quadratic", "cubic", "quartic", "quintic"] as const),
] as const;

/** Who competes with a network. */
export type RivalName = (typeof RIVALS)[number];

/** Names a rival in words. */
export function wordsOfRival(name: RivalName | "network", data: Encoded): string {
  if (name === "majority") {
    const shares = sharesOfClasses(data);
    return `always "${showText(data.classes![shares.indexOf(Math.max(...shares))]!, 30)}"`;
  }
  if (name === "linear" && data.width === 1) return "straight line";
  return WORDS[name];
}

/** Names a rival in a sentence. */
export function withArticle(name: RivalName, data: Encoded): string {
  const words = wordsOfRival(name, data);
  if (name === "mean") return `the ${words}`;
  return /line$|polynomial/.test(words) ? `a ${words}` : words;
}

const WORDS: Readonly<Record<Exclude<RivalName, "majority"> | "network", string>> = {
  network: "network",
  mean: "mean",
  linear: "linear regression",
  persistence: "the same as last time",
  logistic: "logistic regression",
  quadratic: "quadratic polynomial",
  cubic: "cubic polynomial",
  quartic: "polynomial of degree 4",
  quintic: "polynomial of degree 5",
};

/** What rivals learn from and answer: numbers, row-major, or probabilities of classes. */
interface Task {
  readonly all: Encoded;
  readonly split: Split;
  readonly train: Encoded;
  readonly held: Encoded;
  /** How much each class counts. */
  readonly weights: readonly number[] | undefined;
}

type Answer = (task: Task) => Float64Array;

const polynomial =
  (degree: number): Answer =>
  ({ train, held }) => {
    const { targets, outputs } = train;
    const answers = new Float64Array(held.rows * targets);
    outputs.forEach((_, j) => {
      const { at } = fitPolynomial(train.x, takeColumn(train.y, targets, j), degree);
      held.x.forEach((x, i) => (answers[i * targets + j] = at(x)));
    });
    return answers;
  };

const ANSWERS: Readonly<Record<RivalName, Answer>> = {
  mean: ({ train, held }) => {
    const { y, rows, targets } = train;
    const means = new Float64Array(targets);
    y.forEach((value, i) => (means[i % targets]! += value / rows));
    return Float64Array.from({ length: held.rows * targets }, (_, i) => means[i % targets]!);
  },
  majority: ({ train, held }) => {
    const shares = train.classes!.map(() => 0);
    for (const k of train.y) shares[k]! += 1 / train.rows;
    const width = shares.length;
    return Float64Array.from({ length: held.rows * width }, (_, i) => shares[i % width]!);
  },
  persistence: ({ all, split }) => sameAsLastTime(all, split.held),
  linear: ({ train, held }) => {
    return fitLinear(train.x, train.width, train.y, train.targets).predict(held.x);
  },
  logistic: ({ train, held, weights }) => {
    const options = {
      tolerance: 1e-5,
      ...(weights === undefined ? {} : { weights }),
    };
    const model = fitLogistic(train.x, train.width, train.y, train.classes!.length, options);
    return model.predict(held.x);
  },
  quadratic: polynomial(2),
  cubic: polynomial(3),
  quartic: polynomial(4),
  quintic: polynomial(5),
};

/** More multiplications than these take longer than the training of a small network. */
const MOST_WORK = 4e8;

/** Returns who competes on a table, so many fits each; those that take too long do not. */
export function rivalsFor(data: Encoded, fits: number): RivalName[] {
  const { rows, width, classes, time } = data;
  const last = time === undefined ? [] : (["persistence"] as const);
  if (classes !== undefined) {
    const work = 400 * rows * width * classes.length * fits;
    return ["majority", ...last, ...(work <= MOST_WORK ? (["logistic"] as const) : [])];
  }
  const work = rows * width * width * fits;
  const curves = (["quadratic", "cubic", "quartic", "quintic"] as const).filter(() => width === 1);
  return ["mean", ...last, ...(work <= MOST_WORK ? (["linear", ...curves] as const) : [])];
}

/** Answers the rows held out by what a rival learns of the others. */
export function answerOf(
  rival: RivalName,
  all: Encoded,
  split: Split,
  options: Pick<FitOptions, "classWeight">,
): Float64Array {
  const [train, held] = [subset(all, split.train), subset(all, split.held)];
  const weights = weightsOfClasses(train, options);
  return ANSWERS[rival]({ all, split, train, held, weights });
}

/**
 * For each row what was true at the moment before it, of its own group where groups have one; the
 * mean of several, the shares of their classes.
 */
function sameAsLastTime(all: Encoded, rows: readonly number[]): Float64Array {
  const { time, groups, y, targets, classes } = all;
  const width = classes?.length ?? targets;
  const order = Array.from(time!, (_, row) => row).sort((a, b) => time![a]! - time![b]!);
  const answers = new Float64Array(all.rows * width);
  /** The sums of the last two moments: of each group, and of all rows. */
  const last = new Map<number, Moment>();
  for (const row of order) {
    const keys = groups === undefined ? [-1] : [groups[row]!, -1];
    const moments = keys.map((key) => stepTo(last, key, time![row]!, width));
    const known = moments.map(({ before }) => before).find(({ count }) => count > 0);
    for (let j = 0; j < width; j++) {
      answers[row * width + j] = known === undefined ? 0 : known.sums[j]! / known.count;
    }
    for (const { now } of moments) {
      now.count++;
      for (let j = 0; j < width; j++) {
        now.sums[j]! += classes === undefined ? y[row * width + j]! : Number(y[row] === j);
      }
    }
  }
  return Float64Array.from(
    rows.flatMap((row) => [...answers.subarray(row * width, (row + 1) * width)]),
  );
}

interface Sums {
  count: number;
  readonly sums: Float64Array;
}

interface Moment {
  readonly at: number;
  readonly now: Sums;
  readonly before: Sums;
}

/** Returns the moment of a time; where it is new, the one that was becomes the one before. */
function stepTo(last: Map<number, Moment>, key: number, at: number, width: number): Moment {
  const none = (): Sums => ({ count: 0, sums: new Float64Array(width) });
  const known = last.get(key);
  if (known?.at === at) return known;
  const moment = { at, now: none(), before: known?.now ?? none() };
  last.set(key, moment);
  return moment;
}
