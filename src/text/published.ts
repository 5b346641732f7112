/**
 * Tokenizers of published models, through libraries of their own that are loaded when they are
 * asked for: GPT-2's encoding (`gpt-tokenizer`), and any `tokenizer.json` of Hugging Face
 * (`@huggingface/tokenizers`).
 */
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** What of gpt-tokenizer is used. */
interface Encoding {
  encode(text: string, options: { readonly disallowedSpecial: ReadonlySet<string> }): number[];
  decode(tokens: Iterable<number>): string;
}

/** What of @huggingface/tokenizers is used. */
interface Published {
  encode(
    text: string,
    options: { readonly add_special_tokens: boolean },
  ): {
    readonly ids: readonly number[];
  };
  decode(tokens: readonly number[], options: { readonly skip_special_tokens: boolean }): string;
}

type PublishedClass = new (tokenizer: object, config: object) => Published;

const NO_SPECIAL = { disallowedSpecial: /* @__PURE__ */ new Set<string>() };

/** GPT-2's 50,257 tokens; `<|endoftext|>` in a text is text. */
export async function loadGPT2Tokenizer(): Promise<Tokenizer> {
  const found = await host.importPackage("gpt-tokenizer", "encoding/r50k_base");
  const { encode, decode } = found as Encoding;
  return {
    name: "gpt2",
    vocabSize: 50_257,
    encode: (text) => Int32Array.from(encode(wellFormed(text), NO_SPECIAL)),
    decode: (tokens) => decode(Array.from(tokens)),
    toJSON: () => ({ kind: "gpt2" }),
  };
}

/** The tokenizer of a file `tokenizer.json`. */
export async function loadTokenizerJson(path: string): Promise<Tokenizer> {
  const text = await host.readText(path, 100_000_000);
  let json: object;
  try {
    json = JSON.parse(text) as object;
  } catch (cause) {
    throw new NablaError("format", `"${showText(path, 300)}" is no JSON.`, { cause });
  }
  return tokenizerOfJson(json);
}

/** The same of what such a file holds. */
export async function tokenizerOfJson(json: object): Promise<Tokenizer> {
  const vocab = (json as { readonly model?: { readonly vocab?: object } }).model?.vocab;
  if (vocab === undefined) {
    throw new NablaError("format", "the JSON is no tokenizer: it has no model.vocab.");
  }
  const added = (json as { readonly added_tokens?: readonly { readonly id: number }[] })
    .added_tokens;
  const ids = Object.values(vocab as Record<string, number>);
  const last = [...ids, ...(added ?? []).map(({ id }) => id)].reduce((a, b) => Math.max(a, b), -1);
  const found = await host.importPackage("@huggingface/tokenizers", "");
  const { Tokenizer: Made } = found as { readonly Tokenizer: PublishedClass };
  const made = new Made(json, {});
  return {
    name: "tokenizer.json",
    vocabSize: last + 1,
    encode: (text) =>
      Int32Array.from(made.encode(wellFormed(text), { add_special_tokens: false }).ids),
    decode: (tokens) =>
      tokens.length === 0 ? "" : made.decode(Array.from(tokens), { skip_special_tokens: false }),
    toJSON: () => ({ kind: "tokenizer.json", json }),
  };
}

/** Libraries put � in the place of half a character; that text would not come back. */
function wellFormed(text: string): string {
  if (!/\p{Cs}/u.test(text)) return text;
  throw argumentError("the text has half of a character (a lone surrogate), which no bytes spell.");
}
