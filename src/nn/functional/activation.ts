/** Activation functions, element by element or along an axis. */
import * as act from "../../tensor/functions/activation.ts";
import * as math from "../../tensor/functions/arithmetic.ts";
import type { ArgumentsOf } from "../../tensor/functions/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** A function of tensors, its optional arguments by position or by name. */
type Activation<F> = (x: Tensor, ...args: ArgumentsOf<F>) => Tensor;

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
export const logsigmoid: (x: Tensor) => Tensor = act.logSigmoid;
/** The same as `logsigmoid`, spelled as the module is. */
export const logSigmoid: (x: Tensor) => Tensor = act.logSigmoid;

/** x, or `negativeSlope` (0.01) · x below 0. */
export const leakyRelu: Activation<typeof act.leakyRelu> = act.leakyRelu;

/** x, or `alpha` (1) · (eˣ − 1) below 0. */
export const elu: Activation<typeof act.elu> = act.elu;

/** max(0, x) + min(0, `alpha` (1) · (e^(x/alpha) − 1)). */
export const celu: Activation<typeof act.celu> = act.celu;

/** log(1 + e^(beta·x)) / beta, x itself where beta · x > threshold. Defaults: 1 and 20. */
export const softplus: Activation<typeof act.softplus> = act.softplus;

/** x held between `minVal` (−1) and `maxVal` (1). */
export const hardtanh: Activation<typeof act.hardtanh> = act.hardtanh;

/** x moved toward 0 by `lambd` (0.5). */
export const softshrink: Activation<typeof act.softshrink> = act.softshrink;

/** x, or 0 where |x| ≤ `lambd` (0.5). */
export const hardshrink: Activation<typeof act.hardshrink> = act.hardshrink;

/** x above `limit`, else `value`. PyTorch: `F.threshold`. */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  return act.threshold(x, limit, value);
}

/** x, or weight · x below 0; weight has one element, or one for each channel (axis 1). */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  return act.prelu(x, weight);
}

/** x · Φ(x), exact, or with `approximate: "tanh"` as GPT-2 computes it. */
export const gelu: Activation<typeof act.gelu> = act.gelu;

/** The first half along `dim` (−1), gated by the sigmoid of the second. */
export const glu: Activation<typeof act.glu> = act.glu;

/** Exponentials along `dim`, divided by their sum. */
export const softmax: Activation<typeof act.softmax> = act.softmax;

/** The logarithm of softmax along `dim`. */
export const logSoftmax: Activation<typeof act.logSoftmax> = act.logSoftmax;

/** Softmax of −x along `dim`. */
export function softmin(x: Tensor, ...args: act.SoftmaxArguments): Tensor {
  return act.softmax(math.neg(x), ...args);
}
