/**
 * Functions: named builders of graphs. Calling one looks up its program by attributes, shapes,
 * dtypes, device and the inputs that require gradients; only the first such call traces and
 * compiles.
 */
import { vjpGraph } from "../autograd/derive.ts";
import { isFloat } from "../core/dtype.ts";
import { Builder } from "../ir/builder.ts";
import type { Graph, Node, TensorType } from "../ir/node.ts";
import { attrsKey, typeOf } from "../ir/node.ts";
import { copyInto } from "../ir/splice.ts";
import type { Device } from "./device.ts";
import type { Executable } from "./executable.ts";
import { makeExecutable } from "./executable.ts";
import { splitGraph } from "./partition.ts";

/** Attributes of a function that has none. */
export type None = Readonly<Record<string, never>>;

/** The one object without attributes. */
export const NONE: None = Object.freeze({});

/** How many programs one function keeps; the oldest is given back. */
const PROGRAMS_PER_FUNCTION = 512;
/** How many are looked at before the table is asked. */
const RECENT = 6;

/** The inputs that require gradients, as bits while there are at most 30, else as text. */
export type Mask = number | string;

/** Hits and misses of the program caches since the start. */
export interface ProgramStats {
  hits: number;
  misses: number;
}

const stats: ProgramStats = { hits: 0, misses: 0 };

/** Returns how often a call found its program and how often one had to be compiled. */
export function programStats(): Readonly<ProgramStats> {
  return { ...stats };
}

/** Anything with a type: what a call's key is made of. */
interface Typed {
  readonly type: TensorType;
}

/** A function of tensors and numbers, given by how it builds its graph. */
export class Fn<A = None> {
  readonly name: string;
  readonly build: (b: Builder, inputs: readonly Node[], attrs: A) => readonly Node[];
  readonly #recent: Specialization[] = [];
  readonly #table = new Map<string, Specialization>();

  /** `build` gets the tensors' nodes, then one float64 scalar node per number. */
  constructor(
    name: string,
    build: (b: Builder, inputs: readonly Node[], attrs: A) => readonly Node[],
  ) {
    this.name = name;
    this.build = build;
  }

  /**
   * Returns the program for these inputs. Shape and dtype mistakes throw here. `donate` says, when
   * the program is first made, which input each output is to replace.
   */
  find(
    inputs: readonly Typed[],
    numbers: number,
    attrs: A,
    mask: Mask,
    device: Device,
    donate?: () => readonly number[],
  ): Specialization {
    for (const known of this.#recent) {
      if (
        known.mask === mask &&
        known.attrs === attrs &&
        known.device === device &&
        known.numbers === numbers &&
        hasTypes(known, inputs)
      ) {
        stats.hits++;
        return known;
      }
    }
    return this.#findInTable(inputs, numbers, attrs, mask, device, donate);
  }

