/**
 * compile() with arguments that are one tensor, or that the function also reaches from outside: as
 * plain code, whichever way the tensor is reached.
 */
import type { Tensor } from "nabla";
import { autograd, compile, noGrad, tensor } from "nabla";
import { expect, test } from "vitest";

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });

test("the same tensor passed twice gets the sum of both gradients", () => {
  const plain = (a: Tensor, b: Tensor): Tensor => {
    a.mul(b).mul(b).sum().backward();
    return a.detach();
  };
  const f = compile(plain);
  for (const order of ["same first", "other first"]) {
    const [x, other, y, rest] = [leaf(2, 3), leaf(5, 7), leaf(2, 3), leaf(5, 7)];
    const passed = [false, false, false, true];
    if (order === "other first") passed.unshift(true);
    for (const others of passed) {
      f(x, others ? other : x);
      plain(y, others ? rest : y);
    }
    expect(x.grad!.toArraySync()).toEqual(y.grad!.toArraySync());
    expect(other.grad!.toArraySync()).toEqual(rest.grad!.toArraySync());
  }
});

test("an argument that the closure reaches too gets the sum of both gradients", () => {
  const both = [false, true].map((compiled) => {
    const [w, v] = [leaf(2, -3), leaf(4, 0.5)];
    const plain = (x: Tensor): Tensor => {
      const y = x.mul(w).mul(x).sum();
      const [slope] = autograd.grad(y, w, { retainGraph: true });
      y.backward();
      return slope!;
    };
    const f = compiled ? compile(plain) : plain;
    const slopes = [w, v, w, v].map((x) => f(x).toArraySync());
    return [slopes, w.grad!.toArraySync(), v.grad!.toArraySync()];
  });
  expect(both[1]).toEqual(both[0]);
});

test("gradients taken outside are summed as well", () => {
  const f = compile((a: Tensor, b: Tensor) => a.mul(b).sum());
  const [x, y] = [leaf(2, 3), leaf(10, 20)];
  f(x, x).backward();
  f(x, y).backward();
  expect(x.grad!.toArraySync()).toEqual([14, 26]);
  expect(y.grad!.toArraySync()).toEqual([2, 3]);
});

test("a cell is set through every name that it has", () => {
  const both = [false, true].map((compiled) => {
    const [w, v] = [leaf(1, 2), leaf(5, 6)];
    const plain = (a: Tensor, b: Tensor): Tensor =>
      noGrad(() => {
        a.set(b.add(w));
        w.set(w.mul(2));
        return a.add(b);
      });
    const f = compiled ? compile(plain) : plain;
    const seen = [
      [w, w],
      [v, w],
      [w, v],
      [v, v],
    ].map(([a, b]) => f(a!, b!).toArraySync());
    return [seen, w.toArraySync(), v.toArraySync()];
  });
  expect(both[1]).toEqual(both[0]);
});

test("other tensors of the same types do not meet a program made for one tensor twice", () => {
  const f = compile((a: Tensor, b: Tensor) => a.sub(b));
  const [x, y] = [tensor([1, 2]), tensor([5, 7])];
  expect(f(x, x).toArraySync()).toEqual([0, 0]);
  expect(f(y, x).toArraySync()).toEqual([4, 5]);
  expect(f(x, y).toArraySync()).toEqual([-4, -5]);
  expect(f.stats).toEqual({ hits: 1, misses: 2 });
});

test("hooks on leaves run inside, also those registered later", () => {
  const both = [false, true].map((compiled) => {
    const w = leaf(1, 2);
    const plain = (x: Tensor): Tensor => {
      x.mul(w).sum().backward();
      return autograd.grad(x.mul(3).sum(), x)[0]!;
    };
    const f = compiled ? compile(plain) : plain;
    const x = leaf(3, 4);
    const seen: unknown[] = [];
    const run = (): void => void seen.push(f(x).toArraySync());
    run();
    run();
    const first = x.registerHook((g) => g.mul(10));
    run();
    const second = w.registerHook((g) => g.neg());
    run();
    first.remove();
    run();
    second.remove();
    run();
    return [seen, x.grad!.toArraySync(), w.grad!.toArraySync()];
  });
  expect(both[1]).toEqual(both[0]);
});

test("a gradient that would stop at an argument computed outside is an error", () => {
  const f = compile((x: Tensor) => void x.mul(2).sum().backward());
  const w = leaf(3, 4);
  f(w);
  expect(() => f(w.mul(3))).toThrow(/argument 0.*computed outside.*detach/s);
  expect(w.grad!.toArraySync()).toEqual([2, 2]);
  f(w.mul(3).detach().requireGrad());
});
