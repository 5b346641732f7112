/** Order statistics, membership, running areas, and tests of sign seldom needed. */
import { needOneOf } from "../../core/choice.ts";
import { argumentError } from "../../core/errors.ts";
import type { Settings } from "../../core/options.ts";
import { read } from "../../core/options.ts";
import { normalizeAxis, showShape } from "../../core/shape.ts";
import type { Value } from "../value.ts";
import { numbersOf, storageOf } from "../value.ts";
import * as a from "./arithmetic.ts";
import { sort } from "./indexing.ts";
import * as m from "./movement.ts";
import { clamp, isNaN, logaddexp } from "./numeric.ts";
import type { WithIndices } from "./reduction.ts";
import { all, any, cumsum } from "./reduction.ts";
import type { TrapezoidOptions } from "./statistics.ts";
import { trapezoid } from "./statistics.ts";
import { isTensorLike } from "./subscript.ts";

/** The same as `clamp`. */
export const clip = clamp;
/** The same as `trapezoid`. */
export const trapz = trapezoid;

/** x itself. */
export function positive<V extends Value>(x: V): V {
  return x;
}

/** The elements along axis 0 in ascending order. */
export function msort<V extends Value>(x: V): V {
  return sort(x, 0).values;
}

/** Where one element along an axis is looked for, and whether the axis stays. */
export interface RankOptions {
  /** Default: the last axis. */
  readonly dim?: number;
  /** Default: false. */
  readonly keepdim?: boolean;
}

/** The k-th smallest elements (from 1) along an axis and where they are. */
export function kthvalue<V extends Value>(
  x: V,
  k: number,
  ...args: Settings<[dim: number, keepdim: boolean], RankOptions>
): WithIndices<V> {
  const { dim, keepdim } = read("kthvalue", { dim: -1, keepdim: false }, args);
  const extent = x.type.shape.at(dim) ?? 1;
  if (!Number.isInteger(k) || k < 1 || k > extent) {
    throw argumentError(`kthvalue: k is ${k}; need an integer from 1 to ${extent}.`);
  }
  const { values, indices } = sort(x, dim);
  if (x.type.shape.length === 0) return { values, indices };
  const at = (y: V): V => (keepdim ? m.narrow(y, dim, k - 1, 1) : m.select(y, dim, k - 1));
  return { values: at(values), indices: at(indices) };
}

const BETWEEN = ["linear", "lower", "higher", "nearest", "midpoint"] as const;

const QUANTILE = { dim: null as number | null, keepdim: false };
const HOW = { interpolation: "linear" as (typeof BETWEEN)[number] };

/** Options of `quantile`. */
export interface QuantileOptions {
  /** Default: null, all elements. */
  readonly dim?: number | null;
  /** Default: false. */
  readonly keepdim?: boolean;
  /** What stands between two elements. Default: "linear". */
  readonly interpolation?: (typeof BETWEEN)[number];
}

/**
 * The values below which shares q (from 0 to 1) of the elements lie, of all or along an axis; NaN
 * where there is one. Several q (a list or a vector on the host) stand along a new first axis.
 */
export function quantile<V extends Value>(
  x: V,
  q: number | readonly number[] | V,
  ...args: Settings<[dim: number | null, keepdim: boolean], QuantileOptions>
): V {
  const { dim, keepdim, interpolation } = read("quantile", QUANTILE, args, HOW);
  needOneOf("quantile: interpolation", interpolation, BETWEEN);
  const shares = isTensorLike<V>(q) ? Array.from(storageOf(q).read()) : [q].flat();
  const single = typeof q === "number" || (isTensorLike<V>(q) && q.type.shape.length === 0);
  const { shape } = x.type;
  const flat = dim === null || shape.length === 0;
  const axis = flat ? 0 : normalizeAxis("quantile", dim, shape.length);
  const y = flat ? m.reshape(x, [-1]) : x;
  const extent = y.type.shape[axis]!;
  if (extent === 0) throw argumentError(`quantile: x is ${showShape(shape)}; need elements.`);
  const sorted = sort(y, axis).values;
  const hole = any(isNaN(y), axis);
  const parts = shares.map((share) => {
    if (!(share >= 0 && share <= 1)) throw argumentError(`quantile: q is ${share}; need 0 to 1.`);
    const value = between(sorted, axis, share * (extent - 1), interpolation);
    const whole = a.where(hole, NaN, value);
    if (!keepdim) return whole;
    return flat
      ? m.reshape(
          whole,
          shape.map(() => 1),
        )
      : m.unsqueeze(whole, axis);
  });
  return single ? parts[0]! : m.stack(parts);
}

