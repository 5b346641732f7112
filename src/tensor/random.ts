/**
 * Random tensors: Threefry of the seed and of the number of the draw, so that the same seed gives
 * the same bits everywhere, inside `compile` too, where each replay draws anew.
 */
import type { DType } from "../core/dtype.ts";
import { elementOf } from "../core/dtype.ts";
import { argumentError } from "../core/errors.ts";
import { cos, log } from "../core/math.ts";
import { asGiven, readNamed } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { sizeOf } from "../core/shape.ts";
import { threefry } from "../core/threefry.ts";
import * as c from "../ir/compose/random.ts";
import type { Node } from "../ir/node.ts";
import { deviceNamed } from "../runtime/device.ts";
import { Fn } from "../runtime/function.ts";
import { afterRun, callReading, replayIndex } from "./call.ts";
import type { TensorOptions } from "./create.ts";
import { checkShape, tensor } from "./create.ts";
import { defaultDevice } from "./device.ts";
import { constantAttrs } from "./functions/define.ts";
import { argsort } from "./functions/indexing.ts";
import type { Tensor } from "./tensor.ts";
import { context } from "./value.ts";

/** Sets the seed of all random numbers that follow. Throws inside a compiled function. */
export function manualSeed(seed: number): void {
  context.tracer?.fail("the seed is set", "set it outside");
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw argumentError(`manualSeed: the seed is ${seed}; need an integer from 0 to 2^53 − 1.`);
  }
  context.seed = seed;
  context.draws = 0;
}

/** Returns the state of the generator: the seed, and how many draws were made since. */
export function randomState(): { readonly seed: number; readonly draws: number } {
  return { seed: context.seed, draws: context.draws };
}

/** Puts the generator back to a state. */
export function setRandomState(state: { readonly seed: number; readonly draws: number }): void {
  manualSeed(state.seed);
  context.draws = state.draws;
}

/**
 * Reserves the next draw: the numbers that a random function takes, low and high seed and offset.
 */
export function nextDraw(): readonly (() => number)[] {
  const ahead = replayIndex(context);
  const offset = context.draws;
  const eager = context.tracer === null;
  afterRun(() => {
    context.draws++;
    return () => context.draws--;
  });
  return [
    () => context.seed | 0,
    () => Math.floor(context.seed / 4294967296),
    () => (eager ? offset : context.draws + ahead) | 0,
  ];
}

/** The seed and the offset among a random function's numbers, of which they are the last. */
export function sourceOf(numbers: readonly Node[]): c.RandomSource {
  const [seedLow, seedHigh, offset] = numbers.slice(-3) as [Node, Node, Node];
  return { seedLow, seedHigh, offset };
}

/**
 * Draws uniform numbers in [0, 1) on the host, for initialisation and shuffles: those that `rand`
 * in float64 would make.
 */
export function drawUniform(count: number): Float64Array {
  return uniformStream(nextOffset(), 0, count);
}

/** Draws normal numbers of mean 0 and variance 1 on the host (Box and Muller). */
export function drawNormal(count: number): Float64Array {
  const offset = nextOffset();
  const first = uniformStream(offset, 0, count);
  const second = uniformStream(offset, count, count);
  return first.map((u, i) => Math.sqrt(-2 * log(1 - u)) * cos(2 * Math.PI * second[i]!));
}

/** Takes the next draw for the host. Inside a trace it would be frozen, so it is an error there. */
function nextOffset(): number {
  context.tracer?.fail("random numbers are drawn on the host (a parameter is initialised)");
  return context.draws++;
}

/** Doubles of 53 random bits for the positions from `start` on. */
function uniformStream(offset: number, start: number, count: number): Float64Array {
  const key = [context.seed | 0, Math.floor(context.seed / 4294967296)] as const;
  return Float64Array.from({ length: count }, (_, i) => {
    const [high, low] = threefry([(start + i) | 0, offset | 0], key);
    return ((high >>> 5) * 67108864 + (low >>> 6)) / 9007199254740992;
  });
}

interface Drawn {
  readonly shape: Shape;
  readonly dtype: DType;
}

