/** A tensor never changes: what was read before a step stays what it was, plain and compiled. */
import type { Tensor } from "nabla";
import { compile, nn, optim } from "nabla";
import { describe, expect, test } from "vitest";
import { bitsOf, smallData, smallModel } from "./helpers.ts";

type Step = (x: Tensor, y: Tensor) => Tensor;

function setUp(compiled: boolean) {
  const model = smallModel();
  const lossFn = new nn.MSELoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const plain: Step = (x, y) => {
    const loss = lossFn.forward(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, step: compiled ? compile(plain) : plain, ...smallData() };
}

describe.each([
  ["plain", false],
  ["compiled", true],
])("after %s steps", (_, compiled) => {
  test("a prediction made before still shows its value", () => {
    const { model, step, x, y } = setUp(compiled);
    const early = model.forward(x);
    step(x, y); // nobody has read the prediction yet
    const before = bitsOf(early);
    step(x, y);
    step(x, y);
    expect(bitsOf(early)).toBe(before);
    expect(bitsOf(model.forward(x))).not.toBe(before);
  });

  test("stateDict() is a set of values", () => {
    const { model, step, x, y } = setUp(compiled);
    step(x, y);
    const state = model.stateDict();
    const fresh = model.stateDict();
    const before = Object.values(fresh).map(bitsOf);
    for (let i = 0; i < 3; i++) step(x, y);
    expect(Object.values(state).map(bitsOf)).toEqual(before);
    expect(Object.values(model.stateDict()).map(bitsOf)).not.toEqual(before);
  });

  test("detach() and views of a parameter are values", () => {
    const { model, step, x, y } = setUp(compiled);
    step(x, y);
    const weight = [...model.parameters()][0]!;
    const aliases = [weight.detach(), weight.T, weight.reshape([-1]), weight.narrow(0, 1, 2)];
    const copies = aliases.map((alias) => alias.mul(1));
    for (let i = 0; i < 3; i++) step(x, y);
    expect(aliases.map(bitsOf)).toEqual(copies.map(bitsOf));
    expect(bitsOf(weight.T)).not.toBe(bitsOf(copies[1]!));
  });

  test("a gradient that was taken out is a value", () => {
    const { model, step, x, y } = setUp(compiled);
    const lossFn = new nn.MSELoss();
    lossFn.forward(model.forward(x), y).backward();
    const grads = [...model.parameters()].map((p) => p.grad!);
    const before = grads.map(bitsOf);
    for (let i = 0; i < 3; i++) step(x, y);
    lossFn.forward(model.forward(x), y).backward();
    expect(grads.map(bitsOf)).toEqual(before);
  });
});
