/** Trains one perceptron on encoded rows: scale, one compiled step, batches, early stopping. */
import { argumentError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import type { Scaler } from "../data/scaler.ts";
import { createScaler } from "../data/scaler.ts";
import type { MlpShape } from "../models/mlp.ts";
import { countParameters } from "../models/mlp.ts";
import type { Sequential } from "../nn/sequential.ts";
import { tensor } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import { randomState } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Encoded } from "./dataset.ts";
import { findOverflow } from "./divergence.ts";
import type { LossHistory } from "./loop.ts";
import { DivergedError, runEpochs } from "./loop.ts";
import type { FitOptions, FitWatch } from "./options.ts";
import { shuffle } from "./split.ts";
import type { BestSoFar, EarlierLosses, TrainingState } from "./training-state.ts";
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

/** Scaled rows as the network takes them. */
interface Rows {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly rows: number;
  /** All rows as tensors, made once. */
  readonly tensors: () => readonly [x: Tensor, y: Tensor];
}

function makeRows(x: Float32Array, y: Float32Array, rows: number): Rows {
  let made: readonly [Tensor, Tensor] | undefined;
  const tensors = (): readonly [Tensor, Tensor] =>
    (made ??= [toTensor(x, rows), toTensor(y, rows)]);
  return { x, y, rows, tensors };
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

  const { hidden, activation } = options;
  const shape = { inputs: train.width, hidden, outputs, activation };
  const workshop = workshops.take(shape, options, train.classes !== undefined);
  const { network } = workshop;
  const parameters = countParameters(network);
  watch.onStart?.(shape, parameters, train.rows);

  const { step, lastGood, order } = makeEpoch(workshop, rows, options, earlier?.state.order);
  const measure = measurer(workshop);
  const kept = new BestWeights(network, earlier?.state.best);
  if (earlier !== undefined) workshop.restore(earlier.state);
  const stopsEarly = options.earlyStop !== undefined && heldRows !== undefined;
  const loop = {
    epochs: options.epochs,
    ...watch,
    ...(heldRows === undefined ? {} : { heldOut: measure(heldRows) }),
    ...(stopsEarly ? { patience: options.earlyStop!, onBest: kept.keep } : {}),
    ...(earlier === undefined ? {} : { from: { ...earlier.state, earlier: earlier.losses } }),
  };
  const { epochs, history } = await runEpochs(step, loop).catch((error) =>
    explain(workshop, error, lastGood),
  );
  const state = {
    ...{ epochs, ...workshop.state(), random: randomState() },
    ...(order === undefined ? {} : { order }),
    ...(kept.best === undefined ? {} : { best: kept.best }),
  };
  const heldAtEnd = heldRows === undefined ? undefined : await measure(heldRows)();
  const bestEpoch = kept.restore();
  const finalLoss = await measure(rows)();
  if (!Number.isFinite(finalLoss)) {
    await explain(workshop, new DivergedError(epochs, finalLoss), () => rows.tensors()[0]);
  }
  history.add(epochs, finalLoss, heldAtEnd, true);
  return {
    ...{ network: workshop.result(), shape, parameters, xScaler, yScaler },
    ...{ epochs, history, finalLoss, state },
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

/** One epoch of training, and the way back where it went wrong. */
interface Epoch {
  readonly step: () => Promise<number>;
  /** Puts back the weights from before the last update; returns the inputs of that update. */
  readonly lastGood: () => Tensor;
  /** The order of the rows, shuffled further by each epoch, where there are batches. */
  readonly order?: Int32Array;
}

/**
 * Makes one epoch: one program that does forward, loss, backward and update, for each batch. A loss
 * that is not finite ends it at once.
 */
function makeEpoch(
  workshop: Workshop,
  { x, y, rows, tensors }: Rows,
  options: FitOptions,
  earlierOrder?: Int32Array,
): Epoch {
  const { network, update } = workshop;
  const parameters = network.parameters();
  let before: { readonly weights: readonly Tensor[]; readonly inputs: Tensor } | undefined;
  const run = (inputs: Tensor, targets: Tensor): Promise<number> => {
    // Values: keeping them copies nothing.
    before = { weights: parameters.map((parameter) => parameter.detach()), inputs };
    return update(inputs, targets).item();
  };
  const lastGood = (): Tensor => {
    noGrad(() => parameters.forEach((parameter, k) => parameter.set(before!.weights[k]!)));
    return before!.inputs;
  };
  const [width, outputs] = [x.length / rows, y.length / rows];
  const size = options.batch === "all" ? rows : Math.min(options.batch, rows);
  if (size === rows) {
    const [inputs, targets] = tensors();
    return { step: () => run(inputs, targets), lastGood };
  }
  const order = Int32Array.from({ length: rows }, (_, row) => earlierOrder?.[row] ?? row);
  const step = async (): Promise<number> => {
    shuffle(order);
    let sum = 0;
    for (let start = 0; start < rows; start += size) {
      const batch = order.subarray(start, start + size);
      const inputs = toTensor(gather(x, width, batch), batch.length);
      const targets = toTensor(gather(y, outputs, batch), batch.length);
      const loss = await run(inputs, targets);
      if (!Number.isFinite(loss)) return loss;
      sum += loss * batch.length;
    }
    return sum / rows;
  };
  return { step, lastGood, order };
}

/** Makes functions that compute the loss of rows without training on them. */
function measurer({ network, lossOf }: Workshop): (rows: Rows) => () => Promise<number> {
  return ({ tensors }) => {
    const [inputs, targets] = tensors();
    return async () => {
      network.eval();
      const loss = await noGrad(() => lossOf(inputs, targets)).item();
      network.train();
      return loss;
    };
  };
}

/** The weights of the best epoch so far; values never change, so keeping them copies nothing. */
class BestWeights {
  readonly #network: Sequential;
  #best: BestSoFar | undefined;

  constructor(network: Sequential, earlier?: BestSoFar) {
    this.#network = network;
    this.#best = earlier;
  }

  /** What is kept, if anything is. */
  get best(): BestSoFar | undefined {
    return this.#best;
  }

  readonly keep = (epoch: number, loss: number): void => {
    this.#best = { epoch, loss, weights: this.#network.stateDict() };
  };

  /** Puts them back; returns their epoch. */
  restore(): number | undefined {
    if (this.#best !== undefined) this.#network.loadStateDict(this.#best.weights);
    return this.#best?.epoch;
  }
}

function toTensor(values: Float32Array, rows: number): Tensor {
  return tensor(values, { shape: [rows, values.length / rows] });
}

function gather(values: Float32Array, width: number, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    for (let j = 0; j < width; j++) out[i * width + j] = values[from + j]!;
  }
  return out;
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
