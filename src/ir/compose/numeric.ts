/** Functions of one or two operands that take care at edges: quotients, bounds, infinities, NaN. */
import type { DType } from "../../core/dtype.ts";
import { isFloat, promote } from "../../core/dtype.ts";
import { argumentError } from "../../core/errors.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, constant, expandTo, fillLike, op, plus, reshape, scaled } from "../words.ts";
import type { Binary, BinaryOptions, Unary } from "./arithmetic.ts";
import {
  add,
  align,
  div,
  eq,
  le,
  log,
  lt,
  meetingDType,
  mul,
  square,
  stopGradient,
  sub,
  toFloat,
} from "./arithmetic.ts";

/** How a quotient is rounded. */
export type RoundingMode = "trunc" | "floor" | null;

/** Whole float64 as int32; what is none, as by a division by 0, fails as a sum that overflows. */
export function checkedInt(b: NodeBuilder, x: Node): Node {
  const held = castTo(b, x, "int32");
  const bad = castTo(b, op(b, "ne", castTo(b, held, "float64"), x), "int32");
  const count = b.apply("sum", [reshape(b, bad, [x.type.size])], { axes: [0] });
  const most = castTo(b, castTo(b, count, "bool"), "int32");
  const pair = expandTo(b, scaled(b, most, 2147483647), [2]);
  const none = b.apply("sum", [pair], { axes: [0] }); // 0, or an overflow
  return op(b, "add", held, expandTo(b, none, x.type.shape));
}

/** x / y rounded; of int32 an exact int32. */
export function divRounded(
  b: NodeBuilder,
  x: Node,
  y: Node,
  mode: RoundingMode,
  options: BinaryOptions = {},
): Node {
  if (mode === null) return div(b, x, y, options);
  const name = mode === "floor" ? "floorDivide" : "div";
  const dtype = meetingDType(x, y, options);
  if (!isFloat(dtype)) {
    const quotient = op(b, "div", ...align(b, name, [x, y], "float64"));
    return checkedInt(b, op(b, mode, quotient));
  }
  const [p, q] = align(b, name, [x, y], dtype);
  return op(b, mode, op(b, "div", p!, q!));
}

/** The quotient rounded down. */
export const floorDivide: Binary = (b, x, y, options) => divRounded(b, x, y, "floor", options);

/** The remainder with the sign of x, as C's `fmod`. */
export const fmod: Binary = (b, x, y, options) => remainderOf(b, "fmod", x, y, "trunc", options);

/** The remainder with the sign of y, as Python's `%`. */
export const remainder: Binary = (b, x, y, options) =>
  remainderOf(b, "remainder", x, y, "floor", options);

/**
 * The remainder, exact in float32, and in float64 for quotients up to 2^96 and divisors up to
 * 2^996, else NaN: each step subtracts a multiple of y · 2^k whose products need no rounding.
 */
function remainderOf(
  b: NodeBuilder,
  name: string,
  x: Node,
  y: Node,
  mode: "trunc" | "floor",
  options: BinaryOptions = {},
): Node {
  const dtype = meetingDType(x, y, options);
  const [p, q] = align(b, name, [x, y], "float64") as [Node, Node];
  if (!isFloat(dtype)) {
    return checkedInt(b, op(b, "sub", p, op(b, "mul", q, op(b, mode, op(b, "div", p, q)))));
  }
  const negative = (z: Node): Node => op(b, "lt", z, fillLike(b, z, 0));
  const turned = (z: Node, by: Node): Node => op(b, "where", negative(by), op(b, "neg", z), z);
  const size = reduced(b, turned(p, p), turned(q, q), dtype);
  let rest = turned(size, p);
  if (mode === "floor") {
    const other = op(b, "xor", negative(rest), negative(q));
    const some = op(b, "ne", rest, fillLike(b, rest, 0));
    rest = op(b, "where", op(b, "and", some, other), op(b, "add", rest, q), rest);
  }
  return castTo(b, rest, dtype);
}

/** x reduced by y, both at least 0, in float64. */
function reduced(b: NodeBuilder, x: Node, y: Node, dtype: DType): Node {
  const [steps, factor, cut] =
    dtype === "float32" ? [7, 1099511627776, 2199023255553] : [4, 16777216, 134217729];
  // y is cut in two, so that the product of each half with a quotient is exact
  const long = scaled(b, y, cut);
  const high = op(b, "sub", long, op(b, "sub", long, y));
  const parts = [high, op(b, "sub", y, high)];
  let scale = 1;
  for (let k = 1; k < steps; k++) scale *= factor;
  const most = op(b, "div", x, scaled(b, y, scale));
  let rest = x;
  for (; scale >= 1; scale /= factor) {
    const step = scaled(b, y, scale);
    const count = scaled(b, op(b, "round", op(b, "div", rest, step)), scale);
    const left = parts.reduce((z, part) => op(b, "sub", z, op(b, "mul", count, part)), rest);
    const below = op(b, "lt", left, fillLike(b, left, 0));
    const kept = op(b, "where", below, op(b, "add", left, step), left);
    rest = op(b, "where", op(b, "lt", rest, step), rest, kept);
  }
  const far = op(b, "lt", fillLike(b, most, factor), most);
  return op(b, "where", far, fillLike(b, rest, NaN), rest);
}

