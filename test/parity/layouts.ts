/** How a parity case's operands lie in memory, and the numbers in them. Runs anywhere. */
import type { DType, TypedArray } from "../../src/core/dtype.ts";
import { allocate } from "../../src/core/dtype.ts";
import type { Shape } from "../../src/core/shape.ts";
import { sizeOf } from "../../src/core/shape.ts";
import type { Node, NodeBuilder } from "../../src/ir/node.ts";
import { typeOf } from "../../src/ir/node.ts";

/** Ways for an operand to reach its shape: as it is, or as a view of something else. */
export type Layout = "plain" | "permuted" | "strided" | "reversed" | "offset";

/** A source of 32-bit integers, the same everywhere. */
export type Random = () => number;

/** Makes a generator (mulberry32). */
export function makeRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** What the numbers of an operand are like. */
export type Fill = "special" | "smooth" | "open" | "unit" | Indices;

/** Whole numbers from 0 on: at random, or counting round. */
export interface Indices {
  readonly below: number;
  readonly distinct?: boolean;
}

/** An operand: its logical type, its numbers, how it lies, and the shape it is expanded from. */
export interface Operand {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly fill: Fill;
  readonly layout?: Layout;
  readonly from?: Shape;
}

const SPECIAL: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  2,
  3,
  -3,
  10,
  100,
  -100,
  1e-8,
  -1e-8,
  1e-30,
  1e-40,
  1e30,
  -1e30,
  3e38,
  1e300,
  88.7,
  -88,
  -104,
  710,
  NaN,
  Infinity,
  -Infinity,
  2147483647,
  -2147483648,
  1e9,
];

/** Draws the numbers of an operand. */
export function draw(dtype: DType, size: number, fill: Fill, random: Random): TypedArray {
  const values = allocate(dtype, size);
  for (let i = 0; i < size; i++) values[i] = drawOne(dtype, fill, random, i);
  return values;
}

function drawOne(dtype: DType, fill: Fill, random: Random, i: number): number {
  const word = random();
  if (typeof fill === "object") return (fill.distinct ? i : word) % fill.below;
  if (dtype === "bool") return word & 1;
  const uniform = word / 4294967296;
  if (dtype === "int32") {
    if (fill === "special" && i % 3 === 0) return [0, 1, -1, 2147483647, -2147483648][word % 5]!;
    return fill === "unit" ? (word & 1) * 2 - 1 : (word % 19) - 9;
  }
  if (fill === "special" && word % 2 === 0) return SPECIAL[(word >>> 1) % SPECIAL.length]!;
  if (fill === "unit") return 0.75 + uniform / 2;
  return fill === "open" ? 0.15 + 0.7 * uniform : uniform * 8 - 4;
}

/** Makes the graph input that holds the operand and the views that give it its shape. */
export function place(b: NodeBuilder, operand: Operand): { input: Node; node: Node } {
  const { dtype, shape } = operand;
  const core = operand.from ?? shape;
  const { input, node } = lay(b, dtype, core, operand.layout ?? "plain");
  if (operand.from === undefined) return { input, node };
  const rank = shape.length;
  const padded = [...Array<number>(rank - core.length).fill(1), ...core];
  const aligned =
    padded.length === core.length ? node : b.apply("reshape", [node], { shape: padded });
  return { input, node: b.apply("expand", [aligned], { shape }) };
}

function lay(
  b: NodeBuilder,
  dtype: DType,
  shape: Shape,
  layout: Layout,
): { input: Node; node: Node } {
  const rank = shape.length;
  if (rank === 0 || layout === "plain") {
    const input = b.input(typeOf(dtype, shape));
    return { input, node: input };
  }
  if (layout === "permuted") {
    const axes = shape.map((_, axis) => rank - 1 - axis);
    const input = b.input(typeOf(dtype, [...shape].reverse()));
    return { input, node: b.apply("permute", [input], { axes }) };
  }
  const zeros = shape.map(() => 0);
  const ones = shape.map(() => 1);
  const last = shape[rank - 1]!;
  if (layout === "reversed") {
    const input = b.input(typeOf(dtype, shape));
    const start = [...zeros.slice(1), Math.max(last - 1, 0)];
    const step = [...ones.slice(1), -1];
    return { input, node: b.apply("slice", [input], { start, size: shape, step, dynamic: [] }) };
  }
  const factor = layout === "strided" ? 2 : 1;
  const input = b.input(typeOf(dtype, [...shape.slice(0, -1), last * factor + 3]));
  const start = [...zeros.slice(1), 1];
  const step = [...ones.slice(1), factor];
  return { input, node: b.apply("slice", [input], { start, size: shape, step, dynamic: [] }) };
}

/** The host array for a graph input that `place` made. */
export function fillFor(input: Node, fill: Fill, random: Random): TypedArray {
  return draw(input.type.dtype, sizeOf(input.type.shape), fill, random);
}
