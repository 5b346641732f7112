/** What tokenizers share, and how one is kept in a file and read back. */

/** Turns text into tokens (numbers from 0 on) and back. */
export interface Tokenizer {
  /** Its kind, as the command line spells it: `char`, `bpe:512`, `gpt2`. */
  readonly name: string;
  readonly vocabSize: number;
  /** Throws an argument error for what no token spells. */
  encode(text: string): Int32Array;
  /** What tokens spell together; halves of a letter at the ends show as �. */
  decode(tokens: ArrayLike<number>): string;
  /** What makes it again, as JSON. */
  toJSON(): object;
}

/** Decodes tokens one by one: a letter of several tokens comes with its last one. */
export class TokenStream {
  readonly #tokenizer: Tokenizer;
  #held: number[] = [];

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** The text that a further token completes; "" while a letter is unfinished. */
  push(token: number): string {
    this.#held.push(token);
    const text = this.#tokenizer.decode(this.#held);
    // a letter has at most four bytes: what is still no text then never will be
    if (text.endsWith("\uFFFD") && this.#held.length < 4) return "";
    this.#held = [];
    return text;
  }

  /** What is left at the end. */
  end(): string {
    if (this.#held.length === 0) return "";
    const text = this.#tokenizer.decode(this.#held);
    this.#held = [];
    return text;
  }
}
