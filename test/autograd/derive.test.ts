/**
 * Every primitive's gradient rule against central differences in float64, first and second order.
 */
import { describe, expect, test } from "vitest";
import { pullBack, vjpGraph } from "../../src/autograd/derive.ts";
import type { OpName, ScatterAttrs } from "../../src/ir/attrs.ts";
import type { Combine } from "../../src/ir/combine.ts";
import { Builder } from "../../src/ir/builder.ts";
import { interpret } from "../../src/ir/interpret.ts";
import type { Node } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";
import { OPS } from "../../src/ir/ops.ts";
import { constant, fillLike, op } from "../../src/ir/words.ts";
import type { PlainName } from "../../src/ir/words.ts";
import type { Given } from "../ir/check.ts";
import {
  arrayOf,
  compareGradients,
  gradientErrors,
  graphOf,
  run,
  scalarOf,
  spread,
  tensor,
  vector,
} from "../ir/check.ts";
import { SCANS } from "../support/scan-graphs.ts";
import { CONV_CASES } from "./conv-cases.ts";

/** One graph on which a row is checked. */
interface Case {
  readonly given: readonly Given[];
  readonly build: (b: Builder, ...inputs: Node[]) => Node;
  /** Whether the first derivative is zero everywhere, so that only the second one tells. */
  readonly flat?: boolean;
}

const plain = (name: PlainName, low = -2, high = 2): Case[] => [
  { given: [spread([2, 3], 3, low, high)], build: (b, x) => op(b, name, x) },
];
const pairs = (name: PlainName, low = -2, high = 2): Case[] => [
  {
    given: [spread([2, 3], 4, low, high), spread([2, 3], 5, low, high)],
    build: (b, x, y) => op(b, name, x, y),
  },
];
const along = (combine: Combine): Case[] =>
  [[0], [1], [0, 2], [0, 1, 2]].map((axes) => ({
    given: [spread([2, 3, 2], 6)],
    build: (b, x) => b.apply("reduce", [x], { combine, axes }),
  }));
const running = (combine: Combine): Case[] =>
  [0, 1].map((axis) => ({
    given: [spread([3, 5], 7)],
    build: (b, x) => b.apply("cumulate", [x], { combine, axis }),
  }));
const scattering = (combine: ScatterAttrs["combine"], places: number[]): Case[] => [
  {
    given: [spread([4, 2], 8), tensor([3, 2], places, "int32"), spread([3, 2], 9)],
    build: (b, x, index, source) => b.apply("scatter", [x, index, source], { combine, axis: 0 }),
  },
];

const SCAN_CASES: Case[] = SCANS.filter(({ shapes }) => !shapes.some((s) => s.includes(0))).map(
  ({ shapes, build }) => ({
    given: shapes.map((shape, i) => spread([...shape], i + 2, -1, 1)),
    build: (b, ...nodes) => build(b, "float64", nodes),
  }),
);

const apart = [0, 1, 2, 3, 3, 0];
const shared = [0, 1, 0, 3, 3, 1];

