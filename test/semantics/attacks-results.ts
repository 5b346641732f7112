/** Attacks on `compile` by what is returned, by texts of tensors, and by gradients inside. */
import { inspect } from "node:util";
import type { Tensor } from "nabla";
import { autograd, cell, nn, noGrad, ones, tensor, zeros } from "nabla";
import type { Attacks } from "./attack.ts";
import { times } from "./attack.ts";

const x = tensor([1, 2, 3]);
const leaf = (): Tensor => tensor([1, 2, 3], { requiresGrad: true });

/** What is known of a tensor outside. */
const marks = (t: Tensor): unknown => [t, t.requiresGrad, t.isLeaf, t.grad === null, String(t)];

/** The message of what an act throws. */
const failure = (act: () => unknown): string => {
  try {
    return `gave ${String(act())}`;
  } catch (error) {
    return (error as Error).message;
  }
};

/** Results. */
export const RESULTS: Attacks = {
  "the argument itself": (wrap) => {
    const f = wrap((x: Tensor) => x);
    return times(12, (k) => {
      const t = x.mul(k);
      return f(t) === t;
    });
  },
  "an argument in a list": (wrap) => {
    const f = wrap((x: Tensor) => [x, x.mul(2), x]);
    return times(12, (k) => {
      const t = x.mul(k);
      const [a, b, c] = f(t);
      return [a === t, b, c === t];
    });
  },
  "an object of the arguments": (wrap) => {
    const f = wrap((o: { a: Tensor }) => o);
    return times(12, () => {
      const o = { a: x };
      return f(o) === o;
    });
  },
  "an object of the arguments in a result": (wrap) => {
    const f = wrap((x: Tensor, o: { k: number }) => ({ y: x.mul(o.k), o }));
    return times(12, (k) => {
      const o = { k };
      const made = f(x, o);
      return [made.y, made.o === o];
    });
  },
  "an object of the closure": (wrap) => {
    const config = { k: 2 };
    const f = wrap((x: Tensor) => ({ y: x.mul(config.k), config }));
    return times(12, () => {
      const made = f(x);
      return [made.y, made.config === config];
    });
  },
  "an object of the closure alone": (wrap) => {
    const config = { k: 2, w: x };
    const f = wrap((x: Tensor) => (x.mul(2), config));
    return times(12, () => f(x) === config);
  },
  "a list of the closure with tensors": (wrap) => {
    const weights = [leaf(), leaf()];
    const f = wrap((x: Tensor) => ({ y: weights[0]!.mul(x).detach(), weights }));
    return times(12, () => {
      const made = f(x);
      return [made.y, made.weights === weights, made.weights[0] === weights[0]];
    });
  },
  "a closure's object that it writes into": (wrap) => {
    const state: { y?: Tensor } = {};
    const f = wrap((x: Tensor) => ((state.y = x.mul(2)), state));
    return times(3, (k) => [f(x.mul(k)) === state, state.y]);
  },
  "an object of the closure that is replaced": (wrap) => {
    let config = { k: 2 };
    const f = wrap((x: Tensor) => ({ y: x.mul(2), config }));
    return times(30, (k) => ((config = { k }), f(x).config === config));
  },
  "a class": (wrap) => {
    class Box {
      readonly k = 3;
    }
    const f = wrap((x: Tensor) => [x.mul(2), new Box()] as const);
    return times(3, () => [f(x)[0], f(x)[1] instanceof Box, f(x)[1] !== f(x)[1]]);
  },
  "the same list twice": (wrap) => {
    const f = wrap((x: Tensor) => {
      const list = [x.mul(2)];
      return { a: list, b: list };
    });
    return times(3, () => {
      const { a, b } = f(x);
      return [a === b, a];
    });
  },
  "the same tensor twice": (wrap) => {
    const f = wrap((x: Tensor) => {
      const y = x.mul(2);
      return [y, y, x.mul(2)];
    });
    return times(3, () => {
      const [a, b, c] = f(x);
      return [a === b, a === c, a];
    });
  },
  "a list that holds itself": (wrap) => {
    const f = wrap((x: Tensor) => {
      const list: unknown[] = [x.mul(2)];
      list.push(list);
      return list;
    });
    return times(3, () => {
      const list = f(x);
      return [list[0], list[1] === list, list.length];
    });
  },
  "objects that hold each other": (wrap) => {
    interface Node {
      y?: Tensor;
      other?: Node;
    }
    const f = wrap((x: Tensor) => {
      const [a, b]: Node[] = [{ y: x.mul(2) }, { y: x.mul(3) }];
      a!.other = b!;
      b!.other = a!;
      return a!;
    });
    return times(3, () => {
      const a = f(x);
      return [a.y, a.other!.y, a.other!.other === a];
    });
  },
  "a frozen result": (wrap) => {
    const f = wrap((x: Tensor) => Object.freeze({ y: x.mul(2) }));
    return times(3, () => [f(x).y, Object.isFrozen(f(x))]);
  },
  "a sealed list": (wrap) => {
    const f = wrap((x: Tensor) => Object.seal([x.mul(2)]));
    return times(3, () => [f(x)[0], Object.isSealed(f(x)), Object.isFrozen(f(x))]);
  },
  "a list with fields": (wrap) => {
    const f = wrap((x: Tensor) => Object.assign([x.mul(2)], { k: 2 }));
    return times(3, () => [f(x)[0], f(x).k]);
  },
  "a list with holes": (wrap) => {
    const f = wrap((x: Tensor) => {
      const list = new Array<Tensor>(3);
      list[1] = x.mul(2);
      return list;
    });
    return times(3, () => [0 in f(x), f(x)[1], f(x).length]);
  },
  "a symbol among the names": (wrap) => {
    const name = Symbol("y");
    const f = wrap((x: Tensor) => ({ [name]: x.mul(2), a: x }));
    return times(3, () => [f(x)[name], f(x).a === x]);
  },
  "a hidden field": (wrap) => {
    const f = wrap((x: Tensor) => Object.defineProperty({}, "y", { value: x.mul(2) }));
    return times(3, () => (f(x) as { y: Tensor }).y);
  },
  "a getter": (wrap) => {
    const f = wrap((x: Tensor) => ({
      get y(): Tensor {
        return x.mul(2);
      },
    }));
    return times(3, (k) => f(x.mul(k)).y);
  },
  "a function": (wrap) => {
    const f = wrap((x: Tensor) => (y: Tensor) => x.add(y));
    return times(3, (k) => f(x.mul(k))(x));
  },
  "a function of what it made": (wrap) => {
    const f = wrap((x: Tensor) => {
      const z = x.mul(2);
      return () => z;
    });
    return times(3, (k) => f(x.mul(k))().add(1));
  },
  "a generator": (wrap) => {
    const f = wrap(function* (x: Tensor): Generator<Tensor> {
      yield x.mul(2);
      yield x.mul(3);
    });
    return times(3, (k) => [...f(x.mul(k))]);
  },
  "null now and then": (wrap) => {
    const f = wrap((x: Tensor, on: boolean) => (on ? x.mul(2) : null));
    return times(12, (k) => f(x, k % 3 === 0));
  },
  "an empty list that grows": (wrap) => {
    const names: string[] = [];
    const f = wrap((x: Tensor) => ({ y: x.mul(2), names }));
    return times(30, (k) => (k > 20 && names.push("a"), f(x).names.length));
  },
  "a typed array": (wrap) => {
    const f = wrap((x: Tensor, k: number) => [x.mul(2), Float32Array.of(k, 1)] as const);
    return times(12, (k) => [f(x, k)[0], f(x, k)[1] instanceof Float32Array, [...f(x, k)[1]]]);
  },
  "a date and a search": (wrap) => {
    const f = wrap((x: Tensor, k: number) => [x.mul(2), new Date(k), /a/g] as const);
    return times(4, (k) => [f(x, k)[1].getTime(), f(x, k)[2].flags]);
  },
  "undefined and nothing": (wrap) => {
    const f = wrap((x: Tensor) => ({ y: x.mul(2), a: undefined }));
    return times(3, () => ["a" in f(x), f(x).y]);
  },
  "no prototype": (wrap) => {
    const bare = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;
    const f = wrap((x: Tensor) => Object.assign(bare(), { y: x.mul(2) }));
    return times(3, () => [Object.getPrototypeOf(f(x)) === null, f(x).y]);
  },
  "a name like __proto__": (wrap) => {
    const f = wrap((x: Tensor) => ({ ["__proto__"]: x.mul(2) }));
    return times(3, () => Object.entries(f(x)));
  },
  "a parameter": (wrap) => {
    const layer = new nn.Linear(3, 1);
    const f = wrap((x: Tensor) => (x.mul(2), layer.weight));
    return times(3, () => f(x) === layer.weight);
  },
  "a cell that it made": (wrap) => {
    const f = wrap((x: Tensor) => [cell(zeros([3])), x.mul(2)]);
    return times(3, () => {
      const [h] = f(x);
      h!.set(x);
      return h;
    });
  },
  "a view and a detached copy": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => [w.mul(x).detach(), x.reshape([3, 1]), w.detach()]);
    return times(3, () => f(x).map(marks));
  },
  "a promise": (wrap) => {
    const f = wrap((x: Tensor) => Promise.resolve(x.mul(2)));
    return [() => f(x) instanceof Promise];
  },
};

