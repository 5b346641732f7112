/** Makes the model that `nabla gpt train` trains, and what updates it. */
import { argumentError } from "../core/errors.ts";
import { loadGPT } from "../models/gpt-weights.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { decayGroups } from "../models/language-model.ts";
import type { ModelKind, ModelSizes } from "../models/language-models.ts";
import { makeLanguageModel } from "../models/language-models.ts";
import { addLoRA, mergedWeights } from "../models/lora.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { AdamW } from "../optim/adamw.ts";
import { Muon } from "../optim/muon.ts";
import { SideBySide } from "../optim/side-by-side.ts";
import type { Updater } from "../train/training-step.ts";
import type { TrainSettings } from "./gpt-flags.ts";

/** A model, and what makes one of the same shape. */
export interface BuiltModel {
  readonly model: LanguageModel;
  readonly kind: ModelKind;
  readonly sizes: ModelSizes;
}

/** Makes the model: of the sizes that were asked for, or that which `--init` names. */
export async function buildModel(settings: TrainSettings, vocabSize: number): Promise<BuiltModel> {
  const { model: kind, nLayer, nHead, nEmbd, blockSize, dropout, init } = settings;
  if (init !== undefined) return loaded(init, settings, vocabSize);
  const shared = { vocabSize, blockSize, nLayer, nEmbd, dropout };
  const { bias = false, norm, positions, mlp, nKvHead = 0, qkNorm = false } = settings;
  const more = { nHead, bias, norm, positions, mlp, nKvHead, qkNorm };
  const sizes = kind === "gpt" ? { ...shared, ...more } : shared;
  return prepared({ kind, sizes, model: makeLanguageModel(kind, sizes) }, settings);
}

/** A GPT of a file: its sizes are those of the file. */
async function loaded(
  init: string,
  settings: TrainSettings,
  vocabSize: number,
): Promise<BuiltModel> {
  const { model: kind, dropout, blockSize } = settings;
  if (kind !== "gpt") throw argumentError(`--init has the weights of a GPT, not of a ${kind}.`);
  const model = await loadGPT(init, { dropout });
  const { config } = model;
  if (config.vocabSize !== vocabSize) {
    throw argumentError(
      `the model of --init knows ${config.vocabSize} tokens, the tokenizer ${settings.tokenizer} ` +
        `has ${vocabSize}${config.vocabSize === 50_257 ? "; --tokenizer gpt2 fits" : ""}.`,
    );
  }
  if (blockSize > config.blockSize) {
    throw argumentError(
      `the model of --init has blocks of ${config.blockSize}; --block-size ${blockSize} is more.`,
    );
  }
  return prepared({ kind, sizes: config, model }, settings);
}

/** Freezes what stays as it is, and adds what is trained beside it. */
function prepared(built: BuiltModel, { freeze: names, lora }: TrainSettings): BuiltModel {
  freeze(built.model, names);
  if (lora !== undefined) addLoRA(built.model, { rank: lora });
  return built;
}

/** Takes parts out of the training. */
function freeze(model: LanguageModel, names: string | undefined): void {
  for (const part of names?.split(",") ?? []) {
    const found = model.namedParameters().filter(([name]) => `.${name}`.includes(`.${part}.`));
    if (found.length === 0) {
      throw argumentError(
        `--freeze: the model has no part "${part}"; parts are such as wte or h.0.`,
      );
    }
    for (const [, parameter] of found) parameter.requiresGrad = false;
  }
}

/** Makes the optimizer; with Muon it updates the matrices of the layers, AdamW all else. */
export function optimizerFor(model: LanguageModel, settings: TrainSettings): Updater {
  const { lr, beta2, weightDecay } = settings;
  const betas = [0.9, beta2] as const;
  if (settings.optimizer === "adamw") {
    return new AdamW(decayGroups(model, weightDecay), { lr, betas });
  }
  const inLayers = ([name, p]: [string, Tensor]): boolean =>
    p.ndim === 2 && !/(wte|wpe|lm_head|table|head)\.weight$/.test(name);
  const trained = model.namedParameters().filter(([, p]) => p.requiresGrad);
  const rest = trained.filter((one) => !inLayers(one)).map(([, p]) => p);
  const matrices = trained.filter(inLayers).map(([, p]) => p);
  if (matrices.length === 0)
    throw argumentError("--optimizer muon: the model has no matrix for it.");
  return new SideBySide(
    new Muon([{ params: matrices }], { lr: 20 * lr, weightDecay }),
    new AdamW([{ params: rest, weightDecay: 0 }], { lr, betas }),
  );
}

/** The weights as the run folder keeps them: what was trained beside them is added to them. */
export function savedWeights(model: LanguageModel): readonly (readonly [string, Tensor])[] {
  return mergedWeights(model);
}
