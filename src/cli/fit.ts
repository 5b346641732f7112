/** Runs `nabla fit`: reads the table, trains, reports, and writes the run folder. */
import { argumentError } from "../core/errors.ts";
import { digitsFor, formatNumber, showText } from "../core/format.ts";
import { listFaults } from "../core/keys.ts";
import { spellValue } from "../data/columns/recipe.ts";
import type { CsvTable } from "../data/table.ts";
import { describeMlp } from "../models/mlp.ts";
import { showFinding } from "../train/doctor/finding.ts";
import type { Encoded } from "../train/table/dataset.ts";
import { classWeightOf } from "../train/table/class-weights.ts";
import { decideBy, encode } from "../train/table/dataset.ts";
import type { FitResult } from "../train/table/fit.ts";
import { fitEncoded } from "../train/table/fit.ts";
import type { Importance } from "../train/table/importance.ts";
import type { FitWatch } from "../train/table/options.ts";
import { fingerprint } from "../train/table/old-training.ts";
import type { ChosenColumns } from "./choose-columns.ts";
import { chooseColumns, describeColumn } from "./choose-columns.ts";
import { EXIT, ExitError } from "./exit.ts";
import { productsOf, useDevice } from "./device.ts";
import type { FitFlags, GivenFlags, Job } from "./fit-flags.ts";
import { compared } from "./fit-compare.ts";
import { chooseOpen, complete } from "./fit-choose.ts";
import { fitJson, foldsJson } from "./fit-json.ts";
import { foldsKept, validate } from "./fit-folds.ts";
import { drawInTerminal, wantsPicture } from "./fit-picture.ts";
import { foldsFound } from "./folds-found.ts";
import { reportFit, traceLine } from "./fit-report.ts";
import { reportSplit } from "./fit-split.ts";
import { runSweep } from "./fit-sweep.ts";
import { describeTraining, explained } from "./fit-training.ts";
import { commandName } from "./name.ts";
import { openTable, STDIN } from "./read-table.ts";
import { refuseForeign, takeFolder } from "./run-files.ts";
import { earlierOf, readResumed } from "./resume.ts";
import type { RunSource } from "./run-folder.ts";
import { saveProgress, writeRun } from "./run-folder.ts";
import { exitCodeFor, Terminal } from "./terminal.ts";
import type { ReadWords } from "./unfinished.ts";
import { checksumOf, readParts, refuseOther } from "./unfinished.ts";
import { givenWords } from "./words-again.ts";
import { count, quote } from "./words.ts";

/** Fits a network to a table and writes its run folder. */
export async function fit(
  path: string,
  asked: GivenFlags,
  typed: ReadonlySet<string>,
  readWords: ReadWords,
): Promise<void> {
  checkFlags(asked);
  const terminal = new Terminal({ silent: asked.quiet === true || asked.json === true });
  const started = performance.now();
  try {
    const { resume } = asked;
    const parts =
      resume === undefined ? undefined : await readParts(resume, asked, typed, readWords);
    const whole = resume === undefined || parts !== undefined;
    const resumed = whole ? undefined : await readResumed(resume, asked, typed);
    const given = parts?.flags ?? resumed?.flags ?? asked;
    const data = await load(terminal, path, given);
    if (parts) refuseOther(parts, data, path);
    const earlier = resumed && earlierOf(resumed, data, path);
    const completed = complete(given, data);
    const device = useDevice(terminal, given, productsOf(...sizesOf(data, completed)));
    const plain = { ...completed, device };
    const flags = data.classes ? { ...plain, classWeight: classWeightOf(data, given) } : plain;
    const folder = flags.out ?? defaultFolder(path);
    const release = await takeFolder(folder);
    try {
      await refuseForeign(folder);
      const crossValidation = resumed?.run.records.at(-1)?.["crossValidation"];
      const chosen = resumed?.run.config.chosen;
      const job = {
        ...(chosen ? { chosen } : {}),
        ...{ path, folder, flags, started, crossValidation },
        words: givenWords(given, readWords([])),
        ...(earlier ? { earlier } : {}),
        ...(parts ? { done: parts.done } : {}),
      };
      if (flags.sweep === undefined) await run(terminal, data, job);
      else await runSweep(terminal, data, job);
    } finally {
      await release();
    }
  } finally {
    terminal.close();
  }
}

