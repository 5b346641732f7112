/** Operations whose result's shape depends on values: asynchronous, since they read them. */
import type { TypedArray } from "../../core/dtype.ts";
import { readNamed } from "../../core/options.ts";
import { broadcastShapes } from "../../core/shape.ts";
import { typeOf } from "../../ir/node.ts";
import { Storage } from "../../runtime/storage.ts";
import type { Value } from "../value.ts";
import { numbersOf } from "../value.ts";
import { ne } from "./arithmetic.ts";
import { assertValues, take } from "./indexing.ts";
import { expand, reshape, unbind } from "./movement.ts";

/** The elements of x where the mask (bool, broadcast) holds, in row-major order: [n]. */
export async function maskedSelect<V extends Value>(x: V, mask: V): Promise<V> {
  assertValues("maskedSelect", mask);
  const shape = broadcastShapes("maskedSelect", x.type.shape, mask.type.shape);
  const places = trueAt(await numbersOf(expand(mask, shape)));
  return take(expand(x, shape), indexLike(x, places, [places.length]));
}

/** The positions of the elements that are not 0: [n, rank] int32. */
export function nonzero<V extends Value>(x: V, options?: { readonly asTuple?: false }): Promise<V>;
/** The positions of the elements that are not 0, one list for each axis (of a scalar: one). */
export function nonzero<V extends Value>(x: V, options: { readonly asTuple: true }): Promise<V[]>;
/** The positions of the elements that are not 0, as rows or by axis. */
export async function nonzero<V extends Value>(
  x: V,
  options: { readonly asTuple?: boolean } = {},
): Promise<V | V[]> {
  const { asTuple } = readNamed("nonzero", { asTuple: false }, options);
  return asTuple ? unbind(await positions(reshapeScalar(x)), 1) : positions(x);
}

function reshapeScalar<V extends Value>(x: V): V {
  return x.type.shape.length === 0 ? reshape(x, [1]) : x;
}

async function positions<V extends Value>(x: V): Promise<V> {
  assertValues("nonzero", x);
  const places = trueAt(await numbersOf(x.type.dtype === "bool" ? x : ne(x, 0)));
  const { shape } = x.type;
  const rows = places.flatMap((place) => coordinates(place, shape));
  return indexLike(x, rows, [places.length, shape.length]);
}

/**
 * The distinct elements in ascending order, where each element is among them, and how often. NaNs
 * differ from each other and come last.
 */
export async function unique<V extends Value>(
  x: V,
): Promise<{ readonly values: V; readonly inverse: V; readonly counts: V }> {
  assertValues("unique", x);
  const data = Array.from<number>(await numbersOf(x));
  const order = data.map((_, i) => i).sort((i, j) => ascending(data[i]!, data[j]!)); // stable
  const [first, counts, inverse]: [number[], number[], number[]] = [[], [], []];
  for (const i of order) {
    if (first.length === 0 || data[i] !== data[first.at(-1)!]) {
      first.push(i);
      counts.push(0);
    }
    counts[counts.length - 1]!++;
    inverse[i] = counts.length - 1;
  }
  return {
    values: take(x, indexLike(x, first, [first.length])),
    inverse: indexLike(x, inverse, x.type.shape),
    counts: indexLike(x, counts, [counts.length]),
  };
}

function ascending(p: number, q: number): number {
  return p - q || Number(p !== p) - Number(q !== q);
}

function trueAt(mask: TypedArray): number[] {
  return Array.from(mask).flatMap((value, i) => (value === 0 ? [] : [i]));
}

function coordinates(place: number, shape: readonly number[]): number[] {
  const row = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    row[axis] = place % shape[axis]!;
    place = Math.floor(place / shape[axis]!);
  }
  return row;
}

function indexLike<V extends Value>(x: V, data: readonly number[], shape: readonly number[]): V {
  const storage = new Storage("int32", data.length, Int32Array.from(data));
  return x.like(typeOf("int32", shape), storage, null);
}
