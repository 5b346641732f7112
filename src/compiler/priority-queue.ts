/** A queue that gives back the smallest first. */

/** Numbers in a heap: the smallest key first. */
export class PriorityQueue {
  readonly #entries: [number, number][] = [];

  /** Adds a number under a key. */
  push(key: number, value: number): void {
    const entries = this.#entries;
    let at = entries.push([key, value]) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (entries[up]![0] <= entries[at]![0]) break;
      [entries[up], entries[at]] = [entries[at]!, entries[up]!];
      at = up;
    }
  }

  /** Takes out the number of the smallest key. */
  pop(): number | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const end = entries.pop();
    if (top === undefined || end === undefined) return undefined;
    if (entries.length > 0) this.#sink(end);
    return top[1];
  }

  #sink(entry: [number, number]): void {
    const entries = this.#entries;
    let at = 0;
    entries[0] = entry;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= entries.length) return;
      if (child + 1 < entries.length && entries[child + 1]![0] < entries[child]![0]) child++;
      if (entries[at]![0] <= entries[child]![0]) return;
      [entries[at], entries[child]] = [entries[child]!, entries[at]!];
      at = child;
    }
  }
}
