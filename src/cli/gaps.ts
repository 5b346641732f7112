/** Cells without a value: which there are, and what is said of them. */
import { argumentError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import type { CsvTable } from "../data/table.ts";
import type { DataColumn } from "../train/table/dataset.ts";
import { count } from "./words.ts";

/** What can be done about cells without a value. */
export type MissingRule = "drop" | "mean";

/** Where rows come from, for what is said of a cell. */
export interface RowSource {
  readonly rows: number;
  /** Names the place of a cell that is empty, and says so. */
  gapAt(column: DataColumn, row: number): string;
  /** Names the place of a cell. */
  placeOf(column: DataColumn, row: number): string;
}

/** Makes the rows of a table nameable by its lines. */
export function rowsOf(table: CsvTable): RowSource {
  const placeOf = ({ name }: DataColumn, row: number): string =>
    `${table.source}, line ${table.lineOf(row)}, column "${showText(name)}"`;
  return {
    rows: table.rows,
    placeOf,
    gapAt: (column, row) =>
      "texts" in column
        ? `${placeOf(column, row)}: the cell is empty`
        : table.faultAt(column.name, row),
  };
}

/** Lists the rows in which a column has no value. */
export function gapsOf(column: DataColumn): number[] {
  const cells: ArrayLike<number | string> = "texts" in column ? column.texts : column.values;
  const rows: number[] = [];
  for (let row = 0; row < cells.length; row++) {
    if (cells[row] === "" || Number.isNaN(cells[row])) rows.push(row);
  }
  return rows;
}

/** Names the columns that have such rows, with how many: `mass 2, sex 11`. */
export function listByColumn(
  columns: readonly DataColumn[],
  rows: readonly (readonly number[])[],
): string {
  return columns
    .map(({ name }, j) => ({ name, n: rows[j]!.length }))
    .filter(({ n }) => n > 0)
    .map(({ name, n }) => `${showText(name)} ${n}`)
    .join(", ");
}

/** Makes the error about empty cells that nothing was said about. */
export function gapError(
  source: RowSource,
  columns: readonly DataColumn[],
  gaps: readonly (readonly number[])[],
  targets: ReadonlySet<string> = new Set(),
): Error {
  const first = gaps.findIndex((rows) => rows.length > 0);
  const rows = new Set(gaps.flat()).size;
  const inputs = columns.some(({ name }, j) => gaps[j]!.length > 0 && !targets.has(name));
  const wanted = columns.some(({ name }, j) => gaps[j]!.length > 0 && targets.has(name));
  const mean = wanted
    ? "--missing mean fills them in, but rows without a target are left out"
    : "--missing mean fills them in";
  return argumentError(
    `${source.gapAt(columns[first]!, gaps[first]![0]!)}; empty cells in ${rows} of ` +
      `${count(source.rows, "row")} (${listByColumn(columns, gaps)}). ` +
      (inputs
        ? `--missing drop leaves such rows out, ${mean}.`
        : "Rows without a target can only be left out: --missing drop."),
  );
}
