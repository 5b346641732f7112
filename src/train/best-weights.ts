/** The weights of the best epoch so far; values never change, so keeping them copies nothing. */
import type { Sequential } from "../nn/sequential.ts";
import type { BestSoFar } from "./training-state.ts";

/** Keeps the weights of the best epoch of a network. */
export class BestWeights {
  /** What is kept, if anything is. */
  best: BestSoFar | undefined;
  readonly #network: Sequential;

  constructor(network: Sequential, earlier?: BestSoFar) {
    this.#network = network;
    this.best = earlier;
  }

  /** Keeps the weights as they are now. */
  readonly keep = (epoch: number, loss: number): void => {
    this.best = { epoch, loss, weights: this.#network.stateDict() };
  };

  /** Puts them back; returns their epoch. */
  restore(): number | undefined {
    if (this.best !== undefined) this.#network.loadStateDict(this.best.weights);
    return this.best?.epoch;
  }
}
