/** Gradients as values: `autograd.grad`, to any order. (PyTorch: `torch.autograd`.) */
import { NablaError } from "../core/errors.ts";
import { asGiven, readNamed } from "../core/options.ts";
import { walk } from "./backward.ts";
import type { Tensor } from "./tensor.ts";
import { matching } from "./tensor.ts";

/** Options of `grad`. */
export interface GradOptions {
  /** Cotangents of the outputs, of their shapes; an output that is a scalar needs none. */
  readonly gradOutputs?: Tensor | readonly (Tensor | null)[];
  /** Keep what the walk reads. Default: `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the walk, so that the gradients can be differentiated. Default: false. */
  readonly createGraph?: boolean;
  /**
   * Give null for an input that the outputs do not depend on, instead of throwing. Default: false.
   */
  readonly allowUnused?: boolean;
}

const GRAD = {
  gradOutputs: asGiven(undefined),
  retainGraph: false,
  createGraph: false,
  allowUnused: false,
};

/** One gradient for each input: of a tuple a tuple. */
export type Gradients<I, G> = I extends readonly unknown[] ? { -readonly [K in keyof I]: G } : [G];

/**
 * Returns the gradients of the sum of `outputs` with respect to `inputs`, one for each, and leaves
 * every `.grad` alone. Throws where an output depends on no input, unless `allowUnused`.
 */
export function grad<const I extends Tensor | readonly Tensor[]>(
  outputs: Tensor | readonly Tensor[],
  inputs: I,
  options?: GradOptions & { readonly allowUnused?: false },
): Gradients<I, Tensor>;
/** The same with null for an input that the outputs do not depend on. */
export function grad<const I extends Tensor | readonly Tensor[]>(
  outputs: Tensor | readonly Tensor[],
  inputs: I,
  options?: GradOptions,
): Gradients<I, Tensor | null>;
/** The gradients of either. */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): unknown {
  readNamed("grad", GRAD, options); // which refuses what is no option
  const roots = [outputs].flat() as Tensor[];
  const wanted = [inputs].flat() as Tensor[];
  const given = [options.gradOutputs ?? []].flat() as (Tensor | null)[];
  wanted.forEach((input, i) => {
    if (input.requiresGrad) return;
    throw new NablaError(
      "autograd",
      `grad: input ${i} requires no gradient. Make it with { requiresGrad: true }.`,
    );
  });
  if (given.length > 0 && given.length !== roots.length) {
    throw new NablaError(
      "autograd",
      `grad: there are ${given.length} gradOutputs for ${roots.length} outputs; ` +
        `need one for each, or null where an output is a scalar.`,
    );
  }
  const createGraph = options.createGraph ?? false;
  const found = walk(
    roots,
    roots.map((root, k) => matching("grad", given[k] ?? null, root)),
    { createGraph, retainGraph: options.retainGraph ?? createGraph, wanted },
  );
  const unused = found.indexOf(null);
  if (unused >= 0 && !options.allowUnused) {
    throw new NablaError(
      "autograd",
      `grad: the outputs do not depend on input ${unused}. ` +
        `Pass { allowUnused: true } to get null for it.`,
    );
  }
  return found;
}
