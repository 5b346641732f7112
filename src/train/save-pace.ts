/** How often a training is saved: at intervals, and soon after it became better. */
import { clock } from "../core/clock.ts";

/** The shortest time between two saves, and how much longer than a save it is. */
const [PAUSE_MS, SHARE] = [1000, 50];

/** Says when it is time for the next save. */
export class SavePace {
  readonly #everyMs: number;
  #saved = clock();
  #pause = PAUSE_MS;

  constructor(everySeconds: number) {
    this.#everyMs = 1000 * everySeconds;
  }

  /** Whether it is time: improvements wait a moment, so that saving takes little of the time. */
  isDue(improved: boolean): boolean {
    const passed = clock() - this.#saved;
    return passed >= this.#everyMs || (improved && passed >= this.#pause);
  }

  /** Saves, and begins to wait anew. */
  async save(write: () => Promise<void>): Promise<void> {
    const began = clock();
    await write();
    this.#saved = clock();
    this.#pause = Math.max(PAUSE_MS, SHARE * (this.#saved - began));
  }
}