/** What gradients leave. */
export const GRADIENTS: Attacks = {
  "a loss that was walked back": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      const loss = w.mul(x).sum();
      loss.backward();
      return loss;
    });
    return times(4, () => {
      w.grad = null;
      const loss = f(x);
      return [marks(loss), failure(() => loss.backward()), w.grad];
    });
  },
  "a loss that was kept": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      const loss = w.mul(x).sum();
      loss.backward(undefined, { retainGraph: true });
      return loss;
    });
    return times(4, () => ((w.grad = null), f(x).backward(), w.grad));
  },
  "a value on the way": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      const y = w.mul(x);
      y.sum().backward();
      return y;
    });
    return times(4, () => marks(f(x)));
  },
  "one walked back and one not": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      const a = w.mul(x).sum();
      const b = w.square().sum();
      a.backward();
      return [a, b];
    });
    return times(4, () => {
      w.grad = null;
      const [a, b] = f(x);
      b!.backward();
      return [marks(a!), marks(b!), w.grad];
    });
  },
  "the sum of both": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      const a = w.mul(x).sum();
      a.backward();
      return a.add(w.square().sum());
    });
    return times(4, () => {
      const y = f(x);
      return [marks(y), failure(() => y.backward())];
    });
  },
  "what comes after outside": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      const loss = w.mul(x).sum();
      loss.backward();
      return loss;
    });
    return times(4, () => {
      const y = f(x).mul(2);
      return [marks(y), failure(() => y.backward())];
    });
  },
  "into a cell outside": (wrap) => {
    const w = leaf();
    const h = cell(zeros([]));
    const f = wrap((x: Tensor) => {
      const loss = w.mul(x).sum();
      loss.backward();
      return loss;
    });
    return times(2, () => failure(() => h.set(f(x))));
  },
  "the gradient itself": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      w.grad = null;
      w.mul(x).sum().backward();
      return w.grad!;
    });
    return times(4, () => f(x) === w.grad);
  },
  "the gradient as it was": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => [x.mul(2), w.grad]);
    return times(4, (k) => {
      w.grad = k % 2 ? ones([3]) : null;
      return f(x)[1] === w.grad;
    });
  },
  "a leaf made inside": (wrap) => {
    const f = wrap((x: Tensor) => {
      const y = zeros([3], { requiresGrad: true });
      y.mul(x).sum().backward();
      return y;
    });
    return times(3, () => [marks(f(x)), f(x).grad]);
  },
  "a leaf made inside, walked back outside": (wrap) => {
    const f = wrap((x: Tensor) => {
      const y = zeros([3], { requiresGrad: true });
      return [y, y.mul(x).sum()];
    });
    return times(3, () => {
      const [y, loss] = f(x);
      loss!.backward();
      return y!.grad;
    });
  },
  "gradients of gradients": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      const [g] = autograd.grad(w.pow(3).mul(x).sum(), w, { createGraph: true });
      return g!;
    });
    return times(3, () => {
      w.grad = null;
      const g = f(x);
      g.sum().backward();
      return [g.requiresGrad, g.isLeaf, w.grad];
    });
  },
  "a step without gradients": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => noGrad(() => w.mul(x)));
    return times(3, () => marks(f(x)));
  },
  "live results as text": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => [w.mul(x), w.mul(x).mean(), w.exp()]);
    return times(3, () => f(x).map(String));
  },
  "backward outside twice": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => w.mul(x).sum());
    return times(3, () => {
      const loss = f(x);
      loss.backward();
      return failure(() => loss.backward()).replace(/^backward: \w+/, "");
    });
  },
};

