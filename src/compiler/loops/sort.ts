/**
 * Stable sorts as loops: merges of ever longer runs of positions, from one buffer to the other and
 * back. The first buffer is chosen so that the last merge ends in the output.
 */
import type { DType } from "../../core/dtype.ts";
import type { SortKernel } from "../kernel.ts";
import type { Address, Expression, LoopForm, Variable } from "../loop.ts";
import { Frame, apply, constant } from "./frame.ts";

/** Writes a sort; its scratch is a param. */
export function loopsOfSort(kernel: SortKernel): LoopForm {
  const { params, lines, length } = kernel;
  const frame = new Frame({ params, rank: 1, vector: -1, lanes: 1, vectorBytes: 4 });
  const [keys, output, scratch] = [
    { param: 0, offset: 0, strides: [length], dynamic: [] },
    { param: 1, offset: 0, strides: [length], dynamic: [] },
    { param: 2, offset: 0, strides: [0], dynamic: [] },
  ] as const;
  frame.open([keys, output, scratch]);
  frame.loop(0, 1, lines, () => {
    const [key, out, other] = [keys, output, scratch].map((access) => frame.addressOf(access));
    new Sorter(frame, kernel, key!).line(out!, other!);
  });
  return frame.form();
}

const one = constant("int32", 1);

function less(x: Expression, y: Expression): Expression {
  return apply("lt", "bool", x, y);
}

class Sorter {
  readonly #frame: Frame;
  readonly #kernel: SortKernel;
  readonly #keys: Address;
  readonly #length: Expression;
  /** A run is `width` positions; those of a pair are left … middle … end, written to place. */
  readonly #width: Variable;
  readonly #left: Variable;
  readonly #right: Variable;
  readonly #middle: Variable;
  readonly #end: Variable;
  readonly #place: Variable;

  constructor(frame: Frame, kernel: SortKernel, keys: Address) {
    this.#frame = frame;
    this.#kernel = kernel;
    this.#keys = keys;
    this.#length = constant("int32", kernel.length);
    const variable = (): Variable => frame.variable("value", "int32");
    [this.#width, this.#left, this.#right] = [variable(), variable(), variable()];
    [this.#middle, this.#end, this.#place] = [variable(), variable(), variable()];
  }

  line(output: Address, scratch: Address): void {
    const frame = this.#frame;
    const { length } = this.#kernel;
    const merges = length > 1 ? 32 - Math.clz32(length - 1) : 0;
    const [first, second] = merges % 2 === 0 ? [output, scratch] : [scratch, output];
    this.#positions(first);
    frame.set(this.#width, one);
    // two merges a turn, there and back; an odd one before
    const [there, back] = merges % 2 === 0 ? [first, second] : [second, first];
    if (merges % 2 === 1) this.#mergeAll(first, second);
    if (merges < 2) return;
    frame.while(less(this.#width, this.#length), () => {
      this.#mergeAll(there, back);
      this.#mergeAll(back, there);
    });
  }

  /** Writes 0, 1, 2, … */
  #positions(to: Address): void {
    const frame = this.#frame;
    frame.set(this.#place, constant("int32", 0));
    frame.while(less(this.#place, this.#length), () => {
      frame.write(this.#slot(to, this.#place), this.#place);
      this.#step(this.#place);
    });
  }

  #slot(run: Address, place: Variable): Address {
    return this.#far(run, place, "int32");
  }

  #far(run: Address, index: Expression, dtype: DType): Address {
    const by = { op: "distance", dtype, lanes: 1, index, stride: 1 } as const;
    return { ...run, distance: this.#frame.let(by, "distance") };
  }

  #step(variable: Variable): void {
    this.#frame.set(variable, apply("add", "int32", variable, one));
  }

  /** Merges each pair of neighbouring runs, which are twice as long afterwards. */
  #mergeAll(from: Address, to: Address): void {
    const frame = this.#frame;
    const after = (start: Variable): Expression =>
      apply("min", "int32", apply("add", "int32", start, this.#width), this.#length);
    frame.set(this.#place, constant("int32", 0));
    frame.while(less(this.#place, this.#length), () => {
      frame.set(this.#left, this.#place);
      frame.set(this.#middle, after(this.#left));
      frame.set(this.#right, this.#middle);
      frame.set(this.#end, after(this.#right));
      this.#mergePair(from, to);
    });
    frame.set(this.#width, apply("shl", "int32", this.#width, one));
  }

  #mergePair(from: Address, to: Address): void {
    const frame = this.#frame;
    const [left, right] = [this.#left, this.#right];
    const some = less(left, this.#middle);
    const others = less(right, this.#end);
    const position = (side: Variable): Variable =>
      frame.let({ op: "load", dtype: "int32", lanes: 1, at: this.#slot(from, side) });
    const take = (side: Variable, value: Expression): void => {
      frame.write(this.#slot(to, this.#place), value);
      this.#step(side);
      this.#step(this.#place);
    };
    frame.while(apply("and", "bool", some, others), () => {
      const [x, y] = [position(left), position(right)];
      frame.if(
        this.#before(this.#key(y), this.#key(x)),
        () => take(right, y),
        () => take(left, x),
      );
    });
    frame.while(some, () => take(left, position(left)));
    frame.while(others, () => take(right, position(right)));
  }

  #key(position: Variable): Variable {
    const { dtype } = this.#kernel;
    const at = this.#far(this.#keys, position, dtype);
    return this.#frame.let({ op: "load", dtype, lanes: 1, at });
  }

  /** Whether the right key comes strictly first, NaN being the largest. */
  #before(right: Variable, left: Variable): Expression {
    const { dtype, descending } = this.#kernel;
    const [smaller, larger] = descending ? [left, right] : [right, left];
    if (dtype === "int32" || dtype === "bool") return less(smaller, larger);
    // a number is less than NaN, and NaN less than nothing
    const nan = apply("ne", "bool", larger, larger);
    const number = apply("eq", "bool", smaller, smaller);
    return apply("or", "bool", less(smaller, larger), apply("and", "bool", nan, number));
  }
}