  #findInTable(
    inputs: readonly Typed[],
    numbers: number,
    attrs: A,
    mask: Mask,
    device: Device,
    donate: (() => readonly number[]) | undefined,
  ): Specialization {
    const types = inputs.map((input) => input.type);
    const texts = types.map((type) => type.text).join();
    const key = `${device.name}|${texts}|${numbers}|${mask}|${attrsKey(attrs)}`;
    let found = this.#table.get(key);
    if (found === undefined) {
      stats.misses++;
      const graph = this.trace(types, numbers, attrs);
      found = new Specialization(this.name, graph, numbers, mask, device, attrs, donate?.());
      this.#table.set(key, found);
      this.#dropOldest();
    } else {
      stats.hits++;
      found.attrs = attrs; // the caller's own object: its next call is found by identity
    }
    if (!this.#recent.includes(found)) {
      this.#recent.unshift(found);
      if (this.#recent.length > RECENT) this.#recent.pop();
    }
    return found;
  }

  /** Builds the graph for inputs of these types. */
  trace(types: readonly TensorType[], numbers: number, attrs: A): Graph {
    const b = new Builder();
    b.origin = this.name;
    const inputs = types.map((type) => b.input(type));
    for (let k = 0; k < numbers; k++) inputs.push(b.input(NUMBER));
    return { inputs, outputs: this.build(b, inputs, attrs) };
  }

  #dropOldest(): void {
    if (this.#table.size <= PROGRAMS_PER_FUNCTION) return;
    for (const [key, old] of this.#table) {
      if (this.#recent.includes(old)) continue;
      this.#table.delete(key);
      old.release();
      return;
    }
  }
}

/** The type of a number among a program's inputs. */
export const NUMBER: TensorType = typeOf("float64", []);

function hasTypes(known: Specialization, inputs: readonly Typed[]): boolean {
  const { types } = known;
  if (types.length !== inputs.length) return false;
  for (let i = 0; i < types.length; i++) if (types[i] !== inputs[i]!.type) return false;
  return true;
}

/** A function at given types, on a device, with given inputs to differentiate. */
export class Specialization {
  readonly name: string;
  readonly graph: Graph;
  readonly numbers: number;
  readonly mask: Mask;
  readonly device: Device;
  attrs: unknown;
  readonly types: readonly TensorType[];
  readonly outputTypes: readonly TensorType[];
  /** The outputs that can have a cotangent: those of float dtype. */
  readonly smooth: readonly number[];
  /** Which of the tensors require a gradient. */
  readonly wanted: readonly boolean[];
  /** For a program that updates cells: the input each output replaces, or −1. */
  readonly donate: readonly number[] | undefined;
  #plain: Executable | null = null;
  #recordingPart: Recording | null = null;
  readonly #backwardGraphs = new Map<string, Graph>();
  readonly #backwardFns = new Map<string, Fn>();

  constructor(
    name: string,
    graph: Graph,
    numbers: number,
    mask: Mask,
    device: Device,
    attrs: unknown,
    donate?: readonly number[],
  ) {
    this.name = name;
    this.graph = graph;
    this.numbers = numbers;
    this.mask = mask;
    this.device = device;
    this.attrs = attrs;
    this.donate = donate;
    this.types = graph.inputs.slice(0, graph.inputs.length - numbers).map((n) => n.type);
    this.outputTypes = graph.outputs.map((n) => n.type);
    this.smooth = this.outputTypes.flatMap((type, o) => (isFloat(type.dtype) ? [o] : []));
    this.wanted = this.types.map((_, i) => isWanted(mask, i));
  }

  /** The program that computes the outputs alone. */
  get executable(): Executable {
    this.#plain ??= makeExecutable(this.name, this.graph, this.numbers, this.device, this.donate);
    return this.#plain;
  }

  /**
   * The programs that compute the outputs and what the gradient reads, and the gradient from that.
   */
  get recording(): Recording {
    this.#recordingPart ??= new Recording(this);
    return this.#recordingPart;
  }

  /**
   * The gradients of the wanted inputs, computed from the inputs (tensors, then numbers) and the
   * cotangents of the flagged outputs; it computes the values anew.
   */
  backwardGraph(given: readonly boolean[]): Graph {
    const key = given.map(Number).join("");
    let graph = this.#backwardGraphs.get(key);
    if (graph === undefined) {
      const wanted = this.graph.inputs.map((_, i) => this.wanted[i] ?? false);
      graph = vjpGraph(this.graph, wanted, given);
      this.#backwardGraphs.set(key, graph);
    }
    return graph;
  }

  /**
   * The same as a function of tensors, cotangents and numbers, which can be differentiated in turn.
   */
  backwardFn(given: readonly boolean[]): Fn {
    const graph = this.backwardGraph(given);
    const key = given.map(Number).join("");
    let fn = this.#backwardFns.get(key);
    if (fn === undefined) {
      const tensors = this.types.length;
      fn = new Fn(`${this.name} backward`, (b, inputs) => {
        const cotangents = inputs.slice(tensors, inputs.length - this.numbers);
        const numbers = inputs.slice(inputs.length - this.numbers);
        return copyInto(b, graph, [...inputs.slice(0, tensors), ...numbers, ...cotangents]);
      });
      this.#backwardFns.set(key, fn);
    }
    return fn;
  }

  release(): void {
    this.#plain?.release();
    this.#recordingPart?.release();
    this.#plain = this.#recordingPart = null;
  }
}

function isWanted(mask: Mask, i: number): boolean {
  return typeof mask === "string" ? mask[i] === "1" : i < 31 && ((mask >> i) & 1) === 1;
}

/** The two halves of a differentiated function. */
export class Recording {
  readonly forward: Executable;
  readonly keptInputs: readonly number[];
  readonly keptOutputs: readonly number[];
  #backwardExecutable: Executable | null = null;
  readonly #backwardGraph: Graph;
  readonly #spec: Specialization;

  constructor(spec: Specialization) {
    const { graph, numbers } = spec;
    const wanted = graph.inputs.map((_, i) => spec.wanted[i] ?? false);
    const split = splitGraph(graph, wanted, numbers);
    this.#spec = spec;
    this.keptInputs = split.keptInputs;
    this.keptOutputs = split.keptOutputs;
    this.#backwardGraph = orderInputs(split.backward, numbers, spec.smooth.length);
    this.forward = makeExecutable(spec.name, split.forward, numbers, spec.device, spec.donate);
  }

  /** The program of the gradient: kept inputs, kept outputs, cotangents; then the numbers. */
  get backward(): Executable {
    this.#backwardExecutable ??= makeExecutable(
      `${this.#spec.name} backward`,
      this.#backwardGraph,
      this.#spec.numbers,
      this.#spec.device,
    );
    return this.#backwardExecutable;
  }

  release(): void {
    this.forward.release();
    this.#backwardExecutable?.release();
  }
}

/** Puts the numbers last, where executables want them. */
function orderInputs(graph: Graph, numbers: number, cotangents: number): Graph {
  const end = graph.inputs.length - cotangents;
  const kept = graph.inputs.slice(0, end - numbers);
  return {
    inputs: [...kept, ...graph.inputs.slice(end), ...graph.inputs.slice(end - numbers, end)],
    outputs: graph.outputs,
  };
}
