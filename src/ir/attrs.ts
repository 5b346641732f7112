/**
 * The names of the operations, what each computes, and its attributes: the left-hand column of the
 * table in ops.ts. It stands apart because nodes are typed by it and the rows work on nodes.
 */
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Combine } from "./combine.ts";

/** No attributes. */
export type NoAttrs = Readonly<Record<string, never>>;

/** Attributes of an operation along one axis. */
export interface AxisAttrs {
  readonly axis: number;
}

/** Attributes of a reduction: `axes` are distinct, ascending, and go away. */
export interface ReduceAttrs {
  readonly combine: Combine;
  readonly axes: readonly number[];
}

/** Attributes of a running combination. */
export interface CumulateAttrs extends AxisAttrs {
  readonly combine: Combine;
}

/** Attributes of a scatter; "set" overwrites: of several at one place the last one stays. */
export interface ScatterAttrs extends AxisAttrs {
  readonly combine: Combine | "set";
}

/** A strided block: `dynamic` lists the axes whose start has a run-time part, as inputs follow. */
export interface BlockAttrs {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly dynamic: readonly number[];
}

/** A strided block that is read: `size` elements from `start` on along each axis. */
export interface SliceAttrs extends BlockAttrs {
  readonly size: readonly number[];
}

/** A convolution: one entry per spatial axis; `padding` is [before, after] and may be negative. */
export interface ConvAttrs {
  readonly stride: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  /** Distance between the elements of the input; those between them are zeros. */
  readonly inputDilation: readonly number[];
  readonly kernelDilation: readonly number[];
  readonly groups: number;
}

/**
 * A scan. Inputs of the node: initial carries, sequences `[length, …]`, captures; of the body:
 * carries, one element of each sequence, captures. The body's outputs: the next carries, then what
 * is stacked.
 */
export interface ScanAttrs {
  /** A graph; nodes, which have attributes, are typed after this file: see `Scan` in node.ts. */
  readonly body: { readonly inputs: readonly unknown[]; readonly outputs: readonly unknown[] };
  readonly carries: number;
  readonly sequences: number;
  readonly length: number;
  /** Whether it walks from the last element to the first. */
  readonly reverse: boolean;
}

/**
 * The attributes of every operation. The sentences are those of docs/ops.md, read from here: as
 * comments, so that no program loads them.
 */
