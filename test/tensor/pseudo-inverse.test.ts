/** Pseudo-inverses, ranks and least squares against numbers that PyTorch prints. */
import { expect, test } from "vitest";
import { eye, linalg, tensor, zeros } from "nabla";
import type { Tensor } from "nabla";

const rounded = (x: Tensor): number[] => Array.from(x.dataSync(), (value) => +value.toFixed(4));
const singular = tensor([
  [1, 2],
  [2, 4],
]);
const tall = [
  [1, 2],
  [3, 4],
  [5, 6],
];

test("pinv of tall and of singular matrices", () => {
  const x = tensor(tall, { requiresGrad: true, dtype: "float64" });
  const y = linalg.pinv(x);
  expect(rounded(y)).toEqual([-1.3333, -0.3333, 0.6667, 1.0833, 0.3333, -0.4167]);
  y.index(0, 0).backward();
  expect(rounded(x.grad!)).toEqual([-1.3889, 1.1389, -1.2222, 0.9722, 1.2778, -1.0278]);
  expect(rounded(linalg.pinv(singular))).toEqual([0.04, 0.08, 0.08, 0.16]);
  expect(linalg.pinv(zeros([0, 3])).shape).toEqual([3, 0]);
  expect(() => linalg.pinv(singular, { tol: 1 } as never)).toThrow("there are atol, rtol");
});

test("ranks count singular values beyond the bounds", () => {
  expect(linalg.matrixRank(singular).itemSync()).toBe(1);
  const small = eye(2).mul(tensor([1, 0.01]));
  expect(linalg.matrixRank(small).itemSync()).toBe(2);
  expect(linalg.matrixRank(small, { atol: 0.1 }).itemSync()).toBe(1);
  expect(linalg.matrixRank(small, { rtol: 0.001 }).itemSync()).toBe(2);
});

test("least squares, the shortest solution where there are several", () => {
  const { solution } = linalg.lstsq(tensor(tall), tensor([1, 2, 4]));
  expect(rounded(solution)).toEqual([0.6667, 0.0833]);
  expect(rounded(linalg.lstsq(singular, tensor([[1], [2]])).solution)).toEqual([0.2, 0.4]);
});
