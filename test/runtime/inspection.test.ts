/**
 * What users can see of the engine: explain, profile, the program cache, and the cache of values.
 */
import {
  cacheUsage,
  compile,
  explain,
  fromArray,
  profile,
  programStats,
  rand,
  tensor,
} from "nabla";
import type { Tensor } from "nabla";
import { describe, expect, test } from "vitest";
import { profiler } from "../../src/runtime/profile.ts";

describe("explain", () => {
  const step = (x: Tensor, w: Tensor): Tensor => x.matmul(w).relu().sub(1).square().mean();

  test("shows graph, kernels, plan, loops and code, and how large the arena is", () => {
    const shown = explain(step, rand([64, 32]), rand([32, 16]));
    expect(shown.graph).toContain("contract");
    expect(shown.kernels).toMatch(/contract/);
    expect(shown.arenaBytes).toBeGreaterThan(0);
    expect(String(shown)).toContain(String(shown.arenaBytes));
    expect(shown.loops).toMatch(/loop \d+: [^]*mul f32x4/);
    expect(shown.code).toContain("f32x4.mul");
  });

  test("takes a compiled function too, and counts one kernel for a softmax", () => {
    const softmax = compile((x: Tensor) => x.softmax(1));
    expect(explain(softmax, rand([4, 8])).stages.plan.calls).toHaveLength(1);
  });
});

describe("profile", () => {
  test("counts programs and times them", () => {
    const x = rand([100, 100]);
    const rows = profile(() => {
      for (let i = 0; i < 5; i++) x.matmul(x).tanh();
    });
    expect(rows.map((row) => [row.name, row.calls]).sort()).toEqual([
      ["matmul", 5],
      ["tanh", 5],
    ]);
    expect(rows.every((row) => row.milliseconds >= 0)).toBe(true);
  });

  const calls = (rows: readonly { name: string; calls: number }[]): unknown[] =>
    rows.map((row) => [row.name, row.calls]).sort();

  test("goes on until an asynchronous function is done", async () => {
    const x = rand([10]);
    const rows = await profile(async () => {
      await x.tanh().data();
      return x.exp();
    });
    expect(calls(rows)).toEqual([
      ["exp", 1],
      ["tanh", 1],
    ]);
    const failing = profile(async () => Promise.reject(new Error("mine")));
    await expect(failing).rejects.toThrow("mine");
    expect(() =>
      profile(() => {
        throw new Error("mine too");
      }),
    ).toThrow("mine too");
    expect(profiler.active).toBe(false);
  });

  test("within a profile leaves the rows of that one", () => {
    const x = rand([10]);
    let inner: unknown[] = [];
    const outer = profile(() => {
      x.tanh();
      inner = calls(profile(() => x.exp()));
      x.tanh();
    });
    expect(inner).toEqual([["exp", 1]]);
    expect(calls(outer)).toEqual([
      ["exp", 1],
      ["tanh", 2],
    ]);
  });
});

describe("the program cache", () => {
  test("hits for the same types and misses for new ones", () => {
    const x = tensor([1, 2, 3]);
    x.add(x);
    const before = programStats();
    x.add(x);
    expect(programStats()).toEqual({ hits: before.hits + 1, misses: before.misses });
    x.reshape([1, 3]).add(tensor([[1], [2]]));
    expect(programStats().misses).toBeGreaterThan(before.misses);
  });
});

describe("a data set of more than 64 MiB", () => {
  const rows = 300_000;
  const data = Float32Array.from({ length: rows * 64 }, (_, i) => i % 1000);
  const all = fromArray(data, [rows, 64]);

  test("is sliced on the host: a mini-batch uploads a mini-batch", () => {
    const before = cacheUsage("wasm").bytes;
    const batch = all.narrow(0, 1000, 8);
    const picked = all.indexSelect(0, tensor([5, 299_999], { dtype: "int32" }));
    expect(batch.mul(2).sum().itemSync()).toBe(2 * sum(data.subarray(64_000, 64_512)));
    expect(picked.dataSync().subarray(64)).toEqual(data.subarray(299_999 * 64));
    expect(cacheUsage("wasm").bytes - before).toBeLessThan(100_000);
    expect(() => all.indexSelect(0, tensor([rows], { dtype: "int32" }))).toThrow(/index 300000/);
  });
});

function sum(values: Float32Array): number {
  return values.reduce((a, b) => a + b, 0);
}
