/**
 * Decides what a column of a table holds, once, from all of its cells: plain numbers, amounts,
 * dates, kinds, or what is no input at all. What can be read in two ways is not decided but said.
 */
import { formatNumber, showText } from "../../core/format.ts";
import { isDecimalComma, isDecimalPoint, isGap, isMissing, SEPARATED } from "../number.ts";
import { rangeOf } from "../scaler.ts";
import type { CsvTable } from "../table.ts";
import type { AmountHints } from "./amount.ts";
import { chooseAmounts } from "./amount.ts";
import type { DateOrder } from "./dates.ts";
import { chooseDates, chooseEpoch } from "./dates.ts";
import { chooseKinds } from "./kinds.ts";
import { countsRows, identifies, isCode } from "./ids.ts";
import type { NumberRecipe, Recipe } from "./recipe.ts";
import { describeRecipe, readCell } from "./recipe.ts";

/** What a column can be said to hold. */
export const ASKED_KINDS = [
  ...(["number", "percent", "money", "date", "date:dmy", "date:mdy", "date:ymd"] as const),
  ...(["text", "class", "skip"] as const),
] as const;

/** What a column is said to hold by who knows it. */
export type AskedKind = (typeof ASKED_KINDS)[number];

/** What a column holds. */
export interface ColumnChoice {
  /** Whether it becomes numbers or kinds. */
  readonly type: "number" | "text";
  /** How its cells are read; without one as plain numbers, or as they stand. */
  readonly recipe?: Recipe;
  /** Why it is not taken unless it is named. */
  readonly leftOut?: string;
  /** Whether it can be taken where nothing else is left to take. */
  readonly atNeed?: boolean;
  /** Why who knows the column must decide: both readings, and what decides. */
  readonly ambiguous?: string;
  /** How it is read, where that is worth a line. */
  readonly note?: string;
}

/** What is known beside the cells of a column. */
export interface ChoiceHints {
  /** What the column is said to hold. */
  readonly asked?: AskedKind;
  /** The decimal mark that was asked for. */
  readonly decimal?: "." | ",";
}

/** Columns of text with more kinds than these are not taken unless they are named. */
const MOST_KINDS_UNASKED = 20;

/** Decides what a column holds. */
export function chooseColumn(table: CsvTable, name: string, hints: ChoiceHints = {}): ColumnChoice {
  const { asked } = hints;
  if (asked === "skip") return { type: "text", leftOut: "skipped" };
  if (asked === "text") return { type: "text" };
  if (asked === "class") return chooseKinds(table, name, true);
  const plain = table.allNumeric(name);
  if (asked === undefined)
    return plain ? plainNumbers(table, name) : otherCells(table, name, hints);
  if (asked === "number" && plain) return { type: "number" };
  const cells = valuesOf(table, name);
  if (asked.startsWith("date")) {
    const order = asked === "date" ? undefined : (asked.slice(5) as DateOrder);
    const epoch = plain
      ? chooseEpoch(name, table.numbers(name, { missing: true }), true)
      : undefined;
    const { recipe, ambiguous } =
      epoch === undefined ? chooseDates(cells, { order, asked: true }) : { recipe: epoch };
    if (recipe !== undefined) return read(recipe, cells);
    return { type: "number", ambiguous: ambiguous ?? noDate(cells) };
  }
  const kind = asked as "number" | "percent" | "money";
  const amounts = chooseAmounts(cells, amountHints(table, name, hints, kind));
  if (amounts.recipe === undefined) {
    return { type: "number", ...(amounts.ambiguous ? { ambiguous: amounts.ambiguous } : {}) };
  }
  const recipe = kind === "number" ? amounts.recipe : { ...amounts.recipe, kind };
  return read(recipe, cells);
}

function noDate(cells: readonly string[]): string {
  return `"${showText((cells[0] ?? "").trim(), 30)}" is no date that is read here`;
}

function read(recipe: NumberRecipe, cells: readonly string[]): ColumnChoice {
  const note = describeRecipe(recipe, tellingCell(recipe, cells));
  const first = readCell(recipe, cells[0]!);
  const same = cells.length > 1 && cells.every((cell) => readCell(recipe, cell) === first);
  const constant = same ? { leftOut: `constant, "${showText(cells[0]!.trim(), 20)}"` } : {};
  return { type: "number", recipe, note, ...constant };
}

