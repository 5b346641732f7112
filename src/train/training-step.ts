/**
 * One step of a training: forward, loss, backward, update, zero, as one compiled program; gathered
 * over several batches, and clipped, where that is asked for.
 */
import { argumentError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { clipGradNorm } from "../nn/clip.ts";
import type { MSELoss } from "../nn/loss.ts";
import type { Module } from "../nn/module.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { compile, scalar } from "../tensor/compile.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { Tensor } from "../tensor/tensor.ts";

/** A loss of outputs and targets: a function, or a module such as `new nn.MSELoss()`. */
export type Loss = ((output: Tensor, target: Tensor) => Tensor) | Pick<MSELoss, "forward">;

/** What a step computes of a batch: a loss to follow downhill, and what else is to be known. */
export interface Computed {
  readonly loss: Tensor;
  readonly output?: Tensor;
  readonly target?: Tensor;
}

/** Computes the loss of a batch; the trainer does the rest. */
export type StepFn<B> = (batch: B) => Tensor | Computed;

/** What of an optimizer a training needs. */
export type Updater = Pick<
  Optimizer,
  "loadStateDict" | "stateDict" | "step" | "zeroGrad" | "paramGroups"
>;

/** What a step is made of. */
export interface StepParts<B> {
  readonly model: Module;
  readonly optimizer: Updater;
  readonly computed: (batch: B) => Computed;
  /** How errors call the loss. */
  readonly lossName: string;
  readonly compile: boolean;
  readonly clipGradNorm?: number | undefined;
}

/** One step of a training; trainings that share it share what it compiled. */
export class TrainingStep<B> {
  readonly lossName: string;
  /** Computes loss and output of a batch with the weights as they are. */
  readonly computed: (batch: B) => Computed;
  /** A whole step on one batch; returns the loss before the update. */
  readonly whole: (batch: B) => Tensor;
  /** Adds the gradients of a batch to those that are there; returns its loss. */
  readonly gather: (batch: B) => Tensor;
  readonly #update: () => void;
  readonly #parts: StepParts<B>;
  #gathered = 1;

  constructor(parts: StepParts<B>) {
    this.#parts = parts;
    this.lossName = parts.lossName;
    this.computed = parts.computed;
    this.whole = this.#made((batch) => {
      const { loss } = this.computed(batch); // 1 forward, 2 loss
      loss.backward(); // 3 backward
      this.#clip();
      parts.optimizer.step(); // 4 update
      parts.optimizer.zeroGrad(); // 5 zero
      return loss;
    });
    this.gather = this.#made((batch) => {
      const { loss } = this.computed(batch);
      loss.backward();
      return loss;
    });
    const update = (): void => {
      this.#average();
      this.#clip();
      parts.optimizer.step();
      parts.optimizer.zeroGrad();
    };
    this.#update = parts.compile ? compile(update) : update;
  }

  /** Updates by the mean of the gradients that were gathered over so many batches. */
  updateBy(batches: number): void {
    this.#gathered = batches;
    this.#update();
  }

  /** Clips and updates, after gradients that were looked at. */
  finish(): void {
    this.#clip();
    this.#parts.optimizer.step();
    this.#parts.optimizer.zeroGrad();
  }

  #clip(): void {
    const { clipGradNorm: limit, model } = this.#parts;
    if (limit !== undefined) clipGradNorm(model.parameters(), limit);
  }

  #average(): void {
    const share = scalar(() => 1 / this.#gathered);
    noGrad(() => {
      for (const parameter of this.#parts.model.parameters()) {
        if (parameter.grad !== null) parameter.grad = parameter.grad.mul(share);
      }
    });
  }

  /** Compiles a function of a batch; tensors in a list are handed over one by one: quickly. */
  #made(fn: (batch: B) => Tensor): (batch: B) => Tensor {
    if (!this.#parts.compile) return fn;
    const listed = compile((...parts: Tensor[]) => fn(parts as unknown as B)) as (
      ...parts: Tensor[]
    ) => Tensor;
    const single = compile(fn as (batch: unknown) => Tensor) as (batch: unknown) => Tensor;
    return (batch) =>
      Array.isArray(batch) ? listed(...(batch as Tensor[])) : single(batch as unknown);
  }
}

/** Makes the function that computes a batch of inputs and targets. */
export function computedBy<B>(model: Module, loss: Loss): (batch: B) => Computed {
  const lossOf =
    typeof loss === "function"
      ? loss
      : (output: Tensor, target: Tensor): Tensor => loss.forward(output, target);
  return (batch) => {
    if (!Array.isArray(batch) || batch.length !== 2) {
      const what = Array.isArray(batch) ? `a list of ${batch.length}` : show(batch);
      throw argumentError(
        `Trainer: a batch is ${what}; with the option loss it is a list [input, target]. For any ` +
          "other give step, a function of a batch that returns its loss.",
      );
    }
    const [input, target] = batch as [Tensor, Tensor];
    const output = (model as { forward(input: Tensor): unknown }).forward(input) as Tensor;
    return { loss: lossOf(output, target), output, target };
  };
}

/** Makes the same of the user's own function. */
export function computedByStep<B>(step: StepFn<B>): (batch: B) => Computed {
  return (batch) => {
    const made = step(batch);
    const loss = made instanceof Tensor ? made : made?.loss;
    if (loss instanceof Tensor) return made instanceof Tensor ? { loss } : made;
    throw argumentError(
      `Trainer: step returned ${show(made)}; need the loss, a tensor of one number, or { loss }.`,
    );
  };
}

/** How many rows a batch has: those of its first tensor; 1 where there is none. */
export function rowsIn(batch: unknown): number {
  if (batch instanceof Tensor || ArrayBuffer.isView(batch)) {
    return batch instanceof Tensor ? (batch.shape[0] ?? 1) : 1;
  }
  if (typeof batch !== "object" || batch === null) return 1;
  for (const part of Array.isArray(batch) ? batch : Object.values(batch)) {
    if (part instanceof Tensor) return part.shape[0] ?? 1;
  }
  return 1;
}
