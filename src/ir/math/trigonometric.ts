/**
 * Trigonometric functions: polynomials on an eighth of a turn after the reduction, and the arc
 * functions by one square root or one division.
 */
import type { Scalar } from "../scalar.ts";
import {
  abs,
  add,
  and,
  constant,
  div,
  eq,
  fastSum,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  or,
  pick,
  polynomial,
  select,
  selectConstant,
  sqrt,
  sub,
} from "./terms.ts";
import type { PerFloat } from "./terms.ts";
import { reduce } from "./reduction.ts";

/** (sin r − r) / r³ in r² on |r| ≤ π/4 (minimax, Remez). */
const SIN = {
  float32: [-0.166666552, 0.00833217893, -0.000195172819],
  float64: [
    -0.16666666666666632, 0.008333333333322514, -0.00019841269829864528, 2.755731370625317e-6,
    -2.5050759753624327e-8, 1.589686361942898e-10,
  ],
};

/** (cos r − 1 + r²/2) / r⁴ in r² on |r| ≤ π/4. */
const COS = {
  float32: [0.0416666456, -0.00138873747, 2.44391395e-5],
  float64: [
    0.041666666666666616, -0.0013888888888876076, 2.4801587290537886e-5, -2.7557314622570914e-7,
    2.087575637234381e-9, -1.1361211598372921e-11,
  ],
};

/** sin r for |r| ≤ π/4. */
export function smallSin(r: Scalar): Scalar {
  const z = mul(r, r);
  return add(r, mul(mul(r, z), polynomial(z, pick(r, SIN))));
}

/** cos r for |r| ≤ π/4. */
export function smallCos(r: Scalar): Scalar {
  const z = mul(r, r);
  return sub(1, sub(mul(z, 0.5), mul(mul(z, z), polynomial(z, pick(r, COS)))));
}

/** Sine. */
export function sin(x: Scalar): Scalar {
  const { rest, odd, sinNegative } = reduce(x);
  const value = select(odd, smallCos(rest), smallSin(rest));
  return select(eq(x, 0), x, select(sinNegative, neg(value), value));
}

/** Cosine. */
export function cos(x: Scalar): Scalar {
  const { rest, odd, cosNegative } = reduce(x);
  const value = select(odd, smallSin(rest), smallCos(rest));
  return select(cosNegative, neg(value), value);
}

/** (tan r − r) / r³ in r² on |r| ≤ π/4. */
const TAN = {
  float32: [0.33333156, 0.13338836, 0.053408176, 0.024441576, 0.0031010702, 0.009396827],
  float64: [
    0.33333333333332776, 0.1333333333341447, 0.05396825392673725, 0.021869489607406534,
    0.008863219185832171, 0.003592288892117104, 0.0014547590513865074, 0.000595060385287359,
    0.00022239214247411892, 0.00013650097320501238, -2.6352462654219376e-5, 8.942206143645346e-5,
    -4.4860538385205674e-5, 2.085947420162157e-5,
  ],
};

/** Tangent; after an odd number of quarter turns −1 / (hi + lo), as q + q² lo with q = −1 / hi. */
export function tan(x: Scalar): Scalar {
  const { rest, lost, odd } = reduce(x);
  const z = mul(rest, rest);
  const bend = mul(mul(rest, z), polynomial(z, pick(x, TAN)));
  const { hi, lo } = fastSum(rest, add(bend, add(lost, mul(lost, z))));
  const q = div(-1, hi);
  const value = select(odd, add(q, mul(mul(q, q), lo)), hi);
  return select(eq(x, 0), x, value);
}

/** π/2 in two parts. */
const HALF_PI: PerFloat<readonly [number, number]> = {
  float32: [1.5707963705062866, -4.3711390001862426e-8],
  float64: [1.5707963267948966, 6.123233995736766e-17],
};

/** (asin s − s) / s³ in s² on |s| ≤ ½ (minimax, Remez). */
const ASIN = {
  float32: [0.166667521, 0.0749529973, 0.0454723164, 0.0241623241, 0.042205248],
  float64: [
    0.1666666666666674, 0.07499999999974458, 0.04464285717198688, 0.03038194280594211,
    0.022372212791581973, 0.01735164359733152, 0.013980517285523584, 0.011400885946895038,
    0.01077158674413691, 0.003731372479081274, 0.02166319168122266, -0.020957047541851133,
    0.032613872498050485,
  ],
};

/** asin |x| for |x| ≤ ½, and half of acos |x| above, as s + rest. */
function arcSine(a: Scalar, large: Scalar): { s: Scalar; rest: Scalar } {
  const z = select(large, mul(sub(1, a), 0.5), mul(a, a));
  const s = select(large, sqrt(z), a);
  return { s, rest: mul(mul(s, z), polynomial(z, pick(a, ASIN))) };
}

