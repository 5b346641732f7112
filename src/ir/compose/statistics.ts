/** Areas, covariances and distances: sums over observations. */
import { isFloat, promote } from "../../core/dtype.ts";
import { shapeError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { broadcastShapes, normalizeAxis, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, constant, expandTo, fillLike, op, reshape, sliceAxis } from "../words.ts";
import { sub, toFloat } from "./arithmetic.ts";
import { matrixTranspose } from "./movement.ts";
import { amax, amin, mean, norm, rootOrZero, sum } from "./reduction.ts";
import { atleast2d } from "./stacking.ts";

/** The differences of neighbours along an axis, and their sums. */
function neighbours(b: NodeBuilder, x: Node, axis: number, name: "add" | "sub"): Node {
  const length = x.type.shape[axis]!;
  const right = sliceAxis(b, x, axis, 1, length - 1);
  return op(b, name, right, sliceAxis(b, x, axis, 0, length - 1));
}

/** The area under y along an axis by the trapezoidal rule, its points `dx` apart. */
export function trapezoidBy(b: NodeBuilder, y: Node, dx: Node, dim = -1): Node {
  const axis = normalizeAxis("trapezoid", dim, y.type.shape.length);
  if (y.type.shape.length === 0) throw shapeError("trapezoid: y is a scalar; need an axis.");
  const total = sum(b, neighbours(b, toFloat(b, y), axis, "add"), axis);
  const half = op(b, "div", dx, constant(b, dx.type.dtype, 2));
  return op(b, "mul", total, expandTo(b, castTo(b, half, total.type.dtype), total.type.shape));
}

/** The area under y along an axis by the trapezoidal rule, at points x. */
export function trapezoidAt(b: NodeBuilder, y: Node, x: Node, dim = -1): Node {
  const rank = y.type.shape.length;
  const axis = normalizeAxis("trapezoid", dim, rank);
  const line = y.type.shape.map((_, a) => (a === axis ? x.type.size : 1));
  const points = x.type.shape.length === 1 ? reshape(b, x, line) : x;
  const own = axis - rank + points.type.shape.length;
  if (rank === 0 || points.type.shape[own] !== y.type.shape[axis]) {
    throw shapeError(
      `trapezoid: y is ${showShape(y.type.shape)}, x is ${showShape(x.type.shape)}; ` +
        `need equal extents along axis ${dim}.`,
    );
  }
  const heights = neighbours(b, toFloat(b, y), axis, "add");
  const widths = castTo(b, neighbours(b, points, own, "sub"), heights.type.dtype);
  const shape = broadcastShapes("trapezoid", heights.type.shape, widths.type.shape);
  const areas = op(b, "mul", expandTo(b, heights, shape), expandTo(b, widths, shape));
  return sum(b, op(b, "mul", areas, fillLike(b, areas, 0.5)), axis - rank);
}

/** How `cov` weighs observations. */
export interface Weights {
  /** How often each observation counts (int32). */
  readonly fweights?: Node | null;
  /** How much each observation counts. */
  readonly aweights?: Node | null;
}

/** The covariance of variables (rows) over observations (columns); divides by n − correction. */
export function cov(
  b: NodeBuilder,
  x: Node,
  correction = 1,
  { fweights, aweights }: Weights = {},
): Node {
  if (x.type.shape.length > 2) {
    throw shapeError(`cov: x is ${showShape(x.type.shape)}; need at most two axes.`);
  }
  const rows = atleast2d(b, toFloat(b, x));
  const { dtype, shape } = rows.type;
  const weigh = (w: Node | null | undefined): Node | null => (w ? castTo(b, w, dtype) : null);
  const [frequency, importance] = [weigh(fweights), weigh(aweights)];
  const both = frequency && importance ? op(b, "mul", frequency, importance) : null;
  const weights = both ?? frequency ?? importance;
  const spread = (node: Node): Node => expandTo(b, node, shape);
  const total = weights && sum(b, weights);
  const center =
    weights === null
      ? mean(b, rows, 1, true)
      : dividedBy(b, sum(b, op(b, "mul", rows, spread(weights)), 1, true), total!);
  const centered = op(b, "sub", rows, spread(center));
  const weighted = weights === null ? centered : op(b, "mul", centered, spread(weights));
  const products = op(b, "contract", weighted, matrixTranspose(b, centered));
  const count = total ?? constant(b, dtype, shape[1]!);
  const taken = correctionOf(b, count, weights, importance, correction);
  const divisor = op(b, "maximum", op(b, "sub", count, taken), constant(b, dtype, 0));
  const result = dividedBy(b, products, divisor);
  return x.type.shape.length === 2 && shape[0]! > 1 ? result : reshape(b, result, []);
}

/**
 * What the count of observations is lowered by: as PyTorch and NumPy, with importances Σwa / Σw.
 */
function correctionOf(
  b: NodeBuilder,
  count: Node,
  weights: Node | null,
  importance: Node | null,
  correction: number,
): Node {
  const plain = constant(b, count.type.dtype, correction);
  if (importance === null || correction === 0) return plain;
  const share = op(b, "div", sum(b, op(b, "mul", weights!, importance)), count);
  return op(b, "mul", plain, share);
}

function dividedBy(b: NodeBuilder, x: Node, divisor: Node): Node {
  return op(b, "div", x, expandTo(b, divisor, x.type.shape));
}

/** The correlations of variables (rows) over observations (columns), held between −1 and 1. */
export function corrcoef(b: NodeBuilder, x: Node): Node {
  const c = cov(b, x);
  if (c.type.shape.length === 0) return op(b, "div", c, c);
  const n = c.type.shape[0]!;
  const flat = reshape(b, c, [n * n]);
  const deviations = op(b, "sqrt", sliceAxis(b, flat, 0, 0, n, n + 1));
  const column = expandTo(b, reshape(b, deviations, [n, 1]), [n, n]);
  const scaled = op(b, "div", op(b, "div", c, column), expandTo(b, deviations, [n, n]));
  const above = op(b, "lt", fillLike(b, scaled, 1), scaled);
  const below = op(b, "lt", scaled, fillLike(b, scaled, -1));
  const held = op(b, "where", above, fillLike(b, scaled, 1), scaled);
  return op(b, "where", below, fillLike(b, scaled, -1), held);
}

/** The p-norm of x − y. */
export function dist(b: NodeBuilder, x: Node, y: Node, p: number): Node {
  return norm(b, toFloat(b, sub(b, x, y)), p);
}

/** The p-norms of the differences of each row of x [..., P, M] and each of y [..., R, M]. */
export function cdist(b: NodeBuilder, x: Node, y: Node, p: number): Node {
  const [m, n] = [x.type.shape, y.type.shape];
  if (m.length < 2 || n.length < 2 || m.at(-1) !== n.at(-1)) {
    throw shapeError(
      `cdist: x1 is ${showShape(m)}, x2 is ${showShape(n)}; ` +
        `need at least two axes each, and equal last ones.`,
    );
  }
  const lead = broadcastShapes("cdist", m.slice(0, -2), n.slice(0, -2));
  const shape = [...lead, m.at(-2)!, n.at(-2)!, m.at(-1)!];
  const dtype = promote(x.type.dtype, y.type.dtype);
  const wide = (node: Node, at: Shape): Node =>
    expandTo(b, reshape(b, castTo(b, node, isFloat(dtype) ? dtype : "float32"), at), shape);
  const left = wide(x, [...m.slice(0, -1), 1, m.at(-1)!]);
  const right = wide(y, [...n.slice(0, -2), 1, ...n.slice(-2)]);
  const gaps = op(b, "sub", left, right);
  return shape.at(-1) === 0 ? sum(b, gaps, -1) : norm(b, gaps, p, -1);
}

/** The smallest and the largest element. */
export function aminmax(
  b: NodeBuilder,
  x: Node,
  dim?: number | null,
  keepdim = false,
): [Node, Node] {
  const ends = [amin(b, x, dim, keepdim), amax(b, x, dim, keepdim)] as [Node, Node];
  // as PyTorch: a scalar with dim and keepdim gains the axis
  const lifted = x.type.shape.length === 0 && keepdim && typeof dim === "number";
  return lifted ? (ends.map((end) => reshape(b, end, [1])) as [Node, Node]) : ends;
}

/** √Σ|x|² over two axes; its slope at 0 is 0. */
export function frobenius(b: NodeBuilder, x: Node, axes: readonly number[], keepdim = false): Node {
  return rootOrZero(b, sum(b, op(b, "mul", x, x), axes, keepdim));
}
