/** Equal graphs share their plan: a second model of known shapes compiles nothing. */
import type { Tensor } from "nabla";
import { compile, manualSeed, nn, optim, tensor } from "nabla";
import { expect, test } from "vitest";
import { compileGraph } from "../../src/compiler/passes.ts";
import { Builder } from "../../src/ir/builder.ts";
import type { Graph } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";
import { deviceNamed } from "../../src/runtime/device.ts";
import { planFor } from "../../src/runtime/plans.ts";
import { bitsOf } from "../support/tensors.ts";

const { limits } = deviceNamed("wasm").memory!.backend;
const x = tensor([[0], [0.5], [1]]);

function stepOf(width: number, lr = 0.01) {
  const model = new nn.Sequential(new nn.Linear(1, width), new nn.Tanh(), new nn.Linear(width, 1));
  const optimizer = new optim.Adam(model.parameters(), { lr });
  const step = compile((x: Tensor) => {
    const loss = model.forward(x).square().mean();
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  return { model, step, plan: () => planOf(step.programFor([x])) };
}

const planOf = ({ graph, donate }: { graph: Graph; donate: readonly number[] | undefined }) =>
  planFor(graph, limits, donate);

test("two models of the same shapes, at any rate, share a plan; their weights stay apart", () => {
  manualSeed(1);
  const [a, b, other] = [stepOf(16), stepOf(16, 0.5), stepOf(17)];
  expect(b.plan()).toBe(a.plan());
  expect(other.plan()).not.toBe(a.plan());
  const before = [...b.model.parameters()].map(bitsOf);
  for (let i = 0; i < 3; i++) a.step(x);
  expect([...b.model.parameters()].map(bitsOf)).toEqual(before);
});

test("interleaved steps of models that share code give the bits of each alone", () => {
  const alone = (seed: number): string[] => {
    manualSeed(seed);
    const { model, step } = stepOf(5);
    for (let i = 0; i < 4; i++) step(x);
    return [...model.parameters()].map(bitsOf);
  };
  const expected = [1, 2].map(alone);
  const both = [1, 2].map((seed) => (manualSeed(seed), stepOf(5)));
  for (let i = 0; i < 4; i++) for (const { step } of both) step(x);
  expect(both.map(({ model }) => [...model.parameters()].map(bitsOf))).toEqual(expected);
});

test("what is part of a program tells plans apart: a constant, −0, an origin, a donation", () => {
  const graphOf = (value: number, origin = "f"): Graph => {
    const b = new Builder();
    const input = b.input(typeOf("float64", []));
    b.origin = origin;
    const constant = b.apply("constant", [], { dtype: "float64", value });
    return { inputs: [input], outputs: [b.apply("mul", [input, constant], {})] };
  };
  const plan = planFor(graphOf(0), limits);
  expect(planFor(graphOf(0), limits)).toBe(plan);
  expect(plan).toEqual(compileGraph(graphOf(0), limits));
  for (const graph of [graphOf(-0), graphOf(1), graphOf(0, "g")]) {
    expect(planFor(graph, limits)).not.toBe(plan);
  }
  expect(planFor(graphOf(0), limits, [0])).not.toBe(plan);
  expect(planFor(graphOf(0), { ...limits })).not.toBe(plan);
});
