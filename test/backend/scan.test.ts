/** Plans of scans: failures inside them, and what the compiler takes out of their bodies. */
import { expect, test } from "vitest";
import { createWasmBackend } from "../../src/backend/wasm/backend.ts";
import { compileGraph } from "../../src/compiler/passes.ts";
import { simplify } from "../../src/compiler/1-simplify.ts";
import { Builder } from "../../src/ir/builder.ts";
import { interpret } from "../../src/ir/interpret.ts";
import type { Graph, Node, Scan } from "../../src/ir/node.ts";
import { attrsKey, topological, typeOf } from "../../src/ir/node.ts";
import { printGraph } from "../../src/ir/print.ts";
import { pick } from "../../src/ir/scan.ts";
import { verify } from "../../src/ir/verify.ts";
import { op, permute, scaled } from "../../src/ir/words.ts";
import { runOn } from "../support/run-wasm.ts";

/** Sums up what an index finds in a table, over four steps. */
function lookups(): Graph {
  const b = new Builder();
  const one = typeOf("float32", [1]);
  const [start, at] = [b.input(one), b.input(typeOf("int32", [4, 1]))];
  const table = b.input(typeOf("float32", [3]));
  const nb = b.nested();
  const [sum, index, own] = [nb.input(one), nb.input(typeOf("int32", [1])), nb.input(table.type)];
  const found = nb.apply("gather", [own, index], { axis: 0 });
  const body = { inputs: [sum, index, own], outputs: [op(nb, "add", sum, found)] };
  const attrs = { body, carries: 1, sequences: 1, length: 4, reverse: false };
  const node = b.apply("scan", [start, at, table], attrs);
  return { inputs: [start, at, table], outputs: [pick(b, node, 0)] };
}

const TABLE = Float32Array.of(1, 10, 100);

test("a failure within a turn stops the program, which runs again afterwards", () => {
  const graph = lookups();
  const backend = createWasmBackend();
  const plan = compileGraph(graph, backend.limits);
  const run = (...at: number[]) =>
    runOn(backend, plan, [Float32Array.of(0), Int32Array.from(at), TABLE]);
  expect([...run(0, 1, 2, 0)[0]!]).toEqual([0, 1, 11, 111, 112]);
  expect(() => run(0, 1, 7, 0)).toThrow(/index/);
  expect([...run(2, 2, 2, 2)[0]!]).toEqual([0, 100, 200, 300, 400]);
  const start = Float32Array.of(0);
  expect(() => interpret(graph, [start, Int32Array.of(0, 1, 7, 0), TABLE])).toThrow(/index 7/);
});

test("equal bodies are one node; printing and verifying go into them", () => {
  const b = new Builder();
  const make = (): Node => {
    const nb = b.nested();
    const [h, x] = [nb.input(typeOf("float32", [2])), nb.input(typeOf("float32", [2]))];
    const body = { inputs: [h, x], outputs: [op(nb, "mul", h, x)] };
    return b.apply("scan", inputs, { body, carries: 1, sequences: 1, length: 3, reverse: true });
  };
  const inputs = [b.input(typeOf("float32", [2])), b.input(typeOf("float32", [3, 2]))];
  const node = make();
  expect(make()).toBe(node);
  expect(attrsKey(node.attrs)).toContain("mul(0,1)");
  const graph = { inputs, outputs: [pick(b, node, 0)] };
  expect(printGraph(graph)).toMatch(/scan\(.*\n {2}%0 = input/);
  expect(() => verify(graph)).not.toThrow();
});

test("what is the same at each step leaves the body, and so does what nobody picks", () => {
  const b = new Builder();
  const square = typeOf("float32", [3, 3]);
  const [start, weight] = [b.input(square), b.input(square)];
  const nb = b.nested();
  const [h, w] = [nb.input(square), nb.input(square)];
  const turned = scaled(nb, permute(nb, w, [1, 0]), 0.5);
  const next = op(nb, "contract", h, turned);
  const body = { inputs: [h, w], outputs: [next, op(nb, "exp", next)] };
  const attrs = { body, carries: 1, sequences: 0, length: 2, reverse: false };
  const node = b.apply("scan", [start, weight], attrs);
  const { outputs } = simplify({ inputs: [start, weight], outputs: [pick(b, node, 0)] });
  const smaller = topological(outputs).find(({ attrs: a }) => "body" in a)!;
  const inner = (smaller.attrs as Scan).body;
  expect(inner.outputs.length).toBe(1);
  expect(topological(inner.outputs).map(({ op: name }) => name)).toEqual([
    "input",
    "input",
    "contract",
  ]);
});
