/** Rivals, class weights, bands, ensembles, importance: what is said of rows not seen. */
import { describe, expect, it } from "vitest";
import { bandOfFolds } from "../../../src/train/table/band.ts";
import { weightsOfClasses } from "../../../src/train/table/class-weights.ts";
import { compare, compareRivals, standing } from "../../../src/train/table/compare.ts";
import type { Encoded } from "../../../src/train/table/dataset.ts";
import { decideBy, encode, makeDataset } from "../../../src/train/table/dataset.ts";
import { joinNetworks } from "../../../src/train/table/ensemble.ts";
import { evaluate } from "../../../src/train/table/evaluate.ts";
import { fitEncoded } from "../../../src/train/table/fit.ts";
import { dependenceOf, importanceOf, joinImportance } from "../../../src/train/table/importance.ts";
import type { FitOptions } from "../../../src/train/table/options.ts";
import { FIT_DEFAULTS } from "../../../src/train/table/options.ts";
import { answerOf, rivalsFor } from "../../../src/train/table/rivals.ts";
import { Separation } from "../../../src/train/table/separation.ts";
import { mlp } from "../../../src/models/mlp.ts";
import { tensor } from "../../../src/tensor/create.ts";
import { manualSeed } from "../../../src/tensor/random.ts";
import type { Finding } from "../../../src/train/doctor/finding.ts";

const column = (name: string, values: readonly number[]) => {
  return { name, values: Float64Array.from(values) };
};
const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** Numbers from −1 to 1 without a pattern that a polynomial finds. */
const noise = (i: number): number => (((i * 7919 + 13) % 1009) / 1009) * 2 - 1;

function numbers(x: readonly number[], y: readonly number[]): Encoded {
  return encode(makeDataset([column("x", x)], [column("y", y)]));
}

describe("simple models on rows not seen", () => {
  it("find the line, the parabola, or that there is nothing", () => {
    const x = count(40).map((i) => i / 4);
    const simplest = (y: readonly number[]): string =>
      compareRivals(numbers(x, y), FIT_DEFAULTS)!.simplest;
    expect(simplest(x.map((v, i) => 3 * v - 1 + noise(i)))).toBe("linear");
    expect(simplest(x.map((v, i) => (v - 4) * (v - 4) + noise(i)))).toBe("quadratic");
    expect(simplest(x.map((_, i) => noise(i)))).toBe("mean");
    const found = compareRivals(numbers(x, x), FIT_DEFAULTS)!;
    expect([found.judge, found.rows, found.folds]).toEqual(["leave-one-out", 40, 40]);
  });

  it("say where a network is no better, worse, or better than them", () => {
    const x = count(60).map((i) => i / 6);
    const data = numbers(
      x,
      x.map((v, i) => v + noise(i) / 2),
    );
    const splits = new Separation(data).folds(5, 1);
    const order = splits.flatMap(({ held }) => [...held]);
    const judged = (answer: (x: number) => number) =>
      compare(
        data,
        splits,
        {},
        "folds",
        Float64Array.from(order, (row) => answer(x[row]!)),
      )!;
    const line = splits.flatMap((split) => [...answerOf("linear", data, split, {})]);
    const near = Float64Array.from(line, (v, i) => v + 0.01 * (i % 2));
    const alike = compare(data, splits, {}, "folds", near)!;
    expect([alike.network, alike.simplest]).toEqual(["alike", "linear"]);
    const worse = judged((v) => v + 1);
    expect([worse.network, worse.best]).toEqual(["worse", "linear"]);
    const wild = numbers(
      x,
      x.map((v) => (Math.floor(v * 3) % 2) * 10),
    );
    const own = Float64Array.from(order, (row) => wild.y[row]!);
    const better = compare(wild, splits, {}, "folds", own)!;
    expect([better.network, better.simplest]).toEqual(["better", "network"]);
  });

  it("answer the same as last time, in each group", () => {
    const data = {
      ...numbers([0, 1, 2, 3, 4, 5], [10, 20, 11, 21, 12, 22]),
      time: Float64Array.of(1, 1, 2, 2, 3, 3),
    };
    expect(rivalsFor(data, 1)).toContain("persistence");
    const split = { train: [0, 1, 2, 3], held: [4, 5] };
    expect([...answerOf("persistence", data, split, {})]).toEqual([16, 16]);
    const groups = Int32Array.of(0, 1, 0, 1, 0, 1);
    expect([...answerOf("persistence", { ...data, groups }, split, {})]).toEqual([11, 21]);
  });

  it("are told apart by their differences, row by row", () => {
    const of = (f: (i: number) => number): Float64Array => Float64Array.from(count(50), f);
    const base = of((i) => 1 + (i % 5));
    expect(standing(base, base)).toBe("alike");
    expect(
      standing(
        of((i) => base[i]! * 0.5),
        base,
      ),
    ).toBe("better");
    expect(
      standing(
        of((i) => base[i]! + 1),
        base,
      ),
    ).toBe("worse");
    expect(
      standing(
        of((i) => base[i]! + (i === 3 ? 20 : 0)),
        base,
      ),
    ).toBe("alike");
    expect(standing(new Float64Array(50), new Float64Array(50))).toBe("alike");
  });
});