export interface OpAttrs {
  /** A value given to the graph from outside. */
  input: { readonly index: number };
  /** One number, of shape []. */
  constant: { readonly dtype: DType; readonly value: number };
  /** The numbers 0, 1, 2, … as int32. */
  iota: { readonly length: number };
  /** −x. */
  neg: NoAttrs;
  /** |x|; its slope at 0 is 0. */
  abs: NoAttrs;
  /** The largest integer up to x. */
  floor: NoAttrs;
  /** The smallest integer from x on. */
  ceil: NoAttrs;
  /** x without its fraction. */
  trunc: NoAttrs;
  /** The nearest integer; ties to even. */
  round: NoAttrs;
  /** The square root; its slope at 0 is infinite. */
  sqrt: NoAttrs;
  /** e^x. */
  exp: NoAttrs;
  /** e^x − 1, exact near 0. */
  expm1: NoAttrs;
  /** The natural logarithm. */
  log: NoAttrs;
  /** log(1 + x), exact near 0. */
  log1p: NoAttrs;
  /** The sine. */
  sin: NoAttrs;
  /** The cosine. */
  cos: NoAttrs;
  /** The tangent. */
  tan: NoAttrs;
  /** The hyperbolic tangent. */
  tanh: NoAttrs;
  /** The hyperbolic sine. */
  sinh: NoAttrs;
  /** The hyperbolic cosine. */
  cosh: NoAttrs;
  /** The inverse sine. */
  asin: NoAttrs;
  /** The inverse cosine. */
  acos: NoAttrs;
  /** The inverse tangent. */
  atan: NoAttrs;
  /** The inverse hyperbolic sine. */
  asinh: NoAttrs;
  /** The inverse hyperbolic cosine. */
  acosh: NoAttrs;
  /** The inverse hyperbolic tangent. */
  atanh: NoAttrs;
  /** The error function. */
  erf: NoAttrs;
  /** 1 − erf(x), exact for large x. */
  erfc: NoAttrs;
  /** log |Γ(x)|. */
  lgamma: NoAttrs;
  /** The slope of lgamma. */
  digamma: NoAttrs;
  /** 1 / (1 + e^−x). */
  sigmoid: NoAttrs;
  /** The complement, bit by bit. */
  not: NoAttrs;
  /** x, cut off from what it came from. */
  stopGradient: NoAttrs;
  /** x + y. */
  add: NoAttrs;
  /** x − y. */
  sub: NoAttrs;
  /** x · y. */
  mul: NoAttrs;
  /** x / y. */
  div: NoAttrs;
  /** x to the power y. */
  pow: NoAttrs;
  /** The larger of two; NaN wins; a tie halves the gradient. */
  maximum: NoAttrs;
  /** The smaller of two; NaN wins; a tie halves the gradient. */
  minimum: NoAttrs;
  /** The angle of the point (y, x), given as (y, x). */
  atan2: NoAttrs;
  /** Whether x = y. */
  eq: NoAttrs;
  /** Whether x ≠ y. */
  ne: NoAttrs;
  /** Whether x < y. */
  lt: NoAttrs;
  /** Whether x ≤ y. */
  le: NoAttrs;
  /** Both, bit by bit. */
  and: NoAttrs;
  /** Either, bit by bit. */
  or: NoAttrs;
  /** One alone, bit by bit. */
  xor: NoAttrs;
  /** The second operand where the first is true, else the third. */
  where: NoAttrs;
  /** One word of the Threefry-2x32 hash (20 rounds) of two counters under two keys. */
  threefry: { readonly word: 0 | 1 };
  /** The bits moved up. */
  shl: { readonly by: number };
  /** The bits moved down, zeros coming in. */
  shr: { readonly by: number };
  /** The same number in another dtype: to int32 it truncates and saturates, to bool it asks ≠ 0. */
  cast: { readonly dtype: DType };
  /** The same elements in row-major order under another shape. */
  reshape: { readonly shape: Shape };
  /** The axes in another order: axis i of the result is axis axes[i] of x. */
  permute: { readonly axes: readonly number[] };
  /** Axes of extent 1 repeated. */
  expand: { readonly shape: Shape };
  /**
   * A strided block of x; starts listed in `dynamic` have a run-time part, a float64 scalar each.
   */
  slice: SliceAttrs;
  /** x with a strided block of it replaced. */
  update: BlockAttrs;
  /**
   * The sum, product, largest or smallest over axes. int32 that overflows is an error; NaN is above
   * and below all; the largest of bools is any, the smallest all.
   */
  reduce: ReduceAttrs;
  /** The running sum, product, maximum or minimum along an axis. */
  cumulate: CumulateAttrs;
  /** The matrix product [..., M, K] · [..., K, N], batch by batch. */
  contract: NoAttrs;
  /** The convolution [N, C, …] ∗ [O, C / groups, …] over one to three axes. */
  conv: ConvAttrs;
  /** A graph applied to element after element of sequences, carrying values along. */
  scan: ScanAttrs;
  /** One of the values of an operation that has several. */
  pick: { readonly index: number };
  /** Tensors laid one after another along an axis. */
  concat: AxisAttrs;
  /** The elements of x at the places that index gives along an axis. */
  gather: AxisAttrs;
  /** x with source written, added, multiplied, or where it is larger or smaller, at index. */
  scatter: ScatterAttrs;
  /** The positions that sort each line of the last axis: stable, NaN largest. */
  argsort: { readonly descending: boolean };
}

/** The name of an operation. */
export type OpName = keyof OpAttrs;
