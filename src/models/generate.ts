/**
 * Writing with a model of text: token after token, from a memory of fixed size. The program that
 * reads a token is compiled once; the place where it goes is a number in the memory.
 */
import { argumentError } from "../core/errors.ts";
import { compile } from "../tensor/compile.ts";
import { tensor, zerosLike } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LanguageModel, Memory } from "./language-model.ts";
import type { SamplingOptions } from "./sampling.ts";
import { checkSampling, draw, probabilities } from "./sampling.ts";

/** How much is written, and how. */
export interface GenerateOptions extends SamplingOptions {
  /** How many tokens. Default: 100. */
  readonly maxNewTokens?: number;
  /** Ends the writing before the next token. */
  readonly signal?: AbortSignal;
}

/** How a {@link Writer} reads. */
export interface WriterOptions {
  /** How many texts are written side by side. Default: 1. */
  readonly batch?: number;
  /**
   * Moves a full window on by one token at a time and reads it anew for each, as nanoGPT does.
   * Default: false: the older half is dropped, and the rest read once.
   */
  readonly exactWindow?: boolean;
  /** Default: true; without it the whole window is read for each token, to the same bits. */
  readonly cache?: boolean;
}

/** A step of writing, for each text: its new token (−1 where it got none), and all scores. */
export interface Written {
  readonly tokens: Int32Array;
  /** The scores `[vocabSize]` from which the tokens were drawn. */
  readonly scores: readonly Float32Array[];
}

/** Writes with one model: what it compiles serves all texts that it writes. */
export class Writer {
  readonly model: LanguageModel;
  readonly batch: number;
  readonly #memory: Memory;
  readonly #exact: boolean;
  readonly #cache: boolean;
  readonly #next: (index: Tensor, count: Tensor) => Tensor;
  readonly #whole: (index: Tensor, count: Tensor) => Tensor;
  /** From where to where the memory has the texts. */
  #start = 0;
  #read = 0;

  constructor(model: LanguageModel, options: WriterOptions = {}) {
    const { batch = 1, exactWindow = false, cache = true } = options;
    this.model = model;
    this.batch = batch;
    this.#exact = exactWindow && model.capacity < Infinity;
    this.#cache = cache || model.capacity === Infinity;
    const memory = model.remember(batch);
    this.#memory = memory;
    this.#next = compile((index: Tensor, count: Tensor) => model.next(index, memory, count));
    this.#whole = compile((index: Tensor, count: Tensor) =>
      noGrad(() => model.forward(index).narrow(1, count.sub(1), 1).squeeze(1)),
    );
  }

  /**
   * Goes on with texts, one for each of the batch, of any lengths above 0; gives a step at a time.
   * Each text gets `maxNewTokens`; a loop that is left, or a signal, ends it.
   */
  async *write(
    prompts: readonly ArrayLike<number>[],
    options: GenerateOptions = {},
  ): AsyncGenerator<Written, void, undefined> {
    const { maxNewTokens = 100, signal } = options;
    checkSampling(options);
    const texts = this.#begin(prompts);
    const ends = texts.map((text) => text.length + maxNewTokens);
    let length = texts.reduce((least, text) => Math.min(least, text.length), Infinity);
    for (; length < Math.max(...ends) && signal?.aborted !== true; length++) {
      const all = (await this.#scores(texts, length).data()) as Float32Array;
      const scores = texts.map((_, b) => rowOf(all, b, this.model.vocabSize));
      const tokens = Int32Array.from(texts, (text, b) => {
        if (text.length > length) return -1; // it is still being read
        const token = draw(probabilities(scores[b]!, options));
        text.push(token);
        return text.length > ends[b]! ? -1 : token;
      });
      yield { tokens, scores };
    }
  }

  #begin(prompts: readonly ArrayLike<number>[]): number[][] {
    const { batch, model } = this;
    if (prompts.length !== batch) {
      throw argumentError(`generate: ${prompts.length} texts; this writer writes ${batch}.`);
    }
    const texts = prompts.map((prompt) => Array.from(prompt));
    for (const text of texts) {
      if (text.length === 0) throw argumentError("generate: a text to go on with has no token.");
      const odd = text.find((t) => !(Number.isInteger(t) && t >= 0 && t < model.vocabSize));
      if (odd === undefined) continue;
      throw argumentError(`generate: token ${odd}; the model knows 0 to ${model.vocabSize - 1}.`);
    }
    model.eval();
    this.#forget(0);
    return texts;
  }

  /** Empties the memory, which is to begin with a token. */
  #forget(start: number): void {
    this.#start = this.#read = start;
    const { cells, place } = this.#memory;
    noGrad(() => {
      place.set(zerosLike(place));
      // keys and values are looked at up to the place alone; states are what they are
      if (this.model.capacity === Infinity) for (const cell of cells) cell.set(zerosLike(cell));
    });
  }

  /** The scores of what follows the first `length` tokens of the texts. */
  #scores(texts: readonly (readonly number[])[], length: number): Tensor {
    const { capacity } = this.model;
    const isFull = length > capacity;
    if (!this.#cache || (isFull && this.#exact)) return this.#anew(texts, length);
    if (length - this.#start > capacity) {
      // a full window: the older half is dropped, the rest is read once more
      this.#forget(length - Math.ceil(capacity / 2));
    }
    return this.#readUpTo(texts, length);
  }

  /** Reads on, several tokens at once where the model can. */
  #readUpTo(texts: readonly (readonly number[])[], length: number): Tensor {
    const { stride, capacity } = this.model;
    let scores: Tensor | undefined;
    while (this.#read < length) {
      const left = length - this.#read;
      const many = left > 1 && this.#read - this.#start + stride <= capacity;
      const size = many ? stride : 1;
      const count = Math.min(left, size);
      scores = this.#next(columns(texts, this.#read, size), int32(count));
      this.#read += count;
    }
    return scores!;
  }

  /** Reads the whole window, without a memory. */
  #anew(texts: readonly (readonly number[])[], length: number): Tensor {
    const { capacity } = this.model;
    const from = Math.max(0, length - capacity);
    return this.#whole(columns(texts, from, capacity), int32(length - from));
  }
}

/** Goes on with one text: `for await (const token of generate(model, prompt)) …`. */
export async function* generate(
  model: LanguageModel,
  prompt: ArrayLike<number>,
  options: GenerateOptions & Omit<WriterOptions, "batch"> = {},
): AsyncGenerator<number, void, undefined> {
  const { exactWindow, cache, ...more } = options;
  const writer = new Writer(model, {
    ...(exactWindow === undefined ? {} : { exactWindow }),
    ...(cache === undefined ? {} : { cache }),
  });
  for await (const { tokens } of writer.write([prompt], more)) yield tokens[0]!;
}

function rowOf(all: Float32Array, row: number, width: number): Float32Array {
  return all.subarray(row * width, (row + 1) * width);
}

/** Columns of the texts, int32 `[B, size]`; 0 where a text has no more. */
function columns(texts: readonly (readonly number[])[], from: number, size: number): Tensor {
  const data = new Int32Array(texts.length * size);
  texts.forEach((text, b) => {
    for (let k = 0; k < size; k++) data[b * size + k] = text[from + k] ?? 0;
  });
  return tensor(data, { shape: [texts.length, size] });
}

function int32(value: number): Tensor {
  return tensor(Int32Array.of(value), { shape: [] });
}
