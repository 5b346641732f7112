/** Runs `nabla fit`: reads the table, trains, reports, and writes the run folder. */
import { host } from "#host";
import { argumentError } from "../core/errors.ts";
import { formatNumber, showText } from "../core/format.ts";
import type { CsvTable } from "../data/csv.ts";
import { parseCsv } from "../data/csv.ts";
import { rangeOf } from "../data/scaler.ts";
import { describeMlp } from "../models/mlp.ts";
import type { Column, FitResult } from "../train/fit.ts";
import { fitRegression } from "../train/fit.ts";
import { DivergedError } from "../train/loop.ts";
import { EXIT, ExitError } from "./exit.ts";
import type { FitFlags } from "./fit-flags.ts";
import { reportFit, traceLine } from "./fit-report.ts";
import { commandName } from "./name.ts";
import { takeFolder, writeRun } from "./run-folder.ts";
import { exitCodeFor, Terminal } from "./terminal.ts";

/** Fits a network to a table and writes its run folder. */
export async function fit(path: string, flags: FitFlags): Promise<void> {
  const terminal = new Terminal();
  try {
    const table = parseCsv(await host.readBytes(path), { source: showText(path, 300) });
    const [x, y] = chooseColumns(table, flags);
    describeTable(terminal, table, x, y);
    const folder = flags.out ?? defaultFolder(path);
    const release = await takeFolder(folder);
    try {
      const result = await train(terminal, x, y, flags);
      reportFit(terminal, result, flags.epochs);
      await finish(terminal, result, { path, folder, flags });
    } finally {
      await release();
    }
  } finally {
    terminal.close();
  }
}

interface Job {
  readonly path: string;
  readonly folder: string;
  readonly flags: FitFlags;
}

function chooseColumns(table: CsvTable, flags: FitFlags): [Column, Column] {
  const names = table.names.filter((name) => table.looksNumeric(name));
  const y = flags.y ?? names.findLast((name) => name !== flags.x);
  const x = flags.x ?? names.find((name) => name !== y);
  if (x === undefined || y === undefined) {
    throw argumentError(
      `${table.source} has ${count(names.length, "column")} of numbers; ` +
        "a fit needs an input and a target.",
    );
  }
  if (x === y) throw argumentError(`--x and --y both name the column ${showText(x)}.`);
  return [
    { name: x, values: table.numbers(x) },
    { name: y, values: table.numbers(y) },
  ];
}

const DELIMITERS = { ",": "commas", ";": "semicolons", "\t": "tabs" } as const;

function describeTable(terminal: Terminal, table: CsvTable, x: Column, y: Column): void {
  const between = table.names.length > 1 ? `, separated by ${DELIMITERS[table.delimiter]}` : "";
  terminal.line(
    `Read ${table.source}: ${count(table.rows, "row")}, ` +
      `${count(table.names.length, "column")}${between}.`,
  );
  const width = Math.max(showText(x.name).length, showText(y.name).length);
  for (const [role, { name, values }] of [["input ", x] as const, ["target", y] as const]) {
    const [low, high] = rangeOf(values);
    const range = `${formatNumber(low, { digits: 5 })} to ${formatNumber(high, { digits: 5 })}`;
    terminal.line(`  ${role}  ${showText(name).padEnd(width)}  ${range}`);
  }
  const unused = table.names.filter((name) => name !== x.name && name !== y.name);
  if (unused.length > 0) {
    terminal.line(`  unused  ${unused.map((name) => showText(name)).join(", ")}`);
  }
}

function defaultFolder(path: string): string {
  const name = path
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.[^.]*$/, "");
  return `runs/${name || "table"}`;
}

async function train(
  terminal: Terminal,
  x: Column,
  y: Column,
  flags: FitFlags,
): Promise<FitResult> {
  const { epochs } = flags;
  const every = Math.max(1, Math.ceil(epochs / 10));
  try {
    return await fitRegression(x, y, flags, {
      onStart: (shape, parameters, rows) => {
        const size = `${count(parameters, "parameter")}, ${count(rows, "row")}`;
        terminal.line(`Network ${describeMlp(shape)}, ${size}`);
        terminal.line(
          `${flags.optimizer === "adam" ? "Adam" : "Gradient descent"}, rate ${flags.lr}, ` +
            `${count(epochs, "epoch")}, scaling ${flags.scale}, seed ${flags.seed}`,
        );
        terminal.line();
        terminal.start();
      },
      onEpoch: (epoch, loss) => {
        if (epoch % every === 0) terminal.line(traceLine(epoch, loss, epochs));
        terminal.progress(epoch, epochs, loss);
      },
      shouldStop: () => terminal.stop !== undefined,
    });
  } catch (error) {
    if (error instanceof DivergedError) throw explainDivergence(error, flags);
    throw error;
  }
}

function explainDivergence({ epoch, loss, tensor }: DivergedError, flags: FitFlags): ExitError {
  const where = tensor === undefined ? "" : ` (${tensor} has grown out of bounds)`;
  const tries = [`a smaller --lr (it is ${flags.lr}; try ${formatNumber(flags.lr / 10)})`];
  if (flags.scale === "none") tries.push("--scale minmax");
  if (flags.optimizer === "sgd") tries.push("--optimizer adam");
  return new ExitError(
    EXIT.failed,
    `training diverged: the loss was ${loss} at epoch ${epoch}${where}. ` +
      `Try ${tries.join(", or ")}. No file was written.`,
  );
}

async function finish(terminal: Terminal, result: FitResult, job: Job): Promise<void> {
  const { folder, flags } = job;
  const files = await writeRun(result, job);
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
  terminal.line(`Next: ${name} predict ${quote(folder)} --at ${suggestInputs(result.x)}`);
}

/** Suggests inputs that show both: two inside the training range, one above it. */
function suggestInputs({ values }: Column): string {
  const [low, high] = rangeOf(values);
  const span = high - low;
  return [low, low + span / 2, high + span / 10].map((value) => formatNumber(value)).join(",");
}

function quote(path: string): string {
  return /^[\w./\\:~-]+$/.test(path) ? path : JSON.stringify(path);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
