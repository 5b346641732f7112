/** Sums, means and maxima of the rows that bags of indices name. */
import { argumentError, shapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, fill, fillLike, op, plus, positions, reshape } from "../words.ts";
import { sliceAxis } from "../words.ts";
import { embedding } from "./indexing.ts";

/** How the rows of a bag become one. */
export type BagMode = "sum" | "mean" | "max";

/** The options of {@link embeddingBag}. */
export interface BagOptions {
  readonly mode: BagMode;
  /** An index that does not count; −1 is none. */
  readonly paddingIdx: number;
  /** Whether the last offset is where the last bag ends. */
  readonly includeLastOffset: boolean;
  readonly offsets?: Node;
  readonly perSampleWeights?: Node;
}

/** Rows of weight [V, D] by index [B, L], or by index [M] cut at offsets [B]: [B, D]. */
export function embeddingBag(b: NodeBuilder, index: Node, weight: Node, options: BagOptions): Node {
  const all = bags(b, index, weight, options);
  if (!options.includeLastOffset || options.offsets === undefined) return all;
  return sliceAxis(b, all, 0, 0, all.type.shape[0]! - 1); // what begins at the end is no bag
}

function bags(
  b: NodeBuilder,
  index: Node,
  weight: Node,
  { mode, paddingIdx, offsets, perSampleWeights }: BagOptions,
): Node {
  const { ids, count } = bagsOf(b, index, offsets);
  const places = index.type.size;
  const { dtype } = weight.type;
  const flat = reshape(b, index, [places]);
  const rows = embedding(b, flat, weight); // [M, D]
  const shape = [count, weight.type.shape[1]!];
  const spread = (x: Node): Node => expandTo(b, reshape(b, x, [places, 1]), rows.type.shape);
  const kept = op(b, "ne", flat, fillLike(b, flat, paddingIdx));
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
  offsets: Node | undefined,
): { readonly ids: Node; readonly count: number } {
  const { shape, size } = index.type;
  const [first] = shape;
  if (shape.length === 2 && offsets === undefined) {
    return { ids: reshape(b, positions(b, shape, 0), [size]), count: first! };
  }
  if (shape.length !== 1 || offsets?.type.shape.length !== 1) {
    const given = offsets === undefined ? "none" : showShape(offsets.type.shape);
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
