/** Folds and splits: scikit-learn's examples, and what must hold of any. */
import { arange, manualSeed } from "nabla";
import type { Fold, KFoldOptions } from "nabla/data";
import { kFold, randomSplit, TensorDataset, timeSplit } from "nabla/data";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const tests = (folds: Fold[]): number[][] => folds.map(({ test }) => [...test]);
const lists = (folds: Fold[]): number[][][] =>
  folds.map(({ train, test }) => [[...train], [...test]]);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const sorted = (list: Iterable<number>): number[] => [...list].sort((a, b) => a - b);

describe("folds are those of scikit-learn's documentation", () => {
  test("KFold", () => {
    const halves = [[0, 1], [2, 3]]; // prettier-ignore
    expect(lists(kFold(4, { k: 2 }))).toEqual([[halves[1], halves[0]], halves]);
    expect(tests(kFold(6, { k: 4 }))).toEqual([[0, 1], [2, 3], [4], [5]]); // prettier-ignore
    expect(kFold(10).length).toBe(5);
  });

  test("StratifiedKFold", () => {
    const folds = kFold(4, { k: 2, stratify: [0, 0, 1, 1] });
    expect(lists(folds)).toEqual([[[1, 3], [0, 2]], [[0, 2], [1, 3]]]); // prettier-ignore
    // the names of classes do not matter
    expect(kFold(4, { k: 2, stratify: ["b", "b", "a", "a"] })).toEqual(folds);
    // sizes differ by one at most: round robin over the sorted labels
    const uneven = kFold(9, { k: 3, stratify: [0, 0, 1, 1, 1, 1, 0, 0, 2] });
    expect(tests(uneven)).toEqual([[0, 1, 2], [3, 4, 6], [5, 7, 8]]); // prettier-ignore
  });

  test("GroupKFold", () => {
    const folds = kFold(6, { k: 2, groups: [0, 0, 2, 2, 3, 3] });
    expect(lists(folds)).toEqual([
      [[2, 3], [0, 1, 4, 5]], // prettier-ignore
      [[0, 1, 4, 5], [2, 3]], // prettier-ignore
    ]);
  });

  test("TimeSeriesSplit", () => {
    const growing = upTo(5).map((i) => [upTo(i + 1), [i + 1]]);
    expect(lists(kFold(6, { timeSeries: true }))).toEqual(growing);
    const two = { k: 3, timeSeries: true, testSize: 2 };
    const ends = [[6, 7], [8, 9], [10, 11]]; // prettier-ignore
    expect(lists(kFold(12, two))).toEqual(ends.map((end) => [upTo(end[0]!), end]));
    const apart = ends.map((end) => [upTo(end[0]! - 2), end]);
    expect(lists(kFold(12, { ...two, gap: 2 }))).toEqual(apart);
    const latest = lists(kFold(12, { ...two, maxTrainSize: 3 })).map(([train]) => train);
    expect(latest).toEqual([[3, 4, 5], [5, 6, 7], [7, 8, 9]]); // prettier-ignore
  });
});

