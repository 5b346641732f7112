/**
 * A loop form while it is written: statements and variables in scopes, loops, and for each access a
 * pointer that moves with them. Where something is counts as a variable plus constants, so that
 * spelled-out turns cost no instruction; a loop moves only what its body has used.
 */
import type { DType } from "../../core/dtype.ts";
import type { ScalarOp } from "../../ir/scalar.ts";
import { accessKey } from "../body.ts";
import type { Access, Param } from "../kernel.ts";
import type { Address, Expression, LoopForm, Move, Scratch, Statement, Variable } from "../loop.ts";

/** What the frame must know of a kernel's loops. */
export interface Space {
  readonly params: readonly Param[];
  /** Scratch blocks, numbered after the params. */
  readonly scratch?: readonly Scratch[];
  /** How many dims accesses have strides for. */
  readonly rank: number;
  /** The dim that runs in lanes, or −1. */
  readonly vector: number;
  readonly lanes: number;
  readonly vectorBytes: number;
}

const STILL: readonly Access[] = [];

/** Makes a number. */
export function constant(dtype: DType, value: number, lanes = 1): Expression {
  return { op: "const", dtype, lanes, value };
}

/** Makes a scalar instruction with the lanes of its last operand. */
export function apply(op: ScalarOp, dtype: DType, ...args: readonly Expression[]): Expression {
  return { op, dtype, lanes: args[args.length - 1]!.lanes, args };
}

/** Statements, variables, loops and pointers of one kernel. */
export class Frame {
  readonly lanes: number;
  readonly vector: number;
  /** Lanes in use: fewer than `lanes` in the last step of the vector dim. */
  active: number;
  readonly #space: Space;
  #statements: Statement[] = [];
  readonly #variables: Variable[] = [];
  #free: Variable[] = [];
  #owned: Variable[] = [];
  /** What to put back where when the present scope ends. */
  #undo: (() => void)[] = [];
  readonly #accesses: Access[] = [];
  readonly #numbers = new Map<string, number>();
  /** The numbers again by identity, which is quicker to look up. */
  readonly #known = new Map<Access, number>();
  readonly #starts = new Map<number, Variable>();
  /** Where each access points: a variable, constants of its own, and those of the dims. */
  #pointers: Variable[] = [];
  readonly #own: number[] = [];
  readonly #deltas: number[];
  #indices: (Variable | null)[];
  readonly #used = new Set<Variable>();
  /** Whether turns of the next loops are independent of each other. */
  #apart = false;

  constructor(space: Space) {
    this.#space = space;
    this.lanes = space.lanes;
    this.vector = space.vector;
    this.active = space.lanes;
    this.#deltas = new Array<number>(space.rank).fill(0);
    this.#indices = new Array<Variable | null>(space.rank).fill(null);
  }

  /** What was written. */
  form(scratchBytes = 0): LoopForm {
    const { params, scratch = [], vectorBytes } = this.#space;
    return {
      params,
      scratch,
      scratchBytes,
      vectorBytes,
      variables: this.#variables,
      body: this.#statements,
    };
  }

  // ── variables ──────────────────────────────────────────────────────────────────────────────────

  /** Takes a variable; it is given back when the scope ends. */
  variable(kind: Variable["kind"], dtype: DType, lanes = 1): Variable {
    const at = this.#free.findLastIndex(
      (one) => one.dtype === dtype && one.lanes === lanes && one.kind === kind,
    );
    let taken = this.#free[at];
    if (taken === undefined) {
      taken = { op: "variable", id: this.#variables.length, kind, dtype, lanes };
      this.#variables.push(taken);
    } else this.#free.splice(at, 1);
    this.#owned.push(taken);
    return taken;
  }

  /** Puts a value in a variable of its own. */
  let(value: Expression, kind: Variable["kind"] = "value"): Variable {
    const variable = this.variable(kind, value.dtype, value.lanes);
    this.set(variable, value);
    return variable;
  }

  set(variable: Variable, value: Expression): void {
    this.#statements.push({ kind: "set", variable, value });
  }

