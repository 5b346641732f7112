/** Runs the cross-validation of `nabla fit --folds`, which keeps each fold that was finished. */
import { showText } from "../core/format.ts";
import type { Encoded } from "../train/table/dataset.ts";
import type { FittedModel } from "../train/table/fitted.ts";
import type { Importance } from "../train/table/importance.ts";
import { importanceOf } from "../train/table/importance.ts";
import type { CrossValidation } from "../train/table/validate.ts";
import { crossValidate } from "../train/table/validate.ts";
import { ExitError } from "./exit.ts";
import type { Job } from "./fit-flags.ts";
import { reportFolds } from "./fit-report.ts";
import { explained } from "./fit-training.ts";
import { FOLDS_FILE, keptFolds, saveFolds } from "./folds-file.ts";
import { SWEEP_FILE } from "./sweep-file.ts";
import type { Terminal } from "./terminal.ts";
import { exitCodeFor } from "./terminal.ts";
import { unfinishedOf } from "./unfinished.ts";
import { count } from "./words.ts";
import { settle } from "./words-again.ts";

/** Cross-validates and prints what was found; where it is stopped, that is the end. */
export async function validate(
  terminal: Terminal,
  data: Encoded,
  job: Job,
  importance: Importance[],
): Promise<CrossValidation> {
  const { path, folder, flags, done: before } = job;
  const unfinished = unfinishedOf(data, flags);
  const earlier = before?.answers ?? [];
  let [fold, done] = [0, earlier.length];
  const watch = {
    shouldStop: () => terminal.stop !== undefined,
    onEpoch: (epoch: number, loss: number) =>
      terminal.progress((fold - 1) * flags.epochs + epoch, flags.folds! * flags.epochs, loss),
    onFold: (k: number) => (fold = k),
    onFound: async (found: CrossValidation) => {
      await settle(`${folder}/${SWEEP_FILE}`);
      await saveFolds(folder, path, found, data, unfinished);
      done = found.folds.length;
    },
    ...(flags.importance !== true
      ? {}
      : {
          onModel: async (model: FittedModel, held: Encoded) => {
            importance.push(await importanceOf(model, held, flags.seed, false));
          },
        }),
    earlier,
  };
  if (before) terminal.line(goingOn(flags.resume!, done, flags.folds!, "fold"));
  terminal.start();
  const found = await explained(
    flags,
    () => crossValidate(data, flags.folds!, flags, watch),
    () => (done === 0 ? undefined : foldsKept(done, folder)),
  );
  terminal.clearBar();
  if (found.folds.length > 0) reportFolds(terminal, found, data);
  if (terminal.stop !== undefined) throw keepFinished(terminal, found, data, job);
  return found;
}

/** Says how much of a run is done that goes on. */
export function goingOn(run: string, done: number, asked: number, part: string): string {
  return `Going on with ${run}: ${done} of ${count(asked, part)} ${done === 1 ? "is" : "are"} done.`;
}

/** Says where finished folds are, after a training that diverged. */
export function foldsKept(done: number, folder: string): string {
  const what = done === 1 ? "fold that was finished is" : "folds that were finished are";
  return `The ${what} in ${showText(`${folder}/${FOLDS_FILE}`, 300)}`;
}

function keepFinished(
  terminal: Terminal,
  found: CrossValidation,
  data: Encoded,
  { folder, flags }: Job,
): ExitError {
  const code = exitCodeFor(terminal.stop!);
  const done = found.folds.length;
  const start = `stopped after ${done} of ${count(found.asked, "fold")}`;
  if (done === 0) return new ExitError(code, `${start}; nothing was kept.`);
  const file = `${folder}/${FOLDS_FILE}`;
  const crossValidation = keptFolds(found, data);
  if (flags.json) terminal.print(JSON.stringify({ crossValidation, files: [file] }));
  const what = done === 1 ? "it is" : "they are";
  return new ExitError(code, `${start}; ${what} in ${showText(file, 300)}.`);
}
