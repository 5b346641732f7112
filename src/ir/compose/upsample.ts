/** Enlarging and shrinking the spatial axes: nearest neighbours and linear interpolation. */
import { argumentError, dtypeError } from "../../core/errors.ts";
import { isFloat } from "../../core/dtype.ts";
import { showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, constant, expandTo, fillLike, op, plus, reshape, scaled } from "../words.ts";

/** How elements between the given ones are found. */
export type UpsampleMode = "nearest" | "linear" | "bilinear" | "trilinear";

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
  let y = x;
  for (let i = 0; i < axes; i++) {
    const extent = shape[i + 2]!;
    const wanted = size === null ? Math.floor(extent * list[i]!) : list[i]!;
    if (!(wanted >= 1))
      throw argumentError(`upsample: axis ${i + 2} would have ${wanted} elements.`);
    const step = size === null ? 1 / list[i]! : extent / wanted;
    if (mode === "nearest") y = nearest(b, y, i + 2, wanted, step);
    else y = linear(b, y, i + 2, wanted, step, options.alignCorners ?? false);
  }
  return y;
}

/** The elements of x at int32 places along an axis. */
function taken(b: NodeBuilder, x: Node, axis: number, at: Node): Node {
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

function linear(
  b: NodeBuilder,
  x: Node,
  axis: number,
  size: number,
  step: number,
  corners: boolean,
): Node {
  const { shape, dtype } = x.type;
  if (!isFloat(dtype)) {
    throw dtypeError(`upsample: input is ${x.type.text}; need float32 or float64.`);
  }
  const extent = shape[axis]!;
  const index = castTo(b, b.apply("iota", [], { length: size }), "float64");
  const zero = constant(b, "float64", 0);
  const scale = size > 1 ? (extent - 1) / (size - 1) : 0;
  const at = corners
    ? scaled(b, index, scale)
    : op(
        b,
        "maximum",
        plus(b, scaled(b, plus(b, index, 0.5), step), -0.5),
        expandTo(b, zero, [size]),
      );
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
