/**
 * Finds the first number that is not finite: in the data, in the weights after an update, in a pass
 * forward or in a pass back, with the operation and the layer that made it.
 */
import type { Module } from "../../nn/module.ts";
import { grad } from "../../tensor/autograd.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Finding } from "./finding.ts";
import { found } from "./finding.ts";
import type { Call, Observation } from "./observe.ts";
import { numbersIn, observe } from "./observe.ts";

/**
 * Runs the loss of a model once, forward and back, and returns the first NaN or infinity with the
 * operation and the layer that made it; undefined where all is finite. Leaves the model as it is.
 */
export async function findNonFinite(
  model: Module,
  lossOf: () => Tensor,
): Promise<Finding<"non-finite"> | undefined> {
  return nonFinite(await observe(model, lossOf));
}

/** The same for a pass that was already seen. */
export async function nonFinite(seen: Observation): Promise<Finding<"non-finite"> | undefined> {
  const { step, weights } = seen;
  for (const { name, layer, tensor } of weights) {
    const value = await strange(tensor);
    if (value === undefined) continue;
    const figures = { value, operation: name, pass: "update", input: null } as const;
    return found("non-finite", "error", figures, { layer, step });
  }
  return (await inForward(seen)) ?? (await inBackward(seen));
}

async function inForward(seen: Observation): Promise<Finding<"non-finite"> | undefined> {
  for (const call of seen.calls) {
    const { operation, layer, inputs, from, output } = call;
    for (const [i, input] of inputs.entries()) {
      const value = from[i] === undefined ? await strange(input) : undefined;
      if (value === undefined) continue;
      const what = call.inside ? "the inputs" : "the targets";
      const figures = { value, operation: what, pass: "data", input: null } as const;
      return found("non-finite", "error", figures, { layer, step: seen.step });
    }
    const value = output && (await strange(output));
    if (value === undefined) continue;
    const figures = { value, operation, pass: "forward", input: await largestOf(inputs) } as const;
    return found("non-finite", "error", figures, { layer, step: seen.step });
  }
  return undefined;
}

/** Asks for the gradient of each result, from the loss on: the first strange one is made next. */
async function inBackward(seen: Observation): Promise<Finding<"non-finite"> | undefined> {
  const { calls, loss, weights, step } = seen;
  const bad = await Promise.all(weights.map(({ gradient }) => gradient && strange(gradient)));
  // the last layers are walked back through first
  const worst = bad.findLastIndex((value) => typeof value === "number");
  if (worst < 0) return undefined;
  if (loss.record?.kept === null) {
    const { name: operation, layer } = weights[worst]!;
    const figures = { value: bad[worst]!, operation, pass: "backward", input: null } as const;
    return found("non-finite", "error", figures, { layer, step }); // it was released: no walk again
  }
  const results = calls.filter(({ output }) => output?.requiresGrad && output !== loss);
  const outputs = results.map(({ output }) => output!);
  const gradients = grad(loss, outputs, { allowUnused: true, retainGraph: true });
  let [culprit, value]: [Call | undefined, number] = [undefined, NaN];
  for (let k = results.length - 1; k >= 0 && culprit === undefined; k--) {
    const gradient = gradients[k];
    const first = gradient ? await strange(gradient) : undefined;
    if (first === undefined) continue;
    culprit = calls.find(({ inputs }) => inputs.includes(outputs[k]!));
    value = first;
  }
  culprit ??= calls.find(({ inputs }) => inputs.some((x) => x.isLeaf && x.requiresGrad));
  const { operation = "the loss", layer = "the loss", inputs = [] } = culprit ?? {};
  const figures = { value, operation, pass: "backward", input: await largestOf(inputs) } as const;
  return found("non-finite", "error", figures, { layer, step });
}

/** The first number of a tensor that is not finite. */
async function strange(tensor: Tensor): Promise<number | undefined> {
  for (const value of await numbersIn(tensor)) if (!Number.isFinite(value)) return Number(value);
  return undefined;
}

/** The largest magnitude that went in; null where it is not finite itself. */
async function largestOf(inputs: readonly Tensor[]): Promise<number | null> {
  let largest = 0;
  for (const input of inputs) {
    for (const value of await numbersIn(input)) largest = Math.max(largest, Math.abs(value));
  }
  return Number.isFinite(largest) ? largest : null;
}
