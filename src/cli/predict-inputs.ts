/** The rows of `nabla predict`: `--at` by commas and semicolons, `--csv` from a table. */
import { showText } from "../core/format.ts";
import { readColumnAs } from "../data/columns/read.ts";
import { readCell, spellAs } from "../data/columns/recipe.ts";
import { parseNumber } from "../data/number.ts";
import type { DataColumn, TrainedColumn } from "../train/table/dataset.ts";
import { EXIT, ExitError } from "./exit.ts";
import { rowsOf } from "./gaps.ts";
import type { Question } from "./predict-gaps.ts";
import { openTable } from "./read-table.ts";
import type { ReadingFlags } from "./reading.ts";
import { count } from "./words.ts";

/** Reads the rows of a table by the names of the inputs. */
export async function inputsOf(
  path: string,
  inputs: readonly TrainedColumn[],
  reading: ReadingFlags,
): Promise<Question> {
  const csv = await openTable(path, reading);
  const columns = inputs.map(({ name, values, recipe }) => {
    const known = values === undefined ? {} : { known: values };
    const type = values === undefined ? ("number" as const) : ("text" as const);
    return readColumnAs(csv, { name, type, ...known, ...(recipe ? { recipe } : {}) }) as DataColumn;
  });
  return { columns, source: rowsOf(csv), table: csv };
}

/** Reads the rows of `--at`; for one input every value is a row. */
export function inputsAt(text: string, inputs: readonly TrainedColumn[]): Question {
  const rows =
    inputs.length === 1
      ? text.split(/[,;]/).map((value) => [value.trim()])
      : text.split(";").map((row) => splitRow(row));
  for (const row of rows) {
    if (row.length === inputs.length) continue;
    const names = inputs.map(({ name }) => showText(name, 30)).join(",");
    throw wrong(
      `a row of --at has ${count(row.length, "value")} where the network has ` +
        `${count(inputs.length, "input")}: ${names}; separate rows by semicolons`,
    );
  }
  const columns = inputs.map(({ name, values, recipe }, j): DataColumn => {
    if (values !== undefined) {
      const spell = recipe?.kind === "class" ? spellAs(recipe, values) : (cell: string) => cell;
      return { name, texts: rows.map((row) => spell(row[j]!)) };
    }
    const known = recipe !== undefined && recipe.kind !== "class" ? recipe : undefined;
    const numbers = rows.map((row) => {
      if (row[j] === "" && inputs.length > 1) return NaN;
      const value = known === undefined ? parseNumber(row[j]!) : readCell(known, row[j]!);
      if (typeof value === "number") return value;
      throw wrong(`in --at "${showText(text)}": ${value}`);
    });
    return { name, ...(known ? { recipe: known } : {}), values: Float64Array.from(numbers) };
  });
  const placeOf: Question["source"]["placeOf"] = ({ name }, row) =>
    `in --at "${showText(text)}", row ${row + 1}, ${showText(name)}`;
  const gapAt: Question["source"]["gapAt"] = (column, row) =>
    `${placeOf(column, row)}: there is no value`;
  return { columns, source: { rows: rows.length, placeOf, gapAt } };
}

/** Splits a row at commas; a text with a comma stands in double quotes. */
function splitRow(row: string): string[] {
  const cells = row.match(/"[^"]*"|[^,]+|(?<=,)(?=,|$)|^(?=,)/g) ?? [];
  return cells.map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

function wrong(text: string): ExitError {
  return new ExitError(EXIT.usage, `${text}.`);
}
