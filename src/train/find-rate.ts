/** Looks for a learning rate: trains with one that rises, and watches the loss. */
import { argumentError } from "../core/errors.ts";
import { exp, log } from "../core/math.ts";
import type { Module } from "../nn/module.ts";
import { randomState, setRandomState } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Batches } from "./batches.ts";
import type { Callback, Training } from "./callback.ts";
import { DivergedError } from "./divergence.ts";
import type { StepEvent } from "./events.ts";
import type { TrainerOptions } from "./options.ts";
import { Trainer } from "./trainer.ts";

/** What is trained, and which rates are tried. */
export interface FindRateOptions<B> extends Pick<
  TrainerOptions<B>,
  "loss" | "step" | "optimizer" | "accumulate" | "clipGradNorm" | "compile"
> {
  /** The first rate; default: 1e-6. */
  readonly from?: number;
  /** The last rate; default: 10. It ends before where the loss has grown fourfold. */
  readonly to?: number;
  /** How many rates; default: 100. */
  readonly rates?: number;
}

/** The rates that were tried, and what became of the loss. */
export interface FoundRate {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  /** A tenth of the rate at which the smoothed loss was smallest: a rate to begin with. */
  readonly suggestion: number;
}

/** How much of the smoothed loss is that of the steps before. */
const SMOOTH = 0.9;
/** The mean of fewer losses says more of the batches than of the rate. */
const FIRST = 10;

/**
 * Tries learning rates on the batches, from small to large by equal factors. Model, optimizer and
 * random numbers are afterwards as they were.
 */
export async function findRate<B = readonly Tensor[]>(
  model: Module,
  { from = 1e-6, to = 10, rates: count = 100, ...options }: FindRateOptions<B>,
  batches: Batches<B>,
): Promise<FoundRate> {
  if (!(from > 0 && to > from) || !(Number.isInteger(count) && count >= 10)) {
    throw argumentError(
      `findRate: ${count} rates from ${from} to ${to}; need 10 or more, from above 0 to a larger one.`,
    );
  }
  const { optimizer } = options;
  const rateOf = (k: number): number => from * exp((log(to / from) * k) / (count - 1));
  const setRate = (k: number): void => optimizer.paramGroups.forEach((g) => (g.lr = rateOf(k)));
  const [rates, losses]: [number[], number[]] = [[], []];
  let best = Infinity;
  const rises: Callback = {
    name: "findRate",
    onStart: () => setRate(0),
    onStep({ step, loss, lr }: StepEvent, training: Training) {
      rates.push(lr);
      losses.push(loss);
      best = Math.min(best, loss);
      if (losses.length > 10 && loss > 4 * best) training.stop("found");
      setRate(step);
    },
  };
  const given = { ...options, epochs: count, steps: count, callbacks: [rises] };
  const trainer = new Trainer<B>(model, given);
  const [weights, state, random] = [model.stateDict(), optimizer.stateDict(), randomState()];
  const place = batches.stateDict?.();
  try {
    await trainer.fit(batches);
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error; // the rate was too large: that is known now
  } finally {
    model.loadStateDict(weights);
    model.train();
    optimizer.loadStateDict(state);
    setRandomState(random);
    if (place !== undefined) batches.loadStateDict?.(place as never);
  }
  return { rates, losses, suggestion: suggested(rates, losses) };
}

/** Returns a tenth of the rate at which the smoothed loss was smallest. */
function suggested(rates: readonly number[], losses: readonly number[]): number {
  let [mean, least, at] = [0, Infinity, 0];
  losses.forEach((loss, k) => {
    mean = SMOOTH * mean + (1 - SMOOTH) * loss;
    const smooth = mean / (1 - exp((k + 1) * log(SMOOTH))); // the mean begins at 0
    if (k >= FIRST && smooth < least) [least, at] = [smooth, k];
  });
  return rates[at]! / 10;
}
