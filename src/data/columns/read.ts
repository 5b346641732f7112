/** Reads a column of a table under its recipe: the one way from cells to numbers or kinds. */
import { NablaError } from "../../core/errors.ts";
import { showText } from "../../core/format.ts";
import { isGap, isMissing } from "../number.ts";
import type { CsvTable } from "../table.ts";
import type { NumberRecipe, Recipe } from "./recipe.ts";
import { readCell, spellAs } from "./recipe.ts";
import { spellKinds } from "./kinds.ts";

/** A column as it is read: numbers, NaN where there is none, or texts, "" where there is none. */
export type ReadColumn =
  | { readonly name: string; readonly recipe?: NumberRecipe; readonly values: Float64Array }
  | { readonly name: string; readonly recipe?: Recipe; readonly texts: readonly string[] };

/** How a column is read: as numbers or as texts, and under which recipe. */
export interface Reading {
  readonly name: string;
  readonly type: "number" | "text";
  readonly recipe?: Recipe;
  /** The texts that training had; without them the commonest spelling of each kind is taken. */
  readonly known?: readonly string[];
}

/** Reads a column of a table; an error names line and column of what cannot be read. */
export function readColumnAs(table: CsvTable, { name, type, recipe, known }: Reading): ReadColumn {
  if (type === "number" && (recipe === undefined || recipe.kind === "class")) {
    return { name, values: table.numbers(name, { missing: true }) };
  }
  if (recipe !== undefined && recipe.kind !== "class") {
    return { name, recipe, values: readNumbers(table, name, recipe) };
  }
  const texts = table.texts(name).map((text) => (isGap(text) ? "" : text.trim()));
  if (recipe === undefined) return { name, texts };
  const spelled =
    known === undefined ? spellKinds(recipe, texts) : texts.map(spellAs(recipe, known));
  return { name, recipe, texts: spelled };
}

function readNumbers(table: CsvTable, name: string, recipe: NumberRecipe): Float64Array {
  const cells = table.texts(name);
  const values = new Float64Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const value = isMissing(cells[row]!) ? NaN : readCell(recipe, cells[row]!);
    if (typeof value === "string") {
      const place = `${table.source}, line ${table.lineOf(row)}, column "${showText(name)}"`;
      throw new NablaError("format", `${place}: ${value}.`);
    }
    values[row] = value;
  }
  return values;
}
