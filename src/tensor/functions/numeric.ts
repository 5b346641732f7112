/** Rounded division, remainders, clamping, tests for NaN, and other functions of numbers. */
import { needOneOf } from "../../core/choice.ts";
import type { DType } from "../../core/dtype.ts";
import { isFloat, promote } from "../../core/dtype.ts";
import { argumentError } from "../../core/errors.ts";
import type { Options, Settings } from "../../core/options.ts";
import { asGiven, read } from "../../core/options.ts";
import * as a from "../../ir/compose/arithmetic.ts";
import type { BinaryOptions } from "../../ir/compose/arithmetic.ts";
import { align, meetingDType, stopGradient, toFloat } from "../../ir/compose/arithmetic.ts";
import * as c from "../../ir/compose/numeric.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { castTo, constant, fillLike, op, plus, scaled } from "../../ir/words.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { numbersOf } from "../value.ts";
import * as arithmetic from "./arithmetic.ts";
import { binary, constantAttrs, define, isWhole, withGraph } from "./define.ts";
import { all } from "./reduction.ts";

function ignoringNan(
  b: NodeBuilder,
  name: "fmax" | "fmin",
  x: Node,
  y: Node,
  options: BinaryOptions = {},
): Node {
  const dtype = meetingDType(x, y, options);
  const [p, q] = align(b, name, [x, y], dtype) as [Node, Node];
  const first = name === "fmax" ? a.le(b, q, p) : a.le(b, p, q);
  return op(b, "where", op(b, "or", first, c.isnan(b, q)), p, q);
}

/** The larger of two, where a NaN gives way; x takes the slope of ties. */
export const fmax = /* @__PURE__ */ binary("fmax", (b, x, y, options) =>
  ignoringNan(b, "fmax", x, y, options),
);
/** The smaller of two, where a NaN gives way; x takes the slope of ties. */
export const fmin = /* @__PURE__ */ binary("fmin", (b, x, y, options) =>
  ignoringNan(b, "fmin", x, y, options),
);

/** x / y rounded; of int32 an exact int32. */
function divRounded(
  b: NodeBuilder,
  x: Node,
  y: Node,
  mode: "trunc" | "floor",
  options: BinaryOptions = {},
): Node {
  const name = mode === "floor" ? "floorDivide" : "div";
  const dtype = meetingDType(x, y, options);
  if (!isFloat(dtype)) {
    const quotient = op(b, "div", ...align(b, name, [x, y], "float64"));
    return c.checkedInt(b, op(b, mode, quotient));
  }
  const [p, q] = align(b, name, [x, y], dtype);
  return op(b, mode, op(b, "div", p!, q!));
}

/** The quotient rounded down. */
export const floorDivide = /* @__PURE__ */ binary("floorDivide", (b, x, y, options) =>
  divRounded(b, x, y, "floor", options),
);
/** The quotient rounded toward 0. */
export const truncDivide = /* @__PURE__ */ binary("truncDivide", (b, x, y, options) =>
  divRounded(b, x, y, "trunc", options),
);

/** Options of a division. */
export interface RoundingOptions {
  /** Default: null, no rounding. */
  readonly roundingMode?: "floor" | "trunc" | null;
}

const ROUNDING = { roundingMode: null as "floor" | "trunc" | null };

/** x / y; with `roundingMode` "floor" or "trunc" the quotient is rounded. */
export function div<V extends Value>(x: V, y: V | number, options?: RoundingOptions): V;

/** x / y of a number x. */
export function div<V extends Value>(x: number, y: V, options?: RoundingOptions): V;

/** x / y, rounded where that is asked for. */
export function div<V extends Value>(x: V, y: V | number, options?: RoundingOptions): V {
  if (options === undefined) return arithmetic.div(x, y);
  const { roundingMode } = read("div", {}, [options], ROUNDING);
  if (roundingMode === null) return arithmetic.div(x, y);
  needOneOf("div: roundingMode", roundingMode, ["floor", "trunc"]);
  return roundingMode === "floor" ? floorDivide(x, y) : truncDivide(x, y);
}

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
    return c.checkedInt(b, op(b, "sub", p, op(b, "mul", q, op(b, mode, op(b, "div", p, q)))));
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

