/** What all models of text share: they say, at each place of a text, what may come next. */
import { Module } from "../nn/module.ts";
import type { Parameter } from "../nn/parameter.ts";
import { crossEntropy } from "../nn/functional/loss.ts";
import { zeros } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { cell } from "../tensor/tensor.ts";

/** What a model has read so far, in cells: keys and values, or the states of a recurrent one. */
export interface Memory {
  readonly cells: readonly Tensor[];
  /** How many tokens were read: int32 `[]`. */
  readonly place: Tensor;
}

/**
 * A model of text. `forward` reads whole texts, as training needs it; `next` goes on reading where
 * a {@link Memory} stands, as writing needs it. Both give the same bits.
 */
export abstract class LanguageModel extends Module {
  /** How many different tokens there are. */
  abstract readonly vocabSize: number;
  /** How many tokens it is trained on at once. */
  abstract readonly blockSize: number;

  /** How many tokens a memory takes before it is full; Infinity where it never is. */
  get capacity(): number {
    return Infinity;
  }

  /** How many tokens `next` can be given at once of which only the first few count. */
  get stride(): number {
    return 1;
  }

  /** Tokens, int32 `[B, T]` → scores `[B, T, vocabSize]` of the token that follows each. */
  abstract override forward(index: Tensor): Tensor;

  /** The memory of `batch` texts of which nothing was read. */
  remember(batch: number): Memory {
    const cells = this.shapes(batch).map((shape) => cell(zeros(shape)));
    return { cells, place: cell(zeros([], { dtype: "int32" })) };
  }

  /**
   * Reads on: int32 `[B, T]` → scores `[B, vocabSize]` of what follows the first `count` (int32
   * `[]`) of them, which the memory then has.
   */
  next(index: Tensor, memory: Memory, count: Tensor): Tensor {
    return noGrad(() => {
      const scores = this.read(index, memory); // [B, T, V]
      memory.place.set(memory.place.add(count));
      return scores.narrow(1, count.sub(1), 1).squeeze(1); // [B, V]
    });
  }

  /** The shapes of a memory's cells. */
  protected abstract shapes(batch: number): readonly (readonly number[])[];

  /** Reads tokens and notes them in the cells: `[B, T]` → `[B, T, vocabSize]`. */
  protected abstract read(index: Tensor, memory: Memory): Tensor;
}

/** The mean −log of the probability that a model gives to the tokens that follow: in nats. */
export function lossOf(model: LanguageModel, index: Tensor, target: Tensor): Tensor {
  const scores = model.forward(index).reshape([-1, model.vocabSize]); // [B · T, V]
  return crossEntropy(scores, target.reshape([-1]));
}

/** Parameters as nanoGPT lets them decay: matrices and embeddings do, biases and norms do not. */
export function decayGroups(
  model: Module,
  weightDecay: number,
): { readonly params: Parameter[]; readonly weightDecay: number }[] {
  const trained = model.parameters().filter((p) => p.requiresGrad);
  const groups = [
    { params: trained.filter((p) => p.ndim >= 2), weightDecay },
    { params: trained.filter((p) => p.ndim < 2), weightDecay: 0 },
  ];
  return groups.filter(({ params }) => params.length > 0);
}

/** The sizes that models of text share. */
export interface LanguageSizes {
  readonly vocabSize: number;
  readonly blockSize: number;
  readonly nLayer: number;
  readonly nEmbd: number;
  readonly dropout?: number;
}
