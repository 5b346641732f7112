/**
 * Values of composites at the places where they could go wrong: edges, promotion, ties, infinities.
 */
import { vjpGraph } from "../../src/autograd/derive.ts";
import type { PadMode } from "../../src/ir/compose/border.ts";
import { einsum } from "../../src/ir/compose/einsum.ts";
import * as indexing from "../../src/ir/compose/indexing.ts";
import * as linalg from "../../src/ir/compose/linalg.ts";
import { repeatInterleave } from "../../src/ir/compose/movement.ts";
import * as random from "../../src/ir/compose/random.ts";
import { interpret } from "../../src/ir/interpret.ts";
import * as loss from "../../src/nn/functional/loss.ts";
import * as activations from "../../src/tensor/functions/activation.ts";
import * as arithmetics from "../../src/tensor/functions/arithmetic.ts";
import * as movements from "../../src/tensor/functions/movement.ts";
import * as numerics from "../../src/tensor/functions/numeric.ts";
import * as reductions from "../../src/tensor/functions/reduction.ts";
import { arrayOf, graphOf, graphsOf, run, scalarOf, spread, tensor, vector } from "./check.ts";
import { describe, expect, test } from "vitest";

const activation = graphsOf(activations);
const arithmetic = graphsOf(arithmetics);
const numeric = graphsOf(numerics);
const reduction = graphsOf(reductions);
const movement = graphsOf(movements);

const INF = Infinity;
const near = (found: readonly number[], expected: readonly number[]): void => {
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 10));
};

describe("promotion", () => {
  const typeOfResult = (...args: Parameters<typeof graphOf>): string =>
    graphOf(...args).outputs[0]!.type.text;

  test("tensors meet in the wider dtype, numbers give way", () => {
    const [i, f, flag] = [vector([1], "int32"), vector([1], "float32"), vector([1], "bool")];
    const n = scalarOf(2);
    expect(typeOfResult([i, f], (b, p, q) => arithmetic.add(b, p, q))).toBe("float32[1]");
    const weak = (kind: "integer" | "float") => ({ weak: { operand: 1, kind } as const });
    expect(typeOfResult([f, n], (b, p, q) => arithmetic.mul(b, p, q, weak("float")))).toBe(
      "float32[1]",
    );
    expect(typeOfResult([i, n], (b, p, q) => arithmetic.mul(b, p, q, weak("integer")))).toBe(
      "int32[1]",
    );
    expect(typeOfResult([i, n], (b, p, q) => arithmetic.mul(b, p, q, weak("float")))).toBe(
      "float32[1]",
    );
    expect(typeOfResult([flag, n], (b, p, q) => arithmetic.add(b, p, q, weak("integer")))).toBe(
      "int32[1]",
    );
    expect(typeOfResult([i, i], (b, p, q) => arithmetic.div(b, p, q))).toBe("float32[1]");
    expect(typeOfResult([flag], (b, p) => reduction.sum(b, p))).toBe("int32[]");
    expect(() =>
      run([vector([1, 2]), vector([1, 2, 3])], (b, p, q) => arithmetic.add(b, p, q)),
    ).toThrow(/add: shapes \[2\] and \[3\] do not broadcast/);
  });
});

describe("quotients", () => {
  test("signs of remainders", () => {
    const [x, y] = [vector([7, -7, 7, -7]), vector([3, 3, -3, -3])];
    near(
      run([x, y], (b, p, q) => numeric.remainder(b, p, q)),
      [1, 2, -2, -1],
    );
    near(
      run([x, y], (b, p, q) => numeric.fmod(b, p, q)),
      [1, -1, 1, -1],
    );
    const whole = [x, y].map((v) => ({ ...v, dtype: "int32" as const }));
    expect(run(whole, (b, p, q) => numeric.floorDivide(b, p, q))).toEqual([2, -3, -3, 2]);
    expect(run(whole, (b, p, q) => numeric.truncDivide(b, p, q))).toEqual([2, -2, -2, 2]);
    expect(run(whole, (b, p, q) => numeric.remainder(b, p, q))).toEqual([1, 2, -2, -1]);
  });

  test("copysign, hypot, logaddexp, xlogy at their edges", () => {
    const signs = run([vector([1, 1, 2]), vector([-0, 0, -3])], (b, p, q) =>
      numeric.copysign(b, p, q),
    );
    expect(signs).toEqual([-1, 1, -2]);
    near(
      run([vector([3e200, 0, INF]), vector([4e200, 0, 1])], (b, p, q) =>
        numeric.hypot(b, p, q),
      ).slice(1),
      [0, INF],
    );
    const sums = run([vector([-INF, 1000, INF]), vector([-INF, 1000, 1])], (b, p, q) =>
      numeric.logaddexp(b, p, q),
    );
    near(sums, [-INF, 1000 + Math.LN2, INF]);
    expect(run([vector([0, 0]), vector([0, NaN])], (b, p, q) => numeric.xlogy(b, p, q))).toEqual([
      0,
      NaN,
    ]);
  });
});

