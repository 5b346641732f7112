/** Tells what happens in a training: its callbacks, and whoever walks through the events. */
import { isThenable } from "../core/thenable.ts";
import type { Callback, Training } from "./callback.ts";
import { HOOKS } from "./callback.ts";
import type { Channel } from "./channel.ts";
import type { TrainEvent } from "./events.ts";

/** Who listens to a training, in order; what nobody listens to is not told. */
export class Teller {
  readonly callbacks: readonly Callback[];
  /** Those that want to look into steps. */
  readonly inspectors: readonly Callback[];
  /** Where the events go that somebody walks through. */
  channel: Channel<TrainEvent> | undefined;
  readonly #heard: ReadonlySet<TrainEvent["type"]>;

  constructor(callbacks: readonly Callback[]) {
    this.callbacks = callbacks;
    this.inspectors = callbacks.filter((one) => one.inspects !== undefined);
    const types = Object.keys(HOOKS) as TrainEvent["type"][];
    const hears = (type: TrainEvent["type"]) => (one: Callback) => one[HOOKS[type]] !== undefined;
    this.#heard = new Set(types.filter((type) => callbacks.some(hears(type))));
  }

  /** Whether anybody wants to know of such an event. */
  hears(type: TrainEvent["type"]): boolean {
    return this.channel !== undefined || this.#heard.has(type);
  }

  /** Whether anybody wants to look into the step that follows so many updates. */
  inspects(step: number): boolean {
    return this.inspectors.length > 0 && this.inspectors.some((one) => one.inspects!(step));
  }

  /**
   * Tells the callbacks, one after the other, then whoever walks through the events; a promise only
   * where there is something to wait for.
   */
  tell(event: TrainEvent, training: Training, from = 0): Promise<void> | undefined {
    const hook = HOOKS[event.type];
    for (let k = from; k < this.callbacks.length; k++) {
      const done = this.callbacks[k]![hook]?.(event as never, training);
      if (isThenable(done))
        return Promise.resolve(done).then(() => this.tell(event, training, k + 1));
    }
    return this.channel?.put(event);
  }
}
