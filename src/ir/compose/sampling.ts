/** Places drawn with given weights. */
import type { Node, NodeBuilder } from "../node.ts";
import { expandTo, fillLike, op, reshape, sliceAxis } from "../words.ts";
import { toFloat } from "./arithmetic.ts";
import { searchsorted } from "./indexing.ts";
import type { RandomSource } from "./random.ts";
import { uniform } from "./random.ts";
import { argsort, cumsum } from "./reduction.ts";

/** Draws `count` places of the last axis with probabilities in the ratio of the weights. */
export function multinomial(
  b: NodeBuilder,
  weights: Node,
  count: number,
  replacement: boolean,
  source: RandomSource,
): Node {
  const w = toFloat(b, weights);
  const lead = w.type.shape.slice(0, -1);
  const last = lead.length;
  if (replacement) {
    const edges = cumsum(b, w, -1);
    const total = sliceAxis(b, edges, last, w.type.shape[last]! - 1, 1);
    const shape = [...lead, count];
    const points = uniform(b, shape, w.type.dtype, source);
    const at = op(b, "mul", points, expandTo(b, total, shape));
    return searchsorted(b, edges, at, true);
  }
  // the first arrivals among exponential clocks that run at the rates of the weights
  const u = uniform(b, w.type.shape, w.type.dtype, source);
  const arrival = op(b, "neg", op(b, "log1p", op(b, "neg", u)));
  const time = op(b, "div", arrival, w);
  const never = op(b, "eq", w, fillLike(b, w, 0));
  const ordered = op(b, "where", never, fillLike(b, w, Infinity), time);
  const order = argsort(b, ordered, -1);
  return reshape(b, sliceAxis(b, order, last, 0, count), [...lead, count]);
}
