/**
 * Dates and times as people write them, read strictly: what is no day of the calendar is none, and
 * whether `03/04/2024` begins with the day or with the month is decided for a whole column.
 */

/** How the dates of a column are spelled. */
export type DateForm =
  | "ymd" // 2024-03-01, with or without a time
  | "yymmdd" // 24-03-01
  | "dmy" // 31/03/2024, 31.3.24
  | "mdy" // 03/31/2024
  | "name" // 1 Mar 2024, March 1st, 2024, Mar 2024
  | "month" // 2024-03
  | "quarter" // 2024-Q1
  | "compact" // 20240301
  | "time" // 10:30, of any day
  | "s" // seconds since 1970
  | "ms" // milliseconds since 1970
  | "us"; // microseconds since 1970

/** A moment: milliseconds since 1970, and whether a time and its zone stand there. */
export interface Moment {
  readonly ms: number;
  readonly timed: boolean;
  readonly zoned: boolean;
}

/** The forms that cells of text may have, the plainest first. */
export const TEXT_FORMS: readonly DateForm[] = [
  ...["ymd", "dmy", "mdy", "yymmdd", "name", "month", "quarter", "time"],
] as DateForm[];

const DAY = 86_400_000;
const LONGEST = 60;
const CLOCK = "([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?";
const HALF = "(?:\\s?([AaPp])\\.?[Mm]\\.?)?";
const ZONE = "(Z|z|UTC|GMT)?([+-][0-9]{2}(?::?[0-9]{2})?)?";
const TIME = new RegExp(`(?:^|[T\\s])${CLOCK}${HALF}\\s?${ZONE}$`);
const WEEKDAY =
  /^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|nesday|rsday|sday|urday)?\.?,?\s+/i;
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const MONTH_NAMES =
  "january february march april may june july august september october november december".split(
    " ",
  );

/** Reads a cell of a form; undefined where it is none. */
export function readMoment(form: DateForm, cell: string): Moment | undefined {
  if (cell.length > LONGEST) return undefined;
  const text = cell.trim();
  if (form === "s" || form === "ms" || form === "us") return readEpoch(form, text);
  const timed = TIME.exec(text);
  const date = (timed === null ? text : text.slice(0, timed.index)).replace(/,$/, "").trim();
  const time = timed === null ? 0 : readTime(timed);
  if (time === undefined) return undefined;
  const zoned = timed !== null && (timed[6] !== undefined || timed[7] !== undefined);
  if (form === "time") {
    return date === "" && timed !== null && !zoned ? { ms: time, timed: true, zoned } : undefined;
  }
  const day = readDay(form, date.replace(WEEKDAY, ""));
  return day === undefined ? undefined : { ms: day + time, timed: timed !== null, zoned };
}

function readEpoch(form: "s" | "ms" | "us", text: string): Moment | undefined {
  if (!/^-?[0-9]{1,16}(?:\.[0-9]{1,6}0*)?$/.test(text)) return undefined;
  const value = Number(text);
  const ms = form === "s" ? value * 1000 : form === "ms" ? value : value / 1000;
  return Math.abs(ms) > 8.64e15 ? undefined : { ms, timed: true, zoned: true };
}

/** Milliseconds of a time of day; undefined where there is none such. */
function readTime(found: RegExpExecArray): number | undefined {
  const [, h = "", m = "", s = "0", part = "", half, , zone] = found;
  let hours = Number(h);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  if (hours > 23 || Number(m) > 59 || Number(s) > 59) return undefined;
  const fraction = part === "" ? 0 : Number(`0.${part}`) * 1000;
  const offset = zone === undefined ? 0 : offsetOf(zone);
  if (offset === undefined) return undefined;
  return ((hours * 60 + Number(m) - offset) * 60 + Number(s)) * 1000 + fraction;
}

function offsetOf(zone: string): number | undefined {
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 14 || minutes > 59) return undefined;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

