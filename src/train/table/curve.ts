/**
 * What a curve, one number over another, shows without a network: how much of it is noise, and how
 * often it turns.
 */
import { takeColumn } from "../../data/rows.ts";
import { rangeOf } from "../../data/scaler.ts";
import type { Encoded } from "./dataset.ts";

/** What the rows of a table of one input show. */
export interface Curve {
  /** The share of the variance that neighbours do not explain; of the noisiest target. */
  readonly noise: number;
  /** How often the target turns back by more than noise can; of the one that turns most. */
  readonly turns: number;
}

/** A turn is larger than so many standard deviations of the noise, and than this part of all. */
const DEVIATIONS = 8;
const PART = 0.1;

/** Whether a table holds numbers over one number. */
export function isCurve({ inputs, classes }: Encoded): boolean {
  return inputs.length === 1 && inputs[0]!.values === undefined && classes === undefined;
}

/** Looks at a table of one input; undefined for any other. */
export function curveOf(data: Encoded): Curve | undefined {
  if (!isCurve(data)) return undefined;
  const { x, y, rows, targets } = data;
  const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => x[a]! - x[b]!);
  const at = order.map((row) => x[row]!);
  const curves = Array.from({ length: targets }, (_, j) => {
    const column = takeColumn(y, targets, j);
    return look(
      at,
      order.map((row) => column[row]!),
    );
  });
  return {
    noise: Math.max(...curves.map(({ noise }) => noise)),
    turns: Math.max(...curves.map(({ turns }) => turns)),
  };
}

function look(x: readonly number[], y: readonly number[]): Curve {
  const mean = y.reduce((sum, value) => sum + value / y.length, 0);
  const variance = y.reduce((sum, value) => sum + ((value - mean) * (value - mean)) / y.length, 0);
  const noise = noiseOf(x, y);
  const [low, high] = rangeOf(y);
  const least = Math.max(DEVIATIONS * Math.sqrt(noise), PART * (high - low));
  return { noise: variance > 0 ? noise / variance : 0, turns: turnsOf(y, least) };
}

/** The variance of the noise by how far each row is from the line through its neighbours. */
function noiseOf(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i + 1 < x.length; i++) {
    const span = x[i + 1]! - x[i - 1]!;
    const right = span > 0 ? (x[i]! - x[i - 1]!) / span : 0.5;
    const miss = y[i]! - (1 - right) * y[i - 1]! - right * y[i + 1]!;
    sum += (miss * miss) / (1 + right * right + (1 - right) * (1 - right));
  }
  return x.length > 2 ? sum / (x.length - 2) : 0;
}

/** Counts how often the values turn back by more than `least`. */
function turnsOf(y: readonly number[], least: number): number {
  let [turns, direction] = [0, 0];
  let [low, high] = [y[0]!, y[0]!];
  for (const value of y) {
    low = direction > 0 ? low : Math.min(low, value);
    high = direction < 0 ? high : Math.max(high, value);
    if (direction <= 0 && value > low + least) {
      if (direction < 0) turns++;
      [direction, high] = [1, value];
    } else if (direction >= 0 && value < high - least) {
      if (direction > 0) turns++;
      [direction, low] = [-1, value];
    }
  }
  return turns;
}
