/** The spiral challenge: what counts as solved, and with how little. */
import type { PlaygroundSettings } from "./settings.ts";
import { featuresOf } from "./settings.ts";

/** Held-out loss below this, within so many epochs. */
export const GOAL = { loss: 0.1, epochs: 2000 } as const;

/** What a network costs. */
export interface Size {
  readonly neurons: number;
  readonly parameters: number;
}

/** Counts the hidden neurons, and all weights and biases. */
export function sizeOf({ features, layers }: PlaygroundSettings): Size {
  const widths = [featuresOf(features).length, ...layers, 1];
  const parameters = widths.slice(1).reduce((sum, width, i) => sum + width * (widths[i]! + 1), 0);
  return { neurons: layers.reduce((a, b) => a + b, 0), parameters };
}

/** Why settings are no entry of the challenge; empty where they are. */
export function whyNot({ data, noise, share }: PlaygroundSettings): string {
  if (data !== "spiral") return "Choose the spiral.";
  if (noise !== 0) return "Set the noise to 0.";
  if (share !== 50) return "Train on 50 % of the rows.";
  return "";
}

/** The board on which settings count. */
export function boardOf({ features }: PlaygroundSettings): "x₁ and x₂ only" | "all features" {
  return featuresOf(features).every((name) => name === "x" || name === "y")
    ? "x₁ and x₂ only"
    : "all features";
}

/** The first epoch at which the goal is met; null where it is not. */
export function solvedAt(curve: {
  readonly epochs: readonly number[];
  readonly heldOut: readonly number[];
}): number | null {
  const at = curve.heldOut.findIndex((loss) => loss < GOAL.loss);
  const epoch = at < 0 ? Infinity : curve.epochs[at]!;
  return epoch <= GOAL.epochs ? epoch : null;
}
