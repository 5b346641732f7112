/** What is said of a training: how it is done, and what to try where it diverged. */
import { formatNumber } from "../core/format.ts";
import type { OpenOption } from "../train/table/options.ts";
import { OPEN_OPTIONS } from "../train/table/options.ts";
import { describeOverflow, DivergedError } from "../train/divergence.ts";
import { EXIT, ExitError } from "./exit.ts";
import type { FitFlags } from "./fit-flags.ts";
import { count } from "./words.ts";
import { optionOf } from "./words-again.ts";

/** Says how a network is trained: `Adam, rate 0.01, 5000 epochs, scaling minmax, seed 42`. */
export function describeTraining(flags: FitFlags): string {
  if (flags.open !== undefined) return describeOpen(flags, flags.open);
  return [
    flags.optimizer === "adam" ? "Adam" : "Gradient descent",
    `rate ${flags.lr}`,
    count(flags.epochs, "epoch"),
    ...(flags.batch === "all" ? [] : [`batches of ${flags.batch}`]),
    `scaling ${flags.scale}`,
    ...(flags.weightDecay === 0 ? [] : [`weight decay ${formatNumber(flags.weightDecay)}`]),
    ...(flags.dropout === 0 ? [] : [`dropout ${flags.dropout}`]),
    ...(flags.earlyStop === undefined
      ? []
      : [`stopping after ${flags.earlyStop} epochs no better`]),
    ...(flags.classWeight === "balanced" ? ["class weights balanced"] : []),
    `seed ${flags.seed}`,
  ].join(", ");
}

/** Says what each training decides for itself: of the rest the seed and what was given. */
function describeOpen(flags: FitFlags, open: readonly OpenOption[]): string {
  const given = OPEN_OPTIONS.filter((key) => !open.includes(key)).map(
    (key) => `${optionOf(key)} ${String(flags[key])}`,
  );
  const chosen = "epochs and weight decay decided for each by its own rows";
  return ["Adam", ...given, chosen, `seed ${flags.seed}`].join(", ");
}

/** Runs a training; where it diverges, the error says what to try, and what `saved` says. */
export async function explained<T>(
  flags: FitFlags,
  training: () => Promise<T>,
  saved: () => string | undefined = () => undefined,
): Promise<T> {
  try {
    return await training();
  } catch (error) {
    if (error instanceof DivergedError) throw explainDivergence(error, flags, saved());
    throw error;
  }
}

function explainDivergence(
  { epoch, loss, overflow }: DivergedError,
  flags: FitFlags,
  saved = "No file was written",
): ExitError {
  const why = overflow === undefined ? "" : `: ${describeOverflow(overflow)}`;
  return new ExitError(
    EXIT.failed,
    `training diverged: the loss was ${loss} at epoch ${epoch}${why}. ` +
      `Try ${whatToTry(flags)}. ${saved}.`,
  );
}

/** Says what to change where nothing was learned. */
export function whatToTry({ lr, scale, optimizer }: FitFlags): string {
  const tries = [`a smaller --lr (it is ${lr}; try ${formatNumber(lr > 0.1 ? 0.01 : lr / 10)})`];
  if (scale === "none") tries.push("--scale minmax");
  if (optimizer === "sgd") tries.push("--optimizer adam");
  return tries.join(", or ");
}
