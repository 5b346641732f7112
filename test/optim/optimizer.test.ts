/** What all optimizers share: groups, state, saving and loading, one program, all or nothing. */
import { describe, expect, it } from "vitest";
import * as nn from "../../src/doors/nn.ts";
import * as optim from "../../src/doors/optim.ts";
import { programStats } from "../../src/runtime/function.ts";
import { compile } from "../../src/tensor/compile.ts";
import { ones, tensor } from "../../src/tensor/create.ts";
import { manualSeed } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { bitsOf } from "../support/tensors.ts";

const leaf = (values: number[]): Tensor => tensor(values, { requiresGrad: true });

/** One step with a gradient of ones. */
function push(optimizer: optim.Optimizer, ...params: Tensor[]): void {
  for (const p of params) p.grad = ones(p.shape);
  optimizer.step();
}

describe("a step", () => {
  it("leaves earlier values, state and aliases as they were", () => {
    const p = leaf([1, 2]);
    const optimizer = new optim.Adam([p], { lr: 0.1 });
    const before = p.detach();
    push(optimizer, p);
    const state = optimizer.stateDict();
    const average = state.state[0]!.exp_avg as Tensor;
    const seen = average.toArraySync();
    push(optimizer, p);
    expect(before.toArraySync()).toEqual([1, 2]);
    expect(average.toArraySync()).toEqual(seen);
    expect(state.state[0]!.step).toBe(1);
  });

  it("skips parameters without a gradient and counts their steps apart", () => {
    const [a, b] = [leaf([1]), leaf([1])];
    const both = new optim.Adam([a, b], { lr: 0.1 });
    push(both, a, b);
    b.grad = null;
    push(both, a);
    push(both, a, b);
    const alone = leaf([1]);
    const one = new optim.Adam([alone], { lr: 0.1 });
    push(one, alone);
    push(one, alone);
    expect(bitsOf(b)).toBe(bitsOf(alone));
    const { state } = both.stateDict();
    expect([state[0]!.step, state[1]!.step]).toEqual([3, 2]);
  });

  it("changes no program when rates change", () => {
    const p = leaf([1, 2, 3]);
    const optimizer = new optim.SGD([p], { lr: 0.1, momentum: 0.9 });
    push(optimizer, p);
    push(optimizer, p);
    const { misses } = programStats();
    for (let k = 1; k <= 20; k++) {
      const [group] = optimizer.paramGroups;
      group!.lr = 0.1 / k;
      group!.momentum = 0.9 - 0.01 * k;
      push(optimizer, p);
    }
    expect(programStats().misses).toBe(misses);
  });

  it("runs a closure first and returns its loss", () => {
    const p = leaf([3]);
    const optimizer = new optim.SGD([p], { lr: 0.5 });
    const loss = optimizer.step(() => {
      optimizer.zeroGrad();
      const y = p.mul(p).sum();
      y.backward();
      return y;
    });
    expect(loss!.itemSync()).toBe(9);
    expect(p.toArraySync()).toEqual([0]);
  });

  it("changes nothing where it fails", () => {
    const [a, b] = [leaf([1]), leaf([2])];
    const optimizer = new optim.SGD([a, b], { lr: 0.1, momentum: 0.9 });
    push(optimizer, a, b);
    const before = [a, b].map(bitsOf);
    const fail = () => {
      throw new Error("no");
    };
    Object.defineProperty(optimizer.paramGroups[0], "lr", { get: fail, configurable: true });
    expect(() => push(optimizer, a, b)).toThrow("no");
    Object.defineProperty(optimizer.paramGroups[0], "lr", { value: 0.1, writable: true });
    expect([a, b].map(bitsOf)).toEqual(before);
    expect(optimizer.stateDict().state[0]!.step).toBe(1);
    push(optimizer, a, b);
    expect(optimizer.stateDict().state[0]!.step).toBe(2);
  });
});

