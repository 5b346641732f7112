/**
 * A backend for tests that runs loop forms as they are written, in as many lanes as it is asked
 * for: what a vector of 32 bytes makes of a kernel can be checked on any machine.
 */
import type { DType } from "../../src/core/dtype.ts";
import { bytesOf } from "../../src/core/dtype.ts";
import { loopsOf } from "../../src/compiler/6-loops.ts";
import type { Limits } from "../../src/compiler/limits.ts";
import type {
  Address,
  Expression,
  LoopForm,
  Statement,
  Variable,
} from "../../src/compiler/loop.ts";
import { compileScalar } from "../../src/ir/evaluate.ts";
import type { ScalarOp } from "../../src/ir/scalar.ts";
import { argument } from "../../src/ir/scalar.ts";
import { LinearBackend } from "../../src/backend/linear/backend.ts";
import { SCAN, SCRATCH_WORD } from "../../src/backend/linear/call-table.ts";
import { Library } from "../../src/backend/linear/library.ts";
import { Heap, wasmPages } from "../../src/backend/linear/memory.ts";

type Code = (table: number, args: number) => number;
type Value = readonly number[];
type Instruction = Extract<Expression, { readonly op: ScalarOp }>;

const STATUS = { index: 1, overflow: 2 } as const;

/** Makes a backend whose vectors have so many bytes. */
export function loopMachine(vectorBytes: number, sums: number): LinearBackend {
  const limits: Limits = {
    bindings: Infinity,
    bindingBytes: 2 ** 30,
    alignment: 64,
    aliasing: true,
    vectorBytes,
    sums,
    fused: false,
    cacheBytes: 1024,
  };
  const memory = wasmPages();
  const slots: (Code | null)[] = [];
  const dispatch = (table: number, calls: number, count: number): number => {
    const view = new DataView(memory.buffer);
    for (let at = 0; at < count; at++) {
      const slot = view.getUint32(calls + 8 * at, true);
      if (slot === SCAN) throw new Error("the loop machine runs no scans");
      const status = slots[slot]!(table, view.getUint32(calls + 8 * at + 4, true));
      if (status !== 0) return at * 256 + status;
    }
    return 0;
  };
  const library = new Library<Code>({
    dispatch,
    compile: (kernels) =>
      kernels.map((kernel) => {
        const form = loopsOf(kernel, limits);
        const code: Code = (table, args) => new Run(memory, form, table, args).run();
        return { code, scratchBytes: form.scratchBytes };
      }),
    put: (slot, code) => (slots[slot] = code),
  });
  return new LinearBackend(`${vectorBytes} bytes`, new Heap(memory), library, limits);
}

/** A kernel that stops half way. */
class Stop {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

const known = new Map<string, (args: readonly number[]) => number>();

/** The function of a scalar instruction. */
function functionOf({ op, dtype, args }: Instruction): (args: readonly number[]) => number {
  const dtypes = args.map((arg) => arg.dtype);
  const key = `${op} ${dtype} ${dtypes.join()}`;
  let found = known.get(key);
  if (found === undefined) {
    const operands = dtypes.map((from, k) => argument(k, from));
    found = compileScalar({ op, dtype, args: operands, value: 0 });
    known.set(key, found);
  }
  return found;
}

/** One run of a kernel. */
class Run {
  readonly #memory: WebAssembly.Memory;
  readonly #view: DataView;
  readonly #form: LoopForm;
  readonly #table: number;
  readonly #args: number;
  /** By variable; pointers and distances in elements of their dtype. */
  readonly #values: Value[] = [];

  constructor(memory: WebAssembly.Memory, form: LoopForm, table: number, args: number) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
    this.#form = form;
    this.#table = table;
    this.#args = args;
  }

  run(): number {
    try {
      this.#all(this.#form.body);
      return 0;
    } catch (error) {
      if (error instanceof Stop) return error.status;
      throw error;
    }
  }

  #all(list: readonly Statement[]): void {
    for (const statement of list) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case "set":
        this.#set(statement.variable, this.#value(statement.value));
        return;
      case "store": {
        const value = this.#value(statement.value);
        for (let lane = 0; lane < statement.count; lane++) {
          this.#write(statement.at, lane, statement.dtype, value[lane]!);
        }
        return;
      }
      case "loop":
        for (const { variable, from } of statement.moves) {
          this.#set(variable, from === null ? [0] : this.#value(from));
        }
        for (let turn = 0; turn < statement.count; turn++) {
          this.#all(statement.body);
          for (const { variable, by } of statement.moves) {
            this.#set(variable, [this.#value(variable)[0]! + by]);
          }
        }
        return;
      case "while":
        while (this.#value(statement.test)[0] !== 0) this.#all(statement.body);
        return;
      case "if":
        this.#all(this.#value(statement.test)[0] === 0 ? statement.otherwise : statement.then);
        return;
      case "check":
        if (this.#value(statement.holds)[0] !== 0) return;
        this.#view.setInt32(this.#table, this.#value(statement.value)[0]!, true);
        throw new Stop(STATUS[statement.code]);
      default:
        return statement satisfies never;
    }
  }

