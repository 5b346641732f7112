/** Reads a run folder back: model, settings, losses, and the table that it was fitted to. */
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import { formatNumber, showText } from "../core/format.ts";
import { featuresOf } from "../data/columns/recipe.ts";
import type { InputColumn, LinearLayer, Network, Training } from "../export/network.ts";
import { layersOf } from "../export/network.ts";
import { storedOf } from "../io/stored.ts";
import { mlp } from "../models/mlp.ts";
import { CrossEntropyLoss, MSELoss } from "../nn/loss.ts";
import type { Sequential } from "../nn/sequential.ts";
import { tensor } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { manualSeed } from "../tensor/random.ts";
import { takeRows } from "../data/rows.ts";
import type { TrainedColumn } from "../train/table/dataset.ts";
import { encodeAs } from "../train/table/dataset.ts";
import { FittedModel } from "../train/table/fitted.ts";
import { holdOutOf } from "../train/table/separation.ts";
import { checkTexts } from "./check-texts.ts";
import { chooseColumns } from "./choose-columns.ts";
import { modelFile, usable } from "./model-file.ts";
import { openTable, STDIN } from "./read-table.ts";
import type { RunConfig } from "./run-config.ts";
import { parseObject, parseRunConfig } from "./run-config.ts";
import type { CheckedFiles } from "./run-files.ts";
import { checksumsOf } from "./run-files.ts";
import { namesOf } from "./words.ts";

