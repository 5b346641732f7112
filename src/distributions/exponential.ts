/** The exponential distribution. */
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { zerosLike } from "../tensor/create.ts";
import { rand } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DistributionOptions, Given } from "./distribution.ts";
import { broadcastParameters, CHECKED, Distribution, needParameters } from "./distribution.ts";

/**
 * The exponential distribution of the waiting time for what happens `rate` times in a unit of time,
 * a tensor of floats or a number. Throws for a rate that is not above 0. PyTorch: `Exponential`.
 */
export class Exponential extends Distribution {
  override readonly family: string = "Exponential";
  override readonly hasRsample: boolean = true;
  /** 1 / mean. */
  readonly rate: Tensor;

  constructor(rate: Given, ...options: Settings<[], DistributionOptions>) {
    const [own] = broadcastParameters("Exponential", { rate }) as [Tensor];
    const { validateArgs } = read("Exponential", {}, options, CHECKED);
    super(own.shape, [], validateArgs);
    this.rate = own;
    if (!validateArgs) return;
    needParameters("Exponential", "rate", own, "numbers above 0", (x) => x > 0);
  }

  protected override parameters(): Record<string, Tensor> {
    return { rate: this.rate };
  }

  override get mean(): Tensor {
    return this.rate.reciprocal();
  }

  override get mode(): Tensor {
    return zerosLike(this.rate);
  }

  override get stddev(): Tensor {
    return this.rate.reciprocal();
  }

  override get variance(): Tensor {
    return this.rate.square().reciprocal();
  }

  override rsample(sampleShape: Shape = []): Tensor {
    const { dtype, device } = this.rate;
    const share = rand(this.extended(sampleShape), { dtype, device });
    return share.neg().log1p().neg().div(this.rate); // 1 − u lies in (0, 1]
  }

  override logProb(value: Given): Tensor {
    const x = this.#time("logProb", value);
    return this.rate.log().sub(this.rate.mul(x));
  }

  override entropy(): Tensor {
    return this.rate.log().neg().add(1);
  }

  override cdf(value: Given): Tensor {
    const x = this.#time("cdf", value);
    return this.rate.mul(x).neg().expm1().neg();
  }

  override icdf(probability: Given): Tensor {
    const between = (x: number): boolean => x >= 0 && x <= 1;
    const p = this.checked("icdf", probability, this.rate, "probabilities from 0 to 1", between);
    return p.neg().log1p().neg().div(this.rate);
  }

  #time(method: string, value: Given): Tensor {
    return this.checked(method, value, this.rate, "numbers from 0 on", (x) => x >= 0);
  }
}
