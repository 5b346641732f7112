/** Arithmetic, comparison and rounding, with broadcasting and PyTorch's promotion. */
import { isFloat } from "../../core/dtype.ts";
import { dtypeError } from "../../core/errors.ts";
import * as c from "../../ir/compose/arithmetic.ts";
import type { Binary } from "../../ir/compose/arithmetic.ts";
import {
  align,
  broadcast,
  comparing,
  meetingDType,
  toFloat,
  toNumber,
} from "../../ir/compose/arithmetic.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import type { PlainName } from "../../ir/words.ts";
import { castTo, constant, fillLike, op, plus, scaled } from "../../ir/words.ts";
import type { None } from "../../runtime/function.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import type { AlphaOptions, BinaryFunction, CastAttrs } from "./define.ts";
import { alphaOf, binary, constantAttrs, define, isWhole, scaledBinary } from "./define.ts";

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

/** Of two floats: int32 and bool become float32 first. */
function ofFloats(name: PlainName) {
  return binary(name, (b, x, y, options) => {
    const dtype = meetingDType(x, y, options);
    return op(b, name, ...align(b, name, [x, y], isFloat(dtype) ? dtype : "float32"));
  });
}

/** Of two bools another operation than of numbers. */
function orOfBools(name: PlainName, ofBools: PlainName) {
  return binary(name, (b, x, y, options) =>
    x.type.dtype === "bool" && y.type.dtype === "bool"
      ? broadcast(b, ofBools, x, y)
      : broadcast(b, name, x, y, options),
  );
}

/** The larger of two; NaN wins. */
export const maximum = /* @__PURE__ */ orOfBools("maximum", "or");
/** The smaller of two; NaN wins. */
export const minimum = /* @__PURE__ */ orOfBools("minimum", "and");
/** The angle of (y, x). */
export const atan2 = /* @__PURE__ */ ofFloats("atan2");
/** Whether x = y. */
export const eq = /* @__PURE__ */ binary("eq", c.eq);
/** Whether x < y. */
export const lt = /* @__PURE__ */ binary("lt", c.lt);
/** Whether x ≤ y. */
export const le = /* @__PURE__ */ binary("le", c.le);
/** Whether x ≠ y. */
export const ne = /* @__PURE__ */ binary("ne", /* @__PURE__ */ comparing("ne", false));
/** Whether x > y. */
export const gt = /* @__PURE__ */ binary("gt", /* @__PURE__ */ comparing("lt", true));
/** Whether x ≥ y. */
export const ge = /* @__PURE__ */ binary("ge", /* @__PURE__ */ comparing("le", true));

/** Of truth values: an element is true where it is not 0. */
function logical(name: string, primitive: "and" | "or" | "xor") {
  return binary(name, (b, x, y) =>
    broadcast(b, primitive, castTo(b, x, "bool"), castTo(b, y, "bool")),
  );
}

/** Both are true (not 0). */
export const logicalAnd = /* @__PURE__ */ logical("logicalAnd", "and");
/** Either is true. */
export const logicalOr = /* @__PURE__ */ logical("logicalOr", "or");
/** One alone is true. */
export const logicalXor = /* @__PURE__ */ logical("logicalXor", "xor");

/** Throws unless x is bool or int32. */
function needBits(name: string, x: Node): void {
  if (!isFloat(x.type.dtype)) return;
  throw dtypeError(`${name}: an operand is ${x.type.text}; need bool or int32.`);
}

function bitwise(name: string, primitive: "and" | "or" | "xor") {
  return binary(name, (b, x, y, options) => {
    needBits(`bitwise ${primitive}`, x);
    if (options?.weak === undefined) needBits(`bitwise ${primitive}`, y);
    return broadcast(b, primitive, x, y, options);
  });
}

/** Bits set in both; int32 or bool. */
export const bitwiseAnd = /* @__PURE__ */ bitwise("bitwiseAnd", "and");
/** Bits set in either; int32 or bool. */
export const bitwiseOr = /* @__PURE__ */ bitwise("bitwiseOr", "or");
/** Bits set in one alone; int32 or bool. */
export const bitwiseXor = /* @__PURE__ */ bitwise("bitwiseXor", "xor");

