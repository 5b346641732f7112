/** The shared parity suite in Node, with a seeded fault that it must see. */
import { describe, expect, test } from "vitest";
import { OPS } from "../../src/ir/ops.ts";
import { compareBits, parityCases, runParity } from "./parity.ts";
import { RECIPES } from "./recipes.ts";

describe("parity of wasm with interpret", () => {
  test("every operation of the table has recipes", () => {
    const missing = Object.entries(RECIPES).filter(([op, list]) => op !== "input" && !list.length);
    expect(missing.map(([op]) => op)).toEqual([]);
    expect(Object.keys(RECIPES).sort()).toEqual(Object.keys(OPS).sort());
  });

  test("all results have the same bits", { timeout: 120_000 }, () => {
    const report = runParity();
    console.log(
      `parity: ${report.cases} cases of ${Object.keys(OPS).length} operations, ` +
        `${report.failures.length} failures, hash ${report.hash}`,
    );
    expect(report.cases).toBeGreaterThan(1500);
    expect(report.failures).toEqual([]);
  });

  test("one wrong bit is seen", () => {
    expect(compareBits(Float32Array.of(1, NaN), Float32Array.of(1, NaN))).toBeNull();
    expect(compareBits(Float32Array.of(1, -0), Float32Array.of(1, 0))).toContain("1 of 2");
    expect([...parityCases()].some((c) => c.gradient)).toBe(true);
  });
});
