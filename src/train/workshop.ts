/**
 * What trains one perceptron after another: network, optimizer and the compiled step. Folds and
 * settings of one architecture use one workshop, so that its step is compiled once.
 */
import type { MlpShape } from "../models/mlp.ts";
import { mlp } from "../models/mlp.ts";
import { CrossEntropyLoss, MSELoss } from "../nn/loss.ts";
import type { Sequential } from "../nn/sequential.ts";
import { Adam } from "../optim/adam.ts";
import { SGD } from "../optim/sgd.ts";
import type { OptimizerState } from "../optim/optimizer.ts";
import { compile } from "../tensor/compile.ts";
import { manualSeed, setRandomState } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { FitOptions } from "./options.ts";
import type { TrainingState } from "./training-state.ts";

/** A network that is being trained. */
export class Workshop {
  readonly key: string;
  readonly shape: MlpShape;
  readonly network: Sequential;
  readonly lossName: string;
  /** The loss of rows with the weights as they are. */
  readonly lossOf: (x: Tensor, y: Tensor) => Tensor;
  /** One program: forward, loss, backward, update; returns the loss before the update. */
  readonly update: (x: Tensor, y: Tensor) => Tensor;
  readonly #optimizer: Adam | SGD;
  readonly #start: OptimizerState;
  readonly #dropout: number;

  /** Makes a network with the weights of the seed. */
  constructor(key: string, shape: MlpShape, options: FitOptions, classes: boolean) {
    const { lr, weightDecay, optimizer, seed, dropout } = options;
    this.key = key;
    this.shape = shape;
    this.#dropout = dropout;
    manualSeed(seed);
    this.network = mlp(shape, { dropout });
    const parameters = this.network.parameters();
    const settings = { lr, weightDecay };
    this.#optimizer =
      optimizer === "adam" ? new Adam(parameters, settings) : new SGD(parameters, settings);
    this.#start = this.#optimizer.stateDict();
    const lossFn = classes ? new CrossEntropyLoss() : new MSELoss();
    this.lossName = lossFn.constructor.name;
    this.lossOf = (x, y) => lossFn.forward(this.network.forward(x), y);
    this.update = compile((x: Tensor, y: Tensor) => {
      const loss = this.lossOf(x, y);
      loss.backward();
      this.#optimizer.step();
      this.#optimizer.zeroGrad();
      return loss;
    });
  }

  /** Goes back to the weights of a seed and to an optimizer that has seen nothing. */
  begin(seed: number): void {
    manualSeed(seed);
    this.network.loadStateDict(mlp(this.shape, { dropout: this.#dropout }).stateDict());
    this.#optimizer.loadStateDict(this.#start);
    this.network.train();
  }

  /** Returns weights and optimizer as they are now; tensors are values, so nothing is copied. */
  state(): Pick<TrainingState, "weights" | "optimizer"> {
    return { weights: this.network.stateDict(), optimizer: this.#optimizer.stateDict().state };
  }

  /** Goes on where another training stood. */
  restore({ weights, optimizer, random }: TrainingState): void {
    this.network.loadStateDict(weights);
    this.#optimizer.loadStateDict({ ...this.#start, state: optimizer });
    setRandomState(random);
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
