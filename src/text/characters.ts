/** One token for each character of a text: the simplest vocabulary. */
import { argumentError } from "../core/errors.ts";
import { listSome } from "./spell.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * A token for each different character (Unicode code point; what is half of one stands for itself)
 * in ascending order, as nanoGPT has them.
 */
export class CharTokenizer implements Tokenizer {
  readonly name = "char";
  readonly characters: readonly string[];
  readonly #codes: ReadonlyMap<string, number>;

  constructor(characters: Iterable<string>) {
    this.characters = [...characters];
    this.#codes = new Map(this.characters.map((character, code) => [character, code]));
    const odd = this.characters.find((one) => [...one].length !== 1);
    if (odd !== undefined || this.#codes.size !== this.characters.length) {
      throw argumentError("CharTokenizer: need single characters, each once.");
    }
  }

  /** Makes one of the characters of a text, or of several pieces of one. */
  static of(text: string | Iterable<string>): CharTokenizer {
    const seen = new Set<string>();
    for (const piece of typeof text === "string" ? [text] : text) {
      for (const character of piece) seen.add(character);
    }
    return new CharTokenizer([...seen].sort(byCode));
  }

  get vocabSize(): number {
    return this.characters.length;
  }

  encode(text: string): Int32Array {
    const codes = new Int32Array(text.length);
    const odd = new Set<string>();
    let length = 0;
    for (const character of text) {
      const code = this.#codes.get(character);
      if (code === undefined) odd.add(character);
      else codes[length++] = code;
    }
    if (odd.size === 0) return codes.slice(0, length);
    const known = listSome(this.characters, 80);
    throw argumentError(
      `the text has characters that the vocabulary lacks: ${listSome([...odd], 10)}; it has ` +
        `${this.vocabSize}: ${known}.`,
    );
  }

  decode(tokens: ArrayLike<number>): string {
    let text = "";
    for (let k = 0; k < tokens.length; k++) text += this.characters[tokens[k]!] ?? "\uFFFD";
    return text;
  }

  toJSON(): { readonly kind: "char"; readonly characters: readonly string[] } {
    return { kind: "char", characters: this.characters };
  }
}

function byCode(a: string, b: string): number {
  return a.codePointAt(0)! - b.codePointAt(0)!;
}
