/**
 * What a trace reaches that it did not make: its arguments, tensors from outside, their gradients.
 * Each becomes an input of the program once, and says where a replay finds it.
 */
import type { TypedArray } from "../core/dtype.ts";
import type { Builder } from "../ir/builder.ts";
import type { Node } from "../ir/node.ts";
import type { Tracer, Value } from "./value.ts";

/** A tensor that a program meets at each replay. */
export interface Base {
  /** A value from outside, or null for the argument number `argument`. */
  readonly value: Value | null;
  readonly argument: number;
  /** Whether it is that value's accumulated gradient. */
  readonly grad: boolean;
}

/** What an argument is outside, while it stands for itself inside. */
type Outside = Pick<Value, "storage" | "node" | "tracer" | "record" | "reading">;

/** Where a program's tensor input comes from at each replay. */
export interface Source extends Base {
  /** The host array that it is a copy of, made at each replay. */
  readonly array: TypedArray | null;
  /** The typed array among the arguments that it is made of, by number, and how. */
  readonly made: { readonly index: number; readonly make: (array: TypedArray) => Value } | null;
  readonly node: Node;
}

/** The gradient of a value: at the start of the function (undefined: not asked for), and now. */
export interface GradEntry {
  readonly initial: Value | null | undefined;
  current: Value | null;
}

const NOWHERE = { value: null, argument: -1, grad: false, array: null, made: null };

/** The tensors of one trace; those of a later trace of the same program share its nodes. */
export class Captures {
  readonly sources: Source[] = [];
  /** The values that had no gradient when it was first asked for, and such arguments. */
  readonly absent: Base[] = [];
  /** The gradients that were read or written. */
  readonly grads = new Map<Value, GradEntry>();
  /** The arguments that the function also reached from outside, and the values they were. */
  readonly met = new Map<number, Value>();
  readonly #builder: Builder;
  readonly #first: Captures | null;
  readonly #nodes = new Map<Value, Node>();
  readonly #argumentNodes: Node[] = [];
  readonly #argumentsOf = new Map<Value, number>();
  readonly #standIns = new Map<Value, Value>();
  /** The stand-ins of arguments that recorded calls made. */
  readonly #computed = new Set<Value>();
  /** The arguments that stand for themselves. */
  readonly #adopted = new Map<Value, Outside>();
  /** The gradients from outside, as they are inside. */
  readonly #gradients = new Map<Value, Base>();

  readonly #adopting: Tracer | null;

  /**
   * `first`: those of the trace that this one follows; `adopting`: the trace in which arguments and
   * gradients stand for themselves.
   */
  constructor(builder: Builder, first: Captures | null, adopting: Tracer | null) {
    this.#builder = builder;
    this.#first = first;
    this.#adopting = adopting;
  }

  /** Makes the stand-in of an argument: one for all places where the same tensor is passed. */
  argument<V extends Value>(outer: V, argument: number): V {
    const known = this.#standIns.get(outer);
    if (known !== undefined) return known as V;
    const node = this.#inputOf(outer, argument);
    const value = outer.like(outer.type, null, node);
    value.requiresGrad = outer.requiresGrad;
    value.gradient = outer.gradient;
    value.settable = outer.settable;
    value.hooks = outer.hooks;
    if (outer.record !== null) this.#computed.add(value);
    this.#argumentsOf.set(value, argument);
    this.#standIns.set(outer, value);
    return value;
  }

  /** Lets an argument stand for itself until `release`: whoever asks, it is the same tensor. */
  adopt(outer: Value, argument: number): void {
    if (this.#adopted.has(outer)) return;
    if (outer.record !== null) this.#computed.add(outer);
    this.#standFor(outer, this.#inputOf(outer, argument), this.#adopting!);
    this.#argumentsOf.set(outer, argument);
  }

  /** Lets a value from outside be a node. */
  #standFor(outer: Value, node: Node, tracer: Tracer): void {
    const { storage, record, reading } = outer;
    const was = { storage, node: outer.node, tracer: outer.tracer, record, reading };
    this.#adopted.set(outer, was);
    outer.node = node;
    outer.tracer = tracer;
    outer.storage = outer.record = outer.reading = null;
  }

  /** Gives the arguments that stood for themselves back what they are. */
  release(): void {
    for (const [outer, was] of this.#adopted) Object.assign(outer, was);
  }

  #inputOf({ type }: Value, argument: number): Node {
    const first = this.#first === null ? undefined : this.#first.#argumentNodes[argument];
    const node = first ?? this.#builder.input(type);
    this.#argumentNodes[argument] = node;
    this.sources.push({ ...NOWHERE, argument, node });
    return node;
  }

