/** Activation functions as modules, as in `torch.nn`; each calls its namesake in functional.ts. */
import { argumentError } from "../core/errors.ts";
import { FACTORY } from "../core/options.ts";
import { full } from "../tensor/create.ts";
import type { Settings } from "../tensor/functions/define.ts";
import * as F from "../tensor/functions/activation.ts";
import { numberOf, settingsOf } from "../tensor/functions/define.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { needSize } from "./linear.ts";
import type { FactoryOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { showFloat } from "./repr.ts";

/** max(0, x), element by element; its slope at 0 is 0. PyTorch: `torch.nn.ReLU`. */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return F.relu(x);
  }
}

/** min(max(0, x), 6), element by element. PyTorch: `torch.nn.ReLU6`. */
export class ReLU6 extends Module {
  forward(x: Tensor): Tensor {
    return F.relu6(x);
  }
}

/** 1 / (1 + e⁻ˣ), element by element. PyTorch: `torch.nn.Sigmoid`. */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return F.sigmoid(x);
  }
}

/** The hyperbolic tangent, element by element. PyTorch: `torch.nn.Tanh`. */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return F.tanh(x);
  }
}

/** The self-normalising exponential unit, element by element. PyTorch: `torch.nn.SELU`. */
export class SELU extends Module {
  forward(x: Tensor): Tensor {
    return F.selu(x);
  }
}

/** x · sigmoid(x), element by element. PyTorch: `torch.nn.SiLU`. */
export class SiLU extends Module {
  forward(x: Tensor): Tensor {
    return F.silu(x);
  }
}

/** x · tanh(softplus(x)), element by element. PyTorch: `torch.nn.Mish`. */
export class Mish extends Module {
  forward(x: Tensor): Tensor {
    return F.mish(x);
  }
}

/** x / (1 + |x|), element by element. PyTorch: `torch.nn.Softsign`. */
export class Softsign extends Module {
  forward(x: Tensor): Tensor {
    return F.softsign(x);
  }
}

/** x − tanh(x), element by element. PyTorch: `torch.nn.Tanhshrink`. */
export class Tanhshrink extends Module {
  forward(x: Tensor): Tensor {
    return F.tanhshrink(x);
  }
}

/** x · relu6(x + 3) / 6, element by element. PyTorch: `torch.nn.Hardswish`. */
export class Hardswish extends Module {
  forward(x: Tensor): Tensor {
    return F.hardswish(x);
  }
}

/** relu6(x + 3) / 6, element by element. PyTorch: `torch.nn.Hardsigmoid`. */
export class Hardsigmoid extends Module {
  forward(x: Tensor): Tensor {
    return F.hardsigmoid(x);
  }
}

/** log(sigmoid(x)), element by element. PyTorch: `torch.nn.LogSigmoid`. */
export class LogSigmoid extends Module {
  forward(x: Tensor): Tensor {
    return F.logSigmoid(x);
  }
}

/**
 * x, or `negativeSlope` · x below 0, element by element. Default slope: 0.01. PyTorch:
 * `torch.nn.LeakyReLU`.
 */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  constructor(options: number | { readonly negativeSlope?: number } = {}) {
    super();
    this.negativeSlope = numberOf("LeakyReLU", "negativeSlope", options, 0.01);
  }

  forward(x: Tensor): Tensor {
    return F.leakyRelu(x, this.negativeSlope);
  }

  override extraRepr(): string {
    return `negative_slope=${showFloat(this.negativeSlope)}`;
  }
}

/**
 * x, or `alpha` · (eˣ − 1) below 0, element by element. Default alpha: 1. PyTorch: `torch.nn.ELU`.
 */
export class ELU extends Module {
  readonly alpha: number;

  constructor(options: number | { readonly alpha?: number } = {}) {
    super();
    this.alpha = numberOf("ELU", "alpha", options, 1);
  }

  forward(x: Tensor): Tensor {
    return F.elu(x, this.alpha);
  }

  override extraRepr(): string {
    return `alpha=${showFloat(this.alpha)}`;
  }
}

/**
 * max(0, x) + min(0, `alpha` · (e^(x/alpha) − 1)), element by element. Default alpha: 1. PyTorch:
 * `torch.nn.CELU`.
 */
export class CELU extends Module {
  readonly alpha: number;

  constructor(options: number | { readonly alpha?: number } = {}) {
    super();
    this.alpha = numberOf("CELU", "alpha", options, 1);
  }

  forward(x: Tensor): Tensor {
    return F.celu(x, this.alpha);
  }

  override extraRepr(): string {
    return `alpha=${showFloat(this.alpha)}`;
  }
}

/**
 * x moved toward 0 by `lambd`, element by element. Default: 0.5. PyTorch: `torch.nn.Softshrink`.
 */
export class Softshrink extends Module {
  readonly lambd: number;

  constructor(options: number | { readonly lambd?: number } = {}) {
    super();
    this.lambd = numberOf("Softshrink", "lambd", options, 0.5);
  }

  forward(x: Tensor): Tensor {
    return F.softshrink(x, this.lambd);
  }

  override extraRepr(): string {
    return showFloat(this.lambd);
  }
}

/**
 * x, or 0 where |x| ≤ `lambd`, element by element. Default: 0.5. PyTorch: `torch.nn.Hardshrink`.
 */
export class Hardshrink extends Module {
  readonly lambd: number;

  constructor(options: number | { readonly lambd?: number } = {}) {
    super();
    this.lambd = numberOf("Hardshrink", "lambd", options, 0.5);
  }

  forward(x: Tensor): Tensor {
    return F.hardshrink(x, this.lambd);
  }