  /** Runs `build`; values and variables that it makes are forgotten afterwards. */
  scope<T>(build: () => T): T {
    const [undo, owned] = [this.#undo, this.#owned];
    this.#undo = [];
    this.#owned = [];
    const result = build();
    for (const each of this.#undo.reverse()) each();
    this.#free.push(...this.#owned.reverse());
    [this.#undo, this.#owned] = [undo, owned];
    return result;
  }

  /** Puts `value` at a place of a list until the present scope ends. */
  protected remember<T>(list: T[], at: number, value: T): void {
    const before = list[at]!;
    list[at] = value;
    this.#undo.push(() => (list[at] = before));
  }

  // ── statements ─────────────────────────────────────────────────────────────────────────────────

  /** What `build` writes, as a list of its own. */
  block(build: () => void): Statement[] {
    const outer = this.#statements;
    const own: Statement[] = [];
    this.#statements = own;
    this.scope(build);
    this.#statements = outer;
    return own;
  }

  while(test: Expression, build: () => void): void {
    this.#statements.push({ kind: "while", test, body: this.block(build) });
  }

  if(test: Expression, then: () => void, otherwise: () => void = () => undefined): void {
    const [yes, no] = [this.block(then), this.block(otherwise)];
    this.#statements.push({ kind: "if", test, then: yes, otherwise: no });
  }

  check(code: "index" | "overflow", holds: Expression, value = constant("int32", 0)): void {
    this.#statements.push({ kind: "check", code, holds, value });
  }

  /** Writes the first `count` lanes of a value. */
  write(at: Address, value: Expression, count = value.lanes): void {
    this.#statements.push({ kind: "store", dtype: this.dtypeOf(at.param), at, value, count });
  }

  // ── loops ──────────────────────────────────────────────────────────────────────────────────────

  /**
   * Runs `build` `count` times, the index of `dim` moving on by `step`, and with it all accesses
   * but those that stay where they are.
   */
  loop(dim: number, step: number, count: number, build: () => void, still = STILL): void {
    if (count === 0) return;
    if (count === 1) return this.scope(build);
    const [pointers, indices, apart] = [this.#pointers, this.#indices, this.#apart];
    this.#apart = false;
    this.scope(() => {
      const moves: Move[] = [];
      const move = (kind: Variable["kind"], dtype: DType, from: Variable | null, by: number) => {
        const variable = this.variable(kind, dtype);
        moves.push({ variable, from, by });
        return variable;
      };
      this.#pointers = pointers.map((from, at) => {
        const access = this.#accesses[at]!;
        const by = (access.strides[dim] ?? 0) * step;
        if (by === 0 || still.includes(access)) return from;
        return move("pointer", from.dtype, from, by);
      });
      this.#indices = [...indices];
      this.#indices[dim] = move("value", "int32", indices[dim]!, step);
      const body = this.block(build);
      const used = moves.filter(({ variable }) => this.#used.has(variable));
      for (const { variable, from } of used) {
        if (from) this.#used.add(from);
        this.#used.delete(variable); // another scope may take it
      }
      this.#statements.push({ kind: "loop", count, apart, moves: used, body });
    });
    [this.#pointers, this.#indices, this.#apart] = [pointers, indices, apart];
  }

  /**
   * Says of the loops that `build` writes, outermost ones alone, whether their turns are
   * independent of each other.
   */
  apart(is: boolean, build: () => void): void {
    const before = this.#apart;
    this.#apart = is;
    build();
    this.#apart = before;
  }

  /** Runs `build`, in a scope, with the index of `dim` moved on by a constant. */
  at<T>(dim: number, delta: number, build: () => T, still = STILL): T {
    return this.shift(dim, delta, () => this.scope(build), still);
  }

  /** Runs `build` with the index of `dim` moved on by a constant. */
  shift<T>(dim: number, delta: number, build: () => T, still = STILL): T {
    const stay = (sign: number): void => {
      for (const access of still) {
        this.#own[this.#known.get(access)!]! -= sign * delta * access.strides[dim]!;
      }
    };
    this.#deltas[dim]! += delta;
    stay(1);
    const result = build();
    stay(-1);
    this.#deltas[dim]! -= delta;
    return result;
  }

  /** Runs `build` for each of the first turns of a dim, spelled out. */
  unrolled(dim: number, step: number, count: number, build: (turn: number) => void): void {
    for (let turn = 0; turn < count; turn++) this.at(dim, turn * step, () => build(turn));
  }

  /** Walks a dim in pieces of `size`; the last one is what remains. */
  cut(
    dim: number,
    size: number,
    extent: number,
    build: (count: number) => void,
    still = STILL,
  ): void {
    const full = Math.floor(extent / size);
    const rest = extent % size;
    this.loop(dim, size, full, () => build(size), still);
    if (rest > 0) this.at(dim, full * size, () => build(rest), still);
  }

  /** Runs `build` for the first `count` lanes alone. */
  withActive<T>(count: number, build: () => T): T {
    const before = this.active;
    this.active = count;
    const result = build();
    this.active = before;
    return result;
  }

  // ── places ─────────────────────────────────────────────────────────────────────────────────────

  /** The dtype of a param or a scratch block. */
  dtypeOf(param: number): DType {
    const { params, scratch = [] } = this.#space;
    return (params[param] ?? scratch[param - params.length]!).dtype;
  }

  /** Lets accesses point at their first element; checks and adds offsets of the run. */
  open(accesses: readonly Access[]): void {
    for (const access of accesses) {
      const key = accessKey(access);
      const known = this.#numbers.get(key);
      this.#known.set(access, known ?? this.#accesses.length);
      if (known !== undefined) continue;
      this.#numbers.set(key, this.#accesses.push(access) - 1);
      const [pointer, rest] = this.#open(access);
      this.#own.push(rest);
      this.#pointers.push(pointer);
    }
  }

  /** Where a param or a scratch block begins. */
  startOf(param: number): Variable {
    let start = this.#starts.get(param);
    if (start === undefined) {
      start = this.let({ op: "start", dtype: this.dtypeOf(param), lanes: 1, param }, "pointer");
      this.#starts.set(param, start);
    }
    return start;
  }

  /** Where an access points at present, further by `steps` of the vector dim. */
  addressOf(access: Access, distance: Variable | null = null, steps = 0): Address {
    const number = this.#known.get(access)!;
    const { param, strides } = access;
    let offset = this.#own[number]!;
    for (let dim = 0; dim < strides.length; dim++) offset += this.#deltas[dim]! * strides[dim]!;
    if (steps !== 0) offset += steps * strides[this.vector]!;
    const base = this.#pointers[number]!;
    this.#used.add(base);
    return { param, base, distance, offset };
  }

  /** The loop index of lane 0 along the dims of an `index` step. */
  indexOf(strides: readonly number[], offset: number): Expression {
    let result: Expression | null = null;
    let rest = offset;
    strides.forEach((stride, dim) => {
      rest += this.#deltas[dim]! * stride;
      const index = this.#indices[dim];
      if (stride === 0 || !index) return;
      this.#used.add(index);
      const term = stride === 1 ? index : apply("mul", "int32", index, constant("int32", stride));
      result = result === null ? term : apply("add", "int32", result, term);
    });
    if (result === null) return constant("int32", rest);
    return rest === 0 ? result : apply("add", "int32", result, constant("int32", rest));
  }

  /**
   * The pointer of an access, and what is left of its offset: none where it may go backward, so
   * that no pointer is ever before its block.
   */
  #open({ param, offset, strides, dynamic }: Access): [Variable, number] {
    const base = this.startOf(param);
    const { dtype } = base;
    const backward = offset < 0 || strides.some((stride) => stride < 0);
    if (dynamic.length === 0 && !backward) return [base, offset];
    const pointer = this.variable("pointer", dtype);
    const point = (from: Variable, distance: Variable | null, by: number): void => {
      const at = { param, base: from, distance, offset: by };
      this.set(pointer, { op: "address", dtype, lanes: 1, at });
    };
    point(base, null, offset);
    for (const { param: scalar, stride, limit } of dynamic) {
      const at = { param: scalar, base: this.startOf(scalar), distance: null, offset: 0 };
      const value = this.let({ op: "load", dtype: "float64", lanes: 1, at });
      const whole = apply("eq", "bool", value, apply("floor", "float64", value));
      const over = apply("le", "bool", constant("float64", 0), value);
      const under = apply("le", "bool", value, constant("float64", limit));
      const index = apply("cast", "int32", value);
      this.check("index", apply("and", "bool", whole, apply("and", "bool", over, under)), index);
      point(pointer, this.let({ op: "distance", dtype, lanes: 1, index, stride }, "distance"), 0);
    }
    return [pointer, 0];
  }
}
