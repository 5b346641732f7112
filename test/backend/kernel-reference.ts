/** What kernels mean, in plain JavaScript: one element at a time, rounded after every step. */
import { roundTo } from "../../src/core/dtype.ts";
import type { DType, TypedArray } from "../../src/core/dtype.ts";
import type {
  Access,
  ContractKernel,
  ConvKernel,
  Instr,
  Kernel,
  LoopKernel,
  CumulateKernel,
  ScatterKernel,
  SortKernel,
  Stage,
} from "../../src/compiler/kernel.ts";
import { convSum } from "../support/conv-sum.ts";
import type { Combine } from "../../src/ir/combine.ts";

const bits = new DataView(new ArrayBuffer(8));

/** Why the reference stopped. */
export interface Stopped {
  readonly code: "index" | "overflow";
  readonly value: number;
}

class Stop extends Error {
  readonly stopped: Stopped;
  constructor(code: "index" | "overflow", value: number) {
    super(code);
    this.stopped = { code, value };
  }
}

function nearest(x: number): number {
  const low = Math.floor(x);
  const up = x - low > 0.5 || (x - low === 0.5 && low % 2 !== 0);
  const whole = up ? low + 1 : low;
  return whole === 0 && (x < 0 || Object.is(x, -0)) ? -0 : whole;
}

function fields(x: number, dtype: DType): { exponent: number; mantissa: number } {
  if (dtype === "float32") {
    bits.setFloat32(0, x);
    const word = bits.getInt32(0);
    bits.setInt32(0, (word & 0x7fffff) | 0x3f800000);
    return { exponent: ((word >>> 23) & 255) - 127, mantissa: bits.getFloat32(0) };
  }
  bits.setFloat64(0, x);
  const high = bits.getInt32(0);
  bits.setInt32(0, (high & 0xfffff) | 0x3ff00000);
  return { exponent: ((high >>> 20) & 2047) - 1023, mantissa: bits.getFloat64(0) };
}

function exp2i(k: number): number {
  bits.setFloat64(0, 0);
  bits.setInt32(0, (k + 1023) << 20);
  return bits.getFloat64(0);
}

const b = (value: boolean): number => (value ? 1 : 0);

function apply(op: string, dtype: DType, from: DType, x: readonly number[]): number {
  const [p, q, r] = [x[0]!, x[1]!, x[2]!];
  const int = dtype === "int32";
  switch (op) {
    case "add":
      return int ? (p + q) | 0 : p + q;
    case "sub":
      return int ? (p - q) | 0 : p - q;
    case "mul":
      return int ? Math.imul(p, q) : p * q;
    case "div":
      return p / q;
    case "neg":
      return int ? -p | 0 : -p;
    case "abs":
      return int ? Math.abs(p) | 0 : Math.abs(p);
    case "min":
      return Math.min(p, q);
    case "max":
      return Math.max(p, q);
    case "sqrt":
      return Math.sqrt(p);
    case "floor":
      return Math.floor(p);
    case "ceil":
      return Math.ceil(p);
    case "trunc":
      return Math.trunc(p);
    case "nearest":
      return nearest(p);
    case "exp2i":
      return exp2i(p);
    case "exponent":
      return fields(p, dtype).exponent;
    case "mantissa":
      return fields(p, dtype).mantissa;
    case "eq":
      return b(p === q);
    case "ne":
      return b(p !== q);
    case "lt":
      return b(p < q);
    case "le":
      return b(p <= q);
    case "and":
      return p & q;
    case "or":
      return p | q;
    case "xor":
      return p ^ q;
    case "not":
      return dtype === "bool" ? 1 - p : ~p;
    case "shl":
      return p << q;
    case "shr":
      return (p >>> q) | 0;
    case "select":
      return p !== 0 ? q : r;
    case "cast":
      return from === dtype ? p : roundTo(dtype, p);
    default:
      throw new Error(`reference: ${op}`);
  }
}

function* indices(extents: readonly number[]): Generator<number[]> {
  if (extents.includes(0)) return;
  const index = extents.map(() => 0);
  for (;;) {
    yield index;
    let dim = extents.length - 1;
    while (dim >= 0 && ++index[dim]! === extents[dim]) index[dim--] = 0;
    if (dim < 0) return;
  }
}

class Machine {
  readonly arrays: readonly TypedArray[];
  readonly body: readonly Instr[];
  carry = 0;
  reduced = new Map<number, number>();
  constructor(arrays: readonly TypedArray[], body: readonly Instr[]) {
    this.arrays = arrays;
    this.body = body;
  }

