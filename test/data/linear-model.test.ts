/** Linear models and scores of classes beside scikit-learn's, which scikit-scores.py computes. */
import { describe, expect, it } from "vitest";
import { classScores, probabilityScores, rocAuc } from "../../src/data/class-scores.ts";
import { fitLinear, fitLogistic } from "../../src/data/linear-model.ts";
import { classMetrics } from "../../src/data/metrics.ts";

const ROWS = 60;
const rows = Array.from({ length: ROWS }, (_, i) => i);
const inputs = rows.map((i) => [((i * 37) % 61) / 10, ((i * 53) % 59) / 7 - 3, (i * i) % 17]);
const x = Float64Array.from(inputs.flat());
const two = rows.map((i) => Number(((i * 29) % 31) / 31 + 0.15 * inputs[i]![0]! > 0.95));
const three = rows.map((i) => Number((i * i + 3 * i) % 7 > 4) + Number(inputs[i]![1]! > 2));

function near(found: readonly number[], wanted: readonly number[], digits: number): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, digits));
}

describe("a linear model", () => {
  const y = Float64Array.from(inputs, ([a, b, c], i) => {
    return 2 + 0.5 * a! - 1.5 * b! + 0.1 * c! + ((i * 41) % 23) / 23;
  });

  it("has the coefficients of LinearRegression", () => {
    const { intercepts, coefficients, predict } = fitLinear(x, 3, y);
    near(intercepts, [2.585883148118905], 12);
    near(coefficients[0]!, [0.4709909896579206, -1.49546632256153, 0.09582212463091283], 12);
    const [a, b, c] = inputs[7]! as [number, number, number];
    const [k0, k1, k2] = coefficients[0]! as [number, number, number];
    expect(predict(x)[7]).toBeCloseTo(intercepts[0]! + k0 * a + k1 * b + k2 * c, 12);
  });

  it("takes columns that others make up, far-off ones, and several targets", () => {
    const more = Float64Array.from(
      inputs.flatMap(([a, b, c]) => [a! + 1e7, 2 * a! - b!, b!, 5, c!]),
    );
    const both = Float64Array.from(y, (_, i) => y[i]!).reduce<number[]>(
      (all, v) => [...all, v, -2 * v],
      [],
    );
    const found = fitLinear(more, 5, Float64Array.from(both), 2).predict(more);
    const plain = fitLinear(x, 3, y).predict(x);
    plain.forEach((value, i) => {
      expect(found[2 * i]).toBeCloseTo(value, 6);
      expect(found[2 * i + 1]).toBeCloseTo(-2 * value, 6);
    });
    // fewer rows than columns: the rows themselves are met
    const few = fitLinear(x.slice(0, 6), 3, y.slice(0, 2)).predict(x.slice(0, 6));
    near([...few], [...y.slice(0, 2)], 9);
  });
});

