/** Embeddings of bags: sums, means and maxima of the rows that bags of indices name. */
import { needOneOf } from "../../core/choice.ts";
import { argumentError, shapeError } from "../../core/errors.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import { embedding } from "../../ir/compose/indexing.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import {
  castTo,
  expandTo,
  fill,
  fillLike,
  op,
  plus,
  positions,
  reshape,
  sliceAxis,
} from "../../ir/words.ts";
import { define, NO_TENSOR } from "../../tensor/functions/define.ts";
import type { OptionsOf } from "../module-of.ts";

const BAGS = {
  /** How the rows of a bag become one. Default: "mean". */
  mode: "mean" as "sum" | "mean" | "max",
  /** What the rows are multiplied with, shaped like the index; for mode "sum". */
  perSampleWeights: NO_TENSOR,
  /** Whether the last offset is where the last bag ends. Default: false. */
  includeLastOffset: false,
  /** An index that does not count. Default: none. */
  paddingIdx: null as number | null,
};

type Bags = typeof BAGS;

/**
 * One row for each bag of rows of weight `[V, D]`: index (int32) `[B, L]`, or `[M]` with the places
 * `offsets` `[B]` where bags begin; gives `[B, D]`. An empty bag gives zeros. PyTorch:
 * `F.embedding_bag`.
 */
export const embeddingBag = /* @__PURE__ */ define(
  "embeddingBag",
  { offsets: NO_TENSOR },
  (b, index, weight: Node, offsets: Node | null, settings: Bags) => {
    const { mode, perSampleWeights, includeLastOffset } = settings;
    needOneOf("embeddingBag: mode", mode, ["sum", "mean", "max"]);
    if (perSampleWeights !== null) {
      const same = sameShape(perSampleWeights.type.shape, index.type.shape);
      if (mode !== "sum" || !same) {
        throw argumentError(
          `embeddingBag: perSampleWeights are ${showShape(perSampleWeights.type.shape)}, mode is ` +
            `"${mode}"; need ${showShape(index.type.shape)}, as the index, and mode "sum".`,
        );
      }
    }
    const all = bags(b, index, weight, offsets, settings);
    if (!includeLastOffset || offsets === null) return all;
    return sliceAxis(b, all, 0, 0, all.type.shape[0]! - 1); // what begins at the end is no bag
  },
  { tensors: ["weight"], named: BAGS },
);

/** Options of {@link embeddingBag}. */
export type EmbeddingBagCall = Omit<OptionsOf<typeof embeddingBag>, "offsets">;

function bags(
  b: NodeBuilder,
  index: Node,
  weight: Node,
  offsets: Node | null,
  { mode, paddingIdx, perSampleWeights }: Bags,
): Node {
  const { ids, count } = bagsOf(b, index, offsets);
  const places = index.type.size;
  const { dtype } = weight.type;
  const flat = reshape(b, index, [places]);
  const rows = embedding(b, flat, weight); // [M, D]
  const shape = [count, weight.type.shape[1]!];
  const spread = (x: Node): Node => expandTo(b, reshape(b, x, [places, 1]), rows.type.shape);
  const row = paddingIdx ?? -1; // −1 is no index
  const excluded = paddingIdx !== null && row < 0 ? row + weight.type.shape[0]! : row;
  const kept = op(b, "ne", flat, fillLike(b, flat, excluded));
  const number = b.apply("scatter", [fill(b, dtype, [count], 0), ids, castTo(b, kept, dtype)], {
    combine: "sum",
    axis: 0,
  });
  const filled = expandTo(b, reshape(b, number, [count, 1]), shape);
  if (mode === "max") {
    const least = fill(b, dtype, shape, -Infinity);
    const seen = op(b, "where", spread(kept), rows, fillLike(b, rows, -Infinity));
    const most = b.apply("scatter", [least, spread(ids), seen], { combine: "max", axis: 0 });
    const none = op(b, "eq", filled, fillLike(b, filled, 0));
    return op(b, "where", none, fillLike(b, most, 0), most);
  }
  const factor = perSampleWeights && castTo(b, reshape(b, perSampleWeights, [places]), dtype);
  const scaled = factor ? op(b, "mul", rows, spread(factor)) : rows;
  const counted = op(b, "where", spread(kept), scaled, fillLike(b, rows, 0));
  const sum = b.apply("scatter", [fill(b, dtype, shape, 0), spread(ids), counted], {
    combine: "sum",
    axis: 0,
  });
  if (mode === "sum") return sum;
  return op(b, "div", sum, op(b, "maximum", filled, fillLike(b, filled, 1)));
}

/** The bag of each place, int32 [M], and how many bags there are. */
function bagsOf(
  b: NodeBuilder,
  index: Node,
  offsets: Node | null,
): { readonly ids: Node; readonly count: number } {
  const { shape, size } = index.type;
  const [first] = shape;
  if (shape.length === 2 && offsets === null) {
    return { ids: reshape(b, positions(b, shape, 0), [size]), count: first! };
  }
  if (shape.length !== 1 || offsets?.type.shape.length !== 1) {
    const given = offsets === null ? "none" : showShape(offsets.type.shape);
    throw shapeError(
      `embeddingBag: index is ${showShape(shape)}, offsets are ${given}; need [B, L] without ` +
        `offsets, or [M] with offsets [B].`,
    );
  }
  if (offsets.type.dtype !== "int32") {
    throw argumentError(`embeddingBag: offsets are ${offsets.type.text}; need int32.`);
  }
  const count = offsets.type.size;
  const wide = [size, count];
  const begun = op(b, "le", expandTo(b, offsets, wide), positions(b, wide, 0));
  const ids = b.apply("reduce", [castTo(b, begun, "int32")], { combine: "sum", axes: [1] });
  return { ids: plus(b, ids, -1), count };
}
