/**
 * The scalar language: what happens to one element. Rows of the table lower to trees of these
 * instructions; a backend spells each of them once. Float instructions round to their dtype after
 * every step, min and max propagate NaN, and nothing is ever contracted or reassociated.
 */
import type { DType } from "../core/dtype.ts";

/** The instructions that every backend spells. */
export type ScalarOp =
  // float32, float64 and int32 (int32 wraps; `div` is float only)
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "neg"
  | "abs"
  | "min"
  | "max"
  // floats
  | "sqrt"
  | "floor"
  | "ceil"
  | "trunc"
  | "nearest" // ties to even
  | "exp2i" // 2^k of an integral k in the range of normal numbers, by writing the exponent field
  | "exponent" // the unbiased exponent field, as a float: floor(log2 |x|) of a normal number
  | "mantissa" // x with its exponent field set to that of 1 and its sign cleared: in [1, 2)
  // comparisons: two operands of one dtype → bool; a NaN operand gives false, but for `ne`
  | "eq"
  | "ne"
  | "lt"
  | "le"
  // bool or int32, bitwise
  | "and"
  | "or"
  | "xor"
  | "not"
  // int32; the shift count is an int32 constant in 0…31; `shr` is logical
  | "shl"
  | "shr"
  // select(condition, ifTrue, ifFalse); cast (float → int truncates and saturates, NaN → 0; → bool:
  // ≠ 0)
  | "select"
  | "cast";

/** A node of a scalar tree: an instruction, a constant, or the row's k-th argument. */
export interface Scalar {
  readonly op: ScalarOp | "const" | "arg";
  readonly dtype: DType;
  readonly args: readonly Scalar[];
  /** The value of a `const`, the position of an `arg`. */
  readonly value: number;
}

const COMPARISONS: ReadonlySet<string> = new Set(["eq", "ne", "lt", "le"]);

/** Makes an instruction; its dtype is that of its last operand, or bool for a comparison. */
export function scalar(op: ScalarOp, ...args: readonly Scalar[]): Scalar {
  const dtype = COMPARISONS.has(op) ? "bool" : args[args.length - 1]!.dtype;
  return { op, dtype, args, value: 0 };
}

/** Makes a constant. */
export function literal(dtype: DType, value: number): Scalar {
  return { op: "const", dtype, args: [], value };
}

/** Makes the reference to the row's k-th argument. */
export function argument(k: number, dtype: DType): Scalar {
  return { op: "arg", dtype, args: [], value: k };
}

/** Converts to `dtype`; a value that has it already is returned as it is. */
export function convert(x: Scalar, dtype: DType): Scalar {
  return x.dtype === dtype ? x : { op: "cast", dtype, args: [x], value: 0 };
}

/** How many instructions a scalar tree has, up to `limit`. */
export function costOf(tree: Scalar, limit: number): number {
  let cost = 0;
  const stack = [tree];
  while (stack.length > 0 && cost < limit) {
    const { args } = stack.pop()!;
    if (args.length > 0) cost++;
    stack.push(...args);
  }
  return cost;
}

/** How many instructions a scalar tree has, equal ones counted once. */
export function distinctOf(tree: Scalar): number {
  const seen = new Set<Scalar>([tree]);
  let count = 0;
  for (const node of seen) {
    if (node.args.length > 0) count++;
    for (const arg of node.args) seen.add(arg);
  }
  return count;
}
