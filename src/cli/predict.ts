/** Runs `nabla predict`: loads the model file, answers, and names what lies outside its range. */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { formatNumber, showText } from "../core/format.ts";
import { quantityOf } from "../data/units.ts";
import type { OutsideRange } from "../train/fitted.ts";
import { FittedModel } from "../train/fitted.ts";

/** Answers for each value, one line each, in the units of the data. */
export async function predict(run: string, at: readonly number[]): Promise<void> {
  const path = run.endsWith(".safetensors")
    ? run
    : `${run.replace(/[\\/]+$/, "")}/model.safetensors`;
  const model = await load(path);
  const [input, output] = [model.parts.inputs[0]!, model.parts.outputs[0]!];
  const answers = await model.predict(at);
  const rows = at.map((value, i) => {
    const note = model.outsideRange([value]).map(describeOutside).join("; ");
    return [formatNumber(value, { digits: 7 }), formatNumber(answers[i]!, { digits: 5 }), note];
  });
  host.write("stdout", table([[showText(input.name), showText(output.name), ""], ...rows]));
}

async function load(path: string): Promise<FittedModel> {
  const bytes = await host.readBytes(path);
  try {
    return FittedModel.decode(bytes);
  } catch (cause) {
    if (!(cause instanceof NablaError)) throw cause;
    throw new NablaError("format", `cannot use "${showText(path, 300)}": ${cause.message}`, {
      cause,
    });
  }
}

/** Says in words how far outside the range a value lies. */
export function describeOutside({ column, value, min, max }: OutsideRange): string {
  const { symbol, unit } = quantityOf(column);
  const range = `${formatNumber(min)}–${formatNumber(max, { unit })}`;
  const below = value < min;
  const distance = formatNumber(below ? min - value : value - max, { unit });
  return (
    `outside the training range (${showText(symbol)} ${range}): ` +
    `${distance} ${below ? "below" : "above"} it; do not rely on this`
  );
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
  const lines = rows.map(([value, answer, note]) =>
    `${value!.padStart(widths[0]!)}  ${answer!.padStart(widths[1]!)}  ${note!}`.trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}
