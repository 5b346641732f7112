/** Chains of thousands of operations: kernels of bounded length, and the right values. */
import type { Tensor } from "nabla";
import { compile, tensor } from "nabla";
import { expect, test } from "vitest";
import { compileGraph } from "../../src/compiler/passes.ts";
import { Builder } from "../../src/ir/builder.ts";
import { typeOf } from "../../src/ir/node.ts";

const machine = { vectorBytes: 16, sums: 8, fused: false, cacheBytes: 32768 };
const limits = { bindings: 64, bindingBytes: 2 ** 30, alignment: 16, aliasing: true, ...machine };

/** After four operations x + 2, so after n (a multiple of four) x + n / 2; the slope is 1. */
function chain(x: Tensor, count: number): Tensor {
  let y = x;
  for (let i = 0; i < count; i++) {
    if (i % 2 === 1) y = y.neg();
    else y = y.add(i % 4 === 0 ? 3 : 1);
  }
  return y;
}

const COUNT = 10_000;
const VALUES = [0, 1, -2.5, 40, 1024];
const RESULT = VALUES.map((x) => x + COUNT / 2);
const start = (): Tensor => tensor(VALUES, { requiresGrad: true });

test("a compiled chain of 10,000 operations, forward", () => {
  const f = compile((x: Tensor) => chain(x, COUNT));
  expect(f(tensor(VALUES)).toArraySync()).toEqual(RESULT);
});

test("a compiled chain of 10,000 operations, backward inside and outside", () => {
  const inside = compile((x: Tensor) => {
    const y = chain(x, COUNT);
    y.sum().backward();
    return y.detach();
  });
  const [x, z] = [start(), start()];
  expect(inside(x).toArraySync()).toEqual(RESULT);
  expect(x.grad!.toArraySync()).toEqual([1, 1, 1, 1, 1]);
  compile((z: Tensor) => chain(z, COUNT).mul(2).sum())(z).backward();
  expect(z.grad!.toArraySync()).toEqual([2, 2, 2, 2, 2]);
});

test("an eager chain of 10,000 operations, backward", () => {
  const x = start();
  const y = chain(x, COUNT);
  y.sum().backward();
  expect(y.toArraySync()).toEqual(RESULT);
  expect(x.grad!.toArraySync()).toEqual([1, 1, 1, 1, 1]);
});

test("a chain of functions that the gradient reads", () => {
  const plain = (x: Tensor): Tensor => {
    let y = x;
    for (let i = 0; i < 600; i++) y = i % 2 === 0 ? y.mul(1.25).tanh() : y.add(y.square().mul(0.1));
    y.sum().backward();
    return y.detach();
  };
  const [x, z] = [start(), start()];
  expect(compile(plain)(x).toArraySync()).toEqual(plain(z).toArraySync());
  expect(x.grad!.toArraySync()).toEqual(z.grad!.toArraySync());
});

test("kernels are bounded in length, and so grow in number with the chain", () => {
  const calls = (count: number): number => {
    const b = new Builder();
    const x = b.input(typeOf("float32", [100]));
    let y = x;
    for (let i = 0; i < count; i++)
      y = b.apply(i % 2 === 0 ? "neg" : "add", i % 2 ? [y, x] : [y], {});
    const plan = compileGraph({ inputs: [x], outputs: [y] }, limits, {});
    for (const { kernel } of plan.calls) {
      expect("body" in kernel ? kernel.body.length : 0).toBeLessThan(1100);
    }
    return plan.calls.length;
  };
  expect(calls(500)).toBe(1);
  expect(calls(10_000)).toBeGreaterThan(5 * calls(1000));
});
