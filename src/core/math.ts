/**
 * Elementary functions of float64 host numbers with the same bits in every engine: only + − × ÷,
 * sqrt, floor and the bits of a double. Ports of FreeBSD's msun (fdlibm), whose methods and
 * constants are by Sun Microsystems, 1993: "Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice is preserved." Errors stay below one unit
 * in the last place.
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const TWO_54 = 18014398509481984;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
double[0] = 1;
const HIGH = words[1] === 0 ? 0 : 1; // where the sign and the exponent are
const LOW = 1 - HIGH;

function highWord(x: number): number {
  double[0] = x;
  return words[HIGH]!;
}

/** Replaces the lower half of the bits by zeros. */
function truncated(x: number): number {
  double[0] = x;
  words[LOW] = 0;
  return double[0]!;
}

/** 2^k of a whole k from −1022 to 1023. */
function powerOfTwo(k: number): number {
  words[LOW] = 0;
  words[HIGH] = (k + 1023) << 20;
  return double[0]!;
}

/** x × 2^k, rounded once; x is near 1. */
function scale(x: number, k: number): number {
  if (k > 1023) return x * powerOfTwo(k - 1) * 2;
  if (k < -1022) return x * powerOfTwo(k + 54) * (1 / TWO_54);
  return x * powerOfTwo(k);
}

/** x as 2^exponent × mantissa, the mantissa in (√½, √2). */
function normalize(x: number): { exponent: number; mantissa: number } {
  const subnormal = x < 2.2250738585072014e-308;
  const high = highWord(subnormal ? x * TWO_54 : x);
  const fraction = high & 0xfffff;
  const up = (fraction + 0x95f64) & 0x100000; // 2^20 from √2 on
  words[HIGH] = fraction | (up ^ 0x3ff00000);
  const exponent = (high >> 20) - 1023 + (up >> 20) - (subnormal ? 54 : 0);
  return { exponent, mantissa: double[0]! };
}

/** c = 2 − … of fdlibm's e^r ≈ 1 + r + r c / (2 − c), for |r| ≤ ½ ln 2. */
function expRest(r: number): number {
  const t = r * r;
  const p = t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8);
  const q = t * (-2.77777777770155933842e-3 + t * (6.61375632143793436117e-5 + p));
  return r - t * (1.66666666666666019037e-1 + q);
}

/** Exponential. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  if (Math.abs(x) < 3.725290298461914e-9) return 1 + x;
  const k = Math.abs(x) > LN2_HIGH / 2 ? Math.floor(x * Math.LOG2E + 0.5) : 0;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const c = expRest(r);
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  return scale(1 - (low - (r * c) / (2 - c) - high), k);
}

/** e^x − 1, exact to the last bits near 0. */
export function expm1(x: number): number {
  if (Number.isNaN(x) || Math.abs(x) < 5.551115123125783e-17) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -40) return -1;
  const k = Math.abs(x) > LN2_HIGH / 2 ? Math.floor(x * Math.LOG2E + 0.5) : 0;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const lost = high - r - low;
  const half = 0.5 * r;
  const square = r * half;
  const q4 = 4.00821782732936239552e-6 + square * -2.01099218183624371326e-7;
  const q2 = 1.58730158725481460165e-3 + square * (-7.93650757867487942473e-5 + square * q4);
  const series = 1 + square * (-3.33333333333331316428e-2 + square * q2);
  const t = 3 - series * half;
  const first = square * ((series - t) / (6 - r * t));
  if (k === 0) return r - (r * first - square);
  const e = r * (first - lost) - lost - square;
  return finishExpm1(r, e, k);
}

/** 2^k (1 + r − e) − 1. */
function finishExpm1(r: number, e: number, k: number): number {
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k <= -2 || k > 56) return scale(1 - (e - r), k) - 1;
  const inverse = powerOfTwo(-k);
  return k < 20 ? scale(1 - inverse - (e - r), k) : scale(r - (e + inverse) + 1, k);
}

