/** The bigram model: what follows depends on the last token alone. One table is all of it. */
import { Embedding } from "../nn/embedding.ts";
import * as init from "../nn/init.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LanguageSizes } from "./language-model.ts";
import { LanguageModel } from "./language-model.ts";

/** Scores of each token after each other one: int32 `[B, T]` → `[B, T, vocabSize]`. */
export class Bigram extends LanguageModel {
  readonly vocabSize: number;
  readonly blockSize: number;
  table: Embedding;

  constructor({ vocabSize, blockSize }: Pick<LanguageSizes, "vocabSize" | "blockSize">) {
    super();
    this.vocabSize = vocabSize;
    this.blockSize = blockSize;
    this.table = new Embedding(vocabSize, vocabSize);
    init.normal(this.table.weight, { std: 0.02 }); // it begins by knowing nothing
  }

  forward(index: Tensor): Tensor {
    return this.table.forward(index); // [B, T, V]
  }

  protected shapes(): readonly (readonly number[])[] {
    return [];
  }

  protected read(index: Tensor): Tensor {
    return this.forward(index);
  }
}
