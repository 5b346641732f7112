/**
 * A loss curve of bounded length: every epoch at first, then ever fewer, 32 each time that the number
 * of epochs doubles. So the first fall stays as it was however long a run goes on.
 */

/** Up to here every epoch is kept. */
const ALL = 256;

/** The distance of the entries around an epoch, a power of two. */
function strideAt(epoch: number): number {
  return epoch < ALL ? 1 : Math.pow(2, Math.floor(Math.log2(epoch)) - 5);
}

/** The curve so far, as the page draws it. */
export interface Curve {
  readonly epochs: readonly number[];
  readonly losses: readonly number[];
  readonly heldOut: readonly number[];
}

/** The loss over the epochs, and the held-out loss where there is one. */
export class History {
  private entries: { epoch: number; loss: number; heldOut?: number }[] = [];

  /** Returns whether this epoch belongs to the curve. */
  wants(epoch: number): boolean {
    return epoch % strideAt(epoch) === 0;
  }

  /** Notes an epoch. */
  add(epoch: number, loss: number, heldOut?: number): void {
    this.entries.push(heldOut === undefined ? { epoch, loss } : { epoch, loss, heldOut });
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
    return this.entries.slice();
  }

  /** Goes back to what `save` returned. */
  restore(saved: unknown): void {
    this.entries = (saved as History["entries"]).slice();
  }
}
