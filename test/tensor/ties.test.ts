/** Where the gradient of extrema goes, at ties and NaN: PyTorch's values, on both devices. */
import { setDefaultDevice, tensor } from "nabla";
import type { Tensor } from "nabla";
import { afterEach, describe, expect, it } from "vitest";

afterEach(() => setDefaultDevice("wasm"));

type Extremum = (x: Tensor) => Tensor;

/** The gradient of the sum of what is found. */
function slope(find: Extremum, rows: number[] | number[][]): unknown {
  const x = tensor(rows, { dtype: "float64", requiresGrad: true });
  find(x).sum().backward();
  return x.grad!.toArraySync();
}

const third = 1 / 3;
const twoRows = [
  [1, 3, 3],
  [NaN, 2, NaN],
];
const noNumber = [NaN, NaN, NaN];

/** As `torch.amax`, `torch.max` and their siblings of 1.13 give them. */
const CASES: readonly (readonly [string, Extremum, number[] | number[][], unknown])[] = [
  ["amax() shares", (x) => x.amax(), [1, 3, 3, 2], [0, 0.5, 0.5, 0]],
  ["amin() shares", (x) => x.amin(), [3, 3, 3], [third, third, third]],
  ["max() shares", (x) => x.max(), [3, 3, 3], [third, third, third]],
  ["min() shares", (x) => x.min(), [2, 1, 2, 1], [0, 0.5, 0, 0.5]],
  ["amax() of NaN", (x) => x.amax(), [1, NaN, 3], noNumber],
  ["amin() of NaN", (x) => x.amin(), [1, NaN, 3], noNumber],
  ["amax over both axes", (x) => x.amax([0, 1], true), twoRows, [noNumber, noNumber]],
  ["amax over one axis", (x) => x.amax(1), twoRows, [[0, 0.5, 0.5], noNumber]],
  ["amin over one axis", (x) => x.amin(1), twoRows, [[1, 0, 0], noNumber]],
  ["max() of NaN goes to the NaNs", (x) => x.max(), [1, NaN, 3, NaN], [0, 0.5, 0, 0.5]],
  ["min() of NaN goes to the NaNs", (x) => x.min(), [NaN, 1], [1, 0]],
  [
    "max(1) goes to the first",
    (x) => x.max(1).values,
    twoRows,
    [
      [0, 1, 0],
      [1, 0, 0],
    ],
  ],
  ["amax() of infinities", (x) => x.amax(), [-Infinity, -Infinity], [0.5, 0.5]],
];

describe.each(["interpret", "wasm"] as const)("on %s", (device) => {
  it.each(CASES)("%s", (_, find, rows, expected) => {
    setDefaultDevice(device);
    expect(slope(find, rows)).toEqual(expected);
  });

  it("amax and amin keep their values and shapes", () => {
    setDefaultDevice(device);
    const x = tensor([
      [1, 5],
      [-2, 3],
    ]);
    expect(x.amax().toArraySync()).toBe(5);
    expect(x.amin([0, 1], true).toArraySync()).toEqual([[-2]]);
    expect(tensor(4).amax().itemSync()).toBe(4);
    expect(x.to("int32").amax().dtype).toBe("int32");
  });
});
