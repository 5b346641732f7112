/**
 * Pooling over one to three axes, as PyTorch has it: the first of equal maxima gets the gradient.
 */
import { argumentError } from "../../core/errors.ts";
import type { Options } from "../../core/options.ts";
import type { Value } from "../value.ts";
import { adaptiveMaxima } from "./adaptive.ts";
import type { ArgumentsOf } from "./define.ts";
import { define } from "./define.ts";
import type { PerAxis } from "./windows.ts";
import { adaptiveAverages, averages, maxima, needFloat, windowsOf } from "./windows.ts";

/** The settings of max pooling; the stride is the kernel's size unless it is given. */
const MAX_POOL = {
  stride: null as PerAxis | null,
  padding: 0 as PerAxis,
  dilation: 1 as PerAxis,
  ceilMode: false,
};

/** The options of max pooling. */
export type MaxPoolOptions = Options<typeof MAX_POOL>;

/** The arguments of max pooling after its input, by position or by name. */
export type MaxPoolArguments =
  | [
      kernelSize: PerAxis,
      stride?: PerAxis | null,
      padding?: PerAxis,
      dilation?: PerAxis,
      ceilMode?: boolean,
      returnIndices?: false,
    ]
  | [kernelSize: PerAxis, options: MaxPoolOptions & { readonly returnIndices?: false }];

/** The arguments of max pooling that also gives positions. */
export type IndexedPoolArguments =
  | [
      kernelSize: PerAxis,
      stride: PerAxis | null | undefined,
      padding: PerAxis,
      dilation: PerAxis,
      ceilMode: boolean,
      returnIndices: true,
    ]
  | [kernelSize: PerAxis, options: MaxPoolOptions & { readonly returnIndices: true }];

/** Max pooling, with `returnIndices` also the flat positions (int32) of the largest elements. */
export interface MaxPool {
  <V extends Value>(input: V, ...args: MaxPoolArguments): V;
  <V extends Value>(input: V, ...args: IndexedPoolArguments): [values: V, indices: V];
}

function maxPool(axes: number): MaxPool {
  const pool = define(
    `maxPool${axes}d`,
    { ...MAX_POOL, returnIndices: false },
    (
      b,
      x,
      kernelSize: PerAxis,
      stride: PerAxis | null,
      padding: PerAxis,
      dilation: PerAxis,
      ceilMode: boolean,
      returnIndices: boolean,
    ) => {
      const options = { stride, padding, dilation, ceilMode };
      return maxima(b, axes, x, kernelSize, options, returnIndices);
    },
    { needed: ["kernelSize"] },
  );
  return valuesOrAll(pool);
}

/** A pool that gives its values alone, unless positions were asked for. */
function valuesOrAll<P extends (input: never, ...args: never) => unknown>(pool: unknown): P {
  const all = pool as (input: Value, ...args: readonly unknown[]) => Value[];
  return ((input: Value, ...args: readonly unknown[]) => {
    const results = all(input, ...args);
    return results.length > 1 ? results : results[0];
  }) as unknown as P;
}

function maxPoolIndexed(pool: MaxPool) {
  return <V extends Value>(
    input: V,
    kernelSize: PerAxis,
    options: MaxPoolOptions = {},
  ): [values: V, indices: V] => pool(input, kernelSize, { ...options, returnIndices: true });
}

/** The largest of each window over the last axis. The stride is `kernelSize` unless given. */
export const maxPool1d = /* @__PURE__ */ maxPool(1);

/** The largest of each window over the last two axes. The stride is `kernelSize` unless given. */
export const maxPool2d = /* @__PURE__ */ maxPool(2);

/** The largest of each window over the last three axes. The stride is `kernelSize` unless given. */
export const maxPool3d = /* @__PURE__ */ maxPool(3);

/** As `maxPool1d`, and the flat positions of the largest elements (int32). */
export const maxPool1dWithIndices = /* @__PURE__ */ maxPoolIndexed(maxPool1d);

/** As `maxPool2d`, and the flat positions of the largest elements (int32). */
export const maxPool2dWithIndices = /* @__PURE__ */ maxPoolIndexed(maxPool2d);

