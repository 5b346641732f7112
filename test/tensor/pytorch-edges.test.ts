/** Edges in PyTorch's operator database: truth values, NaN, ties, empty pieces, promotion. */
import { expect, test } from "vitest";
import * as ops from "nabla/ops";
import { full, fullLike, ones, tensor, zeros } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const bools = (...values: boolean[]): Tensor => tensor(values);
const ints = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });
const shown = (x: Tensor): unknown[] => [x.dtype, x.toArraySync()];

test("scatter adds and multiplies", () => {
  const x = tensor([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
  const index = tensor(
    [
      [0, 0],
      [2, 0],
    ],
    { dtype: "int32" },
  );
  const source = tensor([
    [10, 20],
    [30, 40],
  ]);
  const sums = [
    [10, 61],
    [2, 3],
    [34, 5],
  ];
  expect(x.scatter(0, index, source, { reduce: "add" }).toArraySync()).toEqual(sums);
  const twos = full([3], 2);
  expect(twos.scatter(0, ints(0, 2), 5, { reduce: "multiply" }).toArraySync()).toEqual([10, 2, 10]);
  expect(() => x.scatter(0, index, source, { reduce: "sum" as never })).toThrow('"multiply"');
});

test("clamp keeps NaN, of bounds too, without a slope", () => {
  const x = tensor([1, NaN, 3], { requiresGrad: true });
  const low = tensor([2, 0, NaN], { requiresGrad: true });
  const y = x.clampMin(low);
  expect(y.toArraySync()).toEqual([2, NaN, NaN]);
  y.slice(0, 0, 2).sum().backward();
  expect([x.grad!.toArraySync(), low.grad!.toArraySync()]).toEqual([
    [0, 0, 0],
    [1, 0, 0],
  ]);
  expect(x.detach().clamp(NaN).toArraySync()).toEqual([NaN, NaN, NaN]);
});

test("clamp meets its bounds in their common dtype", () => {
  const x = ints(0, 1, 2);
  expect(shown(x.clamp(0.5))).toEqual(["float32", [0.5, 1, 2]]);
  expect(shown(x.clamp(1))).toEqual(["int32", [1, 1, 2]]);
  expect(shown(x.clamp(1, 1.5))).toEqual(["float32", [1, 1, 1.5]]);
  expect(shown(x.clamp(tensor([0.5, 0.5, 3])))).toEqual(["float32", [0.5, 1, 3]]);
  expect(shown(x.clamp(1, ints(5, 0, 1)))).toEqual(["int32", [1, 0, 1]]);
  expect(shown(bools(true, true).clampMax(bools(true, false)))).toEqual(["bool", [true, false]]);
});

test.each([
  ["fmax", ops.fmax],
  ["fmin", ops.fmin],
] as const)("%s gives the slope of ties to its first operand", (_, f) => {
  const x = tensor([1, 2, NaN], { requiresGrad: true });
  const y = tensor([1, NaN, 2], { requiresGrad: true });
  const z = f(x, y);
  expect(z.toArraySync()).toEqual([1, 2, 2]);
  z.sum().backward();
  expect([x.grad!.toArraySync(), y.grad!.toArraySync()]).toEqual([
    [1, 1, 0],
    [0, 0, 1],
  ]);
});

test("truth values stay truth values", () => {
  const [yes, no] = [true, false];
  const results: [Tensor, unknown][] = [
    [ops.fmax(bools(yes, no), bools(no, no)), [yes, no]],
    [ops.heaviside(bools(yes, no), bools(yes)), [yes, yes]],
    [
      ops.outer(bools(yes, no), bools(yes, yes)),
      [
        [yes, yes],
        [no, no],
      ],
    ],
    [ops.addr(tensor([[no, yes]]), bools(yes), bools(yes, no)), [[yes, yes]]],
    [ops.cummax(bools(no, yes, no), 0).values, [no, yes, yes]],
    [
      ops.prod(
        tensor([
          [yes, yes],
          [yes, no],
        ]),
        1,
        { dtype: "bool" },
      ),
      [yes, no],
    ],
    [bools(no, yes, no).scatterAdd(0, ints(0, 1), bools(yes, yes)), [yes, yes, no]],
    [bools(no, yes).scatterReduce(0, ints(0, 1), bools(yes, no), "prod"), [no, no]],
    [ops.add(bools(yes), bools(yes), { alpha: true as never }), [yes]],
    [ops.constantPadNd(bools(no), [1, 0], true), [yes, no]],
    [bools(yes, yes).maskedFill(bools(yes, no), no), [no, yes]],
    [fullLike(bools(yes), no), [no]],
    [full([2], yes), [yes, yes]],
  ];
  for (const [x, values] of results) expect(shown(x)).toEqual(["bool", values]);
  const alone = { includeSelf: false };
  const largest = bools(yes, yes).scatterReduce(0, ints(0, 1), bools(yes, no), "amax", alone);
  expect(largest.toArraySync()).toEqual([yes, no]);
});

test("heaviside of NaN is 0; softsign and tanhshrink take integers", () => {
  expect(ops.heaviside(tensor([NaN, 0, 2]), tensor([5])).toArraySync()).toEqual([0, 5, 1]);
  expect(shown(ops.softsign(ints(3)))).toEqual(["float32", [0.75]]);
  expect(ops.tanhshrink(ints(1)).itemSync()).toBeCloseTo(0.2384058, 6);
});

test("cat passes over tensors of no elements", () => {
  const rows = ops.cat([zeros([0]), ones([1, 2])]);
  expect([rows.shape, rows.toArraySync()]).toEqual([[1, 2], [[1, 1]]]);
  expect(ops.cat([zeros([0]), zeros([0])]).shape).toEqual([0]);
});
