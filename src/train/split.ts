/** Which rows are trained on and which are held out: seeded, the same for the same seed. */
import { argumentError } from "../core/errors.ts";
import { drawUniform, manualSeed } from "../tensor/random.ts";

/** Rows to train on and rows to judge by. */
export interface Split {
  readonly train: readonly number[];
  readonly held: readonly number[];
}

/** Holds out a fraction of the rows, at least one, and leaves at least two. */
export function holdOut(rows: number, fraction: number, seed: number): Split {
  const count = Math.max(1, Math.round(rows * fraction));
  if (!(fraction > 0 && fraction < 1) || rows - count < 2) {
    throw argumentError(
      `holding out ${fraction} of ${rows} rows leaves ${Math.max(rows - count, 0)} to train on; ` +
        "at least 2 are needed.",
    );
  }
  const order = shuffledRows(rows, seed);
  return { held: sorted(order.slice(0, count)), train: sorted(order.slice(count)) };
}

/**
 * Cuts the rows into `folds` parts of like size and holds out each in turn; with class numbers each
 * part has its share of every class.
 */
export function foldsOf(
  rows: number,
  folds: number,
  seed: number,
  classes?: ArrayLike<number>,
): Split[] {
  if (rows < 3) throw argumentError(`folds need at least 3 rows; there are ${rows}.`);
  if (folds < 2 || folds > rows) {
    throw argumentError(`${rows} rows cannot be cut into ${folds} folds; need 2 to ${rows}.`);
  }
  const order = shuffledRows(rows, seed);
  if (classes !== undefined) order.sort((a, b) => classes[a]! - classes[b]!); // stable
  const parts = Array.from({ length: folds }, (): number[] => []);
  order.forEach((row, i) => parts[i % folds]!.push(row));
  return parts.map((held, k) => ({
    held: sorted(held),
    train: sorted(parts.filter((_, other) => other !== k).flat()),
  }));
}

/** Returns 0 … rows − 1 in a seeded order. */
export function shuffledRows(rows: number, seed: number): number[] {
  manualSeed(seed);
  return Array.from(shuffle(Int32Array.from({ length: rows }, (_, i) => i)));
}

/** Puts rows into a random order, in place (Fisher and Yates); draws once. */
export function shuffle(rows: Int32Array): Int32Array {
  const draws = drawUniform(rows.length);
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(draws[i]! * (i + 1));
    const held = rows[i]!;
    rows[i] = rows[j]!;
    rows[j] = held;
  }
  return rows;
}

function sorted(rows: number[]): number[] {
  return rows.sort((a, b) => a - b);
}
