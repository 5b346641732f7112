/**
 * Runs scalar trees on JavaScript numbers: the tree is flattened once, each shared subtree to one
 * step, and every step rounds to its dtype. This fixes what each instruction means, to the bit.
 * Steps run on blocks of elements, so that choosing an instruction costs a block, not an element.
 */
import type { TypedArray } from "../core/dtype.ts";
import { roundTo } from "../core/dtype.ts";
import type { Scalar } from "./scalar.ts";

/** How many elements go through a tree at once: what a tree keeps for them stays in the cache. */
const BLOCK = 64;

type Values = Float64Array;

/** What one instruction does to `n` elements, before rounding. */
type Instruction = (n: number, out: Values, a: Values, b: Values, c: Values) => void;

const doubles = new Float64Array(1);
const doubleWords = new Int32Array(doubles.buffer); // [low, high] on little-endian machines
const singles = new Float32Array(1);
const singleWords = new Int32Array(singles.buffer);

function nearest(x: number): number {
  const low = Math.floor(x);
  const distance = x - low;
  if (distance < 0.5) return low === 0 && x < 0 ? -0 : low;
  if (distance > 0.5) return low === -1 ? -0 : low + 1;
  if (distance !== 0.5) return x; // infinite or NaN
  return low % 2 === 0 ? low : low === -1 ? -0 : low + 1;
}

/** An instruction of one operand; the commonest ones are written out below, for their speed. */
function each(compute: (x: number) => number): Instruction {
  return (n, out, a) => {
    for (let i = 0; i < n; i++) out[i] = compute(a[i]!);
  };
}

/** An instruction of two operands. */
function pairs(compute: (x: number, y: number) => number): Instruction {
  return (n, out, a, b) => {
    for (let i = 0; i < n; i++) out[i] = compute(a[i]!, b[i]!);
  };
}

/** The instructions; `op of dtype` goes before `op`. */
const INSTRUCTIONS: Readonly<Record<string, Instruction>> = {
  add: (n, out, a, b) => {
    for (let i = 0; i < n; i++) out[i] = a[i]! + b[i]!;
  },
  sub: (n, out, a, b) => {
    for (let i = 0; i < n; i++) out[i] = a[i]! - b[i]!;
  },
  mul: (n, out, a, b) => {
    for (let i = 0; i < n; i++) out[i] = a[i]! * b[i]!;
  },
  div: (n, out, a, b) => {
    for (let i = 0; i < n; i++) out[i] = a[i]! / b[i]!;
  },
  neg: (n, out, a) => {
    for (let i = 0; i < n; i++) out[i] = -a[i]!;
  },
  select: (n, out, a, b, c) => {
    for (let i = 0; i < n; i++) out[i] = a[i] !== 0 ? b[i]! : c[i]!;
  },
  lt: (n, out, a, b) => {
    for (let i = 0; i < n; i++) out[i] = a[i]! < b[i]! ? 1 : 0;
  },
  "mul of int32": pairs(Math.imul),
  min: pairs(Math.min),
  max: pairs(Math.max),
  eq: pairs((x, y) => (x === y ? 1 : 0)),
  ne: pairs((x, y) => (x !== y ? 1 : 0)),
  le: pairs((x, y) => (x <= y ? 1 : 0)),
  and: pairs((x, y) => x & y),
  or: pairs((x, y) => x | y),
  xor: pairs((x, y) => x ^ y),
  shl: pairs((x, y) => x << y),
  shr: pairs((x, y) => (x >>> y) | 0),
  abs: each(Math.abs),
  sqrt: each(Math.sqrt),
  floor: each(Math.floor),
  ceil: each(Math.ceil),
  trunc: each(Math.trunc),
  nearest: each(nearest),
  "not of bool": each((x) => (x === 0 ? 1 : 0)),
  "not of int32": each((x) => ~x),
  "exp2i of float32": each((k) => {
    singleWords[0] = (k + 127) << 23;
    return singles[0]!;
  }),
  exp2i: each((k) => {
    doubleWords[0] = 0;
    doubleWords[1] = (k + 1023) << 20;
    return doubles[0]!;
  }),
  "exponent of float32": each((x) => {
    singles[0] = x;
    return ((singleWords[0]! >>> 23) & 0xff) - 127;
  }),
  exponent: each((x) => {
    doubles[0] = x;
    return ((doubleWords[1]! >>> 20) & 0x7ff) - 1023;
  }),
  "mantissa of float32": each((x) => {
    singles[0] = x;
    singleWords[0] = (singleWords[0]! & 0x7fffff) | 0x3f800000;
    return singles[0]!;
  }),
  mantissa: each((x) => {
    doubles[0] = x;
    doubleWords[1] = (doubleWords[1]! & 0xfffff) | 0x3ff00000;
    return doubles[0]!;
  }),
  "cast to int32": each((x) => roundTo("int32", x)),
  "cast to bool": each((x) => (x !== 0 ? 1 : 0)),
  cast: each((x) => x),
};

