/** Which rows the nitrogen network learns from, and which are held out. */
import { manualSeed, randn, randperm } from "nabla";
import { CAPACITIES, TEMPERATURES } from "./data.ts";
import type { Points } from "./reading.ts";
import type { NitrogenSettings } from "./settings.ts";

/** The noise of the noisy rows, in kJ/(kg·K). */
const NOISE = 0.03;

/** Splits the data: everything, or a noisy part to learn from and the clean rest. */
export function chooseRows(rows: NitrogenSettings["rows"]): { training: Points; heldOut: Points } {
  const pick = (indices: readonly number[], noise: ArrayLike<number> = []): Points => ({
    x: indices.map((i) => TEMPERATURES[i]!),
    y: indices.map((i, k) => CAPACITIES[i]! + NOISE * (noise[k] ?? 0)),
  });
  const all = TEMPERATURES.map((_, i) => i);
  if (rows === "all") return { training: pick(all), heldOut: pick([]) };
  manualSeed(7); // the same rows and the same noise for every network
  const inner = Array.from(randperm(33).dataSync().slice(0, 10), (i) => i + 1);
  const chosen = [0, ...inner, 34].sort((a, b) => a - b); // both ends: no held-out row lies outside
  const rest = all.filter((i) => !chosen.includes(i));
  return { training: pick(chosen, randn([12]).dataSync()), heldOut: pick(rest) };
}
