/** Compiled kernels: each distinct one once, in a slot of its own while in use. */
import type { LoopedKernel } from "../../compiler/kernel.ts";
import type { Entry } from "./call-table.ts";

/** Runs `count` calls (slot, argument list); 0, or call number · 256 + status. */
export type Dispatch = (table: number, calls: number, count: number) => number;

/** A kernel made callable. */
export interface Compiled<F> {
  readonly code: F;
  readonly scratchBytes: number;
}

/** What a backend does with kernels; `F` is what it keeps in a slot. */
export interface Target<F> {
  readonly dispatch: Dispatch;
  /** Compiles kernels: all of them or, where it throws, none. */
  compile(kernels: readonly LoopedKernel[]): readonly Compiled<F>[];
  /** Puts a kernel into a slot, or empties it; new slots are asked for in ascending order. */
  put(slot: number, code: F | null): void;
}

/** A kernel in use. */
export interface Used extends Entry {
  readonly key: string;
  users: number;
}

const kernelKeys = new WeakMap<LoopedKernel, string>();

/** JSON that also tells −0, NaN and the infinities apart; plans are shared, so it is kept. */
export function kernelKey(kernel: LoopedKernel): string {
  let key = kernelKeys.get(kernel);
  if (key === undefined) {
    key = spell(kernel);
    kernelKeys.set(kernel, key);
  }
  return key;
}

function spell(kernel: LoopedKernel): string {
  return JSON.stringify(kernel, (_key, value: unknown) =>
    typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
      ? `${Object.is(value, -0) ? "-0" : value}`
      : value,
  );
}

/** The kernels of all programs that share a memory. */
export class Library<F = unknown> {
  readonly target: Target<F>;
  readonly #entries = new Map<string, Used>();
  readonly #freeSlots: number[] = [];
  #slots = 0;

  constructor(target: Target<F>) {
    this.target = target;
  }

  /** How many distinct kernels are compiled at present. */
  get size(): number {
    return this.#entries.size;
  }

  /** Compiles kernels, or finds them, and counts one more user of each; all of them or none. */
  acquire(kernels: readonly LoopedKernel[]): Used[] {
    const keys = kernels.map(kernelKey);
    const missing = new Map<string, LoopedKernel>();
    keys.forEach((key, i) => {
      if (!this.#entries.has(key)) missing.set(key, kernels[i]!);
    });
    const compiled = missing.size === 0 ? [] : this.target.compile([...missing.values()]);
    [...missing.keys()].forEach((key, i) => this.#add(key, compiled[i]!));
    return keys.map((key) => {
      const entry = this.#entries.get(key)!;
      entry.users++;
      return entry;
    });
  }

  /** Counts one user less; the last one frees the slot. */
  release(entry: Used): void {
    if (--entry.users > 0) return;
    this.#entries.delete(entry.key);
    this.target.put(entry.slot, null);
    this.#freeSlots.push(entry.slot);
  }

  #add(key: string, { code, scratchBytes }: Compiled<F>): void {
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    this.target.put(slot, code);
    this.#entries.set(key, { key, slot, scratchBytes, users: 0 });
  }
}
