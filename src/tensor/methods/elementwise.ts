/** The methods that work element by element. */
import * as a from "../functions/activation.ts";
import * as f from "../functions/arithmetic.ts";
import type { AlphaOptions, ArgumentsOf } from "../functions/define.ts";
import * as n from "../functions/numeric.ts";
import type { CloseOptions } from "../functions/numeric.ts";
import { Value } from "../value.ts";

/** A tensor's arithmetic, comparisons and functions of single elements. */
export abstract class Elementwise extends Value {
  /** −x. */
  neg(): this {
    return f.neg(this);
  }

  /** |x|. */
  abs(): this {
    return f.abs(this);
  }

  /** −1, 0 or 1. */
  sign(): this {
    return f.sign(this);
  }

  /** The largest integer up to x. */
  floor(): this {
    return f.floor(this);
  }

  /** The smallest integer from x on. */
  ceil(): this {
    return f.ceil(this);
  }

  /** x without its fraction. */
  trunc(): this {
    return f.trunc(this);
  }

  /** √x. */
  sqrt(): this {
    return f.sqrt(this);
  }

  /** 1 / √x. */
  rsqrt(): this {
    return f.rsqrt(this);
  }

  /** x². */
  square(): this {
    return f.square(this);
  }

  /** 1 / x. */
  reciprocal(): this {
    return f.reciprocal(this);
  }

  /** eˣ. */
  exp(): this {
    return f.exp(this);
  }

  /** 2ˣ. */
  exp2(): this {
    return f.exp2(this);
  }

  /** eˣ − 1. */
  expm1(): this {
    return f.expm1(this);
  }

  /** The natural logarithm. */
  log(): this {
    return f.log(this);
  }

  /** The logarithm to base 2. */
  log2(): this {
    return f.log2(this);
  }

  /** The logarithm to base 10. */
  log10(): this {
    return f.log10(this);
  }

  /** log(1 + x). */
  log1p(): this {
    return f.log1p(this);
  }

  /** The sine. */
  sin(): this {
    return f.sin(this);
  }

  /** The cosine. */
  cos(): this {
    return f.cos(this);
  }

  /** The tangent. */
  tan(): this {
    return f.tan(this);
  }

  /** The inverse sine. */
  asin(): this {
    return f.asin(this);
  }

  /** The inverse cosine. */
  acos(): this {
    return f.acos(this);
  }

  /** The inverse tangent. */
  atan(): this {
    return f.atan(this);
  }

  /** The hyperbolic sine. */
  sinh(): this {
    return f.sinh(this);
  }

  /** The hyperbolic cosine. */
  cosh(): this {
    return f.cosh(this);
  }

  /** The hyperbolic tangent. */
  tanh(): this {
    return a.tanh(this);
  }

  /** The inverse hyperbolic sine. */
  asinh(): this {
    return f.asinh(this);
  }

  /** The inverse hyperbolic cosine. */
  acosh(): this {
    return f.acosh(this);
  }

  /** The inverse hyperbolic tangent. */
  atanh(): this {
    return f.atanh(this);
  }

  /** The error function. */
  erf(): this {
    return f.erf(this);
  }

  /** 1 − erf(x). */
  erfc(): this {
    return f.erfc(this);
  }

  /** log |Γ(x)|. */
  lgamma(): this {
    return f.lgamma(this);
  }

  /** The slope of `lgamma`. */
  digamma(): this {
    return f.digamma(this);
  }

  /** 1 / (1 + e⁻ˣ). */
  sigmoid(): this {
    return a.sigmoid(this);
  }

  /** x − trunc(x), with the sign of x. */
  frac(): this {
    return f.frac(this);
  }

  /** Degrees to radians. */
  deg2rad(): this {
    return f.deg2rad(this);
  }

  /** Radians to degrees. */
  rad2deg(): this {
    return f.rad2deg(this);
  }

  /** It is not true (0). */
  logicalNot(): this {
    return f.logicalNot(this);
  }

  /** Whether an element is NaN. */
  isNaN(): this {
    return n.isNaN(this);
  }

  /** Whether an element is infinite. */
  isInf(): this {
    return n.isInf(this);
  }

