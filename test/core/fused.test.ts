/** The fused multiply-add against exact whole numbers. */
import { expect, test } from "vitest";
import { fusedMultiplyAdd } from "../../src/core/fused.ts";
import { makeRandom } from "../parity/layouts.ts";

/** Rounds an exact number · 2^−scale to float32, ties to even, by whole numbers alone. */
function rounded(exact: bigint, scale: number): number {
  const size = exact < 0n ? -exact : exact;
  const drop = BigInt(Math.max(0, size.toString(2).length - 24));
  const half = drop === 0n ? 0n : 1n << (drop - 1n);
  let kept = size >> drop;
  const rest = size - (kept << drop);
  if (rest > half || (rest === half && drop > 0n && kept % 2n === 1n)) kept += 1n;
  const value = Number(kept) * 2 ** (Number(drop) - scale);
  return exact < 0n ? -value : value;
}

test("rounds once, also where the sum in float64 comes to lie halfway between two float32", () => {
  const random = makeRandom(7);
  const whole = (bits: number): number => (random() >>> (32 - bits)) - 2 ** (bits - 1);
  const near = [
    [2 ** 23 + 1, 2 ** 23 - 1], // 2^46 − 1
    [8384513, 8392705], // 2^46 + 1
    [2 ** 23, 2 ** 23],
  ] as const;
  let twice = 0;
  for (let turn = 0; turn < 20_000; turn++) {
    const sign = random() % 2 === 0 ? 1 : -1;
    const [x, b] = near[turn % 6] ?? [whole(24), whole(24)];
    const a = sign * x;
    const c = whole(25) * 2 ** (turn % 6 < 3 ? 47 : random() % 50);
    const want = rounded(BigInt(a) * BigInt(b) + BigInt(c), 0);
    expect(fusedMultiplyAdd(a, b, c)).toBe(want);
    if (Math.fround(a * b + c) !== want) twice++;
  }
  expect(twice).toBeGreaterThan(1000);
  // 1 + 2^-24 is halfway; what the product has beyond it decides
  const tiny = 2 ** -60;
  expect(fusedMultiplyAdd(2 ** -12, 2 ** -12 * (1 + 2 ** -23), 1)).toBe(1 + 2 ** -23);
  expect(fusedMultiplyAdd(2 ** -30, 2 ** -30, 1 + 2 ** -23)).toBe(1 + 2 ** -23);
  expect(fusedMultiplyAdd(-(2 ** -12), 2 ** -12 * (1 + 2 ** -23), 1)).toBe(1 - 2 ** -24);
  expect(fusedMultiplyAdd(tiny, Infinity, 1)).toBe(Infinity);
  expect(fusedMultiplyAdd(1, NaN, 1)).toBeNaN();
  console.log(`fused: of 20,000 sums ${twice} would differ where float64 rounds them first`);
});
