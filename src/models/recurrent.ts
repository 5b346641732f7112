/** Recurrent models of text: a state goes from token to token and is all that they remember. */
import { Dropout } from "../nn/dropout.ts";
import { Embedding } from "../nn/embedding.ts";
import { Linear } from "../nn/linear.ts";
import { GRU, LSTM, RNN } from "../nn/recurrent.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LanguageSizes, Memory } from "./language-model.ts";
import { LanguageModel } from "./language-model.ts";

/** What carries the state on. */
export type RecurrentKind = "rnn" | "lstm" | "gru";

/** An RNN, LSTM or GRU over tokens: int32 `[B, T]` → `[B, T, vocabSize]`. */
export class RecurrentModel extends LanguageModel {
  readonly kind: RecurrentKind;
  readonly vocabSize: number;
  readonly blockSize: number;
  wte: Embedding;
  rnn: RNN | LSTM | GRU;
  drop: Dropout;
  lm_head: Linear;

  constructor(kind: RecurrentKind, sizes: LanguageSizes) {
    super();
    const { vocabSize, blockSize, nLayer, nEmbd, dropout = 0 } = sizes;
    this.kind = kind;
    this.vocabSize = vocabSize;
    this.blockSize = blockSize;
    const Layer = { rnn: RNN, lstm: LSTM, gru: GRU }[kind];
    this.wte = new Embedding(vocabSize, nEmbd);
    this.rnn = new Layer(nEmbd, nEmbd, { numLayers: nLayer, batchFirst: true, dropout });
    this.drop = new Dropout(dropout);
    this.lm_head = new Linear(nEmbd, vocabSize);
  }

  forward(index: Tensor): Tensor {
    return this.run(index, null)[0]; // [B, T, V]
  }

  protected shapes(batch: number): readonly (readonly number[])[] {
    const { numLayers, hiddenSize } = this.rnn;
    const state = [numLayers, batch, hiddenSize];
    return this.kind === "lstm" ? [state, state] : [state];
  }

  protected read(index: Tensor, { cells }: Memory): Tensor {
    const [scores, states] = this.run(index, cells);
    cells.forEach((cell, k) => cell.set(states[k]!));
    return scores;
  }

  /** Scores of `index` `[B, T]` from some states, and the states that it leaves. */
  protected run(index: Tensor, from: readonly Tensor[] | null): [Tensor, Tensor[]] {
    const x = this.wte.forward(index); // [B, T, C]
    const states =
      this.rnn instanceof LSTM ? (from as [Tensor, Tensor] | null) : (from?.[0] ?? null);
    const [y, ends] = this.rnn.forward(x as never, states as never) as [Tensor, Tensor | Tensor[]];
    return [this.lm_head.forward(this.drop.forward(y)), [ends].flat()];
  }
}