  /** What stands for a value inside: an argument's stand-in where it was passed, else itself. */
  own(value: Value): Value {
    const standIn = this.#standIns.get(value);
    if (standIn === undefined) return value;
    this.met.set(this.#argumentsOf.get(standIn)!, value);
    return standIn;
  }

  /** The number of the argument that a stand-in is for; undefined for other values. */
  argumentOf(standIn: Value): number | undefined {
    return this.#argumentsOf.get(standIn);
  }

  /** Whether it stands for an argument that recorded calls made outside. */
  isComputed(standIn: Value): boolean {
    return this.#computed.has(standIn);
  }

  /** Lets go of the arguments that it was traced with; replays have their own. */
  forget(): void {
    for (const standIn of this.#standIns.values()) standIn.gradient = null;
    this.#standIns.clear();
    if (this.#adopted.size === 0) return;
    for (const outer of this.#adopted.keys()) {
      this.#argumentsOf.delete(outer);
      this.#computed.delete(outer);
      this.grads.delete(outer);
    }
    this.#adopted.clear();
    this.#gradients.clear();
  }

  /** The source that a value stands for: the argument's number, or the value itself. */
  baseOf(value: Value): Base {
    const argument = this.#argumentsOf.get(value) ?? -1;
    return { value: argument < 0 ? value : null, argument, grad: false };
  }

  /** Where a value is from that was not made inside; null for one that was. */
  outsideOf(value: Value): Base | null {
    const own = this.own(value);
    const gradient = this.#gradients.get(own);
    if (gradient !== undefined) return gradient;
    return own.node === null || this.#argumentsOf.has(own) ? this.baseOf(own) : null;
  }

  /** The input that a value from outside is; undefined until it is captured. */
  find(value: Value): Node | undefined {
    const own = this.#nodes.get(value);
    return own === undefined && this.#first !== null ? this.#first.#nodes.get(value) : own;
  }

  /** Notes the input that a value from outside is. */
  note(value: Value, node: Node): void {
    this.#nodes.set(value, node);
  }

  /** Makes an input of a value from outside. */
  capture(value: Value): Node {
    const node = this.#builder.input(value.type);
    this.note(value, node);
    this.sources.push({ ...NOWHERE, value, node });
    return node;
  }

  /** Makes an input of a tensor that the function makes of a typed array among the arguments. */
  makeOf(value: Value, index: number, make: (array: TypedArray) => Value): Node {
    const node = this.#builder.input(value.type);
    this.sources.push({ ...NOWHERE, made: { index, make }, node });
    return node;
  }

  /** Makes an input of a tensor that the function makes, by a rule or of a host array. */
  make(value: Value, array: TypedArray | null): Node {
    const node = this.#builder.input(value.type);
    this.sources.push({ ...NOWHERE, value, array, node });
    return node;
  }

  /** The gradient of a value so far: at first that from outside, which becomes an input. */
  gradOf(given: Value): GradEntry {
    const value = this.own(given);
    const known = this.grads.get(value);
    if (known !== undefined) return known;
    const outer = value.gradient;
    const base = value.node === null || this.#argumentsOf.has(value) ? this.baseOf(value) : null;
    if (base !== null && outer === null) this.absent.push(base);
    const initial = base === null || outer === null ? null : this.#gradInput(base, outer);
    const entry = { initial, current: initial };
    this.grads.set(value, entry);
    return entry;
  }

  /** Sets the gradient of a value; what it had does not matter unless it was asked for before. */
  setGrad(given: Value, current: Value | null): void {
    const value = this.own(given);
    const known = this.grads.get(value);
    if (known === undefined) this.grads.set(value, { initial: undefined, current });
    else known.current = current;
  }

  #gradInput(base: Base, outer: Value): Value {
    const wanted = { ...base, grad: true };
    const known = this.#first?.sources.find((source) => sameBase(source, wanted));
    const node = known?.node ?? this.#builder.input(outer.type);
    this.sources.push({ ...NOWHERE, ...base, grad: true, node });
    const tracer = this.#adopting;
    const inside =
      tracer === null || outer.node !== null ? outer.like(outer.type, null, node) : outer;
    if (inside === outer) this.#standFor(outer, node, tracer!);
    this.#gradients.set(inside, { ...base, grad: true });
    return inside;
  }
}

/** Whether two bases are the same value from outside or the same argument. */
export function sameBase(a: Base, b: Base): boolean {
  return a.value === b.value && a.argument === b.argument && a.grad === b.grad;
}