/** log(1 + f) − f + f²/2, for |f| < 0.42, given f²/2. */
function logRest(f: number, half: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even =
    w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const tail = 0.1818357216161805012 + w * 0.1479819860511658591;
  const uneven = z * (0.666666666666673513 + w * (0.2857142874366239149 + w * tail));
  return s * (half + uneven + even);
}

/** Natural logarithm. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const { exponent: k, mantissa } = normalize(x);
  const f = mantissa - 1;
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (logRest(f, half) + k * LN2_LOW) - f);
}

/** log(1 + x), exact to the last bits near 0. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === Infinity || Math.abs(x) < 5.551115123125783e-17) return x;
  const u = 1 + x;
  const { exponent: k, mantissa } = normalize(u);
  const f = k === 0 ? x : mantissa - 1;
  const lost = x < 1 ? x - (u - 1) : 1 - (u - x);
  const correction = k === 0 ? 0 : lost / u;
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (logRest(f, half) + (k * LN2_LOW + correction)) - f);
}

/** log(1 + f) in two parts, the first with half the bits. */
function logParts(f: number): { high: number; low: number } {
  const half = 0.5 * f * f;
  const high = truncated(f - half);
  return { high, low: f - high - half + logRest(f, half) };
}

const INVERSE_LN2_HIGH = 1.44269504072144627571;
const INVERSE_LN2_LOW = 1.67517131648865118353e-10;

/** Logarithm to base 2; exact at powers of two. */
export function log2(x: number): number {
  if (!(x > 0) || x === Infinity) return log(x);
  const { exponent, mantissa } = normalize(x);
  const { high, low } = logParts(mantissa - 1);
  const value = high * INVERSE_LN2_HIGH;
  const rest = (low + high) * INVERSE_LN2_LOW + low * INVERSE_LN2_HIGH;
  const sum = exponent + value;
  return rest + (exponent - sum + value) + sum;
}

const INVERSE_LN10_HIGH = 4.34294481878168880939e-1;
const INVERSE_LN10_LOW = 2.50829467116452752298e-11;
const LOG10_2_HIGH = 3.01029995663611771306e-1;
const LOG10_2_LOW = 3.69423907715893078616e-13;

/** Logarithm to base 10; exact at powers of ten. */
export function log10(x: number): number {
  if (!(x > 0) || x === Infinity) return log(x);
  const { exponent, mantissa } = normalize(x);
  const { high, low } = logParts(mantissa - 1);
  const value = high * INVERSE_LN10_HIGH;
  const large = exponent * LOG10_2_HIGH;
  const small = exponent * LOG10_2_LOW + (low + high) * INVERSE_LN10_LOW;
  const sum = large + value;
  return small + low * INVERSE_LN10_HIGH + (large - sum + value) + sum;
}

/** Hyperbolic tangent. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x) || a < 3.725290298461914e-9) return x;
  const t = expm1(a < 1 ? -2 * a : 2 * a);
  const value = a < 22 ? (a < 1 ? -t / (t + 2) : 1 - 2 / (t + 2)) : 1;
  return x < 0 ? -value : value;
}

/** x to a whole power n ≥ 0 by squaring; its relative error grows as n units in the last place. */
export function wholePower(x: number, n: number): number {
  let result = 1;
  let square = x;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** x to the power y, with the special cases of `**`: NaN at ±1 to the power ±∞. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const a = Math.abs(x);
  if (Math.abs(y) === Infinity) return a === 1 ? NaN : a > 1 === y > 0 ? Infinity : 0;
  const whole = Math.floor(y) === y;
  const odd = whole && Math.floor(y / 2) !== y / 2;
  if (a === 0 || a === Infinity) {
    const magnitude = y > 0 ? a : 1 / a;
    return odd && (x < 0 || 1 / x < 0) ? -magnitude : magnitude;
  }
  if (x < 0 && !whole) return NaN;
  const magnitude = a === 1 ? 1 : y === 1 ? a : positivePower(a, y);
  return x < 0 && odd ? -magnitude : magnitude;
}

