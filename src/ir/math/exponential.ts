/**
 * The exponential and what follows from it. e^x = 2^2q e^r with |r| ≤ ln 2: the scale is applied as
 * 2^q twice, so that subnormal results round once and nothing overflows early.
 */
import { scalar } from "../scalar.ts";
import type { Scalar } from "../scalar.ts";
import { LN2_PARTS, normalize } from "./logarithm.ts";
import {
  abs,
  add,
  and,
  clamp,
  div,
  eq,
  evenOdd,
  exp2i,
  fastSum,
  floor,
  lt,
  max,
  min,
  mul,
  ne,
  nearest,
  neg,
  or,
  pick,
  polynomial,
  product,
  select,
  selectConstant,
  sub,
} from "./terms.ts";
import type { Pair, PerFloat } from "./terms.ts";

/** (e^r − 1 − r) / r² on |r| ≤ ln 2 (minimax, Remez). */
const WIDE = {
  float32: [0.500000358, 0.166666135, 0.0416612662, 0.008336097, 0.00141045579, 0.000196125475],
  float64: [
    0.4999999999999993, 0.16666666666666935, 0.041666666666702004, 0.00833333333327008,
    0.0013888888883576101, 0.0001984126989269987, 2.4801590833754302e-5, 2.755730067641713e-6,
    2.755615671578235e-7, 2.5055027857776813e-8, 2.1062465739022784e-9, 1.5936107466617463e-10,
  ],
};

/** The same on |r| ≤ ½ ln 2, with the error small relative to e^r − 1. */
const NARROW = {
  float32: [0.5, 0.16666542, 0.0416662805, 0.00836662669, 0.00139465719],
  float64: [
    0.5000000000000006, 0.16666666666666685, 0.04166666666657342, 0.008333333333314746,
    0.0013888888932492639, 0.00019841269902757185, 2.480150427090762e-5, 2.755722814908588e-6,
    2.7626407790766254e-7, 2.5114425298437635e-8,
  ],
};

/** Where the result is certainly 0, and certainly ∞ (half of it too). */
const LOWEST = { float32: -104, float64: -746 };
const HIGHEST = { float32: 90, float64: 711 };

/**
 * What makes the exponent of every subnormal number normal, and the power of two that undoes it.
 */
const LIFT: PerFloat<readonly [number, number]> = {
  float32: [26, 1.4901161193847656e-8],
  float64: [56, 1.3877787807814457e-17],
};

/** e^x as value × scale × scale; `rest` is added to x after its reduction. */
interface Scaled {
  readonly value: Scalar;
  readonly scale: Scalar;
}

function scaledExp(x: Scalar, rest: Scalar | null): Scaled {
  const [high, low] = pick(x, LN2_PARTS);
  const q = nearest(mul(x, Math.LOG2E / 2));
  const coarse = sub(sub(x, mul(q, 2 * high)), mul(q, 2 * low));
  const sum = rest === null ? null : fastSum(coarse, rest);
  const r = sum === null ? coarse : sum.hi;
  const square = mul(r, r);
  const bend = mul(square, evenOdd(r, square, pick(x, WIDE)));
  const tail = add(r, sum === null ? bend : add(bend, sum.lo));
  return { value: add(tail, 1), scale: exp2i(q) };
}

/** Exponential. */
export function exp(x: Scalar): Scalar {
  const { value, scale } = scaledExp(clamp(x, pick(x, LOWEST), pick(x, HIGHEST)), null);
  return mul(mul(value, scale), scale);
}

/** factor × e^(hi + lo) for hi + lo ≤ 0 and a lo below the rounding error of hi. */
export function timesExp(factor: Scalar, x: Pair): Scalar {
  const { k, tail } = reducedExpm1(max(x.hi, pick(x.hi, LOWEST)), x.lo);
  return timesPower(add(factor, mul(factor, tail)), k);
}

/** x × 2^k for a k of at most 100, rounded once where the result is subnormal. */
function timesPower(x: Scalar, k: Scalar): Scalar {
  const [lift, drop] = pick(k, LIFT);
  return mul(mul(x, exp2i(add(k, lift))), drop);
}

