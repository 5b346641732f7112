/**
 * Reading settings: by position in the order of their defaults, or by name in one object at the
 * end. What a function does not know is refused, and the option that was meant is named.
 */
import { argumentError } from "./errors.ts";

/**
 * The settings of a function with their values where none is given, in PyTorch's order. A truth
 * value makes a setting true or false; a number one that no object can be.
 */
export type Defaults = Readonly<Record<string, unknown>>;

/** The default of a setting for which null means something, or a tensor does. */
class AsGiven {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** Marks the default of a setting that may also be null, or an object: it comes as it was given. */
export function asGiven<T>(value: T): T {
  return new AsGiven(value) as T;
}

/** No settings. */
export type NoDefaults = Readonly<Record<never, never>>;

/** Settings by name, any of them missing. */
export type Options<D> = { readonly [K in keyof D]?: D[K] };

/** Some of the first by position, the others by name. */
type Trailing<P extends readonly unknown[], O> = P extends readonly [...infer R, unknown]
  ? [...placed: R, options?: O] | Trailing<R, O>
  : never;

/** A list of one, which may come by position or by name. */
type One<P extends readonly unknown[], O> = { [K in keyof P]?: P[K] | O };

/** Settings P by position, or the first of them, and the others and what else O has by name. */
export type Settings<P extends readonly unknown[], O> =
  | (P extends readonly [unknown] ? One<P, O> : Partial<P> | Trailing<P, O>)
  | [...placed: P, options?: O];

/** Returns defaults without their marks. */
export function valuesOf<D extends Defaults>(defaults: D): D {
  const values: Record<string, unknown> = {};
  for (const key in defaults) {
    const value: unknown = defaults[key];
    values[key] = value instanceof AsGiven ? value.value : value;
  }
  return values as D;
}

/**
 * The settings of a call: its arguments by position, then those by name in a trailing object, then
 * the defaults. Those of `named` come by name alone. Undefined counts as missing, and so does null
 * unless the default is marked `asGiven`.
 */
export function read<D extends Defaults, M extends Defaults = NoDefaults>(
  owner: string,
  defaults: D,
  args: readonly unknown[],
  named?: M,
): D & M {
  const all: Defaults = named === undefined ? defaults : { ...defaults, ...named };
  const settings: Record<string, unknown> = valuesOf(all);
  const last = args[args.length - 1];
  const given = isOptions(last) ? last : undefined;
  const placed = given === undefined ? args.length : args.length - 1;
  const names = Object.keys(all);
  const places = Object.keys(defaults).length;
  for (let i = 0; i < placed; i++) {
    const value = args[i];
    if (value === undefined || (value === null && i >= places)) continue;
    if (i >= places) refusePlace(owner, names, value);
    take(settings, owner, names[i]!, all[names[i]!], value);
  }
  for (const key in given) {
    if (!names.includes(key, placed)) refuseOption(owner, names.slice(placed), key);
    take(settings, owner, key, all[key], given[key]);
  }
  return settings as D & M;
}

/** The settings of a call that come by name alone, in one object. */
export function readNamed<D extends Defaults>(owner: string, defaults: D, given: unknown): D {
  return read(owner, {}, [given], defaults);
}

/** Puts a setting in its place; throws for one of another kind than its default. */
function take(
  settings: Record<string, unknown>,
  owner: string,
  key: string,
  initial: unknown,
  value: unknown,
): void {
  const free = initial instanceof AsGiven;
  if (value === undefined || (value === null && !free)) return;
  needKind(owner, key, free ? initial.value : initial, value);
  if (!free && typeof initial === "number" && isThing(value)) {
    throw argumentError(`${owner}: ${key} is no number.`);
  }
  settings[key] = value;
}

/** Whether a value is neither plain nor a list. */
function isThing(value: unknown): boolean {
  return typeof value === "function" || (typeof value === "object" && !Array.isArray(value));
}

/** Throws for a number as text, and for a truth value elsewhere than where the default is one. */
function needKind(owner: string, key: string, initial: unknown, value: unknown): void {
  if (value === null) return;
  const truth = typeof initial === "boolean";
  const text = typeof value === "string" && value.trim() !== "" && !Number.isNaN(+value);
  if (!text && (typeof value === "boolean") === truth) return;
  const need = truth ? "true or false" : "a number";
  throw argumentError(`${owner}: ${key} is ${show(value)}; need ${need}.`);
}

function refusePlace(owner: string, names: readonly string[], value: unknown): never {
  throw argumentError(`${owner}: ${show(value)} stands where options do; ${list(names)}.`);
}

/** Whether a value is an object of options, which no tensor and no array is. */
export function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

/** Throws for an option that does not exist. */
function refuseOption(owner: string, names: readonly string[], key: string): never {
  const meant = nearest(key, names);
  const hint = meant === undefined ? "" : ` (${meant}?)`;
  throw argumentError(`${owner}: there is no option ${show(key)}${hint}; ${list(names)}.`);
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

const list = (names: readonly string[]): string => `there are ${names.join(", ")}`;

/** Spells any value in a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  return "requiresGrad" in value ? "a tensor" : "an object";
}
