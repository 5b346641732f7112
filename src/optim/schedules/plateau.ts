/** The schedule that waits for a metric to stop improving. */
import { needOneOf } from "../../core/choice.ts";
import type { Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import type { PerGroup, Scheduled, Target } from "./scheduler.ts";
import { assertOptimizer, need, perGroup, savedList, savedNumber, whenRun } from "./scheduler.ts";

/** The options of {@link ReduceLROnPlateau}. */
export interface PlateauOptions {
  /** Whether the metric is to fall (`"min"`, default) or to rise. */
  readonly mode?: "min" | "max";
  /** What the rate is multiplied by; default 0.1. */
  readonly factor?: number;
  /** How many epochs without improvement are let pass; default 10. */
  readonly patience?: number;
  /** How much counts as an improvement; default 1e-4. */
  readonly threshold?: number;
  /** Whether the threshold is a fraction of the best metric (`"rel"`, default) or a difference. */
  readonly thresholdMode?: "rel" | "abs";
  /** How many epochs to wait after the rate was lowered; default 0. */
  readonly cooldown?: number;
  /** The lowest rate; default 0. */
  readonly minLr?: PerGroup;
  /** Changes of the rate that are not larger are left out; default 1e-8. */
  readonly eps?: number;
}

type PlateauSettings = [
  mode: "min" | "max",
  factor: number,
  patience: number,
  threshold: number,
  thresholdMode: "rel" | "abs",
  cooldown: number,
  minLr: PerGroup,
  eps: number,
];

const DEFAULTS = {
  mode: "min" as "min" | "max",
  factor: 0.1,
  patience: 10,
  threshold: 1e-4,
  thresholdMode: "rel" as "rel" | "abs",
  cooldown: 0,
  minLr: 0 as PerGroup,
  eps: 1e-8,
};

/** What `stateDict` of {@link ReduceLROnPlateau} gives: plain numbers. */
export interface PlateauState {
  /** The best metric so far; null before the first. */
  readonly best: number | null;
  readonly numBadEpochs: number;
  readonly cooldownCounter: number;
  readonly lastEpoch: number;
  readonly lastLr: readonly number[];
}

/**
 * Lowers the rate when a metric has not improved for `patience` epochs: `scheduler.step(loss)`.
 * In a compiled function pass a function that reads the metric. PyTorch: `ReduceLROnPlateau`.
 */
export class ReduceLROnPlateau {
  /** How many steps were taken. */
  lastEpoch = 0;
  /** What the schedule drives. */
  readonly optimizer: Scheduled;
  readonly minLrs: readonly number[];
  readonly #options: typeof DEFAULTS;
  #best: number;
  #numBadEpochs = 0;
  #cooldownCounter = 0;

  constructor(optimizer: Target, ...args: Settings<PlateauSettings, PlateauOptions>) {
    const options = read("ReduceLROnPlateau", DEFAULTS, args);
    assertOptimizer("ReduceLROnPlateau", optimizer as Scheduled);
    this.optimizer = optimizer as Scheduled;
    const { mode, factor, thresholdMode, minLr } = options;
    needOneOf("ReduceLROnPlateau: mode", mode, ["min", "max"]);
    needOneOf("ReduceLROnPlateau: thresholdMode", thresholdMode, ["rel", "abs"]);
    need("ReduceLROnPlateau", "factor", factor, factor < 1, "a number below 1");
    this.#options = options;
    this.minLrs = perGroup("ReduceLROnPlateau", "minLr", minLr, this.optimizer);
    this.#best = mode === "min" ? Infinity : -Infinity;
  }

  /** Takes note of an epoch's metric, and lowers the rates when it is time. */
  step(metric: number | (() => number)): void {
    whenRun(this.optimizer, "ReduceLROnPlateau", metric, (value) => this.#advance(value));
  }

  /** Returns the rates in force, one per group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** Returns what is needed to go on later. */
  stateDict(): PlateauState {
    return {
      best: Number.isFinite(this.#best) ? this.#best : null, // JSON has no infinity
      numBadEpochs: this.#numBadEpochs,
      cooldownCounter: this.#cooldownCounter,
      lastEpoch: this.lastEpoch,
      lastLr: this.getLastLr(),
    };
  }

  /**
   * Goes on from a saved state; sets the rates. Throws where the number of groups differs or a
   * number is none, before anything is set.
   */
  loadStateDict(state: PlateauState): void {
    const name = "ReduceLROnPlateau";
    const rates = perGroup(name, "lastLr", savedList(name, "lastLr", state.lastLr), this.optimizer);
    rates.forEach((rate, g) => savedNumber(name, `lastLr[${g}]`, rate));
    for (const key of ["numBadEpochs", "cooldownCounter", "lastEpoch"] as const) {
      savedNumber(name, key, state[key]);
    }
    this.optimizer.paramGroups.forEach((group, g) => {
      group.lr = rates[g]!;
    });
    this.#best = state.best ?? (this.#options.mode === "min" ? Infinity : -Infinity);
    this.#numBadEpochs = state.numBadEpochs;
    this.#cooldownCounter = state.cooldownCounter;
    this.lastEpoch = state.lastEpoch;
  }

  #advance(metric: number): void {
    const { patience, cooldown } = this.#options;
    this.lastEpoch++;
    if (this.#improves(metric)) {
      this.#best = metric;
      this.#numBadEpochs = 0;
    } else this.#numBadEpochs++;
    if (this.#cooldownCounter > 0) {
      this.#cooldownCounter--;
      this.#numBadEpochs = 0;
    }
    if (this.#numBadEpochs <= patience) return;
    this.#lower();
    this.#cooldownCounter = cooldown;
    this.#numBadEpochs = 0;
  }

  #improves(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === "min" ? -1 : 1;
    const step = sign * threshold;
    const limit = thresholdMode === "rel" ? this.#best * (1 + step) : this.#best + step;
    return mode === "min" ? metric < limit : metric > limit;
  }

  #lower(): void {
    const { factor, eps } = this.#options;
    this.optimizer.paramGroups.forEach((group, g) => {
      const lr = Math.max(group.lr * factor, this.minLrs[g]!);
      if (group.lr - lr > eps) group.lr = lr;
    });
  }
}
