/**
 * Pass 6: writes kernels as loops. A backend asks for those that it has no code for yet, so that a
 * kernel which occurs in many programs is written once.
 */
import { convolutionParts } from "./brought.ts";
import type { LoopedKernel } from "./kernel.ts";
import type { Limits } from "./limits.ts";
import type { LoopForm } from "./loop.ts";
import { loopsOfContract } from "./loops/contract.ts";
import { loopsOfCumulate, loopsOfScatter } from "./loops/lines.ts";
import { loopsOfNest } from "./loops/nest.ts";
import { loopsOfSort } from "./loops/sort.ts";

/** Writes a kernel as loops for a device. */
export function loopsOf(kernel: LoopedKernel, limits: Limits): LoopForm {
  if (isEmpty(kernel)) {
    return {
      params: kernel.params,
      scratch: [],
      scratchBytes: 0,
      vectorBytes: 4,
      variables: [],
      body: [],
    };
  }
  switch (kernel.kind) {
    case "map":
    case "reduce":
    case "rowwise":
      return loopsOfNest(kernel, limits);
    case "contract":
      return loopsOfContract(kernel, limits);
    case "conv":
      return convolutionParts().loops(kernel, limits);
    case "cumulate":
      return loopsOfCumulate(kernel, limits);
    case "scatter":
      return loopsOfScatter(kernel);
    case "sort":
      return loopsOfSort(kernel);
    default:
      return kernel satisfies never;
  }
}

/** Whether a kernel has nothing to write. */
function isEmpty(kernel: LoopedKernel): boolean {
  switch (kernel.kind) {
    case "contract":
      return [...kernel.batch, kernel.m, kernel.n].includes(0);
    case "conv":
      return [kernel.batch, kernel.groups, kernel.outs, ...kernel.output].includes(0);
    case "cumulate":
      return [...kernel.outer, kernel.length].includes(0);
    case "scatter":
      return [...kernel.outer, kernel.count].includes(0);
    case "sort":
      return kernel.lines === 0 || kernel.length === 0;
    default:
      return kernel.outer.includes(0);
  }
}
