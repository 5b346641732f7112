/** Shape arithmetic: sizes, row-major strides, broadcasting, axis normalisation. Pure. */
import { shapeError, argumentError } from "./errors.ts";

/** Extents, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Returns the number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Returns the row-major strides in elements: `[2, 3]` → `[3, 1]`. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Spells a shape as the errors and the printer do: `[2, 3]`. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Returns whether two shapes have the same extents. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/**
 * Returns the shape two operands broadcast to (trailing axes aligned, extent 1 stretches).
 * Throws a shape error that names `op` and both shapes.
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let back = 1; back <= rank; back++) {
    const m = a[a.length - back] ?? 1;
    const n = b[b.length - back] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw shapeError(
        `${op}: shapes ${showShape(a)} and ${showShape(b)} do not broadcast: ` +
          `axis ${-back} is ${m} and ${n}; need equal extents, or 1 on one side.`,
      );
    }
    out[rank - back] = m === 1 ? n : m;
  }
  return out;
}

/**
 * Maps a possibly negative axis into `0 … rank − 1`; throws an error that names `op` and the range.
 */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const limit = Math.max(rank, 1); // PyTorch lets a scalar be addressed as if it had one axis
  if (!Number.isInteger(axis) || axis < -limit || axis >= limit) {
    throw argumentError(
      `${op}: axis ${axis} is out of range for a tensor of rank ${rank}; ` +
        `need an integer from ${-limit} to ${limit - 1}.`,
    );
  }
  return axis < 0 ? axis + limit : axis;
}

/**
 * Normalises a list of axes (`undefined` means all), sorted ascending; throws on a repeated one.
 */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | undefined | null,
  rank: number,
): number[] {
  if (axes === undefined || axes === null) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : axes).map((a) => normalizeAxis(op, a, rank));
  if (new Set(list).size !== list.length) {
    throw argumentError(`${op}: axes [${list.join(", ")}] name one axis twice.`);
  }
  return rank === 0 ? [] : list.sort((a, b) => a - b);
}
