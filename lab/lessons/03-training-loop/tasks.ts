/** Checks of the exercise, on the state of the loop. */
import { show } from "../../parts/number.ts";
import type { LoopReading } from "./experiment.ts";
import type { LoopSettings } from "./settings.ts";

/** What a check found. */
export interface Verdict {
  readonly right: boolean;
  readonly text: string;
}

/** Nearly the best line within 50 epochs. */
export function checkFit(r: LoopReading): Verdict {
  if (r.loss === null || r.epoch === 0)
    return { right: false, text: "Nothing has been trained yet." };
  const limit = 1.01 * r.best;
  const first = r.history.epochs.find((_, i) => r.history.losses[i]! <= limit);
  if (first === undefined && r.divergedAt !== null) {
    return { right: false, text: "The loss has left all bounds. Start over with a lower rate." };
  }
  if (first === undefined) {
    return {
      right: false,
      text: `The loss is ${show(r.loss)}; the best line has ${show(r.best)}. Train on, or change the rate.`,
    };
  }
  return first <= 50
    ? { right: true, text: `Reached at epoch ${first}.` }
    : { right: false, text: `Reached, but at epoch ${first}. Start over with another rate.` };
}

/** A rate at which the loss grows. */
export function checkDiverge(r: LoopReading, s: LoopSettings): Verdict {
  if (s.leave !== "none") return { right: false, text: "Put all five lines in place first." };
  if (r.epoch - r.since.epoch < 5 && (r.divergedAt ?? 0) <= r.since.epoch) {
    const where = r.divergedAt === null ? "Run" : "Start over and run";
    return { right: false, text: `${where} at least five epochs at this rate.` };
  }
  const before = r.since.loss ?? r.history.losses[0] ?? Infinity;
  return r.divergedAt !== null || (r.loss ?? 0) > before
    ? { right: true, text: `At rate ${show(s.rate)} every step overshoots further than the last.` }
    : { right: false, text: `At rate ${show(s.rate)} the loss falls. Go higher and start over.` };
}

/** A fault that nobody reports. */
export function checkSilent(r: LoopReading, s: LoopSettings): Verdict {
  if (s.leave === "none") return { right: false, text: "Leave a line out first." };
  if (s.leave === "forward" || s.leave === "loss") {
    return { right: false, text: "This fault raises an error: that is the kind one notices." };
  }
  if (r.epoch - r.since.epoch < 10) {
    return { right: false, text: "Run at least ten epochs without it." };
  }
  return { right: true, text: "No error, and nothing useful learned. Only the curve shows it." };
}
