/**
 * A herd: many perceptrons of one shape, each with its own rows and its own weight decay, trained
 * at once by one compiled step. Small networks cost a step each, whatever they compute: together
 * they cost little more than one.
 */
import type { MlpShape } from "../../models/mlp.ts";
import { mlp } from "../../models/mlp.ts";
import { ACTIVATIONS } from "../../models/activations.ts";
import * as modules from "../../nn/activation.ts";
import { Parameter } from "../../nn/parameter.ts";
import type { Layer } from "../../nn/sequential.ts";
import { Adam } from "../../optim/adam.ts";
import { stack } from "../../tensor/functions/movement.ts";
import { compile } from "../../tensor/compile.ts";
import { tensor } from "../../tensor/create.ts";
import { noGrad } from "../../tensor/grad-mode.ts";
import { manualSeed } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** One network of a herd. */
export interface Member {
  readonly seed: number;
  readonly weightDecay: number;
}

/** The losses of each member: over the rows that it trains on, and over those it does not. */
export interface HerdLosses {
  readonly training: readonly number[];
  readonly held: readonly number[];
}

/** Rows for all members: inputs, targets, and the weight of each row, `[members, rows]`. */
export type HerdBatch = readonly [x: Tensor, y: Tensor, training: Tensor, held: Tensor];

/** Networks that are trained together. */
export class Herd {
  readonly size: number;
  readonly #layers: readonly { readonly weight: Parameter; readonly bias: Parameter }[];
  readonly #activation: Layer;
  readonly #classes: boolean;
  readonly #decay: Tensor;
  readonly #step: (...batch: Tensor[]) => Tensor;
  readonly #judge: (...batch: Tensor[]) => Tensor;

  constructor(shape: MlpShape, members: readonly Member[], lr: number, classes: boolean) {
    this.size = members.length;
    this.#classes = classes;
    this.#activation = new modules[ACTIVATIONS[shape.activation].module]();
    this.#decay = tensor(Float32Array.from(members, ({ weightDecay }) => weightDecay / 2));
    const starts = members.map(({ seed }) => {
      manualSeed(seed);
      return mlp(shape).parameters();
    });
    this.#layers = starts[0]!.flatMap((_, i) => {
      if (i % 2 === 1) return [];
      const joined = (at: number): Tensor => stack(starts.map((all) => all[at]!.detach()));
      const weight = new Parameter(joined(i).transpose(1, 2).contiguous());
      return [{ weight, bias: new Parameter(joined(i + 1).unsqueeze(1)) }];
    });
    const parameters = this.#layers.flatMap(({ weight, bias }) => [weight, bias]);
    const optimizer = new Adam(parameters, { lr });
    this.#step = compile((...batch: Tensor[]) => {
      const losses = this.#losses(batch as unknown as HerdBatch);
      losses.select(0, 0).sum().add(this.#pull()).backward();
      optimizer.step();
      optimizer.zeroGrad();
      return losses.detach();
    });
    this.#judge = compile((...batch: Tensor[]) =>
      noGrad(() => this.#losses(batch as unknown as HerdBatch)),
    );
  }

  /** Trains each member by one step; returns the losses before it. */
  step(batch: HerdBatch): Promise<HerdLosses> {
    return this.#told(this.#step(...batch));
  }

  /** Computes the losses without training. */
  judge(batch: HerdBatch): Promise<HerdLosses> {
    return this.#told(this.#judge(...batch));
  }

  async #told(losses: Tensor): Promise<HerdLosses> {
    const values = Array.from(await losses.data());
    return { training: values.slice(0, this.size), held: values.slice(this.size) };
  }

  /** The losses `[2, members]`. */
  #losses([x, y, training, held]: HerdBatch): Tensor {
    let value: Tensor = x;
    this.#layers.forEach(({ weight, bias }, i) => {
      if (i > 0) value = this.#activation.forward(value);
      value = value.matmul(weight).add(bias);
    });
    const each = this.#classes
      ? value.logsumexp(-1).sub(value.mul(y).sum(-1))
      : value.sub(y).square().mean(-1);
    return stack([each.mul(training).sum(-1), each.mul(held).sum(-1)]);
  }

  /** Half the weight decay times the squares of the weights: its gradient is that of Adam's. */
  #pull(): Tensor {
    const squares = this.#layers.flatMap(({ weight, bias }) => [
      weight.square().sum([1, 2]),
      bias.square().sum([1, 2]),
    ]);
    return squares
      .reduce((sum, one) => sum.add(one))
      .mul(this.#decay)
      .sum();
  }
}
