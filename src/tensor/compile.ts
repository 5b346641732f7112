/**
 * compile(): the user's function as one program. The first call with new guards traces the function
 * twice, compares, and compiles; every later call is a look-up, one run, and the update of cells.
 */
import type { TypedArray } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { isThenable } from "../core/thenable.ts";
import type { Graph, TensorType } from "../ir/node.ts";
import type { DeviceName } from "../runtime/device.ts";
import type { Mask } from "../runtime/function.ts";
import { Specialization } from "../runtime/function.ts";
import type { Executable } from "../runtime/executable.ts";
import { makeExecutable } from "../runtime/executable.ts";
import type { Storage } from "../runtime/storage.ts";
import { isInt32, recorded, replaceStorage } from "./call.ts";
import { tensor } from "./create.ts";
import { checkFinite } from "./grad-mode.ts";
import { assertSameTrace } from "./same-trace.ts";
import type { Base, Source } from "./trace.ts";
import { Trace } from "./trace.ts";
import { Tensor } from "./tensor.ts";
import type { Tracer, Value } from "./value.ts";
import { context, storageOf } from "./value.ts";

/** What a compiled function takes. */
export type CompileArgument = Tensor | TypedArray | number;

/** How many programs one compiled function keeps. */
const PROGRAMS_PER_FUNCTION = 64;

/** A compiled function: call it like the original; `stats` counts its look-ups. */
export interface CompiledFunction<F> {
  (
    ...args: F extends (...args: infer P) => unknown
      ? { [K in keyof P]: P[K] | CompileArgument }
      : never
  ): F extends (...args: never[]) => infer R ? R : never;
  readonly stats: { hits: number; misses: number };
  /** The specialisation that serves these arguments, made if need be. */
  readonly programFor: (args: readonly CompileArgument[]) => Specialization;
}

/**
 * Makes a function of tensors, typed arrays and numbers one program: forward, backward and updates.
 * Tensors it reaches are captured; cells are read and set at each replay. Host numbers it reads are
 * frozen, but for arguments and `scalar(() => value)`. Hooks, `module.to` and the mode of modules
 * are seen; a new Parameter assigned to a field is not: compile again. Throws a trace error where
 * the function reads values, is asynchronous, sets the seed, returns what cannot be made again, or
 * does not do the same each time.  @typeParam F - The function.
 */
export function compile<F extends (...args: never[]) => unknown>(fn: F): CompiledFunction<F> {
  const programs: CompiledProgram[] = [];
  const stats = { hits: 0, misses: 0 };
  const find = (args: readonly Tensor[]): CompiledProgram => {
    for (const program of programs) {
      if (program.serves(args)) {
        stats.hits++;
        return program;
      }
    }
    stats.misses++;
    const program = makeProgram(fn, args);
    while (programs.at(-1)?.isStale) programs.pop()!.release();
    programs.unshift(program);
    if (programs.length > PROGRAMS_PER_FUNCTION) programs.pop()!.release();
    return program;
  };
  const compiled = (...args: CompileArgument[]): unknown => {
    const { tracer } = context;
    if (tracer !== null) {
      return (fn as unknown as (...a: Tensor[]) => unknown)(...insideTensors(args, tracer));
    }
    const tensors = asTensors(args);
    return find(tensors).run(tensors);
  };
  const programFor = (args: readonly CompileArgument[]): Specialization =>
    find(asTensors(args)).spec;
  return Object.assign(compiled, { stats, programFor }) as unknown as CompiledFunction<F>;
}

/**
 * Makes a float64 scalar of a host number that is read anew whenever it is used: at each replay of
 * a compiled function, and at each call outside one.
 */
export function scalar(read: () => number): Tensor {
  const { tracer } = context;
  return tracer === null ? Tensor.fromReading(read) : Tensor.fromNode(tracer.number(read));
}