/** The magnitude of x with the sign of y; a negative zero counts as negative. */
export const copysign: Binary = (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  const [p, q] = align(b, "copysign", [x, y], isFloat(dtype) ? dtype : "float32") as [Node, Node];
  const zero = fillLike(b, p, 0);
  const size = op(b, "abs", p);
  // 1/−0 is −∞: that is how the sign of a zero shows
  const probe = op(b, "where", op(b, "eq", q, zero), op(b, "div", fillLike(b, q, 1), q), q);
  return op(b, "where", op(b, "lt", stopGradient(b, probe), zero), op(b, "neg", size), size);
};

/** √(x² + y²) without overflow; its slope at the origin is 0. */
export const hypot: Binary = (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  const operands = align(b, "hypot", [x, y], isFloat(dtype) ? dtype : "float32");
  const [p, q] = operands as [Node, Node];
  const largest = op(b, "maximum", ...operands.map((n) => op(b, "abs", stopGradient(b, n))));
  const zero = op(b, "eq", largest, fillLike(b, p, 0));
  const one = fillLike(b, p, 1);
  const infinite = op(b, "eq", largest, fillLike(b, p, Infinity));
  const scale = op(b, "where", op(b, "or", zero, infinite), one, largest);
  const [s, t] = [p, q].map((n) => square(b, op(b, "div", n, scale)));
  const sum = op(b, "add", s!, t!);
  const root = op(b, "sqrt", op(b, "where", zero, one, sum));
  return op(b, "where", zero, fillLike(b, p, 0), op(b, "mul", root, scale));
};

/** log(e^x + e^y) without overflow. */
export const logaddexp: Binary = (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  const float = isFloat(dtype) ? dtype : "float32";
  const [p, q] = align(b, "logaddexp", [x, y], float) as [Node, Node];
  const top = stopGradient(b, op(b, "maximum", p, q));
  const finite = op(b, "lt", op(b, "abs", top), fillLike(b, top, Infinity));
  // two −∞ or a +∞ would give ∞ − ∞: shift by 0 there
  const shift = op(b, "where", finite, top, fillLike(b, top, 0));
  const terms = [p, q].map((n) => op(b, "exp", op(b, "sub", n, shift)));
  return op(b, "add", shift, logOfSum(b, op(b, "add", terms[0]!, terms[1]!)));
};

/** The logarithm of a sum of powers of e: −∞ at 0, without a slope there. */
export function logOfSum(b: NodeBuilder, sum: Node): Node {
  const empty = op(b, "eq", sum, fillLike(b, sum, 0));
  const safe = op(b, "where", empty, fillLike(b, sum, 1), sum);
  return op(b, "where", empty, fillLike(b, sum, -Infinity), op(b, "log", safe));
}

/**
 * x · log(y), 0 where x is 0 (NaN where y is NaN); there the slope in x is log(y) if y > 0, else 0.
 */
export const xlogy: Binary = (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  const [p, q] = align(b, "xlogy", [x, y], isFloat(dtype) ? dtype : "float32") as [Node, Node];
  const none = op(b, "eq", p, fillLike(b, p, 0));
  const unusable = op(b, "le", q, fillLike(b, q, 0));
  const infinite = op(b, "eq", q, fillLike(b, q, Infinity));
  const skipped = op(b, "and", none, op(b, "or", unusable, infinite));
  return op(b, "mul", p, op(b, "log", op(b, "where", skipped, fillLike(b, q, 1), q)));
};

/** x + weight · (y − x). */
export function lerp(b: NodeBuilder, x: Node, y: Node, weight: Node): Node {
  const dtype = promote(x.type.dtype, y.type.dtype);
  return add(b, x, mul(b, castTo(b, weight, dtype), sub(b, y, x)));
}

/** x + value · a · c. */
export function addcmul(b: NodeBuilder, x: Node, a: Node, c: Node, value: Node): Node {
  return add(b, x, mul(b, mul(b, a, c), castTo(b, value, x.type.dtype)));
}

/** x + value · a / c. */
export function addcdiv(b: NodeBuilder, x: Node, a: Node, c: Node, value: Node): Node {
  return add(b, x, mul(b, div(b, a, c), castTo(b, value, x.type.dtype)));
}

/** The number that a bound of `clamp` is, where it is one: "integer" or "float". */
export type NumberKind = "integer" | "float";

/**
 * x held between bounds, each a scalar, a tensor, or null for none, in the dtype where they meet.
 * Bounds have slope 1 inside; a NaN, in x or among the bounds, stays and has slope 0.
 */
