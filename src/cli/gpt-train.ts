/** Runs `nabla gpt train`: text to tokens, a model, a training that is watched and saved. */
import { host } from "#host";
import { argumentError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { VERSION } from "../core/version.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { lossOf } from "../models/language-model.ts";
import { LambdaLR } from "../optim/schedules/lambda.ts";
import type { Scheduled } from "../optim/schedules/scheduler.ts";
import { terminalPlot } from "../plot/terminal.ts";
import { manualSeed } from "../tensor/random.ts";
import { encodeLanguage } from "../train/text/language-file.ts";
import type { PreparedText } from "../train/text/prepare.ts";
import { prepareText } from "../train/text/prepare.ts";
import { rateAt } from "../train/text/rate.ts";
import type { TextBatch } from "../train/text/text-batches.ts";
import { TextBatches } from "../train/text/text-batches.ts";
import { TokenPart } from "../train/text/token-source.ts";
import { chanceOf } from "../train/text/words.ts";
import { Trainer } from "../train/trainer.ts";
import { terminalStyle, wantsPicture } from "./fit-picture.ts";
import type { TrainFlags, TrainSettings } from "./gpt-flags.ts";
import type { BuiltModel } from "./gpt-model.ts";
import { buildModel, optimizerFor, savedWeights } from "./gpt-model.ts";
import { memoryNeeded, sayMemory } from "./gpt-memory.ts";
import { chooseDevice } from "./gpt-device.ts";
import { readResumed } from "./gpt-resume.ts";
import type { Evaluation, GptConfigFile } from "./gpt-run.ts";
import { commandOf, curvesOf, settingsOf, STATE_FILE, writeRun } from "./gpt-run.ts";
import { GptWatch } from "./gpt-watch.ts";
import { refuseForeign, takeFolder } from "./run-files.ts";
import { exitCodeFor, Terminal } from "./terminal.ts";
import { quote } from "./words.ts";

/** Trains a model on a text and writes its run folder. */
export async function train(
  file: string,
  flags: TrainFlags,
  typed: ReadonlySet<string>,
): Promise<void> {
  const terminal = new Terminal({ silent: flags.quiet === true });
  const folder = (flags.out ?? defaultFolder(file)).replace(/[\\/]+$/, "");
  try {
    const earlier = flags.resume === true ? await readResumed(folder, flags, typed) : undefined;
    const release = await takeFolder(folder);
    try {
      await refuseForeign(folder);
      const settings = earlier?.settings ?? settingsOf(flags);
      await run(terminal, { file, folder, flags, settings, earlier: earlier?.config });
    } finally {
      await release();
    }
  } finally {
    terminal.close();
  }
}

interface Job {
  readonly file: string;
  readonly folder: string;
  readonly flags: TrainFlags;
  readonly settings: TrainSettings;
  readonly earlier: GptConfigFile | undefined;
}

async function run(terminal: Terminal, job: Job): Promise<void> {
  const { folder, flags, settings } = job;
  const device = await chooseDevice(job.earlier?.device ?? flags.device);
  const file = await spooled(job.file, folder);
  const text = await prepareText(file, { tokenizer: settings.tokenizer, folder });
  try {
    if (job.earlier !== undefined && job.earlier.textChecksum !== text.checksum) {
      throw argumentError(
        `"${showText(file, 300)}" is not the text that "${showText(folder, 300)}" was begun with. ` +
          "Train anew without --resume.",
      );
    }
    const [trainPart, valPart] = partsOf(text, settings);
    for (const note of text.notes) terminal.line(`Note: ${note}.`);
    if (valPart.length <= settings.blockSize) {
      terminal.line(`Note: ${valPart.length} tokens are held out; their loss says little.`);
    }
    manualSeed(settings.seed);
    const built = await buildModel(settings, text.tokenizer.vocabSize);
    describe(terminal, built, text, settings, device);
    sayMemory(terminal, memoryNeeded(built.model, settings), device);
    await fit(terminal, { ...job, file }, { built, text, trainPart, valPart, device });
  } finally {
    await text.close();
  }
}

interface Material {
  readonly built: BuiltModel;
  readonly text: PreparedText;
  readonly trainPart: TokenPart;
  readonly valPart: TokenPart;
  readonly device: string;
}

async function fit(terminal: Terminal, job: Job, material: Material): Promise<void> {
  const { folder, flags, settings } = job;
  const { built, text, trainPart, valPart } = material;
  const { model } = built;
  const { batchSize, blockSize, seed, accumulate, evalInterval, evalIters } = settings;
  const drawn = { batchSize, seed };
  const judged = { batchSize, count: evalIters, fixed: true };
  const valBlock = Math.min(blockSize, valPart.length - 1);
  const batches = new TextBatches(trainPart, {
    ...drawn,
    blockSize,
    count: evalInterval * accumulate,
  });
  const watch = new GptWatch({
    ...{ model, terminal, seed, tokenizer: text.tokenizer, maxIters: settings.maxIters },
    train: new TextBatches(trainPart, { ...judged, blockSize, seed: seed + 1 }),
    val: new TextBatches(valPart, { ...judged, blockSize: valBlock, seed: seed + 2 }),
    latin: text.latin,
    tokensPerStep: batchSize * blockSize * accumulate,
    bytesPerToken: text.bytes / text.tokens.length,
    keep: (evaluations, best) => keep(job, material, evaluations, best),
  });
  const trainer = trainerFor(model, settings, watch, {
    checkpoint: { path: `${folder}/${STATE_FILE}`, everySeconds: flags.saveEvery },
    resume: job.earlier !== undefined,
  });
  await trainer.fit(batches as never);
  conclude(terminal, job, watch.evaluations, material);
}

function trainerFor(
  model: LanguageModel,
  settings: TrainSettings,
  watch: GptWatch,
  kept: { readonly checkpoint: object; readonly resume: boolean },
): Trainer<TextBatch> {
  const { lr, minLr = lr / 10, warmupIters, maxIters, accumulate, gradClip } = settings;
  const optimizer = optimizerFor(model, settings);
  const course = { lr, minLr, warmupIters, lrDecayIters: maxIters };
  return new Trainer<TextBatch>(model, {
    step: ([index, target]) => lossOf(model, index, target),
    optimizer,
    scheduler: {
      scheduler: new LambdaLR(
        optimizer as unknown as Scheduled,
        (iter) => rateAt(iter, course) / lr,
      ),
      every: "step",
    },
    steps: maxIters,
    accumulate,
    ...(gradClip > 0 ? { clipGradNorm: gradClip } : {}),
    callbacks: [watch],
    ...(kept as { readonly checkpoint: { readonly path: string }; readonly resume: boolean }),
  });
}

/** Writes the run folder after an evaluation. */
async function keep(
  { file, folder, settings, earlier }: Job,
  { built, text, device }: Material,
  evaluations: readonly Evaluation[],
  best: boolean,
): Promise<void> {
  const { model, kind, sizes } = built;
  const least = evaluations.reduce((a, b) => (b.val < a.val ? b : a));
  const config: GptConfigFile = {
    nabla: VERSION,
    gpt: settings,
    text: earlier?.text ?? file,
    textChecksum: text.checksum,
    textBytes: text.bytes,
    latin: text.latin,
    tokens: text.tokens.length,
    vocabSize: text.tokenizer.vocabSize,
    parameters: model.parameters().reduce((sum, p) => sum + p.numel(), 0),
    device,
    bestIter: least.iter,
    command: commandOf(file, settings),
  };
  const { tokenizer } = text;
  const weights = savedWeights(model);
  const bytes = best ? await encodeLanguage({ kind, sizes, model, tokenizer }, weights) : undefined;
  await writeRun(folder, config, evaluations, bytes);
}

function conclude(
  terminal: Terminal,
  { folder, file, settings }: Job,
  evaluations: readonly Evaluation[],
  { text }: Material,
): void {
  if (terminal.stop !== undefined) {
    terminal.line(`Stopped; saved in ${showText(folder, 300)}.`);
    terminal.line(`Next: nabla gpt train ${quote(file)} --out ${quote(folder)} --resume`);
    host.setExitCode(exitCodeFor(terminal.stop));
    return;
  }
  if (wantsPicture() && evaluations.length > 1) {
    const curves = curvesOf(evaluations, chanceOf(text.tokenizer.vocabSize));
    for (const row of terminalPlot(curves, { height: 10, ...terminalStyle() })) terminal.line(row);
  }
  const least = evaluations.reduce((a, b) => (b.val < a.val ? b : a));
  terminal.line(
    `Wrote ${showText(folder, 300)}: model.safetensors has the weights of iteration ` +
      `${least.iter} of ${settings.maxIters}, validation ${least.val.toFixed(4)}.`,
  );
  terminal.line(`Next: nabla gpt sample ${quote(folder)}`);
}

function describe(
  terminal: Terminal,
  { model, kind }: BuiltModel,
  text: PreparedText,
  settings: TrainSettings,
  device: string,
): void {
  const { tokenizer, tokens, bytes } = text;
  const all = model.parameters().reduce((sum, p) => sum + p.numel(), 0);
  const number = (n: number): string => n.toLocaleString("en");
  terminal.line(
    `${number(bytes)} bytes, ${number(tokens.length)} tokens (${tokenizer.name}) of ` +
      `${number(tokenizer.vocabSize)} kinds; ${kind}, ${number(all)} parameters, on ${device}`,
  );
  const chance = chanceOf(tokenizer.vocabSize);
  terminal.line(
    `Pure chance has a loss of ln ${tokenizer.vocabSize} = ${chance.toFixed(3)}; ` +
      `${number(settings.maxIters)} iterations of ${settings.batchSize} × ` +
      `${settings.blockSize} tokens.`,
  );
}

/** The first nine tenths, and the rest; throws where a block does not fit. */
function partsOf({ tokens }: PreparedText, { blockSize }: TrainSettings): [TokenPart, TokenPart] {
  const cut = Math.floor(tokens.length * 0.9);
  if (cut > blockSize && tokens.length - cut >= 2) {
    return [new TokenPart(tokens, 0, cut), new TokenPart(tokens, cut, tokens.length - cut)];
  }
  const fits = cut >= 3 ? `; --block-size ${Math.max(1, Math.floor((cut - 1) / 2))} would do` : "";
  throw argumentError(
    `the text has ${tokens.length} tokens, of which ${cut} are trained on; a block of ` +
      `${blockSize} and the token behind it need ${blockSize + 1}${fits}.`,
  );
}

/** Standard input is kept, so that it can be read twice, and again by --resume. */
async function spooled(file: string, folder: string): Promise<string> {
  if (file !== "-") return file;
  const path = `${folder}/input.txt`;
  await host.writeFileAtomic(path, "");
  for await (const piece of host.readPieces("-")) await host.append(path, piece);
  return path;
}

function defaultFolder(file: string): string {
  const base =
    file === "-"
      ? "text"
      : file
          .split(/[\\/]/)
          .at(-1)!
          .replace(/\.[^.]+$/, "");
  return `runs/${base || "text"}`;
}
