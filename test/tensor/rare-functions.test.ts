/** Functions of `nabla/ops` seldom needed, against numbers that PyTorch prints. */
import { expect, test } from "vitest";
import * as ops from "nabla/ops";
import { arange, tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const rounded = (x: Tensor): number[] => Array.from(x.dataSync(), (value) => +value.toFixed(4));
const square = arange(4).reshape([2, 2]);

test("blocks, products of choices, diagonals", () => {
  const blocks = ops.blockDiag(tensor([[1, 2]]), tensor([3]), tensor(4));
  expect(blocks.toArraySync()).toEqual([
    [1, 2, 0, 0],
    [0, 0, 3, 0],
    [0, 0, 0, 4],
  ]);
  const choices = ops.cartesianProd(tensor([1, 2]), tensor([3, 4]));
  expect(choices.toArraySync()).toEqual([
    [1, 3],
    [1, 4],
    [2, 3],
    [2, 4],
  ]);
  const flat = ops.diagflat(tensor([[1], [2]]), { offset: 1 });
  expect(flat.toArraySync()).toEqual([
    [0, 1, 0],
    [0, 0, 2],
    [0, 0, 0],
  ]);
  const [x, y] = ops.broadcastTensors(arange(2), arange(3).unsqueeze(1));
  expect([x!.shape, y!.shape]).toEqual([
    [3, 2],
    [3, 2],
  ]);
});

test("mirrors and cuts", () => {
  expect(rounded(ops.fliplr(square))).toEqual([1, 0, 3, 2]);
  expect(rounded(ops.flipud(square))).toEqual([2, 3, 0, 1]);
  expect(rounded(ops.swapaxes(square, 0, 1))).toEqual([0, 2, 1, 3]);
  const halves = ops.hsplit(arange(6).reshape([2, 3]), [1]);
  expect(halves.map(rounded)).toEqual([
    [0, 3],
    [1, 2, 4, 5],
  ]);
  expect(ops.vsplit(square, 2).map(rounded)).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(() => ops.hsplit(arange(6).reshape([2, 3]), 2)).toThrow("2 does not divide axis 1");
  expect(() => ops.dsplit(square, 2)).toThrow("need at least 3 axes");
  expect(rounded(ops.reshapeAs(ops.ravel(square), arange(4)))).toEqual([0, 1, 2, 3]);
});

test("differences of neighbours", () => {
  const x = tensor([1, 4, 9], { requiresGrad: true });
  const second = ops.diff(x, 2);
  second.sum().backward();
  expect([rounded(second), rounded(x.grad!)]).toEqual([[2], [1, -2, 1]]);
  expect(rounded(ops.diff(tensor([1, 4, 9]), { prepend: tensor([0]) }))).toEqual([1, 3, 5]);
  expect(ops.diff(tensor([true, false, false])).toArraySync()).toEqual([true, false]);
  expect(ops.diff(square, { n: 0, append: square })).toBe(square);
});

test("quantiles", () => {
  const x = tensor([3, 1, 2, 4], { requiresGrad: true });
  const at = (interpolation: ops.QuantileOptions["interpolation"]): number[] =>
    rounded(ops.quantile(x, [0.1, 0.5], { interpolation: interpolation! }));
  expect(at("linear")).toEqual([1.3, 2.5]);
  expect([at("lower"), at("higher")]).toEqual([
    [1, 2],
    [2, 3],
  ]);
  expect([at("nearest"), at("midpoint")]).toEqual([
    [1, 3],
    [1.5, 2.5],
  ]);
  ops.quantile(x, 0.4).backward();
  expect(rounded(x.grad!)).toEqual([0.2, 0, 0.8, 0]);
  const m = tensor([
    [1, 5, NaN],
    [4, 2, 0],
  ]);
  const rows = ops.quantile(m, tensor(0.25), { dim: 1, keepdim: true });
  expect([rows.shape, rounded(rows)]).toEqual([
    [2, 1],
    [NaN, 1],
  ]);
  expect(rounded(ops.quantile(m, 0.25, 0))).toEqual([1.75, 2.75, NaN]);
  expect(() => ops.quantile(m, 1.5)).toThrow("q is 1.5");
});

test("ranks and membership", async () => {
  const m = tensor([
    [1, 5, NaN],
    [4, 2, 0],
  ]);
  const { values, indices } = ops.kthvalue(m, 2, 0, true);
  expect([values.shape, rounded(values), rounded(indices)]).toEqual([
    [1, 3],
    [4, 5, NaN],
    [1, 0, 0],
  ]);
  expect(() => ops.kthvalue(m, 4)).toThrow("an integer from 1 to 3");
  expect(
    rounded(
      ops.msort(
        tensor([
          [3, 1],
          [2, 4],
        ]),
      ),
    ),
  ).toEqual([2, 1, 3, 4]);
  const known = tensor([3, 1]);
  expect(rounded(ops.isin(arange(1, 4), known))).toEqual([1, 0, 1]);
  expect(rounded(ops.isin(arange(1, 4), known, { invert: true }))).toEqual([0, 1, 0]);
  expect(await ops.equal(square, square.clone())).toBe(true);
  expect(await ops.equal(square, square.add(1))).toBe(false);
  expect(await ops.equal(square, ops.ravel(square))).toBe(false);
  expect(rounded(await ops.argwhere(tensor([0, 2, 0, 3])))).toEqual([1, 3]);
});

test("areas so far, logarithms, signs", () => {
  const y = tensor([
    [1, 2, 4],
    [0, 1, 1],
  ]);
  expect(rounded(ops.cumulativeTrapezoid(y, { dx: 0.5 }))).toEqual([0.75, 2.25, 0.25, 0.75]);
  const areas = ops.cumulativeTrapezoid(tensor([1, 2, 4]), tensor([0, 1, 3]));
  expect(rounded(areas)).toEqual([1.5, 7.5]);
  expect(rounded(ops.logaddexp2(tensor([100, -1]), tensor([100, 1])))).toEqual([101, 1.3219]);
  expect(rounded(ops.signbit(tensor([-0, 0, -1, 2])))).toEqual([1, 0, 1, 0]);
  const infinite = tensor([Infinity, -Infinity, NaN]);
  expect([rounded(ops.isposinf(infinite)), rounded(ops.isneginf(infinite))]).toEqual([
    [1, 0, 0],
    [0, 1, 0],
  ]);
});
