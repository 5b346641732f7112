/** Writes a polynomial out so that who types it in gets the fit that was printed beside it. */
import { formatNumber, showText } from "../core/format.ts";
import { wholePower } from "../core/math.ts";
import { regressionMetrics } from "../data/metrics.ts";
import type { Polynomial } from "../data/polynomial.ts";
import { rangeOf } from "../data/scaler.ts";
import { quantityOf } from "../data/units.ts";

const POWERS = ["", "", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
const LETTERS = ["abcdefgh", "pqrstuvw", "ABCDEFGH"].map((letters) => [...letters]);
/** Coefficients longer than this are nobody's to type: those of x − origin are shorter. */
const MOST_DIGITS = 6;

/** The names and the values that a polynomial was fitted to. */
export interface FittedTo {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly xName: string;
  readonly yName: string;
}

/** Writes out a polynomial: `Cp = a + b·T + c·T² with a = …`, with as many digits as it takes. */
export function describePolynomial(polynomial: Polynomial, fitted: FittedTo): string {
  const { origin, coefficients } = spelled(polynomial, fitted);
  const [left, right] = [fitted.yName, fitted.xName].map((name) =>
    showText(quantityOf(name).symbol),
  );
  const letters = lettersBeside([left!, right!]);
  const base = origin === 0 ? asFactor(right!) : `(${asFactor(right!)} ${signed(-origin)})`;
  const terms = coefficients.map((_, i) =>
    i === 0 ? letters[0] : `${letters[i]}·${base}${POWERS[i]}`,
  );
  const values = coefficients.map((text, i) => `${letters[i]} = ${text}`);
  return `${left!} = ${terms.join(" + ")} with ${values.join(", ")}`;
}

interface Spelled {
  readonly origin: number;
  readonly coefficients: readonly string[];
  readonly digits: number;
}

/** Spells the coefficients of x, or where they need many digits those of x minus a round number. */
function spelled(polynomial: Polynomial, fitted: FittedTo): Spelled {
  const plain = withDigits(polynomial, fitted, 0);
  const [low, high] = rangeOf(fitted.x);
  const half = (high - low) / 2;
  const aside = Math.abs(low + half) > 2 * half;
  if (plain.digits <= MOST_DIGITS || !aside) return plain;
  const step = Number(`1e${half.toExponential().split("e")[1]!}`);
  const origin = Number((Math.round((low + half) / step) * step).toPrecision(12));
  const shifted = withDigits(polynomial, fitted, origin);
  return shifted.digits < plain.digits ? shifted : plain;
}

/** Takes the fewest digits whose formula misses the data as the polynomial does. */
function withDigits(polynomial: Polynomial, { x, y }: FittedTo, origin: number): Spelled {
  const exact = polynomial.around(origin);
  const wanted = regressionMetrics(x.map(polynomial.at), y);
  const [low, high] = rangeOf(y);
  const size = Math.max(Math.abs(low), Math.abs(high));
  // What is left of an exact fit is rounding: that needs no digits.
  const nothing = wanted.rmse < 1e-12 * size ? 1e-6 * size : 0;
  const reach = x.reduce((most, at) => Math.max(most, Math.abs(at - origin)), 0);
  for (let digits = 4; ; digits++) {
    const coefficients = exact.map((value, i) =>
      formatNumber(Math.abs(value) * wholePower(reach, i) < 1e-14 * size ? 0 : value, { digits }),
    );
    const numbers = coefficients.map(Number);
    const values = x.map((at) => numbers.reduceRight((sum, c) => sum * (at - origin) + c, 0));
    const { rmse } = regressionMetrics(values, y);
    const same = formatNumber(rmse) === formatNumber(wanted.rmse) || rmse < nothing;
    if (same || digits === 17) return { origin, coefficients, digits };
  }
}

/** Chooses letters that neither name is: `a = a + b·year` would be no formula. */
function lettersBeside(names: readonly string[]): readonly string[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const free = LETTERS.find((letters) => letters.every((one) => !taken.has(one.toLowerCase())));
  return free ?? LETTERS[0]!.map((_, i) => `c${i}`);
}

/** Puts a name of several words in brackets, so that a power is one of the whole. */
function asFactor(name: string): string {
  return /^[\p{L}\p{N}_.]+$/u.test(name) ? name : `(${name})`;
}

function signed(value: number): string {
  const text = formatNumber(Math.abs(value), { digits: 12 });
  return value < 0 ? `− ${text}` : `+ ${text}`;
}
