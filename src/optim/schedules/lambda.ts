/** Schedules that ask a function for the factor of each epoch. */
import { argumentError } from "../../core/errors.ts";
import type { Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import type { ScheduleOptions, Target } from "./scheduler.ts";
import { LRScheduler } from "./scheduler.ts";

/** A factor for each epoch; one function for all groups or one for each. */
export type Lambda = ((epoch: number) => number) | readonly ((epoch: number) => number)[];

/** What both have: a function of the epoch for each group. */
abstract class FactorSchedule extends LRScheduler {
  /** One function of the epoch for each group. */
  readonly lambdas: readonly ((epoch: number) => number)[];

  constructor(
    optimizer: Target,
    lambda: Lambda,
    ...args: Settings<[lastEpoch: number], ScheduleOptions>
  ) {
    const { name } = new.target;
    super(optimizer, read(name, { lastEpoch: -1 }, args));
    this.lambdas = functionsOf(name, lambda, this.baseLrs.length);
    this.advance();
  }
}

/**
 * Sets the rate to its start times `lambda(epoch)`; one function for all groups or one for each.
 * PyTorch: `LambdaLR`.
 */
export class LambdaLR extends FactorSchedule {
  protected next(_: number, index: number): number {
    return this.baseLrs[index]! * this.lambdas[index]!(this.lastEpoch);
  }
}

/**
 * Multiplies the rate by `lambda(epoch)` every epoch; one function for all groups or one for each.
 * PyTorch: `MultiplicativeLR`.
 */
export class MultiplicativeLR extends FactorSchedule {
  protected next(lr: number, index: number): number {
    return this.lastEpoch > 0 ? lr * this.lambdas[index]!(this.lastEpoch) : lr;
  }
}

function functionsOf(
  schedule: string,
  lambda: Lambda,
  groups: number,
): ((epoch: number) => number)[] {
  if (typeof lambda === "function") return new Array<typeof lambda>(groups).fill(lambda);
  if (lambda.length === groups) return [...lambda];
  throw argumentError(
    `${schedule}: ${lambda.length} functions for ${groups} parameter groups; ` +
      `need one for each, or a single one.`,
  );
}
