/** What shares a kernel: the counts that the design promises. */
import { expect, test } from "vitest";
import { pullBack } from "../../src/autograd/derive.ts";
import type { Plan } from "../../src/compiler/kernel.ts";
import { compileStages } from "../../src/compiler/passes.ts";
import { printKernels, printPlan } from "../../src/compiler/print.ts";
import type { DType } from "../../src/core/dtype.ts";
import { linear } from "../../src/ir/compose/linalg.ts";
import { mseLoss } from "../../src/nn/functional/loss.ts";
import { layerNorm } from "../../src/nn/functional/norm.ts";
import { logSoftmax, softmax } from "../../src/ir/compose/reduction.ts";
import { Builder } from "../../src/ir/builder.ts";
import type { Node } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";
import { castTo, expandTo, fillLike, op } from "../../src/ir/words.ts";

const machine = { vectorBytes: 16, sums: 8, fused: false, cacheBytes: 32768 };
const limits = { bindings: 64, bindingBytes: 2 ** 30, alignment: 16, aliasing: true, ...machine };

/** A graph under construction that remembers its inputs. */
class Sketch {
  readonly b = new Builder();
  readonly inputs: Node[] = [];

  input(shape: readonly number[], dtype: DType = "float32"): Node {
    const node = this.b.input(typeOf(dtype, shape));
    this.inputs.push(node);
    return node;
  }

  plan(outputs: readonly Node[], donate: readonly number[] = []): Plan {
    const { plan } = compileStages({ inputs: this.inputs, outputs }, limits, { donate });
    if (process.env["EXPLAIN"]) console.log(`${printKernels(plan)}\n${printPlan(plan)}`);
    return plan;
  }
}

const kindsOf = (plan: Plan): string[] => plan.calls.map((call) => call.kernel.kind);

test("softmax and log-softmax are one rowwise kernel", () => {
  for (const build of [softmax, logSoftmax]) {
    const s = new Sketch();
    expect(kindsOf(s.plan([build(s.b, s.input([35, 10]), 1)]))).toEqual(["rowwise"]);
  }
});

test("layer norm is one rowwise kernel, its gradient two", () => {
  const s = new Sketch();
  const [x, weight, bias] = [s.input([8, 6, 32]), s.input([32]), s.input([32])];
  const y = layerNorm.graph(s.b, x, [32], weight, bias);
  expect(kindsOf(s.plan([y]))).toEqual(["rowwise"]);
  const t = new Sketch();
  const [u, w, v] = [t.input([8, 6, 32]), t.input([32]), t.input([32])];
  const z = layerNorm.graph(t.b, u, [32], w, v);
  const found = pullBack(t.b, [z], [t.input([8, 6, 32])], [u, w, v]);
  expect(t.plan(found as Node[]).calls.length).toBeLessThanOrEqual(3);
});

test("a linear layer with bias and tanh is one contraction, also of batches", () => {
  for (const shape of [
    [35, 10],
    [4, 35, 10],
  ]) {
    const s = new Sketch();
    const [x, w, bias] = [s.input(shape), s.input([20, 10]), s.input([20])];
    const plan = s.plan([op(s.b, "tanh", linear(s.b, x, w, bias))]);
    expect(kindsOf(plan)).toEqual(["contract"]);
    const kernel = plan.calls[0]!.kernel;
    expect(kernel.kind === "contract" && kernel.batch).toEqual([]);
  }
});

test("a chain with broadcast operands and a closing reduction is one reduce kernel", () => {
  const s = new Sketch();
  const [x, row] = [s.input([35, 10]), s.input([10])];
  const y = op(s.b, "mul", op(s.b, "exp", x), expandTo(s.b, row, [35, 10]));
  expect(kindsOf(s.plan([s.b.apply("reduce", [y], { combine: "sum", axes: [1] })]))).toEqual([
    "reduce",
  ]);
});

