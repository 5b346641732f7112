/** One sum of a convolution kernel, by the book: for what tests run kernels with. */
import type { ConvKernel } from "../../src/compiler/kernel.ts";
import { roundTo } from "../../src/core/dtype.ts";

type Read = (index: readonly number[]) => number;

/** Computes the sum at `[batch, group, out, ...output]` from readers of input and weight. */
export function convSum(kernel: ConvKernel, index: readonly number[], x: Read, w: Read): number {
  const [image, group, out, ...at] = index as [number, number, number, ...number[]];
  const { dtype, window } = kernel;
  const taps = window.reduce((product, extent) => product * extent, 1);
  let sum = 0;
  for (let c = 0; c < kernel.channels; c++) {
    for (let k = 0; k < taps; k++) {
      const tap = unravel(k, window);
      const place = tap.map((t, i) => {
        const wide = at[i]! * kernel.stride[i]! + t * kernel.kernelDilation[i]!;
        return wide - kernel.before[i]!;
      });
      const met = place.every((p, i) => p >= 0 && p < kernel.input[i]!);
      const value = met ? x([image, group, c, ...place]) : 0;
      sum = roundTo(dtype, sum + roundTo(dtype, value * w([group, out, c, ...tap])));
    }
  }
  return sum;
}

function unravel(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = position;
  for (let i = shape.length - 1; i >= 0; i--) {
    index.unshift(rest % shape[i]!);
    rest = Math.floor(rest / shape[i]!);
  }
  return index;
}
