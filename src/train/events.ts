/** What happens while a model is trained, as callbacks and `for await` are told. */
import type { Tensor } from "../tensor/tensor.ts";

/** Numbers by name: the loss of a validation, accuracies and the like. */
export type Measures = Readonly<Record<string, number>>;

/** Why a training ended. */
export type StopReason = "done" | "early stop" | "time" | "aborted" | (string & {});

/** Training begins, or goes on where an earlier one stood. */
export interface StartEvent {
  readonly type: "start";
  readonly epoch: number;
  readonly step: number;
}

/** An epoch begins; they are counted from 0. */
export interface EpochStartEvent {
  readonly type: "epochStart";
  readonly epoch: number;
  /** How many updates were made before it. */
  readonly step: number;
}

/** The weights were updated. */
export interface StepEvent {
  readonly type: "step";
  readonly epoch: number;
  /** How many updates were made, this one included. */
  readonly step: number;
  /** The loss of the batch before the update. */
  readonly loss: number;
  /** The learning rate of the update. */
  readonly lr: number;
}

/** Rows that are not trained on were judged. */
export interface ValidationEvent {
  readonly type: "validation";
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly metrics: Measures;
}

/** What is kept of an epoch. */
export interface EpochRecord {
  readonly epoch: number;
  readonly step: number;
  /** The mean loss of its batches, each before its update. */
  readonly loss: number;
  readonly lr: number;
  /** The loss of the validation after it, if there was one. */
  readonly valLoss?: number;
  readonly metrics?: Measures;
}

/** An epoch has ended, its validation included. */
export interface EpochEndEvent extends EpochRecord {
  readonly type: "epochEnd";
  /** How long it took. */
  readonly seconds: number;
}

/** A checkpoint is on disk. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly epoch: number;
  readonly step: number;
  readonly path: string;
}

/** Somebody, such as the doctor, has something to say. */
export interface WarningEvent {
  readonly type: "warning";
  readonly epoch: number;
  readonly step: number;
  readonly message: string;
}

/** Training has ended. */
export interface EndEvent {
  readonly type: "end";
  /** How many epochs were finished. */
  readonly epoch: number;
  readonly step: number;
  readonly reason: StopReason;
}

/** What a training tells. */
export type TrainEvent =
  | StartEvent
  | EpochStartEvent
  | StepEvent
  | ValidationEvent
  | EpochEndEvent
  | CheckpointEvent
  | WarningEvent
  | EndEvent;

/** The event of a type. */
export type EventOf<T extends TrainEvent["type"]> = Extract<TrainEvent, { readonly type: T }>;

/** A step that is looked into: it runs operation by operation, not compiled, to the same bits. */
export interface Inspection {
  /** The epoch, counted from 0, and how many updates were made before this one. */
  readonly epoch: number;
  readonly step: number;
  /** What the loader gave. */
  readonly batch: unknown;
  /** The loss, once it was computed: in `onGradients`. */
  readonly loss?: Tensor;
  /** What the model gave, where the trainer calls it itself (option `loss`) or the step says so. */
  readonly output?: Tensor;
}
