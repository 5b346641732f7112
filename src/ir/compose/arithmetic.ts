/**
 * Arithmetic as users write it: broadcasting and PyTorch's dtype promotion happen here, so that the
 * primitives below see equal types alone.
 */
import type { DType } from "../../core/dtype.ts";
import { isFloat, promote } from "../../core/dtype.ts";
import { dtypeError } from "../../core/errors.ts";
import { broadcastShapes } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import type { PlainName } from "../words.ts";
import { castTo, constant, expandTo, fillLike, op, plus, scaled } from "../words.ts";

/** How two operands take part in promotion. */
export interface BinaryOptions {
  /**
   * Which operand is a number the user wrote (a float64 scalar), whose dtype gives way to the
   * other's: "integer" where its value is whole, "float" where it may have a fraction.
   */
  readonly weak?: { readonly operand: 0 | 1; readonly kind: "integer" | "float" };
}

/**
 * Returns the dtype in which two operands meet. As in PyTorch a scalar tensor gives way to one with
 * axes unless it is of a higher kind (bool, integer, float).
 */
export function meetingDType(x: Node, y: Node, { weak }: BinaryOptions = {}): DType {
  const [p, q] = [x.type.dtype, y.type.dtype];
  if (weak === undefined) {
    const scalars = [x, y].map((node) => node.type.shape.length === 0);
    if (isFloat(p) !== isFloat(q) || scalars[0] === scalars[1]) return promote(p, q);
    return isFloat(p) ? (scalars[0] ? q : p) : promote(p, q);
  }
  const other = weak.operand === 0 ? q : p;
  if (isFloat(other)) return other;
  if (weak.kind === "float") return "float32";
  return other === "bool" ? "int32" : other;
}

/** Casts and expands operands to one dtype and shape; errors name `name`. */
export function align(
  b: NodeBuilder,
  name: string,
  operands: readonly Node[],
  dtype: DType,
): Node[] {
  let shape = operands[0]!.type.shape;
  for (const node of operands.slice(1)) shape = broadcastShapes(name, shape, node.type.shape);
  return operands.map((node) => expandTo(b, castTo(b, node, dtype), shape));
}

/** Casts int32 and bool to float32, as PyTorch does for functions with fractional results. */
export function toFloat(b: NodeBuilder, x: Node): Node {
  return isFloat(x.type.dtype) ? x : castTo(b, x, "float32");
}

/** Casts bool to int32: what is counted is a number. */
export function toNumber(b: NodeBuilder, x: Node): Node {
  return x.type.dtype === "bool" ? castTo(b, x, "int32") : x;
}

/** Throws unless x is bool or int32. */
function needBits(name: string, x: Node): void {
  if (!isFloat(x.type.dtype)) return;
  throw dtypeError(`${name}: an operand is ${x.type.text}; need bool or int32.`);
}

/** Applies a primitive of two operands with broadcasting and promotion. */
export function broadcast(
  b: NodeBuilder,
  name: PlainName,
  x: Node,
  y: Node,
  options: BinaryOptions = {},
): Node {
  const dtype = meetingDType(x, y, options);
  return op(b, name, ...align(b, name, [x, y], dtype));
}

/** A composite of two operands. */
export type Binary = (b: NodeBuilder, x: Node, y: Node, options?: BinaryOptions) => Node;

/** A composite of one operand. */
export type Unary = (b: NodeBuilder, x: Node) => Node;

function floatBinary(name: PlainName): Binary {
  return (b, x, y, options) => {
    const dtype = meetingDType(x, y, options);
    return op(b, name, ...align(b, name, [x, y], isFloat(dtype) ? dtype : "float32"));
  };
}

/** A comparison: bools are compared as numbers. */
function comparing(name: "eq" | "ne" | "lt" | "le", swapped: boolean): Binary {
  return (b, x, y, options) => {
    const dtype = meetingDType(x, y, options);
    const [p, q] = align(b, name, [x, y], dtype === "bool" ? "int32" : dtype);
    return swapped ? op(b, name, q!, p!) : op(b, name, p!, q!);
  };
}

/** x + y; of bools: either. */
export const add: Binary = (b, x, y, options) =>
  bothBool(x, y) ? broadcast(b, "or", x, y) : broadcast(b, "add", x, y, options);
/** x · y; of bools: both. */
export const mul: Binary = (b, x, y, options) =>
  bothBool(x, y) ? broadcast(b, "and", x, y) : broadcast(b, "mul", x, y, options);
/** x − y. */
export const sub: Binary = (b, x, y, options) => {
  if (bothBool(x, y)) throw dtypeError("sub: both operands are bool; use logicalXor.");
  return broadcast(b, "sub", x, y, options);
};
/** x / y, always with a fraction. */
export const div: Binary = /* @__PURE__ */ floatBinary("div");
/** The angle of (y, x). */
export const atan2: Binary = /* @__PURE__ */ floatBinary("atan2");
/** Whether x = y. */
export const eq: Binary = /* @__PURE__ */ comparing("eq", false);
/** Whether x ≠ y. */
export const ne: Binary = /* @__PURE__ */ comparing("ne", false);
/** Whether x < y. */
export const lt: Binary = /* @__PURE__ */ comparing("lt", false);
/** Whether x ≤ y. */
export const le: Binary = /* @__PURE__ */ comparing("le", false);
/** Whether x > y. */
export const gt: Binary = /* @__PURE__ */ comparing("lt", true);
/** Whether x ≥ y. */
export const ge: Binary = /* @__PURE__ */ comparing("le", true);
/** The larger of two; NaN wins. */
export const maximum: Binary = (b, x, y, options) =>
  bothBool(x, y) ? broadcast(b, "or", x, y) : broadcast(b, "maximum", x, y, options);
