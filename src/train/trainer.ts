/** A network with what trains it: optimizer, loss, and one compiled step. */
import type { Module } from "../nn/module.ts";
import type { Sequential } from "../nn/sequential.ts";
import type { Optimizer, OptimizerState } from "../optim/optimizer.ts";
import { compile } from "../tensor/compile.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { setRandomState } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { TrainingState } from "./training-state.ts";

/** A loss of outputs and targets. */
type Loss = Module & { forward(output: Tensor, target: Tensor): Tensor };

/** A network that is being trained. */
export class Trainer {
  readonly network: Sequential;
  readonly lossName: string;
  /** The loss of rows with the weights as they are. */
  readonly lossOf: (x: Tensor, y: Tensor) => Tensor;
  /** One program: forward, loss, backward, update; returns the loss before the update. */
  readonly update: (x: Tensor, y: Tensor) => Tensor;
  readonly #optimizer: Pick<Optimizer, "loadStateDict" | "stateDict">;
  readonly #start: OptimizerState;

  constructor(
    network: Sequential,
    optimizer: Pick<Optimizer, "loadStateDict" | "stateDict" | "step" | "zeroGrad">,
    lossFn: Loss,
  ) {
    this.network = network;
    this.#optimizer = optimizer;
    this.#start = optimizer.stateDict();
    this.lossName = lossFn.constructor.name;
    this.lossOf = (x, y) => lossFn.forward(network.forward(x), y);
    this.update = compile((x: Tensor, y: Tensor) => {
      const loss = this.lossOf(x, y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
  }

  /** Goes back to an optimizer that has seen nothing. */
  restart(): void {
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

  /** Computes the loss of rows without training on them. */
  async measure(x: Tensor, y: Tensor): Promise<number> {
    this.network.eval();
    const loss = await noGrad(() => this.lossOf(x, y)).item();
    this.network.train();
    return loss;
  }
}
