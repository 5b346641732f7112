/** Which columns a fit takes, what becomes of cells without a value, and what is said of both. */
import { argumentError, NablaError } from "../core/errors.ts";
import { digitsFor, formatNumber, showText } from "../core/format.ts";
import { listFaults } from "../core/keys.ts";
import type { AskedKind, ColumnChoice } from "../data/columns/choose.ts";
import { chooseColumn } from "../data/columns/choose.ts";
import { readColumnAs } from "../data/columns/read.ts";
import { spellValue } from "../data/columns/recipe.ts";
import { isGap, parseNumber } from "../data/number.ts";
import { rangeOf } from "../data/scaler.ts";
import type { CsvTable } from "../data/table.ts";
import type { Column, DataColumn, Dataset, TrainedColumns } from "../train/table/dataset.ts";
import { kindsOf, makeDataset } from "../train/table/dataset.ts";
import type { MissingRule } from "./gaps.ts";
import { gapError, gapsOf, listByColumn, rowsOf } from "./gaps.ts";
import { columnNames, count, listSome, quote } from "./words.ts";

/** What the choice depends on. */
export interface ColumnFlags {
  /** As it was typed, or the names themselves. */
  readonly x?: string | readonly string[];
  readonly y?: string | readonly string[];
  readonly missing?: MissingRule;
  /** Takes the numbers of the target for classes. */
  readonly classify?: boolean;
  /** What columns are said to hold: `name=kind`. */
  readonly column?: readonly string[];
  /** The decimal mark that was asked for. */
  readonly decimal?: "." | ",";
  /** The columns of a run: how they are read is known. */
  readonly trained?: TrainedColumns;
  /** The column whose groups stay whole, and the one that orders rows in time. */
  readonly group?: string;
  readonly time?: string;
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

/** Chooses the columns of a fit; errors name what is wrong with which. */
export function chooseColumns(table: CsvTable, flags: ColumnFlags): ChosenColumns {
  const choices = choicesFor(table, flags);
  const choiceOf = (name: string): ColumnChoice => choices.get(name)!;
  const usable = table.names.filter((name) => choiceOf(name).leftOut === undefined);
  const [namedX, namedY] = [namesOf(flags.x, table.names), namesOf(flags.y, table.names)];
  const [isX, isY] = [new Set(namedX), new Set(namedY)]; // there may be very many columns
  const aside = asideOf(table, flags, choiceOf);
  const isAside = new Set(aside.map(({ name }) => name));
  const canBeTarget = (name: string): boolean =>
    !isX.has(name) && !isAside.has(name) && !isDate(choiceOf(name));
  const last = usable.findLast(canBeTarget);
  const y = namedY ?? (last === undefined ? [] : [last]);
  const isTarget = new Set(y);
  const found = usable.filter((name) => !isTarget.has(name) && name !== flags.group);
  const wanted = found.length === 0 ? atNeed(table, choices, isTarget) : found;
  const x = namedX ?? wanted;
  if (x.length === 0 && usable.length > 1 && namedY !== undefined) {
    throw argumentError("--y names every column that can be one; none is left for an input.");
  }
  if (x.length === 0 || y.length === 0) throw tooFew(table, choices);
  const twice = x.find((name) => isY.has(name));
  if (twice !== undefined) {
    throw argumentError(`--x and --y both name the column ${showText(twice)}.`);
  }
  const taken = [...x, ...y];
  const isTaken = new Set([...taken, ...isAside]);
  const isKinds = new Set(flags.classify === true ? y : []);
  const read = taken.map((name) => {
    const choice = choices.get(name) ?? chooseColumn(table, name); // throws: there is none such
    refuseUnclear(table, name, choice, isTarget.has(name));
    const hinted = flags.trained === undefined && choice.recipe === undefined;
    return readColumn(table, name, choice, isKinds.has(name), hinted);
  });
  const known = [...y, ...isAside];
  const { columns: all, notes } = fillGaps(table, [...read, ...aside], known, flags.missing);
  const columns = all.slice(0, taken.length);
  const target = columns.at(-1)!;
  notes.unshift(...recipeNotes(taken, choices));
  if (namedX === undefined && wanted !== found) {
    notes.push(`${listSome(wanted, 3, 30)}: row numbers or ids, but there is no other input`);
  }
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
      const { leftOut } = choiceOf(name);
      return leftOut === undefined ? showText(name) : `${showText(name)} (${leftOut})`;
    });
  const made = makeDataset(columns.slice(0, x.length), columns.slice(x.length));
  const dataset = { ...made, ...sharedBy(all, flags) };
  return { dataset, unused, notes, targetByPlace: namedY === undefined };
}

