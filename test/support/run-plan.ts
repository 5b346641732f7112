/**
 * Runs plans on typed arrays, slowly: what kernel.ts says, word for word. It shows that the
 * compiler is right without any backend.
 */
import type { TypedArray, DType } from "../../src/core/dtype.ts";
import { allocate, bytesOf, roundTo, viewOf } from "../../src/core/dtype.ts";
import type {
  Access,
  Call,
  ContractKernel,
  ConvKernel,
  Instr,
  LoopKernel,
  Plan,
  ScanKernel,
  CumulateKernel,
  ScatterKernel,
  SortKernel,
  Stage,
} from "../../src/compiler/kernel.ts";
import type { Combine } from "../../src/ir/combine.ts";
import { convSum } from "./conv-sum.ts";
import { reductionOrder } from "../../src/ir/combine.ts";
import { compileScalar } from "../../src/ir/evaluate.ts";
import type { ScalarOp } from "../../src/ir/scalar.ts";
import { argument } from "../../src/ir/scalar.ts";

/** Thrown where a kernel fails. */
export class PlanFailure extends Error {
  readonly code: "index" | "overflow";
  readonly call: Call;
  /** The offending index (0 for an overflow). */
  readonly value: number;
  constructor(code: "index" | "overflow", call: Call, value = 0) {
    super(`${code} in ${call.origin}`);
    this.code = code;
    this.call = call;
    this.value = value;
  }
}

/** Runs a plan; where `donate` is set, outputs are written over the inputs that the plan allows. */
export function runPlan(plan: Plan, inputs: readonly TypedArray[], donate = false): TypedArray[] {
  const arena = new ArrayBuffer(plan.arenaBytes);
  new Uint8Array(arena).fill(0xa5); // nothing may count on zeros
  const outputs: TypedArray[] = [];
  const buffers = plan.buffers.map(({ dtype, length, place }) => {
    if (place.kind === "input") return inputs[place.index]!;
    if (place.kind === "arena") return viewOf(dtype, arena, place.offset, length);
    const donor = donate ? plan.donations[place.index]! : -1;
    const buffer = donor >= 0 ? inputs[donor]! : allocate(dtype, length).fill(77);
    outputs[place.index] = buffer;
    return buffer;
  });
  for (const call of plan.calls) {
    new Runner(
      call,
      call.args.map((arg) => buffers[arg]!),
    ).run();
  }
  return outputs;
}

/** Calls `visit` with every index of a space, row-major. */
function walk(extents: readonly number[], visit: (index: number[]) => void): void {
  const index = extents.map(() => 0);
  if (extents.includes(0)) return;
  for (;;) {
    visit(index);
    let dim = extents.length - 1;
    while (dim >= 0 && ++index[dim]! === extents[dim]) index[dim--] = 0;
    if (dim < 0) return;
  }
}

class Runner {
  private readonly call: Call;
  private readonly args: readonly TypedArray[];
  private body: readonly Instr[] = [];
  private memo: (number | undefined)[] = [];
  private index: readonly number[] = [];
  private carry = 0;
  private readonly reduced: number[] = [];

  constructor(call: Call, args: readonly TypedArray[]) {
    this.call = call;
    this.args = args;
    call.kernel.params.forEach((param, i) => {
      const array = args[i]!;
      if (allocate(param.dtype, 0).constructor !== array.constructor) {
        throw new Error(`param ${i} is ${param.dtype}, its buffer ${array.constructor.name}`);
      }
    });
  }

  run(): void {
    const { kernel } = this.call;
    switch (kernel.kind) {
      case "map":
      case "reduce":
      case "rowwise":
        return this.loop(kernel);
      case "contract":
        return this.contract(kernel);
      case "conv":
        return this.conv(kernel);
      case "cumulate":
        return this.cumulate(kernel);
      case "scatter":
        return this.scatter(kernel);
      case "scan":
        return this.scan(kernel);
      case "sort":
        return this.sort(kernel);
      default:
        return kernel satisfies never;
    }
  }

  private at(index: readonly number[]): void {
    this.index = index;
    this.memo = [];
  }

  private address(access: Access, index: readonly number[]): number {
    if (access.strides.length !== index.length) throw new Error("strides do not match the dims");
    let place = access.offset;
    access.strides.forEach((stride, dim) => (place += stride * index[dim]!));
    for (const { param, stride, limit } of access.dynamic) {
      const start = this.args[param]![0]!;
      if (!Number.isInteger(start) || start < 0 || start > limit) this.fail("index", start);
      place += start * stride;
    }
    return place;
  }

  private read(param: number, place: number): number {
    const array = this.args[param]!;
    if (!(place >= 0 && place < array.length)) throw new Error(`read outside: ${place}`);
    return array[place]!;
  }

