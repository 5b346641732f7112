/** Training that diverged: the first operation whose result is not finite, and why. */
import { NablaError } from "../core/errors.ts";
import { formatNumber } from "../core/format.ts";
import type { Module } from "../nn/module.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { Tensor } from "../tensor/tensor.ts";

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

/** Training that ran into a loss that is not a number. */
export class DivergedError extends NablaError {
  readonly epoch: number;
  /** How many updates were made before the loss. */
  readonly step: number;
  readonly loss: number;
  /** The first operation whose result was not finite, where that is known. */
  readonly overflow: Overflow | undefined;

  constructor(at: { epoch: number; step: number }, loss: number, overflow?: Overflow) {
    const where =
      overflow === undefined ? "" : ` At step ${at.step} ${describeOverflow(overflow)}.`;
    super(
      "state",
      `Training diverged: at epoch ${at.epoch} the loss is ${loss}.${where} ` +
        "A smaller learning rate or scaled data usually helps.",
    );
    this.epoch = at.epoch;
    this.step = at.step;
    this.loss = loss;
    this.overflow = overflow;
  }
}

/** Says which operation overflowed, on what, and which weight is behind it. */
export function describeOverflow({ operation, input, tensor, size }: Overflow): string {
  if (input === undefined) return `${operation} gave ${size} (its gradient overflowed)`;
  return (
    `${operation} overflowed on inputs up to ${formatNumber(input)}; ` +
    `${tensor} has grown to ${formatNumber(size)}`
  );
}

/** Parameters of at most so many elements are kept before each update, which costs little. */
const SMALL = 65_536;

/** The weights before the last update, by which a divergence is explained and undone. */
export class LastGood {
  readonly #parameters: readonly Tensor[];
  #weights: readonly Tensor[] | undefined;
  readonly #small: boolean;

  constructor(model: Module) {
    this.#parameters = model.parameters();
    this.#small = this.#parameters.reduce((sum, { type }) => sum + type.size, 0) <= SMALL;
  }

  /** Keeps the weights as they are: values, so that nothing is copied. */
  keep(): void {
    if (this.#small) this.#weights = this.#parameters.map((parameter) => parameter.detach());
  }

  /** Puts them back, where they were kept. */
  restore(): void {
    const weights = this.#weights;
    if (weights === undefined) return;
    noGrad(() => this.#parameters.forEach((parameter, k) => parameter.set(weights[k]!)));
  }
}

/**
 * Runs one forward pass, layer by layer, with the weights that gave the loss that was not finite.
 */
export async function explainDivergence(
  model: Module,
  lossName: string,
  forward: () => unknown,
): Promise<Overflow> {
  model.eval();
  let [tensor, size] = ["", -1];
  for (const [name, parameter] of model.namedParameters()) {
    const largest = await largestOf(parameter);
    if (!Number.isFinite(largest)) {
      return { operation: `the update of ${name}`, tensor: name, size: largest };
    }
    if (largest > size) [tensor, size] = [name, largest];
  }
  const passed = passes(model, forward);
  let input = 0;
  for (const { name, module, given, made } of passed) {
    input = await largestOf(given);
    const operation = `layer ${name || "of the model"} (${module.constructor.name})`;
    if (!Number.isFinite(await largestOf(made))) return { operation, input, tensor, size };
  }
  const last = passed.at(-1);
  if (last !== undefined) input = await largestOf(last.made);
  return { operation: `the loss (${lossName})`, input, tensor, size };
}

interface Pass {
  readonly name: string;
  readonly module: Module;
  readonly given: unknown;
  readonly made: unknown;
}

/** Lists what went into each layer and what came out, in the order of the forward pass. */
function passes(model: Module, forward: () => unknown): Pass[] {
  const found: Pass[] = [];
  const leaves = model.namedModules().filter(([, module]) => module.children().length === 0);
  const hooks = leaves.map(([name, module]) =>
    module.registerForwardHook((_, given, made) => {
      found.push({ name, module, given, made });
    }),
  );
  try {
    noGrad(forward);
  } finally {
    for (const hook of hooks) hook.remove();
  }
  return found;
}

/** Returns the largest magnitude; NaN or ∞ where there is one. */
async function largestOf(values: unknown): Promise<number> {
  const tensors = (Array.isArray(values) ? values.flat() : [values]) as unknown[];
  let largest = 0;
  for (const one of tensors) {
    if (!(one instanceof Tensor)) continue;
    for (const value of await one.data()) {
      if (!Number.isFinite(value)) return value;
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return largest;
}
