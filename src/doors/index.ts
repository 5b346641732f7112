/** The door ".": what `import { … } from "nabla"` gives. */
export * as autograd from "./autograd.ts";
export type { DType, TypedArray } from "../core/dtype.ts";
export type { ErrorCode } from "../core/errors.ts";
export { MemoryError, NablaError } from "../core/errors.ts";
export type { Shape } from "../core/shape.ts";
export * as nn from "./nn.ts";
export * as optim from "./optim.ts";
export type { DeviceName } from "../runtime/device.ts";
export type { Explanation } from "../runtime/explain.ts";
export { programStats } from "../runtime/function.ts";
export type { ProfileRow } from "../runtime/profile.ts";
export { profile } from "../runtime/profile.ts";
export type { CompileArgument, CompiledFunction } from "../tensor/compile.ts";
export { compile, scalar } from "../tensor/compile.ts";
export type { NestedArray, TensorOptions } from "../tensor/create.ts";
export {
  arange,
  eye,
  fromArray,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike,
} from "../tensor/create.ts";
export type { CacheUsage, ReadyOptions } from "../tensor/device.ts";
export { cacheUsage, ready, setCacheBudget, setDefaultDevice } from "../tensor/device.ts";
export { explain } from "../tensor/explain.ts";
export { where } from "../tensor/functions/arithmetic.ts";
export { einsum, matmul } from "../tensor/functions/linalg.ts";
export { cat, stack } from "../tensor/functions/movement.ts";
export { meshgrid } from "../tensor/functions/stacking.ts";
export { detectAnomaly, enableGrad, isGradEnabled, noGrad } from "../tensor/grad-mode.ts";
export * as linalg from "../tensor/linalg.ts";
export {
  bernoulli,
  manualSeed,
  rand,
  randint,
  randLike,
  randn,
  randnLike,
  randomState,
  randperm,
  setRandomState,
} from "../tensor/random.ts";
export { empty, multinomial, normal } from "../tensor/sampling.ts";
export type { BackwardOptions, Nested } from "../tensor/tensor.ts";
export { cell, Tensor } from "../tensor/tensor.ts";
