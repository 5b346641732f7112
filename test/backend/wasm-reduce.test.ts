import { describe, it } from "vitest";
import { sizeOf, stridesOf } from "../../src/core/shape.ts";
import type { DType } from "../../src/core/dtype.ts";
import type { LoopKernel, Stage } from "../../src/compiler/kernel.ts";
import type { Combine } from "../../src/ir/combine.ts";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import { access, expectSame, params, random, Steps, storing } from "./kernel-building.ts";

const backend = createWasmBackend();

function reducing(
  combine: Combine,
  dtype: DType,
  outer: readonly number[],
  inner: readonly number[],
  strides: readonly number[],
  heavy = false,
): LoopKernel {
  const steps = new Steps();
  let x = steps.load(dtype, access(0, strides));
  if (heavy) for (let i = 0; i < 14; i++) x = steps.op("neg", dtype, steps.op("abs", dtype, x));
  const total = steps.add({ op: "reduced", dtype, stage: 0 });
  return {
    kind: "reduce",
    params: params(dtype, dtype),
    outer,
    inner,
    body: steps.list,
    stages: [
      { kind: "reduce", combine, value: x, dtype },
      storing(total, access(1, [...stridesOf(outer), ...inner.map(() => 0)])),
    ],
  };
}

describe("reduce", () => {
  const combos: [Combine, DType][] = [];
  for (const combine of ["sum", "prod", "max", "min"] as const) {
    for (const dtype of ["float32", "float64", "int32"] as const) combos.push([combine, dtype]);
  }
  combos.push(["max", "bool"], ["min", "bool"]);
  it.each(combos)("%s %s along contiguous and strided k", (combine, dtype) => {
    for (const k of [0, 1, 4, 9, 21, 513, 1025]) {
      for (const m of [1, 6]) {
        const x = random(dtype, m * k);
        if (combine === "prod" && dtype === "int32") x.forEach((v, at) => (x[at] = v > 0 ? 1 : -1));
        if (combine === "prod" && dtype !== "int32") x.forEach((v, at) => (x[at] = 1 + v / 64));
        const out = random(dtype, m);
        expectSame(backend, reducing(combine, dtype, [m], [k], [k, 1]), [x, out]);
        expectSame(backend, reducing(combine, dtype, [m], [k], [1, m]), [x, out]);
        if (dtype === "float32") {
          expectSame(backend, reducing(combine, dtype, [m], [k], [1, m], true), [x, out]);
          expectSame(backend, reducing(combine, dtype, [m], [k], [2 * k, 2], true), [
            random(dtype, 2 * m * k),
            out,
          ]);
        }
      }
    }
  });

  it("walks several inner groups, and none of the outer", () => {
    for (const inner of [
      [3, 5],
      [2, 4, 7],
      [0, 4],
      [3, 520],
    ]) {
      const strides = stridesOf(inner);
      const x = random("float32", sizeOf(inner));
      expectSame(backend, reducing("sum", "float32", [], inner, strides), [
        x,
        random("float32", 1),
      ]);
      const wide = strides.map((stride) => stride * 6);
      const y = random("float32", sizeOf(inner) * 6);
      expectSame(backend, reducing("sum", "float32", [6], inner, [1, ...wide]), [
        y,
        random("float32", 6),
      ]);
    }
  });

  it("propagates NaN and keeps the signs of zeros", () => {
    const x = Float32Array.from([-0, -0, -0, -0, -0, -0, 0, -0, -0, -0, NaN, 1]);
    for (const combine of ["sum", "max", "min"] as const) {
      expectSame(backend, reducing(combine, "float32", [2], [6], [6, 1]), [x, new Float32Array(2)]);
      expectSame(backend, reducing(combine, "float32", [6], [2], [1, 6]), [x, new Float32Array(6)]);
    }
  });

  it("reports int32 sums that do not fit, but not what lies beyond the last lane", () => {
    const big = 2147483647;
    const x = Int32Array.from([big, 1, 1, 1, big, 1]);
    for (const [outer, strides] of [
      [[2], [1, 3]],
      [[3], [1, 3]],
      [[1], [1, 3]],
    ] as const) {
      expectSame(backend, reducing("sum", "int32", outer, [2], strides), [x, new Int32Array(3)]);
      expectSame(backend, reducing("sum", "int32", outer, [2], [2, 1]), [x, new Int32Array(3)]);
    }
  });
});

describe("rowwise", () => {
  function softmaxLike(m: number, n: number, transposed: boolean): LoopKernel {
    const steps = new Steps();
    const place = access(0, transposed ? [1, m] : [n, 1]);
    const x = steps.load("float32", place);
    const most = steps.add({ op: "reduced", dtype: "float32", stage: 0 });
    const shifted = steps.op("sub", "float32", x, most);
    const square = steps.op("mul", "float32", shifted, shifted);
    const sum = steps.add({ op: "reduced", dtype: "float32", stage: 1 });
    const scale = steps.op("cast", "float32", steps.load("float64", access(1, [0, 0])));
    const inverse = steps.op("div", "float32", scale, sum);
    const out = steps.op("mul", "float32", square, inverse);
    const mean = steps.add({ op: "reduced", dtype: "float32", stage: 3 });
    return {
      kind: "rowwise",
      params: params("float32", "float64", "float32", "float32"),
      outer: [m],
      inner: [n],
      body: steps.list,
      stages: [
        { kind: "reduce", combine: "max", value: x, dtype: "float32" },
        { kind: "reduce", combine: "sum", value: square, dtype: "float32" },
        storing(out, access(2, transposed ? [1, m] : [n, 1]), true),
        { kind: "reduce", combine: "sum", value: shifted, dtype: "float32" },
        storing(steps.op("add", "float32", mean, inverse), access(3, [1, 0])),
      ] as Stage[],
    };
  }
  it.each([
    [1, 1],
    [3, 5],
    [5, 3],
    [4, 513],
    [9, 16],
    [2, 1025],
  ])("%i rows of %i", (m, n) => {
    for (const transposed of [false, true]) {
      expectSame(backend, softmaxLike(m, n, transposed), [
        random("float32", m * n),
        Float64Array.of(0.3),
        random("float32", m * n),
        random("float32", m),
      ]);
    }
  });
});
