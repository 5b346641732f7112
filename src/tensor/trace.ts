/**
 * A trace: while it is active, calls put their graphs into one builder instead of running, cells
 * give their latest version, and host numbers are noted so that each replay reads them again. A
 * trace may follow an earlier one of the same function: then it builds nothing where it does the
 * same, and says where it does something else.
 */
import type { TypedArray } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { Builder } from "../ir/builder.ts";
import { loweringOf } from "../ir/lookup.ts";
import type { Node } from "../ir/node.ts";
import { topological } from "../ir/node.ts";
import { copyInto } from "../ir/splice.ts";
import type { Fn } from "../runtime/function.ts";
import { NUMBER } from "../runtime/function.ts";
import { attach, deviceOf, maskOf } from "./call.ts";
import { Captures } from "./captures.ts";
import { asOutside, GivenArrays } from "./given-arrays.ts";
import { HostState } from "./host-state.ts";
import type { Call, Difference, Line, Made } from "./lines.ts";
import { at, differenceOf, here, sameCall, sameContents } from "./lines.ts";
import { Walks } from "./walks.ts";
import type { TapeRecord, Tracer, Value } from "./value.ts";
import { context } from "./value.ts";

/** A number that each replay reads again. */
export interface Reader {
  readonly read: () => number;
  readonly node: Node;
  /** Whether it is a user's `scalar`. */
  readonly byUser: boolean;
}

/** A number that may hang on an argument: then it is an input of the program, else a constant. */
export interface Slot {
  readonly node: Node;
  readonly value: number;
  readonly line: number;
}

/** How a trace is made. */
export interface TraceOptions {
  /** The trace of the same function that this one follows. */
  readonly follows?: Trace | null;
  /** Whether numbers become slots: the function has arguments that are numbers. */
  readonly slots?: boolean;
  /** Whether arguments stand for themselves. */
  readonly itself?: boolean;
  /** The typed arrays among the arguments. */
  readonly arrays?: GivenArrays;
}

const NO_ARRAYS = new GivenArrays([], false);

const READ_OUTSIDE =
  "values exist only when it has returned. Return the tensor and read it outside";

/** One run of a user's function over nodes. */
export class Trace implements Tracer {
  readonly builder: Builder;
  readonly captures: Captures;
  readonly host: HostState;
  readonly lines: Line[] = [];
  readonly readers: Reader[] = [];
  readonly slots: Slot[] = [];
  readonly effects: (() => unknown)[] = [];
  /** The latest version of each cell that was set. */
  readonly cells = new Map<Value, Node>();
  /** What a gradient taken outside the compiled function would miss. */
  insideOnly = "";
  /** What could not be traced, which stays an error where the function catches it. */
  failure: NablaError | null = null;
  /** Where it first did something else than the trace that it follows. */
  difference: Difference | null = null;
  readonly arrays: GivenArrays;
  readonly walks = new Walks();
  readonly #follows: Trace | null;
  readonly #hasSlots: boolean;
  readonly #replays = new Map<object, number>();

  constructor({
    follows = null,
    slots = false,
    arrays = NO_ARRAYS,
    itself = false,
  }: TraceOptions = {}) {
    this.arrays = arrays;
    this.#follows = follows;
    this.#hasSlots = follows === null ? slots : follows.#hasSlots;
    this.builder = follows?.builder ?? new Builder();
    this.captures = new Captures(this.builder, follows?.captures ?? null, itself ? this : null);
    this.host = new HostState(follows?.host ?? null);
  }

  own(value: Value): Value {
    return this.captures.own(value);
  }

  call<A>(
    fn: Fn<A>,
    inputs: readonly Value[],
    numbers: readonly number[],
    attrs: A,
    maker: Value,
  ): Value[] {
    return this.#include(fn, inputs, [], numbers, attrs, maker);
  }

  callReading<A>(
    fn: Fn<A>,
    inputs: readonly Value[],
    numbers: readonly (() => number)[],
    attrs: A,
    maker: Value,
  ): Value[] {
    return this.#include(fn, inputs, numbers, [], attrs, maker);
  }

