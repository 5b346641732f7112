/** Runs a call on loaded inputs and holds values and gradients to what is expected. */
import { isFloat } from "../../src/core/dtype.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import type { Tolerance, Values } from "../support/compare.ts";
import { mismatch } from "../support/compare.ts";
import { valuesOf } from "../support/tensors.ts";

/** What a call should give. `cotangents[o]` and `gradients[i]` are null where there is none. */
export interface Expected {
  readonly outputs: readonly Values[];
  readonly cotangents: readonly (Tensor | null)[];
  readonly gradients: readonly (Values | null)[];
  readonly forward: Tolerance;
  readonly backward: Tolerance;
}

/** Flattens what a call returned into a list of tensors. */
export async function tensorsOf(result: unknown): Promise<Tensor[]> {
  const value = await result;
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return (await Promise.all(value.map(tensorsOf))).flat();
  if (value !== null && typeof value === "object") return tensorsOf(Object.values(value));
  throw new Error(`the call returned ${String(value)}, no tensor`);
}

/** Returns what is wrong with outputs and gradients, nothing if all is as expected. */
export function problemsOf(
  outputs: readonly Tensor[],
  expected: Expected,
  gradient: (i: number) => Tensor | null,
): string[] {
  if (outputs.length !== expected.outputs.length) {
    return [`returned ${outputs.length} tensors, expected ${expected.outputs.length}`];
  }
  const problems = expected.outputs.flatMap((want, o) => {
    const problem = mismatch(valuesOf(outputs[o]!), want, expected.forward);
    return problem === null ? [] : [`output ${o} ${problem}`];
  });
  if (!expected.gradients.some((want) => want !== null)) return problems;
  if (!backward(outputs, expected.cotangents)) {
    return [...problems, "no output requires a gradient"];
  }
  return problems.concat(
    expected.gradients.flatMap((want, i) => {
      if (want === null) return [];
      const got = gradient(i);
      // PyTorch's null and our zeros mean the same thing and the other way round
      const values = got === null ? zerosLike(want) : valuesOf(got);
      const problem = mismatch(values, want, expected.backward);
      return problem === null ? [] : [`gradient ${i} ${problem}`];
    }),
  );
}

function zerosLike(values: Values): Values {
  return { ...values, data: new Float64Array(values.data.length) };
}

/** Runs backward from one output with its cotangent, or from the sum over several. */
function backward(outputs: readonly Tensor[], cotangents: readonly (Tensor | null)[]): boolean {
  const [only, cotangent] = [outputs[0], cotangents[0]];
  if (outputs.length === 1 && only?.requiresGrad && cotangent) {
    only.backward(cotangent);
    return true;
  }
  const root = weightedSum(outputs, cotangents);
  root?.backward();
  return root !== null;
}

/** The sum of all outputs times their cotangents: its gradients are the ones that were stored. */
function weightedSum(
  outputs: readonly Tensor[],
  cotangents: readonly (Tensor | null)[],
): Tensor | null {
  let total: Tensor | null = null;
  for (const [o, output] of outputs.entries()) {
    const cotangent = cotangents[o];
    if (!cotangent || !output.requiresGrad || !isFloat(output.dtype)) continue;
    const part = output.mul(cotangent).sum();
    total = total === null ? part : total.add(part);
  }
  return total;
}
