/** Host functions against those of this engine, which are within one ulp themselves. */
import { describe, expect, test } from "vitest";
import * as host from "../../src/core/math.ts";
import { threefry } from "../../src/core/threefry.ts";

const value = new Float64Array(1);
const bits = new BigInt64Array(value.buffer);

function order(x: number): bigint {
  value[0] = x;
  return bits[0]! < 0n ? -(bits[0]! & 0x7fffffffffffffffn) : bits[0]!;
}

function ulps(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
  return Math.abs(Number(order(a) - order(b)));
}

/** Uniform numbers in [0, 1), the same in every run. */
function* uniform(): Generator<number, never> {
  for (let count = 0; ; count++) {
    const [a, b] = threefry([count, 0], [7, 7]);
    yield (a >>> 0) / 4294967296;
    yield (b >>> 0) / 4294967296;
  }
}

const SPECIAL = [0, -0, 1, -1, 0.5, -0.5, 2, -3, 5e-324, -5e-324, 2.2e-308, 1e22, -1e22, 1.7e308];
SPECIAL.push(Infinity, -Infinity, NaN, 709.78, 709.79, -708.5, -745.13, -745.14, 1647099.5);
const RANGES = [4, 100, 1500, 1e7, 1e15];
const UNARY = ["exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tanh"] as const;

describe("host functions", () => {
  test("a whole power differs from pow by at most so many units in the last place", () => {
    for (const x of [0.9, 0.999, 0.95, -0.5, 2, 0]) {
      for (const n of [0, 1, 2, 3, 10, 57, 1000, 4095]) {
        expect(ulps(host.wholePower(x, n), host.pow(x, n)), `${x}^${n}`).toBeLessThanOrEqual(n);
      }
    }
    expect(host.wholePower(3, 33)).toBe(5559060566555523);
  });

  test.each(UNARY)("%s is within 2 ulp of Math's", (name) => {
    const next = uniform();
    const samples = [...SPECIAL];
    for (let i = 0; i < 60_000; i++) {
      const range = RANGES[i % 6];
      const u = next.next().value;
      bits[0] =
        (BigInt(Math.floor(u * 4294967296)) << 32n) |
        BigInt(Math.floor(next.next().value * 4294967296));
      samples.push(range === undefined ? value[0]! : (u - 0.5) * range);
    }
    let worst = 0;
    for (const x of samples) worst = Math.max(worst, ulps(host[name](x), Math[name](x)));
    // Each side is within one of the exact value; log10 is the one that reaches two.
    expect(worst).toBeLessThanOrEqual(name === "log10" ? 2 : 1);
  });

  test("pow is within 2 ulp of Math's", () => {
    const next = uniform();
    let worst = 0;
    for (let i = 0; i < 100_000; i++) {
      const [u, v] = [next.next().value, next.next().value];
      const x = i % 2 === 0 ? u * 4 : u * 100 - 50;
      const y = i % 2 === 0 ? (v - 0.5) * 1000 : Math.floor(v * 100 - 50);
      worst = Math.max(worst, ulps(host.pow(x, y), Math.pow(x, y)));
    }
    for (const x of SPECIAL) {
      for (const y of SPECIAL) worst = Math.max(worst, ulps(host.pow(x, y), Math.pow(x, y)));
    }
    expect(worst).toBeLessThanOrEqual(2);
  });

  test("powers of the base have whole logarithms", () => {
    for (let k = -300; k <= 300; k++) expect(host.log2(Math.pow(2, k))).toBe(k);
    for (let k = 0; k <= 22; k++) expect(host.log10(Number(`1e${k}`))).toBe(k);
  });
});

test("threefry gives Random123's known answers for 20 rounds", () => {
  const words = (...list: number[]): number[] => list.map((word) => word | 0);
  expect(threefry([0, 0], [0, 0])).toEqual(words(0x6b200159, 0x99ba4efe));
  expect(threefry([-1, -1], [-1, -1])).toEqual(words(0x1cb996fc, 0xbb002be7));
  const [c0, c1, k0, k1] = words(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344);
  expect(threefry([c0!, c1!], [k0!, k1!])).toEqual(words(0xc4923a9c, 0x483df7a0));
});
