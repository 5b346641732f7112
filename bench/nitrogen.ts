/** The 35 rows that the smallest network fits, scaled to 0 … 1. */
import { readFileSync } from "node:fs";

const rows = readFileSync("data/n2_cp.csv", "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(",").map(Number) as [number, number]);
const [low, high] = [Math.min(...rows.map((r) => r[1])), Math.max(...rows.map((r) => r[1]))];

/** Temperatures and heats. */
export const data: { readonly x: readonly number[]; readonly y: readonly number[] } = {
  x: rows.map(([t]) => (t - 300) / 1700),
  y: rows.map(([, c]) => (c - low) / (high - low)),
};
