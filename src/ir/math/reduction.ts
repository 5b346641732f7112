/**
 * Argument reduction for sine and cosine over the whole range (Payne and Hanek): x modulo the
 * quarter turn, from those bits of 2/π that matter for the size of x. float32 multiplies the
 * significand with wrapping 32-bit integers, float64 with exact products of half-length factors.
 */
import { convert, literal, scalar } from "../scalar.ts";
import type { Scalar } from "../scalar.ts";
import {
  abs,
  add,
  constant,
  div,
  exp2i,
  fastSum,
  floor,
  le,
  lt,
  max,
  mul,
  ne,
  nearest,
  neg,
  product,
  select,
  split,
  sub,
} from "./terms.ts";
import type { Pair } from "./terms.ts";

/** x = rest + quarter turns: `odd` number of them, and the signs that sine and cosine take. */
export interface Reduced {
  readonly rest: Scalar;
  /** What rounding `rest` lost. */
  readonly lost: Scalar;
  readonly odd: Scalar;
  readonly sinNegative: Scalar;
  readonly cosNegative: Scalar;
}

/** Reduces x to |rest| ≤ π/4; NaN for an infinite x. */
export function reduce(x: Scalar): Reduced {
  return x.dtype === "float32" ? reduceSingle(x) : reduceDouble(x);
}

const word = (value: number): Scalar => literal("int32", value | 0);
const wmul = (a: Scalar, b: Scalar): Scalar => scalar("mul", a, b);
const wadd = (a: Scalar, b: Scalar): Scalar => scalar("add", a, b);
const wand = (a: Scalar, mask: number): Scalar => scalar("and", a, word(mask));
const shr = (a: Scalar, by: number): Scalar => scalar("shr", a, word(by));
const shl = (a: Scalar, by: number): Scalar => scalar("shl", a, word(by));
const lowHalf = (a: Scalar): Scalar => wand(a, 0xffff);
const highHalf = (a: Scalar): Scalar => shr(a, 16);

/** The first 256 bits of 1 / 2π. */
const INVERSE_TURN = 0x28be60db9391054a7f09d5f47d4d377036d8a5664f10e4107f9458eaf7aef158n;

/** 32 bits of 2^(8q − 24) / 2π, of weights 2^(−32 place − 1) … 2^(−32 place − 32). */
function turnWord(q: number, place: number): number {
  const shift = 256 - (8 * q - 24) - 32 * (place + 1);
  return Number(BigInt.asIntN(32, INVERSE_TURN >> BigInt(shift)));
}

/** The words for |x| < 2^(8q + 7), the smallest such q, for each of three places. */
function turnWords(a: Scalar): Scalar[] {
  let words = [0, 1, 2].map((place) => word(turnWord(16, place)));
  for (let q = 15; q >= 0; q--) {
    const below = lt(a, powerOfTwo(8 * q + 7));
    words = words.map((rest, place) => scalar("select", below, word(turnWord(q, place)), rest));
  }
  return words;
}

/** 2^k of a whole k, exactly. */
function powerOfTwo(k: number): number {
  let value = 1;
  for (let i = 0; i < Math.abs(k); i++) value *= k < 0 ? 0.5 : 2;
  return value;
}

/** Fraction of a turn of integer × words: the upper 32 bits, and what follows in units of 2^−62. */
function fraction(integer: Scalar, words: readonly Scalar[]): { high: Scalar; tail: Scalar } {
  const [w0, w1, w2] = words as [Scalar, Scalar, Scalar];
  const low = lowHalf(integer);
  const high = highHalf(integer);
  const [a, b] = [wmul(low, lowHalf(w1)), wmul(low, highHalf(w1))];
  const [c, d] = [wmul(high, lowHalf(w1)), wmul(high, highHalf(w1))];
  const mid = wadd(b, highHalf(a));
  const mid2 = wadd(c, lowHalf(mid));
  const upper = wadd(wadd(wmul(integer, w0), d), wadd(highHalf(mid), highHalf(mid2)));
  const lower = scalar("or", shl(mid2, 16), lowHalf(a));
  const partial = wadd(highHalf(wmul(low, highHalf(w2))), highHalf(wmul(high, lowHalf(w2))));
  const lowest = wadd(wmul(high, highHalf(w2)), partial);
  return { high: upper, tail: convert(wadd(shr(lower, 2), shr(lowest, 2)), "float32") };
}

/** 2π = 6.28125 (12 bits) + the rest. */
const TURN_HIGH = 6.28125;
const TURN_LOW = 0.001935307179586477;
const TWO_POW_32 = 4294967296;

