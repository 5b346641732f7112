/**
 * A graph made runnable on storages. Small inputs and results, and numbers, have fixed slots in
 * device memory that belong to the program; large ones live in the device's cache.
 */
import type { Failure, Program } from "../backend/backend.ts";
import { allocate } from "../core/dtype.ts";
import type { Plan } from "../compiler/kernel.ts";
import { NablaError } from "../core/errors.ts";
import { interpret } from "../ir/interpret.ts";
import type { Graph, TensorType } from "../ir/node.ts";
import { workOf } from "../ir/work.ts";
import type { Device } from "./device.ts";
import type { DeviceMemory } from "./memory.ts";
import { planFor } from "./plans.ts";
import { profiler } from "./profile.ts";
import type { LateQueue } from "./storage.ts";
import { Storage } from "./storage.ts";

/** Runs a graph: its inputs are tensors, then numbers; it returns a storage for each output. */
export interface Executable {
  /** `donate`: results may take over the storage of the input that they were planned to replace. */
  run(inputs: readonly Storage[], numbers: readonly number[], donate?: boolean): Storage[];
  release(): void;
}

/** Results up to this size go to the host at once. */
const SMALL = 4096;
const SLOT_ALIGNMENT = 16;

/**
 * Makes a graph runnable on a device; `donate[o]` is the input that output o would replace, or −1.
 */
export function makeExecutable(
  name: string,
  graph: Graph,
  numbers: number,
  device: Device,
  donate?: readonly number[],
): Executable {
  if (device.memory === null) return new Interpreted(graph, false);
  const { memory } = device;
  const { fused } = memory.backend.limits;
  const compile = (): Executable => new Compiled(name, graph, numbers, memory, donate);
  const early = memory.late === null && workOf(graph) <= warmUp.work;
  return early ? new Tiered(name, graph, fused, compile) : compile();
}

/** When a graph is computed by its definition instead of a program: see {@link Tiered}. */
export const warmUp = {
  /** How many runs of a graph come before its program is made. */
  runs: 2,
  /** The most work of a graph that is computed so, in elements: a few milliseconds. */
  work: 200_000,
};

/**
 * A small graph that may never run again: its definition computes the first runs, which takes less
 * than making a program does, with the same bits; only then is the program made. What the
 * definition refuses goes to the program, which spells the failure.
 */
class Tiered implements Executable {
  readonly #name: string;
  readonly #definition: Interpreted;
  readonly #compile: () => Executable;
  #program: Executable | null = null;
  #runs = 0;

  constructor(name: string, graph: Graph, fused: boolean, compile: () => Executable) {
    this.#name = name;
    this.#definition = new Interpreted(graph, fused);
    this.#compile = compile;
  }

  run(inputs: readonly Storage[], numbers: readonly number[], donate = false): Storage[] {
    if (this.#program === null && this.#runs++ < warmUp.runs) {
      try {
        return profiler.active
          ? profiler.measure(this.#name, () => this.#definition.run(inputs, numbers))
          : this.#definition.run(inputs, numbers);
      } catch {
        this.#runs = warmUp.runs;
      }
    }
    this.#program ??= this.#compile();
    return this.#program.run(inputs, numbers, donate);
  }

  release(): void {
    this.#program?.release();
  }
}

/** The definition, as an executable. */
class Interpreted implements Executable {
  readonly #graph: Graph;
  readonly #fused: boolean;

  constructor(graph: Graph, fused: boolean) {
    this.#graph = graph;
    this.#fused = fused;
  }

  run(inputs: readonly Storage[], numbers: readonly number[]): Storage[] {
    const hosts = inputs.map((storage) => storage.read());
    for (const value of numbers) hosts.push(Float64Array.of(value));
    const shared = inputs.filter((storage) => storage.shared).map(({ host }) => host!.buffer);
    return interpret(this.#graph, hosts, this.#fused).map((host, o) => {
      const own = shared.includes(host.buffer) ? host.slice() : host;
      return new Storage(this.#graph.outputs[o]!.type.dtype, own.length, own);
    });
  }

