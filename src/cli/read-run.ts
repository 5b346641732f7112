/** Reads a run folder back: model, settings, losses, and the table that it was fitted to. */
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import { formatNumber, showText } from "../core/format.ts";
import { parseCsv } from "../data/csv.ts";
import type { LinearLayer, Network, Training } from "../export/network.ts";
import { layersOf } from "../export/network.ts";
import { mlp } from "../models/mlp.ts";
import { MSELoss } from "../nn/loss.ts";
import type { Sequential } from "../nn/sequential.ts";
import { tensor } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { manualSeed } from "../tensor/random.ts";
import { FittedModel } from "../train/fitted.ts";

/** The settings of a run as its config.json holds them; nothing of it is trusted. */
export type RunConfig = Readonly<Record<string, unknown>>;

/** A run as its folder holds it. */
export interface Run {
  readonly folder: string;
  readonly model: FittedModel;
  readonly config: RunConfig;
  readonly epochs: readonly number[];
  readonly losses: readonly number[];
  /** Lines of metrics.jsonl, for what else they hold. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

/** The rows that a network was trained on, in the units of the table. */
export interface RunData {
  /** The path of the table that was read. */
  readonly path: string;
  /** Row-major `[rows, inputs]`. */
  readonly x: Float64Array;
  /** Row-major `[rows, outputs]`. */
  readonly y: Float64Array;
  readonly rows: number;
}

/** Loads a model file; what is wrong with it is said with its path. */
export async function loadModel(path: string): Promise<FittedModel> {
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

/** Reads a run folder. */
export async function readRun(path: string): Promise<Run> {
  const folder = path.replace(/[\\/]+$/, "").replace(/[\\/]model\.safetensors$/, "") || path;
  const model = await loadModel(`${folder}/model.safetensors`);
  const config = await readConfig(`${folder}/config.json`);
  const records = await readRecords(`${folder}/metrics.jsonl`);
  const known = records.filter(({ epoch, loss }) => isNumber(epoch) && isNumber(loss));
  return {
    ...{ folder, model, config, records },
    epochs: known.map(({ epoch }) => epoch as number),
    losses: known.map(({ loss }) => loss as number),
  };
}

async function readConfig(path: string): Promise<RunConfig> {
  const value = parseJson(await host.readText(path, 10_000_000));
  if (value !== undefined) return value;
  throw new NablaError("format", `"${showText(path, 300)}" is not the settings of a run.`);
}

async function readRecords(path: string): Promise<Run["records"]> {
  const lines = (await host.readText(path)).split("\n");
  return lines.map(parseJson).filter((record) => record !== undefined);
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // what is no JSON is no record
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Returns a setting that is text, or what stands in for it. */
export function textOf(config: RunConfig, key: string, otherwise = ""): string {
  const value = config[key];
  return typeof value === "string" ? value : otherwise;
}

/** Returns a setting that is a number, or what stands in for it. */
export function numberOf(config: RunConfig, key: string, otherwise: number): number {
  const value = config[key];
  return isNumber(value) ? value : otherwise;
}

/** Describes the fitted network for the writers of programs and pages. */
export async function describeNetwork(
  { network, parts }: FittedModel,
  command: string,
  version: string,
): Promise<Network> {
  return {
    ...{ version, command },
    inputs: parts.inputs.map(({ name, min, max }) => ({ name, min, max })),
    outputs: parts.outputs.map(({ name }) => name),
    activation: parts.shape.activation,
    layers: await layersOfNetwork(network),
    xScaler: parts.xScaler.toJSON(),
    yScaler: parts.yScaler.toJSON(),
  };
}

async function layersOfNetwork(network: Sequential): Promise<LinearLayer[]> {
  const tensors: Record<string, { shape: readonly number[]; data: ArrayLike<number> }> = {};
  for (const [name, value] of Object.entries(network.stateDict())) {
    tensors[name] = { shape: value.shape, data: await value.data() };
  }
  return layersOf(tensors);
}

/** Reads the table of a run again; `table` names it where it has moved. */
export async function readData({ model, config }: Run, table?: string): Promise<RunData> {
  const path = table ?? textOf(config, "table");
  if (path === "") throw argumentError("the run does not say which table it was fitted to.");
  if (table === undefined && !(await host.exists(path))) {
    throw argumentError(
      `the table of the run, "${showText(path, 300)}", is not there (seen from this folder); ` +
        "name it with --table FILE.",
    );
  }
  const csv = parseCsv(await host.readBytes(path), { source: showText(path, 300) });
  const { inputs, outputs } = model.parts;
  const [x, y] = [inputs, outputs].map((side) => joinColumns(side.map((c) => csv.numbers(c.name))));
  return { path, x: x!, y: y!, rows: csv.rows };
}

function joinColumns(columns: readonly Float64Array[]): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const out = new Float64Array(rows * columns.length);
  columns.forEach((column, j) => column.forEach((v, i) => (out[i * columns.length + j] = v)));
  return out;
}

/** How many of the first epochs an exported program compares its losses with. */
const COMPARED = 100;

/** Describes the training: the data, the weights before the first epoch, the recorded losses. */
export async function describeTraining(run: Run, data: RunData): Promise<Training> {
  const { parts } = run.model;
  manualSeed(parts.provenance.seed);
  const network = mlp(parts.shape);
  await checkStart(run, data, network);
  const { optimizer, lr, epochs } = parts.provenance;
  return {
    initial: await layersOfNetwork(network),
    optimizer: optimizer === "sgd" ? "sgd" : "adam",
    lr,
    weightDecay: numberOf(run.config, "weightDecay", 0),
    epochs: numberOf(run.config, "epochs", epochs),
    x: data.x,
    y: data.y,
    losses: run.epochs
      .map((epoch, i) => [epoch, run.losses[i]!] as const)
      .filter(([epoch]) => epoch <= COMPARED && epoch < epochs),
  };
}

/** Makes sure that table and seed give the loss with which the run began. */
async function checkStart(run: Run, data: RunData, network: Sequential): Promise<void> {
  const { parts } = run.model;
  const scaled = (values: Float64Array, scaler: typeof parts.xScaler, width: number) =>
    tensor(Float32Array.from(scaler.transform(values)), { shape: [data.rows, width] });
  const x = scaled(data.x, parts.xScaler, parts.shape.inputs);
  const y = scaled(data.y, parts.yScaler, parts.shape.outputs);
  const loss = await noGrad(() => new MSELoss().forward(network.forward(x), y)).item();
  const recorded = run.epochs[0] === 0 ? run.losses[0] : undefined;
  if (recorded === undefined || Math.abs(loss - recorded) <= 1e-4 * recorded) return;
  throw argumentError(
    `the table "${showText(data.path, 300)}" and seed ${parts.provenance.seed} give a first loss of ` +
      `${formatNumber(loss)}, the run recorded ${formatNumber(recorded)}: the table has changed ` +
      "since, or another version made the run.",
  );
}
