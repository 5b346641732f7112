/** `max`, `min` and `median` as PyTorch calls them: of all, along an axis, or of two. */
import type { Value } from "../value.ts";
import { maximum, minimum } from "./arithmetic.ts";
import { reshape } from "./movement.ts";
import type { AlongArguments, WithIndices } from "./reduction.ts";
import * as r from "./reduction.ts";
import { isTensorLike } from "./subscript.ts";

/** The largest element of x. */
export function max<V extends Value>(x: V): V;
/** The larger of two, element by element; NaN wins. */
export function max<V extends Value>(x: V, other: V): V;
/** The largest elements along an axis and where they are. */
export function max<V extends Value>(x: V, ...args: AlongArguments): WithIndices<V>;
/** The largest, of all, along an axis or of two. */
export function max<V extends Value>(x: V, ...args: [] | [V] | AlongArguments): V | WithIndices<V> {
  const [first] = args;
  if (first === undefined) return r.maxOfAll(x);
  return isTensorLike<V>(first) ? maximum(x, first) : r.maxAlong(x, ...(args as AlongArguments));
}

/** The smallest element of x. */
export function min<V extends Value>(x: V): V;
/** The smaller of two, element by element; NaN wins. */
export function min<V extends Value>(x: V, other: V): V;
/** The smallest elements along an axis and where they are. */
export function min<V extends Value>(x: V, ...args: AlongArguments): WithIndices<V>;
/** The smallest, of all, along an axis or of two. */
export function min<V extends Value>(x: V, ...args: [] | [V] | AlongArguments): V | WithIndices<V> {
  const [first] = args;
  if (first === undefined) return r.minOfAll(x);
  return isTensorLike<V>(first) ? minimum(x, first) : r.minAlong(x, ...(args as AlongArguments));
}

/** The lower median of all elements. */
export function median<V extends Value>(x: V): V;
/** The lower medians along an axis and where they are. */
export function median<V extends Value>(x: V, ...args: AlongArguments): WithIndices<V>;
/** The lower median, of all, along an axis. */
export function median<V extends Value>(x: V, ...args: [] | AlongArguments): V | WithIndices<V> {
  if (args.length > 0) return r.medianAlong(x, ...(args as AlongArguments));
  return r.medianAlong(reshape(x, [-1]), 0).values;
}
