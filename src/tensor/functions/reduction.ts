/**
 * Reductions: `dim` is an axis, a list of axes, or nothing for all; `keepdim` keeps them with
 * extent 1.
 */
import type { DType } from "../../core/dtype.ts";
import { argumentError } from "../../core/errors.ts";
import { checkOption } from "../../core/options.ts";
import * as c from "../../ir/compose/reduction.ts";
import type { Node } from "../../ir/node.ts";
import { Fn } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { castTo } from "../../ir/words.ts";
import { constantAttrs, inOrder, parametric } from "./define.ts";

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

interface Attrs {
  readonly dim: Dims;
  readonly keepdim: boolean;
  /** What x is converted to first. */
  readonly dtype?: DType;
}

type B = Parameters<typeof c.sum>[0];

/** Options of a reduction, `dim` among them. */
export interface ReductionOptions extends KeepDim {
  readonly dim?: Dims;
  /** What x is converted to first. Default: it stays. */
  readonly dtype?: DType;
}

/** The arguments of a reduction: `dim` and `keepdim` by position or by name. */
export type ReductionArguments =
  | [dim?: Dims, keepdim?: boolean]
  | [dim: Dims, options: ReductionOptions]
  | [dim: Dims, keepdim: boolean, options: ReductionOptions]
  | [options: ReductionOptions];

const KEEP = ["keepdim?", "unbiased?"];

function attrsOf(name: string, args: readonly unknown[]): Attrs {
  const [dim, keepdim, dtype] = inOrder(name, ["dim", "keepdim", "dtype"], args) as [
    Dims,
    boolean | undefined,
    DType | undefined,
  ];
  checkOption(name, KEEP, "keepdim", keepdim);
  const attrs = { dim: dim ?? null, keepdim: keepdim ?? false };
  return constantAttrs(dtype ? { ...attrs, dtype } : attrs);
}

/** A reduction over any axes. */
export type Reduction = <V extends Value>(x: V, ...args: ReductionArguments) => V;

function reduction(
  name: string,
  compose: (b: B, x: Node, dim: Dims, keepdim: boolean) => Node,
): Reduction {
  const fn = new Fn<Attrs>(name, (b, [x], { dim, keepdim, dtype }) => [
    dtype
      ? castTo(b, compose(b, castTo(b, x!, dtype), dim, keepdim), dtype)
      : compose(b, x!, dim, keepdim),
  ]);
  return (x, ...args) => call1(fn, [x], [], attrsOf(name, args));
}

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

const extremum = (name: "amax" | "amin"): Reduction =>
  reduction(name, (b, x, dim, keepdim) => c.extremum(b, name, x, dim, keepdim));

/** The largest element; ties share the gradient; where it is NaN, all of it is. */
export const amax = /* @__PURE__ */ extremum("amax");
/** The smallest element; ties share the gradient; where it is NaN, all of it is. */
export const amin = /* @__PURE__ */ extremum("amin");
/** Whether any element is true (not 0). */
export const any = /* @__PURE__ */ reduction("any", c.any);
/** Whether all elements are true. */
export const all = /* @__PURE__ */ reduction("all", c.all);
/** log Σ eˣ without overflow. */
export const logsumexp = /* @__PURE__ */ reduction("logsumexp", c.logsumexp);
/** The sum of the elements that are not NaN. */
export const nansum = /* @__PURE__ */ reduction("nansum", c.nansum);
/** The mean of the elements that are not NaN. */
export const nanmean = /* @__PURE__ */ reduction("nanmean", c.nanmean);
/** How many elements are not 0. */
export const countNonzero = /* @__PURE__ */ reduction("countNonzero", (b, x, dim) =>
  c.countNonzero(b, x, dim),
);

/** Options of variance and deviation. */
export interface VarianceOptions extends ReductionOptions {
  /** Divide by n − correction. Default: 1. */
  readonly correction?: number;
  /** `false` is `correction: 0`. */
  readonly unbiased?: boolean;
}

interface VarianceAttrs extends Attrs {
  readonly correction: number;
}

/** The arguments of a variance: all are optional and may come by name. */
export type VarianceArguments =
  | [dim?: Dims, unbiased?: boolean, keepdim?: boolean]
  | [unbiased: boolean]
  | [dim: Dims, options: VarianceOptions]
  | [options: VarianceOptions];

function varianceAttrs(name: string, args: readonly unknown[]): VarianceAttrs {
  const names = ["dim", "unbiased", "keepdim", "correction"];
  const given = typeof args[0] === "boolean" ? [null, ...args] : args;
  const [dim, unbiased, keepdim, correction] = inOrder(name, names, given) as [
    Dims,
    boolean | undefined,
    boolean | undefined,
    number | undefined,
  ];
  checkOption(name, KEEP, "keepdim", keepdim);
  checkOption(name, KEEP, "unbiased", unbiased);
  return constantAttrs({
    dim: dim ?? null,
    keepdim: keepdim ?? false,
    correction: correction ?? (unbiased === false ? 0 : 1),
  });
}

/** A variance or deviation over any axes. */
export type Spread = <V extends Value>(x: V, ...args: VarianceArguments) => V;

function spread(name: string, compose: typeof c.variance): Spread {
  const fn = new Fn<VarianceAttrs>(name, (b, [x], { dim, ...rest }) => [compose(b, x!, dim, rest)]);
  return (x, ...args) => call1(fn, [x], [], varianceAttrs(name, args));
}

/** The variance; `var` in PyTorch. */
export const variance = /* @__PURE__ */ spread("var", c.variance);
export { variance as var };
/** The standard deviation. */
export const std = /* @__PURE__ */ spread("std", c.std);

