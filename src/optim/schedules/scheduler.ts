/**
 * What all learning-rate schedules share: counting, the rates they started from, saving and
 * loading.
 */
import { argumentError, NablaError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { afterRun } from "../../tensor/call.ts";
import { context } from "../../tensor/value.ts";
import type { ParamGroup } from "../groups.ts";
import type { Optimizer } from "../optimizer.ts";
import type { BaseOptions } from "../rule.ts";

/** An optimizer of any kind, as a schedule sees it. */
export interface Scheduled {
  readonly paramGroups: ParamGroup<BaseOptions>[];
  /** Tells it that a schedule drives it. */
  scheduled(): void;
}

/** Options that every schedule has. */
export interface ScheduleOptions {
  /** The number of steps already taken, when training is resumed; default −1: none. */
  readonly lastEpoch?: number;
}

/** One number for all groups, or one for each. */
export type PerGroup = number | readonly number[];

/** What `stateDict` of a schedule gives: plain numbers. */
export interface ScheduleState {
  readonly lastEpoch: number;
  readonly baseLrs: readonly number[];
  readonly lastLr: readonly number[];
  /** The states of the schedules that a sequence or a chain is made of. */
  readonly schedulers?: readonly ScheduleState[];
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
  /** What the schedule drives. */
  readonly optimizer: Scheduled;

  constructor(optimizer: Target, { lastEpoch = -1 }: ScheduleOptions = {}) {
    const scheduled = optimizer as Scheduled;
    assertOptimizer(this.constructor.name, scheduled);
    this.optimizer = scheduled;
    this.lastEpoch = lastEpoch;
    for (const group of scheduled.paramGroups) {
      if (lastEpoch === -1) group.initialLr ??= group.lr;
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
    afterRun(() => this.advance(), "a schedule steps");
  }

  /** Returns the rates in force, one per group. */
  getLastLr(): number[] {
    return this.optimizer.paramGroups.map((group) => group.lr);
  }

  /** Returns what is needed to go on later. */
  stateDict(): ScheduleState {
    return { lastEpoch: this.lastEpoch, baseLrs: [...this.baseLrs], lastLr: this.getLastLr() };
  }

  /** Throws where a saved state does not fit; for siblings, before anything is set. */
  check(state: ScheduleState): void {
    const { name } = this.constructor;
    savedNumber(name, "lastEpoch", state.lastEpoch);
    for (const key of ["baseLrs", "lastLr"] as const) {
      const rates = savedList(name, key, state[key]);
      const [has, wants] = [rates.length, this.optimizer.paramGroups.length];
      if (has !== wants) {
        throw argumentError(
          `${name}.loadStateDict: the state is of ${has} groups, the optimizer has ${wants}.`,
        );
      }
      rates.forEach((rate, g) => savedNumber(name, `${key}[${g}]`, rate));
    }
  }

  /**
   * Goes on from a saved state; sets the rates. Throws where the number of groups differs or a rate
   * is no number, before anything is set.
   */
  loadStateDict(state: ScheduleState): void {
    this.check(state);
    const { paramGroups } = this.optimizer;
    this.lastEpoch = state.lastEpoch;
    paramGroups.forEach((group, g) => {
      this.baseLrs[g] = state.baseLrs[g]!;
      group.lr = state.lastLr[g]!;
    });
  }

  /**
   * Sets the next rates at once, without waiting for a compiled function; `step()` is for users,
   * this for siblings: once at the end of their constructor.
   */
  advance(): void {
    this.lastEpoch++;
    this.optimizer.paramGroups.forEach((group, g) => {
      group.lr = this.next(group.lr, g);
    });
  }

  /** Begins anew from the rates that the groups started from, as a sequence does. */
  restart(): void {
    this.lastEpoch = -1;
    this.optimizer.paramGroups.forEach((group, g) => {
      group.lr = this.baseLrs[g]!;
    });
    this.advance();
  }
}

/** What a schedule drives: an optimizer, or what looks like one. */
export type Target = Scheduled | Optimizer;

/** Throws where a schedule is given something else than an optimizer. */
export function assertOptimizer(schedule: string, optimizer: Scheduled): void {
  if (Array.isArray(optimizer?.paramGroups)) return;
  throw argumentError(`${schedule}: its first argument must be an optimizer.`);
}

/** Spreads an argument over the parameter groups; throws where their numbers differ. */
export function perGroup(
  schedule: string,
  name: string,
  value: PerGroup,
  { paramGroups }: Scheduled,
): number[] {
  if (typeof value === "number") return paramGroups.map(() => value);
  if (value.length === paramGroups.length) return [...value];
  throw argumentError(
    `${schedule}: ${value.length} values of ${name} for ${paramGroups.length} parameter groups; ` +
      `need one for each, or a single one.`,
  );
}

/** Options of groups whose momentum a schedule may cycle. */
interface Momentous {
  momentum?: number;
  betas?: readonly number[];
}

/** Says whether a group has momentum: an option of that name, or `betas`. */
export function hasMomentum(group: ParamGroup<BaseOptions>): boolean {
  const { momentum, betas } = group as Momentous;
  return momentum !== undefined || betas !== undefined;
}

/** Sets the momentum of a group, or its first beta. */
export function setMomentum(group: ParamGroup<BaseOptions>, value: number): void {
  const options = group as Momentous;
  if (options.betas === undefined) options.momentum = value;
  else options.betas = [value, ...options.betas.slice(1)];
}

/** Returns what was given or saved; throws unless it fits what is needed. */
export function need<T>(owner: string, name: string, value: T, fits: boolean, what: string): T {
  if (fits) return value;
  throw argumentError(`${owner}: ${name} is ${show(value)}; need ${what}.`);
}

const BY_PLACE = ", given by position: it has no default";

/** Throws unless an argument is a whole number above 0. */
export function positiveInteger(schedule: string, name: string, value: number): number {
  const fits = Number.isInteger(value) && value > 0;
  return need(schedule, name, value, fits, "an integer of at least 1");
}

/** Throws unless an argument is a number. */
export function finite(schedule: string, name: string, value: number): number {
  return need(schedule, name, value, Number.isFinite(value), `a number${BY_PLACE}`);
}

/** Throws unless an argument is a list; copies it. */
export function listOf<T>(schedule: string, name: string, value: readonly T[]): T[] {
  return [...need(schedule, name, value, Array.isArray(value), `a list${BY_PLACE}`)];
}

/** Throws unless what was saved is a number. */
export function savedNumber(schedule: string, name: string, value: unknown): void {
  need(`${schedule}.loadStateDict`, name, value, Number.isFinite(value), "a number");
}

/** Returns a list that was saved; throws where it is none. */
export function savedList<T>(schedule: string, name: string, value: readonly T[]): readonly T[] {
  return need(`${schedule}.loadStateDict`, name, value, Array.isArray(value), "a list");
}

/**
 * Calls `effect` with a number after the program that this belongs to: now, or after each replay.
 * A number that is known while tracing would be the same at every replay, so there it must be a
 * function.
 */
export function whenRun(
  optimizer: Scheduled,
  schedule: string,
  value: number | (() => number),
  effect: (value: number) => void,
): void {
  if (typeof value !== "number" && typeof value !== "function") {
    throw argumentError(
      `${schedule}: step takes a number and got ${show(value)}; give it step(await loss.item()).`,
    );
  }
  if (context.tracer !== null) {
    if (typeof value === "number") {
      throw new NablaError(
        "trace",
        `${schedule}: step(${value}) inside a compiled function would see this number for ever; ` +
          `pass a function, step(() => value), or step outside.`,
      );
    }
    optimizer.scheduled();
  }
  afterRun(() => effect(typeof value === "number" ? value : value()), "a schedule steps");
}
