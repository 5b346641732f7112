/**
 * What can change: parameters by hand, by an optimizer, by a state dict in the middle of training.
 */
import type { Tensor } from "nabla";
import { compile, nn, noGrad, optim, tensor } from "nabla";
import { describe, expect, test } from "vitest";
import { bitsOf, modelBits, smallData, smallModel } from "./helpers.ts";

describe("updates by hand", () => {
  test("the calculus of the course", async () => {
    const x = tensor(3, { requiresGrad: true });
    const y = x.pow(2).add(x.mul(2)).add(1);
    y.backward();
    expect(await x.grad!.item()).toBe(8);
    noGrad(() => x.set(x.sub(x.grad!.mul(0.1))));
    expect(x.itemSync()).toBeCloseTo(2.2, 6);
    expect(y.itemSync()).toBe(16);
    expect(x.requiresGrad).toBe(true);
  });

  test("equal SGD bit for bit", () => {
    const { x, y } = smallData();
    const lossFn = new nn.MSELoss();
    const byHand = smallModel();
    const bySGD = smallModel();
    const optimizer = new optim.SGD(bySGD.parameters(), { lr: 0.1 });
    for (let i = 0; i < 4; i++) {
      lossFn.forward(byHand.forward(x), y).backward();
      noGrad(() => {
        for (const p of byHand.parameters()) {
          p.set(p.sub(p.grad!.mul(0.1)));
          p.grad = null;
        }
      });
      lossFn.forward(bySGD.forward(x), y).backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
    expect(modelBits(byHand)).toEqual(modelBits(bySGD));
  });

  test("only cells can be set, to their own shape and dtype", () => {
    const plain = tensor([1, 2]);
    expect(() => plain.set(tensor([3, 4]))).toThrow();
    const cell = tensor([1, 2], { requiresGrad: true });
    expect(() => cell.set(tensor([1, 2, 3]))).toThrow(/\[3\]/);
    expect(cell.toArraySync()).toEqual([1, 2]);
  });
});

describe("loadStateDict in the middle of training", () => {
  function trainer(model: nn.Module & { forward(x: Tensor): Tensor }, compiled: boolean) {
    const lossFn = new nn.MSELoss();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const step = (x: Tensor, y: Tensor): Tensor => {
      const loss = lossFn.forward(model.forward(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
    return compiled ? compile(step) : step;
  }

  test.each([
    ["plain", false],
    ["compiled", true],
  ])("goes on from the loaded weights (%s)", (_, compiled) => {
    const model = smallModel();
    const { x, y } = smallData();
    const step = trainer(model, compiled);
    const start = model.stateDict();
    for (let i = 0; i < 3; i++) step(x, y);
    const once = modelBits(model);
    model.loadStateDict(start);
    for (let i = 0; i < 3; i++) step(x, y);
    expect(modelBits(model)).toEqual(once);
    model.loadStateDict(start);
    expect(Object.values(model.stateDict()).map(bitsOf)).toEqual(Object.values(start).map(bitsOf));
  });

  test("names every mismatch at once and loads nothing", () => {
    const model = smallModel();
    const before = modelBits(model);
    const state = { ...model.stateDict() };
    const [first, second] = Object.keys(state);
    state[first!] = tensor([[1]]);
    state["extra.weight"] = tensor([1]);
    delete state[second!];
    const message = ((): string => {
      try {
        model.loadStateDict(state);
        return "";
      } catch (error) {
        return String(error);
      }
    })();
    for (const name of [first!, second!, "extra.weight"]) expect(message).toContain(name);
    expect(modelBits(model)).toEqual(before);
  });
});
