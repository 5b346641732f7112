/** Schedules that move rate and momentum against each other, step by step. */
import { needOneOf } from "../../core/choice.ts";
import { argumentError } from "../../core/errors.ts";
import type { Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import type { Anneal, CycleMode, Phase } from "./cycles.ts";
import { annealed, cycleHeight, phasesOf } from "./cycles.ts";
import type { PerGroup, Scheduled, ScheduleOptions, Target } from "./scheduler.ts";
import {
  assertOptimizer,
  hasMomentum,
  LRScheduler,
  perGroup,
  positiveInteger,
  setMomentum,
} from "./scheduler.ts";

/** The options of {@link CyclicLR}. */
export interface CyclicOptions extends ScheduleOptions {
  /** Steps up from `baseLr` to `maxLr`; default 2000. */
  readonly stepSizeUp?: number;
  /** Steps down again; default as many. */
  readonly stepSizeDown?: number | null;
  /** What becomes of the height: stays, halves each cycle, or falls by `gamma` each step. */
  readonly mode?: CycleMode;
  readonly gamma?: number;
  /** Gives the height's factor, in the place of `mode`; of the cycle, or of the step. */
  readonly scaleFn?: ((x: number) => number) | null;
  readonly scaleMode?: "cycle" | "iterations";
  /** Moves the momentum against the rate; default true. */
  readonly cycleMomentum?: boolean;
  readonly baseMomentum?: PerGroup;
  readonly maxMomentum?: PerGroup;
}

type CyclicSettings = [
  stepSizeUp: number,
  stepSizeDown: number | null,
  mode: CycleMode,
  gamma: number,
  scaleFn: ((x: number) => number) | null,
  scaleMode: "cycle" | "iterations",
  cycleMomentum: boolean,
  baseMomentum: PerGroup,
  maxMomentum: PerGroup,
  lastEpoch: number,
];

const CYCLIC = {
  stepSizeUp: 2000,
  stepSizeDown: null as number | null,
  mode: "triangular" as CycleMode,
  gamma: 1,
  scaleFn: null as ((x: number) => number) | null,
  scaleMode: "cycle" as "cycle" | "iterations",
  cycleMomentum: true,
  baseMomentum: 0.8 as PerGroup,
  maxMomentum: 0.9 as PerGroup,
  lastEpoch: -1,
};

/**
 * Moves the rate up and down between `baseLr` and `maxLr`, and the momentum the other way between
 * `maxMomentum` (0.9) and `baseMomentum` (0.8), step by step (Smith 2015). PyTorch: `CyclicLR`.
 */
export class CyclicLR extends LRScheduler {
  readonly maxLrs: readonly number[];
  readonly options: Required<CyclicOptions>;
  readonly #momenta: readonly (readonly [base: number, max: number])[] | null;

  constructor(
    optimizer: Target,
    baseLr: PerGroup,
    maxLr: PerGroup,
    ...args: Settings<CyclicSettings, CyclicOptions>
  ) {
    const options = read("CyclicLR", CYCLIC, args);
    needOneOf("CyclicLR: mode", options.mode, ["triangular", "triangular2", "exp_range"]);
    needOneOf("CyclicLR: scaleMode", options.scaleMode, ["cycle", "iterations"]);
    const bases = begun("CyclicLR", optimizer as Scheduled, baseLr, options);
    super(optimizer, options);
    this.baseLrs.splice(0, Infinity, ...bases);
    this.maxLrs = perGroup("CyclicLR", "maxLr", maxLr, this.optimizer);
    this.options = options;
    this.#momenta = momentaOf("CyclicLR", this.optimizer, options);
    this.advance();
  }

  protected next(_: number, index: number): number {
    const { scale, factor } = cycleHeight(this.lastEpoch, this.options);
    const momenta = this.#momenta?.[index];
    if (momenta !== undefined) {
      const [base, max] = momenta;
      setMomentum(this.optimizer.paramGroups[index]!, max - (max - base) * scale * factor);
    }
    const base = this.baseLrs[index]!;
    return base + (this.maxLrs[index]! - base) * scale * factor;
  }
}

/** The options of {@link OneCycleLR}; give `totalSteps`, or `epochs` and `stepsPerEpoch`. */
export interface OneCycleOptions extends ScheduleOptions {
  readonly totalSteps?: number;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  /** The part of the cycle in which the rate rises; default 0.3. */
  readonly pctStart?: number;
  readonly annealStrategy?: Anneal;
  /** Moves the momentum (or the first beta) against the rate; default true. */
  readonly cycleMomentum?: boolean;
  /** The lowest momentum; default 0.85. */
  readonly baseMomentum?: PerGroup;
  /** The highest momentum; default 0.95. */
  readonly maxMomentum?: PerGroup;
  /** The first rate is `maxLr / divFactor` (25). */
  readonly divFactor?: number;
  /** The last rate is the first divided by `finalDivFactor` (1e4). */
  readonly finalDivFactor?: number;
  /** Falls as long as it rose, and to the last rate in a phase of its own. */
  readonly threePhase?: boolean;
}

type OneCycleSettings = [
  totalSteps: number | null,
  epochs: number | null,
  stepsPerEpoch: number | null,
  pctStart: number,
  annealStrategy: Anneal,
  cycleMomentum: boolean,
  baseMomentum: PerGroup,
  maxMomentum: PerGroup,
  divFactor: number,
  finalDivFactor: number,
  threePhase: boolean,
  lastEpoch: number,
];

const ONE_CYCLE = {
  totalSteps: null as number | null,
  epochs: null as number | null,
  stepsPerEpoch: null as number | null,
  pctStart: 0.3,
  annealStrategy: "cos" as Anneal,
  cycleMomentum: true,
  baseMomentum: 0.85 as PerGroup,
  maxMomentum: 0.95 as PerGroup,
  divFactor: 25,
  finalDivFactor: 1e4,
  threePhase: false,
  lastEpoch: -1,
};

/**
 * Moves the rate up to `maxLr` and down to almost nothing in one cycle, step by step, and the
 * momentum the other way (Smith & Topin 2017). Throws where it is stepped further than it was made
 * for. PyTorch: `OneCycleLR`.
 */
export class OneCycleLR extends LRScheduler {
  readonly totalSteps: number;
  readonly maxLrs: readonly number[];
  readonly #options: typeof ONE_CYCLE;
  readonly #phases: readonly Phase[];
  readonly #momenta: readonly (readonly [base: number, max: number])[] | null;

  constructor(
    optimizer: Target,
    maxLr: PerGroup,
    ...args: Settings<OneCycleSettings, OneCycleOptions>
  ) {
    const options = read("OneCycleLR", ONE_CYCLE, args);
    super(optimizer, options);
    const { epochs, stepsPerEpoch, annealStrategy, pctStart, threePhase } = options;
    needOneOf("OneCycleLR: annealStrategy", annealStrategy, ["cos", "linear"]);
    const total = options.totalSteps ?? (epochs ?? NaN) * (stepsPerEpoch ?? NaN);
    this.totalSteps = positiveInteger("OneCycleLR", "totalSteps", total);
    this.maxLrs = perGroup("OneCycleLR", "maxLr", maxLr, this.optimizer);
    this.#options = options;
    this.#phases = phasesOf(total, pctStart, threePhase);
    this.#momenta = momentaOf("OneCycleLR", this.optimizer, options);
    if (this.lastEpoch === -1) {
      this.optimizer.paramGroups.forEach((group, g) => {
        group.initialLr = this.baseLrs[g] = this.maxLrs[g]! / options.divFactor;
      });
    }
    this.advance();
  }

  protected next(_: number, index: number): number {
    const { lastEpoch: step, totalSteps } = this;
    if (step > totalSteps) {
      throw argumentError(
        `OneCycleLR: stepped ${step} times, but its totalSteps is ${totalSteps}.`,
      );
    }
    const first = this.baseLrs[index]!;
    const { finalDivFactor, annealStrategy: strategy } = this.#options;
    const least = first / finalDivFactor;
    const levels = { first, least, most: this.maxLrs[index]! };
    const momenta = this.#momenta?.[index];
    if (momenta !== undefined) {
      const [base, max] = momenta;
      const slow = { first: max, least: max, most: base };
      setMomentum(this.optimizer.paramGroups[index]!, annealed(this.#phases, step, slow, strategy));
    }
    return annealed(this.#phases, step, levels, strategy);
  }
}

/** Sets the groups' rates to those that cycles start from, before the schedule notes them. */
function begun(
  schedule: string,
  optimizer: Scheduled,
  value: PerGroup,
  { lastEpoch }: Required<ScheduleOptions>,
): number[] {
  assertOptimizer(schedule, optimizer);
  const rates = perGroup(schedule, "baseLr", value, optimizer);
  if (lastEpoch !== -1) return rates;
  optimizer.paramGroups.forEach((group, g) => {
    group.lr = rates[g]!;
  });
  return rates;
}

/** Whether a cycle moves the momentum, and between what. */
interface Momenta {
  readonly cycleMomentum: boolean;
  readonly baseMomentum: PerGroup;
  readonly maxMomentum: PerGroup;
}

/** Returns the lowest and highest momentum of each group, or null where it is left alone. */
function momentaOf(
  schedule: string,
  optimizer: Scheduled,
  { cycleMomentum, baseMomentum, maxMomentum }: Momenta,
): (readonly [number, number])[] | null {
  if (!cycleMomentum) return null;
  if (!optimizer.paramGroups.every(hasMomentum)) {
    throw argumentError(
      `${schedule}: the optimizer has neither momentum nor betas; pass { cycleMomentum: false }.`,
    );
  }
  const lows = perGroup(schedule, "baseMomentum", baseMomentum, optimizer);
  const highs = perGroup(schedule, "maxMomentum", maxMomentum, optimizer);
  return lows.map((low, g) => [low, highs[g]!] as const);
}
