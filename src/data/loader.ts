/** DataLoader: a data set batch by batch, in order or shuffled anew for each epoch. */
import { argumentError } from "../core/errors.ts";
import { asGiven, readNamed } from "../core/options.ts";
import type { Batch, Dataset } from "./dataset.ts";
import { batchOf, randomOrder } from "./dataset.ts";

const LOADER = { batchSize: 1, shuffle: false, dropLast: false, collateFn: asGiven(undefined) };

/** How a loader makes batches. */
export interface LoaderOptions<S, B> {
  /** Samples in a batch; default: 1. */
  readonly batchSize?: number;
  /** Whether each epoch has a new random order, which `manualSeed` decides; default: false. */
  readonly shuffle?: boolean;
  /** Whether a last batch that is smaller is left out; default: false. */
  readonly dropLast?: boolean;
  /** Makes a batch of samples; default: `collate`. */
  readonly collateFn?: (samples: S[]) => B;
}

/**
 * A data set batch by batch: `for (const [x, y] of new DataLoader(data, { batchSize: 32, shuffle:
 * true }))`. Each loop is one epoch; `length` is its number of batches. Throws an argument error
 * for a batch size that is no integer from 1 on. (PyTorch: `torch.utils.data.DataLoader`.)
 */
export class DataLoader<S, B = Batch<S>> implements Iterable<B> {
  readonly dataset: Dataset<S>;
  readonly batchSize: number;
  readonly length: number;
  readonly #shuffle: boolean;
  readonly #collateFn: ((samples: S[]) => B) | undefined;

  constructor(dataset: Dataset<S>, options: LoaderOptions<S, B> = {}) {
    const { batchSize, shuffle, dropLast } = readNamed("DataLoader", LOADER, options);
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw argumentError(`DataLoader: batchSize is ${batchSize}; need an integer from 1 on.`);
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.#shuffle = shuffle;
    this.#collateFn = options?.collateFn;
    const batches = dataset.length / batchSize;
    this.length = dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** Gives the batches of one epoch. */
  *[Symbol.iterator](): Generator<B, void, undefined> {
    const { dataset, batchSize } = this;
    const collateFn = this.#collateFn;
    const { length } = dataset;
    const order = this.#shuffle ? randomOrder(length) : Int32Array.from({ length }, (_, i) => i);
    for (let k = 0; k < this.length; k++) {
      const indices = order.subarray(k * batchSize, (k + 1) * batchSize);
      if (collateFn === undefined) yield batchOf(dataset, indices) as unknown as B;
      else yield collateFn(Array.from(indices, (i) => dataset.at(i)!));
    }
  }
}
