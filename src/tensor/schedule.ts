/** When a compiled function is traced again though nothing that can be seen has changed. */
import { clock } from "../core/clock.ts";

/** Each of the first calls is looked at; then no call is that many times as late as the last. */
const FIRST = 8;
const LATER = 4;
/** The share of time that checks may take beyond those that are sure. */
const SHARE = 0.03;

/**
 * The checks of one program: at each call up to the ninth, and later as often as 3 % of the time
 * that has passed allows; at the latest after four times as many calls.
 */
export class Schedule {
  readonly #began = clock();
  #spent = 0;
  #next = 0;

  /** Whether a check is due at the call after so many. */
  isDue(calls: number): boolean {
    return calls >= this.#next;
  }

  /** Notes what a check at the call after so many took, in milliseconds. */
  checked(calls: number, took: number): void {
    this.#spent += took;
    const passed = clock() - this.#began;
    // a coarse clock may not have moved
    const affordable = passed > 0 ? Math.ceil((calls * this.#spent) / (SHARE * passed)) : Infinity;
    const sure = calls < FIRST ? calls + 1 : LATER * calls;
    this.#next = Math.min(Math.max(calls + 1, affordable), sure);
  }
}
