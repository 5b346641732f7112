/** Small pieces of the sentences that commands print. */
import { argumentError } from "../core/errors.ts";
import { formatNumber, showText } from "../core/format.ts";
import type { RegressionMetrics } from "../data/metrics.ts";

/** Returns a number with its noun: `1 row`, `35 rows`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** Returns a length in bytes, kB or MB. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return count(bytes, "byte");
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Returns a share in percent: `97.1 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Spells RMSE, largest error and R² as cells of a table. */
export function errorCells({ rmse, maxAbs, r2 }: RegressionMetrics): string[] {
  const quality = r2 === null || Number.isNaN(r2) ? "–" : formatR2(r2);
  return [formatNumber(rmse), formatNumber(maxAbs), quality];
}

/** R² with as many nines as it has: 0.999987 must not become 1. */
function formatR2(r2: number): string {
  const miss = 1 - r2;
  if (!(miss > 0 && miss < 1e-2)) return r2.toFixed(4);
  return r2.toFixed(Math.min(10, 2 - Number(miss.toExponential().split("e")[1])));
}

/** Lists the first few texts, each in at most `width` characters; says where there are more. */
export function listSome(texts: readonly string[], most: number, width: number): string {
  const shown = texts.slice(0, most).map((text) => showText(text, width) || '""');
  return `${shown.join(", ")}${texts.length > most ? ", …" : ""}`;
}

/** Returns the names of columns. */
export function namesOf(columns: readonly { readonly name: string }[]): string[] {
  return columns.map(({ name }) => name);
}

/** Quotes a word for a shell where it needs that. */
export function quote(word: string): string {
  return /^[\w./\\:,~+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Returns the largest of any number of widths; a call takes only so many arguments. */
export function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}

/** Lines up rows of cells: the first column to the left, the others to the right. */
export function alignRows(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, j) => widest(rows.map((row) => [...(row[j] ?? "")].length)));
  return rows.map((row) =>
    row
      .map((cell, j) => (j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!)))
      .join("  ")
      .trimEnd(),
  );
}

/**
 * Reads a list of column names, separated by commas; a name that holds commas stands in double
 * quotes, or alone. A text that names one column, and several just as well, is refused.
 */
export function columnNames(text: string, known: readonly string[]): string[] {
  const isKnown = new Set(known);
  const listed = splitNames(text);
  const meansAll = !isSame(listed, [text]) && listed.every((name) => isKnown.has(name));
  if (isKnown.has(text) && meansAll) {
    throw argumentError(
      `"${showText(text)}" is a column, and a list of other columns too: write ` +
        `'${showText(quoteName(text))}' for the one, ` +
        `'${showText(listed.map(quoteName).join())}' for the others, with all quotes.`,
    );
  }
  const names = isKnown.has(text) ? [text] : listed;
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw argumentError(`the column ${showText(twice)} is named twice.`);
  return names;
}

/** Spells column names as `columnNames` reads them; what was typed stays as it is. */
export function spellNames(names: string | readonly string[]): string {
  if (typeof names === "string") return names;
  return names.map((name) => (/[,"]/.test(name) ? quoteName(name) : name)).join();
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Splits at commas outside of double quotes; what is quoted is taken as it stands. */
function splitNames(text: string): string[] {
  const quoted = /^\s*"((?:[^"]|"")*)"\s*(?:,|$)/;
  const names: string[] = [];
  for (let rest: string | undefined = text; rest !== undefined;) {
    const found = quoted.exec(rest);
    const end: number = found
      ? found[0].length - Number(found[0].endsWith(","))
      : rest.indexOf(",");
    const own = end < 0 ? rest : rest.slice(0, end);
    names.push(found ? found[1]!.replaceAll('""', '"') : own.trim());
    rest = end < 0 || end === rest.length ? undefined : rest.slice(end + 1);
  }
  return names;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
