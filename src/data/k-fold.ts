/** Cross-validation: folds as scikit-learn makes them, of rows, classes, groups or time. */
import { argumentError } from "../core/errors.ts";
import { asGiven, readNamed } from "../core/options.ts";
import { randomOrder } from "./dataset.ts";
import type { Labels } from "./labels.ts";
import { membersOf, needLabels, sortedMembersOf } from "./labels.ts";

/** One fold: the samples to learn from and those to test with, as numbers in growing order. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

const FOLDS = {
  k: 5,
  shuffle: false,
  stratify: asGiven(undefined),
  groups: asGiven(undefined),
  timeSeries: false,
  gap: 0,
  testSize: asGiven(undefined),
  maxTrainSize: asGiven(undefined),
};

/** How folds are made. */
export interface KFoldOptions {
  /** The number of folds; default: 5. */
  readonly k?: number;
  /** Whether samples are shared out at random, which `manualSeed` decides; default: false. */
  readonly shuffle?: boolean;
  /** The class of each sample: each fold has its share of each. (`StratifiedKFold`.) */
  readonly stratify?: Labels;
  /** The group of each sample: none is in two folds' tests. (`GroupKFold`.) */
  readonly groups?: Labels;
  /** Whether tests are later than what is learnt from. (`TimeSeriesSplit`.) Default: false. */
  readonly timeSeries?: boolean;
  /** With `timeSeries`: how many samples before each test are left out; default: 0. */
  readonly gap?: number;
  /** With `timeSeries`: how many samples a test has; default: n / (k + 1), rounded down. */
  readonly testSize?: number;
  /** With `timeSeries`: most samples to learn from, the latest; default: all. */
  readonly maxTrainSize?: number;
}

/**
 * Divides n samples into k folds; each is the test once, and the others are learnt from. Without
 * `shuffle` the folds are those of scikit-learn 1.6: `KFold`, or with `stratify`, `groups`,
 * `timeSeries` its `StratifiedKFold`, `GroupKFold`, `TimeSeriesSplit` (where groups are of one
 * size, the later one goes first). Throws where there are too few samples, groups or members.
 */
export function kFold(n: number, options: KFoldOptions = {}): Fold[] {
  const { k, shuffle, timeSeries, gap } = readNamed("kFold", FOLDS, options);
  const { stratify, groups, testSize, maxTrainSize } = options;
  needInteger("the number of samples", n, 0);
  needInteger("k", k, 2);
  const kinds = [stratify && "stratify", groups && "groups", timeSeries && "timeSeries"];
  const given = kinds.filter((kind) => typeof kind === "string");
  if (given.length > 1) {
    throw argumentError(`kFold: ${given.join(" and ")} are both given; need one of them.`);
  }
  if (timeSeries) {
    if (shuffle) throw argumentError("kFold: timeSeries keeps the order; shuffle would lose it.");
    return timeFolds(n, k, gap, testSize ?? Math.floor(n / (k + 1)), maxTrainSize ?? n);
  }
  const early = gap !== 0 ? "gap" : testSize !== undefined ? "testSize" : "maxTrainSize";
  if (gap !== 0 || testSize !== undefined || maxTrainSize !== undefined) {
    throw argumentError(`kFold: ${early} is for timeSeries: true.`);
  }
  if (k > n) throw argumentError(`kFold: ${k} folds of ${n} samples; need one or more for each.`);
  if (stratify !== undefined) {
    needLabels("kFold", "stratify", stratify, n);
    return foldsOf(classFolds(membersOf(stratify), n, k, shuffle), k);
  }
  if (groups !== undefined) {
    needLabels("kFold", "groups", groups, n);
    return foldsOf(groupFolds(sortedMembersOf(groups), n, k, shuffle), k);
  }
  const block = blocks(n, k);
  return foldsOf(shuffle ? randomOrder(n).map((i) => block[i]!) : block, k);
}

/** Cuts n places into k blocks, of which the first ones may have one more; the block of each. */
function blocks(n: number, k: number): Int32Array {
  const block = new Int32Array(n);
  const start = (f: number): number => f * Math.floor(n / k) + Math.min(f, n % k);
  for (let f = 0; f < k; f++) block.fill(f, start(f), start(f + 1));
  return block;
}

/** The fold of each sample, as folds. */
function foldsOf(fold: Int32Array, k: number): Fold[] {
  const all = Int32Array.from({ length: fold.length }, (_, i) => i);
  return Array.from({ length: k }, (_, f) => ({
    train: all.filter((i) => fold[i] !== f),
    test: all.filter((i) => fold[i] === f),
  }));
}

/** Samples sorted by class are dealt out to folds in turn: that many of its class each takes. */
function classFolds(
  classes: readonly Int32Array[],
  n: number,
  k: number,
  shuffle: boolean,
): Int32Array {
  const most = classes.reduce((a, members) => Math.max(a, members.length), 0);
  if (k > most) {
    throw argumentError(`kFold: ${k} folds; the largest class has ${most} samples.`);
  }
  const fold = new Int32Array(n);
  let start = 0;
  for (const members of classes) {
    // Places start … start + length − 1 of the sorted samples; place p goes to fold p mod k.
    const folds = Int32Array.from(members, (_, i) => (start + i) % k).sort();
    const order = shuffle ? randomOrder(members.length) : undefined;
    members.forEach((sample, i) => (fold[sample] = folds[order?.[i] ?? i]!));
    start += members.length;
  }
  return fold;
}

/** The largest group goes first, each to the fold that has fewest samples; at random: in blocks. */
function groupFolds(
  groups: readonly Int32Array[],
  n: number,
  k: number,
  shuffle: boolean,
): Int32Array {
  if (k > groups.length) {
    throw argumentError(`kFold: ${k} folds of ${groups.length} groups; need one or more for each.`);
  }
  const fold = new Int32Array(n);
  const put = (g: number, f: number): void => groups[g]!.forEach((sample) => (fold[sample] = f));
  if (shuffle) {
    const block = blocks(groups.length, k);
    randomOrder(groups.length).forEach((g, i) => put(g, block[i]!));
    return fold;
  }
  const sizes = Array<number>(k).fill(0);
  const order = groups.map((_, g) => g).sort((a, b) => groups[a]!.length - groups[b]!.length);
  for (const g of order.reverse()) {
    const f = sizes.indexOf(Math.min(...sizes));
    sizes[f]! += groups[g]!.length;
    put(g, f);
  }
  return fold;
}

function timeFolds(n: number, k: number, gap: number, size: number, most: number): Fold[] {
  needInteger("gap", gap, 0);
  needInteger("maxTrainSize", most, 1);
  if (k + 1 > n) {
    throw argumentError(`kFold: ${k} folds in time need ${k + 1} samples; here: ${n}.`);
  }
  needInteger("testSize", size, 1);
  if (n - gap - size * k <= 0) {
    throw argumentError(
      `kFold: ${k} tests of ${size} samples and a gap of ${gap} leave none of ${n} to learn from.`,
    );
  }
  const range = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  return Array.from({ length: k }, (_, f) => {
    const start = n - (k - f) * size;
    const end = start - gap;
    return { train: range(Math.max(0, end - most), end), test: range(start, start + size) };
  });
}

function needInteger(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw argumentError(`kFold: ${what} is ${value}; need an integer from ${least} on.`);
}
