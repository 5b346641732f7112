/**
 * The steps of a kernel while its loops are written: which of them are in variables, and in how
 * many lanes. Steps are written when they are first used; those that do not depend on an inner loop
 * are put in variables before it. One dim may run in lanes ("varies" means: differs by lane).
 */
import type { DType } from "../../core/dtype.ts";
import type { Access, Instr } from "../kernel.ts";
import type { Expression, Variable } from "../loop.ts";
import type { Space } from "./frame.ts";
import { Frame, apply, constant } from "./frame.ts";
import type { Lanes } from "./lanes.ts";
import { dependsOn, neededSteps, operandsOf } from "./lanes.ts";

/** What the writer of a kernel kind tells about its loops. */
export interface Nest extends Lanes, Pick<Space, "params" | "scratch"> {
  readonly body: readonly Instr[];
  /** Accesses that steps do not name: of stores and operands. */
  readonly accesses: readonly Access[];
  /** Steps that stages use. */
  readonly roots: readonly number[];
  readonly extents: readonly number[];
  /** The dims from the outermost loop to the innermost. */
  readonly order: readonly number[];
  /** The position in `order` from which the results of reductions and the carry can be used. */
  readonly lateLevel: number;
}

type Gather = Instr & { readonly op: "gather" };

/** A frame with the steps of a kernel. */
export class Steps extends Frame {
  readonly nest: Nest;
  readonly needed: readonly boolean[];
  readonly varies: readonly boolean[];
  readonly levels: readonly number[];
  /** Steps that use the carry or the result of a reduction. */
  readonly #late: readonly boolean[];
  readonly #uses: number[];
  /** The innermost level at which a step is used. */
  readonly #reach: number[];
  readonly #values: (Variable | undefined)[] = [];
  readonly #splats: (Variable | undefined)[] = [];
  readonly #distances: (Variable | undefined)[] = [];

  constructor(nest: Nest) {
    super({ ...nest, rank: nest.extents.length });
    this.nest = nest;
    const { body, order, roots } = nest;
    this.needed = neededSteps(body, roots);
    const lateVector = nest.lanes > 1 && order.indexOf(nest.vector) <= nest.lateLevel;
    this.varies =
      nest.lanes === 1 ? body.map(() => false) : dependsOn(body, nest.vector, lateVector);
    this.#late = dependsOn(body, -1, true);
    const levels = body.map(() => -1);
    order.forEach((dim, level) => {
      dependsOn(body, dim, level === nest.lateLevel).forEach((own, at) => {
        if (own) levels[at] = level;
      });
    });
    this.levels = levels;
    this.#uses = body.map(() => 0);
    this.#reach = body.map(() => -1);
    const use = (at: number, level: number): void => {
      this.#uses[at]!++;
      this.#reach[at] = Math.max(this.#reach[at]!, level);
    };
    for (const root of roots) use(root, order.length);
    body.forEach((step, at) => {
      if (this.needed[at]) for (const operand of operandsOf(step)) use(operand, levels[at]!);
    });
    const own = body.flatMap((step, at) =>
      this.needed[at] && "access" in step ? [step.access] : [],
    );
    this.open([...nest.accesses, ...own]);
    this.enter(-1);
  }

