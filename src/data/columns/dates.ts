/** Decides how the dates of a column are read: form, origin, what comes round in them. */
import { showText } from "../../core/format.ts";
import { rangeOf } from "../scaler.ts";
import type { DateForm, Moment } from "./moment.ts";
import { readMoment, showMoment, TEXT_FORMS } from "./moment.ts";
import type { Cycle, DateRecipe } from "./recipe.ts";

/** What was found in the cells of a column. */
export interface DateChoice {
  readonly recipe?: DateRecipe;
  /** Why the column must be decided by who knows it. */
  readonly ambiguous?: string;
}

/** What stands first in a date. */
export type DateOrder = "dmy" | "mdy" | "ymd";

const ORDERED: Readonly<Record<DateOrder, readonly DateForm[]>> = {
  dmy: ["dmy"],
  mdy: ["mdy"],
  ymd: ["ymd", "yymmdd"],
};

const DAY = 86_400_000;
/** So many cells are looked at before all are. */
const LOOKED_AT = 40;

/** Decides how cells that hold a value are read as dates; {} where they are none. */
export function chooseDates(
  cells: readonly string[],
  { order, asked }: { readonly order?: DateOrder | undefined; readonly asked: boolean },
): DateChoice {
  const forms =
    order === undefined ? [...TEXT_FORMS, ...(asked ? ["compact" as const] : [])] : ORDERED[order];
  const some = cells.slice(0, LOOKED_AT);
  const likely = forms.filter((form) => {
    const right = some.filter((cell) => readMoment(form, cell) !== undefined).length;
    return right > 0 && 2 * right >= some.length;
  });
  if (likely.length === 0) return {};
  const read = likely.map((form) => cells.map((cell) => readMoment(form, cell)));
  const whole = likely.map((form, k) => ({ form, moments: read[k]! }));
  const fits = whole.filter(({ moments }) => !moments.includes(undefined));
  if (fits.length === 0) return { ambiguous: strangers(cells, whole[0]!) };
  const [first, ...others] = fits as { form: DateForm; moments: Moment[] }[];
  const other = others.find(({ moments }) =>
    moments.some((m, i) => m.ms !== first!.moments[i]!.ms),
  );
  if (other !== undefined) return { ambiguous: twoReadings(cells, first!, other) };
  const timed = first!.moments.filter((moment) => moment.timed);
  const zoned = timed.filter((moment) => moment.zoned);
  if (zoned.length > 0 && zoned.length < timed.length) {
    return { ambiguous: halfZoned(cells, first!.moments) };
  }
  return { recipe: describe(first!.form, first!.moments, zoned.length > 0) };
}

/** Takes whole numbers of seconds, milliseconds or microseconds since 1970 for times. */
export function chooseEpoch(
  name: string,
  values: Float64Array,
  asked: boolean,
): DateRecipe | undefined {
  if (
    !asked &&
    !/(?:^|[_\W])(?:ts|time|date|epoch|unix|when)|stamp|(?:time|date|At)$|_at$/i.test(name)
  ) {
    return undefined;
  }
  const known = values.filter((value) => !Number.isNaN(value));
  const [low, high] = rangeOf(known);
  if (low === high) return undefined;
  const compact = low >= 19_000_101 && high <= 21_001_231;
  if (compact) {
    const moments = [...known].map((value) => readMoment("compact", String(value)));
    return moments.includes(undefined)
      ? undefined
      : describe("compact", moments as Moment[], false);
  }
  // 1990 to 2100; in milliseconds and microseconds these are ranges of their own
  const form = (["s", "ms", "us"] as const).find((_, k) => {
    const unit = [1, 1000, 1_000_000][k]!;
    return low >= 631_152_000 * unit && high < 4_102_444_800 * unit;
  });
  if (form === undefined) return undefined;
  const unit = { s: 1000, ms: 1, us: 0.001 }[form];
  const moments = [...known].map((value) => ({ ms: value * unit, timed: true, zoned: true }));
  return describe(form, moments, true);
}

function describe(form: DateForm, moments: readonly Moment[], zoned: boolean): DateRecipe {
  const timed = moments.some((moment) => moment.timed);
  if (form === "time") {
    const base = { kind: "date", form, origin: 0, unit: "hours", timed, zoned } as const;
    const [low, high] = rangeOf(moments.map(({ ms }) => ms));
    return { ...base, cycles: high - low > DAY / 2 ? ["hour"] : [] };
  }
  const times = moments.map(({ ms }) => ms);
  const [low, high] = rangeOf(times);
  const span = high - low;
  const unit = span >= 5 * DAY ? "days" : span >= DAY / 8 ? "hours" : "seconds";
  const origin = unit === "days" ? Math.floor(low / DAY) * DAY : low;
  return { kind: "date", form, origin, unit, timed, zoned, cycles: cyclesOf(times, low, high) };
}

/** Lists what comes round more than once and varies. */
function cyclesOf(times: readonly number[], low: number, high: number): Cycle[] {
  const span = high - low;
  const different = (of: (ms: number) => number): number => new Set(times.map(of)).size;
  const weekdays = different((ms) => ((Math.floor(ms / DAY) % 7) + 7) % 7);
  const days = different((ms) => Math.floor(ms / DAY));
  const hours = different((ms) => ms - Math.floor(ms / DAY) * DAY);
  const months = different((ms) => new Date(ms).getUTCMonth());
  const cycles: Cycle[] = [];
  if (span >= DAY && hours > 2) cycles.push("hour");
  // dates a month apart fall on weekdays by chance
  if (span >= 14 * DAY && weekdays > 2 && days >= span / DAY / 4) cycles.push("weekday");
  if (span >= 366 * DAY && months > 2) cycles.push("month");
  return cycles;
}

function strangers(
  cells: readonly string[],
  { form, moments }: { readonly form: DateForm; readonly moments: readonly (Moment | undefined)[] },
): string {
  const strange = moments.indexOf(undefined);
  const good = cells[moments.findIndex((moment) => moment !== undefined)]!;
  const ordered = form === "dmy" || form === "mdy";
  const order = ordered ? " with the day or the month first" : "";
  return (
    `"${show(cells[strange]!)}" is no date as "${show(good)}" is one${order}: mend it, leave it ` +
    "empty, or leave the column out (skip)"
  );
}

interface Reading {
  readonly form: DateForm;
  readonly moments: readonly Moment[];
}

function twoReadings(cells: readonly string[], first: Reading, other: Reading): string {
  const at = first.moments.findIndex((moment, i) => moment.ms !== other.moments[i]!.ms);
  const day = ({ moments }: Reading): string =>
    showMoment(moments[at]!.ms, false, false).slice(0, 10);
  const asked = ({ form }: Reading): string =>
    ` (date:${form === "dmy" || form === "mdy" ? form : "ymd"})`;
  return (
    `"${show(cells[at]!)}" could be read in two ways, as ${day(first)}${asked(first)} or as ` +
    `${day(other)}${asked(other)}`
  );
}

function halfZoned(cells: readonly string[], moments: readonly Moment[]): string {
  const [zoned, bare] = [true, false].map(
    (has) => cells[moments.findIndex(({ timed, zoned }) => timed && zoned === has)]!,
  );
  return (
    `"${show(zoned!)}" names a time zone and "${show(bare!)}" none: write it everywhere or nowhere, ` +
    "or leave the column out (skip)"
  );
}

function show(cell: string): string {
  return showText(cell.trim(), 30);
}
