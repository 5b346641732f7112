/**
 * Indexing as Python's `x[...]`: integers, slices, new axes, `...`, index tensors, and
 * (asynchronous, since the shape of the result depends on values) bool masks.
 */
import { argumentError, NablaError, shapeError } from "../../core/errors.ts";
import { readNamed } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import * as c from "../../ir/compose/indexing.ts";
import { Fn } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import { Value } from "../value.ts";
import { constantAttrs } from "./define.ts";
import { select, slice, unsqueeze } from "./movement.ts";
import { nonzero } from "./selection.ts";

/** `start:end:step`, by place or by name; what is missing or null is as in Python. `[]` is `:`. */
export type SliceIndex =
  | readonly []
  | readonly [start: number | null]
  | readonly [start: number | null, end: number | null]
  | readonly [start: number | null, end: number | null, step: number | null]
  | { readonly start?: number | null; readonly end?: number | null; readonly step?: number | null };

/**
 * One item of an index: a place, a slice, a new axis (null), all axes between ("..."), or a tensor.
 */
export type IndexItem<V> = number | SliceIndex | null | "..." | V;

/** Whether an argument is a tensor. */
export function isTensorLike<V extends Value>(x: unknown): x is V {
  return x instanceof Value;
}

/** How many axes of x an item names. */
function axesNamed(item: IndexItem<Value>): number {
  if (item === null || item === "...") return 0;
  return isTensorLike(item) && item.type.dtype === "bool" ? item.type.shape.length : 1;
}

/** Puts whole slices in the place of `...`, or at the end. */
function withoutDots<V extends Value>(x: V, items: readonly IndexItem<V>[]): IndexItem<V>[] {
  const named = items.reduce((sum: number, item) => sum + axesNamed(item as IndexItem<Value>), 0);
  const rank = x.type.shape.length;
  const dots = items.filter((item) => item === "...").length;
  if (named > rank || dots > 1) {
    throw argumentError(
      dots > 1
        ? 'index: "..." stands more than once.'
        : `index: ${named} axes are named; x is ${showShape(x.type.shape)}.`,
    );
  }
  const whole = Array.from({ length: rank - named }, (): SliceIndex => []);
  const full = dots === 1 ? [...items] : [...items, "..." as const];
  return full.flatMap((item) => (item === "..." ? whole : [item]));
}

/** Takes the integers, slices and new axes; returns what is left to pick by tensors, and where. */
function basic<V extends Value>(
  x: V,
  items: readonly IndexItem<V>[],
): { readonly view: V; readonly axes: number[]; readonly tensors: V[] } {
  let view = x;
  let axis = 0;
  const [axes, tensors]: [number[], V[]] = [[], []];
  for (const item of withoutDots(x, items)) {
    if (typeof item === "number") {
      view = select(view, axis, item);
      continue;
    }
    if (item === null) {
      view = unsqueeze(view, axis);
    } else if (isTensorLike<V>(item)) {
      if (item.type.dtype !== "int32") throw wrongTensor(item);
      axes.push(axis);
      tensors.push(item);
    } else {
      view = sliced(view, axis, item as Exclude<typeof item, "...">);
    }
    axis++;
  }
  return { view, axes, tensors };
}

function wrongTensor(item: Value): Error {
  if (item.type.dtype !== "bool") {
    return new NablaError("dtype", `index: an index is ${item.type.text}; need int32 or bool.`);
  }
  return argumentError(
    `index: an index is ${item.type.text}; the shape of the result depends on its values. ` +
      `Use await x.indexAsync(…), or where().`,
  );
}

const PARTS = { start: null as number | null, end: null as number | null, step: 1 };

function sliced<V extends Value>(x: V, axis: number, item: SliceIndex): V {
  const { start, end, step } =
    Array.isArray(item) && item.length < 4
      ? { start: item[0] as number | null, end: item[1] as number | null, step: item[2] as number }
      : readNamed("index", PARTS, item ?? "undefined");
  return slice(x, axis, start ?? null, end ?? null, step ?? 1);
}

const indexFn = /* @__PURE__ */ new Fn<{ readonly axes: readonly number[] }>(
  "index",
  (b, [x, ...indices], { axes }) => [c.indexTensors(b, x!, axes, indices)],
);

/**
 * `x[...]` of Python: `index(x, 0, [1, null, 2], "...", null, rows)`. Index tensors (int32)
 * broadcast with each other. Bool masks need `indexAsync`.
 */
export function index<V extends Value>(x: V, ...items: readonly IndexItem<V>[]): V {
  const { view, axes, tensors } = basic(x, items);
  if (axes.length === 0) return view;
  return call1(indexFn, [view, ...tensors], [], constantAttrs({ axes }));
}

/** `index`, where items may also be bool masks, whose places are read first. */
export async function indexAsync<V extends Value>(
  x: V,
  ...items: readonly IndexItem<V>[]
): Promise<V> {
  return index(x, ...(await withPlaces(x, items)));
}

/** Puts the coordinates of its true elements in the place of each mask. */
async function withPlaces<V extends Value>(
  x: V,
  items: readonly IndexItem<V>[],
): Promise<IndexItem<V>[]> {
  const result: IndexItem<V>[] = [];
  let axis = 0;
  for (const item of withoutDots(x, items)) {
    if (isTensorLike<V>(item) && item.type.dtype === "bool") {
      const { shape } = item.type;
      const own = x.type.shape.slice(axis, axis + shape.length);
      if (showShape(own) !== showShape(shape)) {
        throw shapeError(
          `index: a mask is ${showShape(shape)}; the axes it stands for ${showShape(own)}.`,
        );
      }
      const places = await nonzero(item);
      result.push(...shape.map((_, k) => select(places, 1, k)));
    } else {
      result.push(item);
    }
    axis += axesNamed(item as IndexItem<Value>);
  }
  return result;
}

const placesFn = /* @__PURE__ */ new Fn<{ readonly shape: readonly number[] }>(
  "index",
  (b, _, { shape }) => [c.counting(b, shape)],
);
const putFn = /* @__PURE__ */ new Fn<{ readonly accumulate: boolean }>(
  "indexPut",
  (b, [x, places, values], { accumulate }) => [c.put(b, x!, places!, values!, accumulate)],
);

/** Options of `indexPut`. */
export interface IndexPutOptions {
  /** Add to what is there instead of replacing it. Default: false. */
  readonly accumulate?: boolean;
}

/**
 * x with values (broadcast) in the places of `x.index(...items)`; of equal places the last stays.
 */
export function indexPut<V extends Value>(
  x: V,
  items: readonly IndexItem<V>[],
  values: V | number,
  options: IndexPutOptions = {},
): V {
  const { accumulate } = readNamed("indexPut", { accumulate: false }, options);
  if (!Array.isArray(items)) {
    throw argumentError(
      "indexPut: the places are no list; need one item an axis: indexPut([0], 5).",
    );
  }
  const { shape } = x.type;
  const all = call(placesFn, [] as V[], [], constantAttrs({ shape }), x)[0]!;
  const places = index(all, ...items);
  const attrs = constantAttrs({ accumulate });
  return typeof values === "number"
    ? call1(putFn, [x, places], [values], attrs)
    : call1(putFn, [x, places, values], [], attrs);
}

/** `indexPut`, where items may also be bool masks, whose places are read first. */
export async function indexPutAsync<V extends Value>(
  x: V,
  items: readonly IndexItem<V>[],
  values: V | number,
  options: IndexPutOptions = {},
): Promise<V> {
  return indexPut(x, await withPlaces(x, items), values, options);
}
