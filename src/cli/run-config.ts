/** The settings of a run, its config.json: read strictly, all faults in one message. */
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import type { Choice } from "../train/table/choose.ts";
import { listFaults, unknownKeys } from "../core/keys.ts";
import type { ReadingFlags } from "./reading.ts";

/** The settings of a run; what an older version did not write is left out. */
export interface RunConfig extends ReadingFlags {
  readonly table?: string;
  readonly command?: string;
  readonly scale?: string;
  readonly batch?: number | "all";
  readonly epochs?: number;
  readonly earlyStop?: number;
  readonly classify?: boolean;
  readonly column?: readonly string[];
  readonly val?: number;
  readonly weightDecay?: number;
  readonly dropout?: number;
  readonly seed?: number;
  readonly missing?: string;
  readonly folds?: number;
  readonly device?: string;
  /** The checksum of the columns and rows fitted to. */
  readonly data?: string;
  /** What the table decided, as it was written. */
  readonly chosen?: Choice;
  readonly group?: string;
  readonly time?: string;
  /** By what rows were held out; what an older version held out at random does not say. */
  readonly split?: string;
  readonly classWeight?: "balanced" | "none";
  readonly threshold?: number;
  readonly ensemble?: number;
  readonly quantiles?: readonly [number, number];
  readonly checksums?: Readonly<Record<string, string>>;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string" && value.length <= 1_000_000;
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isShare: Check = (value) => Number.isFinite(value) && (value as number) >= 0;
const isTexts: Check = (value) => isText(value) || (Array.isArray(value) && value.every(isText));

/** Every key that a run's settings may have, and what its value must be. */
const KEYS: Readonly<Record<string, readonly [check: Check, wanted: string]>> = {
  nabla: [isText, "text"],
  table: [isText, "text"],
  x: [isTexts, "a name or names"],
  y: [isTexts, "a name or names"],
  classes: [isTexts, "names"],
  hidden: [(value) => Array.isArray(value) && value.every(isCount), "whole numbers"],
  activation: [isText, "text"],
  optimizer: [isText, "text"],
  lr: [isShare, "a number from 0"],
  epochs: [isCount, "a whole number"],
  batch: [(value) => value === "all" || isCount(value), 'a whole number or "all"'],
  scale: [isText, "text"],
  seed: [isCount, "a whole number"],
  val: [(value) => isShare(value) && (value as number) < 1, "a number from 0 to below 1"],
  weightDecay: [isShare, "a number from 0"],
  dropout: [isShare, "a number from 0"],
  earlyStop: [isCount, "a whole number"],
  missing: [isText, "text"],
  folds: [isCount, "a whole number"],
  device: [(value) => value === "native", '"native"'],
  delimiter: [isText, "text"],
  decimal: [(value) => value === "." || value === ",", '"." or ","'],
  header: [(value) => typeof value === "boolean", "true or false"],
  comment: [isText, "text"],
  encoding: [isText, "text"],
  column: [(value) => Array.isArray(value) && value.every(isText), "a list of NAME=KIND"],
  group: [isText, "text"],
  time: [isText, "text"],
  split: [isText, "text"],
  classWeight: [(value) => value === "balanced" || value === "none", '"balanced" or "none"'],
  ensemble: [isCount, "a whole number"],
  quantiles: [(value) => Array.isArray(value) && value.every(isShare), "two numbers from 0"],
  threshold: [isShare, "a number from 0"],
  classify: [(value) => typeof value === "boolean", "true or false"],
  rows: [isCount, "a whole number"],
  parameters: [isCount, "a whole number"],
  chosen: [isObject, "an object"],
  epochsRun: [isCount, "a whole number"],
  command: [isText, "text"],
  data: [isText, "text"],
  checksums: [isChecksums, "text by file name"],
};

function isChecksums(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isText);
}

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is an object and no list. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads the text of a config.json; throws one error that names every key that is wrong. */
export function parseRunConfig(text: string, path: string): RunConfig {
  const shown = `"${showText(path, 300)}"`;
  const value = parseObject(text);
  if (value === undefined) throw new NablaError("format", `${shown} is not the settings of a run.`);
  const faults = unknownKeys(value, Object.keys(KEYS), "it");
  for (const [key, [check, wanted]] of Object.entries(KEYS)) {
    if (!Object.hasOwn(value, key) || check(value[key])) continue;
    faults.push(`"${key}" must be ${wanted}, not ${showText(JSON.stringify(value[key]))}`);
  }
  if (faults.length === 0) return value as RunConfig;
  throw new NablaError("format", `${shown} cannot be used: ${listFaults(faults)}.`);
}

/** Parses one JSON object; undefined where the text is none. */
export function parseObject(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // what is no JSON is no record
  }
}