  at(access: Access, index: readonly number[]): number {
    let place = access.offset;
    access.strides.forEach((stride, dim) => (place += stride * (index[dim] ?? 0)));
    for (const { param, stride, limit } of access.dynamic) {
      const value = this.arrays[param]![0]!;
      if (!Number.isInteger(value) || value < 0 || value > limit)
        throw new Stop("index", value | 0);
      place += value * stride;
    }
    return place;
  }

  value(step: number, index: readonly number[]): number {
    const instr = this.body[step]!;
    switch (instr.op) {
      case "const":
        return roundTo(instr.dtype, instr.value);
      case "index":
        return instr.strides.reduce((sum, s, d) => sum + s * index[d]!, instr.offset);
      case "load":
        return this.arrays[instr.access.param]![this.at(instr.access, index)]!;
      case "gather": {
        const row = this.value(instr.index, index);
        if (row < 0 || row >= instr.size) throw new Stop("index", row);
        const place = this.at(instr.access, index) + row * instr.stride;
        return this.arrays[instr.access.param]![place]!;
      }
      case "reduced":
        return this.reduced.get(instr.stage)!;
      case "carry":
        return this.carry;
      default: {
        const from = this.body[instr.args[0]!]!.dtype;
        const values = instr.args.map((arg) => this.value(arg, index));
        return roundTo(instr.dtype, apply(instr.op, instr.dtype, from, values));
      }
    }
  }

  store(stages: readonly Stage[], index: readonly number[]): void {
    const values = stages.map((stage) => this.value(stage.value, index));
    stages.forEach((stage, at) => {
      if (stage.kind !== "store") return;
      this.arrays[stage.access.param]![this.at(stage.access, index)] = values[at]!;
    });
  }
}

function combine(how: Combine, x: number, y: number): number {
  if (how === "sum") return x + y;
  if (how === "prod") return x * y;
  return how === "max" ? Math.max(x, y) : Math.min(x, y);
}

function identity(how: Combine, dtype: DType): number {
  if (how === "sum") return 0;
  if (how === "prod") return 1;
  if (dtype === "bool") return how === "max" ? 0 : 1;
  if (dtype === "int32") return how === "max" ? -2147483648 : 2147483647;
  return how === "max" ? -Infinity : Infinity;
}

function reduce(
  machine: Machine,
  stage: Stage & { kind: "reduce" },
  inner: readonly number[],
  outer: readonly number[],
): number {
  const how = stage.combine;
  const adds = how === "sum" || how === "prod";
  const partial = adds && stage.dtype === "int32" ? "float64" : stage.dtype;
  const total = adds && stage.dtype === "float32" ? "float64" : partial;
  const k = inner.at(-1)!;
  let result = identity(how, total);
  for (const group of indices(inner.slice(0, -1))) {
    const value = (at: number): number => machine.value(stage.value, [...outer, ...group, at]);
    const c = (x: number, y: number): number => roundTo(partial, combine(how, x, y));
    for (let start = 0; start < k; start += 512) {
      const p = new Array<number>(8).fill(identity(how, partial));
      const end = Math.min(k, start + 512);
      for (let at = start; at < end; at++) p[at % 8] = c(p[at % 8]!, value(at));
      const even = c(c(p[0]!, p[4]!), c(p[2]!, p[6]!));
      const odd = c(c(p[1]!, p[5]!), c(p[3]!, p[7]!));
      result = roundTo(total, combine(how, result, c(even, odd)));
    }
  }
  if (partial === "float64" && stage.dtype === "int32") {
    if (!(result >= -2147483648 && result <= 2147483647)) throw new Stop("overflow", 0);
  }
  return roundTo(stage.dtype, result);
}

function runLoop(kernel: LoopKernel, machine: Machine): void {
  const inner = kernel.inner;
  for (const outer of indices(kernel.outer)) {
    machine.reduced.clear();
    let pending: Stage[] = [];
    const flush = (): void => {
      if (pending.length > 0) machine.store(pending, [...outer, ...inner.map(() => 0)]);
      pending = [];
    };
    kernel.stages.forEach((stage, at) => {
      if (stage.kind === "store" && !stage.inner) return void pending.push(stage);
      flush();
      if (stage.kind === "reduce") machine.reduced.set(at, reduce(machine, stage, inner, outer));
      else for (const at2 of indices(inner)) machine.store([stage], [...outer, ...at2]);
    });
    flush();
  }
}

