/** Areas, covariances and distances. */
import { asGiven, readNamed } from "../../core/options.ts";
import * as c from "../../ir/compose/statistics.ts";
import { Fn } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs, define, unary } from "./define.ts";
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

const TRAPEZOID = { dx: 1, dim: -1 };

/** The area under y along an axis by the trapezoidal rule: at points x, or `dx` apart. */
export function trapezoid<V extends Value>(
  y: V,
  x?: V | TrapezoidOptions,
  options: TrapezoidOptions = {},
): V {
  const given = readNamed("trapezoid", TRAPEZOID, options);
  if (isTensorLike<V>(x)) {
    return call1(atFn, [y, x], [], constantAttrs({ dim: given.dim }));
  }
  const { dx, dim } = readNamed("trapezoid", given, x);
  return call1(byFn, [y], [dx], constantAttrs({ dim }));
}

const COV = { correction: 1, fweights: asGiven(null), aweights: asGiven(null) };

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
  const { correction } = readNamed("cov", COV, options);
  const { fweights, aweights } = options ?? {};
  const weights = [fweights, aweights].filter((w) => w !== null && w !== undefined);
  const [frequency, importance] = [fweights, aweights].map((w) => w !== null && w !== undefined);
  const attrs = { correction, frequency: frequency!, importance: importance! };
  return call1(covFn, [x, ...weights], [], constantAttrs(attrs));
}

/** The correlations of variables (rows) over observations (columns). */
export const corrcoef = /* @__PURE__ */ unary("corrcoef", c.corrcoef);

/** The p-norm (default 2) of x − y. */
export const dist = /* @__PURE__ */ define("dist", { p: 2 }, c.dist, { tensors: ["y"] });

/** The p-norms (default 2) of the differences of each row of x and each of y. */
export const cdist = /* @__PURE__ */ define("cdist", { p: 2 }, c.cdist, { tensors: ["y"] });

/** The smallest and the largest element, of all or along an axis. */
export interface MinMax<V> {
  readonly min: V;
  readonly max: V;
}

const AMINMAX = { dim: null as number | null, keepdim: false };

const aminmaxFn = /* @__PURE__ */ new Fn<{
  readonly dim: number | null;
  readonly keepdim: boolean;
}>("aminmax", (b, [x], { dim, keepdim }) => c.aminmax(b, x!, dim, keepdim));

/** The smallest and the largest element, of all or along `dim`. */
export function aminmax<V extends Value>(
  x: V,
  options: { readonly dim?: number; readonly keepdim?: boolean } = {},
): MinMax<V> {
  const { dim, keepdim } = readNamed("aminmax", AMINMAX, options);
  const [min, max] = call(aminmaxFn, [x], [], constantAttrs({ dim, keepdim }));
  return { min: min!, max: max! };
}
