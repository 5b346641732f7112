/** Areas, covariances and distances. */
import { optionsOf } from "../../core/options.ts";
import * as c from "../../ir/compose/statistics.ts";
import { Fn } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs, unary } from "./define.ts";
import { isTensorLike } from "./subscript.ts";

const byFn = /* @__PURE__ */ new Fn<{ readonly dim: number }>(
  "trapezoid",
  (b, [y, dx], { dim }) => [c.trapezoidBy(b, y!, dx!, dim)],
);
const atFn = /* @__PURE__ */ new Fn<{ readonly dim: number }>("trapezoid", (b, [y, x], { dim }) => [
  c.trapezoidAt(b, y!, x!, dim),
]);

/** Options of `trapezoid`. */
export interface TrapezoidOptions {
  /** The distance of neighbouring points. Default: 1. */
  readonly dx?: number;
  /** Default: the last axis. */
  readonly dim?: number;
}

const TRAPEZOID = ["dx", "dim"];

/** The area under y along an axis by the trapezoidal rule: at points x, or `dx` apart. */
export function trapezoid<V extends Value>(
  y: V,
  x?: V | TrapezoidOptions,
  options: TrapezoidOptions = {},
): V {
  optionsOf("trapezoid", TRAPEZOID, options);
  if (isTensorLike<V>(x)) {
    return call1(atFn, [y, x], [], constantAttrs({ dim: options.dim ?? -1 }));
  }
  const { dx = 1, dim = -1 } = { ...options, ...optionsOf("trapezoid", TRAPEZOID, x) };
  return call1(byFn, [y], [dx], constantAttrs({ dim }));
}

/** Options of `cov`. */
export interface CovOptions<V> {
  /** Divide by n − correction. Default: 1. */
  readonly correction?: number;
  /** How often each observation counts (int32). */
  readonly fweights?: V | null;
  /** How much each observation counts. */
  readonly aweights?: V | null;
}

interface CovAttrs {
  readonly correction: number;
  readonly frequency: boolean;
  readonly importance: boolean;
}

const covFn = /* @__PURE__ */ new Fn<CovAttrs>(
  "cov",
  (b, [x, ...weights], { correction, frequency, importance }) => [
    c.cov(b, x!, correction, {
      fweights: frequency ? weights[0]! : null,
      aweights: importance ? weights.at(-1)! : null,
    }),
  ],
);

/** The covariance of variables (rows) over observations (columns). */
export function cov<V extends Value>(x: V, options: CovOptions<V> = {}): V {
  const names = ["correction", "fweights", "aweights"];
  const { correction = 1, fweights, aweights } = optionsOf("cov", names, options);
  const weights = [fweights, aweights].filter((w) => w !== null && w !== undefined);
  const [frequency, importance] = [fweights, aweights].map((w) => w !== null && w !== undefined);
  const attrs = { correction, frequency: frequency!, importance: importance! };
  return call1(covFn, [x, ...weights], [], constantAttrs(attrs));
}

/** The correlations of variables (rows) over observations (columns). */
export const corrcoef = /* @__PURE__ */ unary("corrcoef", c.corrcoef);

interface PowerAttrs {
  readonly p: number | "inf" | "-inf";
}

/** Spells infinities so that attributes can be compared as text. */
function powerAttrs(p: number): PowerAttrs {
  return constantAttrs({ p: Number.isFinite(p) ? p : p > 0 ? "inf" : "-inf" });
}

function powerOf({ p }: PowerAttrs): number {
  return Number(String(p).replace("inf", "Infinity"));
}

const distFn = /* @__PURE__ */ new Fn<PowerAttrs>("dist", (b, [x, y], attrs) => [
  c.dist(b, x!, y!, powerOf(attrs)),
]);

/** The p-norm (default 2) of x − y. */
export function dist<V extends Value>(x: V, y: V, p: number | { readonly p?: number } = 2): V {
  return call1(distFn, [x, y], [], powerAttrs(typeof p === "number" ? p : (p.p ?? 2)));
}

const cdistFn = /* @__PURE__ */ new Fn<PowerAttrs>("cdist", (b, [x, y], attrs) => [
  c.cdist(b, x!, y!, powerOf(attrs)),
]);

/** The p-norms (default 2) of the differences of each row of x and each of y. */
export function cdist<V extends Value>(x: V, y: V, p: number | { readonly p?: number } = 2): V {
  return call1(cdistFn, [x, y], [], powerAttrs(typeof p === "number" ? p : (p.p ?? 2)));
}

/** The smallest and the largest element, of all or along an axis. */
export interface MinMax<V> {
  readonly min: V;
  readonly max: V;
}

const aminmaxFn = /* @__PURE__ */ new Fn<{
  readonly dim: number | null;
  readonly keepdim: boolean;
}>("aminmax", (b, [x], { dim, keepdim }) => c.aminmax(b, x!, dim, keepdim));

/** The smallest and the largest element, of all or along `dim`. */
export function aminmax<V extends Value>(
  x: V,
  options: { readonly dim?: number; readonly keepdim?: boolean } = {},
): MinMax<V> {
  const { dim, keepdim = false } = optionsOf("aminmax", ["dim", "keepdim?"], options);
  const [min, max] = call(aminmaxFn, [x], [], constantAttrs({ dim: dim ?? null, keepdim }));
  return { min: min!, max: max! };
}
