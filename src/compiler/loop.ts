/**
 * The loop form: a kernel written as loops, loads, stores and scalar instructions on variables. It
 * is made from a kernel and a device's `Limits`, and all that several backends would decide is
 * decided in it: which dim runs in lanes, what is packed into scratch memory, how a tile of sums is
 * cut, in which order partial results combine. A backend writes it out statement by statement.
 *
 *     p0 = start #1                         where param 1 begins
 *     p1 = start #0
 *     loop 250: p2 = p0 += 4, p3 = p1 += 4  p2 begins at p0, and 4 elements on after each turn
 *       v5 = load f32x4 p3[0]
 *       store p2[0] ← select f32x4(le boolx4(v5, 0), 0, v5)
 *
 * Values have 1 lane or several. Lanes are of one width within a form: four lanes of float32, int32
 * and bool, or two of float64, where a vector has 16 bytes; only the float64 totals of a reduction
 * of narrower values are two vectors of half as many lanes (`widen`, `narrow`). Bools in lanes are
 * masks. Nothing is ever reassociated or contracted: an expression rounds after each instruction.
 */
import type { DType } from "../core/dtype.ts";
import type { ScalarOp } from "../ir/scalar.ts";
import type { Param } from "./kernel.ts";

/**
 * A variable of the function; assigned before it is read, and assigned anew by other scopes. A
 * "pointer" is a place among the elements of one param, a "distance" what is added to a pointer;
 * both count elements of `dtype`.
 */
export interface Variable {
  readonly op: "variable";
  readonly id: number;
  readonly kind: "value" | "pointer" | "distance";
  readonly dtype: DType;
  readonly lanes: number;
}

const LETTER = { value: "v", pointer: "p", distance: "d" } as const;

/** What a variable is called wherever a loop form is written out. */
export function nameOf({ kind, id }: Variable): string {
  return `${LETTER[kind]}${id}`;
}

/** The element `offset` after the one that `base` (plus `distance`) points at. */
export interface Address {
  /** The param into which the pointer leads; scratch blocks are numbered after the params. */
  readonly param: number;
  readonly base: Variable;
  readonly distance: Variable | null;
  readonly offset: number;
}

