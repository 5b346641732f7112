/**
 * In which order samples come, as in `torch.utils.data`: at random, by weight, each class in its
 * share, group by group. A loader takes the whole order when an epoch begins, so that `manualSeed`
 * decides it and a run that is resumed finds it again.
 */
import { argumentError } from "../core/errors.ts";
import { log } from "../core/math.ts";
import { readNamed } from "../core/options.ts";
import { drawUniform } from "../tensor/random.ts";
import { randomOrder } from "./dataset.ts";
import type { Labels } from "./labels.ts";
import { membersOf } from "./labels.ts";

/** Numbers of samples, anew each time it is walked through. (PyTorch: `Sampler`.) */
export interface Sampler extends Iterable<number> {
  /** How many numbers there are. */
  readonly length: number;
}

/** Numbers of samples, a list for each batch. */
export interface BatchedSampler extends Iterable<ArrayLike<number>> {
  /** How many batches there are. */
  readonly length: number;
}

interface Sized {
  readonly length: number;
}

/** All samples in their order. (PyTorch: `torch.utils.data.SequentialSampler`.) */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(dataset: Sized) {
    this.length = dataset.length;
  }

  /** Walks through the numbers of an epoch. */
  [Symbol.iterator](): Iterator<number> {
    return Array(this.length).keys();
  }
}

const RANDOM = { replacement: false, numSamples: -1 };

/** How a random sampler draws. */
export interface RandomSamplerOptions {
  /** Whether a sample can come several times; default: false. */
  readonly replacement?: boolean;
  /** How many samples an epoch has; default: all. More of them begin another random order. */
  readonly numSamples?: number;
}

/** The samples in random order. (PyTorch: `torch.utils.data.RandomSampler`.) */
export class RandomSampler implements Sampler {
  readonly length: number;
  readonly #samples: number;
  readonly #replacement: boolean;

  constructor(dataset: Sized, options: RandomSamplerOptions = {}) {
    const { replacement, numSamples } = readNamed("RandomSampler", RANDOM, options);
    this.#samples = dataset.length;
    this.#replacement = replacement;
    this.length = numSamples === RANDOM.numSamples ? dataset.length : numSamples;
    needCount("RandomSampler: numSamples", this.length, 0);
    if (this.length > 0 && this.#samples === 0) {
      throw argumentError(`RandomSampler: numSamples is ${this.length}; there are no samples.`);
    }
  }