  /** Whether an element is neither NaN nor infinite. */
  isFinite(): this {
    return n.isFinite(this);
  }

  /** x + alpha · y. Default alpha: 1. */
  add(y: this | number, options?: AlphaOptions): this {
    return f.add(this, y, options);
  }

  /** x − alpha · y. Default alpha: 1. */
  sub(y: this | number, options?: AlphaOptions): this {
    return f.sub(this, y, options);
  }

  /** The same as `div`. */
  trueDivide(y: this | number): this {
    return f.div(this, y);
  }

  /** x · y. */
  mul(y: this | number): this {
    return f.mul(this, y);
  }

  /** The larger of two; NaN wins. */
  maximum(y: this | number): this {
    return f.maximum(this, y);
  }

  /** The smaller of two; NaN wins. */
  minimum(y: this | number): this {
    return f.minimum(this, y);
  }

  /** x to the power y. */
  pow(y: this | number): this {
    return f.pow(this, y);
  }

  /** The angle of (y, x). */
  atan2(y: this | number): this {
    return f.atan2(this, y);
  }

  /** Whether x = y. */
  eq(y: this | number): this {
    return f.eq(this, y);
  }

  /** Whether x ≠ y. */
  ne(y: this | number): this {
    return f.ne(this, y);
  }

  /** Whether x < y. */
  lt(y: this | number): this {
    return f.lt(this, y);
  }

  /** Whether x ≤ y. */
  le(y: this | number): this {
    return f.le(this, y);
  }

  /** Whether x > y. */
  gt(y: this | number): this {
    return f.gt(this, y);
  }

  /** Whether x ≥ y. */
  ge(y: this | number): this {
    return f.ge(this, y);
  }

  /** Both are true (not 0). */
  logicalAnd(y: this | number): this {
    return f.logicalAnd(this, y);
  }

  /** Either is true. */
  logicalOr(y: this | number): this {
    return f.logicalOr(this, y);
  }

  /** One alone is true. */
  logicalXor(y: this | number): this {
    return f.logicalXor(this, y);
  }

  /** The quotient rounded down. */
  floorDivide(y: this | number): this {
    return n.floorDivide(this, y);
  }

  /** The remainder with the sign of x, as C's `fmod`. */
  fmod(y: this | number): this {
    return n.fmod(this, y);
  }

  /** The remainder with the sign of y, as Python's `%`. */
  remainder(y: this | number): this {
    return n.remainder(this, y);
  }

  /** x / y; with `roundingMode` "floor" or "trunc" the quotient is rounded. */
  div(y: this | number, options?: n.RoundingOptions): this {
    return n.div(this, y, options);
  }

  /** x held between bounds (numbers or tensors); leave one out, or give null, for none. */
  clamp(...args: n.ClampArguments<this>): this {
    return n.clamp(this, ...args);
  }

  /** x held from below. */
  clampMin(min: this | number): this {
    return n.clamp(this, min);
  }

  /** x held from above. */
  clampMax(max: this | number): this {
    return n.clamp(this, null, max);
  }

  /** x + weight · (y − x); the weight is a number or a tensor. */
  lerp(y: this, weight: this | number): this {
    return n.lerp(this, y, weight);
  }

  /** log(p / (1 − p)); with `eps`, p is first held between eps and 1 − eps. */
  logit(...args: ArgumentsOf<typeof n.logit>): this {
    return n.logit(this, ...args);
  }

  /** Whether |x − y| ≤ atol + rtol · |y|, element by element. */
  isClose(y: this, options?: CloseOptions): this {
    return n.isClose(this, y, options);
  }

  /** Whether all elements are close. */
  allclose(y: this, options?: CloseOptions): Promise<boolean> {
    return n.allclose(this, y, options);
  }

  /** The nearest integers (ties to even), or the nearest multiples of 10^−decimals. */
  round(...args: ArgumentsOf<typeof n.round>): this {
    return n.round(this, ...args);
  }

  /** x where the condition (bool) holds, else y. */
  where(condition: this, y: this | number): this {
    return f.where(condition, this, y);
  }
}
