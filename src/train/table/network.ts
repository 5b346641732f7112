/** Trains one perceptron on encoded rows: scale, one compiled step, batches, early stopping. */
import type { Scaler } from "../../data/scaler.ts";
import type { MlpShape } from "../../models/mlp.ts";
import { countParameters } from "../../models/mlp.ts";
import type { Sequential } from "../../nn/sequential.ts";
import { randomState, setRandomState } from "../../tensor/random.ts";
import { DivergedError, explainDivergence } from "../divergence.ts";
import type { TrainerState } from "../trainer-state.ts";
import { Trainer } from "../trainer.ts";
import { Alarm } from "./alarm.ts";
import { weighRows, weightsOfClasses } from "./class-weights.ts";
import type { Encoded } from "./dataset.ts";
import { Follower } from "./follower.ts";
import type { EarlierLosses } from "./loss-history.ts";
import { LossHistory } from "./loss-history.ts";
import type { FitOptions, FitWatch } from "./options.ts";
import type { Pair, Rows } from "./row-batches.ts";
import { batchesOf } from "./row-batches.ts";
import { fitScalers, outputsOf, scaleRows } from "./scaled-rows.ts";
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
  readonly state: TrainerState;
}

/** Where an earlier training stood, and what losses it noted. */
export interface Earlier {
  readonly state: TrainerState;
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
  onSave?: (trained: TrainedNetwork) => Promise<void>,
): Promise<TrainedNetwork> {
  const outputs = outputsOf(train);
  const [xScaler, yScaler] = fitScalers(train, options);
  const weights = weightsOfClasses(train, options);
  const rows = weighRows(scaleRows(train, xScaler, yScaler), weights);
  const heldRows = held && weighRows(scaleRows(held, xScaler, yScaler), weights);

  const { hidden, activation, batch } = options;
  const shape = { inputs: train.width, hidden, outputs, activation };
  const workshop = workshops.take(shape, options, train.classes !== undefined);
  const { network } = workshop;
  const parameters = countParameters(network);
  watch.onStart?.(shape, parameters, train.rows);

  const history = new LossHistory(options.epochs);
  const stopsEarly = options.earlyStop !== undefined && heldRows !== undefined;
  const finish = async (): Promise<TrainedNetwork> => {
    const come = await conclude(workshop, trainer, follower, history, rows, heldRows);
    return { ...come, shape, parameters, xScaler, yScaler };
  };
  const follower = new Follower({
    ...{ ...watch, network, history },
    ...(heldRows === undefined ? {} : { heldOut: () => workshop.measure(heldRows) }),
    ...(stopsEarly ? { patience: options.earlyStop! } : {}),
    ...(onSave === undefined ? {} : { save: async () => onSave(await finish()) }),
  });
  const { step, optimizer } = workshop;
  const { epochs } = options;
  const { onFinding } = watch;
  const { classes } = train;
  const alarm = onFinding && {
    network,
    rows,
    yScaler,
    epochs,
    onFinding,
    ...(classes && { classes }),
  };
  const callbacks = alarm === undefined ? [follower] : [new Alarm(alarm), follower];
  const trainer = new Trainer<Pair>(network, { step, optimizer, epochs, callbacks });
  if (earlier !== undefined) {
    const { optimizer: kept } = earlier.state;
    const { paramGroups } = kept.paramGroups.length > 0 ? kept : optimizer.stateDict();
    trainer.load({ ...earlier.state, optimizer: { ...kept, paramGroups } });
    history.addEarlier(earlier.losses, earlier.state.epoch);
  }
  await trainer.fit(batchesOf(rows, batch === "all" ? rows.rows : batch));
  return finish();
}

/** What a training has come to after an epoch. */
type Conclusion = Omit<TrainedNetwork, "shape" | "parameters" | "xScaler" | "yScaler">;

/**
 * Returns what a training has come to, with the weights of its best epoch where rows held out
 * decide; it can go on from where it stands.
 */
async function conclude(
  workshop: Workshop,
  trainer: Trainer<Pair>,
  follower: Follower,
  noted: LossHistory,
  rows: Rows,
  heldRows: Rows | undefined,
): Promise<Conclusion> {
  const { network } = workshop;
  const { epoch: epochs } = trainer;
  const [now, random] = [network.stateDict(), randomState()];
  const state = { ...trainer.state(), history: [] }; // the losses are kept as lines of their own
  const heldAtEnd = heldRows === undefined ? undefined : await workshop.measure(heldRows);
  const bestEpoch = follower.restore();
  const finalLoss = await workshop.measure(rows);
  if (!Number.isFinite(finalLoss)) throw await diverged(workshop, trainer, finalLoss, rows);
  const history = noted.copy();
  history.add(epochs, finalLoss, heldAtEnd, true);
  const result = workshop.result();
  network.loadStateDict(now);
  setRandomState(random);
  const kept = bestEpoch === undefined ? {} : { bestEpoch };
  return { network: result, epochs, history, finalLoss, state, ...kept };
}

/** Says of a divergence by the last update where it began. */
async function diverged(
  { network, step }: Workshop,
  at: Trainer<Pair>,
  loss: number,
  rows: Rows,
): Promise<DivergedError> {
  const forward = (): unknown => step.computed(rows.whole()[0]);
  return new DivergedError(at, loss, await explainDivergence(network, step.lossName, forward));
}
