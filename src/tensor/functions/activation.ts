/**
 * Activation functions. Where a branch is not taken its operand is replaced first, so that no NaN
 * flows back.
 */
import { needOneOf } from "../../core/choice.ts";
import type { DType } from "../../core/dtype.ts";
import { argumentError } from "../../core/errors.ts";
import { normalizeAxis, showShape } from "../../core/shape.ts";
import * as compose from "../../ir/compose/activation.ts";
import { div, mul, square, sub, toFloat } from "../../ir/compose/arithmetic.ts";
import * as reduction from "../../ir/compose/reduction.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import {
  castTo,
  expandTo,
  fillLike,
  op,
  plus,
  reshape,
  scaled,
  sliceAxis,
} from "../../ir/words.ts";
import { neg } from "./arithmetic.ts";
import type { ArgumentsOf } from "./define.ts";
import { define } from "./define.ts";

/** max(0, x), with slope 0 at 0. */
export const relu = /* @__PURE__ */ define("relu", {}, compose.relu);

/** relu held below 6. */
export const relu6 = /* @__PURE__ */ define("relu6", {}, (b, x) => hardtanh.graph(b, x, 0, 6));

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = /* @__PURE__ */ define("sigmoid", {}, (b, x) =>
  op(b, "sigmoid", toFloat(b, x)),
);

/** The hyperbolic tangent. */
export const tanh = /* @__PURE__ */ define("tanh", {}, (b, x) => op(b, "tanh", toFloat(b, x)));

/** x · sigmoid(x). */
export const silu = /* @__PURE__ */ define("silu", {}, (b, x) =>
  op(b, "mul", x, op(b, "sigmoid", x)),
);

/** x · tanh(softplus(x)). */
export const mish = /* @__PURE__ */ define("mish", {}, (b, x) =>
  op(b, "mul", x, op(b, "tanh", softplus.graph(b, x))),
);

/** x · relu6(x + 3) / 6. */
export const hardswish = /* @__PURE__ */ define("hardswish", {}, (b, x) => {
  const zero = fillLike(b, x, 0);
  const middle = scaled(b, op(b, "mul", x, plus(b, x, 3)), 1 / 6);
  const upper = op(b, "where", op(b, "le", fillLike(b, x, 3), x), x, middle);
  return op(b, "where", op(b, "le", x, fillLike(b, x, -3)), zero, upper);
});

/** relu6(x + 3) / 6. */
export const hardsigmoid = /* @__PURE__ */ define("hardsigmoid", {}, (b, x) =>
  scaled(b, relu6.graph(b, plus(b, x, 3)), 1 / 6),
);

/** log(sigmoid(x)), without overflow on either side. */
export const logSigmoid = /* @__PURE__ */ define("logSigmoid", {}, compose.logSigmoid);

/** The same as `logSigmoid`, spelled as PyTorch's function is. */
export const logsigmoid = logSigmoid;

/** x / (1 + |x|). */
export const softsign = /* @__PURE__ */ define("softsign", {}, (b, x) =>
  div(b, x, plus(b, op(b, "abs", x), 1)),
);

/** x − tanh(x). */
export const tanhshrink = /* @__PURE__ */ define("tanhshrink", {}, (b, x) =>
  sub(b, x, op(b, "tanh", toFloat(b, x))),
);

/** x, or `negativeSlope` (0.01) · x below 0. */
export const leakyRelu = /* @__PURE__ */ define(
  "leakyRelu",
  { negativeSlope: 0.01 },
  (b, x, negativeSlope: number) => {
    const above = op(b, "lt", fillLike(b, x, 0), x);
    return op(b, "where", above, x, scaled(b, x, negativeSlope));
  },
);

/** x above 0, alpha · (e^(x · inner) − 1) · outer up to 0. */
function exponentialBelow(
  b: NodeBuilder,
  x: Node,
  alpha: number,
  inner: number,
  outer: number,
): Node {
  const zero = fillLike(b, x, 0);
  const above = op(b, "lt", zero, x);
  const safe = op(b, "where", above, zero, x);
  const curve = scaled(b, op(b, "expm1", scaled(b, safe, inner)), alpha * outer);
  return op(b, "where", above, scaled(b, x, outer), curve);
}

/** x, or `alpha` (1) · (eˣ − 1) below 0. */
export const elu = /* @__PURE__ */ define("elu", { alpha: 1 }, (b, x, alpha: number) =>
  exponentialBelow(b, x, alpha, 1, 1),
);

/** max(0, x) + min(0, `alpha` (1) · (e^(x/alpha) − 1)). */
export const celu = /* @__PURE__ */ define("celu", { alpha: 1 }, (b, x, alpha: number) =>
  exponentialBelow(b, x, alpha, 1 / alpha, 1),
);

/** The self-normalising exponential unit. */
export const selu = /* @__PURE__ */ define("selu", {}, (b, x) =>
  exponentialBelow(b, x, 1.6732632423543772, 1, 1.0507009873554805),
);

/** log(1 + e^(beta·x)) / beta, x itself where beta · x > threshold. Defaults: 1 and 20. */
export const softplus = /* @__PURE__ */ define(
  "softplus",
  { beta: 1, threshold: 20 },
  (b, x, beta: number, threshold: number) => {
    const z = scaled(b, x, beta);
    const linear = op(b, "lt", fillLike(b, x, threshold), z);
    const safe = op(b, "where", linear, fillLike(b, x, 0), z);
    const curve = scaled(b, op(b, "log1p", op(b, "exp", safe)), 1 / beta);
    return op(b, "where", linear, x, curve);
  },
);

