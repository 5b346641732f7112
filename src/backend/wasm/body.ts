/**
 * The steps of a kernel being emitted: which of them are in locals, and in how many lanes. Steps
 * are emitted when they are first pushed; those that do not depend on an inner loop are put in
 * locals before it. One dim may run in lanes ("varies" means: differs by lane).
 */
import { bytesOf } from "../../core/dtype.ts";
import type { DType } from "../../core/dtype.ts";
import type { Access, Instr, Param } from "../../compiler/kernel.ts";
import type { Code, Local, ValueType } from "./assembler.ts";
import { LOAD, pushLoad, pushPicked, pushRun } from "./access.ts";
import { Frame, STATUS } from "./frame.ts";
import type { Place } from "./frame.ts";
import { LANES2, LANES4, SCALAR, VALUE_TYPE } from "./spell.ts";
import { pushConstant, pushSplat, pushVectorConstant } from "./spell.ts";

/** What the emitter of a kernel kind tells about its loops. */
export interface Nest {
  readonly params: readonly Param[];
  readonly scratch?: readonly number[];
  readonly body: readonly Instr[];
  /** Accesses that steps do not name: of stores and operands. */
  readonly accesses: readonly Access[];
  /** Steps that stages use. */
  readonly roots: readonly number[];
  readonly extents: readonly number[];
  /** The dims from the outermost loop to the innermost. */
  readonly order: readonly number[];
  /** The dim that runs in lanes, or −1. */
  readonly vector: number;
  readonly lanes: 1 | 2 | 4;
  /** The position in `order` from which the results of reductions and the carry can be used. */
  readonly lateLevel: number;
}

/** Steps that the roots need, by position. */
export function neededSteps(body: readonly Instr[], roots: readonly number[]): boolean[] {
  const needed = new Array<boolean>(body.length).fill(false);
  for (const root of roots) needed[root] = true;
  for (let at = body.length - 1; at >= 0; at--) {
    if (needed[at]) for (const operand of operandsOf(body[at]!)) needed[operand] = true;
  }
  return needed;
}

/** Positions of the steps that a step reads. */
export function operandsOf(step: Instr): readonly number[] {
  if ("args" in step) return step.args;
  return step.op === "gather" ? [step.index] : [];
}

/** Whether each step depends on a dim; `late` says so for the carry and results of reductions. */
export function dependsOn(body: readonly Instr[], dim: number, late: boolean): boolean[] {
  const depends: boolean[] = [];
  for (const step of body) {
    let own = operandsOf(step).some((operand) => depends[operand]);
    if (step.op === "load" || step.op === "gather") own ||= (step.access.strides[dim] ?? 0) !== 0;
    else if (step.op === "index") own ||= (step.strides[dim] ?? 0) !== 0;
    else if (step.op === "carry" || step.op === "reduced") own ||= late;
    depends.push(own);
  }
  return depends;
}

/** How many lanes a dim can run in: as many as fit the dtypes that differ along it. */
export function lanesAlong(
  body: readonly Instr[],
  needed: readonly boolean[],
  dim: number,
  late: boolean,
): 1 | 2 | 4 {
  if (dim < 0) return 1;
  const varies = dependsOn(body, dim, late);
  const seen = new Set<DType>();
  body.forEach((step, at) => {
    if (needed[at] && varies[at]) seen.add(step.dtype);
  });
  if (!seen.has("float64")) return 4;
  return seen.has("float32") || seen.has("int32") ? 1 : 2;
}

/** A frame with the steps of a kernel. */
export class Body extends Frame {
  readonly nest: Nest;
  readonly needed: readonly boolean[];
  readonly varies: readonly boolean[];
  readonly levels: readonly number[];
  /** Steps that use the carry or the result of a reduction. */
  readonly late: readonly boolean[];
  readonly #uses: number[];
  readonly #values: (Local | undefined)[] = [];
  readonly #splats: (Local | undefined)[] = [];
  readonly #offsets: (Local | undefined)[] = [];

  constructor(code: Code, nest: Nest) {
    super(code, { ...nest, rank: nest.extents.length });
    this.nest = nest;
    const { body, order } = nest;
    this.needed = neededSteps(body, nest.roots);
    const lateVector = nest.lanes > 1 && order.indexOf(nest.vector) <= nest.lateLevel;
    this.varies =
      nest.lanes === 1 ? body.map(() => false) : dependsOn(body, nest.vector, lateVector);
    this.late = dependsOn(body, -1, true);
    const by = order.map((dim, level) => dependsOn(body, dim, level === nest.lateLevel));
    this.levels = body.map((_, at) => by.findLastIndex((depends) => depends[at]));
    this.#uses = this.#countUses();
  }

