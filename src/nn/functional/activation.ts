/** Activation functions, element by element or along an axis. */
import { argumentError } from "../../core/errors.ts";
import * as act from "../../tensor/functions/activation.ts";
import * as math from "../../tensor/functions/arithmetic.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** max(0, x), with slope 0 at 0. */
export const relu: (x: Tensor) => Tensor = act.relu;
/** relu held below 6. */
export const relu6: (x: Tensor) => Tensor = act.relu6;
/** 1 / (1 + e⁻ˣ). */
export const sigmoid: (x: Tensor) => Tensor = math.sigmoid;
/** The hyperbolic tangent. */
export const tanh: (x: Tensor) => Tensor = math.tanh;
/** The self-normalising exponential unit. */
export const selu: (x: Tensor) => Tensor = act.selu;
/** x · sigmoid(x). */
export const silu: (x: Tensor) => Tensor = act.silu;
/** x · tanh(softplus(x)). */
export const mish: (x: Tensor) => Tensor = act.mish;
/** x / (1 + |x|). */
export const softsign: (x: Tensor) => Tensor = act.softsign;
/** x − tanh(x). */
export const tanhshrink: (x: Tensor) => Tensor = act.tanhshrink;
/** x · relu6(x + 3) / 6. */
export const hardswish: (x: Tensor) => Tensor = act.hardswish;
/** relu6(x + 3) / 6. */
export const hardsigmoid: (x: Tensor) => Tensor = act.hardsigmoid;
/** log(sigmoid(x)). */
export const logSigmoid: (x: Tensor) => Tensor = act.logSigmoid;

/** x, or `negativeSlope` (0.01) · x below 0. */
export function leakyRelu(
  x: Tensor,
  { negativeSlope = 0.01 }: { readonly negativeSlope?: number } = {},
): Tensor {
  return act.leakyRelu(x, negativeSlope);
}

/** x, or `alpha` (1) · (eˣ − 1) below 0. */
export function elu(x: Tensor, { alpha = 1 }: { readonly alpha?: number } = {}): Tensor {
  return act.elu(x, alpha);
}

/** max(0, x) + min(0, `alpha` (1) · (e^(x/alpha) − 1)). */
export function celu(x: Tensor, { alpha = 1 }: { readonly alpha?: number } = {}): Tensor {
  return act.celu(x, alpha);
}

/** log(1 + e^(beta·x)) / beta, x itself where beta · x > threshold. Defaults: 1 and 20. */
export function softplus(
  x: Tensor,
  { beta = 1, threshold = 20 }: { readonly beta?: number; readonly threshold?: number } = {},
): Tensor {
  return act.softplus(x, beta, threshold);
}

/** x held between `minVal` (−1) and `maxVal` (1). */
export function hardtanh(
  x: Tensor,
  { minVal = -1, maxVal = 1 }: { readonly minVal?: number; readonly maxVal?: number } = {},
): Tensor {
  return act.hardtanh(x, minVal, maxVal);
}

/** x moved toward 0 by `lambd` (0.5). */
export function softshrink(x: Tensor, { lambd = 0.5 }: { readonly lambd?: number } = {}): Tensor {
  return act.softshrink(x, lambd);
}

/** x, or 0 where |x| ≤ `lambd` (0.5). */
export function hardshrink(x: Tensor, { lambd = 0.5 }: { readonly lambd?: number } = {}): Tensor {
  return act.hardshrink(x, lambd);
}

/** x above `limit`, else `value`. PyTorch: `F.threshold`. */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  return act.threshold(x, limit, value);
}

/** x, or weight · x below 0; weight has one element, or one for each channel (axis 1). */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  return act.prelu(x, weight);
}

/** x · Φ(x), exact, or with `approximate: "tanh"` as GPT-2 computes it. */
export function gelu(
  x: Tensor,
  { approximate = "none" }: { readonly approximate?: "none" | "tanh" } = {},
): Tensor {
  return act.gelu(x, { approximate });
}

/** The first half along `dim` (−1), gated by the sigmoid of the second. */
export function glu(x: Tensor, { dim = -1 }: { readonly dim?: number } = {}): Tensor {
  return act.glu(x, dim);
}

/** Exponentials along `dim`, divided by their sum. */
export function softmax(x: Tensor, dim: number | { readonly dim: number }): Tensor {
  return act.softmax(x, axisOf("softmax", dim));
}

/** The logarithm of softmax along `dim`. */
export function logSoftmax(x: Tensor, dim: number | { readonly dim: number }): Tensor {
  return act.logSoftmax(x, axisOf("logSoftmax", dim));
}

/** Softmax of −x along `dim`. */
export function softmin(x: Tensor, dim: number | { readonly dim: number }): Tensor {
  return act.softmax(math.neg(x), axisOf("softmin", dim));
}

function axisOf(name: string, dim: number | { readonly dim: number } | undefined): number {
  const axis = typeof dim === "object" ? dim.dim : dim;
  if (axis !== undefined) return axis;
  throw argumentError(`${name}: name the axis: ${name}(x, -1).`);
}
