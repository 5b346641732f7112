/** Which columns a fit takes, what becomes of cells without a value, and what is said of both. */
import { argumentError } from "../core/errors.ts";
import { digitsFor, formatNumber, showText } from "../core/format.ts";
import { listFaults } from "../core/keys.ts";
import { hasNumberWithComma, parseNumber } from "../data/number.ts";
import { rangeOf } from "../data/scaler.ts";
import type { CsvTable } from "../data/table.ts";
import type { DataColumn, Dataset } from "../train/table/dataset.ts";
import { kindsOf, makeDataset } from "../train/table/dataset.ts";
import type { MissingRule } from "./gaps.ts";
import { gapError, gapsOf, isGap, listByColumn, rowsOf } from "./gaps.ts";
import { columnNames, count, listSome } from "./words.ts";

/** What the choice depends on. */
export interface ColumnFlags {
  /** As it was typed, or the names themselves. */
  readonly x?: string | readonly string[];
  readonly y?: string | readonly string[];
  readonly missing?: MissingRule;
  /** Takes the numbers of the target for classes. */
  readonly classify?: boolean;
}

/** The columns of a fit, and what there is to say about them. */
export interface ChosenColumns {
  readonly dataset: Dataset;
  /** Columns that are left out, with the reason where there is one. */
  readonly unused: readonly string[];
  /** Whether the target is the last usable column because none was named. */
  readonly targetByPlace: boolean;
  /** What was done about cells without a value. */
  readonly notes: readonly string[];
}

/** A column of text with more kinds than these is not taken unless it is named. */
const MOST_KINDS_UNASKED = 20;

/** Chooses the columns of a fit; errors name what is wrong with which. */
export function chooseColumns(table: CsvTable, flags: ColumnFlags): ChosenColumns {
  const problems = new Map(table.names.map((name) => [name, problemOf(table, name)]));
  const usable = table.names.filter((name) => problems.get(name) === undefined);
  const [namedX, namedY] = [namesOf(flags.x, table.names), namesOf(flags.y, table.names)];
  const [isX, isY] = [new Set(namedX), new Set(namedY)]; // there may be very many columns
  const last = usable.findLast((name) => !isX.has(name));
  const y = namedY ?? (last === undefined ? [] : [last]);
  const x = namedX ?? usable.filter((name) => (namedY ? !isY.has(name) : name !== last));
  if (x.length === 0 && usable.length > 1 && namedY !== undefined) {
    throw argumentError("--y names every column that can be one; none is left for an input.");
  }
  if (x.length === 0 || y.length === 0) throw tooFew(table, problems);
  const twice = x.find((name) => isY.has(name));
  if (twice !== undefined) {
    throw argumentError(`--x and --y both name the column ${showText(twice)}.`);
  }
  const taken = [...x, ...y];
  const isTaken = new Set(taken);
  const isKinds = new Set(flags.classify === true ? y : []);
  const read = taken.map((name) => readColumn(table, name, isKinds.has(name)));
  const { columns, notes } = fillGaps(table, read, y, flags.missing);
  const target = columns.at(-1)!;
  if (y.length === 1 && "values" in target && looksLikeClasses(target.values)) {
    notes.push(
      `the target ${showText(target.name)} looks like classes, numbered ${describeKinds(target.values)}; ` +
        "--classify tells them apart instead of fitting a number",
    );
  }
  notes.push(...thousandsNote(table, columns), ...rareNote(target));
  const unused = table.names
    .filter((name) => !isTaken.has(name))
    .map((name) => {
      const problem = problems.get(name);
      return problem === undefined ? showText(name) : `${showText(name)} (${problem})`;
    });
  const dataset = makeDataset(columns.slice(0, x.length), columns.slice(x.length));
  return { dataset, unused, notes, targetByPlace: namedY === undefined };
}

function namesOf(
  given: string | readonly string[] | undefined,
  known: readonly string[],
): readonly string[] | undefined {
  return typeof given === "string" ? columnNames(given, known) : given;
}