/** One Adam step with the rates as float64 scalars. */
function adam(s: Sketch, p: Node, g: Node, m: Node, v: Node, rates: readonly Node[]): Node[] {
  const { b } = s;
  const number = (x: Node): Node => expandTo(b, castTo(b, x, "float32"), p.type.shape);
  const [lr, beta1, beta2, eps] = rates.map(number) as [Node, Node, Node, Node];
  const one = fillLike(b, p, 1);
  const mix = (beta: Node, old: Node, next: Node): Node =>
    op(b, "add", op(b, "mul", beta, old), op(b, "mul", op(b, "sub", one, beta), next));
  const m2 = mix(beta1, m, g);
  const v2 = mix(beta2, v, op(b, "mul", g, g));
  const step = op(b, "div", m2, op(b, "add", op(b, "sqrt", v2), eps));
  return [op(b, "sub", p, op(b, "mul", lr, step)), m2, v2];
}

test("Adam over four parameters is four kernels, in place", () => {
  const s = new Sketch();
  const rates = [1, 2, 3, 4].map(() => s.input([], "float64"));
  const outputs: Node[] = [];
  const donate: number[] = [];
  for (const shape of [[10, 1], [10], [1, 10], [1]]) {
    const [p, g, m, v] = [1, 2, 3, 4].map(() => s.input(shape)) as [Node, Node, Node, Node];
    outputs.push(...adam(s, p, g, m, v, rates));
    donate.push(...[p, m, v].map((node) => s.inputs.indexOf(node)));
  }
  const plan = s.plan(outputs, donate);
  expect(kindsOf(plan)).toEqual(["map", "map", "map", "map"]);
  expect(plan.donations).toEqual(donate);
  expect(plan.arenaBytes).toBe(0);
});

test("a gradient-descent step of the 1-10-1 network", () => {
  const s = new Sketch();
  const { b } = s;
  const [x, t, lr] = [s.input([35, 1]), s.input([35, 1]), s.input([], "float64")];
  const params = [[10, 1], [10], [1, 10], [1]].map((shape) => s.input(shape));
  const [w1, b1, w2, b2] = params as [Node, Node, Node, Node];
  const h = op(b, "tanh", linear(b, x, w1, b1));
  const loss = mseLoss.graph(b, linear(b, h, w2, b2), t);
  const found = pullBack(b, [loss], [fillLike(b, loss, 1)], params);
  const next = params.map((p, i) => {
    const rate = expandTo(b, castTo(b, lr, "float32"), p.type.shape);
    return op(b, "sub", p, op(b, "mul", rate, found[i]!));
  });
  const donate = [-1, ...params.map((p) => s.inputs.indexOf(p))];
  const plan = s.plan([loss, ...next], donate);
  console.log(`1-10-1 step: ${plan.calls.length} kernels: ${kindsOf(plan).join(" ")}`);
  expect(plan.calls.length).toBeLessThanOrEqual(9);
  expect(plan.donations).toEqual(donate);
});

test("compiling is quick", () => {
  const time = (runs: number, run: () => void): number => {
    for (let i = 0; i < runs; i++) run();
    const start = performance.now();
    for (let i = 0; i < runs; i++) run();
    return (performance.now() - start) / runs;
  };
  const small = time(300, () => {
    const s = new Sketch();
    s.plan([op(s.b, "add", s.input([3, 4]), s.input([3, 4]))]);
  });
  const s = new Sketch();
  let y = s.input([16, 16]);
  const w = Array.from({ length: 8 }, () => s.input([16, 16]));
  for (let i = 0; i < 400; i++) {
    y = op(s.b, "tanh", s.b.apply("contract", [y, w[i % 8]!], {}));
    y = op(s.b, "mul", op(s.b, "add", y, w[(i + 1) % 8]!), w[(i + 3) % 8]!);
  }
  const large = time(2, () => void s.plan([y]));
  console.log(`compile: one operation ${small.toFixed(3)} ms, 1,600 nodes ${large.toFixed(0)} ms`);
  expect(small).toBeLessThan(2);
  expect(large).toBeLessThan(1000);
});
