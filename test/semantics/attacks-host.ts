/** Attacks on `compile` by numbers among the arguments, and by what the closure holds. */
import type { Tensor } from "nabla";
import { cell, fromArray, full, nn, ones, scalar, stack, tensor, where, zeros } from "nabla";
import type { Attacks } from "./attack.ts";
import { times, training } from "./attack.ts";

const x = tensor([1, 2, 3]);

/** Numbers among the arguments. */
export const NUMBERS: Attacks = {
  "a number in ===": (wrap) => {
    const f = wrap((x: Tensor, m: number) => (m === 1 ? x.mul(2) : x.mul(3)));
    return [1, 2, 1, 3, 2].map((m) => () => f(x, m));
  },
  "a number as a condition": (wrap) => {
    const f = wrap((x: Tensor, m: number) => (m ? x.mul(2) : x.mul(3)));
    return [0, 1, -0, NaN, 2].map((m) => () => f(x, m));
  },
  "a number in switch": (wrap) => {
    const f = wrap((x: Tensor, m: number) => {
      switch (m) {
        case 1:
          return x.exp();
        case 2:
          return x.log();
        default:
          return x;
      }
    });
    return [3, 1, 2, 4, 1].map((m) => () => f(x, m));
  },
  "a threshold far away": (wrap) => {
    const f = wrap((x: Tensor, epoch: number) => (epoch < 20 ? x.mul(epoch) : x.add(epoch)));
    return times(40, (k) => f(x, k));
  },
  "a number bounded by Math.min": (wrap) => {
    const f = wrap((x: Tensor, k: number) => x.mul(Math.min(k, 10)));
    return [12, 11, 3, 10, 20].map((k) => () => f(x, k));
  },
  "a number rounded by the host": (wrap) => {
    const f = wrap((x: Tensor, k: number) => x.mul(Math.round(k)));
    return [1.2, 1.4, 1.6, -0.2, 7.5].map((k) => () => f(x, k));
  },
  "a number computed from two": (wrap) => {
    const f = wrap((x: Tensor, a: number, b: number) => x.mul(a * b).add(a - b));
    return [
      [1, 2],
      [2, 1],
      [0.5, 4],
      [0.5, 0.25],
    ].map(
      ([a, b]) =>
        () =>
          f(x, a!, b!),
    );
  },
  "two equal numbers that part later": (wrap) => {
    const f = wrap((x: Tensor, a: number, b: number) => x.mul(a).add(b));
    return [
      [2, 2],
      [2, 3],
      [3, 2],
    ].map(
      ([a, b]) =>
        () =>
          f(x, a!, b!),
    );
  },
  "numbers that are compared with each other": (wrap) => {
    const f = wrap((x: Tensor, a: number, b: number) => (a === b ? x : x.neg()));
    return [
      [2, 2],
      [2, 3],
      [3, 3],
    ].map(
      ([a, b]) =>
        () =>
          f(x, a!, b!),
    );
  },
  "an exponent": (wrap) => {
    const f = wrap((x: Tensor, p: number) => x.mul(0.0832471177).pow(p));
    return [2, 2.5, 3, 0.5, -1, 0, 1.7].map((p) => () => f(x, p));
  },
  "an axis": (wrap) => {
    const square = ones([2, 3]).cumsum(1);
    const f = wrap((x: Tensor, d: number) => x.sum(d));
    return [0, 1, -1, 0].map((d) => () => f(square, d));
  },
  "bounds of clamp": (wrap) => {
    const f = wrap((x: Tensor, lo: number, hi: number) => x.clamp(lo, hi));
    return [
      [1, 2],
      [0.5, 2.5],
      [2, 3],
    ].map(
      ([a, b]) =>
        () =>
          f(x, a!, b!),
    );
  },
  alpha: (wrap) => {
    const f = wrap((x: Tensor, alpha: number) => x.add(x, { alpha }));
    return [1, 2, 0.5, 1].map((a) => () => f(x, a));
  },
  "an int32 tensor by whole numbers and fractions": (wrap) => {
    const ints = tensor([1, 2], { dtype: "int32" });
    const f = wrap((x: Tensor, k: number) => x.mul(k));
    return [2, 0.5, 3, 1.5].map((k) => () => f(ints, k));
  },
  "a shape": (wrap) => {
    const f = wrap((n: number) => ones([n, 2]).mul(n));
    return [1, 2, 3, 1].map((n) => () => f(n));
  },
  "a start and a length of narrow": (wrap) => {
    const f = wrap((x: Tensor, i: number, n: number) => x.narrow(0, i, n));
    return [
      [0, 1],
      [1, 2],
      [2, 1],
      [0, 3],
    ].map(
      ([i, n]) =>
        () =>
          f(x, i!, n!),
    );
  },
  "an index of a list": (wrap) => {
    const parts = [x, x.mul(2), x.mul(3)];
    const f = wrap((k: number) => parts[k]!.sum());
    return [0, 2, 1, 0].map((k) => () => f(k));
  },
  "a number of turns": (wrap) => {
    const f = wrap((x: Tensor, n: number) => {
      let y = x;
      for (let k = 0; k < n; k++) y = y.mul(1.5);
      return y;
    });
    return [1, 3, 2, 0].map((n) => () => f(x, n));
  },
  "−0 and 0": (wrap) => {
    const f = wrap((x: Tensor, k: number) => x.mul(k));
    return [0, -0, 0].map((k) => () => f(x, k));
  },
  "NaN and infinities": (wrap) => {
    const f = wrap((x: Tensor, k: number) => x.add(k));
    return [1, Infinity, NaN, -Infinity, 2].map((k) => () => f(x, k));
  },
  "a fill value": (wrap) => {
    const f = wrap((x: Tensor, k: number) => x.mul(full([3], k)));
    return [0.1, 0.3, 1 / 3].map((k) => () => f(x, k));
  },
  "the probability of dropout": (wrap) => {
    const f = wrap((x: Tensor, p: number) => nn.functional.dropout(x, p));
    return [0.5, 0.25, 0, 0.5].map((p) => () => f(ones([20]), p));
  },
  "a rate that the function gives its optimizer": (wrap) => {
    const { optimizer, step, model } = training();
    const f = wrap((x: Tensor, lr: number) => {
      optimizer.paramGroups[0]!.lr = lr;
      return step(x);
    });
    return [0.1, 0.2, 0.1, 0.05, 0.05].map((lr) => () => [f(x, lr), model.parameters()]);
  },
  "a scalar of an argument": (wrap) => {
    const f = wrap((x: Tensor, k: number) => x.mul(scalar(() => k)));
    return [2, 3, 2, 3].map((k) => () => f(x, k));
  },
  "a number that is returned": (wrap) => {
    const f = wrap((k: number) => ({ twice: k * 2, y: x.mul(k) }));
    return [1, 2, 1].map((k) => () => f(k));
  },
  "a number that a mode hangs on only with another": (wrap) => {
    const f = wrap((x: Tensor, a: number, b: number) => (a > 1 && b > 1 ? x : x.neg()));
    return [
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 2],
    ].map(
      ([a, b]) =>
        () =>
          f(x, a!, b!),
    );
  },
  "where with numbers": (wrap) => {
    const f = wrap((x: Tensor, k: number) => where(x.gt(1), k, x));
    return [5, 0.5, -1].map((k) => () => f(x, k));
  },
  "extra arguments, as list.map passes them": (wrap) => {
    const list = [x, x.mul(2), x.mul(3)];
    const f = wrap((x: Tensor) => x.sum());
    return [() => list.map(f as (x: Tensor) => Tensor)];
  },
  "rest and default parameters": (wrap) => {
    const f = wrap((x: Tensor, k = 2, ...more: number[]) => x.mul(k + more.length));
    return [() => f(x), () => f(x, 3), () => f(x, 3, 1), () => f(x, 3, 1, 1)];
  },
};

