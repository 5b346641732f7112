/** How much memory a training takes, said before it begins. */
import { host } from "#host";
import { argumentError } from "../core/errors.ts";
import type { LanguageModel } from "../models/language-model.ts";
import type { TrainSettings } from "./gpt-flags.ts";
import type { Terminal } from "./terminal.ts";

/** What WebAssembly can address. */
const WASM_BYTES = 4_294_967_296;

/**
 * Estimates the bytes of a training: weights, gradients and two means each, with a copy on the
 * host, and what the backward pass needs of each token.
 */
export function memoryNeeded(model: LanguageModel, settings: TrainSettings): number {
  const { batchSize, blockSize, nLayer, nHead, nEmbd } = settings;
  const weights = model.parameters().reduce((sum, p) => sum + p.numel(), 0);
  const tokens = batchSize * blockSize;
  const attention = settings.model === "gpt" ? 3 * nHead * blockSize : 0;
  const inner = settings.model === "bigram" ? 0 : nLayer * (24 * nEmbd + attention);
  return 4 * (6 * weights + tokens * (inner + 4 * model.vocabSize));
}

/** Says the estimate; throws where there is not so much. */
export function sayMemory(terminal: Terminal, bytes: number, device: string): void {
  const installed = host.environment().memoryBytes;
  const gigabytes = (n: number): string =>
    n < 1e9 ? `${Math.ceil(n / 1e6)} MB` : `${(n / 1e9).toFixed(1)} GB`;
  terminal.line(`It needs about ${gigabytes(bytes)} of memory.`);
  const most = device === "wasm" ? Math.min(WASM_BYTES, installed || WASM_BYTES) : installed;
  if (most === 0 || bytes <= most) return;
  throw argumentError(
    `this training needs about ${gigabytes(bytes)} of memory; ${device} has ${gigabytes(most)}. ` +
      "Smaller --batch-size, --block-size or --n-embd need less.",
  );
}
