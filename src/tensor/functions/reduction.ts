/**
 * Reductions: `dim` is an axis, a list of axes, or nothing for all; `keepdim` keeps them with
 * extent 1.
 */
import type { DType } from "../../core/dtype.ts";
import { isFloat } from "../../core/dtype.ts";
import { argumentError, shapeError } from "../../core/errors.ts";
import type { Options } from "../../core/options.ts";
import { normalizeAxis } from "../../core/shape.ts";
import { stopGradient, toFloat } from "../../ir/compose/arithmetic.ts";
import { isnan, logaddexp, logOfSum } from "../../ir/compose/numeric.ts";
import * as c from "../../ir/compose/reduction.ts";
import { runningExtremumIndex } from "../../ir/gradients.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import {
  castTo,
  concat,
  expandTo,
  fill,
  fillLike,
  op,
  reshape,
  sliceAxis,
} from "../../ir/words.ts";
import type { Value } from "../value.ts";
import type { ArgumentsOf } from "./define.ts";
import { define } from "./define.ts";

/** The axes to reduce: one, several, or all. */
export type Dims = c.Dims;

/** Options of most reductions. */
export interface KeepDim {
  /** Keep reduced axes with extent 1. Default: false. */
  readonly keepdim?: boolean;
}

/** Values and the positions (int32) they came from. */
export interface WithIndices<V> {
  readonly values: V;
  readonly indices: V;
}

const REDUCTION = {
  dim: null as Dims,
  keepdim: false,
  /** What x is converted to first. Default: it stays. */
  dtype: null as DType | null,
};

/** Options of a reduction, `dim` among them. */
export type ReductionOptions = Options<typeof REDUCTION>;

type Graph = (b: NodeBuilder, x: Node, dim: Dims, keepdim: boolean) => Node;

function reduction(name: string, graph: Graph) {
  return define(name, REDUCTION, (b, x, dim: Dims, keepdim: boolean, dtype: DType | null) =>
    dtype === null
      ? graph(b, x, dim, keepdim)
      : castTo(b, graph(b, castTo(b, x, dtype), dim, keepdim), dtype),
  );
}

/** A reduction over any axes. */
export type Reduction = ReturnType<typeof reduction>;

/** The arguments of a reduction: `dim` and `keepdim` by position or by name. */
export type ReductionArguments = ArgumentsOf<Reduction>;

/** The sum. Of int32: exact, and an error if it does not fit. */
export const sum = /* @__PURE__ */ reduction("sum", c.sum);

/** The product. */
export const prod = /* @__PURE__ */ reduction("prod", c.prod);

/** The mean (floats). */
export const mean = /* @__PURE__ */ reduction("mean", c.mean);

/** `max()`: the largest of all; ties share the gradient, and NaNs do. */
export const maxOfAll = /* @__PURE__ */ reduction("max", c.amax);

/** `min()`: the smallest of all; ties share the gradient, and NaNs do. */
export const minOfAll = /* @__PURE__ */ reduction("min", c.amin);

/**
 * Of `amax` and `amin`: as along some axes, the gradient of a NaN is NaN also where all axes are
 * reduced (that of `max()` goes to the NaNs).
 */
function extremum(
  b: NodeBuilder,
  name: "amax" | "amin",
  x: Node,
  dim?: Dims,
  keepdim = false,
): Node {
  const { shape } = x.type;
  const axes = c.axesOf(name, x, dim);
  const all = axes.length === shape.length;
  const wide = all ? reshape(b, x, [1, ...shape]) : x;
  const along = all ? axes.map((axis) => axis + 1) : axes;
  const y = (name === "amax" ? c.amax : c.amin)(b, wide, along, keepdim);
  return all ? reshape(b, y, keepdim ? shape.map(() => 1) : []) : y;
}

