/** Attacks on `compile` by recurrent state, composites of optimizers, odd objects and odd calls. */
import type { Tensor } from "nabla";
import {
  arange,
  autograd,
  cell,
  compile,
  detectAnomaly,
  eye,
  manualSeed,
  nn,
  noGrad,
  ones,
  optim,
  rand,
  randint,
  randperm,
  scalar,
  setRandomState,
  tensor,
  zeros,
} from "nabla";
import type { Attacks } from "./attack.ts";
import { times, training } from "./attack.ts";

const x = tensor([1, 2, 3]);

/** Objects, calls and orders that are less usual. */
export const MORE: Attacks = {
  "a getter in the closure": (wrap) => {
    let reads = 0;
    const config = {
      get scale(): number {
        return ++reads;
      },
    };
    const f = wrap((x: Tensor) => x.mul(config.scale));
    return times(3, () => f(x));
  },
  "a getter of an argument": (wrap) => {
    let k = 0;
    const batch = {
      get x(): Tensor {
        return x.mul(++k);
      },
    };
    const f = wrap((b: { x: Tensor }) => b.x.sum());
    return times(3, () => f(batch).mul(0).add(1));
  },
  "a frozen argument": (wrap) => {
    const f = wrap(({ a, k }: { a: Tensor; k: number }) => a.mul(k));
    return [1, 2].map((k) => () => f(Object.freeze({ a: x, k })));
  },
  "an object without a prototype": (wrap) => {
    const f = wrap((o: Record<string, Tensor>) => o["a"]!.sum());
    const bare = Object.assign(Object.create(null) as Record<string, Tensor>, { a: x });
    return [() => f(bare), () => f({ a: x.mul(2) })];
  },
  "a symbol among the names": (wrap) => {
    const name = Symbol("x");
    const f = wrap((o: Record<symbol, Tensor>) => o[name]!.sum());
    return times(3, (k) => f({ [name]: x.mul(k) }));
  },
  "holes and undefined in lists": (wrap) => {
    const f = wrap((list: (Tensor | undefined)[]) => list.filter((y) => y !== undefined).length);
    return [() => f([x, undefined]), () => f([x]), () => f([undefined, x, x.mul(2)])];
  },
  "nested lists": (wrap) => {
    const f = wrap((rows: Tensor[][]) => rows.map((row) => row.reduce((a, b) => a.add(b))));
    return [() => f([[x, x], [x.mul(2)]]), () => f([[x], [x, x.mul(2)]])];
  },
  "a typed array in an object": (wrap) => {
    const f = wrap(({ data }: { data: Tensor }) => data.mul(2));
    const data = Float32Array.of(1, 2);
    return times(3, (k) => {
      data[0] = k;
      return f({ data: (wrap.name === "" ? tensor(data) : data) as Tensor });
    });
  },
  "a big integer and a date": (wrap) => {
    const f = wrap((x: Tensor, n: bigint, d: Date) => x.mul(Number(n)).add(d.getTime()));
    const day = new Date(5);
    return [1n, 2n, 1n].map((n) => () => f(x, n, day));
  },
  "a date that is changed": (wrap) => {
    const f = wrap((x: Tensor, d: Date) => x.add(d.getTime()));
    const day = new Date(5);
    return times(3, (k) => (day.setTime(k), f(x, day)));
  },
  "a function given as an argument": (wrap) => {
    const f = wrap((x: Tensor, act: (x: Tensor) => Tensor) => act(x));
    const [a, b] = [(y: Tensor): Tensor => y.relu(), (y: Tensor): Tensor => y.neg()];
    return [a, b, a].map((act) => () => f(x, act));
  },
  "a function that reads arguments.length": (wrap) => {
    const f = wrap(function (x: Tensor): Tensor {
      return x.mul(arguments.length);
    });
    const loose = f as (...args: unknown[]) => Tensor;
    return [() => loose(x), () => loose(x, 1), () => loose(x, 1, 2)];
  },
  "a parameter taken apart, with a default": (wrap) => {
    const f = wrap((x: Tensor, { k = 2 }: { k?: number } = {}) => x.mul(k));
    return [() => f(x), () => f(x, {}), () => f(x, { k: 5 }), () => f(x, { k: 7 })];
  },
  "a tensor where a number was": (wrap) => {
    const f = wrap((x: Tensor, k: number | Tensor) => x.mul(k as Tensor));
    return [2, tensor(3), 2, tensor([1, 2, 3])].map((k) => () => f(x, k));
  },
  "no arguments, a scalar that counts": (wrap) => {
    let n = 0;
    const f = wrap(() => x.mul(scalar(() => n)));
    return times(12, (k) => ((n = k), f()));
  },
  "a recurrent layer": (wrap) => {
    const lstm = new nn.LSTM(3, 4);
    const f = wrap((x: Tensor) => lstm.forward(x)[0]);
    return times(3, (k) => f(ones([2 + (k % 2), 1, 3])));
  },
  "a recurrent state passed on": (wrap) => {
    const gru = new nn.GRUCell(3, 4);
    let h = zeros([1, 4]);
    const f = wrap((x: Tensor, h: Tensor) => gru.forward(x, h));
    return times(4, () => (h = f(ones([1, 3]), h)));
  },
  "a moving average of weights": (wrap) => {
    const { model, step } = training();
    const mean = new optim.swaUtils.AveragedModel(model);
    const f = wrap((x: Tensor) => step(x));
    return times(4, () => {
      f(x);
      mean.updateParameters(model);
      return mean.module.parameters();
    });
  },
  "two optimizers that take turns": (wrap) => {
    const [a, b] = [new nn.Linear(3, 1), new nn.Linear(3, 1)];
    const [oa, ob] = [a, b].map((m) => new optim.Adam(m.parameters(), { lr: 0.1 }));
    const f = wrap((x: Tensor, which: "a" | "b") => {
      const [m, o] = which === "a" ? [a, oa!] : [b, ob!];
      const loss = m.forward(x).square().sum();
      o.zeroGrad();
      loss.backward();
      o.step();
      return loss.detach();
    });
    return ["a", "b", "b", "a", "a"].map((which) => () => f(x, which as "a"));
  },
  "an optimizer's state that is loaded": (wrap) => {
    const { model, optimizer, step } = training();
    const f = wrap(step);
    const saved = { model: model.stateDict(), optimizer: optimizer.stateDict() };
    return times(6, (k) => {
      if (k === 3) {
        model.loadStateDict(saved.model);
        optimizer.loadStateDict(saved.optimizer);
      }
      return [f(x), model.parameters()];
    });
  },
  "a plain step between compiled ones": (wrap) => {
    const { model, step } = training();
    const f = wrap(step);
    return times(6, (k) => [(k % 2 ? step : f)(x), model.parameters()]);
  },
  "weight decay switched on": (wrap) => {
    const { optimizer, step } = training();
    const f = wrap(step);
    return times(24, (k) => ((optimizer.paramGroups[0]!.weightDecay = k > 18 ? 0.5 : 0), f(x)));
  },
  "a schedule of two": (wrap) => {
    const { optimizer, step } = training();
    const { LinearLR, ExponentialLR, SequentialLR } = optim.lrScheduler;
    const parts = [new LinearLR(optimizer), new ExponentialLR(optimizer, 0.5)];
    const schedule = new SequentialLR(optimizer, parts, [3]);
    const f = wrap((x: Tensor) => {
      const loss = step(x);
      schedule.step();
      return loss;
    });
    return times(6, () => f(x));
  },
  "accumulated gradients": (wrap) => {
    const { model, optimizer } = training();
    const add = wrap((x: Tensor) => {
      const loss = model.forward(x).square().mean();
      loss.backward();
      return loss.detach();
    });
    const update = wrap(() => {
      optimizer.step();
      optimizer.zeroGrad();
      return model.parameters();
    });
    return times(6, (k) => [add(x.mul(k)), k % 2 ? update() : null]);
  },
  "a gradient that is replaced outside": (wrap) => {
    const { model, optimizer } = training();
    const f = wrap(() => (optimizer.step(), model.parameters()));
    return times(4, (k) => {
      for (const p of model.parameters()) p.grad = ones(p.shape).mul(k);
      return f();
    });
  },
  "some gradients missing": (wrap) => {
    const { model, first, optimizer } = training();
    const f = wrap(() => (optimizer.step(), model.parameters()));
    return times(4, (k) => {
      for (const p of model.parameters()) p.grad = ones(p.shape);
      if (k % 2) first.bias!.grad = null;
      return f();
    });
  },
  "integers and permutations at random": (wrap) => {
    const f = wrap((n: number) => [randint(0, n, [3]), randperm(n)]);
    return [3, 4, 3].map((n) => () => f(n));
  },
  "a generator put back": (wrap) => {
    const f = wrap(() => rand([3]));
    return times(4, (k) => (k === 2 && setRandomState({ seed: 7, draws: 0 }), f()));
  },
  "a seed inside": (wrap) => {
    const f = wrap(() => (manualSeed(3), rand([3])));
    return times(2, () => f());
  },
  "a try around a failing step": (wrap) => {
    const { model, step } = training();
    const f = wrap(step);
    const attempt = (x: Tensor): unknown => {
      try {
        return f(x);
      } catch {
        return "failed";
      }
    };
    return [x, ones([5]), x].map((y) => () => [attempt(y), model.parameters()]);
  },
  "anomalies looked for": (wrap) => {
    const f = wrap((x: Tensor, k: number) => x.mul(k).log());
    return [1, 2, 3].map((k) => () => detectAnomaly(() => f(x, k)));
  },
  "constants made by rules": (wrap) => {
    const f = wrap((x: Tensor, n: number) => x.add(arange(n).sum()).matmul(eye(3)));
    return [3, 4, 3].map((n) => () => f(x, n));
  },
  "a cell made inside": (wrap) => {
    const f = wrap((x: Tensor) => {
      const h = cell(zeros([3]));
      h.set(x.mul(2));
      return h.add(x);
    });
    return times(2, () => f(x));
  },
  "a cell passed as an argument": (wrap) => {
    const [a, b] = [cell(x), cell(x.mul(2))];
    const f = wrap((h: Tensor) => (h.set(h.add(1)), h.mul(1)));
    return [a, b, a].map((h) => () => [f(h), a, b]);
  },
  "a value kept from before an update": (wrap) => {
    const w = cell(x);
    const f = wrap(() => {
      const before = w.mul(1);
      w.set(w.mul(2));
      return [before, w.mul(1)];
    });
    return times(3, () => f());
  },
  "noGrad inside": (wrap) => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    const f = wrap((x: Tensor) => w.mul(x).add(noGrad(() => w.mul(x))));
    return times(2, () => ((w.grad = null), f(x).sum().backward(), w.grad));
  },
  "a gradient of an argument taken inside": (wrap) => {
    const f = wrap((x: Tensor) => {
      const [g] = autograd.grad(x.pow(3).sum(), x, { createGraph: true });
      return g!;
    });
    return times(2, () => f(tensor([1, 2], { requiresGrad: true })).detach());
  },
  "one function compiled twice": (wrap) => {
    const fn = (x: Tensor, k: number): Tensor => (k > 1 ? x.mul(k) : x);
    const [f, g] = [wrap(fn), wrap(fn)];
    return [1, 2, 1].map((k) => () => [f(x, k), g(x, k + 1)]);
  },
  "a method, with this": (wrap) => {
    const thing = {
      scale: 2,
      f: wrap(function (this: { scale: number } | undefined, x: Tensor): Tensor {
        return x.mul(this?.scale ?? 1);
      } as (x: Tensor) => Tensor),
    };
    return times(2, (k) => ((thing.scale = k + 2), thing.f(x)));
  },
  "a module in a plain list": (wrap) => {
    const layers = [new nn.Linear(3, 3), new nn.Linear(3, 3)];
    const f = wrap((x: Tensor) => layers.reduce((y, m) => m.forward(y), x));
    return times(4, (k) => (k === 2 && layers.reverse(), f(x)));
  },
  "a field that is deleted": (wrap) => {
    const layer = new nn.Linear(3, 3) as nn.Linear & { scale?: number };
    layer.scale = 3;
    const f = wrap((x: Tensor) => layer.forward(x).mul(layer.scale ?? 1));
    return times(4, (k) => (k === 2 && delete layer.scale, f(x)));
  },
  "a setting of a layer": (wrap) => {
    const norm = new nn.LayerNorm(3);
    const f = wrap((x: Tensor) => norm.forward(x));
    return times(4, (k) => (k === 2 && ((norm as { eps: number }).eps = 0.5), f(x)));
  },
  "momentum of batch statistics": (wrap) => {
    const norm = new nn.BatchNorm1d(3);
    const f = wrap((x: Tensor) => norm.forward(x));
    const data = ones([4, 3]).cumsum(0);
    return times(4, (k) => {
      if (k === 2) (norm as { momentum: number }).momentum = 0.5;
      return [f(data), norm.runningMean];
    });
  },
  "checks at every call": (wrap) => {
    let k = 1;
    const plain = (x: Tensor): Tensor => x.mul(k);
    const f = wrap.name === "plain" ? plain : compile(plain, { check: "always" });
    return times(30, (i) => ((k = i < 20 ? 1 : 2), f(x)));
  },
};
