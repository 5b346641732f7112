/**
 * What elements are combined with, in reductions, running combinations and scatters alike: the
 * step, what it starts from, when it can leave its dtype, and the order of a reduction.
 */
import type { DType } from "../core/dtype.ts";
import { roundTo } from "../core/dtype.ts";
import type { ScalarOp } from "./scalar.ts";

/** The ways to combine elements. */
export type Combine = "sum" | "prod" | "max" | "min";

const INSTRUCTIONS: Readonly<Record<Combine, ScalarOp>> = {
  sum: "add",
  prod: "mul",
  max: "max",
  min: "min",
};

/** The instruction that combines two values; of bools the larger is either, the smaller both. */
export function instructionOf(combine: Combine, dtype: DType): ScalarOp {
  if (dtype === "bool") return combine === "max" ? "or" : "and";
  return INSTRUCTIONS[combine];
}

/** The value that changes no other. */
export function identityOf(combine: Combine, dtype: DType): number {
  if (combine === "sum") return 0;
  if (combine === "prod") return 1;
  if (dtype === "bool") return combine === "max" ? 0 : 1;
  return roundTo(dtype, combine === "max" ? -Infinity : Infinity);
}

/** The step on numbers, rounded to the dtype; int32 is left exact, for the check of its range. */
export function stepOf(combine: Combine, dtype: DType): (a: number, b: number) => number {
  const round = dtype === "float32" ? Math.fround : (x: number): number => x;
  switch (combine) {
    case "sum":
      return (a, b) => round(a + b);
    case "prod":
      return (a, b) => round(a * b);
    case "max":
      return Math.max;
    case "min":
      return Math.min;
    default:
      return combine satisfies never;
  }
}

/** Whether results can be out of range, which is an error: int32 is never wrapped silently. */
export function overflows(combine: Combine, dtype: DType): boolean {
  return dtype === "int32" && (combine === "sum" || combine === "prod");
}

/**
 * The order in which a reduction combines, on every device that promises bits. Reduced axes that
 * are neighbours count as one; the innermost such group is k, the others are walked row-major
 * outside it. k is cut into chunks of `chunk`; within a chunk element k goes to partial result k
 * mod `lanes`, which starts from the identity; the partial results p are combined as
 * `((p0+p4)+(p2+p6)) + ((p1+p5)+(p3+p7))`, and that is combined into a running total, which starts
 * from the identity too. The total of a float sum or product is float64; all of an int32 sum or
 * product is computed in float64 and must end within the range of int32.
 */
export const reductionOrder = { lanes: 8, chunk: 512 } as const;