/** A cell that shows what was decided: one with a mark of thousands, if there is one. */
function tellingCell(recipe: NumberRecipe, cells: readonly string[]): string {
  const between = "thousands" in recipe ? recipe.thousands : undefined;
  const found = between === undefined ? undefined : cells.find((cell) => cell.includes(between));
  return found ?? cells[0] ?? "";
}

/** The cells of a column that hold a value. */
function valuesOf(table: CsvTable, name: string): string[] {
  return table.texts(name).filter((cell) => !isMissing(cell));
}

function amountHints(
  table: CsvTable,
  name: string,
  { decimal }: ChoiceHints,
  kind?: AmountHints["kind"],
): AmountHints {
  return {
    ...(decimal === undefined ? {} : { decimal }),
    ...(kind === undefined ? {} : { kind }),
    others: () => decimalBeside(table, name),
  };
}

/** The decimal mark that the other columns of a table show, if all show the same. */
function decimalBeside(table: CsvTable, name: string): "." | "," | undefined {
  const found = new Set<"." | ",">();
  for (const other of table.names) {
    if (other === name) continue;
    for (const cell of table.texts(other)) {
      const text = cell.length > 60 ? "" : cell.trim();
      if (isDecimalComma(text)) found.add(",");
      else if (isDecimalPoint(text) && !SEPARATED.test(text.replace(".", ","))) found.add(".");
    }
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** Numbers that may be something else: times since 1970, codes, the numbers of rows. */
function plainNumbers(table: CsvTable, name: string): ColumnChoice {
  const cells = table.texts(name);
  if (isCode(cells)) {
    const code = `codes such as ${cells.find((cell) => /^ *0/.test(cell))!.trim()}`;
    const choice = fewKinds(table, name);
    if (choice.leftOut !== undefined) return { ...choice, leftOut: `${code}, all kinds of text` };
    const note = `${code} are kinds; --column ${showText(name)}=number takes them for numbers`;
    return { ...choice, note };
  }
  const values = table.numbers(name, { missing: true });
  const epoch = chooseEpoch(name, values, false);
  if (epoch !== undefined) return read(epoch, valuesOf(table, name));
  const known = values.filter((value) => !Number.isNaN(value));
  const [low, high] = rangeOf(known);
  if (low === high && known.length > 1) {
    return { type: "number", leftOut: `constant, ${formatNumber(low)}` };
  }
  if (countsRows(name, values)) return { type: "number", leftOut: "row numbers", atNeed: true };
  if (identifies(name, values)) {
    return { type: "number", leftOut: "ids: all different", atNeed: true };
  }
  return { type: "number" };
}

/** Cells that are not all plain numbers. */
function otherCells(table: CsvTable, name: string, hints: ChoiceHints): ColumnChoice {
  const cells = valuesOf(table, name);
  const numeric = table.looksNumeric(name);
  if (!numeric) {
    const kinds = new Set(table.texts(name).filter((text) => !isGap(text)));
    if (kinds.size === 0) return { type: "text", leftOut: "empty" };
    if (kinds.size === 1) {
      return { type: "text", leftOut: `constant, "${showText([...kinds][0]!, 20)}"` };
    }
    const dates = chooseDates(cells, { asked: false });
    if (dates.recipe !== undefined) return read(dates.recipe, cells);
    if (dates.ambiguous !== undefined) return { type: "number", ambiguous: dates.ambiguous };
  }
  if (cells.every((cell) => /^ *[0-9]+ *$/.test(cell))) {
    return { type: "text", leftOut: "whole numbers above 2^53, which no number holds" };
  }
  const amounts = chooseAmounts(cells, amountHints(table, name, hints));
  if (amounts.recipe !== undefined) return read(amounts.recipe, cells);
  if (amounts.ambiguous !== undefined) return { type: "number", ambiguous: amounts.ambiguous };
  if (numeric) return { type: "number" }; // numbers with a mistake among them: named when read
  return fewKinds(table, name);
}

/** Takes texts for kinds where there are few of them. */
function fewKinds(table: CsvTable, name: string): ColumnChoice {
  const choice = chooseKinds(table, name, false);
  const most = Math.max(2, Math.min(MOST_KINDS_UNASKED, table.rows / 2));
  if (choice.kinds.length <= most) return choice;
  const sample = showText(choice.kinds[0]!, 20);
  return { type: "text", leftOut: `text, ${choice.kinds.length} different, such as "${sample}"` };
}
