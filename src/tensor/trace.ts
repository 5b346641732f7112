/**
 * A trace: while it is active, calls put their graphs into one builder instead of running, cells
 * give their latest version, and host numbers are noted so that each replay reads them again.
 */
import type { TypedArray } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { Builder } from "../ir/builder.ts";
import type { Graph, Node } from "../ir/node.ts";
import { attrsKey } from "../ir/node.ts";
import { copyInto } from "../ir/splice.ts";
import type { Fn, Specialization } from "../runtime/function.ts";
import { NUMBER } from "../runtime/function.ts";
import { attach, deviceOf, isInt32, maskOf, nextSequence } from "./call.ts";
import type { TapeRecord, Tracer, Value } from "./value.ts";
import { context } from "./value.ts";

/** A tensor that a program meets at each replay. */
export interface Base {
  /** A value from outside, or null for the argument number `argument`. */
  readonly value: Value | null;
  readonly argument: number;
}

/** Where a program's tensor input comes from at each replay. */
export interface Source extends Base {
  /** Whether it is that value's accumulated gradient. */
  readonly grad: boolean;
  /** The host array that it is a copy of, made at each replay. */
  readonly array: TypedArray | null;
  /** Whether it was made inside: then each trace must make the same numbers. */
  readonly made: boolean;
  readonly node: Node;
}

/** A host value that decided the program. */
interface Guard {
  readonly read: () => unknown;
  readonly seen: unknown;
}

/** What one call looked like: two traces of one function must give the same list. */
export interface LogLine {
  readonly text: string;
  /** Inputs from outside the trace. */
  readonly outside: readonly Value[];
  readonly site: string;
}

/** What one call made. */
export interface MadeLine {
  readonly name: string;
  readonly site: string;
  readonly nodes: readonly Node[];
}

const READ_OUTSIDE =
  "values exist only when it has returned. Return the tensor and read it outside";

/** One run of a user's function over nodes. */
export class Trace implements Tracer {
  readonly builder = new Builder();
  readonly sources: Source[] = [];
  readonly numbers: { read: () => number; node: Node }[] = [];
  readonly guards: Guard[] = [];
  /** The values that had no gradient when it was first asked for. */
  readonly absent: Value[] = [];
  /** The arguments of which the same is true. */
  readonly absentArguments: number[] = [];
  readonly effects: (() => void)[] = [];
  /** Host state that was set, by its owner. */
  readonly states = new Map<object, { readonly undo: () => void; readonly redo: () => void }>();
  readonly log: LogLine[] = [];
  /** The results of each call, for `detectAnomaly`. */
  readonly made: MadeLine[] = [];
  /** What a gradient taken outside the compiled function would miss. */
  insideOnly = "";
  /** The latest version of each cell that was set. */
  readonly cells = new Map<Value, Node>();
  /** The gradients that were read or written: at the start, and now. */
  readonly grads = new Map<Value, { readonly initial: Value | null; current: Value | null }>();
  private readonly captured = new Map<Value, Node>();
  private readonly replays = new Map<object, number>();
  /** The arguments that decided a dtype by being whole numbers or not. */
  readonly kinds = new Map<number, boolean>();
  /** The arguments that the function also reached from outside, and the values they were. */
  readonly met = new Map<number, Value>();
  private readonly argumentsOf = new Map<Value, number>();
  /** The arguments whose hooks were run, with these, and those that must be leaves. */
  readonly hooked = new Map<number, Value["hooks"]>();
  readonly leaves = new Set<number>();
  /** The stand-ins of arguments that recorded calls made. */
  private readonly computed = new Set<Value>();
  private readonly standIns = new Map<Value, Value>();

  /** Makes the stand-in of an argument: one for all places where the same tensor is passed. */
  argument<V extends Value>(outer: V, argument: number): V {
    const known = this.standIns.get(outer);
    if (known !== undefined) return known as V;
    const node = this.builder.input(outer.type);
    this.addSource({ value: null, argument }, node);
    const value = outer.like(outer.type, null, node);
    value.requiresGrad = outer.requiresGrad;
    value.gradient = outer.gradient;
    value.settable = outer.settable;
    value.number = outer.number;
    value.hooks = outer.hooks;
    if (outer.record !== null) this.computed.add(value);
    this.argumentsOf.set(value, argument);
    this.standIns.set(outer, value);
    return value;
  }

  own(value: Value): Value {
    const standIn = this.standIns.get(value);
    if (standIn === undefined) return value;
    this.met.set(this.argumentsOf.get(standIn)!, value);
    return standIn;
  }

  /** Lets go of the arguments that it was traced with; replays have their own. */
  forget(): void {
    for (const standIn of this.standIns.values()) standIn.gradient = null;
    this.standIns.clear();
  }

  /** The source that a value stands for: the argument's number, or the value itself. */
  baseOf(value: Value): Base {
    const argument = this.argumentsOf.get(value) ?? -1;
    return { value: argument < 0 ? value : null, argument };
  }

  /** Where a value is from that was not made inside; null for one that was. */
  outsideOf(value: Value): Base | null {
    const own = this.own(value);
    return own.node === null || this.argumentsOf.has(own) ? this.baseOf(own) : null;
  }