function withMean(name: string, compose: typeof c.variance) {
  const fn = new Fn<VarianceAttrs>(name, (b, [x], { dim, ...rest }) => [
    compose(b, x!, dim, rest),
    c.mean(b, x!, dim, rest.keepdim),
  ]);
  return <V extends Value>(x: V, ...args: VarianceArguments): [V, V] =>
    call(fn, [x], [], varianceAttrs(name, args)) as [V, V];
}

/** Variance and mean. */
export const varMean = /* @__PURE__ */ withMean("varMean", c.variance);
/** Standard deviation and mean. */
export const stdMean = /* @__PURE__ */ withMean("stdMean", c.std);

/** A position along one axis, or in the flattened tensor. */
export type Position = <V extends Value>(x: V, ...args: PositionArguments) => V;

/** The arguments of a search along one axis or in the flattened tensor. */
export type PositionArguments =
  | [dim?: number | null, keepdim?: boolean]
  | [dim: number | null, options: KeepDim]
  | [options: { readonly dim?: number | null; readonly keepdim?: boolean }];

function position(name: string, compose: typeof c.argmax): Position {
  const fn = new Fn<Attrs>(name, (b, [x], { dim, keepdim }) => [
    compose(b, x!, dim as number | null, keepdim),
  ]);
  return (x, ...args) => call1(fn, [x], [], attrsOf(name, args));
}

/** The position (int32) of the largest element; the first of several; NaN counts as largest. */
export const argmax = /* @__PURE__ */ position("argmax", c.argmax);
/** The position (int32) of the smallest element; the first of several; NaN counts as smallest. */
export const argmin = /* @__PURE__ */ position("argmin", c.argmin);

/** Elements along an axis with their positions. */
export type Along = <V extends Value>(x: V, ...args: AlongArguments) => WithIndices<V>;

/** The arguments of a reduction along one axis. */
export type AlongArguments =
  | [dim: number, keepdim?: boolean]
  | [dim: number, options: KeepDim]
  | [options: { readonly dim: number; readonly keepdim?: boolean }];

function along(
  name: string,
  compose: (b: B, x: Node, dim: number, keepdim: boolean) => c.Indexed,
): Along {
  const fn = new Fn<Attrs>(name, (b, [x], { dim, keepdim }) => {
    const { values, indices } = compose(b, x!, dim as number, keepdim);
    return [values, indices];
  });
  return (x, ...args) => {
    const [values, indices] = call(fn, [x], [], attrsOf(name, args));
    return { values: values!, indices: indices! };
  };
}

/** The largest elements along an axis and where they are; the gradient goes to them alone. */
export const maxAlong = /* @__PURE__ */ along("max", c.maxAlong);
/** The smallest elements along an axis and where they are. */
export const minAlong = /* @__PURE__ */ along("min", c.minAlong);
/** The lower median along an axis and where it is. */
export const medianAlong = /* @__PURE__ */ along("median", c.median);
/** The largest so far along an axis and where it was. */
export const cummax = /* @__PURE__ */ along("cummax", (b, x, dim) => c.cummax(b, x, dim));
/** The smallest so far along an axis and where it was. */
export const cummin = /* @__PURE__ */ along("cummin", (b, x, dim) => c.cummin(b, x, dim));

interface RunningOptions {
  readonly dim: number;
  readonly dtype?: DType;
}

function running(name: string, compose: typeof c.cumsum) {
  return parametric<
    [],
    [dim: number, ...options: [options?: { readonly dtype?: DType }]],
    RunningOptions
  >(name, ["dim", "dtype"], ((b: B, x: Node, dim: number, dtype?: DType) =>
    compose(b, dtype ? castTo(b, x, dtype) : x, dim)) as never);
}

/** The sum so far. */
export const cumsum = /* @__PURE__ */ running("cumsum", c.cumsum);
/** The product so far. */
export const cumprod = /* @__PURE__ */ running("cumprod", c.cumprod);
/** logsumexp so far. */
export const logcumsumexp = /* @__PURE__ */ running("logcumsumexp", c.logcumsumexp);

interface NormAttrs extends Attrs {
  readonly p: number | "inf" | "-inf";
}

const normFn = /* @__PURE__ */ new Fn<NormAttrs>("norm", (b, [x], { p, dim, keepdim }) => [
  c.norm(b, x!, Number(String(p).replace("inf", "Infinity")), dim, keepdim),
]);

/** The arguments of a norm. */
export type NormArguments<P = NormPower> =
  | [p?: P, dim?: Dims, keepdim?: boolean]
  | [p: P, dim: Dims, options: KeepDim]
  | [p: P, options: ReductionOptions]
  | [options: ReductionOptions & { readonly p?: P }];

/** The power of a norm; "fro" is 2. */
export type NormPower = number | "fro";

/** The p-norm (default 2; 0, 1, ±Infinity and any other p). */
export function norm<V extends Value>(x: V, ...args: NormArguments): V {
  const ordered = inOrder("norm", ["p", "dim", "keepdim"], args);
  const given = (ordered[0] ?? 2) as NormPower;
  if (typeof given === "string" && given !== "fro") {
    throw argumentError(
      `norm: p is "${given as string}"; need a number or "fro". ` +
        `The nuclear norm is linalg.matrixNorm(x, "nuc").`,
    );
  }
  const p = given === "fro" ? 2 : given;
  const power = Number.isFinite(p) ? p : p > 0 ? "inf" : "-inf";
  const attrs: NormAttrs = { ...attrsOf("norm", ordered.slice(1)), p: power };
  return call1(normFn, [x], [], constantAttrs(attrs));
}
