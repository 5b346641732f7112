/** DataLoader: a data set batch by batch, in order or shuffled anew for each epoch. */
import { argumentError, NablaError } from "../core/errors.ts";
import { unknownKeys } from "../core/keys.ts";
import { asGiven, readNamed } from "../core/options.ts";
import { isThenable } from "../core/thenable.ts";
import { randomState } from "../tensor/random.ts";
import type { Batch, Dataset } from "./dataset.ts";
import { batchOf, collate } from "./dataset.ts";
import { drawnFrom } from "./random.ts";
import type { BatchedSampler, Sampler } from "./sampler.ts";
import { BatchSampler, RandomSampler, SequentialSampler } from "./sampler.ts";

const LOADER = {
  batchSize: 1,
  shuffle: false,
  sampler: asGiven(undefined),
  batchSampler: asGiven(undefined),
  dropLast: false,
  collateFn: asGiven(undefined),
  prefetch: 0,
};

/** How a loader makes batches. */
export interface LoaderOptions<S, B> {
  /** Samples in a batch; default: 1. */
  readonly batchSize?: number;
  /** Whether each epoch has a new random order, which `manualSeed` decides; default: false. */
  readonly shuffle?: boolean;
  /** The samples of an epoch and their order; instead of `shuffle`. */
  readonly sampler?: Sampler;
  /** The batches of an epoch; instead of `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  readonly batchSampler?: BatchedSampler;
  /** Whether a last batch that is smaller is left out; default: false. */
  readonly dropLast?: boolean;
  /** Makes a batch of samples; default: `collate`. */
  readonly collateFn?: (samples: Awaited<S>[]) => B;
  /** How many batches `for await` has made ready ahead of the one in use; default: 0. */
  readonly prefetch?: number;
}

/** Where a loader is: what JSON can hold. */
export interface LoaderState {
  /** The number of the epoch, from 0 on: how many were begun before it. */
  readonly epoch: number;
  /** How many batches of the epoch were given; the next loop goes on behind them. */
  readonly position: number;
  /** Samples of an epoch and batches, by which `loadStateDict` knows another data set. */
  readonly samples: number;
  readonly batches: number;
  /** The state of the random numbers from which the order of this epoch was drawn. */
  readonly seed: number;
  readonly draws: number;
}

const STATE_KEYS = ["epoch", "position", "samples", "batches", "seed", "draws"] as const;

/** One walk through the data. */
interface Epoch {
  readonly state: LoaderState;
  readonly batches: readonly ArrayLike<number>[];
  position: number;
}

/**
 * A data set batch by batch: `for (const [x, y] of new DataLoader(data, { batchSize: 32, shuffle:
 * true }))`. Each loop is one epoch; `length` is its number of batches. A data set whose samples
 * are promises is walked through by `for await`, in the same order. Throws an argument error for
 * a batch size that is no integer from 1 on. (PyTorch: `torch.utils.data.DataLoader`.)
 */
export class DataLoader<S, B = Batch<Awaited<S>>> implements Iterable<B>, AsyncIterable<B> {
  readonly dataset: Dataset<S>;
  readonly batchSize: number;
  /** How many batches `for await` has made ready ahead of the one in use. */
  readonly prefetch: number;
  readonly #batches: BatchedSampler;
  readonly #collateFn: ((samples: Awaited<S>[]) => B) | undefined;
  /** The latest loop, and what the next one is to go on with. */
  #epoch: Epoch | undefined;
  #resume: LoaderState | undefined;
  #begun = 0;

