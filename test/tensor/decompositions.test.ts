/** QR, singular values and eigenvectors: identities, derivatives, equal and missing values. */
import { expect, test } from "vitest";
import { gradcheck, gradgradcheck } from "../../src/tensor/autograd-check.ts";
import { eye, tensor, zeros } from "../../src/tensor/create.ts";
import * as linalg from "../../src/tensor/linalg.ts";
import { manualSeed, randn } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

function matrix(rows: number, columns: number): Tensor {
  manualSeed(7 * rows + columns);
  return randn([rows, columns], { dtype: "float64", requiresGrad: true });
}

const symmetric = (x: Tensor): Tensor => x.add(x.T);

test.each([
  ["Q of a square", (x: Tensor) => linalg.qr(x).Q, 3, 3],
  ["R of a square", (x: Tensor) => linalg.qr(x).R, 3, 3],
  ["Q of a tall matrix", (x: Tensor) => linalg.qr(x).Q, 4, 2],
  ["R of a wide matrix", (x: Tensor) => linalg.qr(x, "r").R, 2, 4],
  ["singular values", linalg.svdvals, 3, 2],
  ["left vectors", (x: Tensor) => linalg.svd(x, { fullMatrices: false }).U, 4, 3],
  ["right vectors", (x: Tensor) => linalg.svd(x, { fullMatrices: false }).Vh, 3, 4],
  ["eigenvalues", (x: Tensor) => linalg.eigvalsh(symmetric(x)), 3, 3],
  ["eigenvectors", (x: Tensor) => linalg.eigh(symmetric(x)).eigenvectors, 3, 3],
  ["the nuclear norm", (x: Tensor) => linalg.matrixNorm(x, "nuc"), 3, 2],
  ["the spectral norm", (x: Tensor) => linalg.norm(x, 2), 3, 3],
] as const)("%s: first and second derivatives", async (_, fn, rows, columns) => {
  expect(await gradcheck(fn, matrix(rows, columns))).toBe(true);
  expect(await gradgradcheck(fn, matrix(rows, columns))).toBe(true);
});

test("the factors of 40 × 30 in float32 give the matrix back", async () => {
  manualSeed(1);
  const x = randn([2, 40, 30]);
  const { U, S, Vh } = linalg.svd(x, { fullMatrices: false });
  expect(await U.mul(S.unsqueeze(-2)).matmul(Vh).allclose(x, { atol: 2e-5 })).toBe(true);
  expect(
    await U.transpose(-2, -1)
      .matmul(U)
      .allclose(eye(30).expand([2, 30, 30]), { atol: 2e-6 }),
  ).toBe(true);
  const { Q, R } = linalg.qr(x);
  expect(await Q.matmul(R).allclose(x, { atol: 1e-5 })).toBe(true);
  const even = x.transpose(-2, -1).matmul(x);
  const { eigenvalues: values, eigenvectors: vectors } = linalg.eigh(even);
  const back = vectors.mul(values.unsqueeze(-2)).matmul(vectors.transpose(-2, -1));
  expect(await back.allclose(even, { atol: 1e-3 })).toBe(true);
  expect(await values.sqrt().flip(-1).allclose(S, { rtol: 1e-3 })).toBe(true);
});

test("equal singular values and zeros have finite slopes of the values", async () => {
  const x = eye(3, { dtype: "float64" }).requireGrad();
  linalg.matrixNorm(x, "nuc").backward();
  expect(await x.grad!.allclose(eye(3, { dtype: "float64" }))).toBe(true);
  const nothing = zeros([3, 3], { dtype: "float64", requiresGrad: true });
  linalg.svdvals(nothing).sum().backward();
  expect(await nothing.grad!.toArray()).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
});

test.each([1, 2, 65, 200])("the factors of %d × %d give the matrix back", async (n) => {
  const x = matrix(n, n).detach();
  const unit = eye(n, { dtype: "float64" });
  const near = { rtol: 1e-9, atol: 1e-9 };
  const { U, S, Vh } = linalg.svd(x);
  expect(await U.mul(S).matmul(Vh).allclose(x, near)).toBe(true);
  expect(await U.matmul(U.T).allclose(unit, near)).toBe(true);
  const { Q, R } = linalg.qr(x);
  expect(await Q.matmul(R).allclose(x, near)).toBe(true);
  expect(await Q.matmul(Q.T).allclose(unit, near)).toBe(true);
  const even = symmetric(x);
  const { eigenvalues: values, eigenvectors: vectors } = linalg.eigh(even);
  expect(await vectors.mul(values).matmul(vectors.T).allclose(even, near)).toBe(true);
});

test("matrices without elements have factors without elements, or units", () => {
  expect(linalg.qr(zeros([3, 0]), "complete").Q.shape).toEqual([3, 3]);
  expect(linalg.qr(zeros([2, 0, 3])).R.shape).toEqual([2, 0, 3]);
  expect(linalg.svd(zeros([0, 3])).Vh.shape).toEqual([3, 3]);
  expect(linalg.eigh(zeros([3, 0, 0])).eigenvalues.shape).toEqual([3, 0]);
});

test("matrices that are no floats or not square are refused", () => {
  expect(() => linalg.qr(tensor([[1, 2]], { dtype: "int32" }))).toThrow("need float32");
  expect(() => linalg.eigh(zeros([2, 3]))).toThrow("need square matrices");
});

test.each([
  ["float32", 1e9],
  ["float32", 1e12],
  ["float32", 1e30],
  ["float32", 1e-20],
  ["float32", 1e-30],
  ["float64", 1e90],
  ["float64", 1e300],
  ["float64", 1e-300],
] as const)("%s matrices of the size %d decompose as those of size 1", async (dtype, size) => {
  const scaled = (rows: number[][]): Tensor =>
    tensor(
      rows.map((row) => row.map((x) => x * size)),
      { dtype, requiresGrad: true },
    );
  const close = async (x: Tensor, wanted: number[]): Promise<void> =>
    expect(await x.div(size).allclose(tensor(wanted, { dtype }), { rtol: 1e-5 })).toBe(true);
  const golden = (1 + Math.sqrt(5)) / 2;
  const x = scaled([
    [1, 1],
    [0, 1],
  ]);
  await close(linalg.svdvals(x), [golden, 1 / golden]);
  linalg.svdvals(x).slice(0, 0, 1).sum().backward();
  const { U, Vh } = linalg.svd(x.detach());
  const slope = U.slice(1, 0, 1).matmul(Vh.slice(0, 0, 1));
  expect(await x.grad!.allclose(slope, { rtol: 1e-4 })).toBe(true);
  const even = scaled([
    [2, 1],
    [1, 3],
  ]);
  await close(linalg.eigvalsh(even), [2.5 - Math.sqrt(1.25), 2.5 + Math.sqrt(1.25)]);
  const { R } = linalg.qr(
    scaled([
      [3, 1],
      [4, 0],
    ]),
  );
  await close(R.flatten(), [-5, -0.6, 0, -0.8]);
});
