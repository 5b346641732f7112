/**
 * Logarithms and the inverse hyperbolic functions, which are logarithms of algebraic terms.
 * log(2^k (1 + f)) = k ln 2 + f − f²/2 + s (f²/2 + s² R(s²)) with s = f / (2 + f), as in fdlibm.
 */
import { scalar } from "../scalar.ts";
import type { Scalar } from "../scalar.ts";
import {
  abs,
  add,
  constant,
  div,
  eq,
  le,
  lt,
  max,
  mul,
  odd,
  pick,
  polynomial,
  select,
  selectConstant,
  sqrt,
  sub,
} from "./terms.ts";
import type { PerFloat } from "./terms.ts";

/** ln 2 in two parts, the first short enough that its product with an exponent is exact. */
export const LN2_PARTS: PerFloat<readonly [number, number]> = {
  float32: [0.693145751953125, 1.42860676e-6],
  float64: [0.6931471803691238, 1.9082149292705877e-10],
};

/** R of the series above, on |s| ≤ 3 − 2 √2, so (log((1+s)/(1−s)) − 2s) / s³ in s² (Remez). */
export const LOG_SERIES = {
  float32: [0.666666627, 0.400003344, 0.285373569, 0.235818684],
  float64: [
    0.6666666666666731, 0.3999999999943005, 0.2857142873986665, 0.2222219876661364,
    0.18183556882532795, 0.15314186767973906, 0.14795044713682867,
  ],
};

/** A positive number as 2^exponent × mantissa with the mantissa in (√½, √2]. */
export interface Normalized {
  readonly exponent: Scalar;
  readonly mantissa: Scalar;
}

/** Takes a positive number apart, subnormal ones too. */
export function normalize(x: Scalar): Normalized {
  const tiny = lt(
    x,
    pick(x, { float32: 1.1754943508222875e-38, float64: 2.2250738585072014e-308 }),
  );
  const normal = select(tiny, mul(x, 18014398509481984), x);
  const mantissa = scalar("mantissa", normal);
  const large = lt(constant(x, Math.SQRT2), mantissa);
  const low = add(scalar("exponent", normal), selectConstant(x, tiny, -54, 0));
  return {
    exponent: select(large, add(low, 1), low),
    mantissa: select(large, mul(mantissa, 0.5), mantissa),
  };
}

/** k ln 2 + log(1 + f) + rest, for |f| < 0.42 and a small correction `rest`. */
function assemble(k: Scalar, f: Scalar, rest: Scalar | null): Scalar {
  const [high, low] = pick(k, LN2_PARTS);
  const s = div(f, add(f, 2));
  const z = mul(s, s);
  const half = mul(mul(f, f), 0.5);
  const series = mul(z, polynomial(z, pick(f, LOG_SERIES)));
  const small = mul(k, low);
  const tail = add(mul(s, add(half, series)), rest === null ? small : add(small, rest));
  return add(mul(k, high), sub(f, sub(half, tail)));
}

/** Puts the values at and beyond the edges of the domain: −∞ at 0, NaN below, ∞ at ∞. */
function withEdges(x: Scalar, distance: Scalar, value: Scalar): Scalar {
  const inside = select(lt(x, Infinity), value, x);
  return select(lt(constant(x, 0), distance), inside, atZero(distance));
}

function atZero(distance: Scalar): Scalar {
  return selectConstant(distance, eq(distance, 0), -Infinity, NaN);
}

/** Natural logarithm. */
export function log(x: Scalar): Scalar {
  const { exponent, mantissa } = normalize(x);
  return withEdges(x, x, assemble(exponent, sub(mantissa, 1), null));
}

/** log(1 + x), exact to the last bits near 0. */
export function log1p(x: Scalar): Scalar {
  const u = add(x, 1);
  const { exponent, mantissa } = normalize(u);
  const near = eq(exponent, 0);
  // What rounding 1 + x lost, relative to u.
  const lost = select(lt(x, 1), sub(x, sub(u, 1)), sub(1, sub(u, x)));
  const f = select(near, x, sub(mantissa, 1));
  const value = assemble(exponent, f, select(near, 0, div(lost, u)));
  return select(eq(x, 0), x, withEdges(x, u, value));
}

/** Above this, x² overflows or 1 no longer matters in √(x² ± 1). */
const LARGE = { float32: 1e8, float64: 1e17 };

/** Inverse hyperbolic sine. */
export function asinh(x: Scalar): Scalar {
  const a = abs(x);
  const large = lt(constant(x, pick(x, LARGE)), a);
  const square = mul(a, a);
  const near = add(a, div(square, add(sqrt(add(square, 1)), 1)));
  const value = add(log1p(select(large, a, near)), selectConstant(x, large, Math.LN2, 0));
  return odd(x, value);
}

/** Inverse hyperbolic cosine, NaN below 1. */
export function acosh(x: Scalar): Scalar {
  const large = lt(constant(x, pick(x, LARGE)), x);
  const t = sub(x, 1);
  const near = add(t, sqrt(mul(t, add(t, 2))));
  const value = add(log1p(select(large, x, near)), selectConstant(x, large, Math.LN2, 0));
  return select(le(constant(x, 1), x), value, NaN);
}

/** Inverse hyperbolic tangent. */
export function atanh(x: Scalar): Scalar {
  const a = abs(x);
  const twice = add(a, a);
  const quotient = div(select(lt(a, 0.5), mul(twice, a), twice), sub(1, a));
  const inner = select(lt(a, 0.5), add(twice, quotient), quotient);
  const value = mul(log1p(max(inner, -1)), 0.5);
  return odd(x, select(le(a, 1), value, NaN));
}