  /** Makes a variable the value of a step until the scope ends. */
  bind(at: number, variable: Variable): void {
    this.remember(this.#values, at, variable);
    this.remember(this.#splats, at, undefined);
  }

  /** Makes a variable the finished sum, or what a running combination has so far. */
  bindCarry(variable: Variable): void {
    this.nest.body.forEach((step, at) => {
      if (step.op === "carry") this.bind(at, variable);
    });
  }

  /** The value of a step; in lanes if `wide`, also where all lanes are the same. */
  value(at: number, wide: boolean): Expression {
    if (wide && this.lanes > 1 && !this.varies[at]) return this.#splat(at);
    const known = this.#values[at];
    if (known) return known;
    const step = this.nest.body[at]!;
    if (step.op === "const") return constant(step.dtype, step.value);
    const value = this.#evaluate(at, step);
    if (this.#uses[at]! < 2) return value;
    const variable = this.let(value);
    this.bind(at, variable);
    return variable;
  }

  /** Puts the value of a step in a variable, so that it is computed here. */
  settle(at: number): void {
    if (this.#values[at] || this.nest.body[at]!.op === "const") return;
    const value = this.value(at, false);
    if (!this.#values[at]) this.bind(at, this.let(value));
  }

  /**
   * Computes what loops inside `level` use and what does not change in them; late steps if told.
   */
  enter(level: number, late = false, wanted: readonly boolean[] = this.needed): void {
    const { body, order } = this.nest;
    const last = level === order.length - 1;
    body.forEach((step, at) => {
      if (!wanted[at] || this.levels[at] !== level || (this.#late[at] && !late)) return;
      if (step.op !== "const" && !last && this.#reach[at]! > level) this.settle(at);
    });
    body.forEach((step, at) => {
      if (!wanted[at] || this.levels[at]! <= level) return;
      if (this.varies[at]) this.#splatOperands(step, level);
      if (step.op !== "gather" || this.levels[step.index] !== level) return;
      if (!this.#late[step.index] || late) this.#hoist(at, step);
    });
  }

  /** The element that an access points at; or one for each lane. */
  load(access: Access, lanes: number): Expression {
    return this.#loadAt(access, lanes, null);
  }

  /** Stores a value at an access; the active lanes of it, if it has several. */
  store(access: Access, value: Expression): void {
    const { lanes } = value;
    if (lanes === 1) return this.write(this.addressOf(access), value);
    if (access.strides[this.vector] === 1) {
      return this.write(this.addressOf(access), value, Math.min(lanes, this.active));
    }
    const { dtype } = value;
    const arg = this.let(value);
    for (let lane = 0; lane < this.active; lane++) {
      const at = this.addressOf(access, null, lane);
      this.write(at, { op: "lane", dtype, lanes: 1, arg, lane });
    }
  }

  /** Stores several values; all are computed before the first is written. */
  storeAll(stages: readonly { value: number; access: Access }[], wide: boolean): void {
    if (stages.length > 1) for (const stage of stages) this.settle(stage.value);
    for (const { access, value } of stages) this.store(access, this.value(value, wide));
  }

  #splatOperands(step: Instr, level: number): void {
    if (step.op === "gather" || step.op === "shl" || step.op === "shr") return;
    for (const operand of operandsOf(step)) {
      const invariant = this.levels[operand] === level && !this.varies[operand];
      if (!invariant || this.#splats[operand] || !this.#values[operand]) continue;
      this.remember(this.#splats, operand, this.let(this.#splat(operand)));
    }
  }

  #splat(at: number): Expression {
    const step = this.nest.body[at]!;
    const { lanes } = this;
    if (step.op === "const") return constant(step.dtype, step.value, lanes);
    const known = this.#splats[at];
    return known ?? { op: "splat", dtype: step.dtype, lanes, arg: this.value(at, false) };
  }

  #hoist(at: number, step: Gather): void {
    if (this.varies[step.index] || this.#distances[at]) return;
    this.remember(this.#distances, at, this.#distance(step, this.value(step.index, false)));
  }

  /** How far a checked index leads. */
  #distance({ dtype, stride, size }: Gather, value: Expression): Variable {
    const index = value.op === "variable" ? value : this.let(value);
    this.check("index", { op: "within", dtype: "bool", lanes: 1, arg: index, size }, index);
    return this.let({ op: "distance", dtype, lanes: 1, index, stride }, "distance");
  }

  #evaluate(at: number, step: Exclude<Instr, { op: "const" }>): Expression {
    const lanes = this.varies[at] ? this.lanes : 1;
    const { dtype } = step;
    switch (step.op) {
      case "index": {
        const start = this.indexOf(step.strides, step.offset);
        if (lanes === 1) return start;
        return { op: "ramp", dtype: "int32", lanes, start, stride: step.strides[this.vector]! };
      }
      case "load":
        return this.load(step.access, lanes);
      case "gather":
        return this.#gather(at, step, lanes);
      case "reduced":
      case "carry":
        throw new Error(`a kernel uses ${step.op} before it is known`);
      default: {
        const { op } = step;
        const shift = op === "shl" || op === "shr";
        const args = step.args.map((arg, k) => this.value(arg, lanes > 1 && !(shift && k === 1)));
        return { op, dtype, lanes, args };
      }
    }
  }

  /** The element at an access plus a computed index, which is checked. */
  #gather(at: number, step: Gather, lanes: number): Expression {
    const { access, dtype } = step;
    if (lanes > 1 && this.varies[step.index]) {
      const arg = this.let(this.value(step.index, true));
      const places = Array.from({ length: this.active }, (_, lane) => {
        const index = { op: "lane", dtype: "int32", lanes: 1, arg, lane } as const;
        return this.addressOf(access, this.#distance(step, index), lane);
      });
      return { op: "pick", dtype, lanes, at: places };
    }
    const known = this.#distances[at];
    const distance = known ?? this.#distance(step, this.value(step.index, false));
    return this.#loadAt(access, lanes, distance);
  }

  #loadAt(access: Access, lanes: number, distance: Variable | null): Expression {
    const dtype: DType = this.dtypeOf(access.param);
    if (lanes === 1 || access.strides[this.vector] === 1) {
      return { op: "load", dtype, lanes, at: this.addressOf(access, distance) };
    }
    const at = Array.from({ length: this.active }, (_, lane) =>
      this.addressOf(access, distance, lane),
    );
    return { op: "pick", dtype, lanes, at };
  }
}

/** Makes an instruction of two values. */
export function pair(op: Parameters<typeof apply>[0], x: Expression, y: Expression): Expression {
  return apply(op, x.dtype, x, y);
}
