/**
 * Byte-pair encoding, trained from scratch: the 256 bytes are the first tokens, and again and again
 * the pair that is most frequent becomes a token of its own. Pairs do not cross words, as GPT-2
 * splits them. Any Unicode text comes back as it was: what is no token is bytes.
 *
 * Training counts each different word once, keeps for every pair how often it is and in which
 * words, and after a merge counts anew around the places of that pair alone.
 */
import { argumentError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { MaxHeap } from "./max-heap.ts";
import { spellToken } from "./spell.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** One step of the training: two tokens became one. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  /** The number of the new token. */
  readonly token: number;
  /** How often the pair stood in the text when it was merged. */
  readonly count: number;
}

/** Splits as GPT-2's does, and all other text falls into one of its parts. */
const WORDS = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
const BYTES = 256;
/** So many different words are remembered with their tokens. */
const REMEMBERED = 50_000;

const encoder = /* @__PURE__ */ new TextEncoder();

/** A byte-level byte-pair tokenizer; `merges` are its steps, in order. */
export class BytePairTokenizer implements Tokenizer {
  readonly merges: readonly Merge[];
  /** The bytes of each token. */
  readonly bytes: readonly Uint8Array[];
  /** Which token a pair of tokens becomes. */
  readonly #joined = new Map<number, number>();
  readonly #known = new Map<string, readonly number[]>();

  constructor(merges: readonly Merge[]) {
    this.merges = merges;
    const bytes = Array.from({ length: BYTES }, (_, byte) => Uint8Array.of(byte));
    for (const { left, right, token } of merges) {
      if (token !== bytes.length || !(left < token && right < token && left >= 0 && right >= 0)) {
        throw argumentError(`BytePairTokenizer: the merge to token ${token} joins none before it.`);
      }
      bytes.push(Uint8Array.of(...bytes[left]!, ...bytes[right]!));
      this.#joined.set(keyOf(left, right), token);
    }
    this.bytes = bytes;
  }

  /**
   * Trains one of `vocabSize` tokens, 256 of them bytes, on a text or its pieces; ends earlier
   * where no pair stands twice.
   */
  static train(text: string | Iterable<string>, vocabSize: number): BytePairTokenizer {
    if (!(Number.isInteger(vocabSize) && vocabSize >= BYTES && vocabSize <= 1_000_000)) {
      throw argumentError(
        `BytePairTokenizer: vocabSize is ${show(vocabSize)}; need an integer from 256 on.`,
      );
    }
    const words = new Map<string, number>();
    for (const piece of typeof text === "string" ? [text] : text) countWords(piece, words);
    return new BytePairTokenizer(new Training(words).merges(vocabSize - BYTES));
  }

  get name(): string {
    return `bpe:${this.vocabSize}`;
  }

  get vocabSize(): number {
    return this.bytes.length;
  }

  encode(text: string): Int32Array {
    refuseHalves(text);
    const tokens: number[] = [];
    for (const [word] of text.matchAll(WORDS)) {
      for (const token of this.#ofWord(word)) tokens.push(token);
    }
    return Int32Array.from(tokens);
  }

  decode(tokens: ArrayLike<number>): string {
    const parts: Uint8Array[] = [];
    for (let k = 0; k < tokens.length; k++) {
      const bytes = this.bytes[tokens[k]!];
      if (bytes === undefined) {
        throw argumentError(
          `decode: ${tokens[k]} is no token; there are 0 to ${this.vocabSize - 1}.`,
        );
      }
      parts.push(bytes);
    }
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(joinBytes(parts));
  }

  /**
   * The steps by which a word becomes tokens: the bytes, then after each merge, spelled, such as
   * `["l o w", "lo w", "low"]`.
   */
  explain(word: string): string[] {
    const steps: string[] = [];
    const spell = (tokens: readonly number[]): string =>
      tokens.map((token) => spellToken(this.decode([token]))).join(" ");
    for (const [part] of word.matchAll(WORDS)) {
      this.#merged([...encoder.encode(part)], (tokens) => steps.push(spell(tokens)));
    }
    return steps;
  }

  toJSON(): { readonly kind: "bpe"; readonly merges: readonly (readonly number[])[] } {
    return {
      kind: "bpe",
      merges: this.merges.map(({ left, right, count }) => [left, right, count]),
    };
  }

  #ofWord(word: string): readonly number[] {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    const tokens = this.#merged([...encoder.encode(word)]);
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(word, tokens);
    return tokens;
  }

