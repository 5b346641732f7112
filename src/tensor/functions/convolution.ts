/** Convolutions, pooling and upsampling. */
import type { ConvOptions, ConvTransposeOptions, PerAxis } from "../../ir/compose/conv.ts";
import * as c from "../../ir/compose/conv.ts";
import { adaptiveMaxPool as adaptiveMax } from "../../ir/compose/adaptive.ts";
import type { AvgPoolOptions, MaxPoolOptions } from "../../ir/compose/pooling.ts";
import * as p from "../../ir/compose/pooling.ts";
import type { UpsampleOptions } from "../../ir/compose/upsample.ts";
import { upsample as resize } from "../../ir/compose/upsample.ts";
import { Fn } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import type { Value } from "../value.ts";
import type { Optional } from "./define.ts";
import { byName, constantAttrs, inOrder } from "./define.ts";

/** The arguments of a convolution after its weight, by position or by name. */
export type ConvArguments<V> =
  | [
      bias?: V | null,
      stride?: PerAxis,
      padding?: PerAxis | "same" | "valid",
      dilation?: PerAxis,
      groups?: number,
    ]
  | [options: ConvOptions & { readonly bias?: V | null }]
  | [bias: V | null | undefined, options: ConvOptions];

/** The arguments of a transposed convolution after its weight, by position or by name. */
export type ConvTransposeArguments<V> =
  | [
      bias?: V | null,
      stride?: PerAxis,
      padding?: PerAxis,
      outputPadding?: PerAxis,
      groups?: number,
      dilation?: PerAxis,
    ]
  | [options: ConvTransposeOptions & { readonly bias?: V | null }]
  | [bias: V | null | undefined, options: ConvTransposeOptions];

const CONV_NAMES = ["bias", "stride", "padding", "dilation", "groups"];
const TRANSPOSE_NAMES = ["bias", "stride", "padding", "outputPadding", "groups", "dilation"];

function convolution(axes: number) {
  const name = `conv${axes}d`;
  const fn = new Fn<ConvOptions>(name, (b, [x, w, bias], options) => [
    c.convolve(b, axes, x!, w!, bias ?? null, options),
  ]);
  return <V extends Value>(input: V, weight: V, ...args: ConvArguments<V>): V => {
    const [bias, stride, padding, dilation, groups] = inOrder(name, CONV_NAMES, args);
    const tensors = bias ? [input, weight, bias as V] : [input, weight];
    const options = { stride, padding, dilation, groups } as ConvOptions;
    return call1(fn, tensors, [], constantAttrs(options));
  };
}

function transposed(axes: number) {
  const name = `convTranspose${axes}d`;
  const fn = new Fn<ConvTransposeOptions>(name, (b, [x, w, bias], options) => [
    c.convolveTransposed(b, axes, x!, w!, bias ?? null, options),
  ]);
  return <V extends Value>(input: V, weight: V, ...args: ConvTransposeArguments<V>): V => {
    const list = inOrder(name, TRANSPOSE_NAMES, args);
    const [bias, stride, padding, outputPadding, groups, dilation] = list;
    const tensors = bias ? [input, weight, bias as V] : [input, weight];
    const options = { stride, padding, outputPadding, groups, dilation } as ConvTransposeOptions;
    return call1(fn, tensors, [], constantAttrs(options));
  };
}

/** The convolution of input [N, C, L] with weight [O, C / groups, K], plus bias [O]. */
export const conv1d = /* @__PURE__ */ convolution(1);
/** The convolution of input [N, C, H, W] with weight [O, C / groups, KH, KW], plus bias [O]. */
export const conv2d = /* @__PURE__ */ convolution(2);
/** The convolution of input [N, C, D, H, W] with weight [O, C / groups, KD, KH, KW], plus bias. */
export const conv3d = /* @__PURE__ */ convolution(3);
/** The transposed convolution of input [N, C, L] with weight [C, O / groups, K], plus bias [O]. */
export const convTranspose1d = /* @__PURE__ */ transposed(1);
/** The transposed convolution of input [N, C, H, W] with weight [C, O / groups, KH, KW]. */
export const convTranspose2d = /* @__PURE__ */ transposed(2);
/** The transposed convolution of input [N, C, D, H, W] with weight [C, O / groups, KD, KH, KW]. */
export const convTranspose3d = /* @__PURE__ */ transposed(3);

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

/** The arguments of average pooling after its input, by position or by name. */
export type AvgPoolArguments =
  | [
      kernelSize: PerAxis,
      stride?: PerAxis | null,
      padding?: PerAxis,
      ceilMode?: boolean,
      countIncludePad?: boolean,
      divisorOverride?: number | null,
    ]
  | [kernelSize: PerAxis, options: AvgPoolOptions];

const MAX_NAMES = ["kernelSize", "stride", "padding", "dilation", "ceilMode", "returnIndices"];
const AVG_NAMES = [
  "kernelSize",
  "stride",
  "padding",
  "ceilMode",
  "countIncludePad",
  "divisorOverride",
];

interface MaxAttrs extends MaxPoolOptions {
  readonly kernelSize: PerAxis;
  readonly indexed: boolean;
}

function maxPool(axes: number): MaxPool {
  const name = `maxPool${axes}d`;
  const fn = new Fn<MaxAttrs>(name, (b, [x], attrs) =>
    p.maxPool(b, axes, x!, attrs.kernelSize, attrs, attrs.indexed),
  );
  return (<V extends Value>(input: V, ...args: MaxPoolArguments): V | V[] => {
    const list = inOrder(name, MAX_NAMES, args);
    const [kernelSize, stride, padding, dilation, ceilMode, indices] = list;
    const indexed = indices === true;
    const attrs = { kernelSize, stride, padding, dilation, ceilMode, indexed } as MaxAttrs;
    const results = call(fn, [input], [], constantAttrs(attrs));
    return indexed ? results : results[0]!;
  }) as MaxPool;
}

