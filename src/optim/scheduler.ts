/**
 * What all learning-rate schedules share: counting, the rates they started from, saving and
 * loading.
 */
import { argumentError } from "../core/errors.ts";
import { afterRun } from "../tensor/call.ts";
import { context } from "../tensor/value.ts";
import type { ParamGroup } from "./groups.ts";
import type { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";

/** An optimizer of any kind, as a schedule sees it. */
export interface Scheduled {
  readonly paramGroups: ParamGroup<BaseOptions>[];
  scheduled(): void;
}

/** Options that every schedule has. */
export interface ScheduleOptions {
  /** The number of steps already taken, when training is resumed; default −1: none. */
  readonly lastEpoch?: number;
}

/** What `stateDict` of a schedule gives: plain numbers. */
export interface ScheduleState {
  readonly lastEpoch: number;
  readonly baseLrs: readonly number[];
  readonly lastLr: readonly number[];
}

/**
 * The base of all schedules. A sibling says what rate follows; `step()` is called after
 * `optimizer.step()`, once per epoch or per batch. PyTorch:
 * `torch.optim.lr_scheduler._LRScheduler`.
 */
export abstract class LRScheduler {
  /** How many steps were taken. */
  lastEpoch: number;
  /** The rates that the groups started from. */
  readonly baseLrs: number[];
  protected readonly optimizer: Scheduled;

  constructor(optimizer: Scheduled | Optimizer, { lastEpoch = -1 }: ScheduleOptions = {}) {
    const scheduled = optimizer as Scheduled;
    if (!Array.isArray(scheduled?.paramGroups)) {
      throw argumentError(`${this.constructor.name}: its first argument must be an optimizer.`);
    }
    this.optimizer = scheduled;
    this.lastEpoch = lastEpoch;
    for (const group of scheduled.paramGroups) {
      if (lastEpoch === -1) group.initialLr = group.lr;
      else if (group.initialLr === undefined) {
        throw argumentError(
          `${this.constructor.name}: lastEpoch is ${lastEpoch}, but a parameter group has no initialLr ` +
            `to resume from; load the optimizer's state first.`,
        );
      }
    }
    this.baseLrs = scheduled.paramGroups.map((group) => group.initialLr!);
  }

  /** Returns the rate of group `index` that follows `lr`, `lastEpoch` being the new epoch. */
  protected abstract next(lr: number, index: number): number;

  /**
   * Moves on by one: sets the rate of every group. In a compiled function it does so at each call.
   */
  step(): void {
    if (context.tracer !== null) this.optimizer.scheduled();
    afterRun(() => this.advance());
  }

  /** Returns the rates in force, one per group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** Returns what is needed to go on later. */
  stateDict(): ScheduleState {
    return { lastEpoch: this.lastEpoch, baseLrs: [...this.baseLrs], lastLr: this.getLastLr() };
  }

  /** Goes on from a saved state; sets the rates. Throws where the number of groups differs. */
  loadStateDict(state: ScheduleState): void {
    const { paramGroups } = this.optimizer;
    if (state.baseLrs.length !== paramGroups.length || state.lastLr.length !== paramGroups.length) {
      throw argumentError(
        `${this.constructor.name}.loadStateDict: the state is of ${state.baseLrs.length} groups, ` +
          `the optimizer has ${paramGroups.length}.`,
      );
    }
    this.lastEpoch = state.lastEpoch;
    paramGroups.forEach((group, g) => {
      this.baseLrs[g] = state.baseLrs[g]!;
      group.lr = state.lastLr[g]!;
    });
  }

  /** Sets the next rates; siblings call it once at the end of their constructor. */
  protected advance(): void {
    this.lastEpoch++;
    this.optimizer.paramGroups.forEach((group, g) => {
      group.lr = this.next(group.lr, g);
    });
  }
}
