/** The door "nabla/nn": layers, losses, and the namespaces `functional`, `init` and `utils`. */
export {
  CELU,
  ELU,
  GELU,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  Mish,
  PReLU,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softmin,
  Softplus,
  Softshrink,
  Softsign,
  Tanh,
  Tanhshrink,
  Threshold,
} from "./activation.ts";
export * as utils from "./clip.ts";
export { Dropout } from "./dropout.ts";
export * as functional from "./functional.ts";
export * as init from "./init.ts";
export { Flatten, Identity, Linear } from "./linear.ts";
export type { FactoryOptions } from "./linear.ts";
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  L1Loss,
  Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
} from "./loss.ts";
export { Module } from "./module.ts";
export type { LoadReport, StateDict } from "./module.ts";
export { ModuleList } from "./module-list.ts";
export { Parameter, parameter } from "./parameter.ts";
export { Sequential } from "./sequential.ts";
export type { Layer } from "./sequential.ts";
