/** Embeddings of bags: sums, means and maxima of rows. */
import { needOneOf } from "../../core/choice.ts";
import { argumentError } from "../../core/errors.ts";
import { optionsOf } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import type { BagMode, BagOptions } from "../../ir/compose/embedding-bag.ts";
import { embeddingBag as compose } from "../../ir/compose/embedding-bag.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { program } from "./define.ts";

/** Options of {@link embeddingBag}. */
export interface EmbeddingBagCall {
  /** How the rows of a bag become one. Default: "mean". */
  readonly mode?: BagMode;
  /** What the rows are multiplied with, shaped like the index; for mode "sum". */
  readonly perSampleWeights?: Tensor | null;
  /** Whether the last offset is where the last bag ends. Default: false. */
  readonly includeLastOffset?: boolean;
  /** An index that does not count. Default: none. */
  readonly paddingIdx?: number | null;
}

const NAMES = ["mode", "perSampleWeights", "includeLastOffset?", "paddingIdx"];

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
  const {
    mode = "mean",
    perSampleWeights = null,
    includeLastOffset = false,
    paddingIdx,
  } = optionsOf("embeddingBag", NAMES, options);
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
  const count = weight.shape[0] ?? 0;
  const row = paddingIdx ?? -1;
  const padding = paddingIdx !== undefined && row < 0 ? row + count : row;
  const attrs = { mode, includeLastOffset, paddingIdx: paddingIdx === null ? -1 : padding };
  return bagFn([index, weight], attrs, { offsets, perSampleWeights })[0]!;
}