function dot(kernel: ContractKernel, machine: Machine, place: readonly number[]): number {
  const { dtype } = kernel;
  const [batch, [i, j]] = [place.slice(0, -2), place.slice(-2)];
  let sum = 0;
  for (let at = 0; at < kernel.k; at++) {
    const x = machine.arrays[kernel.a.param]![machine.at(kernel.a, [...batch, i!, at])]!;
    const y = machine.arrays[kernel.b.param]![machine.at(kernel.b, [...batch, at, j!])]!;
    if (dtype === "int32") sum = (sum + Math.imul(x, y)) | 0;
    else sum = roundTo(dtype, sum + roundTo(dtype, x * y));
  }
  return sum;
}

function runContract(kernel: ContractKernel, machine: Machine): void {
  for (const place of indices([...kernel.batch, kernel.m, kernel.n])) {
    machine.carry = dot(kernel, machine, place);
    machine.store(kernel.stages, place);
  }
}

function runConv(kernel: ConvKernel, machine: Machine): void {
  const { x, w, stages } = kernel;
  const read = (access: Access, index: readonly number[]): number =>
    machine.arrays[access.param]![machine.at(access, index)]!;
  for (const place of indices([kernel.batch, kernel.groups, kernel.outs, ...kernel.output])) {
    machine.carry = convSum(
      kernel,
      place,
      (at) => read(x, at),
      (at) => read(w, at),
    );
    machine.store(stages, place);
  }
}

/** The next value, had it no limits. */
function exactNext(kernel: CumulateKernel, machine: Machine, index: readonly number[]): number {
  const step = machine.body[kernel.next] as Extract<Instr, { args: unknown }>;
  const [x, y] = step.args.map((arg) => machine.value(arg, index)) as [number, number];
  return step.op === "mul" ? x * y : x + y;
}

function runCumulate(kernel: CumulateKernel, machine: Machine): void {
  for (const index of indices([...kernel.outer, kernel.length])) {
    if (index.at(-1) === 0) machine.carry = kernel.initial;
    const next = machine.value(kernel.next, index);
    const fits = !kernel.checked || exactNext(kernel, machine, index) === next;
    if (!fits) throw new Stop("overflow", 0);
    machine.store(kernel.stages, index);
    machine.carry = next;
  }
}

function runScatter(kernel: ScatterKernel, machine: Machine): void {
  for (const index of indices([...kernel.outer, kernel.count])) {
    const row = machine.value(kernel.index, index);
    if (row < 0 || row >= kernel.size) throw new Stop("index", row);
    const target = machine.arrays[kernel.target.param]!;
    const place = machine.at(kernel.target, index) + row * kernel.stride;
    const value = machine.value(kernel.value, index);
    target[place] =
      kernel.combine === "set" ? value : combine(kernel.combine, target[place]!, value);
  }
}

function runSort(kernel: SortKernel, arrays: readonly TypedArray[]): void {
  const { lines, length, descending } = kernel;
  const order = (x: number, y: number): number => {
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x < y ? -1 : x > y ? 1 : 0;
  };
  for (let line = 0; line < lines; line++) {
    const keys = Array.from(arrays[0]!.subarray(line * length, (line + 1) * length));
    const sorted = keys
      .map((_, at) => at)
      .sort((i, j) => (descending ? -1 : 1) * order(keys[i]!, keys[j]!) || i - j);
    arrays[1]!.set(sorted, line * length);
  }
}

/** Runs a kernel on arrays, one for each param, in place. */
export function referenceRun(kernel: Kernel, arrays: readonly TypedArray[]): Stopped | null {
  if (kernel.kind === "scan") throw new Error("a repeated plan has no kernel of its own");
  const machine = new Machine(arrays, kernel.kind === "sort" ? [] : kernel.body);
  try {
    if (kernel.kind === "contract") runContract(kernel, machine);
    else if (kernel.kind === "conv") runConv(kernel, machine);
    else if (kernel.kind === "cumulate") runCumulate(kernel, machine);
    else if (kernel.kind === "scatter") runScatter(kernel, machine);
    else if (kernel.kind === "sort") runSort(kernel, arrays);
    else runLoop(kernel, machine);
  } catch (error) {
    if (error instanceof Stop) return error.stopped;
    throw error;
  }
  return null;
}
