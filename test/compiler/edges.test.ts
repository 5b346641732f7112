/**
 * Edges: no elements, one element, one node as two outputs, outputs that are inputs, long
 * reductions.
 */
import { describe, expect, test } from "vitest";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import type { Plan } from "../../src/compiler/kernel.ts";
import { compileGraph } from "../../src/compiler/passes.ts";
import type { DType, TypedArray } from "../../src/core/dtype.ts";
import { allocate } from "../../src/core/dtype.ts";
import { Builder } from "../../src/ir/builder.ts";
import { interpret } from "../../src/ir/interpret.ts";
import type { Node } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";
import { expandTo, op } from "../../src/ir/words.ts";
import { randomNumbers } from "../support/random-graph.ts";
import { runPlan } from "../support/run-plan.ts";
import { runOn } from "../support/run-wasm.ts";

const backend = createWasmBackend();
const RUNS = {
  "as kernel.ts says": runPlan,
  wasm: (plan: Plan, inputs: readonly TypedArray[]) => runOn(backend, plan, inputs),
};

interface Case {
  readonly inputs: readonly (readonly [DType, readonly number[]])[];
  readonly build: (b: Builder, inputs: readonly Node[]) => readonly Node[];
}

const f32 = (...shape: number[]): [DType, number[]] => ["float32", shape];

const CASES: Readonly<Record<string, Case>> = {
  "one node as two outputs, and an input as one": {
    inputs: [f32(3)],
    build: (b, [x]) => {
      const y = op(b, "neg", x!);
      return [y, y, x!, b.apply("reshape", [y], { shape: [3, 1] })];
    },
  },
  "constants and positions as outputs": {
    inputs: [],
    build: (b) => [
      b.apply("constant", [], { dtype: "float64", value: -0 }),
      b.apply("iota", [], { length: 5 }),
      b.apply("cast", [b.apply("iota", [], { length: 4 })], { dtype: "float32" }),
    ],
  },
  "no elements": {
    inputs: [f32(0, 3), f32(2, 0), f32(0, 4)],
    build: (b, [x, y, z]) => [
      op(b, "exp", x!),
      b.apply("reduce", [x!], { combine: "sum", axes: [0] }),
      b.apply("reduce", [y!], { combine: "prod", axes: [1] }),
      b.apply("contract", [y!, z!], {}),
      b.apply("concat", [x!, b.apply("reshape", [y!], { shape: [0, 3] })], { axis: 0 }),
      b.apply("reshape", [x!], { shape: [3, 0] }),
    ],
  },
  "long reductions over neighbours, the outer axis, and all": {
    inputs: [f32(3, 29, 31)],
    build: (b, [x]) =>
      [[1, 2], [0, 1], [0, 2], [0], [2], [0, 1, 2]].map((axes) =>
        b.apply("reduce", [op(b, "tanh", x!)], { combine: "sum", axes }),
      ),
  },
  "a reduction over a transposed operand": {
    inputs: [f32(41, 37), f32(37)],
    build: (b, [x, row]) => {
      const y = b.apply("permute", [x!], { axes: [1, 0] });
      const z = op(b, "mul", x!, expandTo(b, row!, [41, 37]));
      return [
        b.apply("reduce", [y], { combine: "sum", axes: [0, 1] }),
        b.apply("reduce", [z], { combine: "sum", axes: [0, 1] }),
      ];
    },
  },
  "operands of a contraction through every view": {
    inputs: [f32(6, 5, 4), f32(9, 3)],
    build: (b, [x, w]) => {
      const left = b.apply("permute", [x!], { axes: [1, 0, 2] }); // [5, 6, 4]
      const rows = { start: [8, 0], size: [4, 3], step: [-2, 1], dynamic: [] };
      const right = expandTo(b, b.apply("slice", [w!], rows), [5, 4, 3]);
      const flat = b.apply("reshape", [left], { shape: [30, 4] });
      return [
        b.apply("contract", [left, right], {}),
        b.apply("contract", [flat, b.apply("slice", [w!], rows)], {}),
      ];
    },
  },
  "a block written into a value that is read before and after": {
    inputs: [f32(4, 4), f32(2, 2)],
    build: (b, [x, block]) => {
      const y = op(b, "exp", x!);
      const at = { start: [3, 0], step: [-2, 1], dynamic: [] };
      const z = b.apply("update", [y, block!], at);
      return [op(b, "add", z, y), z];
    },
  },
};

describe.each(Object.keys(RUNS) as (keyof typeof RUNS)[])("%s", (name) => {
  test.each(Object.keys(CASES))("%s", (title) => {
    const { inputs, build } = CASES[title]!;
    const b = new Builder();
    const nodes = inputs.map(([dtype, shape]) => b.input(typeOf(dtype, shape)));
    const graph = { inputs: nodes, outputs: build(b, nodes) };
    const random = randomNumbers(7);
    const arrays = nodes.map((node) => {
      const array = allocate(node.type.dtype, node.type.size);
      return array.map(() => (random() - 0.5) * 4) as TypedArray;
    });
    const plan = compileGraph(graph, backend.limits);
    expect(RUNS[name](plan, arrays)).toEqual(interpret(graph, arrays));
  });
});
