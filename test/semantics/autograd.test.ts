/** Gradients: accumulation, clearing, higher derivatives, sharing, and what is refused. */
import { autograd, enableGrad, nn, noGrad, optim, tensor } from "nabla";
import { describe, expect, test } from "vitest";
import { bitsOf, modelBits, smallData, smallModel } from "./helpers.ts";

describe("gradients", () => {
  test("add up over backward calls", () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    x.mul(x).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([2, 4, 6]);
    x.mul(x).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([4, 8, 12]);
    x.grad = null;
    expect(x.grad).toBeNull();
    x.mul(3).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([3, 3, 3]);
  });

  test("add up over uses of one tensor", () => {
    const x = tensor([2], { requiresGrad: true });
    x.mul(x).add(x.mul(3)).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([7]);
  });

  test("zeroGrad before backward and after step give the same bits", () => {
    const train = (before: boolean): string[] => {
      const model = smallModel();
      const { x, y } = smallData();
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
      const lossFn = new nn.MSELoss();
      for (let i = 0; i < 5; i++) {
        const loss = lossFn.forward(model.forward(x), y);
        if (before) optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        if (!before) optimizer.zeroGrad();
      }
      return modelBits(model);
    };
    expect(train(true)).toEqual(train(false));
  });

  test("accumulating two halves without zeroGrad equals the sum", () => {
    const model = smallModel();
    const [a, b] = [smallData(), smallData(3)];
    const lossFn = new nn.MSELoss();
    lossFn.forward(model.forward(a.x), a.y).backward();
    const first = [...model.parameters()].map((p) => p.grad!);
    for (const p of model.parameters()) p.grad = null;
    lossFn.forward(model.forward(b.x), b.y).backward();
    const sums = [...model.parameters()].map((p, i) => bitsOf(first[i]!.add(p.grad!)));
    for (const p of model.parameters()) p.grad = null;
    lossFn.forward(model.forward(a.x), a.y).backward();
    lossFn.forward(model.forward(b.x), b.y).backward();
    expect([...model.parameters()].map((p) => bitsOf(p.grad!))).toEqual(sums);
  });

  test("of gradients are right", () => {
    const x = tensor([1.5, -2], { requiresGrad: true, dtype: "float64" });
    const y = x.pow(4).sum();
    const [first] = autograd.grad(y, [x], { createGraph: true });
    expect(first!.toArraySync()).toEqual([4 * 3.375, 4 * -8]);
    const [second] = autograd.grad(first!.sum(), [x], { createGraph: true });
    expect(second!.toArraySync()).toEqual([12 * 2.25, 12 * 4]);
    second!.sum().backward();
    expect(x.grad!.toArraySync()).toEqual([24 * 1.5, 24 * -2]);
  });

  test("of gradients flow through a network into its parameters", () => {
    const model = smallModel();
    const x = tensor([[0.1, 0.2, 0.3]], { requiresGrad: true });
    const [slope] = autograd.grad(model.forward(x).sum(), [x], { createGraph: true });
    slope!.pow(2).sum().backward();
    const weight = [...model.parameters()][0]!;
    expect(weight.grad!.abs().sum().itemSync()).toBeGreaterThan(0);
  });

  test("reach a parameter that two models share", () => {
    const shared = new nn.Linear(3, 3);
    const one = new nn.Sequential(shared, new nn.Tanh());
    const two = new nn.Sequential(shared, new nn.Sigmoid());
    const { x } = smallData();
    one.forward(x).sum().backward();
    const first = shared.weight.grad!;
    two.forward(x).sum().backward();
    const both = shared.weight.grad!;
    shared.weight.grad = null;
    two.forward(x).sum().backward();
    expect(bitsOf(first.add(shared.weight.grad!))).toBe(bitsOf(both));
    expect(new Set([...one.parameters(), ...two.parameters()]).size).toBe(2);
    const optimizer = new optim.SGD(one.parameters(), { lr: 0.1 });
    const before = bitsOf(two.forward(x));
    optimizer.step();
    expect(bitsOf(two.forward(x))).not.toBe(before);
  });
});

