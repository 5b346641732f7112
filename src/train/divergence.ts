/** Training that diverged: the first operation whose result is not finite, and why. */
import { clock } from "../core/clock.ts";
import { NablaError } from "../core/errors.ts";
import { formatNumber } from "../core/format.ts";
import type { Module } from "../nn/module.ts";
import type { OptimizerState } from "../optim/optimizer.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { randomState, setRandomState } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Updater } from "./training-step.ts";

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

/** Models of at most so many elements can go back, which costs them little. */
const SMALL = 65_536;

/**
 * The weights are kept once for so many steps, milliseconds and elements of batches: what is kept
 * cannot be updated in place. The steps since are made again where somebody wants to go back.
 */
const MOST = { steps: 4096, ms: 20, elements: 1 << 20 };

/** What a model can go back by. */
export interface Returning {
  readonly model: Module;
  readonly optimizer: Updater;
  /** Whether a step is a pure function of model, optimizer, random numbers and batch. */
  readonly replays: boolean;
}

/** The way back to the weights before the last update, by which a divergence is explained. */
export class LastGood<B> {
  readonly #optimizer: Updater;
  readonly #cells: readonly Tensor[];
  readonly #small: boolean;
  readonly #replays: boolean;
  #values: readonly Tensor[] = [];
  #state: OptimizerState | undefined;
  /** The steps since: what each began with, and its loss. */
  readonly #batches: B[] = [];
  readonly #draws = new Float64Array(MOST.steps);
  readonly #losses = new Float64Array(MOST.steps);
  #begun = 0;
  #ended = 0;
  #seed = 0;
  #room = -1;
  #until = 0;

  constructor({ model, optimizer, replays }: Returning) {
    const parameters = model.parameters();
    this.#optimizer = optimizer;
    this.#cells = [...parameters, ...model.buffers()];
    this.#small = parameters.reduce((sum, { type }) => sum + type.size, 0) <= SMALL;
    this.#replays = replays;
  }

  /** Notes that a step begins. */
  begin(batch: B): void {
    if (!this.#small) return;
    const size = elementsOf(batch);
    const { seed, draws } = randomState();
    const full = this.#room < size || this.#begun === MOST.steps;
    if (full || seed !== this.#seed) this.#keep(size, seed);
    this.#room -= size;
    this.#draws[this.#begun] = draws;
    this.#batches[this.#begun++] = batch;
  }

  /** Notes that it ended. */
  end(loss: number): void {
    if (this.#ended < this.#begun) this.#losses[this.#ended++] = loss;
  }

  /** Lets the next step begin anew where it is late. */
  age(now: number): void {
    if (now > this.#until) this.forget();
  }

  /** Forgets what was before: somebody else may have changed it. */
  forget(): void {
    this.#room = -1;
  }

  /** Keeps everything as it is: values, so that nothing is copied. */
  #keep(size: number, seed: number): void {
    const replays = this.#replays && size <= MOST.elements;
    this.#values = this.#cells.map((cell) => cell.detach());
    this.#state = replays ? this.#optimizer.stateDict() : undefined;
    this.#batches.fill(undefined as B); // the batches of before are not to live on
    [this.#begun, this.#ended, this.#seed] = [0, 0, seed];
    this.#room = replays ? MOST.elements : -1;
    this.#until = clock() + MOST.ms;
  }

  /**
   * Goes back to before the step under way. Says whether it came there: steps that gave other
   * losses when they were made again were changed from outside, and then all is as it was.
   */
  async goBack(again: (batch: B) => Tensor): Promise<boolean> {
    if (!this.#small) return true;
    const [values, random] = [this.#cells.map((cell) => cell.detach()), randomState()];
    this.restore();
    if (this.#state !== undefined) this.#optimizer.loadStateDict(this.#state);
    let same = true;
    for (let k = 0; same && k < this.#begun - 1; k++) {
      setRandomState({ seed: this.#seed, draws: this.#draws[k]! });
      same = Object.is(await again(this.#batches[k]!).item(), this.#losses[k]);
    }
    setRandomState(random);
    if (!same) this.#put(values);
    return same;
  }

  /** Puts back what was kept, some steps ago. */
  restore(): void {
    if (this.#small) this.#put(this.#values);
  }

  #put(values: readonly Tensor[]): void {
    noGrad(() => this.#cells.forEach((cell, k) => cell.set(values[k]!)));
  }
}

/** How many elements a list of tensors has; no other batch is kept, since it may change. */
function elementsOf(batch: unknown): number {
  if (!Array.isArray(batch)) return batch instanceof Tensor ? batch.type.size : Infinity;
  let sum = 0;
  for (const part of batch) sum += part instanceof Tensor ? part.type.size : Infinity;
  return sum;
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
