/**
 * The loop over epochs: watches the loss, keeps its history, stops when asked, when held-out rows
 * get no better, and when it diverges.
 */
import { NablaError } from "../core/errors.ts";
import type { Overflow } from "./divergence.ts";
import type { EarlierLosses } from "./training-state.ts";

/** What a loop is told and whom it tells. */
export interface LoopOptions {
  readonly epochs: number;
  /** Is told the loss at the start of each epoch, before its update. */
  readonly onEpoch?: (epoch: number, loss: number) => void;
  /** Is asked after each epoch; true ends the loop there. */
  readonly shouldStop?: () => boolean;
  /** Computes the loss of rows that are not trained on, before each epoch. */
  readonly heldOut?: () => Promise<number>;
  /** Stops after so many epochs without a smaller held-out loss. */
  readonly patience?: number;
  /** Is told before each epoch that is the best so far by its held-out loss. */
  readonly onBest?: (epoch: number, loss: number) => void;
  /** Where an earlier training stood that this one goes on with. */
  readonly from?: LoopStart;
}

/** Where a loop begins that goes on with another: its epochs, its best, and what it noted. */
export interface LoopStart {
  readonly epochs: number;
  readonly best?: { readonly epoch: number; readonly loss: number };
  readonly earlier: EarlierLosses;
}

/** What a loop has done. */
export interface LoopResult {
  /** How many epochs were run. */
  readonly epochs: number;
  readonly history: LossHistory;
  /** Whether it stopped because held-out rows got no better. */
  readonly ranDry: boolean;
}

/** The loss over the epochs, thinned evenly so that it stays within 20,000 entries. */
export class LossHistory {
  readonly epochs: number[] = [];
  readonly losses: number[] = [];
  /** The losses of held-out rows; empty where none are held out. */
  readonly held: number[] = [];
  readonly #stride: number;

  constructor(epochs: number) {
    this.#stride = Math.max(1, Math.ceil(epochs / 20_000));
  }

  /** Notes the losses of an epoch; `always` keeps them whatever the stride. */
  add(epoch: number, loss: number, held?: number, always = false): void {
    if (!always && epoch % this.#stride !== 0) return;
    this.epochs.push(epoch);
    this.losses.push(loss);
    if (held !== undefined) this.held.push(held);
  }

  /** Notes what an earlier training did before `end`: its last entry came after its last update. */
  addEarlier({ epochs, losses, held }: EarlierLosses, end: number): void {
    epochs.forEach((epoch, i) => {
      if (epoch < end) this.add(epoch, losses[i]!, held[i]);
    });
  }
}

/** Training that ran into a loss that is not a number. */
export class DivergedError extends NablaError {
  readonly epoch: number;
  readonly loss: number;
  /** The first operation whose result was not finite, where that is known. */
  overflow: Overflow | undefined;

  constructor(epoch: number, loss: number) {
    super(
      "state",
      `Training diverged: at epoch ${epoch} the loss is ${loss}. ` +
        "A smaller learning rate or scaled data usually helps.",
    );
    this.epoch = epoch;
    this.loss = loss;
  }
}

const SLICE_MS = 40;

/**
 * Runs `step` for each epoch; throws a {@link DivergedError} at the first loss that is not finite.
 */
export async function runEpochs(
  step: () => Promise<number>,
  options: LoopOptions,
): Promise<LoopResult> {
  const history = new LossHistory(options.epochs);
  const patience = options.patience ?? Infinity;
  let resumed = performance.now();
  const { from } = options;
  let epoch = from?.epochs ?? 0;
  let [best, bestEpoch] = [from?.best?.loss ?? Infinity, from?.best?.epoch ?? 0];
  if (from !== undefined) history.addEarlier(from.earlier, epoch);
  while (epoch < options.epochs) {
    const held = await options.heldOut?.();
    if (held !== undefined && held < best) {
      [best, bestEpoch] = [held, epoch];
      options.onBest?.(epoch, held);
    }
    if (epoch - bestEpoch >= patience) return { epochs: epoch, history, ranDry: true };
    const loss = await step();
    if (!Number.isFinite(loss)) throw new DivergedError(epoch, loss);
    history.add(epoch, loss, held);
    options.onEpoch?.(epoch, loss);
    epoch++;
    if (performance.now() - resumed > SLICE_MS) {
      await breathe();
      resumed = performance.now();
    }
    if (options.shouldStop?.()) break;
  }
  return { epochs: epoch, history, ranDry: false };
}

/** Lets the host deliver what waits: signals, a page's events. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
