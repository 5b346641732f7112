/** Hands events of a training to whoever walks through them: each is made when asked for. */

interface Waiting<T> {
  readonly event: T;
  /** Lets the training go on. */
  readonly taken: () => void;
}

/** A way from one who tells to one who listens, who go on in turns. */
export class Channel<T> {
  readonly #waiting: Waiting<T>[] = [];
  /** The event that the listener looks at. */
  #current: Waiting<T> | undefined;
  #open = true;
  #wake: () => void = () => undefined;

  /** Hands an event over; resolves when the listener asks for the next. */
  put(event: T): Promise<void> {
    if (!this.#open) return Promise.resolve();
    return new Promise((taken) => {
      this.#waiting.push({ event, taken });
      this.#wake();
    });
  }

  /** Says that there will be no more. */
  close(): void {
    this.#open = false;
    this.#current?.taken();
    for (const { taken } of this.#waiting) taken();
    this.#wake();
  }

  /** Gives the events as they come, until it is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#current = next;
        yield next.event;
        this.#current = undefined;
        next.taken();
      } else if (this.#open) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      } else return;
    }
  }
}
