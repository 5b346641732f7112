/** The numbers of an event by their names in a log. */
import { clock } from "../core/clock.ts";
import type { TrainEvent } from "./events.ts";

/** Returns what an event measured: `train/loss`, `validation/loss`, `train/lr`, metrics. */
export function scalarsOf(event: TrainEvent): [name: string, value: number][] {
  if (event.type === "step") {
    return [
      ["train/loss", event.loss],
      ["train/lr", event.lr],
    ];
  }
  if (event.type === "validation") {
    const metrics = Object.entries(event.metrics);
    const named = metrics.map(([name, value]): [string, number] => [`validation/${name}`, value]);
    return [["validation/loss", event.loss], ...named];
  }
  return event.type === "epochEnd" ? [["train/epochLoss", event.loss]] : [];
}

/** Says of steps which are written: one a second at most. */
export class Seconds {
  #last = -Infinity;
  readonly #ms: number;

  constructor(everySeconds: number) {
    this.#ms = 1000 * everySeconds;
  }

  /** Whether so much time has passed since it last was. */
  isDue(): boolean {
    const now = clock();
    if (now - this.#last < this.#ms) return false;
    this.#last = now;
    return true;
  }
}