/** The columns by which rows are shared out, as gaps left them. */
function sharedBy(
  columns: readonly DataColumn[],
  { group, time }: ColumnFlags,
): Pick<Dataset, "group" | "time"> {
  const named = (name: string): DataColumn => columns.findLast((column) => column.name === name)!;
  return {
    ...(group === undefined ? {} : { group: named(group) }),
    ...(time === undefined ? {} : { time: named(time) as Column }),
  };
}

/** Decides what each column holds, or takes what was decided when a model was fitted. */
function choicesFor(table: CsvTable, flags: ColumnFlags): Map<string, ColumnChoice> {
  const asked = askedKinds(table, flags.column ?? []);
  const trained = new Map(
    [...(flags.trained?.inputs ?? []), ...(flags.trained?.outputs ?? [])].map((column) => [
      column.name,
      column,
    ]),
  );
  const { decimal } = flags;
  return new Map(
    table.names.map((name): [string, ColumnChoice] => {
      const column = trained.get(name);
      if (column !== undefined) return [name, choiceOfTrained(table, column)];
      if (flags.trained !== undefined) return [name, { type: "text", leftOut: "not of the run" }];
      const kind = asked.get(name);
      const hints = { ...(kind ? { asked: kind } : {}), ...(decimal ? { decimal } : {}) };
      return [name, chooseColumn(table, name, hints)];
    }),
  );
}

/** A column without a recipe is what it always was: numbers where it holds numbers. */
function choiceOfTrained(
  table: CsvTable,
  { name, values, recipe }: TrainedColumns["inputs"][number],
): ColumnChoice {
  if (recipe !== undefined) return { type: values === undefined ? "number" : "text", recipe };
  return { type: table.looksNumeric(name) ? "number" : "text" };
}

/** Reads `--column name=kind`, for names that the table has. */
function askedKinds(table: CsvTable, given: readonly string[]): Map<string, AskedKind> {
  const asked = new Map<string, AskedKind>();
  for (const text of given) {
    const at = text.lastIndexOf("=");
    const [name, kind] = [text.slice(0, at), text.slice(at + 1)];
    if (!table.names.includes(name)) table.texts(name); // throws, and names those that there are
    if (asked.has(name)) throw argumentError(`--column names ${showText(name)} twice.`);
    asked.set(name, kind as AskedKind);
  }
  return asked;
}

function isDate({ recipe }: ColumnChoice): boolean {
  return recipe?.kind === "date";
}

/** The columns that name rows, for a table that has no other input. */
function atNeed(
  table: CsvTable,
  choices: ReadonlyMap<string, ColumnChoice>,
  isTarget: ReadonlySet<string>,
): string[] {
  return table.names.filter((name) => choices.get(name)!.atNeed === true && !isTarget.has(name));
}

/** Refuses a column that can be read in two ways, and a date as what is to be predicted. */
function refuseUnclear(
  table: CsvTable,
  name: string,
  choice: ColumnChoice,
  isTarget: boolean,
): void {
  const place = `${table.source}, column "${showText(name)}"`;
  if (choice.ambiguous !== undefined) {
    throw argumentError(`${place}: ${choice.ambiguous}. --column ${showText(name)}=KIND decides.`);
  }
  if (isTarget && isDate(choice)) {
    throw argumentError(
      `${place}: holds dates, which can be inputs but no target; --y names another column.`,
    );
  }
}

/** Says of each column with a recipe how it is read. */
function recipeNotes(
  taken: readonly string[],
  choices: ReadonlyMap<string, ColumnChoice>,
): string[] {
  const lines = taken.flatMap((name) => {
    const note = choices.get(name)?.note;
    return note === undefined ? [] : [`${showText(name)}: ${note}`];
  });
  const more = lines.length - MOST_NOTES;
  return more <= 0 ? lines : [...lines.slice(0, MOST_NOTES), `… and ${more} more columns so`];
}

/** More columns than these are not described one by one. */
const MOST_NOTES = 24;

function namesOf(
  given: string | readonly string[] | undefined,
  known: readonly string[],
): readonly string[] | undefined {
  return typeof given === "string" ? columnNames(given, known) : given;
}

