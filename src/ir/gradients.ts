/**
 * The gradient rules that need more than a line: products that may hold zeros, extrema with ties,
 * scattered combinations, and the derivative of digamma. Primitives alone, so that they can be
 * differentiated again.
 */
import type { CumulateAttrs, OpName, ScatterAttrs } from "./attrs.ts";
import type { Combine } from "./combine.ts";
import type { Node, NodeBuilder } from "./node.ts";
import {
  castTo,
  concat,
  expandTo,
  fill,
  fillLike,
  keepAxes,
  op,
  permute,
  plus,
  positions,
  reshape,
  reverse,
  scaled,
  sliceAxis,
  sumKeep,
} from "./words.ts";

// ── slopes of one element ────────────────────────────────────────────────────────────────────────

/** x². */
export const square = (b: NodeBuilder, x: Node): Node => op(b, "mul", x, x);
/** −x. */
export const negated = (b: NodeBuilder, x: Node): Node => op(b, "neg", x);
/** g / √(1 − x²) and the like: the slope of an inverse function. */
export const overRoot = (b: NodeBuilder, g: Node, inner: Node): Node =>
  op(b, "div", g, op(b, "sqrt", inner));
/** 1 − x². */
export const oneLessSquare = (b: NodeBuilder, x: Node): Node =>
  plus(b, negated(b, square(b, x)), 1);
/** 2/√π · e^(−x²), the slope of the error function. */
export const gauss = (b: NodeBuilder, g: Node, x: Node): Node =>
  op(b, "mul", g, scaled(b, op(b, "exp", negated(b, square(b, x))), 2 / Math.sqrt(Math.PI)));

/** The sign: −1, 0 or 1; 0 of NaN, as PyTorch. */
export function signOf(b: NodeBuilder, x: Node): Node {
  const zero = fillLike(b, x, 0);
  const { dtype } = x.type;
  const above = castTo(b, op(b, "lt", zero, x), dtype);
  return op(b, "sub", above, castTo(b, op(b, "lt", x, zero), dtype));
}

/** Halves a cotangent at ties and drops it where the other operand was chosen. */
export function chosen(b: NodeBuilder, g: Node, tie: Node, other: Node): Node {
  const shared = op(b, "where", tie, scaled(b, g, 0.5), g);
  return op(b, "where", other, fillLike(b, g, 0), shared);
}

/** The cotangents of base and exponent of a power. */
export function powerGradient(b: NodeBuilder, g: Node, x: Node, y: Node, power: Node): Node[] {
  const zero = fillLike(b, x, 0);
  const one = fillLike(b, x, 1);
  // where y is 0 the exponent stays 0 instead of −1: 0 · x^0 is the 0 that 0 · x^−1 is not at x = 0
  const exponent = op(b, "sub", op(b, "where", op(b, "eq", y, zero), one, y), one);
  const base = op(b, "mul", g, op(b, "mul", y, op(b, "pow", x, exponent)));
  const flat = op(b, "and", op(b, "eq", x, zero), op(b, "le", zero, y));
  const log = op(b, "log", op(b, "where", flat, one, x));
  return [base, op(b, "mul", g, op(b, "mul", power, log))];
}

/**
 * The cotangent of x from that of its largest or smallest elements y: ties share evenly. As in
 * PyTorch the NaNs share where the extremum of all is NaN; along axes such a row gets NaN.
 */
function extremumGradient(b: NodeBuilder, node: Node<"reduce">, g: Node): Node {
  const x = node.inputs[0]!;
  const { axes } = node.attrs;
  const { shape, dtype } = x.type;
  const y = expandTo(b, keepAxes(b, x, node, axes), shape);
  const spread = expandTo(b, keepAxes(b, x, g, axes), shape);
  const count = (mask: Node): Node => expandTo(b, sumKeep(b, castTo(b, mask, dtype), axes), shape);
  const equal = op(b, "eq", x, y);
  if (axes.length < shape.length) {
    return op(b, "div", op(b, "mul", spread, castTo(b, equal, dtype)), count(equal));
  }
  const nan = op(b, "and", op(b, "ne", x, x), op(b, "ne", y, y));
  const tied = op(b, "or", equal, nan);
  return op(b, "where", tied, op(b, "div", spread, count(tied)), fillLike(b, x, 0));
}

/**
 * The cotangent of x from that of a running extremum: each goes to the latest element that set it.
 */
function runningExtremumGradient(b: NodeBuilder, node: Node<"cumulate">, g: Node): Node {
  const { axis } = node.attrs;
  const at = runningExtremumIndex(b, node);
  return b.apply("scatter", [fillLike(b, node.inputs[0]!, 0), at, g], { combine: "sum", axis });
}

/**
 * The position of the element that a running extremum holds: the latest of equal ones, or the NaN.
 */
