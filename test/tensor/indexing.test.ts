/** `x.index(…)` held to what Python's `x[…]` gives, and its assignment. */
import { describe, expect, test } from "vitest";
import { arange, tensor } from "../../src/tensor/create.ts";
import { compile } from "../../src/tensor/compile.ts";
import type { IndexItem } from "../../src/tensor/functions/subscript.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const int = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "int32" });
const x = arange(24).reshape([2, 3, 4]);

const CASES: readonly (readonly [string, readonly IndexItem<Tensor>[], unknown])[] = [
  ["x[1, -1]", [1, -1], [20, 21, 22, 23]],
  [
    "x[..., -1]",
    ["...", -1],
    [
      [3, 7, 11],
      [15, 19, 23],
    ],
  ],
  [
    "x[0, ::2, 1:3]",
    [0, [null, null, 2], [1, 3]],
    [
      [1, 2],
      [9, 10],
    ],
  ],
  ["x[0, 0, -3:]", [0, 0, { start: -3 }], [1, 2, 3]],
  ["x[0, None, 0, :2]", [0, null, 0, { end: 2 }], [[0, 1]]],
  ["x[[1, 0], 0, 0]", [int([1, 0]), 0, 0], [12, 0]],
  ["x[0, [0, -1], [1, 2]]", [0, int([0, -1]), int([1, 2])], [1, 10]],
  [
    "x[0, [[0], [1]], [1, 2]]",
    [0, int([[0], [1]]), int([1, 2])],
    [
      [1, 2],
      [5, 6],
    ],
  ],
  [
    "x[[0, 1], :, [0, 3]]",
    [int([0, 1]), [], int([0, 3])],
    [
      [0, 4, 8],
      [15, 19, 23],
    ],
  ],
  [
    "x[:, [0, 2], 1]",
    [[], int([0, 2]), 1],
    [
      [1, 9],
      [13, 21],
    ],
  ],
];

describe("index", () => {
  test.each(CASES)("%s", async (_, items, expected) => {
    expect(await x.index(...items).toArray()).toEqual(expected);
    expect(await compile((y: Tensor) => y.index(...items))(x).toArray()).toEqual(expected);
  });

  test("takes masks where it is awaited, and says so elsewhere", async () => {
    expect(await (await x.indexAsync(x.gt(21))).toArray()).toEqual([22, 23]);
    const rows = x.sum([1, 2]).gt(100);
    expect(await (await x.indexAsync(rows, 0, 0)).toArray()).toEqual([12]);
    expect(() => x.index(x.gt(21))).toThrow("indexAsync");
  });

  test("refuses places outside, too many axes, two dots, and other dtypes", () => {
    expect(() => x.index(2)).toThrow("out of range");
    expect(() => x.index(int([2]))).toThrow("out of range");
    expect(() => x.index(0, int([0]), int([4]))).toThrow("out of range");
    expect(() => x.index(0, 0, 0, 0)).toThrow("4 axes");
    expect(() => x.index("...", 0, "...")).toThrow("more than once");
    expect(() => x.index(tensor([0]))).toThrow("int32");
  });

  test("adds up the gradients of places that are taken twice", async () => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    w.index(int([0, 0, 2]))
      .mul(tensor([1, 10, 100]))
      .sum()
      .backward();
    expect(await w.grad!.toArray()).toEqual([11, 0, 100]);
  });
});

describe("indexPut", () => {
  test("writes, adds, and broadcasts", async () => {
    const z = tensor([0, 0, 0]);
    expect(await z.indexPut([int([1])], 5).toArray()).toEqual([0, 5, 0]);
    const ones = z.indexPut([int([1, 1])], tensor([1, 1]), { accumulate: true });
    expect(await ones.toArray()).toEqual([0, 2, 0]);
    expect(await x.indexPut([0, [], 0], -1).select(2, 0).toArray()).toEqual([
      [-1, -1, -1],
      [12, 16, 20],
    ]);
    const filled = await x.indexPutAsync([x.gt(1)], 9);
    expect(await filled.sum().item()).toBe(1 + 22 * 9);
  });
});