describe("classes", () => {
  const kinds = count(100).map((i) => (i % 20 === 7 ? "yes" : "no"));
  const data = encode(makeDataset([column("x", count(100))], [{ name: "k", texts: kinds }]));

  it("count alike in all where one is rare, unless it is asked otherwise", () => {
    expect(weightsOfClasses(data, {})).toEqual([100 / 2 / 95, 100 / 2 / 5]);
    expect(weightsOfClasses(data, { classWeight: "none" })).toBeUndefined();
    const even = { ...data, y: data.y.map((_, i) => i % 2) };
    expect(weightsOfClasses(even, {})).toBeUndefined();
    expect(weightsOfClasses(even, { classWeight: "balanced" })).toEqual([1, 1]);
  });

  it("are answered from the threshold on", () => {
    const low = decideBy(data, 0.2);
    expect(low.decision).toEqual({ positive: 1, threshold: 0.2 });
    const shares = Float64Array.from(
      kinds.flatMap((kind, i) =>
        kind === "yes" ? [0.7, 0.3] : [1 - (i % 10) / 40, (i % 10) / 40],
      ),
    );
    expect(evaluate(shares, data).classScores!.perClass[1]!.recall).toBe(0);
    expect(evaluate(shares, low).classScores!.perClass[1]).toMatchObject({
      ...{ rows: 5, recall: 1 },
      precision: expect.closeTo(5 / 25, 2) as number,
    });
    expect(() => decideBy(numbers([0, 1], [1, 2]), 0.5)).toThrow("for two classes; here numbers");
  });
});

describe("a band around answers", () => {
  it("holds as often as it says, on rows that had no part in it", () => {
    const x = count(200).map((i) => i / 20);
    const data = numbers(
      x,
      x.map((v, i) => v + noise(i)),
    );
    const options: FitOptions = { ...FIT_DEFAULTS, quantiles: [0.1, 0.9] };
    const folds = new Separation(data).folds(5, 42);
    const answers = folds.map(({ held }) => Float64Array.from(held, (row) => x[row]!));
    const band = bandOfFolds(data, { asked: 5, answers }, options);
    expect(band.rows).toBe(200);
    expect(band.held).toBeGreaterThan(0.74);
    expect(band.held).toBeLessThan(0.86);
    expect(band.low[0]).toBeCloseTo(-0.8, 1);
    expect(band.high[0]).toBeCloseTo(0.8, 1);
  });
});

describe("an ensemble", () => {
  it("is one network that answers the mean of its members", async () => {
    const shape = {
      inputs: 2,
      hidden: [3, 4],
      outputs: 2,
      activation: "tanh",
    } as const;
    const members = [1, 2, 3].map((seed) => {
      manualSeed(seed);
      return mlp(shape);
    });
    const { network, shape: wide } = await joinNetworks(members, shape);
    expect(wide.hidden).toEqual([9, 12]);
    const x = tensor([
      [1, 2],
      [-0.5, 0.25],
    ]);
    const own = await network.forward(x).data();
    const each = await Promise.all(members.map((member) => member.forward(x).data()));
    own.forEach((value, i) => {
      expect(Number(value)).toBeCloseTo(each.reduce((sum, m) => sum + Number(m[i]), 0) / 3, 5);
    });
  });
});

describe("what answers rest on", () => {
  it("is the column that matters, and how", async () => {
    const rows = count(80);
    const table = makeDataset(
      [
        column("a", rows.map(noise)),
        column(
          "b",
          rows.map((i) => noise(i + 500)),
        ),
      ],
      [
        column(
          "y",
          rows.map((i) => 2 * noise(i)),
        ),
      ],
    );
    const data = encode(table);
    const { model } = await fitEncoded(data, { ...FIT_DEFAULTS, epochs: 300 });
    const found = await importanceOf(model, data, 1, true);
    expect(found.columns.map(({ column: name }) => name)).toEqual(["a", "b"]);
    expect(found.columns[0]!.increase).toBeGreaterThan(1);
    expect(Math.abs(found.columns[1]!.increase)).toBeLessThan(0.05);
    expect(joinImportance([found, found])).toMatchObject({ rows: 160, measure: "rmse" });
    const [a, b] = await dependenceOf(model, data);
    const rise = ({ answers }: typeof a & object): number => answers[0]!.at(-1)! - answers[0]![0]!;
    expect(rise(a!)).toBeGreaterThan(3);
    expect(Math.abs(rise(b!))).toBeLessThan(0.3);
  });
});

describe("a training that comes to nothing", () => {
  it("is said while it runs: y = x + 2, unscaled, a rate too large", async () => {
    const x = count(40);
    const said: [string, number][] = [];
    const onFinding = ({ rule }: Finding, epoch: number): void => void said.push([rule, epoch]);
    const line = numbers(
      x,
      x.map((v) => v + 2),
    );
    const dead: FitOptions = {
      ...{
        ...FIT_DEFAULTS,
        hidden: [8],
        activation: "relu",
        optimizer: "sgd",
        lr: 0.05,
      },
      ...{ scale: "none", epochs: 400 },
    };
    await fitEncoded(line, dead, { onFinding });
    expect(said).toEqual([["one-answer", 20]]);
    await fitEncoded(line, { ...FIT_DEFAULTS, epochs: 400 }, { onFinding });
    expect(said).toHaveLength(1);
  });
});
