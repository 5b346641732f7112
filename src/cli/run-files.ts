/** The files of a run folder: taken for one process, replaced together, checked together. */
import { host } from "#host";
import { argumentError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { crc32, showCrc32 } from "../io/crc32.ts";
import { FOLDS_FILE, ourFolds } from "./folds-file.ts";
import { parseObject } from "./run-config.ts";
import { SWEEP_FILE } from "./sweep-file.ts";
import { settled } from "./words-again.ts";

/** The files of a run, in the order in which they are named. */
export const RUN_FILES = [
  "model.safetensors",
  "metrics.jsonl",
  "config.json",
  "fit.svg",
  "fit.png",
  "training.safetensors",
] as const;

/** The contents of a run's files. */
export type RunContents = Readonly<
  Record<Exclude<RunFile, Picture>, string | Uint8Array> &
    Partial<Record<Picture, string | Uint8Array>>
>;

type RunFile = (typeof RUN_FILES)[number];
type Picture = "fit.svg" | "fit.png";

/** Files that config.json names by their checksums. */
export interface CheckedFiles {
  readonly model?: Uint8Array;
  readonly metrics?: string;
  readonly training?: Uint8Array;
}

/**
 * Makes the folder before training, so that a run is not trained for nothing, and takes it for this
 * process alone. Returns what gives it back.
 */
export async function takeFolder(folder: string): Promise<() => Promise<void>> {
  await host.makeFolder(folder);
  const release = await host.lock(`${folder}/run.lock`);
  try {
    await host.finishSave(folder);
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}

/** Files that a run writes after its config.json: without one they are of something else. */
const LATER = ["fit.svg", "fit.png", "model.safetensors"];

/** Keeps a run from replacing files of the same names that no run has written. */
export async function refuseForeign(folder: string): Promise<void> {
  const config = `${folder}/config.json`;
  let foreign: string | undefined;
  if (await host.exists(config)) {
    const settings = parseObject(await host.readText(config, 10_000_000));
    if (settings === undefined || !Object.hasOwn(settings, "nabla")) foreign = "config.json";
  } else {
    for (const name of LATER) {
      if (await host.exists(`${folder}/${name}`)) foreign ??= name;
    }
  }
  if (foreign === undefined) return;
  throw argumentError(
    `"${showText(folder, 300)}" is no run folder, but has a ${foreign}, which a run would replace; ` +
      "name another folder with --out.",
  );
}

/**
 * Replaces a run's files together: killed at any moment it leaves the old run or the new one. What
 * a cross-validation kept that was stopped does not stay beside the fit that came after it, nor do
 * pictures of an earlier run where the new one, which is not at its end, has none; a sweep that was
 * stopped keeps its rows, and is not what goes on.
 */
export async function saveRun(folder: string, contents: RunContents): Promise<void> {
  const folds = `${folder}/${FOLDS_FILE}`;
  const superseded = (await ourFolds(folds)) === undefined ? [] : [folds];
  const files: [string, string | Uint8Array][] = [];
  for (const name of RUN_FILES) {
    const content = contents[name];
    if (content === undefined) superseded.push(`${folder}/${name}`);
    else files.push([`${folder}/${name}`, content]);
  }
  const sweep = `${folder}/${SWEEP_FILE}`;
  const results = await settled(sweep);
  if (results !== undefined) files.push([sweep, results]);
  await host.writeFilesAtomic(files, superseded);
}

/** Returns the checksums of such files, by file name. */
export function checksumsOf({ model, metrics, training }: CheckedFiles): Record<string, string> {
  const sum = (bytes: Uint8Array): string => `crc32:${showCrc32(crc32(bytes))}`;
  return {
    ...(model === undefined ? {} : { "model.safetensors": sum(model) }),
    ...(metrics === undefined ? {} : { "metrics.jsonl": sum(new TextEncoder().encode(metrics)) }),
    ...(training === undefined ? {} : { "training.safetensors": sum(training) }),
  };
}
