/**
 * What a tensor is before it has methods: a type, a place for its numbers, and its place on the
 * tape. The engine of this layer (call, tape, trace) works on values; `Tensor` adds what users
 * write.
 */
import type { TypedArray } from "../core/dtype.ts";
import type { Node, TensorType } from "../ir/node.ts";
import type { Device } from "../runtime/device.ts";
import type { Fn, Specialization } from "../runtime/function.ts";
import { Storage } from "../runtime/storage.ts";

/** What a user does with a gradient on its way: looks at it, or returns another. */
export type GradientHook = (gradient: Value) => Value | null | undefined;

/** A hook on one output of a recorded call. */
export interface OutputHook {
  readonly value: Value;
  readonly run: GradientHook;
}

/** The `forward` of a module that is running: it looks at what `backward` finds below it. */
export interface Scope {
  /** Whether a backward walk found all parameters in their place. */
  sound: boolean;
  /** Throws where an input is a parameter that nobody would train or save. */
  check(inputs: readonly Value[]): void;
}

/** One recorded call: what the gradient needs of it. */
export interface TapeRecord {
  readonly spec: Specialization;
  readonly inputs: readonly Value[];
  readonly numbers: readonly number[];
  /** What backward reads, input storages first; null once released. */
  kept: readonly Storage[] | null;
  /** Inside a trace: the nodes of tensors and numbers at the time of the call. */
  nodes: readonly Node[] | null;
  /** The inputs' storages and the sum of their versions, to notice a cell that was set since. */
  readonly storages: readonly (Storage | null)[];
  readonly versions: number;
  /** Calls are numbered: the reverse walk goes from high to low. */
  readonly sequence: number;
  /** The innermost module whose `forward` made the call. */
  readonly scope: Scope | null;
  /** During a reverse walk: the cotangent of each output so far. */
  cotangents: (Value | null)[] | null;
  /** Hooks on its outputs, in the order they were registered. */
  hooks: OutputHook[] | null;
  /** What plain code calls what made its outputs, where it was compiled. */
  names: readonly string[] | null;
  /** A user's own rule in place of the derived one: cotangents to one gradient per wanted input. */
  custom: ((cotangents: readonly (Value | null)[]) => Value[]) | null;
}

/** What a trace does instead of running. */
export interface Tracer {
  call<A>(
    fn: Fn<A>,
    inputs: readonly Value[],
    numbers: readonly number[],
    attrs: A,
    maker: Value,
  ): Value[];
  /** The same with numbers that each replay reads again. */
  callReading<A>(
    fn: Fn<A>,
    inputs: readonly Value[],
    numbers: readonly (() => number)[],
    attrs: A,
    maker: Value,
  ): Value[];
  /** The gradients of a call's wanted inputs, from the cotangents of its flagged outputs. */
  backward(record: TapeRecord, given: readonly boolean[], cotangents: readonly Value[]): Value[];
  /** Runs a walk back from a value, or does what the trace that this one follows did there. */
  walk(root: Value, retainGraph: boolean, run: () => void): void;
  update<A>(
    fn: Fn<A>,
    targets: readonly Value[],
    inputs: readonly Value[],
    numbers: readonly (() => number)[],
    attrs: A,
  ): void;
  set(cell: Value, value: Value): void;
  /** What stands for a value inside: an argument's stand-in where it was passed, else itself. */
  own(value: Value): Value;
  gradOf(value: Value): Value | null;
  setGrad(value: Value, grad: Value | null): void;
  /** A number that is read again at each replay. */
  number(read: () => number): Node;
  /** A number that stays as it is. */
  frozen(value: number): Node;
  /** A host array, of which `copy` is a copy: replays read it again. */
  array(copy: Value, array: TypedArray): Node;
  /** Whether it is a typed array that was passed. */
  isGiven(data: unknown): boolean;
  /** The tensor that `make` makes of a typed array that was passed; null for another. */
  ofArray(data: unknown, make: (array: TypedArray) => Value): Value | null;
  /** A tensor made inside by a rule: all replays share it. */
  constant(value: Value): Node;
  /** Runs an effect after each replay; `late` names one that users could tell from one at once. */
  afterRun(effect: () => unknown, late?: string): void;
  replayIndex(owner: object): number;
  /** Runs what may fail; null where it did, and nothing but computing was done before. */
  tryOut<T>(run: () => T): { readonly value: T } | null;
  /** Whether a value was not made by a recorded call, inside or outside. */
  isLeaf(value: Value): boolean;
  /** Notes that a gradient reaches a value's hooks; `leaf`: and is added to what it has. */
  reached(value: Value, leaf: boolean): void;
  guard<T extends boolean | number | string>(read: () => T): T;
  /** Notes a field that the function reads: a change is looked at before the next replay. */
  read(owner: object, name: PropertyKey, seen: unknown): void;
  /** Notes that host state was set: `undo` ends the trace, and `redo` sets it at each replay. */
  setState(owner: object, undo: () => void, redo: () => void): void;
  /** Whether that state was set inside; then it decides nothing about the program. */
  hasState(owner: object): boolean;
  /**
   * Notes an object that takes part, whose fields are to stay; returns whether it has new ones.
   * `isRead`: what they hold may decide the program.
   */
  touch(owner: object, isRead?: boolean): boolean;
  /** Notes that a field of such an object is given something else than it had. */
  wrote(owner: object, name: PropertyKey, was: unknown): void;
  fail(what: string, cure?: string): never;
  /** Throws: the values of a tensor of this trace are read, in it or later. */
  refuseRead(): never;
  /** Something that gradients taken outside the compiled function would miss. */
  needsBackwardInside(what: string): void;
}