/** The smaller of two; NaN wins. */
export const minimum: Binary = (b, x, y, options) =>
  bothBool(x, y) ? broadcast(b, "and", x, y) : broadcast(b, "minimum", x, y, options);

function bothBool(x: Node, y: Node): boolean {
  return x.type.dtype === "bool" && y.type.dtype === "bool";
}

/** Whether an element is not 0. */
export const toBool: Unary = (b, x) => castTo(b, x, "bool");
/** Both are true. */
export const logicalAnd: Binary = (b, x, y) => broadcast(b, "and", toBool(b, x), toBool(b, y));
/** Either is true. */
export const logicalOr: Binary = (b, x, y) => broadcast(b, "or", toBool(b, x), toBool(b, y));
/** One alone is true. */
export const logicalXor: Binary = (b, x, y) => broadcast(b, "xor", toBool(b, x), toBool(b, y));
/** It is not true. */
export const logicalNot: Unary = (b, x) => op(b, "not", toBool(b, x));

function bitwise(name: "and" | "or" | "xor"): Binary {
  return (b, x, y, options) => {
    needBits(`bitwise ${name}`, x);
    if (options?.weak === undefined) needBits(`bitwise ${name}`, y);
    return broadcast(b, name, x, y, options);
  };
}
/** Bits set in both. */
export const bitwiseAnd: Binary = /* @__PURE__ */ bitwise("and");
/** Bits set in either. */
export const bitwiseOr: Binary = /* @__PURE__ */ bitwise("or");
/** Bits set in one alone. */
export const bitwiseXor: Binary = /* @__PURE__ */ bitwise("xor");
/** The bits turned over. */
export const bitwiseNot: Unary = (b, x) => op(b, "not", x);

/**
 * x to the power y; of int32: exact where the result fits, negative powers throw in PyTorch and
 * give 0 here.
 */
export const pow: Binary = (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  if (isFloat(dtype)) return broadcast(b, "pow", x, y, options);
  return castTo(b, op(b, "pow", ...align(b, "pow", [x, y], "float64")), "int32");
};

/** x to a power known at tracing; −2, −1, −½, 0, ½, 1, 2 and 3 become products and roots. */
export function powConstant(b: NodeBuilder, x: Node, exponent: number): Node {
  const whole = Number.isInteger(exponent);
  const base = isFloat(x.type.dtype) || (whole && exponent >= 0) ? toNumber(b, x) : toFloat(b, x);
  switch (exponent) {
    case 0:
      return fillLike(b, base, 1);
    case 1:
      return base;
    case 2:
      return square(b, base);
    case 3:
      return op(b, "mul", square(b, base), base);
    case 0.5:
      return op(b, "sqrt", base);
    case -0.5:
      return rsqrt(b, base);
    case -1:
      return reciprocal(b, base);
    case -2:
      return reciprocal(b, square(b, base));
    default:
      return pow(b, base, constant(b, base.type.dtype, exponent));
  }
}

/** a where the condition holds, else c; all three broadcast. */
export function where(
  b: NodeBuilder,
  condition: Node,
  a: Node,
  c: Node,
  options: BinaryOptions = {},
): Node {
  if (condition.type.dtype !== "bool") {
    throw dtypeError(`where: the condition is ${condition.type.text}; need bool.`);
  }
  const dtype = meetingDType(a, c, options);
  const shape = broadcastShapes("where", a.type.shape, c.type.shape);
  const full = broadcastShapes("where", condition.type.shape, shape);
  const [p, q] = [a, c].map((node) => expandTo(b, castTo(b, node, dtype), full));
  return op(b, "where", expandTo(b, condition, full), p!, q!);
}

/** Applies a float primitive; int32 and bool become float32 first. */
function lifted(name: PlainName): Unary {
  return (b, x) => op(b, name, toFloat(b, x));
}

/** Applies a rounding primitive; int32 stays as it is. */
function rounding(name: PlainName): Unary {
  return (b, x) => (isFloat(x.type.dtype) ? op(b, name, x) : x);
}