describe("of any folds it holds that", () => {
  const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 30, maxLength: 60 });
  const input = fc.record({ labels, k: fc.integer({ min: 2, max: 5 }), shuffle: fc.boolean() });
  const partsOf = (n: number, folds: Fold[]): void => {
    expect(sorted(folds.flatMap(({ test }) => [...test]))).toEqual(upTo(n));
    for (const { train, test } of folds) {
      expect(sorted([...train, ...test])).toEqual(upTo(n));
      expect([...test]).toEqual(sorted(test));
    }
  };

  test("each sample is tested once, and classes keep their shares", () => {
    fc.assert(
      fc.property(input, ({ labels, k, shuffle }) => {
        partsOf(labels.length, kFold(labels.length, { k, shuffle }));
        const folds = kFold(labels.length, { k, shuffle, stratify: labels });
        partsOf(labels.length, folds);
        for (const { test } of folds) {
          expect(Math.abs(test.length - labels.length / k)).toBeLessThan(1);
          for (const kind of new Set(labels)) {
            const share = labels.filter((x) => x === kind).length / k;
            const found = test.filter((i) => labels[i] === kind).length;
            expect(Math.abs(found - share)).toBeLessThan(1);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("no group is learnt from and tested", () => {
    fc.assert(
      fc.property(input, ({ labels: groups, shuffle }) => {
        if (new Set(groups).size < 2) return;
        const folds = kFold(groups.length, { k: 2, shuffle, groups });
        partsOf(groups.length, folds);
        for (const { train, test } of folds) {
          const learnt = new Set([...train].map((i) => groups[i]));
          expect([...test].filter((i) => learnt.has(groups[i]))).toEqual([]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("a shuffle is the seed's, and another each time", () => {
    manualSeed(4);
    const [a, b] = [kFold(20, { shuffle: true }), kFold(20, { shuffle: true })];
    expect(a).not.toEqual(b);
    manualSeed(4);
    expect(kFold(20, { shuffle: true })).toEqual(a);
  });
});

test.each<[number, KFoldOptions, string]>([
  [3, {}, "5 folds of 3 samples"],
  [9, { k: 1 }, "k is 1; need an integer from 2 on"],
  [9, { k: 3, stratify: [1, 2] }, "stratify has 2 entries; need one for each of 9 samples"],
  [4, { k: 3, stratify: [1, 2, 1, 2] }, "3 folds; the largest class has 2 samples"],
  [4, { k: 3, groups: [1, 2, 1, 2] }, "3 folds of 2 groups"],
  [4, { k: 2, groups: [1, 2, 1, 2], stratify: [1, 2, 1, 2] }, "stratify and groups are both given"],
  [9, { timeSeries: true, shuffle: true }, "timeSeries keeps the order"],
  [9, { gap: 1 }, "gap is for timeSeries: true"],
  [5, { timeSeries: true }, "5 folds in time need 6 samples; here: 5"],
  [9, { timeSeries: true, k: 3, gap: 3 }, "leave none of 9 to learn from"],
])("refused: %s %j", (n, options, message) => {
  expect(() => kFold(n, options)).toThrow(message);
});

describe("splits", () => {
  const rows = (n: number): TensorDataset<[ReturnType<typeof arange>]> =>
    new TensorDataset(arange(n));

  test("with classes: exact lengths, each class in its share", () => {
    const labels = fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(labels, (stratify) => {
        const n = stratify.length;
        const parts = randomSplit(rows(n), [0.5, 0.3, 0.2], { stratify });
        expect(sorted(parts.flatMap((part) => [...part.indices]))).toEqual(upTo(n));
        const plain = randomSplit(rows(n), [0.5, 0.3, 0.2]).map((part) => part.length);
        expect(parts.map((part) => part.length)).toEqual(plain);
        for (const { indices, length } of parts) {
          for (const kind of new Set(stratify)) {
            const share = (stratify.filter((x) => x === kind).length * length) / n;
            const found = indices.filter((i) => stratify[i] === kind).length;
            expect(Math.abs(found - share)).toBeLessThan(2.5);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("with groups: none in two parts, lengths nearly", () => {
    manualSeed(6);
    const groups = upTo(300).map((i) => i % 60);
    const parts = randomSplit(rows(300), [0.8, 0.2], { groups });
    expect(parts.map((part) => part.length)).toEqual([240, 60]);
    const [train, test] = parts.map((part) => new Set([...part.indices].map((i) => groups[i])));
    expect([...test!].filter((g) => train!.has(g))).toEqual([]);
  });

  test("in time: one after another, with a gap", () => {
    const indices = (gap: number): number[][] =>
      timeSplit(rows(10), [0.6, 0.2, 0.2], { gap }).map((part) => [...part.indices]);
    expect(indices(0)).toEqual([upTo(6), [6, 7], [8, 9]]);
    expect(indices(1)).toEqual([upTo(5), [6], [8, 9]]);
    expect(() => timeSplit(rows(10), [5, 6])).toThrow("timeSplit: 5 + 6 is 11; need lengths");
    expect(() => timeSplit(rows(10), [5, 5], { gap: -1 })).toThrow("gap is -1");
    expect(() => randomSplit(rows(2), [1, 1], { groups: [1, 1], stratify: [1, 1] })).toThrow(
      "both given",
    );
  });
});
