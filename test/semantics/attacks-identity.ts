/** Attacks on `compile` by which tensor is passed, and by what else a tensor is. */
import type { Tensor } from "nabla";
import { cell, compile, nn, ones, tensor, zeros } from "nabla";
import type { Attacks } from "./attack.ts";
import { times } from "./attack.ts";

const x = tensor([1, 2, 3]);
const leaf = (): Tensor => tensor([1, 2, 3], { requiresGrad: true });

/** Which tensor it is. */
export const IDENTITY: Attacks = {
  "a tensor that the closure knows": (wrap) => {
    const t = tensor([4, 5, 6]);
    const f = wrap((x: Tensor) => (x === t ? x.mul(2) : x.mul(3)));
    return times(6, (k) => f(k % 2 ? t : x));
  },
  "a tensor that the closure knows, first": (wrap) => {
    const t = tensor([4, 5, 6]);
    const f = wrap((x: Tensor) => (x === t ? x.mul(2) : x.mul(3)));
    return times(30, (k) => f(k === 0 || k === 20 ? t : x.mul(k)));
  },
  "a tensor that the closure knows, late": (wrap) => {
    const t = tensor([4, 5, 6]);
    const f = wrap((x: Tensor) => (x === t ? x.mul(2) : x.mul(3)));
    return times(40, (k) => f(k === 25 || k === 35 ? t : x.mul(k)));
  },
  "a parameter": (wrap) => {
    const layer = new nn.Linear(3, 1);
    layer.loadStateDict({ weight: ones([1, 3]), bias: zeros([1]) });
    const f = wrap((w: Tensor) => (w === layer.weight ? w.mul(2) : w.mul(3)).detach());
    return times(20, (k) => f(k === 15 ? layer.weight : ones([1, 3]).mul(k)));
  },
  "a cell": (wrap) => {
    const h = cell(zeros([3]));
    const f = wrap((y: Tensor) => (y === h ? y.add(1) : y.sub(1)));
    return times(20, (k) => f(k === 15 ? h : x.mul(k)));
  },
  "a Map by tensor": (wrap) => {
    const names = new Map<Tensor, number>();
    const batches = [1, 2, 3].map((k) => x.mul(k));
    batches.forEach((b, k) => names.set(b, k));
    const f = wrap((x: Tensor) => x.mul(names.get(x) ?? 9));
    return times(12, (k) => f(batches[k % 3]!));
  },
  "a WeakMap that is filled before each call": (wrap) => {
    const weights = new WeakMap<Tensor, number>();
    const f = wrap((x: Tensor) => x.mul(weights.get(x)!));
    return times(12, (k) => {
      const batch = x.mul(2);
      weights.set(batch, k);
      return f(batch);
    });
  },
  "a field that a user gave a tensor": (wrap) => {
    const f = wrap((x: Tensor & { k?: number }) => x.mul(x.k ?? 1));
    return times(30, (k) => f(Object.assign(x.mul(2), k === 0 ? {} : { k })));
  },
  "a field of one tensor that changes": (wrap) => {
    const t = Object.assign(x.mul(2), { k: 0 });
    const f = wrap((x: Tensor & { k?: number }) => x.mul(x.k ?? 1));
    return times(30, (k) => ((t.k = k), f(t)));
  },
  "a field that a tensor gets late": (wrap) => {
    const t = x.mul(2) as Tensor & { k?: number };
    const f = wrap((x: Tensor & { k?: number }) => x.mul(x.k ?? 1));
    return times(30, (k) => (k === 25 && (t.k = 7), f(t)));
  },
  "a field that it gives a tensor": (wrap) => {
    const t = x.mul(2) as Tensor & { k?: number };
    const f = wrap((x: Tensor & { k?: number }) => ((x.k = (x.k ?? 0) + 1), x.mul(2)));
    return times(3, () => [f(t), t.k]);
  },
  isLeaf: (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => x.mul(x.isLeaf ? 2 : 3).detach());
    return times(6, (k) => f(k % 2 ? w.mul(2) : w));
  },
  "isLeaf of what it made": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => [w.mul(x).isLeaf, x.mul(2).isLeaf, w.isLeaf, x.mul(2)]);
    return times(3, () => f(x));
  },
  requiresGrad: (wrap) => {
    const f = wrap((x: Tensor) => x.mul(x.requiresGrad ? 2 : 3).detach());
    return times(6, (k) => f(k % 2 ? leaf() : x));
  },
  "whether there is a gradient": (wrap) => {
    const w = leaf();
    const f = wrap((w: Tensor) => w.mul(w.grad === null ? 2 : 3).detach());
    return times(6, (k) => ((w.grad = k % 2 ? ones([3]) : null), f(w)));
  },
  "which gradient": (wrap) => {
    const g = ones([3]);
    const w = leaf();
    const f = wrap((w: Tensor) => w.mul(w.grad === g ? 2 : 3).detach());
    return times(6, (k) => ((w.grad = k % 2 ? g : ones([3])), f(w)));
  },
  "a parameter passed that the model has": (wrap) => {
    const layer = new nn.Linear(3, 1);
    layer.loadStateDict({ weight: ones([1, 3]), bias: zeros([1]) });
    const f = wrap((w: Tensor, x: Tensor) => layer.forward(x).add(w.sum()).detach());
    return times(12, (k) => f(k % 3 ? layer.weight : ones([1, 3]).mul(k), x));
  },
  "a tensor that the closure adds": (wrap) => {
    const t = tensor([4, 5, 6]);
    const f = wrap((x: Tensor) => x.add(t));
    return times(30, (k) => f(k < 10 ? t : x.mul(k)));
  },
  "requireGrad of an argument": (wrap) => {
    const t = tensor([4, 5, 6]);
    const f = wrap((x: Tensor) => x.requireGrad().mul(2).detach());
    return times(2, () => [f(t), t.requiresGrad]);
  },
  "a hook on an argument": (wrap) => {
    const t = leaf();
    const f = wrap((x: Tensor) => {
      x.registerHook((g) => g.mul(2));
      x.sum().backward();
      return x.grad!;
    });
    return times(3, () => f(t));
  },
  "a gradient of an argument": (wrap) => {
    const t = leaf();
    const f = wrap((x: Tensor) => (x.square().sum().backward(), x.grad!.mul(1)));
    return times(4, () => [f(t), t.grad]);
  },
  "the gradient of an argument that is computed": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => x.square().sum().backward());
    return times(2, () => (f(w.mul(2)), w.grad));
  },
  "its values outside after a trace": (wrap) => {
    const t = tensor([4, 5, 6]);
    const f = wrap((x: Tensor) => x.mul(2));
    return times(3, () => [f(t), t, t.requiresGrad, t.isLeaf, String(t)]);
  },
  "its values after a trace that failed": (wrap) => {
    const t = leaf();
    const f = wrap((x: Tensor) => {
      x.mul(2).sum().backward();
      throw new Error(`on purpose ${t.ndim}`);
    });
    return [() => f(t), () => [t, t.isLeaf]];
  },
  "a class of tensors": (wrap) => {
    const f = wrap((x: Tensor) => x.mul(x instanceof nn.Parameter ? 2 : 3).detach());
    return times(6, (k) => f(k % 2 ? new nn.Parameter(x) : leaf()));
  },
  "equal tensors": (wrap) => {
    const f = wrap((a: Tensor, b: Tensor) => a.mul(a === b ? 2 : 3));
    const t = x.mul(5);
    return [() => f(t, t), () => f(t, x), () => f(x, x), () => f(x, t)];
  },
  "a list of known tensors": (wrap) => {
    const known = [x, x.mul(2), x.mul(3)];
    const f = wrap((list: Tensor[]) => list[0]!.mul(known.indexOf(list[0]!)));
    return times(12, (k) => f([known[k % 3]!]));
  },
  "a compiled function as argument": (wrap) => {
    const g = compile((y: Tensor) => y.mul(2));
    const f = wrap((x: Tensor, act: (y: Tensor) => Tensor) => act(x).add(1));
    return times(3, () => f(x, g));
  },
};
