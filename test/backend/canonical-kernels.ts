/** Canonical kernels, whose texts are kept for each backend. */
import type { DType } from "../../src/core/dtype.ts";
import type { ContractKernel, LoopedKernel, LoopKernel } from "../../src/compiler/kernel.ts";
import type { Combine } from "../../src/ir/combine.ts";
import { access, dense, params, Steps, storing } from "./kernel-building.ts";

function add(extents: number[], dtype: DType, strides: readonly number[]): LoopKernel {
  const steps = new Steps();
  const x = steps.load(dtype, dense(0, extents));
  const sum = steps.op("add", dtype, x, steps.load(dtype, access(1, strides)));
  return {
    kind: "map",
    params: params(dtype, dtype, dtype),
    outer: extents,
    inner: [],
    body: steps.list,
    stages: [storing(sum, dense(2, extents))],
  };
}

function mask(): LoopKernel {
  const steps = new Steps();
  const x = steps.load("float32", access(0, [1]));
  const under = steps.op("le", "bool", x, steps.constant("float32", 0));
  const y = steps.op("select", "float32", under, steps.constant("float32", 0), x);
  return {
    kind: "map",
    params: params("float32", "float32", "bool"),
    outer: [7],
    inner: [],
    body: steps.list,
    stages: [storing(y, access(1, [1])), storing(under, access(2, [1]))],
  };
}

function update(): LoopKernel {
  const steps = new Steps();
  const p = steps.load("float32", access(0, [1]));
  const rate = steps.op("cast", "float32", steps.load("float64", access(2, [0])));
  const step = steps.op("mul", "float32", steps.load("float32", access(1, [1])), rate);
  return {
    kind: "map",
    params: params("float32", "float32", "float64"),
    outer: [1000],
    inner: [],
    body: steps.list,
    stages: [storing(steps.op("sub", "float32", p, step), access(0, [1]))],
  };
}

function rows(): LoopKernel {
  const steps = new Steps();
  const index = steps.load("int32", access(1, [1, 0]));
  const row = steps.add({
    op: "gather",
    dtype: "float32",
    access: access(0, [0, 1]),
    index,
    stride: 8,
    size: 10,
  });
  return {
    kind: "map",
    params: params("float32", "int32", "float32"),
    outer: [3, 8],
    inner: [],
    body: steps.list,
    stages: [storing(row, access(2, [8, 1]))],
  };
}

function reduce(
  combine: Combine,
  dtype: DType,
  m: number,
  k: number,
  strides: number[],
): LoopKernel {
  const steps = new Steps();
  const value = steps.load(dtype, access(0, strides));
  const total = steps.add({ op: "reduced", dtype, stage: 0 });
  return {
    kind: "reduce",
    params: params(dtype, dtype),
    outer: [m],
    inner: [k],
    body: steps.list,
    stages: [{ kind: "reduce", combine, value, dtype }, storing(total, access(1, [1, 0]))],
  };
}

function centre(): LoopKernel {
  const steps = new Steps();
  const x = steps.load("float32", access(0, [16, 1]));
  const sum = steps.add({ op: "reduced", dtype: "float32", stage: 0 });
  const mean = steps.op("mul", "float32", sum, steps.constant("float32", 1 / 16));
  return {
    kind: "rowwise",
    params: params("float32", "float32"),
    outer: [4],
    inner: [16],
    body: steps.list,
    stages: [
      { kind: "reduce", combine: "sum", value: x, dtype: "float32" },
      storing(steps.op("sub", "float32", x, mean), access(1, [16, 1]), true),
    ],
  };
}

function contract(m: number, k: number, n: number, b: number[], dtype: DType): ContractKernel {
  const steps = new Steps();
  const dot = steps.add({ op: "carry", dtype });
  const sum = steps.op("add", dtype, dot, steps.load(dtype, access(3, [0, 1])));
  return {
    kind: "contract",
    params: params(dtype, dtype, dtype, dtype),
    dtype,
    batch: [],
    m,
    n,
    k,
    a: access(0, [k, 1]),
    b: access(1, b),
    body: steps.list,
    stages: [storing(sum, access(2, [n, 1]))],
  };
}

function cumulate(): LoopedKernel {
  const steps = new Steps();
  const carry = steps.add({ op: "carry", dtype: "float32" });
  const next = steps.op("add", "float32", carry, steps.load("float32", access(0, [1])));
  return {
    kind: "cumulate",
    params: params("float32", "float32"),
    dtype: "float32",
    outer: [],
    length: 10,
    initial: 0,
    body: steps.list,
    next,
    checked: false,
    stages: [storing(next, access(1, [1]), true)],
  };
}

function scatter(): LoopedKernel {
  const steps = new Steps();
  return {
    kind: "scatter",
    params: params("float32", "int32", "float32"),
    dtype: "float32",
    combine: "sum",
    outer: [],
    count: 10,
    body: steps.list,
    index: steps.load("int32", access(1, [1])),
    value: steps.load("float32", access(2, [1])),
    target: access(0, [0]),
    stride: 1,
    size: 5,
  };
}

/** Small kernels of every kind, by name. */
export const KERNELS: Readonly<Record<string, LoopedKernel>> = {
  "map-scalar": add([], "float32", []),
  "map-10": add([10], "float32", [1]),
  "map-1000": add([1000], "float32", [1]),
  "map-float64": add([5], "float64", [1]),
  "map-int32": add([64], "int32", [1]),
  "map-broadcast": add([20, 30], "float32", [0, 1]),
  "map-transposed": add([20, 30], "float32", [1, 20]),
  "map-mask": mask(),
  "map-update": update(),
  "map-gather-rows": rows(),
  "reduce-sum-rows": reduce("sum", "float32", 4, 600, [600, 1]),
  "reduce-sum-columns": reduce("sum", "float32", 8, 35, [1, 8]),
  "reduce-sum-int32": reduce("sum", "int32", 3, 16, [16, 1]),
  "reduce-max-rows": reduce("max", "float32", 4, 10, [10, 1]),
  "rowwise-centre": centre(),
  "contract-outer": contract(35, 1, 10, [10, 1], "float32"),
  "contract-vector": contract(35, 10, 1, [1, 1], "float32"),
  "contract-64": contract(64, 64, 64, [64, 1], "float32"),
  "contract-float64": contract(4, 8, 6, [6, 1], "float64"),
  "cumulate-sum": cumulate(),
  "scatter-sum": scatter(),
  "sort-float32": {
    kind: "sort",
    params: params("float32", "int32", "int32"),
    dtype: "float32",
    lines: 2,
    length: 9,
    descending: false,
  },
};
