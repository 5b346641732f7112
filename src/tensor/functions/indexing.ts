/** Elements picked, written, sorted and searched by position. */
import { needOneOf } from "../../core/choice.ts";
import { elementOf } from "../../core/dtype.ts";
import { argumentError, NablaError } from "../../core/errors.ts";
import { asGiven, isOptions, read, readNamed } from "../../core/options.ts";
import * as c from "../../ir/compose/indexing.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { alphaOf, constantAttrs } from "./define.ts";
import { hostRows, isLargeOnHost } from "./host-rows.ts";
import type { WithIndices } from "./reduction.ts";

interface Along {
  readonly dim: number;
}

type Picking = (b: NodeBuilder, x: Node, dim: number, index: Node) => Node;
type Writing = (b: NodeBuilder, x: Node, dim: number, index: Node, source: Node) => Node;

function picking(name: string, compose: Picking) {
  const fn = new Fn<Along>(name, (b, [x, index], { dim }) => [compose(b, x!, dim, index!)]);
  return <V extends Value>(x: V, dim: number, index: V): V =>
    call1(fn, [x, index], [], constantAttrs({ dim }));
}

function writing(name: string, compose: Writing) {
  const fn = new Fn<Along>(name, (b, [x, index, source], { dim }) => [
    compose(b, x!, dim, index!, source!),
  ]);
  return <V extends Value>(x: V, dim: number, index: V, source: V): V =>
    call1(fn, [x, index, source], [], constantAttrs({ dim }));
}

/** x[…, index[…], …] along an axis: index (int32) has x's rank. */
export const gather = /* @__PURE__ */ picking("gather", c.gather);
const selectSlices = /* @__PURE__ */ picking("indexSelect", c.indexSelect);

/** The slices of x at a list of places (int32) along an axis. */
export function indexSelect<V extends Value>(x: V, dim: number, index: V): V {
  if (dim === 0 && index.storage && index.home === x.home && isLargeOnHost(x)) {
    const { dtype, shape } = index.type;
    if (dtype === "int32" && shape.length < 2) return hostRows(x, index.storage.read());
  }
  return selectSlices(x, dim, index);
}

const scatterFn = /* @__PURE__ */ new Fn<Along & ScatterOptions>(
  "scatter",
  (b, [x, index, source], { dim, reduce }) => [c.scatter(b, x!, dim, index!, source!, reduce)],
);

const SCATTER = { reduce: asGiven<"add" | "multiply" | undefined>(undefined) };

/** Options of `scatter`. */
export interface ScatterOptions {
  /** Combine with what is there instead of replacing it: "add" or "multiply". Default: replace. */
  readonly reduce?: "add" | "multiply";
}

/**
 * x with source (a tensor or a number) written at index along an axis; of equal places the last
 * stays. With `reduce` it is added to or multiplied with what is there.
 */
export function scatter<V extends Value>(
  x: V,
  dim: number,
  index: V,
  source: V | number,
  options: ScatterOptions = {},
): V {
  const { reduce } = readNamed("scatter", SCATTER, options);
  if (reduce !== undefined) needOneOf("scatter: reduce", reduce, ["add", "multiply"]);
  const attrs = constantAttrs(reduce === undefined ? { dim } : { dim, reduce });
  return typeof source === "number"
    ? call1(scatterFn, [x, index], [elementOf("scatter", x.type.dtype, source)], attrs)
    : call1(scatterFn, [x, index, source], [], attrs);
}

/** x with source added at index along an axis. */
export const scatterAdd = /* @__PURE__ */ writing("scatterAdd", c.scatterAdd);
/** x with slices of source written at a list of places along an axis. */
export const indexCopy = /* @__PURE__ */ writing("indexCopy", c.indexCopy);

const scatterReduceFn = /* @__PURE__ */ new Fn<
  Along & { readonly reduce: c.ScatterReduction; readonly includeSelf: boolean }
>("scatterReduce", (b, [x, index, source], { dim, reduce, includeSelf }) => [
  c.scatterReduce(b, x!, dim, index!, source!, reduce, { includeSelf }),
]);

/** x with source combined into it at index: "sum", "prod", "mean", "amax" or "amin". */
export function scatterReduce<V extends Value>(
  x: V,
  dim: number,
  index: V,
  source: V,
  reduce: c.ScatterReduction,
  options: { readonly includeSelf?: boolean } = {},
): V {
  const { includeSelf } = readNamed("scatterReduce", { includeSelf: true }, options);
  const attrs = constantAttrs({ dim, reduce, includeSelf });
  return call1(scatterReduceFn, [x, index, source], [], attrs);
}

