/** Runs `nabla report`: reads the run and its table again, predicts every row, writes the page. */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { formatNumber, showText } from "../core/format.ts";
import { VERSION } from "../core/version.ts";
import type { ClassMetrics } from "../data/metrics.ts";
import { classMetrics, regressionMetrics } from "../data/metrics.ts";
import { fitPolynomial, polynomialName } from "../data/polynomial.ts";
import { takeColumn, takeRows } from "../data/rows.ts";
import { rangeOf } from "../data/scaler.ts";
import { quantityOf } from "../data/units.ts";
import type { InputColumn, Network } from "../export/network.ts";
import { isText } from "../export/network.ts";
import type { ColumnFacts, ErrorLine, ReportData } from "../export/report/source.ts";
import { makeReport } from "../export/report/report.ts";
import { describeMlp } from "../models/mlp.ts";
import type { FittedModel } from "../train/table/fitted.ts";
import { mostLikely } from "../train/table/fitted.ts";
import { gptPage } from "./gpt-report.ts";
import { readConfig, readGptRun } from "./gpt-run.ts";
import { findingsOf } from "./read-findings.ts";
import type { Run, RunData } from "./read-run.ts";
import { describeNetwork, readData, readRun } from "./read-run.ts";
import { foldsTable, sweepTable } from "./report-tables.ts";
import { commandName } from "./name.ts";
import { gridOf } from "./run-picture.ts";
import { readSweep } from "./sweep-file.ts";
import { errorCells, percent, quote } from "./words.ts";

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
  const data = await readOrExplain(run, network, table);
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
    summary: summaryOf(run, data),
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
async function readOrExplain(run: Run, network: Network, table?: string) {
  try {
    return await describeData(run, network, await readData(run, table));
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

function summaryOf({ model }: Run, data: ReportData | string): string {
  const { network, parts } = model;
  const parameters = network.parameters().reduce((sum, p) => sum + p.numel(), 0);
  const rows = typeof data === "string" ? "" : ` · ${data.rows} rows`;
  return `${describeMlp(parts.shape)} · ${parameters} parameters${rows} · Nabla ${VERSION}`;
}

async function describeData(run: Run, network: Network, data: RunData): Promise<ReportData> {
  const { model } = run;
  const answers = await model.predict(data.x);
  const { classes } = network;
  const common = { rows: data.rows, held: data.held, columns: describeColumns(network, data) };
  const all = Array.from({ length: data.rows }, (_, row) => row);
  const trained = all.filter((row) => !data.held.has(row));
  const groups: [string, number[]][] =
    data.held.size === 0
      ? [["", all]]
      : [
          ["training rows", trained],
          ["held-out rows", [...data.held]],
        ];
  if (classes) {
    const said = mostLikely(answers, classes.length);
    const judge = (rows: readonly number[]): ClassMetrics =>
      classMetrics(takeRows(said, 1, rows), takeRows(data.y, 1, rows), classes);
    const judged = data.held.size === 0 ? all : [...data.held];
    const errors = groups.map(([label, rows]): ErrorLine => {
      const { accuracy } = judge(rows);
      const wrong = Math.round((1 - accuracy) * rows.length);
      return { label: label || "network", cells: [percent(accuracy), `${wrong}`] };
    });
    const { confusion } = judge(judged);
    return { ...common, targets: [], errorHead: ["accuracy", "wrong"], errors, confusion };
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
      ...errorLines(target, groups),
      ...(single ? polynomialLines(target, data, trained, groups) : []),
    ]),
  };
}

type Target = ReportData["targets"][number];

/** The errors of the polynomial in the network's place. */
function polynomialLines(
  { name, actual }: Target,
  { x }: RunData,
  rows: readonly number[],
  groups: readonly [string, number[]][],
): ErrorLine[] {
  const found = fitPolynomial(takeRows(x, 1, rows), takeRows(actual, 1, rows), 3);
  const predicted = x.map(found.at);
  return errorLines({ name, actual, predicted }, groups, polynomialName(found));
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
  return {
    name,
    role,
    range: `${formatNumber(low)} – ${formatNumber(high)}`,
    middle: formatNumber(mean),
  };
}
