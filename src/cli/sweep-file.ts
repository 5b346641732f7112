/** The results of a sweep as the run folder keeps them, for the report: sweep.json. */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { listFaults, unknownKeys } from "../core/keys.ts";
import { isObject, parseObject } from "./run-config.ts";
import type { Unfinished } from "./words-again.ts";
import { isUnfinished } from "./words-again.ts";

/** One setting that was tried. */
export interface SweepEntry {
  readonly setting: string;
  readonly parameters: number;
  readonly trainingError: number;
  readonly heldOutError: number;
}

/** What a sweep found. */
export interface SweepResult {
  readonly table: string;
  /** The checksum of its columns and rows; older versions wrote none. */
  readonly data?: string;
  readonly option: string;
  /** How settings were judged: leave-one-out, 5-fold, held-out. */
  readonly judge: string;
  /** What the errors are, in words. */
  readonly error: string;
  readonly rows: readonly SweepEntry[];
  /** How many settings were to be tried; more than the rows where it was stopped. */
  readonly asked: number;
  /** The first setting within a tenth of the best. */
  readonly enough?: string;
  /** What `--resume` needs; only where it is not at its end. */
  readonly resume?: UnfinishedSweep;
}

/** What a sweep goes on with, beside its rows. */
export interface UnfinishedSweep extends Unfinished {
  /** How many settings were tried; more than the rows where some diverged. */
  readonly tried: number;
}

/** The file's name. */
export const SWEEP_FILE = "sweep.json";

/** Saves a sweep in its run folder; returns the file's path. */
export async function saveSweep(folder: string, result: SweepResult): Promise<string> {
  const path = `${folder}/${SWEEP_FILE}`;
  await host.writeFileAtomic(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

/** Reads the sweep of a run folder; undefined where there was none. */
export async function readSweep(folder: string): Promise<SweepResult | undefined> {
  const path = `${folder}/${SWEEP_FILE}`;
  if (!(await host.exists(path))) return undefined;
  return parseSweep(await host.readText(path, 10_000_000), path);
}

/** Reads the text of a sweep.json; throws one error that names all that is wrong. */
export function parseSweep(text: string, path: string): SweepResult {
  const shown = `"${showText(path, 300)}"`;
  const value = parseObject(text);
  if (value === undefined) throw new NablaError("format", `${shown} is not the result of a sweep.`);
  const [texts, may] = [
    ["table", "option", "judge", "error"],
    ["enough", "data"],
  ];
  const faults = unknownKeys(value, [...texts, ...may, "rows", "asked", "resume"], "it");
  for (const key of [...texts, ...may]) {
    const known = Object.hasOwn(value, key);
    const right = known ? typeof value[key] === "string" : may.includes(key);
    if (!right) faults.push(`no valid "${key}"`);
  }
  if (!Number.isSafeInteger(value["asked"])) faults.push('no valid "asked"');
  const rows: unknown = Object.hasOwn(value, "rows") ? value["rows"] : undefined;
  if (!Array.isArray(rows) || !rows.every(isEntry)) faults.push('no valid "rows"');
  if (Object.hasOwn(value, "resume") && !isResume(value["resume"])) {
    faults.push('no valid "resume"');
  }
  if (faults.length === 0) return value as unknown as SweepResult;
  throw new NablaError("format", `${shown} cannot be used: ${listFaults(faults)}.`);
}

function isResume(value: unknown): boolean {
  return isUnfinished(value) && isObject(value) && Number.isSafeInteger(value["tried"]);
}

function isEntry(value: unknown): value is SweepEntry {
  if (typeof value !== "object" || value === null) return false;
  const { setting, parameters, trainingError, heldOutError } = value as Partial<SweepEntry>;
  const numbers = [parameters, trainingError, heldOutError];
  return typeof setting === "string" && numbers.every(Number.isFinite);
}
