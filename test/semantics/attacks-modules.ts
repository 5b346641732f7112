/** Attacks on `compile` by modules that change, and by training steps. */
import type { Tensor } from "nabla";
import { nn, noGrad, ones, optim, tensor, zeros } from "nabla";
import type { Attacks } from "./attack.ts";
import { times, training } from "./attack.ts";

const x = tensor([1, 2, 3]);
const leaf = (): Tensor => tensor([1, 2, 3], { requiresGrad: true });

/** Modules. */
export const MODULES: Attacks = {
  "ModuleList.append": (wrap) => {
    const list = new nn.ModuleList([new nn.Linear(3, 3)]);
    const f = wrap((x: Tensor) => [...list].reduce((y, m) => m.forward(y), x));
    const more = new nn.Linear(3, 3);
    return [() => f(x), () => f(x), () => (list.append(more), f(x)), () => f(x)];
  },
  "Sequential.append of a module that was there": (wrap) => {
    const layer = new nn.Linear(3, 3);
    const model = new nn.Sequential(layer);
    const f = wrap((x: Tensor) => model.forward(x));
    return times(30, (k) => (k === 25 && model.append(layer), f(x)));
  },
  "a bias taken away late": (wrap) => {
    const layer = new nn.Linear(3, 3);
    const f = wrap((x: Tensor) => layer.forward(x));
    return times(40, (k) => (k === 30 && (layer.bias = null), f(x)));
  },
  "a weight replaced late": (wrap) => {
    const layer = new nn.Linear(3, 3);
    const f = wrap((x: Tensor) => layer.forward(x));
    return times(40, (k) => (k === 30 && (layer.weight = new nn.Parameter(ones([3, 3]))), f(x)));
  },
  "a weight that is put back": (wrap) => {
    const layer = new nn.Linear(3, 3);
    const [one, other] = [layer.weight, new nn.Parameter(ones([3, 3]))];
    const f = wrap((x: Tensor) => layer.forward(x));
    return times(60, (k) => ((layer.weight = k % 20 < 10 ? one : other), f(x)));
  },
  "a submodule replaced late": (wrap) => {
    class Net extends nn.Module {
      fc: nn.Module & { forward(x: Tensor): Tensor } = new nn.Linear(3, 3);
      forward(x: Tensor): Tensor {
        return this.fc.forward(x);
      }
    }
    const net = new Net();
    const tanh = new nn.Tanh();
    const f = wrap((x: Tensor) => net.forward(x));
    return times(40, (k) => (k === 30 && (net.fc = tanh), f(x)));
  },
  "two submodules exchanged": (wrap) => {
    class Net extends nn.Module {
      a = new nn.Linear(3, 3);
      b = new nn.Linear(3, 3);
      forward(x: Tensor): Tensor {
        return this.b.forward(this.a.forward(x).tanh());
      }
    }
    const net = new Net();
    const f = wrap((x: Tensor) => net.forward(x));
    return times(40, (k) => (k === 30 && ([net.a, net.b] = [net.b, net.a]), f(x)));
  },
  "train and eval": (wrap) => {
    const model = new nn.Sequential(new nn.Dropout(0.5), new nn.BatchNorm1d(3));
    const f = wrap((x: Tensor) => model.forward(x));
    const data = ones([4, 3]).cumsum(0);
    return times(6, (k) => (model.train(k % 3 !== 1), f(data)));
  },
  "one module's training": (wrap) => {
    const layer = new nn.Dropout(0.5);
    const f = wrap((x: Tensor) => layer.forward(x));
    return times(30, (k) => ((layer.training = k < 20), f(ones([9]))));
  },
  "a forward hook added late": (wrap) => {
    const layer = new nn.Linear(3, 3);
    const f = wrap((x: Tensor) => layer.forward(x));
    const add = (): unknown => layer.registerForwardHook((_, __, y) => (y as Tensor).mul(2));
    return times(40, (k) => (k === 30 && add(), f(x)));
  },
  "a hook that reads a number": (wrap) => {
    let scale = 1;
    const layer = new nn.Linear(3, 3);
    layer.registerForwardHook((_, __, y) => (y as Tensor).mul(scale));
    const f = wrap((x: Tensor) => layer.forward(x));
    return times(4, (k) => ((scale = k), f(x)));
  },
  "a frozen parameter": (wrap) => {
    const { first, step, model } = training();
    const f = wrap(step);
    return times(
      30,
      (k) => (k === 25 && (first.weight.requiresGrad = false), [f(x), model.parameters()]),
    );
  },
  "module.to": (wrap) => {
    const layer = new nn.Linear(3, 3);
    const f = wrap((x: Tensor) => layer.forward(x.to(layer.weight.dtype)));
    return times(4, (k) => (k === 2 && layer.to("float64"), f(x)));
  },
  loadStateDict: (wrap) => {
    const layer = new nn.Linear(3, 3);
    const other = new nn.Linear(3, 3).stateDict();
    const f = wrap((x: Tensor) => layer.forward(x));
    return times(4, (k) => (k === 2 && layer.loadStateDict(other), f(x)));
  },
  "a mask cached in a field": (wrap) => {
    class Masked extends nn.Module {
      mask: Tensor | null = null;
      forward(x: Tensor): Tensor {
        return x.mul((this.mask ??= ones([3]).mul(2)));
      }
    }
    const module = new Masked();
    const f = wrap((x: Tensor) => module.forward(x));
    return [() => f(x), () => f(x), () => module.forward(x), () => f(x)];
  },
  "a cache of the first input": (wrap) => {
    class First extends nn.Module {
      first: Tensor | null = null;
      forward(x: Tensor): Tensor {
        return x.sub((this.first ??= x));
      }
    }
    const module = new First();
    const f = wrap((x: Tensor) => module.forward(x));
    return [1, 2, 3].map((k) => () => f(x.mul(k)));
  },
  "a state in a field": (wrap) => {
    class Sum extends nn.Module {
      h = zeros([3]);
      forward(x: Tensor): Tensor {
        return (this.h = this.h.add(x));
      }
    }
    const module = new Sum();
    const f = wrap((x: Tensor) => module.forward(x));
    return times(3, () => f(x));
  },
  "a counter in a field": (wrap) => {
    class Counter extends nn.Module {
      calls = 0;
      forward(x: Tensor): Tensor {
        this.calls++;
        return x.mul(2);
      }
    }
    const module = new Counter();
    const f = wrap((x: Tensor) => module.forward(x));
    return times(3, () => [f(x), module.calls]);
  },
  "a list in a field that grows": (wrap) => {
    class History extends nn.Module {
      seen: Tensor[] = [];
      forward(x: Tensor): Tensor {
        const y = x.mul(2);
        this.seen.push(y);
        return y;
      }
    }
    const module = new History();
    const f = wrap((x: Tensor) => module.forward(x));
    return times(3, () => [f(x), module.seen.length]);
  },
  "a shape kept in a field": (wrap) => {
    class Keeps extends nn.Module {
      rows = 0;
      forward(x: Tensor): Tensor {
        this.rows = x.shape[0]!;
        return x.mul(2);
      }
    }
    const module = new Keeps();
    const f = wrap((x: Tensor) => module.forward(x));
    return [3, 2, 3, 3, 2].map((n) => () => [f(ones([n])), module.rows]);
  },
  "a buffer registered anew": (wrap) => {
    class Shift extends nn.Module {
      declare shift: Tensor;
      forward(x: Tensor): Tensor {
        return x.add(this.shift);
      }
    }
    const module = new Shift();
    module.registerBuffer("shift", x);
    const f = wrap((x: Tensor) => module.forward(x));
    return times(4, (k) => (k === 2 && module.registerBuffer("shift", x.mul(3)), f(x)));
  },
  "a module given as an argument": (wrap) => {
    const [a, b] = [new nn.Linear(3, 3), new nn.Linear(3, 3)];
    const f = wrap((m: nn.Linear, x: Tensor) => m.forward(x));
    return [a, b, a, b].map((m) => () => f(m, x));
  },
  "batch statistics": (wrap) => {
    const norm = new nn.BatchNorm1d(3);
    const f = wrap((x: Tensor) => norm.forward(x));
    const data = ones([4, 3]).cumsum(0);
    return times(3, () => [f(data), norm.stateDict()]);
  },
};

