/** The options of a fit as words that a later one reads again: what an unfinished run keeps. */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import type { FitFlags, GivenFlags, Sweep } from "./fit-flags.ts";
import { isObject, parseObject } from "./run-config.ts";

/** What `--resume` needs of a sweep or a cross-validation; the rest is what they found. */
export interface Unfinished {
  /** Every option, those by default too: later versions may have others. */
  readonly words: readonly string[];
  /** The checksum of the table. */
  readonly data: string;
}

/** Options of the one call, not of what is computed, and the list of those that were left open. */
const OF_THE_CALL = new Set([
  ...["resume", "out", "threads", "saveEvery", "plot", "quiet", "json"],
  "open",
]);

/** Leaves out the options that every call has for itself. */
export function ofTheRun(flags: object): [key: string, value: unknown][] {
  return Object.entries(flags).filter(([key, value]) => {
    return !OF_THE_CALL.has(key) && value !== undefined && (value !== false || key === "header");
  });
}

/** Spells options as words. */
export function wordsOf(flags: GivenFlags | FitFlags): string[] {
  const open: readonly string[] = ("open" in flags ? flags.open : undefined) ?? [];
  const given = ofTheRun(flags).filter(([key]) => !open.includes(key));
  return given.flatMap(([key, value]) => {
    if (value === true) return [optionOf(key)];
    if (value === false) return [optionOf(`no-${key}`)];
    const each = key === "column" ? (value as readonly string[]) : [valueOf(key, value)];
    return each.map((one) => `${optionOf(key)}=${one}`);
  });
}

/** Spells the options whose values are not those of `defaults`: each its words for a shell. */
export function givenWords(flags: GivenFlags, defaults: GivenFlags): string[][] {
  const usual = new Set(wordsOf(defaults));
  return wordsOf(flags)
    .filter((word) => !usual.has(word))
    .map((word) => word.split(/=(?!-)(.*)/s).filter((part) => part !== ""));
}

function valueOf(key: string, value: unknown): string {
  if (key !== "sweep") return String(value); // lists with commas
  const { option, settings } = value as Sweep;
  return `${option}=${settings.map(({ text }) => text).join()}`;
}

/** `weightDecay` becomes `--weight-decay`. */
export function optionOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Whether a value has words and the checksum. */
export function isUnfinished(value: unknown): value is Unfinished {
  if (!isObject(value)) return false;
  const { words, data } = value;
  const texts = Array.isArray(words) && words.every((word) => typeof word === "string");
  return texts && typeof data === "string";
}

/**
 * Returns what a file of an unfinished run holds beside what `--resume` needs: what comes later in
 * the folder is what goes on. Undefined where there is nothing to leave out.
 */
export async function settled(path: string): Promise<string | undefined> {
  try {
    if (!(await host.exists(path))) return undefined;
    const found = parseObject(await host.readText(path, 100_000_000));
    if (found === undefined || !isUnfinished(found["resume"])) return undefined;
    const results = Object.entries(found).filter(([key]) => key !== "resume");
    return `${JSON.stringify(Object.fromEntries(results), null, 2)}\n`;
  } catch (error) {
    if (error instanceof NablaError) return undefined; // what cannot be read goes on with nothing
    throw error;
  }
}

/** Leaves out of a file what `--resume` needs. */
export async function settle(path: string): Promise<void> {
  const text = await settled(path);
  if (text !== undefined) await host.writeFileAtomic(path, text);
}