describe("reductions", () => {
  test("argmax takes the first of equal ones, NaN first of all", () => {
    const x = tensor([3, 3], [1, 5, 5, NaN, 2, NaN, 0, 0, -1]);
    expect(run([x], (b, p) => reduction.argmax(b, p, 1))).toEqual([1, 0, 0]);
    expect(run([x], (b, p) => reduction.argmin(b, p, 1))).toEqual([0, 0, 2]);
    expect(run([x], (b, p) => reduction.argmax(b, p))).toEqual([3]);
    expect(run([x], (b, p) => reduction.medianAlong(b, p, 1).values)).toEqual([5, NaN, 0]);
  });

  test("logsumexp and softmax survive infinities", () => {
    const x = tensor([3, 2], [-INF, -INF, 1000, 1000, INF, 0]);
    near(
      run([x], (b, p) => reduction.logsumexp(b, p, 1)),
      [-INF, 1000 + Math.LN2, INF],
    );
    near(
      run([tensor([1, 2], [-INF, 1e4])], (b, p) => activation.softmax(b, p, 1)),
      [0, 1],
    );
    const graph = graphOf([vector([-INF, -INF])], (b, p) => reduction.logsumexp(b, p));
    const derived = vjpGraph(graph, [true], [true]);
    expect([...interpret(derived, [vector([-INF, -INF]), scalarOf(1)].map(arrayOf))[0]!]).toEqual([
      0, 0,
    ]);
  });

  test("norms, counts, running extrema", () => {
    const x = vector([3, 0, -4]);
    const norm = (p: number): number => run([x], (b, v) => reduction.norm(b, v, p))[0]!;
    near([0, 1, 2, INF, -INF].map(norm), [2, 7, 5, 4, 0]);
    expect(run([x], (b, p) => reduction.countNonzero(b, p))).toEqual([2]);
    expect(run([vector([1, 3, 3, 2])], (b, p) => reduction.cummax(b, p, 0).indices)).toEqual([
      0, 1, 2, 2,
    ]);
    near(
      run([vector([1e3, 1e3])], (b, p) => reduction.logcumsumexp(b, p, 0)),
      [1000, 1000 + Math.LN2],
    );
    expect(run([x], (b, p) => reduction.std(b, p, 0, true, false, 3))).toEqual([INF]);
  });
});