/** The element of an axis at a place that may lie between two. */
function between<V extends Value>(x: V, axis: number, place: number, how: string): V {
  const low = Math.floor(place);
  const at = (i: number): V => m.select(x, axis, i);
  if (how === "lower" || low === place) return at(low);
  if (how === "higher") return at(low + 1);
  const rest = place - low;
  // ties to even, as PyTorch rounds
  if (how === "nearest") return at(rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1);
  const weight = how === "midpoint" ? 0.5 : rest;
  return a.add(at(low), a.mul(a.sub(at(low + 1), at(low)), weight));
}

/** Options of `isin`. */
export interface IsInOptions {
  /** Whether it is not among them. Default: false. */
  readonly invert?: boolean;
  /** Says nothing here; PyTorch is faster with it. */
  readonly assumeUnique?: boolean;
}

/** Whether each element is among those of `test`. */
export function isin<V extends Value>(x: V, test: V, options?: IsInOptions): V {
  const list = m.reshape(test, [-1]);
  const found = any(a.eq(m.unsqueeze(x, -1), list), -1);
  return options?.invert ? a.logicalNot(found) : found;
}

/** Whether shapes and all elements are equal. Reads the values; asynchronous. */
export async function equal<V extends Value>(x: V, y: V): Promise<boolean> {
  if (showShape(x.type.shape) !== showShape(y.type.shape)) return false;
  return (await numbersOf(all(a.eq(x, y))))[0] !== 0;
}

/** The areas under y so far along an axis by the trapezoidal rule: at points x, or `dx` apart. */
export function cumulativeTrapezoid<V extends Value>(
  y: V,
  x?: V | TrapezoidOptions,
  options: TrapezoidOptions = {},
): V {
  const points = isTensorLike<V>(x) ? x : null;
  const { dx = 1, dim = -1 } = { ...options, ...(points === null ? (x as TrapezoidOptions) : {}) };
  const heights = a.add(m.slice(y, dim, 1), m.slice(y, dim, 0, -1));
  if (points === null) return a.div(cumsum(a.mul(heights, dx), dim), 2);
  const along = points.type.shape.length === 1 ? -1 : dim;
  let widths = a.sub(m.slice(points, along, 1), m.slice(points, along, 0, -1));
  if (points.type.shape.length === 1) {
    const rank = y.type.shape.length;
    const axis = normalizeAxis("cumulativeTrapezoid", dim, rank);
    widths = m.reshape(
      widths,
      Array.from({ length: rank - axis }, (_, i) => (i === 0 ? -1 : 1)),
    );
  }
  return a.div(cumsum(a.mul(heights, widths), dim), 2);
}

/** log₂(2ˣ + 2ʸ) without overflow. */
export function logaddexp2<V extends Value>(x: V, y: V): V {
  return a.div(logaddexp(a.mul(x, Math.LN2), a.mul(y, Math.LN2)), Math.LN2);
}

/** Whether the sign is negative; that of a negative zero counts. */
export function signbit<V extends Value>(x: V): V {
  if (x.type.dtype === "bool") return a.logicalAnd(x, 0);
  return a.logicalOr(a.lt(x, 0), a.eq(a.div(1, x), -Infinity));
}

/** Whether an element is +∞. */
export function isposinf<V extends Value>(x: V): V {
  return a.eq(x, Infinity);
}

/** Whether an element is −∞. */
export function isneginf<V extends Value>(x: V): V {
  return a.eq(x, -Infinity);
}
