/** What features look like over the square, in the form of the neurons' maps. */
import { FEATURES } from "./settings.ts";

/** Every map shows the square ±6 in so many cells a side. */
export const CELLS = 60;

/** The middles of the cells, row by row from the top. */
export const MIDDLES: readonly (readonly [x: number, y: number])[] = Array.from(
  { length: CELLS * CELLS },
  (_, i) => [
    -6 + (12 * ((i % CELLS) + 0.5)) / CELLS,
    6 - (12 * (Math.floor(i / CELLS) + 0.5)) / CELLS,
  ],
);

/** A value from −1 to 1 as a byte; what lies outside is at the end. */
export function byteOf(value: number): number {
  return Math.round(127.5 * (1 + Math.max(-1, Math.min(1, value))));
}

let made: Uint8Array[] | undefined;

/** The map of every feature, in the order of the table. */
export function featureMaps(): Uint8Array[] {
  made ??= Object.values(FEATURES).map(({ of }) =>
    Uint8Array.from(MIDDLES, ([x, y]) => byteOf(of(x, y))),
  );
  return made;
}
