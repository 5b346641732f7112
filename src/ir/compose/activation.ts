/**
 * Activation functions. Where a branch is not taken its operand is replaced first, so that no NaN
 * flows back.
 */
import { needOneOf } from "../../core/choice.ts";
import { argumentError } from "../../core/errors.ts";
import { normalizeAxis, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { expandTo, fillLike, op, plus, reshape, scaled, sliceAxis } from "../words.ts";
import type { Unary } from "./arithmetic.ts";
import { div, mul, square, sub, toFloat } from "./arithmetic.ts";

/** 0 up to 0, x above; NaN passes. */
export const relu: Unary = (b, x) => {
  const zero = fillLike(b, x, 0);
  return op(b, "where", op(b, "le", x, zero), zero, x);
};

/** x above 0, slope · x below. */
export function leakyRelu(b: NodeBuilder, x: Node, slope = 0.01): Node {
  const above = op(b, "lt", fillLike(b, x, 0), x);
  return op(b, "where", above, x, scaled(b, x, slope));
}

/** x above 0, weight · x below; a weight of shape [C] belongs to axis 1. */
export function prelu(b: NodeBuilder, x: Node, weight: Node): Node {
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
}

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

/** x above 0, alpha · (e^x − 1) below. */
export function elu(b: NodeBuilder, x: Node, alpha = 1): Node {
  return exponentialBelow(b, x, alpha, 1, 1);
}

/** x above 0, alpha · (e^(x/alpha) − 1) below. */
export function celu(b: NodeBuilder, x: Node, alpha = 1): Node {
  return exponentialBelow(b, x, alpha, 1 / alpha, 1);
}

/** The self-normalising elu. */
export const selu: Unary = (b, x) =>
  exponentialBelow(b, x, 1.6732632423543772, 1, 1.0507009873554805);

/** x · Φ(x); "tanh" approximates Φ as GPT-2 does. */
export function gelu(b: NodeBuilder, x: Node, approximate: "none" | "tanh" = "none"): Node {
  needOneOf("gelu: approximate", approximate, ["none", "tanh"]);
  const half = scaled(b, x, 0.5);
  if (approximate === "none") {
    return op(b, "mul", half, op(b, "erfc", scaled(b, x, -Math.SQRT1_2)));
  }
  const cube = op(b, "mul", square(b, x), x);
  const inner = op(b, "add", x, scaled(b, cube, 0.044715));
  const bend = op(b, "tanh", scaled(b, inner, Math.sqrt(2 / Math.PI)));
  return op(b, "mul", half, plus(b, bend, 1));
}

/** x · sigmoid(x). */
export const silu: Unary = (b, x) => op(b, "mul", x, op(b, "sigmoid", x));

/** x · tanh(softplus(x)). */
export const mish: Unary = (b, x) => op(b, "mul", x, op(b, "tanh", softplus(b, x)));

/** log(1 + e^(beta · x)) / beta; x itself above the threshold. */
export function softplus(b: NodeBuilder, x: Node, beta = 1, threshold = 20): Node {
  const z = scaled(b, x, beta);
  const linear = op(b, "lt", fillLike(b, x, threshold), z);
  const safe = op(b, "where", linear, fillLike(b, x, 0), z);
  const curve = scaled(b, op(b, "log1p", op(b, "exp", safe)), 1 / beta);
  return op(b, "where", linear, x, curve);
}

/** log(sigmoid(x)), without overflow on either side. */
export const logSigmoid: Unary = (b, x) => {
  const zero = fillLike(b, x, 0);
  const below = op(b, "lt", x, zero);
  const small = op(b, "where", below, x, op(b, "neg", x));
  const base = op(b, "where", below, x, zero);
  return op(b, "sub", base, op(b, "log1p", op(b, "exp", small)));
};

/** x held between two bounds, with slope 0 on them. */
export function hardtanh(b: NodeBuilder, x: Node, low = -1, high = 1): Node {
  const [bottom, top] = [fillLike(b, x, low), fillLike(b, x, high)];
  const lower = op(b, "where", op(b, "le", x, bottom), bottom, x);
  return op(b, "where", op(b, "le", top, lower), top, lower); // where bounds cross, the upper wins
}

/** x held between 0 and 6. */
export const relu6: Unary = (b, x) => hardtanh(b, x, 0, 6);

/** x · relu6(x + 3) / 6. */
export const hardswish: Unary = (b, x) => {
  const zero = fillLike(b, x, 0);
  const middle = scaled(b, op(b, "mul", x, plus(b, x, 3)), 1 / 6);
  const upper = op(b, "where", op(b, "le", fillLike(b, x, 3), x), x, middle);
  return op(b, "where", op(b, "le", x, fillLike(b, x, -3)), zero, upper);
};

/** relu6(x + 3) / 6. */
export const hardsigmoid: Unary = (b, x) => scaled(b, relu6(b, plus(b, x, 3)), 1 / 6);

/** x / (1 + |x|). */
export const softsign: Unary = (b, x) => div(b, x, plus(b, op(b, "abs", x), 1));

/** x − tanh(x). */
export const tanhshrink: Unary = (b, x) => sub(b, x, op(b, "tanh", toFloat(b, x)));

/** x moved by `lambda` toward 0, and 0 in between. */
export function softshrink(b: NodeBuilder, x: Node, lambda = 0.5): Node {
  const bound = fillLike(b, x, lambda);
  const above = op(b, "where", op(b, "lt", bound, x), op(b, "sub", x, bound), scaled(b, x, 0));
  return op(b, "where", op(b, "lt", x, op(b, "neg", bound)), op(b, "add", x, bound), above);
}

/** x outside −lambda … lambda, 0 inside. */
export function hardshrink(b: NodeBuilder, x: Node, lambda = 0.5): Node {
  const inside = op(b, "le", op(b, "abs", x), fillLike(b, x, lambda));
  return op(b, "where", inside, fillLike(b, x, 0), x);
}

/** x above the threshold, `value` up to it. */
export function threshold(b: NodeBuilder, x: Node, limit: number, value: number): Node {
  return op(b, "where", op(b, "le", x, fillLike(b, x, limit)), fillLike(b, x, value), x);
}

/** The first half along an axis times the sigmoid of the second. */
export function glu(b: NodeBuilder, x: Node, dim = -1): Node {
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
}
