/** `unique` where NaN, infinities and zeros of both signs are among the elements. */
import { expect, it } from "vitest";
import { unique } from "../../src/doors/ops.ts";
import { tensor } from "../../src/tensor/create.ts";

const CASES = [
  {
    x: [5, NaN, 4, 1, 3],
    values: [1, 3, 4, 5, NaN],
    inverse: [3, 4, 2, 0, 1],
    counts: [1, 1, 1, 1, 1],
  },
  {
    x: [3, NaN, 1, 2, NaN],
    values: [1, 2, 3, NaN, NaN],
    inverse: [2, 3, 0, 1, 4],
    counts: [1, 1, 1, 1, 1],
  },
  {
    x: [Infinity, 2, -Infinity, Infinity, 2],
    values: [-Infinity, 2, Infinity],
    inverse: [2, 1, 0, 2, 1],
    counts: [1, 2, 2],
  },
  { x: [0, -0, 7, -0], values: [0, 7], inverse: [0, 0, 1, 0], counts: [3, 1] },
  { x: [], values: [], inverse: [], counts: [] },
];

it.each(CASES)("of $x", async ({ x, values, inverse, counts }) => {
  const found = await unique(tensor(x));
  expect(found.values.toArraySync()).toEqual(values);
  expect(found.inverse.toArraySync()).toEqual(inverse);
  expect(found.counts.toArraySync()).toEqual(counts);
});

it("takes no longer for many distinct elements", async () => {
  const data = Float32Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 200_003);
  const { counts, inverse, values } = await unique(tensor(data));
  expect(counts.shape).toEqual([200_000]);
  const [list, places] = [values.dataSync(), inverse.dataSync()];
  expect(data.every((value, i) => list[places[i]!] === value)).toBe(true);
}, 5000);
