/** The record of each epoch, thinned evenly where they become very many. */
import type { EpochRecord } from "./events.ts";

const MOST = 20_000;

/** What a training has noted. */
export class History {
  #records: EpochRecord[] = [];
  #stride = 1;

  /** The records; the epochs between them were thinned out. */
  get records(): readonly EpochRecord[] {
    return this.#records;
  }

  /** Notes an epoch. */
  add(record: EpochRecord): void {
    if (record.epoch % this.#stride !== 0) return;
    this.#records.push(record);
    if (this.#records.length <= MOST) return;
    this.#stride *= 2;
    this.#records = this.#records.filter(({ epoch }) => epoch % this.#stride === 0);
  }

  /** Takes over what was noted before. */
  load(records: readonly EpochRecord[]): void {
    this.#records = [...records];
    this.#stride = records.length < 2 ? 1 : records[1]!.epoch - records[0]!.epoch;
  }
}