/** x held between `minVal` (−1) and `maxVal` (1), with slope 0 on them. */
export const hardtanh = /* @__PURE__ */ define(
  "hardtanh",
  { minVal: -1, maxVal: 1 },
  (b, x, minVal: number, maxVal: number) => {
    const [bottom, top] = [fillLike(b, x, minVal), fillLike(b, x, maxVal)];
    const lower = op(b, "where", op(b, "le", x, bottom), bottom, x);
    return op(b, "where", op(b, "le", top, lower), top, lower); // where bounds cross, the upper wins
  },
);

/** x moved toward 0 by `lambd` (0.5). */
export const softshrink = /* @__PURE__ */ define(
  "softshrink",
  { lambd: 0.5 },
  (b, x, lambd: number) => {
    const bound = fillLike(b, x, lambd);
    const above = op(b, "where", op(b, "lt", bound, x), op(b, "sub", x, bound), scaled(b, x, 0));
    return op(b, "where", op(b, "lt", x, op(b, "neg", bound)), op(b, "add", x, bound), above);
  },
);

/** x, or 0 where |x| ≤ `lambd` (0.5). */
export const hardshrink = /* @__PURE__ */ define(
  "hardshrink",
  { lambd: 0.5 },
  (b, x, lambd: number) => {
    const inside = op(b, "le", op(b, "abs", x), fillLike(b, x, lambd));
    return op(b, "where", inside, fillLike(b, x, 0), x);
  },
);

/** x above `threshold`, else `value`. */
export const threshold = /* @__PURE__ */ define(
  "threshold",
  {},
  (b, x, threshold: number, value: number) =>
    op(b, "where", op(b, "le", x, fillLike(b, x, threshold)), fillLike(b, x, value), x),
  { needed: ["threshold", "value"] },
);

/** x, or weight · x below 0; weight has one element, or one for each channel (axis 1). */
export const prelu = /* @__PURE__ */ define(
  "prelu",
  {},
  (b, x, weight: Node) => {
    const { shape } = x.type;
    const channels = weight.type.size;
    const line = shape.map((_, axis) => (axis === 1 ? channels : 1));
    if (channels !== 1 && shape[1] !== channels) {
      throw argumentError(
        `prelu: weight is ${showShape(weight.type.shape)}, x is ${showShape(shape)}.`,
      );
    }
    const full = expandTo(b, reshape(b, weight, channels === 1 ? [] : line), shape);
    return op(b, "where", op(b, "lt", fillLike(b, x, 0), x), x, op(b, "mul", full, x));
  },
  { tensors: ["weight"] },
);

/** x · Φ(x), exact, or with `approximate: "tanh"` as GPT-2 computes it. */
export const gelu = /* @__PURE__ */ define(
  "gelu",
  { approximate: "none" as "none" | "tanh" },
  (b, x, approximate: "none" | "tanh") => {
    needOneOf("gelu: approximate", approximate, ["none", "tanh"]);
    const half = scaled(b, x, 0.5);
    if (approximate === "none") {
      return op(b, "mul", half, op(b, "erfc", scaled(b, x, -Math.SQRT1_2)));
    }
    const cube = op(b, "mul", square(b, x), x);
    const inner = op(b, "add", x, scaled(b, cube, 0.044715));
    const bend = op(b, "tanh", scaled(b, inner, Math.sqrt(2 / Math.PI)));
    return op(b, "mul", half, plus(b, bend, 1));
  },
);

/** The arguments of `gelu`. */
export type GeluArguments = ArgumentsOf<typeof gelu>;

/** The first half along `dim` (−1), gated by the sigmoid of the second. */
export const glu = /* @__PURE__ */ define("glu", { dim: -1 }, (b, x, dim: number) => {
  const axis = normalizeAxis("glu", dim, x.type.shape.length);
  const extent = x.type.shape[axis] ?? 1;
  if (extent % 2 !== 0) {
    throw argumentError(
      `glu: axis ${dim} of ${showShape(x.type.shape)} has ${extent}; need an even size.`,
    );
  }
  const half = extent / 2;
  const gate = sliceAxis(b, toFloat(b, x), axis, half, half);
  return mul(b, sliceAxis(b, toFloat(b, x), axis, 0, half), op(b, "sigmoid", gate));
});

/** Of one axis; x is converted to `dtype` first. */
function along(name: string, graph: (b: NodeBuilder, x: Node, dim: number) => Node) {
  return define(
    name,
    { dtype: null as DType | null },
    (b, x, dim: number, dtype: DType | null) => {
      if (dim === undefined) throw argumentError(`${name}: name the axis: ${name}(x, -1).`);
      return graph(b, dtype === null ? x : castTo(b, x, dtype), dim);
    },
    { needed: ["dim"] },
  );
}

/** Exponentials along `dim`, divided by their sum. */
export const softmax = /* @__PURE__ */ along("softmax", reduction.softmax);

/** The logarithm of softmax along `dim`. */
export const logSoftmax = /* @__PURE__ */ along("logSoftmax", reduction.logSoftmax);

/** Softmax of −x along `dim`. */
export const softmin = /* @__PURE__ */ along("softmin", (b, x, dim) =>
  reduction.softmax(b, neg.graph(b, x), dim),
);

/** The arguments of a function along one axis. */
export type SoftmaxArguments = ArgumentsOf<typeof softmax>;
