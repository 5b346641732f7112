/**
 * Tries settings on rows that are not trained on: parts of the rows are held out, a network is
 * trained for each part and each weight decay, all at once, and each epoch is judged.
 */
import { takeRows } from "../../data/rows.ts";
import { tensor } from "../../tensor/create.ts";
import { manualSeed } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Split } from "../split.ts";
import { shuffle } from "../split.ts";
import type { Encoded } from "./dataset.ts";
import type { HerdBatch } from "./herd.ts";
import { Herd } from "./herd.ts";
import { innerFolds } from "./separation.ts";
import type { FitOptions, FitWatch } from "./options.ts";
import type { Rows } from "./row-batches.ts";
import { fitScalers, outputsOf, scaleRows } from "./scaled-rows.ts";

/** What is tried. */
export interface TrialPlan {
  readonly decays: readonly number[];
  /** Into how many parts the rows are cut, how often, and how many of the parts are held out. */
  readonly folds: number;
  readonly repeats: number;
  readonly used: number;
  readonly mostEpochs: number;
  /** A trial goes on for at least so many updates after its best. */
  readonly patience: number;
}

/** What was best on rows that were not trained on. */
export interface TrialResult {
  readonly epochs: number;
  readonly weightDecay: number;
  /** The mean loss of the rows held out; infinite where every network diverged. */
  readonly loss: number;
}

/** A trial goes on after its best for so large a part of the epochs before it. */
const PATIENCE_PART = 0.5;
/** The loss of an epoch is the mean over so large a part of the epochs before it. */
const SMOOTHING = 0.05;

/** Tries weight decays and numbers of epochs; of the options all others are settled. */
export async function tryOut(
  data: Encoded,
  options: FitOptions,
  plan: TrialPlan,
  watch: FitWatch,
): Promise<TrialResult> {
  const trial = new Trial(data, options, plan);
  const search = new Search(plan, trial.splits);
  for (let epoch = 0; epoch <= plan.mostEpochs; epoch++) {
    const held = await trial.epoch();
    search.add(held);
    if (watch.shouldStop?.() === true) break;
    const patience = Math.max(plan.patience / trial.updates, PATIENCE_PART * search.best.epochs);
    if (epoch - search.best.epochs > patience) break;
    watch.onTrial?.(epoch / plan.mostEpochs, search.best.loss);
  }
  return search.best;
}

/** The losses of held-out rows over the epochs, and the best of them. */
class Search {
  best: TrialResult = { epochs: 0, weightDecay: 0, loss: Infinity };
  readonly #plan: TrialPlan;
  readonly #splits: number;
  /** For each weight decay the sums of its losses up to each epoch. */
  readonly #sums: number[][];

  constructor(plan: TrialPlan, splits: number) {
    this.#plan = plan;
    this.#splits = splits;
    this.#sums = plan.decays.map(() => [0]);
  }

  /** Adds the losses of an epoch: of each weight decay, one for each split. */
  add(held: readonly number[]): void {
    this.#plan.decays.forEach((weightDecay, d) => {
      const own = held.slice(d * this.#splits, (d + 1) * this.#splits);
      const sums = this.#sums[d]!;
      sums.push(sums.at(-1)! + own.reduce((sum, loss) => sum + loss, 0) / own.length);
      const epochs = sums.length - 2;
      const window = Math.max(1, Math.floor(SMOOTHING * epochs));
      const loss = (sums.at(-1)! - sums.at(-1 - window)!) / window;
      if (loss < this.best.loss) this.best = { epochs, weightDecay, loss };
    });
  }
}

/** Networks in training, and the rows of each. */
class Trial {
  readonly splits: number;
  /** Updates in an epoch. */
  readonly updates: number;
  readonly #herd: Herd;
  readonly #rows: Rows;
  readonly #size: number;
  readonly #order: Int32Array;
  readonly #training: Float32Array;
  readonly #whole: HerdBatch;
  readonly #unjudged: Tensor;

  constructor(data: Encoded, options: FitOptions, { decays, folds, repeats, used }: TrialPlan) {
    const { hidden, activation, lr, seed, batch } = options;
    const { rows, classes } = data;
    const splits = Array.from({ length: repeats }, (_, r) =>
      innerFolds(data, folds, seed + r).slice(0, used),
    ).flat();
    const members = decays.flatMap((weightDecay) =>
      splits.map((_, s) => ({ seed: seed + s, weightDecay })),
    );
    const shape = { inputs: data.width, hidden, outputs: outputsOf(data), activation };
    this.splits = splits.length;
    this.#rows = scaleRows(data, ...fitScalers(data, options));
    this.#herd = new Herd(shape, members, lr, classes !== undefined);
    this.#size = batch === "all" ? rows : Math.min(batch, rows);
    this.updates = Math.floor(rows / this.#size);
    this.#order = Int32Array.from({ length: rows }, (_, row) => row);
    const part = (k: number): Split => splits[k % splits.length]!;
    this.#training = shares(members.length, rows, (k) => part(k).train);
    const held = shares(members.length, rows, (k) => part(k).held);
    const weigh = (all: Float32Array): Tensor => tensor(all, { shape: [members.length, rows] });
    this.#whole = [...this.#rows.whole()[0], weigh(this.#training), weigh(held)];
    this.#unjudged = tensor(new Float32Array(members.length * this.#size), {
      shape: [members.length, this.#size],
    });
    manualSeed(seed);
  }

  /** Judges each network by its held-out rows, then trains it for an epoch. */
  async epoch(): Promise<readonly number[]> {
    const { rows } = this.#rows;
    if (this.#size === rows) return (await this.#herd.step(this.#whole)).held;
    const { held } = await this.#herd.judge(this.#whole);
    shuffle(this.#order);
    for (let u = 0; u < this.updates; u++) {
      const batch = this.#order.subarray(u * this.#size, (u + 1) * this.#size);
      await this.#herd.step(this.#take(batch));
    }
    return held;
  }

  /** Takes some rows; their shares are scaled up to those of all. */
  #take(batch: Int32Array): HerdBatch {
    const { x, y, rows } = this.#rows;
    const size = batch.length;
    const members = this.#herd.size;
    const weights = new Float32Array(members * size);
    for (let k = 0; k < members; k++) {
      for (let i = 0; i < size; i++) {
        weights[k * size + i] = (this.#training[k * rows + batch[i]!]! * rows) / size;
      }
    }
    const part = (values: Float32Array): Tensor =>
      tensor(takeRows(values, values.length / rows, batch), {
        shape: [size, values.length / rows],
      });
    return [part(x), part(y), tensor(weights, { shape: [members, size] }), this.#unjudged];
  }
}

/** Returns the share of each row in the mean over the rows of each member, `[members, rows]`. */
function shares(
  members: number,
  rows: number,
  rowsOf: (member: number) => readonly number[],
): Float32Array {
  const all = new Float32Array(members * rows);
  for (let k = 0; k < members; k++) {
    const own = rowsOf(k);
    for (const row of own) all[k * rows + row] = 1 / own.length;
  }
  return all;
}