function reduceSingle(x: Scalar): Reduced {
  const a = abs(x);
  const q = max(floor(mul(add(scalar("exponent", a), 1), 0.125)), 0);
  const integer = convert(mul(a, exp2i(sub(24, mul(q, 8)))), "int32");
  const { high, tail } = fraction(integer, turnWords(a));
  const quarter = shr(wadd(high, word(0x20000000)), 30);
  const signed = scalar("sub", high, shl(quarter, 30));
  const topBits = wand(wadd(signed, word(0x20000)), 0xfffc0000);
  const top = convert(topBits, "float32");
  const low = convert(scalar("sub", signed, topBits), "float32");
  const bottom = fastSum(low, mul(tail, 4 / TWO_POW_32));
  const sum = fastSum(top, bottom.hi);
  // 12 bits whose product with TURN_HIGH is exact, and everything below them.
  const parts = split(sum.hi);
  const below = add(parts.lo, add(sum.lo, bottom.lo));
  const turn = (TURN_HIGH + TURN_LOW) / TWO_POW_32;
  const correction = add(mul(parts.hi, TURN_LOW / TWO_POW_32), mul(below, turn));
  const { hi: rest, lo: lost } = fastSum(mul(parts.hi, TURN_HIGH / TWO_POW_32), correction);
  const negative = lt(x, 0);
  const small = lt(a, Math.PI / 4);
  const zero = word(0);
  const minus = scalar("sub", zero, quarter);
  const count = scalar("select", small, zero, scalar("select", negative, minus, quarter));
  const finite = select(lt(a, Infinity), select(negative, neg(rest), rest), NaN);
  const bit = (n: Scalar, mask: number): Scalar => scalar("ne", wand(n, mask), zero);
  return {
    rest: select(small, x, finite),
    lost: select(small, 0, select(negative, neg(lost), lost)),
    odd: bit(count, 1),
    sinNegative: bit(count, 2),
    cosNegative: bit(wadd(count, word(1)), 2),
  };
}

/** The first 1176 bits of 2/π. */
const INVERSE_QUARTER = BigInt(
  "0x" +
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a" +
    "424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e41" +
    "3991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf" +
    "27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d08" +
    "560330",
);

/** How many 24-bit chunks of 2/π there are, and how many of them meet one significand. */
const CHUNKS = 49;
const WINDOW = 8;

/** The chunks of 2/π from the given place on: a barrel shifter over constants. */
function chunksFrom(place: Scalar): Scalar[] {
  let list: Scalar[] = [literal("float64", 0)];
  for (let i = 0; i < CHUNKS; i++) {
    const chunk = BigInt.asUintN(24, INVERSE_QUARTER >> BigInt(24 * (CHUNKS - 1 - i)));
    list.push(literal("float64", Number(chunk) / 16777216));
  }
  let rest = place;
  for (let step = 32; step >= 1; step /= 2) {
    const source = list;
    const here = le(constant(rest, step), rest);
    const keep = Math.min(source.length, WINDOW + step - 1);
    list = source.slice(0, keep).map((chunk, i) => {
      const later = source[i + step];
      return later === undefined ? chunk : scalar("select", here, later, chunk);
    });
    rest = select(here, sub(rest, step), rest);
  }
  return list;
}

/** Removes multiples of four quarter turns. */
function modulo4(x: Scalar): Scalar {
  return sub(x, mul(nearest(mul(x, 0.25)), 4));
}

/** Adds a term to a pair, in twice the precision (Knuth). */
function addTo(sum: Pair, term: Scalar): Pair {
  const hi = add(sum.hi, term);
  const back = sub(hi, sum.hi);
  const error = add(sub(sum.hi, sub(hi, back)), sub(term, back));
  return fastSum(hi, add(sum.lo, error));
}

/** a × 2/π modulo 4 as a pair less its nearest integer, and that integer. */
function quarters(a: Scalar): { rest: Pair; count: Scalar } {
  const place = max(floor(div(sub(scalar("exponent", a), 30), 24)), 0);
  const scaled = split(mul(a, exp2i(mul(place, -24))));
  const chunks = chunksFrom(place);
  let factors = [mul(scaled.hi, 16777216), mul(scaled.lo, 16777216)];
  let sum: Pair = { hi: constant(a, 0), lo: constant(a, 0) };
  let count = constant(a, 0);
  for (let m = 0; m < WINDOW; m++) {
    for (const factor of factors) {
      const term = mul(factor, chunks[m]!);
      sum = addTo(sum, m < 3 ? modulo4(term) : term);
    }
    factors = factors.map((factor) => mul(factor, 1 / 16777216));
    if (m !== 3) continue;
    count = nearest(sum.hi);
    sum = fastSum(sub(sum.hi, count), sum.lo);
  }
  return { rest: sum, count };
}

function reduceDouble(x: Scalar): Reduced {
  const a = abs(x);
  const { rest, count } = quarters(a);
  const halfPi = constant(a, Math.PI / 2);
  const turned = product(rest.hi, halfPi);
  const low = add(mul(rest.hi, 6.123233995736766e-17), mul(rest.lo, halfPi));
  const { hi: angle, lo: lost } = fastSum(turned.hi, add(turned.lo, low));
  const negative = lt(x, 0);
  const small = lt(a, Math.PI / 4);
  const signedCount = select(small, 0, select(negative, neg(count), count));
  const finite = select(lt(a, Infinity), select(negative, neg(angle), angle), NaN);
  const half = mul(signedCount, 0.5);
  const halfUp = floor(mul(add(signedCount, 1), 0.5));
  const whole = floor(half);
  return {
    rest: select(small, x, finite),
    lost: select(small, 0, select(negative, neg(lost), lost)),
    odd: ne(whole, half),
    sinNegative: isOdd(whole),
    cosNegative: isOdd(halfUp),
  };
}

function isOdd(integer: Scalar): Scalar {
  const half = mul(integer, 0.5);
  return ne(floor(half), half);
}
