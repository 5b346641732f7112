/**
 * From a kernel to a function of a WebAssembly module, of a table and an argument list: the
 * kernel's loop form, statement by statement.
 */
import { bytesOf } from "../../core/dtype.ts";
import { loopsOf } from "../../compiler/6-loops.ts";
import type { LoopedKernel } from "../../compiler/kernel.ts";
import type { Limits } from "../../compiler/limits.ts";
import type { Expression, LoopForm, Statement, Variable } from "../../compiler/loop.ts";
import type { ScalarOp } from "../../ir/scalar.ts";
import { SCRATCH_WORD, STATUS } from "../linear/call-table.ts";
import type { Code, Local, Module, Signature } from "./assembler.ts";
import { pushAddress, pushPicked, pushRun, storeRun } from "./access.ts";
import type { LocalOf } from "./access.ts";
import { LANES2, LANES4, LOAD, SCALAR, STORE, VALUE_TYPE } from "./spell.ts";
import { pushConstant, pushLane, pushSplat, pushVectorConstant } from "./spell.ts";

/** What every kernel takes (table, argument list) and returns (status). */
export const KERNEL: Signature = { params: ["i32", "i32"], results: ["i32"] };

/** What the passes must know of this device. */
export const LIMITS: Limits = {
  bindings: Infinity,
  bindingBytes: 4294967296 - 65536,
  alignment: 64,
  aliasing: true,
  vectorBytes: 16,
  fused: false,
  sums: 8, // V8 spills more
  cacheBytes: 32768,
};

/** Adds a kernel's function to a module; returns how many bytes of scratch memory it uses. */
export function addKernel(module: Module, name: string, kernel: LoopedKernel): number {
  const form = loopsOf(kernel, LIMITS);
  module.function(name, KERNEL, (code) => new Emitter(code, form).emit());
  return form.scratchBytes;
}

type Op<K extends Expression["op"]> = Extract<Expression, { readonly op: K }>;
type Instruction = Op<ScalarOp>;
type Single = Op<
  "variable" | "const" | "load" | "pick" | "within" | "start" | "address" | "distance"
>;

/** Picks the upper eight bytes of a vector. */
const UPPER = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
/** Picks the lower eight bytes of two vectors. */
const LOWER_BOTH = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

class Emitter {
  readonly #code: Code;
  readonly #form: LoopForm;
  readonly #locals: (Local | undefined)[] = [];
  /** The counters of the loops around, and those that inner loops had before. */
  readonly #counters: Local[] = [];
  #depth = 0;

  constructor(code: Code, form: LoopForm) {
    this.#code = code;
    this.#form = form;
  }

  emit(): void {
    this.#all(this.#form.body);
    this.#code.i32(0);
  }

  readonly #localOf: LocalOf = (variable: Variable): Local => {
    const { id, kind, dtype, lanes } = variable;
    const type = kind !== "value" ? "i32" : lanes > 1 ? "v128" : VALUE_TYPE[dtype];
    return (this.#locals[id] ??= this.#code.variable(type));
  };

  // ── statements ─────────────────────────────────────────────────────────────────────────────────

