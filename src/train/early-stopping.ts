/** Ends a training that gets no better, with the best weights that it had. */
import { argumentError } from "../core/errors.ts";
import { asGiven, readNamed, show } from "../core/options.ts";
import type { StateDict } from "../nn/module.ts";
import type { Callback, Training } from "./callback.ts";
import type { EpochEndEvent, StartEvent } from "./events.ts";
import type { MonitorOptions } from "./monitor.ts";
import { Monitor } from "./monitor.ts";

/** How long is waited for better. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** How many epochs may pass without an improvement; default: 10. */
  readonly patience?: number;
  /** Whether the model ends with the weights of its best epoch; default: true. */
  readonly restoreBest?: boolean;
}

const DEFAULTS = {
  patience: 10,
  restoreBest: true,
  monitor: asGiven(undefined as string | undefined),
  mode: "min" as "min" | "max",
  minDelta: 0,
};

/** What a checkpoint keeps of it. */
interface StoppingState {
  readonly best: number | null;
  readonly bestEpoch: number;
  readonly waited: number;
  readonly weights: StateDict | null;
}

/**
 * Ends a training after `patience` epochs without an improvement, and leaves the model with the
 * weights of the best: `callbacks: [new EarlyStopping({ patience: 20 })]`.
 */
export class EarlyStopping implements Callback {
  readonly name: string = "EarlyStopping";
  /** The best epoch so far, counted from 0; −1 before the first. */
  bestEpoch = -1;
  readonly #settings: typeof DEFAULTS;
  #monitor: Monitor;
  #waited = 0;
  #weights: StateDict | null = null;
  #goesOn = false;

  constructor(options: EarlyStoppingOptions = {}) {
    this.#settings = readNamed("EarlyStopping", DEFAULTS, options);
    const { patience } = this.#settings;
    if (!Number.isInteger(patience) || patience < 1) {
      throw argumentError(
        `EarlyStopping: patience is ${show(patience)}; need a number of epochs from 1 on.`,
      );
    }
    this.#monitor = new Monitor("EarlyStopping", this.#settings as MonitorOptions);
  }

  /** The best measure so far, if there is one. */
  get best(): number | undefined {
    return this.#monitor.best;
  }

  onStart(_: StartEvent, trainer: Training): void {
    if (!this.#goesOn) {
      this.#monitor = new Monitor("EarlyStopping", this.#settings as MonitorOptions);
      [this.bestEpoch, this.#waited, this.#weights] = [-1, 0, null];
    }
    this.#goesOn = false;
    if (this.#waited >= this.#settings.patience) trainer.stop("early stop");
  }

  onEpochEnd(event: EpochEndEvent, trainer: Training): void {
    if (this.#monitor.improves(event)) {
      [this.bestEpoch, this.#waited] = [event.epoch, 0];
      // Values never change, so keeping them copies nothing.
      this.#weights = this.#settings.restoreBest ? trainer.model.stateDict() : null;
    } else if (++this.#waited >= this.#settings.patience) trainer.stop("early stop");
  }

  onFinished({ model }: Training): void {
    if (this.#weights !== null) model.loadStateDict(this.#weights);
  }

  stateDict(): StoppingState {
    const { bestEpoch, best = null } = this;
    return { best, bestEpoch, waited: this.#waited, weights: this.#weights };
  }

  loadStateDict({ best, bestEpoch, waited, weights }: StoppingState): void {
    this.#monitor.best = best ?? undefined;
    [this.bestEpoch, this.#waited, this.#weights] = [bestEpoch, waited, weights];
    this.#goesOn = true;
  }
}