/** What a function reads from outside. */
export const CLOSURES: Attacks = {
  "a batch": (wrap) => {
    let batch = tensor([1]);
    const f = wrap(() => batch.sum());
    return times(4, (k) => ((batch = tensor([k])), f()));
  },
  "a batch replaced late": (wrap) => {
    let batch = tensor([1]);
    const f = wrap(() => batch.sum());
    return times(8, (k) => (k === 6 && (batch = tensor([9])), f()));
  },
  "a number": (wrap) => {
    let k = 1;
    const f = wrap((x: Tensor) => x.mul(k));
    return times(4, (i) => ((k = i), f(x)));
  },
  "a number that decides a branch": (wrap) => {
    let warm = true;
    const f = wrap((x: Tensor) => (warm ? x.mul(2) : x.mul(3)));
    return times(4, (i) => ((warm = i < 2), f(x)));
  },
  "a number in a field": (wrap) => {
    const config = { scale: 1 };
    const f = wrap((x: Tensor) => x.mul(config.scale));
    return times(4, (i) => ((config.scale = i), f(x)));
  },
  "a list that grows": (wrap) => {
    const list = [x];
    const f = wrap(() => stack(list).sum());
    return times(3, () => (list.push(x), f()));
  },
  "a list whose entry is replaced": (wrap) => {
    const list = [x, x.mul(2)];
    const f = wrap(() => list[0]!.add(list[1]!));
    return times(3, (k) => ((list[0] = x.mul(k)), f()));
  },
  "a Map": (wrap) => {
    const map = new Map([["a", 1]]);
    const f = wrap((x: Tensor) => x.mul(map.get("a")!));
    return times(3, (k) => (map.set("a", k), f(x)));
  },
  "a function": (wrap) => {
    let act = (y: Tensor): Tensor => y.relu();
    const f = wrap((x: Tensor) => act(x.sub(2)));
    return [() => f(x), () => ((act = (y) => y.tanh()), f(x))];
  },
  "a host array": (wrap) => {
    const data = Float32Array.of(1, 2, 3);
    const shared = fromArray(data);
    const f = wrap((x: Tensor) => x.mul(shared));
    return times(3, (k) => ((data[0] = k), f(x)));
  },
  "a host array that is copied inside": (wrap) => {
    const data = Float32Array.of(1, 2, 3);
    const f = wrap((x: Tensor) => x.mul(tensor(data)));
    return times(3, (k) => ((data[0] = k), f(x)));
  },
  "the rate of dropout": (wrap) => {
    let p = 0.5;
    const f = wrap((x: Tensor) => nn.functional.dropout(x, p));
    return [() => f(ones([9])), () => ((p = 0.1), f(ones([9])))];
  },
  "a tensor that is set": (wrap) => {
    const h = cell(x);
    const f = wrap((y: Tensor) => y.mul(h));
    return times(3, (k) => (h.set(x.mul(k)), f(x)));
  },
  "a counter that it counts itself": (wrap) => {
    let n = 0;
    const f = wrap((x: Tensor) => x.mul(++n));
    return times(3, () => f(x));
  },
  "a state that it keeps itself": (wrap) => {
    let h = zeros([3]);
    const f = wrap((x: Tensor) => (h = h.mul(0.5).add(x)));
    return times(3, () => f(x));
  },
  "results that it keeps": (wrap) => {
    const kept: Tensor[] = [];
    const f = wrap((x: Tensor) => {
      const y = x.mul(2);
      kept.push(y);
      return y;
    });
    return [() => f(x), () => kept[0]!.sum()];
  },
  "Date and Math.random": (wrap) => {
    const f = wrap((x: Tensor) => x.mul(performance.now()));
    return times(1, () => f(x));
  },
  "a flag that it flips": (wrap) => {
    let odd = false;
    const f = wrap((x: Tensor) => {
      odd = !odd;
      return odd ? x : x.neg();
    });
    return times(4, () => f(x));
  },
};
