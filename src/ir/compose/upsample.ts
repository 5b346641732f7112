/** Enlarging and shrinking the spatial axes: nearest neighbours, lines, cubics and averages. */
import { argumentError, dtypeError } from "../../core/errors.ts";
import { isFloat } from "../../core/dtype.ts";
import { showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { adaptiveAvgPool } from "./pooling.ts";
import { castTo, expandTo, fillLike, op, plus, reshape, scaled } from "../words.ts";

/** How elements between the given ones are found. */
export type UpsampleMode = "nearest" | "linear" | "bilinear" | "trilinear" | "bicubic" | "area";

/** The options of upsampling: a size or a factor, for all spatial axes or each. */
export interface UpsampleOptions {
  readonly size?: number | readonly number[] | null | undefined;
  readonly scaleFactor?: number | readonly number[] | null | undefined;
  readonly mode?: UpsampleMode | undefined;
  readonly alignCorners?: boolean | null | undefined;
}

const AXES: Readonly<Record<UpsampleMode, number>> = {
  nearest: 0,
  linear: 1,
  bilinear: 2,
  trilinear: 3,
  bicubic: 2,
  area: 0,
};

/** Resizes the spatial axes of x [N, C, …]. */
export function upsample(b: NodeBuilder, x: Node, options: UpsampleOptions): Node {
  const { shape } = x.type;
  const mode = options.mode ?? "nearest";
  const axes = shape.length - 2;
  if (axes < 1 || (AXES[mode] !== 0 && AXES[mode] !== axes)) {
    throw argumentError(`upsample: mode "${mode}" does not fit an input of ${showShape(shape)}.`);
  }
  const size = options.size ?? null;
  const scaleFactor = options.scaleFactor ?? null;
  const given = size ?? scaleFactor;
  if (given === null || (size !== null && scaleFactor !== null)) {
    throw argumentError("upsample: need either size or scaleFactor.");
  }
  const list = typeof given === "number" ? new Array<number>(axes).fill(given) : given;
  const sizes = list.map((n, i) => (size === null ? Math.floor(shape[i + 2]! * n) : n));
  const bad = sizes.findIndex((n) => !(n >= 1));
  if (bad >= 0) throw argumentError(`upsample: axis ${bad + 2} would have ${sizes[bad]} elements.`);
  if (mode === "area") return adaptiveAvgPool(b, axes, x, sizes);
  const corners = options.alignCorners ?? false;
  let y = x;
  sizes.forEach((wanted, i) => {
    const step = size === null ? 1 / list[i]! : shape[i + 2]! / wanted;
    if (mode === "nearest") y = nearest(b, y, i + 2, wanted, step);
    else if (mode === "bicubic") y = cubic(b, y, i + 2, wanted, step, corners);
    else y = linear(b, y, i + 2, wanted, step, corners);
  });
  return y;
}

/** The elements of x at int32 places along an axis. */
export function taken(b: NodeBuilder, x: Node, axis: number, at: Node): Node {
  const shape = x.type.shape.map((n, a) => (a === axis ? at.type.size : n));
  const line = shape.map((n, a) => (a === axis ? n : 1));
  return b.apply("gather", [x, expandTo(b, reshape(b, at, line), shape)], { axis });
}

function nearest(b: NodeBuilder, x: Node, axis: number, size: number, step: number): Node {
  const { shape } = x.type;
  const extent = shape[axis]!;
  const times = size / extent;
  if (Number.isInteger(times) && step * times === 1) {
    const thin = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
    const wide = thin.map((n, a) => (a === axis + 1 ? times : n));
    const full = expandTo(b, reshape(b, x, thin), wide);
    return reshape(
      b,
      full,
      shape.map((n, a) => (a === axis ? size : n)),
    );
  }
  const places = scaled(b, castTo(b, b.apply("iota", [], { length: size }), "float64"), step);
  const at = op(b, "minimum", places, fillLike(b, places, extent - 1));
  return taken(b, x, axis, castTo(b, op(b, "floor", at), "int32"));
}

/** Where the new elements of an axis lie among the old ones, of which it refuses integers. */
function placesOf(
  b: NodeBuilder,
  x: Node,
  axis: number,
  size: number,
  step: number,
  corners: boolean,
): Node {
  if (!isFloat(x.type.dtype)) {
    throw dtypeError(`upsample: input is ${x.type.text}; need float32 or float64.`);
  }
  const index = castTo(b, b.apply("iota", [], { length: size }), "float64");
  if (!corners) return plus(b, scaled(b, plus(b, index, 0.5), step), -0.5);
  return scaled(b, index, size > 1 ? (x.type.shape[axis]! - 1) / (size - 1) : 0);
}

function linear(
  b: NodeBuilder,
  x: Node,
  axis: number,
  size: number,
  step: number,
  corners: boolean,
): Node {
  const { shape, dtype } = x.type;
  const extent = shape[axis]!;
  const places = placesOf(b, x, axis, size, step, corners);
  const at = corners ? places : op(b, "maximum", places, fillLike(b, places, 0));
  const low = op(b, "minimum", op(b, "floor", at), fillLike(b, at, extent - 1));
  const high = op(b, "minimum", plus(b, low, 1), fillLike(b, at, extent - 1));
  const wide = shape.map((n, a) => (a === axis ? size : n));
  const line = wide.map((n, a) => (a === axis ? n : 1));
  const share = expandTo(b, reshape(b, castTo(b, op(b, "sub", at, low), dtype), line), wide);
  const below = taken(b, x, axis, castTo(b, low, "int32"));
  const above = taken(b, x, axis, castTo(b, high, "int32"));
  const rest = op(b, "sub", fillLike(b, share, 1), share);
  return op(b, "add", op(b, "mul", rest, below), op(b, "mul", share, above));
}

/** The weights of four neighbours in a cubic, a share t of the way from the second to the third. */
export function cubicWeights(b: NodeBuilder, t: Node): Node[] {
  const A = -0.75; // PyTorch's choice
  const near = (x: Node): Node => {
    const inner = plus(b, scaled(b, x, A + 2), -(A + 3));
    return plus(b, op(b, "mul", op(b, "mul", inner, x), x), 1);
  };
  const far = (x: Node): Node => {
    const inner = plus(b, op(b, "mul", plus(b, scaled(b, x, A), -5 * A), x), 8 * A);
    return plus(b, op(b, "mul", inner, x), -4 * A);
  };
  const back = op(b, "neg", t);
  return [far(plus(b, t, 1)), near(t), near(plus(b, back, 1)), far(plus(b, back, 2))];
}

function cubic(
  b: NodeBuilder,
  x: Node,
  axis: number,
  size: number,
  step: number,
  corners: boolean,
): Node {
  const { shape, dtype } = x.type;
  const extent = shape[axis]!;
  const at = placesOf(b, x, axis, size, step, corners);
  const low = op(b, "floor", at);
  const wide = shape.map((n, a) => (a === axis ? size : n));
  const line = wide.map((n, a) => (a === axis ? n : 1));
  const parts = cubicWeights(b, op(b, "sub", at, low)).map((weight, k) => {
    const place = op(b, "maximum", plus(b, low, k - 1), fillLike(b, low, 0));
    const held = op(b, "minimum", place, fillLike(b, low, extent - 1));
    const share = expandTo(b, reshape(b, castTo(b, weight, dtype), line), wide);
    return op(b, "mul", share, taken(b, x, axis, castTo(b, held, "int32")));
  });
  return parts.reduce((sum, part) => op(b, "add", sum, part));
}
