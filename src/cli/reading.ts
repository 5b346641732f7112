/** How a table is read: the options that `fit` and `predict` share, and their words. */
import { Option } from "commander";
import type { Command } from "commander";
import type { CsvOptions } from "../data/csv.ts";

/** The options of reading, as commander hands them over; none is there unasked. */
export interface ReadingFlags extends Pick<
  CsvOptions,
  "decimal" | "header" | "comment" | "encoding"
> {
  readonly delimiter?: string;
}

/** The keys of these options. */
export const READING_KEYS = ["delimiter", "decimal", "header", "comment", "encoding"] as const;

const DELIMITERS: ReadonlyMap<string, NonNullable<CsvOptions["delimiter"]>> = new Map([
  ...([",", ";", "\t", "|", " "] as const).map((mark) => [mark, mark] as const),
  ["comma", ","],
  ["semicolon", ";"],
  ["tab", "\t"],
  ["\\t", "\t"],
  ["bar", "|"],
  ["blank", " "],
]);

/** Adds the options to a command. */
export function addReading(command: Command): Command {
  return command
    .addOption(
      new Option("--delimiter <mark>", "what separates cells (default: what fits)").choices([
        ...["comma", "semicolon", "tab", "bar", "blank"],
        ...[",", ";", "\t", "\\t", "|", " "],
      ]),
    )
    .addOption(
      new Option("--decimal <mark>", "what stands before the fraction of numbers").choices([
        ".",
        ",",
      ]),
    )
    .option("--header", "take the first line for names, whatever it looks like")
    .option("--no-header", "take the first line for data: columns are x1, x2, …")
    .option("--comment <mark>", "leave out lines that begin so (default: # before the table)")
    .option("--encoding <name>", "how letters are written (default: utf-8)");
}

/** Takes the options of reading out of others, for the reader. */
export function readingOf(flags: ReadingFlags): Omit<CsvOptions, "source"> {
  const { delimiter, decimal, header, comment, encoding } = flags;
  const mark = delimiter === undefined ? undefined : DELIMITERS.get(delimiter);
  return {
    ...(mark === undefined ? {} : { delimiter: mark }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(header === undefined ? {} : { header }),
    ...(comment === undefined ? {} : { comment }),
    ...(encoding === undefined ? {} : { encoding }),
  };
}

/** Takes the options of reading out of others, as they were given. */
export function readingGiven(flags: ReadingFlags): ReadingFlags {
  const entries = READING_KEYS.map((key) => [key, flags[key]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Spells the options as words of a command line. */
export function readingWords(flags: ReadingFlags): string[] {
  return READING_KEYS.flatMap((key) => {
    const value = flags[key];
    if (value === undefined) return [];
    if (typeof value === "boolean") return [value ? `--${key}` : `--no-${key}`];
    return [`--${key}`, value];
  });
}
