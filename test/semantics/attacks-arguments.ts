/** Attacks on `compile` by what is passed: typed arrays, objects, lists, Maps. */
import type { Tensor } from "nabla";
import { fromArray, nn, ones, optim, stack, tensor, zeros } from "nabla";
import type { Attacks } from "./attack.ts";
import { times } from "./attack.ts";

const x = tensor([1, 2, 3]);
const leaf = (): Tensor => tensor([1, 2, 3], { requiresGrad: true });
const floats = (...values: number[]): Float32Array => Float32Array.from(values);

/** Typed arrays. */
export const ARRAYS: Attacks = {
  "the length of an array": (wrap) => {
    const f = wrap((a: Float32Array) => tensor(a).mul(a.length));
    return [3, 2, 3].map((n) => () => f(new Float32Array(n).fill(n)));
  },
  "an element of an array": (wrap) => {
    const f = wrap((x: Tensor, a: Float32Array) => x.mul(a[0]!));
    return times(12, (k) => f(x, floats(k, 1)));
  },
  "an element of an array that is written outside": (wrap) => {
    const a = floats(1, 2);
    const f = wrap((x: Tensor, a: Float32Array) => x.mul(a[0]!));
    return times(12, (k) => ((a[0] = k), f(x, a)));
  },
  "an array as tensor alone": (wrap) => {
    const f = wrap((a: Float64Array) => tensor(a).square().sum());
    return times(12, (k) => f(Float64Array.of(k, 0.1)));
  },
  "an array as tensor of another dtype and shape": (wrap) => {
    const f = wrap((a: Float64Array) =>
      tensor(a, { dtype: "int32", shape: [2, 2] })
        .sum(0)
        .add(tensor(a, { shape: [4] }).sum()),
    );
    return times(12, (k) => f(Float64Array.of(k, 0.1, 2.7, -k)));
  },
  "an array through fromArray": (wrap) => {
    const a = floats(1, 2);
    const f = wrap((a: Float32Array) => fromArray(a).mul(2));
    return times(12, (k) => ((a[1] = k), f(a)));
  },
  "bools through fromArray": (wrap) => {
    const f = wrap((a: Uint8Array) => fromArray(a).float().sum());
    return [0, 1, 1, 2].map((k) => () => f(Uint8Array.of(k, 1)));
  },
  "an array and its threshold": (wrap) => {
    const f = wrap((a: Float32Array) => (a[0]! > 100 ? tensor(a).neg() : tensor(a)));
    return times(30, (k) => f(floats(k === 25 ? 101 : k, 1)));
  },
  "instanceof and constructor": (wrap) => {
    const f = wrap((x: Tensor, a: unknown) => [
      x.mul(a instanceof Float32Array ? 2 : 3),
      ArrayBuffer.isView(a),
      (a as Float32Array).constructor.name,
    ]);
    return [() => f(x, floats(1)), () => f(x, Int32Array.of(1)), () => f(x, floats(1))];
  },
  "an array that it fills": (wrap) => {
    const a = floats(1, 2);
    const f = wrap((x: Tensor, a: Float32Array) => (a.fill(5), x.mul(2)));
    return times(2, () => [f(x, a), [...a]]);
  },
  "an element that it writes": (wrap) => {
    const a = floats(1, 2);
    const f = wrap((x: Tensor, a: Float32Array) => ((a[0] = 9), x.mul(2)));
    return times(2, () => [f(x, a), [...a]]);
  },
  "an array that it sorts": (wrap) => {
    const a = floats(2, 1);
    const f = wrap((a: Float32Array) => tensor(a.sort()));
    return times(2, () => [f(a), [...a]]);
  },
  "an array that is returned": (wrap) => {
    const f = wrap((a: Float32Array) => a);
    return times(3, () => {
      const a = floats(1, 2);
      return [f(a) === a, [...f(a)]];
    });
  },
  "an array in a result": (wrap) => {
    const f = wrap((x: Tensor, a: Float32Array) => ({ y: x.mul(2), a }));
    return times(12, (k) => {
      const a = floats(k);
      const { y, a: b } = f(x, a);
      return [y, a === b];
    });
  },
  "a copy of an array": (wrap) => {
    const f = wrap((x: Tensor, a: Float32Array) => x.add(a.slice(1, 2)[0]!).mul(Math.max(...a)));
    return times(12, (k) => f(x, floats(k, k + 1, 0)));
  },
  "an array by map and reduce": (wrap) => {
    const f = wrap((x: Tensor, a: Int32Array) =>
      x.mul(a.map((v) => v * 2).reduce((p, q) => p + q)),
    );
    return times(12, (k) => f(x, Int32Array.of(k, 1)));
  },
  "a part of an array": (wrap) => {
    const f = wrap((a: Float32Array) => tensor(a.subarray(0, 2)).sum());
    return times(12, (k) => f(floats(k, 1, 5)));
  },
  "the memory of an array": (wrap) => {
    const f = wrap((x: Tensor, a: Float32Array) => x.mul(new Float32Array(a.buffer)[0]!));
    return times(12, (k) => f(x, floats(k, 1, 5)));
  },
  "views of one memory": (wrap) => {
    const memory = new Float32Array(4);
    const f = wrap((a: Float32Array, b: Float32Array) => tensor(a).add(tensor(b)));
    return times(4, (k) => (memory.fill(k), f(memory.subarray(0, 2), memory.subarray(1, 3))));
  },
  "the same array twice, then two": (wrap) => {
    const f = wrap((a: Float32Array, b: Float32Array) => tensor(a).mul(a === b ? 2 : 3));
    const a = floats(1, 2);
    return [() => f(a, a), () => f(a, floats(1, 2)), () => f(a, a)];
  },
  "an array that the closure knows": (wrap) => {
    const known = floats(1, 2);
    const f = wrap((a: Float32Array) => tensor(a).mul(a === known ? 2 : 3));
    return times(20, (k) => f(k === 15 ? known : floats(1, 2)));
  },
  "whole numbers of 64 bits": (wrap) => {
    const f = wrap((x: Tensor, a: BigInt64Array) => x.mul(Number(a[0]!)));
    return times(12, (k) => f(x, BigInt64Array.of(BigInt(k))));
  },
  "clamped bytes": (wrap) => {
    const f = wrap((a: Uint8ClampedArray) => tensor(a as never).mul(2));
    return times(12, (k) => f(Uint8ClampedArray.of(k, 300)));
  },
  "half a view: a DataView": (wrap) => {
    const view = new DataView(new ArrayBuffer(8));
    const f = wrap((x: Tensor, v: DataView) => x.mul(v.getInt8(0)));
    return times(30, (k) => (view.setInt8(0, k), f(x, view)));
  },
  "a memory as such": (wrap) => {
    const memory = new ArrayBuffer(8);
    const f = wrap((x: Tensor, m: ArrayBuffer) => x.mul(new Uint8Array(m)[0]!));
    return times(30, (k) => ((new Uint8Array(memory)[0] = k), f(x, memory)));
  },
  "a list of arrays": (wrap) => {
    const f = wrap((list: Float32Array[]) => stack(list.map((a) => tensor(a))).sum(0));
    return [2, 3, 2].map((n) => () => f(Array.from({ length: n }, (_, k) => floats(k, n))));
  },
  "an array in a Map": (wrap) => {
    const f = wrap((m: Map<string, Float32Array>) => tensor(m.get("a")!).mul(m.size));
    return times(12, (k) => f(new Map([["a", floats(k)]])));
  },
  "−0 and NaN among elements": (wrap) => {
    const f = wrap((x: Tensor, a: Float64Array) => x.mul(Object.is(a[0], -0) ? 2 : a[0]!));
    return [0, -0, NaN, 0].map((v) => () => f(x, Float64Array.of(v)));
  },
  "an array for a model": (wrap) => {
    const w = leaf();
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    const f = wrap((a: Float32Array) => {
      const loss = w.mul(tensor(a)).sum();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss.detach();
    });
    return times(12, (k) => [f(floats(k, 1, 2)), w.detach()]);
  },
  "an array as a leaf": (wrap) => {
    const f = wrap((a: Float32Array) => {
      const y = tensor(a, { requiresGrad: true });
      y.square().sum().backward();
      return y.grad!;
    });
    return times(12, (k) => f(floats(k, 1)));
  },
  "indices by an array": (wrap) => {
    const f = wrap((x: Tensor, a: Int32Array) => x.indexSelect(0, tensor(a)));
    return [[0], [2], [1]].map((at) => () => f(x, Int32Array.from(at)));
  },
  "a loop over an array": (wrap) => {
    const f = wrap((x: Tensor, a: Float32Array) => {
      let y = x;
      for (const v of a) y = y.add(v);
      return y;
    });
    return times(12, (k) => f(x, floats(k, 1)));
  },
  "an array as text": (wrap) => {
    const f = wrap((x: Tensor, a: Float32Array) => [x.mul(2), `${a}`, JSON.stringify(a)]);
    return times(12, (k) => f(x, floats(k)));
  },
  "Object.keys and in": (wrap) => {
    const f = wrap((x: Tensor, a: Float32Array) => x.mul(Object.keys(a).length + Number(1 in a)));
    return [1, 2, 1].map((n) => () => f(x, new Float32Array(n)));
  },
  "a nested function given an array": (wrap) => {
    const inner = wrap((a: Float32Array) => tensor(a).mul(a.length));
    const f = wrap((a: Float32Array) => inner(a).add(1));
    return times(12, (k) => f(floats(k, 1)));
  },
};

