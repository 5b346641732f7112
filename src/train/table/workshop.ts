/**
 * What trains one perceptron after another. Folds and settings of one architecture use one
 * workshop, so that its step is compiled once.
 */
import type { MlpShape } from "../../models/mlp.ts";
import { mlp } from "../../models/mlp.ts";
import { CrossEntropyLoss, MSELoss } from "../../nn/loss.ts";
import type { Sequential } from "../../nn/sequential.ts";
import { Adam } from "../../optim/adam.ts";
import { SGD } from "../../optim/sgd.ts";
import { manualSeed } from "../../tensor/random.ts";
import { Trainer } from "../trainer.ts";
import type { FitOptions } from "./options.ts";

/** A perceptron that is being trained. */
export class Workshop extends Trainer {
  readonly key: string;
  readonly shape: MlpShape;
  readonly #dropout: number;

  /** Makes a network with the weights of the seed. */
  constructor(key: string, shape: MlpShape, options: FitOptions, classes: boolean) {
    const { lr, weightDecay, optimizer, seed, dropout } = options;
    manualSeed(seed);
    const network = mlp(shape, { dropout });
    const Method = optimizer === "adam" ? Adam : SGD;
    super(
      network,
      new Method(network.parameters(), { lr, weightDecay }),
      classes ? new CrossEntropyLoss() : new MSELoss(),
    );
    this.key = key;
    this.shape = shape;
    this.#dropout = dropout;
  }

  /** Goes back to the weights of a seed and to an optimizer that has seen nothing. */
  begin(seed: number): void {
    manualSeed(seed);
    this.network.loadStateDict(mlp(this.shape, { dropout: this.#dropout }).stateDict());
    this.restart();
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
