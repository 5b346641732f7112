/** Small programs that went wrong with `compile` when the library was tried from outside. */
import type { Tensor } from "nabla";
import { compile, nn, ones, optim, tensor } from "nabla";
import { describe, expect, it, vi } from "vitest";

describe("a number argument", () => {
  it("decides conditions as in plain code", () => {
    const fn = (x: Tensor, mode: number): Tensor => (mode === 1 ? x.mul(2) : x.mul(3));
    const f = compile(fn);
    expect([1, 2].map((mode) => f(tensor([1]), mode).itemSync())).toEqual([2, 3]);
    const g = compile((x: Tensor, flag: number) => (flag ? x.mul(2) : x.mul(3)));
    expect(g(tensor([1]), 0).itemSync()).toBe(3);
  });

  it("gives pow the bits of plain code", () => {
    const fn = (x: Tensor, p: number): Tensor => x.pow(p);
    const x = tensor([0.0832471177]);
    expect(compile(fn)(x, 2).itemSync()).toBe(fn(x, 2).itemSync());
  });

  it("that decides the program at each value warns once, and names the cure", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const f = compile((x: Tensor, n: number) => x.expand([n, 3]).sum());
    for (let n = 1; n <= 12; n++) expect(f(ones([3]), n).itemSync()).toBe(3 * n);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(/more than 8 values.*scalar\(\(\) => value\)/);
    warn.mockRestore();
  });
});

describe("a trace that fails", () => {
  it("leaves the fields of modules as they were, and the plain model at work", () => {
    class Masked extends nn.Module {
      mask: Tensor | null = null;
      kept: Tensor | null = null;
      forward(x: Tensor): Tensor {
        this.kept = x.mul(2);
        return x.mul((this.mask ??= ones([3]).mul(2)));
      }
    }
    const module = new Masked();
    const f = compile((x: Tensor) => module.forward(x));
    expect(() => f(ones([3]))).toThrow(/sets Masked.kept to a tensor of this call.*cell\(/);
    expect([module.mask, module.kept]).toEqual([null, null]);
    expect(module.forward(ones([3])).toArraySync()).toEqual([2, 2, 2]);
  });

  it("puts lists, maps and sets in fields back", () => {
    class Keeps extends nn.Module {
      list = [1];
      map = new Map([["a", 1]]);
      set = new Set([1]);
      forward(x: Tensor): Tensor {
        this.list.push(2);
        this.map.set("b", 2);
        this.set.add(2);
        return x.matmul(ones([7, 7]));
      }
    }
    const module = new Keeps();
    expect(() => compile((x: Tensor) => module.forward(x))(ones([3]))).toThrow(/matmul/);
    expect([module.list, [...module.map], [...module.set]]).toEqual([[1], [["a", 1]], [1]]);
  });

  it("leaves no rejected promise behind", async () => {
    const seen: unknown[] = [];
    const note = (reason: unknown): unknown => seen.push(reason);
    process.on("unhandledRejection", note);
    const model = new nn.Linear(1, 1);
    const optimizer = new optim.LBFGS(model.parameters());
    const step = compile((x: Tensor) =>
      optimizer.step(() => {
        const loss = model.forward(x).square().mean();
        loss.backward();
        return loss;
      }),
    );
    expect(() => step(tensor([[1]]))).toThrow(/the function is asynchronous/);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", note);
    expect(seen).toEqual([]);
  });
});

it("host numbers that are returned are those of the call", () => {
  const model = new nn.Linear(1, 1);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const step = compile((x: Tensor) => ({
    loss: model.forward(x).mean().detach(),
    lr: optimizer.paramGroups[0]!.lr,
  }));
  for (let k = 0; k < 30; k++) {
    expect(step(ones([1, 1])).lr).toBe(optimizer.paramGroups[0]!.lr);
    optimizer.paramGroups[0]!.lr /= 2;
  }
});

it("the sum of losses that were walked back has the value of plain code", () => {
  const totals = [false, true].map((compiled) => {
    const model = new nn.Linear(1, 1);
    model.loadStateDict({ weight: tensor([[0.5]]), bias: tensor([-0.25]) });
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const plain = (x: Tensor): Tensor => {
      const [a, b] = [model.forward(x).mean(), model.forward(x.neg()).mean()];
      optimizer.zeroGrad();
      a.backward();
      b.backward();
      optimizer.step();
      return a.add(b);
    };
    const step = compiled ? compile(plain) : plain;
    return Array.from({ length: 4 }, () => step(ones([2, 1])).itemSync());
  });
  expect(totals[1]).toEqual(totals[0]);
});

describe("check", () => {
  it("looks at each call, at some, or at none", () => {
    const traced = (check: "always" | "spot" | "never"): number => {
      let traces = 0;
      const f = compile((x: Tensor) => (traces++, x.mul(2)), { check });
      for (let k = 0; k < 5000; k++) f(ones([1]));
      return traces;
    };
    const clock = vi.spyOn(performance, "now").mockReturnValue(0); // no time for more than is sure
    expect(traced("always")).toBe(2 + 4999);
    expect(traced("spot")).toBe(2 + 8 + 4);
    clock.mockRestore();
    expect(traced("spot")).toBeGreaterThanOrEqual(2 + 8 + 4);
    expect(traced("never")).toBe(2);
  });

  it("is one of three words", () => {
    expect(() => compile((x: Tensor) => x, { check: "sometimes" as never })).toThrow(
      /check is "sometimes"; need "always", "spot" or "never"/,
    );
  });
});