  call<A>(
    fn: Fn<A>,
    inputs: readonly Value[],
    numbers: readonly number[],
    attrs: A,
    maker: Value,
  ): Value[] {
    this.note(`${fn.name}(${numbers.join()})${attrsKey(attrs)}`, inputs);
    const constants = numbers.map((value) =>
      this.builder.apply("constant", [], { dtype: "float64", value }),
    );
    return this.include({ fn, inputs, attrs, maker }, constants, numbers);
  }

  callReading<A>(
    fn: Fn<A>,
    inputs: readonly Value[],
    numbers: readonly (() => number)[],
    attrs: A,
    maker: Value,
  ): Value[] {
    this.note(`${fn.name}${attrsKey(attrs)}`, inputs);
    const nodes = numbers.map((read) => this.number(read));
    return this.include(
      { fn, inputs, attrs, maker },
      nodes,
      new Array<number>(nodes.length).fill(0),
    );
  }

  /** Puts a function's graph in, and on the tape where gradients are required. */
  private include<A>(
    { fn, inputs, attrs, maker }: { fn: Fn<A>; inputs: readonly Value[]; attrs: A; maker: Value },
    numberNodes: readonly Node[],
    numbers: readonly number[],
  ): Value[] {
    const mask = context.gradEnabled ? maskOf(inputs) : 0;
    const device = inputs.length === 0 ? maker.home : deviceOf(fn.name, inputs);
    const spec = fn.find(inputs, numberNodes.length, attrs, mask, device);
    const nodes = [...inputs.map((input) => this.nodeOf(input)), ...numberNodes];
    if (mask === 0) return this.run(fn.name, maker, spec.graph, nodes, inputs);
    const own = inputs.map((input) => this.own(input));
    if (own.some((input) => input.requiresGrad && this.cells.has(input))) {
      this.needsBackwardInside("a tensor that requires a gradient and was set before");
    }
    const values = this.run(fn.name, maker, spec.graph, nodes);
    return attach(values, this.record(spec, own, numbers, nodes));
  }

  /** Results of unrecorded calls are cut off from the inputs that gradients would reach. */
  private run(
    name: string,
    maker: Value,
    graph: Graph,
    nodes: readonly Node[],
    cutFrom: readonly Value[] = [],
  ): Value[] {
    const cut = cutFrom.some((value) => value.requiresGrad);
    const results = copyInto(this.builder, graph, nodes);
    this.made.push({ name, site: this.log[this.log.length - 1]?.site ?? "", nodes: results });
    return results.map((node) => maker.like(node.type, null, cut ? this.cut(node) : node));
  }

  private cut(node: Node): Node {
    return isFloat(node.type.dtype) ? this.builder.apply("stopGradient", [node], {}) : node;
  }

  private record(
    spec: Specialization,
    inputs: readonly Value[],
    numbers: readonly number[],
    nodes: readonly Node[],
  ): TapeRecord {
    return {
      spec,
      inputs,
      numbers,
      kept: [],
      nodes,
      storages: [],
      versions: 0,
      sequence: nextSequence(),
      cotangents: null,
      hooks: null,
      custom: null,
    };
  }

  backward(record: TapeRecord, given: readonly boolean[], cotangents: readonly Value[]): Value[] {
    if (record.nodes === null) {
      this.fail(
        "a gradient is taken through a value that was computed before the function was called",
      );
    }
    const nodes = [...record.nodes!, ...cotangents.map((value) => this.nodeOf(value))];
    const graph = record.spec.backwardGraph(given);
    return this.run(`${record.spec.name} backward`, cotangents[0]!, graph, nodes, record.inputs);
  }

  update<A>(
    fn: Fn<A>,
    targets: readonly Value[],
    inputs: readonly Value[],
    numbers: readonly (() => number)[],
    attrs: A,
  ): void {
    this.note(`${fn.name}${attrsKey(attrs)}`, inputs);
    for (const target of targets) this.nodeOf(target);
    const device = deviceOf(fn.name, inputs);
    const spec = fn.find(inputs, numbers.length, attrs, 0, device);
    const read = numbers.map((number) => this.number(number));
    const nodes = [...inputs.map((input) => this.nodeOf(input)), ...read];
    const results = this.run(fn.name, inputs[0]!, spec.graph, nodes);
    targets.forEach((target, k) => this.cells.set(this.own(target), results[k]!.node!));
  }

  set(cell: Value, value: Value): void {
    this.note("set", [cell, value]);
    this.nodeOf(cell);
    const node = this.nodeOf(value);
    this.cells.set(this.own(cell), value.requiresGrad ? this.cut(node) : node);
  }

  gradOf(value: Value): Value | null {
    return this.gradEntry(value).current;
  }

  setGrad(value: Value, grad: Value | null): void {
    this.gradEntry(value).current = grad;
  }

