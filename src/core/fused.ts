/** Multiplying and adding with one rounding, in float32, as processors do at once. */

/**
 * Returns a · b + c of float32 numbers, rounded once to float32. The product is exact in float64;
 * its sum with c is rounded there, which matters alone where that comes to lie halfway between two
 * float32: then what was rounded away decides.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const near = Math.fround(sum);
  const other = 2 * sum - near;
  if (other === near || Math.fround(other) !== other || !Number.isFinite(near)) return near;
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  return lost !== 0 && lost > 0 === other > near ? other : near;
}
