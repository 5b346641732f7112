/** Activation functions. */
import * as c from "../../ir/compose/activation.ts";
import * as r from "../../ir/compose/reduction.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs, unary } from "./define.ts";

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

/** Makes a function of one tensor and fixed parameters. */
function withParameters<P extends readonly unknown[]>(
  name: string,
  compose: (...args: [...Parameters<typeof c.relu>, ...P]) => ReturnType<typeof c.relu>,
): <V extends Value>(x: V, ...parameters: P) => V {
  const fn = new Fn<{ readonly p: P }>(name, (b, [x], { p }) => [compose(b, x!, ...p)]);
  return (x, ...parameters) => call1(fn, [x], [], constantAttrs({ p: parameters as P }));
}

/** x, or `negativeSlope` · x below 0. Default slope: 0.01. */
export const leakyRelu = withParameters<[negativeSlope?: number]>("leakyRelu", c.leakyRelu);
/** x, or alpha · (eˣ − 1) below 0. Default alpha: 1. */
export const elu = withParameters<[alpha?: number]>("elu", c.elu);
/** max(0, x) + min(0, alpha · (e^(x/alpha) − 1)). Default alpha: 1. */
export const celu = withParameters<[alpha?: number]>("celu", c.celu);
/** log(1 + e^(beta·x)) / beta; x itself above `threshold`. Defaults: 1 and 20. */
export const softplus = withParameters<[beta?: number, threshold?: number]>("softplus", c.softplus);
/** x held between `min` and `max`. Defaults: −1 and 1. */
export const hardtanh = withParameters<[min?: number, max?: number]>("hardtanh", c.hardtanh);
/** x moved toward 0 by lambda. Default: 0.5. */
export const softshrink = withParameters<[lambda?: number]>("softshrink", c.softshrink);
/** x, or 0 where |x| ≤ lambda. Default: 0.5. */
export const hardshrink = withParameters<[lambda?: number]>("hardshrink", c.hardshrink);
/** x above `limit`, else `value`. */
export const threshold = withParameters<[limit: number, value: number]>("threshold", c.threshold);
/** The first half along `dim`, gated by the sigmoid of the second. Default: the last axis. */
export const glu = withParameters<[dim?: number]>("glu", c.glu);
/** The exponentials along `dim`, divided by their sum. */
export const softmax = withParameters<[dim: number]>("softmax", r.softmax);
/** The logarithm of softmax. */
export const logSoftmax = withParameters<[dim: number]>("logSoftmax", r.logSoftmax);

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