/** Reads the table, says what it holds, and encodes it; its text is not kept. */
async function load(terminal: Terminal, path: string, given: GivenFlags): Promise<Encoded> {
  const table = await openTable(path, given);
  const chosen = chooseColumns(table, given);
  describeTable(terminal, table, chosen);
  const data = decideBy(encode(chosen.dataset), given.threshold);
  if (data.classes !== undefined && given.quantiles !== undefined) {
    throw argumentError("--quantiles is for numbers; classes have probabilities.");
  }
  return data;
}

/** The rows of one update, and how many values each layer has. */
function sizesOf(data: Encoded, { batch, hidden }: FitFlags): [number, number[]] {
  const { rows, width, targets, classes } = data;
  return [batch === "all" ? rows : batch, [width, ...hidden, classes?.length ?? targets]];
}

function checkFlags({ earlyStop, val, folds, sweep, resume, quantiles }: GivenFlags): void {
  const wrong = (text: string): ExitError => new ExitError(EXIT.usage, text);
  if (resume !== undefined) {
    if (folds === undefined && sweep === undefined) return; // the run has its own --val
    throw wrong("--resume cannot be combined with --folds or --sweep.");
  }
  if (earlyStop !== undefined && val === 0) {
    throw wrong("--early-stop needs rows to judge by: add --val 0.2, for example.");
  }
  if (quantiles !== undefined && (sweep !== undefined || (val === 0 && folds === undefined))) {
    throw wrong("--quantiles needs rows that are not trained on: add --val 0.2 or --folds 5.");
  }
  if (folds !== undefined && sweep !== undefined) {
    throw wrong("--folds cannot be combined with --sweep.");
  }
}

async function run(terminal: Terminal, data: Encoded, job: Job): Promise<void> {
  const { earlier } = job;
  reportSplit(terminal, data, job.flags);
  const validates = job.flags.folds !== undefined && earlier === undefined;
  const parts: Importance[] = [];
  const found = validates ? await validate(terminal, data, job, parts) : undefined;
  const folds = found === undefined ? job.crossValidation : foldsJson(found, data);
  const { flags, chosen } = await chooseOpen(terminal, data, job.flags);
  if (earlier) terminal.line(`Going on with ${flags.resume!} at epoch ${earlier.state.epoch}.`);
  const watch = watchFit(terminal, flags);
  const decided = chosen ?? job.chosen;
  const source = {
    ...{ ...job, flags, data: fingerprint(data), checksum: checksumOf(data) },
    ...(decided === undefined ? {} : { chosen: decided }),
  };
  let saved: FitResult | undefined;
  const onSave = async (fit: FitResult): Promise<void> => {
    await saveProgress(fit, source, folds);
    saved = fit;
  };
  const train = (): Promise<FitResult> =>
    fitEncoded(data, flags, watch, undefined, earlier, onSave);
  const fitted = await explained(flags, train, () => {
    if (saved === undefined) return validates ? foldsKept(flags.folds!, job.folder) : undefined;
    return `The last good state, of epoch ${saved.epochs}, is in ${showText(job.folder, 300)}`;
  });
  const result = await compared(fitted, data, flags, found, parts);
  reportFit(terminal, result, flags, foldsFound(folds));
  if (wantsPicture(flags.plot)) {
    for (const drawn of await drawInTerminal(result)) terminal.line(drawn);
  }
  await finish(terminal, result, folds, source);
}

const DELIMITERS = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "bars",
  " ": "blanks",
} as const;
const MOST_LISTED = 24;

