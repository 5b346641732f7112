/** Embeddings of bags: sums, means and maxima of rows. */
import { needOneOf } from "../../core/choice.ts";
import { argumentError } from "../../core/errors.ts";
import type { Options } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import type { BagMode, BagOptions } from "../../ir/compose/embedding-bag.ts";
import { embeddingBag as compose } from "../../ir/compose/embedding-bag.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { program } from "./define.ts";

const CALL = {
  /** How the rows of a bag become one. Default: "mean". */
  mode: "mean" as BagMode,
  /** What the rows are multiplied with, shaped like the index; for mode "sum". */
  perSampleWeights: null as Tensor | null,
  /** Whether the last offset is where the last bag ends. Default: false. */
  includeLastOffset: false,
  /** An index that does not count. Default: none. */
  paddingIdx: null as number | null,
};

/** Options of {@link embeddingBag}. */
export type EmbeddingBagCall = Options<typeof CALL>;

const bagFn = /* @__PURE__ */ program("embeddingBag", (b, [index, weight], options: BagOptions) => [
  compose(b, index!, weight!, options),
]);

/**
 * One row for each bag of rows of weight `[V, D]`: index (int32) `[B, L]`, or `[M]` with the places
 * `offsets` `[B]` where bags begin; gives `[B, D]`. An empty bag gives zeros. PyTorch:
 * `F.embedding_bag`.
 */
export function embeddingBag(
  index: Tensor,
  weight: Tensor,
  offsets: Tensor | null = null,
  options: EmbeddingBagCall = {},
): Tensor {
  const settings = read("embeddingBag", {}, [options], CALL);
  const { mode, perSampleWeights, includeLastOffset, paddingIdx } = settings;
  needOneOf("embeddingBag: mode", mode, ["sum", "mean", "max"]);
  if (perSampleWeights !== null) {
    const same = showShape(perSampleWeights.shape) === showShape(index.shape);
    if (mode !== "sum" || !same) {
      throw argumentError(
        `embeddingBag: perSampleWeights are ${showShape(perSampleWeights.shape)}, mode is ` +
          `"${mode}"; need ${showShape(index.shape)}, as the index, and mode "sum".`,
      );
    }
  }
  const row = paddingIdx ?? -1;
  const counted = paddingIdx !== null && row < 0 ? row + (weight.shape[0] ?? 0) : row;
  const attrs = { mode, includeLastOffset, paddingIdx: counted };
  return bagFn([index, weight], attrs, { offsets, perSampleWeights })[0]!;
}
