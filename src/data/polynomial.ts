/**
 * Least-squares polynomials in one variable: the baseline that a network has to beat. Solved by
 * Householder QR on the variable mapped to [−1, 1], where the columns are far from parallel.
 */
import { argumentError } from "../core/errors.ts";
import { rangeOf } from "./scaler.ts";

/** A fitted polynomial: coefficients of 1, x, x², … in the units of the data. */
export interface Polynomial {
  readonly coefficients: readonly number[];
  /** Returns the polynomial's value at x. */
  at(x: number): number;
  /** Returns the coefficients of 1, x − origin, (x − origin)², … */
  around(origin: number): readonly number[];
}

const NAMES = ["constant", "line", "quadratic", "cubic", "quartic", "quintic"];

/** Names a polynomial by its terms: `line`, `cubic polynomial`. */
export function polynomialName({ coefficients }: Pick<Polynomial, "coefficients">): string {
  const degree = coefficients.length - 1;
  const name = NAMES[degree] ?? `degree-${degree}`;
  return degree < 2 ? name : `${name} polynomial`;
}

/** Fits a polynomial of at most `degree`, lower where there are too few distinct x. */
export function fitPolynomial(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  degree: number,
): Polynomial {
  if (x.length === 0 || x.length !== y.length) {
    throw argumentError(
      `fitPolynomial: ${x.length} x and ${y.length} y; need as many, at least 1.`,
    );
  }
  const [low, high] = rangeOf(x);
  const centre = low + (high - low) / 2;
  const half = (high - low) / 2 || 1;
  const terms = Math.min(degree + 1, new Set(Array.from(x)).size);
  const columns = powers(
    Array.from(x, (value) => (value - centre) / half),
    terms,
  );
  const inner = solveLeastSquares(columns, Float64Array.from(y));
  return {
    coefficients: expandPowers(inner, centre, half),
    at: (value) => horner(inner, (value - centre) / half),
    around: (origin) => expandPowers(inner, centre - origin, half),
  };
}

function powers(t: number[], terms: number): Float64Array[] {
  const columns = [new Float64Array(t.length).fill(1)];
  while (columns.length < terms) {
    const last = columns[columns.length - 1]!;
    columns.push(last.map((value, i) => value * t[i]!));
  }
  return columns;
}

function horner(coefficients: readonly number[], t: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
}

/** Rewrites Σ cₖ ((x − centre) / half)ᵏ as a polynomial in x, by Horner's scheme on polynomials. */
function expandPowers(inner: readonly number[], centre: number, half: number): number[] {
  let outer: number[] = [];
  for (let k = inner.length - 1; k >= 0; k--) {
    const next = new Array<number>(outer.length + 1).fill(0);
    outer.forEach((c, i) => {
      next[i]! -= (c * centre) / half;
      next[i + 1]! += c / half;
    });
    next[0]! += inner[k]!;
    outer = next;
  }
  return outer;
}

/** Solves min ‖A c − y‖ for A given by columns of like size; overwrites its arguments. */
export function solveLeastSquares(columns: Float64Array[], y: Float64Array): number[] {
  const diagonal = columns.map((column, k) => {
    const norm = lengthFrom(column, k);
    const pivot = column[k]! > 0 ? -norm : norm;
    column[k]! -= pivot;
    const squared = dotFrom(column, column, k);
    if (squared === 0) return pivot;
    for (const other of [...columns.slice(k + 1), y]) {
      const factor = (2 * dotFrom(column, other, k)) / squared;
      for (let i = k; i < other.length; i++) other[i]! -= factor * column[i]!;
    }
    return pivot;
  });
  const largest = diagonal.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const solution = new Array<number>(columns.length).fill(0);
  for (let k = columns.length - 1; k >= 0; k--) {
    let rest = y[k]!;
    for (let j = k + 1; j < columns.length; j++) rest -= columns[j]![k]! * solution[j]!;
    // A column that the others make up adds nothing.
    solution[k] = Math.abs(diagonal[k]!) <= 1e-10 * largest ? 0 : rest / diagonal[k]!;
  }
  return solution;
}

function dotFrom(a: Float64Array, b: Float64Array, start: number): number {
  let sum = 0;
  for (let i = start; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function lengthFrom(a: Float64Array, start: number): number {
  return Math.sqrt(dotFrom(a, a, start));
}
