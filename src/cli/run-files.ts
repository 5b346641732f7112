/** The files of a run folder: taken for one process, replaced together, checked together. */
import { host } from "#host";
import { crc32, showCrc32 } from "../io/crc32.ts";

/** The files of a run, in the order in which they are named. */
export const RUN_FILES = [
  "model.safetensors",
  "metrics.jsonl",
  "config.json",
  "fit.svg",
  "fit.png",
] as const;

/** The contents of a run's files. */
export type RunContents = Readonly<Record<(typeof RUN_FILES)[number], string | Uint8Array>>;

/** Files that config.json names by their checksums. */
export interface CheckedFiles {
  readonly model: Uint8Array;
  readonly metrics: string;
}

/**
 * Makes the folder before training, so that a run is not trained for nothing, and takes it for this
 * process alone. Returns what gives it back.
 */
export async function takeFolder(folder: string): Promise<() => Promise<void>> {
  await host.makeFolder(folder);
  return host.lock(`${folder}/run.lock`);
}

/**
 * Replaces a run's files together. The model comes last: it marks the run as complete. A kill
 * between two renames leaves the old model, and files whose checksums tell that they are not its.
 */
export async function saveRun(folder: string, contents: RunContents): Promise<void> {
  const names = [...RUN_FILES.slice(1), RUN_FILES[0]];
  await host.writeFilesAtomic(names.map((name) => [`${folder}/${name}`, contents[name]]));
}

/** Returns the checksums of a run's model and metrics, by file name. */
export function checksumsOf({ model, metrics }: CheckedFiles) {
  const sum = (bytes: Uint8Array): string => `crc32:${showCrc32(crc32(bytes))}`;
  return {
    "model.safetensors": sum(model),
    "metrics.jsonl": sum(new TextEncoder().encode(metrics)),
  };
}
