/** Attacks on `compile` by arguments, results and errors together, over many calls. */
import type { Tensor } from "nabla";
import {
  autograd,
  cell,
  compile,
  fromArray,
  isGradEnabled,
  nn,
  noGrad,
  ones,
  optim,
  stack,
  tensor,
  zeros,
} from "nabla";
import type { Attacks } from "./attack.ts";
import { times, training } from "./attack.ts";

const x = tensor([1, 2, 3]);
const leaf = (): Tensor => tensor([1, 2, 3], { requiresGrad: true });
const doubles = (...values: number[]): Float64Array => Float64Array.from(values);

/** What an act gives, or the message of what it throws. */
const told = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
};

/** Functions that throw before they have done anything. */
export const THROWS: Attacks = {
  "an error before anything": (wrap) => {
    const f = wrap((x: Tensor, k: string) => {
      if (k === "") throw new Error("no name");
      return x.mul(k.length);
    });
    return ["a", "", "ab", ""].map((k) => () => told(() => f(x, k)));
  },
  "an array of the wrong length": (wrap) => {
    const h = cell(zeros([2], { dtype: "float64" }));
    const f = wrap((a: Float64Array) => h.set(h.add(tensor(a))));
    return [2, 3, 2].map((n) => () => [told(() => f(new Float64Array(n).fill(n))), h]);
  },
};