/** Arc sine, NaN beyond ±1. */
export function asin(x: Scalar): Scalar {
  const a = abs(x);
  const large = lt(constant(x, 0.5), a);
  const { s, rest } = arcSine(a, large);
  const [high, low] = pick(x, HALF_PI);
  // from π/4, so that one rounding less is as large as the result's
  const middle = add(sub(high / 2, add(s, s)), sub(low, add(rest, rest)));
  const far = add(middle, high / 2);
  const value = select(large, far, add(s, rest));
  return select(eq(x, 0), x, select(lt(x, 0), neg(value), value));
}

/** Arc cosine, NaN beyond ±1. */
export function acos(x: Scalar): Scalar {
  const a = abs(x);
  const large = lt(constant(x, 0.5), a);
  const { s, rest } = arcSine(a, large);
  const p = add(s, rest);
  const [high, low] = pick(x, HALF_PI);
  const negative = lt(x, 0);
  const middle = sub(high, sub(select(negative, neg(p), p), low));
  const left = mul(sub(high, sub(p, low)), 2);
  return select(large, select(negative, left, add(p, p)), middle);
}

/** (atan t − t) / t³ in t² on |t| ≤ 0.55, in float64 on |t| ≤ tan π/8 (minimax, Remez). */
const ATAN = {
  float32: [-0.333331053, 0.199889527, -0.141092197, 0.0984083779, -0.0460400272],
  float64: [
    -0.3333333333333323, 0.1999999999996097, -0.14285714280803935, 0.11111110809217743,
    -0.09090898401506758, 0.07692070337029573, -0.0666320699429138, 0.05848565630927977,
    -0.050420757064392335, 0.03812893666697339, -0.017971963348545165,
  ],
};

/**
 * Up to which tangent the polynomial is taken as it is. Between it and its inverse the angle is π/4
 * and a rest: in float32 only where the result is above ½, which hides the roundings of that rest.
 */
const FLAT = { float32: 0.55, float64: 0.4142135623730951 };

/** Angle of the point (x, y) of the first quadrant, from one division. */
function firstQuadrant(y: Scalar, x: Scalar): Scalar {
  const limit = pick(y, FLAT);
  const steep = lt(mul(x, 1 / limit), y);
  const flat = lt(y, mul(x, limit));
  const numerator = select(steep, neg(x), select(flat, y, sub(y, x)));
  const denominator = select(steep, y, select(flat, x, add(y, x)));
  const t = div(numerator, denominator);
  const z = mul(t, t);
  const [high, low] = pick(y, HALF_PI);
  const base = (part: number): Scalar => select(steep, part, selectConstant(y, flat, 0, part / 2));
  const correction = add(mul(mul(t, z), polynomial(z, pick(y, ATAN))), base(low));
  return add(base(high), add(t, correction));
}

/** Arc tangent. */
export function atan(x: Scalar): Scalar {
  const a = abs(x);
  const value = firstQuadrant(a, constant(x, 1));
  return select(eq(x, 0), x, select(lt(x, 0), neg(value), value));
}

/** Whether the sign bit is set, that of −0 too. */
function signBit(x: Scalar): Scalar {
  return or(lt(x, 0), and(eq(x, 0), lt(div(1, x), 0)));
}

/** Angle of the point (x, y) in (−π, π], with the special cases of C and IEEE 754. */
export function atan2(y: Scalar, x: Scalar): Scalar {
  const [ay, ax] = [abs(y), abs(x)];
  const far = pick(x, { float32: 1.8446744073709552e19, float64: 1.157920892373162e77 });
  const near = pick(x, { float32: 5.421010862427522e-20, float64: 8.636168555094445e-78 });
  // Scaled so that sums of coordinates stay finite; two infinite ones become equal.
  const factor = selectConstant(x, lt(constant(x, far), max(ay, ax)), near, 1);
  const diagonal = eq(min(ay, ax), Infinity);
  const sy = select(diagonal, 1, mul(ay, factor));
  const sx = select(diagonal, 1, mul(ax, factor));
  const angle = firstQuadrant(sy, sx);
  const first = select(eq(ay, 0), ay, angle);
  const [high, low] = pick(x, HALF_PI);
  const left = sub(2 * high, sub(first, 2 * low));
  const value = select(signBit(x), left, first);
  const signed = select(signBit(y), neg(value), value);
  return select(or(ne(x, x), ne(y, y)), add(x, y), signed);
}
