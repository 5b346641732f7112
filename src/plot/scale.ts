/** Scales: from the numbers of a panel to pixels, with the ticks of the axis. */
import { exp, log } from "../core/math.ts";
import type { Series } from "./series.ts";
import { linearTicks, logTicks, niceRange } from "./ticks.ts";
import type { Ticks } from "./ticks.ts";

/** A mapped axis; `at` gives NaN for what the scale cannot show. */
export interface Scale extends Ticks {
  at(value: number): number;
}

/** Makes the scale of one axis for all series of a panel, from pixel `from` to pixel `to`. */
export function makeScale(
  series: readonly Series[],
  axis: "x" | "y",
  kind: "linear" | "log",
  from: number,
  to: number,
  pixelsPerTick: number,
): Scale {
  const count = Math.max(2, Math.floor(Math.abs(to - from) / pixelsPerTick));
  const [low, high] = extent(series, axis, kind);
  return kind === "log"
    ? logScale(low, high, count, from, to)
    : linearScale(low, high, axis, count, from, to);
}

function linearScale(
  low: number,
  high: number,
  axis: "x" | "y",
  count: number,
  from: number,
  to: number,
): Scale {
  // Along y the range ends on ticks; along x the data keep a small margin.
  const pad = (high - low) * 0.03;
  const [first, last] =
    axis === "y" || !(high > low) ? niceRange(low, high, count) : [low - pad, high + pad];
  const perUnit = (to - from) / (last - first);
  return { ...linearTicks(first, last, count), at: (value) => from + (value - first) * perUnit };
}

function logScale(low: number, high: number, count: number, from: number, to: number): Scale {
  const pad = high / low < 1.1 ? 0.2 : 0.05 * (log(high) - log(low));
  const first = log(low) - pad;
  const perUnit = (to - from) / (log(high) + pad - first);
  const margin = Math.min(exp(pad), 10); // the axis may show decades a little beyond the data
  const ticks = logTicks(low / margin, high * margin, count);
  return { ...ticks, at: (value) => (value > 0 ? from + (log(value) - first) * perUnit : NaN) };
}

function extent(
  series: readonly Series[],
  axis: "x" | "y",
  kind: "linear" | "log",
): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { x, y } of series) {
    const values = axis === "x" ? x : y;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const shown =
        Number.isFinite(x[i]) && Number.isFinite(y[i]) && (kind === "linear" || value > 0);
      if (!shown) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return kind === "log" ? [0.1, 10] : [0, 1]; // nothing to show
  return [low, high];
}