  private write(access: Access, index: readonly number[], value: number): void {
    const array = this.args[access.param]!;
    const place = this.address(access, index);
    if (!this.call.kernel.params[access.param]!.written) throw new Error("write to a read param");
    if (!(place >= 0 && place < array.length)) throw new Error(`write outside: ${place}`);
    array[place] = value;
  }

  private fail(code: "index" | "overflow", value = 0): never {
    throw new PlanFailure(code, this.call, value);
  }

  private value(at: number): number {
    this.memo[at] ??= this.compute(this.body[at]!);
    return this.memo[at]!;
  }

  private compute(step: Instr): number {
    switch (step.op) {
      case "const":
        return roundTo(step.dtype, step.value);
      case "index": {
        let place = step.offset;
        step.strides.forEach((stride, dim) => (place += stride * this.index[dim]!));
        return place;
      }
      case "load":
        return this.read(step.access.param, this.address(step.access, this.index));
      case "gather": {
        const index = this.value(step.index);
        if (index < 0 || index >= step.size) this.fail("index", index);
        const place = this.address(step.access, this.index) + index * step.stride;
        return this.read(step.access.param, place);
      }
      case "reduced":
        return this.reduced[step.stage]!;
      case "carry":
        return this.carry;
      default: {
        const args = step.args.map((arg) => this.value(arg));
        const from = step.args.map((arg) => this.body[arg]!.dtype);
        return instruction(step.op, step.dtype, from, args);
      }
    }
  }

  private loop(kernel: LoopKernel): void {
    const { outer, inner, stages } = kernel;
    this.body = kernel.body;
    walk(outer, (row) => {
      if (kernel.kind === "map") {
        this.at(row);
        const values = stages.map((stage) => this.value(stage.value));
        stages.forEach((stage, i) => {
          if (stage.kind === "store") this.write(stage.access, row, values[i]!);
        });
        return;
      }
      for (let i = 0; i < stages.length;) i += this.pass(stages, i, row, inner);
    });
  }

  /** Runs the pass that begins at a stage; returns how many stages it took. */
  private pass(
    stages: readonly Stage[],
    first: number,
    row: number[],
    inner: readonly number[],
  ): number {
    const stage = stages[first]!;
    if (stage.kind === "reduce") {
      this.reduced[first] = this.reduce(stage.combine, stage.dtype, stage.value, row, inner);
      return 1;
    }
    const run: (Stage & { kind: "store" })[] = [];
    for (const next of stages.slice(first)) {
      if (next.kind !== "store" || next.inner !== stage.inner) break;
      run.push(next);
    }
    const store = (at: readonly number[]): void => {
      this.at([...row, ...at]);
      const values = run.map((one) => this.value(one.value));
      run.forEach((one, k) => this.write(one.access, this.index, values[k]!));
    };
    if (stage.inner) walk(inner, store);
    else store(inner.map(() => 0));
    return run.length;
  }

  private reduce(
    combine: Combine,
    dtype: DType,
    value: number,
    row: readonly number[],
    inner: readonly number[],
  ): number {
    const { lanes, chunk } = reductionOrder;
    const add = combining(combine, dtype);
    const total = combining(combine, dtype === "float32" ? "float64" : dtype);
    const k = inner[inner.length - 1]!;
    let result = identity(combine, dtype);
    walk(inner.slice(0, -1), (outside) => {
      for (let from = 0; from < k; from += chunk) {
        const p = new Array<number>(lanes).fill(identity(combine, dtype));
        for (let i = from; i < Math.min(k, from + chunk); i++) {
          this.at([...row, ...outside, i]);
          p[(i - from) % lanes] = add(p[(i - from) % lanes]!, this.value(value));
        }
        const even = add(add(p[0]!, p[4]!), add(p[2]!, p[6]!));
        const odd = add(add(p[1]!, p[5]!), add(p[3]!, p[7]!));
        result = total(result, add(even, odd));
      }
    });
    if (dtype === "int32" && roundTo(dtype, result) !== result) this.fail("overflow");
    return roundTo(dtype, result);
  }

  private contract(kernel: ContractKernel): void {
    const { dtype, batch, m, n, k, a, b, stages } = kernel;
    this.body = kernel.body;
    walk([...batch, m, n], (index) => {
      const at = index.slice(0, -2);
      const [i, j] = index.slice(-2) as [number, number];
      let sum = 0;
      for (let l = 0; l < k; l++) {
        const x = this.read(a.param, this.address(a, [...at, i, l]));
        const y = this.read(b.param, this.address(b, [...at, l, j]));
        sum = roundTo(dtype, sum + roundTo(dtype, x * y));
      }
      this.carry = sum;
      this.at(index);
      const values = stages.map((stage) => this.value(stage.value));
      stages.forEach((stage, s) => this.write(stage.access, index, values[s]!));
    });
  }

