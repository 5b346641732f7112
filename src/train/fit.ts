/**
 * Fits a perceptron to columns of numbers: scale, train with one compiled step, compare, report.
 */
import { argumentError } from "../core/errors.ts";
import { formatNumber, showText } from "../core/format.ts";
import type { RegressionMetrics } from "../data/metrics.ts";
import { regressionMetrics } from "../data/metrics.ts";
import type { Polynomial } from "../data/polynomial.ts";
import { fitPolynomial } from "../data/polynomial.ts";
import type { ScalerKind } from "../data/scaler.ts";
import { createScaler, rangeOf } from "../data/scaler.ts";
import type { Activation, MlpShape } from "../models/mlp.ts";
import { countParameters, mlp } from "../models/mlp.ts";
import { MSELoss } from "../nn/loss.ts";
import type { Sequential } from "../nn/sequential.ts";
import { Adam } from "../optim/adam.ts";
import { SGD } from "../optim/sgd.ts";
import { compile } from "../tensor/compile.ts";
import { tensor } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { manualSeed } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { TrainedColumn } from "./fitted.ts";
import { FittedModel } from "./fitted.ts";
import type { LossHistory } from "./loop.ts";
import { DivergedError, runEpochs } from "./loop.ts";

/** A named column of numbers. */
export interface Column {
  readonly name: string;
  readonly values: Float64Array;
}

/** What `fitRegression` is asked for. */
export interface FitOptions {
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly optimizer: "adam" | "sgd";
  readonly lr: number;
  readonly epochs: number;
  readonly scale: ScalerKind;
  readonly seed: number;
}

/** What a fit is told while it runs. */
export interface FitWatch {
  /** Is told the network, its parameter count and the number of rows before training. */
  readonly onStart?: (shape: MlpShape, parameters: number, rows: number) => void;
  readonly onEpoch?: (epoch: number, loss: number) => void;
  readonly shouldStop?: () => boolean;
}

/** The defaults of `nabla fit`. */
export const FIT_DEFAULTS: FitOptions = {
  hidden: [10],
  activation: "tanh",
  optimizer: "adam",
  lr: 0.01,
  epochs: 5000,
  scale: "minmax",
  seed: 42,
};

/** A fit and all that its report needs. */
export interface FitResult {
  readonly model: FittedModel;
  readonly x: Column;
  readonly y: Column;
  /** How many epochs were run; fewer than asked for where the fit was stopped. */
  readonly epochs: number;
  readonly history: LossHistory;
  /** The mean squared error of the scaled data after the last update. */
  readonly finalLoss: number;
  readonly parameters: number;
  readonly predicted: Float64Array;
  readonly metrics: RegressionMetrics;
  /** The cubic polynomial fitted to the same rows. */
  readonly baseline: Polynomial;
  readonly baselineMetrics: RegressionMetrics;
}

/** Fits a network that predicts column `y` from column `x`; errors name the column at fault. */
export async function fitRegression(
  x: Column,
  y: Column,
  options: FitOptions = FIT_DEFAULTS,
  watch: FitWatch = {},
): Promise<FitResult> {
  const { hidden, activation, seed } = options;
  const [xRange, yRange] = [checkColumn(x), checkColumn(y)];
  const rows = y.values.length;
  const xScaler = createScaler(options.scale).fit(x.values);
  const yScaler = createScaler(options.scale).fit(y.values);
  const inputs = toTensor(xScaler.transform(x.values), x.name); // [rows, 1]
  const targets = toTensor(yScaler.transform(y.values), y.name); // [rows, 1]

  manualSeed(seed);
  const shape = { inputs: 1, hidden, outputs: 1, activation };
  const network = mlp(shape);
  const parameters = countParameters(network);
  watch.onStart?.(shape, parameters, rows);

  const loop = { epochs: options.epochs, ...watch };
  const step = makeStep(network, inputs, targets, options);
  const { epochs, history } = await runEpochs(step, loop).catch(async (error: unknown) => {
    if (error instanceof DivergedError) error.tensor = await largestParameter(network);
    throw error;
  });
  const loss = noGrad(() => new MSELoss().forward(network.forward(inputs), targets));
  const finalLoss = await loss.item();
  history.add(epochs, finalLoss, true);

  const { optimizer, lr } = options;
  const provenance = { seed, epochs, optimizer, lr, finalLoss };
  const columns = { inputs: [xRange], outputs: [yRange] };
  const model = new FittedModel(network, { shape, ...columns, xScaler, yScaler, provenance });
  const predicted = await model.predict(x.values);
  const baseline = fitPolynomial(x.values, y.values, 3);
  const baselineMetrics = regressionMetrics(x.values.map(baseline.at), y.values);
  const metrics = regressionMetrics(predicted, y.values);
  return {
    ...{ model, x, y, epochs, history, finalLoss, parameters },
    ...{ predicted, metrics, baseline, baselineMetrics },
  };
}

/** Makes one epoch (forward, loss, backward, update) one program. */
function makeStep(
  network: Sequential,
  x: Tensor,
  y: Tensor,
  { optimizer: kind, lr }: FitOptions,
): () => Promise<number> {
  const lossFn = new MSELoss();
  const parameters = network.parameters();
  const optimizer = kind === "adam" ? new Adam(parameters, { lr }) : new SGD(parameters, { lr });
  const step = compile((inputs: Tensor, targets: Tensor) => {
    const loss = lossFn.forward(network.forward(inputs), targets);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  return () => step(x, y).item();
}

/** Names the parameter that has gone farthest: the first that is not finite, else the largest. */
async function largestParameter(network: Sequential): Promise<string> {
  let [found, largest] = ["", -1];
  for (const [name, parameter] of network.namedParameters()) {
    for (const value of await parameter.data()) {
      if (!Number.isFinite(value)) return name;
      if (Math.abs(value) > largest) [found, largest] = [name, Math.abs(value)];
    }
  }
  return found;
}

function checkColumn({ name, values }: Column): TrainedColumn {
  const shown = `column ${showText(name)}`;
  if (values.length < 2) {
    throw argumentError(`${shown} has ${values.length} row; a fit needs at least 2.`);
  }
  const [min, max] = rangeOf(values);
  if (min === max) {
    throw argumentError(
      `${shown} is constant (${formatNumber(min)} in all ${values.length} rows); ` +
        "there is nothing to learn from it.",
    );
  }
  return { name, min, max };
}

function toTensor(scaled: Float64Array, name: string): Tensor {
  const values = Float32Array.from(scaled);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw argumentError(
      `column ${showText(name)}: the value of row ${bad + 1} does not fit into float32; ` +
        "scale the data (minmax or standard), or use a larger unit.",
    );
  }
  return tensor(values, { shape: [values.length, 1] });
}