describe("movement", () => {
  const x = tensor([2, 3], [1, 2, 3, 4, 5, 6]);

  test("python's slices", () => {
    const cut = (...args: [number?, number?, number?]): number[] =>
      run([vector([0, 1, 2, 3, 4])], (b, p) => movement.slice(b, p, 0, args[0], args[1], args[2]));
    expect(cut(-3, 10)).toEqual([2, 3, 4]);
    expect(cut(undefined, undefined, -2)).toEqual([4, 2, 0]);
    expect(cut(3, 0, -1)).toEqual([3, 2, 1]);
    expect(cut(4, 2)).toEqual([]);
    expect(cut(1, -1, 2)).toEqual([1, 3]);
  });

  test("turns, rolls, repeats, diagonals", () => {
    expect(run([x], (b, p) => movement.rot90(b, p))).toEqual([3, 6, 2, 5, 1, 4]);
    expect(run([x], (b, p) => movement.rot90(b, p, -1))).toEqual([4, 1, 5, 2, 6, 3]);
    expect(run([x], (b, p) => movement.roll(b, p, 1))).toEqual([6, 1, 2, 3, 4, 5]);
    expect(run([x], (b, p) => movement.roll(b, p, [1, -1], [0, 1]))).toEqual([5, 6, 4, 2, 3, 1]);
    expect(run([vector([1, 2])], (b, p) => movement.repeat(b, p, [2, 2]))).toEqual([
      1, 2, 1, 2, 1, 2, 1, 2,
    ]);
    expect(run([vector([1, 2])], (b, p) => repeatInterleave(b, p, 2, null))).toEqual([1, 1, 2, 2]);
    expect(run([x], (b, p) => movement.diagonal(b, p, 1))).toEqual([2, 6]);
    expect(run([x], (b, p) => movement.diagonal(b, p, -1))).toEqual([4]);
    expect(run([vector([1, 2])], (b, p) => movement.diagEmbed(b, p, -1))).toEqual([
      0, 0, 0, 1, 0, 0, 0, 2, 0,
    ]);
    expect(run([x], (b, p) => movement.tril(b, p, -1))).toEqual([0, 0, 0, 4, 0, 0]);
    expect(run([x], (b, p) => movement.triu(b, p, 1))).toEqual([0, 2, 3, 0, 0, 6]);
  });

  test("borders", () => {
    const v = vector([1, 2, 3]);
    const padded = (mode: PadMode): number[] =>
      run([v], (b, p) => movement.pad(b, p, [2, 1], mode, 9));
    expect(padded("constant")).toEqual([9, 9, 1, 2, 3, 9]);
    expect(padded("reflect")).toEqual([3, 2, 1, 2, 3, 2]);
    expect(padded("replicate")).toEqual([1, 1, 1, 2, 3, 3]);
    expect(padded("circular")).toEqual([2, 3, 1, 2, 3, 1]);
    expect(run([v], (b, p) => movement.pad(b, p, [-1, 1]))).toEqual([2, 3, 0]);
    expect(run([vector([1, 2, 3, 4])], (b, p) => movement.unfold(b, p, 0, 3, 1))).toEqual([
      1, 2, 3, 2, 3, 4,
    ]);
  });
});

describe("indexing", () => {
  test("scatters, search, one-hot", () => {
    const [zeros, index] = [vector([1, 1, 1]), vector([0, 0], "int32")];
    const source = vector([4, 6]);
    const reduce = (kind: indexing.ScatterReduction, includeSelf: boolean): number[] =>
      run([zeros, index, source], (b, p, i, s) =>
        indexing.scatterReduce(b, p, 0, i, s, kind, { includeSelf }),
      );
    expect(reduce("mean", true)).toEqual([11 / 3, 1, 1]);
    expect(reduce("mean", false)).toEqual([5, 1, 1]);
    expect(reduce("prod", false)).toEqual([24, 1, 1]);
    expect(reduce("amin", true)).toEqual([1, 1, 1]);
    expect(reduce("amin", false)).toEqual([4, 1, 1]);
    const sorted = vector([1, 3, 3, 5]);
    expect(run([sorted, vector([3, 0, 6])], (b, s, v) => indexing.searchsorted(b, s, v))).toEqual([
      1, 0, 4,
    ]);
    expect(run([sorted, vector([3])], (b, s, v) => indexing.searchsorted(b, s, v, true))).toEqual([
      3,
    ]);
    expect(run([index], (b, i) => indexing.oneHot(b, i, 2))).toEqual([1, 0, 1, 0]);
    expect(run([vector([3, 1, 2])], (b, p) => indexing.topk(b, p, 2).indices)).toEqual([0, 2]);
  });
});

