/** The loop form: what limits make of a kernel. */
import { describe, expect, it } from "vitest";
import { loopsOf } from "../../src/compiler/6-loops.ts";
import type { ContractKernel, LoopKernel } from "../../src/compiler/kernel.ts";
import type { Limits } from "../../src/compiler/limits.ts";
import { printForm } from "../../src/compiler/loop-print.ts";
import { access, dense, params, Steps, storing } from "../backend/kernel-building.ts";

function limits(vectorBytes: number, sums = 8): Limits {
  const bounds = { bindings: 64, bindingBytes: 2 ** 30, alignment: 16, aliasing: true };
  return { ...bounds, vectorBytes, sums, fused: false, cacheBytes: 32768 };
}

function doubled(extent: number): LoopKernel {
  const steps = new Steps();
  const x = steps.load("float32", access(0, [1]));
  const sum = steps.op("add", "float32", x, x);
  return {
    kind: "map",
    params: params("float32", "float32"),
    outer: [extent],
    inner: [],
    body: steps.list,
    stages: [storing(sum, access(1, [1]))],
  };
}

describe("lanes", () => {
  it.each([
    [
      16,
      [
        "loop 250: p2 = p0 += 4, p3 = p1 += 4",
        "  v5 = load f32x4 p3[0]",
        "  store p2[0] ← add f32x4(v5, v5)",
      ],
    ],
    [
      32,
      [
        "loop 125: p2 = p0 += 8, p3 = p1 += 8",
        "  v5 = load f32x8 p3[0]",
        "  store p2[0] ← add f32x8(v5, v5)",
      ],
    ],
    [
      4,
      [
        "loop 1000: p2 = p0 += 1, p3 = p1 += 1",
        "  v5 = load f32 p3[0]",
        "  store p2[0] ← add f32(v5, v5)",
      ],
    ],
  ])("are as many as fit %d bytes", (bytes, lines) => {
    const text = printForm(loopsOf(doubled(1000), limits(bytes)));
    expect(text).toBe(["p0 = start #1", "p1 = start #0", ...lines].join("\n"));
  });

  it("store no more than there is", () => {
    const text = printForm(loopsOf(doubled(5), limits(32)));
    expect(text).toContain("store first 5 p0[0] ← add f32x8(v2, v2)");
    expect(printForm(loopsOf(doubled(13), limits(32)))).toContain("store first 5 p0[8]");
  });
});

describe("tiles", () => {
  const product: ContractKernel = {
    kind: "contract",
    params: params("float32", "float32", "float32"),
    dtype: "float32",
    batch: [],
    m: 64,
    n: 64,
    k: 64,
    a: dense(0, [64, 64]),
    b: dense(1, [64, 64]),
    body: [{ op: "carry", dtype: "float32" }],
    stages: [storing(0, dense(2, [64, 64]))],
  };
  const sumsOf = (text: string): number => text.match(/mul f32x/g)!.length;

  it("keep as many sums as there are registers for them", () => {
    expect(sumsOf(printForm(loopsOf(product, limits(16, 8))))).toBe(8);
    expect(sumsOf(printForm(loopsOf(product, limits(32, 16))))).toBe(16);
  });
});
