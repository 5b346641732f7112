/** How good the answers are where the table holds the truth, in one line for each target. */
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { readColumnAs } from "../data/columns/read.ts";
import { spellAs } from "../data/columns/recipe.ts";
import { regressionMetrics } from "../data/metrics.ts";
import { isGap } from "../data/number.ts";
import { quantityOf } from "../data/units.ts";
import type { TrainedColumn } from "../train/table/dataset.ts";
import type { FittedModel } from "../train/table/fitted.ts";
import type { Answer } from "./answers.ts";
import type { AskedRows } from "./predict-output.ts";
import { count, errorCells, percent } from "./words.ts";

/** Compares answers with the targets of their table; no line where it has none of them. */
export function scoreLines(
  { parts }: FittedModel,
  answers: readonly Answer[],
  asked: AskedRows,
): string[] {
  return parts.outputs
    .filter(({ name }) => asked.table.names.includes(name))
    .map((target) => {
      const shown = showText(target.name);
      try {
        const score = target.values === undefined ? errorsOf : rightOf;
        return score(target, answers, asked) ?? `No errors: ${shown} is empty in these rows.`;
      } catch (error) {
        if (!(error instanceof NablaError)) throw error;
        return `No errors of ${shown}: ${error.message}`;
      }
    });
}

type Score = (
  target: TrainedColumn,
  answers: readonly Answer[],
  asked: AskedRows,
) => string | undefined;

const errorsOf: Score = ({ name, recipe }, answers, { table, rows }) => {
  const read = readColumnAs(table, { name, type: "number", ...(recipe ? { recipe } : {}) });
  const all = "values" in read ? read.values : new Float64Array(table.rows).fill(NaN);
  const known = rows
    .map((row, k) => ({ truth: all[row]!, k }))
    .filter((one) => one.truth === one.truth);
  if (known.length === 0) return undefined;
  const { symbol, unit } = quantityOf(name);
  const said = known.map(({ k }) => answers[k]!.outputs[name] as number);
  const metrics = regressionMetrics(
    said,
    known.map(({ truth }) => truth),
  );
  const [rmse, largest, r2] = errorCells(metrics);
  const where = `${count(known.length, "row")} where it is known`;
  const units = unit === "" ? "" : ` ${unit}`;
  return (
    `Errors of ${showText(symbol)} on the ${where}: ` +
    `RMSE ${rmse!}${units}, largest ${largest!}${units}, R² ${r2!}.`
  );
};

const rightOf: Score = ({ name, values, recipe }, answers, { table, rows }) => {
  const truth =
    recipe?.kind === "class"
      ? spelledClasses(table, name).map(spellAs(recipe, values!))
      : spelledClasses(table, name);
  const known = rows.map((row, k) => ({ text: truth[row]!, k })).filter(({ text }) => text !== "");
  if (known.length === 0) return undefined;
  const right = known.filter(({ text, k }) => answers[k]!.outputs[name] === text).length;
  const strange = known.filter(({ text }) => !values!.includes(text)).length;
  const also = strange === 0 ? "" : `; ${strange} with classes that training has not seen`;
  return (
    `Right on ${right} of the ${count(known.length, "row")} where ${showText(name)} is known: ` +
    `${percent(right / known.length)}${also}.`
  );
};

/** Classes as the model spells them: numbers are the same however they are written. */
function spelledClasses(table: AskedRows["table"], name: string): string[] {
  if (table.looksNumeric(name)) {
    return Array.from(table.numbers(name, { missing: true }), (v) => (v === v ? String(v) : ""));
  }
  return table.texts(name).map((text) => (isGap(text) ? "" : text.trim()));
}
