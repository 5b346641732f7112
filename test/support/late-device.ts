/**
 * A device that answers late: plans are interpreted kernel by kernel, behind a queue that moves on
 * after random delays. Runs return at once; results and failures arrive later, in order.
 */
import type { Backend, Failure, LateBackend, Program, Stop } from "../../src/backend/backend.ts";
import type { Plan } from "../../src/compiler/kernel.ts";
import type { DType, TypedArray } from "../../src/core/dtype.ts";
import { viewOf } from "../../src/core/dtype.ts";
import { MemoryError } from "../../src/core/errors.ts";
import { PlanFailure, runPlan } from "./run-plan.ts";

const MEMORY_BYTES = 1 << 28;

/** A backend that interprets plans; what it compiles to is the plan. */
export class PlanBackend implements Backend {
  readonly name: string;
  readonly limits = {
    bindings: 8,
    bindingBytes: MEMORY_BYTES,
    alignment: 256,
    aliasing: true,
    vectorBytes: 4,
    sums: 1,
    fused: false,
    cacheBytes: 1 << 14,
  };
  readonly #memory = new ArrayBuffer(MEMORY_BYTES);
  readonly #sizes = new Map<number, number>();
  readonly #spare = new Map<number, number[]>();
  #end = 256;
  #used = 0;

  constructor(name: string) {
    this.name = name;
  }

  readonly usedBytes = (): number => this.#used;

  alloc(bytes: number): number {
    const size = Math.ceil(Math.max(bytes, 1) / 256) * 256;
    const spare = this.#spare.get(size)?.pop();
    const address = spare ?? this.#end;
    if (address + size > MEMORY_BYTES) {
      throw new MemoryError("the late device is full", size, MEMORY_BYTES - this.#end);
    }
    if (spare === undefined) this.#end += size;
    this.#sizes.set(address, size);
    this.#used += size;
    return address;
  }

  free(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) throw new Error(`freed twice: ${address}`);
    this.#sizes.delete(address);
    this.#used -= size;
    this.#spare.set(size, [...(this.#spare.get(size) ?? []), address]);
  }

  view(address: number, dtype: DType, length: number): TypedArray {
    return viewOf(dtype, this.#memory, address, length);
  }

  write(address: number, values: TypedArray): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.#memory).set(bytes, address);
  }

  readInto(address: number, target: TypedArray): void {
    const bytes = new Uint8Array(this.#memory, address, target.byteLength);
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes);
  }

  read(address: number, dtype: DType, length: number): TypedArray {
    return this.view(address, dtype, length).slice();
  }

  compile(plan: Plan): Program {
    const bound = new Map<number, number>();
    const at = (buffer: number): TypedArray => {
      const { dtype, length } = plan.buffers[buffer]!;
      return this.view(bound.get(buffer)!, dtype, length);
    };
    const numbersOf = (kind: "input" | "output"): [buffer: number, index: number][] =>
      plan.buffers.flatMap(({ place }, b) => (place.kind === kind ? [[b, place.index]] : []));
    const run = (): Failure | null => {
      const inputs: TypedArray[] = [];
      for (const [buffer, index] of numbersOf("input")) inputs[index] = at(buffer).slice();
      try {
        const results = runPlan(plan, inputs);
        for (const [buffer, index] of numbersOf("output")) at(buffer).set(results[index]!);
        return null;
      } catch (error) {
        if (error instanceof PlanFailure) return error;
        throw error;
      }
    };
    return {
      bind: (buffer, address) => void bound.set(buffer, address),
      run,
      release: () => bound.clear(),
    };
  }
}

/** Puts any backend behind a queue. */
export class LateDevice implements LateBackend {
  readonly name: string;
  readonly limits: Backend["limits"];
  /** The backend behind the queue. */
  readonly inner: Backend;
  /** The longest run of work that was queued at once. */
  longestQueue = 0;
  readonly #delay: () => number;
  #queue: (() => void)[] = [];
  #isWaiting = false;
  #runs = 0;
  #stop: Stop | null = null;
  #isLost = false;

  /** `delay` gives milliseconds. */
  constructor(inner: Backend, delay: () => number) {
    this.name = inner.name;
    this.limits = inner.limits;
    this.inner = inner;
    this.#delay = delay;
  }

  readonly usedBytes = (): number => this.inner.usedBytes();

  alloc(bytes: number): number {
    return this.inner.alloc(bytes);
  }

  free(address: number): void {
    this.inner.free(address);
  }

  write(address: number, values: TypedArray): void {
    const copy = values.slice();
    this.#push(() => this.inner.write(address, copy));
  }

  read(address: number, dtype: DType, length: number): Promise<TypedArray> {
    return this.#later(() => this.inner.read(address, dtype, length));
  }

  settle(): Promise<Stop | null> {
    return this.#later(() => this.#stop);
  }

  resume(): void {
    this.#push(() => (this.#stop = null));
  }

  compile(plan: Plan): Program {
    const program = this.inner.compile(plan);
    const bound = new Map<number, number>();
    return {
      bind: (buffer, address) => void bound.set(buffer, address),
      run: () => {
        const addresses = [...bound];
        const run = this.#runs++;
        this.#push(() => this.#run(program, addresses, run));
        return null;
      },
      release: () => this.#push(() => program.release()),
    };
  }

  /** Does at once what is queued; returns the failure at which it stands. */
  flush(): Stop | null {
    this.#work(Infinity);
    return this.#stop;
  }

  /** From here on nothing is answered any more. */
  lose(): void {
    this.#isLost = true;
  }

  #run(program: Program, addresses: readonly [number, number][], run: number): void {
    if (this.#stop !== null) return;
    for (const [buffer, address] of addresses) program.bind(buffer, address);
    const failure = program.run();
    if (failure !== null) this.#stop = { run, failure };
  }

  #later<T>(job: () => T): Promise<T> {
    if (this.#isLost) return Promise.reject(new Error("the device was lost"));
    return new Promise((resolve) => this.#push(() => resolve(job())));
  }

  #push(job: () => void): void {
    this.#queue.push(job);
    this.longestQueue = Math.max(this.longestQueue, this.#queue.length);
    this.#wait();
  }

  #wait(): void {
    if (this.#isWaiting || this.#queue.length === 0) return;
    this.#isWaiting = true;
    setTimeout(() => {
      this.#isWaiting = false;
      this.#work(1 + Math.floor(this.#delay() * 50));
      this.#wait();
    }, this.#delay());
  }

  #work(count: number): void {
    for (let i = 0; i < count && this.#queue.length > 0; i++) this.#queue.shift()!();
  }
}
