/** Rules about how a training went: learned by heart, or nothing learned. */
import type { Finding } from "./finding.ts";
import { found } from "./finding.ts";

/** The losses of a training over its epochs. */
export interface LossCurve {
  readonly epochs: ArrayLike<number>;
  readonly losses: ArrayLike<number>;
  /** The losses of rows that are not trained on; empty where there are none. */
  readonly held?: ArrayLike<number>;
}

/** So many losses at the end are looked at: a single one may be a spike. */
const LAST = 5;

/** The held-out loss rises while the loss in training falls. */
export function memorisation({ epochs, losses, held = [] }: LossCurve): Finding[] {
  const end = held.length - 1;
  let best = 0;
  for (let i = 1; i <= end; i++) if (held[i]! < held[best]!) best = i;
  if (end < 2 || best === end) return [];
  const low = held[best]!;
  const last = Math.min(...Array.from(held).slice(Math.max(best + 1, end + 1 - LAST)));
  const training = losses[end]!;
  // a rise of what is as good as 0 beside the first loss is none
  const rises = last > 1.4 * low && last - low > 0.005 * held[0]!;
  if (!rises || !(training < losses[best]!)) return [];
  const figures = { best: low, epoch: epochs[best]!, last, training };
  return [found("memorisation", "warning", figures)];
}

/** What a loss is measured by where nothing was learned. */
export interface Baseline {
  readonly loss: number;
  /** What it is: `always answering the mean`. */
  readonly name: string;
}

/** A loss at the end that is no better than a constant answer's. */
export function learnsNothing(loss: number, { loss: baseline, name }: Baseline): Finding[] {
  if (!(loss >= 0.98 * baseline)) return [];
  return [found("learns-nothing", "warning", { loss, baseline, name })];
}