/** What is computed; operands are evaluated in order, and nothing has an effect. */
export type Expression =
  | Variable
  /** The same number in each lane. */
  | { readonly op: "const"; readonly dtype: DType; readonly lanes: number; readonly value: number }
  /** A scalar instruction, lane by lane. The count of a shift has one lane. */
  | {
      readonly op: ScalarOp;
      readonly dtype: DType;
      readonly lanes: number;
      readonly args: readonly Expression[];
    }
  /** args 0 · 1 + 2 of float32, rounded once; only where `Limits.fused`. */
  | {
      readonly op: "fused";
      readonly dtype: DType;
      readonly lanes: number;
      readonly args: readonly [Expression, Expression, Expression];
    }
  /** One element, or as many neighbours as there are lanes: it may read beyond the last element. */
  | {
      readonly op: "load";
      readonly dtype: DType;
      readonly lanes: number;
      readonly at: Address;
    }
  /** One element for each lane, from addresses of their own; lanes without an address are 0. */
  | {
      readonly op: "pick";
      readonly dtype: DType;
      readonly lanes: number;
      readonly at: readonly Address[];
    }
  /** A single value in each lane. */
  | {
      readonly op: "splat";
      readonly dtype: DType;
      readonly lanes: number;
      readonly arg: Expression;
    }
  /** int32 `start` + lane · stride. */
  | {
      readonly op: "ramp";
      readonly dtype: "int32";
      readonly lanes: number;
      readonly start: Expression;
      readonly stride: number;
    }
  /** One lane as a single value. */
  | {
      readonly op: "lane";
      readonly dtype: DType;
      readonly lanes: 1;
      readonly arg: Expression;
      readonly lane: number;
    }
  /** Lane i takes lane i + by; what the last lanes are is left open. */
  | {
      readonly op: "shift";
      readonly dtype: DType;
      readonly lanes: number;
      readonly arg: Expression;
      readonly by: number;
    }
  /** The first `count` lanes of `arg`, the others of `other`. */
  | {
      readonly op: "first";
      readonly dtype: DType;
      readonly lanes: number;
      readonly count: number;
      readonly arg: Expression;
      readonly other: Expression;
    }
  /** Whether an int32 is in 0 … size − 1. */
  | {
      readonly op: "within";
      readonly dtype: "bool";
      readonly lanes: 1;
      readonly arg: Expression;
      readonly size: number;
    }
  /** Whether the first `count` lanes of a mask are all true. */
  | {
      readonly op: "all";
      readonly dtype: "bool";
      readonly lanes: 1;
      readonly count: number;
      readonly arg: Expression;
    }
  /** The lower (0) or upper (1) half of the lanes of float32 or int32, as float64. */
  | {
      readonly op: "widen";
      readonly dtype: "float64";
      readonly lanes: number;
      readonly arg: Expression;
      readonly half: 0 | 1;
    }
  /** Two vectors of float64 as one of float32 or int32, of twice the lanes; see ir/scalar.ts. */
  | {
      readonly op: "narrow";
      readonly dtype: DType;
      readonly lanes: number;
      readonly args: readonly [Expression, Expression];
    }
  /** Where a param or a scratch block begins; a pointer. */
  | { readonly op: "start"; readonly dtype: DType; readonly lanes: 1; readonly param: number }
  /** The pointer to an address. */
  | { readonly op: "address"; readonly dtype: DType; readonly lanes: 1; readonly at: Address }
  /** The distance of int32 `index` · stride elements. */
  | {
      readonly op: "distance";
      readonly dtype: DType;
      readonly lanes: 1;
      readonly index: Expression;
      readonly stride: number;
    };

/** A pointer or an int32 that a loop moves: `from` in the first turn (null: 0), then `by` more. */
export interface Move {
  readonly variable: Variable;
  readonly from: Variable | null;
  readonly by: number;
}

/** What is done, in order. */
export type Statement =
  | { readonly kind: "set"; readonly variable: Variable; readonly value: Expression }
  /** Writes the first `count` lanes of a value to neighbours, and nothing beyond them. */
  | {
      readonly kind: "store";
      readonly dtype: DType;
      readonly at: Address;
      readonly value: Expression;
      readonly count: number;
    }
  /**
   * Runs `body` `count` ≥ 2 times. Of loops that are `apart` turns may run at once, each with
   * scratch memory of its own: what stands before the first of them prepares each, and what stands
   * after it is independent of them.
   */
  | {
      readonly kind: "loop";
      readonly apart: boolean;
      readonly count: number;
      readonly moves: readonly Move[];
      readonly body: readonly Statement[];
    }
  /** Runs `body` as long as the bool `test`, evaluated before each turn, is true. */
  | { readonly kind: "while"; readonly test: Expression; readonly body: readonly Statement[] }
  | {
      readonly kind: "if";
      readonly test: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  /** Ends the kernel with a failure unless the bool `holds`; `value` is the int32 to report. */
  | {
      readonly kind: "check";
      readonly code: "index" | "overflow";
      readonly holds: Expression;
      readonly value: Expression;
    };

/** A part of scratch memory, which holds nothing between kernels; `offset` is in bytes. */
export interface Scratch {
  readonly dtype: DType;
  readonly offset: number;
}

/** A kernel as loops. */
export interface LoopForm {
  readonly params: readonly Param[];
  readonly scratch: readonly Scratch[];
  readonly scratchBytes: number;
  /** How wide its vectors are. */
  readonly vectorBytes: number;
  /** By their ids. */
  readonly variables: readonly Variable[];
  readonly body: readonly Statement[];
}
