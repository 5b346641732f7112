/** The learning rate of nanoGPT: it rises for a while, then falls along half a cosine. */
import { cos } from "../../core/math.ts";

/** The course of a rate. */
export interface RateCourse {
  readonly lr: number;
  readonly minLr: number;
  readonly warmupIters: number;
  readonly lrDecayIters: number;
}

/** The rate of an iteration, counted from 0. */
export function rateAt(iter: number, { lr, minLr, warmupIters, lrDecayIters }: RateCourse): number {
  if (iter < warmupIters) return (lr * (iter + 1)) / (warmupIters + 1);
  if (iter > lrDecayIters) return minLr;
  const share = (iter - warmupIters) / Math.max(1, lrDecayIters - warmupIters);
  return minLr + 0.5 * (1 + cos(Math.PI * share)) * (lr - minLr);
}
