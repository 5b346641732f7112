/** Schedules that change the rate by factors at certain epochs, or along a line or power. */
import type { Settings } from "../../tensor/functions/define.ts";
import { settingsOf } from "../../tensor/functions/define.ts";
import { argumentError } from "../../core/errors.ts";
import { pow } from "../../core/math.ts";
import type { ScheduleOptions, Target } from "./scheduler.ts";
import { finite, listOf, LRScheduler, positiveInteger } from "./scheduler.ts";

/** Options of `StepLR` and `MultiStepLR`. */
export interface GammaOptions extends ScheduleOptions {
  /** What a step multiplies by. Default: 0.1. */
  readonly gamma?: number;
}

/** Options of `ConstantLR`. */
export interface ConstantOptions extends ScheduleOptions {
  /** Default: 1/3. */
  readonly factor?: number;
  /** Default: 5. */
  readonly totalIters?: number;
}

/** Options of `LinearLR`. */
export interface LinearOptions extends ScheduleOptions {
  /** Default: 1/3. */
  readonly startFactor?: number;
  /** Default: 1. */
  readonly endFactor?: number;
  /** Default: 5. */
  readonly totalIters?: number;
}

type LinearSettings = [
  startFactor: number,
  endFactor: number,
  totalIters: number,
  lastEpoch: number,
];

/** Options of `PolynomialLR`. */
export interface PowerOptions extends ScheduleOptions {
  /** Default: 5. */
  readonly totalIters?: number;
  /** Default: 1. */
  readonly power?: number;
}

/**
 * Multiplies the rate by `gamma` (0.1) every `stepSize` epochs. PyTorch: `StepLR`.
 */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;

  constructor(
    optimizer: Target,
    stepSize: number,
    ...args: Settings<[gamma: number, lastEpoch: number], GammaOptions>
  ) {
    const options = settingsOf<GammaOptions>("StepLR", ["gamma", "lastEpoch"], args);
    super(optimizer, options);
    this.stepSize = positiveInteger("StepLR", "stepSize", stepSize);
    this.gamma = options.gamma ?? 0.1;
    this.advance();
  }

  protected next(lr: number): number {
    return this.lastEpoch > 0 && this.lastEpoch % this.stepSize === 0 ? lr * this.gamma : lr;
  }
}

/**
 * Multiplies the rate by `gamma` (0.1) at each of the given epochs. PyTorch: `MultiStepLR`.
 */
export class MultiStepLR extends LRScheduler {
  readonly milestones: readonly number[];
  readonly gamma: number;

  constructor(
    optimizer: Target,
    milestones: readonly number[],
    ...args: Settings<[gamma: number, lastEpoch: number], GammaOptions>
  ) {
    const options = settingsOf<GammaOptions>("MultiStepLR", ["gamma", "lastEpoch"], args);
    super(optimizer, options);
    this.milestones = listOf("MultiStepLR", "milestones", milestones);
    this.gamma = options.gamma ?? 0.1;
    this.advance();
  }

  protected next(lr: number): number {
    const reached = this.milestones.filter((epoch) => epoch === this.lastEpoch).length;
    return lr * pow(this.gamma, reached);
  }
}

/**
 * Multiplies the rate by `gamma` every epoch. PyTorch: `ExponentialLR`.
 */
export class ExponentialLR extends LRScheduler {
  readonly gamma: number;

  constructor(
    optimizer: Target,
    gamma: number,
    ...args: Settings<[lastEpoch: number], ScheduleOptions>
  ) {
    super(optimizer, settingsOf("ExponentialLR", ["lastEpoch"], args));
    this.gamma = finite("ExponentialLR", "gamma", gamma);
    this.advance();
  }

  protected next(lr: number): number {
    return this.lastEpoch > 0 ? lr * this.gamma : lr;
  }
}

/**
 * Multiplies the rate by `factor` (1/3) for the first `totalIters` (5) epochs. PyTorch:
 * `ConstantLR`.
 */
export class ConstantLR extends LRScheduler {
  readonly factor: number;
  readonly totalIters: number;

  constructor(
    optimizer: Target,
    ...args: Settings<[factor: number, totalIters: number, lastEpoch: number], ConstantOptions>
  ) {
    const options = settingsOf<ConstantOptions>(
      "ConstantLR",
      ["factor", "totalIters", "lastEpoch"],
      args,
    );
    super(optimizer, options);
    this.factor = within("ConstantLR", "factor", options.factor ?? 1 / 3);
    this.totalIters = options.totalIters ?? 5;
    this.advance();
  }

  protected next(lr: number): number {
    if (this.lastEpoch === 0) return lr * this.factor;
    return this.lastEpoch === this.totalIters ? lr * (1 / this.factor) : lr;
  }
}

/**
 * Moves the factor of the rate in a straight line from `startFactor` (1/3) to `endFactor` (1) in
 * `totalIters` (5) epochs: warm-up. PyTorch: `LinearLR`.
 */
export class LinearLR extends LRScheduler {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;

  constructor(optimizer: Target, ...args: Settings<LinearSettings, LinearOptions>) {
    const names = ["startFactor", "endFactor", "totalIters", "lastEpoch"];
    const options = settingsOf<LinearOptions>("LinearLR", names, args);
    super(optimizer, options);
    this.startFactor = within("LinearLR", "startFactor", options.startFactor ?? 1 / 3);
    this.endFactor = options.endFactor ?? 1;
    if (!(this.endFactor >= 0 && this.endFactor <= 1)) {
      throw argumentError(`LinearLR: endFactor is ${this.endFactor}; need a number from 0 to 1.`);
    }
    this.totalIters = options.totalIters ?? 5;
    this.advance();
  }

  protected next(lr: number): number {
    const { lastEpoch: epoch, startFactor: start, totalIters } = this;
    if (epoch === 0) return lr * start;
    if (epoch > totalIters) return lr;
    const rise = this.endFactor - start;
    return lr * (1 + rise / (totalIters * start + (epoch - 1) * rise));
  }
}

/**
 * Lowers the rate to 0 in `totalIters` (5) epochs, as the power `power` (1) of what is left.
 * PyTorch: `PolynomialLR`.
 */
export class PolynomialLR extends LRScheduler {
  readonly totalIters: number;
  readonly power: number;

  constructor(
    optimizer: Target,
    ...args: Settings<[totalIters: number, power: number, lastEpoch: number], PowerOptions>
  ) {
    const options = settingsOf<PowerOptions>(
      "PolynomialLR",
      ["totalIters", "power", "lastEpoch"],
      args,
    );
    super(optimizer, options);
    this.totalIters = positiveInteger("PolynomialLR", "totalIters", options.totalIters ?? 5);
    this.power = options.power ?? 1;
    this.advance();
  }

  protected next(lr: number): number {
    const { lastEpoch: epoch, totalIters } = this;
    if (epoch === 0 || epoch > totalIters) return lr;
    return lr * pow((1 - epoch / totalIters) / (1 - (epoch - 1) / totalIters), this.power);
  }
}

function within(schedule: string, name: string, value: number): number {
  if (value > 0 && value <= 1) return value;
  throw argumentError(`${schedule}: ${name} is ${value}; need a number above 0 and up to 1.`);
}
