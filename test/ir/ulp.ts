/** Distances in units of the last place, and the references that Math lacks, in float64. */

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);
const double = new Float64Array(1);
const doubleBits = new BigInt64Array(double.buffer);

/** How many floats of a dtype lie between two of them; 0 for two NaNs, and −0 is not 0. */
export function floatsBetween(a: number, b: number, dtype: "float32" | "float64"): number {
  if (Object.is(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
  if (a === b) return 0.5; // the sign of zero
  const place = dtype === "float32" ? singlePlace : doublePlace;
  const distance = Number(place(a) - place(b));
  return Math.abs(distance);
}

function singlePlace(x: number): bigint {
  single[0] = x;
  const bits = singleBits[0]!;
  return BigInt(bits < 0 ? -(bits & 0x7fffffff) : bits);
}

function doublePlace(x: number): bigint {
  double[0] = x;
  const bits = doubleBits[0]!;
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}

/** The distance from a float32 to the exact value, in units of that value's last place. */
export function singleError(value: number, exact: number, least = 0): number {
  const rounded = Math.fround(exact);
  if (Object.is(value, rounded) && !Number.isFinite(rounded)) return 0;
  if (Number.isNaN(value) || Number.isNaN(rounded)) return Infinity;
  if (value === 0 && rounded === 0) return Object.is(value, rounded) ? 0 : Infinity;
  if (!Number.isFinite(value)) return Math.abs(exact) > 3.4028234e38 ? 1 : Infinity;
  const size = Math.min(Math.max(Math.abs(exact), least), 3.4028234663852886e38);
  const exponent = Math.max(Math.floor(Math.log2(size * (1 - 1e-15))), -126);
  return Math.abs(value - exact) / 2 ** (exponent - 23);
}

/** Error function: Kummer's series of positive terms, and the complement's continued fraction. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (!(a < 2.5)) return Number.isNaN(x) ? x : Math.sign(x) * (1 - erfc(a));
  let sum = 0;
  let term = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-18; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return x === 0 ? x : (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Complementary error function. */
export function erfc(x: number): number {
  if (!(x >= 1.5)) return x < -1.5 ? 2 - erfc(-x) : 1 - erf(x);
  if (x > 27.5) return 0;
  let fraction = 0;
  for (let k = 120; k >= 1; k--) fraction = k / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** log |Γ(x)|, to about 1e-14 of the largest term. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return Infinity;
  if (x <= 0) {
    if (Math.floor(x) === x) return Infinity;
    if (x > -1e-30) return -Math.log(-x);
    const sine = Math.sin(Math.PI * (x - Math.round(x)));
    return Math.log(Math.PI / Math.abs(sine)) - Math.log(-x) - lgamma(-x);
  }
  if (x < 1e-30) return -Math.log(x);
  let factor = 1;
  let y = x;
  for (; y < 15; y++) factor *= y;
  const z = 1 / (y * y);
  const series = (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z / 1188)))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.9189385332046728 + series - Math.log(factor);
}

/** Digamma function, to about 1e-14 of the largest term. */
export function digamma(x: number): number {
  if (x === 0) return -1 / x;
  if (x < 0) {
    if (Math.floor(x) === x) return NaN;
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * (x - Math.round(x)));
  }
  let sum = 0;
  let y = x;
  for (; y < 15; y++) sum -= 1 / y;
  const z = 1 / (y * y);
  const series = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z / 132))));
  return sum + Math.log(y) - 0.5 / y - series;
}