interface Config {
  readonly k: number;
}

/** Objects and lists. */
export const OBJECTS: Attacks = {
  "an object that the closure knows": (wrap) => {
    const known: Config = { k: 2 };
    const f = wrap((x: Tensor, c: Config) => x.mul(c === known ? 10 : c.k));
    return times(4, (k) => f(x, k % 2 ? known : { k: 2 }));
  },
  "an object that the closure knows, late": (wrap) => {
    const known = { a: x };
    const f = wrap((c: { a: Tensor }) => c.a.mul(c === known ? 10 : 2));
    return times(30, (k) => f(k === 25 ? known : { a: x }));
  },
  "an object that the closure knows among young ones": (wrap) => {
    const known = { a: x };
    const f = wrap((c: { a: Tensor }) => c.a.mul(c === known ? 10 : 2));
    return times(30, (k) => f(k === 25 ? known : { a: x.mul(k) }));
  },
  "a WeakMap by objects": (wrap) => {
    const scales = new WeakMap<object, number>();
    const f = wrap((x: Tensor, c: object) => x.mul(scales.get(c) ?? 1));
    const known = { k: 1 };
    scales.set(known, 7);
    return times(12, (k) => f(x, k % 3 ? { k: 1 } : known));
  },
  "a Set of lists": (wrap) => {
    const known = [1, 2];
    const all = new Set([known]);
    const f = wrap((x: Tensor, l: number[]) => x.mul(all.has(l) ? 5 : l[0]!));
    return times(12, (k) => f(x, k === 10 ? known : [1, 2]));
  },
  indexOf: (wrap) => {
    const layers = [{ k: 1 }, { k: 1 }, { k: 1 }];
    const f = wrap((x: Tensor, c: Config) => x.mul(layers.indexOf(c)));
    return times(12, (k) => f(x, layers[k % 3]!));
  },
  "fields beside a list": (wrap) => {
    const f = wrap((l: Tensor[] & { k?: number }) => l[0]!.mul(l.k ?? 1));
    return times(12, (k) => f(Object.assign([x], k === 0 ? {} : { k })));
  },
  "a hidden field": (wrap) => {
    const hidden = (k: number): Config =>
      Object.defineProperty({ a: 1 }, "k", { value: k }) as unknown as Config;
    const f = wrap((x: Tensor, c: Config) => x.mul(c.k));
    return times(12, (k) => f(x, hidden(k)));
  },
  "a hidden field that changes": (wrap) => {
    const c: { k: number } = { k: 0 };
    Object.defineProperty(c, "k", { enumerable: false });
    const f = wrap((x: Tensor, c: Config) => x.mul(c.k));
    return times(30, (k) => ((c.k = k), f(x, c)));
  },
  "a symbol whose value changes": (wrap) => {
    const name = Symbol("k");
    const c = { [name]: 0 };
    const f = wrap((x: Tensor, c: Record<symbol, number>) => x.mul(c[name]!));
    return times(30, (k) => ((c[name] = k), f(x, c)));
  },
  "a getter that counts": (wrap) => {
    let n = 0;
    const c = {
      get k(): number {
        return ++n;
      },
    };
    const f = wrap((x: Tensor, c: Config) => x.mul(c.k));
    return times(3, () => f(x, c));
  },
  "a getter of the host": (wrap) => {
    let n = 0;
    const c = {
      get k(): number {
        return n;
      },
    };
    const f = wrap((x: Tensor, c: Config) => x.mul(c.k));
    return times(30, (k) => ((n = k), f(x, c)));
  },
  "whether it is frozen": (wrap) => {
    const f = wrap((x: Tensor, c: Config) => x.mul(Object.isFrozen(c) ? 2 : 3));
    return times(4, (k) => f(x, k % 2 ? Object.freeze({ k: 1 }) : { k: 1 }));
  },
  "the order of names": (wrap) => {
    const f = wrap((c: Record<string, Tensor>) => Object.values(c).reduce((a, b) => a.sub(b)));
    return times(4, (k) => f(k % 2 ? { a: x, b: x.mul(2) } : { b: x.mul(2), a: x }));
  },
  "the same list twice": (wrap) => {
    const f = wrap((a: Tensor[], b: Tensor[]) => a[0]!.mul(a === b ? 2 : 3));
    const a = [x];
    return [() => f(a, a), () => f(a, [x]), () => f(a, a)];
  },
  "a list in itself": (wrap) => {
    const a: unknown[] = [x];
    a.push(a);
    const f = wrap((l: unknown[]) => (l[0] as Tensor).mul(l[1] === l ? 2 : 3));
    return times(3, () => f(a));
  },
  "a Map of tensors": (wrap) => {
    const f = wrap((m: Map<string, Tensor>) => m.get("a")!.mul(m.size));
    return times(12, (k) => f(new Map([["a", x.mul(k)], ...(k % 2 ? [["b", x] as const] : [])])));
  },
  "a Map by tensors": (wrap) => {
    const f = wrap((x: Tensor, m: Map<Tensor, number>) => x.mul(m.get(x) ?? -1));
    return times(12, (k) => f(x, new Map([[k % 2 ? x : ones([3]), k]])));
  },
  "a Map that is set between calls": (wrap) => {
    const m = new Map([["k", 1]]);
    const f = wrap((x: Tensor, m: Map<string, number>) => x.mul(m.get("k")!));
    return times(30, (k) => (m.set("k", k), f(x, m)));
  },
  "a Set of tensors": (wrap) => {
    const f = wrap((all: Set<Tensor>) => [...all].reduce((a, b) => a.add(b)));
    return times(4, (k) => f(new Set([x, x.mul(k)])));
  },
  "a tensor in a Set": (wrap) => {
    const f = wrap((x: Tensor, all: Set<Tensor>) => x.mul(all.has(x) ? 2 : 3));
    return times(4, (k) => f(x, new Set(k % 2 ? [x] : [ones([3])])));
  },
  "a Map that it writes": (wrap) => {
    const m = new Map<string, Tensor>();
    const f = wrap((x: Tensor, m: Map<string, Tensor>) => (m.set("y", x.mul(2)), x.mul(3)));
    return times(3, () => [f(x, m), m.size]);
  },
  "a date that is set late": (wrap) => {
    const day = new Date(5);
    const f = wrap((x: Tensor, d: Date) => x.add(d.getTime()));
    return times(30, (k) => (day.setTime(k), f(x, day)));
  },
  "a search that remembers its place": (wrap) => {
    const a = /a/g;
    const f = wrap((x: Tensor, r: RegExp) => x.mul(r.exec("aaa")?.index ?? 9));
    return times(5, () => [f(x, a), a.lastIndex]);
  },
  "an object of a class that changes late": (wrap) => {
    class Config {
      k = 1;
      list = [1];
    }
    const c = new Config();
    const f = wrap((x: Tensor, c: Config) => x.mul(c.k).add(c.list[0]!));
    return times(40, (k) => ((c.k = k), (c.list[0] = -k), f(x, c)));
  },
  "an object of a class whose tensor is replaced": (wrap) => {
    class Batch {
      x = x;
    }
    const b = new Batch();
    const f = wrap((b: Batch) => b.x.mul(2));
    return times(30, (k) => ((b.x = x.mul(k)), f(b)));
  },
  "an object of a class that it writes": (wrap) => {
    class Counter {
      n = 0;
    }
    const c = new Counter();
    const f = wrap((x: Tensor, c: Counter) => x.mul(++c.n));
    return times(4, () => [f(x, c), c.n]);
  },
  "an object of a class whose field it counts": (wrap) => {
    class Counter {
      n = 0;
    }
    const c = new Counter();
    const f = wrap((x: Tensor, c: Counter) => (c.n++, x.mul(2)));
    return times(4, () => [f(x, c), c.n]);
  },
  "a private field": (wrap) => {
    class Config {
      #k = 1;
      set(k: number): void {
        this.#k = k;
      }
      get k(): number {
        return this.#k;
      }
    }
    const c = new Config();
    const f = wrap((x: Tensor, c: Config) => x.mul(c.k));
    return times(9, (k) => (c.set(k), f(x, c)));
  },
  "a subclass of lists": (wrap) => {
    class List extends Array<Tensor> {
      get total(): Tensor {
        return this.reduce((a, b) => a.add(b));
      }
    }
    const f = wrap((l: List) => l.total.mul(l.length));
    return times(12, (k) => f(List.from([x, x.mul(k)]) as List));
  },
  this: (wrap) => {
    const o = {
      k: 1,
      f: wrap(function (this: Config, x: Tensor): Tensor {
        return x.mul(this.k);
      } as (x: Tensor) => Tensor),
    };
    return times(30, (k) => ((o.k = k), o.f(x)));
  },
  "a module and an optimizer": (wrap) => {
    const model = new nn.Linear(3, 1);
    model.loadStateDict({ weight: ones([1, 3]), bias: zeros([1]) });
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
    const f = wrap((model: nn.Linear, optimizer: optim.Adam, x: Tensor) => {
      const loss = model.forward(x).square().mean();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss.detach();
    });
    return times(20, (k) => {
      optimizer.paramGroups[0]!.lr = 0.1 / (k + 1);
      return [f(model, optimizer, x), model.weight.detach()];
    });
  },
  "a list that it pushes to": (wrap) => {
    const l = [x];
    const f = wrap((l: Tensor[]) => (l.push(x.mul(2)), l.length));
    return times(3, () => [f(l), l.length]);
  },
  "an object whose field it deletes": (wrap) => {
    const c: { a?: Tensor } = { a: x };
    const f = wrap((c: { a?: Tensor }) => {
      delete c.a;
      return x.mul(2);
    });
    return times(2, () => [f(c), "a" in c]);
  },
  "a nested list that it replaces by an equal one": (wrap) => {
    const c = { list: [1, 2] };
    const before = c.list;
    const f = wrap((x: Tensor, c: { list: number[] }) => ((c.list = [1, 2]), x.mul(2)));
    return times(2, () => [f(x, c), c.list === before]);
  },
  "a proxy": (wrap) => {
    let reads = 0;
    const c = new Proxy({ k: 2 }, { get: (o, name) => (reads++, Reflect.get(o, name)) });
    const f = wrap((x: Tensor, c: Config) => x.mul(c.k));
    return times(3, () => [f(x, c), reads > 0]);
  },
  "a name like __proto__": (wrap) => {
    const c = JSON.parse('{"__proto__": 3}') as Record<string, number>;
    const f = wrap((x: Tensor, c: Record<string, number>) => x.mul(c["__proto__"]!));
    return times(3, () => f(x, c));
  },
  "spread and rest": (wrap) => {
    const f = wrap((x: Tensor, ...[a, ...more]: number[]) => x.mul(a ?? 1).add(more.length));
    return [[], [2], [2, 3], [4, 3]].map((list) => () => f(x, ...list));
  },
  "a long list of numbers": (wrap) => {
    const f = wrap((x: Tensor, l: number[]) => x.mul(l.length).add(l[0]! + l.at(-1)!));
    return times(4, (k) =>
      f(
        x,
        Array.from({ length: 2000 }, (_, i) => i * k),
      ),
    );
  },
  "a function with fields": (wrap) => {
    const act = Object.assign((y: Tensor) => y.mul(2), { k: 0 });
    const f = wrap((x: Tensor, a: typeof act) => a(x).add(a.k));
    return times(30, (k) => ((act.k = k), f(x, act)));
  },
  "a symbol and a big integer": (wrap) => {
    const [a, b] = [Symbol("a"), Symbol("b")];
    const f = wrap((x: Tensor, s: symbol, n: bigint) => x.mul(s === a ? 2 : 3).add(Number(n)));
    return [a, b, a].map((s, k) => () => f(x, s, BigInt(k)));
  },
  "an iterator": (wrap) => {
    const values = [1, 2, 3, 4, 5, 6].values();
    const f = wrap((x: Tensor, it: IterableIterator<number>) => x.mul(it.next().value as number));
    return times(3, () => f(x, values));
  },
  "an error": (wrap) => {
    const e = new Error("a");
    const f = wrap((x: Tensor, e: Error) => x.mul(e.message.length));
    return times(30, (k) => ((e.message = "a".repeat(k)), f(x, e)));
  },
  "boxed numbers": (wrap) => {
    const f = wrap((x: Tensor, n: unknown) => x.mul(Number(n)));
    return times(4, (k) => f(x, Object(k)));
  },
  "a date, another each time": (wrap) => {
    const f = wrap((x: Tensor, d: Date) => x.mul(d.getTime()));
    return times(12, (k) => f(x, new Date(k)));
  },
  "whether a name is there": (wrap) => {
    const f = wrap((x: Tensor, c: { k?: number }) => x.mul("k" in c ? 2 : 3));
    return [{}, { k: undefined }, { k: 1 }, {}].map((c) => () => f(x, c as { k?: number }));
  },
  "holes and undefined": (wrap) => {
    const hole = (): (number | undefined)[] => Object.assign(new Array<number>(2), { 1: 1 });
    const lists = [hole(), [undefined, 1], hole()];
    const f = wrap((x: Tensor, l: (number | undefined)[]) => x.mul(0 in l ? 2 : 3));
    return lists.map((l) => () => f(x, l));
  },
};
