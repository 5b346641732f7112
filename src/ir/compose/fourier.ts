/**
 * Fourier transforms of any length, by matrix products: a length is cut into factors of at most 32,
 * whose transforms are products with small matrices (Cooley and Tukey, 1965); a long prime one
 * becomes a convolution, which has the length of a power of two (Bluestein, 1970). Complex numbers
 * are pairs: along the last axis outside, along the axis before the places within.
 */
import type { DType } from "../../core/dtype.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, concat, constant, expandTo, fill, fillLike, op, permute } from "../words.ts";
import { positions, reshape, scaled, sliceAxis } from "../words.ts";

/** −1 forwards, 1 backwards: the sign of the exponent. */
export type Direction = -1 | 1;

/** The longest transform that is one product with a matrix, and of what several steps are made. */
const [LONGEST, STEP] = [64, 32];

/**
 * Transforms the last axis of pairs `[rows, 2, n]`, unscaled: Σ z[t] exp(direction · 2πi kt / n).
 */
export function transform(b: NodeBuilder, z: Node, direction: Direction): Node {
  const [rows, , n] = z.type.shape as [number, number, number];
  if (n <= 1) return z;
  const radix = radixOf(n);
  if (radix === n) return (n <= LONGEST ? byMatrix : byConvolution)(b, z, direction);
  const rest = n / radix;
  // t = rest · t1 + t2, k = k1 + radix · k2
  const first = innerTransform(b, z, radix, rest, direction); // [rows, 2, k1, t2]
  const turned = turn(b, first, twiddles(b, radix, rest, direction, z.type.dtype));
  const lines = reshape(b, permute(b, turned, [0, 2, 1, 3]), [rows * radix, 2, rest]);
  const second = reshape(b, transform(b, lines, direction), [rows, radix, 2, rest]);
  return reshape(b, permute(b, second, [0, 2, 3, 1]), [rows, 2, n]);
}

/** The length of the first step: small prime factors together, or one that is large. */
function radixOf(n: number): number {
  if (n <= STEP) return n;
  const smallest = smallestFactor(n);
  let radix = smallest;
  for (let left = n / smallest; left > 1;) {
    const factor = smallestFactor(left);
    if (radix * factor > STEP) break;
    radix *= factor;
    left /= factor;
  }
  return radix;
}

function smallestFactor(n: number): number {
  for (let factor = 2; factor * factor <= n; factor++) if (n % factor === 0) return factor;
  return n;
}

/** Transforms the axis t1 of pairs `[rows, 2, radix · rest]`: `[rows, 2, radix, rest]`. */
function innerTransform(
  b: NodeBuilder,
  z: Node,
  radix: number,
  rest: number,
  direction: Direction,
): Node {
  const rows = z.type.shape[0]!;
  if (radix <= LONGEST) {
    const columns = reshape(b, z, [rows, 2 * radix, rest]);
    const matrix = matrixOf(b, radix, direction, z.type.dtype);
    const left = expandTo(b, matrix, [rows, 2 * radix, 2 * radix]);
    return reshape(b, op(b, "contract", left, columns), [rows, 2, radix, rest]);
  }
  const apart = permute(b, reshape(b, z, [rows, 2, radix, rest]), [0, 3, 1, 2]);
  const lines = transform(b, reshape(b, apart, [rows * rest, 2, radix]), direction);
  return permute(b, reshape(b, lines, [rows, rest, 2, radix]), [0, 2, 3, 1]);
}

/** A short transform: one product. */
function byMatrix(b: NodeBuilder, z: Node, direction: Direction): Node {
  const [rows, , n] = z.type.shape as [number, number, number];
  const matrix = permute(b, matrixOf(b, n, direction, z.type.dtype), [1, 0]);
  const y = op(b, "contract", reshape(b, z, [rows, 2 * n]), matrix);
  return reshape(b, y, [rows, 2, n]);
}

/** The numbers exp(direction · 2πi · q / n) of whole q from 0 to n (float64): cosines and sines. */
interface Unit {
  readonly c: Node;
  readonly s: Node;
}

/** Quarter turns are taken out first, so that they are exact. */
function unit(b: NodeBuilder, q: Node, n: number, direction: Direction, dtype: DType): Unit {
  const quarters = scaled(b, q, 4);
  const turns = op(b, "round", scaled(b, quarters, 1 / n));
  const rest = op(b, "sub", quarters, scaled(b, turns, n));
  const angle = scaled(b, rest, Math.PI / (2 * n));
  const [x, y] = [op(b, "cos", angle), op(b, "sin", angle)];
  const is = (...list: readonly number[]): Node =>
    list.map((k) => op(b, "eq", turns, fillLike(b, turns, k))).reduce((p, r) => op(b, "or", p, r));
  const odd = is(1, 3);
  const signed = (z: Node, negative: Node): Node => op(b, "where", negative, op(b, "neg", z), z);
  const c = signed(op(b, "where", odd, y, x), is(1, 2));
  const s = signed(op(b, "where", odd, x, y), direction > 0 ? is(2, 3) : is(0, 1, 4));
  return { c: castTo(b, c, dtype), s: castTo(b, s, dtype) };
}

