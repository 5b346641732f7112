/** Mistakes are named at the line that makes them, in the user's terms, and change nothing. */
import type { ErrorCode } from "nabla";
import { NablaError, nn, tensor, zeros } from "nabla";
import { afterEach, describe, expect, test, vi } from "vitest";

afterEach(() => vi.restoreAllMocks());

function caught(run: () => unknown): NablaError {
  try {
    run();
  } catch (error) {
    if (error instanceof NablaError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const MISTAKES: readonly (readonly [string, ErrorCode, RegExp, () => unknown])[] = [
  ["shapes", "shape", /add.*\[2\].*\[3\]/s, () => tensor([1, 2]).add(tensor([1, 2, 3]))],
  ["dtypes", "dtype", /float32.*int32/s, () => zeros([3]).indexSelect(0, tensor([1]))],
  [
    "devices",
    "device",
    /add.*wasm.*interpret/s,
    () => tensor([1]).add(tensor([1], { device: "interpret" })),
  ],
  ["axes", "argument", /sum.*axis 2.*-2 to 1/s, () => zeros([2, 2]).sum(2)],
  [
    "indices",
    "index",
    /index 5.*3/s,
    () => tensor([1, 2, 3]).indexSelect(0, tensor([5], { dtype: "int32" })),
  ],
  ["sums of integers", "overflow", /sum/, () => tensor([2147483647, 1], { dtype: "int32" }).sum()],
  ["ragged rows", "shape", /length/, () => tensor([[1, 2], [3]])],
  [
    "gradients of integers",
    "autograd",
    /float/,
    () => tensor([1], { dtype: "int32" }).requireGrad(),
  ],
];

describe("mistakes in", () => {
  test.each(MISTAKES)("%s", (_, code, message, run) => {
    const error = caught(run);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(tensor([1, 2]).add(1).toArraySync()).toEqual([2, 3]);
  });

  test("matrix products, with a hint that fits", () => {
    const { message } = caught(() => zeros([35, 10]).matmul(zeros([1, 10])));
    expect(message).toBe(
      "matmul: inner sizes differ: x is [35, 10], w is [1, 10]; " +
        "need x.shape[-1] (10) = w.shape[-2] (1). w.T is [10, 1].",
    );
  });

  test("classes of a loss", () => {
    const logits = zeros([2, 3]);
    const lossFn = new nn.CrossEntropyLoss();
    expect(lossFn.forward(logits, tensor([0, 2])).itemSync()).toBeCloseTo(1.0986, 3);
    expect(() => lossFn.forward(logits, tensor([0, 1.5]))).toThrow(/1\.5/);
    expect(() => lossFn.forward(logits, tensor([0, 3], { dtype: "int32" }))).toThrow(/3/);
  });
});

test("[N] against [N, 1] in a loss warns once", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const lossFn = new nn.MSELoss();
  for (let i = 0; i < 3; i++) lossFn.forward(zeros([4]), zeros([4, 1]));
  expect(warn).toHaveBeenCalledTimes(1);
  expect(String(warn.mock.calls[0]![0])).toMatch(/\[4\].*\[4, 1\]/s);
});