  /** Puts a function's graph in, and on the tape where gradients are required. */
  #include<A>(
    fn: Fn<A>,
    inputs: readonly Value[],
    readers: readonly (() => number)[],
    numbers: readonly number[],
    attrs: A,
    maker: Value,
  ): Value[] {
    const mask = context.gradEnabled ? maskOf(inputs) : 0;
    const cut = mask === 0 && inputs.some(needsGradient);
    const device = inputs.length === 0 ? maker.home : deviceOf(fn.name, inputs);
    const count = readers.length + numbers.length;
    const call = {
      what: fn,
      name: fn.name,
      attrs,
      mask: cut ? "cut" : mask,
      device,
      inputs: this.#nodesOf(inputs, readers),
      numbers,
    };
    const line = this.#enter(call, (nodes) => {
      const spec = fn.find(inputs, count, attrs, mask, device);
      const results = copyInto(this.builder, spec.graph, nodes);
      return { spec, results: cut ? results.map((node) => this.#cut(node)) : results };
    });
    const values = line.results.map((node) => maker.like(node.type, null, node));
    if (mask === 0) return values;
    const own = inputs.map((input) => this.own(input));
    if (own.some((input) => input.requiresGrad && this.cells.has(input))) {
      this.needsBackwardInside("a tensor that requires a gradient and was set before");
    }
    const fill = readers.length > 0 ? new Array<number>(count).fill(0) : numbers;
    return attach(values, this.walks.record(line.spec!, own, fill, line.nodes));
  }

  /** Tensors and numbers that are read anew as nodes. */
  #nodesOf(inputs: readonly Value[], readers: readonly (() => number)[] = []): Node[] {
    const nodes = inputs.map((input) => this.nodeOf(input));
    for (const read of readers) nodes.push(this.#reader(read, false));
    return nodes;
  }

  /** Adds a line to the log: that of the trace it follows, or one that `make` makes. */
  #enter(
    call: Call,
    make: (nodes: readonly Node[]) => Pick<Made, "results"> & Partial<Made>,
  ): Line {
    const first = this.slots.length;
    const known = this.#follows?.lines[this.lines.length];
    if (known !== undefined && this.difference === null && sameCall(known, call)) {
      if (this.#hasSlots || sameContents(known.numbers, call.numbers)) {
        if (this.#hasSlots) {
          call.numbers.forEach((value, k) => {
            const { node } = this.#follows!.slots[first + k]!;
            this.slots.push({ node, value, line: this.lines.length });
          });
        }
        this.lines.push(known);
        return known;
      }
    }
    const nodes = [...call.inputs, ...call.numbers.map((value) => this.#numberNode(value))];
    const made = make(nodes); // which may throw, and the function go on
    if (this.#follows !== null) this.difference ??= differenceOf(known, call);
    const line = {
      spec: null,
      constant: null,
      array: null,
      ...made,
      ...call,
      nodes,
      site: here(),
    };
    this.lines.push(line);
    return line;
  }

  /** A number among the arguments of a call. */
  #numberNode(value: number): Node {
    if (!this.#hasSlots) return this.builder.apply("constant", [], { dtype: "float64", value });
    const node = this.builder.input(NUMBER);
    this.slots.push({ node, value, line: this.lines.length });
    return node;
  }

  #cut(node: Node): Node {
    return isFloat(node.type.dtype) ? this.builder.apply("stopGradient", [node], {}) : node;
  }

  backward(record: TapeRecord, given: readonly boolean[], cotangents: readonly Value[]): Value[] {
    if (record.nodes === null) {
      this.fail(
        "a gradient is taken through a value that was computed before the function was called",
      );
    }
    const { spec, inputs } = record;
    const cut = inputs.some(needsGradient);
    const nodes = [...record.nodes!, ...this.#nodesOf(cotangents)];
    const line = this.#enter(
      {
        what: spec,
        name: `${spec.name} backward`,
        attrs: given.map(Number).join(""),
        mask: cut ? "cut" : 0,
        device: spec.device,
        inputs: nodes,
        numbers: [],
      },
      () => {
        const results = copyInto(this.builder, spec.backwardGraph(given), nodes);
        return { results: cut ? results.map((node) => this.#cut(node)) : results };
      },
    );
    return line.results.map((node) => cotangents[0]!.like(node.type, null, node));
  }

  walk(root: Value, retainGraph: boolean, run: () => void): void {
    this.walks.walk(this, this.#follows, root, retainGraph, run);
  }

  update<A>(
    fn: Fn<A>,
    targets: readonly Value[],
    inputs: readonly Value[],
    numbers: readonly (() => number)[],
    attrs: A,
  ): void {
    for (const target of targets) this.nodeOf(target);
    const device = deviceOf(fn.name, inputs);
    const call = {
      what: fn,
      name: fn.name,
      attrs,
      mask: 0,
      device,
      inputs: this.#nodesOf(inputs, numbers),
      numbers: [],
    };
    const line = this.#enter(call, (nodes) => {
      const spec = fn.find(inputs, numbers.length, attrs, 0, device);
      return { results: copyInto(this.builder, spec.graph, nodes) };
    });
    targets.forEach((target, k) => this.cells.set(this.own(target), line.results[k]!));
  }

  set(cell: Value, value: Value): void {
    this.nodeOf(cell);
    const node = this.nodeOf(value);
    const cut = value.requiresGrad;
    const line = this.#enter({ ...act("set", null), inputs: [node] }, () => ({
      results: [cut ? this.#cut(node) : node],
    }));
    this.cells.set(this.own(cell), line.results[0]!);
  }

  gradOf(value: Value): Value | null {
    return this.captures.gradOf(value).current;
  }

  setGrad(value: Value, grad: Value | null): void {
    this.captures.setGrad(value, grad);
  }

  number(read: () => number): Node {
    return this.#reader(read, true);
  }

  #reader(read: () => number, byUser: boolean): Node {
    const node = this.#follows?.readers[this.readers.length]?.node ?? this.builder.input(NUMBER);
    this.readers.push({ read, node, byUser });
    return node;
  }

  frozen(value: number): Node {
    const call = { ...act("number", null), numbers: [value] };
    return this.#enter(call, (nodes) => ({ results: nodes })).results[0]!;
  }

  array(copy: Value, array: TypedArray): Node {
    return this.#made("array", copy, array);
  }

  isGiven(data: unknown): boolean {
    return this.arrays.indexOf(data) >= 0;
  }

  ofArray(data: unknown, make: (array: TypedArray) => Value): Value | null {
    const index = this.arrays.indexOf(data);
    if (index < 0) return null;
    const { device } = context;
    const outside = (array: TypedArray): Value => asOutside(device, () => make(array));
    const value = outside(this.arrays.at(index));
    const word = `array ${index} of the arguments`;
    const line = this.#enter({ ...act(word, value.type.text), device: value.home }, () => ({
      results: [this.captures.makeOf(value, index, outside)],
    }));
    return value.like(value.type, null, line.results[0]!);
  }

  constant(value: Value): Node {
    return this.#made("constant", value, null);
  }

  #made(word: string, value: Value, array: TypedArray | null): Node {
    const line = this.#enter(act(word, value.type.text), () => ({
      results: [this.captures.make(value, array)],
      constant: value,
      array,
    }));
    const known = line.constant!;
    const again = array !== null && line.array === array; // which each replay reads
    if (!again && !sameContents(known.storage!.read(), value.storage!.read())) {
      this.difference ??= { site: line.site, was: word, is: word, about: "array" };
    }
    return line.results[0]!;
  }

  afterRun(effect: () => unknown, late: string): void {
    this.effects.push(effect);
    this.host.late ||= late;
  }

  touch(owner: object, isRead = true): boolean {
    return this.host.touched.touch(owner, isRead);
  }

  /** Whether the trace looks after what an object holds: a module, an optimizer. */
  manages(owner: object): boolean {
    const { touched, states } = this.host;
    return touched.has(owner) || states.has(owner) || this.#replays.has(owner);
  }

  replayIndex(owner: object): number {
    const count = this.#replays.get(owner) ?? 0;
    this.#replays.set(owner, count + 1);
    return count;
  }

  tryOut<T>(run: () => T): { readonly value: T } | null {
    const { cells, captures, effects, host, arrays } = this;
    const acts = (): number => cells.size + captures.grads.size + effects.length + host.states.size;
    const [before, read] = [acts(), [...arrays.read]];
    try {
      return { value: run() };
    } catch (error) {
      if (acts() !== before || this.failure !== null) throw error;
      arrays.read.clear();
      for (const index of read) arrays.read.add(index);
      return null;
    }
  }

  isLeaf(value: Value): boolean {
    const own = this.own(value);
    const leaf = own.record === null && !this.captures.isComputed(own);
    const argument = this.captures.argumentOf(own);
    if (argument !== undefined) this.host.asked.set(argument, leaf);
    return leaf;
  }

  reached(value: Value, leaf: boolean): void {
    const argument = this.captures.argumentOf(value);
    if (argument === undefined) return;
    this.host.hooked.set(argument, value.hooks);
    if (leaf) this.host.leaves.add(argument);
    if (!leaf || !this.captures.isComputed(value)) return;
    throw new NablaError(
      "trace",
      `compile: backward inside the compiled function reaches argument ${argument}, which was ` +
        `computed outside, and stops there. Call backward outside, or pass x.detach().`,
    );
  }

  guard<T extends boolean | number | string>(read: () => T): T {
    return this.host.guard(read);
  }

  wrote(owner: object, name: PropertyKey, was: unknown): void {
    this.host.touched.wrote(owner, name, was);
  }

  read(owner: object, name: PropertyKey, seen: unknown): void {
    this.host.read(owner, name, seen);
  }

  setState(owner: object, undo: () => void, redo: () => void): void {
    this.host.setState(owner, undo, redo);
  }

  hasState(owner: object): boolean {
    return this.host.states.has(owner);
  }

  fail(what: string, cure = READ_OUTSIDE): never {
    this.failure ??= new NablaError(
      "trace",
      `compile: ${what} inside the compiled function${at(here())}. A compiled function is traced ` +
        `once and replayed: ${cure}.`,
    );
    throw this.failure;
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

  /** Whether a tensor of this trace is the same at each call: made by rules alone. */
  isConstant(value: Value): boolean {
    if (value.tracer !== this || value.node === null) return false;
    const made = new Set(this.lines.flatMap(({ constant, results }) => (constant ? results : [])));
    return topological([value.node]).every(
      (node) => loweringOf(node).kind !== "input" || made.has(node),
    );
  }

  /** The node of a value at this point; one from outside becomes an input of the program. */
  nodeOf(given: Value): Node {
    const value = this.own(given);
    const latest = this.cells.get(value);
    if (latest !== undefined) return latest;
    if (value.node !== null) {
      if (value.tracer === this) return value.node;
      return this.fail(
        "a tensor that an earlier trace made is used",
        "what goes from call to call is kept in a cell: h = cell(zeros([…])); h.set(value)",
      );
    }
    const known = this.captures.find(value);
    if (value.reading === null) return known ?? this.captures.capture(value);
    return this.#numberOf(value, value.reading, known);
  }

  /** The node of a `scalar` from outside, which is read once. */
  #numberOf(value: Value, read: () => number, known: Node | undefined): Node {
    if (known !== undefined && this.readers.some(({ node }) => node === known)) return known;
    const node = this.number(read);
    this.captures.note(value, node);
    return node;
  }
}

/** What a line says that is no call of a function. */
function act(word: string, attrs: string | null): Call {
  const [mask, device] = [0, null];
  return { what: word, name: word, attrs, mask, device, inputs: [], numbers: [] };
}

function needsGradient(value: Value): boolean {
  return value.requiresGrad;
}