/** The only global state of the library. */
export const context = {
  /** The device of new tensors; null until first asked for. */
  device: null as Device | null,
  gradEnabled: true,
  /** The innermost module whose `forward` runs. */
  scope: null as Scope | null,
  tracer: null as Tracer | null,
  /** While anomalies are detected: throws at the first NaN or infinity among the results. */
  check: null as ((name: string, results: readonly Storage[]) => void) | null,
  /** Looks at the modules made since the last recorded call. */
  settle: null as (() => void) | null,
  /** Raised when something of the host is replaced: programs found right before are looked at. */
  revision: 0,
  /** How many values were made. */
  births: 0,
  seed: 0,
  /** How many random draws were made since the seed was set. */
  draws: 0,
};

/** Leaves that somebody knows beside the module that uses them, such as an optimizer. */
export const claimed: WeakSet<object> = /* @__PURE__ */ new WeakSet();

/**
 * A tensor without its methods. What the engine keeps of it is marked internal: the declarations
 * that are published leave it out, so that editors offer users the public methods alone.
 */
export abstract class Value {
  /** Keeps other objects from passing for a tensor where all else is internal. */
  declare protected readonly isValue: true;
  /** @internal */
  readonly type: TensorType;
  /** The device it lives on. @internal */
  readonly home: Device;
  /** Null while the value exists only inside a trace. @internal */
  storage: Storage | null;
  /** The node it stands for inside a trace: always, or as an argument while it lasts. @internal */
  node: Node | null;
  /** @internal */
  tracer: Tracer | null;
  /** Counts the values: what a trace cannot have known is younger than the trace. @internal */
  readonly born = ++context.births;
  /** Whether gradients flow to it. */
  requiresGrad = false;
  /** The call that made it, where a gradient is required. @internal */
  record: TapeRecord | null = null;
  /** Which of that call's outputs it is. @internal */
  output = 0;
  /** Whether it can be set: a parameter, a buffer, optimizer state. @internal */
  settable = false;
  /** For a `scalar`: the host number it stands for. @internal */
  reading: (() => number) | null = null;
  /** Hooks of a leaf, run on its gradient before it is accumulated. @internal */
  hooks: GradientHook[] | null = null;
  /** The accumulated gradient outside traces; users read `grad`. @internal */
  gradient: Value | null = null;

  protected constructor(
    type: TensorType,
    home: Device,
    storage: Storage | null,
    node: Node | null,
  ) {
    this.type = type;
    this.home = home;
    this.storage = storage;
    this.node = node;
    this.tracer = node === null ? null : context.tracer;
  }

  /** Makes another value of the same class. @internal */
  abstract like(type: TensorType, storage: Storage | null, node: Node | null): this;
}

/** Returns the storage of a value that a user reads; inside a trace cells have no values yet. */
export function readableStorage(value: Value): Storage {
  if (value.settable && value.node === null) {
    context.tracer?.fail("the values of a tensor are read");
  }
  return storageOf(value);
}

/** Returns the storage of a value that has one; a value of a trace throws. */
export function storageOf(value: Value): Storage {
  if (value.storage !== null) return value.storage;
  if (value.reading !== null) return new Storage("float64", 1, Float64Array.of(value.reading()));
  return value.tracer!.refuseRead();
}

/**
 * Returns a value's numbers as soon as they are there: a promise only where they, or the failures
 * of what was queued before, come later.
 */
export function numbersOf(value: Value): TypedArray | Promise<TypedArray> {
  const storage = readableStorage(value);
  const memory = storage.host === null ? storage.memory : value.home.memory;
  return memory === null ? storage.read() : memory.fetch(storage);
}

/** Whether a value is a leaf that collects gradients. */
export function isLeaf(value: Value): boolean {
  return value.requiresGrad && value.record === null;
}
