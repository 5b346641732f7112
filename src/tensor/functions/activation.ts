/** Activation functions. */
import * as c from "../../ir/compose/activation.ts";
import * as r from "../../ir/compose/reduction.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs, parametric, unary } from "./define.ts";

/** max(0, x), with slope 0 at 0. */
export const relu = unary("relu", c.relu);
/** relu held below 6. */
export const relu6 = unary("relu6", c.relu6);
/** The self-normalising ELU. */
export const selu = unary("selu", c.selu);
/** x · sigmoid(x). */
export const silu = unary("silu", c.silu);
/** x · tanh(softplus(x)). */
export const mish = unary("mish", c.mish);
/** x · relu6(x + 3) / 6. */
export const hardswish = unary("hardswish", c.hardswish);
/** relu6(x + 3) / 6. */
export const hardsigmoid = unary("hardsigmoid", c.hardsigmoid);
/** log(sigmoid(x)). */
export const logSigmoid = unary("logSigmoid", c.logSigmoid);
/** x / (1 + |x|). */
export const softsign = unary("softsign", c.softsign);
/** x − tanh(x). */
export const tanhshrink = unary("tanhshrink", c.tanhshrink);

/** x, or `negativeSlope` (default 0.01) · x below 0. */
export const leakyRelu = parametric<
  [],
  [negativeSlope?: number],
  { readonly negativeSlope?: number }
>("leakyRelu", ["negativeSlope"], c.leakyRelu);
/** x, or alpha (default 1) · (eˣ − 1) below 0. */
export const elu = parametric<[], [alpha?: number], { readonly alpha?: number }>(
  "elu",
  ["alpha"],
  c.elu,
);
/** max(0, x) + min(0, alpha · (e^(x/alpha) − 1)). Default alpha: 1. */
export const celu = parametric<[], [alpha?: number], { readonly alpha?: number }>(
  "celu",
  ["alpha"],
  c.celu,
);
/** log(1 + e^(beta·x)) / beta; x itself above `threshold`. Defaults: 1 and 20. */
export const softplus = parametric<
  [],
  [beta?: number, threshold?: number],
  { readonly beta?: number; readonly threshold?: number }
>("softplus", ["beta", "threshold"], c.softplus);
/** x held between `minVal` and `maxVal`. Defaults: −1 and 1. */
export const hardtanh = parametric<
  [],
  [minVal?: number, maxVal?: number],
  { readonly minVal?: number; readonly maxVal?: number }
>("hardtanh", ["minVal", "maxVal"], c.hardtanh);
/** x moved toward 0 by lambda. Default: 0.5. */
export const softshrink = parametric<[], [lambd?: number], { readonly lambd?: number }>(
  "softshrink",
  ["lambd"],
  c.softshrink,
);
/** x, or 0 where |x| ≤ lambda. Default: 0.5. */
export const hardshrink = parametric<[], [lambd?: number], { readonly lambd?: number }>(
  "hardshrink",
  ["lambd"],
  c.hardshrink,
);
/** x above `threshold`, else `value`. */
export const threshold = parametric<
  [threshold: number, value: number],
  [threshold: number, value: number],
  never
>("threshold", ["threshold", "value"], c.threshold);
/** The first half along `dim` (default −1), gated by the sigmoid of the second. */
export const glu = parametric<[], [dim?: number], { readonly dim?: number }>("glu", ["dim"], c.glu);
/** The exponentials along `dim`, divided by their sum. */
export const softmax = parametric<[], [dim: number], { readonly dim: number }>(
  "softmax",
  ["dim"],
  r.softmax,
);
/** The logarithm of softmax along `dim`. */
export const logSoftmax = parametric<[], [dim: number], { readonly dim: number }>(
  "logSoftmax",
  ["dim"],
  r.logSoftmax,
);

const geluFn = new Fn<{ readonly approximate: "none" | "tanh" }>(
  "gelu",
  (b, [x], { approximate }) => [c.gelu(b, x!, approximate)],
);

/** x · Φ(x), exact or (`approximate: "tanh"`) by tanh. */
export function gelu<V extends Value>(
  x: V,
  { approximate = "none" }: { readonly approximate?: "none" | "tanh" } = {},
): V {
  return call1(geluFn, [x], [], constantAttrs({ approximate }));
}

const preluFn = new Fn("prelu", (b, [x, weight]) => [c.prelu(b, x!, weight!)]);

/** x, or weight · x below 0; weight is a scalar or one per channel (axis 1). */
export function prelu<V extends Value>(x: V, weight: V): V {
  return call1(preluFn, [x, weight], [], {});
}
