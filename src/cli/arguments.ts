/**
 * Options as numbers and names, read strictly; commander puts the option's name before the
 * sentence.
 */
import { InvalidArgumentError } from "commander";
import { ASKED_KINDS } from "../data/columns/choose.ts";
import { parseNumber } from "../data/number.ts";
import type { FitOptions } from "../train/table/options.ts";
import { FIT_CHOICES } from "./choices.ts";
import type { Sweep } from "./fit-flags.ts";

/** Makes a reader of whole numbers from `low` to `high`. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
  };
}

/** Reads a number above 0. */
export function positiveNumber(text: string): number {
  const value = parseNumber(text);
  if (typeof value === "number" && value > 0) return value;
  throw new InvalidArgumentError("Give a number above 0, such as 0.01.");
}

/** Reads the widths of hidden layers: `10` or `32,32`. */
export function layerWidths(text: string): number[] {
  const read = wholeNumber(1, 10_000);
  try {
    return text.split(",").map((part) => read(part.trim()));
  } catch {
    throw new InvalidArgumentError("Give widths from 1 to 10000, such as 10 or 32,32.");
  }
}

/** Reads a number from 0 on, below `end` where that is given. */
export function numberFrom0(end = Infinity): (text: string) => number {
  return (text) => {
    const value = parseNumber(text);
    if (typeof value === "number" && value >= 0 && value < end) return value;
    const range = end === Infinity ? "of 0 or more" : `from 0 to below ${end}`;
    throw new InvalidArgumentError(`Give a number ${range}, such as 0.2.`);
  };
}

/** Reads `name=kind`, and adds it to those that were given before. */
export function columnKind(text: string, before: readonly string[] = []): readonly string[] {
  const at = text.lastIndexOf("=");
  if (at > 0 && (ASKED_KINDS as readonly string[]).includes(text.slice(at + 1))) {
    return [...before, text];
  }
  throw new InvalidArgumentError(
    `Give NAME=KIND, such as id=skip; KIND: ${ASKED_KINDS.join(", ")}.`,
  );
}

/** Reads the number of rows for one update: a whole number, or "all". */
export function batchSize(text: string): number | "all" {
  return text === "all" ? text : wholeNumber(1, 1_000_000_000)(text);
}

const SWEPT: Readonly<Record<string, (text: string) => Partial<FitOptions>>> = {
  hidden: (text) => ({ hidden: layerWidths(text.replaceAll("x", ",")) }),
  lr: (text) => ({ lr: positiveNumber(text) }),
  epochs: (text) => ({ epochs: wholeNumber(1, 1_000_000_000)(text) }),
  activation: (text) => ({ activation: oneOf(FIT_CHOICES.activation, text) }),
  optimizer: (text) => ({ optimizer: oneOf(FIT_CHOICES.optimizer, text) }),
  scale: (text) => ({ scale: oneOf(FIT_CHOICES.scale, text) }),
  batch: (text) => ({ batch: batchSize(text) }),
  "weight-decay": (text) => ({ weightDecay: numberFrom0()(text) }),
  dropout: (text) => ({ dropout: numberFrom0(1)(text) }),
  seed: (text) => ({ seed: wholeNumber(0, 2_147_483_647)(text) }),
};

/** Reads a sweep: `hidden=2,5,10` (two layers: `32x32`), `lr=0.1,0.01`. */
export function sweepOf(text: string): Sweep {
  const [option, values, ...rest] = text.split("=");
  const read = Object.hasOwn(SWEPT, option!) ? SWEPT[option!] : undefined;
  if (read === undefined || !values || rest.length > 0) {
    const known = Object.keys(SWEPT).join(", ");
    throw new InvalidArgumentError(`Give OPTION=VALUES, such as hidden=2,5,10; OPTION: ${known}.`);
  }
  const settings = values.split(",").map((value) => ({ text: value, change: read(value.trim()) }));
  return { option: option!, settings };
}

function oneOf<T extends string>(choices: readonly T[], text: string): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
}

/** Reads two quantiles, such as 0.05,0.95. */
export function quantilesOf(text: string): [low: number, high: number] {
  const [low, high, ...more] = text.split(",").map((part) => Number(part.trim() || NaN));
  if (more.length === 0 && low! > 0 && low! < high! && high! < 1) return [low!, high!];
  throw new InvalidArgumentError("two numbers between 0 and 1 are needed, such as 0.05,0.95.");
}
