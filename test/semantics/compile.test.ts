/**
 * compile(): the same bits as plain code, differentiable, no retracing by numbers, and refusals.
 */
import type { Tensor } from "nabla";
import {
  autograd,
  compile,
  detectAnomaly,
  manualSeed,
  nn,
  noGrad,
  optim,
  programStats,
  scalar,
  tensor,
} from "nabla";
import { describe, expect, test } from "vitest";
import { bitsOf, modelBits, smallData, smallModel } from "./helpers.ts";

type Step = (x: Tensor, y: Tensor) => Tensor;

interface Setting {
  readonly optimizer: (parameters: Iterable<Tensor>) => optim.SGD | optim.Adam | optim.AdamW;
  readonly dropout: number;
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  "SGD with momentum": {
    optimizer: (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, weightDecay: 0.01 }),
    dropout: 0,
  },
  "SGD with nesterov and dropout": {
    optimizer: (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true }),
    dropout: 0.4,
  },
  "Adam with dropout": { optimizer: (p) => new optim.Adam(p, { lr: 0.01 }), dropout: 0.25 },
  AdamW: { optimizer: (p) => new optim.AdamW(p, { lr: 0.01, weightDecay: 0.1 }), dropout: 0 },
};

/** Trains 12 steps under a schedule; returns all bits that matter. */
function train(setting: Setting, compiled: boolean, seed = 11): string[] {
  const model = smallModel(3, setting.dropout);
  const optimizer = setting.optimizer(model.parameters());
  const lossFn = new nn.MSELoss();
  const plain: Step = (x, y) => {
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const step = compiled ? compile(plain) : plain;
  manualSeed(seed);
  const losses: string[] = [];
  for (let i = 0; i < 12; i++) {
    optimizer.paramGroups[0]!.lr = 0.1 / (i + 1); // a schedule: the rate changes at every step
    const { x, y } = smallData(i);
    losses.push(bitsOf(step(x, y)));
  }
  return [...losses, ...modelBits(model)];
}

describe("a compiled step", () => {
  test.each(Object.keys(SETTINGS))("has the bits of the plain one: %s", (name) => {
    const setting = SETTINGS[name]!;
    expect(train(setting, true)).toEqual(train(setting, false));
  });

  test("takes schedulers with it: they step at each replay", () => {
    const run = (compiled: boolean): string[] => {
      const model = smallModel();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.2, momentum: 0.9 });
      const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 7, { etaMin: 0.01 });
      const lossFn = new nn.MSELoss();
      const plain: Step = (x, y) => {
        const loss = lossFn.forward(model.forward(x), y);
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        scheduler.step();
        return loss;
      };
      const step = compiled ? compile(plain) : plain;
      const { x, y } = smallData();
      const rates: string[] = [];
      for (let i = 0; i < 9; i++) {
        step(x, y);
        rates.push(String(optimizer.paramGroups[0]!.lr));
      }
      return [...rates, ...modelBits(model)];
    };
    expect(run(true)).toEqual(run(false));
  });

  test("gives the same bits twice for one seed and others for another", () => {
    const setting = SETTINGS["Adam with dropout"]!;
    const first = train(setting, true);
    expect(train(setting, true)).toEqual(first);
    expect(train(setting, true, 12)).not.toEqual(first);
  });

  test("can be mixed with plain steps", () => {
    const run = (pattern: readonly boolean[]): string[] => {
      const model = smallModel();
      const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
      const lossFn = new nn.MSELoss();
      const plain: Step = (x, y) => {
        const loss = lossFn.forward(model.forward(x), y);
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return loss;
      };
      const compiled = compile(plain);
      const { x, y } = smallData();
      for (const fast of pattern) (fast ? compiled : plain)(x, y);
      return modelBits(model);
    };
    expect(run([true, false, true, true, false])).toEqual(run([false, false, false, false, false]));
  });

  test("never recompiles for numbers: a rate changed at each step, a moving mini-batch", () => {
    const model = smallModel();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const lossFn = new nn.MSELoss();
    const step = compile((x: Tensor, y: Tensor, scale: number) => {
      const loss = lossFn.forward(model.forward(x), y).mul(scale);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    const all = tensor(Array.from({ length: 40 }, (_, i) => [i / 10, 1 - i / 20, 0.5]));
    const targets = tensor(Array.from({ length: 40 }, (_, i) => [i / 40, 1]));
    const once = (i: number): void => {
      optimizer.paramGroups[0]!.lr = 0.1 / (1 + i);
      step(all.narrow(0, i, 4), targets.narrow(0, i, 4), 1 + i / 100);
    };
    for (let i = 0; i < 3; i++) once(i);
    const { misses } = programStats();
    for (let i = 3; i < 36; i++) once(i);
    expect(programStats().misses).toBe(misses);
  });

  test("reads scalar() again at each replay and refuses other numbers that changed", () => {
    let alpha = 2;
    let frozen = 10;
    const live = scalar(() => alpha);
    const outside = compile((x: Tensor) => x.mul(live).add(frozen));
    const inside = compile((x: Tensor) => x.mul(scalar(() => alpha)).add(frozen));
    const x = tensor([1, 2]);
    for (const f of [outside, inside]) expect(f(x).toArraySync()).toEqual([12, 14]);
    alpha = 3;
    for (const f of [outside, inside]) expect(f(x).toArraySync()).toEqual([13, 16]);
    frozen = 20;
    for (const f of [outside, inside]) {
      expect(() => f(x)).toThrow(
        /compile.test.ts.*: add\(10\) when it was traced and add\(20\) now.*scalar\(/,
      );
    }
  });

  test("is traced anew for train() and eval()", () => {
    const model = smallModel(3, 0.9);
    const f = compile((x: Tensor) => model.forward(x));
    const { x } = smallData();
    model.train();
    f(x);
    model.eval();
    expect(bitsOf(f(x))).toBe(bitsOf(model.forward(x)));
    model.train();
    manualSeed(5);
    const compiled = bitsOf(f(x));
    manualSeed(5);
    expect(compiled).toBe(bitsOf(model.forward(x)));
  });
});

describe("a compiled function", () => {
  test("carries gradients like any function", () => {
    const w = tensor(
      [
        [0.5, -1],
        [2, 0.25],
      ],
      { requiresGrad: true },
    );
    const plain = (x: Tensor): Tensor => x.matmul(w).tanh().mul(x).sum();
    const f = compile(plain);
    const run = (g: (x: Tensor) => Tensor): string[] => {
      w.grad = null;
      const x = tensor(
        [
          [1, 2],
          [3, -4],
        ],
        { requiresGrad: true },
      );
      const y = g(x);
      y.backward();
      return [bitsOf(y), bitsOf(x.grad!), bitsOf(w.grad!)];
    };
    expect(run(f)).toEqual(run(plain));
  });

  test("works on typed arrays and numbers", () => {
    const f = compile((x: Float32Array | Tensor, k: number) => (x as Tensor).mul(k));
    expect(f(Float32Array.of(1, 2), 3).toArraySync()).toEqual([3, 6]);
    expect(f(Float32Array.of(4, 5), 2).toArraySync()).toEqual([8, 10]);
  });
});

describe("compile refuses", () => {
  test("to read a value inside", () => {
    const f = compile((x: Tensor) => (x.sum().itemSync() > 0 ? x : x.neg()));
    expect(() => f(tensor([1, 2]))).toThrow(/inside|compile|trace/i);
    expect(tensor([1, 2]).sum().itemSync()).toBe(3);
  });

  test("a batch taken from the closure", () => {
    const batches = [tensor([1, 2]), tensor([3, 4])];
    let i = 0;
    const f = compile((x: Tensor) => x.add(batches[i++ % 2]!));
    expect(() => f(tensor([0, 0]))).toThrow(/compile.test.ts.*as an argument/s);
  });

  test("a number that the closure changes", () => {
    let n = 0;
    const f = compile((x: Tensor) => x.mul(++n));
    expect(() => f(tensor([1]))).toThrow(/scalar\(/);
  });

  test("asynchronous functions", () => {
    const f = compile((async (x: Tensor) => Promise.resolve(x)) as unknown as (
      x: Tensor,
    ) => Tensor);
    expect(() => f(tensor([1]))).toThrow(/async|promise/i);
    expect(tensor([1]).add(1).itemSync()).toBe(2);
  });
});

describe("a failed program", () => {
  test("leaves everything as it was: an index out of range in a compiled training step", () => {
    manualSeed(2);
    const model = new nn.Linear(4, 3);
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
    const lossFn = new nn.CrossEntropyLoss();
    const step = compile((x: Tensor, y: Tensor) => {
      const loss = lossFn.forward(model.forward(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    const x = tensor([
      [1, 0, 0, 1],
      [0, 1, 1, 0],
    ]);
    const good = tensor([0, 2], { dtype: "int32" });
    const bad = tensor([0, 7], { dtype: "int32" });
    const run = (fail: boolean): string[] => {
      manualSeed(2);
      step(x, good);
      if (fail) {
        const before = modelBits(model);
        expect(() => step(x, bad)).toThrow(/7/);
        expect(modelBits(model)).toEqual(before);
      }
      step(x, good);
      return modelBits(model);
    };
    const start = model.stateDict();
    const state = optimizer.stateDict();
    const clean = run(false);
    model.loadStateDict(start);
    optimizer.loadStateDict(state);
    expect(run(true)).toEqual(clean);
  });
});

describe("a compiled function whose gradient is taken outside", () => {
  /** The gradients of x and w after each of two calls, plain and compiled. */
  const both = (make: (w: Tensor) => (x: Tensor) => Tensor): unknown[][] =>
    [false, true].map((compiled) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const f = compiled ? compile(make(w)) : make(w);
      return [0, 1].map(() => {
        const x = tensor([3, 5], { requiresGrad: true });
        w.grad = null;
        f(x).backward();
        return [x.grad, w.grad, w].map((t) => t?.toArraySync() ?? null);
      });
    });

  test("sends nothing back through what noGrad computed", () => {
    const [plain, compiled] = both(
      (w) => (x) =>
        x
          .mul(noGrad(() => x.mul(2)))
          .mul(w)
          .sum(),
    );
    expect(compiled).toEqual(plain);
  });

  test("sends nothing back through a gradient taken inside", () => {
    const [plain, compiled] = both((w) => (x) => {
      const y = x.pow(3).mul(w).sum();
      const [slope] = autograd.grad(y, x, { retainGraph: true });
      return y.mul(slope!.sum());
    });
    expect(compiled).toEqual(plain);
  });

  test("keeps the value of a cell that it sets after reading it", () => {
    const [plain, compiled] = both((w) => (x) => {
      const y = w.mul(x).sum();
      noGrad(() => w.set(w.add(1)));
      return y;
    });
    expect(compiled).toEqual(plain);
  });

  test("refuses a parameter that it set before reading it", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const f = compile((x: Tensor) => {
      noGrad(() => w.set(w.mul(2)));
      return w.mul(x).sum();
    });
    expect(() => f(tensor([3, 5]))).toThrow(/was set before.*backward inside/s);
    expect(w.toArraySync()).toEqual([1, 2]);
  });
});

test("backward inside a compiled function adds to the gradient of an argument", () => {
  const f = compile((x: Tensor) => {
    x.mul(x).sum().backward();
    return x.detach();
  });
  const x = tensor([1, 2], { requiresGrad: true });
  for (let i = 0; i < 3; i++) f(x);
  expect(x.grad!.toArraySync()).toEqual([6, 12]);
  const other = tensor([3, 4], { requiresGrad: true });
  f(other);
  expect(other.grad!.toArraySync()).toEqual([6, 8]);
});

test("an update that detectAnomaly refuses changes no cell", () => {
  const [w, v] = [tensor([1, 2], { requiresGrad: true }), tensor([1, 2], { requiresGrad: true })];
  const optimizer = new optim.SGD([w, v], { lr: 0.1, momentum: 0.9 });
  const update = (): void => {
    w.grad = tensor([1, 1]);
    v.grad = tensor([NaN, 1]);
    detectAnomaly(() => optimizer.step());
  };
  w.mul(v).sum().backward();
  optimizer.step();
  const before = [w, v].map(bitsOf);
  expect(update).toThrow(/NaN/);
  expect([w, v].map(bitsOf)).toEqual(before);
});

describe("compile notices that a captured tensor is another one", () => {
  const makers: Readonly<Record<string, (next: () => Tensor) => (x: Tensor) => unknown>> = {
    "which is returned": (next) => () => next(),
    "which is returned among others": (next) => (x) => ({ y: x.add(1), rest: [next()] }),
    "which becomes a gradient": (next) => (x) => {
      x.grad = next();
      return x.mul(2);
    },
    "which a cell is set to": (next) => (x) => {
      noGrad(() => x.set(next()));
      return x.mul(2);
    },
  };
  test.each(Object.keys(makers))("%s", (name) => {
    const tensors = [tensor([1, 2]), tensor([3, 4])];
    let i = 0;
    const f = compile(makers[name]!(() => tensors[i++ % 2]!));
    const x = tensor([0, 0], { requiresGrad: true });
    expect(() => f(x)).toThrow(/from outside at each call.*as an argument/s);
    expect([x.grad, x.toArraySync()]).toEqual([null, [0, 0]]);
  });

  test("but takes one that stays the same", () => {
    const kept = tensor([1, 2]);
    const f = compile((x: Tensor) => {
      x.grad = kept;
      return [kept, x.mul(kept)];
    });
    const x = tensor([3, 4], { requiresGrad: true });
    expect(f(x).map((y) => y.toArraySync())).toEqual([
      [1, 2],
      [3, 8],
    ]);
    expect(x.grad!.toArraySync()).toEqual([1, 2]);
  });
});

describe("a compiled function that returns what it was given", () => {
  const makers: Readonly<Record<string, (w: Tensor) => (x: Tensor) => unknown>> = {
    "an argument": () => (x) => x,
    "a captured tensor": (w) => () => w,
    "both, and the same result twice": (w) => (x) => {
      const y = x.mul(w);
      return { x, list: [y, w, y] };
    },
    "after a gradient": () => (x) => {
      x.mul(2).sum().backward();
      return x;
    },
    "after setting it": (w) => (x) => {
      noGrad(() => x.set(x.mul(2)));
      return [x, w];
    },
  };
  test.each(Object.keys(makers))("returns the tensor itself: %s", (name) => {
    const outcomes = [false, true].map((compiled) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const plain = makers[name]!(w);
      const f = compiled ? compile(plain) : plain;
      return [0, 1].map(() => {
        const x = tensor([3, 4], { requiresGrad: true });
        const returned = f(x);
        const seen = new Map<unknown, string>([
          [x, "x"],
          [w, "w"],
        ]);
        const names = JSON.stringify(returned, (_, value: unknown) => {
          if (typeof value !== "object" || value === null || !("grad" in value)) return value;
          if (!seen.has(value)) seen.set(value, `result ${seen.size}`);
          return seen.get(value);
        });
        return [names, x.toArraySync(), x.grad?.toArraySync(), w.toArraySync()];
      });
    });
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  test("keeps the number argument a number", () => {
    const f = compile((k: number) => k);
    expect([f(3), f(4), f(-0)]).toEqual([3, 4, -0]);
  });
});

describe("detectAnomaly", () => {
  const message = (f: () => unknown): string => {
    try {
      detectAnomaly(f);
    } catch (error) {
      return (error as Error).message.replace(/ \(.*?\)(?=:)/, "");
    }
    return "";
  };

  test("finds in a compiled function what it finds in the plain one", () => {
    const plain = (x: Tensor): Tensor => x.mul(2).log().maximum(tensorZero).sum();
    const tensorZero = tensor(0);
    const f = compile(plain);
    const x = tensor([1, 0, -1]);
    f(x);
    expect(message(() => f(x))).toBe(message(() => plain(x)));
    expect(message(() => f(x))).toMatch(/^log: element 1 of result 0 is -Infinity/);
    expect(message(() => f(tensor([1, 2, 3])))).toBe("");
    expect(() => detectAnomaly(() => f(x))).toThrow(/compile.test.ts/);
  });

  test("finds gradients as well, plain and compiled, and leaves the cells as they were", () => {
    const w = tensor([4, 0], { requiresGrad: true });
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    const plain = (): void => {
      w.sqrt().sum().backward();
      optimizer.step();
      optimizer.zeroGrad();
    };
    const f = compile(plain);
    for (const step of [plain, f]) {
      expect(message(step)).toMatch(/^sqrt backward: element 1 of result 0 is Infinity/);
      expect(w.toArraySync()).toEqual([4, 0]);
      w.grad = null;
    }
  });

  test("does not mind infinities within one operation", () => {
    const x = tensor([[1, -200]]);
    const f = compile((x: Tensor) => x.softmax(1).add(x.logsumexp(1)));
    expect(message(() => f(x))).toBe("");
  });
});

test("a number argument may be part of the program: a threshold, an axis, a size", () => {
  const x = tensor([-1, 2]);
  const f = compile((x: Tensor, at: number) => nn.functional.threshold(x, at, 0));
  for (const at of [0.5, 3, 0.5]) {
    expect(f(x, at).toArraySync()).toEqual(nn.functional.threshold(x, at, 0).toArraySync());
  }
  expect(f.stats).toEqual({ hits: 1, misses: 2 });
});
