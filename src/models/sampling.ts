/** How the next token is drawn from a model's scores, on the host. */
import { argumentError } from "../core/errors.ts";
import { exp } from "../core/math.ts";
import { drawUniform } from "../tensor/random.ts";

/** How tokens are drawn. */
export interface SamplingOptions {
  /** Divides the scores: below 1 the likely becomes likelier; 0 takes the likeliest. Default: 1. */
  readonly temperature?: number;
  /** Draws among the so many likeliest alone. Default: all. */
  readonly topK?: number;
  /** Draws among the likeliest that together have this probability. Default: 1, all. */
  readonly topP?: number;
}

/** Throws for options out of their range. */
export function checkSampling({ temperature = 1, topK = 1, topP = 1 }: SamplingOptions): void {
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw argumentError(`generate: temperature is ${temperature}; need a number from 0 on.`);
  }
  if (!(Number.isInteger(topK) && topK >= 1)) {
    throw argumentError(`generate: topK is ${topK}; need an integer from 1 on.`);
  }
  if (!(topP > 0 && topP <= 1)) {
    throw argumentError(`generate: topP is ${topP}; need a number above 0, up to 1.`);
  }
}

/** The probabilities from which a token is drawn: those of scores, as the options shape them. */
export function probabilities(scores: Float32Array, options: SamplingOptions = {}): Float64Array {
  const { temperature = 1, topK = Infinity, topP = 1 } = options;
  const top = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const shares = new Float64Array(scores.length);
  if (temperature === 0) {
    shares[scores.indexOf(top)] = 1;
    return shares;
  }
  const least = topK < scores.length ? nthLargest(scores, topK) : -Infinity;
  for (let k = 0; k < scores.length; k++) {
    if (scores[k]! >= least) shares[k] = exp((scores[k]! - top) / temperature);
  }
  normalize(shares);
  if (topP < 1) keepLikely(shares, topP);
  return shares;
}

/** Draws a place by its probability, with the seeded random numbers. */
export function draw(shares: Float64Array): number {
  let rest = drawUniform(1)[0]!;
  let last = 0;
  for (let k = 0; k < shares.length; k++) {
    if (shares[k] === 0) continue;
    last = k;
    rest -= shares[k]!;
    if (rest < 0) return k;
  }
  return last; // rounding left a little
}

function normalize(shares: Float64Array): void {
  let sum = 0;
  for (let k = 0; k < shares.length; k++) sum += shares[k]!;
  for (let k = 0; k < shares.length; k++) shares[k]! /= sum;
}

/** The n-th largest of numbers. */
function nthLargest(scores: Float32Array, n: number): number {
  const largest = Float32Array.from(scores.subarray(0, n)).sort();
  for (let k = n; k < scores.length; k++) {
    const score = scores[k]!;
    if (!(score > largest[0]!)) continue;
    let at = 1;
    for (; at < n && largest[at]! < score; at++) largest[at - 1] = largest[at]!;
    largest[at - 1] = score;
  }
  return largest[0]!;
}

/** Leaves the likeliest that together have `share`, and one at least. */
function keepLikely(shares: Float64Array, share: number): void {
  const order = Array.from(shares.keys()).sort((a, b) => shares[b]! - shares[a]! || a - b);
  let sum = 0;
  for (const k of order) {
    if (sum >= share) shares[k] = 0;
    else sum += shares[k]!;
  }
  normalize(shares);
}