export function runningExtremumIndex(b: NodeBuilder, node: Node): Node {
  const x = node.inputs[0]!;
  const { axis } = node.attrs as CumulateAttrs;
  const at = positions(b, x.type.shape, axis);
  const sets = op(b, "or", op(b, "eq", x, node), op(b, "ne", x, x));
  const marked = op(b, "where", sets, at, fillLike(b, at, 0));
  return b.apply("cumulate", [marked], { combine: "max", axis });
}

/** Moves elements by one along an axis, 1 coming in at the beginning: `[a, b, c]` → `[1, a, b]`. */
function delayed(b: NodeBuilder, x: Node, axis: number): Node {
  const length = x.type.shape[axis]!;
  const edge = x.type.shape.map((extent, a) => (a === axis ? 1 : extent));
  const first = fill(b, x.type.dtype, edge, 1);
  return concat(b, [first, sliceAxis(b, x, axis, 0, length - 1)], axis);
}

/** The product of all elements before each, along an axis. */
function exclusiveProduct(b: NodeBuilder, x: Node, axis: number): Node {
  return b.apply("cumulate", [delayed(b, x, axis)], { combine: "prod", axis });
}

/** The cotangent of a product: what is before times what is after, so that zeros do no harm. */
function productGradient(b: NodeBuilder, node: Node<"reduce">, g: Node): Node {
  const x = node.inputs[0]!;
  const { axes } = node.attrs;
  const { shape, size } = x.type;
  if (axes.length === 0 || size === 0) return axes.length === 0 ? g : fillLike(b, x, 0);
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const length = axes.reduce((product, axis) => product * shape[axis]!, 1);
  const line = reshape(b, permute(b, x, order), [size / length, length]);
  const before = exclusiveProduct(b, line, 1);
  const after = reverse(b, exclusiveProduct(b, reverse(b, line, 1), 1), 1);
  const others = reshape(
    b,
    op(b, "mul", before, after),
    order.map((axis) => shape[axis]!),
  );
  const back = shape.map((_, axis) => order.indexOf(axis));
  const spread = expandTo(b, keepAxes(b, x, g, axes), shape);
  return op(b, "mul", spread, permute(b, others, back));
}

/**
 * The cotangent of a running product. With r[i] = g[i] + x[i+1] · r[i+1] it is r times the product
 * of all before; the recurrence is solved by doubling, in log2(n) steps and without a division.
 */
function runningProductGradient(b: NodeBuilder, node: Node<"cumulate">, g: Node): Node {
  const x = node.inputs[0]!;
  const { axis } = node.attrs;
  const { shape, dtype } = x.type;
  const length = shape[axis]!;
  if (length === 0) return x;
  const edge = (extent: number, value: number): Node =>
    fill(
      b,
      dtype,
      shape.map((n, a) => (a === axis ? extent : n)),
      value,
    );
  const ahead = (y: Node, distance: number): Node =>
    concat(b, [sliceAxis(b, y, axis, distance, length - distance), edge(distance, 0)], axis);
  let sum = g;
  let factor = ahead(x, 1);
  for (let distance = 1; distance < length; distance *= 2) {
    sum = op(b, "add", sum, op(b, "mul", factor, ahead(sum, distance)));
    factor = op(b, "mul", factor, ahead(factor, distance));
  }
  return op(b, "mul", exclusiveProduct(b, x, axis), sum);
}

/** The cotangents of x and source of a scattered maximum or minimum: ties share evenly. */
function scatterExtremumGradient(b: NodeBuilder, node: Node<"scatter">, g: Node): (Node | null)[] {
  const [x, index, source] = node.inputs as readonly [Node, Node, Node];
  const { axis } = node.attrs;
  const { dtype } = x.type;
  const winner = b.apply("gather", [node, index], { axis });
  const own = castTo(b, op(b, "eq", x, node), dtype);
  const given = castTo(b, op(b, "eq", source, winner), dtype);
  const count = b.apply("scatter", [own, index, given], { combine: "sum", axis });
  const share = op(b, "div", g, count);
  return [
    op(b, "mul", own, share),
    null,
    op(b, "mul", given, b.apply("gather", [share, index], { axis })),
  ];
}

/**
 * The cotangents of x and source of a scattered product; a single zero is taken out and put back.
 */
function scatterProductGradient(b: NodeBuilder, node: Node<"scatter">, g: Node): (Node | null)[] {
  const [x, index, source] = node.inputs as readonly [Node, Node, Node];
  const { axis } = node.attrs;
  const one = (like: Node): Node => fillLike(b, like, 1);
  const isZero = (y: Node): Node => op(b, "eq", y, fillLike(b, y, 0));
  const full = op(b, "where", isZero(x), one(x), x);
  const ofFull = b.apply("scatter", [full, index, source], node.attrs);
  const zeros = castTo(b, isZero(source), x.type.dtype);
  const count = b.apply("scatter", [fillLike(b, x, 0), index, zeros], { combine: "sum", axis });
  const here = b.apply("gather", [count, index], { axis });
  const single = op(b, "and", isZero(source), op(b, "eq", here, one(here)));
  const patched = op(b, "where", single, one(source), source);
  const rest = b.apply("scatter", [x, index, patched], node.attrs);
  const usual = b.apply("gather", [op(b, "mul", g, node), index], { axis });
  const divisor = op(b, "where", isZero(source), one(source), source);
  return [
    op(b, "mul", g, op(b, "div", ofFull, full)),
    null,
    op(
      b,
      "where",
      single,
      b.apply("gather", [op(b, "mul", g, rest), index], { axis }),
      op(b, "div", usual, divisor),
    ),
  ];
}

