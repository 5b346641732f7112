/**
 * The definition itself: reductions against plain loops, the fixed order, ranges, and what it
 * refuses.
 */
import { describe, expect, test } from "vitest";
import { Builder } from "../../src/ir/builder.ts";
import { interpret } from "../../src/ir/interpret.ts";
import type { Node } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";
import { copyInto } from "../../src/ir/splice.ts";
import { printGraph } from "../../src/ir/print.ts";
import { verify } from "../../src/ir/verify.ts";
import { constant, op } from "../../src/ir/words.ts";
import { arrayOf, graphOf, run, spread, tensor, vector } from "./check.ts";

/** The sum of a line as `reductionOrder` says, written out once more. */
function referenceSum(values: readonly number[]): number {
  const f = Math.fround;
  let total = 0;
  for (let start = 0; start < values.length; start += 512) {
    const p = new Array<number>(8).fill(0);
    values.slice(start, start + 512).forEach((v, k) => (p[k % 8] = f(p[k % 8]! + v)));
    const even = f(f(p[0]! + p[4]!) + f(p[2]! + p[6]!));
    total += f(even + f(f(p[1]! + p[5]!) + f(p[3]! + p[7]!)));
  }
  return f(total);
}

describe("reductions", () => {
  test("a float32 sum has the fixed order", () => {
    const x = [...arrayOf({ ...spread([1300], 3), dtype: "float32" })];
    expect(
      run([vector(x, "float32")], (b, n) => b.apply("reduce", [n], { combine: "sum", axes: [0] })),
    ).toEqual([referenceSum(x)]);
  });

  test("axes that are no neighbours are walked outside", () => {
    const x = spread([2, 3, 4], 5).values;
    for (const [name, combine, start] of [
      ["sum", (a: number, c: number) => a + c, 0],
      ["prod", (a: number, c: number) => a * c, 1],
      ["max", Math.max, -Infinity],
      ["min", Math.min, Infinity],
    ] as const) {
      const expected = [0, 1, 2].map((j) => {
        let total: number = start;
        for (let i = 0; i < 2; i++) {
          for (let k = 0; k < 4; k++) total = combine(total, x[(i * 3 + j) * 4 + k]!);
        }
        return total;
      });
      const found = run([tensor([2, 3, 4], x)], (b, n) =>
        b.apply("reduce", [n], { combine: name, axes: [0, 2] }),
      );
      found.forEach((value, j) => expect(value).toBeCloseTo(expected[j]!, 12));
    }
  });

  test("empty axes give the identity, or are refused", () => {
    const empty = tensor([2, 0], []);
    expect(run([empty], (b, n) => b.apply("reduce", [n], { combine: "sum", axes: [1] }))).toEqual([
      0, 0,
    ]);
    expect(run([empty], (b, n) => b.apply("reduce", [n], { combine: "prod", axes: [1] }))).toEqual([
      1, 1,
    ]);
    expect(() =>
      run([empty], (b, n) => b.apply("reduce", [n], { combine: "max", axes: [1] })),
    ).toThrow("max: x is [2, 0], an empty axis has no maximum.");
  });

  test("NaN wins, bools are any and all", () => {
    const x = vector([1, NaN, 3]);
    expect(run([x], (b, n) => b.apply("reduce", [n], { combine: "max", axes: [0] }))).toEqual([
      NaN,
    ]);
    expect(run([x], (b, n) => b.apply("cumulate", [n], { combine: "min", axis: 0 }))).toEqual([
      1,
      NaN,
      NaN,
    ]);
    const bools = vector([0, 1], "bool");
    expect(run([bools], (b, n) => b.apply("reduce", [n], { combine: "max", axes: [0] }))).toEqual([
      1,
    ]);
    expect(run([bools], (b, n) => b.apply("reduce", [n], { combine: "min", axes: [0] }))).toEqual([
      0,
    ]);
  });

  test("int32 that overflows is an error, int32 that comes back is none", () => {
    const sum = (values: number[]): number[] =>
      run([vector(values, "int32")], (b, n) =>
        b.apply("reduce", [n], { combine: "sum", axes: [0] }),
      );
    expect(sum([2147483647, 1, -1])).toEqual([2147483647]);
    expect(() => sum([2147483647, 1])).toThrow(/int32 sum of int32\[2\] is 2147483648/);
    expect(() =>
      run([vector([65536, 65536], "int32")], (b, n) =>
        b.apply("cumulate", [n], { combine: "prod", axis: 0 }),
      ),
    ).toThrow(/overflow|outside/);
  });
});

