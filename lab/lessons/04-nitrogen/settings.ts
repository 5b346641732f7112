/** What can be set in the nitrogen lesson. */
import type { Fields } from "../../parts/fields.ts";

/** The network, how it learns, and from what. */
export type NitrogenSettings = {
  readonly hidden: number;
  readonly activation: "tanh" | "relu" | "sigmoid";
  readonly optimizer: "adam" | "sgd";
  readonly rate: number;
  /** `both` columns scaled to [0, 1], the `input` alone, or `none`. */
  readonly scale: "both" | "input" | "none";
  /** All 35 clean rows, or 12 of them with seeded noise and the other 23 held out. */
  readonly rows: "all" | "noisy";
  readonly seed: number;
};

/** The network of the course page, with Adam. */
export const DEFAULTS: NitrogenSettings = {
  ...{ hidden: 10, activation: "tanh", optimizer: "adam", rate: 0.01 },
  ...{ scale: "both", rows: "all", seed: 42 },
};

/** Their limits and labels. */
export const FIELDS = {
  hidden: { kind: "number", label: "hidden units", min: 2, max: 100, step: 1, whole: true },
  activation: {
    kind: "choice",
    label: "activation",
    choices: { tanh: "tanh", relu: "ReLU", sigmoid: "sigmoid" },
  },
  optimizer: { kind: "choice", label: "optimizer", choices: { adam: "Adam", sgd: "SGD" } },
  rate: { kind: "number", label: "learning rate", min: 0.00001, max: 1, step: 0.001 },
  scale: {
    kind: "choice",
    label: "normalisation",
    choices: { both: "T and cp", input: "T only", none: "off" },
  },
  rows: {
    kind: "choice",
    label: "data",
    choices: { all: "35 clean rows", noisy: "12 noisy rows" },
  },
  seed: { kind: "number", label: "seed", min: 1, max: 9999, step: 1, whole: true },
} satisfies Fields;