describe("zeroGrad", () => {
  it("forgets gradients, or makes them zero", () => {
    const p = leaf([1]);
    const optimizer = new optim.SGD([p], { lr: 0.1 });
    p.grad = ones([1]);
    optimizer.zeroGrad({ setToNone: false });
    expect(p.grad!.toArraySync()).toEqual([0]);
    optimizer.zeroGrad();
    expect(p.grad).toBeNull();
  });
});

describe("groups", () => {
  it("have options of their own, and may be added", () => {
    const [a, b, c] = [leaf([0]), leaf([0]), leaf([0])];
    const optimizer = new optim.SGD([{ params: [a] }, { params: [b], lr: 1 }], { lr: 0.5 });
    push(optimizer, a, b);
    optimizer.addParamGroup({ params: [c], lr: 0.25, momentum: 0.9 });
    push(optimizer, a, b, c);
    expect([a, b, c].map((p) => p.itemSync())).toEqual([-1, -2, -0.25]);
  });

  it("are refused with what is wrong", () => {
    const p = leaf([1]);
    expect(() => new optim.SGD([])).toThrow("there are no parameters");
    expect(() => new optim.SGD([p, p])).toThrow("the parameter [1] is given twice");
    expect(() => new optim.SGD(p as never)).toThrow("parameters come as a list");
    expect(() => new optim.SGD([p.mul(2)])).toThrow("is no parameter");
    expect(() => new optim.SGD([tensor([1])])).toThrow("is no parameter");
    expect(() => new optim.Adam([p], { lr: -1 })).toThrow("lr is -1; need a number of at least 0");
    expect(() => new optim.Adam([p], { betas: [1, 0.9] })).toThrow("betas[0] is 1");
    expect(() => new optim.SGD([p], { nesterov: true })).toThrow("nesterov needs momentum");
    expect(() => new optim.SGD([p], { rate: 1 } as never)).toThrow('there is no option "rate"');
    const pairs = new nn.Linear(1, 1).namedParameters();
    expect(() => new optim.SGD(pairs as never)).toThrow("use parameters()");
  });
});

