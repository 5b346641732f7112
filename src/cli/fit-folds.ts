/** Runs the cross-validation of `nabla fit --folds`; one that is stopped keeps finished folds. */
import { host } from "#host";
import { showText } from "../core/format.ts";
import type { Encoded } from "../train/table/dataset.ts";
import type { CrossValidation } from "../train/table/validate.ts";
import { crossValidate } from "../train/table/validate.ts";
import { ExitError } from "./exit.ts";
import type { Job } from "./fit-flags.ts";
import { foldsJson } from "./fit-json.ts";
import { reportFolds } from "./fit-report.ts";
import { explained } from "./fit-training.ts";
import { FOLDS_FILE } from "./run-files.ts";
import type { Terminal } from "./terminal.ts";
import { exitCodeFor } from "./terminal.ts";
import { count } from "./words.ts";

/** Cross-validates and prints what was found; where it is stopped, that is the end. */
export async function validate(terminal: Terminal, data: Encoded, job: Job): Promise<unknown> {
  const { flags } = job;
  let fold = 0;
  const watch = {
    shouldStop: () => terminal.stop !== undefined,
    onEpoch: (epoch: number, loss: number) =>
      terminal.progress((fold - 1) * flags.epochs + epoch, flags.folds! * flags.epochs, loss),
  };
  terminal.start();
  const found = await explained(flags, () =>
    crossValidate(data, flags.folds!, flags, watch, (k) => (fold = k)),
  );
  terminal.clearBar();
  if (found.folds.length > 0) reportFolds(terminal, found, data);
  if (terminal.stop !== undefined) throw await keepFinished(terminal, found, data, job);
  return foldsJson(found, data);
}

async function keepFinished(
  terminal: Terminal,
  found: CrossValidation,
  data: Encoded,
  { path, folder, flags }: Job,
): Promise<ExitError> {
  const code = exitCodeFor(terminal.stop!);
  const done = found.folds.length;
  const start = `stopped after ${done} of ${count(found.asked, "fold")}`;
  if (done === 0) return new ExitError(code, `${start}; nothing was kept.`);
  const crossValidation = { asked: found.asked, ...(foldsJson(found, data) as object) };
  const file = `${folder}/${FOLDS_FILE}`;
  const text = JSON.stringify({ table: path, ...crossValidation }, null, 2);
  await host.writeFileAtomic(file, `${text}\n`);
  if (flags.json) terminal.print(JSON.stringify({ crossValidation, files: [file] }));
  const what = done === 1 ? "it is" : "they are";
  return new ExitError(code, `${start}; ${what} in ${showText(file, 300)}.`);
}