/** Cases of every row with a gradient; null for a row that has none to check. */
const CASES: { readonly [K in OpName]: Case[] | null } = {
  input: null,
  constant: null,
  iota: null,
  threefry: null,
  shl: null,
  shr: null,
  not: null,
  stopGradient: null,
  floor: null,
  ceil: null,
  trunc: null,
  round: null,
  eq: null,
  ne: null,
  lt: null,
  le: null,
  and: null,
  or: null,
  xor: null,
  argsort: null,
  neg: plain("neg"),
  abs: plain("abs"),
  sqrt: plain("sqrt", 0.5, 3),
  exp: plain("exp"),
  expm1: plain("expm1"),
  log: plain("log", 0.3, 3),
  log1p: plain("log1p", -0.6, 3),
  sin: plain("sin"),
  cos: plain("cos"),
  tan: plain("tan", -1, 1),
  tanh: plain("tanh"),
  sinh: plain("sinh"),
  cosh: plain("cosh"),
  asin: plain("asin", -0.8, 0.8),
  acos: plain("acos", -0.8, 0.8),
  atan: plain("atan"),
  asinh: plain("asinh"),
  acosh: plain("acosh", 1.3, 3),
  atanh: plain("atanh", -0.8, 0.8),
  erf: plain("erf"),
  erfc: plain("erfc"),
  lgamma: [...plain("lgamma", 0.4, 6), ...plain("lgamma", -0.8, -0.2)],
  digamma: [...plain("digamma", 0.6, 6), ...plain("digamma", -0.7, -0.3)],
  sigmoid: plain("sigmoid", -4, 4),
  add: pairs("add"),
  sub: pairs("sub"),
  mul: pairs("mul"),
  div: pairs("div", 0.5, 2),
  pow: pairs("pow", 0.4, 2),
  maximum: pairs("maximum"),
  minimum: pairs("minimum"),
  atan2: pairs("atan2", 0.3, 2),
  where: [
    {
      given: [tensor([2, 2], [1, 0, 0, 1], "bool"), spread([2, 2], 1), spread([2, 2], 2)],
      build: (b, test, x, y) => op(b, "where", test, op(b, "mul", x, x), op(b, "exp", y)),
    },
  ],
  cast: [{ given: [spread([3], 2)], build: (b, x) => b.apply("cast", [x], { dtype: "float64" }) }],
  reshape: [
    { given: [spread([2, 3])], build: (b, x) => b.apply("reshape", [x], { shape: [3, 2] }) },
  ],
  permute: [
    { given: [spread([2, 3, 4])], build: (b, x) => b.apply("permute", [x], { axes: [2, 0, 1] }) },
  ],
  expand: [
    {
      given: [spread([2, 1, 1])],
      build: (b, x) => b.apply("expand", [op(b, "exp", x)], { shape: [2, 3, 1] }),
    },
  ],
  slice: [
    {
      given: [spread([5, 4])],
      build: (b, x) =>
        b.apply("slice", [op(b, "sin", x)], {
          start: [4, 1],
          size: [3, 2],
          step: [-2, 2],
          dynamic: [],
        }),
    },
    {
      given: [spread([5, 4])],
      build: (b, x) =>
        b.apply("slice", [op(b, "sin", x), constant(b, "float64", 2)], {
          start: [0, 1],
          size: [2, 2],
          step: [1, 2],
          dynamic: [0],
        }),
    },
  ],
  update: [
    {
      given: [spread([5, 4]), spread([2, 2], 2)],
      build: (b, x, block) =>
        b.apply("update", [op(b, "sin", x), op(b, "exp", block)], {
          start: [1, 3],
          step: [2, -2],
          dynamic: [],
        }),
    },
  ],
  reduce: [
    ...along("sum"),
    ...along("prod"),
    {
      given: [vector([2, 0, 3, -1])],
      build: (b, x) => b.apply("reduce", [x], { combine: "prod", axes: [0] }),
    },
    {
      given: [vector([2, 0, 3, 0])],
      build: (b, x) => b.apply("reduce", [x], { combine: "prod", axes: [0] }),
      flat: true,
    },
    ...along("max"),
    ...along("min"),
  ],
  cumulate: [
    ...running("sum"),
    ...running("prod"),
    {
      given: [vector([2, 0, 3, 0, 5])],
      build: (b, x) => b.apply("cumulate", [x], { combine: "prod", axis: 0 }),
    },
    ...running("max"),
    ...running("min"),
  ],
  contract: [
    { given: [spread([2, 3]), spread([3, 4], 2)], build: (b, x, w) => op(b, "contract", x, w) },
    {
      given: [spread([2, 2, 3]), spread([2, 3, 1], 2)],
      build: (b, x, w) => op(b, "contract", x, w),
    },
  ],
  conv: CONV_CASES,
  scan: SCAN_CASES,
  pick: SCAN_CASES.slice(0, 1),
  concat: [
    {
      given: [spread([2, 1]), spread([2, 3], 2)],
      build: (b, x, y) => b.apply("concat", [x, op(b, "exp", y), x], { axis: 1 }),
    },
  ],
  gather: [
    {
      given: [spread([4, 3]), tensor([5, 2], [0, 1, 3, 3, 0, 2, 1, 1, 0, 0], "int32")],
      build: (b, x, index) => b.apply("gather", [op(b, "exp", x), index], { axis: 0 }),
    },
  ],
  scatter: [
    ...scattering("sum", shared),
    ...scattering("set", apart),
    ...scattering("prod", shared),
    ...scattering("max", shared),
    ...scattering("min", shared),
  ],
};

describe("gradient rules against differences", () => {
  for (const [name, cases] of Object.entries(CASES)) {
    if (cases === null) continue;
    test(name, () => {
      for (const { given, build, flat } of cases) {
        const { first, second } = gradientErrors(given, build);
        expect(first.checked).toBeGreaterThan(0);
        expect(first.worst).toBeLessThan(1e-6);
        expect(first.alive).toBe(flat !== true);
        expect(second?.worst).toBeLessThan(1e-5);
      }
    });
  }

  test("every row with a gradient rule has a case", () => {
    for (const name of Object.keys(OPS) as OpName[]) {
      expect([name, OPS[name].vjp !== null]).toEqual([name, CASES[name] !== null]);
    }
  });

  test("a wrong gradient is caught", () => {
    // the tangent's slope with its sign turned: sin / cos with a cut through the cosine
    const graph = graphOf([spread([3], 3, 0.2, 1)], (b, x) =>
      op(b, "div", op(b, "sin", x), op(b, "stopGradient", op(b, "cos", x))),
    );
    expect(compareGradients(graph, [arrayOf(spread([3], 3, 0.2, 1))]).worst).toBeGreaterThan(0.01);
  });
});

