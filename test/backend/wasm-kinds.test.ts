import { describe, it } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import type { ContractKernel, ScatterKernel, SortKernel } from "../../src/compiler/kernel.ts";
import type { ScalarOp } from "../../src/ir/scalar.ts";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import { access, expectSame, params, random, Steps, storing } from "./kernel-building.ts";

const backend = createWasmBackend();

interface Layout {
  readonly ta: boolean;
  readonly tb: boolean;
  readonly dtype?: DType;
  readonly batch?: number;
  readonly heavy?: boolean;
}

function contracting(m: number, k: number, n: number, layout: Layout): ContractKernel {
  const { ta, tb, dtype = "float32", batch, heavy } = layout;
  const lead = (size: number): number[] => (batch === undefined ? [] : [size]);
  const steps = new Steps();
  const dot = steps.add({ op: "carry", dtype });
  const bias = steps.load(dtype, access(3, [...lead(0), 0, 1]));
  let out = steps.op("add", dtype, dot, bias);
  if (heavy)
    for (let i = 0; i < 4; i++) out = steps.op("mul", dtype, out, steps.op("abs", dtype, out));
  const c = access(2, [...lead(m * n), n, 1]);
  return {
    kind: "contract",
    params: params(dtype, dtype, dtype, dtype),
    dtype,
    batch: batch === undefined ? [] : [batch],
    m,
    n,
    k,
    a: access(0, [...lead(m * k), ...(ta ? [1, m] : [k, 1])]),
    b: access(1, [...lead(k * n), ...(tb ? [1, k] : [n, 1])]),
    body: steps.list,
    stages: heavy
      ? [storing(dot, c), storing(out, access(4, [...lead(m * n), n, 1]))]
      : [storing(out, c)],
  };
}

describe("contract", () => {
  const sizes = [
    [1, 1, 1],
    [35, 1, 10],
    [35, 10, 1],
    [10, 35, 1],
    [1, 10, 35],
    [3, 0, 5],
    [5, 7, 3],
    [4, 8, 8],
    [13, 9, 13],
    [33, 70, 30],
    [2, 5, 40],
    [64, 33, 65],
  ] as const;
  it.each(sizes)("%i × %i × %i", (m, k, n) => {
    for (const dtype of ["float32", "float64", "int32"] as const) {
      for (const [ta, tb] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        for (const heavy of [false, true]) {
          const kernel = contracting(m, k, n, { ta, tb, dtype, heavy });
          const extra = heavy ? [random(dtype, m * n)] : [];
          const all = heavy
            ? { ...kernel, params: params(dtype, dtype, dtype, dtype, dtype) }
            : kernel;
          expectSame(backend, all, [
            random(dtype, m * k),
            random(dtype, k * n),
            random(dtype, m * n),
            random(dtype, n),
            ...extra,
          ]);
        }
      }
    }
  });

  it("runs batches, and packs panels of large operands", () => {
    for (const [m, k, n, batch] of [
      [5, 4, 6, 3],
      [40, 300, 34, 2],
    ] as const) {
      for (const tb of [false, true]) {
        expectSame(backend, contracting(m, k, n, { ta: false, tb, batch }), [
          random("float32", batch * m * k),
          random("float32", batch * k * n),
          random("float32", batch * m * n),
          random("float32", n),
        ]);
      }
    }
  });
});

describe("cumulate", () => {
  it.each([
    ["add", "float32", false],
    ["mul", "float64", false],
    ["max", "float32", false],
    ["add", "int32", true],
    ["mul", "int32", true],
    ["max", "bool", false],
  ] as [ScalarOp, DType, boolean][])("%s %s", (op, dtype, checked) => {
    for (const [m, n] of [
      [1, 1],
      [3, 7],
      [9, 40],
    ] as const) {
      for (const strides of [
        [n, 1],
        [1, m],
      ]) {
        const steps = new Steps();
        const carry = steps.add({ op: "carry", dtype });
        const next = steps.op(op, dtype, carry, steps.load(dtype, access(0, strides)));
        expectSame(
          backend,
          {
            kind: "cumulate",
            params: params(dtype, dtype),
            dtype,
            outer: [m],
            length: n,
            initial: op === "mul" ? 1 : op === "max" && dtype !== "bool" ? -Infinity : 0,
            body: steps.list,
            next,
            checked,
            stages: [storing(next, access(1, strides), true)],
          },
          [random(dtype, m * n), random(dtype, m * n)],
        );
      }
    }
  });
});

describe("scatter", () => {
  it.each(["set", "sum", "prod", "max", "min"] as const)("%s", (combine) => {
    for (const dtype of ["float32", "float64", "int32"] as const) {
      for (const bad of [undefined, 5, -2]) {
        const steps = new Steps();
        const index = steps.load("int32", access(1, [0, 1]));
        const value = steps.load(dtype, access(2, [1, 3]));
        const kernel: ScatterKernel = {
          kind: "scatter",
          params: params(dtype, "int32", dtype),
          dtype,
          combine,
          outer: [3],
          count: 11,
          body: steps.list,
          index,
          value,
          target: access(0, [1, 0]),
          stride: 3,
          size: 5,
        };
        const at = Int32Array.from({ length: 11 }, (_, k) => (k * 3) % 5);
        if (bad !== undefined) at[10] = bad;
        expectSame(backend, kernel, [random(dtype, 15), at, random(dtype, 33)]);
      }
    }
  });
});

describe("sort", () => {
  it.each(["float32", "float64", "int32", "bool"] as const)("%s", (dtype) => {
    for (const length of [0, 1, 2, 3, 5, 16, 17, 100]) {
      for (const descending of [false, true]) {
        const kernel: SortKernel = {
          kind: "sort",
          params: params(dtype, "int32", "int32"),
          dtype,
          lines: 3,
          length,
          descending,
        };
        const keys = random(dtype, 3 * length);
        if (dtype.startsWith("float") && length > 4)
          keys.set([NaN, 1, NaN, -0, 0].slice(0, length), length);
        expectSame(backend, kernel, [keys, random("int32", 3 * length), random("int32", length)]);
      }
    }
  });
});
