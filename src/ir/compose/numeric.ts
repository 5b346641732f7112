/** Functions of one or two operands that take care at edges: quotients, bounds, infinities, NaN. */
import { isFloat } from "../../core/dtype.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, fillLike, op, reshape, scaled } from "../words.ts";
import type { Binary, Unary } from "./arithmetic.ts";
import { align, meetingDType, stopGradient } from "./arithmetic.ts";

/** Whole float64 as int32; what is none, as by a division by 0, fails as a sum that overflows. */
export function checkedInt(b: NodeBuilder, x: Node): Node {
  const held = castTo(b, x, "int32");
  const bad = castTo(b, op(b, "ne", castTo(b, held, "float64"), x), "int32");
  const count = b.apply("reduce", [reshape(b, bad, [x.type.size])], { combine: "sum", axes: [0] });
  const most = castTo(b, castTo(b, count, "bool"), "int32");
  const pair = expandTo(b, scaled(b, most, 2147483647), [2]);
  const none = b.apply("reduce", [pair], { combine: "sum", axes: [0] }); // 0, or an overflow
  return op(b, "add", held, expandTo(b, none, x.type.shape));
}

/** log(e^x + e^y) without overflow. */
export const logaddexp: Binary = (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  const float = isFloat(dtype) ? dtype : "float32";
  const [p, q] = align(b, "logaddexp", [x, y], float) as [Node, Node];
  const top = stopGradient(b, op(b, "maximum", p, q));
  const finite = op(b, "lt", op(b, "abs", top), fillLike(b, top, Infinity));
  // two −∞ or a +∞ would give ∞ − ∞: shift by 0 there
  const shift = op(b, "where", finite, top, fillLike(b, top, 0));
  const terms = [p, q].map((n) => op(b, "exp", op(b, "sub", n, shift)));
  return op(b, "add", shift, logOfSum(b, op(b, "add", terms[0]!, terms[1]!)));
};

/** The logarithm of a sum of powers of e: −∞ at 0, without a slope there. */
export function logOfSum(b: NodeBuilder, sum: Node): Node {
  const empty = op(b, "eq", sum, fillLike(b, sum, 0));
  const safe = op(b, "where", empty, fillLike(b, sum, 1), sum);
  return op(b, "where", empty, fillLike(b, sum, -Infinity), op(b, "log", safe));
}

/**
 * x · log(y), 0 where x is 0 (NaN where y is NaN); there the slope in x is log(y) if y > 0, else 0.
 */
export const xlogy: Binary = (b, x, y, options) => {
  const dtype = meetingDType(x, y, options);
  const [p, q] = align(b, "xlogy", [x, y], isFloat(dtype) ? dtype : "float32") as [Node, Node];
  const none = op(b, "eq", p, fillLike(b, p, 0));
  const unusable = op(b, "le", q, fillLike(b, q, 0));
  const infinite = op(b, "eq", q, fillLike(b, q, Infinity));
  const skipped = op(b, "and", none, op(b, "or", unusable, infinite));
  return op(b, "mul", p, op(b, "log", op(b, "where", skipped, fillLike(b, q, 1), q)));
};

/** Whether an element is NaN. */
export const isnan: Unary = (b, x) => op(b, "ne", x, x);