function instructionFor({ op, dtype }: Scalar): Instruction {
  const exact = op === "cast" ? `cast to ${dtype}` : `${op} of ${dtype}`;
  const found = INSTRUCTIONS[exact] ?? INSTRUCTIONS[op];
  if (found === undefined) throw new TypeError(`${exact} is no instruction`);
  return found;
}

const toSingle: Instruction = each(Math.fround);
const toInt32: Instruction = each((x) => x | 0);
const WRAPPING: ReadonlySet<string> = new Set(["add", "sub", "neg", "abs"]);
const ROUNDED: ReadonlySet<string> = new Set(["add", "sub", "mul", "div", "sqrt", "cast"]);

/** How a result is rounded: not at all, to float32, or wrapped to int32. */
function roundingOf({ op, dtype }: Scalar): Instruction | null {
  if (dtype === "float32") return ROUNDED.has(op) ? toSingle : null;
  return dtype === "int32" && WRAPPING.has(op) ? toInt32 : null;
}

/** Lists the nodes below `root`, operands first, each once. */
function flatten(root: Scalar): Scalar[] {
  const order: Scalar[] = [];
  const seen = new Set<Scalar>();
  const stack: Scalar[] = [root];
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    const waiting = seen.has(node) ? [] : node.args.filter((arg) => !seen.has(arg));
    stack.push(...waiting);
    if (waiting.length > 0) continue;
    stack.pop();
    if (seen.has(node)) continue;
    seen.add(node);
    order.push(node);
  }
  return order;
}

/** A tree made ready: it computes the first elements of `result` from those of the arguments. */
interface Flat {
  readonly args: readonly { readonly values: Values; readonly from: number }[];
  readonly result: Values;
  readonly run: (n: number) => void;
}

function prepare(root: Scalar, block: number): Flat {
  const nodes = flatten(root);
  const values = new Map(nodes.map((node) => [node, new Float64Array(block)]));
  const args: { values: Values; from: number }[] = [];
  const steps: (readonly [Instruction, Instruction | null, Values, Values, Values, Values])[] = [];
  for (const node of nodes) {
    const out = values.get(node)!;
    if (node.op === "const") out.fill(roundTo(node.dtype, node.value));
    else if (node.op === "arg") args.push({ values: out, from: node.value });
    else {
      const at = (k: number): Values => values.get(node.args[k] ?? node.args[0]!)!;
      steps.push([instructionFor(node), roundingOf(node), out, at(0), at(1), at(2)]);
    }
  }
  const run = (n: number): void => {
    for (const [compute, round, out, a, b, c] of steps) {
      compute(n, out, a, b, c);
      round?.(n, out, out, out, out);
    }
  };
  return { args, result: values.get(root)!, run };
}

/**
 * Compiles a tree to a function of the row's arguments; each is a value of its argument's dtype.
 */
export function compileScalar(root: Scalar): (args: readonly number[]) => number {
  const { args, result, run } = prepare(root, 1);
  return (given) => {
    for (const { values, from } of args) values[0] = given[from]!;
    run(1);
    return result[0]!;
  };
}

/** Computes a tree for all elements of `out` from those of the row's arguments. */
export function evaluateMap(root: Scalar, given: readonly TypedArray[], out: TypedArray): void {
  const { args, result, run } = prepare(root, Math.min(BLOCK, out.length));
  for (let start = 0; start < out.length; start += BLOCK) {
    const n = Math.min(BLOCK, out.length - start);
    for (const { values, from } of args) {
      const array = given[from]!;
      for (let i = 0; i < n; i++) values[i] = array[start + i]!;
    }
    run(n);
    for (let i = 0; i < n; i++) out[start + i] = result[i]!;
  }
}
