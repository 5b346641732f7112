/** The models of text by name, made of the same sizes. */
import { BengioMLP } from "./bengio.ts";
import { Bigram } from "./bigram.ts";
import type { GPTConfig } from "./gpt-config.ts";
import { GPT } from "./gpt.ts";
import type { LanguageModel, LanguageSizes } from "./language-model.ts";
import { RecurrentModel } from "./recurrent.ts";

/** The sizes of any of them; those of a GPT have more. */
export type ModelSizes = LanguageSizes & Partial<GPTConfig>;

/** How each is made, from the oldest to the youngest. */
const MAKERS = {
  bigram: (sizes: ModelSizes): LanguageModel => new Bigram(sizes),
  mlp: (sizes: ModelSizes): LanguageModel => new BengioMLP(sizes),
  rnn: (sizes: ModelSizes): LanguageModel => new RecurrentModel("rnn", sizes),
  lstm: (sizes: ModelSizes): LanguageModel => new RecurrentModel("lstm", sizes),
  gru: (sizes: ModelSizes): LanguageModel => new RecurrentModel("gru", sizes),
  gpt: (sizes: ModelSizes): LanguageModel => new GPT(sizes),
} as const;

/** The name of a kind of model. */
export type ModelKind = keyof typeof MAKERS;

/** The names. */
export const MODEL_KINDS = Object.keys(MAKERS) as ModelKind[];

/** Makes a model of a kind. */
export function makeLanguageModel(kind: ModelKind, sizes: ModelSizes): LanguageModel {
  return MAKERS[kind](sizes);
}