  #set(variable: Variable, value: Value): void {
    if (value.length !== variable.lanes) throw new Error(`${value.length} lanes in a variable`);
    this.#values[variable.id] = value;
  }

  #place({ base, distance, offset }: Address, lane: number): number {
    const further = distance === null ? 0 : this.#value(distance)[0]!;
    return this.#value(base)[0]! + further + offset + lane;
  }

  #read(at: Address, lane: number, dtype: DType): number {
    const place = this.#place(at, lane) * bytesOf(dtype);
    if (place + bytesOf(dtype) > this.#memory.buffer.byteLength) return 0;
    if (dtype === "float32") return this.#view.getFloat32(place, true);
    if (dtype === "float64") return this.#view.getFloat64(place, true);
    return dtype === "int32" ? this.#view.getInt32(place, true) : this.#view.getUint8(place);
  }

  #write(at: Address, lane: number, dtype: DType, value: number): void {
    const place = this.#place(at, lane) * bytesOf(dtype);
    if (dtype === "float32") this.#view.setFloat32(place, value, true);
    else if (dtype === "float64") this.#view.setFloat64(place, value, true);
    else if (dtype === "int32") this.#view.setInt32(place, value, true);
    else this.#view.setUint8(place, value);
  }

  #value(value: Expression): Value {
    const lanes = (of: (lane: number) => number): Value =>
      Array.from({ length: value.lanes }, (_, lane) => of(lane));
    switch (value.op) {
      case "variable":
        return this.#values[value.id]!;
      case "const":
        return lanes(() => value.value);
      case "load":
        return lanes((lane) => this.#read(value.at, lane, value.dtype));
      case "pick":
        return lanes((lane) => (value.at[lane] ? this.#read(value.at[lane], 0, value.dtype) : 0));
      case "start":
        return [this.#start(value.param)];
      case "address":
        return [this.#place(value.at, 0)];
      case "distance":
        return [this.#value(value.index)[0]! * value.stride];
      case "within": {
        const [index] = this.#value(value.arg) as [number];
        return [Number(index >= 0 && index < value.size)];
      }
      default:
        return this.#inLanes(value, lanes);
    }
  }

  #inLanes(
    value: Exclude<Expression, { op: "variable" | "const" | "load" | "pick" | "start" }>,
    lanes: (of: (lane: number) => number) => Value,
  ): Value {
    switch (value.op) {
      case "splat":
      case "ramp": {
        const [start] = this.#value(value.op === "splat" ? value.arg : value.start) as [number];
        return lanes((lane) => (value.op === "splat" ? start : start + lane * value.stride));
      }
      case "lane":
        return [this.#value(value.arg)[value.lane]!];
      case "shift": {
        const arg = this.#value(value.arg);
        return lanes((lane) => arg[lane + value.by] ?? NaN);
      }
      case "first": {
        const [arg, other] = [this.#value(value.arg), this.#value(value.other)];
        return lanes((lane) => (lane < value.count ? arg : other)[lane]!);
      }
      case "all":
        return [
          Number(
            this.#value(value.arg)
              .slice(0, value.count)
              .every((one) => one !== 0),
          ),
        ];
      case "widen": {
        const arg = this.#value(value.arg);
        return lanes((lane) => arg[lane + value.half * value.lanes]!);
      }
      case "fused":
        throw new Error("the machine has no fused multiply-add");
      case "narrow": {
        const cast = compileScalar({
          op: "cast",
          dtype: value.dtype,
          args: [argument(0, "float64")],
          value: 0,
        });
        return value.args.flatMap((arg) => this.#value(arg).map((one) => cast([one])));
      }
      default: {
        const { op, args } = value as Instruction;
        const run = functionOf(value as Instruction);
        const values = args.map((arg) => this.#value(arg));
        const shift = op === "shl" || op === "shr";
        return lanes((lane) => run(values.map((one, k) => one[shift && k === 1 ? 0 : lane]!)));
      }
    }
  }

  #start(param: number): number {
    const { params, scratch } = this.#form;
    const word = (at: number): number => this.#view.getUint32(at, true);
    const own = params[param];
    if (own) return word(this.#table + word(this.#args + 4 * param)) / bytesOf(own.dtype);
    const { dtype, offset } = scratch[param - params.length]!;
    return (word(this.#table + 4 * SCRATCH_WORD) + offset) / bytesOf(dtype);
  }
}
