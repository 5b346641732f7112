/**
 * What is tried of every operation: dtypes × shapes × layouts. The table is complete by type: an
 * operation of the language without recipes does not compile. Runs anywhere.
 */
import type { DType } from "../../src/core/dtype.ts";
import { DTYPES } from "../../src/core/dtype.ts";
import type { Shape } from "../../src/core/shape.ts";
import type { OpAttrs, OpName, ScatterAttrs } from "../../src/ir/attrs.ts";
import type { Combine } from "../../src/ir/combine.ts";
import type { Node, NodeBuilder } from "../../src/ir/node.ts";
import { CONVOLUTIONS } from "./convolutions.ts";
import type { Fill, Layout, Operand } from "./layouts.ts";
import type { Recipe } from "./recipe.ts";
import { recipe } from "./recipe.ts";
import { PICKS, SCANS } from "./scans.ts";

type Axes = readonly number[];

const FLOATS: readonly DType[] = ["float32", "float64"];
const NUMBERS: readonly DType[] = ["float32", "float64", "int32"];

const LAID: readonly (readonly [Shape, Layout])[] = [
  [[], "plain"],
  [[1], "plain"],
  [[0], "plain"],
  [[37], "plain"],
  [[3, 5], "permuted"],
  [[2, 3, 5], "strided"],
  [[2, 9], "reversed"],
  [[5, 3], "offset"],
];

/** Shapes of two operands: equal, and broadcast either way and both ways. */
const PAIRS: readonly (readonly [Shape, Shape | undefined, Shape | undefined, Layout])[] = [
  [[33], undefined, undefined, "plain"],
  [[], undefined, undefined, "plain"],
  [[0], undefined, undefined, "plain"],
  [[3, 5], undefined, [5], "plain"],
  [[3, 5], [3, 1], undefined, "plain"],
  [[3, 5], [3, 1], [1, 5], "plain"],
  [[2, 3, 5], undefined, [1], "permuted"],
  [[4, 7], undefined, undefined, "strided"],
  [[4, 7], undefined, undefined, "reversed"],
];

function unary(op: OpName, dtypes: readonly DType[], attrs: object = {}): Recipe[] {
  return dtypes.flatMap((dtype) =>
    LAID.map(([shape, layout]) =>
      recipe(op, dtype, [{ dtype, shape, fill: "special", layout }], attrs as OpAttrs[OpName]),
    ),
  );
}

function binary(op: OpName, dtypes: readonly DType[], kinds?: readonly DType[]): Recipe[] {
  return dtypes.flatMap((dtype) =>
    PAIRS.map(([shape, fromA, fromB, layout]) => {
      const [a, b] = kinds ?? [dtype, dtype];
      const operands: Operand[] = [
        { dtype: a!, shape, fill: "special", layout, ...(fromA && { from: fromA }) },
        { dtype: b!, shape, fill: "special", ...(fromB && { from: fromB }) },
      ];
      return recipe(op, dtype, operands, {} as OpAttrs[OpName]);
    }),
  );
}

function where(): Recipe[] {
  return DTYPES.flatMap((dtype) =>
    PAIRS.map(([shape, fromA, fromB, layout]) => {
      const operands: Operand[] = [
        { dtype: "bool", shape, fill: "special", layout },
        { dtype, shape, fill: "special", ...(fromA && { from: fromA }) },
        { dtype, shape, fill: "special", ...(fromB && { from: fromB }) },
      ];
      return recipe("where", dtype, operands, {});
    }),
  );
}

const REDUCED: readonly (readonly [Shape, Axes, Layout])[] = [
  [[1], [0], "plain"],
  [[0], [0], "plain"],
  [[3, 0], [1], "plain"],
  [[0, 3], [1], "plain"],
  [[513], [0], "plain"],
  [[1025], [0], "plain"],
  [[3, 513], [1], "plain"],
  [[513, 3], [0], "plain"],
  [[2, 7, 5], [0, 2], "plain"],
  [[2, 7, 5], [0, 1, 2], "plain"],
  [[2, 3, 4, 5], [1, 2], "plain"],
  [[7, 9], [1], "permuted"],
  [[7, 9], [0, 1], "strided"],
  [[4, 33], [1], "reversed"],
  [[4, 3], [], "plain"],
];

function reduced(combine: Combine, dtypes: readonly DType[]): Recipe[] {
  const picks = combine === "max" || combine === "min";
  return dtypes.flatMap((dtype) =>
    REDUCED.filter(([shape]) => !picks || !shape.includes(0)).map(([shape, axes, layout]) => {
      const fill: Fill = picks ? "special" : combine === "prod" ? "unit" : "smooth";
      return recipe("reduce", dtype, [{ dtype, shape, fill, layout }], { combine, axes });
    }),
  );
}

