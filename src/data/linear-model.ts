/** Linear models in float64: least squares for numbers, logistic regression for classes. */
import { exp, log } from "../core/math.ts";
import { minimize } from "./minimize.ts";
import { createScaler } from "./scaler.ts";

/** A linear model of row-major inputs, in the units of the data. */
export interface LinearModel {
  /** The constant of each output. */
  readonly intercepts: readonly number[];
  /** The factors of each output, one for each input. */
  readonly coefficients: readonly (readonly number[])[];
  /** Answers row-major inputs with row-major outputs: numbers, or probabilities of classes. */
  predict(x: Float64Array): Float64Array;
}

/** Fits each target by least squares; an input that others make up gets the factor 0. */
export function fitLinear(
  x: Float64Array,
  width: number,
  y: Float64Array,
  targets = 1,
): LinearModel {
  const rows = y.length / targets;
  const { scaled, offset, scale } = standardised(x, width);
  const factor = choleskyOf(gramOf(scaled, width, rows), width);
  const fits = Array.from({ length: targets }, (_, j) => {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += y[i * targets + j]! / rows;
    const rest = Float64Array.from({ length: rows }, (__, i) => y[i * targets + j]! - mean);
    const weights = new Float64Array(width);
    // the second pass takes what rounding left of the first
    for (let pass = 0; pass < 2; pass++) {
      const step = solveCholesky(factor, transposedTimes(scaled, width, rest), width);
      step.forEach((value, c) => (weights[c]! += value));
      subtractProduct(rest, scaled, width, step);
    }
    return { mean, weights };
  });
  const coefficients = fits.map(({ weights }) => Array.from(weights, (w, c) => w / scale[c]!));
  const intercepts = fits.map(({ mean }, j) => {
    return coefficients[j]!.reduce((sum, c, i) => sum - c * offset[i]!, mean);
  });
  const predict = (values: Float64Array): Float64Array => {
    const n = values.length / width;
    const out = new Float64Array(n * targets);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < targets; j++) {
        let sum = fits[j]!.mean;
        for (let c = 0; c < width; c++) {
          const input = (values[i * width + c]! - offset[c]!) / scale[c]!;
          sum += fits[j]!.weights[c]! * input;
        }
        out[i * targets + j] = sum;
      }
    }
    return out;
  };
  return { intercepts, coefficients, predict };
}

/** How a logistic regression is fitted. */
export interface LogisticOptions {
  /** How much each class counts; default: 1 each. */
  readonly weights?: readonly number[];
  /** Half of it times the squares of the scaled factors is added to the loss; default: 1. */
  readonly penalty?: number;
  /** So many steps at most; default: 200. */
  readonly steps?: number;
  readonly tolerance?: number;
  /** Whether inputs are scaled to deviation 1 first, so that the penalty is fair; default: yes. */
  readonly scaled?: boolean;
}

/** Fits a (multinomial) logistic regression to class numbers; it answers with probabilities. */
export function fitLogistic(
  x: Float64Array,
  width: number,
  labels: ArrayLike<number>,
  classes: number,
  options: LogisticOptions = {},
): LinearModel {
  const { weights, penalty = 1, steps = 200, tolerance = 1e-6 } = options;
  const rows = labels.length;
  const { scaled, offset, scale } =
    options.scaled === false ? unscaled(x, width) : standardised(x, width);
  const outputs = classes === 2 ? 1 : classes;
  const probability = new Float64Array(classes);
  const slope = (w: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < rows; i++) {
      scoresOf(scaled, i, width, w, outputs, probability);
      const truth = labels[i]!;
      const weight = (weights?.[truth] ?? 1) / rows;
      loss += weight * softmax(probability, truth);
      for (let k = 0; k < outputs; k++) {
        const own = classes === 2 ? 1 : k;
        const miss = weight * (probability[own]! - Number(truth === own));
        const at = k * (width + 1);
        for (let c = 0; c < width; c++) gradient[at + c]! += miss * scaled[i * width + c]!;
        gradient[at + width]! += miss;
      }
    }
    for (let k = 0; k < outputs * (width + 1); k++) {
      if (k % (width + 1) === width) continue;
      loss += (penalty * w[k]! * w[k]!) / (2 * rows);
      gradient[k]! += (penalty * w[k]!) / rows;
    }
    return loss;
  };
  const start = new Float64Array(outputs * (width + 1));
  const found = minimize(slope, start, { steps, tolerance });
  const coefficients = Array.from({ length: outputs }, (_, k) =>
    Array.from({ length: width }, (__, c) => found[k * (width + 1) + c]! / scale[c]!),
  );
  const intercepts = coefficients.map((own, k) =>
    own.reduce((sum, value, c) => sum - value * offset[c]!, found[k * (width + 1) + width]!),
  );
  const predict = (values: Float64Array): Float64Array => {
    const inputs = values.map((value, i) => (value - offset[i % width]!) / scale[i % width]!);
    const n = values.length / width;
    const out = new Float64Array(n * classes);
    for (let i = 0; i < n; i++) {
      scoresOf(inputs, i, width, found, outputs, probability);
      softmax(probability, 0);
      out.set(probability, i * classes);
    }
    return out;
  };
  return { intercepts, coefficients, predict };
}

