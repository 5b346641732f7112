/** Products with matrices, rows by index, and axes made one. */
import { argumentError } from "../../core/errors.ts";
import type { Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { eq, stopGradient, where } from "../../ir/compose/arithmetic.ts";
import { embedding as composeEmbedding } from "../../ir/compose/indexing.ts";
import * as compose from "../../ir/compose/linalg.ts";
import { unsqueeze } from "../../ir/compose/movement.ts";
import { fillLike } from "../../ir/words.ts";
import type { Node } from "../../ir/node.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../../tensor/call.ts";
import type { ArgumentsOf } from "../../tensor/functions/define.ts";
import { constantAttrs, define, NO_TENSOR } from "../../tensor/functions/define.ts";
import * as move from "../../tensor/functions/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { shortenRows } from "./shorten-rows.ts";

/**
 * x · weightᵀ + bias: x `[…, in]`, weight `[out, in]`, bias `[out]` or null; gives `[…, out]`.
 * Throws a shape error where they do not fit. PyTorch: `F.linear`.
 */
export const linear = /* @__PURE__ */ define(
  "linear",
  { bias: NO_TENSOR },
  (b, x, weight: Node, bias: Node | null) => compose.linear(b, x, weight, bias),
  { tensors: ["weight"] },
);

/** A bias by position or by name, or none. */
export type OptionalBias = Tensor | null | { readonly bias?: Tensor | null };

const embeddingFn = /* @__PURE__ */ new Fn<{ readonly paddingIdx: number }>(
  "embedding",
  (b, [index, weight], { paddingIdx }) => {
    const rows = composeEmbedding(b, index!, weight!);
    if (paddingIdx < 0) return [rows];
    const padding = unsqueeze(b, eq(b, index!, fillLike(b, index!, paddingIdx)), -1);
    return [where(b, padding, stopGradient(b, rows), rows)];
  },
);

/** Settings of {@link embedding} by name. */
export interface EmbeddingCall {
  /** The row that gets no gradient; negative counts from the end. Default: none. */
  readonly paddingIdx?: number | null;
  /**
   * Rows that are looked up and longer than this are first shortened, in `weight`. Default: none.
   */
  readonly maxNorm?: number | null;
  /** Which norm that is. Default: 2. */
  readonly normType?: number;
}

const LOOKUP = {
  paddingIdx: null as number | null,
  maxNorm: null as number | null,
  normType: 2,
};

/**
 * The rows of weight `[V, D]` that an int32 index of any shape names: `[…, D]`. The row
 * `paddingIdx` (default: none) gets no gradient; with `maxNorm` rows that are longer are first
 * shortened for good, as `weight.set` does. PyTorch: `F.embedding`.
 */
export function embedding(
  index: Tensor,
  weight: Tensor,
  ...args: Settings<
    [paddingIdx: number | null, maxNorm: number | null, normType: number],
    EmbeddingCall
  >
): Tensor {
  const { paddingIdx, maxNorm, normType } = read("embedding", LOOKUP, args);
  const count = weight.shape[0] ?? 0;
  const row = paddingIdx === null ? -1 : paddingIdx < 0 ? paddingIdx + count : paddingIdx;
  if (paddingIdx !== null && !(Number.isInteger(row) && row >= 0 && row < count)) {
    throw argumentError(
      `embedding: paddingIdx is ${paddingIdx}; weight ${showShape(weight.shape)} has ${count} rows.`,
    );
  }
  if (maxNorm !== null) shortenRows("embedding", index, weight, maxNorm, normType);
  return call1(embeddingFn, [index, weight], [], constantAttrs({ paddingIdx: row }));
}

/** The axes from `startDim` (0) to `endDim` (−1) made one. PyTorch: `torch.flatten`. */
export const flatten: (x: Tensor, ...args: ArgumentsOf<typeof move.flatten>) => Tensor =
  move.flatten;

/**
 * x1 · weight[o] · x2 + bias for each output o: `[…, in1]` and `[…, in2]` with weight `[out, in1,
 * in2]` and bias `[out]` or null give `[…, out]`. PyTorch: `F.bilinear`.
 */
export const bilinear = /* @__PURE__ */ define(
  "bilinear",
  { bias: NO_TENSOR },
  (b, x1, x2: Node, weight: Node, bias: Node | null) => compose.bilinear(b, x1, x2, weight, bias),
  { tensors: ["x2", "weight"] },
);
