/** The door "nabla/models": whole models of text under one interface, GPT among them. */
export { BengioMLP } from "../models/bengio.ts";
export { Bigram } from "../models/bigram.ts";
export type { GPTConfig } from "../models/gpt-config.ts";
export { GPT } from "../models/gpt.ts";
export type { GPTFormat } from "../models/gpt-weights.ts";
export { loadGPT, loadGPTWeights, saveGPT } from "../models/gpt-weights.ts";
export type { GenerateOptions, WriterOptions, Written } from "../models/generate.ts";
export { generate, Writer } from "../models/generate.ts";
export type { LanguageSizes, Memory } from "../models/language-model.ts";
export { decayGroups, LanguageModel, lossOf } from "../models/language-model.ts";
export type { ModelKind, ModelSizes } from "../models/language-models.ts";
export { makeLanguageModel, MODEL_KINDS } from "../models/language-models.ts";
export type { LoRAOptions } from "../models/lora.ts";
export { addLoRA, LoRALinear, mergedWeights, mergeLoRA } from "../models/lora.ts";
export type { RecurrentKind } from "../models/recurrent.ts";
export { RecurrentModel } from "../models/recurrent.ts";
export type { SamplingOptions } from "../models/sampling.ts";
export { draw, probabilities } from "../models/sampling.ts";
