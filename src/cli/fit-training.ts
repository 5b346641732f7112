/** What is said of a training: how it is done, and what to try where it diverged. */
import { formatNumber } from "../core/format.ts";
import { DivergedError } from "../train/loop.ts";
import { EXIT, ExitError } from "./exit.ts";
import type { FitFlags } from "./fit-flags.ts";
import { count } from "./words.ts";

/** Says how a network is trained: `Adam, rate 0.01, 5000 epochs, scaling minmax, seed 42`. */
export function describeTraining(flags: FitFlags): string {
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
    `seed ${flags.seed}`,
  ].join(", ");
}

/** Runs a training; where it diverges, the error says what to try. */
export async function explained<T>(flags: FitFlags, training: () => Promise<T>): Promise<T> {
  try {
    return await training();
  } catch (error) {
    if (error instanceof DivergedError) throw explainDivergence(error, flags);
    throw error;
  }
}

function explainDivergence({ epoch, loss, tensor }: DivergedError, flags: FitFlags): ExitError {
  const where = tensor === undefined ? "" : ` (${tensor} has grown out of bounds)`;
  const tries = [`a smaller --lr (it is ${flags.lr}; try ${formatNumber(flags.lr / 10)})`];
  if (flags.scale === "none") tries.push("--scale minmax");
  if (flags.optimizer === "sgd") tries.push("--optimizer adam");
  return new ExitError(
    EXIT.failed,
    `training diverged: the loss was ${loss} at epoch ${epoch}${where}. ` +
      `Try ${tries.join(", or ")}. No file was written.`,
  );
}
