/** What every backend offers: memory by address, and programs compiled from plans. */
import type { TypedArray, DType } from "../core/dtype.ts";
import type { Call, Plan } from "../compiler/kernel.ts";
import type { Limits } from "../compiler/limits.ts";

export type { Limits };

/** Why a run stopped: an index out of range, or an int32 result that does not fit. */
export interface Failure {
  readonly code: "index" | "overflow";
  readonly call: Call;
  /** The offending index (0 for an overflow). */
  readonly value: number;
}

/** A plan made runnable. */
export interface Program {
  /** Gives an input or output buffer of the plan its address; it stays bound until bound anew. */
  bind(buffer: number, address: number): void;
  /** Runs all calls. Null, or the failure at which it stopped. */
  run(): Failure | null;
  /** Gives back what the program holds on the device. */
  release(): void;
  /** The emitted code as text, kernel by kernel, for `explain`. */
  readonly code: () => string;
}

/** A device. Addresses are opaque numbers; 0 is none. */
export interface Backend {
  readonly name: string;
  readonly limits: Limits;
  /** Reserves device memory; throws a MemoryError with wanted and free bytes. */
  alloc(bytes: number): number;
  free(address: number): void;
  /** Bytes reserved at present, programs and arena included. */
  readonly usedBytes: () => number;
  write(address: number, values: TypedArray): void;
  /** Copies out as many elements as `target` has. */
  readInto(address: number, target: TypedArray): void;
  /** Copies values out. */
  read(address: number, dtype: DType, length: number): TypedArray;
  /** Spells a plan in the device's language. Grows the arena to `plan.arenaBytes` first. */
  compile(plan: Plan): Program;
}
