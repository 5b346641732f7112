/**
 * Attacks on `compile` by what the host changes late: settings of modules, options of optimizers,
 * what stands in the closure. Each is played with the change before several calls.
 */
import type { Tensor } from "nabla";
import { cell, nn, noGrad, ones, optim, tensor, zeros } from "nabla";
import type { Attacks, Wrap } from "./attack.ts";
import { times, training } from "./attack.ts";

const x = tensor([[0.5, -1, 2], [1, 3, -0.25]]); // prettier-ignore
const image = tensor([...Array(16).keys()].map(Math.sin), { shape: [2, 2, 2, 2] });

/** Prepares state; returns what each call does, and what changes once. */
type Late = (wrap: Wrap) => readonly [call: () => unknown, change: () => void];

/** Writes a field that types call read-only. */
function set(object: object, fields: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(fields)) Reflect.set(object, name, value);
}

/** A layer that is applied, and some of its fields that are set. */
function layer(
  make: () => nn.Module & { forward(x: Tensor): Tensor },
  fields: Readonly<Record<string, unknown>>,
  input = x,
): Late {
  return (wrap) => {
    const made = make();
    const f = wrap((x: Tensor) => made.forward(x).mul(1));
    return [() => f(input), () => set(made, fields)];
  };
}

/** A model of one's own with fields of every kind. */
class Net extends nn.Module {
  scale = 2;
  skip = true;
  mode = "sum";
  scales = [1, 2];
  config = { gain: 1, inner: { bias: 0.5 } };
  names = new Set(["a"]);
  table = new Map([["k", 2]]);
  after: ((x: Tensor) => Tensor) | null = null;
  readonly linear = new nn.Linear(3, 2);

  forward(x: Tensor): Tensor {
    const y = this.linear.forward(x).mul(this.scale * this.scales[0]! * this.table.get("k")!);
    const z = this.skip ? y.add(x.narrow(1, 0, 2)) : y;
    const { gain, inner } = this.config;
    const w = z.mul(gain * this.scales.length).add(inner.bias + this.names.size);
    const out = this.mode === "sum" ? w.sum() : w.mean();
    return this.after === null ? out : this.after(out);
  }
}

function own(change: (net: Net) => void): Late {
  return (wrap) => {
    const net = new Net();
    const f = wrap((x: Tensor) => net.forward(x));
    return [() => f(x), () => change(net)];
  };
}

/** A step that reads an option itself. */
function option(
  read: (group: Record<string, never>) => number,
  change: (group: Record<string, unknown>) => void,
): Late {
  return (wrap) => {
    const model = new nn.Linear(3, 1);
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.1, weightDecay: 0.01 });
    const group = optimizer.paramGroups[0] as unknown as Record<string, never>;
    const f = wrap((x: Tensor) => {
      const loss = model.forward(x).square().mean().mul(1 + read(group)); // prettier-ignore
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss.detach();
    });
    return [() => f(x), () => change(group)];
  };
}

const mark = Symbol("mark");

/** A module with state where fields do not show it. */
function hidden(
  change: (made: { net: object; type: { gain: number; prototype: object } }) => void,
): Late {
  return (wrap) => {
    class Base extends nn.Module {
      static gain = 2;
      readonly [mark] = [1];
      readonly settings = new (class Settings {
        scale = 2;
        since = new Date(1);
      })();
      declare bias: number;
      forward(x: Tensor): Tensor {
        const { scale, since } = this.settings;
        const y = x.mul(Base.gain * scale * this[mark][0]!);
        return y.add(this.bias).add(since.getTime());
      }
    }
    Object.assign(Base.prototype, { bias: 1 });
    class Derived extends Base {}
    const net = new Derived();
    const f = wrap((x: Tensor) => net.forward(x));
    return [() => f(x), () => change({ net, type: Base })];
  };
}

