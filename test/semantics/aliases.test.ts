/** Ways in which two names could come to share memory that a program updates in place. */
import type { Tensor } from "nabla";
import { cell, compile, nn, noGrad, optim, tensor } from "nabla";
import { describe, expect, test } from "vitest";
import { bitsOf, modelBits, smallData, smallModel } from "./helpers.ts";

type Step = (x: Tensor, y: Tensor) => Tensor;

/** A step of Adam on a model, plain or compiled. */
function makeStep(model: nn.Sequential, compiled: boolean) {
  const lossFn = new nn.MSELoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const plain: Step = (x, y) => {
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  return { optimizer, step: compiled ? compile(plain) : plain };
}

describe.each([
  ["plain", false],
  ["compiled", true],
])("updates by %s steps do not reach", (_, compiled) => {
  test("a value that was given to set, nor another cell that was given it too", () => {
    const [one, two] = [smallModel(1), smallModel(2)];
    const { x, y } = smallData();
    const { step } = makeStep(one, compiled);
    step(x, y);
    const given = [...two.parameters()].map((p) => p.mul(2).detach());
    const before = given.map(bitsOf);
    noGrad(() => {
      [...one.parameters()].forEach((p, i) => p.set(given[i]!));
      [...two.parameters()].forEach((p, i) => p.set(given[i]!));
    });
    for (let i = 0; i < 4; i++) step(x, y);
    expect(given.map(bitsOf)).toEqual(before);
    expect(modelBits(two)).toEqual(before);
    expect(modelBits(one)).not.toEqual(before);
  });

  test("a model that was loaded from this one's state", () => {
    const [one, two] = [smallModel(1), smallModel(2)];
    const { x, y } = smallData();
    const { step } = makeStep(one, compiled);
    step(x, y);
    two.loadStateDict(one.stateDict());
    const before = modelBits(two);
    expect(before).toEqual(modelBits(one));
    for (let i = 0; i < 4; i++) step(x, y);
    expect(modelBits(two)).toEqual(before);
  });

  test("the saved state of the optimizer", () => {
    const model = smallModel();
    const { x, y } = smallData();
    const { optimizer, step } = makeStep(model, compiled);
    step(x, y);
    const saved = optimizer.stateDict();
    const weights = model.stateDict();
    const bitsOfState = (): string[] =>
      Object.values(saved.state).flatMap((entry) =>
        Object.values(entry).map((v) => (typeof v === "number" ? String(v) : bitsOf(v))),
      );
    const before = bitsOfState();
    for (let i = 0; i < 3; i++) step(x, y);
    const end = modelBits(model);
    expect(bitsOfState()).toEqual(before);
    optimizer.loadStateDict(saved);
    model.loadStateDict(weights);
    for (let i = 0; i < 3; i++) step(x, y);
    expect(modelBits(model)).toEqual(end);
    expect(bitsOfState()).toEqual(before);
  });

  test("the losses and predictions that earlier steps returned", () => {
    const model = smallModel();
    const { x, y } = smallData();
    const { step } = makeStep(model, compiled);
    const losses = [0, 1, 2, 3, 4].map(() => step(x, y));
    const again = makeStep(smallModel(), compiled);
    expect(losses.map(bitsOf)).toEqual(losses.map(() => bitsOf(again.step(x, y))));
  });
});

describe("gradients", () => {
  test("that two leaves were given stay apart", () => {
    const shared = tensor([1, 1]);
    const a = tensor([1, 2], { requiresGrad: true });
    const b = tensor([3, 4], { requiresGrad: true });
    a.grad = shared;
    b.grad = shared;
    a.mul(a).sum().backward();
    expect(a.grad.toArraySync()).toEqual([3, 5]);
    expect(b.grad.toArraySync()).toEqual([1, 1]);
    expect(shared.toArraySync()).toEqual([1, 1]);
  });

  test("reach what was computed before the cell was set", () => {
    const w = tensor([2], { requiresGrad: true });
    const y = w.mul(w).mul(w).sum();
    noGrad(() => w.set(tensor([100])));
    y.backward(); // with the 2 that y was computed from
    expect(w.grad!.toArraySync()).toEqual([12]);
  });
});

describe("a compiled function", () => {
  test("that swaps two cells reads both before it sets either", () => {
    const a = cell(tensor([1, 2]));
    const b = cell(tensor([3, 4]));
    const swap = compile((x: Tensor) => {
      const [p, q] = [a.add(x), b.add(x)];
      a.set(q);
      b.set(p);
      return a.add(b);
    });
    expect(swap(tensor([0, 0])).toArraySync()).toEqual([4, 6]);
    expect([a, b].map((t) => t.toArraySync())).toEqual([
      [3, 4],
      [1, 2],
    ]);
    swap(tensor([10, 10]));
    expect([a, b].map((t) => t.toArraySync())).toEqual([
      [11, 12],
      [13, 14],
    ]);
  });

  test("that is given its own cell as an argument leaves the argument's value", () => {
    const a = cell(tensor([1, 2]));
    const bump = compile((x: Tensor) => {
      a.set(a.add(1));
      return x.add(0);
    });
    const view = a.detach();
    expect(bump(view).toArraySync()).toEqual([1, 2]);
    expect(view.toArraySync()).toEqual([1, 2]);
    expect(a.toArraySync()).toEqual([2, 3]);
  });

  test("does not set cells when it throws before running", () => {
    const a = cell(tensor([1, 2]));
    const f = compile((x: Tensor) => {
      a.set(a.add(1));
      return x.matmul(x);
    });
    expect(() => f(tensor([[1, 2, 3]]))).toThrow(/matmul/);
    expect(a.toArraySync()).toEqual([1, 2]);
  });
});