function maxPoolIndexed(pool: MaxPool) {
  return <V extends Value>(
    input: V,
    kernelSize: PerAxis,
    options: MaxPoolOptions = {},
  ): [values: V, indices: V] => pool(input, kernelSize, { ...options, returnIndices: true });
}

interface AvgAttrs extends AvgPoolOptions {
  readonly kernelSize: PerAxis;
}

function avgPool(axes: number) {
  const name = `avgPool${axes}d`;
  const fn = new Fn<AvgAttrs>(name, (b, [x], attrs) => [
    p.avgPool(b, axes, x!, attrs.kernelSize, attrs),
  ]);
  return <V extends Value>(input: V, ...args: AvgPoolArguments): V => {
    const list = inOrder(name, AVG_NAMES, args);
    const [kernelSize, given, padding, ceilMode, countIncludePad, divisorOverride] = list;
    const stride = Array.isArray(given) && given.length === 0 ? null : given;
    const attrs = { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride };
    return call1(fn, [input], [], constantAttrs(attrs as AvgAttrs));
  };
}

/** The extents that an adaptive pool gives: one for all axes, or each; null keeps an axis. */
export type OutputSize = number | readonly (number | null)[];

function adaptiveAvgPool(axes: number) {
  const fn = new Fn<{ readonly outputSize: OutputSize }>(
    `adaptiveAvgPool${axes}d`,
    (b, [x], { outputSize }) => [p.adaptiveAvgPool(b, axes, x!, outputSize)],
  );
  return <V extends Value>(input: V, outputSize: OutputSize): V =>
    call1(fn, [input], [], constantAttrs({ outputSize }));
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
/** The average of each window over the last axis. The stride is `kernelSize` unless given. */
export const avgPool1d = /* @__PURE__ */ avgPool(1);
/** The average of each window over the last two axes. The stride is `kernelSize` unless given. */
export const avgPool2d = /* @__PURE__ */ avgPool(2);
/** The average of each window over the last three axes. The stride is `kernelSize` unless given. */
export const avgPool3d = /* @__PURE__ */ avgPool(3);
const adaptiveMaxPool = (axes: number): AdaptiveMaxPool => {
  const fn = new Fn<{ readonly outputSize: OutputSize; readonly indexed: boolean }>(
    `adaptiveMaxPool${axes}d`,
    (b, [x], { outputSize, indexed }) => adaptiveMax(b, axes, x!, outputSize, indexed),
  );
  return (<V extends Value>(
    input: V,
    outputSize: OutputSize,
    returnIndices: boolean | { readonly returnIndices?: boolean } = false,
  ) => {
    const indexed =
      typeof returnIndices === "object" ? (returnIndices.returnIndices ?? false) : returnIndices;
    const results = call(fn, [input], [], constantAttrs({ outputSize, indexed }));
    return indexed ? results : results[0]!;
  }) as AdaptiveMaxPool;
};

/** The largest of windows that fit, with `returnIndices` also their flat positions (int32). */
export interface AdaptiveMaxPool {
  <V extends Value>(input: V, outputSize: OutputSize, options?: { returnIndices?: false }): V;
  <V extends Value>(
    input: V,
    outputSize: OutputSize,
    options: true | { readonly returnIndices: true },
  ): [values: V, indices: V];
}

/** Maxima that bring the last axis to `outputSize`. */
export const adaptiveMaxPool1d = /* @__PURE__ */ adaptiveMaxPool(1);
/** Maxima that bring the last two axes to `outputSize`; null keeps an axis. */
export const adaptiveMaxPool2d = /* @__PURE__ */ adaptiveMaxPool(2);
/** Maxima that bring the last three axes to `outputSize`; null keeps an axis. */
export const adaptiveMaxPool3d = /* @__PURE__ */ adaptiveMaxPool(3);
/** Averages that bring the last axis to `outputSize`. */
export const adaptiveAvgPool1d = /* @__PURE__ */ adaptiveAvgPool(1);
/** Averages that bring the last two axes to `outputSize`; null keeps an axis. */
export const adaptiveAvgPool2d = /* @__PURE__ */ adaptiveAvgPool(2);
/** Averages that bring the last three axes to `outputSize`; null keeps an axis. */
export const adaptiveAvgPool3d = /* @__PURE__ */ adaptiveAvgPool(3);

const upsampleFn = /* @__PURE__ */ new Fn<UpsampleOptions>("upsample", (b, [x], options) => [
  resize(b, x!, options),
]);

/** The arguments of resizing after its input, by position or by name. */
export type UpsampleArguments = Optional<
  [
    size?: number | readonly number[] | null,
    scaleFactor?: number | readonly number[] | null,
    mode?: UpsampleOptions["mode"],
    alignCorners?: boolean | null,
  ],
  UpsampleOptions
>;

/**
 * Resizes the spatial axes of input [N, C, …] to `size` or by `scaleFactor`; `mode` "nearest"
 * (default), "linear", "bilinear", "trilinear", "bicubic" or "area".
 */
export function upsample<V extends Value>(input: V, ...args: UpsampleArguments): V {
  const names = ["size", "scaleFactor", "mode", "alignCorners"];
  const options = byName<UpsampleOptions>("interpolate", names, args);
  return call1(upsampleFn, [input], [], constantAttrs(options));
}

/** PyTorch's other name of `upsample`. */
export const interpolate = upsample;