  /** Loads the pointers and what no loop changes. */
  prologue(): void {
    const { body, accesses } = this.nest;
    const own: Access[] = [];
    const indexed = new Set<number>();
    body.forEach((step, at) => {
      if (!this.needed[at]) return;
      if ("access" in step) own.push(step.access);
      if (step.op !== "index") return;
      step.strides.forEach((stride, dim) => stride !== 0 && indexed.add(dim));
    });
    this.open([...accesses, ...own], [...indexed]);
  }

  /** Whether the value of a step is in a local. */
  known(at: number): boolean {
    return this.#values[at] !== undefined;
  }

  /** The WebAssembly type of a step's value where it is now. */
  typeOf(at: number): ValueType {
    return this.varies[at] ? "v128" : VALUE_TYPE[this.nest.body[at]!.dtype];
  }

  /** Makes `local` the value of a step until the scope ends. */
  bind(at: number, local: Local): void {
    const before = this.#values[at];
    const splat = this.#splats[at];
    this.#values[at] = local;
    this.#splats[at] = undefined;
    this.atEnd(() => {
      this.#values[at] = before;
      this.#splats[at] = splat;
    });
  }

  /** Pushes the value of a step; in lanes if `lanes`, where it must not be in lanes otherwise. */
  push(at: number, lanes: boolean): void {
    if (lanes && this.lanes > 1 && !this.varies[at]) return this.#pushSplat(at);
    const known = this.#values[at];
    if (known) {
      this.code.get(known);
      return;
    }
    const step = this.nest.body[at]!;
    if (step.op === "const") return pushConstant(this.code, step.dtype, step.value);
    this.#evaluate(at, step);
    if (this.#uses[at]! < 2) return;
    const local = this.code.local(this.typeOf(at));
    this.code.tee(local);
    this.bind(at, local);
  }

  /** Puts the value of a step in a local, so that it is computed here. */
  settle(at: number): void {
    if (this.#values[at] || this.nest.body[at]!.op === "const") return;
    this.push(at, false);
    if (this.#values[at]) {
      this.code.op("drop");
      return;
    }
    const local = this.code.local(this.typeOf(at));
    this.code.set(local);
    this.bind(at, local);
  }

  /**
   * Computes what loops inside `level` use and what does not change in them; late steps if told.
   */
  enter(level: number, late = false, wanted: readonly boolean[] = this.needed): void {
    const { body } = this.nest;
    body.forEach((step, at) => {
      if (!wanted[at] || this.levels[at] !== level || (this.late[at] && !late)) return;
      if (step.op !== "const" && this.#usedInside(at, level)) this.settle(at);
    });
    body.forEach((step, at) => {
      if (!wanted[at] || this.levels[at]! <= level) return;
      if (this.lanes > 1 && this.varies[at]) this.#splatOperands(step, level);
      if (step.op !== "gather" || this.levels[step.index] !== level) return;
      if (!this.late[step.index] || late) this.#hoistOffset(at, step);
    });
  }

  #countUses(): number[] {
    const uses = this.nest.body.map(() => 0);
    for (const root of this.nest.roots) uses[root]!++;
    this.nest.body.forEach((step, at) => {
      if (this.needed[at]) for (const operand of operandsOf(step)) uses[operand]!++;
    });
    return uses;
  }

  #usedInside(at: number, level: number): boolean {
    if (level === this.nest.order.length - 1) return false;
    if (this.nest.roots.includes(at)) return true;
    return this.nest.body.some(
      (step, user) =>
        this.needed[user] && this.levels[user]! > level && operandsOf(step).includes(at),
    );
  }

  #splatOperands(step: Instr, level: number): void {
    if (step.op === "gather" || step.op === "shl" || step.op === "shr") return;
    for (const operand of operandsOf(step)) {
      const invariant = this.levels[operand] === level && !this.varies[operand];
      if (!invariant || this.#splats[operand]) continue;
      if (this.nest.body[operand]!.op === "const" || !this.#values[operand]) continue;
      const splat = this.code.local("v128");
      this.#pushSplat(operand);
      this.code.set(splat);
      this.#splats[operand] = splat;
      this.atEnd(() => (this.#splats[operand] = undefined));
    }
  }

  #hoistOffset(at: number, step: Instr & { op: "gather" }): void {
    if (this.varies[step.index] || this.#offsets[at]) return;
    const { code } = this;
    const offset = code.local("i32");
    this.push(step.index, false);
    code.tee(offset).i32(step.size).op("i32.ge_u");
    code.if(() => this.fail(STATUS.index, () => code.get(offset)));
    const size = bytesOf(this.params[step.access.param]!.dtype);
    code
      .get(offset)
      .i32(step.stride * size)
      .op("i32.mul")
      .set(offset);
    this.#offsets[at] = offset;
    this.atEnd(() => (this.#offsets[at] = undefined));
  }

  #pushSplat(at: number): void {
    const step = this.nest.body[at]!;
    if (step.op === "const") return pushVectorConstant(this.code, step.dtype, step.value);
    const splat = this.#splats[at];
    if (splat) {
      this.code.get(splat);
      return;
    }
    this.push(at, false);
    pushSplat(this.code, step.dtype);
  }

  #evaluate(at: number, step: Exclude<Instr, { op: "const" }>): void {
    const lanes = this.varies[at]!;
    switch (step.op) {
      case "index":
        return this.#pushIota(step, lanes);
      case "load":
        return pushLoad(this, step.access, step.dtype, lanes);
      case "gather":
        return this.#pushGather(at, step, lanes);
      case "reduced":
      case "carry":
        throw new Error(`wasm: a kernel uses ${step.op} before it is known`);
      case "select":
        for (const place of [1, 2, 0]) this.push(step.args[place]!, lanes);
        break;
      case "shl":
      case "shr":
        this.push(step.args[0]!, lanes);
        this.push(step.args[1]!, false);
        break;
      default:
        for (const operand of step.args) this.push(operand, lanes);
    }
    if (lanes && this.#limits(step)) {
      this.code.op(step.op === "min" ? "f32x4.pmin" : "f32x4.pmax");
      return;
    }
    const spellings = !lanes ? SCALAR : this.lanes === 4 ? LANES4 : LANES2;
    const from = this.nest.body[step.args[0]!]!.dtype;
    spellings[step.op](this.code, step.dtype, step.op === "select" ? step.dtype : from);
  }

  /**
   * Whether `step` limits a float32 by a constant that is neither zero nor NaN. The pseudo-minimum
   * gives the same then, NaN included, and is one instruction of x86 instead of seven.
   */
  #limits(step: Exclude<Instr, { op: "const" }>): boolean {
    if ((step.op !== "min" && step.op !== "max") || step.dtype !== "float32") return false;
    const limit = this.nest.body[step.args[1]!]!;
    return limit.op === "const" && Math.abs(limit.value) > 0;
  }

  #pushIota(step: Instr & { op: "index" }, lanes: boolean): void {
    this.pushIndex(step.strides, step.offset);
    if (!lanes) return;
    const stride = step.strides[this.vector]!;
    this.code
      .op("i32x4.splat")
      .v128([0, stride, 2 * stride, 3 * stride])
      .op("i32x4.add");
  }

  /** Pushes the element at an access plus a computed index, which is checked. */
  #pushGather(at: number, step: Instr & { op: "gather" }, lanes: boolean): void {
    const { code } = this;
    const { dtype } = step;
    const place = this.placeOf(step.access);
    const along = lanes ? step.access.strides[this.vector]! * bytesOf(dtype) : 0;
    if (lanes && this.varies[step.index]) return this.#gatherLanes(step, place, along);
    const known = this.#offsets[at];
    let imm = place.imm;
    if (known) {
      code.get(place.local!).get(known).op("i32.add");
    } else {
      this.push(step.index, false);
      imm = this.#pushOffset(step, place, 0);
    }
    if (!lanes) {
      code.memory(LOAD[dtype], imm);
      return;
    }
    const row = code.local("i32");
    code.set(row);
    if (along === bytesOf(dtype)) pushRun(this, { local: row, imm }, dtype);
    else pushPicked(this, dtype, (lane) => this.pushAddress({ local: row, imm }, lane * along));
  }

  #gatherLanes(step: Instr & { op: "gather" }, place: Place, along: number): void {
    const { code } = this;
    const indices = code.local("v128");
    this.push(step.index, true);
    code.set(indices);
    pushPicked(this, step.dtype, (lane) => {
      code.get(indices).lane("i32x4.extract_lane", lane);
      return this.#pushOffset(step, place, lane * along);
    });
  }

  /** Turns the index on the stack into an address, after checking it; returns the offset to add. */
  #pushOffset(step: Instr & { op: "gather" }, place: Place, delta: number): number {
    const { code } = this;
    const index = code.local("i32");
    code.tee(index).i32(step.size).op("i32.ge_u");
    code.if(() => this.fail(STATUS.index, () => code.get(index)));
    code
      .get(index)
      .i32(step.stride * bytesOf(step.dtype))
      .op("i32.mul");
    const imm = this.pushAddress(place, delta);
    code.op("i32.add");
    return imm;
  }
}
