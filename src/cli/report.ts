/** Runs `nabla report`: reads the run and its table again, predicts every row, writes the page. */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { digitsFor, formatNumber, showText } from "../core/format.ts";
import { VERSION } from "../core/version.ts";
import type { ClassMetrics } from "../data/metrics.ts";
import { classMetrics, regressionMetrics } from "../data/metrics.ts";
import { fitPolynomial, polynomialName, solveLeastSquares } from "../data/polynomial.ts";
import { takeColumn, takeRows } from "../data/rows.ts";
import { createScaler, rangeOf } from "../data/scaler.ts";
import { quantityOf } from "../data/units.ts";
import type { InputColumn, Network } from "../export/network.ts";
import { isText } from "../export/network.ts";
import type { ColumnFacts, ErrorLine, ReportData } from "../export/report/source.ts";
import { makeReport } from "../export/report/report.ts";
import { describeMlp } from "../models/mlp.ts";
import type { FittedModel } from "../train/table/fitted.ts";
import { mostLikely } from "../train/table/fitted.ts";
import type { FoldsFound } from "./folds-found.ts";
import { foldsFound } from "./folds-found.ts";
import { gptPage } from "./gpt-report.ts";
import { readConfig, readGptRun } from "./gpt-run.ts";
import { findingsOf } from "./read-findings.ts";
import type { Run, RunData } from "./read-run.ts";
import { describeNetwork, readData, readRun } from "./read-run.ts";
import { foldsTable, sweepTable } from "./report-tables.ts";
import { commandName } from "./name.ts";
import { gridOf } from "./run-picture.ts";
import { readSweep } from "./sweep-file.ts";
import { count, errorCells, percent, quote } from "./words.ts";

/** The options of `nabla report` as commander hands them over. */
export interface ReportFlags {
  readonly out?: string;
  readonly table?: string;
}

/** Writes a run as one HTML page. */
export async function report(path: string, { out, table }: ReportFlags): Promise<void> {
  if ((await readConfig(path.replace(/[\\/]+$/, "") || path)) !== undefined) {
    return writePage(out ?? `${path}/report.html`, await gptPage(await readGptRun(path)));
  }
  const run = await readRun(path);
  const command = run.config.command ?? `nabla fit (${showText(run.folder)})`;
  const network = await describeNetwork(run.model, command, VERSION);
  const found = foldsFound(run.records.at(-1)?.["crossValidation"]);
  const data = await readOrExplain({ run, network, found }, table);
  const sweep = await readSweep(run.folder);
  const known = sweep?.table === run.config.table && sweep?.data === run.config.data;
  const page = await makeReport({
    network,
    data,
    source: (run.config.table ?? run.folder).split(/[\\/]/).at(-1)!,
    epochs: run.epochs,
    losses: run.losses,
    heldLosses: run.heldLosses,
    settings: settingsOf(run),
    summary: summaryOf(run, data, found),
    tables: [...foldsTable(run), ...(known ? sweepTable(sweep, run) : [])],
    findings: findingsOf(run),
  });
  const file = out ?? `${run.folder}/report.html`;
  await host.writeFileAtomic(file, page);
  const size = (new TextEncoder().encode(page).length / 1000).toFixed(0);
  const without = typeof data === "string" ? `Without the data: ${data}\n` : "";
  host.write(
    "stdout",
    `Wrote ${showText(file, 300)} (${size} kB); open it in a browser.\n${without}`,
  );
  if (sweep !== undefined && !known) {
    host.write("stdout", "Without its sweep.json: that is of other columns or another table.\n");
  }
  host.write(
    "stdout",
    `Next: ${await commandName()} export ${quote(run.folder)} --to typescript\n`,
  );
}

/** Writes the page of a run that is no table's. */
async function writePage(file: string, page: string): Promise<void> {
  await host.writeFileAtomic(file, page);
  host.write("stdout", `Wrote ${showText(file, 300)}; open it in a browser.\n`);
}

/**
 * A report without its table is still one: it says why. A table that was asked for must be there.
 */
async function readOrExplain(judged: Judged, table?: string) {
  try {
    return await describeData(judged, await readData(judged.run, table));
  } catch (error) {
    if (table !== undefined || !(error instanceof NablaError)) throw error;
    return error.message;
  }
}

function settingsOf({ model, config }: Run): [string, string][] {
  const { seed, epochs, optimizer, lr, finalLoss } = model.parts.provenance;
  const more = (["batch", "weightDecay", "dropout", "val", "scale"] as const).flatMap(
    (key): [string, string][] => {
      const value = config[key];
      const shown = typeof value === "number" ? value !== 0 : key === "scale";
      return shown ? [[key === "weightDecay" ? "weight decay" : key, showText(String(value))]] : [];
    },
  );
  return [
    ["optimizer", showText(String(optimizer))],
    ["rate", formatNumber(lr)],
    ["epochs", String(epochs)],
    ...more,
    ["seed", String(seed)],
    ["final loss", formatNumber(finalLoss)],
    ["version", VERSION],
  ];
}

