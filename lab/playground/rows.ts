/** The playground's points, split and given as features. */
import { manualSeed, randperm, tensor } from "nabla";
import type { Tensor } from "nabla";
import { toy } from "nabla/data";
import type { PlaygroundSettings } from "./settings.ts";
import { FEATURES, featuresOf, isFit } from "./settings.ts";

/** Points with their targets: x, y and target of each, one after the other. */
export type Points = readonly number[];

/** Points to train on and held-out ones. */
export interface Split {
  readonly training: Points;
  readonly heldOut: Points;
}

/** How many points a data set has, as in the TensorFlow Playground. */
const COUNT = { classes: 500, heights: 1200 } as const;

type Maker = (n: number, options: { noise: number; seed: number }) => { x: Tensor; y: Tensor };

/** Makes the points of some settings; the same settings give the same points. */
export function makeRows(settings: PlaygroundSettings): Split {
  const { data, seed, share } = settings;
  const all = data === "own" ? settings.points : made(settings);
  const n = Math.floor(all.length / 3);
  manualSeed(seed);
  const order = n === 0 ? [] : Array.from(randperm(n).dataSync() as Int32Array);
  const pick = (rows: readonly number[]): number[] =>
    rows.flatMap((i) => [all[3 * i]!, all[3 * i + 1]!, all[3 * i + 2]!]);
  const cut = Math.max(Math.min(n, 1), Math.floor((n * share) / 100));
  return { training: pick(order.slice(0, cut)), heldOut: pick(order.slice(cut)) };
}

function made({ data, noise, seed }: PlaygroundSettings): number[] {
  const make = toy[data as "circle"] as Maker;
  const n = isFit(data) ? COUNT.heights : COUNT.classes;
  const { x, y } = make(n, { noise: noise / 100, seed });
  const [places, targets] = [x.dataSync(), y.dataSync()];
  // Moons are made in a unit of their own; here they fill the square like the others.
  const [scale, dx, dy] = data === "moons" ? [3, -1.5, -0.75] : [1, 0, 0];
  return Array.from(targets).flatMap((target, i) => [
    places[2 * i]! * scale + dx,
    places[2 * i + 1]! * scale + dy,
    target,
  ]);
}

/** The features of some points, `[N, F]`. */
export function featuresAt(points: Points, features: string): Tensor {
  const chosen = featuresOf(features).map((name) => FEATURES[name].of);
  const n = Math.floor(points.length / 3);
  const values = new Float32Array(n * chosen.length);
  for (let i = 0; i < n; i++) {
    chosen.forEach((of, f) => {
      values[i * chosen.length + f] = of(points[3 * i]!, points[3 * i + 1]!);
    });
  }
  return tensor(values, { shape: [n, chosen.length] });
}

/** The targets of some points, `[N, 1]`. */
export function targetsOf(points: Points): Tensor {
  const n = Math.floor(points.length / 3);
  const values = Float32Array.from({ length: n }, (_, i) => points[3 * i + 2]!);
  return tensor(values, { shape: [n, 1] });
}
