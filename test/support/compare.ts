/**
 * Compares computed values with expected ones; a failure names the worst element. Runs anywhere.
 */

/** Values with their type, in row-major order. */
export interface Values {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: ArrayLike<number>;
}

/** What passes: `|actual − expected| <= atol + rtol · |expected|`. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** Says how `actual` differs from `expected`, or returns null where it passes. */
export function mismatch(actual: Values, expected: Values, tolerance: Tolerance): string | null {
  const [want, got] = [showType(expected), showType(actual)];
  if (want !== got) return `is ${got}, expected ${want}`;
  if (actual.data.length !== expected.data.length) {
    return `has ${actual.data.length} elements, expected ${expected.data.length}`;
  }
  const exact = !expected.dtype.startsWith("float");
  let worst = -1;
  let worstExcess = 0;
  let failed = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const excess = excessOf(actual.data[i]!, expected.data[i]!, exact ? null : tolerance);
    if (excess <= 0) continue;
    failed++;
    if (excess > worstExcess) [worst, worstExcess] = [i, excess];
  }
  if (failed === 0) return null;
  const place = indexOf(worst, expected.shape).join(", ");
  const { rtol, atol } = tolerance;
  return (
    `differs at ${failed} of ${expected.data.length} places; worst at [${place}]: ` +
    `got ${actual.data[worst]}, expected ${expected.data[worst]}` +
    (exact ? " exactly" : ` (rtol ${rtol}, atol ${atol})`)
  );
}

/** How far beyond the tolerance a value lies: at most 0 where it passes. */
function excessOf(actual: number, expected: number, tolerance: Tolerance | null): number {
  if (Number.isNaN(expected) || Number.isNaN(actual)) {
    return Number.isNaN(expected) && Number.isNaN(actual) ? 0 : Infinity;
  }
  if (actual === expected) return 0;
  if (tolerance === null || !Number.isFinite(expected) || !Number.isFinite(actual)) return Infinity;
  return Math.abs(actual - expected) - tolerance.atol - tolerance.rtol * Math.abs(expected);
}

function showType(values: Values): string {
  return `${values.dtype}[${values.shape.join(", ")}]`;
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(flat % shape[axis]!);
    flat = Math.floor(flat / shape[axis]!);
  }
  return index;
}
