/** Schedules made of schedules: one after another, or together. */
import { argumentError } from "../../core/errors.ts";
import type { Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import type { Scheduled, ScheduleOptions, ScheduleState, Target } from "./scheduler.ts";
import { listOf, LRScheduler } from "./scheduler.ts";
import { LinearLR } from "./steps.ts";

/** A schedule made of schedules of the same optimizer; they set the rates. */
abstract class CompositeSchedule extends LRScheduler {
  readonly schedulers: readonly LRScheduler[];

  constructor(optimizer: Target, schedulers: readonly LRScheduler[], options?: ScheduleOptions) {
    super(optimizer, options);
    const { name } = new.target;
    this.schedulers = listOf(name, "schedulers", schedulers);
    if (schedulers.length === 0) throw argumentError(`${name}: there are no schedules.`);
    const other = schedulers.findIndex((scheduler) => scheduler.optimizer !== this.optimizer);
    if (other >= 0) throw argumentError(`${name}: schedule ${other} drives another optimizer.`);
    this.lastEpoch++;
  }

  protected next(lr: number): number {
    return lr;
  }

  override stateDict(): ScheduleState {
    return { ...super.stateDict(), schedulers: this.schedulers.map((s) => s.stateDict()) };
  }

  override check(state: ScheduleState): void {
    super.check(state);
    const { schedulers: states = [] } = state;
    if (states.length !== this.schedulers.length) {
      throw argumentError(
        `${this.constructor.name}.loadStateDict: the state is of ${states.length} schedules, need ` +
          `${this.schedulers.length}.`,
      );
    }
    this.schedulers.forEach((scheduler, k) => scheduler.check(states[k]!));
  }

  override loadStateDict(state: ScheduleState): void {
    this.check(state);
    this.schedulers.forEach((scheduler, k) => scheduler.loadStateDict(state.schedulers![k]!));
    super.loadStateDict(state);
  }
}

/**
 * Follows one schedule after another; from `milestones[k]` on the one after the k-th. All are made
 * for the same optimizer, in order. PyTorch: `SequentialLR`.
 */
export class SequentialLR extends CompositeSchedule {
  readonly milestones: readonly number[];

  constructor(
    optimizer: Target,
    schedulers: readonly LRScheduler[],
    milestones: readonly number[],
    ...args: Settings<[lastEpoch: number], ScheduleOptions>
  ) {
    const places = listOf("SequentialLR", "milestones", milestones); // before schedules are counted
    super(optimizer, schedulers, read("SequentialLR", { lastEpoch: -1 }, args));
    this.milestones = places;
    if (milestones.length !== schedulers.length - 1) {
      throw argumentError(
        `SequentialLR: ${milestones.length} milestones for ${schedulers.length} schedules; ` +
          `need ${schedulers.length - 1}.`,
      );
    }
    for (const group of this.optimizer.paramGroups) group.lr = group.initialLr!;
    for (const scheduler of schedulers) scheduler.lastEpoch--; // what their constructors did
    schedulers[0]!.advance();
  }

  override advance(): void {
    this.lastEpoch++;
    const reached = this.milestones.filter((milestone) => milestone <= this.lastEpoch).length;
    const scheduler = this.schedulers[reached]!;
    if (reached > 0 && this.milestones[reached - 1] === this.lastEpoch) scheduler.restart();
    else scheduler.advance();
  }
}

/**
 * Steps several schedules of one optimizer together; their factors multiply. PyTorch:
 * `ChainedScheduler`.
 */
export class ChainedScheduler extends CompositeSchedule {
  constructor(schedulers: readonly LRScheduler[]) {
    super(schedulers[0]?.optimizer as Scheduled, schedulers);
  }

  override advance(): void {
    this.lastEpoch++;
    for (const scheduler of this.schedulers) scheduler.advance();
  }
}

/**
 * Raises the rate in a straight line for `steps` steps, from `startFactor` (1 / steps) of it, and
 * then follows the schedule that `after` makes, or stays: `warmup(optimizer, 100, (o) => new
 * CosineAnnealingLR(o, 900))`. Short for a {@link SequentialLR} that begins with a LinearLR.
 */
export function warmup(
  optimizer: Target,
  steps: number,
  after: ((optimizer: Target) => LRScheduler) | null = null,
  options: { readonly startFactor?: number } = {},
): LRScheduler {
  const { startFactor } = read("warmup", {}, [options], { startFactor: 1 / steps });
  const rise = new LinearLR(optimizer, { startFactor, totalIters: steps });
  return after === null ? rise : new SequentialLR(optimizer, [rise, after(optimizer)], [steps]);
}
