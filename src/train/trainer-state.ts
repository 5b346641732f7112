/** Where a training stands, so that it can go on as if it had never stopped. */
import type { StateDict } from "../nn/module.ts";
import type { OptimizerState } from "../optim/optimizer.ts";
import type { PlaceState } from "./epoch-place.ts";
import type { EpochRecord } from "./events.ts";

/** What `trainer.state()` gives and `trainer.load` takes. */
export interface TrainerState {
  /** How many epochs were finished, and how many updates made. */
  readonly epoch: number;
  readonly step: number;
  /** Where the epoch under way stands. */
  readonly place: PlaceState;
  readonly random: { readonly seed: number; readonly draws: number };
  readonly model: StateDict;
  readonly optimizer: OptimizerState;
  readonly schedule?: unknown;
  /** What the loader says of its place, where it can. */
  readonly batches?: unknown;
  /** By name, what callbacks keep. */
  readonly callbacks: Readonly<Record<string, unknown>>;
  readonly history: readonly EpochRecord[];
}