const indexAddFn = /* @__PURE__ */ new Fn<Along>(
  "indexAdd",
  (b, [x, index, source, alpha], { dim }) => [c.indexAdd(b, x!, dim, index!, source!, alpha!)],
);

/** x with alpha · source added at a list of places along an axis. Default alpha: 1. */
export function indexAdd<V extends Value>(
  x: V,
  dim: number,
  index: V,
  source: V,
  options?: { readonly alpha?: number },
): V {
  const alpha = alphaOf("indexAdd", options);
  return call1(indexAddFn, [x, index, source], [alpha], constantAttrs({ dim }));
}

const indexFillFn = /* @__PURE__ */ new Fn<Along>("indexFill", (b, [x, index, value], { dim }) => [
  c.indexFill(b, x!, dim, index!, value!),
]);

/** x with one number written at a list of places along an axis. */
export function indexFill<V extends Value>(x: V, dim: number, index: V, value: number): V {
  const held = elementOf("indexFill", x.type.dtype, value);
  return call1(indexFillFn, [x, index], [held], constantAttrs({ dim }));
}

const takeFn = /* @__PURE__ */ new Fn("take", (b, [x, index]) => [c.take(b, x!, index!)]);

/** The elements of the flattened x at index (int32); negative places count from the end. */
export function take<V extends Value>(x: V, index: V): V {
  return call1(takeFn, [x, index], [], NONE);
}

const takeAlongFn = /* @__PURE__ */ new Fn<{ readonly dim: number | null }>(
  "takeAlongDim",
  (b, [x, index], { dim }) => [c.takeAlongDim(b, x!, index!, dim ?? undefined)],
);

/** An axis by position or by name, or none. */
export type OptionalDim = number | { readonly dim?: number | null } | null;

/** `gather` with the other axes broadcast; without dim, from the flattened x. */
export function takeAlongDim<V extends Value>(x: V, index: V, dim?: OptionalDim): V {
  const axis = typeof dim === "object" ? dim?.dim : dim;
  return call1(takeAlongFn, [x, index], [], constantAttrs({ dim: axis ?? null }));
}

const oneHotFn = /* @__PURE__ */ new Fn<{ readonly classes: number }>(
  "oneHot",
  (b, [index], { classes }) => [c.oneHot(b, index!, classes)],
);

const CLASSES = { numClasses: asGiven<number>(undefined as never) };

/** 1 at the class that index names along a new last axis, 0 elsewhere (int32). */
export function oneHot<V extends Value>(
  index: V,
  numClasses: number | { readonly numClasses: number },
): V {
  const given = isOptions(numClasses) ? numClasses : { numClasses };
  const { numClasses: classes } = readNamed("oneHot", CLASSES, given);
  if (!(Number.isInteger(classes) && classes > 0)) {
    throw argumentError(
      `oneHot: numClasses is ${String(classes)}; need a whole number from 1 on. The shape of the ` +
        `result cannot follow from values; PyTorch's default is (await index.max().item()) + 1.`,
    );
  }
  return call1(oneHotFn, [index], [], constantAttrs({ classes }));
}

const embeddingFn = /* @__PURE__ */ new Fn("embedding", (b, [index, weight]) => [
  c.embedding(b, index!, weight!),
]);

/** The rows of weight [V, …] that index (int32, any shape) names. */
export function embedding<V extends Value>(index: V, weight: V): V {
  return call1(embeddingFn, [index, weight], [], NONE);
}

const maskedFillFn = /* @__PURE__ */ new Fn("maskedFill", (b, [x, mask, value]) => [
  c.maskedFill(b, x!, mask!, value!),
]);

/** x with a value where the mask (bool, broadcast) holds. */
export function maskedFill<V extends Value>(x: V, mask: V, value: V | number | boolean): V {
  return typeof value === "object"
    ? call1(maskedFillFn, [x, mask, value], [], NONE)
    : call1(maskedFillFn, [x, mask], [elementOf("maskedFill", x.type.dtype, +value)], NONE);
}

interface SortAttrs extends Along {
  readonly descending: boolean;
}

const sortFn = /* @__PURE__ */ new Fn<SortAttrs>("sort", (b, [x], { dim, descending }) => {
  const { values, indices } = c.sort(b, x!, dim, descending);
  return [values, indices];
});

const SORT = { dim: -1, descending: false, stable: true };

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** Default: the last. */
  readonly dim?: number;
  /** Sorting is always stable. */
  readonly stable?: boolean;
  /** Largest first. Default: false. */
  readonly descending?: boolean;
}

