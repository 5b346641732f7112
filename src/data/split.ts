/** Parts of a data set: random ones, by class or by group, in the order of time. */
import { argumentError } from "../core/errors.ts";
import { asGiven, readNamed } from "../core/options.ts";
import type { Dataset } from "./dataset.ts";
import { randomOrder, Subset } from "./dataset.ts";
import type { Labels } from "./labels.ts";
import { membersOf, needLabels } from "./labels.ts";

/** What parts keep. */
export interface SplitOptions {
  /** The class of each sample: each part has its share of each class. */
  readonly stratify?: Labels;
  /**
   * The group of each sample: no group is in two parts; lengths are met as nearly as groups let.
   */
  readonly groups?: Labels;
}

const SPLIT = { stratify: asGiven(undefined), groups: asGiven(undefined) };

/**
 * Splits a data set at random into parts of the given lengths, or fractions that sum to 1 (rows
 * left over by rounding go to the first parts). `manualSeed` decides the split.
 * (PyTorch: `torch.utils.data.random_split`.)
 */
export function randomSplit<S>(
  dataset: Dataset<S>,
  lengths: readonly number[],
  options: SplitOptions = {},
): Subset<S>[] {
  readNamed("randomSplit", SPLIT, options);
  const { stratify, groups } = options;
  const counts = countsOf("randomSplit", lengths, dataset.length);
  if (stratify !== undefined && groups !== undefined) {
    throw argumentError("randomSplit: stratify and groups are both given; need one of them.");
  }
  if (stratify !== undefined) {
    needLabels("randomSplit", "stratify", stratify, dataset.length);
    return subsets(dataset, shareClasses(membersOf(stratify), counts));
  }
  if (groups !== undefined) {
    needLabels("randomSplit", "groups", groups, dataset.length);
    return subsets(dataset, shareGroups(membersOf(groups), counts));
  }
  const order = randomOrder(dataset.length);
  let start = 0;
  return counts.map((count) => new Subset(dataset, order.subarray(start, (start += count))));
}

/**
 * Splits a data set whose samples are in the order of time into parts that follow one another, of
 * the given lengths or fractions that sum to 1: what is tested is later than what was learnt from.
 * `gap` samples are left out between parts, at the end of the earlier one.
 */
export function timeSplit<S>(
  dataset: Dataset<S>,
  lengths: readonly number[],
  options: { readonly gap?: number } = {},
): Subset<S>[] {
  const { gap } = readNamed("timeSplit", { gap: 0 }, options);
  if (!Number.isInteger(gap) || gap < 0) {
    throw argumentError(`timeSplit: gap is ${gap}; need an integer from 0 on.`);
  }
  const counts = countsOf("timeSplit", lengths, dataset.length);
  let start = 0;
  return counts.map((count, k) => {
    const from = start;
    const length = Math.max(0, k < counts.length - 1 ? count - gap : count);
    const part = new Subset(
      dataset,
      Int32Array.from({ length }, (_, i) => from + i),
    );
    start += count;
    return part;
  });
}

function countsOf(owner: string, lengths: readonly number[], rows: number): number[] {
  const sum = lengths.reduce((a, b) => a + b, 0);
  const good = lengths.every((length) => length >= 0);
  if (good && sum === rows && lengths.every(Number.isInteger)) return [...lengths];
  if (!good || Math.abs(sum - 1) > 1e-6) {
    throw argumentError(
      `${owner}: ${lengths.join(" + ")} is ${sum}; need lengths that sum to ${rows}, ` +
        `the number of samples, or fractions that sum to 1.`,
    );
  }
  const counts = lengths.map((fraction) => Math.floor(rows * fraction));
  let left = rows - counts.reduce((a, b) => a + b, 0);
  for (let i = 0; left > 0; i++, left--) counts[i % counts.length]!++;
  return counts;
}

function subsets<S>(dataset: Dataset<S>, parts: readonly number[][]): Subset<S>[] {
  return parts.map((part) => new Subset(dataset, part));
}

/**
 * Deals each class out to parts in proportion to their lengths. Parts get their exact lengths: of
 * what rounding leaves, each sample goes to the part that lacks most of its class, if it has room.
 */
function shareClasses(classes: readonly Int32Array[], counts: readonly number[]): number[][] {
  const all = counts.reduce((a, b) => a + b, 0);
  const parts = counts.map((): number[] => []);
  const left: { readonly sample: number; readonly lacks: readonly number[] }[] = [];
  for (const members of classes) {
    const order = randomOrder(members.length);
    const shares = counts.map((count) => (count * members.length) / all);
    let at = 0;
    shares.forEach((share, k) => {
      for (let n = Math.floor(share); n > 0; n--) parts[k]!.push(members[order[at++]!]!);
    });
    const lacks = shares.map((share) => share - Math.floor(share));
    for (; at < order.length; at++) left.push({ sample: members[order[at]!]!, lacks });
  }
  for (const { sample, lacks } of left) {
    const room = (k: number): boolean => parts[k]!.length < counts[k]!;
    const able = lacks.map((_, k) => k).filter(room);
    const best = able.reduce((a, b) => (lacks[b]! > lacks[a]! ? b : a));
    parts[best]!.push(sample);
    (lacks as number[])[best]! -= 1;
  }
  return parts;
}

/** Gives each group, in random order, to the part that lacks most samples. */
function shareGroups(groups: readonly Int32Array[], counts: readonly number[]): number[][] {
  const parts = counts.map((): number[] => []);
  for (const g of randomOrder(groups.length)) {
    const lack = counts.map((count, k) => count - parts[k]!.length);
    parts[lack.indexOf(Math.max(...lack))]!.push(...groups[g]!);
  }
  return parts;
}