/** The product of places along two axes, as float64. */
function products(b: NodeBuilder, shape: readonly [number, number]): Node {
  const product = op(b, "mul", positions(b, shape, 0), positions(b, shape, 1));
  return castTo(b, product, "float64");
}

/** The matrix `[2n, 2n]` that transforms columns of n real parts over n imaginary ones. */
function matrixOf(b: NodeBuilder, n: number, direction: Direction, dtype: DType): Node {
  const { c, s } = unit(b, remainder(b, products(b, [n, n]), n), n, direction, dtype);
  const top = concat(b, [c, op(b, "neg", s)], 1);
  return concat(b, [top, concat(b, [s, c], 1)], 0);
}

/** exp(direction · 2πi · k1 · t2 / n) as pairs `[1, 2, radix, rest]`. */
function twiddles(
  b: NodeBuilder,
  radix: number,
  rest: number,
  direction: Direction,
  dtype: DType,
): Node {
  const turns = unit(b, products(b, [radix, rest]), radix * rest, direction, dtype);
  return paired(b, turns, [radix, rest]);
}

/** Cosines and sines as pairs `[1, 2, …]`. */
function paired(b: NodeBuilder, { c, s }: Unit, shape: readonly number[]): Node {
  return concat(
    b,
    [c, s].map((x) => reshape(b, x, [1, 1, ...shape])),
    1,
  );
}

/** x − n · floor(x / n) of whole float64 numbers; a multiple of n may stay n, which is as good. */
function remainder(b: NodeBuilder, x: Node, n: number): Node {
  return op(b, "sub", x, scaled(b, op(b, "floor", scaled(b, x, 1 / n)), n));
}

/** The product of pairs along axis 1; the second broadcasts along axis 0. */
export function turn(b: NodeBuilder, z: Node, w: Node): Node {
  const { shape } = z.type;
  const half = shape.map((extent, axis) => (axis === 1 ? 1 : extent));
  const part = (x: Node, which: 0 | 1): Node => expandTo(b, sliceAxis(b, x, 1, which, 1), half);
  const [re, im, c, s] = [part(z, 0), part(z, 1), part(w, 0), part(w, 1)];
  const real = op(b, "sub", op(b, "mul", re, c), op(b, "mul", im, s));
  const imaginary = op(b, "add", op(b, "mul", re, s), op(b, "mul", im, c));
  return concat(b, [real, imaginary], 1);
}

/**
 * A long prime transform: kt = (k² + t² − (k − t)²) / 2 makes it a convolution with the chirp
 * exp(−direction · πi t² / n), done by transforms of a power of two.
 */
function byConvolution(b: NodeBuilder, z: Node, direction: Direction): Node {
  const [, , n] = z.type.shape as [number, number, number];
  const { dtype } = z.type;
  let length = 1;
  while (length < 2 * n - 1) length *= 2;
  const place = castTo(b, b.apply("iota", [], { length: n }), "float64");
  const square = remainder(b, op(b, "mul", place, place), 2 * n);
  const chirp = paired(b, unit(b, square, 2 * n, direction, dtype), [n]);
  const kernel = conjugate(b, chirp);
  const wrapped = concat(
    b,
    [
      kernel,
      fill(b, dtype, [1, 2, length - 2 * n + 1], 0),
      sliceAxis(b, kernel, 2, n - 1, n - 1, -1),
    ],
    2,
  );
  const long = transform(b, padded(b, turn(b, z, chirp), 2, length), -1);
  const product = turn(b, long, transform(b, wrapped, -1));
  const back = scaled(b, sliceAxis(b, transform(b, product, 1), 2, 0, n), 1 / length);
  return turn(b, back, chirp);
}

/** Pairs along axis 1 with the second of each negated. */
function conjugate(b: NodeBuilder, z: Node): Node {
  return concat(b, [sliceAxis(b, z, 1, 0, 1), op(b, "neg", sliceAxis(b, z, 1, 1, 1))], 1);
}

/** An axis cut or filled up with zeros to an extent. */
export function padded(b: NodeBuilder, x: Node, axis: number, extent: number): Node {
  const { shape, dtype } = x.type;
  const own = shape[axis]!;
  if (extent <= own) return sliceAxis(b, x, axis, 0, extent);
  const more = shape.map((n, a) => (a === axis ? extent - own : n));
  return concat(b, [x, expandTo(b, constant(b, dtype, 0), more)], axis);
}
