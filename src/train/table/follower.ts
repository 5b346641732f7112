/**
 * Follows a fit: before each epoch judges the rows held out, keeps the best weights and stops where
 * they get no better; after it notes the losses and tells who watches.
 */
import type { StateDict } from "../../nn/module.ts";
import type { Sequential } from "../../nn/sequential.ts";
import type { Callback, Training } from "../callback.ts";
import type { EpochEndEvent, EpochStartEvent } from "../events.ts";
import { SavePace } from "../save-pace.ts";
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
  /** Saves where the training stands; `saveEvery` seconds apart, and where it became better. */
  readonly save?: () => Promise<void>;
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
  readonly #pace: SavePace;
  #held: number | undefined;
  #improved = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#pace = new SavePace(options.saveEvery ?? 30);
  }

  /** Judges the weights before the epoch: an epoch's two losses are those of the same weights. */
  onEpochStart(event: EpochStartEvent, trainer: Training): Promise<void> | undefined {
    const { heldOut } = this.#options;
    return heldOut === undefined ? undefined : this.#judge(event, trainer, heldOut);
  }

  async #judge(
    { epoch }: EpochStartEvent,
    trainer: Training,
    heldOut: () => Promise<number>,
  ): Promise<void> {
    const { patience, network } = this.#options;
    this.#held = await heldOut();
    if (patience === undefined) return;
    if (this.#held < (this.best?.loss ?? Infinity)) {
      // Values never change, so keeping them copies nothing.
      this.best = { epoch, loss: this.#held, weights: network.stateDict() };
      this.#improved = true;
    }
    if (epoch - (this.best?.epoch ?? 0) >= patience) trainer.stop("early stop");
  }

  onEpochEnd({ epoch, loss }: EpochEndEvent, trainer: Training): Promise<void> | undefined {
    const { history, onEpoch, shouldStop, save } = this.#options;
    history.add(epoch, loss, this.#held);
    onEpoch?.(epoch, loss);
    if (shouldStop?.() === true) trainer.stop("asked");
    if (save === undefined || !this.#pace.isDue(this.#improved)) return undefined;
    this.#improved = false;
    return this.#pace.save(save);
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
