/**
 * The loop over epochs: watches the loss, keeps its history, stops when asked, stops when it
 * diverges.
 */
import { NablaError } from "../core/errors.ts";

/** What a loop is told and whom it tells. */
export interface LoopOptions {
  readonly epochs: number;
  /** Is told the loss at the start of each epoch, before its update. */
  readonly onEpoch?: (epoch: number, loss: number) => void;
  /** Is asked after each epoch; true ends the loop there. */
  readonly shouldStop?: () => boolean;
}

/** What a loop has done. */
export interface LoopResult {
  /** How many epochs were run. */
  readonly epochs: number;
  readonly history: LossHistory;
}

/** The loss over the epochs, thinned evenly so that it stays within 20,000 entries. */
export class LossHistory {
  readonly epochs: number[] = [];
  readonly losses: number[] = [];
  readonly #stride: number;

  constructor(epochs: number) {
    this.#stride = Math.max(1, Math.ceil(epochs / 20_000));
  }

  /** Notes the loss of an epoch; `always` keeps it whatever the stride. */
  add(epoch: number, loss: number, always = false): void {
    if (!always && epoch % this.#stride !== 0) return;
    this.epochs.push(epoch);
    this.losses.push(loss);
  }
}

/** Training that ran into a loss that is not a number. */
export class DivergedError extends NablaError {
  readonly epoch: number;
  readonly loss: number;
  /** The parameter that has gone farthest, where that is known. */
  tensor: string | undefined;

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
  let resumed = performance.now();
  let epoch = 0;
  while (epoch < options.epochs) {
    const loss = await step();
    if (!Number.isFinite(loss)) throw new DivergedError(epoch, loss);
    history.add(epoch, loss);
    options.onEpoch?.(epoch, loss);
    epoch++;
    if (performance.now() - resumed > SLICE_MS) {
      await breathe();
      resumed = performance.now();
    }
    if (options.shouldStop?.()) break;
  }
  return { epochs: epoch, history };
}

/** Lets the host deliver what waits: signals, a page's events. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
