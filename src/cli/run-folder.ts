/** The run folder: model, metrics, settings and picture, each replaced as a whole. */
import { host } from "#host";
import { formatNumber, showText } from "../core/format.ts";
import { VERSION } from "../core/version.ts";
import type { FitResult } from "../train/fit.ts";
import { drawFit } from "../train/picture.ts";
import type { FitFlags } from "./fit-flags.ts";
import { renderPng } from "./png.ts";

/** The files of a run, in the order in which they are named. */
export const RUN_FILES = [
  "model.safetensors",
  "metrics.jsonl",
  "config.json",
  "fit.svg",
  "fit.png",
] as const;

/** What a run folder is made from. */
export interface RunSource {
  readonly path: string;
  readonly folder: string;
  readonly flags: FitFlags;
}

/**
 * Makes the folder before training, so that a run is not trained for nothing, and takes it for this
 * process alone. Returns what gives it back.
 */
export async function takeFolder(folder: string): Promise<() => Promise<void>> {
  await host.makeFolder(folder);
  return host.lock(`${folder}/run.lock`);
}

/**
 * Writes the files; returns their names. The model comes last: it marks the run as complete.
 */
export async function writeRun(fit: FitResult, source: RunSource): Promise<readonly string[]> {
  // Everything is made before the first file is touched.
  const picture = await drawFit(fit, showText(source.path.split(/[\\/]/).at(-1)!));
  const files: [name: string, content: string | Uint8Array][] = [
    ["metrics.jsonl", metricsLines(fit)],
    ["config.json", configText(fit, source)],
    ["fit.svg", picture],
    ["fit.png", await renderPng(picture)],
    ["model.safetensors", await fit.model.encode()],
  ];
  for (const [name, content] of files) {
    await host.writeFileAtomic(`${source.folder}/${name}`, content);
  }
  return RUN_FILES;
}

function metricsLines({ history, epochs, metrics }: FitResult): string {
  const lines = history.epochs.map((epoch, i) =>
    JSON.stringify(
      i === history.epochs.length - 1
        ? { epoch: epochs, loss: history.losses[i], ...metrics }
        : { epoch, loss: history.losses[i] },
    ),
  );
  return `${lines.join("\n")}\n`;
}

function configText(fit: FitResult, { path, flags }: RunSource): string {
  const { hidden, activation, optimizer, lr, epochs, scale, seed } = flags;
  const settings = { hidden, activation, optimizer, lr, epochs, scale, seed };
  const config = {
    nabla: VERSION,
    table: path,
    x: fit.x.name,
    y: fit.y.name,
    ...settings,
    rows: fit.y.values.length,
    parameters: fit.parameters,
    epochsRun: fit.epochs,
    command: commandOf(fit, path, flags),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Spells the command that repeats the run. */
function commandOf(fit: FitResult, path: string, flags: FitFlags): string {
  const words = [
    ["nabla", "fit", path, "--x", fit.x.name, "--y", fit.y.name, "--hidden", flags.hidden.join()],
    ["--activation", flags.activation, "--optimizer", flags.optimizer],
    ["--lr", formatNumber(flags.lr, { digits: 15 }), "--epochs", String(flags.epochs)],
    ["--scale", flags.scale, "--seed", String(flags.seed)],
  ].flat();
  return words
    .map((word) => (/^[\w./\\:,~+-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(" ");
}
