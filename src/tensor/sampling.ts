/**
 * Random numbers whose distribution tensors give: `normal` with mean and deviation, `multinomial`.
 */
import { argumentError, shapeError } from "../core/errors.ts";
import { readNamed } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { broadcastShapes, showShape } from "../core/shape.ts";
import { multinomial as composeMultinomial } from "../ir/compose/sampling.ts";
import { Fn } from "../runtime/function.ts";
import { callReading } from "./call.ts";
import type { TensorOptions } from "./create.ts";
import { full } from "./create.ts";
import { constantAttrs } from "./functions/define.ts";
import { needEvery, nextDraw, randn, sourceOf } from "./random.ts";
import { Tensor } from "./tensor.ts";

/**
 * Makes normal random numbers with a mean and a standard deviation: tensors, which broadcast, or
 * numbers, with a shape then. Throws for a deviation below 0 or NaN (one that is computed inside
 * `compile` is not seen). (PyTorch: `torch.normal`.)
 */
export function normal(
  mean: Tensor | number,
  std: Tensor | number,
  size?: Shape,
  options: TensorOptions = {},
): Tensor {
  const given = [mean, std].filter((x): x is Tensor => x instanceof Tensor);
  if (given.length === 0 && size === undefined) {
    throw argumentError("normal: mean and std are numbers; need the shape, too.");
  }
  const wide = (x: number): boolean => x >= 0;
  if (std instanceof Tensor) needEvery("normal: std", std, "0 or more", wide);
  else if (!wide(std)) throw argumentError(`normal: std is ${std}; need 0 or more.`);
  const shape = given
    .map((x) => x.shape)
    .reduce<Shape>((p, q) => broadcastShapes("normal", p, q), size ?? []);
  const like = given[0] === undefined ? {} : { dtype: given[0].dtype, device: given[0].device };
  const { requiresGrad = false, ...rest } = options;
  const made = randn(shape, { ...like, ...rest })
    .mul(std)
    .add(mean);
  return requiresGrad ? made.requireGrad() : made;
}

interface SampleAttrs {
  readonly count: number;
  readonly replacement: boolean;
}

const multinomialFn = /* @__PURE__ */ new Fn<SampleAttrs>(
  "multinomial",
  (b, [weights, ...numbers], { count, replacement }) => [
    composeMultinomial(b, weights!, count, replacement, sourceOf(numbers)),
  ],
);

/**
 * Draws `numSamples` places (int32) of the last axis with probabilities in the ratio of the weights
 * [n] or [rows, n]; without `replacement` each at most once. Throws for weights that are negative,
 * not finite, or 0 where others are needed (those computed inside `compile` are not seen).
 */
export function multinomial(
  weights: Tensor,
  numSamples: number,
  options: { readonly replacement?: boolean } = {},
): Tensor {
  const { replacement } = readNamed("multinomial", { replacement: false }, options);
  const { shape } = weights;
  const n = shape.at(-1) ?? 0;
  if (shape.length < 1 || shape.length > 2) {
    throw shapeError(`multinomial: the weights are ${showShape(shape)}; need [n] or [rows, n].`);
  }
  if (!Number.isInteger(numSamples) || numSamples < 1 || (!replacement && numSamples > n)) {
    throw argumentError(
      `multinomial: numSamples is ${numSamples} of ${n} places; need an integer from 1 on` +
        `${replacement ? "" : ` to ${n}, or { replacement: true }`}.`,
    );
  }
  checkWeights(weights, n, replacement ? 1 : numSamples);
  const attrs = constantAttrs({ count: numSamples, replacement });
  return callReading(multinomialFn, [weights.detach()], nextDraw(), attrs)[0]!;
}

/** Throws for weights that are none, and for rows with fewer than `least` above 0. */
function checkWeights(weights: Tensor, n: number, least: number): void {
  let positive = 0;
  let seen = 0;
  const name = "multinomial: the weights";
  const enough = `weights from 0 on, in each row ${least} above 0`;
  needEvery(name, weights, enough, (x) => {
    if (seen++ % n === 0) positive = 0;
    if (x > 0) positive++;
    return x >= 0 && x < Infinity && (seen % n > 0 || positive >= least);
  });
}

/** Makes an uninitialised tensor in PyTorch; here it holds zeros. */
export function empty(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 0, options);
}
