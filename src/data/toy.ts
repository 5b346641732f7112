/**
 * Small sets to try a network on, as the TensorFlow Playground makes them: two inputs, and a target
 * that is a class (−1 or 1) or a number; and scikit-learn's moons. Inputs lie within ±6.
 */
import { argumentError } from "../core/errors.ts";
import { cos, sin } from "../core/math.ts";
import { asGiven, readNamed } from "../core/options.ts";
import { tensor } from "../tensor/create.ts";
import { drawNormal, drawUniform } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { drawnFrom } from "./random.ts";

/** How a toy set is made. */
export interface ToyOptions {
  /** From 0, clear, to 0.5; the Playground's slider divided by 100. Default: 0. */
  readonly noise?: number;
  /** A seed for this set alone. Default: the numbers that `manualSeed` decides. */
  readonly seed?: number;
}

/** Inputs `[n, 2]` and targets `[n, 1]`, both float32. */
export interface ToySet {
  readonly x: Tensor;
  readonly y: Tensor;
}

const TOY = { noise: 0, seed: asGiven(undefined) };

/** A point and its target. */
type Row = readonly [x: number, y: number, target: number];

/** Makes one row: which half it is of, and numbers drawn for it. */
type Rule = (half: Half, u: readonly number[], noise: number) => Row;

interface Half {
  readonly first: boolean;
  /** The number within the half, and how many it has. */
  readonly i: number;
  readonly n: number;
}

/** Makes a set of rows, each from `draws` uniform numbers in [0, 1). */
function make(name: string, n: number, options: ToyOptions, draws: number, rule: Rule): ToySet {
  return build(name, n, options, (count) => drawUniform(draws * count), rule);
}

