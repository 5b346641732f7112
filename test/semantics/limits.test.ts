/** Memory above what WebAssembly can have: a typed error, and everything else goes on. */
import { MemoryError, full, tensor, zeros } from "nabla";
import { describe, expect, test } from "vitest";

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
    expect(freeBytes).toBeLessThan(2 ** 32);
    expect(doubled.sum().itemSync()).toBe(6_000_000);
    expect(tensor([1, 2]).add(1).toArraySync()).toEqual([2, 3]);
    expect(early.narrow(0, 5, 1).max().itemSync()).toBe(3);
  });
});