/** The gradient of the sum of a build's output with respect to its first input. */
function gradient(given: readonly Given[], build: Case["build"]): number[] {
  const graph = graphOf(given, build);
  const derived = vjpGraph(
    graph,
    given.map((_, i) => i === 0),
    [true],
  );
  const ones = arrayOf({ shape: graph.outputs[0]!.type.shape, values: [] }).fill(1);
  return [...interpret(derived, [...given.map(arrayOf), ones])[0]!];
}

describe("edges, as PyTorch has them", () => {
  test("ties are shared", () => {
    expect(
      gradient([vector([1, 3, 3])], (b, x) =>
        b.apply("reduce", [x], { combine: "max", axes: [0] }),
      ),
    ).toEqual([0, 0.5, 0.5]);
    expect(gradient([vector([1, 2]), vector([1, 1])], (b, x, y) => op(b, "maximum", x, y))).toEqual(
      [0.5, 1],
    );
    expect(gradient([vector([1, 2]), vector([1, 1])], (b, x, y) => op(b, "minimum", x, y))).toEqual(
      [0.5, 0],
    );
  });

  test("abs at 0, sqrt at 0", () => {
    expect(gradient([vector([0, -2])], (b, x) => op(b, "abs", x))).toEqual([0, -1]);
    expect(gradient([vector([0])], (b, x) => op(b, "sqrt", x))).toEqual([Infinity]);
  });

  test("powers of and to 0", () => {
    const base = (x: number[], y: number[]): number[] =>
      gradient([vector(x), vector(y)], (b, p, q) => op(b, "pow", p, q));
    const exponent = (x: number[], y: number[]): number[] =>
      gradient([vector(y), vector(x)], (b, q, p) => op(b, "pow", p, q));
    expect(base([0, 0, -2, 3], [0, 2, 2, 0])).toEqual([0, 0, -4, 0]);
    expect(exponent([0, 0], [2, 0])).toEqual([0, 0]);
  });

  test("the latest of equal running maxima gets the gradient", () => {
    expect(
      gradient([vector([2, 1, 2, 0])], (b, x) =>
        b.apply("cumulate", [x], { combine: "max", axis: 0 }),
      ),
    ).toEqual([2, 0, 2, 0]);
  });
});

describe("the walk", () => {
  test("independent inputs get zeros, non-floats are refused", () => {
    const graph = graphOf([vector([1, 2]), vector([3])], (b, x) => op(b, "exp", x));
    const derived = vjpGraph(graph, [false, true], [true]);
    expect([
      ...interpret(derived, [vector([1, 2]), vector([3]), vector([1, 1])].map(arrayOf))[0]!,
    ]).toEqual([0]);
    const whole = graphOf([vector([1], "int32")], (b, x) => op(b, "neg", x));
    expect(() => vjpGraph(whole, [true], [true])).toThrow(/int32\[1\] is not differentiable/);
  });

  test("an int32 on the way ends the walk", () => {
    const there = (b: Builder, x: Node): Node =>
      b.apply("cast", [b.apply("cast", [x], { dtype: "int32" })], { dtype: "float64" });
    expect(gradient([vector([1.5])], (b, x) => op(b, "add", x, there(b, x)))).toEqual([1]);
  });

  test("depth does not matter", () => {
    const deep = (b: Builder, x: Node): Node => {
      let y = x;
      for (let i = 0; i < 20_000; i++) y = op(b, "add", y, x);
      return y;
    };
    expect(gradient([scalarOf(1)], deep)).toEqual([20_001]);
  });

  test("gradients of gradients of gradients", () => {
    const b = new Builder();
    const x = b.input(typeOf("float64", []));
    let y: Node = op(b, "pow", x, fillLike(b, x, 4));
    for (let i = 0; i < 3; i++) y = pullBack(b, [y], [constant(b, "float64", 1)], [x])[0]!;
    expect(interpret({ inputs: [x], outputs: [y] }, [Float64Array.of(2)])[0]![0]).toBeCloseTo(
      48,
      10,
    );
  });

  test("a run without gradients is the same", () => {
    expect(run([vector([1, 2])], (b, x) => op(b, "mul", x, x))).toEqual([1, 4]);
  });
});
