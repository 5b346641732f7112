import { describe, expect, it } from "vitest";
import { sizeOf, stridesOf } from "../../src/core/shape.ts";
import type { DType } from "../../src/core/dtype.ts";
import type {
  ContractKernel,
  LoopKernel,
  ScatterKernel,
  SortKernel,
  Stage,
} from "../../src/compiler/kernel.ts";
import type { Combine } from "../../src/ir/row.ts";
import type { ScalarOp } from "../../src/ir/scalar.ts";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import { access, dense, expectSame, params, random, Steps, storing } from "./kernel-building.ts";

const backend = createWasmBackend();
const SIZES = [0, 1, 3, 4, 5, 8, 13, 64, 513];

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

const special = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e9, -3e9, 1e30, NaN, Infinity, -Infinity];

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
    ...floatOps.flatMap((op) => [[op, "float32"], [op, "float64"]] as [ScalarOp, DType][]),
    ...(["add", "sub", "mul", "min", "max", "eq", "ne", "lt", "le", "and", "or", "xor"] as const).map(
      (op) => [op, "int32"] as [ScalarOp, DType],
    ),
    ...(["eq", "ne", "lt", "le", "and", "or", "xor"] as const).map(
      (op) => [op, "bool"] as [ScalarOp, DType],
    ),
  ];
  it.each(binaries)("%s %s", (op, dtype) => {
    for (const n of SIZES) {
      for (const [s, t] of [[1, 1], [1, 0], [0, 1], [2, 1], [1, 3], [0, 0]] as const) {
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
    for (const [m, n] of [[1, 1], [3, 5], [7, 4], [2, 17], [35, 10]] as const) {
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
      expectSame(backend, kernel, [random("float32", n), random("float32", n), random("float64", 1)]);
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
      expectSame(backend, kernel, [random("bool", 2 * n), random("int32", 2 * n), random("bool", 2 * n)]);
    }
  });

  it("gathers rows and elements, and reports a bad index", () => {
    for (const [rows, n] of [[3, 1], [5, 7], [4, 16]] as const) {
      for (const bad of [undefined, -1, 9]) {
        for (const perRow of [true, false]) {
          const steps = new Steps();
          const at = steps.load("int32", access(1, perRow ? [1, 0] : [n, 1]));
          const g = steps.add({
            op: "gather",
            dtype: "float32",
            access: access(0, [0, 1]),
            index: at,
            stride: n,
            size: 9,
          });
          const kernel: LoopKernel = {
            kind: "map",
            params: params("float32", "int32", "float32"),
            outer: [rows, n],
            inner: [],
            body: steps.list,
            stages: [storing(steps.op("neg", "float32", g), dense(2, [rows, n]))],
          };
          const index = Int32Array.from({ length: rows * n }, (_, k) => (k * 7) % 9);
          if (bad !== undefined) index[perRow ? rows - 1 : rows * n - 1] = bad;
          expectSame(backend, kernel, [random("float32", 9 * n), index, random("float32", rows * n)]);
        }
      }
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
      expectSame(backend, kernel, [random("float32", 30), random("float32", 6), Float64Array.of(start)]);
    }
  });
});

function floatResult(op: ScalarOp, dtype: DType): DType {
  return ["eq", "ne", "lt", "le"].includes(op) ? "bool" : dtype;
}

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
    for (const k of [0, 1, 3, 4, 5, 8, 9, 21, 513, 1025]) {
      for (const m of [1, 3, 4, 9]) {
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
    for (const inner of [[3, 5], [2, 4, 7], [0, 4], [3, 520]]) {
      const strides = stridesOf(inner);
      const x = random("float32", sizeOf(inner));
      expectSame(backend, reducing("sum", "float32", [], inner, strides), [x, random("float32", 1)]);
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
    for (const [outer, strides] of [[[2], [1, 3]], [[3], [1, 3]], [[1], [1, 3]]] as const) {
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
  it.each([[1, 1], [3, 5], [5, 3], [4, 513], [9, 16], [2, 1025]])("%i rows of %i", (m, n) => {
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
  if (heavy) for (let i = 0; i < 4; i++) out = steps.op("mul", dtype, out, steps.op("abs", dtype, out));
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
    stages: heavy ? [storing(dot, c), storing(out, access(4, [...lead(m * n), n, 1]))] : [storing(out, c)],
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
      for (const [ta, tb] of [[false, false], [true, false], [false, true], [true, true]] as const) {
        for (const heavy of [false, true]) {
          const kernel = contracting(m, k, n, { ta, tb, dtype, heavy });
          const extra = heavy ? [random(dtype, m * n)] : [];
          const all = heavy ? { ...kernel, params: params(dtype, dtype, dtype, dtype, dtype) } : kernel;
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
    for (const [m, k, n, batch] of [[5, 4, 6, 3], [40, 300, 34, 2]] as const) {
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

describe("scan", () => {
  it.each([
    ["add", "float32", false],
    ["mul", "float64", false],
    ["max", "float32", false],
    ["add", "int32", true],
    ["mul", "int32", true],
    ["max", "bool", false],
  ] as [ScalarOp, DType, boolean][])("%s %s", (op, dtype, checked) => {
    for (const [m, n] of [[1, 1], [3, 7], [9, 40]] as const) {
      for (const strides of [[n, 1], [1, m]]) {
        const steps = new Steps();
        const carry = steps.add({ op: "carry", dtype });
        const next = steps.op(op, dtype, carry, steps.load(dtype, access(0, strides)));
        expectSame(
          backend,
          {
            kind: "scan",
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
        if (dtype.startsWith("float") && length > 4) keys.set([NaN, 1, NaN, -0, 0].slice(0, length), length);
        expectSame(backend, kernel, [keys, random("int32", 3 * length), random("int32", length)]);
      }
    }
  });
});

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
    expect(first.code()).toContain("f32x4.add");
    first.release();
    expect(own.kernelCount()).toBe(1);
    second.release();
    expect(own.kernelCount()).toBe(0);
    expect(own.usedBytes()).toBe(before);
  });
});