function cumulated(combine: Combine): Recipe[] {
  const shapes: readonly (readonly [Shape, number, Layout])[] = [
    [[1], 0, "plain"],
    [[0], 0, "plain"],
    [[65], 0, "plain"],
    [[4, 9], 0, "plain"],
    [[2, 5, 3], 1, "permuted"],
    [[4, 9], 1, "strided"],
  ];
  const picks = combine === "max" || combine === "min";
  const fill: Fill = picks ? "special" : combine === "prod" ? "unit" : "smooth";
  return NUMBERS.flatMap((dtype) =>
    shapes.map(([shape, axis, layout]) =>
      recipe("cumulate", dtype, [{ dtype, shape, fill, layout }], { combine, axis }),
    ),
  );
}

function contracted(): Recipe[] {
  const sizes: readonly (readonly [Shape, Shape, Layout, Layout, Shape?])[] = [
    [[1, 1], [1, 1], "plain", "plain"],
    [[3, 4], [4, 5], "plain", "plain"],
    [[17, 9], [9, 13], "plain", "plain"],
    [[3, 0], [0, 5], "plain", "plain"],
    [[0, 4], [4, 5], "plain", "plain"],
    [[2, 1025], [1025, 3], "plain", "plain"],
    [[5, 7], [7, 9], "permuted", "plain"],
    [[5, 7], [7, 9], "plain", "permuted"],
    [[5, 7], [7, 9], "permuted", "permuted"],
    [[8, 8], [8, 1], "strided", "plain"],
    [[1, 8], [8, 16], "plain", "reversed"],
    [[2, 3, 4], [2, 4, 5], "plain", "plain"],
    [[2, 3, 4], [2, 4, 5], "plain", "plain", [4, 5]],
    [[2, 2, 9, 4], [2, 2, 4, 10], "strided", "plain"],
  ];
  return FLOATS.flatMap((dtype) =>
    sizes.map(([a, c, layoutA, layoutC, from]) =>
      recipe(
        "contract",
        dtype,
        [
          { dtype, shape: a, fill: "smooth", layout: layoutA },
          { dtype, shape: c, fill: "smooth", layout: layoutC, ...(from && { from }) },
        ],
        {},
      ),
    ),
  );
}

function casts(): Recipe[] {
  return DTYPES.flatMap((from) =>
    DTYPES.flatMap((dtype) => unary("cast", [from], { dtype }).slice(0, 6)),
  );
}

function viewed(op: OpName, shape: Shape, attrs: object, layout: Layout = "plain"): Recipe[] {
  return DTYPES.map((dtype) =>
    recipe(op, dtype, [{ dtype, shape, fill: "smooth", layout }], attrs as OpAttrs[OpName]),
  );
}

function dynamicStart(below: number): Operand {
  return { dtype: "float64", shape: [], fill: { below } };
}

function sliced(): Recipe[] {
  const fixed = [
    ...viewed("slice", [7], { start: [1], size: [3], step: [2], dynamic: [] }),
    ...viewed("slice", [7], { start: [6], size: [7], step: [-1], dynamic: [] }),
    ...viewed("slice", [4, 5], { start: [0, 4], size: [4, 0], step: [1, 1], dynamic: [] }),
    ...viewed(
      "slice",
      [4, 5],
      { start: [3, 0], size: [2, 3], step: [-2, 2], dynamic: [] },
      "permuted",
    ),
  ];
  const moving = DTYPES.map((dtype) =>
    recipe("slice", dtype, [{ dtype, shape: [9, 4], fill: "smooth" }, dynamicStart(6)], {
      start: [0, 1],
      size: [4, 2],
      step: [1, 1],
      dynamic: [0],
    }),
  );
  return [...fixed, ...moving];
}

function updated(): Recipe[] {
  return DTYPES.flatMap((dtype) => [
    recipe(
      "update",
      dtype,
      [
        { dtype, shape: [6, 5], fill: "smooth" },
        { dtype, shape: [2, 3], fill: "smooth", layout: "permuted" },
      ],
      { start: [1, 0], step: [3, 2], dynamic: [] },
    ),
    recipe(
      "update",
      dtype,
      [
        { dtype, shape: [9, 4], fill: "smooth" },
        { dtype, shape: [3, 4], fill: "smooth" },
        dynamicStart(7),
      ],
      { start: [0, 0], step: [1, 1], dynamic: [0] },
    ),
  ]);
}