/** a^y for a positive a other than 1 and a finite y. */
function positivePower(a: number, y: number): number {
  const big = a > 1 === y > 0 ? Infinity : 0;
  if (Math.abs(y) > 1e20) return big;
  const { high, low } = log2Parts(a);
  const y1 = truncated(y);
  const small = (y - y1) * high + y * low;
  const large = y1 * high;
  const z = small + large;
  if (z >= 1024) {
    const over = z > 1024 || small + 8.008566259537294e-17 > z - large;
    if (over) return Infinity;
  }
  if (z <= -1075) {
    const under = z < -1075 || small <= z - large;
    if (under) return 0;
  }
  return power2(large, small, z);
}

/** 2^(large + small), whose sum is z. */
function power2(large: number, small: number, z: number): number {
  const k = Math.abs(z) > 0.5 ? Math.floor(z + 0.5) : 0;
  const rest = large - k;
  const t = truncated(small + rest);
  const u = t * 6.93147182464599609375e-1;
  const v = (small - (t - rest)) * 6.93147180559945286227e-1 + t * -1.90465429995776804525e-9;
  const r = u + v;
  const w = v - (r - u);
  const c = expRest(r);
  return scale(1 - ((r * c) / (c - 2) - (w + r * w) - r), k);
}

/** log2 a in two parts, the first with half the bits. */
function log2Parts(a: number): { high: number; low: number } {
  const subnormal = a < 2.2250738585072014e-308;
  const bits = highWord(subnormal ? a * TWO_54 : a);
  const fraction = bits & 0xfffff;
  let exponent = (bits >> 20) - 1023 - (subnormal ? 54 : 0);
  const middle = fraction > 0x3988e && fraction < 0xbb67a; // √1.5 … √3: relative to 1.5
  const up = fraction >= 0xbb67a;
  if (up) exponent += 1;
  words[HIGH] = fraction | (up ? 0x3fe00000 : 0x3ff00000);
  const x = double[0]!;
  const base = middle ? 1.5 : 1;
  const u = x - base;
  const v = 1 / (x + base);
  const s = u * v;
  const sHigh = truncated(s);
  const sumHigh = truncated(x + base);
  const sumLow = x - (sumHigh - base);
  const sLow = v * (u - sHigh * sumHigh - sHigh * sumLow);
  const z = s * s;
  const series =
    0.272728123808534006489 + z * (0.230660745775561754067 + z * 0.206975017800338417784);
  const outer = 0.428571428578550184252 + z * (0.333333329818377432918 + z * series);
  const r = z * z * (0.599999999999994648725 + z * outer) + sLow * (sHigh + s);
  const square = sHigh * sHigh;
  const tHigh = truncated(3 + square + r);
  const tLow = r - (tHigh - 3 - square);
  const p = sHigh * tHigh;
  const q = sLow * tHigh + tLow * s;
  const pHigh = truncated(p + q);
  const pLow = q - (pHigh - p);
  const zHigh = 9.61796700954437255859e-1 * pHigh;
  const zLow =
    -7.02846165095275826516e-9 * pHigh +
    pLow * 9.61796693925975554329e-1 +
    (middle ? 1.35003920212974897128e-8 : 0);
  const offset = middle ? 5.84962487220764160156e-1 : 0;
  const high = truncated(zHigh + zLow + offset + exponent);
  return { high, low: zLow - (high - exponent - offset - zHigh) };
}

/** sin(r + rest) for |r| ≤ π/4. */
function sinKernel(r: number, rest: number): number {
  const z = r * r;
  const s5 =
    2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10);
  const series = 8.33333333332248946124e-3 + z * (-1.98412698298579493134e-4 + z * s5);
  const v = z * r;
  return r - (z * (0.5 * rest - v * series) - rest - v * -1.66666666666666324348e-1);
}