/** Bernoulli numbers B2, B4, …: trigamma(z) ≈ 1/z + 1/(2z²) + Σ B2k / z^(2k+1). */
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6];

/**
 * The derivative of digamma: ten steps of the recurrence up, the asymptotic series, reflection
 * below ½.
 */
export function trigamma(b: NodeBuilder, x: Node): Node {
  const half = fillLike(b, x, 0.5);
  const below = op(b, "lt", x, half);
  const one = fillLike(b, x, 1);
  let z = op(b, "where", below, op(b, "sub", one, x), x);
  let sum = fillLike(b, x, 0);
  for (let i = 0; i < 10; i++) {
    sum = op(b, "add", sum, op(b, "div", one, op(b, "mul", z, z)));
    z = plus(b, z, 1);
  }
  const inverse = op(b, "div", one, z);
  const square = op(b, "mul", inverse, inverse);
  let series = fillLike(b, x, BERNOULLI[BERNOULLI.length - 1]!);
  for (let k = BERNOULLI.length - 2; k >= 0; k--) {
    series = plus(b, op(b, "mul", series, square), BERNOULLI[k]!);
  }
  const odd = op(b, "mul", op(b, "mul", series, square), inverse);
  const tail = op(b, "add", op(b, "add", inverse, scaled(b, square, 0.5)), odd);
  const right = op(b, "add", sum, tail);
  const quarter = op(b, "where", below, x, half);
  // sin(πx) has period 2: taking off the nearest integer first keeps the argument small
  const turned = op(b, "sub", quarter, op(b, "round", quarter));
  const sine = op(b, "sin", scaled(b, turned, Math.PI));
  const ratio = op(b, "div", fillLike(b, x, Math.PI), sine);
  return op(b, "where", below, op(b, "sub", op(b, "mul", ratio, ratio), right), right);
}

// ── by what is combined ──────────────────────────────────────────────────────────────────────────

/** Adds up the axes along which an expansion repeated its operand. */
export function unexpand(b: NodeBuilder, g: Node, x: Node): Node {
  const axes = g.type.shape.flatMap((n, axis) => (n === x.type.shape[axis] ? [] : [axis]));
  return keepAxes(
    b,
    g,
    axes.length === 0 ? g : b.apply("reduce", [g], { combine: "sum", axes }),
    axes,
  );
}

/** The gradient rule of a reduction or running combination, by what it combines with. */
type Combined<K extends OpName> = Readonly<
  Record<Combine, (b: NodeBuilder, node: Node<K>, g: Node) => Node>
>;

/** The cotangent of what a reduction combined. */
export const REDUCED: Combined<"reduce"> = {
  sum: (b, { inputs: [x], attrs }, g) => expandTo(b, keepAxes(b, x!, g, attrs.axes), x!.type.shape),
  prod: productGradient,
  max: extremumGradient,
  min: extremumGradient,
};

/** The cotangent of what a running combination combined. */
export const CUMULATED: Combined<"cumulate"> = {
  sum: (b, { attrs }, g) =>
    reverse(b, b.apply("cumulate", [reverse(b, g, attrs.axis)], attrs), attrs.axis),
  prod: runningProductGradient,
  max: runningExtremumGradient,
  min: runningExtremumGradient,
};

/** What users know each scatter by, and its gradient rule. */
export const SCATTERS: Readonly<Record<ScatterAttrs["combine"], Titled>> = {
  sum: {
    title: "scatterAdd",
    vjp: (b, { inputs: [, index], attrs: { axis } }, g) => [
      g,
      null,
      b.apply("gather", [g, index!], { axis }),
    ],
  },
  set: {
    title: "scatterSet",
    vjp: (b, { inputs: [, index, source], attrs }, g) => [
      b.apply("scatter", [g, index!, fillLike(b, source!, 0)], attrs),
      null,
      b.apply("gather", [g, index!], { axis: attrs.axis }),
    ],
  },
  prod: { title: "scatterProd", vjp: scatterProductGradient },
  max: { title: "scatterMax", vjp: scatterExtremumGradient },
  min: { title: "scatterMin", vjp: scatterExtremumGradient },
};

interface Titled {
  readonly title: string;
  readonly vjp: (b: NodeBuilder, node: Node<"scatter">, g: Node) => readonly (Node | null)[];
}