/** The arguments of a sort. */
export type SortArguments =
  | [dim?: number | null, descending?: boolean]
  | [dim: number | null | undefined, options: SortOptions]
  | [options: SortOptions];

/**
 * The elements along an axis in order (stable, NaN largest), and where they were. Default: the
 * last.
 */
export function sort<V extends Value>(x: V, ...args: SortArguments): WithIndices<V> {
  const { dim, descending } = read("sort", SORT, args);
  const attrs = constantAttrs({ dim, descending });
  const [values, indices] = call(sortFn, [x], [], attrs);
  return { values: values!, indices: indices! };
}

/** The positions (int32) that sort an axis. Default: the last. */
export function argsort<V extends Value>(x: V, ...args: SortArguments): V {
  return sort(x, ...args).indices;
}

const topkFn = /* @__PURE__ */ new Fn<{
  readonly k: number;
  readonly dim: number;
  readonly largest: boolean;
}>("topk", (b, [x], { k, dim, largest }) => {
  const { values, indices } = c.topk(b, x!, k, dim, largest);
  return [values, indices];
});

/** Options of `topk`. */
export interface TopkOptions {
  /** Default: the last. */
  readonly dim?: number;
  /** The largest, or the smallest. Default: true. */
  readonly largest?: boolean;
  /** They always come in order. */
  readonly sorted?: boolean;
}

/** The optional arguments of `topk`. */
export type TopkArguments =
  | [dim?: number | null, largest?: boolean, sorted?: boolean]
  | [dim: number | null | undefined, options: TopkOptions]
  | [options: TopkOptions];

/** The k largest (or smallest) elements along an axis in order, and where they were. */
export function topk<V extends Value>(x: V, k: number, ...args: TopkArguments): WithIndices<V> {
  const { dim, largest } = read("topk", { dim: -1, largest: true, sorted: true }, args);
  const attrs = constantAttrs({ k, dim, largest });
  const [values, indices] = call(topkFn, [x], [], attrs);
  return { values: values!, indices: indices! };
}

const searchFn = /* @__PURE__ */ new Fn<{ readonly right: boolean }>(
  "searchsorted",
  (b, [sorted, values], { right }) => [c.searchsorted(b, sorted!, values!, right)],
);

const SEARCH = { right: false, side: asGiven(undefined), sorter: asGiven(undefined) };

/** Options of `searchsorted`. */
export interface SearchOptions<V> {
  /** Whether a value goes after its equals. Default: false. */
  readonly right?: boolean;
  /** The same by name: "left" or "right". */
  readonly side?: "left" | "right";
  /** The positions (int32) that sort `sorted`, which then need not be in order. */
  readonly sorter?: V;
}

/** Where each value belongs in the last axis of `sorted`: before its equals, or after (`right`). */
export function searchsorted<V extends Value>(
  sorted: V,
  values: V | number,
  options: SearchOptions<V> = {},
): V {
  readNamed("searchsorted", SEARCH, options);
  const { right = false, side, sorter } = options;
  if (side !== undefined) needOneOf("searchsorted: side", side, ["left", "right"]);
  if (right && side === "left") {
    throw argumentError('searchsorted: right is true and side is "left"; give one of them.');
  }
  const attrs = constantAttrs({ right: right || side === "right" });
  const ordered = sorter === undefined ? sorted : takeAlongDim(sorted, sorter, -1);
  return typeof values === "number"
    ? call1(searchFn, [ordered], [values], attrs)
    : call1(searchFn, [ordered, values], [], attrs);
}

const bucketizeFn = /* @__PURE__ */ new Fn<{ readonly right: boolean }>(
  "bucketize",
  (b, [values, boundaries], { right }) => [c.bucketize(b, values!, boundaries!, right)],
);

/** The bucket of each value between ascending boundaries. */
export function bucketize<V extends Value>(
  values: V,
  boundaries: V,
  options: { readonly right?: boolean } = {},
): V {
  const { right } = readNamed("bucketize", { right: false }, options);
  return call1(bucketizeFn, [values, boundaries], [], constantAttrs({ right }));
}

/** Throws where an operation whose result's shape depends on values is used inside `compile`. */
export function assertValues(name: string, x: Value): void {
  if (x.storage !== null) return;
  throw new NablaError(
    "trace",
    `${name}: the shape of the result depends on values, which a traced function does not have. ` +
      `Call it outside compile, or use where().`,
  );
}
