/** What can be set in the playground; the defaults are those of the TensorFlow Playground. */
import type { Fields } from "../parts/fields.ts";

/** How a playground run is set. Lists of words are separated by commas. */
export type PlaygroundSettings = {
  readonly data: string;
  /** x, y and target of each own point, one after the other; for `data` "own". */
  readonly points: readonly number[];
  /** In percent. */
  readonly noise: number;
  /** The share of the rows that is trained on, in percent. */
  readonly share: number;
  readonly batch: number;
  readonly features: string;
  /** Neurons of each hidden layer. */
  readonly layers: readonly number[];
  readonly activation: string;
  readonly init: string;
  readonly optimizer: string;
  readonly rate: number;
  readonly penalty: string;
  readonly penaltyRate: number;
  readonly seed: number;
  /** The epoch at which a link claims that the spiral is solved; 0 is no claim. */
  readonly claim: number;
};

/** Data sets with a class for each point, and those with a height. */
export const DATA = {
  circle: { name: "Circle", fit: false },
  xor: { name: "Exclusive or", fit: false },
  gauss: { name: "Two clouds", fit: false },
  spiral: { name: "Spiral", fit: false },
  moons: { name: "Moons", fit: false },
  line: { name: "Line", fit: false },
  plane: { name: "Plane", fit: true },
  multiGauss: { name: "Six hills", fit: true },
  own: { name: "Your points", fit: false },
} as const;

/** Whether heights are learned rather than classes. */
export function isFit(data: string): boolean {
  return DATA[data as keyof typeof DATA].fit;
}

/** What a network can be given of a point, by name in links. */
export const FEATURES = {
  x: { symbol: "x₁", of: (x: number) => x },
  y: { symbol: "x₂", of: (_: number, y: number) => y },
  xx: { symbol: "x₁²", of: (x: number) => x * x },
  yy: { symbol: "x₂²", of: (_: number, y: number) => y * y },
  xy: { symbol: "x₁x₂", of: (x: number, y: number) => x * y },
  sinx: { symbol: "sin x₁", of: (x: number) => Math.sin(x) },
  siny: { symbol: "sin x₂", of: (_: number, y: number) => Math.sin(y) },
} as const;

/** The name of a feature. */
export type FeatureName = keyof typeof FEATURES;

/** The features that are given, in the order of the table. */
export function featuresOf(text: string): FeatureName[] {
  const chosen = text.split(",");
  return (Object.keys(FEATURES) as FeatureName[]).filter((name) => chosen.includes(name));
}

/** The most layers, and the most neurons of one. */
export const MOST = { layers: 8, neurons: 12 } as const;

export const DEFAULTS: PlaygroundSettings = {
  data: "circle",
  points: [],
  noise: 0,
  share: 50,
  batch: 10,
  features: "x,y",
  layers: [4, 2],
  activation: "tanh",
  init: "playground",
  optimizer: "sgd",
  rate: 0.03,
  penalty: "none",
  penaltyRate: 0,
  seed: 1,
  claim: 0,
};

/** The learning rates to choose from; a link sets any between 0 and 10. */
export const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** The rates of a penalty to choose from. */
export const PENALTIES = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

const names = (
  table: Readonly<Record<string, { readonly name: string }>>,
): Record<string, string> =>
  Object.fromEntries(Object.entries(table).map(([key, { name }]) => [key, name]));

export const FIELDS = {
  data: { kind: "choice", label: "Data", choices: names(DATA) },
  points: { kind: "list", label: "Your points", min: -6, max: 6, most: 1500 },
  noise: { kind: "number", label: "Noise", min: 0, max: 80, step: 5, unit: "%" },
  share: { kind: "number", label: "Rows to train on", min: 10, max: 90, step: 10, unit: "%" },
  batch: { kind: "number", label: "Batch size", min: 1, max: 100, step: 1, whole: true },
  features: {
    kind: "words",
    label: "Features",
    choices: Object.fromEntries(Object.entries(FEATURES).map(([key, { symbol }]) => [key, symbol])),
  },
  layers: {
    kind: "list",
    label: "Hidden layers",
    min: 1,
    max: MOST.neurons,
    most: MOST.layers,
    whole: true,
  },
  activation: {
    kind: "choice",
    label: "Activation",
    choices: {
      tanh: "Tanh",
      relu: "ReLU",
      sigmoid: "Sigmoid",
      linear: "Linear",
      leakyrelu: "Leaky ReLU",
      gelu: "GELU",
      sine: "Sine",
    },
  },
  init: {
    kind: "choice",
    label: "Initial weights",
    choices: {
      playground: "Playground’s",
      pytorch: "PyTorch’s",
      xavier: "Xavier",
      he: "He",
      zero: "All zero",
    },
  },
  optimizer: {
    kind: "choice",
    label: "Optimizer",
    choices: {
      sgd: "Gradient descent",
      momentum: "Momentum 0.9",
      rmsprop: "RMSprop",
      adam: "Adam",
      adamw: "AdamW",
    },
  },
  rate: { kind: "number", label: "Learning rate", min: 0, max: 10, step: 0.001 },
  penalty: { kind: "choice", label: "Penalty", choices: { none: "None", l1: "L1", l2: "L2" } },
  penaltyRate: { kind: "number", label: "Penalty rate", min: 0, max: 10, step: 0.001 },
  seed: { kind: "number", label: "Seed", min: 0, max: 999_999, step: 1, whole: true },
  claim: { kind: "number", label: "Claim", min: 0, max: 2000, step: 1, whole: true },
} as const satisfies Fields;
