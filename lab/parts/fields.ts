/**
 * What a lesson lets people set, in one table: it makes the controls' limits, reads links strictly and
 * writes them. A link only fills in numbers and choices; nothing in it is ever run.
 */
import type { Settings } from "./engine/protocol.ts";

/** A number between two limits. */
export interface NumberField {
  readonly kind: "number";
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** The step of the slider; exact entry takes any number within the limits. */
  readonly step: number;
  readonly whole?: boolean;
  readonly unit?: string;
}

/** One of several words. */
export interface ChoiceField {
  readonly kind: "choice";
  readonly label: string;
  readonly choices: Readonly<Record<string, string>>;
}

/** Numbers between two limits, separated by commas in a link. */
export interface ListField {
  readonly kind: "list";
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** The most numbers. */
  readonly most: number;
  readonly whole?: boolean;
}

/** Some of several words, separated by commas. */
export interface WordsField {
  readonly kind: "words";
  readonly label: string;
  readonly choices: Readonly<Record<string, string>>;
}

/** What a link can set. */
export type Field = NumberField | ChoiceField | ListField | WordsField;

/** What a field holds. */
export type FieldValue = number | string | readonly number[];

/** The fields of a lesson by name. */
export type Fields = Readonly<Record<string, Field>>;

/** Settings read from a link, and what was wrong with it, one sentence each. */
export interface Preset {
  readonly settings: Settings;
  readonly problems: readonly string[];
}

/** The longest link that is read at all. */
const LONGEST = 8000;

/** Reads `?w1=0.5&activation=relu`; what does not fit is named and left out. */
export function readPreset(search: string, fields: Fields): Preset {
  const settings = new Map<string, FieldValue>();
  const problems: string[] = [];
  if (search.length > LONGEST) {
    return { settings: {}, problems: [`The link is longer than ${LONGEST} characters; ignored.`] };
  }
  const seen = new Set<string>();
  for (const [name, text] of new URLSearchParams(search)) {
    if (!Object.hasOwn(fields, name)) {
      problems.push(`The link sets “${shorten(name)}”, which does not exist.${hint(name, fields)}`);
    } else if (seen.has(name)) {
      problems.push(`The link sets “${name}” twice; the first value counts.`);
    } else {
      seen.add(name);
      const value = readValue(fields[name]!, text);
      if (isProblem(value)) problems.push(`The link sets ${name} to ${value.problem}`);
      else settings.set(name, value);
    }
  }
  return { settings: Object.fromEntries(settings), problems };
}

/** What is wrong with a text; the end of a sentence. */
export interface Problem {
  readonly problem: string;
}

/** Whether a text could not be read. */
export function isProblem(value: FieldValue | Problem): value is Problem {
  return typeof value === "object" && "problem" in value;
}

/** Reads what somebody typed or linked. */
export function readValue(field: NumberField, text: string): number | Problem;
export function readValue(field: Field, text: string): FieldValue | Problem;
export function readValue(field: Field, text: string): FieldValue | Problem {
  switch (field.kind) {
    case "choice":
      if (Object.hasOwn(field.choices, text)) return text;
      return { problem: `${quoted(text)}; it can be ${Object.keys(field.choices).join(", ")}.` };
    case "words":
      return readWords(field, text);
    case "list":
      return readList(field, text);
    case "number":
      return readNumber(field, text);
  }
}

function readWords({ choices }: WordsField, text: string): string | Problem {
  const words = text.split(",").filter((word) => word !== "");
  const odd = words.find((word) => !Object.hasOwn(choices, word));
  if (odd === undefined) return words.join(",");
  return { problem: `${quoted(odd)}; it can have ${Object.keys(choices).join(", ")}.` };
}

function readList(field: ListField, text: string): readonly number[] | Problem {
  const parts = text.split(",").filter((part) => part !== "");
  if (parts.length > field.most) {
    return { problem: `${parts.length} numbers; it has at most ${field.most}.` };
  }
  const numbers = parts.map((part) => readNumber(field, part));
  return numbers.find((one) => typeof one === "object") ?? (numbers as number[]);
}

function readNumber(field: NumberField | ListField, text: string): number | Problem {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(plain) ? Number(plain) : NaN;
  if (Number.isNaN(value)) return { problem: `${quoted(text)}, which is not a number.` };
  if (value < field.min || value > field.max) {
    const limits = `${field.min} to ${field.max}`.replaceAll("-", "−");
    return { problem: `${quoted(text)}; it goes from ${limits}.` };
  }
  if (field.whole && !Number.isInteger(value)) {
    return { problem: `${quoted(text)}; it is a whole number.` };
  }
  return value;
}

/** Writes a link to the settings that differ from the defaults. */
export function writePreset(settings: Settings, defaults: Settings, fields: Fields): string {
  const pairs = Object.keys(fields)
    .filter((name) => settings[name] !== undefined)
    .map((name) => [name, String(settings[name])])
    .filter(([name, text]) => text !== String(defaults[name!]));
  // A comma needs no escape in a query, and lists of numbers are full of them.
  return pairs.length === 0
    ? ""
    : `?${new URLSearchParams(pairs).toString().replaceAll("%2C", ",")}`;
}

function hint(name: string, fields: Fields): string {
  const known = Object.keys(fields);
  const near = known.find((one) => distance(one.toLowerCase(), name.toLowerCase()) <= 2);
  return near === undefined ? ` It can set ${known.join(", ")}.` : ` Did it mean “${near}”?`;
}

function quoted(text: string): string {
  return `“${shorten(text)}”`;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** The number of letters to change, add or drop; long names count as far. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 40) return 99;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
