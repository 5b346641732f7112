/** What `nabla fit --resume` goes on with of a cross-validation or a sweep that was cut off. */
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { crc32, showCrc32 } from "../io/crc32.ts";
import type { Encoded } from "../train/table/dataset.ts";
import { fingerprint } from "../train/table/old-training.ts";
import type { Done, FitFlags, GivenFlags } from "./fit-flags.ts";
import { FOLDS_FILE, readFolds } from "./folds-file.ts";
import { refuseSettings, settingFault } from "./resume.ts";
import { readSweep, SWEEP_FILE } from "./sweep-file.ts";
import type { Unfinished } from "./words-again.ts";
import { ofTheRun, wordsOf } from "./words-again.ts";

/** Reads options as the command line does; throws where they are none. */
export type ReadWords = (words: readonly string[]) => GivenFlags;

/** A run that was cut off before its fit began. */
export interface Parts {
  readonly folder: string;
  readonly data: string;
  /** The options of the run, with those of this call. */
  readonly flags: GivenFlags;
  readonly done: Done;
}

/** Reads what a folder holds of such a run; undefined where there is none. */
export async function readParts(
  named: string,
  asked: GivenFlags,
  typed: ReadonlySet<string>,
  readWords: ReadWords,
): Promise<Parts | undefined> {
  const folder = named.replace(/[\\/]+$/, "") || named;
  const found = await findParts(folder);
  if (found === undefined) return undefined;
  const { unfinished, done } = found;
  const stored = storedFlags(unfinished, `${folder}/${found.file}`, readWords);
  const known = Object.fromEntries(ofTheRun(stored));
  const given = asked as unknown as Record<string, unknown>;
  const faults = ofTheRun(given)
    .filter(([key]) => typed.has(key))
    .flatMap(([key, value]) => settingFault(key, value, known[key]));
  refuseSettings(folder, faults);
  const call = Object.fromEntries(
    Object.entries(given).filter(([key, value]) => ofTheRun({ [key]: value }).length === 0),
  );
  const flags = { ...call, ...known, out: asked.out ?? folder } as unknown as GivenFlags;
  return { folder, data: unfinished.data, flags, done };
}

interface Found {
  readonly file: string;
  readonly unfinished: Unfinished;
  readonly done: Done;
}

async function findParts(folder: string): Promise<Found | undefined> {
  // a run whose save was cut off came later
  if (await host.exists(`${folder}/.saved`)) return undefined;
  const folds = await readFolds(folder);
  if (folds !== undefined) {
    return { file: FOLDS_FILE, unfinished: folds, done: { answers: folds.answers } };
  }
  const { resume, rows } = (await readSweep(folder)) ?? {};
  if (resume === undefined || rows === undefined) return undefined;
  const done = { sweep: { tried: resume.tried, rows } };
  return { file: SWEEP_FILE, unfinished: resume, done };
}

function storedFlags({ words }: Unfinished, path: string, readWords: ReadWords): GivenFlags {
  try {
    return readWords(words);
  } catch (cause) {
    const text = `"${showText(path, 300)}" cannot be used: its words are no options of nabla fit.`;
    throw new NablaError("format", text, { cause });
  }
}

/** Returns what a later call needs to go on with a run of these options. */
export function unfinishedOf(data: Encoded, flags: FitFlags): Unfinished {
  return { words: wordsOf(flags), data: checksumOf(data) };
}

/** Returns the checksum of a table: its columns, and the numbers of its rows. */
export function checksumOf(data: Encoded): string {
  const split = ["split 2", ...(data.groups ?? []), ...(data.time ?? [])];
  const columns = JSON.stringify([data.inputs, data.outputs, data.classes, split]);
  return `${fingerprint(data)}, crc32:${showCrc32(crc32(new TextEncoder().encode(columns)))}`;
}

/** Refuses another table than that of the run. */
export function refuseOther(parts: Parts, data: Encoded, table: string): void {
  if (checksumOf(data) === parts.data) return;
  throw argumentError(
    `"${showText(table, 300)}" is not the table that "${showText(parts.folder, 300)}" was begun ` +
      "with: its columns, its numbers or its rows are others. Fit anew without --resume.",
  );
}
