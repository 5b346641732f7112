/** Rules about tables: columns that say nothing, too much, or too loudly, and rows that repeat. */
import { formatNumber } from "../../core/format.ts";
import type { DataColumn, Dataset } from "../table/dataset.ts";
import type { Finding } from "./finding.ts";
import { found, worstFirst } from "./finding.ts";
import { meanOf, varianceOf } from "./measure.ts";
import { RowSet } from "./row-set.ts";
import type { Leak } from "./words.ts";

/** What is known of a table beside its columns. */
export interface TableOptions {
  /** Rows that are held out, by their numbers. Default: none. */
  readonly held?: readonly number[];
  /** Whether the columns are scaled for training, whatever they are in the table. Default: no. */
  readonly scaled?: boolean;
}

/** Looks at a table before anything is trained; the worst finding first. */
export function examineTable(table: Dataset, options: TableOptions = {}): Finding[] {
  return worstFirst([
    ...[...table.inputs, ...table.outputs].flatMap(constantColumn),
    ...leakingColumns(table),
    ...(options.scaled === true ? [] : numeric(table).flatMap(unscaledColumn)),
    ...repeatedRows(table, options.held ?? []),
  ]);
}

function numeric({ inputs, outputs }: Dataset): Numbers[] {
  return [...inputs, ...outputs].flatMap((column) => ("texts" in column ? [] : [column]));
}

type Numbers = Exclude<DataColumn, { readonly texts: unknown }>;

function constantColumn(column: DataColumn): Finding[] {
  const cells: ArrayLike<unknown> = "texts" in column ? column.texts : column.values;
  if (cells.length < 2) return [];
  for (let i = 1; i < cells.length; i++) if (cells[i] !== cells[0]) return [];
  const value = "texts" in column ? column.texts[0]! : formatNumber(column.values[0]!);
  return [found("constant-column", "warning", { value }, { column: column.name })];
}

/** Beyond this size numbers saturate what reads them; far beyond, plain training fails. */
const [LARGE, FAR_TOO_LARGE] = [30, 1000];

/** A column of numbers that is large or far off. */
export function unscaledColumn({ name, values }: Numbers): Finding[] {
  const [mean, deviation] = [meanOf(values), Math.sqrt(varianceOf(values))];
  const size = Math.abs(mean) + deviation;
  if (!(size > LARGE)) return [];
  const severity = size > FAR_TOO_LARGE ? "warning" : "note";
  return [found("unscaled-column", severity, { mean, deviation }, { column: name })];
}

/** With fewer rows a column may go with the target by chance. */
const FEW_ROWS = 20;

function leakingColumns({ inputs, outputs, rows }: Dataset): Finding[] {
  if (rows < FEW_ROWS) return [];
  return outputs.flatMap((output) => {
    const target = output.name;
    return inputs.flatMap((input): Finding[] => {
      const how = relation(input, output, inputs.length === 1);
      if (how === undefined) return [];
      const weak = how === "orders" || inputs.length === 1;
      const place = { column: input.name };
      return [found("leaking-column", weak ? "note" : "warning", { target, how }, place)];
    });
  });
}

/** How a column gives the target away; a single input may well determine it. */
function relation(input: DataColumn, output: DataColumn, single: boolean): Leak | undefined {
  if ("texts" in output) {
    return single || !decides(input, output.texts) ? undefined : "decides";
  }
  if ("texts" in input) return undefined;
  const [x, y] = [input.values, output.values];
  if (x.every((value, row) => value === y[row])) return "equals";
  if (single) return undefined;
  if (isLine(x, y)) return "is a straight line of";
  return orders(x, y) ? "orders" : undefined;
}

function isLine(x: Float64Array, y: Float64Array): boolean {
  const [mx, my] = [meanOf(x), meanOf(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [x[i]! - mx, y[i]! - my];
    xx += a * a;
    xy += a * b;
    yy += b * b;
  }
  return xx > 0 && yy > 0 && (xy * xy) / (xx * yy) > 1 - 1e-9;
}

/** Whether rows in the order of x are in the order of y, or in its reverse. */
function orders(x: Float64Array, y: Float64Array): boolean {
  return [200, x.length].every((count) => {
    const rows = Array.from(x.subarray(0, count), (_, row) => row);
    rows.sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!);
    if (new Set(rows.map((row) => x[row])).size < FEW_ROWS) return false;
    let [up, down] = [true, true];
    for (let i = 1; i < rows.length; i++) {
      const [a, b] = [rows[i - 1]!, rows[i]!];
      const step = y[b]! - y[a]!;
      const same = x[a] === x[b];
      if (same ? step !== 0 : !(step > 0)) up = false;
      if (same ? step !== 0 : !(step < 0)) down = false;
    }
    return up || down;
  });
}

/** Whether each value of a column with few values belongs to one class. */
function decides(input: DataColumn, classes: readonly string[]): boolean {
  const cells: ArrayLike<unknown> = "texts" in input ? input.texts : input.values;
  const own = new Map<unknown, string>();
  for (let row = 0; row < classes.length; row++) {
    const known = own.get(cells[row]);
    if (known === undefined) own.set(cells[row], classes[row]!);
    else if (known !== classes[row]) return false;
    if (own.size * 5 > classes.length) return false;
  }
  return own.size > 1;
}

function repeatedRows(table: Dataset, held: readonly number[]): Finding[] {
  const columns = [...table.inputs, ...table.outputs];
  const rows = new RowSet(columns, table.rows);
  const isHeld = new Set(held);
  const all = Array.from({ length: table.rows }, (_, row) => row);
  const repeated = rows.countRepeated(all);
  const findings: Finding[] = [];
  if (held.length > 0) {
    const shared = rows.countShared(
      all.filter((row) => !isHeld.has(row)),
      held,
    );
    const severity = shared > held.length / 10 ? "warning" : "note";
    if (shared > 0)
      findings.push(found("shared-rows", severity, { rows: shared, held: held.length }));
  }
  const severity = repeated > table.rows / 5 ? "warning" : "note";
  if (repeated > 0) {
    findings.push(found("duplicate-rows", severity, { rows: repeated, all: table.rows }));
  }
  return findings;
}
