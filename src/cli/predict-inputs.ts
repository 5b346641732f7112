/** The rows of `nabla predict --at`: values by commas; rows of several inputs by semicolons. */
import { showText } from "../core/format.ts";
import { parseNumber } from "../data/number.ts";
import type { DataColumn, TrainedColumn } from "../train/dataset.ts";
import { EXIT, ExitError } from "./exit.ts";
import { count } from "./words.ts";

/** Reads the inputs; for one input every value is a row. */
export function inputsAt(text: string, inputs: readonly TrainedColumn[]): DataColumn[] {
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
  return inputs.map(({ name, values }, j) => {
    if (values !== undefined) return { name, texts: rows.map((row) => row[j]!) };
    const numbers = rows.map((row) => {
      const value = parseNumber(row[j]!);
      if (typeof value === "number") return value;
      throw wrong(`in --at "${showText(text)}": ${value}`);
    });
    return { name, values: Float64Array.from(numbers) };
  });
}

/** Splits a row at commas; a text with a comma stands in double quotes. */
function splitRow(row: string): string[] {
  const cells = row.match(/"[^"]*"|[^,]+|(?<=,)(?=,|$)/g) ?? [];
  return cells.map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

function wrong(text: string): ExitError {
  return new ExitError(EXIT.usage, `${text}.`);
}
