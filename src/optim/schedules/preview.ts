/** Shows what a schedule will do before anything is trained. */
import { argumentError } from "../../core/errors.ts";
import { asGiven, readNamed } from "../../core/options.ts";
import { ReduceLROnPlateau } from "./plateau.ts";
import type { LRScheduler, Scheduled } from "./scheduler.ts";

/** The options of {@link preview}. */
export interface PreviewOptions {
  /** The rate that the schedule starts from; default 0.1. */
  readonly lr?: number;
  /** The metric at each step, for ReduceLROnPlateau; default 1 at each. */
  readonly metric?: (step: number) => number;
}

/**
 * Returns the rates of the first `steps` steps of a schedule: `preview((o) => new
 * CosineAnnealingLR(o, 50), 50)`. The k-th is in force during step k; the optimizer that the
 * factory is given has one group, without parameters, and momentum.
 */
export function preview(
  factory: (optimizer: Scheduled) => LRScheduler | ReduceLROnPlateau,
  steps: number,
  options: PreviewOptions = {},
): number[] {
  if (!Number.isInteger(steps) || steps < 0) {
    throw argumentError(`preview: steps is ${steps}; need a number of steps.`);
  }
  readNamed("preview", { lr: asGiven(undefined), metric: asGiven(undefined) }, options);
  const group = { lr: options.lr ?? 0.1, momentum: 0.9, params: [] };
  const schedule = factory({ paramGroups: [group], scheduled: () => undefined });
  return Array.from({ length: steps }, (_, k) => {
    const { lr } = group;
    // the last step has no next one, which schedules of a fixed length would refuse
    if (k === steps - 1) return lr;
    if (schedule instanceof ReduceLROnPlateau) schedule.step(options.metric?.(k) ?? 1);
    else schedule.step();
    return lr;
  });
}