describe("state", () => {
  const run = (optimizer: optim.Optimizer, p: Tensor, steps: number): void => {
    for (let k = 0; k < steps; k++) {
      p.grad = p.detach().mul(0.5).add(k);
      optimizer.step();
    }
  };

  it.each([
    ["SGD", (p: Tensor) => new optim.SGD([p], { lr: 0.1, momentum: 0.9, dampening: 0.5 })],
    ["Adam", (p: Tensor) => new optim.Adam([p], { lr: 0.1, amsgrad: true })],
    ["AdamW", (p: Tensor) => new optim.AdamW([p], { lr: 0.1 })],
  ] as const)("of %s, saved and loaded, goes on with the same bits", (_, make) => {
    const whole = leaf([1, -2]);
    const first = make(whole);
    run(first, whole, 3);
    const saved = first.stateDict();
    const copy = leaf(whole.toArraySync() as number[]);
    const second = make(copy);
    second.loadStateDict(saved as never);
    run(first, whole, 3);
    run(second, copy, 3);
    expect(bitsOf(copy)).toBe(bitsOf(whole));
  });

  it("has PyTorch's layout", () => {
    const p = leaf([1, 2]);
    const optimizer = new optim.Adam([p]);
    push(optimizer, p);
    const { state, paramGroups } = optimizer.stateDict();
    expect(Object.keys(state[0]!)).toEqual(["step", "exp_avg", "exp_avg_sq"]);
    expect(paramGroups).toEqual([
      {
        lr: 0.001,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 0,
        amsgrad: false,
        maximize: false,
        params: [0],
      },
    ]);
  });

  it("is refused with every mismatch at once, and nothing is loaded", () => {
    const [a, b] = [leaf([1, 2]), leaf([1])];
    const saved = new optim.Adam([a, b]);
    push(saved, a, b);
    const [c, d] = [leaf([1]), leaf([1, 2])];
    const other = new optim.Adam([c, d], { lr: 0.5 });
    expect(() => other.loadStateDict(saved.stateDict())).toThrow(
      "optim.Adam: the state does not fit, nothing was loaded:\n" +
        "  state[0].exp_avg: is [2], need [1]\n" +
        "  state[0].exp_avg_sq: is [2], need [1]\n" +
        "  state[1].exp_avg: is [1], need [2]\n" +
        "  state[1].exp_avg_sq: is [1], need [2]",
    );
    expect(other.paramGroups[0]!.lr).toBe(0.5);
    expect(() => new optim.Adam([c]).loadStateDict(saved.stateDict())).toThrow(
      "group 0 has 2 parameters, the optimizer's 1",
    );
    const foreign = new optim.SGD([a], { momentum: 0.9 });
    push(foreign, a);
    expect(() => new optim.Adam([a]).loadStateDict(foreign.stateDict())).toThrow(
      "group 0: momentum is no option of Adam",
    );
    const bare = { state: { 0: { step: 1 } }, paramGroups: [{ params: [0] }] };
    expect(() => new optim.Adam([a]).loadStateDict(bare)).toThrow("state[0].exp_avg: is missing");
    const wrong = {
      state: { 7: { step: 1 } },
      paramGroups: [{ params: [0], lr: -1, momentun: 1 }],
    };
    expect(() => new optim.SGD([a]).loadStateDict(wrong)).toThrow(
      /momentun is no option of SGD\n {2}group 0: lr .*-1.*\n {2}state\[7\]: belongs to no param/,
    );
    expect(() => new optim.SGD([a]).loadStateDict({} as never)).toThrow("it is no state of an");
  });

  it.each([
    ["3", 'is "3"'],
    [NaN, "is NaN"],
    [null, "is null"],
    [-1, "is -1"],
    [1.5, "is 1.5"],
    [tensor([1, 2]), "is a tensor"],
  ])("refuses steps of %s", (step, what) => {
    const [a, b] = [leaf([1]), leaf([1])];
    const saved = new optim.Adam([a]);
    push(saved, a);
    const { state, paramGroups } = saved.stateDict();
    const other = new optim.Adam([b], { lr: 0.5 });
    const broken = { state: { 0: { ...state[0], step } }, paramGroups } as never;
    expect(() => other.loadStateDict(broken)).toThrow(
      `nothing was loaded:\n  state[0].step: ${what}, need a whole number`,
    );
    expect(other.paramGroups[0]!.lr).toBe(0.5);
    other.loadStateDict({ state: { 0: { ...state[0], step: tensor([1]) } }, paramGroups } as never);
    expect(other.stateDict().state[0]!.step).toBe(1);
  });
});