  private scan({ plan, bindings, length }: ScanKernel): void {
    const { args } = this;
    for (let turn = 0; turn < length; turn++) {
      const buffers = plan.buffers.map(({ dtype, length: size }) => allocate(dtype, size));
      for (const { buffer, param, offset, step } of bindings) {
        const { dtype, length: size } = plan.buffers[buffer]!;
        const whole = args[param]!;
        const at = offset + step * turn;
        if (at < 0 || at + size * bytesOf(dtype) > whole.byteLength) {
          throw new Error(`scan: buffer ${buffer} leaves its param`);
        }
        buffers[buffer] = viewOf(dtype, whole.buffer, whole.byteOffset + at, size);
      }
      for (const call of plan.calls) {
        new Runner(
          call,
          call.args.map((arg) => buffers[arg]!),
        ).run();
      }
    }
  }

  private conv(kernel: ConvKernel): void {
    this.body = kernel.body;
    walk([kernel.batch, kernel.groups, kernel.outs, ...kernel.output], (index) => {
      const [x, w] = [kernel.x, kernel.w];
      this.carry = convSum(
        kernel,
        index,
        (at) => this.read(x.param, this.address(x, at)),
        (at) => this.read(w.param, this.address(w, at)),
      );
      this.at(index);
      const values = kernel.stages.map((stage) => this.value(stage.value));
      kernel.stages.forEach((stage, s) => this.write(stage.access, index, values[s]!));
    });
  }

  private cumulate(kernel: CumulateKernel): void {
    this.body = kernel.body;
    walk(kernel.outer, (row) => {
      this.carry = kernel.initial;
      for (let k = 0; k < kernel.length; k++) {
        this.at([...row, k]);
        if (kernel.checked) this.checkStep(kernel);
        const next = this.value(kernel.next);
        for (const stage of kernel.stages) {
          this.write(stage.access, this.index, this.value(stage.value));
        }
        this.carry = next;
      }
    });
  }

  private checkStep(kernel: CumulateKernel): void {
    const step = kernel.body[kernel.next]!;
    if (step.op !== "add" && step.op !== "mul") return;
    const [x, y] = step.args.map((arg) => this.value(arg)) as [number, number];
    const exact = step.op === "add" ? x + y : x * y;
    if (roundTo("int32", exact) !== exact) this.fail("overflow");
  }

  private scatter(kernel: ScatterKernel): void {
    this.body = kernel.body;
    const { dtype, combine, target, stride, size } = kernel;
    const add = combine === "set" ? (_: number, x: number) => x : combining(combine, dtype);
    walk(kernel.outer, (row) => {
      for (let k = 0; k < kernel.count; k++) {
        this.at([...row, k]);
        const index = this.value(kernel.index);
        if (index < 0 || index >= size) this.fail("index", index);
        const place = this.address(target, this.index) + index * stride;
        const next = add(this.read(target.param, place), this.value(kernel.value));
        if (dtype === "int32" && roundTo(dtype, next) !== next) this.fail("overflow");
        this.args[target.param]![place] = next;
      }
    });
  }

  private sort({ lines, length, descending }: SortKernel): void {
    const [x, out] = this.args as [TypedArray, TypedArray];
    const rank = (a: number, b: number): number => {
      if (Number.isNaN(a) || Number.isNaN(b)) return Number(a !== a) - Number(b !== b);
      return a < b ? -1 : Number(a > b);
    };
    for (let line = 0; line < lines; line++) {
      const order = Array.from({ length }, (_, i) => i);
      const key = (i: number): number => x[line * length + i]!;
      order.sort((i, j) => (descending ? -1 : 1) * rank(key(i), key(j)));
      order.forEach((place, i) => (out[line * length + i] = place));
    }
  }
}

function identity(combine: Combine, dtype: DType): number {
  if (combine === "sum" || combine === "prod") return combine === "sum" ? 0 : 1;
  return roundTo(
    dtype,
    dtype === "bool" ? Number(combine === "min") : combine === "max" ? -Infinity : Infinity,
  );
}

function combining(combine: Combine, dtype: DType): (a: number, b: number) => number {
  const round = dtype === "float32" ? Math.fround : (x: number): number => x;
  if (combine === "sum") return (a, b) => round(a + b);
  if (combine === "prod") return (a, b) => round(a * b);
  return combine === "max" ? Math.max : Math.min;
}

/** Compiled instructions, by operation and dtypes. */
const compiled = new Map<string, (args: readonly number[]) => number>();

/** One scalar instruction on operands of the dtypes `from`; evaluate.ts says what it means. */
function instruction(
  op: ScalarOp,
  dtype: DType,
  from: readonly DType[],
  args: readonly number[],
): number {
  const key = `${op} ${dtype} ${from.join()}`;
  let run = compiled.get(key);
  if (run === undefined) {
    const operands = from.map((type, k) => argument(k, type));
    run = compileScalar({ op, dtype, args: operands, value: 0 });
    compiled.set(key, run);
  }
  return run(args);
}