/** Of a float: int32 and bool become float32 first. */
function lifted(name: PlainName) {
  return define(name, {}, (b, x) => op(b, name, toFloat(b, x)));
}

/** Rounding; int32 stays as it is. */
function rounding(name: PlainName) {
  return define(name, {}, (b, x) => (isFloat(x.type.dtype) ? op(b, name, x) : x));
}

/** −x. */
export const neg = /* @__PURE__ */ define("neg", {}, (b, x) => {
  if (x.type.dtype === "bool") throw dtypeError(`neg: x is ${x.type.text}; use logicalNot.`);
  return op(b, "neg", x);
});
/** |x|. */
export const abs = /* @__PURE__ */ define("abs", {}, (b, x) =>
  x.type.dtype === "bool" ? x : op(b, "abs", x),
);
/** −1, 0 or 1. */
export const sign = /* @__PURE__ */ define("sign", {}, c.sign);
/** The largest integer up to x. */
export const floor = /* @__PURE__ */ rounding("floor");
/** The smallest integer from x on. */
export const ceil = /* @__PURE__ */ rounding("ceil");
/** x without its fraction. */
export const trunc = /* @__PURE__ */ rounding("trunc");
/** √x. */
export const sqrt = /* @__PURE__ */ lifted("sqrt");
/** x². */
export const square = /* @__PURE__ */ define("square", {}, c.square);
/** 1 / x. */
export const reciprocal = /* @__PURE__ */ define("reciprocal", {}, (b, x) => {
  const y = toFloat(b, x);
  return op(b, "div", fillLike(b, y, 1), y);
});
/** 1 / √x. */
export const rsqrt = /* @__PURE__ */ define("rsqrt", {}, (b, x) =>
  reciprocal.graph(b, sqrt.graph(b, x)),
);
/** eˣ. */
export const exp = /* @__PURE__ */ lifted("exp");
/** 2ˣ. */
export const exp2 = /* @__PURE__ */ define("exp2", {}, (b, x) => {
  const y = toFloat(b, x);
  return op(b, "pow", fillLike(b, y, 2), y);
});
/** eˣ − 1. */
export const expm1 = /* @__PURE__ */ lifted("expm1");
/** The natural logarithm. */
export const log = /* @__PURE__ */ define("log", {}, c.log);
/** The logarithm to base 2. */
export const log2 = /* @__PURE__ */ define("log2", {}, (b, x) =>
  op(b, "div", c.log(b, x), fillLike(b, c.log(b, x), Math.LN2)),
);
/** The logarithm to base 10. */
export const log10 = /* @__PURE__ */ define("log10", {}, (b, x) =>
  op(b, "div", c.log(b, x), fillLike(b, c.log(b, x), Math.LN10)),
);
/** log(1 + x). */
export const log1p = /* @__PURE__ */ lifted("log1p");
/** The sine. */
export const sin = /* @__PURE__ */ lifted("sin");
/** The cosine. */
export const cos = /* @__PURE__ */ lifted("cos");
/** The tangent. */
export const tan = /* @__PURE__ */ lifted("tan");
/** The inverse sine. */
export const asin = /* @__PURE__ */ lifted("asin");
/** The inverse cosine. */
export const acos = /* @__PURE__ */ lifted("acos");
/** The inverse tangent. */
export const atan = /* @__PURE__ */ lifted("atan");
/** The hyperbolic sine. */
export const sinh = /* @__PURE__ */ lifted("sinh");
/** The hyperbolic cosine. */
export const cosh = /* @__PURE__ */ lifted("cosh");
/** The inverse hyperbolic sine. */
export const asinh = /* @__PURE__ */ lifted("asinh");
/** The inverse hyperbolic cosine. */
export const acosh = /* @__PURE__ */ lifted("acosh");
/** The inverse hyperbolic tangent. */
export const atanh = /* @__PURE__ */ lifted("atanh");
/** The error function. */
export const erf = /* @__PURE__ */ lifted("erf");
/** 1 − erf(x). */
export const erfc = /* @__PURE__ */ lifted("erfc");
/** log |Γ(x)|. */
export const lgamma = /* @__PURE__ */ lifted("lgamma");
/** The slope of `lgamma`. */
export const digamma = /* @__PURE__ */ lifted("digamma");
/** It is not true (0). */
export const logicalNot = /* @__PURE__ */ define("logicalNot", {}, (b, x) =>
  op(b, "not", castTo(b, x, "bool")),
);
/** The bits turned over; int32 or bool. */
export const bitwiseNot = /* @__PURE__ */ define("bitwiseNot", {}, (b, x) => op(b, "not", x));
/** x − trunc(x), with the sign of x. */
export const frac = /* @__PURE__ */ define("frac", {}, (b, x) => c.sub(b, x, trunc.graph(b, x)));
/** Degrees to radians. */
export const deg2rad = /* @__PURE__ */ define("deg2rad", {}, (b, x) =>
  scaled(b, toFloat(b, x), Math.PI / 180),
);
/** Radians to degrees. */
export const rad2deg = /* @__PURE__ */ define("rad2deg", {}, (b, x) =>
  scaled(b, toFloat(b, x), 180 / Math.PI),
);
/** sin(πx) / (πx), 1 at 0. */
export const sinc = /* @__PURE__ */ define("sinc", {}, (b, x) => {
  const turned = scaled(b, toFloat(b, x), Math.PI);
  const zero = op(b, "eq", turned, fillLike(b, turned, 0));
  const one = fillLike(b, turned, 1);
  const safe = op(b, "where", zero, one, turned);
  // near 0 the series 1 − t²/6 also carries the slopes that the quotient would lose
  const series = plus(b, scaled(b, c.square(b, turned), -1 / 6), 1);
  return op(b, "where", zero, series, op(b, "div", op(b, "sin", safe), safe));
});