export function clamp(
  b: NodeBuilder,
  x: Node,
  bounds: readonly (Node | null)[],
  kinds: readonly (NumberKind | null)[] = ["float", "float"],
): Node {
  if (bounds.every((bound) => bound === null)) {
    throw argumentError("clamp: need min, max or both.");
  }
  return bounds.reduce((y: Node, bound, i) => {
    if (bound === null) return y;
    const kind = kinds[i] ?? null;
    const dtype = meetingDType(y, bound, kind ? { weak: { operand: 1, kind } } : {});
    const [p, q] = align(b, "clamp", [y, bound], dtype) as [Node, Node];
    const inside = i === 0 ? le(b, q, p) : le(b, p, q);
    return op(b, "where", inside, p, op(b, "where", isnan(b, p), stopGradient(b, p), q));
  }, x);
}

/** Whether an element is NaN. */
export const isnan: Unary = (b, x) => op(b, "ne", x, x);
/** Whether an element is infinite. */
export const isinf: Unary = (b, x) => {
  const y = toFloat(b, x);
  return op(b, "eq", op(b, "abs", y), fillLike(b, y, Infinity));
};
/** Whether an element is neither NaN nor infinite. */
export const isfinite: Unary = (b, x) => {
  const y = toFloat(b, x);
  return op(b, "lt", op(b, "abs", y), fillLike(b, y, Infinity));
};

/** Replacements for elements that are not finite; missing ones are the largest of the dtype. */
export interface NanToNumOptions {
  readonly nan?: number;
  readonly posinf?: number;
  readonly neginf?: number;
}

/** The largest finite number of a float dtype. */
export function largestOf(dtype: DType): number {
  return dtype === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
}

/** x with NaN and infinities replaced. */
export function nanToNum(b: NodeBuilder, x: Node, options: NanToNumOptions = {}): Node {
  if (!isFloat(x.type.dtype)) return x;
  const top = largestOf(x.type.dtype);
  const { nan = 0, posinf = top, neginf = -top } = options;
  const is = (value: number): Node => op(b, "eq", x, fillLike(b, x, value));
  let y = op(b, "where", isnan(b, x), fillLike(b, x, nan), x);
  y = op(b, "where", is(Infinity), fillLike(b, x, posinf), y);
  return op(b, "where", is(-Infinity), fillLike(b, x, neginf), y);
}

/** 0 below 0 and for NaN, `values` at 0, 1 above. */
export const heaviside: Binary = (b, x, values, options) => {
  const dtype = meetingDType(x, values, options);
  const [p, v] = align(b, "heaviside", [x, values], dtype) as [Node, Node];
  const zero = fillLike(b, p, 0);
  const step = castTo(b, lt(b, zero, p), dtype);
  return op(b, "where", eq(b, p, zero), v, step);
};

/** The larger of two, where a NaN gives way; x takes the slope of ties. */
export const fmax: Binary = (b, x, y, options) => ignoringNan(b, "fmax", x, y, options);
/** The smaller of two, where a NaN gives way; x takes the slope of ties. */
export const fmin: Binary = (b, x, y, options) => ignoringNan(b, "fmin", x, y, options);

function ignoringNan(
  b: NodeBuilder,
  name: "fmax" | "fmin",
  x: Node,
  y: Node,
  options: BinaryOptions = {},
): Node {
  const dtype = meetingDType(x, y, options);
  const [p, q] = align(b, name, [x, y], dtype) as [Node, Node];
  const first = name === "fmax" ? le(b, q, p) : le(b, p, q);
  return op(b, "where", op(b, "or", first, isnan(b, q)), p, q);
}

/** log(p / (1 − p)); with `eps`, p is first held between eps and 1 − eps. */
export function logit(b: NodeBuilder, x: Node, eps?: number): Node {
  let p = toFloat(b, x);
  if (eps !== undefined) {
    const bound = (value: number): Node => constant(b, p.type.dtype, value);
    p = clamp(b, p, [bound(eps), bound(1 - eps)]);
  }
  return log(b, op(b, "div", p, op(b, "sub", fillLike(b, p, 1), p)));
}

/** Whether |x − y| ≤ atol + rtol · |y|; infinities must be equal. */
export function isclose(
  b: NodeBuilder,
  x: Node,
  y: Node,
  { rtol = 1e-5, atol = 1e-8, equalNan = false } = {},
): Node {
  const dtype = promote(promote(x.type.dtype, y.type.dtype), "float32");
  const [p, q] = align(b, "isclose", [x, y], dtype) as [Node, Node];
  const bound = plus(b, scaled(b, op(b, "abs", q), rtol), atol);
  const near = op(b, "le", op(b, "abs", op(b, "sub", p, q)), bound);
  const close = op(b, "or", op(b, "eq", p, q), op(b, "and", near, isfinite(b, q)));
  return equalNan ? op(b, "or", close, op(b, "and", isnan(b, p), isnan(b, q))) : close;
}
