/**
 * Pieces of very large host arrays, taken on the host: a mini-batch of a data set then uploads a
 * mini-batch and not the data set.
 */
import type { TypedArray } from "../../core/dtype.ts";
import { allocate } from "../../core/dtype.ts";
import { NablaError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { sizeOf } from "../../core/shape.ts";
import { typeOf } from "../../ir/node.ts";
import { Storage } from "../../runtime/storage.ts";
import type { Value } from "../value.ts";
import { context } from "../value.ts";

/** From this many bytes on. */
const LARGE = 64 * 1024 * 1024;

/** Whether pieces of a value are to be taken on the host. */
export function isLargeOnHost(x: Value): boolean {
  const { storage } = x;
  return (
    storage !== null &&
    (storage.shared || (storage.bytes > LARGE && storage.memory === null)) &&
    storage.host !== null &&
    context.tracer === null &&
    !(x.requiresGrad && context.gradEnabled)
  );
}

/** Returns `length` places of an axis from `start` on. */
export function hostNarrow<V extends Value>(x: V, axis: number, start: number, length: number): V {
  const { shape } = x.type;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const row = shape[axis]! * inner;
  const piece = length * inner;
  const data = x.storage!.host!;
  const out = allocate(x.type.dtype, outer * piece);
  for (let o = 0; o < outer; o++) {
    const from = o * row + start * inner;
    out.set(data.subarray(from, from + piece), o * piece);
  }
  return wrap(x, out, withExtent(shape, axis, length));
}

/** Returns the rows of the first axis that `index` (int32) names. */
export function hostRows<V extends Value>(x: V, index: TypedArray): V {
  const { shape } = x.type;
  const inner = sizeOf(shape.slice(1));
  const data = x.storage!.host!;
  const out = allocate(x.type.dtype, index.length * inner);
  index.forEach((row, i) => {
    if (row < 0 || row >= shape[0]!) {
      throw new NablaError(
        "index",
        `indexSelect: index ${row} is out of range for an axis of ${shape[0]}; ` +
          `need 0 … ${shape[0]! - 1}.`,
      );
    }
    out.set(data.subarray(row * inner, (row + 1) * inner), i * inner);
  });
  return wrap(x, out, withExtent(shape, 0, index.length));
}

function withExtent(shape: Shape, axis: number, extent: number): number[] {
  return shape.map((n, a) => (a === axis ? extent : n));
}

function wrap<V extends Value>(x: V, data: TypedArray, shape: Shape): V {
  return x.like(typeOf(x.type.dtype, shape), new Storage(x.type.dtype, data.length, data), null);
}