/** Reads the columns by which rows are shared out. */
function asideOf(
  table: CsvTable,
  { group, time }: ColumnFlags,
  choiceOf: (name: string) => ColumnChoice,
): DataColumn[] {
  for (const [option, name] of Object.entries({ group, time })) {
    if (name === undefined || table.names.includes(name)) continue;
    throw argumentError(`--${option} names ${showText(name)}, which is no column of the table.`);
  }
  const isText = { type: "text" } as const;
  return [
    ...(group === undefined ? [] : [readColumn(table, group, isText, true, false)]),
    ...(time === undefined ? [] : [readTime(table, time, choiceOf(time))]),
  ];
}

/** Reads times: numbers, or dates as the column spells them. */
function readTime(table: CsvTable, name: string, choice: ColumnChoice): Column {
  refuseUnclear(table, name, choice, false);
  const column = readColumn(table, name, choice, false, false);
  if (!("texts" in column)) return column;
  throw argumentError(
    `${table.source}, column "${showText(name)}": "${showText(column.texts[0]!, 30)}" is no time; ` +
      "--time takes numbers and dates such as 2026-11-28.",
  );
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
  const found = columns.flatMap(({ name, recipe }) => {
    if (recipe !== undefined) return [];
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
    const show = (value: number): string =>
      spellValue(column.recipe, value) ?? formatNumber(value, { digits });
    return `${show(low)} to ${show(high)}`;
  }
  const kinds = kindsOf(column);
  return `${count(kinds.length, "kind")}: ${listSome(kinds, 6, 20)}`;
}

function tooFew(table: CsvTable, choices: ReadonlyMap<string, ColumnChoice>): Error {
  if (table.rows < 2) {
    const text = `${count(table.rows, "row")}; a fit needs at least 2.`;
    return argumentError(`column ${showText(table.names[0]!)} has ${text}`);
  }
  const constant = [...choices].find(([, { leftOut }]) => leftOut?.startsWith("constant, "));
  if (constant !== undefined) {
    const [name, { leftOut }] = constant;
    return argumentError(
      `column ${showText(name)} is constant (${leftOut!.slice(10)} in all ${table.rows} rows); ` +
        "there is nothing to learn from it.",
    );
  }
  const isNumber = (name: string): boolean => choices.get(name)!.type === "number";
  const numbers = table.names.filter(isNumber).length;
  const text = table.names.find((name) => !isNumber(name));
  const why = text === undefined ? "" : ` ${firstFault(table, text)}`;
  const hint =
    table.names.length === 1 ? "; columns are separated by commas, semicolons, tabs or blanks" : "";
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

function readColumn(
  table: CsvTable,
  name: string,
  { type, recipe }: ColumnChoice,
  kinds: boolean,
  hinted: boolean,
): DataColumn {
  const reading = { name, type, ...(recipe === undefined ? {} : { recipe }) };
  const column = explainMistake(name, hinted, () => readColumnAs(table, reading)) as DataColumn;
  if (!kinds || "texts" in column) return column;
  // By their numbers: 1 and 1.0 are one class.
  const texts = Array.from(column.values, (v) => (Number.isNaN(v) ? "" : String(v)));
  return { name, texts };
}

/** Says of a text among numbers what else the column can be taken for. */
function explainMistake<T>(name: string, hinted: boolean, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NablaError) || !hinted) throw error;
    const spelled = /^[\w.-]+$/.test(name) ? `${name}=class` : quote(`${name}=class`);
    throw new NablaError(
      error.code,
      `${error.message} --column ${spelled} takes the column's texts for kinds, =skip leaves it out.`,
    );
  }
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
  const targets = new Set(targetNames);
  if (rule === undefined) throw gapError(rowsOf(table), columns, gaps, targets);
  const list = listByColumn(columns, gaps);
  const inputs = columns.map(({ name }, i) => (targets.has(name) ? [] : gaps[i]!));
  const filled = listByColumn(columns, inputs);
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
  if (rule === "mean" && filled !== "") {
    notes.push(`filled empty cells with the mean or the most frequent text: ${filled}`);
  }
  return { columns: columns.map((column) => fill(column, rows)), notes };
}

/** Takes the rows that stay; gaps that are left get the mean, or the most frequent text. */
function fill(column: DataColumn, rows: readonly number[]): DataColumn {
  if ("texts" in column) {
    const texts = rows.map((row) => column.texts[row]!);
    const counts = new Map<string, number>();
    for (const text of texts) if (text !== "") counts.set(text, (counts.get(text) ?? 0) + 1);
    const [most = ""] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    return { ...column, texts: texts.map((text) => text || most) };
  }
  const values = Float64Array.from(rows, (row) => column.values[row]!);
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value / known.length, 0);
  return { ...column, values: values.map((value) => (Number.isNaN(value) ? mean : value)) };
}