  private gradEntry(given: Value): { readonly initial: Value | null; current: Value | null } {
    const value = this.own(given);
    const known = this.grads.get(value);
    if (known !== undefined) return known;
    const outer = value.gradient;
    let initial: Value | null = null;
    if (outer !== null && (value.node === null || this.argumentsOf.has(value))) {
      const node = this.builder.input(outer.type);
      this.addSource(this.baseOf(value), node, { grad: true });
      initial = outer.like(outer.type, null, node);
    } else if (value.node === null) {
      this.absent.push(value);
    } else if (this.argumentsOf.has(value)) {
      this.absentArguments.push(this.argumentsOf.get(value)!);
    }
    const entry = { initial, current: initial };
    this.grads.set(value, entry);
    return entry;
  }

  number(read: () => number): Node {
    const node = this.builder.input(NUMBER);
    this.numbers.push({ read, node });
    return node;
  }

  frozen(value: number): Node {
    this.note(`number ${Object.is(value, -0) ? "-0" : value}`, []);
    return this.builder.apply("constant", [], { dtype: "float64", value });
  }

  array(copy: Value, array: TypedArray): Node {
    this.note(`array ${copy.type.text}`, []);
    const node = this.builder.input(copy.type);
    this.addSource({ value: copy, argument: -1 }, node, { array, made: true });
    return node;
  }

  constant(value: Value): Node {
    this.note(`constant ${value.type.text}`, []);
    const node = this.builder.input(value.type);
    this.addSource({ value, argument: -1 }, node, { made: true });
    return node;
  }

  private addSource(base: Base, node: Node, more: Partial<Source> = {}): void {
    this.sources.push({ grad: false, array: null, made: false, ...base, ...more, node });
  }

  afterRun(effect: () => void): void {
    this.effects.push(effect);
  }

  replayIndex(owner: object): number {
    const count = this.replays.get(owner) ?? 0;
    this.replays.set(owner, count + 1);
    return count;
  }

  reached(value: Value, leaf: boolean): void {
    const argument = this.argumentsOf.get(value);
    if (argument === undefined) return;
    this.hooked.set(argument, value.hooks);
    if (leaf) this.leaves.add(argument);
    if (!leaf || !this.computed.has(value)) return;
    throw new NablaError(
      "trace",
      `compile: backward inside the compiled function reaches argument ${argument}, which was ` +
        `computed outside, and stops there. Call backward outside, or pass x.detach().`,
    );
  }

  isWhole(value: Value): boolean {
    const whole = isInt32(value.number);
    const argument = this.argumentsOf.get(value);
    if (argument !== undefined) this.kinds.set(argument, whole);
    return whole;
  }

  guard<T extends boolean | number | string>(read: () => T): T {
    const seen = read();
    this.guards.push({ read, seen });
    return seen;
  }

  setState(owner: object, undo: () => void, redo: () => void): void {
    this.states.set(owner, { undo: this.states.get(owner)?.undo ?? undo, redo });
  }

  hasState(owner: object): boolean {
    return this.states.has(owner);
  }

  fail(what: string, cure = READ_OUTSIDE): never {
    throw new NablaError(
      "trace",
      `compile: ${what} inside the compiled function${at(userSite())}. A compiled function is traced ` +
        `once and replayed: ${cure}.`,
    );
  }

  refuseRead(): never {
    if (context.tracer === this) this.fail("the values of a tensor are read");
    throw new NablaError(
      "trace",
      "this tensor belongs to a compiled function that has been traced; it has no values outside it. " +
        "Return it from the function instead.",
    );
  }

  needsBackwardInside(what: string): void {
    this.insideOnly = what;
  }

  /** The node of a value at this point; one from outside becomes an input of the program. */
  nodeOf(given: Value): Node {
    const value = this.own(given);
    const latest = this.cells.get(value);
    if (latest !== undefined) return latest;
    if (value.node !== null) {
      if (value.tracer === this) return value.node;
      return this.fail("a tensor that belongs to another traced function is used");
    }
    let node = this.captured.get(value);
    if (node === undefined && value.reading !== null) {
      node = this.number(value.reading);
      this.captured.set(value, node);
    }
    if (node === undefined) {
      node = this.builder.input(value.type);
      this.captured.set(value, node);
      this.addSource({ value, argument: -1 }, node);
    }
    return node;
  }

  /** Captures what the function only returns, or only makes a gradient. */
  capture(results: readonly Value[]): void {
    for (const value of results) this.nodeOf(value);
    for (const { initial, current } of this.grads.values()) {
      if (current !== null && current !== initial) this.nodeOf(current);
    }
  }

  private note(text: string, inputs: readonly Value[]): void {
    const outside = inputs.filter((input) => input.node === null);
    this.log.push({ text, outside, site: userSite() });
  }
}

/** Spells the place of a call in a message. */
export function at(site: string): string {
  return site === "" ? "" : ` (${site})`;
}

const ENGINE = import.meta.url.replace(/tensor\/[^/]*$/, "").replace(/^file:\/\//, "");

/** The first line of the stack that is not the engine's. */
function userSite(): string {
  const lines = new Error().stack?.split("\n").slice(1) ?? [];
  const line = lines.find(
    (text) => !text.includes(ENGINE) && !text.includes("node:internal") && text.includes(":"),
  );
  return line?.trim().replace(/^at /, "") ?? "";
}
