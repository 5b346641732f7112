/** What a training is told. */
import { argumentError } from "../core/errors.ts";
import { asGiven, readNamed, show } from "../core/options.ts";
import { Module } from "../nn/module.ts";
import { LRScheduler } from "../optim/schedules/scheduler.ts";
import { ReduceLROnPlateau } from "../optim/schedules/plateau.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Callback } from "./callback.ts";
import type { CheckpointOptions } from "./model-checkpoint.ts";
import type { Loss, StepFn, Updater } from "./training-step.ts";
import type { TrainingStep } from "./training-step.ts";

/** A schedule and when it steps. */
export interface ScheduledBy {
  readonly scheduler: LRScheduler | ReduceLROnPlateau;
  /** After each epoch (the default) or after each update. */
  readonly every?: "epoch" | "step";
  /** What a plateau is seen in: `valLoss` where there is a validation, else `loss`; or a metric. */
  readonly monitor?: string;
}

/** Judges outputs by their targets: an accuracy, an error. */
export type Metric = (output: Tensor, target: Tensor) => Tensor | number;

/** How a model is trained. */
export interface TrainerOptions<B = readonly Tensor[]> {
  /** The loss of outputs and targets, for batches `[input, target]`. */
  readonly loss?: Loss;
  /** Computes the loss of a batch of any form, instead of `loss`. */
  readonly step?: StepFn<B> | TrainingStep<B>;
  readonly optimizer: Updater;
  /** A learning-rate schedule, stepped after each epoch; or one with when it steps. */
  readonly scheduler?: LRScheduler | ReduceLROnPlateau | ScheduledBy;
  /** How many passes through the batches; without `epochs`, `steps` and `maxTime`: 1. */
  readonly epochs?: number;
  /** How many updates at most. */
  readonly steps?: number;
  /** How many seconds at most; the update under way is finished. */
  readonly maxTime?: number;
  /** Gathers the gradients of so many batches for one update by their mean; default: 1. */
  readonly accumulate?: number;
  /** Shrinks the gradients so that their norm is at most this. */
  readonly clipGradNorm?: number;
  /** What else a validation measures: the mean over its rows of functions of output and target. */
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** Validates after every so many epochs; default: 1. */
  readonly validateEvery?: number;
  readonly callbacks?: readonly Callback[];
  /** Makes each step one program; default: true. The bits are the same. */
  readonly compile?: boolean;
  /** Seeds the random numbers where training begins: orders of batches, dropout. */
  readonly seed?: number;
  /** Ends the training after the update under way, with a checkpoint where they are kept. */
  readonly signal?: AbortSignal;
  /** Runs one batch (or so many) of training and of validation, saves nothing: does it run? */
  readonly fastDevRun?: boolean | number;
  /** Trains on the first so many batches alone: a model that can learn learns these by heart. */
  readonly overfitBatches?: number;
  /** Where the state is kept, so that a killed training can go on. */
  readonly checkpoint?: string | CheckpointOptions;
  /** Goes on where a checkpoint stands: that of `checkpoint`, if there is one, or another file. */
  readonly resume?: boolean | string;
}

const DEFAULTS = {
  loss: asGiven(undefined as Loss | undefined),
  step: asGiven(undefined as unknown),
  optimizer: asGiven(undefined as Updater | undefined),
  scheduler: asGiven(undefined as TrainerOptions["scheduler"]),
  epochs: Infinity,
  steps: Infinity,
  maxTime: Infinity,
  accumulate: 1,
  clipGradNorm: asGiven(undefined as number | undefined),
  metrics: asGiven({} as Readonly<Record<string, Metric>>),
  validateEvery: 1,
  callbacks: asGiven([] as readonly Callback[]),
  compile: true,
  seed: asGiven(undefined as number | undefined),
  signal: asGiven(undefined as AbortSignal | undefined),
  overfitBatches: asGiven(undefined as number | undefined),
  checkpoint: asGiven(undefined as TrainerOptions["checkpoint"]),
};

/** The same with what was left out. */
export type Settings = typeof DEFAULTS & {
  readonly fastDevRun: number;
  readonly resume: boolean | string;
};

/** Reads the options of a trainer; throws for one that does not exist or is out of its range. */
export function readTrainerOptions<B>(model: Module, options: TrainerOptions<B>): Settings {
  if (!(model instanceof Module)) {
    throw argumentError(`Trainer: the model is ${show(model)}; need a module, then its options.`);
  }
  // Either is a truth value or something else, which the reader of options has no kind for.
  const { fastDevRun = false, resume = false, ...others } = options;
  const settings = readNamed("Trainer", DEFAULTS, others);
  const { loss, step, optimizer } = settings;
  if (optimizer === undefined) {
    throw argumentError("Trainer: there is no optimizer: { optimizer: new optim.Adam(…) }.");
  }
  if ((loss === undefined) === (step === undefined)) {
    const have = loss === undefined ? "neither loss nor step" : "both loss and step";
    throw argumentError(
      `Trainer: there is ${have}; need loss, a function of output and target, or step, a function ` +
        "of a batch that returns its loss.",
    );
  }
  for (const key of ["epochs", "steps", "accumulate", "validateEvery", "overfitBatches"] as const) {
    const value = settings[key];
    if (value === undefined || value === Infinity || (Number.isInteger(value) && value > 0))
      continue;
    throw argumentError(`Trainer: ${key} is ${show(value)}; need an integer from 1 on.`);
  }
  if (!(settings.maxTime > 0)) {
    throw argumentError(`Trainer: maxTime is ${show(settings.maxTime)}; need seconds above 0.`);
  }
  const endless = [settings.epochs, settings.steps, settings.maxTime].every((n) => n === Infinity);
  return {
    ...settings,
    ...(endless || fastDevRun !== false ? { epochs: 1 } : {}),
    fastDevRun: Number(fastDevRun),
    resume,
  };
}

/** A schedule as the trainer steps it. */
export interface Stepped {
  readonly scheduler: LRScheduler | ReduceLROnPlateau;
  readonly every: "epoch" | "step";
  readonly monitor: string | undefined;
}

/** Reads the option `scheduler`. */
export function readSchedule(given: TrainerOptions["scheduler"]): Stepped | undefined {
  if (given === undefined) return undefined;
  if (given instanceof LRScheduler || given instanceof ReduceLROnPlateau) {
    return { scheduler: given, every: "epoch", monitor: undefined };
  }
  const { scheduler, every = "epoch", monitor } = given;
  if (every === "step" && scheduler instanceof ReduceLROnPlateau) {
    throw argumentError("Trainer: ReduceLROnPlateau waits for epochs; it cannot step every step.");
  }
  return { scheduler, every, monitor };
}
