/** Where an epoch stands: how many of its batches were used, their losses, and how to go on. */
import { randomState, setRandomState } from "../tensor/random.ts";
import type { Batches, Walk } from "./batches.ts";
import { walk } from "./batches.ts";

/** The state of the random numbers. */
type RandomState = ReturnType<typeof randomState>;

/** What a checkpoint keeps of an epoch under way. */
export interface PlaceState {
  readonly batch: number;
  /** Whether that is all of them. */
  readonly whole: boolean;
  readonly first: number;
  readonly sum: number;
  readonly rows: number;
  /** The random numbers from which the epoch drew its order. */
  readonly random: RandomState;
}

/** Whether batches say where they are, and can be put back there. */
export function knowsItsPlace(batches: Batches<never> | Batches<unknown>): boolean {
  return batches.stateDict !== undefined && batches.loadStateDict !== undefined;
}

/** The epoch under way. */
export class EpochPlace {
  /** How many batches were used. */
  batch = 0;
  /** Whether the walk through the batches is over. */
  whole = false;
  /** How many batches were gathered for the next update; none where a checkpoint is made. */
  gathered = 0;
  /** When it began, or was gone on with. */
  began = 0;
  /** The loss of the last batch. */
  last = 0;
  #first = 0;
  #sum = 0;
  #rows = 0;
  #random: RandomState | undefined;

  constructor(state?: PlaceState) {
    if (state === undefined) return;
    [this.batch, this.whole] = [state.batch, state.whole];
    [this.#first, this.#sum, this.#rows] = [state.first, state.sum, state.rows];
    this.#random = state.random;
  }

  /** Begins the walk through the batches, or goes on behind those that were used. */
  walk<B>(batches: Batches<B>): Walk<B> | Promise<Walk<B>> {
    const now = randomState();
    const before = this.#random;
    this.#random ??= now;
    if (before === undefined || this.batch === 0 || knowsItsPlace(batches)) return walk(batches);
    return this.#skip(batches, before, now);
  }

  async #skip<B>(batches: Batches<B>, before: RandomState, now: RandomState): Promise<Walk<B>> {
    setRandomState(before);
    const steps = walk(batches);
    for (let k = 0; k < this.batch; k++) await steps.next();
    setRandomState(now);
    return steps;
  }

  /** Notes a batch. */
  add(loss: number, rows: number): void {
    if (this.batch === 0) this.#first = loss;
    this.#sum += loss * rows;
    this.#rows += rows;
    this.last = loss;
    this.batch++;
    this.gathered++;
  }

  /** The mean loss over all rows; that of a single batch as it is, to the bit. */
  get loss(): number {
    return this.batch === 1 ? this.#first : this.#sum / this.#rows;
  }

  /** Returns what is needed to go on later. */
  state(): PlaceState {
    const { batch, whole } = this;
    const random = this.#random ?? randomState();
    return { batch, whole, first: this.#first, sum: this.#sum, rows: this.#rows, random };
  }
}
