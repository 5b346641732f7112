/** What a fit is asked for, and what it is told while it runs. */
import type { ScalerKind } from "../../data/scaler.ts";
import type { Activation } from "../../models/activations.ts";
import type { Finding } from "../doctor/finding.ts";
import { DEFAULT_ACTIVATION } from "../../models/activations.ts";
import type { MlpShape } from "../../models/mlp.ts";

/** "balanced": each class counts as much as each other in all; "none": each row as each other. */
export type ClassWeight = "balanced" | "none";

/** How a network is fitted. */
export interface FitOptions {
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly optimizer: "adam" | "sgd";
  readonly lr: number;
  readonly epochs: number;
  /** Rows per update; "all" makes one update an epoch. */
  readonly batch: number | "all";
  readonly scale: ScalerKind;
  /** The fraction of the rows that is held out; 0 for none. */
  readonly val: number;
  /** `weightDecay · w` is added to the gradient of each weight, as PyTorch's optimizers do. */
  readonly weightDecay: number;
  /** The share of the hidden activations that is dropped while training. */
  readonly dropout: number;
  /** Stops after so many epochs without a smaller loss of the rows held out. */
  readonly earlyStop?: number;
  /** How much the rows of each class count; chosen by how rare one is where nothing is said. */
  readonly classWeight?: ClassWeight;
  /** So many networks, of seeds that follow one another; their mean answers. Default: 1. */
  readonly ensemble?: number;
  /** Between which quantiles of what is true the band around an answer lies. */
  readonly quantiles?: readonly [low: number, high: number];
  /** "rows" holds rows out as older versions did: at random, whatever they hold. */
  readonly split?: "rows";
  readonly seed: number;
  /**
   * What the table decides, by rows that are not trained on; the values of these options are not
   * looked at. Without "epochs" among them nothing is tried.
   */
  readonly open?: readonly OpenOption[];
}

/** The options that a table can decide. */
export const OPEN_OPTIONS = [
  "hidden",
  "activation",
  "lr",
  "epochs",
  "batch",
  "scale",
  "weightDecay",
] as const;

/** An option that a table can decide. */
export type OpenOption = (typeof OPEN_OPTIONS)[number];

/** What a fit is told while it runs. */
export interface FitWatch {
  /** Is told the network, its parameter count and the number of rows before training. */
  readonly onStart?: (shape: MlpShape, parameters: number, rows: number) => void;
  readonly onEpoch?: (epoch: number, loss: number) => void;
  /** Is told how much of the choosing is done, of 1, and the least loss of rows not trained on. */
  readonly onTrial?: (done: number, loss: number) => void;
  /** Is told, while it trains, that nothing comes of it. */
  readonly onFinding?: (finding: Finding, epoch: number) => void;
  readonly shouldStop?: () => boolean;
  /** Seconds from one save to the next; default: 30. */
  readonly saveEvery?: number;
}

/** The defaults of `nabla fit`. */
export const FIT_DEFAULTS: FitOptions = {
  hidden: [10],
  activation: DEFAULT_ACTIVATION,
  optimizer: "adam",
  lr: 0.01,
  epochs: 5000,
  batch: "all",
  scale: "minmax",
  val: 0,
  weightDecay: 0,
  dropout: 0,
  seed: 42,
};
