/** The door "nabla/optim": optimizers and learning-rate schedules. */
export { Adadelta } from "../optim/adadelta.ts";
export type { AdadeltaOptions } from "../optim/adadelta.ts";
export { Adagrad } from "../optim/adagrad.ts";
export type { AdagradOptions } from "../optim/adagrad.ts";
export { Adam } from "../optim/adam.ts";
export type { AdamOptions } from "../optim/adam.ts";
export { Adamax } from "../optim/adamax.ts";
export type { AdamaxOptions } from "../optim/adamax.ts";
export { AdamW } from "../optim/adamw.ts";
export type { AdamWOptions } from "../optim/adamw.ts";
export { ASGD } from "../optim/asgd.ts";
export type { ASGDOptions } from "../optim/asgd.ts";
export * as lrScheduler from "../optim/lr-scheduler.ts";
export { Muon } from "../optim/muon.ts";
export type { MuonOptions } from "../optim/muon.ts";
export { NAdam } from "../optim/nadam.ts";
export type { NAdamOptions } from "../optim/nadam.ts";
export { Optimizer } from "../optim/optimizer.ts";
export type { OptimizerState, ParamState } from "../optim/optimizer.ts";
export type { GroupOptions, ParamGroup, Params } from "../optim/groups.ts";
export { RAdam } from "../optim/radam.ts";
export type { RAdamOptions } from "../optim/radam.ts";
export { RMSprop } from "../optim/rmsprop.ts";
export type { RMSpropOptions } from "../optim/rmsprop.ts";
export { Rprop } from "../optim/rprop.ts";
export type { RpropOptions } from "../optim/rprop.ts";
export type { BaseOptions } from "../optim/rule.ts";
export { LRScheduler } from "../optim/schedules/scheduler.ts";
export type {
  PerGroup,
  Scheduled,
  ScheduleOptions,
  ScheduleState,
} from "../optim/schedules/scheduler.ts";
export { SideBySide } from "../optim/side-by-side.ts";
export { SGD } from "../optim/sgd.ts";
export type { SGDOptions } from "../optim/sgd.ts";
export { LBFGS } from "../optim/lbfgs.ts";
export type { Closure, LBFGSOptions } from "../optim/lbfgs.ts";
export type { LBFGSEntry, LBFGSSaved } from "../optim/lbfgs-state.ts";
export { leastSquares } from "../optim/least-squares.ts";
export type { LeastSquaresOptions, LeastSquaresResult } from "../optim/least-squares.ts";
export * as swaUtils from "../optim/swa-utils.ts";
