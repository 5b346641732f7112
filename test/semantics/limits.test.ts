/** Memory above what WebAssembly can have: a typed error, and everything else goes on. */
import type { Tensor } from "nabla";
import { MemoryError, cacheUsage, full, setCacheBudget, tensor, zeros } from "nabla";
import { afterEach, describe, expect, test } from "vitest";

const { budgetBytes } = cacheUsage("wasm");
afterEach(() => setCacheBudget(budgetBytes, "wasm"));

describe("a small cache of values", () => {
  test("writes back what leaves it: nothing is lost, and its budget holds", () => {
    setCacheBudget(1_000_000, "wasm");
    const kept: Tensor[] = [];
    for (let i = 0; i < 100; i++) kept.push(full([20_000], i).add(0.5));
    expect(cacheUsage("wasm").bytes).toBeLessThanOrEqual(1_000_000);
    expect(kept.map((x) => x.max().itemSync())).toEqual(kept.map((_, i) => i + 0.5));
  });
});

describe("more memory than there is", () => {
  test("is a MemoryError with wanted and free bytes; earlier tensors stay right", () => {
    const early = full([1000, 1000], 3);
    const doubled = early.add(early);
    const row = zeros([1, 40_000]);
    let error: unknown;
    try {
      row.add(zeros([40_000, 1])); // 6.4 GB: more than 32-bit addresses reach
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(MemoryError);
    const { wantedBytes, freeBytes } = error as MemoryError;
    expect(wantedBytes).toBeGreaterThanOrEqual(40_000 * 40_000 * 4);
    expect(freeBytes).toBeGreaterThan(0);
    expect(freeBytes).toBeLessThan(4_294_967_296);
    expect(doubled.sum().itemSync()).toBe(6_000_000);
    expect(tensor([1, 2]).add(1).toArraySync()).toEqual([2, 3]);
    expect(early.narrow(0, 5, 1).max().itemSync()).toBe(3);
  });
});
