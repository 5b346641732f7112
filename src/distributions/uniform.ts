/** The uniform distribution of an interval. */
import type { Settings } from "../core/options.ts";
import { read } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { fullLike } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { rand } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DistributionOptions, Given } from "./distribution.ts";
import {
  broadcastParameters,
  CHECKED,
  Distribution,
  isReal,
  needParameters,
} from "./distribution.ts";

/**
 * The uniform distribution of the half-open interval from `low` to `high`, tensors of floats that
 * broadcast, or numbers. Throws where high is not above low. PyTorch: `Uniform`.
 */
export class Uniform extends Distribution {
  override readonly family: string = "Uniform";
  override readonly hasRsample: boolean = true;
  /** The lower bound, which can be drawn. */
  readonly low: Tensor;
  /** The upper bound, which cannot. */
  readonly high: Tensor;

  constructor(low: Given, high: Given, ...options: Settings<[], DistributionOptions>) {
    const [from, to] = broadcastParameters("Uniform", { low, high }) as [Tensor, Tensor];
    const { validateArgs } = read("Uniform", {}, options, CHECKED);
    super(from.shape, [], validateArgs);
    this.low = from;
    this.high = to;
    if (!validateArgs) return;
    const width = noGrad(() => to.sub(from));
    needParameters("Uniform", "high − low", width, "numbers above 0", (x) => x > 0);
  }

  protected override parameters(): Record<string, Tensor> {
    return { low: this.low, high: this.high };
  }

  /** high − low. */
  get #width(): Tensor {
    return this.high.sub(this.low);
  }

  override get mean(): Tensor {
    return this.high.add(this.low).div(2);
  }

  override get mode(): Tensor {
    return fullLike(this.low, NaN);
  }

  override get stddev(): Tensor {
    return this.#width.div(Math.sqrt(12));
  }

  override get variance(): Tensor {
    return this.#width.square().div(12);
  }

  override rsample(sampleShape: Shape = []): Tensor {
    const { dtype, device } = this.low;
    const share = rand(this.extended(sampleShape), { dtype, device });
    return this.low.add(share.mul(this.#width));
  }

  override logProb(value: Given): Tensor {
    const x = this.#within("logProb", value);
    const inside = x.ge(this.low).logicalAnd(x.lt(this.high)).to(this.low.dtype);
    return inside.log().sub(this.#width.log());
  }

  override entropy(): Tensor {
    return this.#width.log();
  }

  override cdf(value: Given): Tensor {
    const x = this.#within("cdf", value);
    return x.sub(this.low).div(this.#width).clamp(0, 1);
  }

  override icdf(probability: Given): Tensor {
    const between = (x: number): boolean => x >= 0 && x <= 1;
    const p = this.checked("icdf", probability, this.low, "probabilities from 0 to 1", between);
    return this.low.add(p.mul(this.#width));
  }

  /** A value; throws for one that is outside of the closed interval. */
  #within(method: string, value: Given): Tensor {
    const x = this.checked(method, value, this.low, "numbers", isReal);
    if (!this.validateArgs) return x;
    const least = (distance: number): boolean => distance >= 0;
    for (const [name, from, to] of [
      ["value − low", this.low, x],
      ["high − value", x, this.high],
    ] as const) {
      const distance = noGrad(() => to.sub(from));
      needParameters(`Uniform.${method}`, name, distance, "0 or more", least);
    }
    return x;
  }
}
