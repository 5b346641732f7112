/** Walks within walks, and walks that fail: hooks and own rules that call autograd, or throw. */
import type { Tensor } from "nabla";
import { autograd, compile, scalar, tensor } from "nabla";
import { describe, expect, test } from "vitest";

const leaf = (value: number): Tensor => tensor(value, { dtype: "float64", requiresGrad: true });
const numbers = (...tensors: readonly (Tensor | null)[]): (number | null)[] =>
  tensors.map((t) => t?.itemSync() ?? null);

/** z = y² + y · w with y = x²: dz/dx = (2y + w) · 2x, dz/dw = y. */
function graph(): { x: Tensor; w: Tensor; y: Tensor; z: Tensor } {
  const [x, w] = [leaf(3), leaf(5)];
  const y = x.mul(x);
  return { x, w, y, z: y.mul(y).add(y.mul(w)) };
}

describe("a walk within a walk", () => {
  test("through the same graph, started by a hook", () => {
    const { x, w, y, z } = graph();
    let inner: (number | null)[] | null = null;
    y.registerHook(() => {
      if (inner !== null) return;
      inner = [];
      inner = numbers(...autograd.grad(z, [x, w], { retainGraph: true }));
    });
    z.backward();
    expect(inner).toEqual([(2 * 9 + 5) * 6, 9]);
    expect(numbers(x.grad, w.grad)).toEqual([(2 * 9 + 5) * 6, 9]);
  });

  test("through the same graph, started by a rule of the user's own", () => {
    const x = leaf(3);
    const square = x.mul(x);
    const cube = square.mul(x);
    class Twice extends autograd.Function {
      static forward(_: autograd.FunctionContext, a: Tensor): Tensor {
        return a.mul(2);
      }
      static backward(_: autograd.FunctionContext, g: Tensor): Tensor {
        const [slope] = autograd.grad(cube, square, { retainGraph: true });
        return g.mul(slope!); // 3 in place of 2
      }
    }
    const y = Twice.apply(square).add(cube).add(square);
    y.backward();
    expect(x.grad!.itemSync()).toBe(3 * 6 + 27 + 6);
  });

  test("that releases the graph is an error that names the call, and changes no gradient", () => {
    const { x, w, y, z } = graph();
    let done = false;
    y.registerHook(() => {
      if (done) return;
      done = true;
      autograd.grad(z, x);
    });
    expect(() => z.backward()).toThrow(/mul.*released.*retainGraph/s);
    expect(numbers(x.grad, w.grad)).toEqual([null, null]);
  });

  test("started by the hook of a leaf adds to what the outer one brings", () => {
    const [x, v] = [leaf(2), leaf(7)];
    const other = x.mul(10);
    let done = false;
    x.registerHook(() => {
      if (done) return;
      done = true;
      other.backward();
    });
    x.mul(v).backward();
    expect(numbers(x.grad, v.grad)).toEqual([17, 2]);
  });
});

describe("a walk that fails", () => {
  const fail = (): never => {
    throw new Error("no such gradient");
  };

  test.each(["leaf", "intermediate"])("in a hook changes no gradient: %s", (where) => {
    const { x, w, y, z } = graph();
    const handle = (where === "leaf" ? x : y).registerHook(fail);
    expect(() => z.backward()).toThrow("no such gradient");
    expect(numbers(x.grad, w.grad)).toEqual([null, null]);
    handle.remove();
    z.backward(); // nothing was released
    expect(numbers(x.grad, w.grad)).toEqual([(2 * 9 + 5) * 6, 9]);
  });

  test("in a compiled function changes no gradient either", () => {
    const [x, w] = [leaf(3), leaf(5)];
    const f = compile((a: Tensor) => {
      a.registerHook(fail);
      w.mul(a).backward();
    });
    expect(() => f(x)).toThrow("no such gradient");
    expect(numbers(x.grad, w.grad)).toEqual([null, null]);
  });
});

describe("a number that is read anew", () => {
  test("is in the second walk what it was in the call", () => {
    const w = leaf(3);
    let rate = 2;
    const y = w.mul(scalar(() => rate)).pow(2);
    const first = autograd.grad(y, w, { createGraph: true })[0]!;
    rate = 7;
    const second = autograd.grad(first, w, { createGraph: true })[0]!;
    expect(numbers(first, second)).toEqual([2 * 2 * 2 * 3, 2 * 2 * 2]);
    w.mul(scalar(() => rate)).backward(undefined, { createGraph: true });
    expect(numbers(w.grad)).toEqual([7]);
  });

  test("is so in a compiled function, and read again at each replay", () => {
    const w = leaf(3);
    let rate = 2;
    const read = scalar(() => rate);
    const slope = compile(() => autograd.grad(w.mul(read).pow(2), w, { createGraph: true })[0]!);
    expect(numbers(slope())).toEqual([24]);
    rate = 1;
    expect(numbers(slope())).toEqual([6]);
  });
});

describe("a hook that returns no tensor", () => {
  const hook = (result: unknown): (() => unknown) => {
    const x = leaf(3);
    x.registerHook((() => result) as never);
    return () => x.mul(2).backward();
  };

  test("is told what is needed", () => {
    expect(hook(3)).toThrow(
      "registerHook: the hook returned 3; need that of the gradient, float64",
    );
    expect(hook(Promise.resolve())).toThrow("the hook returned [object Promise]; need that of");
  });
});
