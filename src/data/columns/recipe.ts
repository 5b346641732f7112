/**
 * The recipe of a column: how its texts become numbers, decided once when a network is fitted, kept
 * in the model, and applied by `readCell` wherever cells are read again. A column without a recipe
 * holds plain numbers, or texts as they stand.
 */
import { showText } from "../../core/format.ts";
import { cos, sin } from "../../core/math.ts";
import type { AmountRecipe } from "./amount.ts";
import { describeAmounts, readAmount } from "./amount.ts";
import type { DateForm } from "./moment.ts";
import { readMoment, showMoment } from "./moment.ts";

/** What comes round again: each is seen as a sine and a cosine. */
export type Cycle = "hour" | "weekday" | "month";

/** Dates as the time since an origin, with what comes round. */
export interface DateRecipe {
  readonly kind: "date";
  readonly form: DateForm;
  /** Milliseconds since 1970 at which the column's numbers begin. */
  readonly origin: number;
  readonly unit: "days" | "hours" | "seconds";
  /** Whether cells have times. */
  readonly timed: boolean;
  /** Whether cells name their time zone; times are then those of UTC. */
  readonly zoned: boolean;
  readonly cycles: readonly Cycle[];
}

/** Texts that are of one kind though their blanks, and their case, differ. */
export interface ClassRecipe {
  readonly kind: "class";
  /** Whether texts that differ in case are different. */
  readonly cased: boolean;
  /** Whether the texts are numbers, so that 1 and 1.0 are one kind. */
  readonly numbers: boolean;
}

/** How the texts of a column become numbers. */
export type Recipe = AmountRecipe | DateRecipe | ClassRecipe;

/** A recipe that gives numbers. */
export type NumberRecipe = AmountRecipe | DateRecipe;

const UNITS = { days: 86_400_000, hours: 3_600_000, seconds: 1000 } as const;
const DAY = UNITS.days;

/** Reads a cell that holds a value; a sentence says why it is none of its column. */
export function readCell(recipe: NumberRecipe, cell: string): number | string {
  if (recipe.kind !== "date") return readAmount(recipe, cell);
  const moment = readMoment(recipe.form, cell);
  const shown = `"${showText(cell.trim(), 40)}"`;
  if (moment === undefined) return `${shown} is not ${describeForm(recipe.form)}`;
  if (moment.timed && moment.zoned !== recipe.zoned) {
    return `${shown} has ${recipe.zoned ? "no" : "a"} time zone, the other times have ${
      recipe.zoned ? "one" : "none"
    }`;
  }
  return (moment.ms - recipe.origin) / UNITS[recipe.unit];
}

/** Returns a text without what its recipe does not tell apart. */
export function foldText({ cased, numbers }: Omit<ClassRecipe, "kind">, text: string): string {
  const plain = text.normalize("NFC").trim().replaceAll(/\s+/g, " ");
  if (numbers && plain !== "" && Number.isFinite(Number(plain))) return String(Number(plain));
  return cased ? plain : plain.toLowerCase();
}

/** Returns a text as training spelled it; what training had not seen stays as it is. */
export function spellAs(recipe: ClassRecipe, values: readonly string[]): (text: string) => string {
  const known = new Map(values.map((value) => [foldText(recipe, value), value]));
  return (text) => (text === "" ? "" : (known.get(foldText(recipe, text)) ?? text));
}

/** Returns how many numbers a network sees for a column with this recipe. */
export function widthUnder(recipe: Recipe | undefined): number {
  return recipe?.kind === "date" ? 1 + 2 * recipe.cycles.length : 1;
}

/** Writes what comes round at a column's number into a row of features. */
export function writeCycles(
  recipe: DateRecipe,
  value: number,
  out: Float64Array,
  at: number,
): void {
  const ms = recipe.origin + value * UNITS[recipe.unit];
  recipe.cycles.forEach((cycle, k) => {
    const angle = 2 * Math.PI * phaseOf(cycle, ms);
    out[at + 2 * k] = sin(angle);
    out[at + 2 * k + 1] = cos(angle);
  });
}

/** Returns where in its round a moment is, from 0 to 1. */
function phaseOf(cycle: Cycle, ms: number): number {
  const days = Math.floor(ms / DAY);
  if (cycle === "hour") return (ms - days * DAY) / DAY;
  if (cycle === "weekday") return ((((days + 3) % 7) + 7) % 7) / 7; // 1970 began on a Thursday
  const date = new Date(ms);
  const length = new Date(Date.UTC(2000, date.getUTCMonth() + 1, 0)).getUTCDate();
  return (date.getUTCMonth() + (date.getUTCDate() - 1) / length) / 12;
}

