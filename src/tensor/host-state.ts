/**
 * What a trace saw of the host: state that decided the program, which each replay compares, and
 * state that the function sets, which each replay sets again.
 */
import { Touched } from "./touched.ts";
import type { Value } from "./value.ts";

/** A host value that decided the program. */
interface Guard {
  readonly read: () => unknown;
  readonly seen: unknown;
}

/** A field that the function read, and what it held. */
interface Reading {
  readonly owner: object;
  readonly name: PropertyKey;
  readonly seen: unknown;
}

/** The host's part of one trace. */
export class HostState {
  readonly guards: Guard[] = [];
  readonly #readings: Reading[] = [];
  readonly #read = new Map<object, Set<PropertyKey>>();
  /** State that was set, by its owner. */
  readonly states = new Map<object, { readonly undo: () => void; readonly redo: () => void }>();
  /** The arguments whose hooks were run, with these, and those that must be leaves. */
  readonly hooked = new Map<number, Value["hooks"]>();
  readonly leaves = new Set<number>();
  /** The arguments that were asked whether they are leaves, and the answers. */
  readonly asked = new Map<number, boolean>();
  /** The objects that took part. */
  readonly touched: Touched;
  /** What moves on only after the program, in words; "" for nothing that users could read. */
  late = "";

  /** `first`: that of the trace that this one follows. */
  constructor(first: HostState | null) {
    this.touched = first?.touched ?? new Touched();
    this.touched.begin();
  }

  /** Reads state that decides the program. */
  guard<T extends boolean | number | string>(read: () => T): T {
    const seen = this.touched.quietly(read);
    this.guards.push({ read, seen });
    return seen;
  }

  /** Notes a field that the function reads. */
  read(owner: object, name: PropertyKey, seen: unknown): void {
    if (this.touched.isQuiet) return;
    const known = this.#read.get(owner) ?? new Set();
    if (known.has(name)) return;
    this.#read.set(owner, known.add(name));
    this.#readings.push({ owner, name, seen });
    this.touched.hold(seen, owner, name);
  }

  /** Notes that state was set: `undo` ends the trace, and `redo` sets it at each replay. */
  setState(owner: object, undo: () => void, redo: () => void): void {
    this.states.set(owner, { undo: this.states.get(owner)?.undo ?? undo, redo });
  }

  /** Puts back what was set. */
  undo(): void {
    for (const { undo } of this.states.values()) undo();
  }

  /** Whether the state is now what the trace saw. */
  get holds(): boolean {
    const { guards } = this;
    for (let i = 0; i < guards.length; i++) if (guards[i]!.read() !== guards[i]!.seen) return false;
    return true;
  }

  /** Whether what it read is as it was: else the function may do something else now. */
  get isFresh(): boolean {
    for (const { owner, name, seen } of this.#readings) {
      if (!Object.is((owner as Record<PropertyKey, unknown>)[name], seen)) return false;
    }
    return this.touched.holds;
  }
}
