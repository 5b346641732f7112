/** Bags of rows: texts, where bags begin, one program, and what is refused. */
import { compile, nn, ones, tensor } from "nabla";
import type { Tensor } from "nabla";
import { expect, it } from "vitest";

const F = nn.functional;
const ints = (...data: number[]): Tensor => tensor(data, { dtype: "int32" });
const weight = tensor([
  [1, 10],
  [2, 20],
  [3, 30],
]);

it("sums, averages and takes maxima, bags cut by offsets or by rows", () => {
  const index = ints(0, 1, 2, 2);
  const of = (options: object): unknown =>
    F.embeddingBag(index, weight, ints(0, 3, 3), options).toArraySync();
  expect(of({ mode: "sum" })).toEqual([[6, 60], [0, 0], [3, 30]]); // prettier-ignore
  expect(of({})).toEqual([[2, 20], [0, 0], [3, 30]]); // prettier-ignore
  expect(of({ mode: "max", paddingIdx: 2 })).toEqual([[2, 20], [0, 0], [0, 0]]); // prettier-ignore
  expect(of({ includeLastOffset: true })).toEqual([[2, 20], [0, 0]]); // prettier-ignore
  const rows = F.embeddingBag(index.reshape([2, 2]), weight, null, { mode: "sum" });
  expect(rows.toArraySync()).toEqual([[3, 30], [6, 60]]); // prettier-ignore
  const run = compile((i: Tensor, o: Tensor) => F.embeddingBag(i, weight, o));
  expect(run(index, ints(0, 1)).toArraySync()).toEqual([[1, 10], [8 / 3, 80 / 3].map(Math.fround)]);
});

it("prints as PyTorch does", () => {
  expect(String(new nn.EmbeddingBag(4, 2))).toBe("EmbeddingBag(4, 2, mode='mean')");
  expect(String(new nn.EmbeddingBag(4, 2, { mode: "sum", paddingIdx: -1 }))).toBe(
    "EmbeddingBag(4, 2, mode='sum', padding_idx=3)",
  );
});

it("refuses what does not fit", () => {
  const index = ints(0, 1);
  expect(() => F.embeddingBag(index, weight)).toThrow("offsets are none; need [B, L] without");
  expect(() => F.embeddingBag(index.reshape([1, 2]), weight, ints(0))).toThrow("offsets are [1]");
  expect(() => F.embeddingBag(index, weight, ones([1]))).toThrow("need int32");
  expect(() => F.embeddingBag(index, weight, ints(0), { mode: "min" as never })).toThrow('"min"');
  expect(() => F.embeddingBag(index, weight, ints(0), { perSampleWeights: ones([2]) })).toThrow(
    'mode is "mean"; need [2], as the index, and mode "sum"',
  );
  expect(() => F.embeddingBag(index, weight, ints(0), { sparse: true } as never)).toThrow("sparse");
  expect(() => new nn.EmbeddingBag(4, 2, { sparse: true } as never)).toThrow('no option "sparse"');
});
