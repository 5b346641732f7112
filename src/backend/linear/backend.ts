/**
 * A backend whose memory is one range of bytes that the host sees too: programs are a table of
 * buffer addresses and a list of calls in it, run without returning to JavaScript between kernels.
 */
import { allocate } from "../../core/dtype.ts";
import type { DType, TypedArray } from "../../core/dtype.ts";
import type { Plan } from "../../compiler/kernel.ts";
import type { Limits } from "../../compiler/limits.ts";
import type { Backend, Failure, Program, Threads } from "../backend.ts";
import {
  FIRST_BUFFER,
  flatCalls,
  SCRATCH_WORD,
  STATUS,
  tableWords,
  writeTable,
} from "./call-table.ts";
import type { Library, Used } from "./library.ts";
import type { Heap } from "./memory.ts";
import { Region } from "./memory.ts";

const ARENA_SLACK = 64;

/** Arrays up to these lengths are copied one by one, which beats the call of a native method. */
const SHORT_WRITE = 4;
const SHORT_READ = 16;

/** What some backends say of themselves. */
type More = Pick<Backend, "threads" | "about">;

/** What programs and backend share. */
interface Machine {
  readonly heap: Heap;
  readonly library: Library;
  readonly arena: Region;
  readonly scratch: Region;
  /** Counts the moves of arena and scratch. */
  generation: number;
}

class LinearProgram implements Program {
  readonly #machine: Machine;
  readonly #heap: Heap;
  readonly #plan: Plan;
  readonly #entries: readonly Used[];
  /** Address and word index of the table. */
  readonly #table: number;
  readonly #firstWord: number;
  readonly #calls: number;
  readonly #count: number;
  #generation = -1;
  #released = false;

  constructor(machine: Machine, plan: Plan, entries: readonly Used[], table: number) {
    this.#machine = machine;
    this.#heap = machine.heap;
    this.#plan = plan;
    this.#entries = entries;
    this.#table = table;
    this.#firstWord = (table >>> 2) + FIRST_BUFFER;
    this.#count = plan.calls.length;
    let at = 0;
    this.#calls = writeTable(machine.heap.u32, plan, table, () => entries[at++]!).calls;
  }

  bind(buffer: number, address: number): void {
    this.#heap.u32[this.#firstWord + buffer] = address;
  }

  run(): Failure | null {
    const machine = this.#machine;
    if (machine.generation !== this.#generation) this.#settle();
    const status = machine.library.target.dispatch(this.#table, this.#calls, this.#count);
    return status === 0 ? null : this.#failure(status);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#heap.free(this.#table);
    for (const entry of this.#entries) this.#machine.library.release(entry);
  }

  /** Writes the addresses that are not bound from outside, after arena or scratch have moved. */
  #settle(): void {
    const { arena, scratch, generation } = this.#machine;
    this.#heap.u32[(this.#table >>> 2) + SCRATCH_WORD] = scratch.address;
    this.#plan.buffers.forEach(({ place }, buffer) => {
      if (place.kind === "arena") this.bind(buffer, arena.address + place.offset);
    });
    this.#generation = generation;
  }

  #failure(status: number): Failure {
    const overflow = (status & 255) === STATUS.overflow;
    return {
      code: overflow ? "overflow" : "index",
      call: this.#plan.calls[status >>> 8]!,
      value: overflow ? 0 : this.#heap.i32[this.#table >>> 2]!,
    };
  }
}

/** Memory by address, and programs of a library's kernels. */
export class LinearBackend implements Backend {
  readonly name: string;
  readonly limits: Limits;
  readonly threads?: Threads;
  readonly about?: string;
  /** Memory and its views; take the views anew after anything that may reserve memory. */
  readonly heap: Heap;
  readonly #machine: Machine;

  constructor(name: string, heap: Heap, library: Library, limits: Limits, more: More = {}) {
    this.name = name;
    this.limits = limits;
    Object.assign(this, more);
    this.heap = heap;
    this.#machine = {
      heap,
      library,
      arena: new Region(heap),
      scratch: new Region(heap),
      generation: 0,
    };
  }

  alloc(bytes: number): number {
    return this.heap.alloc(bytes);
  }

  free(address: number): void {
    this.heap.free(address);
  }

  readonly usedBytes = (): number => this.heap.usedBytes;

  /** How many distinct kernels are compiled at present. */
  readonly kernelCount = (): number => this.#machine.library.size;

  write(address: number, values: TypedArray): void {
    if (values instanceof Float32Array) fill(this.heap.f32, address >>> 2, values);
    else if (values instanceof Float64Array) fill(this.heap.f64, address >>> 3, values);
    else if (values instanceof Int32Array) fill(this.heap.i32, address >>> 2, values);
    else fill(this.heap.u8, address, values);
  }

  read(address: number, dtype: DType, length: number): TypedArray {
    const values = allocate(dtype, length);
    this.readInto(address, values);
    return values;
  }

  /** Copies out as many elements as `target` has. */
  readInto(address: number, target: TypedArray): void {
    const { heap } = this;
    if (target instanceof Float32Array) take(heap.f32, address >>> 2, target);
    else if (target instanceof Float64Array) take(heap.f64, address >>> 3, target);
    else if (target instanceof Int32Array) take(heap.i32, address >>> 2, target);
    else take(heap.u8, address, target);
  }

  compile(plan: Plan): Program {
    const machine = this.#machine;
    const entries = machine.library.acquire(flatCalls(plan).map(({ kernel }) => kernel));
    try {
      const scratch = Math.max(0, ...entries.map((entry) => entry.scratchBytes));
      this.#ensure(machine.arena, plan.arenaBytes > 0 ? plan.arenaBytes + ARENA_SLACK : 0);
      this.#ensure(machine.scratch, scratch > 0 ? scratch + ARENA_SLACK : 0);
      const table = machine.heap.alloc(4 * tableWords(plan));
      return new LinearProgram(machine, plan, entries, table);
    } catch (error) {
      for (const entry of entries) machine.library.release(entry);
      throw error;
    }
  }

  #ensure(region: Region, bytes: number): void {
    const before = region.address;
    try {
      region.ensure(bytes);
    } finally {
      if (region.address !== before) this.#machine.generation++;
    }
  }
}

function fill<T extends TypedArray>(view: T, at: number, values: T): void {
  if (values.length > SHORT_WRITE) {
    view.set(values, at);
    return;
  }
  for (let i = 0; i < values.length; i++) view[at + i] = values[i]!;
}

function take<T extends TypedArray>(view: T, at: number, target: T): void {
  if (target.length > SHORT_READ) {
    target.set(view.subarray(at, at + target.length));
    return;
  }
  for (let i = 0; i < target.length; i++) target[i] = view[at + i]!;
}
