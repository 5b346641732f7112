/** Activation functions as modules, as in `torch.nn`; each holds the settings of its function. */
import { argumentError } from "../core/errors.ts";
import type { Options, Settings } from "../core/options.ts";
import { asGiven, read } from "../core/options.ts";
import { full } from "../tensor/create.ts";
import * as F from "../tensor/functions/activation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { FactoryOptions } from "./factory.ts";
import { FACTORY, madeBy, needSize } from "./factory.ts";
import type { LayerArguments } from "./module-of.ts";
import { moduleOf } from "./module-of.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { floats, plain, showFloat } from "./repr.ts";

/** max(0, x), element by element; its slope at 0 is 0. PyTorch: `torch.nn.ReLU`. */
export class ReLU extends /* @__PURE__ */ moduleOf(F.relu) {}

/** min(max(0, x), 6), element by element. PyTorch: `torch.nn.ReLU6`. */
export class ReLU6 extends /* @__PURE__ */ moduleOf(F.relu6) {}

/** 1 / (1 + e⁻ˣ), element by element. PyTorch: `torch.nn.Sigmoid`. */
export class Sigmoid extends /* @__PURE__ */ moduleOf(F.sigmoid) {}

/** The hyperbolic tangent, element by element. PyTorch: `torch.nn.Tanh`. */
export class Tanh extends /* @__PURE__ */ moduleOf(F.tanh) {}

/** The self-normalising exponential unit, element by element. PyTorch: `torch.nn.SELU`. */
export class SELU extends /* @__PURE__ */ moduleOf(F.selu) {}

/** x · sigmoid(x), element by element. PyTorch: `torch.nn.SiLU`. */
export class SiLU extends /* @__PURE__ */ moduleOf(F.silu) {}

/** x · tanh(softplus(x)), element by element. PyTorch: `torch.nn.Mish`. */
export class Mish extends /* @__PURE__ */ moduleOf(F.mish) {}

/** x / (1 + |x|), element by element. PyTorch: `torch.nn.Softsign`. */
export class Softsign extends /* @__PURE__ */ moduleOf(F.softsign) {}

/** x − tanh(x), element by element. PyTorch: `torch.nn.Tanhshrink`. */
export class Tanhshrink extends /* @__PURE__ */ moduleOf(F.tanhshrink) {}

/** x · relu6(x + 3) / 6, element by element. PyTorch: `torch.nn.Hardswish`. */
export class Hardswish extends /* @__PURE__ */ moduleOf(F.hardswish) {}

/** relu6(x + 3) / 6, element by element. PyTorch: `torch.nn.Hardsigmoid`. */
export class Hardsigmoid extends /* @__PURE__ */ moduleOf(F.hardsigmoid) {}

/** log(sigmoid(x)), element by element. PyTorch: `torch.nn.LogSigmoid`. */
export class LogSigmoid extends /* @__PURE__ */ moduleOf(F.logSigmoid) {}

/**
 * x, or `negativeSlope` · x below 0, element by element. Default slope: 0.01. PyTorch:
 * `torch.nn.LeakyReLU`.
 */
export class LeakyReLU extends /* @__PURE__ */ moduleOf(F.leakyRelu, floats) {}

/**
 * x, or `alpha` · (eˣ − 1) below 0, element by element. Default alpha: 1. PyTorch: `torch.nn.ELU`.
 */
export class ELU extends /* @__PURE__ */ moduleOf(F.elu, floats) {}

/**
 * max(0, x) + min(0, `alpha` · (e^(x/alpha) − 1)), element by element. Default alpha: 1. PyTorch:
 * `torch.nn.CELU`.
 */
export class CELU extends /* @__PURE__ */ moduleOf(F.celu, floats) {}

/**
 * x moved toward 0 by `lambd`, element by element. Default: 0.5. PyTorch: `torch.nn.Softshrink`.
 */
export class Softshrink extends /* @__PURE__ */ moduleOf(F.softshrink, (s) => showFloat(s.lambd)) {}

/**
 * x, or 0 where |x| ≤ `lambd`, element by element. Default: 0.5. PyTorch: `torch.nn.Hardshrink`.
 */
