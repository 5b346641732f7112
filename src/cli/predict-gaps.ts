/** Rows that a network cannot answer as they are: empty cells, and texts it has not seen. */
import { argumentError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { closest } from "../core/keys.ts";
import type { CsvTable } from "../data/table.ts";
import type { DataColumn, TrainedColumn } from "../train/table/dataset.ts";
import type { MissingRule, RowSource } from "./gaps.ts";
import { gapError, gapsOf, listByColumn } from "./gaps.ts";
import { count, listSome } from "./words.ts";

/** Rows to answer, and where they come from. */
export interface Question {
  readonly columns: readonly DataColumn[];
  readonly source: RowSource;
  /** The table that the rows are of, if they are of one. */
  readonly table?: CsvTable;
}

/** Rows that can be answered, and what was done to make them so. */
export interface Answerable {
  readonly columns: readonly DataColumn[];
  /** For each row the inputs that were filled in; empty where nothing was. */
  readonly filled: readonly (readonly string[])[];
  readonly notes: readonly string[];
  /** Which rows these are, where some were left out. */
  readonly rows?: readonly number[];
}

/** Leaves out or fills in what cannot be answered; without a rule it is an error. */
export function answerable(
  { columns, source }: Question,
  inputs: readonly TrainedColumn[],
  rule: MissingRule | undefined,
): Answerable {
  const gaps = columns.map(gapsOf);
  const strange = columns.map((column, j) => strangersOf(column, inputs[j]!));
  const [someGaps, someStrange] = [gaps, strange].map((rows) => rows.some((r) => r.length > 0));
  if (!someGaps && !someStrange) return { columns, filled: [], notes: [] };
  if (someGaps && rule === undefined) throw gapError(source, columns, gaps);
  if (someStrange && rule !== "drop") throw strangeError(source, columns, strange, inputs);
  if (rule === "drop") return leaveOut(columns, source, gaps, strange);
  return fillIn(columns, source, gaps, inputs);
}

/** Lists the rows whose text training has not seen. */
function strangersOf(column: DataColumn, { values }: TrainedColumn): number[] {
  if (values === undefined || !("texts" in column)) return [];
  const known = new Set(["", ...values]);
  return column.texts.flatMap((text, row) => (known.has(text) ? [] : [row]));
}

function leaveOut(
  columns: readonly DataColumn[],
  { rows }: RowSource,
  gaps: readonly (readonly number[])[],
  strange: readonly (readonly number[])[],
): Answerable {
  const dropped = new Set([...gaps, ...strange].flat());
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => !dropped.has(row));
  const why = [
    ["empty cells", gaps] as const,
    ["texts that training had not seen", strange] as const,
  ]
    .filter(([, found]) => found.some((each) => each.length > 0))
    .map(([what, found]) => `${what}: ${listByColumn(columns, found)}`)
    .join("; ");
  if (kept.length === 0) {
    throw argumentError(`no row is left to answer: all ${count(rows, "row")} had ${why}.`);
  }
  const notes = [`left out ${dropped.size} of ${count(rows, "row")} with ${why}`];
  return { columns: columns.map((column) => take(column, kept)), filled: [], notes, rows: kept };
}

function take(column: DataColumn, rows: readonly number[]): DataColumn {
  if ("texts" in column) return { ...column, texts: rows.map((row) => column.texts[row]!) };
  return { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) };
}

function fillIn(
  columns: readonly DataColumn[],
  { rows }: RowSource,
  gaps: readonly (readonly number[])[],
  inputs: readonly TrainedColumn[],
): Answerable {
  const filled = Array.from({ length: rows }, (): string[] => []);
  const whole = columns.map((column, j): DataColumn => {
    const { name, fill } = inputs[j]!;
    if (gaps[j]!.length === 0) return column;
    if (fill === undefined) {
      throw argumentError(
        `the model does not hold the mean of ${showText(name)}: an older version wrote it. ` +
          "--missing drop leaves such rows out, or repeat the fit.",
      );
    }
    for (const row of gaps[j]!) filled[row]!.push(name);
    if ("texts" in column) {
      return { ...column, texts: column.texts.map((text) => text || `${fill}`) };
    }
    return { ...column, values: column.values.map((v) => (Number.isNaN(v) ? Number(fill) : v)) };
  });
  const list = listByColumn(columns, gaps);
  const notes = [`filled empty cells with the training rows' mean or commonest text: ${list}`];
  return { columns: whole, filled, notes };
}

function strangeError(
  source: RowSource,
  columns: readonly DataColumn[],
  strange: readonly (readonly number[])[],
  inputs: readonly TrainedColumn[],
): Error {
  const first = strange.findIndex((rows) => rows.length > 0);
  const [column, row] = [columns[first]!, strange[first]![0]!];
  const text = "texts" in column ? column.texts[row]! : "";
  const known = inputs[first]!.values!;
  const meant = closest(text, known);
  const rows = new Set(strange.flat()).size;
  const others =
    source.rows === 1
      ? ""
      : ` Such texts are in ${rows} of ${source.rows} rows; --missing drop leaves them out.`;
  return argumentError(
    `${source.placeOf(column, row)}: training has not seen "${showText(text, 30)}"` +
      `${meant === undefined ? "" : ` (${showText(meant, 30)}?)`}; it had ${listSome(known, 6, 20)}.${others}`,
  );
}