/** A run as its folder holds it. */
export interface Run {
  readonly folder: string;
  readonly model: FittedModel;
  readonly config: RunConfig;
  readonly epochs: readonly number[];
  readonly losses: readonly number[];
  /** The losses of held-out rows; empty where there were none. */
  readonly heldLosses: readonly number[];
  /** Lines of metrics.jsonl, for what else they hold. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

/** The rows that a network was trained on, in the units of the table. */
export interface RunData {
  /** The path of the table that was read. */
  readonly path: string;
  /** Row-major `[rows, inputs of the network]`: texts as 0 and 1. */
  readonly x: Float64Array;
  /** Row-major `[rows, targets]`, or `[rows]` class numbers. */
  readonly y: Float64Array;
  readonly rows: number;
  readonly width: number;
  readonly targets: number;
  /** Which rows were held out. */
  readonly held: ReadonlySet<number>;
}

/** Loads a model file; what is wrong with it is said with its path. */
export async function loadModel(path: string): Promise<FittedModel> {
  const bytes = await host.readBytes(path);
  return usable(path, () => FittedModel.decode(bytes));
}

/** Reads a run folder. */
export async function readRun(path: string): Promise<Run> {
  const folder = path.replace(/[\\/]+$/, "").replace(/[\\/]model\.safetensors$/, "") || path;
  const bytes = await host.readBytes(await modelFile(folder));
  const model = usable(`${folder}/model.safetensors`, () => FittedModel.decode(bytes));
  const file = `${folder}/config.json`;
  const text = await host.readText(await host.savedFile(folder, "config.json"), 10_000_000);
  const config = parseRunConfig(text, file);
  const metrics = await host.readText(await host.savedFile(folder, "metrics.jsonl"));
  checkTogether(folder, config, { model: bytes, metrics });
  const records = metrics
    .split("\n")
    .map(parseObject)
    .filter((record) => record !== undefined);
  const known = records.filter(({ epoch, loss }) => isNumber(epoch) && isNumber(loss));
  return {
    folder,
    model,
    config,
    records,
    epochs: known.map(({ epoch }) => epoch as number),
    losses: known.map(({ loss }) => loss as number),
    heldLosses: known.map(({ heldOutLoss }) => heldOutLoss).filter(isNumber),
  };
}

/** Refuses files of two runs: somebody has replaced one, or an older version was killed. */
export function checkTogether(folder: string, config: RunConfig, found: CheckedFiles): void {
  const wanted = config.checksums;
  if (wanted === undefined) return; // written before there were any
  const checksums = checksumsOf(found);
  const strange = Object.keys(checksums).filter((file) => {
    return !Object.hasOwn(wanted, file) || wanted[file] !== checksums[file];
  });
  if (strange.length === 0) return;
  throw new NablaError(
    "state",
    `"${showText(folder, 300)}" holds files of different runs: ${strange.join(" and ")} ` +
      `${strange.length === 1 ? "does" : "do"} not belong to config.json; a save was cut off, or a ` +
      "file was replaced. predict and inspect need the model alone; for all else repeat the run.",
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Describes the fitted network for the writers of programs and pages. */
export async function describeNetwork(
  { network, parts }: FittedModel,
  command: string,
  version: string,
): Promise<Network> {
  const classes = parts.outputs[0]?.values;
  return {
    version,
    command,
    inputs: parts.inputs.flatMap(featureColumns),
    outputs: namesOf(parts.outputs),
    ...(classes ? { classes } : {}),
    activation: parts.shape.activation,
    layers: await layersOfNetwork(network),
    xScaler: parts.xScaler.toJSON(),
    yScaler: parts.yScaler.toJSON(),
  };
}

/** A date is several numbers to a program: those that the network sees. */
function featureColumns({ name, min, max, values, recipe }: TrainedColumn): InputColumn[] {
  if (values !== undefined) return [{ name, values }];
  const [first, ...rounds] = featuresOf(name, recipe);
  return [{ name: first!, min, max }, ...rounds.map((round) => ({ name: round, min: -1, max: 1 }))];
}

async function layersOfNetwork(network: Sequential): Promise<LinearLayer[]> {
  return layersOf(await storedOf(network.stateDict()));
}

/** Reads the table of a run again; `table` names it where it has moved. */
export async function readData({ model, config }: Run, table?: string): Promise<RunData> {
  const path = table ?? config.table ?? "";
  if (path === "") throw argumentError("the run does not say which table it was fitted to.");
  if (table === undefined && path === STDIN) {
    throw argumentError("the run was fitted to standard input; name its table with --table FILE.");
  }
  if (table === undefined && !(await host.exists(path))) {
    throw argumentError(
      `the table of the run, "${showText(path, 300)}", is not there (seen from this folder); ` +
        "name it with --table FILE.",
    );
  }
  const csv = await openTable(path, config);
  const { inputs, outputs, provenance } = model.parts;
  const { missing, group, time } = config;
  const { dataset } = chooseColumns(csv, {
    x: namesOf(inputs),
    y: namesOf(outputs),
    classify: model.classes !== undefined,
    trained: model.parts,
    ...(missing === "drop" || missing === "mean" ? { missing } : {}),
    ...(group === undefined ? {} : { group }),
    ...(time === undefined ? {} : { time }),
  });
  checkTexts(csv, model.parts, dataset);
  const encoded = encodeAs(model.parts, dataset);
  const { x, y, rows, width, targets } = encoded;
  const { val = 0 } = config;
  const rule = { val, seed: provenance.seed, ...oldSplit(config) };
  const held = val > 0 && val < 1 ? holdOutOf(encoded, rule).held : [];
  return { path, x, y, rows, width, targets, held: new Set(held) };
}

/** Runs of older versions do not say by what their rows were shared out: at random. */
export function oldSplit({ split }: RunConfig): { readonly split?: "rows" } {
  return split === undefined ? { split: "rows" } : {};
}

/** How many of the first epochs an exported program compares its losses with. */
const COMPARED = 100;

/** Describes the training: the data, the weights before the first epoch, the recorded losses. */
export async function describeTraining(run: Run, all: RunData): Promise<Training> {
  const { config, model } = run;
  const { optimizer, lr, epochs, seed } = model.parts.provenance;
  if ((config.dropout ?? 0) > 0 || typeof config.batch === "number") {
    throw argumentError(
      "batches and dropout are drawn at random, elsewhere in another way: a training that can be " +
        "repeated needs a run without --batch and --dropout. --to typescript takes every run.",
    );
  }
  if ((config.ensemble ?? 1) > 1) {
    throw argumentError(
      "an ensemble is several trainings: --to typescript takes it, as every run.",
    );
  }
  const data = trainingRows(all);
  manualSeed(seed);
  const network = mlp(model.parts.shape);
  await checkStart(run, data, network);
  return {
    initial: await layersOfNetwork(network),
    optimizer: optimizer === "sgd" ? "sgd" : "adam",
    lr,
    weightDecay: config.weightDecay ?? 0,
    epochs: Math.max(1, epochs),
    x: data.x,
    y: data.y,
    losses: run.epochs
      .map((epoch, i) => [epoch, run.losses[i]!] as const)
      .filter(([epoch]) => epoch <= COMPARED && epoch < epochs),
  };
}

function trainingRows(data: RunData): RunData {
  const rows = Array.from({ length: data.rows }, (_, row) => row).filter((r) => !data.held.has(r));
  const x = takeRows(data.x, data.width, rows);
  return { ...data, x, y: takeRows(data.y, data.targets, rows), rows: rows.length };
}

/** Makes sure that table and seed give the loss with which the run began. */
async function checkStart(run: Run, data: RunData, network: Sequential): Promise<void> {
  const { classes, parts } = run.model;
  const { xScaler, yScaler, provenance } = parts;
  const scaled = Float32Array.from(xScaler.transform(data.x));
  const x = tensor(scaled, { shape: [data.rows, data.width] });
  const y =
    classes === undefined
      ? tensor(Float32Array.from(yScaler.transform(data.y)), { shape: [data.rows, data.targets] })
      : tensor(Int32Array.from(data.y), { dtype: "int32" });
  const lossFn = classes === undefined ? new MSELoss() : new CrossEntropyLoss();
  const loss = await noGrad(() => lossFn.forward(network.forward(x), y)).item();
  const recorded = run.epochs[0] === 0 ? run.losses[0] : undefined;
  if (recorded === undefined || Math.abs(loss - recorded) <= 1e-4 * recorded) return;
  throw argumentError(
    `the table "${showText(data.path, 300)}" and seed ${provenance.seed} give a first loss of ` +
      `${formatNumber(loss)}, the run recorded ${formatNumber(recorded)}: the table has changed ` +
      "since, or another version made the run.",
  );
}
