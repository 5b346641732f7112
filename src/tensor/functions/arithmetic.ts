/** Arithmetic, comparison and rounding, with broadcasting and PyTorch's promotion. */
import * as c from "../../ir/compose/arithmetic.ts";
import { castTo } from "../../ir/words.ts";
import type { None } from "../../runtime/function.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import type { AlphaOptions, BinaryFunction, CastAttrs } from "./define.ts";
import {
  alphaOf,
  binary,
  constantAttrs,
  isWhole,
  scaledBinary,
  unary,
  withNumber,
} from "./define.ts";

/** x + alpha · y. Default alpha: 1. */
export const add = /* @__PURE__ */ scaledBinary("add", c.add);
/** x − alpha · y. Default alpha: 1. */
export const sub = /* @__PURE__ */ scaledBinary("sub", c.sub);
/** x · y. */
export const mul = /* @__PURE__ */ binary("mul", c.mul);
/** x / y, always with a fraction. */
export const div = /* @__PURE__ */ binary("div", c.div);
/** The same as `div`. */
export const trueDivide: BinaryFunction = div;
/** The larger of two; NaN wins. */
export const maximum = /* @__PURE__ */ binary("maximum", c.maximum);
/** The smaller of two; NaN wins. */
export const minimum = /* @__PURE__ */ binary("minimum", c.minimum);
/** The angle of (y, x). */
export const atan2 = /* @__PURE__ */ binary("atan2", c.atan2);
/** Whether x = y. */
export const eq = /* @__PURE__ */ binary("eq", c.eq);
/** Whether x ≠ y. */
export const ne = /* @__PURE__ */ binary("ne", c.ne);
/** Whether x < y. */
export const lt = /* @__PURE__ */ binary("lt", c.lt);
/** Whether x ≤ y. */
export const le = /* @__PURE__ */ binary("le", c.le);
/** Whether x > y. */
export const gt = /* @__PURE__ */ binary("gt", c.gt);
/** Whether x ≥ y. */
export const ge = /* @__PURE__ */ binary("ge", c.ge);
/** Both are true (not 0). */
export const logicalAnd = /* @__PURE__ */ binary("logicalAnd", c.logicalAnd);
/** Either is true. */
export const logicalOr = /* @__PURE__ */ binary("logicalOr", c.logicalOr);
/** One alone is true. */
export const logicalXor = /* @__PURE__ */ binary("logicalXor", c.logicalXor);
/** Bits set in both; int32 or bool. */
export const bitwiseAnd = /* @__PURE__ */ binary("bitwiseAnd", c.bitwiseAnd);
/** Bits set in either; int32 or bool. */
export const bitwiseOr = /* @__PURE__ */ binary("bitwiseOr", c.bitwiseOr);
/** Bits set in one alone; int32 or bool. */
export const bitwiseXor = /* @__PURE__ */ binary("bitwiseXor", c.bitwiseXor);

/** −x. */
export const neg = /* @__PURE__ */ unary("neg", c.neg);
/** |x|. */
export const abs = /* @__PURE__ */ unary("abs", c.abs);
/** −1, 0 or 1. */
export const sign = /* @__PURE__ */ unary("sign", c.sign);
/** The largest integer up to x. */
export const floor = /* @__PURE__ */ unary("floor", c.floor);
/** The smallest integer from x on. */
export const ceil = /* @__PURE__ */ unary("ceil", c.ceil);
/** x without its fraction. */
export const trunc = /* @__PURE__ */ unary("trunc", c.trunc);
/** √x. */
export const sqrt = /* @__PURE__ */ unary("sqrt", c.sqrt);
/** 1 / √x. */
export const rsqrt = /* @__PURE__ */ unary("rsqrt", c.rsqrt);
/** x². */
export const square = /* @__PURE__ */ unary("square", c.square);
/** 1 / x. */
export const reciprocal = /* @__PURE__ */ unary("reciprocal", c.reciprocal);
/** eˣ. */
export const exp = /* @__PURE__ */ unary("exp", c.exp);
/** 2ˣ. */
export const exp2 = /* @__PURE__ */ unary("exp2", c.exp2);
/** eˣ − 1. */
export const expm1 = /* @__PURE__ */ unary("expm1", c.expm1);
/** The natural logarithm. */
export const log = /* @__PURE__ */ unary("log", c.log);
/** The logarithm to base 2. */
export const log2 = /* @__PURE__ */ unary("log2", c.log2);
/** The logarithm to base 10. */
export const log10 = /* @__PURE__ */ unary("log10", c.log10);
/** log(1 + x). */
export const log1p = /* @__PURE__ */ unary("log1p", c.log1p);
/** The sine. */
export const sin = /* @__PURE__ */ unary("sin", c.sin);
/** The cosine. */
export const cos = /* @__PURE__ */ unary("cos", c.cos);
/** The tangent. */
export const tan = /* @__PURE__ */ unary("tan", c.tan);
/** The inverse sine. */
export const asin = /* @__PURE__ */ unary("asin", c.asin);
/** The inverse cosine. */
export const acos = /* @__PURE__ */ unary("acos", c.acos);
/** The inverse tangent. */
export const atan = /* @__PURE__ */ unary("atan", c.atan);
/** The hyperbolic sine. */
export const sinh = /* @__PURE__ */ unary("sinh", c.sinh);
/** The hyperbolic cosine. */
export const cosh = /* @__PURE__ */ unary("cosh", c.cosh);
/** The inverse hyperbolic sine. */
export const asinh = /* @__PURE__ */ unary("asinh", c.asinh);
/** The inverse hyperbolic cosine. */
export const acosh = /* @__PURE__ */ unary("acosh", c.acosh);
/** The inverse hyperbolic tangent. */
export const atanh = /* @__PURE__ */ unary("atanh", c.atanh);
/** The error function. */
export const erf = /* @__PURE__ */ unary("erf", c.erf);
/** 1 − erf(x). */
export const erfc = /* @__PURE__ */ unary("erfc", c.erfc);
/** log |Γ(x)|. */
export const lgamma = /* @__PURE__ */ unary("lgamma", c.lgamma);
/** The slope of `lgamma`. */
export const digamma = /* @__PURE__ */ unary("digamma", c.digamma);
/** It is not true (0). */
export const logicalNot = /* @__PURE__ */ unary("logicalNot", c.logicalNot);
/** The bits turned over; int32 or bool. */
export const bitwiseNot = /* @__PURE__ */ unary("bitwiseNot", c.bitwiseNot);
/** x − trunc(x), with the sign of x. */
export const frac = /* @__PURE__ */ unary("frac", c.frac);
/** Degrees to radians. */
export const deg2rad = /* @__PURE__ */ unary("deg2rad", c.deg2rad);
/** Radians to degrees. */
export const rad2deg = /* @__PURE__ */ unary("rad2deg", c.rad2deg);
/** sin(πx) / (πx), 1 at 0. */
export const sinc = /* @__PURE__ */ unary("sinc", c.sinc);

