/** Schedules that change the rate by factors at certain epochs, or along a line or power. */
import { pow } from "../../core/math.ts";
import type { Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import type { ScheduleOptions, Target } from "./scheduler.ts";
import { finite, listOf, LRScheduler, need, positiveInteger } from "./scheduler.ts";

/** Options of `StepLR` and `MultiStepLR`. */
export interface GammaOptions extends ScheduleOptions {
  /** What a step multiplies by. Default: 0.1. */
  readonly gamma?: number;
}

type GammaSettings = Settings<[gamma: number, lastEpoch: number], GammaOptions>;
const GAMMA = { gamma: 0.1, lastEpoch: -1 };

/**
 * Multiplies the rate by `gamma` (0.1) every `stepSize` epochs. PyTorch: `StepLR`.
 */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;

  constructor(optimizer: Target, stepSize: number, ...args: GammaSettings) {
    const { gamma, ...options } = read("StepLR", GAMMA, args);
    super(optimizer, options);
    this.stepSize = positiveInteger("StepLR", "stepSize", stepSize);
    this.gamma = gamma;
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

  constructor(optimizer: Target, milestones: readonly number[], ...args: GammaSettings) {
    const { gamma, ...options } = read("MultiStepLR", GAMMA, args);
    super(optimizer, options);
    this.milestones = listOf("MultiStepLR", "milestones", milestones);
    this.gamma = gamma;
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
    super(optimizer, read("ExponentialLR", { lastEpoch: -1 }, args));
    this.gamma = finite("ExponentialLR", "gamma", gamma);
    this.advance();
  }

  protected next(lr: number): number {
    return this.lastEpoch > 0 ? lr * this.gamma : lr;
  }
}

/** Options of `ConstantLR`. */
export interface ConstantOptions extends ScheduleOptions {
  /** Default: 1/3. */
  readonly factor?: number;
  /** Default: 5. */
  readonly totalIters?: number;
}

const CONSTANT = { factor: 1 / 3, totalIters: 5, lastEpoch: -1 };

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
    const { factor, totalIters, ...options } = read("ConstantLR", CONSTANT, args);
    super(optimizer, options);
    this.factor = aboveZero("ConstantLR", "factor", factor);
    this.totalIters = totalIters;
    this.advance();
  }

  protected next(lr: number): number {
    if (this.lastEpoch === 0) return lr * this.factor;
    return this.lastEpoch === this.totalIters ? lr * (1 / this.factor) : lr;
  }
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

const LINEAR = { startFactor: 1 / 3, endFactor: 1, totalIters: 5, lastEpoch: -1 };

/**
 * Moves the factor of the rate in a straight line from `startFactor` (1/3) to `endFactor` (1) in
 * `totalIters` (5) epochs: warm-up. PyTorch: `LinearLR`.
 */
export class LinearLR extends LRScheduler {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;

  constructor(
    optimizer: Target,
    ...args: Settings<
      [startFactor: number, endFactor: number, totalIters: number, lastEpoch: number],
      LinearOptions
    >
  ) {
    const { startFactor, endFactor, totalIters, ...options } = read("LinearLR", LINEAR, args);
    super(optimizer, options);
    this.startFactor = aboveZero("LinearLR", "startFactor", startFactor);
    const fits = endFactor >= 0 && endFactor <= 1;
    this.endFactor = need("LinearLR", "endFactor", endFactor, fits, "a number from 0 to 1");
    this.totalIters = totalIters;
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

/** Options of `PolynomialLR`. */
export interface PowerOptions extends ScheduleOptions {
  /** Default: 5. */
  readonly totalIters?: number;
  /** Default: 1. */
  readonly power?: number;
}

const POWER = { totalIters: 5, power: 1, lastEpoch: -1 };

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
    const { totalIters, power, ...options } = read("PolynomialLR", POWER, args);
    super(optimizer, options);
    this.totalIters = positiveInteger("PolynomialLR", "totalIters", totalIters);
    this.power = power;
    this.advance();
  }

  protected next(lr: number): number {
    const { lastEpoch: epoch, totalIters } = this;
    if (epoch === 0 || epoch > totalIters) return lr;
    return lr * pow((1 - epoch / totalIters) / (1 - (epoch - 1) / totalIters), this.power);
  }
}

function aboveZero(schedule: string, name: string, value: number): number {
  return need(schedule, name, value, value > 0 && value <= 1, "a number above 0 and up to 1");
}