  /** Walks through the numbers of an epoch. */
  *[Symbol.iterator](): Iterator<number> {
    if (this.#replacement) {
      for (const u of drawUniform(this.length)) yield Math.floor(u * this.#samples);
      return;
    }
    for (let left = this.length; left > 0; left -= this.#samples) {
      yield* randomOrder(this.#samples).subarray(0, left);
    }
  }
}

/** Some samples in random order. (PyTorch: `torch.utils.data.SubsetRandomSampler`.) */
export class SubsetRandomSampler implements Sampler {
  readonly indices: Int32Array;

  constructor(indices: ArrayLike<number>) {
    this.indices = Int32Array.from(indices);
  }

  get length(): number {
    return this.indices.length;
  }

  /** Walks through the numbers of an epoch. */
  *[Symbol.iterator](): Iterator<number> {
    for (const i of randomOrder(this.length)) yield this.indices[i]!;
  }
}

const WEIGHTED = { replacement: true };

/**
 * Draws samples with probabilities in proportion to their weights, which need not sum to 1: rare
 * ones as often as frequent ones, say. Throws for weights below 0 or that are no numbers, and
 * where fewer samples have a weight than are asked for without replacement.
 * (PyTorch: `torch.utils.data.WeightedRandomSampler`.)
 */
export class WeightedRandomSampler implements Sampler {
  readonly weights: Float64Array;
  readonly length: number;
  readonly #replacement: boolean;

  constructor(
    weights: ArrayLike<number>,
    numSamples: number,
    options: { readonly replacement?: boolean } = {},
  ) {
    const owner = "WeightedRandomSampler";
    this.#replacement = readNamed(owner, WEIGHTED, options).replacement;
    this.weights = Float64Array.from(weights);
    this.length = numSamples;
    needCount(`${owner}: numSamples`, numSamples, 0);
    const wrong = this.weights.findIndex((w) => !(w >= 0 && w < Infinity));
    if (wrong >= 0) {
      throw argumentError(`${owner}: weight ${wrong} is ${this.weights[wrong]}; need 0 or more.`);
    }
    const weighty = this.weights.reduce((n, w) => n + Number(w > 0), 0);
    const most = this.#replacement && weighty > 0 ? Infinity : weighty;
    if (numSamples > most) {
      throw argumentError(
        `${owner}: ${numSamples} samples are to be drawn; ${weighty} have a weight above 0` +
          (most === 0 ? "." : ", and each comes at most once without replacement."),
      );
    }
  }

  /** Walks through the numbers of an epoch. */
  [Symbol.iterator](): Iterator<number> {
    return (this.#replacement ? this.#drawAgain() : this.#drawOnce())[Symbol.iterator]();
  }

  #drawAgain(): Int32Array {
    let sum = 0;
    const sums = this.weights.map((w) => (sum += w));
    const last = this.weights.findLastIndex((w) => w > 0); // where rounding leads past the end
    const chosen = (u: number): number => Math.min(firstAbove(sums, u * sum), last);
    return Int32Array.from(drawUniform(this.length), chosen);
  }

  /** The samples that come first where each waits for a time, exponential in its weight. */
  #drawOnce(): Int32Array {
    const times = drawUniform(this.weights.length).map((u, i) => -log(1 - u) / this.weights[i]!);
    const able = Int32Array.from(times.keys()).filter((i) => this.weights[i]! > 0);
    return able.sort((a, b) => times[a]! - times[b]! || a - b).subarray(0, this.length);
  }
}

/** Finds the first of some growing sums that is above x. */
function firstAbove(sums: Float64Array, x: number): number {
  let [low, high] = [0, sums.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * All samples in a random order in which each class keeps its share: of a batch of any size, a
 * class that makes up a fifth has a fifth, but for one or two samples.
 */
export class StratifiedSampler implements Sampler {
  readonly length: number;
  readonly #classes: readonly Int32Array[];

  constructor(labels: Labels) {
    this.#classes = membersOf(labels);
    this.length = this.#classes.reduce((n, members) => n + members.length, 0);
  }

  /** Walks through the numbers of an epoch. */
  *[Symbol.iterator](): Iterator<number> {
    // Each class is spread evenly over the epoch, from a random start on.
    const places = this.#classes.map((members) => {
      const [start] = drawUniform(1) as unknown as [number];
      const order = randomOrder(members.length);
      return Array.from(order, (j, k) => ({ at: (k + start) / order.length, i: members[j]! }));
    });
    for (const { i } of places.flat().sort((a, b) => a.at - b.at || a.i - b.i)) yield i;
  }
}

/**
 * The groups (patients, days, texts) in random order, the samples of each one after another in
 * their order.
 */
export class GroupSampler implements Sampler {
  readonly length: number;
  readonly #groups: readonly Int32Array[];

  constructor(groups: Labels) {
    this.#groups = membersOf(groups);
    this.length = this.#groups.reduce((n, members) => n + members.length, 0);
  }

  /** Walks through the numbers of an epoch. */
  *[Symbol.iterator](): Iterator<number> {
    for (const g of randomOrder(this.#groups.length)) yield* this.#groups[g]!;
  }
}

/** Makes batches of what a sampler draws. (PyTorch: `torch.utils.data.BatchSampler`.) */
export class BatchSampler implements BatchedSampler {
  readonly sampler: Sampler;
  readonly batchSize: number;
  readonly dropLast: boolean;

  constructor(sampler: Sampler, batchSize: number, dropLast = false) {
    needCount("BatchSampler: batchSize", batchSize, 1);
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
  }

  get length(): number {
    const batches = this.sampler.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** Walks through the batches of an epoch. */
  *[Symbol.iterator](): Iterator<Int32Array> {
    const order = Int32Array.from(this.sampler);
    const { batchSize } = this;
    const end = this.dropLast ? order.length - (order.length % batchSize) : order.length;
    for (let at = 0; at < end; at += batchSize) yield order.subarray(at, at + batchSize);
  }
}

function needCount(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw argumentError(`${what} is ${value}; need an integer from ${least} on.`);
}
