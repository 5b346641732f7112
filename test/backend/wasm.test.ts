import { describe, expect, it } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import type { Instr, LoopKernel } from "../../src/compiler/kernel.ts";
import type { ScalarOp } from "../../src/ir/scalar.ts";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import { listWasm } from "../../src/backend/wasm/listing.ts";
import { access, dense, expectSame, params, random, Steps, storing } from "./kernel-building.ts";

const backend = createWasmBackend();
const SIZES = [0, 1, 3, 4, 5, 13, 67];

function unary(op: ScalarOp, from: DType, to: DType, extents: readonly number[]): LoopKernel {
  const steps = new Steps();
  const x = steps.load(from, dense(0, extents));
  const y = steps.op(op, to, x);
  return {
    kind: "map",
    params: params(from, to),
    outer: extents,
    inner: [],
    body: steps.list,
    stages: [storing(y, dense(1, extents))],
  };
}

function binary(op: ScalarOp, dtype: DType, n: number, strides = [1, 1]): LoopKernel {
  const steps = new Steps();
  const x = steps.load(dtype, access(0, [strides[0]!]));
  const y = steps.load(dtype, access(1, [strides[1]!]));
  const compares = ["eq", "ne", "lt", "le"].includes(op);
  const to = compares ? "bool" : dtype;
  const z = steps.op(op, to, x, y);
  return {
    kind: "map",
    params: params(dtype, dtype, to),
    outer: [n],
    inner: [],
    body: steps.list,
    stages: [storing(z, access(2, [1]))],
  };
}

const special = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  1e9,
  -3e9,
  1e30,
  NaN,
  Infinity,
  -Infinity,
];

