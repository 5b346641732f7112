/**
 * The body of a kernel while it is being written: parameters and steps, each once. Loads of inline
 * items are replaced by what the items compute.
 */
import type { DType } from "../core/dtype.ts";
import type { Scalar, ScalarOp } from "../ir/scalar.ts";
import type { Item, Moving, Operand } from "./items.ts";
import type { Access, DynamicOffset, Instr, Param } from "./kernel.ts";

/** Where an operand lies, over the dims of the kernel. */
export interface Reach {
  readonly base: Item;
  readonly offset: number;
  readonly strides: readonly number[];
  readonly dynamic: readonly Moving[];
}

/** How the item that is being written finds its operands. */
export interface Reader {
  readonly load: (operand: Operand) => number;
  readonly reach: (operand: Operand) => Reach;
}

/** Collects the parameters and steps of one kernel. */
export class BodyBuilder {
  readonly steps: Instr[] = [];
  /** The items behind the parameters, in order. */
  readonly args: Item[] = [];
  readonly #written = new Set<Item>();
  readonly #numbers = new Map<Item, number>();
  readonly #known = new Map<string, number>();

  /** The parameter that stands for an item's buffer. */
  param(item: Item): number {
    let number = this.#numbers.get(item);
    if (number === undefined) {
      number = this.args.length;
      this.args.push(item);
      this.#numbers.set(item, number);
    }
    return number;
  }

  /** The list of parameters. */
  params(): Param[] {
    return this.args.map((item) => ({ dtype: item.type.dtype, written: this.#written.has(item) }));
  }

  /** The place in an item's buffer that strides over the kernel's dims lead to. */
  access(reach: Reach): Access {
    const param = this.param(reach.base);
    const dynamic: DynamicOffset[] = reach.dynamic.map(({ source, stride, limit }) => ({
      param: this.param(source),
      stride,
      limit,
    }));
    return { param, offset: reach.offset, strides: reach.strides, dynamic };
  }

  /** The same, of a buffer that is written. */
  target(reach: Reach): Access {
    this.#written.add(reach.base);
    return this.access(reach);
  }

  /** The step that reads an operand. */
  load(reach: Reach): number {
    if (reach.base.inline) return this.#inline(reach);
    const access = this.access(reach);
    const key = `load ${accessKey(access)}`;
    return this.#step(key, () => ({ op: "load", dtype: reach.base.type.dtype, access }));
  }

  /** The step that reads an operand moved by an index along one axis. */
  gather(reach: Reach, index: number, stride: number, size: number): number {
    const access = this.access(reach);
    const { dtype } = reach.base.type;
    const key = `gather ${index} ${stride} ${size} ${accessKey(access)}`;
    return this.#step(key, () => ({ op: "gather", dtype, access, index, stride, size }));
  }

  /** The step that computes an item which works element by element. */
  item(item: Item, reader: Reader): number {
    const { work, operands } = item;
    switch (work.kind) {
      case "copy":
        return reader.load(operands[0]!);
      case "map":
        return this.tree(work.scalar, operands.map(reader.load));
      case "gather": {
        const index = reader.load(operands[1]!);
        return this.gather(reader.reach(operands[0]!), index, work.stride, work.size);
      }
      default:
        throw new Error(`${work.kind} items do not work element by element`);
    }
  }

  /** The steps of a scalar tree whose arguments are steps already. */
  tree(root: Scalar, args: readonly number[]): number {
    const done = new Map<Scalar, number>();
    const stack: Scalar[] = [root];
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!;
      if (!done.has(node)) {
        const missing = node.args.filter((arg) => !done.has(arg));
        if (missing.length > 0) {
          stack.push(...missing);
          continue;
        }
        done.set(node, this.#scalar(node, done, args));
      }
      stack.pop();
    }
    return done.get(root)!;
  }

  /** The step of one instruction on earlier steps. */
  instruction(op: ScalarOp, dtype: DType, args: readonly number[]): number {
    return this.#step(`${op} ${dtype} ${args.join()}`, () => ({ op, dtype, args }));
  }

  /** The step that stands for a stage's result. */
  reduced(stage: number, dtype: DType): number {
    return this.#step(`reduced ${stage}`, () => ({ op: "reduced", dtype, stage }));
  }

  /** The step that stands for a contraction's result, or for what was combined so far. */
  carry(dtype: DType): number {
    return this.#step("carry", () => ({ op: "carry", dtype }));
  }

  #scalar(node: Scalar, done: ReadonlyMap<Scalar, number>, args: readonly number[]): number {
    const { op, dtype, value } = node;
    if (op === "arg") return args[value]!;
    if (op === "const") {
      const sign = Object.is(value, -0) ? "-" : "";
      return this.#step(`const ${dtype} ${sign}${value}`, () => ({ op, dtype, value }));
    }
    return this.instruction(
      op,
      dtype,
      node.args.map((arg) => done.get(arg)!),
    );
  }

  #inline(reach: Reach): number {
    const { base, offset, strides } = reach;
    const { work } = base;
    if (work.kind === "iota") {
      const key = `index ${offset} ${strides.join()}`;
      return this.#step(key, () => ({ op: "index", dtype: "int32", strides, offset }));
    }
    if (work.kind !== "map") throw new Error(`${work.kind} items have a buffer`);
    const zeros = strides.map(() => 0);
    const args = base.operands.map((operand) => this.load({ ...operand, strides: zeros }));
    return this.tree(work.scalar, args);
  }

  #step(key: string, make: () => Instr): number {
    let at = this.#known.get(key);
    if (at === undefined) {
      at = this.steps.length;
      this.steps.push(make());
      this.#known.set(key, at);
    }
    return at;
  }
}

/** Puts an operand's strides, given over some axes, onto the dims of a kernel. */
export function reach(operand: Operand, strides: readonly number[]): Reach {
  return { base: operand.base, offset: operand.offset, strides, dynamic: operand.dynamic };
}

/** Spells an access; equal ones have equal keys. */
export function accessKey({ param, offset, strides, dynamic }: Access): string {
  const moving = dynamic.map((d) => `${d.param}*${d.stride}<${d.limit}`).join();
  return `${param} ${offset} ${strides.join()} ${moving}`;
}
