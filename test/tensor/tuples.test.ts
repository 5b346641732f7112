/** Results that are tuples where the number of them is known: the types are the test, by `tsc`. */
import type { Tensor } from "nabla";
import { arange, autograd, tensor } from "nabla";
import { expect, expectTypeOf, it } from "vitest";

it("gives a gradient for each input of a tuple", () => {
  const [a, b] = [2, 3].map((x) => tensor(x, { requiresGrad: true })) as [Tensor, Tensor];
  const [da, db] = autograd.grad(a.mul(b), [a, b]);
  expectTypeOf(da).toEqualTypeOf<Tensor>();
  expect([da.itemSync(), db.itemSync()]).toEqual([3, 2]);
  const [alone] = autograd.grad(a.square(), a);
  expect(alone.itemSync()).toBe(4);
  const [, unused] = autograd.grad(a.square(), [a, b], { allowUnused: true });
  expectTypeOf(unused).toEqualTypeOf<Tensor | null>();
  expect(unused).toBeNull();
  const list: Tensor[] = [a, b];
  expectTypeOf(autograd.grad(a.mul(b), list)).toEqualTypeOf<Tensor[]>();
});

it("splits into as many pieces as there are sizes", () => {
  const x = arange(6).reshape([1, 6]);
  const [q, k, v] = x.split([1, 2, 3], 1);
  expectTypeOf(v).toEqualTypeOf<Tensor>();
  expect([q, k, v].map((piece) => piece.shape)).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
  ]);
  expect(x.split([2, 4], { dim: 1 })[1].shape).toEqual([1, 4]);
  expectTypeOf(x.split(2, 1)).toEqualTypeOf<Tensor[]>();
  const sizes: number[] = [3, 3];
  expectTypeOf(x.split(sizes, 1)).toEqualTypeOf<Tensor[]>();
});
