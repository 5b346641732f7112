/**
 * The line search of LBFGS: a step length that meets the strong Wolfe conditions, found as PyTorch
 * finds it (after Nocedal & Wright, algorithms 3.5 and 3.6, and minFunc by M. Schmidt).
 */
import { dot, largest } from "./flat.ts";

/** A step length, the loss there, the gradient, and the slope along the direction. */
export interface Trial {
  readonly t: number;
  readonly loss: number;
  readonly grad: Float64Array;
  readonly slope: number;
}

/** What a search found. */
export interface Found {
  readonly trial: Trial;
  readonly evaluations: number;
}

/** Computes loss and gradient at a step length. */
export type Evaluate = (t: number) => Promise<{ loss: number; grad: Float64Array }>;

const ARMIJO = 1e-4;
const CURVATURE = 0.9;
const CHANGE = 1e-9;
const MOST = 25;

/** Finds a step length from `start` (t = 0) along `direction`, trying `t` first. */
export async function strongWolfe(
  evaluate: Evaluate,
  direction: Float64Array,
  start: Trial,
  t: number,
): Promise<Found> {
  const search = new Search(evaluate, direction, start);
  await search.enclose(t);
  await search.zoom();
  return { trial: search.best(), evaluations: search.evaluations };
}

/** One search: first it encloses an interval, then it narrows it down. */
class Search {
  evaluations = 0;
  readonly #evaluate: Evaluate;
  readonly #direction: Float64Array;
  readonly #start: Trial;
  #rounds = 0;
  #done = false;
  /** The ends of the interval, or one point that will do. */
  #bracket: Trial[] = [];

  constructor(evaluate: Evaluate, direction: Float64Array, start: Trial) {
    this.#evaluate = evaluate;
    this.#direction = direction;
    this.#start = start;
  }

  /** Lengthens the step until an interval holds a good one. */
  async enclose(first: number): Promise<void> {
    let before = this.#start;
    let now = await this.#try(first);
    for (; this.#rounds < MOST; this.#rounds++) {
      if (this.#tooHigh(now) || (this.#rounds > 1 && now.loss >= before.loss)) {
        this.#bracket = [before, now];
        return;
      }
      if (this.#flat(now)) {
        this.#bracket = [now];
        this.#done = true;
        return;
      }
      if (now.slope >= 0) {
        this.#bracket = [before, now];
        return;
      }
      const least = now.t + 0.01 * (now.t - before.t);
      const t = cubicMinimum(before, now, [least, now.t * 10]);
      before = now;
      now = await this.#try(t);
    }
    this.#bracket = [this.#start, now];
  }

  /** Narrows the interval until a point in it will do. */
  async zoom(): Promise<void> {
    const size = largest(this.#direction);
    let stuck = false;
    while (!this.#done && this.#rounds < MOST) {
      const [low, high] = this.#order();
      const [a, b] = this.#bracket as [Trial, Trial];
      if (Math.abs(b.t - a.t) * size < CHANGE) return;
      const inside = keepInside(cubicMinimum(a, b), a.t, b.t, stuck);
      stuck = inside.stuck;
      const now = await this.#try(inside.t);
      this.#rounds++;
      if (this.#tooHigh(now) || now.loss >= this.#bracket[low]!.loss) {
        this.#bracket[high] = now;
        continue;
      }
      if (this.#flat(now)) this.#done = true;
      else if (now.slope * (this.#bracket[high]!.t - this.#bracket[low]!.t) >= 0) {
        this.#bracket[high] = this.#bracket[low]!;
      }
      this.#bracket[low] = now;
    }
  }

  /** Returns the end with the lower loss. */
  best(): Trial {
    return this.#bracket[this.#order()[0]]!;
  }

  #order(): [number, number] {
    const [a, b = a] = this.#bracket;
    return a!.loss <= b!.loss ? [0, 1] : [1, 0];
  }

  async #try(t: number): Promise<Trial> {
    const { loss, grad } = await this.#evaluate(t);
    this.evaluations++;
    return { t, loss, grad, slope: dot(grad, this.#direction) };
  }

  #tooHigh({ t, loss }: Trial): boolean {
    return loss > this.#start.loss + ARMIJO * t * this.#start.slope;
  }

  #flat({ slope }: Trial): boolean {
    return Math.abs(slope) <= -CURVATURE * this.#start.slope;
  }
}

/** Moves a trial away from the ends, where two in a row came too close to them. */
function keepInside(
  t: number,
  a: number,
  b: number,
  stuck: boolean,
): { t: number; stuck: boolean } {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const margin = 0.1 * (high - low);
  if (Math.min(high - t, t - low) >= margin) return { t, stuck: false };
  if (!stuck && t < high && t > low) return { t, stuck: true };
  const inner = Math.abs(t - high) < Math.abs(t - low) ? high - margin : low + margin;
  return { t: inner, stuck: false };
}

/** Returns where the cubic through two points, with their slopes, is lowest within the bounds. */
export function cubicMinimum(a: Trial, b: Trial, bounds?: readonly [number, number]): number {
  const [low, high] = bounds ?? (a.t <= b.t ? [a.t, b.t] : [b.t, a.t]);
  const mean = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = mean * mean - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const root = Math.sqrt(square);
  const [x, y] = a.t <= b.t ? [a, b] : [b, a];
  const part = (y.slope + root - mean) / (y.slope - x.slope + 2 * root);
  return Math.min(Math.max(y.t - (y.t - x.t) * part, low), high);
}
