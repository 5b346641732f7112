/** Rounded division, remainders, clamping, tests for NaN, and other functions of numbers. */
import { needOneOf } from "../../core/choice.ts";
import { optionsOf } from "../../core/options.ts";
import * as a from "../../ir/compose/arithmetic.ts";
import * as c from "../../ir/compose/numeric.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import { constant } from "../../ir/words.ts";
import { Fn, NONE } from "../../runtime/function.ts";
import { call1, isWholeNumber } from "../call.ts";
import type { Value } from "../value.ts";
import { storageOf } from "../value.ts";
import * as arithmetic from "./arithmetic.ts";
import type { Optional } from "./define.ts";
import { binary, byName, constantAttrs, inOrder, isWhole, unary } from "./define.ts";
import { all } from "./reduction.ts";

/** The larger of two, where a NaN gives way; x takes the slope of ties. */
export const fmax = /* @__PURE__ */ binary("fmax", c.fmax);
/** The smaller of two, where a NaN gives way; x takes the slope of ties. */
export const fmin = /* @__PURE__ */ binary("fmin", c.fmin);
/** The quotient rounded down. */
export const floorDivide = /* @__PURE__ */ binary("floorDivide", c.floorDivide);
/** The quotient rounded toward 0. */
export const truncDivide = /* @__PURE__ */ binary("truncDivide", (b, x, y, options) =>
  c.divRounded(b, x, y, "trunc", options),
);
/** Options of a division. */
export interface RoundingOptions {
  /** Default: null, no rounding. */
  readonly roundingMode?: "floor" | "trunc" | null;
}

/** x / y; with `roundingMode` "floor" or "trunc" the quotient is rounded. */
export function div<V extends Value>(x: V, y: V | number, options?: RoundingOptions): V;
/** x / y of a number x. */
export function div<V extends Value>(x: number, y: V, options?: RoundingOptions): V;
/** x / y, rounded where that is asked for. */
export function div<V extends Value>(x: V, y: V | number, options: RoundingOptions = {}): V {
  const { roundingMode = null } = optionsOf("div", ["roundingMode"], options);
  if (roundingMode === null) return arithmetic.div(x, y);
  needOneOf("div: roundingMode", roundingMode, ["floor", "trunc"]);
  return roundingMode === "floor" ? floorDivide(x, y) : truncDivide(x, y);
}

/** The remainder with the sign of x, as C's `fmod`; in float64 NaN for quotients beyond 2^96. */
export const fmod = /* @__PURE__ */ binary("fmod", c.fmod);
/** The remainder with the sign of y, as Python's `%`; in float64 NaN for quotients beyond 2^96. */
export const remainder = /* @__PURE__ */ binary("remainder", c.remainder);
/** The magnitude of x with the sign of y. */
export const copysign = /* @__PURE__ */ binary("copysign", c.copysign);
/** √(x² + y²) without overflow. */
export const hypot = /* @__PURE__ */ binary("hypot", c.hypot);
/** log(eˣ + eʸ) without overflow. */
export const logaddexp = /* @__PURE__ */ binary("logaddexp", c.logaddexp);
/** x · log(y), 0 where x is 0. */
export const xlogy = /* @__PURE__ */ binary("xlogy", c.xlogy);
/** 0 below 0 and for NaN, y at 0, 1 above. */
export const heaviside = /* @__PURE__ */ binary("heaviside", c.heaviside);
/** Whether an element is NaN. */
export const isNaN = /* @__PURE__ */ unary("isNaN", c.isnan);
/** Whether an element is infinite. */
export const isInf = /* @__PURE__ */ unary("isInf", c.isinf);
/** Whether an element is neither NaN nor infinite. */
export const isFinite = /* @__PURE__ */ unary("isFinite", c.isfinite);
/** PyTorch's spelling of `isNaN`. */
export const isnan = isNaN;
/** PyTorch's spelling of `isInf`. */
export const isinf = isInf;
/** PyTorch's spelling of `isFinite`. */
export const isfinite = isFinite;

interface ClampAttrs {
  /** The place of each bound among the inputs after x, and its kind where it is a number. */
  readonly places: readonly (number | null)[];
  readonly kinds: readonly (c.NumberKind | null)[];
}

const clampFn = /* @__PURE__ */ new Fn<ClampAttrs>(
  "clamp",
  (b, [x, ...given], { places, kinds }) => {
    const bounds = places.map((place) => (place === null ? null : given[place]!));
    return [c.clamp(b, x!, bounds, kinds)];
  },
);

type Bound<V> = V | number | null | undefined;

/** The bounds of `clamp`, by position or by name. */
export type ClampArguments<V> = Optional<
  [min?: Bound<V>, max?: Bound<V>],
  { readonly min?: Bound<V>; readonly max?: Bound<V> }
>;

/** x held between bounds (numbers or tensors); leave one out, or give null, for none. */
export function clamp<V extends Value>(x: V, ...args: ClampArguments<V>): V {
  const [min, max] = inOrder("clamp", ["min", "max"], args) as readonly Bound<V>[];
  const bounds = [min ?? null, max ?? null];
  const tensors = bounds.filter((bound): bound is V => bound !== null && typeof bound !== "number");
  const numbers = bounds.filter((bound) => typeof bound === "number");
  let [tensor, number] = [0, tensors.length];
  const places = bounds.map((bound) =>
    bound === null ? null : typeof bound === "number" ? number++ : tensor++,
  );
  const attrs = constantAttrs({ places, kinds: bounds.map((bound) => numberKind(x, bound)) });
  return call1(clampFn, [x, ...tensors], numbers, attrs);
}