describe("map", () => {
  const unaries: [ScalarOp, DType, DType][] = [];
  for (const f of ["float32", "float64"] as const) {
    for (const op of ["neg", "abs", "sqrt", "floor", "ceil", "trunc", "nearest"] as const) {
      unaries.push([op, f, f]);
    }
    unaries.push(["cast", f, "int32"], ["cast", f, "bool"]);
  }
  unaries.push(["cast", "float32", "float64"], ["cast", "float64", "float32"]);
  unaries.push(["neg", "int32", "int32"], ["abs", "int32", "int32"], ["not", "int32", "int32"]);
  unaries.push(["not", "bool", "bool"]);
  for (const to of ["float32", "float64", "bool"] as const) unaries.push(["cast", "int32", to]);
  for (const to of ["float32", "float64", "int32"] as const) unaries.push(["cast", "bool", to]);
  it.each(unaries)("%s %s → %s", (op, from, to) => {
    for (const n of SIZES) {
      const x = random(from, n);
      if (from.startsWith("float")) x.set(special.slice(0, n));
      if (from === "int32" && n > 2) x.set([-2147483648, 2147483647]);
      expectSame(backend, unary(op, from, to, [n]), [x, random(to, n)]);
    }
    expectSame(backend, unary(op, from, to, []), [random(from, 1), random(to, 1)]);
  });

  it.each(["float32", "float64"] as const)("bit fields of %s", (dtype) => {
    const x = random(dtype, 37);
    x.set([1, -2, 3.75, 1e-30, 1e30, 0.1]);
    expectSame(backend, unary("exponent", dtype, dtype, [37]), [x, random(dtype, 37)]);
    expectSame(backend, unary("mantissa", dtype, dtype, [37]), [x, random(dtype, 37)]);
    const k = random(dtype, 37).map((v) => Math.floor(v * 60));
    expectSame(backend, unary("exp2i", dtype, dtype, [37]), [k, random(dtype, 37)]);
  });

  const floatOps = ["add", "sub", "mul", "div", "min", "max", "eq", "ne", "lt", "le"] as const;
  const binaries: [ScalarOp, DType][] = [
    ...floatOps.flatMap(
      (op) =>
        [
          [op, "float32"],
          [op, "float64"],
        ] as [ScalarOp, DType][],
    ),
    ...(
      ["add", "sub", "mul", "min", "max", "eq", "ne", "lt", "le", "and", "or", "xor"] as const
    ).map((op) => [op, "int32"] as [ScalarOp, DType]),
    ...(["eq", "ne", "lt", "le", "and", "or", "xor"] as const).map(
      (op) => [op, "bool"] as [ScalarOp, DType],
    ),
  ];
  it.each(binaries)("%s %s", (op, dtype) => {
    for (const n of SIZES) {
      for (const [s, t] of [
        [1, 1],
        [1, 0],
        [0, 1],
        [2, 1],
        [1, 3],
        [0, 0],
      ] as const) {
        const [x, y] = [random(dtype, n * s + 1), random(dtype, n * t + 1)];
        if (dtype.startsWith("float")) {
          x.set(special.slice(0, x.length));
          y.set(special.slice(0, y.length).reverse());
        }
        const z = random(floatResult(op, dtype), n);
        expectSame(backend, binary(op, dtype, n, [s, t]), [x, y, z]);
      }
    }
  });

  it("broadcasts, permutes and flips", () => {
    for (const [m, n] of [
      [1, 1],
      [3, 5],
      [7, 4],
      [2, 17],
      [35, 10],
    ] as const) {
      const steps = new Steps();
      const x = steps.load("float32", access(0, [1, m])); // transposed
      const y = steps.load("float32", access(1, [0, 1]));
      const z = steps.load("float32", access(2, [1, 0]));
      const w = steps.load("float32", access(0, [-n, -1], m * n - 1));
      const sum = steps.op("add", "float32", steps.op("mul", "float32", x, y), z);
      const all = steps.op("sub", "float32", sum, w);
      const kernel: LoopKernel = {
        kind: "map",
        params: params("float32", "float32", "float32", "float32"),
        outer: [m, n],
        inner: [],
        body: steps.list,
        stages: [storing(all, dense(3, [m, n])), storing(sum, access(0, [0, 0], 0))].slice(0, 1),
      };
      expectSame(backend, kernel, [
        random("float32", m * n),
        random("float32", n),
        random("float32", m),
        random("float32", m * n),
      ]);
    }
  });

  it("hoists float64 scalars out of float32 lanes, and updates in place", () => {
    for (const n of SIZES) {
      const steps = new Steps();
      const p = steps.load("float32", access(0, [1]));
      const g = steps.load("float32", access(1, [1]));
      const lr = steps.op("cast", "float32", steps.load("float64", access(2, [0])));
      const v = steps.op("mul", "float32", g, lr);
      const next = steps.op("sub", "float32", p, v);
      const kernel: LoopKernel = {
        kind: "map",
        params: params("float32", "float32", "float64"),
        outer: [n],
        inner: [],
        body: steps.list,
        stages: [storing(next, access(0, [1])), storing(p, access(1, [1]))],
      };
      expectSame(backend, kernel, [
        random("float32", n),
        random("float32", n),
        random("float64", 1),
      ]);
    }
  });

  it("selects, shifts and counts", () => {
    for (const n of SIZES) {
      const steps = new Steps();
      const i = steps.add({ op: "index", dtype: "int32", strides: [n, 3], offset: 7 });
      const c = steps.load("bool", access(0, [n, 1]));
      const s = steps.op("shl", "int32", i, steps.constant("int32", 5));
      const r = steps.op("shr", "int32", steps.op("neg", "int32", i), steps.constant("int32", 3));
      const picked = steps.op("select", "int32", c, s, r);
      const flag = steps.op("select", "bool", c, steps.op("lt", "bool", s, r), c);
      const kernel: LoopKernel = {
        kind: "map",
        params: params("bool", "int32", "bool"),
        outer: [2, n],
        inner: [],
        body: steps.list,
        stages: [storing(picked, dense(1, [2, n])), storing(flag, dense(2, [2, n]))],
      };
      expectSame(backend, kernel, [
        random("bool", 2 * n),
        random("int32", 2 * n),
        random("bool", 2 * n),
      ]);
    }
  });

  const gathers = [
    [3, 1],
    [5, 7],
    [4, 16],
  ].flatMap(([m, n]) => [undefined, -1, 9].map((bad) => [m!, n!, bad] as const));
  it.each(gathers)("gathers %i × %i, and reports a bad index (%s)", (rows, n, bad) => {
    for (const perRow of [true, false]) {
      const steps = new Steps();
      const at = steps.load("int32", access(1, perRow ? [1, 0] : [n, 1]));
      const from = access(0, [0, 1]);
      const g = { op: "gather", dtype: "float32", access: from, index: at, stride: n, size: 9 };
      const value = steps.op("neg", "float32", steps.add(g as Instr));
      const kernel: LoopKernel = {
        kind: "map",
        params: params("float32", "int32", "float32"),
        outer: [rows, n],
        inner: [],
        body: steps.list,
        stages: [storing(value, dense(2, [rows, n]))],
      };
      const index = Int32Array.from({ length: rows * n }, (_, k) => (k * 7) % 9);
      if (bad !== undefined) index[perRow ? rows - 1 : rows * n - 1] = bad;
      expectSame(backend, kernel, [random("float32", 9 * n), index, random("float32", rows * n)]);
    }
  });

  it("adds dynamic offsets and refuses those out of range", () => {
    for (const start of [0, 3, 5, 6, -1, 0.5, NaN]) {
      const steps = new Steps();
      const x = steps.load("float32", {
        param: 0,
        offset: 1,
        strides: [1],
        dynamic: [{ param: 2, stride: 4, limit: 5 }],
      });
      const kernel: LoopKernel = {
        kind: "map",
        params: params("float32", "float32", "float64"),
        outer: [6],
        inner: [],
        body: steps.list,
        stages: [storing(x, access(1, [1]))],
      };
      expectSame(backend, kernel, [
        random("float32", 30),
        random("float32", 6),
        Float64Array.of(start),
      ]);
    }
  });
});

function floatResult(op: ScalarOp, dtype: DType): DType {
  return ["eq", "ne", "lt", "le"].includes(op) ? "bool" : dtype;
}

describe("programs", () => {
  it("share kernels, and give everything back", () => {
    const own = createWasmBackend();
    const kernel = binary("add", "float32", 8);
    const before = own.usedBytes();
    const plan = {
      buffers: [0, 1, 2].map((index) => ({
        dtype: "float32" as const,
        length: 8,
        place: { kind: "input" as const, index },
      })),
      calls: [{ kernel, args: [0, 1, 2], origin: "add" }],
      arenaBytes: 0,
      donations: [],
    };
    const [first, second] = [own.compile(plan), own.compile(plan)];
    expect(own.kernelCount()).toBe(1);
    expect(listWasm(kernel)).toContain("f32x4.add");
    first.release();
    expect(own.kernelCount()).toBe(1);
    second.release();
    expect(own.kernelCount()).toBe(0);
    expect(own.usedBytes()).toBe(before);
  });
});
