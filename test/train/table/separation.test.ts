/** How rows are shared out: by class, by group, in time, copies of a row on one side. */
import { describe, expect, it } from "vitest";
import type { Encoded } from "../../../src/train/table/dataset.ts";
import { encode, makeDataset } from "../../../src/train/table/dataset.ts";
import { holdOutOf, Separation } from "../../../src/train/table/separation.ts";
import type { Split } from "../../../src/train/split.ts";
import { foldsOf, holdOut } from "../../../src/train/split.ts";

const column = (name: string, values: readonly number[]) => {
  return { name, values: Float64Array.from(values) };
};

/** A table of one input; classes where `kinds` are given. */
function table(x: readonly number[], kinds?: readonly string[]): Encoded {
  const target = kinds ? { name: "kind", texts: kinds } : column("y", x);
  return encode(makeDataset([column("x", x)], [target]));
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Every row on one side of each split, and held out `times` in all. */
function isSound(splits: readonly Split[], rows: number): void {
  const held = splits.flatMap((split) => [...split.held]);
  expect(held.sort((a, b) => a - b)).toEqual(count(rows));
  for (const split of splits) {
    expect([...split.train, ...split.held].sort((a, b) => a - b)).toEqual(count(rows));
  }
}

describe("rows that are held out", () => {
  it("are those of before where nothing keeps rows together", () => {
    const data = table(count(31));
    const { held, train } = new Separation(data).holdOut(0.2, 7);
    expect({ held, train }).toEqual(holdOut(31, 0.2, 7));
    expect(new Separation(data).folds(5, 3)).toEqual(foldsOf(31, 5, 3));
    const kinds = count(31).map((i) => (i % 4 ? "a" : "b"));
    const classes = table(count(31), kinds);
    expect(new Separation(classes).folds(5, 3)).toEqual(foldsOf(31, 5, 3, classes.y));
    const old = { val: 0.2, seed: 7, split: "rows" } as const;
    expect(holdOutOf(classes, old)).toEqual(holdOut(31, 0.2, 7));
  });

  it("have each class in its share, and as many rows as were asked for", () => {
    const kinds = count(100).map((i) => (i % 20 === 3 ? "rare" : i % 2 ? "a" : "b"));
    for (const seed of [1, 2, 3]) {
      const { held } = new Separation(table(count(100), kinds)).holdOut(0.2, seed);
      const of = (kind: string): number => held.filter((i) => kinds[i] === kind).length;
      expect([held.length, of("rare"), of("b")]).toEqual([20, 1, 10]);
    }
    const many = count(12).map((i) => `k${i % 6}`);
    expect(new Separation(table(count(12), many)).holdOut(0.25, 1).held).toHaveLength(3);
  });

  it("take all copies of a row along", () => {
    const x = count(40).map((i) => (i % 3 === 0 ? 1000 + (i % 12) : i));
    const data = table(x);
    const separation = new Separation(data);
    expect(separation.repeated).toBe(10);
    const splits = separation.folds(4, 1);
    isSound(splits, 40);
    for (const { train, held } of [...splits, separation.holdOut(0.25, 2)]) {
      const seen = new Set(train.map((row) => x[row]));
      expect(held.length).toBeGreaterThan(5);
      expect(held.some((row) => seen.has(x[row]))).toBe(false);
    }
    expect(() => new Separation(table([1, 1, 1, 2])).folds(3, 1)).toThrow(
      "the table has 2 different rows, which stay whole; they cannot be cut into 3 parts.",
    );
  });

  it("are whole groups, classes in their shares as nearly as groups let", () => {
    const kinds = count(120).map((i) => (i % 6 === 0 ? "yes" : "no"));
    const groups = Int32Array.from(count(120), (i) => (i * 7) % 24);
    const data = { ...table(count(120), kinds), groups };
    const splits = new Separation(data).folds(4, 1);
    isSound(splits, 120);
    for (const { train, held } of [...splits, new Separation(data).holdOut(0.25, 1)]) {
      const seen = new Set(train.map((row) => groups[row]));
      expect(held.some((row) => seen.has(groups[row]))).toBe(false);
      expect(Math.abs(held.length - 30)).toBeLessThanOrEqual(2);
      const yes = held.filter((row) => kinds[row] === "yes").length;
      expect(yes).toBeGreaterThanOrEqual(3);
    }
    const few = { ...data, groups: groups.map((g) => g % 3) };
    expect(() => new Separation(few).folds(4, 1)).toThrow("3 groups, which stay whole");
  });

  it("are the latest in time; folds grow, and no moment is cut", () => {
    const time = Float64Array.from(count(40), (i) => Math.floor(((i * 17) % 40) / 2));
    const data = { ...table(count(40)), time };
    const latest = (rows: readonly number[]): number => Math.max(...rows.map((r) => time[r]!));
    const first = (rows: readonly number[]): number => Math.min(...rows.map((r) => time[r]!));
    const splits = [...new Separation(data).folds(4, 1), new Separation(data).holdOut(0.25, 1)];
    for (const { train, held } of splits) expect(latest(train)).toBeLessThan(first(held));
    expect(splits.map(({ train }) => train.length)).toEqual([8, 16, 24, 32, 30]);
    const still = { ...data, time: time.map((t) => t % 2) };
    expect(() => new Separation(still).folds(2, 1)).toThrow("2 different moments; 3 are needed");
  });
});
