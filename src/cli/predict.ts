/** Runs `nabla predict`: loads the model file, answers, and names what lies outside its range. */
import { host } from "#host";
import { digitsFor, formatNumber, showText } from "../core/format.ts";
import type { FittedModel } from "../train/table/fitted.ts";
import type { Answer } from "./answers.ts";
import { answer, describeOutside } from "./answers.ts";
import { EXIT, ExitError } from "./exit.ts";
import type { MissingRule } from "./gaps.ts";
import { loadModel } from "./read-run.ts";
import { modelFile } from "./model-file.ts";
import { commandName } from "./name.ts";
import { answerable } from "./predict-gaps.ts";
import { inputsAt, inputsOf } from "./predict-inputs.ts";
import type { AskedRows } from "./predict-output.ts";
import { csvText, predictedName } from "./predict-output.ts";
import { scoreLines } from "./predict-score.ts";
import { count, percent, quote, widest } from "./words.ts";
import { wrapLine } from "./wrap.ts";
import type { ReadingFlags } from "./reading.ts";

/** The options of `nabla predict` as commander hands them over. */
export interface PredictFlags extends ReadingFlags {
  readonly at?: string;
  readonly csv?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly missing?: MissingRule;
}

/** Answers for each row, in the units of the data. */
export async function predict(run: string, flags: PredictFlags): Promise<void> {
  if ((flags.at === undefined) === (flags.csv === undefined)) {
    const both = flags.at === undefined ? "there is neither" : "there are both";
    const text = `give inputs with --at 275,300 or with --csv new.csv; ${both}.`;
    throw new ExitError(EXIT.usage, text);
  }
  if (flags.quiet && !flags.json && flags.out === undefined) {
    throw new ExitError(EXIT.usage, "--quiet leaves nothing to see: add --out answers.csv.");
  }
  if (flags.out !== undefined && flags.csv !== undefined && sameFile(flags.out, flags.csv)) {
    const text = "--out names the table of --csv, which the answers would replace; name another.";
    throw new ExitError(EXIT.usage, text);
  }
  const model = await loadModel(await modelFile(run));
  const { inputs } = model.parts;
  const asked =
    flags.at === undefined ? await inputsOf(flags.csv!, inputs, flags) : inputsAt(flags.at, inputs);
  const question = answerable(asked, inputs, flags.missing);
  const answers = await answer(model, question);
  const rows = question.rows ?? answers.map((_, row) => row);
  const table = asked.table === undefined ? undefined : { table: asked.table, rows };
  if (flags.out !== undefined)
    await host.writeFileAtomic(flags.out, csvText(model, answers, table));
  const say = (lines: readonly string[]): void => {
    const text = lines.map((line) => `${line}\n`).join("");
    if (text !== "" && !flags.quiet) host.write(flags.json ? "stderr" : "stdout", text);
  };
  say(question.notes.map((note) => `${note[0]!.toUpperCase()}${note.slice(1)}.`));
  if (flags.json) host.write("stdout", `${JSON.stringify(answers)}\n`);
  else if (flags.quiet) return;
  else if (flags.out === undefined) host.write("stdout", tableText(model, answers, table));
  else host.write("stdout", summary(flags.out, answers));
  if (table !== undefined && !flags.json) say(scoreLines(model, answers, table));
  if (flags.out === undefined || flags.json || run.endsWith(".safetensors")) return;
  host.write("stdout", `Next: ${await commandName()} report ${quote(run)}\n`);
}

/** Lines the answers up; columns that are no inputs come first, where there is room. */
function tableText(model: FittedModel, answers: readonly Answer[], asked?: AskedRows): string {
  const own = answerRows(model, answers, asked);
  const others = asked === undefined ? [] : otherColumns(model, asked);
  const whole = alignCells(own.map((row, i) => [...others.map((column) => column[i]!), ...row]));
  const wide =
    host.isTerminal("stdout") && widest(whole.map((line) => line.length)) > host.columns();
  const lines = wide ? alignCells(own) : whole;
  const room = host.isTerminal("stdout") ? host.columns() : Infinity;
  return `${lines.flatMap((line) => wrapLine(line, room)).join("\n")}\n`;
}

/** The columns that the network does not read: names of rows, and what is the truth. */
function otherColumns({ parts }: FittedModel, { table, rows }: AskedRows): string[][] {
  const read = new Set(parts.inputs.map(({ name }) => name));
  return table.names
    .filter((name) => !read.has(name))
    .map((name) => {
      const texts = table.texts(name);
      return [name, ...rows.map((row) => texts[row]!)].map((text) => showText(text, 30));
    });
}

function answerRows(
  { parts }: FittedModel,
  answers: readonly Answer[],
  asked?: AskedRows,
): string[][] {
  const { inputs, outputs } = parts;
  const taken = new Set(asked?.table.names);
  const show = (value: number | string, digits: number): string =>
    typeof value === "string" ? showText(value, 30) : formatNumber(value, { digits });
  const answered =
    asked === undefined
      ? outputs
      : outputs.map(({ name }) => {
          return { name: predictedName(name, taken) };
        });
  const names = [...inputs, ...answered].map(({ name }) => showText(name, 30));
  const sure = outputs[0]!.values !== undefined;
  const body = answers.map((each) => [
    ...inputs.map(({ name, min, max }) => {
      const given = each.filled?.includes(name) === true ? 7 : 12; // means have many digits
      return show(each.inputs[name]!, Math.max(given, digitsFor(min, max, 7)));
    }),
    ...outputs.map(({ name, min, max }) => show(each.outputs[name]!, digitsFor(min, max, 5))),
    ...(sure ? [surety(each)] : []),
    [...each.outside.map(describeOutside), ...filledIn(each)].join("; "),
  ]);
  return [[...names, ...(sure ? ["sure"] : []), ""], ...body];
}

function alignCells(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, j) => widest(rows.map((row) => row[j]!.length)));
  return rows.map((row) =>
    row
      .map((cell, j) => (j === row.length - 1 ? cell : cell.padStart(widths[j]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** Whether two paths are spelled the same, but for `./` and doubled slashes. */
function sameFile(a: string, b: string): boolean {
  const plain = (path: string): string =>
    path.replaceAll(/[\\/]+/g, "/").replaceAll(/(^|\/)(?:\.\/)+/g, "$1");
  return plain(a) === plain(b);
}

function filledIn({ filled = [] }: Answer): string[] {
  const names = filled.map((name) => showText(name, 30)).join(", ");
  return names === "" ? [] : [`filled in: ${names}`];
}

function surety({ probabilities: shares }: Answer): string {
  return percent(Math.max(...Object.values(shares!)));
}

function summary(out: string, answers: readonly Answer[]): string {
  const outside = answers.filter(({ inRange }) => !inRange).length;
  const words = outside === 0 ? "all inside" : `${outside} outside`;
  return `Wrote ${showText(out, 300)}: ${count(answers.length, "row")}, ${words} the training range.\n`;
}
