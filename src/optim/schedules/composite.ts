/** Schedules made of schedules: one after another, or together. */
import { argumentError } from "../../core/errors.ts";
import { optionsOf } from "../../core/options.ts";
import type { Settings } from "../../tensor/functions/define.ts";
import { settingsOf } from "../../tensor/functions/define.ts";
import type { Scheduled, ScheduleOptions, ScheduleState, Target } from "./scheduler.ts";
import { listOf, LRScheduler } from "./scheduler.ts";
import { LinearLR } from "./steps.ts";

/**
 * Follows one schedule after another; from `milestones[k]` on the one after the k-th. All are made
 * for the same optimizer, in order. PyTorch: `SequentialLR`.
 */
export class SequentialLR extends LRScheduler {
  readonly schedulers: readonly LRScheduler[];
  readonly milestones: readonly number[];

  constructor(
    optimizer: Target,
    schedulers: readonly LRScheduler[],
    milestones: readonly number[],
    ...args: Settings<[lastEpoch: number], ScheduleOptions>
  ) {
    super(optimizer, settingsOf("SequentialLR", ["lastEpoch"], args));
    this.schedulers = listOf("SequentialLR", "schedulers", schedulers);
    this.milestones = listOf("SequentialLR", "milestones", milestones);
    assertTogether("SequentialLR", schedulers, this.optimizer);
    if (milestones.length !== schedulers.length - 1) {
      throw argumentError(
        `SequentialLR: ${milestones.length} milestones for ${schedulers.length} schedules; ` +
          `need ${schedulers.length - 1}.`,
      );
    }
    this.lastEpoch++;
    for (const group of this.optimizer.paramGroups) group.lr = group.initialLr!;
    for (const scheduler of schedulers) scheduler.lastEpoch--; // what their constructors did
    schedulers[0]!.advance();
  }

  protected next(lr: number): number {
    return lr;
  }

  override advance(): void {
    this.lastEpoch++;
    const reached = this.milestones.filter((milestone) => milestone <= this.lastEpoch).length;
    const scheduler = this.schedulers[reached]!;
    if (reached > 0 && this.milestones[reached - 1] === this.lastEpoch) scheduler.restart();
    else scheduler.advance();
  }

  override stateDict(): ScheduleState {
    return { ...super.stateDict(), schedulers: this.schedulers.map((s) => s.stateDict()) };
  }

  override check(state: ScheduleState): void {
    super.check(state);
    checkParts("SequentialLR", this.schedulers, state);
  }

  override loadStateDict(state: ScheduleState): void {
    this.check(state);
    this.schedulers.forEach((scheduler, k) => scheduler.loadStateDict(state.schedulers![k]!));
    super.loadStateDict(state);
  }
}

/**
 * Steps several schedules of one optimizer together; their factors multiply. PyTorch:
 * `ChainedScheduler`.
 */
export class ChainedScheduler extends LRScheduler {
  readonly schedulers: readonly LRScheduler[];

  constructor(schedulers: readonly LRScheduler[]) {
    super(schedulers[0]?.optimizer as Scheduled);
    assertTogether("ChainedScheduler", schedulers, this.optimizer);
    this.schedulers = [...schedulers];
    this.lastEpoch++;
  }

  protected next(lr: number): number {
    return lr;
  }

  override advance(): void {
    this.lastEpoch++;
    for (const scheduler of this.schedulers) scheduler.advance();
  }

  override stateDict(): ScheduleState {
    return { ...super.stateDict(), schedulers: this.schedulers.map((s) => s.stateDict()) };
  }

  override check(state: ScheduleState): void {
    super.check(state);
    checkParts("ChainedScheduler", this.schedulers, state);
  }

  override loadStateDict(state: ScheduleState): void {
    this.check(state);
    this.schedulers.forEach((scheduler, k) => scheduler.loadStateDict(state.schedulers![k]!));
    super.loadStateDict(state);
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
  const { startFactor = 1 / steps } = optionsOf("warmup", ["startFactor"], options);
  const rise = new LinearLR(optimizer, { startFactor, totalIters: steps });
  return after === null ? rise : new SequentialLR(optimizer, [rise, after(optimizer)], [steps]);
}

function assertTogether(
  schedule: string,
  schedulers: readonly LRScheduler[],
  optimizer: Scheduled,
): void {
  if (schedulers.length === 0) throw argumentError(`${schedule}: there are no schedules.`);
  const other = schedulers.findIndex((scheduler) => scheduler.optimizer !== optimizer);
  if (other < 0) return;
  throw argumentError(`${schedule}: schedule ${other} drives another optimizer.`);
}

function checkParts(
  schedule: string,
  schedulers: readonly LRScheduler[],
  { schedulers: states = [] }: ScheduleState,
): void {
  if (states.length !== schedulers.length) {
    throw argumentError(
      `${schedule}.loadStateDict: the state is of ${states.length} schedules, need ${schedulers.length}.`,
    );
  }
  schedulers.forEach((scheduler, k) => scheduler.check(states[k]!));
}
