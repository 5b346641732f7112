/** Printing, held to texts that PyTorch printed (its names camelCased, `true` for `True`). */
import { describe, expect, test } from "vitest";
import { arange, eye, full, tensor, zeros } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const PRINTED: readonly (readonly [string, () => Tensor, string])[] = [
  ["a scalar", () => tensor(3), "tensor(3.)"],
  ["a fraction", () => tensor(2.5), "tensor(2.5000)"],
  ["whole numbers", () => tensor([1, -2, 30]), "tensor([ 1., -2., 30.])"],
  ["fractions", () => tensor([1.5, -2, 0]), "tensor([ 1.5000, -2.0000,  0.0000])"],
  ["zeros", () => zeros([3]), "tensor([0., 0., 0.])"],
  ["not finite", () => tensor([NaN, 1, Infinity]), "tensor([nan, 1., inf])"],
  ["small", () => tensor([0.00001, 1]), "tensor([1.0000e-05, 1.0000e+00])"],
  ["whole, far apart", () => tensor([1, 2000]), "tensor([1.0000e+00, 2.0000e+03])"],
  ["whole, near", () => tensor([2, 2000]), "tensor([   2., 2000.])"],
  ["integers", () => tensor([1, -20], { dtype: "int32" }), "tensor([  1, -20], dtype=int32)"],
  ["bools", () => tensor([true, false]), "tensor([ true, false])"],
  ["nothing", () => zeros([0]), "tensor([])"],
  ["no rows", () => zeros([0, 3]), "tensor([], size=(0, 3))"],
  ["a leaf", () => tensor([1], { requiresGrad: true }), "tensor([1.], requiresGrad=true)"],
  ["a result", () => tensor([1], { requiresGrad: true }).mul(2), "tensor([2.], gradFn=<mul>)"],
  ["a matrix", () => eye(2), "tensor([[1., 0.],\n        [0., 1.]])"],
  [
    "a cube",
    () => arange(8).reshape([2, 2, 2]),
    [
      "tensor([[[0., 1.],",
      "         [2., 3.]],",
      "",
      "        [[4., 5.],",
      "         [6., 7.]]])",
    ].join("\n"),
  ],
  [
    "a long line",
    () => arange(20),
    [
      "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,",
      "        14., 15., 16., 17., 18., 19.])",
    ].join("\n"),
  ],
  [
    "a shortened vector",
    () => arange(1001, undefined, undefined, { dtype: "int32" }),
    "tensor([   0,    1,    2,  ...,  998,  999, 1000], dtype=int32)",
  ],
  [
    "a shortened matrix",
    () => full([100, 100], 1),
    [
      "tensor([[1., 1., 1.,  ..., 1., 1., 1.],",
      "        [1., 1., 1.,  ..., 1., 1., 1.],",
      "        [1., 1., 1.,  ..., 1., 1., 1.],",
      "        ...,",
      "        [1., 1., 1.,  ..., 1., 1., 1.],",
      "        [1., 1., 1.,  ..., 1., 1., 1.],",
      "        [1., 1., 1.,  ..., 1., 1., 1.]])",
    ].join("\n"),
  ],
];

describe("a tensor's text", () => {
  test.each(PRINTED)("%s", (_, make, text) => {
    expect(make().toString()).toBe(text);
  });
});

test("JSON of a tensor is its numbers", () => {
  expect(JSON.stringify({ loss: tensor(0.5), x: tensor([[1, 2]]) })).toBe(
    '{"loss":0.5,"x":[[1,2]]}',
  );
});

test("a template prints the tensor; an operator says which method to use", () => {
  const x = tensor([1, 2]);
  expect(`${x as never}`).toBe("tensor([1., 2.])");
  expect(() => Number(x)).toThrow("use a.add(b)");
  expect(() => (x as never) + 1).toThrow("use a.add(b)");
});
