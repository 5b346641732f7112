/** How much the rows of each class count, so that a rare class is not ignored at little cost. */
import type { Encoded } from "./dataset.ts";
import type { ClassWeight, FitOptions } from "./options.ts";
import type { Rows } from "./row-batches.ts";
import { makeRows } from "./row-batches.ts";

/** Of two classes, one with a smaller share than this is rare. */
export const RARE = 0.1;

/** Returns the choice that was made, or that which the table makes: rare classes are balanced. */
export function classWeightOf(
  data: Encoded,
  { classWeight }: Pick<FitOptions, "classWeight">,
): ClassWeight {
  if (classWeight !== undefined) return classWeight;
  const shares = sharesOfClasses(data);
  return shares.length === 2 && Math.min(...shares) < RARE ? "balanced" : "none";
}

/** Returns the share of each class in the rows; none where there are no classes. */
export function sharesOfClasses({ classes = [], y, rows }: Encoded): number[] {
  const counts = classes.map(() => 0);
  if (classes.length > 0) for (const k of y) counts[k]!++;
  return counts.map((count) => count / rows);
}

/** Returns how much a row of each class counts, 1 on the average; undefined where all count 1. */
export function weightsOfClasses(
  data: Encoded,
  options: Pick<FitOptions, "classWeight">,
): readonly number[] | undefined {
  if (data.classes === undefined || classWeightOf(data, options) === "none") return undefined;
  const shares = sharesOfClasses(data);
  const there = shares.filter((share) => share > 0).length;
  return shares.map((share) => (share === 0 ? 1 : 1 / (there * share)));
}

/** Lets the rows of each class count so much: the 1 of a class becomes its weight. */
export function weighRows(rows: Rows, weights: readonly number[] | undefined): Rows {
  if (weights === undefined) return rows;
  const y = rows.y.map((value, i) => value * weights[i % weights.length]!);
  return makeRows(rows.x, y, rows.rows);
}
