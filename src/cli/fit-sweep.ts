/** Runs `nabla fit --sweep`: one row for each setting, and where more stops helping. */
import { formatNumber, showText } from "../core/format.ts";
import { quantityOf } from "../data/units.ts";
import type { Encoded } from "../train/table/dataset.ts";
import { DivergedError } from "../train/divergence.ts";
import type { FitOptions } from "../train/table/options.ts";
import type { SweepJudge, SweepRow } from "../train/table/validate.ts";
import { firstGoodEnough, judgeOf, trySetting } from "../train/table/validate.ts";
import { EXIT, ExitError } from "./exit.ts";
import type { Done, FitFlags, Job } from "./fit-flags.ts";
import { goingOn } from "./fit-folds.ts";
import { describeTraining, whatToTry } from "./fit-training.ts";
import { FOLDS_FILE } from "./folds-file.ts";
import { commandName } from "./name.ts";
import { saveSweep } from "./sweep-file.ts";
import type { Terminal } from "./terminal.ts";
import { exitCodeFor } from "./terminal.ts";
import { checksumOf, unfinishedOf } from "./unfinished.ts";
import { count, percent, quote } from "./words.ts";
import { settle } from "./words-again.ts";

/** Tries each setting, prints its row, says which is enough, and saves what it found. */
export async function runSweep(terminal: Terminal, data: Encoded, job: Job): Promise<void> {
  const { flags } = job;
  const { option, settings } = flags.sweep!;
  const judge = judgeOf(data, flags);
  if (job.done)
    terminal.line(goingOn(flags.resume!, job.done.sweep!.tried, settings.length, "setting"));
  terminal.line(describeTraining(flags));
  terminal.line();
  const widths = [option.length, ...settings.map(({ text }) => text.length)];
  const line = (...cells: string[]): string =>
    `  ${cells.map((cell, i) => cell.padStart(i === 0 ? Math.max(...widths) : 14)).join("")}`.trimEnd();
  terminal.line(`Error: ${errorName(data)}`);
  terminal.line(line(option, "parameters", "training", judge));
  const rows: SweepRow[] = [];
  const before = job.done?.sweep;
  let tried = before?.tried ?? 0;
  terminal.start();
  for (const [k, { text, change }] of settings.entries()) {
    const options = { ...flags, ...change, ...leftOpen(flags, change) };
    const watch = watchSetting(terminal, options, k, settings.length, trainingsOf(judge, data));
    const old = before !== undefined && k < before.tried;
    const row = old ? rowOf(before, text, options) : await tryOrDiverge(data, text, options, watch);
    if (!old && terminal.stop !== undefined) break;
    tried = Math.max(tried, k + 1);
    if (row !== undefined) rows.push(row);
    if (!old && tried < settings.length) await save(data, rows, tried, job);
    if (row === undefined) {
      terminal.line(line(text, "", "diverged", ""));
      continue;
    }
    const errors = [row.trainingError, row.heldOutError].map((error) => showError(error, data));
    terminal.line(line(text, String(row.parameters), ...errors));
  }
  await conclude(terminal, data, rows, tried, job);
}

/** What of the options stays open where a setting changes some; with epochs nothing is. */
function leftOpen({ open }: FitFlags, change: Partial<FitOptions>): Pick<FitOptions, "open"> {
  if (open === undefined) return {};
  return { open: open.filter((key) => change[key] === undefined) };
}

/** Returns the row of a setting that was tried earlier; undefined where it diverged. */
function rowOf(
  { rows }: NonNullable<Done["sweep"]>,
  text: string,
  options: FitFlags,
): SweepRow | undefined {
  const row = rows.find(({ setting }) => setting === text);
  return row && { ...row, options };
}

/** Tries a setting; one that diverges is no reason not to try the others. */
async function tryOrDiverge(
  ...setting: Parameters<typeof trySetting>
): Promise<SweepRow | undefined> {
  try {
    return await trySetting(...setting);
  } catch (error) {
    if (error instanceof DivergedError) return undefined;
    throw error;
  }
}

/** How many networks one setting takes. */
function trainingsOf(judge: SweepJudge, { rows }: Encoded): number {
  if (judge === "held-out") return 1;
  return 1 + (judge === "5-fold" ? 5 : rows);
}

