/** What logs of a training share: which events are written, and how often. */
import type { Callback } from "./callback.ts";
import type { TrainEvent } from "./events.ts";
import { Seconds } from "./scalars.ts";

/** How a log is written. */
export interface LogOptions {
  /** Seconds from one line of a step to the next; default: 1. Other events are always written. */
  readonly everySeconds?: number;
}

/** Notes steps now and then, validations and epochs always, and writes them once a second. */
export abstract class Log<Entry> implements Callback {
  abstract readonly name: string;
  readonly #everySeconds: number;
  #seconds = new Seconds(1);
  #writes = new Seconds(1);
  #entries: Entry[] = [];

  constructor({ everySeconds = 1 }: LogOptions = {}) {
    this.#everySeconds = everySeconds;
  }

  /** What is written of an event. */
  protected abstract entryOf(event: TrainEvent): Entry;

  /** Puts what was noted into the file. */
  protected abstract append(entries: readonly Entry[]): Promise<void>;

  /** Begins a training. */
  protected begin(): void {
    this.#seconds = new Seconds(this.#everySeconds);
    this.#writes = new Seconds(1);
    this.#entries = [];
  }

  onStep(event: TrainEvent): Promise<void> | undefined {
    return this.#seconds.isDue() ? this.note(event) : undefined;
  }

  onValidation(event: TrainEvent): Promise<void> | undefined {
    return this.note(event);
  }

  onEpochEnd(event: TrainEvent): Promise<void> | undefined {
    return this.note(event);
  }

  /** Notes an event; what was noted goes to the file together. */
  protected note(event: TrainEvent): Promise<void> | undefined {
    return this.add(this.entryOf(event));
  }

  /** Notes an entry. */
  protected add(entry: Entry): Promise<void> | undefined {
    this.#entries.push(entry);
    return this.#writes.isDue() ? this.write() : undefined;
  }

  /** Writes what was noted and is not yet in the file. */
  protected async write(): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    if (entries.length > 0) await this.append(entries);
  }
}
