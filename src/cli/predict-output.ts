/** Answers as a table of text, safe to open in a spreadsheet. */
import { parseNumber } from "../data/number.ts";
import type { FittedModel } from "../train/table/fitted.ts";
import type { Answer } from "./answers.ts";
import { describeOutside } from "./answers.ts";

/** Writes inputs, answers, what lies outside the training range and what was filled in as CSV. */
export function csvText({ parts }: FittedModel, answers: readonly Answer[]): string {
  const { inputs, outputs } = parts;
  const taken = new Set(inputs.map(({ name }) => name));
  const sure = outputs[0]!.values !== undefined;
  const filled = answers.some((answer) => answer.filled !== undefined);
  const head = [
    ...inputs.map(({ name }) => name),
    ...outputs.map(({ name }) => name),
    ...(sure ? [free("probability", taken)] : []),
    free("outside_training_range", taken),
    ...(filled ? [free("filled_in", taken)] : []),
  ];
  const rows = answers.map((answer) => [
    ...inputs.map(({ name }) => answer.inputs[name]!),
    ...outputs.map(({ name }) => answer.outputs[name]!),
    ...(sure ? [Math.max(...Object.values(answer.probabilities!))] : []),
    answer.outside.map(describeOutside).join("; "),
    ...(filled ? [(answer.filled ?? []).join("; ")] : []),
  ]);
  return [head, ...rows].map((row) => `${row.map(cellText).join(",")}\n`).join("");
}

function free(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? free(`${name}_`, taken) : name;
}

/**
 * Spells a cell. Text that a spreadsheet would run as a formula gets an apostrophe in front, which
 * spreadsheets take for "text follows".
 */
function cellText(value: string | number): string {
  if (typeof value === "number") return String(value);
  const runs = /^[=+\-@\t\r]/.test(value) && typeof parseNumber(value) !== "number";
  const text = runs ? `'${value}` : value;
  return /[",\n\r;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
