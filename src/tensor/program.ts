/**
 * A traced function as a program: what each replay looks at, what it gives the program, and where
 * the results go.
 */
import { isFloat } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { Builder } from "../ir/builder.ts";
import type { Graph, Node, TensorType } from "../ir/node.ts";
import { copyInto } from "../ir/splice.ts";
import type { Mask } from "../runtime/function.ts";
import { Specialization } from "../runtime/function.ts";
import type { Executable } from "../runtime/executable.ts";
import { makeExecutable } from "../runtime/executable.ts";
import type { Storage } from "../runtime/storage.ts";
import type { Given } from "./arguments.ts";
import { recorded, replaceGradient, replaceStorage, runEffect } from "./call.ts";
import { Acquaintance } from "./acquaintance.ts";
import type { Base, Source } from "./captures.ts";
import { tensor } from "./create.ts";
import { defaultDevice } from "./device.ts";
import type { Ending, Traced } from "./ending.ts";
import { numberParting, partingOf } from "./ending.ts";
import { checkFinite } from "./grad-mode.ts";
import type { Difference } from "./lines.ts";
import { at, differsIn, sameContents, sameItems } from "./lines.ts";
import type { Marks } from "./marks.ts";
import { marksOf, walkedRecord } from "./marks.ts";
import { arrange } from "./results.ts";
import { Schedule } from "./schedule.ts";
import { auditWalk } from "./tape.ts";
import { Tensor } from "./tensor.ts";
import type { Trace } from "./trace.ts";
import type { Value } from "./value.ts";
import { context, storageOf } from "./value.ts";

/** A captured value, and what decided the program about it. */
interface Watched {
  readonly value: Value;
  readonly requiresGrad: boolean;
  readonly hooks: Value["hooks"];
}

/** A slot that hangs on the numbers among the arguments: which of them it is, or −1. */
export interface Varying {
  readonly slot: number;
  readonly number: number;
}

/** What is known of a traced function beside its trace. */
interface Made {
  readonly varying: readonly Varying[];
  /** How often the function uses the numbers that are operands alone, by its text. */
  readonly operands: ReadonlyMap<number, number>;
  /** Whether it is for these very objects. */
  readonly pinned: boolean;
}

/** A traced function, ready to replay. */
export class CompiledProgram {
  readonly spec: Specialization;
  /** The trace that it was made of. */
  readonly trace: Trace;
  /** The number arguments of the latest trace, of which `host` is. */
  numbers: readonly number[];
  /** How often it was called. */
  calls = 0;
  readonly schedule = new Schedule();
  /** The structure of modules for which it was last found right. */
  revision = context.revision;
  /** Whether only a run of the function tells what it returns, or what its state is. */
  runsAlways: boolean;
  /** What later traces follow. */
  readonly first: Traced;
  /** Whether it is for the very objects it was made with. */
  readonly isPinned: boolean;
  readonly #ending: Ending;
  readonly #given: Pick<Given, "self" | "key" | "objects">;
  readonly #argumentTypes: readonly TensorType[];
  readonly #argumentGrads: readonly boolean[];
  readonly #argumentClasses: readonly unknown[];
  readonly #argumentCells: readonly boolean[];
  /** The first place at which each argument was passed. */
  readonly #firstPlaces: readonly number[];
  readonly #gradEnabled = context.gradEnabled;
  readonly #sources: readonly Source[];
  readonly #gradSources: readonly Source[];
  /** The gradients that it is for, where it is for no others. */
  readonly #gradients: readonly (Value | null)[] | null;
  /** Which results gradients can be taken of outside. */
  readonly #live: readonly boolean[];
  /** What the results are in plain code. */
  readonly #marks: readonly Marks[];
  /** The results that are what is made of a given array: by number, and by that of the source. */
  readonly #windows: readonly (readonly [number, number])[];
  /** The slots that hang on the number arguments. */
  readonly #varying: readonly Varying[];
  /** The numbers that are nothing but operands: the program serves all their values. */
  readonly #operands: ReadonlySet<number>;
  /** Whether more of the arguments than their types decided the program. */
  readonly #looksAtArguments: boolean;
  readonly #captured: ReadonlySet<Value>;
  readonly #acquaintance: Acquaintance;
  readonly #watched: readonly Watched[];
  /** The latest trace, whose readers and effects are those of the present numbers. */
  #latest: Traced;
  #checker: Executable | null = null;
  readonly #bases: Value[];
  readonly #storages: Storage[];
  readonly #inputs: number[];