  constructor(dataset: Dataset<S>, options: LoaderOptions<S, B> = {}) {
    const { batchSize, shuffle, dropLast, prefetch } = readNamed("DataLoader", LOADER, options);
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw argumentError(`DataLoader: batchSize is ${batchSize}; need an integer from 1 on.`);
    }
    if (!Number.isInteger(prefetch) || prefetch < 0) {
      throw argumentError(`DataLoader: prefetch is ${prefetch}; need an integer from 0 on.`);
    }
    refuseBoth(options, "sampler", ["shuffle"]);
    refuseBoth(options, "batchSampler", ["batchSize", "shuffle", "sampler", "dropLast"]);
    this.dataset = dataset;
    this.batchSize = batchSize;
    const own = shuffle ? new RandomSampler(dataset) : new SequentialSampler(dataset);
    this.#batches =
      options.batchSampler ?? new BatchSampler(options.sampler ?? own, batchSize, dropLast);
    this.#collateFn = options.collateFn;
    this.prefetch = prefetch;
  }

  /** The number of batches in an epoch. */
  get length(): number {
    return this.#batches.length;
  }

  /** Gives the batches of one epoch. */
  *[Symbol.iterator](): Generator<B, void, undefined> {
    const epoch = this.#begin();
    while (epoch.position < epoch.batches.length) {
      const batch = this.#load(epoch.batches[epoch.position]!);
      if (isThenable(batch)) {
        Promise.resolve(batch).catch(() => undefined); // this error is the one to report
        throw argumentError(
          "DataLoader: the samples are promises; need for await (const batch of loader).",
        );
      }
      epoch.position++;
      yield batch;
    }
    this.#end(epoch);
  }

  /**
   * Gives the batches of one epoch and makes `prefetch` of them ready ahead. A sample that fails
   * fails the loop when its batch is due. A loop that is left begins nothing more.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    const epoch = this.#begin();
    const { batches } = epoch;
    const ahead: Promise<B>[] = [];
    let next = epoch.position;
    while (epoch.position < batches.length) {
      while (next < batches.length && next <= epoch.position + this.prefetch) {
        const loading = this.#later(batches[next++]!);
        loading.catch(() => undefined); // it is told when its turn comes, if it does
        ahead.push(loading);
      }
      const batch = await ahead.shift()!;
      epoch.position++;
      yield batch;
    }
    this.#end(epoch);
  }

  /**
   * Says where the latest loop is, as plain numbers: after a batch was given, it counts as done.
   * Save `randomState()` as well: what else is drawn at random, later epochs too, goes on from
   * there.
   */
  stateDict(): LoaderState {
    if (this.#resume !== undefined) return this.#resume;
    if (this.#epoch !== undefined) {
      return { ...this.#epoch.state, position: this.#epoch.position };
    }
    return { epoch: this.#begun, position: 0, ...this.#sizes(), ...randomState() };
  }

  /**
   * Puts the loader where a saved one was: the next loop gives the rest of that epoch, the same
   * batches in the same order. The random numbers stay as they are. Throws for a state that is
   * damaged, or of other data or batches.
   */
  loadStateDict(state: LoaderState): void {
    const faults = unknownKeys(state, STATE_KEYS, "the state");
    for (const key of STATE_KEYS) {
      const value = state[key];
      if (!Number.isSafeInteger(value) || value < 0) faults.push(`${key} is ${String(value)}`);
    }
    const sizes = this.#sizes();
    for (const key of ["samples", "batches"] as const) {
      if (state[key] === sizes[key]) continue;
      faults.push(`it has ${state[key]} ${key}, here are ${sizes[key]}`);
    }
    if (state.position > state.batches) faults.push(`position is beyond the last batch`);
    if (faults.length > 0) {
      const text = `DataLoader: the state cannot be loaded: ${faults.join("; ")}.`;
      throw new NablaError("state", text);
    }
    this.#resume = Object.freeze({ ...state });
    this.#epoch = undefined;
    this.#begun = state.epoch;
  }

  #sizes(): { samples: number; batches: number } {
    return { samples: this.dataset.length, batches: this.length };
  }

  /** Begins an epoch, or goes on with one: its order is drawn here, all of it. */
  #begin(): Epoch {
    const resume = this.#resume;
    this.#resume = undefined;
    const within = resume !== undefined && resume.position > 0;
    const state = within
      ? resume
      : { epoch: this.#begun, position: 0, ...this.#sizes(), ...randomState() };
    const batches = within ? drawnFrom(state, () => this.#draw()) : this.#draw();
    const epoch = { state, batches, position: state.position };
    this.#begun = state.epoch + 1;
    this.#epoch = epoch;
    return epoch;
  }

  #end(epoch: Epoch): void {
    if (this.#epoch === epoch) this.#epoch = undefined;
  }

  #draw(): ArrayLike<number>[] {
    const batches = Array.from(this.#batches);
    const { length } = this.dataset;
    const isOne = (i: number): boolean => Number.isInteger(i) && i >= 0 && i < length;
    for (const batch of batches) {
      const wrong = Array.prototype.find.call(batch, (i: number) => !isOne(i)) as unknown;
      if (wrong === undefined) continue;
      throw argumentError(
        `DataLoader: the sampler gives sample ${String(wrong)}; there are ${length}, from 0 on.`,
      );
    }
    return batches;
  }

  /** Makes a batch: at once, or a promise where samples are. */
  #load(numbers: ArrayLike<number>): B | Promise<B> {
    const { dataset } = this;
    const indices = numbers instanceof Int32Array ? numbers : Int32Array.from(numbers);
    const collateFn = this.#collateFn;
    if (collateFn === undefined && dataset.batch !== undefined) {
      return batchOf(dataset, indices) as unknown as B | Promise<B>;
    }
    const make = collateFn ?? (collate as unknown as (samples: Awaited<S>[]) => B);
    const samples = Array.from(indices, (i) => dataset.at(i)!);
    if (!samples.some(isThenable)) return make(samples as Awaited<S>[]);
    return Promise.all(samples).then(make);
  }

  /** Makes a batch as a promise that fails instead of throwing. */
  async #later(numbers: ArrayLike<number>): Promise<B> {
    return this.#load(numbers);
  }
}

function refuseBoth(options: object, one: string, others: readonly string[]): void {
  const given = (key: string): boolean => {
    const value = (options as Record<string, unknown>)[key];
    return value !== undefined && value !== null && value !== false;
  };
  const other = given(one) ? others.find(given) : undefined;
  if (other === undefined) return;
  throw argumentError(`DataLoader: ${one} and ${other} are both given; ${one} decides it alone.`);
}
