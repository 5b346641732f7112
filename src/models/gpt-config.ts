/** The sizes and the kind of a GPT. */
import { argumentError } from "../core/errors.ts";
import { readNamed } from "../core/options.ts";

const DEFAULTS = {
  vocabSize: 50257,
  blockSize: 1024,
  nLayer: 12,
  nHead: 12,
  nEmbd: 768,
  dropout: 0,
  /** Whether linear layers and norms have a bias, as GPT-2's do. */
  bias: true,
  norm: "layer" as "layer" | "rms",
  positions: "learned" as "learned" | "rotary",
  /** The perceptron: GELU, GELU as GPT-2 approximates it, or SwiGLU. */
  mlp: "gelu" as "gelu" | "gelu-tanh" | "swiglu",
  /** How many heads of keys and values the heads of queries share; 0: each has its own. */
  nKvHead: 0,
  /** Whether queries and keys are normalised. */
  qkNorm: false,
  /** Whether the head is the embedding of the tokens. */
  tied: true,
};

/** The sizes and the kind of a GPT; the defaults are GPT-2's, as nanoGPT has them. */
export type GPTConfig = typeof DEFAULTS;

/** Reads a configuration; throws where sizes are none, or do not divide. */
export function readGPT(options: Partial<GPTConfig>): GPTConfig {
  const config = readNamed("GPT", DEFAULTS, options);
  const { nEmbd, nHead, nKvHead, positions } = config;
  for (const key of ["vocabSize", "blockSize", "nLayer", "nHead", "nEmbd"] as const) {
    if (Number.isInteger(config[key]) && config[key] > 0) continue;
    throw argumentError(`GPT: ${key} is ${config[key]}; need an integer from 1 on.`);
  }
  if (nEmbd % nHead !== 0) {
    throw argumentError(`GPT: nHead ${nHead} does not divide nEmbd ${nEmbd}.`);
  }
  if (nKvHead !== 0 && nHead % nKvHead !== 0) {
    throw argumentError(`GPT: nKvHead ${nKvHead} does not divide nHead ${nHead}.`);
  }
  if (positions === "rotary" && (nEmbd / nHead) % 2 !== 0) {
    throw argumentError(`GPT: rotary positions need heads of an even size, not ${nEmbd / nHead}.`);
  }
  return config;
}