/** Watches the trainings of setting `k` of `settings`, for the bar and for what stops them. */
function watchSetting(
  terminal: Terminal,
  { epochs }: FitFlags,
  k: number,
  settings: number,
  trainings: number,
) {
  let [done, last] = [0, -1];
  return {
    shouldStop: () => terminal.stop !== undefined,
    onEpoch: (epoch: number, loss: number) => {
      if (epoch < last) done++;
      last = epoch;
      const share = (done + epoch / epochs) / trainings;
      terminal.progress(1000 * (k + share), 1000 * settings, loss);
    },
  };
}

function errorName({ classes, outputs }: Encoded): string {
  if (classes !== undefined) return "share of wrong classes";
  if (outputs.length > 1) return "mean of RMSE by range, over the targets";
  const { symbol, unit } = quantityOf(outputs[0]!.name);
  return `RMSE of ${showText(symbol)}${unit ? `, in ${unit}` : ""}`;
}

function showError(error: number, { classes }: Encoded): string {
  return classes === undefined ? formatNumber(error) : percent(error);
}

/** What the settings that were tried have shown. */
function foundBy(data: Encoded, tried: readonly SweepRow[], flags: FitFlags) {
  const judge = judgeOf(data, flags);
  const enough = firstGoodEnough(tried);
  const rows = tried.map(({ setting, parameters, trainingError, heldOutError }) => {
    return { setting, parameters, trainingError, heldOutError };
  });
  const { option } = flags.sweep!;
  const found = { option, judge, rows, ...(enough ? { enough: enough.setting } : {}) };
  return { found, judge, enough };
}

/** Saves the rows, if there are any; where so many settings were tried, with what goes on. */
async function save(
  data: Encoded,
  rows: readonly SweepRow[],
  tried: number | undefined,
  { path, folder, flags }: Job,
): Promise<string | undefined> {
  if (rows.length === 0) return undefined;
  const { found } = foundBy(data, rows, flags);
  const asked = flags.sweep!.settings.length;
  const resume = tried === undefined ? undefined : unfinishedOf(data, flags);
  await settle(`${folder}/${FOLDS_FILE}`);
  return saveSweep(folder, {
    ...{ table: path, data: checksumOf(data), error: errorName(data), asked, ...found },
    ...(resume === undefined ? {} : { resume: { ...resume, tried: tried! } }),
  });
}

async function conclude(
  terminal: Terminal,
  data: Encoded,
  rows: readonly SweepRow[],
  tried: number,
  job: Job,
): Promise<void> {
  const { path, flags } = job;
  const { option, settings } = flags.sweep!;
  const { stop } = terminal;
  const { found, judge, enough } = foundBy(data, rows, flags);
  const file = await save(data, rows, stop === undefined ? undefined : tried, job);
  if (flags.json) {
    terminal.print(JSON.stringify({ sweep: found, ...(file ? { files: [file] } : {}) }));
  }
  if (stop !== undefined) {
    const saved =
      file === undefined
        ? "; nothing was kept"
        : `; ${rows.length === 1 ? "it is" : "they are"} in ${showText(file, 300)}`;
    const text = `stopped after ${rows.length} of ${count(settings.length, "setting")}${saved}.`;
    throw new ExitError(exitCodeFor(stop), text);
  }
  if (file === undefined) {
    throw new ExitError(EXIT.failed, `every setting diverged. Try ${whatToTry(flags)}.`);
  }
  terminal.line();
  terminal.line(`Wrote ${showText(file, 300)}`);
  if (enough === undefined) return;
  const last = enough === rows.at(-1);
  const compared = rows.length > 1;
  if (compared) {
    terminal.line(
      last
        ? `The ${judge} error still falls at ${option} ${enough.setting}: try more.`
        : `More stops helping at ${option} ${enough.setting}: its ${judge} error is within a tenth of the best.`,
    );
  }
  const name = await commandName();
  const words = [
    ...job.words.filter(([first]) => !["--sweep", `--${option}`].includes(first!)).flat(),
    ...(flags.out === undefined ? [] : ["--out", flags.out]),
    ...[`--${option}`, option === "hidden" ? enough.setting.replaceAll("x", ",") : enough.setting],
  ];
  terminal.line(`Next: ${[name, "fit", path, ...words].map(nextWord).join(" ")}`);
}

function nextWord(word: string, i: number): string {
  return i === 0 ? word : quote(word);
}