/** The remainder with the sign of x, as C's `fmod`; in float64 NaN for quotients beyond 2^96. */
export const fmod = /* @__PURE__ */ binary("fmod", (b, x, y, options) =>
  remainderOf(b, "fmod", x, y, "trunc", options),
);
/** The remainder with the sign of y, as Python's `%`; in float64 NaN for quotients beyond 2^96. */
export const remainder = /* @__PURE__ */ binary("remainder", (b, x, y, options) =>
  remainderOf(b, "remainder", x, y, "floor", options),
);
/** The magnitude of x with the sign of y. */
export const copysign = /* @__PURE__ */ binary("copysign", (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  const [p, q] = align(b, "copysign", [x, y], isFloat(dtype) ? dtype : "float32") as [Node, Node];
  const zero = fillLike(b, p, 0);
  const size = op(b, "abs", p);
  // 1/−0 is −∞: that is how the sign of a zero shows
  const probe = op(b, "where", op(b, "eq", q, zero), op(b, "div", fillLike(b, q, 1), q), q);
  return op(b, "where", op(b, "lt", stopGradient(b, probe), zero), op(b, "neg", size), size);
});
/** √(x² + y²) without overflow. */
export const hypot = /* @__PURE__ */ binary("hypot", (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  const operands = align(b, "hypot", [x, y], isFloat(dtype) ? dtype : "float32");
  const [p, q] = operands as [Node, Node];
  const largest = op(b, "maximum", ...operands.map((n) => op(b, "abs", stopGradient(b, n))));
  const zero = op(b, "eq", largest, fillLike(b, p, 0));
  const one = fillLike(b, p, 1);
  const infinite = op(b, "eq", largest, fillLike(b, p, Infinity));
  const scale = op(b, "where", op(b, "or", zero, infinite), one, largest);
  const [s, t] = [p, q].map((n) => a.square(b, op(b, "div", n, scale)));
  const sum = op(b, "add", s!, t!);
  const root = op(b, "sqrt", op(b, "where", zero, one, sum));
  return op(b, "where", zero, fillLike(b, p, 0), op(b, "mul", root, scale));
});
/** log(eˣ + eʸ) without overflow. */
export const logaddexp = /* @__PURE__ */ binary("logaddexp", c.logaddexp);

/** x · log(y), 0 where x is 0. */
export const xlogy = /* @__PURE__ */ binary("xlogy", c.xlogy);
/** 0 below 0 and for NaN, y at 0, 1 above. */
export const heaviside = /* @__PURE__ */ binary("heaviside", (b, x, values, options) => {
  const dtype = meetingDType(x, values, options);
  const [p, v] = align(b, "heaviside", [x, values], dtype) as [Node, Node];
  const zero = fillLike(b, p, 0);
  const step = castTo(b, a.lt(b, zero, p), dtype);
  return op(b, "where", a.eq(b, p, zero), v, step);
});
/** Whether an element is NaN. */
export const isNaN = /* @__PURE__ */ define("isNaN", {}, c.isnan);
/** Whether an element is infinite. */
export const isInf = /* @__PURE__ */ define("isInf", {}, (b, x) => {
  const y = toFloat(b, x);
  return op(b, "eq", op(b, "abs", y), fillLike(b, y, Infinity));
});
/** Whether an element is neither NaN nor infinite. */
export const isFinite = /* @__PURE__ */ define("isFinite", {}, (b, x) => {
  const y = toFloat(b, x);
  return op(b, "lt", op(b, "abs", y), fillLike(b, y, Infinity));
});
/** PyTorch's spelling of `isNaN`. */
export const isnan = isNaN;

/** PyTorch's spelling of `isInf`. */
export const isinf = isInf;

/** PyTorch's spelling of `isFinite`. */
export const isfinite = isFinite;

/** The number that a bound of `clamp` is, where it is one: "integer" or "float". */
type NumberKind = "integer" | "float";