function concatenated(): Recipe[] {
  const plain = (dtype: DType, shape: Shape, layout: Layout = "plain"): Operand => ({
    dtype,
    shape,
    fill: "special",
    layout,
  });
  return DTYPES.flatMap((dtype) => [
    recipe("concat", dtype, [plain(dtype, [3]), plain(dtype, [4])], { axis: 0 }),
    recipe("concat", dtype, [plain(dtype, [2, 3], "permuted"), plain(dtype, [2, 2])], { axis: 1 }),
    recipe(
      "concat",
      dtype,
      [plain(dtype, [0, 3]), plain(dtype, [1, 3], "reversed"), plain(dtype, [5, 3], "strided")],
      { axis: 0 },
    ),
    recipe("concat", dtype, [plain(dtype, [4, 1])], { axis: 1 }),
  ]);
}

function index(shape: Shape, below: number, layout: Layout = "plain"): Operand {
  return { dtype: "int32", shape, fill: { below }, layout };
}

function gathered(): Recipe[] {
  return DTYPES.flatMap((dtype) => [
    recipe("gather", dtype, [{ dtype, shape: [7], fill: "smooth" }, index([11], 7)], { axis: 0 }),
    recipe("gather", dtype, [{ dtype, shape: [7], fill: "smooth" }, index([0], 7)], { axis: 0 }),
    recipe(
      "gather",
      dtype,
      [{ dtype, shape: [4, 6], fill: "smooth", layout: "permuted" }, index([3, 9], 6, "strided")],
      { axis: 1 },
    ),
    recipe(
      "gather",
      dtype,
      [{ dtype, shape: [5, 2, 3], fill: "smooth" }, index([8, 2, 3], 5, "permuted")],
      { axis: 0 },
    ),
  ]);
}

function scattered(combine: ScatterAttrs["combine"]): Recipe[] {
  const fill: Fill = combine === "prod" ? "unit" : combine === "sum" ? "smooth" : "special";
  const shapes: readonly (readonly [Shape, Shape, number, Layout])[] = [
    [[5], [9], 0, "plain"],
    [[5], [0], 0, "plain"],
    [[1], [3], 0, "plain"],
    [[4, 6], [3, 9], 1, "strided"],
    [[5, 2, 3], [8, 2, 3], 0, "permuted"],
  ];
  const distinct: Operand = { dtype: "int32", shape: [3, 4], fill: { below: 6, distinct: true } };
  return NUMBERS.flatMap((dtype) => [
    ...shapes.map(([shape, at, axis, layout]) => {
      const places = index(at, shape[axis]!, layout);
      const source: Operand = { dtype, shape: at, fill, layout };
      return recipe("scatter", dtype, [{ dtype, shape, fill }, places, source], { combine, axis });
    }),
    recipe(
      "scatter",
      dtype,
      [{ dtype, shape: [4, 6], fill }, distinct, { dtype, shape: [3, 4], fill }],
      { combine, axis: 1 },
    ),
  ]);
}

function sorted(): Recipe[] {
  const shapes: readonly (readonly [Shape, Layout])[] = [
    [[1], "plain"],
    [[0], "plain"],
    [[100], "plain"],
    [[3, 17], "permuted"],
    [[2, 2, 9], "strided"],
  ];
  return NUMBERS.flatMap((dtype) =>
    shapes.flatMap(([shape, layout]) =>
      [false, true].map((descending) =>
        recipe("argsort", dtype, [{ dtype, shape, fill: "special", layout }], { descending }),
      ),
    ),
  );
}

function threefry(): Recipe[] {
  const words = (shape: Shape): Operand => ({ dtype: "int32", shape, fill: "special" });
  const key: Operand = { dtype: "int32", shape: [65], fill: "special", from: [1] };
  return ([0, 1] as const).map((word) =>
    recipe("threefry", "int32", [words([65]), words([65]), key, key], { word }),
  );
}

function constants(): Recipe[] {
  return DTYPES.flatMap((dtype) =>
    [0, 1, 0.1, -2.5, NaN, Infinity].map((value) => ({
      label: `constant ${dtype} ${value}`,
      dtype,
      operands: [{ dtype, shape: [], fill: "smooth" } satisfies Operand],
      apply: (b: NodeBuilder, [x]: readonly Node[]) => {
        const rounded = dtype === "float32" ? Math.fround(value) : value;
        const held =
          dtype === "bool" ? Number(value !== 0) : dtype === "int32" ? value | 0 : rounded;
        return b.apply(
          "where",
          [b.apply("eq", [x!, x!], {}), b.apply("constant", [], { dtype, value: held }), x!],
          {},
        );
      },
    })),
  );
}

