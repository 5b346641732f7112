/** The distribution of a yes or no. */
import type { Settings } from "../core/options.ts";
import { asGiven, read } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { binaryCrossEntropyWithLogits } from "../nn/functional/loss.ts";
import { arange } from "../tensor/create.ts";
import { logSigmoid } from "../tensor/functions/activation.ts";
import { where } from "../tensor/functions/arithmetic.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { bernoulli } from "../tensor/random.ts";
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
  together,
} from "./distribution.ts";

const PLACES = { probs: asGiven<Given | null>(null), logits: asGiven<Given | null>(null) };

/** Options of {@link Bernoulli}: one of `probs` and `logits`. */
export interface BernoulliOptions extends DistributionOptions {
  /** The probabilities of 1. */
  readonly probs?: Given | null;
  /** Their log odds: log(p / (1 − p)). */
  readonly logits?: Given | null;
}

/**
 * The Bernoulli distribution: 1 with probability `probs` or sigmoid(`logits`), else 0. Takes one of
 * the two, a tensor of floats or a number. Throws for probabilities outside 0 … 1. PyTorch:
 * `Bernoulli`.
 */
export class Bernoulli extends Distribution {
  override readonly family: string = "Bernoulli";
  readonly #probs: Tensor | null;
  readonly #logits: Tensor | null;

  constructor(...args: Settings<[probs: Given | null, logits: Given | null], BernoulliOptions>) {
    const { probs, logits, validateArgs } = read("Bernoulli", PLACES, args, CHECKED);
    const { name, given } = oneOf("Bernoulli", probs, logits);
    const [x] = broadcastParameters("Bernoulli", { [name]: given }) as [Tensor];
    super(x.shape, [], validateArgs);
    this.#probs = name === "probs" ? x : null;
    this.#logits = name === "logits" ? x : null;
    if (!validateArgs) return;
    const chance = (p: number): boolean => p >= 0 && p <= 1;
    if (name === "logits") needParameters("Bernoulli", name, x, "numbers", isReal);
    else needParameters("Bernoulli", name, x, "probabilities from 0 to 1", chance);
  }

  protected override parameters(): Record<string, Tensor> {
    return this.#probs === null ? { logits: this.logits } : { probs: this.#probs };
  }

  /** The probability of 1. */
  get probs(): Tensor {
    return this.#probs ?? this.#logits!.sigmoid();
  }

  /** The log odds of 1. */
  get logits(): Tensor {
    if (this.#logits !== null) return this.#logits;
    const probs = clampProbs(this.#probs!);
    return probs.log().sub(probs.neg().log1p());
  }

  override get mean(): Tensor {
    return this.probs;
  }

  override get mode(): Tensor {
    const { probs } = this;
    return where(probs.eq(0.5), NaN, probs.gt(0.5).to(probs.dtype));
  }

  override get variance(): Tensor {
    const { probs } = this;
    return probs.mul(probs.neg().add(1));
  }

  override sample(sampleShape: Shape = []): Tensor {
    const shape = this.extended(sampleShape);
    return noGrad(() => bernoulli(this.probs.expand(shape)));
  }

  override logProb(value: Given): Tensor {
    const { logits } = this;
    const x = this.checked("logProb", value, logits, "0 or 1", (v) => v === 0 || v === 1);
    const [score, hit] = together("Bernoulli.logProb", logits, x);
    return binaryCrossEntropyWithLogits(score, hit, { reduction: "none" }).neg();
  }

  override entropy(): Tensor {
    const { logits, probs } = this;
    return binaryCrossEntropyWithLogits(logits, probs, { reduction: "none" });
  }

  override enumerateSupport({ expand = true }: { readonly expand?: boolean } = {}): Tensor {
    const { dtype, device } = this.#probs ?? this.#logits!;
    const values = arange(2, undefined, 1, { dtype, device });
    const line = values.reshape([2, ...this.batchShape.map(() => 1)]);
    return expand ? line.expand([2, ...this.batchShape]) : line;
  }

  /** log p and log (1 − p). @internal */
  logProbs(): { readonly one: Tensor; readonly zero: Tensor } {
    const { logits } = this;
    return { one: logSigmoid(logits), zero: logSigmoid(logits.neg()) };
  }
}