  release(): void {}
}

/** One input or output of a program, and its slot if it is small. */
interface Port {
  readonly type: TensorType;
  /** The plan's buffers that stand for it (none if the program does not touch it). */
  readonly buffer: number;
  readonly slot: number;
}

class Compiled implements Executable {
  readonly name: string;
  readonly #memory: DeviceMemory;
  /** Where the device answers later. */
  readonly #late: LateQueue | null;
  readonly #program: Program;
  readonly #plan: Plan;
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #block: number;
  readonly #numberSlot: number;
  readonly #numberStage: Float64Array;
  /** Which value each input slot holds, so that it is not written again. */
  readonly #slotOwner: (Storage | null)[];
  readonly #slotVersion: number[];

  constructor(
    name: string,
    graph: Graph,
    numbers: number,
    memory: DeviceMemory,
    donate?: readonly number[],
  ) {
    this.name = name;
    this.#memory = memory;
    this.#late = memory.late;
    const { backend } = memory;
    const plan = planFor(graph, backend.limits, donate);
    this.#plan = plan;
    const tensors = graph.inputs.length - numbers;
    let bytes = 0;
    const place = (size: number): number => {
      const offset = bytes;
      bytes += Math.ceil(Math.max(size, 1) / SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
      return offset;
    };
    const inputSlots = graph.inputs.slice(0, tensors).map((n) => slotFor(n.type, place));
    const numberOffset = place(numbers * 8);
    // a slot is read when the program has run, which only a device that answers at once allows
    const outputSlots = graph.outputs.map((n) => (this.#late ? -1 : slotFor(n.type, place)));
    const block = backend.alloc(bytes);
    this.#block = block;
    this.#numberSlot = block + numberOffset;
    this.#numberStage = new Float64Array(numbers);
    this.#program = backend.compile(plan);
    const at = (slot: number): number => (slot < 0 ? 0 : block + slot);
    graph.inputs.slice(0, tensors).forEach((node, i) => {
      const buffer = bufferOf(plan, "input", i);
      this.#inputs.push({ type: node.type, buffer, slot: at(inputSlots[i]!) });
    });
    for (let k = 0; k < numbers; k++) {
      const buffer = bufferOf(plan, "input", tensors + k);
      if (buffer >= 0) this.#program.bind(buffer, this.#numberSlot + 8 * k);
    }
    graph.outputs.forEach((node, o) => {
      const buffer = bufferOf(plan, "output", o);
      this.#outputs.push({ type: node.type, buffer, slot: at(outputSlots[o]!) });
    });
    this.#slotOwner = new Array<Storage | null>(tensors).fill(null);
    this.#slotVersion = new Array<number>(tensors).fill(0);
  }

  run(inputs: readonly Storage[], numbers: readonly number[], donate = false): Storage[] {
    if (profiler.active)
      return profiler.measure(this.name, () => this.#execute(inputs, numbers, donate));
    return this.#execute(inputs, numbers, donate);
  }

  #execute(inputs: readonly Storage[], numbers: readonly number[], donate: boolean): Storage[] {
    this.#late?.check(inputs);
    const now = this.#memory.tick();
    for (let i = 0; i < inputs.length; i++) {
      const storage = inputs[i]!;
      if (storage.lastUse === now) storage.doubledIn = now;
      storage.lastUse = now;
    }
    for (let i = 0; i < inputs.length; i++) this.#bindInput(i, inputs[i]!);
    this.#writeNumbers(numbers);
    const results = this.#reserveOutputs(inputs, donate, now);
    const failure = this.#program.run();
    if (failure !== null) {
      this.#giveBack(results, inputs);
      throw this.#spell(failure);
    }
    for (let o = 0; o < results.length; o++) this.#finish(o, results, inputs);
    this.#late?.ran(results, this.#spell);
    return results;
  }

  readonly #spell = (failure: Failure): NablaError => failureError(this.name, failure);

  #bindInput(i: number, storage: Storage): void {
    const port = this.#inputs[i]!;
    if (port.buffer < 0) return;
    if (storage.length !== port.type.size || storage.dtype !== port.type.dtype) {
      throw new Error(`${this.name}: input ${i} is no ${port.type.text}`); // or it writes beyond
    }
    if (storage.memory !== this.#memory && port.slot !== 0) {
      const known = this.#slotOwner[i] === storage && this.#slotVersion[i] === storage.version;
      if (!known || storage.shared) {
        this.#memory.backend.write(port.slot, storage.read());
        this.#slotOwner[i] = storage;
        this.#slotVersion[i] = storage.version;
      }
      this.#program.bind(port.buffer, port.slot);
    } else {
      this.#program.bind(port.buffer, this.#memory.resident(storage));
    }
  }

  #writeNumbers(numbers: readonly number[]): void {
    const count = numbers.length;
    if (count === 0) return;
    for (let k = 0; k < count; k++) this.#numberStage[k] = numbers[k]!;
    this.#memory.backend.write(this.#numberSlot, this.#numberStage);
  }

  /** Gives every output its place before anything runs, so that a refusal changes nothing. */
  #reserveOutputs(inputs: readonly Storage[], donate: boolean, now: number): Storage[] {
    const results = new Array<Storage>(this.#outputs.length);
    let o = 0;
    try {
      for (; o < results.length; o++) results[o] = this.#reserveOutput(o, inputs, donate, now);
    } catch (error) {
      this.#giveBack(results.slice(0, o), inputs);
      throw error;
    }
    return results;
  }

  #reserveOutput(o: number, inputs: readonly Storage[], donate: boolean, now: number): Storage {
    const port = this.#outputs[o]!;
    const source = this.#plan.donations[o]!;
    if (donate && source >= 0) {
      const storage = inputs[source]!;
      if (!storage.exposed && storage.pins === 0 && storage.doubledIn !== now) {
        const address = this.#memory.resident(storage);
        this.#program.bind(this.#inputs[source]!.buffer, address);
        this.#program.bind(port.buffer, address);
        return storage;
      }
    }
    const result = new Storage(port.type.dtype, port.type.size, null);
    if (port.slot === 0) this.#memory.reserve(result);
    if (port.buffer >= 0) this.#program.bind(port.buffer, port.slot || result.address);
    return result;
  }

