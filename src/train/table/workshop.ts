/**
 * What trains one perceptron after another. Folds and settings of one architecture use one
 * workshop, so that its step is compiled once.
 */
import type { MlpShape } from "../../models/mlp.ts";
import { mlp } from "../../models/mlp.ts";
import { CrossEntropyLoss, MSELoss } from "../../nn/loss.ts";
import type { Sequential } from "../../nn/sequential.ts";
import { Adam } from "../../optim/adam.ts";
import type { OptimizerState } from "../../optim/optimizer.ts";
import { SGD } from "../../optim/sgd.ts";
import { manualSeed } from "../../tensor/random.ts";
import { measure } from "../measure.ts";
import type { Updater } from "../training-step.ts";
import { computedBy, TrainingStep } from "../training-step.ts";
import type { FitOptions } from "./options.ts";
import type { Pair, Rows } from "./row-batches.ts";

/** A perceptron that is being trained. */
export class Workshop {
  readonly key: string;
  readonly shape: MlpShape;
  readonly network: Sequential;
  readonly optimizer: Updater;
  readonly step: TrainingStep<Pair>;
  readonly #start: OptimizerState;
  readonly #dropout: number;

  /** Makes a network with the weights of the seed. */
  constructor(key: string, shape: MlpShape, options: FitOptions, classes: boolean) {
    const { lr, weightDecay, optimizer, seed, dropout } = options;
    manualSeed(seed);
    const model = mlp(shape, { dropout });
    const Method = optimizer === "adam" ? Adam : SGD;
    const lossFn = classes ? new CrossEntropyLoss() : new MSELoss();
    this.key = key;
    this.shape = shape;
    this.network = model;
    this.optimizer = new Method(model.parameters(), { lr, weightDecay });
    this.step = new TrainingStep({
      model,
      optimizer: this.optimizer,
      computed: computedBy<Pair>(model, lossFn),
      lossName: lossFn.constructor.name,
      compile: true,
    });
    this.#start = this.optimizer.stateDict();
    this.#dropout = dropout;
  }

  /** Goes back to the weights of a seed and to an optimizer that has seen nothing. */
  begin(seed: number): void {
    manualSeed(seed);
    this.network.loadStateDict(mlp(this.shape, { dropout: this.#dropout }).stateDict());
    this.optimizer.loadStateDict(this.#start);
    this.network.train();
  }

  /** Computes the loss of rows without training on them. */
  async measure(rows: Rows): Promise<number> {
    return (await measure(this.network, this.step.computed, rows.whole(), {})).loss;
  }

  /** Returns the network as it is now, for keeping: further training does not change it. */
  result(): Sequential {
    const network = mlp(this.shape);
    network.loadStateDict(this.network.stateDict());
    return network.eval();
  }
}

/** Hands out workshops; keeps the last one for the next training of its kind. */
export class Workshops {
  #last: Workshop | undefined;

  /** Returns a workshop whose network has the weights of the seed. */
  take(shape: MlpShape, options: FitOptions, classes: boolean): Workshop {
    const { lr, weightDecay, optimizer, dropout, seed } = options;
    const key = JSON.stringify([shape, lr, weightDecay, optimizer, dropout, classes]);
    if (this.#last?.key === key) this.#last.begin(seed);
    else this.#last = new Workshop(key, shape, options, classes);
    return this.#last;
  }
}
