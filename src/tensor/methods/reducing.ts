/** The methods that are activations or combine the elements of axes. */
import * as a from "../functions/activation.ts";
import { maximum, minimum } from "../functions/arithmetic.ts";
import type { ArgumentsOf } from "../functions/define.ts";
import { reshape } from "../functions/movement.ts";
import type { WithIndices } from "../functions/reduction.ts";
import * as r from "../functions/reduction.ts";
import { Elementwise } from "./elementwise.ts";

/** A tensor's activations, sums, extrema, norms and running combinations. */
export abstract class Reducing extends Elementwise {
  /** max(0, x), with slope 0 at 0. */
  relu(): this {
    return a.relu(this);
  }

  /** The exponentials along `dim`, divided by their sum. */
  softmax(...args: ArgumentsOf<typeof a.softmax>): this {
    return a.softmax(this, ...args);
  }

  /** The logarithm of softmax. */
  logSoftmax(...args: ArgumentsOf<typeof a.logSoftmax>): this {
    return a.logSoftmax(this, ...args);
  }

  /** The sum. Of int32: exact, and an error if it does not fit. */
  sum(...args: ArgumentsOf<typeof r.sum>): this {
    return r.sum(this, ...args);
  }

  /** The product. */
  prod(...args: ArgumentsOf<typeof r.prod>): this {
    return r.prod(this, ...args);
  }

  /** The mean (floats). */
  mean(...args: ArgumentsOf<typeof r.mean>): this {
    return r.mean(this, ...args);
  }

  /** The largest element; ties share the gradient. */
  amax(...args: ArgumentsOf<typeof r.amax>): this {
    return r.amax(this, ...args);
  }

  /** The smallest element; ties share the gradient. */
  amin(...args: ArgumentsOf<typeof r.amin>): this {
    return r.amin(this, ...args);
  }

  /** Whether any element is true (not 0). */
  any(...args: ArgumentsOf<typeof r.any>): this {
    return r.any(this, ...args);
  }

  /** Whether all elements are true. */
  all(...args: ArgumentsOf<typeof r.all>): this {
    return r.all(this, ...args);
  }

  /** log Σ eˣ without overflow. */
  logsumexp(...args: ArgumentsOf<typeof r.logsumexp>): this {
    return r.logsumexp(this, ...args);
  }

  /** How many elements are not 0. */
  countNonzero(...args: ArgumentsOf<typeof r.countNonzero>): this {
    return r.countNonzero(this, ...args);
  }

  /** The variance: divided by n − 1 unless `correction` says otherwise. */
  var(...args: ArgumentsOf<typeof r.variance>): this {
    return r.variance(this, ...args);
  }

  /** The standard deviation. */
  std(...args: ArgumentsOf<typeof r.std>): this {
    return r.std(this, ...args);
  }

  /** The position (int32) of the largest element; the first of several; NaN counts as largest. */
  argmax(...args: ArgumentsOf<typeof r.argmax>): this {
    return r.argmax(this, ...args);
  }

  /** The position (int32) of the smallest element; the first of several; NaN counts as smallest. */
  argmin(...args: ArgumentsOf<typeof r.argmin>): this {
    return r.argmin(this, ...args);
  }

  /** The p-norm (default 2; 0, 1, ±Infinity and any other p). */
  norm(...args: ArgumentsOf<typeof r.norm>): this {
    return r.norm(this, ...args);
  }

  /** The sum so far. */
  cumsum(...args: ArgumentsOf<typeof r.cumsum>): this {
    return r.cumsum(this, ...args);
  }

  /** The product so far. */
  cumprod(...args: ArgumentsOf<typeof r.cumprod>): this {
    return r.cumprod(this, ...args);
  }

  /**
   * The largest element; with `dim`, the largest along it and where they are; or the larger of two.
   */
  max(): this;
  max(other: this): this;
  max(...args: ArgumentsOf<typeof r.maxAlong>): WithIndices<this>;
  max(...args: [] | [this] | ArgumentsOf<typeof r.maxAlong>): this | WithIndices<this> {
    const [first] = args;
    if (first === undefined) return r.maxOfAll(this);
    if (first instanceof Elementwise) return maximum(this, first);
    return r.maxAlong(this, ...(args as ArgumentsOf<typeof r.maxAlong>));
  }

  /**
   * The smallest element; with `dim`, the smallest along it and where they are; or the smaller of
   * two.
   */
  min(): this;
  min(other: this): this;
  min(...args: ArgumentsOf<typeof r.minAlong>): WithIndices<this>;
  min(...args: [] | [this] | ArgumentsOf<typeof r.minAlong>): this | WithIndices<this> {
    const [first] = args;
    if (first === undefined) return r.minOfAll(this);
    if (first instanceof Elementwise) return minimum(this, first);
    return r.minAlong(this, ...(args as ArgumentsOf<typeof r.minAlong>));
  }

  /** The lower median; with `dim`, those along it and where they are. */
  median(): this;
  median(...args: r.AlongArguments): WithIndices<this>;
  median(...args: [] | r.AlongArguments): this | WithIndices<this> {
    if (args.length > 0) return r.medianAlong(this, ...(args as r.AlongArguments));
    return r.medianAlong(reshape(this, [-1]), 0).values;
  }
}