/**
 * x held between bounds, each a scalar, a tensor, or null for none, in the dtype where they meet.
 * Bounds have slope 1 inside; a NaN, in x or among the bounds, stays and has slope 0.
 */
function clampBetween(
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
    const inside = i === 0 ? a.le(b, q, p) : a.le(b, p, q);
    return op(b, "where", inside, p, op(b, "where", c.isnan(b, p), stopGradient(b, p), q));
  }, x);
}

interface ClampAttrs {
  /** The place of each bound among the inputs after x, and its kind where it is a number. */
  readonly places: readonly (number | null)[];
  readonly kinds: readonly (NumberKind | null)[];
}

const clampFn = /* @__PURE__ */ new Fn<ClampAttrs>(
  "clamp",
  (b, [x, ...given], { places, kinds }) => {
    const bounds = places.map((place) => (place === null ? null : given[place]!));
    return [clampBetween(b, x!, bounds, kinds)];
  },
);

type Bound<V> = V | number | null | undefined;

/** The bounds of `clamp`, by position or by name. */
export type ClampArguments<V> = Settings<
  [min: Bound<V>, max: Bound<V>],
  { readonly min?: Bound<V>; readonly max?: Bound<V> }
>;

const BOUNDS = { min: asGiven(null), max: asGiven(null) };

function clampCall<V extends Value>(x: V, ...args: ClampArguments<V>): V {
  const bounds: (V | number | null)[] = Object.values(read("clamp", BOUNDS, args));
  const tensors = bounds.filter((bound): bound is V => bound !== null && typeof bound !== "number");
  const numbers = bounds.filter((bound) => typeof bound === "number");
  let [tensor, number] = [0, tensors.length];
  const places = bounds.map((bound) =>
    bound === null ? null : typeof bound === "number" ? number++ : tensor++,
  );
  const attrs = constantAttrs({ places, kinds: bounds.map((bound) => numberKind(x, bound)) });
  return call1(clampFn, [x, ...tensors], numbers, attrs);
}

/** x held between bounds (numbers or tensors); leave one out, or give null, for none. */
export const clamp = /* @__PURE__ */ withGraph(clampCall, clampBetween);

/** Which number a bound is: one that keeps an int32 tensor whole, or another. */
function numberKind(x: Value, bound: Value | number | null): NumberKind | null {
  if (typeof bound !== "number") return null;
  return isWhole("clamp", x, bound) ? "integer" : "float";
}

/** x, not below min. */
export function clampMin<V extends Value>(x: V, min: V | number): V {
  return clamp(x, min);
}

/** x, not above max. */
export function clampMax<V extends Value>(x: V, max: V | number): V {
  return clamp(x, null, max);
}

function lerpOf(b: NodeBuilder, x: Node, y: Node, weight: Node): Node {
  const share = castTo(b, weight, promote(x.type.dtype, y.type.dtype));
  return a.add(b, x, a.mul(b, share, a.sub(b, y, x)));
}

const lerpFn = /* @__PURE__ */ new Fn("lerp", (b, [x, y, weight]) => [lerpOf(b, x!, y!, weight!)]);

function lerpCall<V extends Value>(x: V, y: V, weight: V | number): V {
  return typeof weight === "number"
    ? call1(lerpFn, [x, y], [weight], NONE)
    : call1(lerpFn, [x, y, weight], [], NONE);
}

/** x + weight · (y − x); the weight is a number or a tensor. */
export const lerp = /* @__PURE__ */ withGraph(lerpCall, lerpOf);

/** x + value · (p with q). */
function fused(name: string, product: a.Binary) {
  const graph = (b: NodeBuilder, x: Node, p: Node, q: Node, value: Node): Node =>
    a.add(b, x, a.mul(b, product(b, p, q), castTo(b, value, x.type.dtype)));
  const fn = new Fn(name, (b, [x, p, q, value]) => [graph(b, x!, p!, q!, value!)]);
  const run = <V extends Value>(x: V, p: V, q: V, options?: { readonly value?: number }): V =>
    call1(fn, [x, p, q], [read(name, {}, [options], VALUE).value], NONE);
  return withGraph(run, graph);
}

const VALUE = { value: 1 };

