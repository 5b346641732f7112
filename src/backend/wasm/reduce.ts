/**
 * One pass of reductions over the inner dims, in exactly the order of `reductionOrder`: eight
 * partial results per chunk of k, then a total. Either k runs in lanes, and the partials are lanes
 * of two vectors (or four of doubles); or each partial is a value of its own: single, or one for
 * each lane of an outer dim.
 */
import { reductionOrder } from "../../ir/row.ts";
import type { Combine } from "../../ir/row.ts";
import type { DType } from "../../core/dtype.ts";
import type { Stage } from "../../compiler/kernel.ts";
import type { ScalarOp } from "../../ir/scalar.ts";
import type { Code, Local, ValueType } from "./assembler.ts";
import type { Body } from "./body.ts";
import { STATUS } from "./frame.ts";
import { LANES2, LANES4, SCALAR, VALUE_TYPE } from "./spell.ts";
import { pushConstant, pushLane, pushVectorConstant } from "./spell.ts";

const { lanes: PARTIALS, chunk: CHUNK } = reductionOrder;

const OP: Readonly<Record<Combine, ScalarOp>> = {
  sum: "add",
  prod: "mul",
  max: "max",
  min: "min",
};

type ReduceStage = Stage & { readonly kind: "reduce" };

/** The value that changes nothing. */
export function identityOf(combine: Combine, dtype: DType): number {
  if (combine === "sum") return 0;
  if (combine === "prod") return 1;
  const sign = combine === "max" ? -1 : 1;
  if (dtype === "bool") return combine === "max" ? 0 : 1;
  if (dtype === "int32") return combine === "max" ? -2147483648 : 2147483647;
  return sign * Infinity;
}

/** One reduction of the pass. */
class Reduction {
  readonly #body: Body;
  readonly #code: Code;
  readonly #value: number;
  readonly #stage: ReduceStage;
  readonly #partial: DType;
  readonly #total: DType;
  /** Whether k itself runs in lanes. */
  readonly #along: boolean;
  /** Partials: vectors where k runs in lanes, else one list of halves for each. */
  #cells: Local[][] = [];
  #totals: Local[] = [];

  constructor(body: Body, stage: ReduceStage, along: boolean) {
    this.#body = body;
    this.#code = body.code;
    this.#stage = stage;
    this.#value = stage.value;
    this.#along = along;
    const adds = stage.combine === "sum" || stage.combine === "prod";
    this.#partial = adds && stage.dtype === "int32" ? "float64" : stage.dtype;
    this.#total = adds && stage.dtype === "float32" ? "float64" : this.#partial;
  }

