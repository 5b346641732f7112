/** The loss over the epochs of a fit, thinned evenly so that it stays within 20,000 entries. */

/** The losses that were noted before a training goes on. */
export interface EarlierLosses {
  readonly epochs: readonly number[];
  readonly losses: readonly number[];
  readonly held: readonly number[];
}

/** The losses of a fit. */
export class LossHistory implements EarlierLosses {
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

  /** Returns what was noted so far, and will not change. */
  copy(): LossHistory {
    const copy = new LossHistory(0);
    copy.epochs.push(...this.epochs);
    copy.losses.push(...this.losses);
    copy.held.push(...this.held);
    return copy;
  }

  /** Notes what an earlier training did before `end`: its last entry came after its last update. */
  addEarlier({ epochs, losses, held }: EarlierLosses, end: number): void {
    epochs.forEach((epoch, i) => {
      if (epoch < end) this.add(epoch, losses[i]!, held[i]);
    });
  }
}
