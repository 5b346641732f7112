/** What a cross-validation that is not at its end has found, in its run folder: folds.json. */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import type { Encoded } from "../train/table/dataset.ts";
import type { CrossValidation, FoldAnswers } from "../train/table/validate.ts";
import { foldsJson } from "./fit-json.ts";
import type { Json } from "./run-config.ts";
import { isObject, parseObject } from "./run-config.ts";
import type { Unfinished } from "./words-again.ts";
import { isUnfinished } from "./words-again.ts";

/** The file's name. */
export const FOLDS_FILE = "folds.json";

/** What a cross-validation goes on with. */
export interface UnfinishedFolds extends Unfinished {
  readonly answers: FoldAnswers;
}

/** Saves what the finished folds found, and what is needed to go on; returns the file's path. */
export async function saveFolds(
  folder: string,
  table: string,
  found: CrossValidation,
  data: Encoded,
  unfinished: Unfinished,
): Promise<string> {
  const file = `${folder}/${FOLDS_FILE}`;
  const result = { table, ...keptFolds(found, data) };
  const answers = found.answers.map((one) => [...one]);
  const resume = { ...unfinished, answers };
  const head = JSON.stringify(result, null, 2).slice(0, -"\n}".length);
  // the numbers on one line: nobody reads them
  await host.writeFileAtomic(file, `${head},\n  "resume": ${JSON.stringify(resume)}\n}\n`);
  return file;
}

/** Describes the finished folds as plain data. */
export function keptFolds(found: CrossValidation, data: Encoded): object {
  return { asked: found.asked, ...(foldsJson(found, data) as object) };
}

/** Reads what a cross-validation goes on with; undefined where there is none. */
export async function readFolds(folder: string): Promise<UnfinishedFolds | undefined> {
  const path = `${folder}/${FOLDS_FILE}`;
  const found = await ourFolds(path);
  if (found === undefined || !Object.hasOwn(found, "resume")) return undefined;
  const { resume } = found;
  if (isUnfinished(resume)) {
    const { answers } = resume as unknown as Json;
    if (Array.isArray(answers) && answers.every(isNumbers)) {
      // no number is what JSON makes of infinity
      return { ...resume, answers: answers.map((one) => Float64Array.from(one, (v) => v ?? NaN)) };
    }
  }
  throw new NablaError("format", `"${showText(path, 300)}" cannot be used: no valid "resume".`);
}

function isNumbers(value: unknown): value is readonly (number | null)[] {
  return Array.isArray(value) && value.every((one) => one === null || typeof one === "number");
}

/** Returns what a cross-validation left; another program's file is none of ours. */
export async function ourFolds(path: string): Promise<Json | undefined> {
  try {
    if (!(await host.exists(path))) return undefined;
    const found = parseObject(await host.readText(path, 100_000_000));
    const keys = ["table", "asked", "folds", "metrics"];
    return isObject(found) && keys.every((key) => Object.hasOwn(found, key)) ? found : undefined;
  } catch (error) {
    if (error instanceof NablaError) return undefined; // what cannot be read is not ours
    throw error;
  }
}