/** y − alpha · x. Default alpha: 1. */
export function rsub<V extends Value>(x: V, y: V | number, options?: AlphaOptions): V {
  const alpha = alphaOf("rsub", options);
  const taken = alpha === 1 ? x : mul(x, alpha);
  return typeof y === "number" ? sub(y, taken) : sub(y, taken);
}

/** x · 2^y. */
export const ldexp = /* @__PURE__ */ binary("ldexp", c.ldexp);

/** The value, cut off from what it came from. */
export const detach = /* @__PURE__ */ new Fn<None>("detach", (b, [x]) => [c.stopGradient(b, x!)]);
/** The conversion to another dtype. */
export const cast = /* @__PURE__ */ new Fn<CastAttrs>("to", (b, [x], { dtype }) => [
  castTo(b, x!, dtype),
]);

interface PowAttrs {
  readonly exponent: number;
}

/** Exponents that become products and roots; all others are numbers of one program. */
const POWERS: ReadonlyMap<number, PowAttrs> = /* @__PURE__ */ new Map(
  [-2, -1, -0.5, 0, 0.5, 1, 2, 3].map((exponent) => [exponent, { exponent }]),
);
const powFn = /* @__PURE__ */ new Fn<PowAttrs>("pow", (b, [x], { exponent }) => [
  c.powConstant(b, x!, exponent),
]);
const powGeneral = /* @__PURE__ */ binary("pow", c.pow);

/** x to the power y. */
export function pow<V extends Value>(x: V, y: V | number): V;
/** A number to the power y. */
export function pow<V extends Value>(x: number, y: V): V;
/** x to the power y, one of which may be a number. */
export function pow<V extends Value>(x: V | number, y: V | number): V {
  if (typeof x === "number") return powGeneral(x, y as V);
  const attrs = typeof y === "number" ? POWERS.get(y) : undefined;
  return attrs === undefined ? powGeneral(x, y) : call1(powFn, [x], [], attrs);
}

const doubled = /* @__PURE__ */ binary("floatPower", (b, x, y, options) =>
  c.pow(b, castTo(b, x, "float64"), castTo(b, y, "float64"), options),
);

/** x to the power y, computed in float64, which the result has too. */
export function floatPower<V extends Value>(x: V, y: V | number): V;
/** A number to the power y, computed in float64. */
export function floatPower<V extends Value>(x: number, y: V): V;
/** x to the power y, computed in float64. */
export function floatPower<V extends Value>(x: V | number, y: V | number): V {
  return typeof x === "number" ? doubled(x, y as V) : doubled(x, y);
}

const whereFn = /* @__PURE__ */ new Fn<c.BinaryOptions>(
  "where",
  (b, [condition, x, y], options) => [
    options.weak?.operand === 0
      ? c.where(b, condition!, y!, x!, options)
      : c.where(b, condition!, x!, y!, options),
  ],
);

/** x where the condition (bool) holds, else y; all broadcast; one of x and y may be a number. */
export function where<V extends Value>(condition: V, x: V | number, y: V | number): V {
  if (typeof x !== "number" && typeof y !== "number") {
    if (x.number === null && y.number === null) {
      return call1(whereFn, [condition, x, y], [], NONE);
    }
    const { inputs, attrs } = withNumber(x, y);
    return call1(whereFn, [condition, ...inputs], [], attrs);
  }
  const kind = (value: number, like: V): "integer" | "float" =>
    isWhole("where", like, value) ? "integer" : "float";
  if (typeof x !== "number") {
    const attrs = constantAttrs({ weak: { operand: 1, kind: kind(y as number, x) } } as const);
    return call1(whereFn, [condition, x], [y as number], attrs);
  }
  if (typeof y !== "number") {
    const attrs = constantAttrs({ weak: { operand: 0, kind: kind(x, y) } } as const);
    return call1(whereFn, [condition, y], [x], attrs);
  }
  return where(condition, add(mul(call1(cast, [condition], [], FLOAT), 0), x), y);
}

const FLOAT: CastAttrs = { dtype: "float32" };
