/** The door "nabla/text": tokenizers, and writing with a model of text. */
export type { Merge } from "../text/byte-pairs.ts";
export { BytePairTokenizer } from "../text/byte-pairs.ts";
export { CharTokenizer } from "../text/characters.ts";
export { tokenizerFrom } from "../text/kept.ts";
export { loadGPT2Tokenizer, loadTokenizerJson, tokenizerOfJson } from "../text/published.ts";
export { spellToken } from "../text/spell.ts";
export type { Tokenizer } from "../text/tokenizer.ts";
export { TokenStream } from "../text/tokenizer.ts";
