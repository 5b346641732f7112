/**
 * The names of the operations and the attributes of each: the left-hand column of the table in
 * ops.ts. It stands apart because nodes are typed by it and the table's rows work on nodes.
 */
import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";

/** No attributes. */
export type NoAttrs = Readonly<Record<string, never>>;

/** Attributes of an operation along one axis. */
export interface AxisAttrs {
  readonly axis: number;
}

/** Attributes of a reduction: `axes` are distinct, ascending, and go away. */
export interface AxesAttrs {
  readonly axes: readonly number[];
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

/** Operations of one operand that work element by element, without attributes. */
type UnaryName =
  | "neg"
  | "abs"
  | "floor"
  | "ceil"
  | "trunc"
  | "round"
  | "sqrt"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sin"
  | "cos"
  | "tan"
  | "tanh"
  | "sinh"
  | "cosh"
  | "asin"
  | "acos"
  | "atan"
  | "asinh"
  | "acosh"
  | "atanh"
  | "erf"
  | "erfc"
  | "lgamma"
  | "digamma"
  | "sigmoid"
  | "not"
  | "stopGradient";

/** Operations of two or more operands that work element by element, without attributes. */
type ElementwiseName =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "maximum"
  | "minimum"
  | "atan2"
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "and"
  | "or"
  | "xor"
  | "where";

/** The attributes of every operation. */
export interface OpAttrs extends Record<UnaryName | ElementwiseName, NoAttrs> {
  input: { readonly index: number };
  constant: { readonly dtype: DType; readonly value: number };
  iota: { readonly length: number };
  threefry: { readonly word: 0 | 1 };
  shl: { readonly by: number };
  shr: { readonly by: number };
  cast: { readonly dtype: DType };
  reshape: { readonly shape: Shape };
  permute: { readonly axes: readonly number[] };
  expand: { readonly shape: Shape };
  slice: SliceAttrs;
  update: BlockAttrs;
  sum: AxesAttrs;
  prod: AxesAttrs;
  max: AxesAttrs;
  min: AxesAttrs;
  cumsum: AxisAttrs;
  cumprod: AxisAttrs;
  cummax: AxisAttrs;
  cummin: AxisAttrs;
  contract: NoAttrs;
  conv: ConvAttrs;
  scan: ScanAttrs;
  pick: { readonly index: number };
  concat: AxisAttrs;
  gather: AxisAttrs;
  scatterAdd: AxisAttrs;
  scatterSet: AxisAttrs;
  scatterProd: AxisAttrs;
  scatterMax: AxisAttrs;
  scatterMin: AxisAttrs;
  argsort: { readonly descending: boolean };
}

/** The name of an operation. */
export type OpName = keyof OpAttrs;
