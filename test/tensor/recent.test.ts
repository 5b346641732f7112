/** Calls that repeat the latest settings take their own tensors, in the order of settings. */
import { nn, ones, tensor } from "nabla";
import { expect, test } from "vitest";

const F = nn.functional;
const [x, y] = [tensor([[0.5, -1]]), tensor([[1, 0]])];

test("tensors by name are told apart, however they are ordered", async () => {
  const [weight, posWeight] = [tensor([2, 3]), tensor([5, 7])];
  const loss = (options: nn.functional.BCEWithLogitsOptions): Promise<number> =>
    F.binaryCrossEntropyWithLogits(x, y, options).item();
  const first = await loss({ weight, posWeight });
  expect(await loss({ posWeight, weight })).toBe(first);
  expect(await loss({ posWeight, weight })).toBe(first);
  expect(await loss({ weight: posWeight, posWeight: weight })).not.toBe(first);
  expect(await F.binaryCrossEntropyWithLogits(x, y, weight, { posWeight }).item()).toBe(first);
});

test("each call reads its own tensors and lists", async () => {
  const scaled = (factor: number): Promise<number> =>
    F.layerNorm(x, [2], ones([2]).mul(factor))
      .abs()
      .max()
      .item();
  const once = await scaled(1);
  expect(await scaled(3)).toBeCloseTo(3 * once, 5);
  const shape = [2];
  const cube = ones([2, 3, 2]);
  expect(F.layerNorm(cube, shape).shape).toEqual([2, 3, 2]);
  shape[0] = 3;
  expect(() => F.layerNorm(cube, shape)).toThrow("need trailing axes [3]");
});
