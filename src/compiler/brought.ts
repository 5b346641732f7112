/**
 * What few programs need of the compiler: those who build such graphs bring it along, so that the
 * bundles of all others do without.
 */
import type { loopsOfConv } from "./loops/conv.ts";
import type { conv } from "./lower-conv.ts";

/** How convolutions become kernels, and those loops. */
interface ConvolutionParts {
  readonly lower: typeof conv;
  readonly loops: typeof loopsOfConv;
}

let convolutions: ConvolutionParts | null = null;

/** Takes what makes kernels of convolutions. */
export function take(parts: ConvolutionParts): void {
  convolutions = parts;
}

/** What makes kernels of convolutions. */
export function convolutionParts(): ConvolutionParts {
  if (convolutions === null) throw new Error("conv: nobody brought convolutions to the compiler");
  return convolutions;
}
