/**
 * One pass of reductions over the inner dims, in exactly the order of `reductionOrder`: eight
 * partial results per chunk of k, then a total. Either k runs in lanes, and the partials are the
 * lanes of a few vectors; or each partial is a value of its own: single, or one for each lane of an
 * outer dim.
 */
import type { DType } from "../../core/dtype.ts";
import { identityOf, instructionOf, reductionOrder } from "../../ir/combine.ts";
import type { Stage } from "../kernel.ts";
import type { Expression, Variable } from "../loop.ts";
import { apply, constant } from "./frame.ts";
import type { Steps } from "./steps.ts";
import { pair } from "./steps.ts";

const { lanes: PARTIALS, chunk: CHUNK } = reductionOrder;

/** Bodies of more steps are written once for each element of a chunk, not once for each partial. */
const HEAVY = 12;

/** A stage that combines. */
export type ReduceStage = Stage & { readonly kind: "reduce" };

/** One reduction of the pass. */
class Reduction {
  readonly #steps: Steps;
  readonly #stage: ReduceStage;
  readonly #partial: DType;
  readonly #total: DType;
  /** Whether k itself runs in lanes. */
  readonly #along: boolean;
  /** Partials: vectors where k runs in lanes, else one list of halves for each. */
  #cells: Variable[][] = [];
  #totals: Variable[] = [];

  constructor(steps: Steps, stage: ReduceStage, along: boolean) {
    this.#steps = steps;
    this.#stage = stage;
    this.#along = along;
    const adds = stage.combine === "sum" || stage.combine === "prod";
    this.#partial = adds && stage.dtype === "int32" ? "float64" : stage.dtype;
    this.#total = adds && stage.dtype === "float32" ? "float64" : this.#partial;
  }

  /** Sets the totals to the identity. */
  begin(): void {
    this.#totals = this.#identities(this.#total, this.#along ? 1 : this.#steps.lanes);
  }

  /** Sets the partials that a chunk of `length` elements uses to the identity. */
  beginChunk(length: number): void {
    const { lanes } = this.#steps;
    const count = this.#along ? PARTIALS / lanes : Math.min(PARTIALS, length);
    this.#cells = Array.from({ length: count }, () => this.#identities(this.#partial, lanes));
  }

