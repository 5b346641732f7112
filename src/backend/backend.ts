/** What every backend offers: memory by address, and programs compiled from plans. */
import type { TypedArray, DType } from "../core/dtype.ts";
import type { Call, Plan } from "../compiler/kernel.ts";
import type { Limits } from "../compiler/limits.ts";

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
}

/** How many threads kernels may use at most, and what says how many they do: the count in use. */
export interface Threads {
  readonly most: number;
  use(count: number): number;
}

/** A device. Addresses are opaque numbers; 0 is none. */
export interface Backend {
  readonly name: string;
  readonly limits: Limits;
  /** None where kernels run on the caller's thread alone. */
  readonly threads?: Threads;
  /** How it runs programs, in words. */
  readonly about?: string;
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

/** Where a device stopped: the number of the run that failed, counted from 0, and why. */
export interface Stop {
  readonly run: number;
  readonly failure: Failure;
}

/**
 * A device that answers later: runs, writes and reads are queued, in order, and return at once;
 * `Program.run` gives null. A run that fails leaves what it would replace in place as it was, and
 * the runs queued behind it are passed over until `resume`, whose place in the queue counts. What
 * is released while runs that use it are queued serves them until they are done.
 */
export interface LateBackend extends Omit<Backend, "read" | "readInto"> {
  /** Copies values out, as they are at this place in the queue. */
  read(address: number, dtype: DType, length: number): Promise<TypedArray>;
  /** Waits for all runs so far. Null, or the failure at which the device stands. */
  settle(): Promise<Stop | null>;
  /** Lets the runs queued from here on go ahead after a failure. */
  resume(): void;
}
