/** What can watch a training and steer it, and what it sees of the trainer. */
import type { Module } from "../nn/module.ts";
import type {
  CheckpointEvent,
  EndEvent,
  EpochEndEvent,
  EpochRecord,
  EpochStartEvent,
  Inspection,
  StartEvent,
  StepEvent,
  StopReason,
  TrainEvent,
  ValidationEvent,
  WarningEvent,
} from "./events.ts";
import type { TrainerState } from "./trainer-state.ts";
import type { Updater } from "./training-step.ts";

/** The trainer, as callbacks see it. */
export interface Training {
  readonly model: Module;
  readonly optimizer: Updater;
  /** The epoch under way, counted from 0; in `onEpochEnd` the one that follows. */
  readonly epoch: number;
  /** How many updates were made. */
  readonly step: number;
  /** The learning rate of the first group of parameters. */
  readonly lr: number;
  readonly history: readonly EpochRecord[];
  /** Ends the training after the update under way, for a reason that its result gives. */
  stop(reason: StopReason): void;
  /** Tells callbacks, and whoever walks through `run`, what a person should know. */
  warn(message: string): Promise<void>;
  /** Tells them of any event, such as a checkpoint. */
  tell(event: TrainEvent): Promise<void>;
  /** Everything that is needed to go on later; tensors are values. */
  state(): TrainerState;
}

/** What a hook may return: nothing, or a promise that the training waits for. */
type Done = void | Promise<void>;

/**
 * Watches a training. Every hook is given what happened and the trainer, which knows `model`,
 * `optimizer`, `epoch` and `step`, and can be asked to `stop(reason)`, to `warn(message)` or to
 * give its `state()`. Hooks run in the order of the callbacks; one that returns a promise is waited
 * for. What no callback asks for costs nothing: without `onStep` nobody is told of steps.
 *
 * To look between `backward()` and the update, say by `inspects(step)` which steps, counted from
 * 0; those run operation by operation instead of compiled, to the same bits:
 *
 *     inspects → onInspect (before the forward pass: place hooks, `model.registerForwardHook`)
 *              → forward, loss, backward
 *              → onGradients (loss and output are there, `parameter.grad` is what backward left)
 *              → clipping, update → onStep
 */
export interface Callback {
  /** Under which name its state is kept in a checkpoint; default: the name of its class. */
  readonly name?: string;
  /** Before the first epoch, and where a training goes on. */
  onStart?(event: StartEvent, trainer: Training): Done;
  /** Before the batches of an epoch. */
  onEpochStart?(event: EpochStartEvent, trainer: Training): Done;
  /** After each update. */
  onStep?(event: StepEvent, trainer: Training): Done;
  /** After a validation. */
  onValidation?(event: ValidationEvent, trainer: Training): Done;
  /** After an epoch and its validation. */
  onEpochEnd?(event: EpochEndEvent, trainer: Training): Done;
  /** After a checkpoint is on disk. */
  onCheckpoint?(event: CheckpointEvent, trainer: Training): Done;
  /** When somebody warns. */
  onWarning?(event: WarningEvent, trainer: Training): Done;
  /** After the last update, whatever ended the training but an error. */
  onEnd?(event: EndEvent, trainer: Training): Done;
  /** After `onEnd` of all: what changes the model for the user, such as its best weights. */
  onFinished?(trainer: Training): Done;
  /** Is told of an error that ends the training, before it is thrown. */
  onError?(error: unknown, trainer: Training): Done;
  /** Whether it wants to look into the step that follows `step` updates. */
  inspects?(step: number): boolean;
  /** Before the forward pass of a step that is looked into. */
  onInspect?(inspection: Inspection, trainer: Training): Done;
  /** After its backward pass, before its update. */
  onGradients?(inspection: Inspection, trainer: Training): Done;
  /** What a checkpoint keeps of it: what JSON can hold, tensors and typed arrays, nested. */
  stateDict?(): unknown;
  /** Takes that over; throws where it does not fit, before anything is changed. */
  loadStateDict?(state: never): void;
}

/** The hook of each event. */
export const HOOKS = {
  start: "onStart",
  epochStart: "onEpochStart",
  step: "onStep",
  validation: "onValidation",
  epochEnd: "onEpochEnd",
  checkpoint: "onCheckpoint",
  warning: "onWarning",
  end: "onEnd",
} as const satisfies Record<TrainEvent["type"], keyof Callback>;
