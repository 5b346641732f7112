/** Tokens of a text that may be larger than the memory: in an array, or read from a file. */
import type { OpenedFile } from "../../host/host.ts";

/** Tokens in order, read from any place. */
export interface TokenSource {
  readonly length: number;
  /** Fills an array with the tokens from a place on. */
  read(at: number, into: Int32Array): void | Promise<void>;
}

/** Whole numbers of as many bytes as the largest token needs. */
export type NarrowTokens = Uint8Array | Uint16Array | Int32Array;

/** The array that holds tokens of a vocabulary in as few bytes as can be. */
export function narrowFor(vocabSize: number): new (size: number) => NarrowTokens {
  if (vocabSize <= 256) return Uint8Array;
  return vocabSize <= 65_536 ? Uint16Array : Int32Array;
}

/** Tokens in memory. */
export class TokenArray implements TokenSource {
  readonly #tokens: ArrayLike<number>;

  constructor(tokens: ArrayLike<number>) {
    this.#tokens = tokens;
  }

  get length(): number {
    return this.#tokens.length;
  }

  read(at: number, into: Int32Array): void {
    for (let k = 0; k < into.length; k++) into[k] = this.#tokens[at + k]!;
  }
}

/** Tokens in a file, as `narrowFor` spells them. */
export class TokenFile implements TokenSource {
  readonly length: number;
  readonly #file: OpenedFile;
  readonly #Narrow: new (size: number) => NarrowTokens;

  constructor(file: OpenedFile, vocabSize: number) {
    this.#file = file;
    this.#Narrow = narrowFor(vocabSize);
    this.length = file.size / new this.#Narrow(0).BYTES_PER_ELEMENT;
  }

  async read(at: number, into: Int32Array): Promise<void> {
    const tokens = new this.#Narrow(into.length);
    const bytes = new Uint8Array(tokens.buffer);
    await this.#file.read(bytes, at * tokens.BYTES_PER_ELEMENT);
    into.set(tokens);
  }
}

/** A part of other tokens: those trained on, those held out. */
export class TokenPart implements TokenSource {
  readonly length: number;
  readonly #source: TokenSource;
  readonly #from: number;

  constructor(source: TokenSource, from: number, length: number) {
    this.#source = source;
    this.#from = from;
    this.length = length;
  }

  read(at: number, into: Int32Array): void | Promise<void> {
    return this.#source.read(this.#from + at, into);
  }
}
