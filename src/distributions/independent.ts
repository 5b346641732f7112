/** Several independent numbers as one event. */
import { argumentError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { read, show } from "../core/options.ts";
import type { Shape } from "../core/shape.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DistributionOptions, Given } from "./distribution.ts";
import { Distribution } from "./distribution.ts";

/**
 * The last axes of a distribution's batch as axes of one event: logProb, entropy and klDivergence
 * are summed over them. `new Independent(new Normal(mean, deviation), 1)` is a normal distribution
 * of vectors with a diagonal covariance. Throws where the batch has fewer axes. PyTorch:
 * `Independent`.
 */
export class Independent extends Distribution {
  override readonly family: string = "Independent";
  override readonly hasRsample: boolean;
  /** What it is made of. */
  readonly baseDist: Distribution;
  /** How many axes of the batch became axes of the event. */
  readonly reinterpretedBatchNdims: number;

  constructor(
    baseDistribution: Distribution,
    reinterpretedBatchNdims: number,
    ...options: Settings<[], DistributionOptions>
  ) {
    const { batchShape, eventShape } = baseDistribution;
    const axes = batchShape.length;
    const moved = reinterpretedBatchNdims;
    if (!Number.isInteger(moved) || moved < 0 || moved > axes) {
      throw argumentError(
        `Independent: reinterpretedBatchNdims is ${show(moved)}; need an integer from 0 to ${axes}: ` +
          `batchShape is ${showShape(batchShape)}.`,
      );
    }
    const initial = { validateArgs: baseDistribution.validateArgs };
    const { validateArgs } = read("Independent", {}, options, initial);
    const event = [...batchShape.slice(axes - moved), ...eventShape];
    super(batchShape.slice(0, axes - moved), event, validateArgs);
    this.baseDist = baseDistribution;
    this.reinterpretedBatchNdims = moved;
    this.hasRsample = baseDistribution.hasRsample;
  }

  protected override parameters(): Record<string, Tensor> {
    return {};
  }

  override toString(): string {
    return `Independent(${this.baseDist}, ${this.reinterpretedBatchNdims})`;
  }

  override get mean(): Tensor {
    return this.baseDist.mean;
  }

  override get mode(): Tensor {
    return this.baseDist.mode;
  }

  override get stddev(): Tensor {
    return this.baseDist.stddev;
  }

  override get variance(): Tensor {
    return this.baseDist.variance;
  }

  override sample(sampleShape: Shape = []): Tensor {
    return this.baseDist.sample(sampleShape);
  }

  override rsample(sampleShape: Shape = []): Tensor {
    return this.baseDist.rsample(sampleShape);
  }

  override logProb(value: Given): Tensor {
    return this.overEvent(this.baseDist.logProb(value));
  }

  override entropy(): Tensor {
    return this.overEvent(this.baseDist.entropy());
  }

  override enumerateSupport(options?: { readonly expand?: boolean }): Tensor {
    if (this.reinterpretedBatchNdims > 0) this.lacks("enumerateSupport");
    return this.baseDist.enumerateSupport(options);
  }

  /** Sums over the axes of the event that were axes of the batch. @internal */
  overEvent(x: Tensor): Tensor {
    const count = this.reinterpretedBatchNdims;
    return count === 0 ? x : x.sum(Array.from({ length: count }, (_, i) => -1 - i));
  }
}
