/** The options of `nabla gpt` as commander hands them over. */
import type { ModelKind } from "../models/language-models.ts";

/** The options that decide what a training does: they are kept in its folder. */
export interface TrainSettings {
  readonly model: ModelKind;
  readonly nLayer: number;
  readonly nHead: number;
  readonly nEmbd: number;
  readonly blockSize: number;
  readonly batchSize: number;
  readonly dropout: number;
  readonly bias?: boolean;
  readonly norm: "layer" | "rms";
  readonly positions: "learned" | "rotary";
  readonly mlp: "gelu" | "gelu-tanh" | "swiglu";
  readonly nKvHead?: number;
  readonly qkNorm?: boolean;
  readonly maxIters: number;
  readonly optimizer: "adamw" | "muon";
  readonly lr: number;
  readonly minLr?: number;
  readonly warmupIters: number;
  readonly weightDecay: number;
  readonly beta2: number;
  readonly gradClip: number;
  readonly accumulate: number;
  readonly evalInterval: number;
  readonly evalIters: number;
  readonly tokenizer: string;
  readonly init?: string;
  readonly lora?: number;
  readonly freeze?: string;
  readonly seed: number;
}

/** The options of `nabla gpt train`. */
export interface TrainFlags extends TrainSettings {
  readonly device: "auto" | "wasm" | "native";
  readonly resume?: boolean;
  readonly saveEvery: number;
  readonly out?: string;
  readonly quiet?: boolean;
}

/** The options of `nabla gpt sample` and `nabla gpt chat`. */
export interface SampleFlags {
  readonly prompt?: string;
  readonly tokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP?: number;
  readonly stop?: string;
  readonly exactWindow?: boolean;
  readonly seed: number;
  readonly why?: boolean;
  readonly json?: boolean;
}

/** What of the options is no setting of the run but of the call. */
export const CALL_FLAGS: ReadonlySet<string> = new Set([
  ...["device", "resume", "saveEvery", "out", "quiet"],
]);
