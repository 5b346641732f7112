/** The shapes that cyclic schedules follow: where in a cycle a step lies, and how high. */
import { cos, pow } from "../../core/math.ts";

/** How a cycle's height changes over time. */
export type CycleMode = "triangular" | "triangular2" | "exp_range";

/** Along what curve a rate moves between two levels. */
export type Anneal = "cos" | "linear";

/** What shapes the triangles of CyclicLR. */
export interface CycleShape {
  readonly stepSizeUp: number;
  readonly stepSizeDown: number | null;
  readonly mode: CycleMode;
  readonly gamma: number;
  readonly scaleFn: ((x: number) => number) | null;
  readonly scaleMode: "cycle" | "iterations";
}

/** Returns the height in the triangle (0 to 1) and the factor of this cycle or step. */
export function cycleHeight(step: number, shape: CycleShape): { scale: number; factor: number } {
  const { stepSizeUp: up, mode, gamma } = shape;
  const total = up + (shape.stepSizeDown ?? up);
  const cycle = Math.floor(1 + step / total);
  const at = 1 + step / total - cycle;
  const top = up / total;
  const scale = at <= top ? at / top : (at - 1) / (top - 1);
  if (shape.scaleFn) {
    const byStep = shape.scaleMode === "iterations";
    return { scale, factor: shape.scaleFn(byStep ? step : cycle) };
  }
  if (mode === "triangular") return { scale, factor: 1 };
  if (mode === "triangular2") return { scale, factor: 1 / pow(2, cycle - 1) };
  return { scale, factor: pow(gamma, step) };
}

/** Says where in its cycle an epoch lies, the cycles being longer by `factor` each time. */
export function positionInCycle(
  epoch: number,
  first: number,
  factor: number,
): { at: number; length: number } {
  if (factor === 1) return { at: epoch % first, length: first };
  let [at, length] = [epoch, first];
  while (at >= length) {
    at -= length;
    length *= factor;
  }
  return { at, length };
}

/** The three levels of a single cycle. */
export interface Levels {
  readonly first: number;
  readonly most: number;
  readonly least: number;
}

/** A stretch of a single cycle: its last step, and the levels it leads from and to. */
export interface Phase {
  readonly end: number;
  readonly from: keyof Levels;
  readonly to: keyof Levels;
}

/** Returns the phases of a single cycle. */
export function phasesOf(total: number, rise: number, three: boolean): Phase[] {
  const up: Phase = { end: rise * total - 1, from: "first", to: "most" };
  if (!three) return [up, { end: total - 1, from: "most", to: "least" }];
  return [
    up,
    { end: 2 * rise * total - 2, from: "most", to: "first" },
    { end: total - 1, from: "first", to: "least" },
  ];
}

/** Returns the level at a step of a single cycle. */
export function annealed(
  phases: readonly Phase[],
  step: number,
  levels: Levels,
  strategy: Anneal,
): number {
  const found = phases.findIndex(({ end }) => step <= end);
  const k = found < 0 ? phases.length - 1 : found;
  const { end, from, to } = phases[k]!;
  const start = k === 0 ? 0 : phases[k - 1]!.end;
  const part = (step - start) / (end - start);
  const [a, b] = [levels[from], levels[to]];
  if (strategy === "linear") return (b - a) * part + a;
  return b + ((a - b) / 2) * (cos(Math.PI * part) + 1);
}
