/**
 * THE TABLE: every primitive operation in one row: its shape rule, its gradient rule, and how it
 * becomes kernels. Everything else is composed from these, and no code elsewhere asks for an
 * operation's name. What each computes, and its attributes, stand in attrs.ts; families.ts makes
 * the rows that are alike.
 */
import { argumentError } from "../core/errors.ts";
import type { DType } from "../core/dtype.ts";
import type { OpAttrs, OpName } from "./attrs.ts";
import { convGradient, convolution } from "./convolution.ts";
import { binary, blockView, comparison, linear, shift, unary } from "./families.ts";
import {
  chosen,
  CUMULATED,
  gauss,
  negated,
  oneLessSquare,
  overRoot,
  powerGradient,
  REDUCED,
  SCATTERS,
  signOf,
  square,
  trigamma,
  unexpand,
} from "./gradients.ts";
import { atan2, acos, asin, atan, cos, sin, tan } from "./math/trigonometric.ts";
import { cosh, exp, expm1, pow, sigmoid, sinh, tanh } from "./math/exponential.ts";
import { acosh, asinh, atanh, log, log1p } from "./math/logarithm.ts";
import { digamma, erf, erfc, lgamma } from "./math/special.ts";
import { threefry } from "./math/threefry.ts";
import type { Scan } from "./node.ts";
import { typeOf } from "./node.ts";
import type { OpRow } from "./row.ts";
import {
  ANY,
  BITS,
  concatenation,
  contraction,
  elementwise,
  expanded,
  extremum,
  FLOATS,
  INT32,
  needBlock,
  needCount,
  needDType,
  needIndex,
  NUMBERS,
  permuted,
  reduction,
  reshaped,
  running,
  scattered,
  selection,
} from "./rules.ts";
import { scanGradient, scanType } from "./scan.ts";
import { convert, literal, scalar } from "./scalar.ts";
import { castTo, fillLike, op, permute, plus, reshape, sliceAxis, swapAxes } from "./words.ts";

/** The derivative of a constant function is missing rather than zero: nothing to add up. */
const STEP = null;