/** Texts and values of tensors inside. */
export const TEXTS: Attacks = {
  "toString of what it made": (wrap) => {
    const f = wrap((x: Tensor) => [x.mul(2), x.mul(2).toString()]);
    return times(3, (k) => f(x.mul(k)));
  },
  "toString of an argument": (wrap) => {
    const f = wrap((x: Tensor) => [x.mul(2), String(x)]);
    return times(3, (k) => f(x.mul(k)));
  },
  "a template": (wrap) => {
    const f = wrap((x: Tensor) => ({ y: x.mul(2), text: `${x.sum()}` }));
    return times(3, (k) => f(x.mul(k)));
  },
  "JSON of an argument": (wrap) => {
    const f = wrap((x: Tensor) => [x.mul(2), JSON.stringify({ x })]);
    return times(3, (k) => f(x.mul(k)));
  },
  "inspect of an argument": (wrap) => {
    const f = wrap((x: Tensor) => [x.mul(2), inspect(x)]);
    return times(3, (k) => f(x.mul(k)));
  },
  "toString of a parameter": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => [x.mul(2), w.toString()]);
    return times(3, (k) => (noGrad(() => w.set(ones([3]).mul(k))), f(x)));
  },
  "the value of a parameter": (wrap) => {
    const w = tensor(1, { requiresGrad: true });
    const f = wrap((x: Tensor) => x.mul(w.itemSync()));
    return times(3, (k) => (noGrad(() => w.set(tensor(k))), f(x)));
  },
  "the value of a cell decides": (wrap) => {
    const h = cell(tensor(0));
    const f = wrap((x: Tensor) => (h.itemSync() > 1 ? x.mul(2) : x.mul(3)));
    return times(20, (k) => (h.set(tensor(k > 12 ? 2 : 0)), f(x)));
  },
  "the data of a buffer": (wrap) => {
    const h = cell(zeros([2]));
    const f = wrap((x: Tensor) => x.mul(h.dataSync()[0]!));
    return times(20, (k) => (h.set(tensor([k, 0])), f(x)));
  },
  "inspect of a parameter": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => [x.mul(2), inspect(w)]);
    return times(3, (k) => (noGrad(() => w.set(ones([3]).mul(k))), f(x)));
  },
  "the value of a constant": (wrap) => {
    const t = tensor(3);
    const f = wrap((x: Tensor) => x.mul(t.itemSync()));
    return times(3, () => f(x));
  },
  "the text of a module": (wrap) => {
    const layer = new nn.Linear(3, 1);
    const f = wrap((x: Tensor) => [x.mul(2), String(layer)]);
    return times(3, () => f(x));
  },
};
