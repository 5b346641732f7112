/** Judges a model by batches that it is not trained on. */
import type { Module } from "../nn/module.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { Tensor } from "../tensor/tensor.ts";
import { argumentError } from "../core/errors.ts";
import type { Batches } from "./batches.ts";
import { walk } from "./batches.ts";
import type { Measures } from "./events.ts";
import type { Metric } from "./options.ts";
import type { Computed } from "./training-step.ts";
import { rowsIn } from "./training-step.ts";

/** The loss and the metrics, each the mean over all rows. */
export interface Measured {
  readonly loss: number;
  readonly metrics: Measures;
}

/** Evaluates the model on all batches, or on the first `most`; leaves it in training. */
export async function measure<B>(
  model: Module,
  computed: (batch: B) => Computed,
  batches: Batches<B>,
  metrics: Readonly<Record<string, Metric>>,
  most = Infinity,
): Promise<Measured> {
  model.eval();
  try {
    const means = new Means();
    const steps = walk(batches);
    for (let k = 0; k < most; k++) {
      const { done, value: batch } = await steps.next();
      if (done === true) break;
      const made = noGrad(() => computed(batch));
      const rows = rowsIn(batch);
      means.add("", await made.loss.item(), rows);
      for (const [name, metric] of Object.entries(metrics)) {
        means.add(name, await numberOf(name, metric, made), rows);
      }
    }
    if (most !== Infinity) await steps.return?.();
    const { "": loss = NaN, ...others } = means.values();
    if (Number.isNaN(loss) && means.count === 0) {
      throw argumentError("Trainer: the validation has no batch.");
    }
    return { loss, metrics: others };
  } finally {
    model.train();
  }
}

async function numberOf(name: string, metric: Metric, made: Computed): Promise<number> {
  const { output, target } = made;
  if (output === undefined || target === undefined) {
    throw argumentError(
      `Trainer: the metric ${name} needs output and target; step has to return them beside the ` +
        "loss: { loss, output, target }.",
    );
  }
  const value = noGrad(() => metric(output, target));
  return value instanceof Tensor ? value.item() : value;
}

/** Means of numbers by name, weighted by rows; a single one stays as it is, to the bit. */
export class Means {
  readonly #sums = new Map<string, { first: number; sum: number; rows: number; count: number }>();

  /** How many were added, of the first name. */
  get count(): number {
    return this.#sums.values().next().value?.count ?? 0;
  }

  /** Adds a number that stands for so many rows. */
  add(name: string, value: number, rows: number): void {
    const known = this.#sums.get(name);
    if (known === undefined) {
      this.#sums.set(name, { first: value, sum: value * rows, rows, count: 1 });
      return;
    }
    known.sum += value * rows;
    known.rows += rows;
    known.count++;
  }

  /** Returns the means. */
  values(): Record<string, number> {
    const means = [...this.#sums].map(([name, { first, sum, rows, count }]) => {
      return [name, count === 1 ? first : sum / rows] as const;
    });
    return Object.fromEntries(means);
  }
}
