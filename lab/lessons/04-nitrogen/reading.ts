/** What the nitrogen lesson shows of a network in training. */
import type { Finding } from "nabla/train";

/** Points of a curve or of the data, in K and kJ/(kg·K). */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What the page shows. */
export interface NitrogenReading {
  readonly epoch: number;
  /** The mean squared error that training reduces: scaled where the data is. */
  readonly loss: number;
  /** The same on held-out rows; null where every row is trained on. */
  readonly heldOutLoss: number | null;
  readonly history: {
    readonly epochs: readonly number[];
    readonly losses: readonly number[];
    readonly heldOut: readonly number[];
  };
  readonly training: Points;
  readonly heldOut: Points;
  readonly network: Points;
  readonly cubic: Points;
  /** Predictions outside the training range. */
  readonly at275: number;
  readonly at2100: number;
  /** The epoch at which the loss stopped being a number; null while all is well. */
  readonly divergedAt: number | null;
  readonly parameters: number;
  /** Weights of the first units, into and out of them. */
  readonly into: readonly number[];
  readonly out: readonly number[];
  /** The variance of the target in the units of the loss. */
  readonly variance: number;
  /** What the doctor found when it last looked. */
  readonly findings: readonly Finding[];
}
