/** Finds where a training diverged: the first operation whose result is not finite, and why. */
import type { Sequential } from "../nn/sequential.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The first result that was not finite. */
export interface Overflow {
  /** The operation: `the update of 2.weight`, `layer 0 (Linear)`, `the loss (MSELoss)`. */
  readonly operation: string;
  /** The largest number that went into it, where all were finite. */
  readonly input?: number;
  /** The parameter that has gone farthest, and its largest number. */
  readonly tensor: string;
  readonly size: number;
}

/**
 * Runs one forward pass, layer by layer, with the weights that gave the loss that was not finite.
 */
export async function findOverflow(
  network: Sequential,
  lossName: string,
  x: Tensor,
): Promise<Overflow> {
  network.eval();
  let [tensor, size] = ["", -1];
  for (const [name, parameter] of network.namedParameters()) {
    const largest = await largestOf(parameter);
    if (!Number.isFinite(largest)) {
      return { operation: `the update of ${name}`, tensor: name, size: largest };
    }
    if (largest > size) [tensor, size] = [name, largest];
  }
  let input = await largestOf(x);
  let h = x;
  for (const [k, layer] of [...network].entries()) {
    h = noGrad(() => layer.forward(h));
    const largest = await largestOf(h);
    const operation = `layer ${k} (${layer.constructor.name})`;
    if (!Number.isFinite(largest)) return { operation, input, tensor, size };
    input = largest;
  }
  return { operation: `the loss (${lossName})`, input, tensor, size };
}

/** Returns the largest magnitude; NaN or ∞ where there is one. */
async function largestOf(values: Tensor): Promise<number> {
  let largest = 0;
  for (const value of await values.data()) {
    if (!Number.isFinite(value)) return value;
    largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}
