/** Linear algebra beyond the golden cases: identities, second derivatives, singular matrices. */
import { expect, test } from "vitest";
import { gradcheck, gradgradcheck } from "../../src/tensor/autograd-check.ts";
import { eye, tensor, zeros } from "../../src/tensor/create.ts";
import * as linalg from "../../src/tensor/linalg.ts";
import { manualSeed, randn } from "../../src/tensor/random.ts";
import { multinomial, normal } from "../../src/tensor/sampling.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

function near(n: number, requiresGrad = true): Tensor {
  manualSeed(n);
  const x = randn([n, n], { dtype: "float64" }).add(eye(n).mul(3));
  return requiresGrad ? x.requireGrad() : x;
}

test.each([
  ["inv", linalg.inv],
  ["det", linalg.det],
  ["log |det|", (x: Tensor) => linalg.slogdet(x).logabsdet],
  ["cholesky", (x: Tensor) => linalg.cholesky(x.matmul(x.T))],
  ["solve", (x: Tensor) => linalg.solve(x, x.select(1, 0).sin())],
  ["solveTriangular", (x: Tensor) => linalg.solveTriangular(x, x.cos(), { upper: true })],
  ["matrixPower", (x: Tensor) => linalg.matrixPower(x, -2)],
] as const)("%s has first and second derivatives", async (_, fn) => {
  expect(await gradcheck(fn, near(3))).toBe(true);
  expect(await gradgradcheck(fn, near(3))).toBe(true);
});

test("inverts 40 × 40, solves batches, and gives NaN for singular systems", async () => {
  const x = near(40, false);
  expect(
    await linalg
      .inv(x)
      .matmul(x)
      .allclose(eye(40, 40, { dtype: "float64" })),
  ).toBe(true);
  const right = randn([2, 3, 2], { dtype: "float64" });
  const batch = near(3, false).expand([2, 3, 3]);
  expect(await batch.matmul(linalg.solve(batch, right)).allclose(right)).toBe(true);
  const singular = tensor([1, 2, 2, 4], { shape: [2, 2] });
  expect(await linalg.det(singular).item()).toBe(0);
  expect(await linalg.inv(singular).isNaN().all().item()).toBe(1);
});

test.each([1, 2, 65, 200])("systems of %d equations are solved and factored", async (n) => {
  const x = near(n, false).add(eye(n, n, { dtype: "float64" }).mul(n));
  const y = randn([n, 2], { dtype: "float64" });
  const near64 = { rtol: 1e-9, atol: 1e-9 };
  expect(await x.matmul(linalg.inv(x)).allclose(eye(n, n, { dtype: "float64" }), near64)).toBe(
    true,
  );
  expect(await x.matmul(linalg.solve(x, y)).allclose(y, near64)).toBe(true);
  const positive = x.matmul(x.T);
  const lower = linalg.cholesky(positive);
  expect(await lower.matmul(lower.T).allclose(positive, { rtol: 1e-9 })).toBe(true);
  const half = linalg.solveTriangular(lower, y, { upper: false });
  const whole = linalg.solveTriangular(lower.T, half, { upper: true });
  expect(await positive.matmul(whole).allclose(y, near64)).toBe(true);
  const { sign, logabsdet } = linalg.slogdet(positive);
  const size = lower.diagonal().log().sum().mul(2);
  expect(await logabsdet.mul(sign).allclose(size, { rtol: 1e-9 })).toBe(true);
});

test.each([
  ["whose turns are kept", 12],
  ["whose turns are made in groups", 190],
])("the slope of an inverse %s is -XᵀGXᵀ", async (_, n) => {
  const x = near(n)
    .add(eye(n, n, { dtype: "float64" }).mul(n))
    .detach()
    .requireGrad();
  const weights = randn([n, n], { dtype: "float64" });
  const inverse = linalg.inv(x);
  inverse.mul(weights).sum().backward();
  const turned = inverse.detach().T;
  const slope = turned.matmul(weights).matmul(turned).neg();
  expect(await x.grad!.allclose(slope, { rtol: 1e-8, atol: 1e-12 })).toBe(true);
});

test("matrices without elements have determinants of 1 and inverses without elements", async () => {
  expect(await linalg.det(zeros([2, 0, 0])).toArray()).toEqual([1, 1]);
  expect(linalg.inv(zeros([0, 3, 3])).shape).toEqual([0, 3, 3]);
  expect(linalg.cholesky(zeros([3, 0, 0])).shape).toEqual([3, 0, 0]);
  expect(linalg.det(zeros([0, 3, 3])).shape).toEqual([0]);
  // one element, whose gradient reads single values of a scan
  const one = tensor([[3]], { dtype: "float64", requiresGrad: true });
  linalg.det(one).add(linalg.inv(one).sum()).backward();
  expect(await one.grad!.item()).toBeCloseTo(1 - 1 / 9, 12);
});

test("multiDot multiplies in the cheapest order and agrees with the plain product", async () => {
  manualSeed(1);
  const [a, b, c] = [randn([2, 30]), randn([30, 3]), randn([3, 40])];
  const plain = a.matmul(b).matmul(c);
  expect(await linalg.multiDot([a, b, c]).allclose(plain, { atol: 1e-4 })).toBe(true);
});

test("multinomial follows the weights", async () => {
  manualSeed(3);
  const weights = tensor([1, 0, 3]);
  const drawn = await multinomial(weights, 4000, { replacement: true }).data();
  const share = drawn.filter((place) => place === 2).length / 4000;
  expect(drawn.includes(1)).toBe(false);
  expect(Math.abs(share - 0.75)).toBeLessThan(0.03);
  const once = await multinomial(weights.expand([500, 3]), 2).toArray();
  expect((once as number[][]).every((row) => new Set(row).size === 2 && !row.includes(1))).toBe(
    true,
  );
  const first = (once as number[][]).filter((row) => row[0] === 2).length / 500;
  expect(Math.abs(first - 0.75)).toBeLessThan(0.07);
  expect(() => multinomial(weights, 4)).toThrow("replacement");
});

test("normal takes means and deviations", async () => {
  manualSeed(4);
  const x = normal(tensor([10, -10]).expand([4000, 2]), 2);
  expect(Math.abs((await x.select(1, 0).mean().item()) - 10)).toBeLessThan(0.15);
  expect(Math.abs((await x.select(1, 1).std().item()) - 2)).toBeLessThan(0.1);
  expect(() => normal(0, 1)).toThrow("shape");
});
