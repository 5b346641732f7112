/** The time of a training: when it is over, and when the host needs its turn. */
import { clock } from "../core/clock.ts";

/** How long the host may have to wait for its turn. */
const SLICE_MS = 40;

/** So many steps share a reading of the clock, where together they take less than such a time. */
const SHARED = { steps: 16, ms: 1 };

/** Counts steps, and reads the clock as seldom as that allows: for small steps it is dear. */
export class Pace {
  /** The time when the clock was last read. */
  now = clock();
  readonly #deadline: number;
  #breathed = this.now;
  #stride = 1;
  #left = 1;

  /** Begins a training of at most so many seconds. */
  constructor(maxTime: number) {
    this.#deadline = this.now + 1000 * maxTime;
  }

  /** Counts a step; says whether the clock was read after it. */
  tick(): boolean {
    if (--this.#left > 0) return false;
    const now = clock();
    const quick = now - this.now < SHARED.ms && this.#deadline === Infinity;
    this.#stride = quick ? Math.min(2 * this.#stride, SHARED.steps) : 1;
    [this.#left, this.now] = [this.#stride, now];
    return true;
  }

  /** Whether the training has had its time. */
  get isOver(): boolean {
    return this.now > this.#deadline;
  }

  /** Gives the host its turn where it has waited for long. */
  breathe(): Promise<void> | undefined {
    if (this.now - this.#breathed <= SLICE_MS) return undefined;
    this.#breathed = this.now;
    return new Promise((resolve) => setTimeout(resolve, 0));
  }
}
