/** The normal distribution. */
import { log } from "../core/math.ts";
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { randn } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DistributionOptions, Given } from "./distribution.ts";
import {
  broadcastParameters,
  CHECKED,
  Distribution,
  isReal,
  needParameters,
} from "./distribution.ts";
import { quantile } from "./quantile.ts";

const HALF_LOG_TWO_PI = 0.5 * log(2 * Math.PI);

/**
 * The normal (Gaussian) distribution of mean `loc` and standard deviation `scale`, tensors of
 * floats that broadcast, or numbers. Throws for a scale that is not above 0. PyTorch: `Normal`.
 */
export class Normal extends Distribution {
  override readonly family: string = "Normal";
  override readonly hasRsample: boolean = true;
  /** The mean. */
  readonly loc: Tensor;
  /** The standard deviation. */
  readonly scale: Tensor;

  constructor(loc: Given, scale: Given, ...options: Settings<[], DistributionOptions>) {
    const [mean, deviation] = broadcastParameters("Normal", { loc, scale }) as [Tensor, Tensor];
    const { validateArgs } = read("Normal", {}, options, CHECKED);
    super(mean.shape, [], validateArgs);
    this.loc = mean;
    this.scale = deviation;
    if (!validateArgs) return;
    needParameters("Normal", "loc", mean, "numbers", isReal);
    needParameters("Normal", "scale", deviation, "numbers above 0", (x) => x > 0);
  }

  protected override parameters(): Record<string, Tensor> {
    return { loc: this.loc, scale: this.scale };
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale;
  }

  override get variance(): Tensor {
    return this.scale.square();
  }

  override rsample(sampleShape: Shape = []): Tensor {
    const { dtype, device } = this.loc;
    const noise = randn(this.extended(sampleShape), { dtype, device });
    return this.loc.add(noise.mul(this.scale));
  }

  override logProb(value: Given): Tensor {
    const x = this.checked("logProb", value, this.loc, "numbers", isReal);
    const squares = x.sub(this.loc).square().div(this.variance.mul(2));
    return squares.neg().sub(this.scale.log()).sub(HALF_LOG_TWO_PI);
  }

  override entropy(): Tensor {
    return this.scale.log().add(0.5 + HALF_LOG_TWO_PI);
  }

  override cdf(value: Given): Tensor {
    const x = this.checked("cdf", value, this.loc, "numbers", isReal);
    const steps = x.sub(this.loc).div(this.scale).mul(Math.SQRT1_2);
    return steps.erf().add(1).mul(0.5);
  }

  override icdf(probability: Given): Tensor {
    const between = (x: number): boolean => x >= 0 && x <= 1;
    const p = this.checked("icdf", probability, this.loc, "probabilities from 0 to 1", between);
    return this.loc.add(this.scale.mul(quantile(p)));
  }
}