/** Writes the scores of a row; of two classes the first has the score 0. */
function scoresOf(
  x: Float64Array,
  row: number,
  width: number,
  w: Float64Array,
  outputs: number,
  scores: Float64Array,
): void {
  const first = scores.length - outputs;
  scores[0] = 0;
  for (let k = 0; k < outputs; k++) {
    const at = k * (width + 1);
    let sum = w[at + width]!;
    for (let c = 0; c < width; c++) sum += w[at + c]! * x[row * width + c]!;
    scores[first + k] = sum;
  }
}

/** Turns scores into probabilities, in place; returns −ln of that of one class. */
function softmax(scores: Float64Array, truth: number): number {
  let [top, sum] = [-Infinity, 0];
  for (const score of scores) top = Math.max(top, score);
  const own = scores[truth]! - top;
  for (let k = 0; k < scores.length; k++) sum += scores[k] = exp(scores[k]! - top);
  for (let k = 0; k < scores.length; k++) scores[k]! /= sum;
  return log(sum) - own;
}

interface Scaled {
  readonly scaled: Float64Array;
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

function standardised(x: Float64Array, width: number): Scaled {
  const scaler = createScaler("standard").fit(x, width);
  const { offset, scale } = scaler.toJSON();
  return { scaled: scaler.transform(x), offset, scale };
}

function unscaled(x: Float64Array, width: number): Scaled {
  const of = (value: number): number[] => Array.from({ length: width }, () => value);
  return { scaled: x, offset: of(0), scale: of(1) };
}

/** The products of all pairs of columns, row-major `[width, width]`, its lower half. */
function gramOf(x: Float64Array, width: number, rows: number): Float64Array {
  const gram = new Float64Array(width * width);
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < width; a++) {
      const own = x[i * width + a]!;
      if (own === 0) continue;
      for (let b = 0; b <= a; b++) gram[a * width + b]! += own * x[i * width + b]!;
    }
  }
  return gram;
}

/** Below this share of its size, a column is what the columns before it make of it. */
const NOTHING_NEW = 1e-10;

/** Cholesky's factor, in place; a column that adds nothing to those before it gets a pivot of 0. */
function choleskyOf(gram: Float64Array, width: number): Float64Array {
  for (let a = 0; a < width; a++) {
    const size = gram[a * width + a]!;
    for (let b = 0; b <= a; b++) {
      let sum = gram[a * width + b]!;
      for (let c = 0; c < b; c++) sum -= gram[a * width + c]! * gram[b * width + c]!;
      if (b < a) {
        const pivot = gram[b * width + b]!;
        gram[a * width + b] = pivot === 0 ? 0 : sum / pivot;
      } else gram[a * width + a] = sum > NOTHING_NEW * size ? Math.sqrt(sum) : 0;
    }
  }
  return gram;
}

function solveCholesky(factor: Float64Array, right: Float64Array, width: number): Float64Array {
  const out = right.slice();
  for (let a = 0; a < width; a++) {
    for (let b = 0; b < a; b++) out[a]! -= factor[a * width + b]! * out[b]!;
    const pivot = factor[a * width + a]!;
    out[a] = pivot === 0 ? 0 : out[a]! / pivot;
  }
  for (let a = width - 1; a >= 0; a--) {
    for (let b = a + 1; b < width; b++) out[a]! -= factor[b * width + a]! * out[b]!;
    const pivot = factor[a * width + a]!;
    out[a] = pivot === 0 ? 0 : out[a]! / pivot;
  }
  return out;
}

function transposedTimes(x: Float64Array, width: number, y: Float64Array): Float64Array {
  const out = new Float64Array(width);
  for (let i = 0; i < y.length; i++) {
    for (let c = 0; c < width; c++) out[c]! += x[i * width + c]! * y[i]!;
  }
  return out;
}

function subtractProduct(
  from: Float64Array,
  x: Float64Array,
  width: number,
  weights: Float64Array,
): void {
  for (let i = 0; i < from.length; i++) {
    for (let c = 0; c < width; c++) from[i]! -= x[i * width + c]! * weights[c]!;
  }
}
