/** Trains one perceptron on encoded rows: scale, one compiled step, batches, early stopping. */
import { argumentError } from "../../core/errors.ts";
import { showText } from "../../core/format.ts";
import type { Scaler } from "../../data/scaler.ts";
import { createScaler } from "../../data/scaler.ts";
import type { MlpShape } from "../../models/mlp.ts";
import { countParameters } from "../../models/mlp.ts";
import type { Sequential } from "../../nn/sequential.ts";
import { randomState } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BestWeights } from "../best-weights.ts";
import { findOverflow } from "../divergence.ts";
import type { Rows } from "../epoch.ts";
import { makeEpoch, makeRows } from "../epoch.ts";
import type { LossHistory } from "../loop.ts";
import { DivergedError, runEpochs } from "../loop.ts";
import type { EarlierLosses, TrainingState } from "../training-state.ts";
import type { Encoded } from "./dataset.ts";
import type { FitOptions, FitWatch } from "./options.ts";
import type { Workshop } from "./workshop.ts";
import { Workshops } from "./workshop.ts";

/** A network that was trained. */
export interface TrainedNetwork {
  readonly network: Sequential;
  readonly shape: MlpShape;
  readonly parameters: number;
  readonly xScaler: Scaler;
  readonly yScaler: Scaler;
  readonly epochs: number;
  readonly history: LossHistory;
  /** The loss of the scaled training rows after the last update. */
  readonly finalLoss: number;
  /** The epoch whose weights were kept, where held-out rows decided. */
  readonly bestEpoch?: number;
  /** Where the training stands, for going on with it. */
  readonly state: TrainingState;
}

/** Where an earlier training stood, and what losses it noted. */
export interface Earlier {
  readonly state: TrainingState;
  readonly losses: EarlierLosses;
}

/**
 * Trains a network on `train`; `held` is watched but not trained on. Trainings that share their
 * `workshops` share what they compile, and give the bits that each of them gives alone.
 */
export async function trainNetwork(
  train: Encoded,
  options: FitOptions,
  watch: FitWatch = {},
  held?: Encoded,
  workshops = new Workshops(),
  earlier?: Earlier,
): Promise<TrainedNetwork> {
  const outputs = train.classes?.length ?? train.targets;
  const [xScaler, yScaler] = fitScalers(train, outputs, options);
  const rows = scaleRows(train, xScaler, yScaler);
  const heldRows = held === undefined ? undefined : scaleRows(held, xScaler, yScaler);

  const { hidden, activation, batch } = options;
  const shape = { inputs: train.width, hidden, outputs, activation };
  const workshop = workshops.take(shape, options, train.classes !== undefined);
  const { network } = workshop;
  const parameters = countParameters(network);
  watch.onStart?.(shape, parameters, train.rows);

  const size = batch === "all" ? rows.rows : batch;
  const { step, lastGood, order } = makeEpoch(workshop, rows, size, earlier?.state.order);
  const measure = (some: Rows): Promise<number> => workshop.measure(...some.tensors());
  const kept = new BestWeights(network, earlier?.state.best);
  if (earlier !== undefined) workshop.restore(earlier.state);
  const stopsEarly = options.earlyStop !== undefined && heldRows !== undefined;
  const loop = {
    epochs: options.epochs,
    ...watch,
    ...(heldRows === undefined ? {} : { heldOut: () => measure(heldRows) }),
    ...(stopsEarly ? { patience: options.earlyStop!, onBest: kept.keep } : {}),
    ...(earlier === undefined ? {} : { from: { ...earlier.state, earlier: earlier.losses } }),
  };
  const failed = (error: unknown): Promise<never> => explain(workshop, error, lastGood);
  const { epochs, history } = await runEpochs(step, loop).catch(failed);
  const state = {
    epochs,
    ...workshop.state(),
    random: randomState(),
    ...(order === undefined ? {} : { order }),
    ...(kept.best === undefined ? {} : { best: kept.best }),
  };
  const heldAtEnd = heldRows === undefined ? undefined : await measure(heldRows);
  const bestEpoch = kept.restore();
  const finalLoss = await measure(rows);
  if (!Number.isFinite(finalLoss)) {
    await explain(workshop, new DivergedError(epochs, finalLoss), () => rows.tensors()[0]);
  }
  history.add(epochs, finalLoss, heldAtEnd, true);
  return {
    network: workshop.result(),
    shape,
    parameters,
    xScaler,
    yScaler,
    epochs,
    history,
    finalLoss,
    state,
    ...(bestEpoch === undefined ? {} : { bestEpoch }),
  };
}

/** Says of a divergence where it began. */
async function explain(
  { network, lossName }: Workshop,
  error: unknown,
  inputs: () => Tensor,
): Promise<never> {
  if (error instanceof DivergedError) {
    error.overflow = await findOverflow(network, lossName, inputs());
  }
  throw error;
}

/** Fits the scalers of inputs and targets; the scores of classes stay as they are. */
function fitScalers(
  { x, y, width, targets, classes }: Encoded,
  outputs: number,
  { scale }: FitOptions,
): [x: Scaler, y: Scaler] {
  const yScaler =
    classes === undefined
      ? createScaler(scale).fit(y, targets)
      : createScaler("none").fit(new Float64Array(outputs), outputs);
  return [createScaler(scale).fit(x, width), yScaler];
}

function scaleRows(data: Encoded, xScaler: Scaler, yScaler: Scaler): Rows {
  const { rows, classes, width, targets } = data;
  const names = data.inputs.flatMap(({ name, values }) => (values ?? [0]).map(() => name));
  const x = checked(xScaler.transformFloat32(data.x), names, width);
  if (classes === undefined) {
    const wanted = data.outputs.map(({ name }) => name);
    return makeRows(x, checked(yScaler.transformFloat32(data.y), wanted, targets), rows);
  }
  const y = new Float32Array(rows * classes.length);
  data.y.forEach((k, row) => (y[row * classes.length + k] = 1));
  return makeRows(x, y, rows);
}

function checked(values: Float32Array, names: readonly string[], width: number): Float32Array {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  throw argumentError(
    `column ${showText(names[bad % width]!)}: the value of row ${Math.floor(bad / width) + 1} ` +
      "does not fit into float32; scale the data (minmax or standard), or use a larger unit.",
  );
}
