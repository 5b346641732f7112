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

/** What a link can set. */
export type Field = NumberField | ChoiceField;

/** The fields of a lesson by name. */
export type Fields = Readonly<Record<string, Field>>;

/** Settings read from a link, and what was wrong with it, one sentence each. */
export interface Preset {
  readonly settings: Settings;
  readonly problems: readonly string[];
}

/** The longest link that is read at all. */
const LONGEST = 2000;

/** Reads `?w1=0.5&activation=relu`; what does not fit is named and left out. */
export function readPreset(search: string, fields: Fields): Preset {
  const settings = new Map<string, number | string>();
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
      if (typeof value === "object") problems.push(`The link sets ${name} to ${value.problem}`);
      else settings.set(name, value);
    }
  }
  return { settings: Object.fromEntries(settings), problems };
}

/** Reads what somebody typed or linked; the problem is the end of a sentence. */
export function readValue(field: Field, text: string): number | string | { problem: string } {
  const shown = `“${shorten(text)}”`;
  if (field.kind === "choice") {
    if (Object.hasOwn(field.choices, text)) return text;
    return { problem: `${shown}; it can be ${Object.keys(field.choices).join(", ")}.` };
  }
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(plain) ? Number(plain) : NaN;
  if (Number.isNaN(value)) return { problem: `${shown}, which is not a number.` };
  if (value < field.min || value > field.max) {
    const limits = `${field.min} to ${field.max}`.replaceAll("-", "−");
    return { problem: `${shown}; it goes from ${limits}.` };
  }
  if (field.whole && !Number.isInteger(value)) {
    return { problem: `${shown}; it is a whole number.` };
  }
  return value;
}

/** Writes a link to the settings that differ from the defaults. */
export function writePreset(settings: Settings, defaults: Settings, fields: Fields): string {
  const pairs = Object.keys(fields)
    .filter((name) => settings[name] !== undefined && settings[name] !== defaults[name])
    .map((name) => [name, String(settings[name])]);
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs).toString()}`;
}

function hint(name: string, fields: Fields): string {
  const known = Object.keys(fields);
  const near = known.find((one) => distance(one.toLowerCase(), name.toLowerCase()) <= 2);
  return near === undefined ? ` It can set ${known.join(", ")}.` : ` Did it mean “${near}”?`;
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