const randFn = /* @__PURE__ */ new Fn<Drawn>("rand", (b, numbers, { shape, dtype }) => [
  c.uniform(b, shape, dtype, sourceOf(numbers)),
]);
const randnFn = /* @__PURE__ */ new Fn<Drawn>("randn", (b, numbers, { shape, dtype }) => [
  c.normal(b, shape, dtype, sourceOf(numbers)),
]);
const randintFn = /* @__PURE__ */ new Fn<{ readonly shape: Shape }>(
  "randint",
  (b, [low, high, ...rest], { shape }) => [c.randomIntegers(b, shape, low!, high!, sourceOf(rest))],
);
const bernoulliFn = /* @__PURE__ */ new Fn("bernoulli", (b, [p, ...numbers]) => [
  c.bernoulli(b, p!, sourceOf(numbers)),
]);
const dropoutFn = /* @__PURE__ */ new Fn("dropout", (b, [x, p, ...numbers]) => [
  c.dropout(b, x!, p!, sourceOf(numbers)),
]);

const MADE = { dtype: asGiven(undefined), requiresGrad: false, device: asGiven(undefined) };

function draw<A>(
  fn: Fn<A>,
  attrs: A,
  options: TensorOptions,
  numbers: readonly (() => number)[] = [],
): Tensor {
  readNamed("rand", MADE, options);
  const home = options.device === undefined ? defaultDevice() : deviceNamed(options.device);
  const maker = tensor(0, { device: home.name });
  const drawn = callReading(fn, [], [...numbers, ...nextDraw()], attrs, maker)[0]!;
  return options.requiresGrad ? drawn.requireGrad() : drawn;
}

/** Makes uniform random numbers in [0, 1). */
export function rand(shape: Shape, options: TensorOptions = {}): Tensor {
  checkShape("rand", shape, options);
  return draw(randFn, constantAttrs({ shape, dtype: options.dtype ?? "float32" }), options);
}

/** Makes normal random numbers of mean 0 and variance 1. */
export function randn(shape: Shape, options: TensorOptions = {}): Tensor {
  checkShape("randn", shape, options);
  return draw(randnFn, constantAttrs({ shape, dtype: options.dtype ?? "float32" }), options);
}

/** Makes uniform random integers (int32) in low … high − 1. */
export function randint(
  low: number,
  high: number,
  shape: Shape,
  options: TensorOptions = {},
): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || high <= low) {
    throw argumentError(`randint: low is ${low}, high is ${high}; need integers with low < high.`);
  }
  for (const bound of [low, high - 1]) elementOf("randint", "int32", bound);
  const drawn = draw(randintFn, constantAttrs({ shape }), options, [() => low, () => high]);
  return options.dtype === undefined ? drawn : drawn.to(options.dtype);
}

/** Makes a random permutation of 0 … n − 1 (int32). */
export function randperm(n: number, options: TensorOptions = {}): Tensor {
  return argsort(rand([n], { ...options, dtype: "float64" }));
}

/** Makes random numbers like another tensor's: uniform in [0, 1). */
export function randLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return rand(x.shape, { dtype: x.dtype, device: x.device, ...options });
}

/** Makes random numbers like another tensor's: normal. */
export function randnLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return randn(x.shape, { dtype: x.dtype, device: x.device, ...options });
}

/** Throws where values, if they are at hand (not inside `compile`), are none that may be. */
export function needEvery(
  name: string,
  x: Tensor,
  need: string,
  holds: (value: number) => boolean,
): void {
  const data = x.storage?.read() ?? [];
  for (let i = 0; i < data.length; i++) {
    if (!holds(data[i]!)) {
      throw argumentError(`${name}: element ${i} is ${data[i]}; need ${need}.`);
    }
  }
}

/**
 * Draws 1 with the probability that each element of p gives, else 0. Throws where one is none
 * (inside `compile` that is not seen).
 */
export function bernoulli(p: Tensor): Tensor {
  needEvery("bernoulli", p, "probabilities from 0 to 1", (x) => x >= 0 && x <= 1);
  return callReading(bernoulliFn, [p], nextDraw(), {})[0]!;
}

/**
 * Drops each element with probability p and divides the others by 1 − p; the identity unless
 * training.
 */
export function dropout(x: Tensor, p = 0.5, training = true): Tensor {
  if (!(p >= 0 && p <= 1)) {
    throw argumentError(`dropout: p is ${p}; need a probability from 0 to 1.`);
  }
  if (!training || p === 0 || sizeOf(x.shape) === 0) return x;
  return callReading(dropoutFn, [x], [() => p, ...nextDraw()], {})[0]!;
}