  constructor(name: string, traced: Traced, given: Given, { varying, operands, pinned }: Made) {
    const { trace, ending } = traced;
    const { tensors } = given;
    this.first = this.#latest = traced;
    this.isPinned = pinned;
    this.#acquaintance = new Acquaintance(given, trace, pinned);
    this.trace = trace;
    this.#ending = ending;
    this.#given = { self: given.self, key: given.key, objects: given.objects };
    this.numbers = given.numbers;
    this.#varying = varying;
    this.#operands = new Set(
      [...operands.keys()].filter((k) => this.#isOperand(k, operands.get(k)!)),
    );
    this.#argumentTypes = tensors.map((arg) => arg.type);
    this.#argumentGrads = tensors.map((arg) => arg.requiresGrad);
    this.#argumentClasses = tensors.map(({ constructor }) => constructor);
    this.#argumentCells = tensors.map(({ settable }) => settable);
    this.#firstPlaces = tensors.map((arg) => tensors.indexOf(arg));
    this.#sources = trace.captures.sources;
    this.#gradSources = this.#sources.filter(({ grad }) => grad);
    this.#gradients = pinned ? this.#gradientsNow(tensors) : null;
    this.runsAlways = ending.host.length > 0;
    this.#marks = ending.results.map(marksOf);
    this.#windows = ending.resultNodes.flatMap((node, o) => {
      const s = this.#sources.findIndex(({ made, node: own }) => made !== null && own === node);
      return s < 0 ? [] : [[o, s] as const];
    });
    this.#live = this.#marks.map(({ maker, released }) => maker !== null && released === null);
    const graph = this.#graphOf([
      ...ending.resultNodes,
      ...ending.cells.map(({ node }) => node),
      ...ending.grads.flatMap(({ node }) => node ?? []),
    ]);
    const count = trace.readers.length + varying.length;
    const device = tensors[0]?.home ?? this.#deviceOfSources();
    const donate = this.#donations(graph.outputs.length);
    this.spec = new Specialization(name, graph, count, this.#maskFor(), device, null, donate);
    this.#watched = this.#sources.flatMap(({ value, grad }) =>
      value === null || grad
        ? []
        : [{ value, requiresGrad: value.requiresGrad, hooks: value.hooks }],
    );
    const { host, captures } = trace;
    this.#looksAtArguments =
      captures.met.size + host.hooked.size + host.asked.size > 0 ||
      ending.cells.some(({ base }) => base.value === null);
    this.#captured = new Set(this.#watched.map(({ value }) => value));
    this.#bases = new Array<Value>(this.#sources.length);
    this.#storages = new Array<Storage>(this.#sources.length);
    this.#inputs = new Array<number>(count).fill(0);
    captures.forget();
  }

  /** Whether a number is seen as it is, in float arithmetic, whenever another is given. */
  #isOperand(number: number, uses: number): boolean {
    const { slots, lines } = this.trace;
    // what takes it without being traced is no tensor, and may decide by it
    if (this.#varying.filter((one) => one.number === number).length < uses) return false;
    return this.#varying.every(
      (one) =>
        one.number >= 0 &&
        (one.number !== number ||
          lines[slots[one.slot]!.line]!.inputs.every(({ type }) => isFloat(type.dtype))),
    );
  }

  /** Whether such numbers differ from those of the latest trace in operands alone. */
  takes({ numbers }: Given): boolean {
    for (let k = 0; k < numbers.length; k++) {
      if (!Object.is(numbers[k], this.numbers[k]) && !this.#operands.has(k)) return false;
    }
    return true;
  }

  /** A graph of the trace with its numbers as they are: inputs where they vary, else constants. */
  #graphOf(outputs: readonly Node[]): Graph {
    const { slots, readers } = this.trace;
    const varying = this.#varying.map(({ slot }) => slots[slot]!.node);
    const inputs = [
      ...this.#sources.map(({ node }) => node),
      ...readers.map(({ node }) => node),
      ...varying,
    ];
    if (slots.length === 0) return { inputs, outputs };
    const b = new Builder();
    const varies = new Set(this.#varying.map(({ slot }) => slot));
    const fixed = slots.filter((_, k) => !varies.has(k));
    const ins = inputs.map(({ type }) => b.input(type));
    const constants = fixed.map(({ value }) =>
      b.apply("constant", [], { dtype: "float64", value }),
    );
    const all = { inputs: [...inputs, ...fixed.map(({ node }) => node)], outputs };
    return { inputs: ins, outputs: copyInto(b, all, [...ins, ...constants]) };
  }

  #deviceOfSources(): Specialization["device"] {
    return this.#sources.find(({ value }) => value !== null)?.value?.home ?? defaultDevice();
  }

  /** The inputs that results depend on differentiably; none where `backward` ran inside. */
  #maskFor(): Mask {
    if (!this.#live.includes(true)) return 0;
    if (this.trace.insideOnly !== "") {
      throw new NablaError(
        "trace",
        `compile: ${this.trace.insideOnly} is used, and the result is to be differentiated outside. ` +
          `Call backward inside the compiled function, return it with .detach(), or compile without it.`,
      );
    }
    auditWalk(this.#ending.results);
    const needs = this.#sources.map(
      ({ value, argument, grad }) =>
        !grad && (argument >= 0 ? this.#argumentGrads[argument]! : value?.requiresGrad === true),
    );
    if (needs.length > 30) return needs.map(Number).join("");
    return needs.reduce((mask, need, i) => (need ? mask | (1 << i) : mask), 0);
  }

  /** Cells are replaced where they stand. */
  #donations(outputs: number): number[] {
    const donate = new Array<number>(outputs).fill(-1);
    this.#ending.cells.forEach(({ base }, k) => {
      donate[this.#ending.results.length + k] = this.#sources.findIndex(
        ({ value, argument, grad }) => value === base.value && argument === base.argument && !grad,
      );
    });
    return donate;
  }

  /** Whether the program was made for such arguments and the present state of the host. */
  serves(call: Given): boolean {
    const { self, key, objects, tensors } = call;
    const [types, grads] = [this.#argumentTypes, this.#argumentGrads];
    const [watched, given] = [this.#watched, this.#given];
    const count = types.length;
    if (key !== given.key || context.gradEnabled !== this.#gradEnabled) return false;
    if (self !== given.self || !sameItems(objects, given.objects)) return false;
    for (let i = 0; i < count; i++) {
      const arg = tensors[i]!;
      if (arg.type !== types[i] || arg.requiresGrad !== grads[i]) return false;
      if (arg.constructor !== this.#argumentClasses[i]) return false;
      if (arg.settable !== this.#argumentCells[i]) return false;
      if (arg.home !== this.spec.device || this.#captured.has(arg)) return false;
      if (tensors.indexOf(arg) !== this.#firstPlaces[i]) return false;
    }
    if ((this.isPinned || !call.plain) && !this.#acquaintance.admits(call)) return false;
    if (this.#looksAtArguments && !this.#servesArguments(tensors)) return false;
    for (let i = 0; i < watched.length; i++) {
      const { value, requiresGrad, hooks } = watched[i]!;
      if (value.requiresGrad !== requiresGrad || value.hooks !== hooks) return false;
    }
    for (const { value, argument } of this.trace.captures.absent) {
      if ((value ?? tensors[argument]!).gradient !== null) return false;
    }
    if (!this.trace.host.holds) return false;
    return this.#gradSources.every(({ value, argument, node }, k) => {
      const { gradient } = value ?? tensors[argument]!;
      if (this.#gradients !== null && gradient !== this.#gradients[k]) return false;
      return gradient?.type === node.type;
    });
  }

  /** The same for what the function found out about its arguments. */
  #servesArguments(args: readonly Tensor[]): boolean {
    const { captures, host } = this.trace;
    for (const [k, value] of captures.met) if (args[k] !== value) return false;
    for (const [k, hooks] of host.hooked) if (args[k]!.hooks !== hooks) return false;
    for (const k of host.leaves) if (args[k]!.record !== null) return false;
    for (const [k, leaf] of host.asked) if ((args[k]!.record === null) !== leaf) return false;
    return this.#ending.cells.every(
      ({ base }) => base.value !== null || args[base.argument]!.settable,
    );
  }

  /** Whether something of the host that the function may read is not as it was. */
  get isStale(): boolean {
    return this.revision !== context.revision || !this.#latest.trace.host.isFresh;
  }

  /** How a trace that followed, with such numbers, parts from the program; null for not at all. */
  partingOf(next: Traced, numbers: readonly number[]): Difference | null {
    const parting = partingOf(this.first, next);
    if (parting !== null) return parting;
    const same = sameContents(numbers, this.numbers);
    const skip = same ? [] : this.#varying.map(({ slot }) => slot);
    const number = numberParting(this.#latest.trace, next.trace, skip);
    if (number !== null) return number;
    if (!same) return null;
    const [was, is] = [hostNumbers(this.#latest.trace), hostNumbers(next.trace)];
    const r = was.findIndex((value, i) => !Object.is(value, is[i]));
    return r < 0 ? null : differsIn("number", `${was[r]}, read at each call,`, String(is[r]));
  }

  /** Takes the host's part from a trace that followed: its readers, effects and results. */
  take(traced: Traced, given: Given): void {
    traced.trace.captures.forget();
    traced.trace.cells.clear();
    // the tensors that it made hold on to the arguments
    this.#latest = { ...traced, ending: { ...traced.ending, results: [], objects: NOTHING } };
    this.numbers = given.numbers;
    this.runsAlways ||= traced.ending.host.length > 0;
    this.#acquaintance.meet(given, this.#gradientsNow(given.tensors), traced.trace);
    this.revision = context.revision;
  }

  release(): void {
    this.spec.release();
    this.#checker?.release();
  }

  /**
   * Whether the function was traced with such objects: else one of them may be one that it knows
   * from elsewhere, or hold what it did not hold.
   */
  knows(given: Given): boolean {
    if (given.key !== this.#given.key) return true; // it does not serve
    return this.#acquaintance.knows(given, this.#gradientsNow(given.tensors));
  }

  /** The gradients that it reads. */
  #gradientsNow(args: readonly Tensor[]): (Value | null)[] {
    return this.#gradSources.map(({ value, argument }) => (value ?? args[argument]!).gradient);
  }

  /** Whether objects of classes hold what they held when the function was last traced. */
  holds(given: Given): boolean {
    return this.#acquaintance.holds(given);
  }

  run(given: Given): unknown {
    const args = given.tensors;
    const { spec } = this;
    const [bases, storages, inputs] = [this.#bases, this.#storages, this.#inputs];
    const [sources, ending] = [this.#sources, this.#ending];
    const { trace } = this.#latest;
    const { readers, slots } = trace;
    const count = readers.length;
    for (let k = 0; k < count; k++) inputs[k] = readers[k]!.read();
    for (let k = count; k < inputs.length; k++) {
      const { slot, number } = this.#varying[k - count]!;
      inputs[k] = this.#operands.has(number) ? given.numbers[number]! : slots[slot]!.value;
    }
    for (let i = 0; i < sources.length; i++) {
      const { value, argument, grad, array, made } = sources[i]!;
      const base =
        made !== null
          ? made.make(given.arrays[made.index]!)
          : array === null
            ? (value ?? args[argument]!)
            : tensor(array, { device: value!.home.name });
      bases[i] = base;
      storages[i] = storageOf(grad ? base.gradient! : base);
    }
    if (context.check !== null) this.#checkAll();
    const executable = spec.mask === 0 ? spec.executable : spec.recording.forward;
    // what a gradient outside will read is not to be replaced where it stands
    const outputs = executable.run(storages, inputs, spec.mask === 0);
    const values = this.#wrap(outputs);
    for (const [o, s] of this.#windows) values[o] = bases[s] as Tensor;
    bases.fill(null!); // the last batch is not to live until the next
    storages.fill(null!);
    const returned = ending.returned.map((one) =>
      typeof one === "number" ? values[one]! : (targetOf(one, args) as Tensor),
    );
    this.#keep(args, outputs, values);
    for (let k = 0; k < trace.effects.length; k++) runEffect(trace.effects[k]!, spec.device);
    for (const { redo } of trace.host.states.values()) redo();
    return arrange(this.#latest.ending.shape, returned, given);
  }

  /** Gives cells and gradients what the program made for them. */
  #keep(args: readonly Tensor[], outputs: readonly Storage[], values: readonly Tensor[]): void {
    const { results, cells, grads } = this.#ending;
    let o = results.length;
    for (const { base } of cells) replaceStorage(targetOf(base, args), outputs[o++]!);
    for (const { base, of, node, result } of grads) {
      const target = base === null ? values[of]! : targetOf(base, args);
      const storage = node === null ? null : outputs[o++]!;
      const gradient = storage && target.like(node!.type, storage, null);
      replaceGradient(target, result < 0 ? gradient : values[result]!);
    }
  }

  /** Computes what each call inside makes, and throws at the first that is NaN or infinite. */
  #checkAll(): void {
    const { spec, trace } = this;
    const made = trace.lines.flatMap((line) =>
      typeof line.what === "string"
        ? []
        : line.results.map((node, o) => ({ name: `${line.name}${at(line.site)}`, node, o })),
    );
    const graph = this.#graphOf(made.map(({ node }) => node));
    this.#checker ??= makeExecutable(spec.name, graph, this.#inputs.length, spec.device);
    const results = this.#checker.run(this.#storages, this.#inputs);
    made.forEach(({ name, o }, k) => checkFinite(name, results[k]!, o));
  }

  #wrap(outputs: readonly Storage[]): Tensor[] {
    const { spec } = this;
    const { results } = this.#ending;
    if (spec.mask === 0) {
      return results.map((_, o) => {
        const value = Tensor.fromStorage(spec.outputTypes[o]!, spec.device, outputs[o]!);
        if (this.#marks[o]!.requiresGrad || this.#marks[o]!.settable) this.#markAsPlain(value, o);
        return value;
      });
    }
    const maker = Tensor.fromStorage(spec.outputTypes[0]!, spec.device, outputs[0]!);
    const values = recorded(
      maker,
      spec,
      [...this.#bases],
      [...this.#inputs],
      [...this.#storages],
      outputs,
    );
    const record = values.find((value) => value.record !== null)?.record;
    if (record) record.names = this.#marks.map(({ maker }) => maker ?? "");
    results.forEach((_, o) => {
      if (!this.#live[o]) this.#markAsPlain(values[o]!, o);
    });
    return values.slice(0, results.length);
  }

  /** Gives a result the marks of plain code: it was walked back through, or is a leaf. */
  #markAsPlain(value: Tensor, o: number): void {
    const { requiresGrad, settable, maker, released } = this.#marks[o]!;
    value.requiresGrad = requiresGrad;
    value.settable = settable;
    value.output = 0;
    value.record = maker === null ? null : walkedRecord(maker, released, this.spec);
  }
}

const NOTHING: ReadonlySet<unknown> = new Set();

/** The tensor that a base is at this call. */
function targetOf({ value, argument, grad }: Base, args: readonly Tensor[]): Value {
  const base = value ?? args[argument]!;
  return grad ? base.gradient! : base;
}

/** The numbers that calls read anew, as they are now; not those of the user, who may count them. */
function hostNumbers({ readers }: Trace): number[] {
  return readers.map(({ read, byUser }) => (byUser ? 0 : read()));
}
