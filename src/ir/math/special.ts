/**
 * The error functions and the gamma family. Polynomials near the origin and the roots, known
 * asymptotic forms far out, reflection on the negative axis.
 */
import { convert } from "../scalar.ts";
import type { Scalar } from "../scalar.ts";
import { timesExp } from "./exponential.ts";
import { log } from "./logarithm.ts";
import { DIGAMMA, DIGAMMA_TAIL, ERF, ERFCX, LGAMMA, LGAMMA_TAIL } from "./specialTables.ts";
import {
  abs,
  add,
  and,
  constant,
  div,
  eq,
  fastSum,
  le,
  lt,
  min,
  mul,
  nearest,
  neg,
  or,
  pick,
  polynomial,
  product,
  select,
  sub,
} from "./terms.ts";
import { smallCos, smallSin } from "./trigonometric.ts";

/** erfc a as factor × e^(−a²), a² in two parts: P((a − 4) / (a + 4)) / (1 + 2a) e^(−a²). */
function complement(a: Scalar, exact: boolean): Scalar {
  const limited = min(a, pick(a, { float32: 10.5, float64: 28 }));
  const q = div(sub(limited, 4), add(limited, 4));
  const square = product(limited, limited);
  const [first, ...others] = pick(a, ERFCX);
  const p = fastSum(constant(a, first!), mul(q, polynomial(q, others)));
  const d = fastSum(add(limited, limited), constant(a, 1));
  const factor = div(p.hi, d.hi);
  if (!exact) return timesExp(factor, { hi: neg(square.hi), lo: neg(square.lo) });
  // What rounding P, 1 + 2a and their quotient lost, relative to P: 0.82 is 1 / P up to 10 %.
  const back = product(factor, d.hi);
  const rest = sub(sub(p.hi, back.hi), back.lo);
  const lost = mul(sub(add(p.lo, rest), mul(factor, d.lo)), 0.82);
  return timesExp(factor, { hi: neg(square.hi), lo: sub(lost, square.lo) });
}

/** erf x for |x| ≤ 1. */
function smallErf(x: Scalar): Scalar {
  return add(x, mul(x, polynomial(mul(x, x), pick(x, ERF))));
}

/** Error function. */
export function erf(x: Scalar): Scalar {
  const a = abs(x);
  const large = sub(1, complement(a, false));
  return select(lt(a, 1), smallErf(x), select(lt(x, 0), neg(large), large));
}

/** Complementary error function, accurate down to its smallest results. */
export function erfc(x: Scalar): Scalar {
  const c = complement(abs(x), true);
  const near = sub(1, smallErf(x));
  const far = select(lt(x, 0), sub(2, c), c);
  return select(lt(abs(x), 0.6), near, far);
}

/** Sine and cosine of π x up to a common sign, from the distance to the nearest integer. */
function halfTurns(x: Scalar): { sin: Scalar; cos: Scalar } {
  const r = sub(x, nearest(x));
  const a = abs(r);
  const swapped = lt(constant(x, 0.25), a);
  const angle = mul(select(swapped, sub(0.5, a), a), Math.PI);
  const [s, c] = [smallSin(angle), smallCos(angle)];
  const sine = select(swapped, c, s);
  return { sin: select(lt(r, 0), neg(sine), sine), cos: select(swapped, s, c) };
}

/** Below 8, x as y in [1, 3) (or [2, 3)) and what the recurrence collects on the way down. */
interface Lowered {
  readonly y: Scalar;
  readonly product: Scalar;
  readonly numerator: Scalar;
}

/** Steps x down to below 3: the product of the factors, and its derivative for digamma. */
function lower(x: Scalar): Lowered {
  let y = x;
  let factors = constant(x, 1);
  let numerator = constant(x, 0);
  for (let step = 0; step < 5; step++) {
    const down = le(constant(x, 3), y);
    const next = sub(y, 1);
    numerator = select(down, add(mul(numerator, next), factors), numerator);
    factors = select(down, mul(factors, next), factors);
    y = select(down, next, y);
  }
  return { y, product: factors, numerator };
}

/** log Γ(a) for a ≥ 0. */
function positiveLgamma(a: Scalar): Scalar {
  const low = lt(a, 1);
  const high = le(constant(a, 8), a);
  const { y, product: factors } = lower(a);
  const t = select(low, sub(a, 1), sub(y, 2));
  const first = select(low, a, sub(y, 1));
  const near = mul(mul(first, t), polynomial(t, LGAMMA));
  const logarithm = log(select(low, a, select(high, a, factors)));
  const small = add(near, select(low, neg(logarithm), logarithm));
  const inverse = div(1, a);
  const tail = polynomial(mul(inverse, inverse), LGAMMA_TAIL);
  const stirling = mul(sub(a, 0.5), sub(logarithm, 1));
  const large = add(stirling, add(mul(inverse, tail), 0.4189385332046727));
  return select(high, large, small);
}

/** A function of the gamma family, which float32 takes from float64: its terms cancel. */
function inDouble(compute: (x: Scalar) => Scalar): (x: Scalar) => Scalar {
  return (x) => convert(compute(convert(x, "float64")), x.dtype);
}

/** Logarithm of the absolute value of the gamma function. */
export const lgamma = /* @__PURE__ */ inDouble((x) => {
  const a = abs(x);
  const positive = positiveLgamma(a);
  const sine = abs(halfTurns(a).sin);
  const reflected = sub(log(div(Math.PI, mul(a, sine))), positive);
  const negative = le(x, -1e-20);
  const value = select(negative, reflected, positive);
  const pole = or(eq(sine, 0), eq(a, Infinity));
  return select(and(negative, pole), Infinity, value);
});

/** The root of digamma in two parts. */
const ROOT = 1.4616321449683622;
const ROOT_REST = 9.549995429965697e-17;

/** Derivative of the logarithm of the gamma function. */
export const digamma = /* @__PURE__ */ inDouble((x) => {
  const negative = lt(x, 0);
  const a = select(negative, sub(1, x), x);
  const low = lt(a, 1);
  const high = le(constant(x, 8), a);
  const { y: stepped, product: factors, numerator } = lower(a);
  const y = select(low, add(a, 1), stepped);
  const t = select(low, sub(a, 1), sub(stepped, 2));
  const near = mul(sub(sub(y, ROOT), ROOT_REST), polynomial(t, DIGAMMA));
  const small = add(near, div(select(low, -1, numerator), select(low, a, factors)));
  const inverse = div(1, a);
  const z = mul(inverse, inverse);
  const tail = add(mul(inverse, 0.5), mul(z, polynomial(z, DIGAMMA_TAIL)));
  const value = select(high, sub(log(a), tail), small);
  const { sin, cos } = halfTurns(x);
  const reflected = sub(value, mul(div(cos, sin), Math.PI));
  const pole = and(negative, eq(sin, 0));
  return select(negative, select(pole, NaN, reflected), value);
});