/** The largest element; ties share the gradient; where it is NaN, all of it is. */
export const amax = /* @__PURE__ */ reduction("amax", (b, x, dim, keepdim) =>
  extremum(b, "amax", x, dim, keepdim),
);
/** The smallest element; ties share the gradient; where it is NaN, all of it is. */
export const amin = /* @__PURE__ */ reduction("amin", (b, x, dim, keepdim) =>
  extremum(b, "amin", x, dim, keepdim),
);
/** Whether any element is true (not 0). */
export const any = /* @__PURE__ */ reduction("any", c.any);
/** Whether all elements are true. */
export const all = /* @__PURE__ */ reduction("all", (b, x, dim, keepdim) =>
  c.reduced(b, "min", castTo(b, x, "bool"), c.axesOf("all", x, dim), keepdim),
);

/** log Σ eˣ without overflow. */
export const logsumexp = /* @__PURE__ */ reduction("logsumexp", (b, x, dim, keepdim) => {
  const y = toFloat(b, x);
  const axes = c.axesOf("logsumexp", y, dim);
  if (c.countOf(y, axes) === 0) return op(b, "log", c.reduced(b, "sum", y, axes, keepdim));
  const top = stopGradient(b, c.reduced(b, "max", y, axes, true));
  const finite = op(b, "lt", op(b, "abs", top), fillLike(b, top, Infinity));
  // NaN and infinities go through the exponential as they are
  const shift = op(b, "where", finite, top, fillLike(b, top, 0));
  const terms = op(b, "exp", op(b, "sub", y, expandTo(b, shift, y.type.shape)));
  const total = logOfSum(b, c.reduced(b, "sum", terms, axes, true));
  const result = op(b, "add", total, shift);
  return keepdim
    ? result
    : reshape(
        b,
        result,
        y.type.shape.filter((_, a) => !axes.includes(a)),
      );
});
/** The sum of the elements that are not NaN. */
export const nansum = /* @__PURE__ */ reduction("nansum", (b, x, dim, keepdim) =>
  c.sum(b, op(b, "where", isnan(b, x), fillLike(b, x, 0), x), dim, keepdim),
);
/** The mean of the elements that are not NaN. */
export const nanmean = /* @__PURE__ */ reduction("nanmean", (b, x, dim, keepdim) => {
  c.needFloat("nanmean", x);
  const present = castTo(b, op(b, "eq", x, x), x.type.dtype);
  return op(b, "div", nansum.graph(b, x, dim, keepdim), c.sum(b, present, dim, keepdim));
});
/** How many elements are not 0. */
export const countNonzero = /* @__PURE__ */ reduction("countNonzero", (b, x, dim) =>
  c.sum(b, castTo(b, castTo(b, x, "bool"), "int32"), dim),
);

const VARIANCE = {
  dim: null as Dims,
  /** `false` is `correction: 0`. */
  unbiased: true,
  keepdim: false,
  /** Divide by n − correction. Default: 1. */
  correction: null as number | null,
};

/** Options of variance and deviation. */
export type VarianceOptions = Options<typeof VARIANCE>;

/** The arguments of a variance: all are optional and may come by name. */
export type VarianceArguments =
  | [dim?: Dims, unbiased?: boolean, keepdim?: boolean]
  | [unbiased: boolean]
  | [dim: Dims, options: VarianceOptions]
  | [options: VarianceOptions];

/** A variance or deviation over any axes. */
export interface Spread<R> {
  /** The function within another's graph. */
  readonly graph: (
    b: NodeBuilder,
    x: Node,
    dim?: Dims,
    unbiased?: boolean,
    keepdim?: boolean,
    correction?: number | null,
  ) => R;
  <V extends Value>(x: V, ...args: VarianceArguments): R extends Node ? V : [V, V];
}

