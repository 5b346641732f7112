/** The methods that are activations or combine the elements of axes. */
import * as a from "../functions/activation.ts";
import { maximum, minimum } from "../functions/arithmetic.ts";
import { reshape } from "../functions/movement.ts";
import type { Dims, KeepDim, VarianceOptions, WithIndices } from "../functions/reduction.ts";
import * as r from "../functions/reduction.ts";
import { Elementwise } from "./elementwise.ts";

/** A tensor's activations, sums, extrema, norms and running combinations. */
export abstract class Reducing extends Elementwise {
  /** max(0, x), with slope 0 at 0. */
  relu(): this {
    return a.relu(this);
  }

  /** relu held below 6. */
  relu6(): this {
    return a.relu6(this);
  }

  /** The self-normalising ELU. */
  selu(): this {
    return a.selu(this);
  }

  /** x · sigmoid(x). */
  silu(): this {
    return a.silu(this);
  }

  /** x · tanh(softplus(x)). */
  mish(): this {
    return a.mish(this);
  }

  /** x · relu6(x + 3) / 6. */
  hardswish(): this {
    return a.hardswish(this);
  }

  /** relu6(x + 3) / 6. */
  hardsigmoid(): this {
    return a.hardsigmoid(this);
  }

  /** log(sigmoid(x)). */
  logSigmoid(): this {
    return a.logSigmoid(this);
  }

  /** x / (1 + |x|). */
  softsign(): this {
    return a.softsign(this);
  }

  /** x − tanh(x). */
  tanhshrink(): this {
    return a.tanhshrink(this);
  }

  /** x, or `negativeSlope` · x below 0. Default slope: 0.01. */
  leakyRelu(negativeSlope?: number): this {
    return a.leakyRelu(this, negativeSlope);
  }

  /** x, or alpha · (eˣ − 1) below 0. Default alpha: 1. */
  elu(alpha?: number): this {
    return a.elu(this, alpha);
  }

  /** max(0, x) + min(0, alpha · (e^(x/alpha) − 1)). Default alpha: 1. */
  celu(alpha?: number): this {
    return a.celu(this, alpha);
  }

  /** log(1 + e^(beta·x)) / beta; x itself above `threshold`. Defaults: 1 and 20. */
  softplus(beta?: number, threshold?: number): this {
    return a.softplus(this, beta, threshold);
  }

  /** x · Φ(x), exact or (`approximate: "tanh"`) by tanh. */
  gelu(options?: { readonly approximate?: "none" | "tanh" }): this {
    return a.gelu(this, options);
  }

  /** The exponentials along `dim`, divided by their sum. */
  softmax(dim: number): this {
    return a.softmax(this, dim);
  }

  /** The logarithm of softmax. */
  logSoftmax(dim: number): this {
    return a.logSoftmax(this, dim);
  }

  /** The sum. Of int32: exact, and an error if it does not fit. */
  sum(dim?: Dims, options?: KeepDim): this {
    return r.sum(this, dim, options);
  }

  /** The product. */
  prod(dim?: Dims, options?: KeepDim): this {
    return r.prod(this, dim, options);
  }

  /** The mean (floats). */
  mean(dim?: Dims, options?: KeepDim): this {
    return r.mean(this, dim, options);
  }

  /** The largest element; ties share the gradient. */
  amax(dim?: Dims, options?: KeepDim): this {
    return r.amax(this, dim, options);
  }

  /** The smallest element; ties share the gradient. */
  amin(dim?: Dims, options?: KeepDim): this {
    return r.amin(this, dim, options);
  }

  /** Whether any element is true (not 0). */
  any(dim?: Dims, options?: KeepDim): this {
    return r.any(this, dim, options);
  }

  /** Whether all elements are true. */
  all(dim?: Dims, options?: KeepDim): this {
    return r.all(this, dim, options);
  }

  /** log Σ eˣ without overflow. */
  logsumexp(dim?: Dims, options?: KeepDim): this {
    return r.logsumexp(this, dim, options);
  }

  /** The sum of the elements that are not NaN. */
  nansum(dim?: Dims, options?: KeepDim): this {
    return r.nansum(this, dim, options);
  }

  /** The mean of the elements that are not NaN. */
  nanmean(dim?: Dims, options?: KeepDim): this {
    return r.nanmean(this, dim, options);
  }

  /** How many elements are not 0. */
  countNonzero(dim?: Dims): this {
    return r.countNonzero(this, dim);
  }

  /** The variance: divided by n − 1 unless `correction` says otherwise. */
  var(dim?: Dims, options?: VarianceOptions): this {
    return r.variance(this, dim, options);
  }

  /** The standard deviation. */
  std(dim?: Dims, options?: VarianceOptions): this {
    return r.std(this, dim, options);
  }

  /** The position (int32) of the largest element; the first of several; NaN counts as largest. */
  argmax(dim?: number | null, options?: KeepDim): this {
    return r.argmax(this, dim, options);
  }

  /** The position (int32) of the smallest element; the first of several; NaN counts as smallest. */
  argmin(dim?: number | null, options?: KeepDim): this {
    return r.argmin(this, dim, options);
  }

  /** The p-norm (default 2; 0, 1, ±Infinity and any other p). */
  norm(p?: number, dim?: Dims, options?: KeepDim): this {
    return r.norm(this, p, dim, options);
  }

  /** The sum so far. */
  cumsum(dim: number): this {
    return r.cumsum(this, dim);
  }

  /** The product so far. */
  cumprod(dim: number): this {
    return r.cumprod(this, dim);
  }

  /** logsumexp so far. */
  logcumsumexp(dim: number): this {
    return r.logcumsumexp(this, dim);
  }

  /** The largest so far along an axis and where it was. */
  cummax(dim: number): WithIndices<this> {
    return r.cummax(this, dim);
  }

  /** The smallest so far along an axis and where it was. */
  cummin(dim: number): WithIndices<this> {
    return r.cummin(this, dim);
  }

  /** The largest element; with `dim`, the largest along it and where they are; or the larger of two. */
  max(): this;
  max(dim: number, options?: KeepDim): WithIndices<this>;
  max(other: this): this;
  max(dim?: number | this, options?: KeepDim): this | WithIndices<this> {
    if (dim === undefined) return r.amax(this);
    return typeof dim === "number" ? r.maxAlong(this, dim, options) : maximum(this, dim);
  }

  /** The smallest element; with `dim`, the smallest along it and where they are; or the smaller of two. */
  min(): this;
  min(dim: number, options?: KeepDim): WithIndices<this>;
  min(other: this): this;
  min(dim?: number | this, options?: KeepDim): this | WithIndices<this> {
    if (dim === undefined) return r.amin(this);
    return typeof dim === "number" ? r.minAlong(this, dim, options) : minimum(this, dim);
  }

  /** The lower median; with `dim`, those along it and where they are. */
  median(): this;
  median(dim: number, options?: KeepDim): WithIndices<this>;
  median(dim?: number, options?: KeepDim): this | WithIndices<this> {
    if (dim === undefined) return r.median(reshape(this, [-1]), 0).values;
    return r.median(this, dim, options);
  }
}
