/** Tokenizers to and from JSON. */
import { NablaError } from "../core/errors.ts";
import type { Merge } from "./byte-pairs.ts";
import { BytePairTokenizer } from "./byte-pairs.ts";
import { CharTokenizer } from "./characters.ts";
import { loadGPT2Tokenizer, tokenizerOfJson } from "./published.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Makes a tokenizer of what its `toJSON` gave; throws a format error for anything else. */
export async function tokenizerFrom(value: unknown): Promise<Tokenizer> {
  const { kind, characters, merges, json } = (value ?? {}) as Record<string, unknown>;
  if (kind === "gpt2") return loadGPT2Tokenizer();
  if (kind === "tokenizer.json") return tokenizerOfJson(json as object);
  try {
    if (kind === "char") return new CharTokenizer(characters as string[]);
    if (kind === "bpe") {
      const list = (merges as readonly [number, number, number][]).map(
        ([left, right, count], k): Merge => ({ left, right, token: 256 + k, count }),
      );
      return new BytePairTokenizer(list);
    }
  } catch (cause) {
    throw new NablaError("format", "what describes the tokenizer is damaged.", { cause });
  }
  throw new NablaError("format", "what describes the tokenizer is none that is known.");
}