  /** Combines the present value into partial `at`. */
  accumulate(at: number): void {
    const steps = this.#steps;
    const { active, lanes } = steps;
    const { dtype, value: step } = this.#stage;
    let value = steps.value(step, true);
    if (this.#along && active < lanes) {
      const other = this.#identity(dtype, lanes);
      value = { op: "first", dtype, lanes, count: active, arg: value, other };
    }
    const known = steps.let(value);
    this.#cells[at]!.forEach((cell, half) => {
      const wide = this.#widened(known, this.#partial, half);
      steps.set(cell, this.#combine(cell, wide));
    });
  }

  /** Moves each partial one place down, the first to the end. */
  rotate(): void {
    const steps = this.#steps;
    this.#cells[0]!.forEach((first, half) => {
      const kept = steps.let(first);
      this.#cells.forEach((cell, at) => {
        steps.set(cell[half]!, this.#cells[at + 1]?.[half] ?? kept);
      });
    });
  }

  /** Combines the partials, which were rotated `turns` times, into the total. */
  endChunk(turns: number): void {
    if (this.#along) return this.#endLanes();
    const steps = this.#steps;
    const count = this.#cells.length;
    const cell = (at: number): Variable[] | null =>
      at < count ? this.#cells[(((at - turns) % count) + count) % count]! : null;
    const both = (a: Variable[] | null, b: Variable[] | null): Variable[] | null => {
      if (a && b) a.forEach((one, half) => steps.set(one, this.#combine(one, b[half]!)));
      return a;
    };
    const even = both(both(cell(0), cell(4)), both(cell(2), cell(6)));
    const odd = both(both(cell(1), cell(5)), both(cell(3), cell(7)));
    const all = both(even, odd)!;
    this.#totals.forEach((total, half) => {
      const part = all[half] ?? this.#widened(all[0]!, this.#total, half);
      steps.set(total, this.#combine(total, this.#widened(part, this.#total, half)));
    });
  }

  /** Puts the finished total in `result`. */
  finish(result: Variable): void {
    const steps = this.#steps;
    const { dtype } = this.#stage;
    const [total, upper] = this.#totals as [Variable, Variable | undefined];
    if (dtype === "int32" && this.#total === "float64") {
      for (const [half, each] of this.#totals.entries()) this.#checkRange(each, half);
    }
    if (upper) {
      steps.set(result, { op: "narrow", dtype, lanes: result.lanes, args: [total, upper] });
    } else steps.set(result, dtype === total.dtype ? total : apply("cast", dtype, total));
  }

  #identity(dtype: DType, lanes: number): Expression {
    return constant(dtype, identityOf(this.#stage.combine, dtype), lanes);
  }

  /** Variables for one value in each lane, two where doubles take twice the room. */
  #identities(dtype: DType, lanes: number): Variable[] {
    const halves = lanes > 1 && dtype === "float64" && this.#stage.dtype !== "float64" ? 2 : 1;
    const one = (): Variable => this.#steps.let(this.#identity(dtype, lanes / halves));
    return Array.from({ length: halves }, one);
  }

  #combine(x: Expression, y: Expression): Expression {
    return pair(instructionOf(this.#stage.combine, x.dtype), x, y);
  }

  #widened(arg: Variable | Expression, to: DType, half: number): Expression {
    if (arg.dtype === to) return arg;
    if (arg.lanes === 1) return apply("cast", to, arg);
    const lanes = arg.lanes / 2;
    return { op: "widen", dtype: "float64", lanes, arg, half: half === 0 ? 0 : 1 };
  }

  /** Folds the partials in lanes onto each other, the upper onto the lower. */
  #endLanes(): void {
    const steps = this.#steps;
    let vectors = this.#cells.flat();
    while (vectors.length > 1) {
      const kept = vectors.slice(0, vectors.length / 2);
      kept.forEach((vector, at) => {
        steps.set(vector, this.#combine(vector, vectors[at + kept.length]!));
      });
      vectors = kept;
    }
    const [sum] = vectors as [Variable];
    const { dtype, lanes } = sum;
    for (let by = lanes / 2; by > 1; by /= 2) {
      steps.set(sum, this.#combine(sum, { op: "shift", dtype, lanes, arg: sum, by }));
    }
    const lane = (at: number): Expression => ({ op: "lane", dtype, lanes: 1, arg: sum, lane: at });
    const all = steps.let(this.#combine(lane(0), lane(1)));
    const [total] = this.#totals as [Variable];
    steps.set(total, this.#combine(total, this.#widened(all, this.#total, 0)));
  }

  #checkRange(total: Variable, half: number): void {
    const steps = this.#steps;
    const { lanes } = total;
    const low = apply("le", "bool", constant("float64", -2147483648, lanes), total);
    const high = apply("le", "bool", total, constant("float64", 2147483647, lanes));
    const fits = apply("and", "bool", low, high);
    if (lanes === 1) return steps.check("overflow", fits);
    const count = Math.min(lanes, Math.max(0, steps.active - lanes * half));
    if (count === 0) return;
    steps.check("overflow", { op: "all", dtype: "bool", lanes: 1, count, arg: fits });
  }
}

/** What a pass goes over. */
export interface Pass {
  /** Inner dims; the last is k. */
  readonly dims: readonly number[];
  /** The steps that the pass needs. */
  readonly wanted: readonly boolean[];
}

/** Writes a pass of reductions; `results` get the finished totals. */
export function reducePass(
  steps: Steps,
  pass: Pass,
  stages: readonly ReduceStage[],
  results: readonly Variable[],
): void {
  const { extents } = steps.nest;
  const along = steps.vector === pass.dims.at(-1)! && steps.lanes > 1;
  steps.scope(() => {
    const reductions = stages.map((stage) => new Reduction(steps, stage, along));
    for (const reduction of reductions) reduction.begin();
    const empty = pass.dims.some((dim) => extents[dim] === 0);
    if (!empty) new Chunks(steps, pass, reductions, along).walk(0);
    reductions.forEach((reduction, at) => reduction.finish(results[at]!));
  });
}

/** The loops of a pass. */
class Chunks {
  readonly #steps: Steps;
  readonly #pass: Pass;
  readonly #reductions: readonly Reduction[];
  readonly #along: boolean;
  readonly #k: number;
  readonly #heavy: boolean;

  constructor(steps: Steps, pass: Pass, reductions: readonly Reduction[], along: boolean) {
    this.#steps = steps;
    this.#pass = pass;
    this.#reductions = reductions;
    this.#along = along;
    this.#k = pass.dims.at(-1)!;
    const level = steps.nest.order.indexOf(this.#k);
    const size = pass.wanted.filter((wanted, at) => wanted && steps.levels[at] === level).length;
    this.#heavy = size > HEAVY && !along;
  }

  /** Loops over the inner dims from number `at` on. */
  walk(at: number): void {
    const { dims, wanted } = this.#pass;
    const dim = dims[at]!;
    const extent = this.#steps.nest.extents[dim]!;
    if (at === dims.length - 1) {
      this.#steps.cut(dim, CHUNK, extent, (length) => this.#chunk(length));
      return;
    }
    this.#steps.loop(dim, 1, extent, () => {
      this.#steps.enter(this.#steps.nest.order.indexOf(dim), true, wanted);
      this.walk(at + 1);
    });
  }

  #chunk(length: number): void {
    const rotates = this.#heavy && length > PARTIALS;
    for (const reduction of this.#reductions) reduction.beginChunk(length);
    if (rotates) this.#rotating(length);
    else this.#steps.cut(this.#k, PARTIALS, length, (count) => this.#spelled(count));
    for (const reduction of this.#reductions) reduction.endChunk(rotates ? length : 0);
  }

  /** Up to eight elements, each written out, or so many vectors. */
  #spelled(count: number): void {
    const steps = this.#steps;
    const lanes = this.#along ? steps.lanes : 1;
    steps.unrolled(this.#k, lanes, Math.ceil(count / lanes), (turn) => {
      const active = this.#along ? Math.min(lanes, count - turn * lanes) : steps.active;
      steps.withActive(active, () => this.#accumulate(turn));
    });
  }

  /** One turn takes one element, and the partials change places: less code for long bodies. */
  #rotating(length: number): void {
    this.#steps.loop(this.#k, 1, length, () => {
      this.#accumulate(0);
      for (const reduction of this.#reductions) reduction.rotate();
    });
  }

  #accumulate(partial: number): void {
    for (const reduction of this.#reductions) reduction.accumulate(partial);
  }
}