/** cos(r + rest) for |r| ≤ π/4. */
function cosKernel(r: number, rest: number): number {
  const z = r * r;
  const c5 =
    -2.7557314351390663303e-7 + z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11);
  const c3 = -1.38888888888741095749e-3 + z * (2.48015872894767294178e-5 + z * c5);
  const series = z * (4.16666666666666019037e-2 + z * c3);
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + (z * series - r * rest));
}

interface Reduced {
  /** Quarter turns, modulo four. */
  readonly quarter: number;
  readonly high: number;
  readonly low: number;
}

/** Takes off the nearest multiple of π/2; what is left is in two parts. */
function reduce(x: number): Reduced {
  const a = Math.abs(x);
  if (a <= Math.PI / 4) return { quarter: 0, high: x, low: 0 };
  if (a > 1647099) return reduceFar(x);
  const n = Math.floor(x * (2 / Math.PI) + 0.5);
  const first = x - n * 1.57079632673412561417;
  // Two more steps of 33 bits each: enough for every double below 2^20 π/2.
  const second = first - n * 6.0771005063039659766e-11;
  const lost2 = first - second - n * 6.0771005063039659766e-11;
  const third = second - n * 2.0222662487111664558e-21;
  const lost3 = second - third - n * 2.0222662487111664558e-21;
  const tail = n * 8.47842766036889956997e-32 - (lost2 + lost3);
  const high = third - tail;
  return { quarter: n & 3, high, low: third - high - tail };
}

/** The first 1176 bits of 2/π. */
const INVERSE_QUARTER = BigInt(
  "0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a" +
    "424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e41" +
    "3991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf" +
    "27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d08" +
    "560330",
);
const INVERSE_BITS = 1176;

/** The same for the largest arguments, by exact integers. */
function reduceFar(x: number): Reduced {
  const high = highWord(Math.abs(x));
  const exponent = (high >> 20) - 1075;
  const half = Math.floor(exponent / 2);
  const whole = Math.abs(x) / powerOfTwo(half) / powerOfTwo(exponent - half);
  // x = whole × 2^exponent: quarter turns with 160 bits after the point
  const shift = BigInt(INVERSE_BITS - 160 - exponent);
  const quarters = (BigInt(whole) * INVERSE_QUARTER) >> shift;
  const rounded = (quarters + (1n << 159n)) >> 160n;
  const rest = quarters - (rounded << 160n);
  const unit = 1 / powerOfTwo(160);
  const main = Number(rest);
  const part = Number(rest - BigInt(main));
  const turns = truncated(main * unit);
  const left = main * unit - turns + part * unit;
  // π/2 = 1.5707963267341256 (33 bits) + 6.077100506506192e-11
  const p = turns * 1.57079632673412561417;
  const q = turns * 6.07710050650619224932e-11 + left * (Math.PI / 2);
  const sum = p + q;
  const low = q - (sum - p);
  const quarter = Number(rounded & 3n);
  return x < 0 ? { quarter: -quarter & 3, high: -sum, low: -low } : { quarter, high: sum, low };
}

/** Sine. */
export function sin(x: number): number {
  if (x === 0 || x - x !== 0) return x === 0 ? x : NaN;
  const { quarter, high, low } = reduce(x);
  const value = quarter % 2 === 0 ? sinKernel(high, low) : cosKernel(high, low);
  return quarter >= 2 ? -value : value;
}

/** Cosine. */
export function cos(x: number): number {
  if (x - x !== 0) return NaN;
  const { quarter, high, low } = reduce(x);
  const value = quarter % 2 === 0 ? cosKernel(high, low) : sinKernel(high, low);
  return quarter === 1 || quarter === 2 ? -value : value;
}
