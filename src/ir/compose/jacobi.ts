/**
 * Singular values and eigenvectors by one-sided Jacobi rotations: a scan whose length depends on
 * the size alone. Each step turns all columns in pairs, as in a tournament where each meets each.
 */
import type { Node, NodeBuilder } from "../node.ts";
import { concat, expandTo, fill, fillLike, op, reshape, sliceAxis } from "../words.ts";
import { eye } from "./indexing.ts";
import { loop } from "./loop.ts";
import { sum } from "./reduction.ts";

/** How small a cosine between columns counts as none. */
const SMALL = { float32: 6e-8, float64: 1.1e-16 } as const;

/**
 * The right singular vectors of x [..., m, n] as columns [..., n, n], by falling singular value; no
 * gradient.
 */
export function rightVectors(b: NodeBuilder, x: Node): Node {
  const shape = x.type.shape;
  const [m, n] = shape.slice(-2) as [number, number];
  const { dtype } = x.type;
  const lead = shape.slice(0, -2);
  const batch = lead.reduce((count, extent) => count * extent, 1);
  if (n === 1 || x.type.size === 0) return expandTo(b, eye(b, n, n, dtype), [...lead, n, n]);
  const width = n + (n % 2); // an even number of columns: a zero one beside an odd number
  const given = reshape(b, op(b, "stopGradient", x), [batch, m, n]);
  const wide = concat(b, [given, fill(b, dtype, [batch, m, width - n], 0)], 2);
  const start = concat(
    b,
    [wide, expandTo(b, eye(b, width, width, dtype), [batch, width, width])],
    1,
  );
  let sweeps = 6; // and one more for each doubling, measured to end at rounding
  while (1 << (sweeps - 6) < width) sweeps++;
  const { last } = loop(b, { initial: [start], length: sweeps * (width - 1) }, (nb, [carry]) => ({
    next: [rotated(nb, carry!, m)],
    kept: [],
  }));
  return reshape(b, sorted(b, last[0]!, m, n), [...lead, n, n]);
}

/** Turns the columns of [B, m + n, n] in pairs so that their first m rows become orthogonal. */
function rotated(b: NodeBuilder, x: Node, m: number): Node {
  const [batch, rows, width] = x.type.shape as [number, number, number];
  const half = width / 2;
  const [left, right] = [0, half].map((at) => sliceAxis(b, x, 2, at, half)) as [Node, Node];
  const [p, q] = [left, right].map((side) => sliceAxis(b, side, 1, 0, m)) as [Node, Node];
  const dot = (u: Node, v: Node): Node => sum(b, op(b, "mul", u, v), 1, true); // [B, 1, half]
  const [pp, qq, pq] = [dot(p, p), dot(q, q), dot(p, q)];
  const one = fillLike(b, pp, 1);
  const limit = op(b, "mul", op(b, "sqrt", op(b, "mul", pp, qq)), fillLike(b, pp, smallOf(x)));
  const flat = op(b, "le", op(b, "abs", pq), limit);
  const twice = op(b, "mul", op(b, "where", flat, one, pq), fillLike(b, pq, 2));
  const zeta = op(b, "div", op(b, "sub", qq, pp), twice);
  const root = op(b, "sqrt", op(b, "add", op(b, "mul", zeta, zeta), one));
  const size = op(b, "div", one, op(b, "add", op(b, "abs", zeta), root));
  const signed = op(b, "where", op(b, "lt", zeta, fillLike(b, zeta, 0)), op(b, "neg", size), size);
  const t = op(b, "where", flat, fillLike(b, signed, 0), signed);
  const cosine = op(b, "div", one, op(b, "sqrt", op(b, "add", op(b, "mul", t, t), one)));
  const shape = [batch, rows, half];
  const [c, s] = [cosine, op(b, "mul", cosine, t)].map((y) => expandTo(b, y, shape)) as [
    Node,
    Node,
  ];
  const first = op(b, "sub", op(b, "mul", c, left), op(b, "mul", s, right));
  const second = op(b, "add", op(b, "mul", s, left), op(b, "mul", c, right));
  return nextRound(b, first, second, half);
}

function smallOf(x: Node): number {
  return x.type.dtype === "float64" ? SMALL.float64 : SMALL.float32;
}

/** The next pairs of a tournament: the first column stays, the others move round. */
function nextRound(b: NodeBuilder, left: Node, right: Node, half: number): Node {
  if (half === 1) return concat(b, [left, right], 2);
  const part = (x: Node, from: number, count: number): Node => sliceAxis(b, x, 2, from, count);
  return concat(
    b,
    [
      ...[part(left, 0, 1), part(right, 0, 1), part(left, 1, half - 2)],
      ...[part(right, 1, half - 1), part(left, half - 1, 1)],
    ],
    2,
  );
}

/** The last n rows of [B, m + width, width], columns by falling length of their first m rows. */
function sorted(b: NodeBuilder, x: Node, m: number, n: number): Node {
  const [batch, , width] = x.type.shape as [number, number, number];
  const top = sliceAxis(b, x, 1, 0, m);
  let lengths = sum(b, op(b, "mul", top, top), 1, false); // [B, width]
  if (width > n) {
    const extra = reshape(b, sliceAxis(b, x, 1, m + n, 1), [batch, width]);
    const padding = op(b, "lt", fillLike(b, extra, 0.5), op(b, "abs", extra));
    lengths = op(b, "where", padding, fillLike(b, lengths, -1), lengths);
  }
  const order = sliceAxis(b, b.apply("argsort", [lengths], { descending: true }), 1, 0, n);
  const index = expandTo(b, reshape(b, order, [batch, 1, n]), [batch, n, n]);
  return b.apply("gather", [sliceAxis(b, x, 1, m, n), index], { axis: 2 });
}