function readDay(form: DateForm, text: string): number | undefined {
  if (form === "name") return readNamed(text);
  if (form === "compact") {
    const parts = /^([0-9]{4})([0-9]{2})([0-9]{2})$/.exec(text);
    return parts === null ? undefined : dayOf(parts[1]!, parts[2]!, parts[3]!);
  }
  if (form === "month") {
    const parts = /^([0-9]{4})[-/]([0-9]{2})$/.exec(text);
    return parts === null ? undefined : dayOf(parts[1]!, parts[2]!, "1");
  }
  if (form === "quarter") {
    const parts = /^(?:([0-9]{4})[\s-]?[Qq]([1-4])|[Qq]([1-4])[\s-/]?([0-9]{4}))$/.exec(text);
    if (parts === null) return undefined;
    const month = 3 * Number(parts[2] ?? parts[3]) - 2;
    return dayOf(parts[1] ?? parts[4]!, String(month), "1");
  }
  return readTriple(form, text);
}

function readTriple(form: DateForm, text: string): number | undefined {
  const parts = /^([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})$/.exec(text);
  if (parts === null) return undefined;
  const [, a = "", mark, b = "", c = ""] = parts;
  if (form === "ymd") return a.length === 4 && c.length <= 2 ? dayOf(a, b, c) : undefined;
  if (form === "yymmdd") {
    return mark === "-" && a.length === 2 && c.length === 2 ? dayOf(a, b, c) : undefined;
  }
  if (a.length > 2 || (c.length !== 4 && c.length !== 2)) return undefined;
  if (form === "mdy") return mark === "." ? undefined : dayOf(c, a, b);
  return dayOf(c, b, a); // points stand after the day
}

function readNamed(text: string): number | undefined {
  const after =
    /^([0-9]{1,2})(?:st|nd|rd|th)?[\s./-]*([A-Za-z]{3,9})\.?[\s,./-]*([0-9]{4}|[0-9]{2})$/;
  const before = /^([A-Za-z]{3,9})\.?[\s-]*([0-9]{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+)([0-9]{4})$/;
  const month = /^([A-Za-z]{3,9})\.?[\s,-]*([0-9]{4})$/;
  let parts = after.exec(text);
  if (parts !== null) return namedDay(parts[3]!, parts[2]!, parts[1]!);
  parts = before.exec(text);
  if (parts !== null) return namedDay(parts[3]!, parts[1]!, parts[2]!);
  parts = month.exec(text);
  return parts === null ? undefined : namedDay(parts[2]!, parts[1]!, "1");
}

function namedDay(year: string, name: string, day: string): number | undefined {
  const lower = name.toLowerCase();
  const long = MONTH_NAMES.indexOf(lower);
  const month = long >= 0 ? long : MONTHS.indexOf(lower === "sept" ? "sep" : lower);
  return month < 0 ? undefined : dayOf(year, String(month + 1), day);
}

/** Milliseconds of a day; two digits of a year are those from 1969 to 2068, as POSIX has it. */
function dayOf(year: string, month: string, day: string): number | undefined {
  const given = Number(year);
  const full = year.length > 2 ? given : given + (given < 69 ? 2000 : 1900);
  const [m, d] = [Number(month), Number(day)];
  const date = new Date(0);
  date.setUTCFullYear(full, m - 1, d);
  return date.getUTCMonth() === m - 1 && date.getUTCDate() === d && m > 0
    ? date.getTime()
    : undefined;
}

/** Spells a moment as ISO 8601 has it, without what it is not exact to. */
export function showMoment(ms: number, timed: boolean, zoned: boolean): string {
  const date = new Date(Math.round(ms));
  if (Number.isNaN(date.getTime())) return String(ms);
  const text = date.toISOString();
  const [day, time] = text.split("T") as [string, string];
  if (!timed && ms % DAY === 0) return day;
  const clock = time
    .replace(/Z$/, "")
    .replace(/\.000$/, "")
    .replace(/:00$/, "");
  return `${day}T${clock}${zoned ? "Z" : ""}`;
}
