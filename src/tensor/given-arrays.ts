/**
 * Typed arrays among the arguments of a compiled function. `tensor(array)` makes an input of one; a
 * stand-in notices whether the function reads elements, which makes them part of the program.
 */
import type { TypedArray } from "../core/dtype.ts";
import { sameContents } from "./lines.ts";
import { context } from "./value.ts";

/** What of an array is no element. */
const NO_ELEMENTS: ReadonlySet<string | symbol> = new Set([
  "length",
  "byteLength",
  "byteOffset",
  "BYTES_PER_ELEMENT",
  "constructor",
  Symbol.toStringTag,
]);

/** The arrays of one trace. */
export class GivenArrays {
  /** What the function is given in their place. */
  readonly inside: readonly TypedArray[];
  /** The arrays whose elements it reads, by number. */
  readonly read = new Set<number>();
  readonly #arrays: readonly TypedArray[];
  readonly #copies: readonly TypedArray[];

  /** `standIns`: whether the function is given stand-ins; else all elements count as read. */
  constructor(arrays: readonly TypedArray[], standIns: boolean) {
    this.#arrays = arrays;
    this.#copies = arrays.map((array) => array.slice());
    const first = (k: number): number => arrays.indexOf(arrays[k]!);
    const made = standIns ? this.#copies.map((copy, k) => this.#standIn(copy, first(k))) : arrays;
    this.inside = made.map((_, k) => made[first(k)]!);
    if (!standIns) arrays.forEach((_, k) => this.read.add(k));
  }

  /** The number of an array that the function was given; −1 for another. */
  indexOf(array: unknown): number {
    return this.inside.indexOf(array as TypedArray);
  }

  /** The array itself. */
  at(index: number): TypedArray {
    return this.#arrays[index]!;
  }

  /** Whether the function wrote into one; the caller's are as before then. */
  undoWrites(): boolean {
    let wrote = false;
    this.#arrays.forEach((array, k) => {
      const copy = this.#copies[k]!;
      if (sameContents(array, copy)) return;
      wrote = true;
      if (this.inside[k] === array) array.set(copy);
    });
    return wrote;
  }

  #standIn(copy: TypedArray, index: number): TypedArray {
    const methods = new Map<unknown, unknown>();
    const see = (): void => void this.read.add(index);
    return new Proxy(copy, {
      get(array, key) {
        const value: unknown = Reflect.get(array, key, array);
        if (NO_ELEMENTS.has(key)) return value;
        see();
        if (typeof value !== "function") return value;
        if (!methods.has(value)) methods.set(value, value.bind(array));
        return methods.get(value);
      },
      set: (array, key, value) => Reflect.set(array, key, value, array),
      getOwnPropertyDescriptor(array, key) {
        see();
        return Reflect.getOwnPropertyDescriptor(array, key);
      },
    });
  }
}

/** The elements of arrays on which a program hangs. */
export class Elements {
  readonly #copies: readonly (readonly [number, TypedArray])[];

  constructor(arrays: readonly TypedArray[], read: ReadonlySet<number>) {
    this.#copies = [...read].map((k) => [k, arrays[k]!.slice()] as const);
  }

  /** Whether these arrays hold them. */
  areIn(arrays: readonly TypedArray[]): boolean {
    return this.#copies.every(([k, copy]) => sameContents(arrays[k]!, copy));
  }
}

/** Runs something as it would run outside of a trace, with that default device. */
export function asOutside<T>(device: typeof context.device, run: () => T): T {
  const { tracer, device: before } = context;
  [context.tracer, context.device] = [null, device];
  try {
    return run();
  } finally {
    [context.tracer, context.device] = [tracer, before];
  }
}