  #finish(o: number, results: Storage[], inputs: readonly Storage[]): void {
    const result = results[o]!;
    if (result === inputs[this.#plan.donations[o]!]) {
      result.host = null;
      result.version++;
    } else if (result.memory === null) {
      const { type, slot } = this.#outputs[o]!;
      result.host = allocate(type.dtype, type.size);
      this.#memory.readInto(slot, result.host);
    }
  }

  #giveBack(results: readonly Storage[], inputs: readonly Storage[]): void {
    for (const result of results) {
      if (result.memory !== null && !inputs.includes(result)) this.#memory.drop(result);
    }
  }

  release(): void {
    this.#program.release();
    this.#memory.backend.free(this.#block);
  }
}

function slotFor(type: TensorType, place: (bytes: number) => number): number {
  const bytes = type.size * (type.dtype === "bool" ? 1 : type.dtype === "float64" ? 8 : 4);
  return bytes <= SMALL ? place(bytes) : -1;
}

function bufferOf(plan: Plan, kind: "input" | "output", index: number): number {
  return plan.buffers.findIndex(({ place }) => place.kind === kind && place.index === index);
}

/** Spells a failure in the user's terms. */
function failureError(name: string, { code, call, value }: Failure): NablaError {
  const where = call.origin === "" || call.origin === name ? name : `${name} (${call.origin})`;
  if (code === "overflow") {
    return new NablaError(
      "overflow",
      `${where}: the int32 result does not fit into −2147483648 … 2147483647; ` +
        `cast the input to float64 first: x.to("float64").`,
    );
  }
  const { kernel } = call;
  const gather = "body" in kernel ? kernel.body.find((step) => step.op === "gather") : undefined;
  const size =
    kernel.kind === "scatter" ? kernel.size : gather?.op === "gather" ? gather.size : undefined;
  const range = size === undefined ? "" : ` for an axis of ${size}; need 0 … ${size - 1}`;
  return new NablaError("index", `${where}: index ${value} is out of range${range}.`);
}