describe("places", () => {
  test("float32 steps of a contraction round", () => {
    const [x, w] = [vector([0.1, 0.2, 0.3], "float32"), vector([3, 7, 11], "float32")];
    const f = Math.fround;
    const expected = [0.1, 0.2, 0.3].map(f).reduce((s, v, k) => f(s + f(v * [3, 7, 11][k]!)), 0);
    expect(
      run(
        [
          { ...x, shape: [1, 3] },
          { ...w, shape: [3, 1] },
        ],
        (b, p, q) => op(b, "contract", p, q),
      ),
    ).toEqual([expected]);
  });

  test("slices, updates and moving starts", () => {
    const x = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    const attrs = { start: [0, 2], step: [1, -2], dynamic: [] };
    expect(run([x], (b, n) => b.apply("slice", [n], { ...attrs, size: [2, 2] }))).toEqual([
      3, 1, 6, 4,
    ]);
    expect(run([x, tensor([1, 2], [8, 9])], (b, n, m) => b.apply("update", [n, m], attrs))).toEqual(
      [9, 2, 8, 4, 5, 6],
    );
    const moving = (at: number): number[] =>
      run([vector([1, 2, 3, 4, 5])], (b, n) =>
        b.apply("slice", [n, constant(b, "float64", at)], {
          start: [0],
          size: [2],
          step: [1],
          dynamic: [0],
        }),
      );
    expect(moving(3)).toEqual([4, 5]);
    for (const at of [4, -1, 0.5]) {
      expect(() => moving(at)).toThrow(
        `slice: start ${at} is out of range for axis 0 of [5], size 5; need an integer from 0 to 3.`,
      );
    }
  });

  test("an empty block lies anywhere", () => {
    const nothing = (b: Builder, x: Node): Node =>
      b.apply("slice", [x, constant(b, "float64", 2)], {
        start: [0],
        size: [0],
        step: [1],
        dynamic: [0],
      });
    expect(run([vector([1, 2])], nothing)).toEqual([]);
  });

  test("gather and scatter name what is out of range", () => {
    const [x, index] = [vector([1, 2, 3]), vector([0, 3], "int32")];
    expect(() => run([x, index], (b, n, i) => b.apply("gather", [n, i], { axis: 0 }))).toThrow(
      "gather: index 3 is out of range for axis 0 of [3], size 3; need 0 … 2.",
    );
    expect(() =>
      run([x, index, vector([1, 1])], (b, n, i, s) =>
        b.apply("scatter", [n, i, s], { combine: "sum", axis: 0 }),
      ),
    ).toThrow("scatterAdd: index 3 is out of range");
  });

  test("of equal places the last one set stays", () => {
    expect(
      run([vector([0, 0]), vector([1, 1], "int32"), vector([7, 8])], (b, n, i, s) =>
        b.apply("scatter", [n, i, s], { combine: "set", axis: 0 }),
      ),
    ).toEqual([0, 8]);
  });

  test("sorting is stable, NaN is largest", () => {
    const sort = (descending: boolean): number[] =>
      run([vector([2, NaN, 1, 2, -0, 0])], (b, n) => b.apply("argsort", [n], { descending }));
    expect(sort(false)).toEqual([4, 5, 2, 0, 3, 1]);
    expect(sort(true)).toEqual([1, 0, 3, 2, 4, 5]);
  });
});

describe("errors in the user's terms", () => {
  const types = (...shapes: number[][]): { shape: number[]; values: number[] }[] =>
    shapes.map((shape) => spread(shape) as { shape: number[]; values: number[] });

  test("matmul hints only at what fits", () => {
    const multiply = (x: number[], w: number[]): unknown =>
      graphOf(types(x, w), (b, p, q) => op(b, "contract", p, q));
    expect(() => multiply([35, 10], [1, 10])).toThrow(
      "matmul: inner sizes differ: x is [35, 10], w is [1, 10]; need x.shape[-1] (10) = " +
        "w.shape[-2] (1). w.T is [10, 1].",
    );
    expect(() => multiply([10, 35], [10, 2])).toThrow(
      /= w.shape\[-2\] \(10\)\. x\.T is \[35, 10\]\.$/,
    );
    expect(() => multiply([2, 3], [4, 5])).toThrow(/= w.shape\[-2\] \(4\)\.$/);
  });

  test("dtypes, reshapes, concatenations", () => {
    expect(() => graphOf([vector([1], "int32")], (b, n) => op(b, "exp", n))).toThrow(
      "exp: operand 1 is int32[1]; need float32 or float64.",
    );
    expect(() => graphOf(types([2, 3]), (b, n) => b.apply("reshape", [n], { shape: [4] }))).toThrow(
      "reshape: x is [2, 3] (6 elements), the new shape [4] has 4.",
    );
    expect(() =>
      graphOf(types([2, 3], [2, 4]), (b, n, m) => b.apply("concat", [n, m], { axis: 0 })),
    ).toThrow("cat: tensors are [2, 3] and [2, 4]; need equal shapes but for axis 0.");
  });
});

describe("graphs as values", () => {
  test("print, splice, verify", () => {
    const graph = graphOf([spread([2, 3]), spread([2, 3])], (b, x, y) =>
      b.apply("reduce", [op(b, "add", op(b, "mul", x, y), op(b, "mul", x, y))], {
        combine: "sum",
        axes: [0],
      }),
    );
    const text = [
      "%0 = input : float64[2, 3]",
      "%1 = input : float64[2, 3]",
      "%2 = mul(%0, %1) : float64[2, 3]",
      "%3 = add(%2, %2) : float64[2, 3]",
      "%4 = reduce(%3) {combine: sum, axes: [0]} : float64[3]",
      "return %4",
    ].join("\n");
    expect(printGraph(graph)).toBe(text);
    const b = new Builder();
    const inputs = graph.inputs.map((node) => b.input(node.type));
    const outputs = copyInto(b, graph, inputs);
    expect(printGraph({ inputs, outputs })).toBe(text);
    expect(copyInto(b, graph, inputs)).toEqual(outputs);
    expect(() => verify({ inputs: inputs.slice(1), outputs })).toThrow(/is not listed/);
    const broken = { ...outputs[0]!, type: typeOf("float64", [7]) };
    expect(() => verify({ inputs, outputs: [broken] })).toThrow(/its row says float64\[3\]/);
  });

  test("a wrong number of elements is refused", () => {
    const graph = graphOf([vector([1, 2])], (b, x) => op(b, "neg", x));
    expect(() => interpret(graph, [new Float64Array(3)])).toThrow(/input 0 has 3 elements/);
  });
});
