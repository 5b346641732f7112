/** Activation functions. */
import type { DType } from "../../core/dtype.ts";
import { argumentError } from "../../core/errors.ts";
import * as c from "../../ir/compose/activation.ts";
import * as r from "../../ir/compose/reduction.ts";
import { castTo } from "../../ir/words.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import type { Optional } from "./define.ts";
import { byName, constantAttrs, parametric, unary } from "./define.ts";

/** max(0, x), with slope 0 at 0. */
export const relu = /* @__PURE__ */ unary("relu", c.relu);
/** relu held below 6. */
export const relu6 = /* @__PURE__ */ unary("relu6", c.relu6);
/** The self-normalising ELU. */
export const selu = /* @__PURE__ */ unary("selu", c.selu);
/** x · sigmoid(x). */
export const silu = /* @__PURE__ */ unary("silu", c.silu);
/** x · tanh(softplus(x)). */
export const mish = /* @__PURE__ */ unary("mish", c.mish);
/** x · relu6(x + 3) / 6. */
export const hardswish = /* @__PURE__ */ unary("hardswish", c.hardswish);
/** relu6(x + 3) / 6. */
export const hardsigmoid = /* @__PURE__ */ unary("hardsigmoid", c.hardsigmoid);
/** log(sigmoid(x)). */
export const logSigmoid = /* @__PURE__ */ unary("logSigmoid", c.logSigmoid);
/** x / (1 + |x|). */
export const softsign = /* @__PURE__ */ unary("softsign", c.softsign);
/** x − tanh(x). */
export const tanhshrink = /* @__PURE__ */ unary("tanhshrink", c.tanhshrink);

/** x, or `negativeSlope` (default 0.01) · x below 0. */
export const leakyRelu = /* @__PURE__ */ parametric<
  [],
  [negativeSlope?: number],
  { readonly negativeSlope?: number }
>("leakyRelu", ["negativeSlope"], c.leakyRelu);
/** x, or alpha (default 1) · (eˣ − 1) below 0. */
export const elu = /* @__PURE__ */ parametric<[], [alpha?: number], { readonly alpha?: number }>(
  "elu",
  ["alpha"],
  c.elu,
);
/** max(0, x) + min(0, alpha · (e^(x/alpha) − 1)). Default alpha: 1. */
export const celu = /* @__PURE__ */ parametric<[], [alpha?: number], { readonly alpha?: number }>(
  "celu",
  ["alpha"],
  c.celu,
);
/** log(1 + e^(beta·x)) / beta; x itself above `threshold`. Defaults: 1 and 20. */
export const softplus = /* @__PURE__ */ parametric<
  [],
  [beta?: number, threshold?: number],
  { readonly beta?: number; readonly threshold?: number }
>("softplus", ["beta", "threshold"], c.softplus);
/** x held between `minVal` and `maxVal`. Defaults: −1 and 1. */
export const hardtanh = /* @__PURE__ */ parametric<
  [],
  [minVal?: number, maxVal?: number],
  { readonly minVal?: number; readonly maxVal?: number }
>("hardtanh", ["minVal", "maxVal"], c.hardtanh);
/** x moved toward 0 by lambda. Default: 0.5. */
export const softshrink = /* @__PURE__ */ parametric<
  [],
  [lambd?: number],
  { readonly lambd?: number }
>("softshrink", ["lambd"], c.softshrink);
/** x, or 0 where |x| ≤ lambda. Default: 0.5. */
export const hardshrink = /* @__PURE__ */ parametric<
  [],
  [lambd?: number],
  { readonly lambd?: number }
>("hardshrink", ["lambd"], c.hardshrink);
/** x above `threshold`, else `value`. */
export const threshold = /* @__PURE__ */ parametric<
  [threshold: number, value: number],
  [threshold: number, value: number],
  never
>("threshold", ["threshold", "value"], c.threshold);
/** The first half along `dim` (default −1), gated by the sigmoid of the second. */
export const glu = /* @__PURE__ */ parametric<[], [dim?: number], { readonly dim?: number }>(
  "glu",
  ["dim"],
  c.glu,
);
interface Along {
  readonly dim: number;
  /** What x is converted to first. Default: it stays. */
  readonly dtype?: DType;
}

function along(name: string, compose: typeof r.softmax) {
  const fn = new Fn<Along>(name, (b, [x], { dim, dtype }) => [
    compose(b, dtype ? castTo(b, x!, dtype) : x!, dim),
  ]);
  return <V extends Value>(x: V, ...args: SoftmaxArguments): V => {
    const attrs = byName<Along>(name, ["dim", "dtype"], args);
    if (attrs.dim === undefined) throw argumentError(`${name}: name the axis: ${name}(x, -1).`);
    return call1(fn, [x], [], constantAttrs(attrs));
  };
}

/** The arguments of a function along one axis. */
export type SoftmaxArguments =
  | [dim: number, dtype?: DType | null]
  | [dim: number, options: { readonly dtype?: DType | null }]
  | [options: Along];

/** The exponentials along `dim`, divided by their sum. */
export const softmax = /* @__PURE__ */ along("softmax", r.softmax);
/** The logarithm of softmax along `dim`. */
export const logSoftmax = /* @__PURE__ */ along("logSoftmax", r.logSoftmax);

const geluFn = /* @__PURE__ */ new Fn<{ readonly approximate: "none" | "tanh" }>(
  "gelu",
  (b, [x], { approximate }) => [c.gelu(b, x!, approximate)],
);

interface GeluOptions {
  readonly approximate?: "none" | "tanh";
}

/** The arguments of `gelu`. */
export type GeluArguments = Optional<[approximate?: "none" | "tanh"], GeluOptions>;

/** x · Φ(x), exact or (`approximate: "tanh"`) by tanh. */
export function gelu<V extends Value>(x: V, ...args: GeluArguments): V {
  const { approximate = "none" } = byName<GeluOptions>("gelu", ["approximate"], args);
  return call1(geluFn, [x], [], constantAttrs({ approximate }));
}

const preluFn = /* @__PURE__ */ new Fn("prelu", (b, [x, weight]) => [c.prelu(b, x!, weight!)]);

/** x, or weight · x below 0; weight is a scalar or one per channel (axis 1). */
export function prelu<V extends Value>(x: V, weight: V): V {
  return call1(preluFn, [x, weight], [], {});
}
