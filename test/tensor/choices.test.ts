/** An option that takes one of some words refuses all others, and names those there are. */
import { expect, test } from "vitest";
import { arange, ones, tensor, zeros } from "../../src/tensor/create.ts";
import { gelu } from "../../src/tensor/functions/activation.ts";
import { gridSample } from "../../src/tensor/functions/resampling.ts";
import { searchsorted } from "../../src/tensor/functions/indexing.ts";
import { pad } from "../../src/tensor/functions/movement.ts";
import { meshgrid } from "../../src/tensor/functions/stacking.ts";
import * as linalg from "../../src/tensor/linalg.ts";

const x = ones([2, 3]);
const image = ones([1, 1, 2, 2]);
const grid = zeros([1, 1, 1, 2]);
const index = tensor([[0]], { dtype: "int32" });
const other = "other" as never;

test.each([
  ["gelu: approximate", "tanh", () => gelu(x, other)],
  ["div: roundingMode", "floor", () => x.div(2, { roundingMode: other })],
  ["pad: mode", "reflect", () => pad(x, [1, 1], other)],
  ["scatterReduce: reduce", "amax", () => x.scatterReduce(0, index, ones([1, 1]), other)],
  ["gridSample: mode", "nearest", () => gridSample(image, grid, other)],
  ["gridSample: paddingMode", "border", () => gridSample(image, grid, "nearest", other)],
  ["meshgrid: indexing", "ij", () => meshgrid([arange(2), arange(3)], { indexing: other })],
  ["searchsorted: side", "left", () => searchsorted(arange(3), 1, { side: other })],
  ["linalg.qr: mode", "complete", () => linalg.qr(x, other)],
  ["linalg.eigh: UPLO", "U", () => linalg.eigh(ones([2, 2]), other)],
])("%s refuses an unknown word and names %s", (what, known, call) => {
  expect(call).toThrow(`${what} is "other"; need `);
  expect(call).toThrow(`"${known}"`);
});