/** Names the numbers that a network sees for a column. */
export function featuresOf(name: string, recipe: Recipe | undefined): string[] {
  if (recipe?.kind !== "date") return [name];
  const rounds = recipe.cycles.flatMap((cycle) => [
    `${name}, ${cycle} (sine)`,
    `${name}, ${cycle} (cosine)`,
  ]);
  return [`${name} (${sinceOrigin(recipe)})`, ...rounds];
}

/** Spells a column's number as its cells are spelled; undefined where it is a plain number. */
export function spellValue(recipe: Recipe | undefined, value: number): string | undefined {
  if (recipe?.kind !== "date" || !Number.isFinite(value)) return undefined;
  const ms = recipe.origin + value * UNITS[recipe.unit];
  if (recipe.form === "time") return showMoment(ms, true, false).replace(/^.*T/, "");
  return showMoment(ms, recipe.timed, recipe.zoned);
}

/** Says in one line how a column's cells are read. */
export function describeRecipe(recipe: NumberRecipe, cell: string): string {
  if (recipe.kind !== "date") {
    const value = readAmount(recipe, cell);
    return `${describeAmounts(recipe)}: "${showText(cell.trim(), 30)}" is ${String(value)}`;
  }
  const { cycles, form, zoned, timed } = recipe;
  const rounds = cycles.length === 0 ? "" : `, with ${listWords(cycles)} as sine and cosine`;
  const zone = zoned && timed && form !== "s" && form !== "ms" && form !== "us" ? ", in UTC" : "";
  return `${describeForm(form)}, as ${sinceOrigin(recipe)}${zone}${rounds}`;
}

function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;
}

function sinceOrigin({ form, unit, origin, timed, zoned }: DateRecipe): string {
  if (form === "time") return `${unit} of the day`;
  return `${unit} since ${showMoment(origin, timed, zoned)}`;
}

const FORMS: Readonly<Record<DateForm, string>> = {
  ymd: "a date (year-month-day)",
  yymmdd: "a date (year-month-day)",
  dmy: "a date (day first)",
  mdy: "a date (month first)",
  name: "a date",
  month: "a month",
  quarter: "a quarter",
  compact: "a date (YYYYMMDD)",
  time: "a time of day",
  s: "a time in seconds since 1970",
  ms: "a time in milliseconds since 1970",
  us: "a time in microseconds since 1970",
};

/** Names a form of dates. */
export function describeForm(form: DateForm): string {
  return FORMS[form];
}

type Check = (value: unknown) => boolean;

const oneOf = (...values: readonly unknown[]): Check => {
  return (value) => values.includes(value);
};
const isTruth = oneOf(true, false);
const isMark: Check = (value) => {
  return value === undefined || (typeof value === "string" && value.length <= 60);
};
const AMOUNT: Readonly<Record<string, Check>> = {
  decimal: oneOf(".", ","),
  thousands: oneOf(undefined, ",", ".", "'", " "),
  mark: isMark,
};

/** The keys of each kind of recipe, and what their values must be. */
const KINDS: Readonly<Record<Recipe["kind"], Readonly<Record<string, Check>>>> = {
  number: AMOUNT,
  percent: AMOUNT,
  money: AMOUNT,
  unit: AMOUNT,
  date: {
    form: oneOf(...Object.keys(FORMS)),
    origin: (value) => Number.isFinite(value) && Math.abs(value as number) <= 8.64e15,
    unit: oneOf("days", "hours", "seconds"),
    timed: isTruth,
    zoned: isTruth,
    cycles: (value) =>
      Array.isArray(value) &&
      new Set(value).size === value.length &&
      value.every(oneOf("hour", "weekday", "month")),
  },
  class: { cased: isTruth, numbers: isTruth },
};

/** Whether a value of a file is a recipe, with nothing beside it. */
export function isRecipe(value: unknown): value is Recipe {
  if (typeof value !== "object" || value === null) return false;
  const { kind, ...others } = value as Readonly<Record<string, unknown>>;
  if (typeof kind !== "string" || !Object.hasOwn(KINDS, kind)) return false;
  const checks = KINDS[kind as Recipe["kind"]];
  return (
    Object.keys(others).every((key) => Object.hasOwn(checks, key)) &&
    Object.entries(checks).every(([key, check]) => {
      return check(Object.hasOwn(others, key) ? others[key] : undefined);
    })
  );
}