function iotas(): Recipe[] {
  return [0, 1, 37].map((length) => ({
    label: `iota ${length}`,
    dtype: "int32" as const,
    operands: [{ dtype: "int32", shape: [length], fill: "smooth" } satisfies Operand],
    apply: (b: NodeBuilder, [x]: readonly Node[]) =>
      b.apply("add", [x!, b.apply("iota", [], { length })], {}),
  }));
}

/** The recipes of every operation. */
export const RECIPES: { readonly [K in OpName]: readonly Recipe[] } = {
  input: [],
  constant: constants(),
  iota: iotas(),
  neg: unary("neg", NUMBERS),
  abs: unary("abs", NUMBERS),
  floor: unary("floor", FLOATS),
  ceil: unary("ceil", FLOATS),
  trunc: unary("trunc", FLOATS),
  round: unary("round", FLOATS),
  sqrt: unary("sqrt", FLOATS),
  exp: unary("exp", FLOATS),
  expm1: unary("expm1", FLOATS),
  log: unary("log", FLOATS),
  log1p: unary("log1p", FLOATS),
  sin: unary("sin", FLOATS),
  cos: unary("cos", FLOATS),
  tan: unary("tan", FLOATS),
  tanh: unary("tanh", FLOATS),
  sinh: unary("sinh", FLOATS),
  cosh: unary("cosh", FLOATS),
  asin: unary("asin", FLOATS),
  acos: unary("acos", FLOATS),
  atan: unary("atan", FLOATS),
  asinh: unary("asinh", FLOATS),
  acosh: unary("acosh", FLOATS),
  atanh: unary("atanh", FLOATS),
  erf: unary("erf", FLOATS),
  erfc: unary("erfc", FLOATS),
  lgamma: unary("lgamma", FLOATS),
  digamma: unary("digamma", FLOATS),
  sigmoid: unary("sigmoid", FLOATS),
  not: unary("not", ["bool", "int32"]),
  stopGradient: unary("stopGradient", DTYPES),
  add: binary("add", NUMBERS),
  sub: binary("sub", NUMBERS),
  mul: binary("mul", NUMBERS),
  div: binary("div", FLOATS),
  pow: binary("pow", FLOATS),
  maximum: binary("maximum", NUMBERS),
  minimum: binary("minimum", NUMBERS),
  atan2: binary("atan2", FLOATS),
  eq: binary("eq", DTYPES),
  ne: binary("ne", DTYPES),
  lt: binary("lt", NUMBERS),
  le: binary("le", NUMBERS),
  and: binary("and", ["bool", "int32"]),
  or: binary("or", ["bool", "int32"]),
  xor: binary("xor", ["bool", "int32"]),
  where: where(),
  threefry: threefry(),
  shl: [0, 1, 13, 31].flatMap((by) => unary("shl", ["int32"], { by }).slice(3, 5)),
  shr: [0, 1, 13, 31].flatMap((by) => unary("shr", ["int32"], { by }).slice(3, 5)),
  cast: casts(),
  reshape: [
    ...viewed("reshape", [6, 4], { shape: [3, 8] }, "permuted"),
    ...viewed("reshape", [1, 1], { shape: [] }),
    ...viewed("reshape", [0, 3], { shape: [3, 0] }),
  ],
  permute: [
    ...viewed("permute", [2, 3, 4], { axes: [2, 0, 1] }),
    ...viewed("permute", [2, 1, 4], { axes: [1, 2, 0] }, "strided"),
  ],
  expand: [
    ...viewed("expand", [1, 3], { shape: [4, 3] }),
    ...viewed("expand", [2, 1, 1], { shape: [2, 3, 5] }),
    ...viewed("expand", [1], { shape: [0] }),
  ],
  slice: sliced(),
  update: updated(),
  reduce: [
    ...reduced("sum", NUMBERS),
    ...reduced("prod", NUMBERS),
    ...reduced("max", DTYPES),
    ...reduced("min", DTYPES),
  ],
  cumulate: (["sum", "prod", "max", "min"] as const).flatMap(cumulated),
  contract: contracted(),
  conv: CONVOLUTIONS,
  scan: SCANS,
  pick: PICKS,
  concat: concatenated(),
  gather: gathered(),
  scatter: (["sum", "set", "prod", "max", "min"] as const).flatMap(scattered),
  argsort: sorted(),
};