function describeTable(terminal: Terminal, table: CsvTable, chosen: ChosenColumns): void {
  const { form } = table;
  const between =
    form !== undefined
      ? `, ${form}`
      : table.names.length > 1
        ? `, separated by ${DELIMITERS[table.delimiter]}`
        : "";
  const marks = table.decimal === "," ? ", decimal commas" : "";
  terminal.line(
    `Read ${table.source}: ${count(table.rows, "row")}, ` +
      `${count(table.names.length, "column")}${between}${marks}.`,
  );
  if (table.countsFirst) {
    terminal.line(
      "  its first line gives rows, inputs and classes, not names (scikit-learn's form)",
    );
  }
  for (const said of table.said) terminal.line(`  ${said}`);
  for (const note of chosen.notes) terminal.line(`  ${note}`);
  const { inputs, outputs } = chosen.dataset;
  const shown = [
    ...inputs.slice(0, MOST_LISTED).map((column) => ["input ", column] as const),
    ...outputs.map((column) => ["target", column] as const),
  ];
  const width = Math.max(...shown.map(([, { name }]) => showText(name).length));
  for (const [i, [role, column]] of shown.entries()) {
    const last = role === "target" && chosen.targetByPlace && table.names.length > 2;
    const why = last ? "  (the last that can be one; --y names another)" : "";
    terminal.line(
      `  ${role}  ${showText(column.name).padEnd(width)}  ${describeColumn(column)}${why}`,
    );
    if (i === MOST_LISTED - 1 && inputs.length > MOST_LISTED) {
      terminal.line(`  input   … and ${inputs.length - MOST_LISTED} more`);
    }
  }
  const { unused } = chosen;
  if (unused.length > 0) terminal.line(`  unused  ${listFaults(unused, ", ")}`);
}

function defaultFolder(path: string): string {
  const name = path
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.gz$/i, "")
    .replace(/\.[^.]*$/, "");
  if (path === STDIN) return "runs/stdin";
  return `runs/${name || "table"}`;
}

function watchFit(terminal: Terminal, flags: FitFlags): FitWatch {
  const { epochs } = flags;
  const every = Math.max(1, Math.ceil(epochs / 10));
  return {
    onStart: (shape, parameters, rows) => {
      const size = `${count(parameters, "parameter")}, ${count(rows, "row")}`;
      terminal.line(`Network ${describeMlp(shape)}, ${size}`);
      terminal.line(describeTraining(flags));
      terminal.line();
      terminal.start();
    },
    onEpoch: (epoch, loss) => {
      if (epoch % every === 0) terminal.line(traceLine(epoch, loss, epochs));
      terminal.progress(epoch, epochs, loss);
    },
    onFinding: (finding, epoch) =>
      terminal.line(`Epoch ${String(epoch).padStart(5)}  ${showFinding(finding)}`),
    shouldStop: () => terminal.stop !== undefined,
    ...(flags.saveEvery === undefined ? {} : { saveEvery: flags.saveEvery }),
  };
}

async function finish(
  terminal: Terminal,
  result: FitResult,
  folds: unknown,
  job: Job & RunSource,
): Promise<void> {
  const { folder, flags } = job;
  const files = await writeRun(result, job, folds);
  if (flags.json) terminal.print(JSON.stringify(fitJson(result, folds, job, files)));
  const { stop } = terminal;
  if (stop !== undefined) {
    const why = stop === "closed" ? "standard output was closed" : `stopped by ${stop}`;
    throw new ExitError(
      exitCodeFor(stop),
      `${why} after epoch ${result.epochs} of ${flags.epochs}; what was learned is in ${folder}.`,
    );
  }
  const source = flags.out === undefined ? " (the default folder; --out names another)" : "";
  terminal.line(`Wrote ${folder}${source}: ${files.join(", ")}`);
  const name = await commandName();
  const wide = result.data.inputs.length > MOST_LISTED;
  const inputs = wide ? `--csv ${quote(job.path)}` : `--at ${suggestInputs(result)}`;
  terminal.line(`Next: ${name} predict ${quote(folder)} ${inputs}`);
}

/** Suggests inputs that show both: for one input, two inside its range and one above it. */
function suggestInputs({ data }: FitResult): string {
  const single = data.inputs.length === 1 ? data.inputs[0] : undefined;
  if (single !== undefined && single.values === undefined) {
    const { min, max } = single;
    const span = max - min;
    const digits = digitsFor(min, max, 4);
    const values = [min, min + span / 2, max + span / 10];
    const show = (value: number): string =>
      spellValue(single.recipe, value) ?? formatNumber(value, { digits });
    return values.map(show).join(",");
  }
  const row = data.inputs.map(({ min, max, values, recipe }) => {
    if (values !== undefined) return values[0]!;
    const middle = min + (max - min) / 2;
    return spellValue(recipe, middle) ?? formatNumber(middle, { digits: digitsFor(min, max, 4) });
  });
  return quote(row.map((text) => (/[,;"]/.test(text) ? JSON.stringify(text) : text)).join(","));
}
