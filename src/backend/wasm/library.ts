/**
 * Compiled kernels: each distinct one once, in a slot of the shared function table while in use.
 */
import type { Kernel } from "../../compiler/kernel.ts";
import { emitKernel } from "./emit.ts";

/** A kernel in the function table. */
export interface Entry {
  readonly key: string;
  readonly slot: number;
  readonly scratchBytes: number;
  users: number;
}

/** JSON that also tells −0, NaN and the infinities apart. */
export function kernelKey(kernel: Kernel): string {
  return JSON.stringify(kernel, (_key, value: unknown) =>
    typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
      ? `${Object.is(value, -0) ? "-0" : value}`
      : value,
  );
}

/** The kernels of all programs that share a memory. */
export class Library {
  readonly table: WebAssembly.Table;
  readonly #memory: WebAssembly.Memory;
  readonly #entries = new Map<string, Entry>();
  readonly #freeSlots: number[] = [];

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.table = new WebAssembly.Table({ initial: 0, element: "anyfunc" });
  }

  /** How many distinct kernels are compiled at present. */
  get size(): number {
    return this.#entries.size;
  }

  /** Compiles a kernel, or finds it, and counts one more user. */
  acquire(kernel: Kernel): Entry {
    const key = kernelKey(kernel);
    const known = this.#entries.get(key);
    if (known) {
      known.users++;
      return known;
    }
    const { module, scratchBytes } = emitKernel(kernel);
    const compiled = new WebAssembly.Module(module.encode());
    const instance = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } });
    const slot = this.#freeSlots.pop() ?? this.table.grow(1);
    this.table.set(slot, instance.exports.run as () => number);
    const entry: Entry = { key, slot, scratchBytes, users: 1 };
    this.#entries.set(key, entry);
    return entry;
  }

  /** Counts one user less; the last one frees the slot. */
  release(entry: Entry): void {
    if (--entry.users > 0) return;
    this.#entries.delete(entry.key);
    this.table.set(entry.slot, null);
    this.#freeSlots.push(entry.slot);
  }
}
