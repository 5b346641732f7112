/**
 * The neural probabilistic language model of Bengio and others (2003): the features of the last few
 * tokens, side by side, go through one hidden layer.
 */
import { Embedding } from "../nn/embedding.ts";
import { Linear } from "../nn/linear.ts";
import { arange, full } from "../tensor/create.ts";
import { where } from "../tensor/functions/arithmetic.ts";
import { cat } from "../tensor/functions/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LanguageSizes, Memory } from "./language-model.ts";
import { LanguageModel } from "./language-model.ts";

/** How many tokens it looks back. */
const CONTEXT = 8;

/** A perceptron of the last 8 tokens: int32 `[B, T]` → `[B, T, vocabSize]`. */
export class BengioMLP extends LanguageModel {
  readonly vocabSize: number;
  readonly blockSize: number;
  readonly context: number;
  wte: Embedding;
  hidden: Linear;
  head: Linear;

  constructor({ vocabSize, blockSize, nEmbd }: LanguageSizes) {
    super();
    this.vocabSize = vocabSize;
    this.blockSize = blockSize;
    this.context = Math.min(CONTEXT, blockSize);
    this.wte = new Embedding(vocabSize + 1, nEmbd); // the last row: before the text began
    this.hidden = new Linear(this.context * nEmbd, 4 * nEmbd);
    this.head = new Linear(4 * nEmbd, vocabSize);
  }

  forward(index: Tensor): Tensor {
    const before = full([index.shape[0]!, this.context - 1], this.vocabSize, { dtype: "int32" });
    return this.look(cat([before, index], 1)); // [B, T, V]
  }

  protected shapes(batch: number): readonly (readonly number[])[] {
    return [[batch, this.context - 1]];
  }

  protected read(index: Tensor, { cells, place }: Memory): Tensor {
    const last = cells[0]!;
    // a memory begins with zeros, which are a token; what it has not read yet is none
    const [batch, size] = last.shape as [number, number];
    const none = full([batch, size], this.vocabSize, { dtype: "int32" });
    const age = arange(size, 0, -1, { dtype: "int32" }); // how long ago each place was read
    const known = where(age.le(place), last.to("int32"), none);
    const all = cat([known, index], 1); // [B, context − 1 + T]
    last.set(all.narrow(1, index.shape[1]!, size).to("float32"));
    return this.look(all);
  }

  /** Tokens with the context before them → scores. */
  protected look(tokens: Tensor): Tensor {
    const length = tokens.shape[1]! - this.context + 1;
    const features = this.wte.forward(tokens); // [B, context − 1 + T, C]
    const shifted = Array.from({ length: this.context }, (_, k) => features.narrow(1, k, length));
    return this.head.forward(this.hidden.forward(cat(shifted, 2)).tanh()); // [B, T, V]
  }
}
