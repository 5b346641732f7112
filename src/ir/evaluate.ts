/**
 * Runs scalar trees on JavaScript numbers: the tree is flattened once, each shared subtree to one
 * step, and every step rounds to its dtype. This fixes what each instruction means, to the bit.
 */
import type { DType } from "../core/dtype.ts";
import { roundTo } from "../core/dtype.ts";
import type { Scalar, ScalarOp } from "./scalar.ts";

/** What an instruction does, unrounded, to up to three operands of the dtype `single` tells. */
type Step = (a: number, b: number, c: number, single: boolean) => number;

const doubles = new Float64Array(1);
const doubleWords = new Int32Array(doubles.buffer); // [low, high] on little-endian machines
const singles = new Float32Array(1);
const singleWords = new Int32Array(singles.buffer);

function exp2i(k: number, _b: number, _c: number, single: boolean): number {
  if (single) {
    singleWords[0] = (k + 127) << 23;
    return singles[0]!;
  }
  doubleWords[0] = 0;
  doubleWords[1] = (k + 1023) << 20;
  return doubles[0]!;
}

function exponent(x: number, _b: number, _c: number, single: boolean): number {
  if (single) {
    singles[0] = x;
    return ((singleWords[0]! >>> 23) & 0xff) - 127;
  }
  doubles[0] = x;
  return ((doubleWords[1]! >>> 20) & 0x7ff) - 1023;
}

function mantissa(x: number, _b: number, _c: number, single: boolean): number {
  if (single) {
    singles[0] = x;
    singleWords[0] = (singleWords[0]! & 0x7fffff) | 0x3f800000;
    return singles[0]!;
  }
  doubles[0] = x;
  doubleWords[1] = (doubleWords[1]! & 0xfffff) | 0x3ff00000;
  return doubles[0]!;
}

function nearest(x: number): number {
  const low = Math.floor(x);
  const distance = x - low;
  if (distance < 0.5) return low === 0 && x < 0 ? -0 : low;
  if (distance > 0.5) return low === -1 ? -0 : low + 1;
  if (distance !== 0.5) return x; // infinite or NaN
  return low % 2 === 0 ? low : low === -1 ? -0 : low + 1;
}

const STEPS: Readonly<Record<Exclude<ScalarOp, "mul" | "not" | "cast">, Step>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  sqrt: (a) => Math.sqrt(a),
  floor: (a) => Math.floor(a),
  ceil: (a) => Math.ceil(a),
  trunc: (a) => Math.trunc(a),
  nearest,
  exp2i,
  exponent,
  mantissa,
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a !== b ? 1 : 0),
  lt: (a, b) => (a < b ? 1 : 0),
  le: (a, b) => (a <= b ? 1 : 0),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shr: (a, b) => (a >>> b) | 0,
  select: (condition, a, b) => (condition !== 0 ? a : b),
};

const product: Step = (a, b) => a * b;
const wrappingProduct: Step = (a, b) => Math.imul(a, b);
const notBool: Step = (a) => (a === 0 ? 1 : 0);
const notWord: Step = (a) => ~a;
const CASTS: Readonly<Record<DType, Step>> = {
  float32: (a) => a, // rounded as every float32 step is
  float64: (a) => a,
  int32: (a) => roundTo("int32", a),
  bool: (a) => (a !== 0 ? 1 : 0),
};

function stepOf(node: Scalar): Step {
  switch (node.op) {
    case "mul":
      return node.dtype === "int32" ? wrappingProduct : product;
    case "not":
      return node.dtype === "bool" ? notBool : notWord;
    case "cast":
      return CASTS[node.dtype];
    case "const":
    case "arg":
      throw new TypeError(`${node.op} is no instruction`);
    default:
      return STEPS[node.op];
  }
}

/** How a result is rounded: not at all, to float32, or wrapped to int32. */
const EXACT = 0;
const SINGLE = 1;
const WRAPPED = 2;
const WRAPPING: ReadonlySet<string> = new Set(["add", "sub", "neg", "abs"]);
const ROUNDED: ReadonlySet<string> = new Set(["add", "sub", "mul", "div", "sqrt", "cast"]);

function roundingOf(node: Scalar): number {
  if (node.dtype === "float32") return ROUNDED.has(node.op) ? SINGLE : EXACT;
  return node.dtype === "int32" && WRAPPING.has(node.op) ? WRAPPED : EXACT;
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

/** Compiles a tree to a function of the row's arguments; each is a value of its argument's dtype. */
export function compileScalar(root: Scalar): (args: readonly number[]) => number {
  const nodes = flatten(root);
  const place = new Map(nodes.map((node, i) => [node, i]));
  const values = new Float64Array(nodes.length);
  const inputs: { readonly at: number; readonly from: number }[] = [];
  const work: Scalar[] = [];
  nodes.forEach((node, at) => {
    if (node.op === "const") values[at] = roundTo(node.dtype, node.value);
    else if (node.op === "arg") inputs.push({ at, from: node.value });
    else work.push(node);
  });
  const steps = work.map(stepOf);
  const operand = (k: number): Int32Array =>
    Int32Array.from(work, (node) => place.get(node.args[k] ?? node.args[0]!)!);
  const [first, second, third] = [operand(0), operand(1), operand(2)];
  const target = Int32Array.from(work, (node) => place.get(node)!);
  const rounding = Int32Array.from(work, roundingOf);
  const single = work.map((node) => node.dtype === "float32");
  const result = place.get(root)!;
  return (args) => {
    for (const { at, from } of inputs) values[at] = args[from]!;
    for (let i = 0; i < steps.length; i++) {
      const [a, b, c] = [values[first[i]!]!, values[second[i]!]!, values[third[i]!]!];
      const value = steps[i]!(a, b, c, single[i]!);
      const mode = rounding[i]!;
      const wrapped = mode === WRAPPED ? value | 0 : value;
      values[target[i]!] = mode === SINGLE ? Math.fround(value) : wrapped;
    }
    return values[result]!;
  };
}
