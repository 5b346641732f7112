/** Answers as a table of text, safe to open in a spreadsheet. */
import { parseNumber } from "../data/number.ts";
import type { CsvTable } from "../data/table.ts";
import type { FittedModel } from "../train/table/fitted.ts";
import type { Answer } from "./answers.ts";
import { describeOutside } from "./answers.ts";

/** The rows of a table that were answered. */
export interface AskedRows {
  readonly table: CsvTable;
  /** Which of its rows, in their order. */
  readonly rows: readonly number[];
}

type Cell = string | number;

/**
 * Writes what was asked, every column of its table, with the answers behind it, what lies outside
 * the training range and what was filled in, separated and spelled as the table is.
 */
export function csvText(
  { parts }: FittedModel,
  answers: readonly Answer[],
  asked?: AskedRows,
): string {
  const { inputs, outputs } = parts;
  const names = asked?.table.names ?? inputs.map(({ name }) => name);
  const taken = new Set(names);
  const sure = outputs[0]!.values !== undefined;
  const filled = answers.some((answer) => answer.filled !== undefined);
  const head = [
    ...names,
    ...outputs.map(({ name }) => predictedName(name, taken)),
    ...(sure ? [free("probability", taken)] : []),
    free("outside_training_range", taken),
    ...(filled ? [free("filled_in", taken)] : []),
  ];
  const given = asked && names.map((name) => asked.table.texts(name));
  const rows = answers.map((answer, k): Cell[] => [
    ...names.map((name, j) => given?.[j]![asked!.rows[k]!] ?? answer.inputs[name]!),
    ...outputs.map(({ name }) => answer.outputs[name]!),
    ...(sure ? [Math.max(...Object.values(answer.probabilities!))] : []),
    answer.outside.map(describeOutside).join("; "),
    ...(filled ? [(answer.filled ?? []).join("; ")] : []),
  ]);
  const { delimiter = ",", decimal = "." } = asked?.table ?? {};
  const spell = (cell: Cell): string =>
    typeof cell === "number" ? spellNumber(cell, decimal, delimiter) : spellText(cell, delimiter);
  return [head, ...rows].map((row) => `${row.map(spell).join(delimiter)}\n`).join("");
}

/** Names the column of answers: never as the column that holds the truth. */
export function predictedName(name: string, taken: ReadonlySet<string>): string {
  return free(`${name}_predicted`, taken);
}

function free(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? free(`${name}_`, taken) : name;
}

function spellNumber(value: number, decimal: string, delimiter: string): string {
  const text = String(value);
  return decimal === "." ? text : spellText(text.replace(".", decimal), delimiter);
}

/**
 * Spells a text. One that a spreadsheet would run as a formula gets an apostrophe in front, which
 * spreadsheets take for "text follows".
 */
function spellText(value: string, delimiter: string): string {
  const runs = /^[=+\-@\t\r]/.test(value) && !spellsNumber(value);
  const text = runs ? `'${value}` : value;
  const quoted = /["\n\r;]/.test(text) || text.includes(delimiter);
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}

function spellsNumber(text: string): boolean {
  return [".", ","].some((mark) => typeof parseNumber(text, mark as "." | ",") === "number");
}