/** Training steps. */
export const STEPS: Attacks = {
  "a step": (wrap) => {
    const { step, model } = training();
    const f = wrap(step);
    return times(5, () => [f(x), model.parameters()]);
  },
  "a rate changed outside": (wrap) => {
    const { step, optimizer } = training();
    const f = wrap(step);
    return times(30, (k) => ((optimizer.paramGroups[0]!.lr = 0.1 / (k + 1)), f(x)));
  },
  "momentum changed outside": (wrap) => {
    const { step, optimizer } = training();
    const f = wrap(step);
    return times(30, (k) => (k === 20 && (optimizer.paramGroups[0]!.momentum = 0), f(x)));
  },
  "a rate halved inside": (wrap) => {
    const { step, optimizer } = training();
    const f = wrap((x: Tensor) => {
      optimizer.paramGroups[0]!.lr *= 0.5;
      return step(x);
    });
    return times(3, () => f(x));
  },
  "a schedule inside": (wrap) => {
    const { step, optimizer } = training();
    const schedule = new optim.lrScheduler.StepLR(optimizer, 2);
    const f = wrap((x: Tensor) => {
      const loss = step(x);
      schedule.step();
      return loss;
    });
    return times(6, () => [f(x), optimizer.paramGroups[0]!.lr]);
  },
  "the rate returned with a schedule inside": (wrap) => {
    const { step, optimizer } = training();
    const schedule = new optim.lrScheduler.StepLR(optimizer, 1);
    const f = wrap((x: Tensor) => {
      const loss = step(x);
      schedule.step();
      return { loss, lr: optimizer.paramGroups[0]!.lr };
    });
    return times(4, () => f(x));
  },
  "the rate returned with a schedule outside": (wrap) => {
    const { step, optimizer } = training();
    const schedule = new optim.lrScheduler.StepLR(optimizer, 1);
    const f = wrap((x: Tensor) => ({ loss: step(x), lr: optimizer.paramGroups[0]!.lr }));
    return times(30, () => {
      const result = f(x);
      schedule.step();
      return result;
    });
  },
  "a new parameter group": (wrap) => {
    const { step, optimizer, model } = training();
    const extra = new nn.Parameter(ones([3]));
    const f = wrap(step);
    return times(4, (k) => {
      if (k === 2) optimizer.addParamGroup({ params: [extra], lr: 1 });
      return [f(x), model.parameters()];
    });
  },
  "gradients left from outside": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      w.mul(x).sum().backward();
      return w.grad!;
    });
    return times(6, (k) => (k % 3 === 2 && (w.grad = null), f(x)));
  },
  "the sum of two losses that were walked back": (wrap) => {
    const { model, optimizer } = training();
    const f = wrap((x: Tensor) => {
      const [a, b] = [model.forward(x).mean(), model.forward(x.neg()).mean()];
      optimizer.zeroGrad();
      a.backward();
      b.backward();
      optimizer.step();
      return a.add(b);
    });
    return times(3, () => f(x));
  },
  "a gradient clipped by a number of the closure": (wrap) => {
    const { model, optimizer } = training();
    let limit = 1;
    const f = wrap((x: Tensor) => {
      optimizer.zeroGrad();
      model.forward(x).square().mean().backward();
      nn.utils.clipGradNorm(model.parameters(), limit);
      optimizer.step();
      return model.forward(x);
    });
    return times(4, (k) => ((limit = 0.1 * (k + 1)), f(x)));
  },
  "a step that is skipped by the host": (wrap) => {
    const { model, optimizer } = training();
    let turn = 0;
    const f = wrap((x: Tensor) => {
      model.forward(x).square().mean().backward();
      if (turn % 2 === 1) {
        optimizer.step();
        optimizer.zeroGrad();
      }
      return model.forward(x);
    });
    return times(4, (k) => ((turn = k), f(x)));
  },
  "a step on another device of thought: noGrad outside": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => w.mul(x));
    return times(4, (k) => (k % 2 ? noGrad(() => f(x)).requiresGrad : f(x).requiresGrad));
  },
};
