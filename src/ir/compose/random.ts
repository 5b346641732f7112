/**
 * Random numbers as functions of position, offset and seed: element i of draw `offset` under the
 * two words of the seed is the same on every device.
 */
import type { DType } from "../../core/dtype.ts";
import { dtypeError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, fillLike, op, plus, reshape, scaled } from "../words.ts";

/** Where random numbers come from: int32 scalars (or float64 scalars that hold int32 values). */
export interface RandomSource {
  readonly seedLow: Node;
  readonly seedHigh: Node;
  readonly offset: Node;
}

const TWO_TO_MINUS_24 = 1 / 16777216;
const TWO_TO_26 = 67108864;
const TWO_TO_MINUS_53 = 1 / 9007199254740992;

/** 32 random bits for each element; `lane` tells apart several streams of one draw. */
function bits(b: NodeBuilder, source: RandomSource, size: number, word: 0 | 1, lane = 0): Node {
  const line = (node: Node): Node => expandTo(b, castTo(b, node, "int32"), [size]);
  const iota = b.apply("iota", [], { length: size });
  const element = lane === 0 ? iota : plus(b, iota, lane * size);
  const operands = [element, line(source.offset), line(source.seedLow), line(source.seedHigh)];
  return b.apply("threefry", operands, { word });
}

function needFloat(dtype: DType): asserts dtype is "float32" | "float64" {
  if (dtype === "float32" || dtype === "float64") return;
  throw dtypeError(`random: the dtype is ${dtype}; need float32 or float64.`);
}

/** A float of 24 random bits. */
function uniform32(b: NodeBuilder, word: Node): Node {
  return scaled(b, castTo(b, b.apply("shr", [word], { by: 8 }), "float32"), TWO_TO_MINUS_24);
}

/** A double of 53 random bits: 27 of one word, 26 of the other. */
function uniform64(b: NodeBuilder, high: Node, low: Node): Node {
  const top = castTo(b, b.apply("shr", [high], { by: 5 }), "float64");
  const rest = castTo(b, b.apply("shr", [low], { by: 6 }), "float64");
  return scaled(b, op(b, "add", scaled(b, top, TWO_TO_26), rest), TWO_TO_MINUS_53);
}

/** Uniform random numbers in [0, 1). */
export function uniform(b: NodeBuilder, shape: Shape, dtype: DType, source: RandomSource): Node {
  needFloat(dtype);
  const size = sizeOf(shape);
  const high = bits(b, source, size, 0);
  const line =
    dtype === "float32" ? uniform32(b, high) : uniform64(b, high, bits(b, source, size, 1));
  return reshape(b, line, shape);
}

/** Normal random numbers of mean 0 and variance 1, by Box and Muller. */
export function normal(b: NodeBuilder, shape: Shape, dtype: DType, source: RandomSource): Node {
  needFloat(dtype);
  const size = sizeOf(shape);
  const word = (which: 0 | 1, lane: number): Node => bits(b, source, size, which, lane);
  const [first, second] =
    dtype === "float32"
      ? [uniform32(b, word(0, 0)), uniform32(b, word(1, 0))]
      : [uniform64(b, word(0, 0), word(1, 0)), uniform64(b, word(0, 1), word(1, 1))];
  // 1 − u lies in (0, 1], where the logarithm is finite
  const radius = op(b, "sqrt", scaled(b, op(b, "log", plus(b, op(b, "neg", first), 1)), -2));
  const angle = scaled(b, second, 2 * Math.PI);
  return reshape(b, op(b, "mul", radius, op(b, "cos", angle)), shape);
}

/** Whole random numbers in low … high − 1, as int32; both are float64 scalars. */
export function randomIntegers(
  b: NodeBuilder,
  shape: Shape,
  low: Node,
  high: Node,
  source: RandomSource,
): Node {
  const u = uniform(b, shape, "float64", source);
  const span = expandTo(b, op(b, "sub", high, low), shape);
  const whole = op(b, "floor", op(b, "mul", u, span));
  return castTo(b, op(b, "add", whole, expandTo(b, low, shape)), "int32");
}

/** 1 with the probability that each element of p gives, else 0. */
export function bernoulli(b: NodeBuilder, p: Node, source: RandomSource): Node {
  const u = uniform(b, p.type.shape, p.type.dtype, source);
  return castTo(b, op(b, "lt", u, p), p.type.dtype);
}

/** x with each element dropped with probability p (a scalar), the others divided by 1 − p. */
export function dropout(b: NodeBuilder, x: Node, p: Node, source: RandomSource): Node {
  const { shape, dtype } = x.type;
  const chance = expandTo(b, castTo(b, p, dtype), shape);
  const kept = op(b, "le", chance, uniform(b, shape, dtype, source));
  const rest = op(b, "sub", fillLike(b, x, 1), chance);
  return op(b, "where", kept, op(b, "div", x, rest), fillLike(b, x, 0));
}