/** x + value · a · d. Default value: 1. */
export const addcmul = /* @__PURE__ */ fused("addcmul", a.mul);
/** x + value · a / d. Default value: 1. */
export const addcdiv = /* @__PURE__ */ fused("addcdiv", a.div);

/** x with NaN (default 0) and infinities (default ±the largest number) replaced. */
export const nanToNum = /* @__PURE__ */ define(
  "nanToNum",
  { nan: 0, posinf: null as number | null, neginf: null as number | null },
  (b, x, nan: number, posinf: number | null, neginf: number | null) => {
    if (!isFloat(x.type.dtype)) return x;
    const top = x.type.dtype === "float32" ? 3.4028234663852886e38 : Number.MAX_VALUE;
    const is = (value: number): Node => op(b, "eq", x, fillLike(b, x, value));
    let y = op(b, "where", c.isnan(b, x), fillLike(b, x, nan), x);
    y = op(b, "where", is(Infinity), fillLike(b, x, posinf ?? top), y);
    return op(b, "where", is(-Infinity), fillLike(b, x, neginf ?? -top), y);
  },
);

/** log(p / (1 − p)); with `eps`, p is first held between eps and 1 − eps. */
export const logit = /* @__PURE__ */ define(
  "logit",
  { eps: null as number | null },
  (b, x, eps: number | null) => {
    let p = toFloat(b, x);
    if (eps !== null) {
      const bound = (value: number): Node => constant(b, p.type.dtype, value);
      p = clampBetween(b, p, [bound(eps), bound(1 - eps)]);
    }
    return a.log(b, op(b, "div", p, op(b, "sub", fillLike(b, p, 1), p)));
  },
);

const CLOSE = {
  /** Default: 1e-5. */
  rtol: 1e-5,
  /** Default: 1e-8. */
  atol: 1e-8,
  /** Whether NaN equals NaN. Default: false. */
  equalNan: false,
};

/** Tolerances of `isClose` and `allclose`. */
export type CloseOptions = Options<typeof CLOSE>;

/** Whether |x − y| ≤ atol + rtol · |y|, element by element; infinities must be equal. */
export const isClose = /* @__PURE__ */ define(
  "isClose",
  {},
  (b, x, y: Node, { rtol, atol, equalNan }: typeof CLOSE) => {
    const dtype = promote(promote(x.type.dtype, y.type.dtype), "float32");
    const [p, q] = align(b, "isclose", [x, y], dtype) as [Node, Node];
    const bound = plus(b, scaled(b, op(b, "abs", q), rtol), atol);
    const near = op(b, "le", op(b, "abs", op(b, "sub", p, q)), bound);
    const close = op(b, "or", op(b, "eq", p, q), op(b, "and", near, isFinite.graph(b, q)));
    return equalNan ? op(b, "or", close, op(b, "and", c.isnan(b, p), c.isnan(b, q))) : close;
  },
  { tensors: ["y"], named: CLOSE },
);

/** PyTorch's spelling of `isClose`. */
export const isclose = isClose;

/** Whether all elements are close: |x − y| ≤ atol + rtol · |y|. Reads the values; asynchronous. */
export async function allclose<V extends Value>(
  x: V,
  y: V,
  options: CloseOptions = {},
): Promise<boolean> {
  return (await numbersOf(all(isClose(x, y, options))))[0] !== 0;
}

function tenTo(exponent: number): number {
  return Number(`1e${exponent}`); // parsed, so that it is exactly rounded
}

/** The nearest integers (ties to even), or the nearest multiples of 10^−decimals. */
export const round = /* @__PURE__ */ define("round", { decimals: 0 }, (b, x, decimals: number) => {
  const whole = (y: Node): Node => (isFloat(y.type.dtype) ? op(b, "round", y) : y);
  if (decimals === 0) return whole(x);
  // as PyTorch: the power of ten is a whole number, multiplied or divided by
  const [power, back] = decimals > 0 ? [a.mul, a.div] : [a.div, a.mul];
  const scale = constant(b, x.type.dtype, tenTo(Math.abs(decimals)));
  return back(b, whole(power(b, x, scale)), scale);
});
