/** The door "nabla/models": whole models of text under one interface, GPT among them. */
export { BengioMLP } from "../models/bengio.ts";
export { Bigram } from "../models/bigram.ts";
export type { GPTConfig } from "../models/gpt-config.ts";
export { GPT } from "../models/gpt.ts";
export type { LanguageSizes, Memory } from "../models/language-model.ts";
export { decayGroups, LanguageModel, lossOf } from "../models/language-model.ts";
export type { RecurrentKind } from "../models/recurrent.ts";
export { RecurrentModel } from "../models/recurrent.ts";
