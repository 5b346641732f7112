/** Random graphs with random inputs, the same for the same seed: material for property tests. */
import type { DType, TypedArray } from "../../src/core/dtype.ts";
import { allocate } from "../../src/core/dtype.ts";
import { Builder } from "../../src/ir/builder.ts";
import type { Graph, Node } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";
import { expandTo, fill, keepAxes } from "../../src/ir/words.ts";

/** A generator of numbers in [0, 1) that a seed determines. */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A graph and the arrays for its inputs. */
export interface Sample {
  readonly graph: Graph;
  readonly inputs: readonly TypedArray[];
}

const MAX_SIZE = 700;

/** Makes a random graph of about `length` operations. */
export function randomGraph(seed: number, length: number): Sample {
  const maker = new Maker(randomNumbers(seed));
  return maker.run(length);
}

type Rule = (maker: Maker, x: Node) => Node | null;

/** Grows a pool of nodes. */
class Maker {
  readonly b = new Builder();
  readonly random: () => number;
  private readonly pool: Node[] = [];
  private readonly inputs: Node[] = [];
  private readonly data: TypedArray[] = [];

  constructor(random: () => number) {
    this.random = random;
  }

  run(length: number): Sample {
    const shape = this.shape();
    this.pool.push(this.input("float32", shape));
    this.pool.push(this.input(this.pick(DTYPES), this.shape()));
    this.pool.push(this.input("float32", shape));
    while (this.pool.length < length) {
      // the last ones are taken more often, so that chains grow
      const from = this.random() < 0.6 ? Math.max(0, this.pool.length - 4) : 0;
      const x = this.pool[from + this.below(this.pool.length - from)]!;
      const node = this.pick(RULES)(this, x);
      if (node !== null && node.type.size <= MAX_SIZE) this.pool.push(node);
    }
    const outputs = Array.from({ length: 1 + this.below(4) }, (_, i) =>
      i === 0 ? this.pool[this.pool.length - 1]! : this.pick(this.pool),
    );
    return { graph: { inputs: this.inputs, outputs }, inputs: this.data };
  }

