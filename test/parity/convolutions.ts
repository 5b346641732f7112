/** What is tried of the convolution: one to three axes, strides, dilations, padding, groups. */
import { bringConvolutions } from "../../src/compiler/convolutions.ts";
import type { DType } from "../../src/core/dtype.ts";
import type { Shape } from "../../src/core/shape.ts";
import type { ConvAttrs } from "../../src/ir/attrs.ts";
import type { Layout } from "./layouts.ts";
import type { Recipe } from "./recipe.ts";
import { recipe } from "./recipe.ts";

/** Attributes that do nothing over `axes` axes, with some replaced. */
function attrs(axes: number, some: Partial<ConvAttrs> = {}): ConvAttrs {
  const ones = Array.from({ length: axes }, () => 1);
  const none = ones.map(() => [0, 0] as const);
  const plain = { stride: ones, padding: none, inputDilation: ones, kernelDilation: ones };
  return { ...plain, groups: 1, ...some };
}

const CASES: readonly (readonly [Shape, Shape, ConvAttrs, Layout?, Layout?])[] = [
  [[1, 1, 1], [1, 1, 1], attrs(1)],
  [[2, 3, 9], [4, 3, 3], attrs(1)],
  [[2, 3, 9], [4, 3, 3], attrs(1, { stride: [2], padding: [[1, 2]] }), "permuted"],
  [[1, 4, 10], [6, 2, 3], attrs(1, { groups: 2, kernelDilation: [2] }), "plain", "reversed"],
  [[2, 2, 5], [3, 2, 4], attrs(1, { inputDilation: [2], padding: [[3, 3]] })],
  [[1, 2, 8], [2, 2, 3], attrs(1, { padding: [[-1, 2]] })],
  [[0, 2, 5], [3, 2, 2], attrs(1)],
  [
    [2, 1, 6, 7],
    [3, 1, 3, 3],
    attrs(2, {
      padding: [
        [1, 1],
        [1, 1],
      ],
    }),
  ],
  [[1, 3, 5, 5], [17, 3, 2, 3], attrs(2, { stride: [2, 1] }), "strided", "permuted"],
  [
    [2, 4, 6, 5],
    [4, 1, 3, 2],
    attrs(2, {
      groups: 4,
      padding: [
        [0, 1],
        [2, 0],
      ],
    }),
  ],
  [[1, 2, 4, 3, 5], [3, 2, 2, 2, 2], attrs(3, { stride: [1, 1, 2] })],
];

bringConvolutions();

/** The recipes of the convolution. */
export const CONVOLUTIONS: readonly Recipe[] = (["float32", "float64"] as DType[]).flatMap(
  (dtype) =>
    CASES.map(([x, kernel, options, layout = "plain", kernelLayout = "plain"]) =>
      recipe(
        "conv",
        dtype,
        [
          { dtype, shape: x, fill: "smooth", layout },
          { dtype, shape: kernel, fill: "smooth", layout: kernelLayout },
        ],
        options,
      ),
    ),
);