/** −x. */
export const neg: Unary = (b, x) => {
  if (x.type.dtype === "bool") throw dtypeError(`neg: x is ${x.type.text}; use logicalNot.`);
  return op(b, "neg", x);
};
/** |x|. */
export const abs: Unary = (b, x) => (x.type.dtype === "bool" ? x : op(b, "abs", x));
/** The largest integer up to x. */
export const floor: Unary = /* @__PURE__ */ rounding("floor");
/** The smallest integer from x on. */
export const ceil: Unary = /* @__PURE__ */ rounding("ceil");
/** x without its fraction. */
export const trunc: Unary = /* @__PURE__ */ rounding("trunc");
/** The nearest integer; ties to even. */
export const round: Unary = /* @__PURE__ */ rounding("round");
/** The square root. */
export const sqrt: Unary = /* @__PURE__ */ lifted("sqrt");
/** e^x. */
export const exp: Unary = /* @__PURE__ */ lifted("exp");
/** e^x − 1. */
export const expm1: Unary = /* @__PURE__ */ lifted("expm1");
/** The natural logarithm. */
export const log: Unary = /* @__PURE__ */ lifted("log");
/** log(1 + x). */
export const log1p: Unary = /* @__PURE__ */ lifted("log1p");
/** The sine. */
export const sin: Unary = /* @__PURE__ */ lifted("sin");
/** The cosine. */
export const cos: Unary = /* @__PURE__ */ lifted("cos");
/** The tangent. */
export const tan: Unary = /* @__PURE__ */ lifted("tan");
/** The hyperbolic tangent. */
export const tanh: Unary = /* @__PURE__ */ lifted("tanh");
/** The hyperbolic sine. */
export const sinh: Unary = /* @__PURE__ */ lifted("sinh");
/** The hyperbolic cosine. */
export const cosh: Unary = /* @__PURE__ */ lifted("cosh");
/** The inverse sine. */
export const asin: Unary = /* @__PURE__ */ lifted("asin");
/** The inverse cosine. */
export const acos: Unary = /* @__PURE__ */ lifted("acos");
/** The inverse tangent. */
export const atan: Unary = /* @__PURE__ */ lifted("atan");
/** The inverse hyperbolic sine. */
export const asinh: Unary = /* @__PURE__ */ lifted("asinh");
/** The inverse hyperbolic cosine. */
export const acosh: Unary = /* @__PURE__ */ lifted("acosh");
/** The inverse hyperbolic tangent. */
export const atanh: Unary = /* @__PURE__ */ lifted("atanh");
/** The error function. */
export const erf: Unary = /* @__PURE__ */ lifted("erf");
/** 1 − erf(x). */
export const erfc: Unary = /* @__PURE__ */ lifted("erfc");
/** log |Γ(x)|. */
export const lgamma: Unary = /* @__PURE__ */ lifted("lgamma");
/** The slope of lgamma. */
export const digamma: Unary = /* @__PURE__ */ lifted("digamma");
/** 1 / (1 + e^−x). */
export const sigmoid: Unary = /* @__PURE__ */ lifted("sigmoid");
/** x, cut off from what it came from. */
export const stopGradient: Unary = (b, x) => op(b, "stopGradient", x);

/** x². */
export const square: Unary = (b, x) => op(b, "mul", toNumber(b, x), toNumber(b, x));
/** 1 / x. */
export const reciprocal: Unary = (b, x) => {
  const y = toFloat(b, x);
  return op(b, "div", fillLike(b, y, 1), y);
};
/** 1 / √x. */
export const rsqrt: Unary = (b, x) => reciprocal(b, sqrt(b, x));
/** −1, 0 or 1; 0 of NaN. */
export const sign: Unary = (b, x) => {
  if (x.type.dtype === "bool") return x;
  const zero = fillLike(b, x, 0);
  const above = castTo(b, op(b, "lt", zero, x), x.type.dtype);
  return op(b, "sub", above, castTo(b, op(b, "lt", x, zero), x.type.dtype));
};
/** 2^x. */
export const exp2: Unary = (b, x) => {
  const y = toFloat(b, x);
  return op(b, "pow", fillLike(b, y, 2), y);
};
/** The logarithm to base 2, exact for powers of 2 up to rounding. */
export const log2: Unary = (b, x) => op(b, "div", log(b, x), fillLike(b, log(b, x), Math.LN2));
/** The logarithm to base 10. */
export const log10: Unary = (b, x) => op(b, "div", log(b, x), fillLike(b, log(b, x), Math.LN10));
/** sin(πx) / (πx), 1 at 0. */
export const sinc: Unary = (b, x) => {
  const turned = scaled(b, toFloat(b, x), Math.PI);
  const zero = op(b, "eq", turned, fillLike(b, turned, 0));
  const one = fillLike(b, turned, 1);
  const safe = op(b, "where", zero, one, turned);
  // near 0 the series 1 − t²/6 also carries the slopes that the quotient would lose
  const series = plus(b, scaled(b, square(b, turned), -1 / 6), 1);
  return op(b, "where", zero, series, op(b, "div", op(b, "sin", safe), safe));
};
/** x − trunc(x). */
export const frac: Unary = (b, x) => sub(b, x, trunc(b, x));
/** Degrees to radians. */
export const deg2rad: Unary = (b, x) => scaled(b, toFloat(b, x), Math.PI / 180);
/** Radians to degrees. */
export const rad2deg: Unary = (b, x) => scaled(b, toFloat(b, x), 180 / Math.PI);
/** x · 2^y. */
export const ldexp: Binary = (b, x, y, options) => mul(b, x, exp2(b, y), options);