  #all(list: readonly Statement[]): void {
    for (const statement of list) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    const code = this.#code;
    switch (statement.kind) {
      case "set":
        return code.scope(() => {
          this.#push(statement.value);
          code.set(this.#localOf(statement.variable));
        });
      case "store":
        return code.scope(() => this.#store(statement));
      case "loop":
        return this.#loop(statement);
      case "while":
        this.#push(statement.test);
        code.if(() =>
          code.loop((again) => {
            this.#all(statement.body);
            this.#push(statement.test);
            code.brIf(again);
          }),
        );
        return;
      case "if": {
        const { test, then, otherwise } = statement;
        this.#push(test);
        code.if(
          () => this.#all(then),
          otherwise.length > 0 ? () => this.#all(otherwise) : undefined,
        );
        return;
      }
      case "check":
        this.#push(statement.holds);
        code.op("i32.eqz").if(() => {
          code.get(code.params[0]!);
          this.#push(statement.value);
          code.memory("i32.store").i32(STATUS[statement.code]).op("return");
        });
        return;
      default:
        return statement satisfies never;
    }
  }

  #store({ dtype, at, value, count }: Extract<Statement, { kind: "store" }>): void {
    const code = this.#code;
    if (value.lanes > 1 && (count < value.lanes || dtype === "bool")) {
      const vector = code.local("v128");
      this.#push(value);
      code.set(vector);
      return storeRun(code, this.#localOf, { vector, lanes: value.lanes, count }, at, dtype);
    }
    const imm = pushAddress(code, this.#localOf, at, dtype);
    this.#push(value);
    code.memory(value.lanes > 1 ? "v128.store" : STORE[dtype], imm);
  }

  #loop({ count, moves, body }: Extract<Statement, { kind: "loop" }>): void {
    const code = this.#code;
    const counter = (this.#counters[this.#depth++] ??= code.variable("i32"));
    code.i32(count).set(counter);
    for (const { variable, from } of moves) {
      if (from) code.get(this.#localOf(from));
      else code.i32(0);
      code.set(this.#localOf(variable));
    }
    code.loop((again) => {
      this.#all(body);
      for (const { variable, by } of moves) {
        const local = this.#localOf(variable);
        const step = variable.kind === "pointer" ? by * bytesOf(variable.dtype) : by;
        code.get(local).i32(step).op("i32.add").set(local);
      }
      code.get(counter).i32(-1).op("i32.add").tee(counter).brIf(again);
    });
    this.#depth--;
  }

  // ── expressions ────────────────────────────────────────────────────────────────────────────────

  #push(value: Expression): void {
    const code = this.#code;
    switch (value.op) {
      case "variable":
        code.get(this.#localOf(value));
        return;
      case "const":
        if (value.lanes > 1) pushVectorConstant(code, value.dtype, value.value);
        else pushConstant(code, value.dtype, value.value);
        return;
      case "load":
        if (value.lanes > 1) return pushRun(code, this.#localOf, value);
        code.memory(LOAD[value.dtype], pushAddress(code, this.#localOf, value.at, value.dtype));
        return;
      case "pick":
        return pushPicked(code, this.#localOf, value);
      case "within":
        this.#push(value.arg);
        code.i32(value.size).op("i32.lt_u");
        return;
      case "start":
        return this.#start(value.param);
      case "address": {
        const imm = pushAddress(code, this.#localOf, value.at, value.dtype);
        if (imm !== 0) code.i32(imm).op("i32.add");
        return;
      }
      case "distance":
        this.#push(value.index);
        code.i32(value.stride * bytesOf(value.dtype)).op("i32.mul");
        return;
      default:
        return this.#pushLanes(value);
    }
  }

  /** What puts values in lanes, takes them out, or works on several of them. */
  #pushLanes(value: Exclude<Expression, Single>): void {
    const code = this.#code;
    switch (value.op) {
      case "splat":
        return this.#splat(value);
      case "ramp": {
        this.#push(value.start);
        const { stride } = value;
        code
          .op("i32x4.splat")
          .v128([0, stride, 2 * stride, 3 * stride])
          .op("i32x4.add");
        return;
      }
      case "lane":
        this.#push(value.arg);
        return pushLane(code, value.dtype, value.arg.lanes, value.lane);
      case "shift": {
        this.#push(value.arg);
        this.#push(value.arg);
        const bytes = (value.by * 16) / value.lanes;
        code.shuffle(Array.from({ length: 16 }, (_, at) => (at + bytes) % 16));
        return;
      }
      case "first":
        return this.#first(value);
      case "all": {
        this.#push(value.arg);
        const bits = (1 << value.count) - 1;
        code.op(value.arg.lanes === 2 ? "i64x2.bitmask" : "i32x4.bitmask");
        code.i32(bits).op("i32.and").i32(bits).op("i32.eq");
        return;
      }
      case "widen":
        this.#push(value.arg);
        if (value.half === 1) {
          this.#push(value.arg);
          code.shuffle(UPPER);
        }
        code.op(
          value.arg.dtype === "int32" ? "f64x2.convert_low_i32x4_s" : "f64x2.promote_low_f32x4",
        );
        return;
      case "fused":
        throw new Error("WebAssembly has no fused multiply-add");
      case "narrow":
        for (const arg of value.args) {
          this.#push(arg);
          const ints = value.dtype === "int32";
          code.op(ints ? "i32x4.trunc_sat_f64x2_s_zero" : "f32x4.demote_f64x2_zero");
        }
        code.shuffle(LOWER_BOTH);
        return;
      default:
        return this.#instruction(value);
    }
  }

  #splat({ dtype, arg }: Op<"splat">): void {
    const code = this.#code;
    if (arg.op === "load" && dtype !== "bool") {
      const imm = pushAddress(code, this.#localOf, arg.at, dtype);
      code.memory(dtype === "float64" ? "v128.load64_splat" : "v128.load32_splat", imm);
      return;
    }
    this.#push(arg);
    pushSplat(code, dtype);
  }

  #first({ arg, other, count, lanes }: Op<"first">): void {
    this.#push(arg);
    this.#push(other);
    const word = (at: number): number => (at < (count * 4) / lanes ? -1 : 0);
    this.#code.v128([word(0), word(1), word(2), word(3)]).op("v128.bitselect");
  }

  #start(param: number): void {
    const code = this.#code;
    const [table, args] = [code.params[0]!, code.params[1]!];
    const own = this.#form.params.length;
    if (param < own) {
      // the argument list holds offsets into the table
      code
        .get(table)
        .get(args)
        .memory("i32.load", 4 * param);
      code.op("i32.add").memory("i32.load");
      return;
    }
    code.get(table).memory("i32.load", 4 * SCRATCH_WORD);
    const { offset } = this.#form.scratch[param - own]!;
    if (offset !== 0) code.i32(offset).op("i32.add");
  }

  #instruction(value: Instruction): void {
    const { op, dtype, lanes, args } = value;
    const order = op === "select" ? [args[1]!, args[2]!, args[0]!] : args;
    for (const arg of order) this.#push(arg);
    if (lanes > 1 && clampsByConstant(value)) {
      this.#code.op(op === "min" ? "f32x4.pmin" : "f32x4.pmax");
      return;
    }
    const spellings = lanes === 1 ? SCALAR : lanes === 4 ? LANES4 : LANES2;
    spellings[op](this.#code, dtype, op === "select" ? dtype : args[0]!.dtype);
  }
}

/**
 * Whether an instruction limits a float32 by a constant that is neither zero nor NaN. The
 * pseudo-minimum gives the same then, NaN included, and is one instruction of x86 instead of seven.
 */
function clampsByConstant({ op, dtype, args }: Instruction): boolean {
  if ((op !== "min" && op !== "max") || dtype !== "float32") return false;
  const [, limit] = args;
  return limit?.op === "const" && Math.abs(limit.value) > 0;
}
