/** Integers that leave int32 are an error on every device, wherever they arise. */
import { tensor } from "nabla";
import { describe, expect, test } from "vitest";

describe.each(["wasm", "interpret"] as const)("int32 on %s", (device) => {
  const large = tensor([2_000_000_000, 2_000_000_000], { dtype: "int32", device });
  const zero = tensor([0, 0], { dtype: "int32", device });

  test("overflows in a sum, a running sum and a scattered sum by name", () => {
    expect(() => large.sum().itemSync()).toThrow(/int32/);
    expect(() => large.cumsum(0).dataSync()).toThrow(/int32/);
    expect(() => zero.scatterAdd(0, zero, large).dataSync()).toThrow(/int32/);
  });

  test("goes up to the limit", () => {
    const parts = tensor([2_147_483_646, 1], { dtype: "int32", device });
    expect(parts.sum().itemSync()).toBe(2_147_483_647);
    expect(zero.scatterAdd(0, zero, parts).toArraySync()).toEqual([2_147_483_647, 0]);
  });
});