/** Which number a bound is: one that keeps an int32 tensor whole, or another. */
function numberKind(x: Value, bound: Value | number | null): c.NumberKind | null {
  if (bound === null || (typeof bound === "object" && bound.number === null)) return null;
  const number = typeof bound === "number" ? bound : bound.number!;
  if (typeof bound === "object") isWholeNumber(bound); // which a replay asks again
  return isWhole("clamp", x, number) ? "integer" : "float";
}

/** x, not below min. */
export function clampMin<V extends Value>(x: V, min: V | number): V {
  return clamp(x, min);
}

/** x, not above max. */
export function clampMax<V extends Value>(x: V, max: V | number): V {
  return clamp(x, null, max);
}

const lerpFn = /* @__PURE__ */ new Fn("lerp", (b, [x, y, weight]) => [c.lerp(b, x!, y!, weight!)]);

/** x + weight · (y − x); the weight is a number or a tensor. */
export function lerp<V extends Value>(x: V, y: V, weight: V | number): V {
  return typeof weight === "number"
    ? call1(lerpFn, [x, y], [weight], NONE)
    : call1(lerpFn, [x, y, weight], [], NONE);
}

type Fused = (b: NodeBuilder, x: Node, a: Node, d: Node, value: Node) => Node;

function fused(name: string, compose: Fused) {
  const fn = new Fn(name, (b, [x, a, d, value]) => [compose(b, x!, a!, d!, value!)]);
  return <V extends Value>(x: V, a: V, d: V, options?: { readonly value?: number }): V =>
    call1(fn, [x, a, d], [optionsOf(name, ["value"], options).value ?? 1], NONE);
}

/** x + value · a · d. Default value: 1. */
export const addcmul = /* @__PURE__ */ fused("addcmul", c.addcmul);
/** x + value · a / d. Default value: 1. */
export const addcdiv = /* @__PURE__ */ fused("addcdiv", c.addcdiv);

const nanToNumFn = /* @__PURE__ */ new Fn<c.NanToNumOptions>("nanToNum", (b, [x], options) => [
  c.nanToNum(b, x!, options),
]);

/** x with NaN (default 0) and infinities (default ±the largest number) replaced. */
export function nanToNum<V extends Value>(x: V, options: c.NanToNumOptions = {}): V {
  const given = optionsOf("nanToNum", ["nan", "posinf", "neginf"], options);
  return call1(nanToNumFn, [x], [], constantAttrs(given));
}

const logitFn = /* @__PURE__ */ new Fn<{ readonly eps: number | null }>(
  "logit",
  (b, [x], { eps }) => [c.logit(b, x!, eps ?? undefined)],
);

/** log(p / (1 − p)); with `eps`, p is first held between eps and 1 − eps. */
export function logit<V extends Value>(
  x: V,
  eps?: number | { readonly eps?: number | null } | null,
): V {
  const bound = typeof eps === "object" ? eps?.eps : eps;
  return call1(logitFn, [x], [], constantAttrs({ eps: bound ?? null }));
}

/** Tolerances of `isClose` and `allclose`. */
export interface CloseOptions {
  /** Default: 1e-5. */
  readonly rtol?: number;
  /** Default: 1e-8. */
  readonly atol?: number;
  /** Whether NaN equals NaN. Default: false. */
  readonly equalNan?: boolean;
}

const isCloseFn = /* @__PURE__ */ new Fn<CloseOptions>("isClose", (b, [x, y], o) => [
  c.isclose(b, x!, y!, o),
]);

/** Whether |x − y| ≤ atol + rtol · |y|, element by element. */
export function isClose<V extends Value>(x: V, y: V, options: CloseOptions = {}): V {
  const given = optionsOf("isClose", ["rtol", "atol", "equalNan?"], options);
  return call1(isCloseFn, [x, y], [], constantAttrs(given));
}

/** PyTorch's spelling of `isClose`. */
export const isclose = isClose;

/** Whether all elements are close: |x − y| ≤ atol + rtol · |y|. Reads the values; asynchronous. */
export async function allclose<V extends Value>(
  x: V,
  y: V,
  options: CloseOptions = {},
): Promise<boolean> {
  return storageOf(all(isClose(x, y, options))).read()[0] !== 0;
}

function tenTo(exponent: number): number {
  return Number(`1e${exponent}`); // parsed, so that it is exactly rounded
}

const roundFn = /* @__PURE__ */ new Fn<{ readonly decimals: number }>(
  "round",
  (b, [x], { decimals }) => {
    if (decimals === 0) return [a.round(b, x!)];
    // as PyTorch: the power of ten is a whole number, multiplied or divided by
    const [power, back] = decimals > 0 ? [a.mul, a.div] : [a.div, a.mul];
    const scale = constant(b, x!.type.dtype, tenTo(Math.abs(decimals)));
    return [back(b, a.round(b, power(b, x!, scale)), scale)];
  },
);

/** The nearest integers (ties to even), or the nearest multiples of 10^−decimals. */
export function round<V extends Value>(
  x: V,
  ...args: Optional<[decimals?: number], { readonly decimals?: number }>
): V {
  const { decimals = 0 } = byName<{ decimals?: number }>("round", ["decimals"], args);
  return call1(roundFn, [x], [], constantAttrs({ decimals }));
}
