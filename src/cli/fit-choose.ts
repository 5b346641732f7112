/** Completes the options of a fit: what nobody gave is decided by the table, and said in a line. */
import { formatNumber } from "../core/format.ts";
import type { Choice } from "../train/table/choose.ts";
import { plainEpochs, settle } from "../train/table/choose.ts";
import type { Encoded } from "../train/table/dataset.ts";
import { trainingRows } from "../train/table/fit.ts";
import { FIT_DEFAULTS, OPEN_OPTIONS } from "../train/table/options.ts";
import { ExitError } from "./exit.ts";
import type { FitFlags, GivenFlags } from "./fit-flags.ts";
import type { Terminal } from "./terminal.ts";
import { exitCodeFor } from "./terminal.ts";
import { count } from "./words.ts";

/** Early stopping waits for so many updates at least: with all rows at once an epoch is one. */
const FEWEST_UPDATES = 200;

/** Fills in the defaults; what they may decide is left open unless epochs are given. */
export function complete(given: GivenFlags, data: Encoded): FitFlags {
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  const own = Object.fromEntries(known) as unknown as GivenFlags;
  const flags = { ...FIT_DEFAULTS, epochs: plainEpochs(data), ...own };
  if (given.epochs !== undefined) return flags;
  if (flags.earlyStop !== undefined) {
    return { ...flags, earlyStop: Math.max(flags.earlyStop, leastPatience(data, flags)) };
  }
  if (flags.optimizer !== "adam" || flags.dropout > 0) return flags;
  const open = OPEN_OPTIONS.filter((key) => given[key] === undefined);
  const swept = flags.sweep?.option === "epochs";
  return swept ? flags : { ...flags, open };
}

function leastPatience(data: Encoded, { batch, val, ...flags }: FitFlags): number {
  const { rows } = trainingRows(data, { ...flags, batch, val });
  return Math.ceil(FEWEST_UPDATES / (batch === "all" ? 1 : Math.ceil(rows / batch)));
}

/** Decides what is open, and says what was chosen; where it is stopped, that is the end. */
export async function chooseOpen(
  terminal: Terminal,
  data: Encoded,
  flags: FitFlags,
): Promise<{ readonly flags: FitFlags; readonly chosen?: Choice }> {
  if (flags.open === undefined) return { flags };
  const { open: _, ...given } = flags;
  terminal.start();
  const { options, choice } = await settle(trainingRows(data, flags), flags, {
    onTrial: (done, loss) => terminal.progress(1000 * done, 1000, loss),
    shouldStop: () => terminal.stop !== undefined,
  });
  const { stop } = terminal;
  if (stop !== undefined) {
    throw new ExitError(
      exitCodeFor(stop),
      "stopped while epochs and weight decay were chosen; nothing was kept.",
    );
  }
  if (choice === undefined) return { flags: { ...given, ...options } };
  terminal.line(describeChoice(choice));
  return { flags: { ...given, ...options }, chosen: choice };
}

/** Says what was chosen and why, in one line. */
export function describeChoice(choice: Choice): string {
  const { by, epochs, weightDecay, parts = 0, heldOutLoss = NaN } = choice;
  const turns =
    choice.turns === undefined ? "" : `; it turns ${choice.turns} times, so more neurons`;
  if (by === "smooth") {
    return `A smooth curve: ${count(epochs, "epoch")}, nothing to choose${turns}.`;
  }
  if (by === "few") return `Too few rows to hold some out: ${count(epochs, "epoch")}${turns}.`;
  return (
    `Chose ${count(epochs, "epoch")} and weight decay ${formatNumber(weightDecay)} by rows not ` +
    `trained on (${parts === 1 ? "a fifth" : `${parts} parts in turn`}; loss there ` +
    `${formatNumber(heldOutLoss)})${turns}.`
  );
}
