/**
 * Options as numbers and names, read strictly; commander puts the option's name before the
 * sentence.
 */
import { InvalidArgumentError } from "commander";
import { showText } from "../core/format.ts";
import { parseNumber } from "../data/number.ts";

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

/** Reads a list of numbers: `275,300,1234.5`. */
export function numberList(text: string): number[] {
  return text.split(",").map((part) => {
    const value = parseNumber(part);
    if (typeof value === "number") return value;
    throw new InvalidArgumentError(`In "${showText(text)}" ${value}.`);
  });
}