function summaryOf({ model }: Run, data: ReportData | string, found?: FoldsFound): string {
  const { network, parts } = model;
  const parameters = network.parameters().reduce((sum, p) => sum + p.numel(), 0);
  const rows = typeof data === "string" ? "" : ` · ${data.rows} rows`;
  const quality = found === undefined ? "" : ` · ${qualityOf(model, found)}`;
  const size = `${describeMlp(parts.shape)} · ${count(parameters, "parameter")}${rows}`;
  return `${size}${quality} · Nabla ${VERSION}`;
}

/** How good the network is on rows that it had not seen. */
function qualityOf({ classes, parts }: FittedModel, found: FoldsFound): string {
  const where = `in ${found.folds} folds, unseen`;
  if (classes !== undefined)
    return `${percent(found.classMetrics?.accuracy ?? NaN)} right ${where}`;
  const errors = parts.outputs.map(({ name }) => {
    const { symbol, unit } = quantityOf(name);
    const of = parts.outputs.length === 1 ? "" : ` of ${showText(symbol)}`;
    return `RMSE${of} ${formatNumber(found.errors.get(name)?.rmse ?? NaN, { unit })}`;
  });
  return `${errors.join(", ")} ${where}`;
}

/** A run, and what its cross-validation found. */
interface Judged {
  readonly run: Run;
  readonly network: Network;
  readonly found: FoldsFound | undefined;
}

async function describeData({ run, network, found }: Judged, data: RunData): Promise<ReportData> {
  const { model } = run;
  const answers = await model.predict(data.x);
  const { classes } = network;
  const all = Array.from({ length: data.rows }, (_, row) => row);
  const trained = all.filter((row) => !data.held.has(row));
  const held = [...data.held];
  const groups: [string, number[]][] =
    held.length > 0
      ? [
          ["held-out rows", held],
          ["training rows", trained],
        ]
      : [[found === undefined ? "" : "training rows", all]];
  const unseen = held.length > 0 || found !== undefined;
  const common = {
    ...{ rows: data.rows, held: data.held, unseen },
    columns: describeColumns(network, data),
  };
  if (classes) {
    const said = mostLikely(answers, classes.length, model.parts.decision);
    return { ...common, ...describeClasses(classes, said, { data, groups, found }) };
  }
  const width = network.outputs.length;
  const targets = network.outputs.map((name, j) => ({
    name,
    actual: takeColumn(data.y, width, j),
    predicted: takeColumn(answers, width, j),
  }));
  const single = network.inputs.length === 1 && !isText(network.inputs[0]!);
  return {
    ...common,
    targets,
    ...(single ? { x: data.x, curves: await curvesOf(model, width) } : {}),
    errorHead: ["RMSE", "largest", "R²"],
    errors: targets.flatMap((target) => [
      ...foldLines(target, found),
      ...errorLines(target, groups),
      ...simplerLines(target, data, trained, groups),
    ]),
  };
}

/** The rows to judge by: the first group are those not seen, where there are any. */
interface Groups {
  readonly data: RunData;
  readonly groups: readonly [string, number[]][];
  readonly found: FoldsFound | undefined;
}

/** How often the right class is named, and by who always names the most frequent one. */
function describeClasses(
  classes: readonly string[],
  said: Float64Array,
  { data, groups, found }: Groups,
) {
  const judge = (rows: readonly number[]): ClassMetrics =>
    classMetrics(takeRows(said, 1, rows), takeRows(data.y, 1, rows), classes);
  const often = frequentClass(takeRows(data.y, 1, groups.at(-1)![1]), classes.length);
  const always = `always ${showText(classes[often]!, 30)}`;
  const errors = groups.flatMap(([group, rows]): ErrorLine[] => [
    accuracyLine(["network", group], judge(rows).accuracy, rows.length),
    accuracyLine([always, group], shareOf(takeRows(data.y, 1, rows), often), rows.length),
  ]);
  const unseen = found?.classMetrics;
  const [first] = groups;
  if (unseen !== undefined) {
    errors.unshift(accuracyLine(["network", inFolds(found!)], unseen.accuracy, data.rows));
  }
  return {
    ...{ targets: [], errorHead: ["accuracy", "wrong"], errors },
    confusion: (unseen ?? judge(first![1])).confusion,
    judged: unseen === undefined ? first![0] || "rows of training" : inFolds(found!),
  };
}

function inFolds({ folds }: FoldsFound): string {
  return `unseen, in ${folds} folds`;
}