describe("compiled", () => {
  const x = tensor([[0.1], [0.4], [0.7], [1]]);
  const y = tensor([[1], [0.5], [0.2], [0.9]]);

  /** Twelve steps with dropout, momentum and a schedule; returns the bits of all that came out. */
  function train(kind: "SGD" | "Adam", compiled: boolean): string[] {
    manualSeed(3);
    const hidden = [new nn.Linear(1, 8), new nn.Tanh(), new nn.Dropout(0.3)] as const;
    const model = new nn.Sequential(...hidden, new nn.Linear(8, 1));
    const lossFn = new nn.MSELoss();
    const optimizer =
      kind === "SGD"
        ? new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9, dampening: 0.1 })
        : new optim.Adam(model.parameters(), { lr: 0.05 });
    const scheduler = new optim.lrScheduler.StepLR(optimizer, 4, { gamma: 0.5 });
    const step = (a: Tensor, b: Tensor): Tensor => {
      const loss = lossFn.forward(model.forward(a), b);
      optimizer.zeroGrad();
      loss.backward();
      nn.utils.clipGradNorm(model.parameters(), 0.5);
      optimizer.step();
      scheduler.step();
      return loss;
    };
    const run = compiled ? compile(step) : step;
    const losses = Array.from({ length: 12 }, () => bitsOf(run(x, y)));
    expect(scheduler.getLastLr()[0]).toBeCloseTo((kind === "SGD" ? 0.1 : 0.05) / 8, 12);
    expect(optimizer.stateDict().state[0]!.step).toBe(12);
    return [...losses, ...model.parameters().map(bitsOf)];
  }

  it.each(["SGD", "Adam"] as const)("%s gives the bits of the plain loop", (kind) => {
    expect(train(kind, true)).toEqual(train(kind, false));
  });

  it("several steps in one function count on", () => {
    const bits = [false, true].map((compiled) => {
      const p = leaf([1, 2]);
      const optimizer = new optim.Adam([p], { lr: 0.1 });
      const twice = (): void => {
        for (let k = 0; k < 2; k++) {
          optimizer.zeroGrad();
          p.mul(p).sum().backward();
          optimizer.step();
        }
      };
      const run = compiled ? compile(twice) : twice;
      for (let k = 0; k < 3; k++) run();
      expect(optimizer.stateDict().state[0]!.step).toBe(6);
      return bitsOf(p);
    });
    expect(bits[1]).toBe(bits[0]);
  });

  it("sets gradients to zero inside a compiled function too", () => {
    const p = leaf([1, 2]);
    const optimizer = new optim.SGD([p], { lr: 0.1 });
    const run = compile(() => {
      optimizer.zeroGrad({ setToNone: false });
      p.mul(p).sum().backward();
      optimizer.step();
    });
    for (let k = 0; k < 3; k++) run();
    expect(p.grad!.dataSync()).toEqual(Float32Array.of(1.28, 2.56));
    expect(p.dataSync()[0]).toBeCloseTo(0.512, 6);
  });

  it("refuses a schedule between two steps, whose rate would come late", () => {
    const p = leaf([1]);
    const optimizer = new optim.SGD([p], { lr: 0.1 });
    const scheduler = new optim.lrScheduler.ExponentialLR(optimizer, 0.5);
    const run = compile(() => {
      for (let k = 0; k < 2; k++) {
        optimizer.zeroGrad();
        p.mul(p).sum().backward();
        optimizer.step();
        scheduler.step();
      }
    });
    expect(run).toThrow("Step the schedule last, once per call");
    expect(optimizer.paramGroups[0]!.lr).toBe(0.1);
  });

  it("goes on with loaded weights and state without a new trace", () => {
    const p = leaf([1, 2]);
    const optimizer = new optim.Adam([p], { lr: 0.1 });
    const run = compile(() => {
      optimizer.zeroGrad();
      p.mul(p).sum().backward();
      optimizer.step();
    });
    run();
    const [value, state] = [p.detach(), optimizer.stateDict()];
    run();
    const expected = bitsOf(p);
    const { misses } = run.stats;
    p.set(value);
    optimizer.loadStateDict(state);
    run();
    expect(bitsOf(p)).toBe(expected);
    expect(optimizer.stateDict().state[0]!.step).toBe(2);
    expect(run.stats.misses).toBe(misses);
  });
});

describe("settings", () => {
  it("are the rate by position, options, or one after the other", () => {
    const p = leaf([1]);
    const both = new optim.SGD([p], 0.1, { momentum: 0.9 });
    expect(both.paramGroups[0]).toMatchObject({ lr: 0.1, momentum: 0.9 });
    expect(new optim.SGD([p], 0.2).paramGroups[0]!.lr).toBe(0.2);
    expect(new optim.SGD([p], { lr: 0.3 }).paramGroups[0]!.lr).toBe(0.3);
    const loose = optim.SGD as unknown as new (...args: unknown[]) => optim.SGD;
    expect(() => new loose([p], 0.1, 0.9)).toThrow("only lr comes by position");
    expect(() => new loose([p], { lr: 0.1 }, { momentum: 0.9 })).toThrow(
      "only lr comes by position",
    );
  });
});