/** e^x / 2 for x ≥ 0, finite wherever sinh and cosh are. */
function halfExp(x: Scalar): Scalar {
  const { k, tail } = reducedExpm1(min(x, pick(x, { float32: 89.5, float64: 710.5 })), null);
  // A quarter of the scale, because 2^k and its half overflow before the result does.
  return mul(mul(add(tail, 1), exp2i(sub(k, 2))), 2);
}

/** e^(x + rest) as 2^k (1 + tail), the tail accurate near 0 and at most 0.42. */
function reducedExpm1(x: Scalar, rest: Scalar | null): { k: Scalar; tail: Scalar } {
  const [high, low] = pick(x, LN2_PARTS);
  const k = nearest(mul(x, Math.LOG2E));
  const coarse = sub(sub(x, mul(k, high)), mul(k, low));
  const r = rest === null ? coarse : add(coarse, rest);
  const square = mul(r, r);
  return { k, tail: add(r, mul(square, evenOdd(r, square, pick(x, NARROW)))) };
}

/** e^x − 1, exact to the last bits near 0. */
export function expm1(x: Scalar): Scalar {
  const lowest = pick(x, { float32: -20, float64: -40 });
  const limited = clamp(x, lowest, pick(x, { float32: 89, float64: 710 }));
  const { k, tail } = reducedExpm1(limited, null);
  // Half the scale, because 2^k itself overflows just before the result does.
  const scale = exp2i(sub(k, 1));
  const half = add(mul(scale, tail), sub(scale, 0.5));
  const small = lt(
    abs(x),
    pick(x, { float32: 2.98023223876953125e-8, float64: 5.551115123125783e-17 }),
  );
  return select(small, x, add(half, half));
}

/** (tanh t − t) / t³ in t² on |t| ≤ 0.55 (minimax, Remez). */
const TANH = {
  float32: [-0.33332947, 0.13320725, -0.052671563, 0.016436854],
  float64: [
    -0.3333333333333231, 0.1333333333316825, -0.05396825387585633, 0.021869485969438895,
    -0.008863194431212059, 0.003591719101782813, -0.0014532137696963796, 0.0005791280271783801,
    -0.00021028749074087418, 5.1010982636284e-5,
  ],
};

/**
 * Hyperbolic tangent: a polynomial t on |x| ≤ 0.55; beyond, 1 − 2 (1 − t) / ((s + 1) + (s − 1) t)
 * by the same polynomial of what |x| exceeds k ½ ln 2 by, with s = 2^k. A single quotient of
 * polynomials would be a quarter shorter, but is 6 ulp off and exceeds 1.
 */
export function tanh(x: Scalar): Scalar {
  const a = abs(x);
  const small = lt(a, 0.55);
  const limited = min(a, pick(x, { float32: 9.5, float64: 20 }));
  const k = nearest(mul(limited, 2 * Math.LOG2E));
  const u = select(small, x, sub(limited, mul(k, Math.LN2 / 2)));
  const z = mul(u, u);
  const t = mul(u, add(mul(z, polynomial(z, pick(x, TANH))), 1)); // keeps −0
  const s = exp2i(k);
  const sum = add(add(s, 1), mul(sub(s, 1), t));
  const large = sub(1, div(sub(2, add(t, t)), sum));
  return select(small, t, select(lt(x, 0), neg(large), large));
}

/** (sinh x − x) / x³ in x² on |x| ≤ 1 (minimax, Remez). */
const SINH = {
  float32: [0.166666672, 0.00833335053, 0.000198360751, 2.81739744e-6],
  float64: [
    0.16666666666666666, 0.008333333333333333, 0.00019841269841269592, 2.7557319224119304e-6,
    2.50521083458294e-8, 1.6059050684752014e-10, 7.646477607301378e-13, 2.8483682131914793e-15,
  ],
};

/** Hyperbolic sine. */
export function sinh(x: Scalar): Scalar {
  const a = abs(x);
  const half = halfExp(a);
  const large = sub(half, div(0.25, half));
  const z = mul(x, x);
  const small = add(x, mul(mul(x, z), polynomial(z, pick(x, SINH))));
  return select(lt(a, 1), small, select(lt(x, 0), neg(large), large));
}

/** Hyperbolic cosine. */
export function cosh(x: Scalar): Scalar {
  const half = halfExp(abs(x));
  return add(half, div(0.25, half));
}

