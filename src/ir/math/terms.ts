/**
 * Spelling for the scalar trees of this folder: one short function per instruction, constants in
 * the dtype of a neighbour, and polynomials. A term that is used twice must be the same object
 * twice.
 */
import { literal, scalar } from "../scalar.ts";
import type { Scalar } from "../scalar.ts";

/** One number or list of numbers for each floating-point dtype. */
export interface PerFloat<T> {
  readonly float32: T;
  readonly float64: T;
}

/** Picks the entry of a table that belongs to the dtype of `x`. */
export function pick<T>(x: Scalar, table: PerFloat<T>): T {
  return x.dtype === "float32" ? table.float32 : table.float64;
}

/** Makes a constant in the dtype of `x`. */
export function constant(x: Scalar, value: number): Scalar {
  return literal(x.dtype, x.dtype === "float32" ? Math.fround(value) : value);
}

/** A term, or a number that becomes a constant in the other operand's dtype. */
export type Operand = Scalar | number;

type Binary = "add" | "sub" | "mul" | "div" | "min" | "max" | "eq" | "ne" | "lt" | "le";

function binary(op: Binary, a: Operand, b: Operand): Scalar {
  if (typeof a !== "number") return scalar(op, a, typeof b === "number" ? constant(a, b) : b);
  if (typeof b === "number") throw new TypeError(`${op}: one operand must be a term`);
  return scalar(op, constant(b, a), b);
}

/** Adds. */
export function add(a: Operand, b: Operand): Scalar {
  return binary("add", a, b);
}

/** Subtracts. */
export function sub(a: Operand, b: Operand): Scalar {
  return binary("sub", a, b);
}

/** Multiplies. */
export function mul(a: Operand, b: Operand): Scalar {
  return binary("mul", a, b);
}

/** Divides. */
export function div(a: Operand, b: Operand): Scalar {
  return binary("div", a, b);
}

/** Takes the smaller operand; NaN if there is one. */
export function min(a: Operand, b: Operand): Scalar {
  return binary("min", a, b);
}

/** Takes the larger operand; NaN if there is one. */
export function max(a: Operand, b: Operand): Scalar {
  return binary("max", a, b);
}

/** Compares: a = b. */
export function eq(a: Operand, b: Operand): Scalar {
  return binary("eq", a, b);
}

/** Compares: a ≠ b, which holds for a NaN. */
export function ne(a: Operand, b: Operand): Scalar {
  return binary("ne", a, b);
}

/** Compares: a < b. */
export function lt(a: Operand, b: Operand): Scalar {
  return binary("lt", a, b);
}

/** Compares: a ≤ b. */
export function le(a: Operand, b: Operand): Scalar {
  return binary("le", a, b);
}

/** Chooses between two terms of one dtype; at least one of them is no number. */
export function select(condition: Scalar, ifTrue: Operand, ifFalse: Operand): Scalar {
  const sample = typeof ifTrue === "number" ? ifFalse : ifTrue;
  if (typeof sample === "number") throw new TypeError("select: one choice must be a term");
  const term = (x: Operand): Scalar => (typeof x === "number" ? constant(sample, x) : x);
  return scalar("select", condition, term(ifTrue), term(ifFalse));
}

/** Chooses between two constants in the dtype of `like`. */
export function selectConstant(
  like: Scalar,
  condition: Scalar,
  ifTrue: number,
  ifFalse: number,
): Scalar {
  return scalar("select", condition, constant(like, ifTrue), constant(like, ifFalse));
}

/** Both conditions hold. */
export function and(a: Scalar, b: Scalar): Scalar {
  return scalar("and", a, b);
}

/** One condition holds at least. */
export function or(a: Scalar, b: Scalar): Scalar {
  return scalar("or", a, b);
}

/** Changes the sign. */
export function neg(x: Scalar): Scalar {
  return scalar("neg", x);
}

/** Drops the sign. */
export function abs(x: Scalar): Scalar {
  return scalar("abs", x);
}

/** Takes the square root. */
export function sqrt(x: Scalar): Scalar {
  return scalar("sqrt", x);
}

/** Rounds down. */
export function floor(x: Scalar): Scalar {
  return scalar("floor", x);
}

/** Rounds to the nearest integer, ties to even. */
export function nearest(x: Scalar): Scalar {
  return scalar("nearest", x);
}

/** Makes 2^k of an integral k within the range of normal numbers. */
export function exp2i(k: Scalar): Scalar {
  return scalar("exp2i", k);
}

/** Limits `x` to [low, high]; NaN stays. */
export function clamp(x: Scalar, low: number, high: number): Scalar {
  return min(max(x, low), high);
}

/** Evaluates c[0] + c[1] x + c[2] x² + … by Horner's rule. */
export function polynomial(x: Scalar, coefficients: readonly number[]): Scalar {
  const last = coefficients.length - 1;
  let sum: Operand = coefficients[last]!;
  for (let k = last - 1; k >= 0; k--) sum = add(mul(sum, x), coefficients[k]!);
  return typeof sum === "number" ? constant(x, sum) : sum;
}

/**
 * The same polynomial as its even and its odd part in x²: as many steps, but half of them at a
 * time.
 */
export function evenOdd(x: Scalar, square: Scalar, coefficients: readonly number[]): Scalar {
  const part = (odd: number): number[] => coefficients.filter((_, k) => k % 2 === odd);
  return add(polynomial(square, part(0)), mul(polynomial(square, part(1)), x));
}

/** Gives `magnitude` the sign of a nonzero `x`; at ±0 returns `x`, for functions that are odd. */
export function odd(x: Scalar, magnitude: Scalar): Scalar {
  const signed = select(lt(x, 0), neg(magnitude), magnitude);
  return select(eq(x, 0), x, signed);
}

/** A sum of two terms of which the second is below the rounding error of the first. */
export interface Pair {
  readonly hi: Scalar;
  readonly lo: Scalar;
}

/** Splits into two halves of at most 12 (float32) or 26 (float64) bits each (Veltkamp). */
export function split(x: Scalar): Pair {
  const scaled = mul(x, pick(x, { float32: 4097, float64: 134217729 }));
  const hi = sub(scaled, sub(scaled, x));
  return { hi, lo: sub(x, hi) };
}

/** Multiplies without error, the product and its rounding error (Dekker). */
export function product(a: Scalar, b: Scalar): Pair {
  const hi = mul(a, b);
  const x = split(a);
  const y = a === b ? x : split(b);
  const first = sub(mul(x.hi, y.hi), hi);
  const second = add(add(first, mul(x.hi, y.lo)), mul(x.lo, y.hi));
  return { hi, lo: add(second, mul(x.lo, y.lo)) };
}

/** Adds without error where |a| ≥ |b| or a = 0 (Dekker). */
export function fastSum(a: Scalar, b: Scalar): Pair {
  const hi = add(a, b);
  return { hi, lo: sub(b, sub(hi, a)) };
}
