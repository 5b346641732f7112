/** Max pools that return positions and their inverses: round trips, compiled, refused, printed. */
import { compile, nn, ones, randn, tensor } from "nabla";
import type { Tensor } from "nabla";
import { expect, it } from "vitest";

const F = nn.functional;

it("pools and puts back, also by way of the functions, and compiled", () => {
  const x = tensor([[[1, 5, 2, 7, 3]]]);
  const [y, at] = new nn.MaxPool1d(2, { returnIndices: true }).forward(x);
  expect([y.toArraySync(), at.toArraySync(), at.dtype]).toEqual([[[[5, 7]]], [[[1, 3]]], "int32"]);
  const unpool = new nn.MaxUnpool1d(2);
  expect(unpool.forward(y, at).toArraySync()).toEqual([[[0, 5, 0, 7]]]);
  expect(unpool.forward(y, at, x.shape).toArraySync()).toEqual([[[0, 5, 0, 7, 0]]]);
  expect(unpool.forward(y, at, { outputSize: [5] }).shape).toEqual([1, 1, 5]);
  expect(F.maxUnpool1d(y, at, 2, 2, 0, [5]).toArraySync()).toEqual([[[0, 5, 0, 7, 0]]]);
  const both = compile((z: Tensor) => unpool.forward(...poolWithPositions.forward(z)));
  expect(both(x).toArraySync()).toEqual([[[0, 5, 0, 7]]]);
});

const poolWithPositions = new nn.MaxPool1d(2, 2, 0, 1, true, false);

it("returns positions by position and by name, and one tensor without", () => {
  const x = randn([1, 1, 4, 4]);
  const one: Tensor = new nn.MaxPool2d(2).forward(x);
  const [values, places]: [Tensor, Tensor] = new nn.AdaptiveMaxPool2d(2, true).forward(x);
  expect(values.toArraySync()).toEqual(one.toArraySync());
  expect(F.maxUnpool2d(values, places, 2).max().itemSync()).toBe(one.max().clamp(0).itemSync());
  const made: Tensor = new nn.Sequential(new nn.MaxPool2d(2, { returnIndices: false })).forward(x);
  expect(made.shape).toEqual([1, 1, 2, 2]);
});

it("refuses what does not fit", () => {
  const [x, at] = [ones([1, 1, 2]), tensor([[[0, 2]]], { dtype: "int32" })];
  const unpool = new nn.MaxUnpool1d(2);
  expect(() => unpool.forward(x, at, [3, 3])).toThrow("outputSize is [3, 3]; need [4], each less");
  expect(() => unpool.forward(x, at, [6])).toThrow("than the stride, [2], away");
  expect(() => unpool.forward(x, x)).toThrow("indices are float32[1, 1, 2]; need int32");
  expect(() => unpool.forward(x, at.reshape([1, 2]))).toThrow("need equal shapes");
  expect(() => new nn.MaxUnpool2d(2).forward(x.reshape([2]), at)).toThrow("need 3 or 4 axes");
  expect(() => unpool.forward(x, at, { size: [4] } as never)).toThrow('"size" (outputSize?)');
  const far = tensor([[[0, 9]]], { dtype: "int32" });
  expect(() => unpool.forward(x, far)).toThrow("9");
  expect(() => new nn.MaxPool1d(2, { returnIndices: 1 } as never)).toThrow("need true or false");
});

it("prints as PyTorch does", () => {
  expect(String(new nn.MaxPool3d(2, { returnIndices: true }))).toBe(
    "MaxPool3d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
  );
  expect(String(new nn.MaxUnpool2d([2, 3], { padding: 1 }))).toBe(
    "MaxUnpool2d(kernel_size=(2, 3), stride=(2, 3), padding=(1, 1))",
  );
  expect(String(new nn.MaxUnpool1d(3, 2))).toBe(
    "MaxUnpool1d(kernel_size=(3,), stride=(2,), padding=(0,))",
  );
  expect(String(new nn.AvgPool1d(2))).toBe(
    "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))",
  );
  expect(String(new nn.AdaptiveMaxPool3d([2, null, 3]))).toBe(
    "AdaptiveMaxPool3d(output_size=(2, None, 3))",
  );
  expect(String(new nn.Conv3d(2, 4, 3, { padding: 1 }))).toBe(
    "Conv3d(2, 4, kernel_size=(3, 3, 3), stride=(1, 1, 1), padding=(1, 1, 1))",
  );
});
