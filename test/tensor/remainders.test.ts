/** Remainders of large quotients, of infinities and of zeros, against PyTorch's. */
import { describe, expect, it } from "vitest";
import { remainder, fmod } from "../../src/doors/ops.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const valuesOf = (x: Tensor): number[] => Array.from(x.dataSync());

type Row = readonly [
  x: number,
  y: number,
  dtype: "float32" | "float64",
  fmod: number,
  rest: number,
];

/** What PyTorch gives for `fmod` and `remainder`. */
const ROWS: readonly Row[] = [
  [1e20, 3, "float64", 1, 1],
  [1e20, 3, "float32", 2, 2],
  [5, Infinity, "float32", 5, 5],
  [-5, Infinity, "float32", -5, Infinity],
  [5, -Infinity, "float64", 5, -Infinity],
  [6, 0.1, "float64", 0.09999999999999967, 0.09999999999999967],
  [-6, 0.1, "float64", -0.09999999999999967, 3.3306690738754696e-16],
  [1e30, 7, "float32", 1, 1],
  [3e38, 1e-45, "float32", 0, 0],
  [-3e38, 1e-40, "float32", -9.673723818619942e-41, 3.262222824948174e-42],
  [1e25, 0.3, "float64", 0.24171889403099173, 0.24171889403099173],
  [7, 0, "float32", NaN, NaN],
  [Infinity, 2, "float32", NaN, NaN],
  [1, NaN, "float32", NaN, NaN],
  [-6, 3, "float64", -0, -0],
  [6, -3, "float64", 0, 0],
  [-0, 3, "float64", -0, -0],
  [-1e-20, 3, "float64", -1e-20, 3],
  [1e-320, 3e-322, "float64", 5.4e-323, 5.4e-323],
  [1e300, 1e285, "float64", 7.234560233468398e283, 7.234560233468398e283],
  [123456.789, -2.5e-7, "float64", 9.894019717759744e-12, -2.4999010598028223e-7],
];

describe.each(["wasm", "interpret"] as const)("remainders on %s", (device) => {
  it.each(ROWS)("of %d by %d in %s", (x, y, dtype, first, second) => {
    const [p, q] = [tensor([x], { dtype, device }), tensor([y], { dtype, device })];
    expect(valuesOf(fmod(p, q))).toEqual([first]);
    expect(valuesOf(remainder(p, q))).toEqual([second]);
  });

  it("are those of JavaScript, which are exact", () => {
    const count = 400;
    const spread = (k: number, most: number): number =>
      Math.fround(((k % 37) - 17.3) * 2 ** (((k * 7919) % (2 * most)) - most));
    for (const [dtype, most] of [
      ["float32", 120],
      ["float64", 22],
    ] as const) {
      const x = Array.from(
        { length: count },
        (_, k) => spread(k, most) / (dtype === "float64" ? 3 : 1),
      );
      const y = Array.from({ length: count }, (_, k) => spread(k * 31 + 5, most));
      const found = fmod(tensor(x, { dtype, device }), tensor(y, { dtype, device }));
      const held = valuesOf(tensor(x, { dtype }));
      expect(valuesOf(found)).toEqual(held.map((p, k) => p % y[k]!));
    }
  });

  it("are NaN in float64 where the quotient is out of reach", () => {
    const [x, y] = [
      [1e30, 1e300, 1e308],
      [1, 3, 3e307],
    ].map((data) => tensor(data, { dtype: "float64", device }));
    expect(valuesOf(fmod(x!, y!))).toEqual([NaN, NaN, NaN]);
  });

  it("have PyTorch's slopes", () => {
    for (const [f, slopes] of [
      [fmod, [-3, 3, -0, 2, -1e20 / 3]],
      [remainder, [-3, 4, -0, 3, -1e20 / 3]],
    ] as const) {
      const options = { dtype: "float64", device, requiresGrad: true } as const;
      const x = tensor([7, -7, 0, 7, 1e20], options);
      const y = tensor([2, 2, 3, -3, 3], options);
      f(x, y).sum().backward();
      expect(valuesOf(x.grad!)).toEqual([1, 1, 1, 1, 1]);
      valuesOf(y.grad!).forEach((slope, k) => {
        expect(Math.abs(slope - slopes[k]!)).toBeLessThanOrEqual(1e-15 * Math.abs(slopes[k]!));
      });
    }
  });
});
