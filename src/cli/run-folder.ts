/** What goes into a run folder: model, metrics, settings and picture. */
import { formatNumber, showText } from "../core/format.ts";
import { VERSION } from "../core/version.ts";
import type { Choice } from "../train/table/choose.ts";
import { classWeightOf } from "../train/table/class-weights.ts";
import type { Encoded } from "../train/table/dataset.ts";
import type { FitResult } from "../train/table/fit.ts";
import { encodeState } from "../train/state-file.ts";
import type { FitFlags } from "./fit-flags.ts";
import { foundBeside, metricsByName } from "./fit-json.ts";
import { foldsFound } from "./folds-found.ts";
import { renderPng } from "./png.ts";
import { readingGiven, readingWords } from "./reading.ts";
import type { CheckedFiles, RunContents } from "./run-files.ts";
import { checksumsOf, RUN_FILES, saveRun } from "./run-files.ts";
import { drawFit } from "./run-picture.ts";
import { quote, spellNames } from "./words.ts";

/** What a run folder is made from. */
export interface RunSource {
  readonly path: string;
  readonly folder: string;
  readonly flags: FitFlags;
  /** What the table decided. */
  readonly chosen?: Choice;
  /** The checksum of the encoded rows, which the state of the training is kept with. */
  readonly data: string;
  /** The checksum of columns and rows, by which a sweep of the same table is known. */
  readonly checksum: string;
}

/**
 * Writes the files; returns their names. The model comes last: it marks the run as complete.
 */
export async function writeRun(
  fit: FitResult,
  source: RunSource,
  crossValidation?: unknown,
): Promise<readonly string[]> {
  // Everything is made before the first file is touched.
  const table = showText(source.path.split(/[\\/]/).at(-1)!);
  const picture = await drawFit(fit, table, foldsFound(crossValidation));
  const made = await runContents(fit, source, crossValidation);
  const pictures = { "fit.svg": picture, "fit.png": await renderPng(picture) };
  await saveRun(source.folder, { ...made, ...pictures });
  return RUN_FILES;
}

/** Saves a run that is not at its end: without pictures, which take their time. */
export async function saveProgress(
  fit: FitResult,
  source: RunSource,
  crossValidation?: unknown,
): Promise<void> {
  await saveRun(source.folder, await runContents(fit, source, crossValidation));
}

async function runContents(
  fit: FitResult,
  source: RunSource,
  crossValidation: unknown,
): Promise<RunContents> {
  const model = await fit.model.encode();
  const training = await encodeState(fit.state, source.data);
  const metrics = metricsLines(fit, crossValidation);
  return {
    "metrics.jsonl": metrics,
    "config.json": configText(fit, source, { model, metrics, training }),
    "training.safetensors": training,
    "model.safetensors": model,
  };
}

function metricsLines(fit: FitResult, crossValidation: unknown): string {
  const { history, epochs, training, held, data, findings } = fit;
  const last = history.epochs.length - 1;
  const single = training.metrics.length === 1 ? training.metrics[0] : undefined;
  const end = {
    ...(single ?? { metrics: metricsByName(data, training) }),
    ...(held === undefined ? {} : { heldOut: metricsByName(data, held.evaluation) }),
    ...(crossValidation === undefined ? {} : { crossValidation }),
    ...foundBeside(fit),
    ...(findings.length === 0 ? {} : { findings }),
  };
  const lines = history.epochs.map((epoch, i) => {
    const losses = {
      loss: history.losses[i],
      ...(history.held.length === 0 ? {} : { heldOutLoss: history.held[i] }),
    };
    return JSON.stringify(i === last ? { epoch: epochs, ...losses, ...end } : { epoch, ...losses });
  });
  return `${lines.join("\n")}\n`;
}

function configText(
  fit: FitResult,
  { path, flags, chosen, checksum }: RunSource,
  made: CheckedFiles,
): string {
  const { hidden, activation, optimizer, lr, epochs, batch, scale, seed } = flags;
  const { val, weightDecay, dropout, earlyStop, missing, folds, classify, column } = flags;
  const { group, time } = flags;
  const { classWeight, threshold, ensemble, quantiles } = flags;
  const settings = { hidden, activation, optimizer, lr, epochs, batch, scale, seed };
  const more = {
    val,
    weightDecay,
    dropout,
    earlyStop,
    missing,
    folds,
    classify,
    column,
    group,
    time,
    classWeight,
    threshold,
  };
  const last = { ensemble, quantiles };
  const { inputs, outputs, classes, rows } = fit.data;
  const config = {
    nabla: VERSION,
    table: path,
    x: namesOf(inputs),
    y: namesOf(outputs),
    ...(classes === undefined ? {} : { classes }),
    ...(flags.device === "native" && { device: flags.device }),
    ...{ ...settings, ...more, ...last, ...readingGiven(flags) },
    ...(flags.split === undefined ? { split: fit.split } : {}),
    rows,
    ...(chosen === undefined ? {} : { chosen }),
    parameters: fit.parameters,
    epochsRun: fit.epochs,
    command: commandOf(fit, path, flags),
    data: checksum,
    checksums: checksumsOf(made),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Returns the one name, or all of them. */
function namesOf(columns: readonly { readonly name: string }[]): string | string[] {
  return columns.length === 1 ? columns[0]!.name : columns.map(({ name }) => name);
}

/** Spells the command that repeats the run. */
function commandOf({ data }: FitResult, path: string, flags: FitFlags): string {
  const names = (columns: readonly { readonly name: string }[], given: FitFlags["x"]): string =>
    spellNames(given ?? columns.map(({ name }) => name));
  const number = (value: number): string => formatNumber(value, { digits: 15 });
  const words = [
    ["nabla", "fit", path, "--x", names(data.inputs, flags.x), "--y", names(data.outputs, flags.y)],
    ["--hidden", flags.hidden.join()],
    ["--activation", flags.activation, "--optimizer", flags.optimizer],
    ["--lr", number(flags.lr), "--epochs", String(flags.epochs)],
    ["--scale", flags.scale, "--seed", String(flags.seed)],
    flags.batch === "all" ? [] : ["--batch", String(flags.batch)],
    flags.val === 0 ? [] : ["--val", number(flags.val)],
    flags.weightDecay === 0 ? [] : ["--weight-decay", number(flags.weightDecay)],
    flags.dropout === 0 ? [] : ["--dropout", number(flags.dropout)],
    flags.earlyStop === undefined ? [] : ["--early-stop", String(flags.earlyStop)],
    flags.missing === undefined ? [] : ["--missing", flags.missing],
    flags.ensemble === undefined ? [] : ["--ensemble", String(flags.ensemble)],
    flags.quantiles === undefined ? [] : ["--quantiles", flags.quantiles.join()],
    flags.threshold === undefined ? [] : ["--threshold", number(flags.threshold)],
    ...weightWords(data, flags),
    flags.classify === true ? ["--classify"] : [],
    flags.device === "native" ? ["--device", "native"] : [],
    (flags.column ?? []).flatMap((each) => ["--column", each]),
    readingWords(flags),
    flags.group === undefined ? [] : ["--group", flags.group],
    flags.time === undefined ? [] : ["--time", flags.time],
  ].flat();
  return words.map(quote).join(" ");
}

/** Says how classes count where the table alone would not decide the same, or something. */
function weightWords(data: Encoded, { classWeight }: FitFlags): string[][] {
  if (classWeight === undefined) return [];
  const usual = classWeight === "none" && classWeightOf(data, {}) === "none";
  return usual ? [] : [["--class-weight", classWeight]];
}
