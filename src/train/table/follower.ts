/**
 * Follows a fit: before each epoch judges the rows held out, keeps the best weights and stops where
 * they get no better; after it notes the losses and tells who watches.
 */
import type { StateDict } from "../../nn/module.ts";
import type { Sequential } from "../../nn/sequential.ts";
import type { Callback, Training } from "../callback.ts";
import type { EpochEndEvent, EpochStartEvent } from "../events.ts";
import type { LossHistory } from "./loss-history.ts";
import type { FitWatch } from "./options.ts";

/** The best epoch so far by the rows held out. */
export interface BestSoFar {
  readonly epoch: number;
  readonly loss: number;
  readonly weights: StateDict;
}

/** What a follower is told. */
export interface FollowerOptions extends FitWatch {
  readonly network: Sequential;
  readonly history: LossHistory;
  /** Computes the loss of rows that are not trained on. */
  readonly heldOut?: () => Promise<number>;
  /** Stops after so many epochs without a smaller held-out loss. */
  readonly patience?: number;
}

/** What a checkpoint keeps of a follower. */
export interface FollowerState {
  readonly best?: BestSoFar;
}

/** Follows one fit. */
export class Follower implements Callback {
  readonly name = "fit";
  best: BestSoFar | undefined;
  readonly #options: FollowerOptions;
  #held: number | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Judges the weights before the epoch: an epoch's two losses are those of the same weights. */
  async onEpochStart({ epoch }: EpochStartEvent, trainer: Training): Promise<void> {
    const { heldOut, patience, network } = this.#options;
    this.#held = await heldOut?.();
    if (this.#held === undefined || patience === undefined) return;
    if (this.#held < (this.best?.loss ?? Infinity)) {
      // Values never change, so keeping them copies nothing.
      this.best = { epoch, loss: this.#held, weights: network.stateDict() };
    }
    if (epoch - (this.best?.epoch ?? 0) >= patience) trainer.stop("early stop");
  }

  onEpochEnd({ epoch, loss }: EpochEndEvent, trainer: Training): void {
    const { history, onEpoch, shouldStop } = this.#options;
    history.add(epoch, loss, this.#held);
    onEpoch?.(epoch, loss);
    if (shouldStop?.() === true) trainer.stop("asked");
  }

  stateDict(): FollowerState {
    return this.best === undefined ? {} : { best: this.best };
  }

  loadStateDict({ best }: FollowerState): void {
    this.best = best;
  }

  /** Puts the best weights back; returns their epoch. */
  restore(): number | undefined {
    if (this.best !== undefined) this.#options.network.loadStateDict(this.best.weights);
    return this.best?.epoch;
  }
}
