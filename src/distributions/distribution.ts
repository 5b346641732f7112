/**
 * What all distributions share: shapes, checks, and the words of PyTorch's `torch.distributions`.
 * `batchShape` counts distributions side by side, `eventShape` is the shape of one draw.
 */
import type { DType } from "../core/dtype.ts";
import { isFloat } from "../core/dtype.ts";
import { argumentError, dtypeError, NablaError, shapeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { broadcastShapes, sameShape, showShape } from "../core/shape.ts";
import { full } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { needEvery } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";

/** What every distribution can be told by name. */
export interface DistributionOptions {
  /** Check parameters and values where they are at hand (not inside `compile`). Default: true. */
  readonly validateArgs?: boolean;
}

/** The defaults of {@link DistributionOptions}. */
export const CHECKED = { validateArgs: true };

/** A parameter or a value: a tensor, or a number for a scalar. */
export type Given = Tensor | number;

/** A family of probability distributions with its parameters. Make one of its kinds. */
export abstract class Distribution {
  /** The shape of the parameters: as many independent distributions. */
  readonly batchShape: Shape;
  /** The shape of one draw: `[]` for numbers. */
  readonly eventShape: Shape;
  /** Whether parameters and values are checked. */
  readonly validateArgs: boolean;
  /** Whether `rsample` exists. */
  readonly hasRsample: boolean = false;

  protected constructor(batchShape: Shape, eventShape: Shape, validateArgs: boolean) {
    this.batchShape = batchShape;
    this.eventShape = eventShape;
    this.validateArgs = validateArgs;
  }

  /** The name of the family. */
  abstract readonly family: string;

  /** The parameters, for printing. */
  protected abstract parameters(): Readonly<Record<string, Tensor>>;

  /** The mean of draws: batchShape + eventShape. */
  abstract get mean(): Tensor;
  /** The most probable value; NaN where there is no single one. */
  abstract get mode(): Tensor;
  /** The variance of draws. */
  abstract get variance(): Tensor;

  /** The standard deviation of draws. */
  get stddev(): Tensor {
    return this.variance.sqrt();
  }

  /** Draws values, cut off from the tape: sampleShape + batchShape + eventShape. */
  sample(sampleShape: Shape = []): Tensor {
    return noGrad(() => this.rsample(sampleShape));
  }

  /**
   * Draws values through which gradients reach the parameters (the reparametrisation trick):
   * sampleShape + batchShape + eventShape. Throws where draws are no smooth function of them.
   */
  rsample(_sampleShape: Shape = []): Tensor {
    return this.lacks("rsample", "; logProb(sample()) carries the gradient of a score function");
  }

  /**
   * The logarithm of the density, or of the probability, at `value`, which broadcasts against
   * batchShape + eventShape; eventShape is summed over. Throws for values that cannot be drawn.
   */
  abstract logProb(value: Given): Tensor;

  /** The entropy in nats: batchShape. */
  abstract entropy(): Tensor;

  /** The exponential of the entropy. */
  perplexity(): Tensor {
    return this.entropy().exp();
  }

  /** The probability of at most `value`. Throws where the family has none. */
  cdf(_value: Given): Tensor {
    return this.lacks("cdf");
  }

  /** The value below which draws lie with this probability. Throws where the family has none. */
  icdf(_probability: Given): Tensor {
    return this.lacks("icdf");
  }

  /**
   * All values that can be drawn along a new first axis; `expand: false` leaves the batch at size
   * 1. Throws where they are not finitely many.
   */
  enumerateSupport(_options?: { readonly expand?: boolean }): Tensor {
    return this.lacks("enumerateSupport");
  }

  /** Spells the family and its parameters. */
  toString(): string {
    const spelled = Object.entries(this.parameters()).map(
      ([name, x]) => `${name}: ${x.numel() === 1 && x.node === null ? String(x) : x.type.text}`,
    );
    return `${this.family}(${spelled.join(", ")})`;
  }

  /** Throws: the family has no such method. */
  protected lacks(method: string, hint = ""): never {
    throw new NablaError("unsupported", `${this.family}.${method}: there is none${hint}.`);
  }

  /** The shape of draws. */
  protected extended(sampleShape: Shape): Shape {
    if (!Array.isArray(sampleShape)) {
      throw argumentError(
        `${this.family}.sample: the shape is ${show(sampleShape)}; need an array, [] for one draw.`,
      );
    }
    return [...sampleShape, ...this.batchShape, ...this.eventShape];
  }

  /** A value as a tensor; throws for one whose shape does not fit or that cannot be drawn. */
  protected checked(
    method: string,
    value: Given,
    like: Tensor,
    need: string,
    holds: (x: number) => boolean,
  ): Tensor {
    const x = toTensor(value, like);
    if (!this.validateArgs) return x;
    const owner = `${this.family}.${method}`;
    const own = [...this.batchShape, ...this.eventShape];
    if (!fits(x.shape, own)) {
      throw shapeError(
        `${owner}: the value is ${showShape(x.shape)}; need a shape that broadcasts with ` +
          `${showShape(own)} (batchShape and eventShape).`,
      );
    }
    needEvery(owner, x.detach(), need, holds);
    return x;
  }
}

/** Whether two shapes broadcast. */
function fits(x: Shape, own: Shape): boolean {
  for (let i = 1; i <= Math.min(x.length, own.length); i++) {
    const [p, q] = [x.at(-i)!, own.at(-i)!];
    if (p !== q && p !== 1 && q !== 1) return false;
  }
  return true;
}

/** A number as a tensor of the dtype and on the device of another. */
export function toTensor(value: Given, like: Tensor): Tensor {
  if (value instanceof Tensor) return value;
  return full([], value, { dtype: like.dtype, device: like.device });
}

/**
 * The parameters of a distribution as tensors of one shape; numbers take the dtype of the others.
 */
export function broadcastParameters(
  family: string,
  given: Readonly<Record<string, Given>>,
): Tensor[] {
  const values = Object.values(given);
  const like = values.find((x): x is Tensor => x instanceof Tensor);
  const options = like === undefined ? {} : { dtype: like.dtype, device: like.device };
  for (const [name, x] of Object.entries(given)) needParameter(family, name, x);
  const shape = values.reduce<Shape>(
    (all, x) => (x instanceof Tensor ? broadcastShapes(family, all, x.shape) : all),
    [],
  );
  return values.map((x) => (x instanceof Tensor ? expanded(x, shape) : full(shape, x, options)));
}

/** Two tensors, expanded to one shape. */
export function together(name: string, x: Tensor, y: Tensor): [Tensor, Tensor] {
  const shape = broadcastShapes(name, x.shape, y.shape);
  return [expanded(x, shape), expanded(y, shape)];
}

function expanded(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : x.expand(shape);
}

/** Throws for a parameter that is neither a number nor a tensor of floats. */
export function needParameter(family: string, name: string, x: unknown): void {
  if (x instanceof Tensor) {
    if (isFloat(x.dtype)) return;
    throw dtypeError(`${family}: ${name} is ${x.type.text}; need float32 or float64.`);
  }
  if (typeof x === "number") return;
  throw argumentError(`${family}: ${name} is ${show(x)}; need a tensor or a number.`);
}

/** Throws for parameters that are none, where they are at hand. */
export function needParameters(
  family: string,
  name: string,
  x: Tensor,
  need: string,
  holds: (value: number) => boolean,
): void {
  needEvery(`${family}: ${name}`, x, need, holds);
}

/** The one of `probs` and `logits` that is given; throws for both and for neither. */
export function oneOf(
  family: string,
  probs: Given | null,
  logits: Given | null,
): { readonly name: "probs" | "logits"; readonly given: Given } {
  if ((probs === null) === (logits === null)) {
    const what = probs === null ? "neither probs nor logits is" : "both probs and logits are";
    throw argumentError(
      `${family}: ${what} given; need one: new ${family}(probs) or new ${family}({ logits }).`,
    );
  }
  const name = probs === null ? "logits" : "probs";
  const given = (probs ?? logits)!;
  needParameter(family, name, given);
  return { name, given };
}

/** The distance from 1 to the next number of a dtype. */
const EPSILON: Readonly<Partial<Record<DType, number>>> = {
  float32: 1.1920928955078125e-7,
  float64: 2.220446049250313e-16,
};

/** Probabilities kept apart from 0 and 1, so that their logarithms are finite. */
export function clampProbs(probs: Tensor): Tensor {
  const eps = EPSILON[probs.dtype]!;
  return probs.clamp(eps, 1 - eps);
}

/** Whether a number is none but NaN. */
export const isReal = (x: number): boolean => !Number.isNaN(x);
