/**
 * Compiled kernels: each distinct one once, in a slot of the shared function table while in use.
 */
import type { LoopedKernel } from "../../compiler/kernel.ts";
import type { Dispatch, Library } from "../linear/backend.ts";
import type { Entry } from "../linear/call-table.ts";
import { makeDispatcher } from "./dispatcher.ts";
import { emitKernel } from "./emit.ts";

interface WasmEntry extends Entry {
  readonly key: string;
  users: number;
}

/** JSON that also tells −0, NaN and the infinities apart. */
export function kernelKey(kernel: LoopedKernel): string {
  return JSON.stringify(kernel, (_key, value: unknown) =>
    typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
      ? `${Object.is(value, -0) ? "-0" : value}`
      : value,
  );
}

/** The kernels of all programs that share a memory. */
export class WasmLibrary implements Library<WasmEntry> {
  readonly dispatch: Dispatch;
  readonly #memory: WebAssembly.Memory;
  readonly #table = new WebAssembly.Table({ initial: 0, element: "anyfunc" });
  readonly #entries = new Map<string, WasmEntry>();
  readonly #freeSlots: number[] = [];

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.dispatch = makeDispatcher(memory, this.#table);
  }

  get size(): number {
    return this.#entries.size;
  }

  acquire(kernels: readonly LoopedKernel[]): WasmEntry[] {
    const entries: WasmEntry[] = [];
    try {
      for (const kernel of kernels) entries.push(this.#find(kernel));
      return entries;
    } catch (error) {
      for (const entry of entries) this.release(entry);
      throw error;
    }
  }

  release(entry: WasmEntry): void {
    if (--entry.users > 0) return;
    this.#entries.delete(entry.key);
    this.#table.set(entry.slot, null);
    this.#freeSlots.push(entry.slot);
  }

  listing(kernel: LoopedKernel, origin: string): string {
    return `;; ${origin}\n${emitKernel(kernel, true).module.listing()}`;
  }

  /** Compiles a kernel, or finds it, and counts one more user. */
  #find(kernel: LoopedKernel): WasmEntry {
    const key = kernelKey(kernel);
    const known = this.#entries.get(key);
    if (known) {
      known.users++;
      return known;
    }
    const { module, scratchBytes } = emitKernel(kernel);
    const compiled = new WebAssembly.Module(module.encode());
    const instance = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } });
    const slot = this.#freeSlots.pop() ?? this.#table.grow(1);
    this.#table.set(slot, instance.exports.run as () => number);
    const entry: WasmEntry = { key, slot, scratchBytes, users: 1 };
    this.#entries.set(key, entry);
    return entry;
  }
}