describe("backward", () => {
  test("a second time through the same graph says what to do", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = x.exp().sum();
    y.backward();
    expect(() => y.backward()).toThrow(/retainGraph/);
    expect(x.grad!.toArraySync()).toHaveLength(2);
  });

  test("with retainGraph works again", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = x.mul(x).sum();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(x.grad!.toArraySync()).toEqual([4, 8]);
  });

  test("from a tensor of several elements wants a gradient", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(() => x.mul(2).backward()).toThrow(/\[2\]/);
    x.mul(2).backward(tensor([1, 10]));
    expect(x.grad!.toArraySync()).toEqual([2, 20]);
  });

  test("from what needs no gradient says so", () => {
    expect(() => tensor(1).mul(2).backward()).toThrow(/requiresGrad|gradient/);
  });

  test("walks a chain of 20,000 calls", () => {
    const x = tensor(1, { requiresGrad: true });
    let y = x;
    for (let i = 0; i < 20_000; i++) y = y.add(0.5);
    y.backward();
    expect(x.grad!.itemSync()).toBe(1);
  });
});

describe("noGrad", () => {
  test("records nothing, enableGrad inside records again", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(noGrad(() => enableGrad(() => x.mul(2))).requiresGrad).toBe(true);
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  test("refuses asynchronous functions and restores the mode", () => {
    const x = tensor([1], { requiresGrad: true });
    expect(() => noGrad(async () => Promise.resolve(x))).toThrow(/async|promise/i);
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  test("restores the mode when its function throws", () => {
    const x = tensor([1], { requiresGrad: true });
    const fail = (): never => {
      throw new Error("mine");
    };
    expect(() => noGrad(fail)).toThrow("mine");
    expect(x.mul(2).requiresGrad).toBe(true);
  });
});

describe("relu and ties", () => {
  test("follow PyTorch", () => {
    const x = tensor([-1, 0, 2, NaN], { requiresGrad: true });
    const y = x.relu();
    expect(y.toArraySync()).toEqual([0, 0, 2, NaN]);
    y.sum().backward();
    expect((x.grad!.toArraySync() as number[]).slice(0, 3)).toEqual([0, 0, 1]);
    const a = tensor([1, 2], { requiresGrad: true });
    const b = tensor([1, 1], { requiresGrad: true });
    a.maximum(b).sum().backward();
    expect(a.grad!.toArraySync()).toEqual([0.5, 1]);
    expect(b.grad!.toArraySync()).toEqual([0.5, 0]);
  });

  test.each(["wasm", "interpret"] as const)("of the extremum of all share it, on %s", (device) => {
    const slope = (data: number[], of: "max" | "min"): unknown => {
      const x = tensor(data, { requiresGrad: true, device });
      x[of]().backward();
      return x.grad!.toArraySync();
    };
    for (const of of ["max", "min"] as const) {
      expect(slope([1, NaN, 3, NaN], of)).toEqual([0, 0.5, 0, 0.5]);
      expect(slope([NaN], of)).toEqual([1]);
      expect(slope([2, 2, 2, 2], of)).toEqual([0.25, 0.25, 0.25, 0.25]);
    }
    expect(slope([1, Infinity, 3, Infinity], "max")).toEqual([0, 0.5, 0, 0.5]);
  });

  test("a NaN along an axis makes its row NaN in amax, and takes all in max(dim)", () => {
    const data = [
      [1, NaN],
      [3, 2],
    ];
    const [x, y] = [tensor(data, { requiresGrad: true }), tensor(data, { requiresGrad: true })];
    x.amax(1).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([
      [NaN, NaN],
      [1, 0],
    ]);
    y.max(1).values.sum().backward();
    expect(y.grad!.toArraySync()).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});

test("a tensor in arithmetic says what to write", () => {
  const x = tensor(3);
  expect(() => (x as unknown as number) + 1).toThrow(/a\.add\(b\)/);
  expect(() => Number(x)).toThrow(/a\.add\(b\)/);
  expect(() => (x as unknown as number) < 2).toThrow(/a\.add\(b\)/);
});
