/** Small pieces of the sentences that commands print. */
import { argumentError } from "../core/errors.ts";
import { showText } from "../core/format.ts";

/** Returns a number with its noun: `1 row`, `35 rows`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** Quotes a word for a shell where it needs that. */
export function quote(word: string): string {
  return /^[\w./\\:,~+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Returns how many digits tell the numbers of a range apart, `digits` where zero is among them. */
export function digitsFor(low: number, high: number, digits: number): number {
  const share = Math.max(Math.abs(low), Math.abs(high)) / (high - low);
  if (!(share > 1) || share === Infinity) return digits;
  return Math.min(17, digits + Number(share.toExponential().split("e")[1]));
}

/** Lines up rows of cells: the first column to the left, the others to the right. */
export function alignRows(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => [...(row[j] ?? "")].length)));
  return rows.map((row) =>
    row
      .map((cell, j) => (j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** Reads a list of column names; a name may hold commas where it is given alone. */
export function columnNames(text: string, known: readonly string[]): string[] {
  const names = known.includes(text) ? [text] : text.split(",").map((name) => name.trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw argumentError(`the column ${showText(twice)} is named twice.`);
  return names;
}
