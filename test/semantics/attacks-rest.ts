/** Attacks on `compile` by arguments, results, errors, random numbers and gradients. */
import type { Tensor } from "nabla";
import {
  autograd,
  bernoulli,
  cell,
  enableGrad,
  full,
  isGradEnabled,
  manualSeed,
  noGrad,
  ones,
  rand,
  randn,
  randomState,
  stack,
  tensor,
  zeros,
} from "nabla";
import type { Attacks } from "./attack.ts";
import { times } from "./attack.ts";

const x = tensor([1, 2, 3]);
const leaf = (): Tensor => tensor([1, 2, 3], { requiresGrad: true });

/** All else. */
export const REST: Attacks = {
  "objects of tensors": (wrap) => {
    const f = wrap(({ image, label }: { image: Tensor; label: Tensor }) => image.mul(label));
    return times(3, (k) => f({ image: x.mul(k), label: x }));
  },
  "objects whose names differ": (wrap) => {
    const f = wrap((batch: Record<string, Tensor>) => Object.keys(batch).length + batch["a"]!.ndim);
    return [() => f({ a: x }), () => f({ a: x, b: x })];
  },
  "lists of another length": (wrap) => {
    const f = wrap((list: Tensor[]) => stack(list).sum());
    return [1, 2, 3, 2].map((n) => () => f(Array.from({ length: n }, () => x)));
  },
  "texts, truth values, null and undefined": (wrap) => {
    const f = wrap((x: Tensor, how: unknown) => (how ? (how === "log" ? x.log() : x.exp()) : x));
    return ["log", "exp", true, false, null, undefined, "log"].map((how) => () => f(x, how));
  },
  "an object that it writes into": (wrap) => {
    const state: { y?: Tensor } = {};
    const f = wrap((x: Tensor, state: { y?: Tensor }) => (state.y = x.mul(2)));
    return [() => f(x, state), () => state.y];
  },
  "a list that it sorts": (wrap) => {
    const list = [3, 1, 2];
    const f = wrap((list: number[]) => x.mul(list.sort((a, b) => a - b)[0]!));
    return [() => f(list), () => list];
  },
  "an object of a class": (wrap) => {
    class Batch {
      readonly x: Tensor;
      constructor(x: Tensor) {
        this.x = x;
      }
    }
    const f = wrap((batch: Batch) => batch.x.sum());
    return times(3, (k) => f(new Batch(x.mul(k))));
  },
  "the same tensor twice, then two": (wrap) => {
    const f = wrap((a: Tensor, b: Tensor) => a.mul(2).add(b));
    return [() => f(x, x), () => f(x, x.mul(3)), () => f(x, x)];
  },
  "texts and numbers returned": (wrap) => {
    let name = "a";
    const f = wrap((x: Tensor) => ({ y: x.mul(2), name, size: x.numel() }));
    return times(4, (k) => ((name = `n${k}`), f(x)));
  },
  "a truth value returned": (wrap) => {
    let done = false;
    const f = wrap((x: Tensor) => [x.mul(2), done]);
    return times(20, (k) => ((done = k > 15), f(x)));
  },
  "a counter returned": (wrap) => {
    let n = 0;
    const f = wrap((x: Tensor) => [x, n++]);
    return times(3, () => f(x));
  },
  "random numbers": (wrap) => {
    const f = wrap((x: Tensor) =>
      x
        .mul(rand([3]))
        .add(randn([3]))
        .add(bernoulli(full([3], 0.5))),
    );
    return times(4, () => [f(x), randomState().draws]);
  },
  "a seed set between calls": (wrap) => {
    const f = wrap((x: Tensor) => x.mul(rand([3])));
    return times(6, (k) => (k % 2 && manualSeed(k), f(x)));
  },
  "draws outside between calls": (wrap) => {
    const f = wrap((x: Tensor) => x.mul(rand([3])));
    return times(6, () => [rand([2]), f(x)]);
  },
  "an error now and then": (wrap) => {
    let fail = false;
    const f = wrap((x: Tensor) => {
      if (fail) throw new Error("on purpose");
      return x.mul(2);
    });
    return times(4, (k) => ((fail = k === 2), f(x)));
  },
  "an error that it catches": (wrap) => {
    const f = wrap((x: Tensor) => {
      try {
        return x.matmul(ones([5, 5]));
      } catch {
        return x.neg();
      }
    });
    return times(3, () => f(x));
  },
  "a value that it reads and catches": (wrap) => {
    const f = wrap((x: Tensor) => {
      try {
        return x.mul(x.sum().itemSync());
      } catch {
        return x.neg();
      }
    });
    return times(3, () => f(x));
  },
  "nested compiled functions": (wrap) => {
    const inner = wrap((x: Tensor, k: number) => (k > 2 ? x.mul(k) : x.add(k)));
    const outer = wrap((x: Tensor, k: number) => inner(inner(x, k), 3));
    return [1, 3, 2, 4].map((k) => () => outer(x, k));
  },
  "a nested function that changes": (wrap) => {
    let k = 1;
    const inner = wrap((x: Tensor) => x.mul(k));
    const outer = wrap((x: Tensor) => inner(x).add(1));
    return times(3, (i) => ((k = i), outer(x)));
  },
  "modes of recording": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => (isGradEnabled() ? w.mul(x) : w.add(x)));
    return times(4, (k) => (k % 2 ? noGrad(() => f(x)) : enableGrad(() => f(x))));
  },
  "gradients outside": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => w.mul(x).tanh().sum());
    return times(3, () => ((w.grad = null), f(x).backward(), w.grad));
  },
  "gradients of gradients": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      const [g] = autograd.grad(w.pow(3).mul(x).sum(), w, { createGraph: true });
      return g!.square().sum();
    });
    return times(3, () => ((w.grad = null), f(x).backward(), w.grad));
  },
  "a hook on a leaf added late": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      w.grad = null;
      w.mul(x).sum().backward();
      return w.grad!;
    });
    return times(30, (k) => (k === 25 && w.registerHook((g) => g.mul(2)), f(x)));
  },
  "a hook on a leaf added inside": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      w.grad = null;
      w.registerHook((g) => g.mul(2));
      w.mul(x).sum().backward();
      return w.grad!;
    });
    return times(3, () => f(x));
  },
  "requiresGrad changed inside": (wrap) => {
    const w = leaf();
    const f = wrap((x: Tensor) => {
      w.requiresGrad = false;
      return w.mul(x);
    });
    return times(2, () => [f(x), w.requiresGrad]);
  },
  "a cell that it sets": (wrap) => {
    const h = cell(zeros([3]));
    const f = wrap((x: Tensor) => {
      h.set(h.mul(0.5).add(x));
      return h.mul(1);
    });
    return times(4, () => f(x));
  },
  "shapes that take turns": (wrap) => {
    let last = 0;
    const f = wrap((x: Tensor) => x.mul((last = x.shape[0]!)));
    return [3, 2, 3, 2].map((n) => () => [f(ones([n])), last]);
  },
  "a recursion": (wrap) => {
    const f = wrap((x: Tensor, n: number): Tensor => (n === 0 ? x : f(x.mul(2), n - 1)));
    return [0, 3, 1].map((n) => () => f(x, n));
  },
};
