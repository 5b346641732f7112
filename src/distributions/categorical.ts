/** The distribution of a choice among several classes. */
import { shapeError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { asGiven, read } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { broadcastShapes, showShape } from "../core/shape.ts";
import { arange, full } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { multinomial } from "../tensor/sampling.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DistributionOptions, Given } from "./distribution.ts";
import {
  broadcastParameters,
  CHECKED,
  clampProbs,
  Distribution,
  isReal,
  needParameters,
  oneOf,
} from "./distribution.ts";

const PLACES = { probs: asGiven<Tensor | null>(null), logits: asGiven<Tensor | null>(null) };

/** The least number of a dtype that is not −∞. */
const LOWEST = { float32: -3.4028234663852886e38, float64: -Number.MAX_VALUE };

/** Options of {@link Categorical}: one of `probs` and `logits`. */
export interface CategoricalOptions extends DistributionOptions {
  /** Weights of the classes along the last axis, from 0 on; they are divided by their sum. */
  readonly probs?: Tensor | null;
  /** Logarithms of weights; softmax makes probabilities of them. */
  readonly logits?: Tensor | null;
}

/**
 * The categorical distribution over the classes 0 … n − 1: floats `[…, n]`, either `probs` in the
 * ratio of the probabilities or `logits`; batchShape is what stands before n. Draws are int32.
 * Throws for weights below 0 or that sum to 0. PyTorch: `Categorical`.
 */
export class Categorical extends Distribution {
  override readonly family: string = "Categorical";
  readonly #probs: Tensor | null;
  readonly #logits: Tensor | null;

  constructor(
    ...args: Settings<[probs: Tensor | null, logits: Tensor | null], CategoricalOptions>
  ) {
    const { probs, logits, validateArgs } = read("Categorical", PLACES, args, CHECKED);
    const { name, given } = oneOf("Categorical", probs, logits);
    const [x] = broadcastParameters("Categorical", { [name]: given }) as [Tensor];
    if (x.ndim < 1) {
      throw shapeError(`Categorical: ${name} is ${showShape(x.shape)}; need […, classes].`);
    }
    super(x.shape.slice(0, -1), [], validateArgs);
    if (validateArgs && name === "probs") {
      needParameters("Categorical", name, x, "weights from 0 on", (p) => p >= 0);
    }
    this.#probs = name === "probs" ? x.div(x.sum({ dim: -1, keepdim: true })) : null;
    this.#logits = name === "logits" ? x.sub(x.logsumexp({ dim: -1, keepdim: true })) : null;
    if (!validateArgs) return;
    const normalised = (this.#probs ?? this.#logits)!;
    const need = `numbers, no NaN, after the ${name} of each row were normalised`;
    needParameters("Categorical", name, normalised, need, isReal);
  }

  protected override parameters(): Record<string, Tensor> {
    return this.#probs === null ? { logits: this.logits } : { probs: this.#probs };
  }

  /** How many classes there are. */
  get #classes(): number {
    return (this.#probs ?? this.#logits)!.shape.at(-1)!;
  }

  /** The probabilities: they sum to 1. */
  get probs(): Tensor {
    return this.#probs ?? this.#logits!.softmax(-1);
  }

  /** The logarithms of the probabilities. */
  get logits(): Tensor {
    return this.#logits ?? clampProbs(this.#probs!).log();
  }

  override get mean(): Tensor {
    return this.#nowhere();
  }

  override get mode(): Tensor {
    return this.probs.argmax(-1);
  }

  override get variance(): Tensor {
    return this.#nowhere();
  }

  /** Classes have no mean. */
  #nowhere(): Tensor {
    const { dtype, device } = (this.#probs ?? this.#logits)!;
    return full(this.batchShape, NaN, { dtype, device });
  }

  override sample(sampleShape: Shape = []): Tensor {
    const shape = this.extended(sampleShape);
    const count = sampleShape.reduce((product, n) => product * n, 1);
    if (count === 0) return full(shape, 0, { dtype: "int32", device: this.probs.device });
    const draws = noGrad(() => {
      const rows = this.probs.reshape([-1, this.#classes]);
      return multinomial(rows, count, { replacement: true });
    });
    return draws.T.reshape(shape);
  }

  override logProb(value: Given): Tensor {
    const { logits } = this;
    const classes = this.#classes;
    const need = `whole numbers from 0 to ${classes - 1}`;
    const isClass = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < classes;
    const x = this.checked("logProb", value, logits, need, isClass).to("int32");
    const shape = broadcastShapes("Categorical.logProb", x.shape, this.batchShape);
    const at = x.expand(shape).unsqueeze(-1);
    return logits
      .expand([...shape, classes])
      .gather(-1, at)
      .squeeze(-1);
  }

  override entropy(): Tensor {
    const { logits, probs } = this;
    const finite = logits.clampMin(LOWEST[logits.dtype as "float32"]);
    return finite.mul(probs).sum(-1).neg();
  }

  override enumerateSupport({ expand = true }: { readonly expand?: boolean } = {}): Tensor {
    const { device } = (this.#probs ?? this.#logits)!;
    const values = arange(this.#classes, undefined, 1, { dtype: "int32", device });
    const line = values.reshape([-1, ...this.batchShape.map(() => 1)]);
    return expand ? line.expand([this.#classes, ...this.batchShape]) : line;
  }
}
