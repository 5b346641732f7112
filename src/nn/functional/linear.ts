/** Products with matrices, rows by index, and axes made one. */
import { argumentError } from "../../core/errors.ts";
import type { Settings } from "../../core/options.ts";
import { isOptions, read } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { eq, stopGradient, where } from "../../ir/compose/arithmetic.ts";
import { embedding as composeEmbedding } from "../../ir/compose/indexing.ts";
import { bilinear as composeBilinear, linear as composeLinear } from "../../ir/compose/linalg.ts";
import { unsqueeze } from "../../ir/compose/movement.ts";
import { fillLike } from "../../ir/words.ts";
import type { None } from "../../runtime/function.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call1 } from "../../tensor/call.ts";
import type { ArgumentsOf } from "../../tensor/functions/define.ts";
import { constantAttrs } from "../../tensor/functions/define.ts";
import * as move from "../../tensor/functions/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";

const linearFn = /* @__PURE__ */ new Fn<None>("linear", (b, [x, weight, bias]) => [
  composeLinear(b, x!, weight!, bias ?? null),
]);

/**
 * x · weightᵀ + bias: x `[…, in]`, weight `[out, in]`, bias `[out]` or null; gives `[…, out]`.
 * Throws a shape error where they do not fit. PyTorch: `F.linear`.
 */
export function linear(x: Tensor, weight: Tensor, bias: OptionalBias = null): Tensor {
  const added = biasOf("linear", bias);
  const inputs = added === null ? [x, weight] : [x, weight, added];
  return call1(linearFn, inputs, [], NONE);
}

/** A bias by position or by name, or none. */
export type OptionalBias = Tensor | null | { readonly bias?: Tensor | null };

function biasOf(name: string, bias: OptionalBias): Tensor | null {
  if (!isOptions(bias)) return bias as Tensor | null;
  return read(name, { bias: null as Tensor | null }, [bias]).bias;
}

const embeddingFn = /* @__PURE__ */ new Fn<{ readonly paddingIdx: number }>(
  "embedding",
  (b, [index, weight], { paddingIdx }) => {
    const rows = composeEmbedding(b, index!, weight!);
    if (paddingIdx < 0) return [rows];
    const padding = unsqueeze(b, eq(b, index!, fillLike(b, index!, paddingIdx)), -1);
    return [where(b, padding, stopGradient(b, rows), rows)];
  },
);

/**
 * The rows of weight `[V, D]` that an int32 index of any shape names: `[…, D]`. The row
 * `paddingIdx` (default: none) gets no gradient. PyTorch: `F.embedding`.
 */
export function embedding(
  index: Tensor,
  weight: Tensor,
  ...args: Settings<[paddingIdx: number | null], { readonly paddingIdx?: number | null }>
): Tensor {
  const { paddingIdx } = read("embedding", { paddingIdx: null as number | null }, args);
  const count = weight.shape[0] ?? 0;
  const row = paddingIdx === null ? -1 : paddingIdx < 0 ? paddingIdx + count : paddingIdx;
  if (paddingIdx !== null && !(Number.isInteger(row) && row >= 0 && row < count)) {
    throw argumentError(
      `embedding: paddingIdx is ${paddingIdx}; weight ${showShape(weight.shape)} has ${count} rows.`,
    );
  }
  return call1(embeddingFn, [index, weight], [], constantAttrs({ paddingIdx: row }));
}

/** The axes from `startDim` (0) to `endDim` (−1) made one. PyTorch: `torch.flatten`. */
export const flatten: (x: Tensor, ...args: ArgumentsOf<typeof move.flatten>) => Tensor =
  move.flatten;

const bilinearFn = /* @__PURE__ */ new Fn<None>("bilinear", (b, [x, y, weight, bias]) => [
  composeBilinear(b, x!, y!, weight!, bias ?? null),
]);

/**
 * x1 · weight[o] · x2 + bias for each output o: `[…, in1]` and `[…, in2]` with weight `[out, in1,
 * in2]` and bias `[out]` or null give `[…, out]`. PyTorch: `F.bilinear`.
 */
export function bilinear(
  x1: Tensor,
  x2: Tensor,
  weight: Tensor,
  bias: OptionalBias = null,
): Tensor {
  const added = biasOf("bilinear", bias);
  const inputs = added === null ? [x1, x2, weight] : [x1, x2, weight, added];
  return call1(bilinearFn, inputs, [], NONE);
}