/** Numbers and arrays as tensors, where the first tensor is. */
function asTensors(args: readonly CompileArgument[]): Tensor[] {
  let first: Tensor | undefined;
  let count = 0;
  for (const arg of args) {
    if (!(arg instanceof Tensor)) continue;
    first ??= arg;
    count++;
  }
  if (count === args.length) return args as Tensor[];
  return args.map((arg, k) => asTensor(arg, k, first?.device));
}

/**
 * The same for a call inside a trace: numbers are frozen there, as all that the function reads, and
 * arrays are read again at each replay.
 */
function insideTensors(args: readonly CompileArgument[], tracer: Tracer): Tensor[] {
  const tensors = asTensors(args);
  return tensors.map((made, k) => {
    const arg = args[k]!;
    return ArrayBuffer.isView(arg) ? made.like(made.type, null, tracer.array(made, arg)) : made;
  });
}

function asTensor(arg: CompileArgument, k: number, device: DeviceName | undefined): Tensor {
  if (arg instanceof Tensor) return arg;
  const on = device === undefined ? {} : { device };
  if (typeof arg === "number") {
    const made = tensor(arg, { dtype: "float64", ...on });
    made.number = arg;
    return made;
  }
  if (ArrayBuffer.isView(arg)) return tensor(arg, on);
  throw new NablaError(
    "argument",
    `compile: argument ${k} is ${arg === null ? "null" : typeof arg}; ` +
      `a compiled function takes tensors, typed arrays and numbers.`,
  );
}

/** A captured value, and what decided the program about it. */
interface Watched {
  readonly value: Value;
  readonly requiresGrad: boolean;
  readonly hooks: Value["hooks"];
}

/** A traced function, ready to replay. */
class CompiledProgram {
  readonly spec: Specialization;
  private readonly trace: Trace;
  private readonly argumentTypes: readonly TensorType[];
  private readonly argumentGrads: readonly boolean[];
  /** Which arguments were numbers. */
  private readonly argumentNumbers: readonly boolean[];
  /** The first place at which each argument was passed. */
  private readonly firstPlaces: readonly number[];
  private readonly gradEnabled: boolean;
  private readonly revision = context.revision;
  private readonly sources: readonly Source[];
  private readonly shape: ResultShape;
  /** What is returned: something from outside as it is, or the result of that number. */
  private readonly returned: readonly (Base | number)[];
  private readonly results: readonly Value[];
  private readonly cells: readonly Base[];
  private readonly grads: readonly { value: Value; output: number }[];
  /** Whether more of the arguments than their types decided the program. */
  private readonly looksAtArguments: boolean;
  /** The captured values. */
  private readonly captured: ReadonlySet<Value>;
  /** The same, whether they required gradients, and their hooks. */
  private readonly watched: readonly Watched[];
  private checker: Executable | null = null;
  private readonly bases: Value[];
  private readonly storages: Storage[];
  private readonly numbers: number[];

  constructor(trace: Trace, args: readonly Tensor[], returned: unknown, name: string) {
    this.trace = trace;
    this.argumentTypes = args.map((arg) => arg.type);
    this.argumentGrads = args.map((arg) => arg.requiresGrad);
    this.argumentNumbers = args.map((arg) => arg.number !== null);
    this.firstPlaces = args.map((arg) => args.indexOf(arg));
    this.gradEnabled = context.gradEnabled;
    this.sources = trace.sources;
    const all: Value[] = [];
    this.shape = collect(returned, all);
    const results = [...new Set(all)].filter((value) => trace.outsideOf(value) === null);
    this.results = results;
    this.returned = all.map((value) => trace.outsideOf(value) ?? results.indexOf(value));
    const cells = [...trace.cells].filter(([cell]) => trace.outsideOf(cell) !== null);
    this.cells = cells.map(([cell]) => trace.baseOf(cell));
    const outputs = results.map((value) => trace.nodeOf(value));
    outputs.push(...cells.map(([, node]) => node));
    const grads: { value: Value; output: number }[] = [];
    for (const [value, { initial, current }] of trace.grads) {
      if (current === initial || trace.outsideOf(value) === null) continue;
      grads.push({ value, output: current === null ? -1 : outputs.length });
      if (current !== null) outputs.push(trace.nodeOf(current));
    }
    this.grads = grads;
    const numberNodes = trace.numbers.map((number) => number.node);
    const graph: Graph = {
      inputs: [...this.sources.map((source) => source.node), ...numberNodes],
      outputs,
    };
    const mask = this.maskFor();
    const device = args[0]?.home ?? this.deviceOfSources();
    const donate = this.donations(outputs.length);
    const { length } = numberNodes;
    this.spec = new Specialization(name, graph, length, mask, device, null, donate);
    this.watched = this.sources.flatMap(({ value, grad }) =>
      value === null || grad
        ? []
        : [{ value, requiresGrad: value.requiresGrad, hooks: value.hooks }],
    );
    const { kinds, met, hooked } = trace;
    this.looksAtArguments =
      kinds.size + met.size + hooked.size > 0 || this.cells.some(({ value }) => value === null);
    this.captured = new Set(this.watched.map(({ value }) => value));
    this.bases = new Array<Value>(this.sources.length);
    this.storages = new Array<Storage>(this.sources.length);
    this.numbers = new Array<number>(length).fill(0);
    trace.forget();
  }