describe("products and losses", () => {
  test("matmul by PyTorch's rules", () => {
    const eye = tensor([2, 2], [1, 2, 3, 4]);
    expect(run([vector([1, 1]), eye], (b, p, q) => linalg.matmul(b, p, q))).toEqual([4, 6]);
    expect(run([eye, vector([1, 1])], (b, p, q) => linalg.matmul(b, p, q))).toEqual([3, 7]);
    const whole = { ...eye, dtype: "int32" as const };
    expect(run([whole, whole], (b, p, q) => linalg.matmul(b, p, q))).toEqual([7, 10, 15, 22]);
    expect(() =>
      run([spread([35, 10]), spread([1, 10])], (b, p, q) => linalg.matmul(b, p, q)),
    ).toThrow(/w\.T is \[10, 1\]/);
    expect(run([eye], (b, p) => einsum(b, "ii", [p]))).toEqual([5]);
    expect(run([eye, eye], (b, p, q) => einsum(b, "ij,ij->j", [p, q]))).toEqual([10, 20]);
    expect(() => run([eye], (b, p) => einsum(b, "ijk->i", [p]))).toThrow(/does not fit an operand/);
  });

  test("cross entropy against its formula", () => {
    const scores = tensor([2, 3], [1, 2, 3, 0, 0, 0]);
    const row = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));
    const found = run([scores, vector([2, -100], "int32")], (b, p, t) =>
      loss.crossEntropy.graph(b, p, t),
    );
    near(found, [row - 3]);
    const each = run([scores, vector([0, 1], "int32")], (b, p, t) =>
      loss.crossEntropy.graph(b, p, t, null, {
        ignoreIndex: -100,
        reduction: "none",
        labelSmoothing: 0.3,
      }),
    );
    near(each, [0.7 * (row - 1) + 0.1 * (3 * row - 6), Math.log(3)]);
    expect(() =>
      run([scores, vector([0, 3], "int32")], (b, p, t) => loss.crossEntropy.graph(b, p, t)),
    ).toThrow(/index 3 is out of range for axis 1/);
    near(
      run([vector([800, -800]), vector([0, 1])], (b, p, t) =>
        loss.binaryCrossEntropyWithLogits.graph(b, p, t),
      ),
      [800],
    );
    near(
      run([vector([0, 1]), vector([1, 0])], (b, p, t) => loss.binaryCrossEntropy.graph(b, p, t)),
      [100],
    );
  });

  test("activations pass NaN and do not overflow", () => {
    expect(run([vector([NaN, -1, 0, 2])], (b, p) => activation.relu(b, p))).toEqual([NaN, 0, 0, 2]);
    near(
      run([vector([-800, 800])], (b, p) => activation.logSigmoid(b, p)),
      [-800, 0],
    );
    near(
      run([vector([-800, 800])], (b, p) => activation.softplus(b, p)),
      [0, 800],
    );
  });
});

describe("random numbers", () => {
  test("moments and ranges", () => {
    const words = [3, 0, 7].map((v) => scalarOf(v, "int32"));
    for (const dtype of ["float32", "float64"] as const) {
      const draw = (kind: "uniform" | "normal"): number[] =>
        run(words, (b, seedLow, seedHigh, offset) =>
          random[kind](b, [4000], dtype, { seedLow, seedHigh, offset }),
        );
      const moments = (x: number[]): [number, number] => {
        const mean = x.reduce((s, v) => s + v, 0) / x.length;
        return [mean, x.reduce((s, v) => s + (v - mean) * (v - mean), 0) / x.length];
      };
      const u = draw("uniform");
      expect(Math.min(...u)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...u)).toBeLessThan(1);
      expect(Math.abs(moments(u)[0] - 0.5)).toBeLessThan(0.02);
      const [mean, variance] = moments(draw("normal"));
      expect(Math.abs(mean)).toBeLessThan(0.06);
      expect(Math.abs(variance - 1)).toBeLessThan(0.08);
    }
  });

  test("dropout keeps about 1 − p and scales it", () => {
    const given = [
      vector(new Array<number>(2000).fill(1)),
      scalarOf(0.25),
      ...[1, 2, 3].map((v) => scalarOf(v)),
    ];
    const found = run(given, (b, x, p, seedLow, seedHigh, offset) =>
      random.dropout(b, x, p, { seedLow, seedHigh, offset }),
    );
    const kept = found.filter((v) => v !== 0);
    kept.forEach((v) => expect(v).toBeCloseTo(4 / 3, 12));
    expect(Math.abs(kept.length / 2000 - 0.75)).toBeLessThan(0.04);
  });
});
