/**
 * Convolutions whose gradients are checked: strides, borders, dilations, groups, one to three axes.
 */
import { convolve } from "../../src/compiler/convolutions.ts";
import type { ConvAttrs } from "../../src/ir/attrs.ts";
import type { Builder } from "../../src/ir/builder.ts";
import type { Node } from "../../src/ir/node.ts";
import type { Given } from "../ir/check.ts";
import { spread } from "../ir/check.ts";

/** A convolution with inputs to differentiate it at. */
export interface ConvCase {
  readonly given: readonly Given[];
  readonly build: (b: Builder, ...inputs: Node[]) => Node;
}

function convCase(x: number[], w: number[], some: Partial<ConvAttrs>): ConvCase {
  const ones = x.slice(2).map(() => 1);
  const attrs: ConvAttrs = {
    stride: ones,
    padding: ones.map(() => [0, 0] as const),
    inputDilation: ones,
    kernelDilation: ones,
    groups: 1,
    ...some,
  };
  return {
    given: [spread(x, 3, -1, 1), spread(w, 5, -1, 1)],
    build: (b, input, weight) => convolve(b, input!, weight!, attrs),
  };
}

/** The cases, in float64. */
export const CONV_CASES: ConvCase[] = [
  convCase([2, 2, 5], [3, 2, 2], {}),
  convCase([1, 4, 6], [2, 2, 3], { groups: 2, stride: [2], padding: [[1, 2]] }),
  convCase([1, 1, 4], [2, 1, 2], { inputDilation: [2], kernelDilation: [3], padding: [[2, 1]] }),
  convCase([1, 2, 6], [1, 2, 3], { padding: [[-1, 2]] }),
  convCase([2, 2, 4, 3], [2, 1, 2, 3], {
    groups: 2,
    stride: [2, 1],
    padding: [
      [1, 0],
      [1, 1],
    ],
  }),
  convCase([1, 1, 3, 2, 3], [1, 1, 2, 1, 2], {
    stride: [1, 1, 2],
    padding: [
      [0, 0],
      [0, 1],
      [1, 0],
    ],
  }),
];