/** Makes a function of the variance and the mean; the first argument may also be `unbiased`. */
function spread<R extends Node | readonly [Node, Node]>(
  name: string,
  graph: (b: NodeBuilder, moments: { readonly variance: Node; readonly mean: Node }) => R,
): Spread<R> {
  const fn = define(
    name,
    VARIANCE,
    (b, x, dim: Dims, unbiased: boolean, keepdim: boolean, correction: number | null) =>
      graph(b, c.varMean(b, x, dim, { correction: correction ?? Number(unbiased), keepdim })),
  );
  const run = <V extends Value>(x: V, ...args: VarianceArguments): unknown =>
    typeof args[0] === "boolean" ? fn(x, null, ...args) : fn(x, ...(args as [VarianceOptions]));
  return Object.assign(run, { graph: fn.graph }) as Spread<R>;
}

/** The variance; `var` in PyTorch. */
export const variance = /* @__PURE__ */ spread("var", (_, moments) => moments.variance);
export { variance as var };
/** The standard deviation; its slope at 0 is 0. */
export const std = /* @__PURE__ */ spread("std", (b, moments) => c.rootOrZero(b, moments.variance));
/** Variance and mean. */
export const varMean = /* @__PURE__ */ spread("varMean", (_, { variance, mean }) => [
  variance,
  mean,
]);
/** Standard deviation and mean. */
export const stdMean = /* @__PURE__ */ spread("stdMean", (b, { variance, mean }) => [
  c.rootOrZero(b, variance),
  mean,
]);

function position(name: string, graph: typeof c.argmax) {
  return define(
    name,
    { dim: null as number | null, keepdim: false },
    (b, x, dim: number | null, keepdim: boolean) => graph(b, x, dim, keepdim),
  );
}

/** A position along one axis, or in the flattened tensor. */
export type Position = ReturnType<typeof position>;

/** The arguments of a search along one axis or in the flattened tensor. */
export type PositionArguments = ArgumentsOf<Position>;

/** The position (int32) of the largest element; the first of several; NaN counts as largest. */
export const argmax = /* @__PURE__ */ position("argmax", c.argmax);

/** The position (int32) of the smallest element; the first of several; NaN counts as smallest. */
export const argmin = /* @__PURE__ */ position("argmin", c.argmin);

function along(
  name: string,
  graph: (b: NodeBuilder, x: Node, dim: number, keepdim: boolean) => c.Indexed,
) {
  return define(
    name,
    { keepdim: false },
    (b, x, dim: number, keepdim: boolean) => graph(b, x, dim, keepdim),
    { needed: ["dim"] },
  );
}

/** Elements along an axis with their positions. */
export type Along = ReturnType<typeof along>;

/** The arguments of a reduction along one axis. */
export type AlongArguments = ArgumentsOf<Along>;

/** Takes one element along an axis at a position that has extent 1 there. */
function pickAt(b: NodeBuilder, x: Node, at: Node, axis: number, keepdim: boolean): c.Indexed {
  if (x.type.shape.length === 0) return { values: x, indices: at };
  const values = b.apply("gather", [x, at], { axis });
  if (keepdim) return { values, indices: at };
  const shape = x.type.shape.filter((_, a) => a !== axis);
  return { values: reshape(b, values, shape), indices: reshape(b, at, shape) };
}

/** The elements at the positions that `argmax` or `argmin` finds. */
function extremeAlong(name: "max" | "min", find: typeof c.argmax) {
  return along(name, (b, x, dim, keepdim) => {
    const axis = normalizeAxis(name, dim, x.type.shape.length);
    return pickAt(b, x, find(b, x, axis, true), axis, keepdim);
  });
}