  /** Merges the pair that was learned first, again and again. */
  #merged(tokens: number[], seen?: (tokens: readonly number[]) => void): number[] {
    for (;;) {
      seen?.(tokens);
      let first = Infinity;
      for (let k = 1; k < tokens.length; k++) {
        const token = this.#joined.get(keyOf(tokens[k - 1]!, tokens[k]!));
        if (token !== undefined && token < first) first = token;
      }
      if (first === Infinity) return tokens;
      tokens = joinPair(tokens, this.merges[first - BYTES]!);
    }
  }
}

/** Two tokens as one number. */
function keyOf(left: number, right: number): number {
  return left * 1_048_576 + right;
}

function countWords(text: string, words: Map<string, number>): void {
  refuseHalves(text);
  for (const [word] of text.matchAll(WORDS)) words.set(word, (words.get(word) ?? 0) + 1);
}

/** Half of a letter outside the first 65,536 has no bytes: it would come back as another. */
function refuseHalves(text: string): void {
  const at = text.search(/\p{Cs}/u);
  if (at < 0) return;
  throw argumentError(
    `the text has half of a character at place ${at} (a lone surrogate), which no bytes spell.`,
  );
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Puts the new token wherever the pair stands, from left to right. */
function joinPair(
  tokens: readonly number[],
  { left, right, token }: Omit<Merge, "count">,
): number[] {
  const joined: number[] = [];
  for (let k = 0; k < tokens.length; k++) {
    const both = tokens[k] === left && tokens[k + 1] === right;
    joined.push(both ? token : tokens[k]!);
    if (both) k++;
  }
  return joined;
}

/** Where a pair stands: how often, and in which words. */
interface Pair {
  count: number;
  readonly words: Set<number>;
}

/** Training under way: each different word with its tokens, and all pairs. */
class Training {
  readonly #tokens: number[][] = [];
  readonly #counts: number[] = [];
  readonly #pairs = new Map<number, Pair>();
  /** Pairs by how often they were when they were put there; checked when they come out. */
  readonly #heap = new MaxHeap<{ readonly key: number; readonly count: number }>(
    (a, b) => a.count - b.count || b.key - a.key, // of equals the lower tokens
  );

  constructor(words: ReadonlyMap<string, number>) {
    for (const [word, count] of words) {
      this.#counts.push(count);
      this.#tokens.push([...encoder.encode(word)]);
    }
    this.#tokens.forEach((_, word) => this.#note(word, 1));
    for (const [key, { count }] of this.#pairs) this.#heap.push({ key, count });
  }

  merges(most: number): Merge[] {
    const merges: Merge[] = [];
    while (merges.length < most) {
      const best = this.#best();
      if (best === undefined || best.count < 2) break;
      const [left, right] = [Math.floor(best.key / 1_048_576), best.key % 1_048_576];
      const merge = { left, right, token: BYTES + merges.length, count: best.count };
      this.#apply(best.key, merge);
      merges.push(merge);
    }
    return merges;
  }

  /** The most frequent pair; what the heap has of older counts is put back with the present one. */
  #best(): { readonly key: number; readonly count: number } | undefined {
    for (let top; (top = this.#heap.pop()) !== undefined;) {
      const count = this.#pairs.get(top.key)?.count ?? 0;
      if (count === top.count) return top;
      if (count > 0 && count < top.count) this.#heap.push({ key: top.key, count });
    }
    return undefined;
  }

  #apply(key: number, merge: Merge): void {
    const changed = new Set<number>();
    for (const word of this.#pairs.get(key)!.words) {
      this.#note(word, -1);
      this.#tokens[word] = joinPair(this.#tokens[word]!, merge);
      for (const pair of this.#note(word, 1)) changed.add(pair);
    }
    this.#pairs.delete(key);
    for (const pair of changed) {
      const count = this.#pairs.get(pair)?.count ?? 0;
      if (count > 0) this.#heap.push({ key: pair, count });
    }
  }

  /** Counts the pairs of a word, or takes them off; returns them. */
  #note(word: number, sign: 1 | -1): number[] {
    const tokens = this.#tokens[word]!;
    const keys: number[] = [];
    for (let k = 1; k < tokens.length; k++) {
      const key = keyOf(tokens[k - 1]!, tokens[k]!);
      keys.push(key);
      let pair = this.#pairs.get(key);
      if (pair === undefined) this.#pairs.set(key, (pair = { count: 0, words: new Set() }));
      pair.count += sign * this.#counts[word]!;
      if (sign > 0) pair.words.add(word);
    }
    return keys;
  }
}