/** q = e / (1 + e) with e = e^x; for x < 0 as e − e q, where the rounding of 1 + e matters less. */
export function sigmoid(x: Scalar): Scalar {
  const { k, tail } = reducedExpm1(clamp(x, pick(x, LOWEST), 40), null);
  const e = timesPower(add(tail, 1), k);
  const q = div(e, add(e, 1));
  return select(lt(x, 0), sub(e, mul(e, q)), q);
}

/** (artanh s − s − s³ / 3) / s⁵ in s² on |s| ≤ 3 − 2 √2 (minimax, Remez). */
const ATANH_SERIES = {
  float32: [0.20000076, 0.14273545, 0.117097974],
  float64: [
    0.20000000000001136, 0.14285714285045575, 0.11111111260746062, 0.09090892113002379,
    0.07693381976621269, 0.06628330686596882, 0.0659889866164567,
  ],
};

/** s³ / 3 in two parts. */
function thirdOfCube(s: Scalar): Pair {
  const square = product(s, s);
  const cube = product(s, square.hi);
  const third = mul(cube.hi, 1 / 3);
  // Exact, because three times a third is that close to the whole.
  const rest = sub(sub(cube.hi, add(third, third)), third);
  const low = add(cube.lo, mul(s, square.lo));
  return { hi: third, lo: mul(add(rest, low), 1 / 3) };
}

/** log x of a positive normal or subnormal number in two parts, together good to 2^−33 (2^−62). */
function logPair(x: Scalar): Pair {
  const [high, low] = pick(x, LN2_PARTS);
  const { exponent, mantissa } = normalize(x);
  const f = sub(mantissa, 1);
  const d = add(mantissa, 1);
  const dLow = sub(mantissa, sub(d, 1));
  const s = div(f, d);
  const p = product(s, d);
  const sLow = div(sub(sub(sub(f, p.hi), p.lo), mul(s, dLow)), d);
  const z = mul(s, s);
  const cube = thirdOfCube(s);
  const more = mul(mul(s, mul(z, z)), polynomial(z, pick(x, ATANH_SERIES)));
  // s + s³ / 3 + …, of which twice is the logarithm of the mantissa
  const series = fastSum(s, cube.hi);
  const seriesLow = add(add(series.lo, cube.lo), add(add(sLow, mul(sLow, z)), more));
  const sum = fastSum(mul(exponent, high), add(series.hi, series.hi));
  const tail = add(add(seriesLow, seriesLow), mul(exponent, low));
  return fastSum(sum.hi, add(sum.lo, tail));
}

/** x to the power y, with the special cases of C and IEEE 754. */
export function pow(x: Scalar, y: Scalar): Scalar {
  const a = abs(x);
  const bound = pick(x, { float32: 8589934592, float64: 36893488147419103232 });
  const limited = clamp(y, -bound, bound);
  const logarithm = logPair(a);
  const p = product(limited, logarithm.hi);
  const rest = add(p.lo, mul(limited, logarithm.lo));
  const { value, scale } = scaledExp(
    clamp(p.hi, pick(x, LOWEST), pick(x, HIGHEST)),
    clamp(rest, -9.765625e-4, 9.765625e-4),
  );
  return powEdges(x, y, a, mul(mul(value, scale), scale));
}

function powEdges(x: Scalar, y: Scalar, a: Scalar, power: Scalar): Scalar {
  const zero = eq(a, 0);
  const infinite = eq(a, Infinity);
  const negativeY = lt(y, 0);
  const vanishes = scalar("xor", negativeY, zero);
  const edge = selectConstant(x, vanishes, 0, Infinity);
  const magnitude = select(or(zero, infinite), edge, power);

  const whole = eq(floor(y), y);
  const half = mul(y, 0.5);
  const isOdd = and(whole, ne(floor(half), half));
  const negative = lt(x, 0);
  const signed = select(and(negative, isOdd), neg(magnitude), magnitude);
  const oddZero = select(negativeY, div(1, x), x);
  const withZero = select(and(zero, isOdd), oddZero, signed);
  const invalid = and(and(negative, scalar("not", infinite)), scalar("not", whole));
  const real = select(invalid, NaN, withZero);

  const unordered = or(ne(x, x), ne(y, y));
  const one = or(eq(y, 0), eq(x, 1));
  return select(one, 1, select(unordered, add(x, y), real));
}
