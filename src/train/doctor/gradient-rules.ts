/** Rules about gradients: gone, too large, missing, and the size of updates. */
import type { TypedArray } from "../../core/dtype.ts";
import type { Finding } from "./finding.ts";
import { found } from "./finding.ts";
import { distance, lengthOf } from "./measure.ts";
import type { Observation } from "./observe.ts";
import { numbersIn } from "./observe.ts";

/** The sizes of a matrix of weights and of its gradient. */
export interface Sizes {
  readonly layer: string;
  readonly weight: number;
  readonly gradient: number;
}

/** Measures the matrices of an observation, in the order of the parameters. */
export async function sizesOf({ weights }: Observation): Promise<Sizes[]> {
  const matrices = weights.filter(({ tensor }) => tensor.shape.length > 1);
  return Promise.all(
    matrices.map(async ({ layer, tensor, gradient }) => ({
      layer,
      weight: lengthOf(await numbersIn(tensor)),
      gradient: gradient === null ? 0 : lengthOf(await numbersIn(gradient)),
    })),
  );
}

/** Layers whose gradient has all but gone, beside the largest of any layer's. */
export function vanishing(sizes: readonly Sizes[], step: number): Finding[] {
  const most = sizes.reduce((a, b) => (b.gradient > a.gradient ? b : a), sizes[0]!);
  const worst = sizes
    .filter(({ gradient }) => gradient > 0 && gradient < most.gradient * 1e-4)
    .sort((a, b) => a.gradient - b.gradient)[0];
  if (worst === undefined) return [];
  const { layer, gradient } = worst;
  const figures = { gradient, largest: most.gradient, other: `layer ${most.layer}` };
  return [found("vanishing-gradient", "warning", figures, { layer, step })];
}

/**
 * The layer whose gradient is farthest beyond what the weights can follow. Losses are counted in
 * `unit`, what it costs to know nothing, so that the units of the targets do not matter.
 */
export function exploding(sizes: readonly Sizes[], unit: number, step: number): Finding[] {
  const changeOf = ({ weight, gradient }: Sizes): number => (0.01 * weight * gradient) / unit;
  const worst = [...sizes].sort((a, b) => changeOf(b) - changeOf(a))[0];
  if (worst === undefined || !(changeOf(worst) > 10)) return [];
  const { layer, gradient } = worst;
  const figures = { gradient, change: changeOf(worst) };
  return [found("exploding-gradient", "warning", figures, { layer, step })];
}

const MOST_NAMED = 4;

/** Parameters that no gradient reaches. */
export function noGradient({ weights, step }: Observation): Finding[] {
  const cut = weights.filter(({ gradient }) => gradient === null).map(({ name }) => name);
  if (cut.length === 0) return [];
  const named = cut.slice(0, MOST_NAMED).join(", ");
  const names = cut.length > MOST_NAMED ? `${named}, …` : named;
  const severity = cut.length === weights.length ? "error" : "warning";
  return [found("no-gradient", severity, { parameters: cut.length, names }, { step })];
}

/** Weights before an update, and after. */
export interface Update {
  readonly layer: string;
  readonly before: TypedArray;
  readonly after: TypedArray;
}

/** Updates that are far too large; far too small ones too, where there is `much` left to learn. */
export function updateRatio(updates: readonly Update[], step: number, much: boolean): Finding[] {
  const ratios = updates.flatMap(({ layer, before, after }) => {
    const ratio = distance(before, after) / lengthOf(before);
    return ratio > 0 && ratio < Infinity ? [{ layer, ratio }] : [];
  });
  const [largest] = ratios.sort((a, b) => b.ratio - a.ratio);
  if (largest === undefined) return [];
  const { layer, ratio } = largest;
  if (!(ratio > 0.5 || (much && ratio < 1e-6))) return [];
  return [found("update-ratio", "warning", { ratio }, { layer, step })];
}
