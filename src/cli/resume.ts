/** What `nabla fit --resume` goes on with; refuses what would not be the same training. */
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { listFaults } from "../core/keys.ts";
import type { Encoded, TrainedColumn } from "../train/table/dataset.ts";
import type { FollowerState } from "../train/table/follower.ts";
import type { Earlier } from "../train/table/network.ts";
import type { KeptState } from "../train/state-file.ts";
import { decodeTraining, fingerprint } from "../train/table/old-training.ts";
import type { GivenFlags } from "./fit-flags.ts";
import { usable } from "./model-file.ts";
import { readingGiven } from "./reading.ts";
import type { Run } from "./read-run.ts";
import { checkTogether, oldSplit, readRun } from "./read-run.ts";
import { columnNames, namesOf } from "./words.ts";
import { optionOf } from "./words-again.ts";

/** A run that goes on. */
export interface Resumed {
  readonly run: Run;
  readonly kept: KeptState;
  /** The options of the run, with those that may be new. */
  readonly flags: GivenFlags;
}

/** Reads the run that `--resume` names; `typed` are the options that were given beside it. */
export async function readResumed(
  folder: string,
  given: GivenFlags,
  typed: ReadonlySet<string>,
): Promise<Resumed> {
  const run = await readRun(folder);
  if ((run.config.ensemble ?? 1) > 1) {
    throw argumentError(
      `"${showText(run.folder, 300)}" is an ensemble, several trainings whose states are not kept: ` +
        "it cannot go on. It can be asked and reported; to train longer, repeat the fit.",
    );
  }
  const kept = await readTraining(run);
  const settings = settingsOf(run);
  const shown = `"${showText(run.folder, 300)}"`;
  const faults = Object.entries(settings).flatMap(([key, value]) => {
    const typedValue = (given as unknown as Record<string, unknown>)[key];
    if (!typed.has(key)) return [];
    const isNames = key === "x" || key === "y";
    const other = isNames ? columnNames(String(typedValue), settings[key]) : typedValue;
    return settingFault(key, other, value);
  });
  refuseSettings(run.folder, faults);
  const epochs = typed.has("epochs") ? given.epochs! : (run.config.epochs ?? 0);
  const done = kept.state.epoch;
  const { earlyStop } = settings;
  const { best } = (kept.state.callbacks["fit"] ?? {}) as FollowerState;
  if (earlyStop !== undefined && best !== undefined && done - best.epoch >= earlyStop) {
    throw argumentError(
      `${shown} ended by itself at epoch ${done}: its held-out rows had got no better for ` +
        `${earlyStop} epochs, so there is nothing to go on with.`,
    );
  }
  if (epochs <= done) {
    throw argumentError(
      `${shown} has ${done} epochs already; ask for more in all, such as --epochs ${2 * done}.`,
    );
  }
  const known = Object.entries(settings).filter(([, value]) => value !== undefined);
  const own = { ...Object.fromEntries(known), epochs, out: given.out ?? run.folder };
  return { run, kept, flags: { ...given, ...own } };
}

async function readTraining({ folder, config, model }: Run): Promise<KeptState> {
  const path = `${folder}/training.safetensors`;
  const file = await host.savedFile(folder, "training.safetensors");
  if (!(await host.exists(file))) {
    throw argumentError(
      `"${showText(folder, 300)}" holds no training.safetensors, the state to go on with: an older ` +
        "version wrote the run. It can be asked and reported; to train further, repeat the fit.",
    );
  }
  const bytes = await host.readBytes(file);
  checkTogether(folder, config, { training: bytes });
  return usable(path, () => {
    const kept = decodeTraining(bytes);
    if (kept.state.epoch === model.parts.provenance.epochs) return kept;
    throw new NablaError("format", "It is of another epoch than the model.");
  });
}

/** The settings that a training keeps to its end, as options; what the model knows is its. */
function settingsOf({ model, config }: Run) {
  const { shape, inputs, outputs, xScaler, provenance } = model.parts;
  return {
    x: namesOf(inputs),
    y: namesOf(outputs),
    classify: config.classify,
    column: config.column,
    ...readingGiven(config),
    ...{
      missing: config.missing,
      hidden: shape.hidden,
      activation: shape.activation,
      scale: xScaler.kind,
    },
    optimizer: provenance.optimizer === "sgd" ? ("sgd" as const) : ("adam" as const),
    lr: provenance.lr,
    seed: provenance.seed,
    batch: config.batch ?? ("all" as const),
    val: config.val ?? 0,
    weightDecay: config.weightDecay ?? 0,
    dropout: config.dropout ?? 0,
    earlyStop: config.earlyStop,
    folds: config.folds,
    device: config.device === "native" ? ("native" as const) : ("wasm" as const),
    group: config.group,
    time: config.time,
    threshold: config.threshold,
    classWeight: config.classWeight ?? (model.classes && ("none" as const)),
    ...oldSplit(config),
  };
}

/** Compares the table with that of the run; returns what the fit goes on with. */
export function earlierOf({ run, kept }: Resumed, data: Encoded, table: string): Earlier {
  const { inputs, outputs } = run.model.parts;
  const faults = [
    ...columnFaults("input", inputs, data.inputs),
    ...columnFaults("target", outputs, data.outputs),
  ];
  if (faults.length === 0 && fingerprint(data) !== kept.data) {
    faults.push("its numbers or its rows are others");
  }
  if (faults.length > 0) {
    throw argumentError(
      `"${showText(table, 300)}" is not the table that "${showText(run.folder, 300)}" was fitted ` +
        `to: ${listFaults(faults)}. Fit anew without --resume.`,
    );
  }
  const losses = { epochs: run.epochs, losses: run.losses, held: run.heldLosses };
  return { state: kept.state, losses };
}

function columnFaults(
  role: string,
  wanted: readonly TrainedColumn[],
  found: readonly TrainedColumn[],
): string[] {
  const kind = ({ values }: TrainedColumn): string =>
    values === undefined ? "numbers" : `${values.length} texts`;
  return wanted.flatMap((column, j) => {
    const other = found[j];
    if (other === undefined || other.name !== column.name) {
      return [`the ${role} ${showText(column.name)} is missing`];
    }
    if (JSON.stringify(other.values) === JSON.stringify(column.values)) return [];
    const same = kind(other) === kind(column) ? " of another spelling" : "";
    const name = showText(column.name);
    return [`${role} ${name} holds ${kind(other)}${same}, the run has ${kind(column)}`];
  });
}

/** Says where an option that was typed is not the one of the run. */
export function settingFault(key: string, typed: unknown, value: unknown): string[] {
  if (spell(typed) === spell(value)) return [];
  return [`${optionOf(key)} is ${spell(typed)}, the run has ${spell(value)}`];
}

/** Refuses to go on with other settings, all of them in one sentence. */
export function refuseSettings(folder: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw argumentError(
    `"${showText(folder, 300)}" cannot go on with other settings: ${listFaults(faults)}. ` +
      "Leave them out, or fit anew without --resume.",
  );
}

function spell(value: unknown): string {
  if (value === undefined) return "none";
  return showText(Array.isArray(value) ? value.join() : String(value));
}