function build(
  name: string,
  n: number,
  options: ToyOptions,
  draw: (n: number) => Float64Array,
  rule: Rule,
): ToySet {
  const { noise } = readNamed(`toy.${name}`, TOY, options);
  if (!Number.isInteger(n) || n < 1) {
    throw argumentError(`toy.${name}: n is ${n}; need an integer from 1 on.`);
  }
  if (!(noise >= 0 && noise < Infinity)) {
    throw argumentError(`toy.${name}: noise is ${noise}; need a number from 0 on.`);
  }
  const { seed } = options;
  const numbers = seed === undefined ? draw(n) : drawnFrom({ seed, draws: 0 }, () => draw(n));
  const each = numbers.length / n;
  const firsts = Math.ceil(n / 2);
  const [x, y] = [new Float64Array(2 * n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const first = i < firsts;
    const half = { first, i: first ? i : i - firsts, n: first ? firsts : n - firsts };
    const own = Array.from(numbers.subarray(i * each, (i + 1) * each));
    [x[2 * i], x[2 * i + 1], y[i]] = rule(half, own, noise) as [number, number, number];
  }
  return {
    x: tensor(x, { dtype: "float32", shape: [n, 2] }),
    y: tensor(y, { dtype: "float32", shape: [n, 1] }),
  };
}

/** A uniform number of [0, 1) in [−radius, radius). */
function within(radius: number, u: number): number {
  return u * 2 * radius - radius;
}

/**
 * Points in the square ±5, 1 above the falling diagonal and −1 below: what one neuron learns. (Not
 * of the Playground.)
 */
export function line(n = 500, options: ToyOptions = {}): ToySet {
  return make("line", n, options, 4, (_, [a, b, c, d], noise) => {
    const [x, y] = [within(5, a!), within(5, b!)];
    return [x, y, x + within(5, c!) * noise + (y + within(5, d!) * noise) > 0 ? 1 : -1];
  });
}

/** A disc of radius 2.5, class 1, in a ring from 3.5 to 5, class −1. Noise moves the labels. */
export function circle(n = 500, options: ToyOptions = {}): ToySet {
  return make("circle", n, options, 4, ({ first }, [a, b, c, d], noise) => {
    const r = first ? 2.5 * a! : 3.5 + 1.5 * a!;
    const angle = 2 * Math.PI * b!;
    const [x, y] = [r * sin(angle), r * cos(angle)];
    const [dx, dy] = [x + within(5, c!) * noise, y + within(5, d!) * noise];
    return [x, y, Math.sqrt(dx * dx + dy * dy) < 2.5 ? 1 : -1];
  });
}

/** Four squares around the axes: class 1 where x and y have one sign. Noise moves the labels. */
export function xor(n = 500, options: ToyOptions = {}): ToySet {
  const padded = (u: number): number =>
    within(5, u) > 0 ? within(5, u) + 0.3 : within(5, u) - 0.3;
  return make("xor", n, options, 4, (_, [a, b, c, d], noise) => {
    const [x, y] = [padded(a!), padded(b!)];
    return [x, y, (x + within(5, c!) * noise) * (y + within(5, d!) * noise) >= 0 ? 1 : -1];
  });
}

/** Two normal clouds: class 1 around (2, 2), −1 around (−2, −2), of variance 0.5 + 7 · noise. */
export function gauss(n = 500, options: ToyOptions = {}): ToySet {
  const draw = (count: number): Float64Array => drawNormal(2 * count);
  return build("gauss", n, options, draw, ({ first }, [a, b], noise) => {
    const [centre, deviation] = [first ? 2 : -2, Math.sqrt(0.5 + 7 * noise)];
    return [centre + deviation * a!, centre + deviation * b!, first ? 1 : -1];
  });
}

/** Two spirals of 1¾ turns, class 1 and −1; noise moves the points. */
export function spiral(n = 500, options: ToyOptions = {}): ToySet {
  return make("spiral", n, options, 2, (half, [a, b], noise) => {
    const r = (half.i / half.n) * 5;
    const t = ((1.75 * half.i) / half.n) * 2 * Math.PI + (half.first ? 0 : Math.PI);
    const [x, y] = [r * sin(t) + within(1, a!) * noise, r * cos(t) + within(1, b!) * noise];
    return [x, y, half.first ? 1 : -1];
  });
}

/** To be fitted: the plane (x + y) / 10 over the square ±6. Noise moves the targets. */
export function plane(n = 1200, options: ToyOptions = {}): ToySet {
  return make("plane", n, options, 4, (_, [a, b, c, d], noise) => {
    const [x, y] = [within(6, a!), within(6, b!)];
    return [x, y, (x + within(6, c!) * noise + (y + within(6, d!) * noise)) / 10];
  });
}

const HILLS = [-4, 0, 4].flatMap((x, i) => [
  { x, y: 2.5, sign: i === 1 ? -1 : 1 },
  { x, y: -2.5, sign: i === 1 ? 1 : -1 },
]);

/**
 * To be fitted: six cones of radius 2, up and down, over the square ±6. Noise moves the targets.
 */
export function multiGauss(n = 1200, options: ToyOptions = {}): ToySet {
  return make("multiGauss", n, options, 4, (_, [a, b, c, d], noise) => {
    const [x, y] = [within(6, a!), within(6, b!)];
    const [px, py] = [x + within(6, c!) * noise, y + within(6, d!) * noise];
    const heights = HILLS.map((hill) => {
      const [dx, dy] = [px - hill.x, py - hill.y];
      return hill.sign * Math.max(0, 1 - Math.sqrt(dx * dx + dy * dy) / 2);
    });
    return [x, y, heights.reduce((p, q) => (Math.abs(q) > Math.abs(p) ? q : p), 0)];
  });
}

/** Two half circles that clasp each other, class 1 and −1; noise is a normal one's deviation. */
export function moons(n = 500, options: ToyOptions = {}): ToySet {
  const draw = (count: number): Float64Array => drawNormal(2 * count);
  return build("moons", n, options, draw, ({ first, i, n: all }, [a, b], noise) => {
    const t = (Math.PI * i) / Math.max(1, all - 1);
    const [x, y] = first ? [cos(t), sin(t)] : [1 - cos(t), 0.5 - sin(t)];
    return [x + noise * a!, y + noise * b!, first ? 1 : -1];
  });
}