  override extraRepr(): string {
    return showFloat(this.lambd);
  }
}

interface PReLUOptions extends FactoryOptions {
  readonly numParameters?: number;
  readonly init?: number;
}

/**
 * x, or weight · x below 0, with a learned weight: one for all, or one for each channel (axis 1).
 * Options: `numParameters` (1), `init` (0.25). PyTorch: `torch.nn.PReLU`.
 */
export class PReLU extends Module {
  readonly numParameters: number;
  weight: Parameter;

  constructor(...args: Settings<[numParameters: number, init: number], PReLUOptions>) {
    super();
    const options = settingsOf<PReLUOptions>("PReLU", ["numParameters", "init"], args, FACTORY);
    const { numParameters = 1, init = 0.25, ...factory } = options;
    this.numParameters = needSize("PReLU", "numParameters", numParameters);
    this.weight = new Parameter(full([numParameters], init, factory));
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
export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;

  constructor(
    ...args: Settings<[beta: number, threshold: number], { beta?: number; threshold?: number }>
  ) {
    super();
    const names = ["beta", "threshold"];
    const options = settingsOf<{ beta?: number; threshold?: number }>("Softplus", names, args);
    this.beta = options.beta ?? 1;
    this.threshold = options.threshold ?? 20;
  }

  forward(x: Tensor): Tensor {
    return F.softplus(x, this.beta, this.threshold);
  }

  override extraRepr(): string {
    return `beta=${this.beta}, threshold=${this.threshold}`;
  }
}

/**
 * x held between `minVal` (−1) and `maxVal` (1), element by element. PyTorch: `torch.nn.Hardtanh`.
 */
export class Hardtanh extends Module {
  readonly minVal: number;
  readonly maxVal: number;

  constructor(
    ...args: Settings<[minVal: number, maxVal: number], { minVal?: number; maxVal?: number }>
  ) {
    super();
    const names = ["minVal", "maxVal"];
    const options = settingsOf<{ minVal?: number; maxVal?: number }>("Hardtanh", names, args);
    this.minVal = options.minVal ?? -1;
    this.maxVal = options.maxVal ?? 1;
    if (!(this.minVal < this.maxVal)) {
      throw argumentError(`Hardtanh: minVal ${this.minVal} must be below maxVal ${this.maxVal}.`);
    }
  }

  forward(x: Tensor): Tensor {
    return F.hardtanh(x, this.minVal, this.maxVal);
  }

  override extraRepr(): string {
    return `min_val=${showFloat(this.minVal)}, max_val=${showFloat(this.maxVal)}`;
  }
}

/** x above `threshold`, else `value`, element by element. PyTorch: `torch.nn.Threshold`. */
export class Threshold extends Module {
  readonly threshold: number;
  readonly value: number;

  constructor(threshold: number, value: number) {
    super();
    this.threshold = threshold;
    this.value = value;
  }

  forward(x: Tensor): Tensor {
    return F.threshold(x, this.threshold, this.value);
  }

  override extraRepr(): string {
    return `threshold=${this.threshold}, value=${this.value}`;
  }
}

/**
 * x · Φ(x), Φ being the normal distribution's; `approximate: "tanh"` computes it as GPT-2 does.
 * Default: "none", exact. PyTorch: `torch.nn.GELU`.
 */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";

  constructor(
    ...args: Settings<[approximate: "none" | "tanh"], { approximate?: "none" | "tanh" }>
  ) {
    super();
    const options = settingsOf<{ approximate?: "none" | "tanh" }>("GELU", ["approximate"], args);
    this.approximate = options.approximate ?? "none";
    if (this.approximate !== "none" && this.approximate !== "tanh") {
      throw argumentError(`GELU: approximate is "${this.approximate}"; need "none" or "tanh".`);
    }
  }

  forward(x: Tensor): Tensor {
    return F.gelu(x, this.approximate);
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/**
 * The first half along `dim` (−1), gated by the sigmoid of the second. PyTorch: `torch.nn.GLU`.
 */
export class GLU extends Module {
  readonly dim: number;

  constructor(options: number | { readonly dim?: number } = {}) {
    super();
    this.dim = numberOf("GLU", "dim", options, -1);
  }

  forward(x: Tensor): Tensor {
    return F.glu(x, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** Exponentials along `dim`, divided by their sum; any shape. PyTorch: `torch.nn.Softmax`. */
export class Softmax extends Module {
  readonly dim: number;

  constructor(dim: number | { readonly dim: number }) {
    super();
    this.dim = dimOf("Softmax", dim);
  }

  forward(x: Tensor): Tensor {
    return F.softmax(x, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** The logarithm of softmax along `dim`; any shape. PyTorch: `torch.nn.LogSoftmax`. */
export class LogSoftmax extends Module {
  readonly dim: number;

  constructor(dim: number | { readonly dim: number }) {
    super();
    this.dim = dimOf("LogSoftmax", dim);
  }

  forward(x: Tensor): Tensor {
    return F.logSoftmax(x, this.dim);
  }
}

/** Softmax of −x along `dim`: the smallest gets most. PyTorch: `torch.nn.Softmin`. */
export class Softmin extends Module {
  readonly dim: number;

  constructor(dim: number | { readonly dim: number }) {
    super();
    this.dim = dimOf("Softmin", dim);
  }

  forward(x: Tensor): Tensor {
    return F.softmin(x, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

function dimOf(name: string, dim: number | { readonly dim: number } | undefined): number {
  const value = settingsOf<{ dim?: number }>(name, ["dim"], [dim]).dim;
  if (Number.isInteger(value)) return value!;
  throw argumentError(`${name}: dim is ${String(value)}; name the axis: new nn.${name}(-1).`);
}
