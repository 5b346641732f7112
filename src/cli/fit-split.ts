/** Says by what rows are held out: at random, by class, by group, by time, copies together. */
import { showText } from "../core/format.ts";
import type { Encoded } from "../train/table/dataset.ts";
import { Separation } from "../train/table/separation.ts";
import type { FitFlags } from "./fit-flags.ts";
import type { Terminal } from "./terminal.ts";
import { count } from "./words.ts";

/** Says what is not to be expected of a split at random; nothing where no rows are held out. */
export function reportSplit(terminal: Terminal, data: Encoded, flags: FitFlags): void {
  if (flags.split === "rows" || (flags.val === 0 && flags.folds === undefined)) return;
  const { kind, repeated } = new Separation(data);
  const text = SAID[kind](data, flags);
  if (text !== undefined) terminal.line(`  ${text}`);
  if (repeated === 0) return;
  terminal.line(
    `  ${count(repeated, "row")} ${repeated === 1 ? "repeats another" : "repeat others"}: ` +
      "copies stay on one side, held out or trained on together",
  );
}

type Say = (data: Encoded, flags: FitFlags) => string | undefined;

const SAID: Readonly<Record<Separation["kind"], Say>> = {
  rows: () => undefined,
  classes: () => "rows are held out class by class, in their shares",
  groups: (data, { group }) => {
    const groups = new Set(data.groups).size;
    return `rows are held out by ${showText(group!)}: each of its ${groups} groups stays whole`;
  },
  time: (_, { time, folds }) =>
    `rows are held out by ${showText(time!)}: ` +
    (folds === undefined ? "the latest ones" : "each fold is later than what it learns from"),
};
