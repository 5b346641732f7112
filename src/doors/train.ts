/** The door `nabla/train`: a trainer for any model, its callbacks, and exact resume. */
export { Trainer } from "../train/trainer.ts";
export type { TrainResult } from "../train/trainer.ts";
export type { Callback, Training } from "../train/callback.ts";
export type { Batches } from "../train/batches.ts";
export { EarlyStopping } from "../train/early-stopping.ts";
export type { EarlyStoppingOptions } from "../train/early-stopping.ts";
export { findRate } from "../train/find-rate.ts";
export type { FindRateOptions, FoundRate } from "../train/find-rate.ts";
export { JsonlLog } from "../train/jsonl-log.ts";
export type { LogOptions } from "../train/log.ts";
export { ProgressLine } from "../train/progress-line.ts";
export type { ProgressOptions } from "../train/progress-line.ts";
export { TensorBoardLog } from "../train/tensorboard.ts";
export { ModelCheckpoint } from "../train/model-checkpoint.ts";
export type { CheckpointOptions } from "../train/model-checkpoint.ts";
export { decodeState, encodeState } from "../train/state-file.ts";
export type { KeptState } from "../train/state-file.ts";
export { loadState } from "../train/saved-state.ts";
export type { MonitorOptions } from "../train/monitor.ts";
export type { Metric, ScheduledBy, TrainerOptions } from "../train/options.ts";
export type { Computed, Loss, StepFn, Updater } from "../train/training-step.ts";
export type { TrainerState } from "../train/trainer-state.ts";
export type { PlaceState } from "../train/epoch-place.ts";
export { DivergedError } from "../train/divergence.ts";
export type { Overflow } from "../train/divergence.ts";
export type {
  CheckpointEvent,
  EndEvent,
  EpochEndEvent,
  EpochRecord,
  EpochStartEvent,
  Inspection,
  Measures,
  StartEvent,
  StepEvent,
  StopReason,
  TrainEvent,
  ValidationEvent,
  WarningEvent,
} from "../train/events.ts";
export { Doctor } from "../train/doctor/doctor.ts";
export type { DoctorOptions } from "../train/doctor/doctor.ts";
export { examine } from "../train/doctor/examine.ts";
export type { ExamineOptions, LossLike, Predictor } from "../train/doctor/examine.ts";
export { showFinding } from "../train/doctor/finding.ts";
export type { Finding, Place, Severity } from "../train/doctor/finding.ts";
export { findNonFinite } from "../train/doctor/non-finite.ts";
export { examineTable } from "../train/doctor/table-rules.ts";
export type { TableOptions } from "../train/doctor/table-rules.ts";
export { makeDataset } from "../train/table/dataset.ts";
export type { Column, DataColumn, Dataset as Table, TextColumn } from "../train/table/dataset.ts";
export type { Figures, Leak, Pass, RuleName } from "../train/doctor/words.ts";
