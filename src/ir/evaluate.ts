/**
 * Runs scalar trees on JavaScript numbers: the tree is flattened once, each shared subtree to one
 * step, and every step rounds to its dtype. This fixes what each instruction means, to the bit.
 */
import { roundTo } from "../core/dtype.ts";
import type { Scalar } from "./scalar.ts";

const doubles = new Float64Array(1);
const doubleWords = new Int32Array(doubles.buffer); // [low, high] on little-endian machines
const singles = new Float32Array(1);
const singleWords = new Int32Array(singles.buffer);

function exp2iSingle(k: number): number {
  singleWords[0] = (k + 127) << 23;
  return singles[0]!;
}

function exp2iDouble(k: number): number {
  doubleWords[0] = 0;
  doubleWords[1] = (k + 1023) << 20;
  return doubles[0]!;
}

function exponentSingle(x: number): number {
  singles[0] = x;
  return ((singleWords[0]! >>> 23) & 0xff) - 127;
}

function exponentDouble(x: number): number {
  doubles[0] = x;
  return ((doubleWords[1]! >>> 20) & 0x7ff) - 1023;
}

function mantissaSingle(x: number): number {
  singles[0] = x;
  singleWords[0] = (singleWords[0]! & 0x7fffff) | 0x3f800000;
  return singles[0]!;
}

function mantissaDouble(x: number): number {
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

/**
 * Instructions by number, told apart by dtype where that matters. Two dense switches run them:
 * twice as fast as a table of functions, and this runs once for each element and instruction.
 */
const CODES: readonly string[] = [
  "add",
  "sub",
  "mul",
  "div",
  "neg",
  "abs",
  "min",
  "max",
  "sqrt",
  "floor",
  "nearest",
  "eq",
  "ne",
  "lt",
  "le",
  "select",
  "and",
  "or",
  "xor",
  "shl",
  "shr",
  "ceil",
  "trunc",
  "mul of int32",
  "not of bool",
  "not of int32",
  "exp2i of float32",
  "exp2i",
  "exponent of float32",
  "exponent",
  "mantissa of float32",
  "mantissa",
  "cast to int32",
  "cast to bool",
  "cast to float32",
  "cast to float64",
];

/** The commonest instructions, before rounding; operands are places, so that no number is boxed. */
function perform(code: number, v: Float64Array, to: number, a: number, b: number, c: number): void {
  switch (code) {
    case 0: // add
      v[to] = v[a]! + v[b]!;
      return;
    case 1: // sub
      v[to] = v[a]! - v[b]!;
      return;
    case 2: // mul
      v[to] = v[a]! * v[b]!;
      return;
    case 3: // div
      v[to] = v[a]! / v[b]!;
      return;
    case 4: // neg
      v[to] = -v[a]!;
      return;
    case 5: // abs
      v[to] = Math.abs(v[a]!);
      return;
    case 6: // min
      v[to] = Math.min(v[a]!, v[b]!);
      return;
    case 7: // max
      v[to] = Math.max(v[a]!, v[b]!);
      return;
    case 8: // sqrt
      v[to] = Math.sqrt(v[a]!);
      return;
    case 9: // floor
      v[to] = Math.floor(v[a]!);
      return;
    case 10: // nearest
      v[to] = nearest(v[a]!);
      return;
    case 11: // eq
      v[to] = v[a]! === v[b]! ? 1 : 0;
      return;
    case 12: // ne
      v[to] = v[a]! !== v[b]! ? 1 : 0;
      return;
    case 13: // lt
      v[to] = v[a]! < v[b]! ? 1 : 0;
      return;
    case 14: // le
      v[to] = v[a]! <= v[b]! ? 1 : 0;
      return;
    case 15: // select
      v[to] = v[a]! !== 0 ? v[b]! : v[c]!;
      return;
    default:
      performOther(code, v, to, a, b);
  }
}

function performOther(code: number, v: Float64Array, to: number, a: number, b: number): void {
  switch (code) {
    case 16: // and
      v[to] = v[a]! & v[b]!;
      return;
    case 17: // or
      v[to] = v[a]! | v[b]!;
      return;
    case 18: // xor
      v[to] = v[a]! ^ v[b]!;
      return;
    case 19: // shl
      v[to] = v[a]! << v[b]!;
      return;
    case 20: // shr
      v[to] = (v[a]! >>> v[b]!) | 0;
      return;
    case 21: // ceil
      v[to] = Math.ceil(v[a]!);
      return;
    case 22: // trunc
      v[to] = Math.trunc(v[a]!);
      return;
    case 23: // mul of int32
      v[to] = Math.imul(v[a]!, v[b]!);
      return;
    case 24: // not of bool
      v[to] = v[a]! === 0 ? 1 : 0;
      return;
    case 25: // not of int32
      v[to] = ~v[a]!;
      return;
    case 26: // exp2i of float32
      v[to] = exp2iSingle(v[a]!);
      return;
    case 27: // exp2i
      v[to] = exp2iDouble(v[a]!);
      return;
    case 28: // exponent of float32
      v[to] = exponentSingle(v[a]!);
      return;
    case 29: // exponent
      v[to] = exponentDouble(v[a]!);
      return;
    case 30: // mantissa of float32
      v[to] = mantissaSingle(v[a]!);
      return;
    case 31: // mantissa
      v[to] = mantissaDouble(v[a]!);
      return;
    case 32: // cast to int32
      v[to] = roundTo("int32", v[a]!);
      return;
    case 33: // cast to bool
      v[to] = v[a]! !== 0 ? 1 : 0;
      return;
    default: // cast to a float
      v[to] = v[a]!;
  }
}

function codeOf(node: Scalar): number {
  const { op, dtype } = node;
  const exact = op === "cast" ? `cast to ${dtype}` : `${op} of ${dtype}`;
  const special = CODES.indexOf(exact);
  const code = special >= 0 ? special : CODES.indexOf(op);
  if (code < 0) throw new TypeError(`${exact} is no instruction`);
  return code;
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

/**
 * Compiles a tree to a function of the row's arguments; each is a value of its argument's dtype.
 */
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
  const codes = Int32Array.from(work, codeOf);
  const operand = (k: number): Int32Array =>
    Int32Array.from(work, (node) => place.get(node.args[k] ?? node.args[0]!)!);
  const [first, second, third] = [operand(0), operand(1), operand(2)];
  const target = Int32Array.from(work, (node) => place.get(node)!);
  const rounding = Int32Array.from(work, roundingOf);
  const result = place.get(root)!;
  const count = codes.length;
  return (args) => {
    for (const { at, from } of inputs) values[at] = args[from]!;
    for (let i = 0; i < count; i++) {
      const to = target[i]!;
      perform(codes[i]!, values, to, first[i]!, second[i]!, third[i]!);
      const mode = rounding[i]!;
      if (mode === EXACT) continue;
      values[to] = mode === SINGLE ? Math.fround(values[to]!) : values[to]! | 0;
    }
    return values[result]!;
  };
}