/** What every call can see by itself: these are played with checks switched off, too. */
export const SEEN: Readonly<Record<string, Late>> = {
  "dropout.p": layer(() => new nn.Dropout(0.5), { p: 0.25 }),
  "a layer's slope": layer(() => new nn.LeakyReLU(0.1), { negativeSlope: 0.3 }),
  "eps of a layer norm": layer(() => new nn.LayerNorm(3), { eps: 0.5 }),
  "eps of a group norm": layer(() => new nn.GroupNorm(1, 2), { eps: 0.5 }, image),
  "momentum of batch statistics": layer(
    () => new nn.BatchNorm2d(2), { momentum: 0.7 }, image), // prettier-ignore
  "eps of batch statistics": layer(() => new nn.BatchNorm2d(2), { eps: 0.7 }, image),
  "an axis": layer(() => new nn.Softmax(1), { dim: 0 }),
  "a threshold": layer(() => new nn.Threshold(0.1, 9), { threshold: 0.7 }),
  "a stride": layer(() => new nn.AvgPool2d(1), { stride: 2 }, image),
  "a forward of its own": layer(() => new nn.Tanh(), { forward: (x: Tensor) => x.sigmoid() }),
  "a setting below": (wrap) => {
    const dropout = new nn.Dropout(0.5);
    const model = new nn.Sequential(new nn.Linear(3, 2), new nn.Sequential(dropout));
    const f = wrap((x: Tensor) => model.forward(x).mul(1));
    return [() => f(x), () => set(dropout, { p: 0 })];
  },
  "a setting of a module with a hook": (wrap) => {
    const dropout = new nn.Dropout(0.5);
    dropout.registerForwardHook(() => undefined);
    const f = wrap((x: Tensor) => dropout.forward(x).mul(1));
    return [() => f(x), () => set(dropout, { p: 0.25 })];
  },
  "a loss's reduction": (wrap) => {
    const loss = new nn.MSELoss();
    const f = wrap((x: Tensor) => loss.forward(x, zeros([2, 3])));
    return [() => f(x), () => set(loss, { reduction: "sum" })];
  },
  "a static field": hidden(({ type }) => (type.gain = 5)),
  "an inherited field": hidden(({ type }) => set(type.prototype, { bias: 7 })),
  "the forward of a class": hidden(({ type }) =>
    set(type.prototype, { forward: (x: Tensor) => x.neg() }),
  ),
  "a symbol": hidden(({ net }) => ((net as Record<symbol, number[]>)[mark]![0] = 3)),
  "an object of a class in a field": hidden(({ net }) =>
    set((net as { settings: object }).settings, { scale: 9 }),
  ),
  "a date in an object of a class": hidden(({ net }) =>
    (net as { settings: { since: Date } }).settings.since.setTime(5),
  ),
  "a field of an optimizer's own class": (wrap) => {
    class Scaled extends optim.SGD {
      scale = 1;
      override step(): undefined {
        noGrad(() => {
          const [weight] = this.paramGroups[0]!.params;
          weight!.set(weight!.sub(weight!.grad!.mul(this.scale)));
        });
      }
    }
    const weight = new nn.Parameter(ones([3]));
    const optimizer = new Scaled([weight], { lr: 0.1 });
    const f = wrap((x: Tensor) => {
      optimizer.zeroGrad();
      x.mul(weight).sum().backward();
      optimizer.step();
      return weight.mul(1);
    });
    return [() => f(x), () => (optimizer.scale = 0.5)];
  },
  "a number in a field": own((net) => (net.scale = 3)),
  "a truth value in a field": own((net) => (net.skip = false)),
  "a text in a field": own((net) => (net.mode = "mean")),
  "an item of a list": own((net) => (net.scales[0] = 5)),
  "a list that grows": own((net) => net.scales.push(3)),
  "a list replaced": own((net) => (net.scales = [7])),
  "a record's field": own((net) => (net.config.gain = 4)),
  "a record in a record": own((net) => (net.config.inner.bias = 4)),
  "a set": own((net) => net.names.add("b")),
  "a table": own((net) => net.table.set("k", 9)),
  "a function in a field": own((net) => (net.after = (x) => x.neg())),
  "a function in a field, replaced": (wrap) => {
    const net = new Net();
    net.after = (x) => x.neg();
    const f = wrap((x: Tensor) => net.forward(x));
    return [() => f(x), () => (net.after = (x) => x.exp())];
  },
  "a forward of one's own, replaced": (wrap) => {
    const tanh = new nn.Tanh();
    tanh.forward = (x) => x.exp();
    const f = wrap((x: Tensor) => tanh.forward(x));
    return [() => f(x), () => (tanh.forward = (x) => x.sigmoid())];
  },
  "lr read": option((group) => group["lr"]!, (group) => (group["lr"] = 0.01)), // prettier-ignore
  "weightDecay read": option(
    (group) => group["weightDecay"]!, (group) => (group["weightDecay"] = 0.3)), // prettier-ignore
  "betas replaced": option(
    (group) => group["betas"]![0]!, (group) => (group["betas"] = [0.8, 0.99])), // prettier-ignore
  "betas changed in place": option(
    (group) => group["betas"]![0]!,
    (group) => ((group["betas"] as number[])[0] = 0.7),
  ),
  "lr as a condition": option(
    (group) => (group["lr"]! > 0.05 ? 1 : 2),
    (group) => (group["lr"] = 0.01),
  ),
  "lr of a loop over groups": (wrap) => {
    const { optimizer, step } = training();
    const f = wrap((x: Tensor) => {
      let sum = step(x);
      for (const group of optimizer.paramGroups) sum = sum.add(group.lr);
      return sum;
    });
    return [() => f(x), () => (optimizer.paramGroups[0]!.lr = 0.02)];
  },
  "lr read before a schedule outside": (wrap) => {
    const { optimizer, step } = training();
    const schedule = new optim.lrScheduler.StepLR(optimizer, 1, { gamma: 0.5 });
    const f = wrap((x: Tensor) => step(x).mul(optimizer.paramGroups[0]!.lr));
    return [() => f(x), () => schedule.step()];
  },
  "a new model": (wrap) => {
    let model = new nn.Linear(3, 2);
    const f = wrap((x: Tensor) => model.forward(x));
    return [() => f(x), () => (model = new nn.Linear(3, 2))];
  },
  "a new module without parameters": (wrap) => {
    let act: nn.Module & { forward(x: Tensor): Tensor } = new nn.Tanh();
    const f = wrap((x: Tensor) => act.forward(x));
    return [() => f(x), () => (act = new nn.Sigmoid())];
  },
  "a new optimizer": (wrap) => {
    const model = new nn.Linear(3, 2);
    let optimizer: optim.Optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const f = wrap((x: Tensor) => {
      const loss = model.forward(x).square().mean();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss.detach();
    });
    return [() => f(x), () => (optimizer = new optim.Adam(model.parameters(), { lr: 0.1 }))];
  },
  "a new cell": (wrap) => {
    let state = cell(ones([3]));
    const f = wrap((x: Tensor) => x.mul(state));
    return [() => f(x), () => (state = cell(zeros([3])))];
  },
  "a parameter frozen": (wrap) => {
    const { first, step } = training();
    const f = wrap(step);
    return [() => f(x), () => (first.weight.requiresGrad = false)];
  },
};