  /** Sets the totals to the identity. */
  begin(): void {
    const single = this.#along || this.#body.lanes === 1;
    const count = single ? 1 : this.#halves(this.#total);
    const type: ValueType = single ? VALUE_TYPE[this.#total] : "v128";
    this.#totals = Array.from({ length: count }, () => this.#code.local(type));
    for (const total of this.#totals) this.#setIdentity(total, this.#total, !single);
  }

  /** Sets the partials that a chunk of `length` elements uses to the identity. */
  beginChunk(length: number): void {
    const { lanes } = this.#body;
    const wide = lanes > 1;
    const type: ValueType = wide ? "v128" : VALUE_TYPE[this.#partial];
    const count = this.#along ? PARTIALS / lanes : Math.min(PARTIALS, length);
    const halves = this.#halves(this.#partial);
    this.#cells = Array.from({ length: count }, () =>
      Array.from({ length: halves }, () => this.#code.local(type)),
    );
    for (const cell of this.#cells.flat()) this.#setIdentity(cell, this.#partial, wide);
  }

  /** Combines the present value into partial `at`. */
  accumulate(at: number): void {
    const code = this.#code;
    const { lanes, active } = this.#body;
    const { dtype } = this.#stage;
    const value = code.local(lanes > 1 ? "v128" : VALUE_TYPE[dtype]);
    this.#body.push(this.#value, lanes > 1);
    if (this.#along && active < lanes) this.#maskInactive(dtype);
    code.set(value);
    this.#cells[at]!.forEach((cell, half) => {
      code.get(cell);
      this.#pushWidened(value, dtype, this.#partial, half);
      this.#combine(this.#partial, lanes > 1);
      code.set(cell);
    });
  }

  /** Moves each partial one place down, the first to the end. */
  rotate(): void {
    const code = this.#code;
    const halves = this.#cells[0]!.length;
    for (let half = 0; half < halves; half++) {
      for (const cell of this.#cells) code.get(cell[half]!);
      const first = this.#cells.map((cell) => cell[half]!);
      // the stack holds partials 0…7; the last pushed is popped first
      for (let at = first.length - 2; at >= 0; at--) code.set(first[at]!);
      code.set(first.at(-1)!);
    }
  }

  /** Combines the partials, which were rotated `turns` times, into the total. */
  endChunk(turns: number): void {
    if (this.#along) return this.#endLanes();
    const code = this.#code;
    const wide = this.#body.lanes > 1;
    const count = this.#cells.length;
    const cell = (at: number): Local[] | null =>
      at < count ? this.#cells[(((at - turns) % count) + count) % count]! : null;
    const pair = (a: Local[] | null, b: Local[] | null): Local[] | null => {
      if (!a || !b) return a;
      a.forEach((local, half) => {
        code.get(local).get(b[half]!);
        this.#combine(this.#partial, wide);
        code.set(local);
      });
      return a;
    };
    const even = pair(pair(cell(0), cell(4)), pair(cell(2), cell(6)));
    const odd = pair(pair(cell(1), cell(5)), pair(cell(3), cell(7)));
    const all = pair(even, odd)!;
    this.#totals.forEach((total, half) => {
      code.get(total);
      if (all.length > 1) code.get(all[half]!);
      else this.#pushWidened(all[0]!, this.#partial, this.#total, half);
      this.#combine(this.#total, wide);
      code.set(total);
    });
  }

  /** Puts the finished total in `result`. */
  finish(result: Local): void {
    const code = this.#code;
    const { dtype } = this.#stage;
    if (this.#totals.length === 2) return this.#finishHalves(result);
    const [total] = this.#totals;
    const wide = total!.type === "v128";
    if (this.#total === "float64" && dtype === "int32") this.#checkRange(total!);
    code.get(total!);
    if (!wide) SCALAR.cast(code, dtype, this.#total);
    code.set(result);
  }

  #halves(dtype: DType): number {
    return this.#body.lanes === 4 && dtype === "float64" ? 2 : 1;
  }

  #setIdentity(local: Local, dtype: DType, wide: boolean): void {
    const identity = identityOf(this.#stage.combine, dtype);
    if (wide) pushVectorConstant(this.#code, dtype, identity);
    else pushConstant(this.#code, dtype, identity);
    this.#code.set(local);
  }

  #combine(dtype: DType, wide: boolean): void {
    const table = !wide ? SCALAR : dtype === "float64" ? LANES2 : LANES4;
    table[OP[this.#stage.combine]](this.#code, dtype, dtype);
  }

  /** Replaces the inactive lanes of the vector on the stack by the identity. */
  #maskInactive(dtype: DType): void {
    const { active, lanes } = this.#body;
    pushVectorConstant(this.#code, dtype, identityOf(this.#stage.combine, dtype));
    const word = (at: number): number => (at < (active * 4) / lanes ? -1 : 0);
    this.#code.v128([word(0), word(1), word(2), word(3)]).op("v128.bitselect");
  }

  #pushWidened(value: Local, from: DType, to: DType, half: number): void {
    const code = this.#code;
    code.get(value);
    if (from === to) return;
    if (value.type !== "v128") return SCALAR.cast(code, to, from);
    if (half === 1) code.get(value).shuffle(HIGH_HALF);
    code.op(from === "int32" ? "f64x2.convert_low_i32x4_s" : "f64x2.promote_low_f32x4");
  }

  #endLanes(): void {
    const code = this.#code;
    let vectors = this.#cells.flat();
    while (vectors.length > 1) {
      const kept = vectors.slice(0, vectors.length / 2);
      kept.forEach((vector, at) => {
        code.get(vector).get(vectors[at + kept.length]!);
        this.#combine(this.#partial, true);
        code.set(vector);
      });
      vectors = kept;
    }
    const sum = vectors[0]!;
    const two = this.#body.lanes === 2 || this.#partial === "float64";
    if (!two) {
      code.get(sum).get(sum).get(sum).shuffle(HIGH_HALF);
      this.#combine(this.#partial, true);
      code.set(sum);
    }
    const total = this.#totals[0]!;
    code.get(total);
    for (const lane of [0, 1]) {
      code.get(sum);
      pushLane(code, this.#partial, two ? 2 : 4, lane);
    }
    this.#combine(this.#partial, false);
    SCALAR.cast(code, this.#total, this.#partial);
    this.#combine(this.#total, false);
    code.set(total);
  }

  #checkRange(total: Local): void {
    const code = this.#code;
    code.get(total).f64(-2147483648).op("f64.ge");
    code.get(total).f64(2147483647).op("f64.le").op("i32.and").op("i32.eqz");
    code.if(() => this.#body.fail(STATUS.overflow, () => code.i32(0)));
  }

  #finishHalves(result: Local): void {
    const code = this.#code;
    const ints = this.#stage.dtype === "int32";
    if (ints) this.#totals.forEach((total, half) => this.#checkLanes(total, half));
    for (const total of this.#totals) {
      code.get(total);
      code.op(ints ? "i32x4.trunc_sat_f64x2_s_zero" : "f32x4.demote_f64x2_zero");
    }
    code.shuffle(BOTH_LOW).set(result);
  }

  #checkLanes(total: Local, half: number): void {
    const code = this.#code;
    const active = Math.min(2, Math.max(0, this.#body.active - 2 * half));
    if (active === 0) return;
    const bits = (1 << active) - 1;
    pushVectorConstant(code, "float64", -2147483648);
    code.get(total).op("f64x2.le").get(total);
    pushVectorConstant(code, "float64", 2147483647);
    code.op("f64x2.le").op("v128.and").op("i64x2.bitmask").i32(bits).op("i32.and").i32(bits);
    code.op("i32.ne").if(() => this.#body.fail(STATUS.overflow, () => code.i32(0)));
  }
}

const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const BOTH_LOW = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** What a pass goes over. */
export interface Pass {
  /** Inner dims; the last is k. */
  readonly dims: readonly number[];
  /** The steps that the pass needs. */
  readonly wanted: readonly boolean[];
}

/** Emits a pass of reductions; `results` get the finished totals. */
export function reducePass(
  body: Body,
  pass: Pass,
  stages: readonly ReduceStage[],
  results: readonly Local[],
): void {
  const { extents } = body.nest;
  const k = pass.dims.at(-1)!;
  const along = body.vector === k && body.lanes > 1;
  body.scope(() => {
    const reductions = stages.map((stage) => new Reduction(body, stage, along));
    for (const reduction of reductions) reduction.begin();
    const empty = pass.dims.some((dim) => extents[dim] === 0);
    const chunks = new Chunks(body, pass, reductions, along);
    if (!empty) chunks.walk(0);
    reductions.forEach((reduction, at) => reduction.finish(results[at]!));
  });
}

/** The loops of a pass. */
class Chunks {
  readonly #body: Body;
  readonly #pass: Pass;
  readonly #reductions: readonly Reduction[];
  readonly #along: boolean;
  readonly #k: number;
  readonly #heavy: boolean;

  constructor(body: Body, pass: Pass, reductions: readonly Reduction[], along: boolean) {
    this.#body = body;
    this.#pass = pass;
    this.#reductions = reductions;
    this.#along = along;
    this.#k = pass.dims.at(-1)!;
    const level = body.nest.order.indexOf(this.#k);
    const size = pass.wanted.filter((wanted, at) => wanted && body.levels[at] === level).length;
    this.#heavy = size > 12;
  }

  /** Loops over the inner dims from number `at` on. */
  walk(at: number): void {
    const { dims, wanted } = this.#pass;
    const dim = dims[at]!;
    const extent = this.#body.nest.extents[dim]!;
    if (at === dims.length - 1) return this.#line(extent);
    this.#body.loop(dim, 1, extent, () => {
      this.#body.enter(this.#body.nest.order.indexOf(dim), true, wanted);
      this.walk(at + 1);
    });
  }

  #line(extent: number): void {
    const full = Math.floor(extent / CHUNK);
    const rest = extent % CHUNK;
    this.#body.loop(this.#k, CHUNK, full, () => this.#chunk(CHUNK));
    if (rest > 0) this.#body.at(this.#k, full * CHUNK, () => this.#chunk(rest));
  }

  #chunk(length: number): void {
    for (const reduction of this.#reductions) reduction.beginChunk(length);
    if (this.#along) this.#lanes(length);
    else if (this.#heavy && length > PARTIALS) this.#rotating(length);
    else this.#spelled(length);
    const turns = this.#heavy && !this.#along && length > PARTIALS ? length : 0;
    for (const reduction of this.#reductions) reduction.endChunk(turns);
  }

  /** k in lanes: one turn takes eight elements. */
  #lanes(length: number): void {
    const body = this.#body;
    const { lanes } = body;
    const full = Math.floor(length / PARTIALS);
    const rest = length % PARTIALS;
    body.loop(this.#k, PARTIALS, full, () => {
      body.unrolled(this.#k, lanes, PARTIALS / lanes, (turn) => this.#accumulate(turn));
    });
    if (rest === 0) return;
    body.at(this.#k, full * PARTIALS, () => {
      body.unrolled(this.#k, lanes, Math.ceil(rest / lanes), (turn) => {
        const active = Math.min(lanes, rest - turn * lanes);
        body.withActive(active, () => this.#accumulate(turn));
      });
    });
  }

  /** One turn takes eight elements, each spelled out. */
  #spelled(length: number): void {
    const body = this.#body;
    const full = Math.floor(length / PARTIALS);
    const rest = length % PARTIALS;
    body.loop(this.#k, PARTIALS, full, () => {
      body.unrolled(this.#k, 1, PARTIALS, (turn) => this.#accumulate(turn));
    });
    body.at(this.#k, full * PARTIALS, () => {
      body.unrolled(this.#k, 1, rest, (turn) => this.#accumulate(turn));
    });
  }

  /** One turn takes one element, and the partials change places: less code for long bodies. */
  #rotating(length: number): void {
    this.#body.loop(this.#k, 1, length, () => {
      this.#accumulate(0);
      for (const reduction of this.#reductions) reduction.rotate();
    });
  }

  #accumulate(partial: number): void {
    for (const reduction of this.#reductions) reduction.accumulate(partial);
  }
}
