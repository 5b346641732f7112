/** Runs `nabla fit --sweep`: one row for each setting, and where more stops helping. */
import { formatNumber, showText } from "../core/format.ts";
import { quantityOf } from "../data/units.ts";
import type { Encoded } from "../train/dataset.ts";
import type { SweepRow } from "../train/validate.ts";
import { firstGoodEnough, judgeOf, trySetting } from "../train/validate.ts";
import { ExitError } from "./exit.ts";
import type { FitFlags } from "./fit-flags.ts";
import { describeTraining, explained } from "./fit-training.ts";
import { commandName } from "./name.ts";
import type { Terminal } from "./terminal.ts";
import { exitCodeFor } from "./terminal.ts";
import { count, quote } from "./words.ts";

/** Tries each setting, prints its row, and says which is enough. */
export async function runSweep(
  terminal: Terminal,
  data: Encoded,
  path: string,
  flags: FitFlags,
): Promise<void> {
  const { option, settings } = flags.sweep!;
  const judge = judgeOf(data.rows, flags);
  terminal.line(describeTraining(flags));
  terminal.line();
  const widths = [option.length, ...settings.map(({ text }) => text.length)];
  const line = (...cells: string[]): string =>
    `  ${cells.map((cell, i) => cell.padStart(i === 0 ? Math.max(...widths) : 14)).join("")}`;
  terminal.line(`Error: ${errorName(data)}`);
  terminal.line(line(option, "parameters", "training", judge));
  const rows: SweepRow[] = [];
  terminal.start();
  for (const [k, { text, change }] of settings.entries()) {
    let [done, last] = [0, -1];
    const trainings = judge === "held-out" ? 1 : 1 + (judge === "5-fold" ? 5 : data.rows);
    const options = { ...flags, ...change };
    const watch = {
      shouldStop: () => terminal.stop !== undefined,
      onEpoch: (epoch: number, loss: number) => {
        if (epoch < last) done++;
        last = epoch;
        const share = (done + epoch / options.epochs) / trainings;
        terminal.progress(1000 * (k + share), 1000 * settings.length, loss);
      },
    };
    const row = await explained(options, () => trySetting(data, text, options, watch));
    if (terminal.stop !== undefined) {
      const text = `stopped after ${count(k, "setting")} of ${settings.length}.`;
      throw new ExitError(exitCodeFor(terminal.stop), text);
    }
    rows.push(row);
    const errors = [row.trainingError, row.heldOutError].map((error) => showError(error, data));
    terminal.line(line(text, String(row.parameters), ...errors));
  }
  await conclude(terminal, rows, judge, path, flags);
}

function errorName({ classes, outputs }: Encoded): string {
  if (classes !== undefined) return "share of wrong classes";
  if (outputs.length > 1) return "mean of RMSE by range, over the targets";
  const { symbol, unit } = quantityOf(outputs[0]!.name);
  return `RMSE of ${showText(symbol)}${unit ? `, in ${unit}` : ""}`;
}

function showError(error: number, { classes }: Encoded): string {
  return classes === undefined ? formatNumber(error) : `${(100 * error).toFixed(1)} %`;
}

async function conclude(
  terminal: Terminal,
  rows: readonly SweepRow[],
  judge: string,
  path: string,
  flags: FitFlags,
): Promise<void> {
  const { option } = flags.sweep!;
  const enough = firstGoodEnough(rows);
  if (flags.json) {
    const sweep = rows.map(({ setting, parameters, trainingError, heldOutError }) => {
      return { setting, parameters, trainingError, heldOutError };
    });
    terminal.print(
      JSON.stringify({ sweep: { option, judge, rows: sweep, enough: enough?.setting } }),
    );
  }
  terminal.line();
  if (enough === undefined) return;
  const last = enough === rows.at(-1);
  terminal.line(
    last
      ? `The ${judge} error still falls at ${option} ${enough.setting}: try more.`
      : `More stops helping at ${option} ${enough.setting}: its ${judge} error is within a tenth of the best.`,
  );
  const name = await commandName();
  const words = [
    ...(flags.x === undefined ? [] : ["--x", flags.x]),
    ...(flags.y === undefined ? [] : ["--y", flags.y]),
    ...(flags.missing === undefined ? [] : ["--missing", flags.missing]),
    ...[`--${option}`, option === "hidden" ? enough.setting.replaceAll("x", ",") : enough.setting],
  ];
  terminal.line(`Next: ${[name, "fit", path, ...words].map(nextWord).join(" ")}`);
}

function nextWord(word: string, i: number): string {
  return i === 0 ? word : quote(word);
}