  private deviceOfSources(): Specialization["device"] {
    const source = this.sources.find(({ value }) => value !== null);
    if (source === undefined) return tensor(0).home;
    return source.value!.home;
  }

  /** The inputs that results depend on differentiably; none where `backward` ran inside. */
  private maskFor(): Mask {
    const live = this.results.some((value) => value.record !== null && value.record.kept !== null);
    if (!live) return 0;
    if (this.trace.insideOnly !== "") {
      throw new NablaError(
        "trace",
        `compile: ${this.trace.insideOnly} is used, and the result is to be differentiated outside. ` +
          `Call backward inside the compiled function, or compile without it.`,
      );
    }
    const needs = this.sources.map(
      ({ value, argument, grad }) =>
        !grad && (argument >= 0 ? this.argumentGrads[argument]! : value!.requiresGrad),
    );
    if (needs.length > 30) return needs.map(Number).join("");
    return needs.reduce((mask, need, i) => (need ? mask | (1 << i) : mask), 0);
  }

  /** Cells are replaced where they stand. */
  private donations(outputs: number): number[] {
    const donate = new Array<number>(outputs).fill(-1);
    this.cells.forEach((cell, k) => {
      const input = this.sources.findIndex(
        ({ value, argument, grad }) => value === cell.value && argument === cell.argument && !grad,
      );
      donate[this.results.length + k] = input;
    });
    return donate;
  }

  /** Whether the program is right for these arguments and the present state of the host. */
  serves(args: readonly Tensor[]): boolean {
    const { argumentTypes, argumentGrads, watched, trace } = this;
    const count = argumentTypes.length;
    if (args.length !== count || context.gradEnabled !== this.gradEnabled) return false;
    if (this.isStale) return false;
    for (let i = 0; i < count; i++) {
      const arg = args[i]!;
      if (arg.type !== argumentTypes[i] || arg.requiresGrad !== argumentGrads[i]) return false;
      if (arg.home !== this.spec.device || args.indexOf(arg) !== this.firstPlaces[i]) return false;
      if ((arg.number !== null) !== this.argumentNumbers[i] || this.captured.has(arg)) return false;
    }
    if (this.looksAtArguments && !this.servesArguments(args)) return false;
    for (let i = 0; i < watched.length; i++) {
      const { value, requiresGrad, hooks } = watched[i]!;
      if (value.requiresGrad !== requiresGrad || value.hooks !== hooks) return false;
    }
    const { guards, absent, absentArguments } = trace;
    for (const k of absentArguments) if (args[k]!.gradient !== null) return false;
    for (let i = 0; i < absent.length; i++) if (absent[i]!.gradient !== null) return false;
    for (let i = 0; i < guards.length; i++) if (guards[i]!.read() !== guards[i]!.seen) return false;
    return this.sources.every(
      ({ value, argument, grad, node }) =>
        !grad || (value ?? args[argument]!).gradient?.type === node.type,
    );
  }

