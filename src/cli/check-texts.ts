/** Compares the texts of a table with those that a run was fitted to; says where they differ. */
import { argumentError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { listFaults } from "../core/keys.ts";
import type { CsvTable } from "../data/table.ts";
import type { DataColumn, Dataset, TrainedColumn, TrainedColumns } from "../train/table/dataset.ts";
import { kindsOf } from "../train/table/dataset.ts";
import { listSome } from "./words.ts";

/**
 * Refuses a table whose columns hold other texts than those of a run, or texts in the place of
 * numbers: each number of the network belongs to one text.
 */
export function checkTexts(table: CsvTable, trained: TrainedColumns, dataset: Dataset): void {
  const faultsOf = (wanted: readonly TrainedColumn[], found: readonly DataColumn[]): string[] =>
    wanted.flatMap((column, j) => textFaults(table, column, found[j]!));
  const faults = [
    ...faultsOf(trained.inputs, dataset.inputs),
    ...faultsOf(trained.outputs, dataset.outputs),
  ];
  if (faults.length === 0) return;
  throw argumentError(`${table.source} is not the table of the run: ${listFaults(faults)}.`);
}

function textFaults(table: CsvTable, wanted: TrainedColumn, found: DataColumn): string[] {
  const { name, values } = wanted;
  const column = `column "${showText(name)}"`;
  if (values === undefined) {
    return "texts" in found ? [`${column} holds texts, the run has numbers`] : [];
  }
  if (!("texts" in found)) return [`${column} holds numbers, the run has texts`];
  const kinds = kindsOf(found);
  const [known, present] = [new Set(values), new Set(kinds)];
  const strange = kinds.filter((kind) => !known.has(kind));
  const lost = values.filter((value) => !present.has(value));
  const had = listSome(values, 6, 20);
  return [
    ...strange.map((text) => {
      const line = lineOf(table, name, text);
      return `line ${line}, ${column}: the run has not seen "${showText(text, 40)}"; it had ${had}`;
    }),
    ...lost.map((text) => `${column} has no row with "${showText(text, 40)}", which the run had`),
  ];
}

/** Finds the line of a text; classes that are numbers are the same however they are spelled. */
function lineOf(table: CsvTable, name: string, text: string): number {
  const row = table.looksNumeric(name)
    ? table.numbers(name, { missing: true }).findIndex((value) => String(value) === text)
    : table.texts(name).findIndex((cell) => cell.trim() === text);
  return table.lineOf(row);
}