/** As `maxPool3d`, and the flat positions of the largest elements (int32). */
export const maxPool3dWithIndices = /* @__PURE__ */ maxPoolIndexed(maxPool3d);

/** The settings of average pooling; the stride is the kernel's size unless it is given. */
const AVG_POOL = {
  stride: null as PerAxis | null,
  padding: 0 as PerAxis,
  ceilMode: false,
  countIncludePad: true,
  divisorOverride: null as number | null,
};

/** The options of average pooling. */
export type AvgPoolOptions = Options<typeof AVG_POOL>;

function avgPool(axes: number) {
  const name = `avgPool${axes}d`;
  return define(
    name,
    AVG_POOL,
    (
      b,
      x,
      kernelSize: PerAxis,
      stride: PerAxis | null,
      padding: PerAxis,
      ceilMode: boolean,
      countIncludePad: boolean,
      divisorOverride: number | null,
    ) => {
      needFloat(name, x);
      const step = Array.isArray(stride) && stride.length === 0 ? null : stride;
      const windows = windowsOf(name, axes, x, kernelSize, { stride: step, padding, ceilMode });
      if (divisorOverride === 0) {
        throw argumentError(`${name}: divisorOverride is 0; need another number.`);
      }
      return averages(b, x, windows, countIncludePad, divisorOverride);
    },
    { needed: ["kernelSize"] },
  );
}

/** The average of each window over the last axis. The stride is `kernelSize` unless given. */
export const avgPool1d = /* @__PURE__ */ avgPool(1);

/** The average of each window over the last two axes. The stride is `kernelSize` unless given. */
export const avgPool2d = /* @__PURE__ */ avgPool(2);

/** The average of each window over the last three axes. The stride is `kernelSize` unless given. */
export const avgPool3d = /* @__PURE__ */ avgPool(3);

/** The extents that an adaptive pool gives: one for all axes, or each; null keeps an axis. */
export type OutputSize = number | readonly (number | null)[];

function adaptiveAvgPool(axes: number) {
  return define(
    `adaptiveAvgPool${axes}d`,
    {},
    (b, x, outputSize: OutputSize) => adaptiveAverages(b, axes, x, outputSize),
    { needed: ["outputSize"] },
  );
}

/** Averages that bring the last axis to `outputSize`. */
export const adaptiveAvgPool1d = /* @__PURE__ */ adaptiveAvgPool(1);

/** Averages that bring the last two axes to `outputSize`; null keeps an axis. */
export const adaptiveAvgPool2d = /* @__PURE__ */ adaptiveAvgPool(2);

/** Averages that bring the last three axes to `outputSize`; null keeps an axis. */
export const adaptiveAvgPool3d = /* @__PURE__ */ adaptiveAvgPool(3);

/** The largest of windows that fit, with `returnIndices` also their flat positions (int32). */
export interface AdaptiveMaxPool {
  <V extends Value>(input: V, outputSize: OutputSize, options?: { returnIndices?: false }): V;
  <V extends Value>(
    input: V,
    outputSize: OutputSize,
    options: true | { readonly returnIndices: true },
  ): [values: V, indices: V];
}

function adaptiveMaxPool(axes: number): AdaptiveMaxPool {
  const pool = define(
    `adaptiveMaxPool${axes}d`,
    { returnIndices: false },
    (b, x, outputSize: OutputSize, returnIndices: boolean) =>
      adaptiveMaxima(b, axes, x, outputSize, returnIndices),
    { needed: ["outputSize"] },
  );
  return valuesOrAll(pool);
}

/** Maxima that bring the last axis to `outputSize`. */
export const adaptiveMaxPool1d = /* @__PURE__ */ adaptiveMaxPool(1);

/** Maxima that bring the last two axes to `outputSize`; null keeps an axis. */
export const adaptiveMaxPool2d = /* @__PURE__ */ adaptiveMaxPool(2);

/** Maxima that bring the last three axes to `outputSize`; null keeps an axis. */
export const adaptiveMaxPool3d = /* @__PURE__ */ adaptiveMaxPool(3);

/** The arguments of average pooling after its input, by position or by name. */
export type AvgPoolArguments = ArgumentsOf<typeof avgPool2d>;