/** The table: one row for each operation. */
export const OPS: { readonly [K in OpName]: OpRow<K> } = {
  input: {
    type: () => {
      throw argumentError("input: an input has no operands; Builder.input makes one.");
    },
    vjp: null,
    lowering: { kind: "input" },
  },
  constant: {
    type: (inputs, { dtype }) => {
      needCount("constant", inputs, 0);
      return typeOf(dtype, []);
    },
    vjp: null,
    lowering: { kind: "map", scalar: (_, { dtype, value }) => literal(dtype, value) },
  },
  iota: {
    type: (inputs, { length }) => {
      needCount("iota", inputs, 0);
      return typeOf("int32", [length]);
    },
    vjp: null,
    lowering: { kind: "iota" },
  },

  neg: linear(unary("neg", NUMBERS, "neg", (b, g) => negated(b, g))),
  abs: unary("abs", NUMBERS, "abs", (b, g, x) => op(b, "mul", g, signOf(b, x))),
  floor: unary("floor", FLOATS, "floor", STEP),
  ceil: unary("ceil", FLOATS, "ceil", STEP),
  trunc: unary("trunc", FLOATS, "trunc", STEP),
  round: unary("round", FLOATS, "nearest", STEP),
  sqrt: unary("sqrt", FLOATS, "sqrt", (b, g, _, y) => op(b, "div", g, op(b, "add", y, y))),
  exp: unary("exp", FLOATS, exp, (b, g, _, y) => op(b, "mul", g, y)),
  expm1: unary("expm1", FLOATS, expm1, (b, g, _, y) => op(b, "mul", g, plus(b, y, 1))),
  log: unary("log", FLOATS, log, (b, g, x) => op(b, "div", g, x)),
  log1p: unary("log1p", FLOATS, log1p, (b, g, x) => op(b, "div", g, plus(b, x, 1))),
  sin: unary("sin", FLOATS, sin, (b, g, x) => op(b, "mul", g, op(b, "cos", x))),
  cos: unary("cos", FLOATS, cos, (b, g, x) => negated(b, op(b, "mul", g, op(b, "sin", x)))),
  tan: unary("tan", FLOATS, tan, (b, g, _, y) => op(b, "mul", g, plus(b, square(b, y), 1))),
  tanh: unary("tanh", FLOATS, tanh, (b, g, _, y) => op(b, "mul", g, oneLessSquare(b, y))),
  sinh: unary("sinh", FLOATS, sinh, (b, g, x) => op(b, "mul", g, op(b, "cosh", x))),
  cosh: unary("cosh", FLOATS, cosh, (b, g, x) => op(b, "mul", g, op(b, "sinh", x))),
  asin: unary("asin", FLOATS, asin, (b, g, x) => overRoot(b, g, oneLessSquare(b, x))),
  acos: unary("acos", FLOATS, acos, (b, g, x) => negated(b, overRoot(b, g, oneLessSquare(b, x)))),
  atan: unary("atan", FLOATS, atan, (b, g, x) => op(b, "div", g, plus(b, square(b, x), 1))),
  asinh: unary("asinh", FLOATS, asinh, (b, g, x) => overRoot(b, g, plus(b, square(b, x), 1))),
  acosh: unary("acosh", FLOATS, acosh, (b, g, x) => overRoot(b, g, plus(b, square(b, x), -1))),
  atanh: unary("atanh", FLOATS, atanh, (b, g, x) => op(b, "div", g, oneLessSquare(b, x))),
  erf: unary("erf", FLOATS, erf, gauss),
  erfc: unary("erfc", FLOATS, erfc, (b, g, x) => negated(b, gauss(b, g, x))),
  lgamma: unary("lgamma", FLOATS, lgamma, (b, g, x) => op(b, "mul", g, op(b, "digamma", x))),
  digamma: unary("digamma", FLOATS, digamma, (b, g, x) => op(b, "mul", g, trigamma(b, x))),
  sigmoid: unary("sigmoid", FLOATS, sigmoid, (b, g, _, y) =>
    op(b, "mul", g, op(b, "mul", y, op(b, "sub", fillLike(b, y, 1), y))),
  ),
  not: unary("not", BITS, "not", STEP),
  stopGradient: unary("stopGradient", ANY, (x) => x, null),

  add: linear(binary("add", NUMBERS, "add", (_, g) => [g, g])),
  sub: linear(binary("sub", NUMBERS, "sub", (b, g) => [g, negated(b, g)])),
  mul: binary("mul", NUMBERS, "mul", (b, g, x, y) => [op(b, "mul", g, y), op(b, "mul", g, x)]),
  div: binary("div", FLOATS, "div", (b, g, _, y, result) => {
    const slope = op(b, "div", g, y);
    return [slope, negated(b, op(b, "mul", slope, result))];
  }),
  pow: binary("pow", FLOATS, pow, powerGradient),
  maximum: binary("maximum", NUMBERS, "max", (b, g, x, y) => {
    const tie = op(b, "eq", x, y);
    return [chosen(b, g, tie, op(b, "lt", x, y)), chosen(b, g, tie, op(b, "lt", y, x))];
  }),
  minimum: binary("minimum", NUMBERS, "min", (b, g, x, y) => {
    const tie = op(b, "eq", x, y);
    return [chosen(b, g, tie, op(b, "lt", y, x)), chosen(b, g, tie, op(b, "lt", x, y))];
  }),
  atan2: binary("atan2", FLOATS, atan2, (b, g, y, x) => {
    const scale = op(b, "div", g, op(b, "add", square(b, y), square(b, x)));
    return [op(b, "mul", scale, x), negated(b, op(b, "mul", scale, y))];
  }),
  eq: comparison("eq", ANY, "eq"),
  ne: comparison("ne", ANY, "ne"),
  lt: comparison("lt", NUMBERS, "lt"),
  le: comparison("le", NUMBERS, "le"),
  and: binary("and", BITS, "and", null),
  or: binary("or", BITS, "or", null),
  xor: binary("xor", BITS, "xor", null),
  where: {
    type: (inputs) => selection("where", inputs),
    vjp: (b, node, g) => {
      const test = node.inputs[0]!;
      const zero = fillLike(b, g, 0);
      return [null, op(b, "where", test, g, zero), op(b, "where", test, zero, g)];
    },
    lowering: { kind: "map", scalar: ([test, x, y]) => scalar("select", test!, x!, y!) },
  },

  threefry: {
    type: (inputs) => elementwise("threefry", inputs, 4, INT32),
    vjp: null,
    lowering: {
      kind: "map",
      scalar: ([c0, c1, k0, k1], { word }) => threefry(c0!, c1!, k0!, k1!, word),
    },
  },
  shl: shift("shl"),
  shr: shift("shr"),
  cast: {
    type: (inputs, { dtype }) => {
      needCount("cast", inputs, 1);
      return typeOf(dtype, inputs[0]!.shape);
    },
    // from an int32 or bool nothing flows back, and the walk never asks
    vjp: (b, node, g) => [castTo(b, g, node.inputs[0]!.type.dtype)],
    lowering: { kind: "map", scalar: ([x], { dtype }) => convert(x!, dtype) },
  },

  reshape: {
    type: (inputs, { shape }) => reshaped("reshape", inputs, shape),
    vjp: (b, node, g) => [reshape(b, g, node.inputs[0]!.type.shape)],
    lowering: { kind: "view", view: () => "row-major" },
    linear: true,
    stacked: ({ shape }, length) => ({ shape: [length, ...shape] }),
  },
  permute: {
    type: (inputs, { axes }) => permuted("permute", inputs, axes),
    vjp: (b, { attrs: { axes } }, g) => [
      permute(
        b,
        g,
        axes.map((_, axis) => axes.indexOf(axis)),
      ),
    ],
    lowering: {
      kind: "view",
      view: ({ axes }) => axes.map((_, axis) => ({ axis: axes.indexOf(axis), step: 1, start: 0 })),
    },
    linear: true,
    stacked: ({ axes }) => ({ axes: [0, ...axes.map((axis) => axis + 1)] }),
  },
  expand: {
    type: (inputs, { shape }) => expanded("expand", inputs, shape),
    vjp: (b, node, g) => [unexpand(b, g, node.inputs[0]!)],
    lowering: {
      kind: "view",
      view: ({ shape }, x) =>
        x.shape.map((extent, axis) =>
          extent === shape[axis] ? { axis, step: 1, start: 0 } : { axis: -1, step: 0, start: 0 },
        ),
    },
    linear: true,
  },
  slice: {
    type: ([x, ...starts], attrs) => {
      needBlock("slice", x!, attrs.size, attrs, starts);
      return typeOf(x!.dtype, attrs.size);
    },
    vjp: (b, { inputs: [x, ...starts], attrs: { start, step, dynamic } }, g) => [
      b.apply("update", [fillLike(b, x!, 0), g, ...starts], { start, step, dynamic }),
      ...starts.map(() => null),
    ],
    lowering: {
      kind: "view",
      view: ({ start, step, dynamic }) => blockView(start, step, dynamic, 1),
    },
  },
  update: {
    type: ([x, block, ...starts], attrs) => {
      needCount("update", [x!, block!], 2);
      needDType("update", "block", block!, { has: (d: DType) => d === x!.dtype, text: x!.dtype });
      needBlock("update", x!, block!.shape, attrs, starts);
      return x!;
    },
    vjp: (b, { inputs: [, block, ...starts], attrs }, g) => [
      b.apply("update", [g, fillLike(b, block!, 0), ...starts], attrs),
      b.apply("slice", [g, ...starts], { ...attrs, size: block!.type.shape }),
      ...starts.map(() => null),
    ],
    lowering: {
      kind: "update",
      view: ({ start, step, dynamic }) => blockView(start, step, dynamic, 2),
    },
  },

  reduce: {
    type: (inputs, { combine, axes }) => {
      const ordered = combine === "max" || combine === "min";
      return ordered ? extremum(combine, inputs, axes) : reduction(combine, inputs, axes, NUMBERS);
    },
    vjp: (b, node, g) => [REDUCED[node.attrs.combine](b, node, g)],
    lowering: { kind: "reduce", attrs: (attrs) => attrs },
    title: ({ combine }) => combine,
  },
  cumulate: {
    type: (inputs, { combine, axis }) => running(`cum${combine}`, inputs, axis),
    vjp: (b, node, g) => [CUMULATED[node.attrs.combine](b, node, g)],
    lowering: { kind: "cumulate", attrs: (attrs) => attrs },
    title: ({ combine }) => `cum${combine}`,
  },

  contract: {
    type: contraction,
    vjp: (b, { inputs: [x, w] }, g) => {
      const last = g.type.shape.length - 1;
      return [
        b.apply("contract", [g, swapAxes(b, w!, last - 1, last)], {}),
        b.apply("contract", [swapAxes(b, x!, last - 1, last), g], {}),
      ];
    },
    lowering: { kind: "contract" },
  },
  conv: {
    type: convolution,
    vjp: convGradient,
    lowering: { kind: "conv", attrs: (attrs) => attrs },
  },
  scan: {
    type: (inputs, attrs) => scanType(inputs, attrs as Scan),
    vjp: (b, node, _, walk) => scanGradient(b, node, walk),
    lowering: { kind: "scan", attrs: (attrs) => attrs as Scan },
  },
  pick: {
    type: ([x], { index }) => {
      const part = x?.parts?.[index];
      if (part === undefined) throw argumentError(`pick: there is no value ${index}.`);
      return part;
    },
    vjp: (_, __, g) => [g],
    lowering: { kind: "pick", index: (attrs) => attrs.index },
  },
  concat: {
    type: (inputs, { axis }) => concatenation(inputs, axis),
    vjp: (b, { inputs, attrs: { axis } }, g) => {
      let start = 0;
      return inputs.map((x) => {
        const size = x.type.shape[axis]!;
        start += size;
        return sliceAxis(b, g, axis, start - size, size);
      });
    },
    lowering: { kind: "concat", axis: (attrs) => attrs.axis },
  },
  gather: {
    type: (inputs, { axis }) => {
      needCount("gather", inputs, 2);
      needIndex("gather", inputs[0]!, inputs[1]!, axis);
      return typeOf(inputs[0]!.dtype, inputs[1]!.shape);
    },
    vjp: (b, { inputs: [x, index], attrs }, g) => [
      b.apply("scatter", [fillLike(b, x!, 0), index!, g], { combine: "sum", ...attrs }),
      null,
    ],
    lowering: { kind: "gather", axis: (attrs) => attrs.axis },
  },
  scatter: {
    type: (inputs, { combine, axis }) =>
      scattered(SCATTERS[combine].title, inputs, axis, combine === "set" ? ANY : NUMBERS),
    vjp: (b, node, g) => SCATTERS[node.attrs.combine].vjp(b, node, g),
    lowering: { kind: "scatter", attrs: (attrs) => attrs },
    title: ({ combine }) => SCATTERS[combine].title,
  },
  argsort: {
    type: (inputs) => {
      needCount("argsort", inputs, 1);
      needDType("argsort", "x", inputs[0]!, NUMBERS);
      return typeOf("int32", inputs[0]!.shape);
    },
    vjp: null,
    lowering: { kind: "sort", descending: (attrs: OpAttrs["argsort"]) => attrs.descending },
  },
};