/** All together. */
export const MIXED: Attacks = {
  "float64 in objects with backward inside": (wrap) => {
    const w = tensor([0.1, 0.2, 0.3], { dtype: "float64", requiresGrad: true });
    const optimizer = new optim.SGD([w], { lr: 0.1, momentum: 0.9 });
    const f = wrap(({ batch, rate }: { batch: { x: Tensor }; rate: number }) => {
      const loss = w.mul(batch.x).tanh().sum().mul(rate);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return { loss, batch };
    });
    return times(12, (k) => {
      const batch = { x: tensor([k, 1, 2], { dtype: "float64" }) };
      const made = f({ batch, rate: 1 / (k + 1) });
      return [made.loss, made.loss.requiresGrad, made.batch === batch, w.detach()];
    });
  },
  "arrays and numbers and texts": (wrap) => {
    const f = wrap((a: Float64Array, k: number, how: string) => {
      const y = tensor(a).mul(k);
      return how === "max" ? y.max() : y.sum().add(a.length);
    });
    return times(16, (k) => f(doubles(k, 2, -k), k / 3, k % 4 === 3 ? "max" : "sum"));
  },
  "an array of each kind": (wrap) => {
    const f = wrap((a: Int32Array) => tensor(a).mul(2).sum());
    const kinds = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Float32Array];
    return kinds.map((Kind) => () => f(Kind.from([1, 2, 3]) as Int32Array));
  },
  "arrays kept as inputs of a loss": (wrap) => {
    const { model, optimizer } = training();
    const f = wrap((a: Float32Array, b: Float32Array) => {
      const loss = model.forward(tensor(a)).sub(tensor(b)).square().mean();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss;
    });
    return times(12, (k) => f(Float32Array.of(k, 1, 2), Float32Array.of(k / 10)));
  },
  "a list of pairs": (wrap) => {
    const f = wrap((pairs: [Tensor, number][]) =>
      pairs.map(([y, k]) => y.mul(k)).reduce((a, b) => a.add(b)),
    );
    return times(6, (k) => f(Array.from({ length: 1 + (k % 3) }, (_, i) => [x.mul(i), k])));
  },
  "a tree": (wrap) => {
    interface Tree {
      readonly value: Tensor;
      readonly next?: Tree | undefined;
    }
    const grow = (depth: number): Tree => ({
      value: x.mul(depth),
      next: depth === 0 ? undefined : grow(depth - 1),
    });
    const sum = ({ value, next }: Tree): Tensor => (next ? value.add(sum(next)) : value);
    const f = wrap((tree: Tree) => sum(tree));
    return [2, 3, 2, 5].map((depth) => () => f(grow(depth)));
  },
  "objects that share a part": (wrap) => {
    const f = wrap((a: { c: Tensor[] }, b: { c: Tensor[] }) => a.c[0]!.mul(a.c === b.c ? 2 : 3));
    const c = [x];
    return [() => f({ c }, { c }), () => f({ c }, { c: [x] }), () => f({ c: [x] }, { c })];
  },
  "defaults of a taken apart parameter": (wrap) => {
    const f = wrap(({ a = x, k = 2 }: { a?: Tensor; k?: number } = {}) => a.mul(k));
    return [{}, { a: x.mul(2) }, { k: 3 }, { a: x, k: 4 }, undefined].map((o) => () => f(o));
  },
  "a parameter and what was computed of it": (wrap) => {
    const w = leaf();
    const f = wrap((a: Tensor, b: Tensor) => a.mul(b).sum());
    return times(4, () => {
      w.grad = null;
      f(w, w.mul(2)).backward();
      return w.grad;
    });
  },
  "a cell passed and set": (wrap) => {
    const h = cell(zeros([3]));
    const f = wrap((h: Tensor, x: Tensor) => {
      h.set(h.add(x));
      return h.mul(2);
    });
    return times(12, (k) => [f(h, x.mul(k)), h]);
  },
  "a cell passed and reached": (wrap) => {
    const h = cell(zeros([3]));
    const f = wrap((g: Tensor, x: Tensor) => {
      h.set(h.add(x));
      return g.mul(2);
    });
    return times(6, (k) => [f(k % 2 ? h : ones([3]), x), h]);
  },
  "a tensor returned that was set": (wrap) => {
    const h = cell(zeros([3]));
    const f = wrap((x: Tensor) => (h.set(h.add(x)), h));
    return times(4, () => [f(x) === h, h]);
  },
  "gradient of a view of an argument": (wrap) => {
    const f = wrap((x: Tensor) => autograd.grad(x.slice(0, 0, 2).square().sum(), x)[0]!);
    return times(4, (k) => f(tensor([k, 1, 2], { requiresGrad: true })));
  },
  "gradients in a Map": (wrap) => {
    const [a, b] = [leaf(), leaf()];
    const f = wrap((all: Map<string, Tensor>) => {
      let loss = zeros([]);
      for (const w of all.values()) loss = loss.add(w.square().sum());
      loss.backward();
      return loss;
    });
    return times(4, (k) => {
      const all = new Map(k % 2 ? [["a", a]] : [["a", a] as const, ["b", b] as const]);
      return [f(all), a.grad, b.grad];
    });
  },
  "noGrad around arguments": (wrap) => {
    const w = leaf();
    const f = wrap((o: { w: Tensor }) => [o.w.mul(2), isGradEnabled()] as const);
    return times(6, (k) => {
      const [y, on] = k % 2 ? noGrad(() => f({ w })) : f({ w });
      return [y.requiresGrad, on, y.detach()];
    });
  },
  "a compiled function in a compiled one with objects": (wrap) => {
    const inner = wrap(({ y, k }: { y: Tensor; k: number }) => ({ y: y.mul(k), k }));
    const f = wrap((x: Tensor, k: number) => inner({ y: inner({ y: x, k }).y, k: 2 }).y);
    return times(12, (k) => f(x, k));
  },
  "a compiled function passed an array through another": (wrap) => {
    const inner = compile((y: Tensor) => y.mul(2));
    const f = wrap((a: Float32Array) => inner(tensor(a)).add(1));
    return times(6, (k) => f(Float32Array.of(k)));
  },
  "an array kept by fromArray outside": (wrap) => {
    const a = Float32Array.of(1, 2, 3);
    const shared = fromArray(a);
    const f = wrap((y: Tensor, b: Float32Array) => y.add(tensor(b)));
    return times(6, (k) => ((a[0] = k), f(shared, a)));
  },
  "two functions and one tensor": (wrap) => {
    const f = wrap((y: Tensor) => y.mul(2));
    const g = wrap((y: Tensor) => y.add(1));
    const t = ones([3]);
    return times(12, () => [f(t), g(t), f(g(t))]);
  },
  "results passed on as arguments": (wrap) => {
    const f = wrap(({ h, c }: { h: Tensor; c: Tensor }, x: Tensor) => ({
      h: h.add(x).tanh(),
      c: c.add(h),
    }));
    let state = { h: zeros([3]), c: zeros([3]) };
    return times(20, (k) => (state = f(state, x.mul(k))));
  },
  "an object that is returned and passed again": (wrap) => {
    const f = wrap((o: { y: Tensor; n?: number }) => ({ ...o, y: o.y.mul(0.5) }));
    let o: { y: Tensor; n?: number } = { y: x, n: 3 };
    return times(12, () => (o = f(o)));
  },
  "a list that is sorted into another": (wrap) => {
    const f = wrap((x: Tensor, list: number[]) => x.mul([...list].sort((a, b) => a - b)[0]!));
    return [
      [3, 1],
      [2, 5],
      [1, 1],
      [4, 0],
    ].map((list) => () => f(x, list));
  },
  "numbers in a Set": (wrap) => {
    const f = wrap((x: Tensor, s: Set<number>) => x.mul(s.size).add(s.has(2) ? 10 : 0));
    return [[1, 2], [1, 3], [2], [1, 2]].map((s) => () => f(x, new Set(s)));
  },
  "a Map with numbers for names": (wrap) => {
    const f = wrap((x: Tensor, m: Map<number, string>) => x.mul(m.get(2)?.length ?? 7));
    return [
      [2, "ab"],
      [3, "ab"],
      [2, "abc"],
    ].map((e) => () => f(x, new Map([e as [number, string]])));
  },
  "enough names": (wrap) => {
    const f = wrap((o: Record<string, number>) =>
      x.mul(Object.values(o).reduce((a, b) => a + b, 0)),
    );
    return times(12, (k) =>
      f(Object.fromEntries(Array.from({ length: k }, (_, i) => [`n${i}`, i]))),
    );
  },
  "−0 as a name's value": (wrap) => {
    const f = wrap((o: { k: number }) => x.div(o.k));
    return [0, -0, 0, -0].map((k) => () => f({ k }));
  },
  "a class of messages": (wrap) => {
    class Message {
      readonly y: Tensor;
      readonly k: number;
      constructor(y: Tensor, k: number) {
        this.y = y;
        this.k = k;
      }
      scaled(): Tensor {
        return this.y.mul(this.k);
      }
    }
    const f = wrap((m: Message) => m.scaled());
    return times(12, (k) => f(new Message(x, k)));
  },
  "a class in a list": (wrap) => {
    class Layer {
      k = 1;
    }
    const layers = [new Layer(), new Layer()];
    const f = wrap((x: Tensor, all: Layer[]) => all.reduce((y, { k }) => y.mul(k), x));
    return times(30, (k) => ((layers[1]!.k = k), f(x, layers)));
  },
  "a static field": (wrap) => {
    class Config {
      static k = 1;
    }
    const f = wrap((x: Tensor, c: typeof Config) => x.mul(c.k));
    return times(30, (k) => ((Config.k = k), f(x, Config)));
  },
  "a bound method": (wrap) => {
    const o = {
      k: 2,
      scale(y: Tensor): Tensor {
        return y.mul(this.k);
      },
    };
    const f = wrap((x: Tensor, act: (y: Tensor) => Tensor) => act(x));
    const act = o.scale.bind(o);
    return times(9, (k) => ((o.k = k), f(x, act)));
  },
  "a method of a class, compiled": (wrap) => {
    class Model {
      k = 1;
      readonly list = [1];
      readonly run = wrap(function (this: Model, x: Tensor): Tensor {
        return x.mul(this.k + this.list.length);
      } as (x: Tensor) => Tensor);
    }
    const m = new Model();
    return times(30, (k) => ((m.k = k), m.list.push(k), m.run(x)));
  },
  "the module as this": (wrap) => {
    class Model extends nn.Module {
      w = new nn.Parameter(ones([3]));
      k = 1;
      forward(x: Tensor): Tensor {
        return x;
      }
      step = wrap(function (this: Model, x: Tensor): Tensor {
        return this.w.mul(x).mul(this.k).detach();
      } as (x: Tensor) => Tensor);
    }
    const m = new Model();
    return times(30, (k) => ((m.k = k), k === 20 && (m.w = new nn.Parameter(x)), m.step(x)));
  },
  "a text made of a shape": (wrap) => {
    const f = wrap((y: Tensor) => ({ y: y.mul(2), text: `${y.shape.join("×")} ${y.dtype}` }));
    return [[2], [3, 2], [2]].map((shape) => () => f(ones(shape)));
  },
  "equality of two results": (wrap) => {
    const f = wrap((x: Tensor) => {
      const [a, b] = [x.mul(2), x.mul(2)];
      return [a === b, a, b];
    });
    return times(3, () => {
      const [same, a, b] = f(x);
      return [same, a === b, a];
    });
  },
  "the argument changed in place outside": (wrap) => {
    const w = leaf();
    const f = wrap((w: Tensor) => w.mul(2).detach());
    return times(6, (k) => (noGrad(() => w.set(ones([3]).mul(k))), f(w)));
  },
  "frozen and thawed": (wrap) => {
    const w = leaf();
    const f = wrap((w: Tensor, x: Tensor) => w.mul(x));
    return times(6, (k) => {
      w.requiresGrad = k % 2 === 0;
      const y = f(w, x);
      return [y.requiresGrad, y.isLeaf, y.detach()];
    });
  },
  "sixty objects, then a known one": (wrap) => {
    const known = { k: x };
    const f = wrap((o: { k: Tensor }) => o.k.mul(o === known ? 5 : 2));
    return times(62, (k) => f(k === 60 ? known : { k: x }));
  },
  "a known one and others by turns": (wrap) => {
    const known = new Set<Tensor>();
    const all = Array.from({ length: 5 }, (_, k) => x.mul(k));
    known.add(all[2]!).add(all[4]!);
    const f = wrap((y: Tensor) => (known.has(y) ? y.neg() : y.mul(2)));
    return times(40, (k) => f(all[(k * 3) % 5]!));
  },
  "two arguments, one known": (wrap) => {
    const w = x.mul(3);
    const f = wrap((a: Tensor, b: Tensor) => (a === w ? b : a.add(b)));
    return times(24, (k) => f(k % 5 === 4 ? w : x, x.mul(k)));
  },
  "a memo by tensor": (wrap) => {
    const memo = new WeakMap<Tensor, number>();
    let n = 0;
    const f = wrap((y: Tensor) => {
      if (!memo.has(y)) memo.set(y, ++n);
      return y.mul(memo.get(y)!);
    });
    const [a, b] = [x.mul(1), x.mul(2)];
    return [a, b, a, b, a].map((y) => () => f(y));
  },
  "a Set that it fills with its argument": (wrap) => {
    const seen = new Set<Tensor>();
    const f = wrap((y: Tensor) => (seen.add(y), y.mul(2)));
    return times(2, () => [f(x), seen.has(x)]);
  },
  "an argument kept by the closure": (wrap) => {
    let last: Tensor | null = null;
    const f = wrap((y: Tensor) => {
      const same = y === last;
      last = y;
      return y.mul(same ? 2 : 3);
    });
    return [x, x, x.mul(1)].map((y) => () => f(y));
  },
  "what the closure kept is used outside": (wrap) => {
    let last = x;
    const f = wrap((y: Tensor) => ((last = y), y.mul(2)));
    return times(3, (k) => [f(x.mul(k)), last.add(1)]);
  },
  "a stack of what was passed": (wrap) => {
    const f = wrap((...all: Tensor[]) => stack(all, 0).sum(0));
    return [1, 2, 3, 2].map((n) => () => f(...Array.from({ length: n }, (_, k) => x.mul(k))));
  },
  "arguments by name in another order": (wrap) => {
    const f = wrap(({ a, b }: { a: Tensor; b: Tensor }) => a.sub(b));
    return [
      { a: x, b: ones([3]) },
      { b: ones([3]), a: x },
    ].map((o) => () => f(o));
  },
  "names that are numbers": (wrap) => {
    const f = wrap((o: Record<number, Tensor>) => o[0]!.mul(2).add(o[10]!));
    return times(3, (k) => f({ 10: x.mul(k), 0: x }));
  },
  "an array with an equal twin": (wrap) => {
    const f = wrap((a: Float64Array, b: Float64Array) => tensor(a).sub(tensor(b).mul(2)));
    return times(4, (k) => f(doubles(1, 2), k % 2 ? doubles(1, 2) : doubles(3, 4)));
  },
  "an element that decides and a tensor": (wrap) => {
    const f = wrap((a: Float64Array) =>
      a.length > 2 && a.at(-1)! > 5 ? tensor(a).neg() : tensor(a),
    );
    return times(20, (k) => f(doubles(...Array.from({ length: 1 + (k % 4) }, (_, i) => i + k))));
  },
  "an array in an object of a class": (wrap) => {
    class Table {
      rows = doubles(1, 2);
    }
    const t = new Table();
    const f = wrap((x: Tensor, t: Table) => x.mul(t.rows[0]!));
    return times(30, (k) => ((t.rows[0] = k), f(x, t)));
  },
  "a shared array": (wrap) => {
    const a = new Int32Array(new SharedArrayBuffer(8));
    const f = wrap((a: Int32Array) => tensor(a).mul(a[0]!));
    return times(6, (k) => ((a[0] = k), f(a)));
  },
  "a buffer of node": (wrap) => {
    const f = wrap((x: Tensor, b: Uint8Array) => x.mul(b[0]! + b.length));
    return times(6, (k) => f(x, Buffer.from([k, 1])));
  },
};
