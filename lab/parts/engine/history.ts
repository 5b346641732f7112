/** A loss curve of bounded length: when it is full, every second entry goes and the stride doubles. */

/** Entries kept at most. */
const MOST = 240;

/** The curve so far, as the page draws it. */
export interface Curve {
  readonly epochs: readonly number[];
  readonly losses: readonly number[];
  readonly heldOut: readonly number[];
}

/** The loss over the epochs, and the held-out loss where there is one. */
export class History {
  private entries: { epoch: number; loss: number; heldOut?: number }[] = [];
  private stride = 1;

  /** Returns whether this epoch belongs to the curve. */
  wants(epoch: number): boolean {
    return epoch % this.stride === 0;
  }

  /** Notes an epoch. */
  add(epoch: number, loss: number, heldOut?: number): void {
    this.entries.push(heldOut === undefined ? { epoch, loss } : { epoch, loss, heldOut });
    if (this.entries.length <= MOST) return;
    this.stride *= 2;
    this.entries = this.entries.filter((entry) => entry.epoch % this.stride === 0);
  }

  /** Returns the curve as lists. */
  read(): Curve {
    return {
      epochs: this.entries.map(({ epoch }) => epoch),
      losses: this.entries.map(({ loss }) => loss),
      heldOut: this.entries.flatMap(({ heldOut }) => heldOut ?? []),
    };
  }

  /** Returns what `restore` takes. */
  save(): unknown {
    return { entries: this.entries.slice(), stride: this.stride };
  }

  /** Goes back to what `save` returned. */
  restore(saved: unknown): void {
    const { entries, stride } = saved as { entries: History["entries"]; stride: number };
    this.entries = entries.slice();
    this.stride = stride;
  }
}
