/** WebAssembly memory beyond 2 GiB, where addresses have their top bit set, and up to its end. */
import type { Tensor } from "nabla";
import { MemoryError, cacheUsage, full, noGrad, setCacheBudget, tensor } from "nabla";
import { afterEach, describe, expect, test } from "vitest";

const { budgetBytes } = cacheUsage("wasm");
afterEach(() => setCacheBudget(budgetBytes, "wasm"));

/** 128 MiB of float32. */
const LENGTH = 32 * 1024 * 1024;

describe("device memory", () => {
  test("above 2 GiB holds right values; past its end there is a typed error", () => {
    setCacheBudget(4 * 1024 * 1024 * 1024, "wasm");
    const base = full([LENGTH], 1);
    const kept: Tensor[] = [];
    let error: unknown = null;
    noGrad(() => {
      for (let i = 0; i < 26 && error === null; i++) {
        try {
          kept.push(base.add(i));
        } catch (caught) {
          error = caught;
        }
      }
    });
    const { bytes } = cacheUsage("wasm");
    console.log(
      `limits: ${kept.length} values of 128 MiB, ${(bytes / 1_073_741_824).toFixed(2)} GiB`,
    );
    expect(bytes).toBeGreaterThan(2.5 * 1024 * 1024 * 1024);
    if (error !== null) expect(error).toBeInstanceOf(MemoryError);
    expect(kept.map((x) => x.max().itemSync())).toEqual(kept.map((_, i) => i + 1));
    expect(kept.map((x) => x.min().itemSync())).toEqual(kept.map((_, i) => i + 1));
    const last = kept[kept.length - 1]!;
    expect(last.narrow(0, LENGTH - 3, 3).toArraySync()).toEqual([1, 1, 1].map(() => kept.length));
    expect(tensor([1, 2]).add(1).toArraySync()).toEqual([2, 3]);
  });
});