export class Hardshrink extends /* @__PURE__ */ moduleOf(F.hardshrink, (s) => showFloat(s.lambd)) {}

const PRELU = {
  /** Default: 1. */
  numParameters: 1,
  /** Default: 0.25. */
  init: 0.25,
};

/**
 * x, or weight · x below 0, with a learned weight: one for all, or one for each channel (axis 1).
 * Options: `numParameters` (1), `init` (0.25). PyTorch: `torch.nn.PReLU`.
 */
export class PReLU extends Module {
  readonly numParameters: number;
  weight: Parameter;

  constructor(
    ...args: Settings<[numParameters: number, init: number], Options<typeof PRELU> & FactoryOptions>
  ) {
    super();
    const { numParameters, init, ...factory } = read("PReLU", PRELU, args, FACTORY);
    this.numParameters = needSize("PReLU", "numParameters", numParameters);
    this.weight = new Parameter(full([numParameters], init, madeBy(factory)));
  }

  forward(x: Tensor): Tensor {
    return F.prelu(x, this.weight);
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}

/**
 * log(1 + e^(beta·x)) / beta, and x itself where beta · x > threshold. PyTorch:
 * `torch.nn.Softplus`.
 */
export class Softplus extends /* @__PURE__ */ moduleOf(F.softplus, plain) {}

/**
 * x held between `minVal` (−1) and `maxVal` (1), element by element. PyTorch: `torch.nn.Hardtanh`.
 */
export class Hardtanh extends /* @__PURE__ */ moduleOf(F.hardtanh, floats) {
  constructor(...args: LayerArguments<typeof F.hardtanh>) {
    super(...args);
    if (this.minVal < this.maxVal) return;
    throw argumentError(`Hardtanh: minVal ${this.minVal} must be below maxVal ${this.maxVal}.`);
  }
}

/** x above `threshold`, else `value`, element by element. PyTorch: `torch.nn.Threshold`. */
export class Threshold extends /* @__PURE__ */ moduleOf(F.threshold, plain) {}

/**
 * x · Φ(x), Φ being the normal distribution's; `approximate: "tanh"` computes it as GPT-2 does.
 * Default: "none", exact. PyTorch: `torch.nn.GELU`.
 */
export class GELU extends /* @__PURE__ */ moduleOf(F.gelu, plain) {
  constructor(...args: LayerArguments<typeof F.gelu>) {
    super(...args);
    if (this.approximate === "none" || this.approximate === "tanh") return;
    throw argumentError(
      `GELU: approximate is "${String(this.approximate)}"; need "none" or "tanh".`,
    );
  }
}

/**
 * The first half along `dim` (−1), gated by the sigmoid of the second. PyTorch: `torch.nn.GLU`.
 */
export class GLU extends /* @__PURE__ */ moduleOf(F.glu, plain) {}

/** What the functions along one axis share. */
abstract class Along extends Module {
  readonly dim: number;

  constructor(dim: number | { readonly dim: number }) {
    super();
    const { name } = this.constructor;
    const value = read(name, { dim: asGiven<number | undefined>(undefined) }, [dim]).dim;
    if (!Number.isInteger(value)) {
      throw argumentError(`${name}: dim is ${String(value)}; name the axis: new nn.${name}(-1).`);
    }
    this.dim = value!;
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** Exponentials along `dim`, divided by their sum; any shape. PyTorch: `torch.nn.Softmax`. */
export class Softmax extends Along {
  forward(x: Tensor): Tensor {
    return F.softmax(x, this.dim);
  }
}

/** The logarithm of softmax along `dim`; any shape. PyTorch: `torch.nn.LogSoftmax`. */
export class LogSoftmax extends Along {
  forward(x: Tensor): Tensor {
    return F.logSoftmax(x, this.dim);
  }

  /** Says nothing, as PyTorch does. */
  override extraRepr(): string {
    return "";
  }
}

/** Softmax of −x along `dim`: the smallest gets most. PyTorch: `torch.nn.Softmin`. */
export class Softmin extends Along {
  forward(x: Tensor): Tensor {
    return F.softmin(x, this.dim);
  }
}