/** What nothing can see from outside: checks see it, which look at each of the first calls. */
export const UNSEEN: Readonly<Record<string, Late>> = {
  "a number": (wrap) => {
    let k = 1;
    const f = wrap((x: Tensor) => x.mul(k));
    return [() => f(x), () => (k = 2)];
  },
  "a model that was there": (wrap) => {
    const [a, b] = [new nn.Linear(3, 2), new nn.Linear(3, 2)];
    let model = a;
    const f = wrap((x: Tensor) => model.forward(x));
    return [() => f(x), () => (model = b)];
  },
  "an optimizer that was there": (wrap) => {
    const model = new nn.Linear(3, 2);
    const [a, b] = [0.1, 0.3].map((lr) => new optim.SGD(model.parameters(), { lr }));
    let optimizer = a!;
    const f = wrap((x: Tensor) => {
      model.forward(x).square().mean().backward();
      optimizer.step();
      optimizer.zeroGrad();
      return model.weight.mul(1);
    });
    return [() => f(x), () => (optimizer = b!)];
  },
  "a cell that was there": (wrap) => {
    const [a, b] = [cell(ones([3])), cell(zeros([3]))];
    let state = a;
    const f = wrap((x: Tensor) => x.mul(state));
    return [() => f(x), () => (state = b)];
  },
  "a list of tensors": (wrap) => {
    const list = [ones([3])];
    const f = wrap((x: Tensor) => list.reduce((sum, one) => sum.add(one), x));
    return [() => f(x), () => void list.push(ones([3]))];
  },
  "a field of an object": (wrap) => {
    const config = { scale: 1 };
    const f = wrap((x: Tensor) => x.mul(config.scale));
    return [() => f(x), () => (config.scale = 2)];
  },
  "null in the result": (wrap) => {
    let on = false;
    const f = wrap((x: Tensor) => ({ y: x.mul(2), extra: on ? x.neg() : null }));
    return [() => f(x), () => (on = true)];
  },
  "the length of the result": (wrap) => {
    let count = 1;
    const f = wrap((x: Tensor) => Array.from({ length: count }, () => x.mul(2)));
    return [() => f(x), () => (count = 2)];
  },
  "a field added to a module": (wrap) => {
    const net = new nn.Linear(3, 2) as nn.Linear & { gain?: number };
    const f = wrap((x: Tensor) => net.forward(x).mul(net.gain ?? 1));
    return [() => f(x), () => (net.gain = 3)];
  },
};

/** Each of them with the change before some calls. */
export function atCalls(
  group: Readonly<Record<string, Late>>,
  calls: readonly number[] = [2, 10, 12, 20],
): Attacks {
  const attacks: Record<string, (wrap: Wrap) => readonly (() => unknown)[]> = {};
  for (const [name, late] of Object.entries(group)) {
    for (const at of calls) {
      attacks[`${name}, before call ${at}`] = (wrap) => {
        const [call, change] = late(wrap);
        return times(40, (k) => {
          if (k === at - 1) change();
          return call();
        });
      };
    }
  }
  return attacks;
}