/** The largest elements along an axis and where they are; the gradient goes to them alone. */
export const maxAlong = /* @__PURE__ */ extremeAlong("max", c.argmax);
/** The smallest elements along an axis and where they are. */
export const minAlong = /* @__PURE__ */ extremeAlong("min", c.argmin);
/** The lower median along an axis and where it is; NaN if there is one. */
export const medianAlong = /* @__PURE__ */ along("median", (b, x, dim, keepdim) => {
  if (x.type.size === 0) throw shapeError(`median: x is ${x.type.text}, which is empty.`);
  const axis = normalizeAxis("median", dim, x.type.shape.length);
  if (x.type.shape.length === 0) return { values: x, indices: fill(b, "int32", [], 0) };
  const length = x.type.shape[axis]!;
  const order = c.argsort(b, x, axis);
  const middle = sliceAxis(b, order, axis, Math.floor((length - 1) / 2), 1);
  const last = sliceAxis(b, order, axis, length - 1, 1);
  const spoiled = isnan(b, b.apply("gather", [stopGradient(b, x), last], { axis }));
  return pickAt(b, x, op(b, "where", spoiled, last, middle), axis, keepdim);
});

/** The largest, or the smallest, so far, and the latest place where it was. */
function runningExtremum(combine: "max" | "min") {
  return along(`cum${combine}`, (b, x, dim) => {
    const values = c.running(b, combine, x, dim);
    const own = castTo(b, values, x.type.dtype);
    if (values.type.shape.length === 0) return { values: own, indices: fill(b, "int32", [], 0) };
    return { values: own, indices: runningExtremumIndex(b, values) };
  });
}

/** The largest so far along an axis and where it was. */
export const cummax = /* @__PURE__ */ runningExtremum("max");
/** The smallest so far along an axis and where it was. */
export const cummin = /* @__PURE__ */ runningExtremum("min");

function running(name: string, graph: (b: NodeBuilder, x: Node, dim: number) => Node) {
  return define(
    name,
    { dtype: null as DType | null },
    (b, x, dim: number, dtype: DType | null) =>
      graph(b, dtype === null ? x : castTo(b, x, dtype), dim),
    { needed: ["dim"] },
  );
}

/** The sum so far. */
export const cumsum = /* @__PURE__ */ running("cumsum", c.cumsum);
/** The product so far. */
export const cumprod = /* @__PURE__ */ running("cumprod", (b, x, dim) =>
  c.running(b, "prod", x, dim),
);
/**
 * logsumexp so far, by doubling: every partial result has its own shift. In float64, since the
 * slopes are products over all doublings.
 */
export const logcumsumexp = /* @__PURE__ */ running("logcumsumexp", (b, x, dim) => {
  let y = castTo(b, x, "float64");
  const axis = normalizeAxis("logcumsumexp", dim, y.type.shape.length);
  const length = y.type.shape[axis] ?? 1;
  for (let distance = 1; distance < length; distance *= 2) {
    const edge = y.type.shape.map((extent, a) => (a === axis ? distance : extent));
    const gap = fill(b, y.type.dtype, edge, -Infinity);
    const before = concat(b, [gap, sliceAxis(b, y, axis, 0, length - distance)], axis);
    y = logaddexp(b, y, before);
  }
  return castTo(b, y, isFloat(x.type.dtype) ? x.type.dtype : "float32");
});

/** The power of a norm; "fro" is 2. */
export type NormPower = number | "fro";

const NORM = { p: 2 as NormPower, dim: null as Dims, keepdim: false };

/** The p-norm (default 2; 0, 1, ±Infinity and any other p). */
export const norm = /* @__PURE__ */ define(
  "norm",
  NORM,
  (b, x, p: NormPower, dim: Dims, keepdim: boolean) => {
    if (typeof p === "string" && p !== "fro") {
      throw argumentError(
        `norm: p is "${p as string}"; need a number or "fro". ` +
          `The nuclear norm is linalg.matrixNorm(x, "nuc").`,
      );
    }
    return c.norm(b, x, p === "fro" ? 2 : p, dim, keepdim);
  },
);

/** The arguments of a norm. */
export type NormArguments<P = NormPower> =
  | ArgumentsOf<typeof norm>
  | [p?: P, dim?: Dims, keepdim?: boolean]
  | [p: P, dim: Dims, options: KeepDim]
  | [p: P, options: ReductionOptions]
  | [options: ReductionOptions & { readonly p?: P }];