  below(n: number): number {
    return Math.floor(this.random() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  shape(): number[] {
    const rank = this.below(4);
    return Array.from({ length: rank }, () => this.pick([1, 2, 3, 4, 5, 7]));
  }

  axes(rank: number): number[] {
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    return axes.filter(() => this.random() < 0.5);
  }

  input(dtype: DType, shape: readonly number[], value?: () => number): Node {
    const node = this.b.input(typeOf(dtype, shape));
    const array = allocate(dtype, node.type.size);
    for (let i = 0; i < array.length; i++) array[i] = value ? value() : this.number(dtype);
    this.inputs.push(node);
    this.data.push(array);
    return node;
  }

  private number(dtype: DType): number {
    if (dtype === "bool") return this.below(2);
    if (dtype === "int32") return this.below(5) - 2;
    if (this.random() < 0.05) return this.pick([0, -0, NaN, Infinity, -Infinity, 1]);
    return (this.random() - 0.5) * 4;
  }

  /** Another node of the same type, old or made for the purpose. */
  like(x: Node): Node {
    const same = this.pool.filter((node) => node.type === x.type);
    const roll = this.random();
    if (roll < 0.6) return this.pick(same);
    if (roll < 0.75) return fill(this.b, x.type.dtype, x.type.shape, this.below(3) - 1);
    if (roll < 0.9) {
      const thin = x.type.shape.map((n) => (this.random() < 0.5 ? 1 : n));
      return expandTo(this.b, this.input(x.type.dtype, thin), x.type.shape);
    }
    return this.input(x.type.dtype, x.type.shape);
  }

  /** An index of the given shape with values in 0 … size − 1. */
  index(shape: readonly number[], size: number): Node {
    return this.input("int32", shape, () => this.below(size));
  }

  /** A shape of `size` elements. */
  factors(size: number): number[] {
    const shape: number[] = [];
    let rest = size;
    for (const prime of [2, 2, 2, 3, 3, 5, 5, 7, 7]) {
      if (rest % prime !== 0) continue;
      rest /= prime;
      const at = this.below(shape.length + 1);
      if (at < shape.length && this.random() < 0.5) shape[at]! *= prime;
      else shape.splice(at, 0, prime);
    }
    shape.push(rest);
    if (this.random() < 0.5) shape.splice(this.below(shape.length + 1), 0, 1);
    return shape.filter((n, i) => n !== 1 || i === 0 || this.random() < 0.5);
  }

  /** A strided block inside a shape, some axes with run-time starts. */
  block(shape: readonly number[]): {
    attrs: { start: number[]; size: number[]; step: number[]; dynamic: number[] };
    starts: Node[];
  } {
    const attrs = {
      start: [] as number[],
      size: [] as number[],
      step: [] as number[],
      dynamic: [] as number[],
    };
    const starts: Node[] = [];
    shape.forEach((n, axis) => {
      const step = this.pick([1, 1, 1, 2, -1, -2]);
      const size = 1 + this.below(Math.ceil(n / Math.abs(step)));
      const span = (size - 1) * Math.abs(step);
      const low = this.below(n - span);
      const start = step > 0 ? low : low + span;
      const dynamic = this.random() < 0.2;
      attrs.start.push(dynamic ? 0 : start);
      attrs.size.push(size);
      attrs.step.push(step);
      if (!dynamic) return;
      attrs.dynamic.push(axis);
      starts.push(this.input("float64", [], () => start));
    });
    return { attrs, starts };
  }
}

const DTYPES: readonly DType[] = ["float32", "float64", "int32", "bool"];
const FLOATS: readonly DType[] = ["float32", "float64"];

const isFloat = (x: Node): boolean => FLOATS.includes(x.type.dtype);
const isBool = (x: Node): boolean => x.type.dtype === "bool";

const floatUnary: Rule = (maker, x) =>
  isFloat(x)
    ? maker.b.apply(
        maker.pick(["neg", "abs", "sqrt", "tanh", "floor", "exp", "round"] as const),
        [x],
        {},
      )
    : null;

const binary: Rule = (maker, x) => {
  const y = maker.like(x);
  const pair = maker.random() < 0.5 ? [x, y] : [y, x];
  if (isBool(x)) return maker.b.apply(maker.pick(["and", "or", "xor"] as const), pair, {});
  const names = ["add", "sub", "mul", "maximum", "minimum"] as const;
  const floats = [...names, "div", "sub", "mul"] as const;
  return maker.b.apply(isFloat(x) ? maker.pick(floats) : maker.pick(names), pair, {});
};

const compare: Rule = (maker, x) =>
  isBool(x)
    ? null
    : maker.b.apply(maker.pick(["lt", "le", "eq", "ne"] as const), [x, maker.like(x)], {});

const where: Rule = (maker, x) => {
  const test = maker.b.apply("ne", [x, maker.like(x)], {});
  return maker.b.apply("where", [test, x, maker.like(x)], {});
};

const cast: Rule = (maker, x) => maker.b.apply("cast", [x], { dtype: maker.pick(DTYPES) });

const reduce: Rule = (maker, x) => {
  if (x.type.size === 0) return null;
  const names = isBool(x)
    ? (["max", "min"] as const)
    : (["sum", "prod", "max", "min", "sum"] as const);
  return maker.b.apply("reduce", [x], {
    combine: maker.pick(names),
    axes: maker.axes(x.type.shape.length),
  });
};

/** x combined with a reduction of itself: the pattern of softmax and layer norm. */
const center: Rule = (maker, x) => {
  if (!isFloat(x) || x.type.size === 0) return null;
  const { b } = maker;
  const axes = maker.axes(x.type.shape.length);
  const row = b.apply("reduce", [x], { combine: maker.pick(["sum", "max"] as const), axes });
  const back = expandTo(b, keepAxes(b, x, row, axes), x.type.shape);
  return b.apply(maker.pick(["sub", "mul", "div"] as const), [x, back], {});
};

const reshape: Rule = (maker, x) =>
  x.type.size === 0 ? null : maker.b.apply("reshape", [x], { shape: maker.factors(x.type.size) });

const permute: Rule = (maker, x) => {
  const axes = x.type.shape.map((_, axis) => axis);
  for (let i = axes.length - 1; i > 0; i--) {
    const j = maker.below(i + 1);
    [axes[i], axes[j]] = [axes[j]!, axes[i]!];
  }
  return maker.b.apply("permute", [x], { axes });
};

const expand: Rule = (maker, x) => {
  const shape = x.type.shape.map((n) => (n === 1 ? maker.pick([1, 2, 3]) : n));
  return maker.b.apply("expand", [x], { shape });
};

const slice: Rule = (maker, x) => {
  if (x.type.size === 0) return null;
  const { attrs, starts } = maker.block(x.type.shape);
  return maker.b.apply("slice", [x, ...starts], attrs);
};

const update: Rule = (maker, x) => {
  if (x.type.size === 0) return null;
  const { attrs, starts } = maker.block(x.type.shape);
  const { start, step, dynamic } = attrs;
  const whole = maker.like(x);
  const same = {
    start: start.map(() => 0),
    size: attrs.size,
    step: start.map(() => 1),
    dynamic: [],
  };
  const block = maker.b.apply("slice", [whole], same);
  return maker.b.apply("update", [x, block, ...starts], { start, step, dynamic });
};

const concat: Rule = (maker, x) => {
  if (x.type.shape.length === 0) return null;
  const axis = maker.below(x.type.shape.length);
  return maker.b.apply("concat", [x, maker.like(x), x].slice(0, 2 + maker.below(2)), { axis });
};

const gather: Rule = (maker, x) => {
  if (x.type.shape.length === 0 || x.type.size === 0) return null;
  const axis = maker.below(x.type.shape.length);
  const shape = x.type.shape.map((n, a) => (a === axis ? 1 + maker.below(5) : 1 + maker.below(n)));
  return maker.b.apply("gather", [x, maker.index(shape, x.type.shape[axis]!)], { axis });
};

const scatter: Rule = (maker, x) => {
  if (x.type.shape.length === 0 || x.type.size === 0 || isBool(x)) return null;
  const axis = maker.below(x.type.shape.length);
  const shape = x.type.shape.map((n, a) => (a === axis ? 1 + maker.below(5) : 1 + maker.below(n)));
  const names = ["sum", "set", "max", "min", "prod"] as const;
  const index = maker.index(shape, x.type.shape[axis]!);
  const combine = maker.pick(names);
  const source = maker.input(x.type.dtype, shape);
  return maker.b.apply("scatter", [x, index, source], { combine, axis });
};

const cumulate: Rule = (maker, x) => {
  if (x.type.shape.length === 0 || isBool(x)) return null;
  const names = ["sum", "max", "min", "prod"] as const;
  return maker.b.apply("cumulate", [x], {
    combine: maker.pick(names),
    axis: maker.below(x.type.shape.length),
  });
};

const argsort: Rule = (maker, x) =>
  isBool(x) || x.type.shape.length === 0
    ? null
    : maker.b.apply("argsort", [x], { descending: maker.random() < 0.5 });

const iota: Rule = (maker) => {
  const length = maker.pick([1, 2, 3, 4, 5, 7, 12]);
  return maker.b.apply("iota", [], { length });
};

const contract: Rule = (maker, x) => {
  if (!isFloat(x) || x.type.shape.length < 2) return null;
  const { shape, dtype } = x.type;
  const rank = shape.length;
  const n = maker.pick([1, 2, 3, 5]);
  const batch = maker.random() < 0.5 ? shape.slice(0, -2) : shape.slice(0, -2).map(() => 1);
  const w = maker.input(dtype, [...batch, shape[rank - 1]!, n]);
  const wide = expandTo(maker.b, w, [...shape.slice(0, -2), shape[rank - 1]!, n]);
  return maker.b.apply("contract", [x, wide], {});
};

const RULES: readonly Rule[] = [
  floatUnary,
  floatUnary,
  binary,
  binary,
  binary,
  binary,
  compare,
  where,
  cast,
  reduce,
  reduce,
  center,
  center,
  reshape,
  reshape,
  permute,
  expand,
  slice,
  update,
  concat,
  gather,
  scatter,
  cumulate,
  argsort,
  iota,
  contract,
  contract,
];