/** Says of classes that have one row each: none of them can be learned from the others. */
function rareNote(target: DataColumn): string[] {
  if (!("texts" in target)) return [];
  const counts = new Map<string, number>();
  for (const text of target.texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const rare = [...counts].filter(([, n]) => n === 1).map(([text]) => text);
  if (rare.length === 0) return [];
  return [
    `${count(rare.length, "kind")} of the target ${rare.length === 1 ? "has" : "have"} one row ` +
      `(${listSome(rare, 3, 20)}): a network that has not seen it cannot name it`,
  ];
}

/**
 * Points of thousands look like decimal points where each number has three digits after its point.
 * The columns are read with decimal points; that it was a choice is said.
 */
function thousandsNote(table: CsvTable, columns: readonly DataColumn[]): string[] {
  if (table.delimiter === "," || table.decimal === ",") return [];
  const found = columns.flatMap(({ name }) => {
    const cells = table.texts(name).map((text) => text.trim());
    const pointed = cells.filter((text) => /^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$/.test(text));
    const plain = cells.filter((text) => /^[+-]?[0-9]{1,3}$/.test(text) || isGap(text));
    const all = pointed.length > 0 && pointed.length + plain.length === cells.length;
    return all ? [`${showText(name)} (${pointed[0]!})`] : [];
  });
  if (found.length === 0) return [];
  return [`points are decimal points in ${listFaults(found, ", ")}; thousands have no separator`];
}

/** Returns a dataset's columns in words: name and range, or name and kinds. */
export function describeColumn(column: DataColumn): string {
  if (!("texts" in column)) {
    const [low, high] = rangeOf(column.values);
    const digits = digitsFor(low, high, 5);
    return `${formatNumber(low, { digits })} to ${formatNumber(high, { digits })}`;
  }
  const kinds = kindsOf(column);
  return `${count(kinds.length, "kind")}: ${listSome(kinds, 6, 20)}`;
}

/** Says why a column is not taken unless it is named; undefined where it can be. */
function problemOf(table: CsvTable, name: string): string | undefined {
  if (table.looksNumeric(name)) {
    if (table.rows < 2) return undefined;
    let values: Float64Array;
    try {
      values = table.numbers(name, { missing: true }).filter((value) => !Number.isNaN(value));
    } catch {
      return undefined; // numbers with a mistake among them: it is named when they are read
    }
    const [low, high] = rangeOf(values);
    return low === high && values.length > 1 ? `constant, ${formatNumber(low)}` : undefined;
  }
  const kinds = new Set(table.texts(name).filter((text) => !isGap(text)));
  if (kinds.size === 0) return "empty";
  if (kinds.size === 1) return `constant, "${showText([...kinds][0]!, 20)}"`;
  const other = otherSpelling(table, name);
  if (other !== undefined) return `numbers in another spelling, such as "${showText(other, 20)}"`;
  const most = Math.max(2, Math.min(MOST_KINDS_UNASKED, table.rows / 2));
  if (kinds.size <= most) return undefined;
  return `text, ${kinds.size} different, such as "${showText([...kinds][0]!.trim(), 20)}"`;
}

/** Returns a cell of a column that is meant to hold numbers, but spells them with commas. */
function otherSpelling(table: CsvTable, name: string): string | undefined {
  const cells = table.texts(name).filter((text) => !isGap(text));
  const strange = cells.filter(hasNumberWithComma);
  return strange.length > 0 && 2 * strange.length >= cells.length ? strange[0] : undefined;
}

function tooFew(table: CsvTable, problems: ReadonlyMap<string, string | undefined>): Error {
  if (table.rows < 2) {
    const text = `${count(table.rows, "row")}; a fit needs at least 2.`;
    return argumentError(`column ${showText(table.names[0]!)} has ${text}`);
  }
  const constant = [...problems].find(([, problem]) => problem?.startsWith("constant, "));
  if (constant !== undefined) {
    const [name, problem] = constant;
    return argumentError(
      `column ${showText(name)} is constant (${problem!.slice(10)} in all ${table.rows} rows); ` +
        "there is nothing to learn from it.",
    );
  }
  const numbers = [...problems.keys()].filter((name) => table.looksNumeric(name)).length;
  const text = table.names.find((name) => !table.looksNumeric(name));
  const why = text === undefined ? "" : ` ${firstFault(table, text)}`;
  const hint =
    table.names.length === 1 ? "; columns are separated by commas, semicolons or tabs" : "";
  return argumentError(
    `${table.source} has ${count(numbers, "column")} of numbers; ` +
      `a fit needs an input and a target${hint}.${why}`,
  );
}

/** Says why a column is not one of numbers: the first cell that is none. */
function firstFault(table: CsvTable, name: string): string {
  const row = table.texts(name).findIndex((text) => typeof parseNumber(text) !== "number");
  return row < 0 ? "" : `${table.faultAt(name, row).replace(`${table.source}, l`, "L")}.`;
}

function readColumn(table: CsvTable, name: string, kinds: boolean): DataColumn {
  if (table.looksNumeric(name)) {
    const values = table.numbers(name, { missing: true });
    if (!kinds) return { name, values };
    // By their numbers: 1 and 1.0 are one class.
    return { name, texts: Array.from(values, (v) => (Number.isNaN(v) ? "" : String(v))) };
  }
  if (otherSpelling(table, name) !== undefined) throw argumentError(firstFault(table, name));
  return { name, texts: table.texts(name).map((text) => (isGap(text) ? "" : text.trim())) };
}

/** Tables with fewer rows than this have few values of any kind. */
const FEWEST_ROWS = 20;
const MOST_CLASSES = 10;

/** Whether numbers are probably names: few whole numbers that follow each other from 0 or 1. */
function looksLikeClasses(values: Float64Array): boolean {
  const kinds = [...new Set(values)].sort((a, b) => a - b);
  const first = kinds[0];
  return (
    values.length >= FEWEST_ROWS &&
    kinds.length >= 2 &&
    kinds.length <= MOST_CLASSES &&
    (first === 0 || first === 1) &&
    kinds.every((kind, k) => kind === first + k)
  );
}

function describeKinds(values: Float64Array): string {
  const [low, high] = rangeOf(values);
  return high - low === 1 ? `${low} and ${high}` : `${low} to ${high}`;
}

function fillGaps(
  table: CsvTable,
  columns: readonly DataColumn[],
  targetNames: readonly string[],
  rule: MissingRule | undefined,
): { columns: readonly DataColumn[]; notes: string[] } {
  const gaps = columns.map(gapsOf);
  const rowsWithGaps = new Set(gaps.flat());
  if (rowsWithGaps.size === 0) return { columns, notes: [] };
  if (rule === undefined) throw gapError(rowsOf(table), columns, gaps);
  const list = listByColumn(columns, gaps);
  const targets = new Set(targetNames);
  const dropped = new Set(
    rule === "drop"
      ? rowsWithGaps
      : columns.flatMap(({ name }, i) => (targets.has(name) ? gaps[i]! : [])),
  );
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter((r) => !dropped.has(r));
  const notes = [];
  if (dropped.size > 0) {
    const why = rule === "drop" ? "empty cells" : "no target";
    notes.push(
      `left out ${count(dropped.size, "row")} with ${why}${rule === "drop" ? `: ${list}` : ""}`,
    );
  }
  if (rule === "mean") {
    notes.push(`filled empty cells with the mean or the most frequent text: ${list}`);
  }
  return { columns: columns.map((column) => fill(column, rows)), notes };
}

/** Takes the rows that stay; gaps that are left get the mean, or the most frequent text. */
function fill(column: DataColumn, rows: readonly number[]): DataColumn {
  const { name } = column;
  if ("texts" in column) {
    const texts = rows.map((row) => column.texts[row]!);
    const counts = new Map<string, number>();
    for (const text of texts) if (text !== "") counts.set(text, (counts.get(text) ?? 0) + 1);
    const [most = ""] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    return { name, texts: texts.map((text) => text || most) };
  }
  const values = Float64Array.from(rows, (row) => column.values[row]!);
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value / known.length, 0);
  return { name, values: values.map((value) => (Number.isNaN(value) ? mean : value)) };
}