describe("a logistic regression", () => {
  const exact = { scaled: false, tolerance: 1e-9, steps: 500 };

  it("has the coefficients of LogisticRegression, of two classes and of three", () => {
    const plain = fitLogistic(x, 3, two, 2, exact);
    near(plain.intercepts, [-1.1996711647095588], 7);
    near(
      plain.coefficients[0]!,
      [0.7149530758091747, -0.017323132844514647, -0.1053624700785596],
      7,
    );
    const weights = [0, 1].map((k) => ROWS / 2 / two.filter((v) => v === k).length);
    const balanced = fitLogistic(x, 3, two, 2, { ...exact, weights });
    near(balanced.intercepts, [-1.2590879831117843], 7);
    near(
      balanced.coefficients[0]!,
      [0.7122138813661159, -0.016426654192700587, -0.10534859064547943],
      7,
    );
    const all = fitLogistic(x, 3, three, 3, exact);
    near(all.intercepts, [1.238194662510999, 0.8274191782109759, -2.0656138407219697], 7);
    near(
      all.coefficients.flat(),
      [
        ...[0.07389840982357376, -0.6397578908533431, -0.013084531745055104],
        ...[0.015143308436849422, 0.07643954066251048, -0.005352092829402217],
        ...[-0.0890417182604251, 0.5633183501908335, 0.0184366245744418],
      ],
      7,
    );
    const answers = all.predict(x);
    expect(answers.slice(0, 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  it("stays finite where classes can be told apart without a doubt", () => {
    const apart = rows.map((i) => Number(inputs[i]![0]! > 3));
    const { predict, coefficients } = fitLogistic(x, 3, apart, 2, { penalty: 0 });
    const said = predict(x);
    expect(apart.filter((k, i) => Number(said[2 * i + 1]! > 0.5) === k)).toHaveLength(ROWS);
    expect(coefficients.flat().every(Number.isFinite)).toBe(true);
  });
});

describe("scores of classes", () => {
  const p = rows.map((i) => {
    const raw = (((i * 7) % 20) / 20) * 0.6 + (0.4 * ((i * 29) % 31)) / 31;
    return Math.min(0.99, Math.max(0.01, Math.round(raw * 100) / 100));
  });
  const said = p.map((v) => Number(v >= 0.5));

  it("are those of scikit-learn for two classes", () => {
    const { confusion, accuracy } = classMetrics(said, two, ["no", "yes"]);
    const { perClass, balancedAccuracy } = classScores(confusion, ["no", "yes"]);
    expect(accuracy).toBeCloseTo(0.6333333333333333, 12);
    expect(balancedAccuracy).toBeCloseTo(0.6340378197997776, 12);
    expect(perClass[1]).toEqual({
      ...{ class: "yes", rows: 31 },
      recall: expect.closeTo(0.6129032258064516, 12) as number,
      precision: expect.closeTo(0.6551724137931034, 12) as number,
      f1: expect.closeTo(0.6333333333333333, 12) as number,
    });
    const probabilities = p.flatMap((v) => [1 - v, v]);
    const found = probabilityScores(probabilities, two, 2);
    expect(found.auc).toBeCloseTo(0.7174638487208008, 12);
    expect(found.brier).toBeCloseTo(0.21109833333333336, 12);
    expect(found.logLoss).toBeCloseTo(0.6003227933169376, 12);
    expect(found.ece).toBeCloseTo(0.0881666666666667, 12);
    const curve = found.reliability.map(({ observed }) => observed);
    near(curve, [0, 0.2, 1 / 6, 5 / 9, 5 / 9, 6 / 11, 5 / 9, 0.8, 1, 1], 12);
    expect(found.reliability[2]!.predicted).toBeCloseTo(0.26166666666666666, 12);
  });

  it("are those of scikit-learn for three classes", () => {
    const scores = rows.map((i) => [((i * 11) % 13) + 1, ((i * 5) % 17) + 1, ((i * 3) % 19) + 1]);
    const shares = scores.map((s) => s.map((v) => v / (s[0]! + s[1]! + s[2]!)));
    const found = probabilityScores(shares.flat(), three, 3);
    expect(found.auc).toBeCloseTo(0.4696969696969697, 12);
    expect(found.logLoss).toBeCloseTo(1.2822291332239806, 12);
    expect(found.brier).toBeCloseTo(0.768797024607223, 12);
    const answers = scores.map((s) => s.indexOf(Math.max(...s)));
    const names = ["a", "b", "c"];
    const { perClass, ...mean } = classScores(classMetrics(answers, three, names).confusion, names);
    near([mean.macroF1, mean.balancedAccuracy], [0.31587301587301586, 0.3024691358024691], 12);
    near(
      perClass.map(({ precision }) => precision!),
      [0.5333333333333333, 0.5714285714285714, 0.041666666666666664],
      12,
    );
  });

  it("say what they cannot say", () => {
    expect(rocAuc([1, 2], [1, 1])).toBeNull();
    const { perClass, balancedAccuracy } = classScores(
      [
        [9, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
      ],
      ["no", "yes", "maybe"],
    );
    expect(perClass.map(({ precision }) => precision)).toEqual([0.9, null, null]);
    expect(perClass.map(({ recall }) => recall)).toEqual([1, 0, null]);
    expect(balancedAccuracy).toBe(0.5);
    expect(() => probabilityScores([0.5], [0], 2)).toThrow("need one for each class of each row");
  });
});
