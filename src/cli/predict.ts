/** Runs `nabla predict`: loads the model file, answers, and names what lies outside its range. */
import { host } from "#host";
import { formatNumber, showText } from "../core/format.ts";
import { parseCsv } from "../data/csv.ts";
import type { FittedModel } from "../train/fitted.ts";
import type { DataColumn, TrainedColumn } from "../train/dataset.ts";
import type { Answer } from "./answers.ts";
import { answer, describeOutside } from "./answers.ts";
import { EXIT, ExitError } from "./exit.ts";
import { loadModel } from "./read-run.ts";
import { readTable } from "./read-table.ts";
import { commandName } from "./name.ts";
import { inputsAt } from "./predict-inputs.ts";
import { csvText } from "./predict-output.ts";
import { count, quote } from "./words.ts";

/** The options of `nabla predict` as commander hands them over. */
export interface PredictFlags {
  readonly at?: string;
  readonly csv?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Answers for each row, in the units of the data. */
export async function predict(run: string, flags: PredictFlags): Promise<void> {
  if ((flags.at === undefined) === (flags.csv === undefined)) {
    const both = flags.at === undefined ? "neither" : "both";
    const text = `give inputs with --at 275,300 or with --csv new.csv; there are ${both}.`;
    throw new ExitError(EXIT.usage, text);
  }
  const path = run.endsWith(".safetensors")
    ? run
    : `${run.replace(/[\\/]+$/, "")}/model.safetensors`;
  const model = await loadModel(path);
  const columns =
    flags.at === undefined
      ? await columnsOf(flags.csv!, model.parts.inputs)
      : inputsAt(flags.at, model.parts.inputs);
  const answers = await answer(model, columns);
  if (flags.out !== undefined) await host.writeFileAtomic(flags.out, csvText(model, answers));
  if (flags.json) host.write("stdout", `${JSON.stringify(answers)}\n`);
  else if (flags.quiet) return;
  else if (flags.out === undefined) host.write("stdout", table(model, answers));
  else host.write("stdout", await summary(run, flags.out, answers));
}

async function columnsOf(path: string, inputs: readonly TrainedColumn[]): Promise<DataColumn[]> {
  const csv = parseCsv(await readTable(path), { source: showText(path, 300) });
  return inputs.map(({ name, values }) =>
    values === undefined
      ? { name, values: csv.numbers(name) }
      : { name, texts: csv.texts(name).map((text) => text.trim()) },
  );
}

function table({ parts }: FittedModel, answers: readonly Answer[]): string {
  const { inputs, outputs } = parts;
  const show = (value: number | string, digits: number): string =>
    typeof value === "string" ? showText(value, 30) : formatNumber(value, { digits });
  const names = [...inputs, ...outputs].map(({ name }) => showText(name, 30));
  const sure = outputs[0]!.values !== undefined;
  const body = answers.map((each) => [
    ...inputs.map(({ name }) => show(each.inputs[name]!, 7)),
    ...outputs.map(({ name }) => show(each.outputs[name]!, 5)),
    ...(sure ? [surety(each)] : []),
    each.outside.map(describeOutside).join("; "),
  ]);
  const rows = [[...names, ...(sure ? ["sure"] : []), ""], ...body];
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, j) => (j === row.length - 1 ? cell : cell.padStart(widths[j]!)))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function surety({ probabilities: shares }: Answer): string {
  return `${(100 * Math.max(...Object.values(shares!))).toFixed(1)} %`;
}

async function summary(run: string, out: string, answers: readonly Answer[]): Promise<string> {
  const outside = answers.filter(({ inRange }) => !inRange).length;
  const words = outside === 0 ? "all inside" : `${outside} outside`;
  const name = await commandName();
  return (
    `Wrote ${showText(out, 300)}: ${count(answers.length, "row")}, ${words} the training range.\n` +
    `Next: ${name} predict ${quote(run)} --csv ${quote(out)} --json\n`
  );
}
