/**
 * Convolutions of many shapes on wasm against the definition, to the bit: odd extents, strides,
 * dilations, borders, groups, operands that are views, and what is fused after the sum.
 */
import { describe, expect, test } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import { allocate } from "../../src/core/dtype.ts";
import type { ConvAttrs } from "../../src/ir/attrs.ts";
import { Builder } from "../../src/ir/builder.ts";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import { convolve } from "../../src/compiler/convolutions.ts";
import { compileGraph } from "../../src/compiler/passes.ts";
import { relu } from "../../src/ir/compose/activation.ts";
import { interpret } from "../../src/ir/interpret.ts";
import type { Graph } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";
import { expandTo, op, permute, reshape, reverse } from "../../src/ir/words.ts";
import { makeRandom } from "../parity/layouts.ts";
import { loopMachine } from "../support/loop-machine.ts";
import { runOn } from "../support/run-wasm.ts";

/** A convolution of random shape, with what may follow it. */
function randomConv(seed: number, dtype: DType): { graph: Graph; label: string } {
  const next = makeRandom(seed);
  const upTo = (n: number): number => next() % n;
  const axes = 1 + upTo(2);
  const list = (make: () => number): number[] => Array.from({ length: axes }, make);
  const groups = [1, 1, 1, 2, 3][upTo(5)]!;
  const channels = 1 + upTo(4);
  const outs = 1 + upTo(7);
  const window = list(() => 1 + upTo(4));
  const attrs: ConvAttrs = {
    stride: list(() => 1 + upTo(3)),
    padding: Array.from({ length: axes }, () => [upTo(4) - 1, upTo(4) - 1] as const),
    inputDilation: list(() => [1, 1, 1, 2, 3][upTo(5)]!),
    kernelDilation: list(() => [1, 1, 2][upTo(3)]!),
    groups,
  };
  const input = window.map((k, i) => (k - 1) * attrs.kernelDilation[i]! + 3 + upTo(18));
  const b = new Builder();
  const turned = upTo(3) === 0;
  const images = 1 + upTo(2);
  const shape = [images, channels * groups, ...input];
  const x = b.input(typeOf(dtype, turned ? [shape[1]!, images, ...input] : shape));
  const w = b.input(typeOf(dtype, [outs * groups, channels, ...window]));
  const bias = b.input(typeOf(dtype, [outs * groups]));
  const axesOf = shape.map((_, axis) => axis);
  const from = turned ? permute(b, x, [1, 0, ...axesOf.slice(2)]) : x;
  const weight = upTo(3) === 0 ? reverse(b, w, 2) : w;
  let y = convolve(b, from, weight, attrs);
  const line = y.type.shape.map((n, axis) => (axis === 1 ? n : 1));
  const finish = upTo(4);
  if (finish > 0) y = op(b, "add", y, expandTo(b, reshape(b, bias, line), y.type.shape));
  if (finish === 2) y = relu(b, y);
  if (finish === 3) y = op(b, "sigmoid", y);
  const label = `${dtype} [${shape}] [${w.type.shape}] ${JSON.stringify(attrs)} ${finish}`;
  return { graph: { inputs: [x, w, bias], outputs: [y] }, label };
}

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  test("80 random convolutions", { timeout: 60_000 }, () => {
    const backend = createWasmBackend();
    const wide = loopMachine(32, 12);
    for (let seed = 1; seed <= 80; seed++) {
      const { graph, label } = randomConv(seed * 7 + (dtype === "float32" ? 0 : 1), dtype);
      const next = makeRandom(seed);
      const inputs = graph.inputs.map(({ type }) => {
        const values = allocate(dtype, type.size);
        for (let i = 0; i < values.length; i++) values[i] = next() / 2 ** 31 - 1;
        return values;
      });
      const wanted = interpret(graph, inputs)[0]!;
      const actual = runOn(backend, compileGraph(graph, backend.limits), inputs)[0]!;
      expect([...actual], label).toEqual([...wanted]);
      if (seed % 4 > 0) continue; // interpretation is slow
      const loops = runOn(wide, compileGraph(graph, wide.limits), inputs)[0]!;
      expect([...loops], `in wide lanes: ${label}`).toEqual([...wanted]);
    }
  });
});

test.each([
  [[5, 3, 4, 3], [9, 3, 4, 3], 1],
  [[7, 6, 4, 4], [12, 2, 4, 4], 3],
  [[6, 2, 9], [17, 2, 9], 1],
])("one place for each image: %j with %j in %j groups", (shape, weight, groups) => {
  const b = new Builder();
  const x = b.input(typeOf("float32", shape));
  const w = b.input(typeOf("float32", weight));
  const bias = b.input(typeOf("float32", [shape[0]!, weight[0]!]));
  const ones = shape.slice(2).map(() => 1);
  const steps = { stride: ones, inputDilation: ones, kernelDilation: ones };
  const padding = ones.map(() => [0, 0] as const);
  const y = convolve(b, x, w, { ...steps, padding, groups });
  const sum = op(b, "add", y, reshape(b, bias, y.type.shape));
  const inputs = [x, w, bias];
  const graph = { inputs, outputs: [sum, op(b, "sigmoid", sum)] };
  const next = makeRandom(3);
  const values = inputs.map(({ type }) =>
    Float32Array.from({ length: type.size }, () => next() / 2 ** 31 - 1),
  );
  const backend = createWasmBackend();
  const actual = runOn(backend, compileGraph(graph, backend.limits), values);
  expect(actual).toEqual(interpret(graph, values));
});

test("a hole of the input is left out, so that an infinite weight reaches only what it meets", () => {
  const b = new Builder();
  const [x, w] = [b.input(typeOf("float32", [1, 1, 3])), b.input(typeOf("float32", [1, 1, 2]))];
  const padding = [[1, 1]] as const;
  const steps = { stride: [1], inputDilation: [2], kernelDilation: [1] };
  const y = convolve(b, x, w, { ...steps, padding, groups: 1 });
  const graph = { inputs: [x, w], outputs: [y] };
  const inputs = [Float32Array.of(1, 2, 3), Float32Array.of(5, Infinity)];
  const backend = createWasmBackend();
  const actual = runOn(backend, compileGraph(graph, backend.limits), inputs)[0]!;
  expect([...actual]).toEqual([Infinity, 5, Infinity, 10, Infinity, 15]);
  expect(interpret(graph, inputs)[0]).toEqual(actual);
});
