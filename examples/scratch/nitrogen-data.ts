/**
 * What the two nitrogen programs share: the scaled data, the first weights, the trace, the picture.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { MinMaxScaler, parseCsv } from "nabla/data";
import { figure, line, panel, points } from "nabla/plot";

/** The weights of a 1-10-1 network. */
export interface Weights {
  readonly w1: Float64Array;
  readonly b1: Float64Array;
  readonly w2: Float64Array;
  readonly b2: Float64Array;
}

/** How both programs train. */
export const HIDDEN = 10;
export const RATE = 0.1;
export const EPOCHS = 5000;

/** Reads the 35 rows, both columns scaled to [0, 1]. */
export function nitrogen(): { x: Float64Array; y: Float64Array } {
  const table = parseCsv(readFileSync("data/n2_cp.csv"));
  const [x, y] = [table.numbers("T_K"), table.numbers("Cp_kJ_per_kgK")];
  return {
    x: new MinMaxScaler().fit(x).transform(x),
    y: new MinMaxScaler().fit(y).transform(y),
  };
}

/**
 * Makes the first weights: uniform in ±1/√(inputs), from the generator of Park and Miller (1988).
 */
export function firstWeights(seed = 42): Weights {
  let state = seed;
  const uniform = (count: number, bound: number): Float64Array =>
    Float64Array.from({ length: count }, () => {
      state = (state * 16807) % 2147483647;
      return (2 * (state / 2147483647) - 1) * bound;
    });
  const bound = 1 / Math.sqrt(HIDDEN);
  return {
    w1: uniform(HIDDEN, 1),
    b1: uniform(HIDDEN, 1),
    w2: uniform(HIDDEN, bound),
    b2: uniform(1, bound),
  };
}

/** Spells one line of the trace. */
export function trace(epoch: number, loss: number): string {
  return `Epoch ${String(epoch).padStart(5)}  Loss: ${loss.toFixed(6)}`;
}

/** Draws data and network, saves the picture in runs/, and returns it. */
export function draw(name: string, prediction: ArrayLike<number>): string {
  const { x, y } = nitrogen();
  const series = [
    line(x, prediction, { label: "network" }),
    points(x, y, { label: "data", hollow: true }),
  ];
  const labels = {
    xLabel: "T, scaled",
    yLabel: "Cp, scaled",
    title: "Nitrogen, 1 → 10 (tanh) → 1",
  };
  const svg = figure([[panel(series, labels)]], { width: 640, height: 420 });
  mkdirSync("runs/examples", { recursive: true });
  writeFileSync(`runs/examples/${name}.svg`, svg);
  return svg;
}
