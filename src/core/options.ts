/**
 * Reading options by name. What a function does not know is refused, and the option that was meant
 * is named. In lists of names a truth value ends in "?".
 */
import { argumentError } from "./errors.ts";

/** Where parameters are made: options of every layer that has some. */
export const FACTORY: readonly string[] = ["dtype", "device"];

/** Whether a value is an object of options, which no tensor and no array is. */
export function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** Takes options by name; throws for anything else, and for an option that does not exist. */
export function optionsOf<O extends object>(
  owner: string,
  names: readonly string[],
  given: O | undefined,
): O {
  if (given === undefined || given === null) return {} as O;
  if (!isOptions(given)) {
    throw argumentError(`${owner}: ${show(given)} stands where options do; ${list(names)}.`);
  }
  for (const key in given) checkOption(owner, names, key, given[key]);
  return given;
}

/** Throws for an option that does not exist, for a number as text, for a truth value elsewhere. */
export function checkOption(
  owner: string,
  names: readonly string[],
  key: string,
  value: unknown,
): void {
  const truth = names.includes(`${key}?`);
  if (!truth && !names.includes(key)) refuseOption(owner, names, key);
  if (value === undefined || value === null) return;
  const text = typeof value === "string" && value.trim() !== "" && !Number.isNaN(+value);
  if (!text && (typeof value === "boolean") === truth) return;
  const need = truth ? "true or false" : "a number";
  throw argumentError(`${owner}: ${key} is ${show(value)}; need ${need}.`);
}

/** Throws for an option that does not exist. */
export function refuseOption(owner: string, names: readonly string[], key: string): never {
  const meant = nearest(key, names.map(plainName));
  const hint = meant === undefined ? "" : ` (${meant}?)`;
  throw argumentError(`${owner}: there is no option ${show(key)}${hint}; ${list(names)}.`);
}

/** The name of an option without the mark of truth values. */
export function plainName(name: string): string {
  return name.replace("?", "");
}

/** The option nearest to a word: by its letters, a part, initials (`learningRate`: lr), a start. */
function nearest(word: string, names: readonly string[]): string | undefined {
  const bare = (text: string): string => text.toLowerCase().replaceAll("_", "");
  const [own, initials] = [bare(word), bare(word[0] + word.replace(/[^A-Z]/g, ""))];
  return (
    names.find((n) => n === initials || (own[2] && bare(n).includes(own))) ??
    names.find((n) => bare(n).startsWith(own.slice(0, 3)))
  );
}

const list = (names: readonly string[]): string => `there are ${names.map(plainName).join(", ")}`;

/** Spells any value in a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  return "requiresGrad" in value ? "a tensor" : "an object";
}