  /** The same for what the function found out about its arguments. */
  private servesArguments(args: readonly Tensor[]): boolean {
    const { kinds, met, hooked, leaves } = this.trace;
    for (const [k, whole] of kinds) if (isInt32(args[k]!.number) !== whole) return false;
    for (const [k, value] of met) if (args[k] !== value) return false;
    for (const [k, hooks] of hooked) if (args[k]!.hooks !== hooks) return false;
    for (const k of leaves) if (args[k]!.record !== null) return false;
    return this.cells.every(({ value, argument }) => value !== null || args[argument]!.settable);
  }

  /** Whether hooks or parameters were replaced since: then it serves nothing any more. */
  get isStale(): boolean {
    return context.revision !== this.revision;
  }

  release(): void {
    this.spec.release();
    this.checker?.release();
  }

  run(args: readonly Tensor[]): unknown {
    const { bases, storages, numbers, spec, trace, sources, cells } = this;
    for (let k = 0; k < numbers.length; k++) numbers[k] = trace.numbers[k]!.read();
    for (let i = 0; i < sources.length; i++) {
      const { value, argument, grad, array } = sources[i]!;
      const base =
        array === null ? (value ?? args[argument]!) : tensor(array, { device: value!.home.name });
      bases[i] = base;
      storages[i] = storageOf(grad ? base.gradient! : base);
    }
    if (context.check !== null) this.checkAll();
    const executable = spec.mask === 0 ? spec.executable : spec.recording.forward;
    // what a gradient outside will read is not to be replaced where it stands
    const outputs = executable.run(storages, numbers, spec.mask === 0);
    const first = this.results.length;
    const values = this.wrap(outputs);
    bases.fill(null!); // the last batch is not to live until the next
    storages.fill(null!);
    for (let k = 0; k < cells.length; k++) {
      const { value, argument } = cells[k]!;
      replaceStorage(value ?? args[argument]!, outputs[first + k]!);
    }
    for (let k = 0; k < this.grads.length; k++) this.setGradient(this.grads[k]!, args, outputs);
    for (let k = 0; k < trace.effects.length; k++) trace.effects[k]!();
    for (const { redo } of trace.states.values()) redo();
    const returned = this.returned.map((one) => {
      if (typeof one === "number") return values[one]!;
      return (one.value ?? args[one.argument]!) as Tensor;
    });
    return arrange(this.shape, returned);
  }

  /** Computes what each call inside makes, and throws at the first that is NaN or infinite. */
  private checkAll(): void {
    const { spec, trace } = this;
    const made = trace.made.flatMap(({ name, site, nodes }) => {
      const where = site === "" ? name : `${name} (${site})`;
      return nodes.map((node, o) => ({ name: where, node, o }));
    });
    const { inputs } = spec.graph;
    const graph: Graph = { inputs, outputs: made.map(({ node }) => node) };
    this.checker ??= makeExecutable(spec.name, graph, this.numbers.length, spec.device);
    const results = this.checker.run(this.storages, this.numbers);
    made.forEach(({ name, o }, k) => checkFinite(name, results[k]!, o));
  }

  private setGradient(
    { value, output }: { readonly value: Value; readonly output: number },
    args: readonly Tensor[],
    outputs: readonly Storage[],
  ): void {
    const { value: outer, argument } = this.trace.baseOf(value);
    const target = outer ?? args[argument]!;
    const type = this.spec.outputTypes[output];
    target.gradient = type === undefined ? null : target.like(type, outputs[output]!, null);
  }

  private wrap(outputs: readonly Storage[]): Tensor[] {
    const { spec, results } = this;
    if (spec.mask === 0) {
      return results.map((_, o) =>
        Tensor.fromStorage(spec.outputTypes[o]!, spec.device, outputs[o]!),
      );
    }
    const maker = Tensor.fromStorage(spec.outputTypes[0]!, spec.device, outputs[0]!);
    const values = recorded(
      maker,
      spec,
      [...this.bases],
      [...this.numbers],
      [...this.storages],
      outputs,
    );
    results.forEach((result, o) => {
      if (result.record !== null && result.record.kept !== null) return;
      values[o]!.requiresGrad = false;
      values[o]!.record = null;
    });
    return values.slice(0, results.length);
  }
}