/** y − alpha · x. Default alpha: 1. */
export function rsub<V extends Value>(x: V, y: V | number, options?: AlphaOptions): V {
  const alpha = alphaOf("rsub", options);
  const taken = alpha === 1 ? x : mul(x, alpha);
  return typeof y === "number" ? sub(y, taken) : sub(y, taken);
}

/** x · 2^y. */
export const ldexp = /* @__PURE__ */ binary("ldexp", (b, x, y, options) =>
  c.mul(b, x, exp2.graph(b, y), options),
);

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
  powerBy(b, x!, exponent),
]);

/**
 * x to the power y; of int32: exact where the result fits, negative powers throw in PyTorch and
 * give 0 here.
 */
const powerOf: Binary = (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  if (isFloat(dtype)) return broadcast(b, "pow", x, y, options);
  return castTo(b, op(b, "pow", ...align(b, "pow", [x, y], "float64")), "int32");
};

/** x to a power known at tracing; −2, −1, −½, 0, ½, 1, 2 and 3 become products and roots. */
export function powerBy(b: NodeBuilder, x: Node, exponent: number): Node {
  const whole = Number.isInteger(exponent);
  const base = isFloat(x.type.dtype) || (whole && exponent >= 0) ? toNumber(b, x) : toFloat(b, x);
  switch (exponent) {
    case 0:
      return fillLike(b, base, 1);
    case 1:
      return base;
    case 2:
      return c.square(b, base);
    case 3:
      return op(b, "mul", c.square(b, base), base);
    case 0.5:
      return op(b, "sqrt", base);
    case -0.5:
      return rsqrt.graph(b, base);
    case -1:
      return reciprocal.graph(b, base);
    case -2:
      return reciprocal.graph(b, c.square(b, base));
    default:
      return powerOf(b, base, constant(b, base.type.dtype, exponent));
  }
}

const powGeneral = /* @__PURE__ */ binary("pow", powerOf);

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
  powerOf(b, castTo(b, x, "float64"), castTo(b, y, "float64"), options),
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
    return call1(whereFn, [condition, x, y], [], NONE);
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