function foldLines({ name }: Target, found?: FoldsFound): ErrorLine[] {
  const errors = found?.errors.get(name);
  if (errors === undefined) return [];
  const label = `${showText(quantityOf(name).symbol)}, network, ${inFolds(found!)}`;
  return [{ label, cells: errorCells(errors) }];
}

function accuracyLine(parts: readonly string[], accuracy: number, rows: number): ErrorLine {
  const label = parts.filter((part) => part !== "").join(", ");
  return { label, cells: [percent(accuracy), `${Math.round((1 - accuracy) * rows)}`] };
}

function frequentClass(y: Float64Array, classes: number): number {
  const counts = Array.from({ length: classes }, (_, k) => shareOf(y, k));
  return counts.indexOf(Math.max(...counts));
}

function shareOf(y: Float64Array, k: number): number {
  return y.reduce((sum, value) => sum + Number(value === k), 0) / y.length;
}

type Target = ReportData["targets"][number];

/** The errors of a polynomial of the one input, or of a linear function of all, for the network. */
function simplerLines(
  { name, actual }: Target,
  { x, width }: RunData,
  rows: readonly number[],
  groups: readonly [string, number[]][],
): ErrorLine[] {
  const y = takeRows(actual, 1, rows);
  if (width > 1) {
    const predicted = planeThrough(takeRows(x, width, rows), y, x, width);
    return errorLines({ name, actual, predicted }, groups, "linear function");
  }
  const found = fitPolynomial(takeRows(x, 1, rows), y, 3);
  return errorLines({ name, actual, predicted: x.map(found.at) }, groups, polynomialName(found));
}

/** Fits a linear function of rows of `width` inputs, and returns what it says of other rows. */
function planeThrough(
  x: Float64Array,
  y: Float64Array,
  others: Float64Array,
  width: number,
): Float64Array {
  const scaler = createScaler("standard").fit(x, width);
  const columnsOf = (values: Float64Array): Float64Array[] => {
    const scaled = scaler.transform(values);
    const one = new Float64Array(values.length / width).fill(1);
    return [one, ...Array.from({ length: width }, (_, j) => takeColumn(scaled, width, j))];
  };
  // Fewer rows than columns: what is left over stays at 0.
  const solution = solveLeastSquares(columnsOf(x).slice(0, y.length), y.slice());
  const columns = columnsOf(others);
  return columns[0]!.map((_, i) => solution.reduce((sum, c, j) => sum + c * columns[j]![i]!, 0));
}

function errorLines(
  { name, actual, predicted }: Target,
  groups: readonly [string, number[]][],
  method = "network",
): ErrorLine[] {
  const symbol = showText(quantityOf(name).symbol);
  return groups.map(([group, rows]) => {
    const label = [symbol, method, group].filter((part) => part !== "").join(", ");
    const metrics = regressionMetrics(takeRows(predicted, 1, rows), takeRows(actual, 1, rows));
    return { label, cells: errorCells(metrics) };
  });
}

const CURVE_POINTS = 300;

async function curvesOf(model: FittedModel, width: number) {
  const x = gridOf(model.parts.inputs[0]!, CURVE_POINTS);
  const y = await model.predict(x);
  return Array.from({ length: width }, (_, j) => ({ x, y: takeColumn(y, width, j) }));
}

function describeColumns({ inputs, outputs, classes }: Network, data: RunData): ColumnFacts[] {
  const widths = inputs.map((one) => (isText(one) ? one.values.length : 1));
  const all = widths.reduce((sum, width) => sum + width, 0);
  let at = 0;
  const left = inputs.map((one, i) => {
    const columns = Array.from({ length: widths[i]! }, (_, k) => takeColumn(data.x, all, at + k));
    at += widths[i]!;
    return factsOf(one, "input", columns);
  });
  const right = outputs.map((name, j) =>
    classes
      ? factsOf(
          { name, values: classes },
          "target",
          classes.map((_, k) => data.y.map((value) => Number(value === k))),
        )
      : factsOf({ name, min: 0, max: 0 }, "target", [takeColumn(data.y, outputs.length, j)]),
  );
  return [...left, ...right];
}

function factsOf(
  one: InputColumn,
  role: ColumnFacts["role"],
  columns: readonly Float64Array[],
): ColumnFacts {
  const { name } = one;
  if (isText(one)) {
    const counts = columns.map((values) => values.reduce((sum, value) => sum + value, 0));
    const most = counts.indexOf(Math.max(...counts));
    const middle = `mostly ${showText(one.values[most]!, 30)}`;
    return { name, role, range: `${one.values.length} texts`, middle };
  }
  const values = columns[0]!;
  const [low, high] = rangeOf(values);
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const digits = digitsFor(low, high, 4);
  return {
    name,
    role,
    range: `${formatNumber(low, { digits })} – ${formatNumber(high, { digits })}`,
    middle: formatNumber(mean, { digits }),
  };
}