/** Where the tensors of a result stand in it. */
type ResultShape =
  | { readonly kind: "tensor"; readonly index: number }
  | { readonly kind: "list"; readonly items: readonly ResultShape[] }
  | {
      readonly kind: "record";
      readonly prototype: object | null;
      readonly items: readonly (readonly [string, ResultShape])[];
    }
  | { readonly kind: "other"; readonly value: unknown };

function collect(result: unknown, tensors: Value[]): ResultShape {
  if (result instanceof Tensor) return { kind: "tensor", index: tensors.push(result) - 1 };
  if (Array.isArray(result)) {
    return { kind: "list", items: result.map((item) => collect(item, tensors)) };
  }
  if (isThenable(result)) {
    throw new NablaError(
      "trace",
      "compile: the function is asynchronous. Compile the synchronous part: " +
        "const step = compile((x, y) => { …; return loss; }); await step(x, y).item().",
    );
  }
  if (typeof result === "object" && result !== null) {
    const prototype = Object.getPrototypeOf(result) as object | null;
    if (prototype === Object.prototype || prototype === null) {
      const entries = Object.entries(result).map(([key, item]) => [key, collect(item, tensors)]);
      return { kind: "record", prototype, items: entries as [string, ResultShape][] };
    }
    refuseTraced(result);
  }
  return { kind: "other", value: result };
}

/** Throws where an object that replays cannot make again holds tensors of the trace. */
function refuseTraced(result: object): void {
  const seen = new Set<unknown>([result]);
  for (const item of seen) {
    if (item instanceof Tensor && item.node !== null) {
      const name = (result.constructor as { name: string } | undefined)?.name ?? "object";
      throw new NablaError(
        "trace",
        `compile: the function returns a ${name} that holds tensors, which replays cannot make ` +
          `again. Return the tensors in lists and plain objects, and make the ${name} outside.`,
      );
    }
    if (typeof item !== "object" || item === null) continue;
    if (item instanceof Tensor || ArrayBuffer.isView(item)) continue;
    if (item instanceof Map) for (const key of item.keys()) seen.add(key);
    const held = item instanceof Map || item instanceof Set ? item.values() : Object.values(item);
    for (const value of held) seen.add(value);
  }
}

function arrange(shape: ResultShape, tensors: readonly Tensor[]): unknown {
  switch (shape.kind) {
    case "tensor":
      return tensors[shape.index];
    case "list":
      return shape.items.map((item) => arrange(item, tensors));
    case "record": {
      const made = shape.items.map(([key, item]) => [key, arrange(item, tensors)] as const);
      return Object.setPrototypeOf(Object.fromEntries(made), shape.prototype);
    }
    case "other":
      return shape.value;
    default:
      return shape satisfies never;
  }
}

function makeProgram(fn: (...args: never[]) => unknown, args: readonly Tensor[]): CompiledProgram {
  const first = traceOnce(fn, args);
  const second = traceOnce(fn, args);
  assertSameTrace(first.trace, second.trace);
  return new CompiledProgram(second.trace, args, second.returned, fn.name || "compiled");
}

function traceOnce(
  fn: (...args: never[]) => unknown,
  args: readonly Tensor[],
): { trace: Trace; returned: unknown } {
  const trace = new Trace();
  const { gradEnabled, tracer } = context;
  context.tracer = trace;
  try {
    const stand = args.map((arg, k) => trace.argument(arg, k));
    const returned = (fn as (...a: Tensor[]) => unknown)(...stand);
    const results: Value[] = [];
    collect(returned, results);
    trace.capture(results);
    return { trace, returned };
  } finally {
    for (const { undo } of trace.states.values()) undo();
    context.tracer = tracer;
    context.gradEnabled = gradEnabled;
  }
}
