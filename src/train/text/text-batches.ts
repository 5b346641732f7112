/** Batches of a text: blocks from places drawn at random, and the tokens that follow each. */
import { argumentError } from "../../core/errors.ts";
import { threefry } from "../../core/threefry.ts";
import { tensor } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { TokenSource } from "./token-source.ts";

/** How batches are drawn. */
export interface TextBatchesOptions {
  readonly batchSize: number;
  readonly blockSize: number;
  /** How many batches a walk has. */
  readonly count: number;
  readonly seed: number;
  /** Whether each walk has the same batches: to judge by. Default: false, they go on. */
  readonly fixed?: boolean;
}

/** Inputs and targets, int32 `[B, T]` each: the targets are one token on. */
export type TextBatch = readonly [input: Tensor, target: Tensor];

/**
 * Batches of blocks from random places: the k-th batch is a function of seed and k alone, so that a
 * training goes on with those that it would have had.
 */
export class TextBatches implements AsyncIterable<TextBatch> {
  readonly length: number;
  readonly #source: TokenSource;
  readonly #options: TextBatchesOptions;
  /** How many batches were drawn. */
  #drawn = 0;
  /** How many of the walk under way were drawn before it, by a training that was stopped. */
  #before = 0;

  constructor(source: TokenSource, options: TextBatchesOptions) {
    const { blockSize, count } = options;
    if (source.length <= blockSize) {
      throw argumentError(
        `TextBatches: ${source.length} tokens; a block of ${blockSize} and what follows needs ` +
          `${blockSize + 1}.`,
      );
    }
    this.#source = source;
    this.#options = options;
    this.length = count;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TextBatch, void, undefined> {
    if (this.#options.fixed === true) this.#drawn = 0;
    const left = this.length - this.#before;
    this.#before = 0;
    for (let k = 0; k < left; k++) yield this.#batch(this.#drawn++);
  }

  stateDict(): { readonly drawn: number } {
    return { drawn: this.#drawn };
  }

  loadStateDict({ drawn }: { readonly drawn: number }): void {
    this.#drawn = drawn;
    this.#before = drawn % this.length;
  }

  async #batch(k: number): Promise<TextBatch> {
    const { batchSize, blockSize, seed } = this.#options;
    const [input, target] = [0, 1].map(() => new Int32Array(batchSize * blockSize));
    const row = new Int32Array(blockSize + 1);
    for (let b = 0; b < batchSize; b++) {
      const read = this.#source.read(this.#place(k * batchSize + b, seed), row);
      if (read !== undefined) await read;
      input!.set(row.subarray(0, blockSize), b * blockSize);
      target!.set(row.subarray(1), b * blockSize);
    }
    const shape = [batchSize, blockSize];
    return [tensor(input!, { shape }), tensor(target!, { shape })];
  }

  /** A place from which a block and the token behind it can be read. */
  #place(n: number, seed: number): number {
    const [high, low] = threefry([n | 0, Math.floor(n / 4294967296)], [seed | 0, 0x7e87]);
    const share = ((high >>> 5) * 67108864 + (low >>> 6)) / 9007199254740992; // 53 bits, [0, 1)
    return Math.floor(share * (this.#source.length - this.#options.blockSize));
  }
}
