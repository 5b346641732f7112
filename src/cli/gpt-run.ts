/** The run folder of `nabla gpt train`: its files, written together and read back. */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { figure } from "../plot/figure.ts";
import type { Panel } from "../plot/series.ts";
import { line, panel } from "../plot/series.ts";
import type { LanguageFile } from "../train/text/language-file.ts";
import { loadLanguage } from "../train/text/language-file.ts";
import { chanceOf } from "../train/text/words.ts";
import { EXIT, ExitError } from "./exit.ts";
import { CALL_FLAGS } from "./gpt-flags.ts";
import type { TrainFlags, TrainSettings } from "./gpt-flags.ts";
import { parseObject } from "./run-config.ts";
import { quote } from "./words.ts";

/** What was found at an evaluation. */
export interface Evaluation {
  readonly iter: number;
  /** Mean losses in nats per token, of text that was trained on and of text that was held out. */
  readonly train: number;
  readonly val: number;
  readonly lr: number;
  readonly tokensPerSecond: number;
  readonly sample: string;
}

/** What config.json holds of a run. */
export interface GptConfigFile {
  readonly nabla: string;
  readonly gpt: TrainSettings;
  readonly text: string;
  readonly textChecksum: string;
  readonly textBytes: number;
  /** Whether it is mostly in Latin letters. */
  readonly latin: boolean;
  readonly tokens: number;
  readonly vocabSize: number;
  readonly parameters: number;
  readonly device: string;
  /** The iteration whose weights model.safetensors has. */
  readonly bestIter: number;
  readonly command: string;
}

/** A run as its folder holds it. */
export interface GptRun extends LanguageFile {
  readonly folder: string;
  readonly config: GptConfigFile;
  readonly evaluations: readonly Evaluation[];
}

/** The file of the training's state. */
export const STATE_FILE = "training.safetensors";

/** The settings of a run among the options of a call. */
export function settingsOf(flags: TrainFlags): TrainSettings {
  const kept = Object.entries(flags).filter(([key]) => !CALL_FLAGS.has(key));
  return Object.fromEntries(kept) as unknown as TrainSettings;
}

/** An option as it is typed: `--n-layer`. */
export function spellFlag(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Spells the command that repeats a run. */
export function commandOf(text: string, settings: TrainSettings): string {
  const words = Object.entries(settings).flatMap(([key, value]) =>
    value === true ? [spellFlag(key)] : [spellFlag(key), String(value)],
  );
  return ["nabla", "gpt", "train", text, ...words].map(quote).join(" ");
}

/** The picture of both losses. */
export function curvesOf(evaluations: readonly Evaluation[], chance: number): Panel {
  const iters = evaluations.map(({ iter }) => iter);
  const losses = (key: "train" | "val"): number[] => evaluations.map((one) => one[key]);
  return panel(
    [
      line(iters, losses("train"), { label: "training" }),
      line(iters, losses("val"), { label: "held out", dashed: true }),
    ],
    { xLabel: "iteration", yLabel: `loss in nats per token (chance: ${chance.toFixed(2)})` },
  );
}

/** Writes what an evaluation has brought; files that belong together are replaced together. */
export async function writeRun(
  folder: string,
  config: GptConfigFile,
  evaluations: readonly Evaluation[],
  model: Uint8Array | undefined,
): Promise<void> {
  const lines = evaluations.map((one) => JSON.stringify(one));
  const picture = figure([[curvesOf(evaluations, chanceOf(config.vocabSize))]], {
    title: showText(config.text.split(/[\\/]/).at(-1)!),
  });
  await host.writeFilesAtomic([
    ...(model === undefined ? [] : [[`${folder}/model.safetensors`, model] as const]),
    [`${folder}/config.json`, `${JSON.stringify(config, null, 2)}\n`],
    [`${folder}/metrics.jsonl`, `${lines.join("\n")}\n`],
    [`${folder}/loss.svg`, picture],
  ]);
}

/** Reads config.json; undefined where the folder is none of such a run. */
export async function readConfig(folder: string): Promise<GptConfigFile | undefined> {
  const path = await host.savedFile(folder, "config.json");
  if (!(await host.exists(path))) return undefined;
  const config = parseObject(await host.readText(path, 10_000_000));
  if (config === undefined || !Object.hasOwn(config, "gpt")) return undefined;
  return config as unknown as GptConfigFile;
}

/** Reads a run, or a model file alone. */
export async function readModel(path: string): Promise<LanguageFile> {
  if (path.endsWith(".safetensors")) return loadLanguage(path);
  const folder = path.replace(/[\\/]+$/, "") || path;
  const file = await host.savedFile(folder, "model.safetensors");
  if (!(await host.exists(file))) throw await noRun(folder);
  return loadLanguage(file);
}

/** Reads a whole run. */
export async function readGptRun(path: string): Promise<GptRun> {
  const folder = path.replace(/[\\/]+$/, "") || path;
  const config = await readConfig(folder);
  if (config === undefined) throw await noRun(folder);
  const language = await readModel(folder);
  const metrics = await host.readText(await host.savedFile(folder, "metrics.jsonl"));
  const evaluations = metrics.split("\n").map(parseObject);
  return {
    ...language,
    folder,
    config,
    evaluations: evaluations.filter((one) => one !== undefined) as unknown as Evaluation[],
  };
}

async function noRun(folder: string): Promise<Error> {
  const shown = `"${showText(folder, 300)}"`;
  if (!(await host.exists(folder))) {
    return new ExitError(
      EXIT.failed,
      `there is no run folder ${shown}; nabla gpt train makes one.`,
    );
  }
  return new NablaError("format", `${shown} holds no model of text; nabla gpt train makes one.`);
}
