/** The learning-rate schedules, as in `torch.optim.lr_scheduler`. Each says what rate follows. */
import { cos, pow } from "../core/math.ts";
import { argumentError } from "../core/errors.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Scheduled, ScheduleOptions } from "./scheduler.ts";
import { LRScheduler } from "./scheduler.ts";

/** What a schedule drives. */
type Target = Scheduled | Optimizer;

/**
 * Multiplies the rate by `gamma` (0.1) every `stepSize` epochs. PyTorch: `StepLR`.
 */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;

  constructor(
    optimizer: Target,
    stepSize: number,
    options: ScheduleOptions & { readonly gamma?: number } = {},
  ) {
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
    options: ScheduleOptions & { readonly gamma?: number } = {},
  ) {
    super(optimizer, options);
    this.milestones = [...milestones];
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

  constructor(optimizer: Target, gamma: number, options: ScheduleOptions = {}) {
    super(optimizer, options);
    this.gamma = gamma;
    this.advance();
  }

  protected next(lr: number): number {
    return this.lastEpoch > 0 ? lr * this.gamma : lr;
  }
}

/**
 * Lowers the rate along half a cosine from its start to `etaMin` (0) in `tMax` epochs, and back.
 * PyTorch: `CosineAnnealingLR`.
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly tMax: number;
  readonly etaMin: number;

  constructor(
    optimizer: Target,
    tMax: number,
    options: ScheduleOptions & { readonly etaMin?: number } = {},
  ) {
    super(optimizer, options);
    this.tMax = positiveInteger("CosineAnnealingLR", "tMax", tMax);
    this.etaMin = options.etaMin ?? 0;
    this.advance();
  }

  protected next(lr: number, index: number): number {
    const { lastEpoch: epoch, tMax, etaMin } = this;
    if (epoch === 0) return lr;
    if ((epoch - 1 - tMax) % (2 * tMax) === 0) {
      return lr + ((this.baseLrs[index]! - etaMin) * (1 - cos(Math.PI / tMax))) / 2;
    }
    const now = 1 + cos((Math.PI * epoch) / tMax);
    const before = 1 + cos((Math.PI * (epoch - 1)) / tMax);
    return (now / before) * (lr - etaMin) + etaMin;
  }
}

/**
 * Sets the rate to its start times `lambda(epoch)`; one function for all groups or one for each.
 * PyTorch: `LambdaLR`.
 */
export class LambdaLR extends LRScheduler {
  readonly lambdas: readonly ((epoch: number) => number)[];

  constructor(
    optimizer: Target,
    lambda: ((epoch: number) => number) | readonly ((epoch: number) => number)[],
    options: ScheduleOptions = {},
  ) {
    super(optimizer, options);
    this.lambdas = typeof lambda === "function" ? this.baseLrs.map(() => lambda) : [...lambda];
    if (this.lambdas.length !== this.baseLrs.length) {
      throw argumentError(
        `LambdaLR: ${this.lambdas.length} functions for ${this.baseLrs.length} parameter groups; ` +
          `need one for each, or a single one.`,
      );
    }
    this.advance();
  }

  protected next(_: number, index: number): number {
    return this.baseLrs[index]! * this.lambdas[index]!(this.lastEpoch);
  }
}

function positiveInteger(schedule: string, name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw argumentError(`${schedule}: ${name} is ${value}; need an integer of at least 1.`);
}
