/** Distributions that are none are errors where their values are at hand. */
import { describe, expect, it } from "vitest";
import { bernoulli } from "../../src/tensor/random.ts";
import { multinomial, normal } from "../../src/tensor/sampling.ts";
import { tensor } from "../../src/tensor/create.ts";

describe.each(["wasm", "interpret"] as const)("on %s", (device) => {
  const floats = (data: number[] | number[][]) => tensor(data, { device });

  it("multinomial refuses what are no weights", () => {
    for (const bad of [
      [-1, 2],
      [0, 0],
      [1, NaN],
      [1, Infinity],
    ]) {
      for (const replacement of [true, false]) {
        expect(() => multinomial(floats(bad), 1, { replacement }), String(bad)).toThrow(
          /need weights/,
        );
        expect(() => multinomial(floats(bad).mul(1), 1, { replacement })).toThrow(/need weights/);
      }
    }
    expect(() => multinomial(floats([1, 0, 0]), 2)).toThrow(/in each row 2 above 0/);
    expect(() =>
      multinomial(
        floats([
          [1, 2],
          [0, 0],
        ]),
        1,
      ),
    ).toThrow(/element 3 is 0/);
    expect(Array.from(multinomial(floats([0, 1, 0]), 1).dataSync())).toEqual([1]);
    const rows = multinomial(
      floats([
        [0, 1, 0],
        [0, 0, 2],
      ]),
      2,
      { replacement: true },
    );
    expect(rows.toArraySync()).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it("bernoulli refuses what are no probabilities", () => {
    for (const bad of [2, -1, NaN])
      expect(() => bernoulli(floats([0.5, bad]))).toThrow(/element 1 is/);
    expect(Array.from(bernoulli(floats([0, 1])).dataSync())).toEqual([0, 1]);
  });

  it("normal refuses what are no deviations", () => {
    for (const bad of [-1, NaN]) {
      expect(() => normal(0, bad, [2], { device })).toThrow(/normal: std is/);
      expect(() => normal(floats([0, 0]), floats([1, bad]))).toThrow(/normal: std: element 1/);
    }
    expect(Array.from(normal(3, 0, [2], { device }).dataSync())).toEqual([3, 3]);
  });
});
