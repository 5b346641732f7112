/** The door "nabla/optim": optimizers and learning-rate schedules. */
export { Adam } from "./adam.ts";
export type { AdamOptions } from "./adam.ts";
export { AdamW } from "./adamw.ts";
export type { AdamWOptions } from "./adamw.ts";
export * as lrScheduler from "./lr-scheduler.ts";
export { Optimizer } from "./optimizer.ts";
export type { GroupOptions, OptimizerState, ParamGroup, Params, ParamState } from "./optimizer.ts";
export type { BaseOptions } from "./rule.ts";
export { LRScheduler } from "./scheduler.ts";
export type { Scheduled, ScheduleOptions, ScheduleState } from "./scheduler.ts";
export { SGD } from "./sgd.ts";
export type { SGDOptions } from "./sgd.ts";
