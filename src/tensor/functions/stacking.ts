/** Tensors joined and cut along named axes, grids, and pieces written into a whole. */
import { isOptions, read, readNamed } from "../../core/options.ts";
import * as c from "../../ir/compose/stacking.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { fillLike, op } from "../../ir/words.ts";
import type { None } from "../../runtime/function.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { storageOf } from "../value.ts";
import { constantAttrs, unary } from "./define.ts";
import { assertValues } from "./indexing.ts";
import type { AxisArgument } from "./movement.ts";

/** The value as another node of the tape; the numbers are shared, since they never change. */
export const clone = /* @__PURE__ */ unary("clone", (_, x) => x);

/** The tensor itself: its numbers always lie in row-major order. */
export function contiguous<V extends Value>(x: V): V {
  return x;
}

/** Works on one tensor, or on each of a list. */
interface EachFunction {
  <V extends Value>(x: V): V;
  <V extends Value>(tensors: readonly V[]): V[];
}

function each(name: string, compose: (b: NodeBuilder, x: Node) => Node): EachFunction {
  const one = unary(name, compose);
  return (<V extends Value>(x: V | readonly V[]) =>
    Array.isArray(x) ? (x as readonly V[]).map((y) => one(y)) : one(x as V)) as EachFunction;
}

/** x, or each of a list, with at least one axis. */
export const atleast1d = /* @__PURE__ */ each("atleast1d", c.atleast1d);
/** x, or each of a list, with at least two axes: a vector becomes a row. */
export const atleast2d = /* @__PURE__ */ each("atleast2d", c.atleast2d);
/** x, or each of a list, with three axes or more: vectors become [1, n, 1], matrices [n, m, 1]. */
export const atleast3d = /* @__PURE__ */ each("atleast3d", c.atleast3d);

function joining(name: string, compose: (b: NodeBuilder, parts: readonly Node[]) => Node) {
  const fn = new Fn<None>(name, (b, parts) => [compose(b, parts)]);
  return <V extends Value>(tensors: readonly V[]): V => call1(fn, tensors, [], NONE);
}

/** Tensors joined along axis 1, vectors along their only one. */
export const hstack = /* @__PURE__ */ joining("hstack", c.hstack);
/** Tensors joined along axis 0, vectors as rows. */
export const vstack = /* @__PURE__ */ joining("vstack", c.vstack);
/** Tensors joined along axis 2. */
export const dstack = /* @__PURE__ */ joining("dstack", c.dstack);
/** Tensors joined along axis 1, vectors as columns. */
export const columnStack = /* @__PURE__ */ joining("columnStack", c.columnStack);

interface GridAttrs {
  readonly indexing: "ij" | "xy";
}

const meshgridFn = /* @__PURE__ */ new Fn<GridAttrs>("meshgrid", (b, vectors, { indexing }) =>
  c.meshgrid(b, vectors, indexing),
);

/** Options of `meshgrid`. */
export interface GridOptions {
  /** Which axis the first vector runs along: the first ("ij", default) or the second ("xy"). */
  readonly indexing?: "ij" | "xy";
}

/** The arguments of `meshgrid`: the vectors one by one or as a list. */
export type GridArguments<V> =
  [vectors: readonly V[], options?: GridOptions] | [...vectors: V[], options: GridOptions] | V[];

/** The coordinates of a grid over vectors, one tensor each; "xy" exchanges the first two axes. */
export function meshgrid<V extends Value>(...args: GridArguments<V>): V[] {
  const last: unknown = args.at(-1);
  const options = isOptions(last) ? (last as GridOptions) : {};
  const { indexing } = readNamed("meshgrid", { indexing: "ij" as "ij" | "xy" }, options);
  const vectors = (isOptions(last) ? args.slice(0, -1) : args).flat() as V[];
  return call(meshgridFn, vectors, [], constantAttrs({ indexing }));
}

interface CutAttrs {
  readonly at: number | readonly number[];
  readonly dim: number;
}

const tensorSplitFn = /* @__PURE__ */ new Fn<CutAttrs>("tensorSplit", (b, [x], { at, dim }) =>
  c.tensorSplit(b, x!, at, dim),
);

/** Pieces between the places given, or so many pieces, of which the first are one larger. */
export function tensorSplit<V extends Value>(
  x: V,
  indicesOrSections: number | readonly number[] | V,
  dim: AxisArgument = 0,
): V[] {
  const { dim: axis } = read("tensorSplit", { dim: 0 }, [dim]);
  const at = isTensor(indicesOrSections) ? hostPlaces(indicesOrSections) : indicesOrSections;
  return call(tensorSplitFn, [x], [], constantAttrs({ at, dim: axis }));
}

function isTensor<V extends Value>(x: number | readonly number[] | V): x is V {
  return typeof x === "object" && !Array.isArray(x);
}

/** Reads places (int32) from a tensor, which decides the shapes of what follows. */
function hostPlaces(x: Value): number | readonly number[] {
  assertValues("tensorSplit", x);
  const values = Array.from(storageOf(x).read());
  return x.type.shape.length === 0 ? values[0]! : values;
}

interface SliceAttrs {
  readonly dim: number;
  readonly start: number | null;
  readonly end: number | null;
  readonly step: number;
}

const SLICE = { dim: 0, start: null as number | null, end: null as number | null, step: 1 };

const sliceScatterFn = /* @__PURE__ */ new Fn<SliceAttrs>(
  "sliceScatter",
  (b, [x, source], { dim, start, end, step }) => [
    c.sliceScatter(b, x!, source!, dim, start, end, step),
  ],
);

/** x with `start:end:step` of an axis replaced by source. */
export function sliceScatter<V extends Value>(
  x: V,
  source: V,
  options: Partial<SliceAttrs> = {},
): V {
  return call1(
    sliceScatterFn,
    [x, source],
    [],
    constantAttrs(readNamed("sliceScatter", SLICE, options)),
  );
}

const selectScatterFn = /* @__PURE__ */ new Fn<{ readonly dim: number; readonly index: number }>(
  "selectScatter",
  (b, [x, source], { dim, index }) => [c.selectScatter(b, x!, source!, dim, index)],
);

/** x with one place of an axis replaced by source. */
export function selectScatter<V extends Value>(x: V, source: V, dim: number, index: number): V {
  return call1(selectScatterFn, [x, source], [], constantAttrs({ dim, index }));
}

const fillFn = /* @__PURE__ */ new Fn("fill", (b, [x, value]) => [
  op(b, "where", fillLike(b, op(b, "eq", x!, x!), 1), c.filler(b, x!, value!), x!),
]);

/** One value (a number, a truth value or a scalar) in the shape and dtype of x. */
export function fill<V extends Value>(x: V, value: V | number | boolean): V {
  return typeof value === "object"
    ? call1(fillFn, [x, value], [], NONE)
    : call1(fillFn, [x], [Number(value)], NONE);
}
