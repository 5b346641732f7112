/** The namespace `optim.lrScheduler`: `torch.optim.lr_scheduler`'s schedules, and a preview. */
export { ChainedScheduler, SequentialLR, warmup } from "./schedules/composite.ts";
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from "./schedules/cosine.ts";
export type { CyclicOptions, OneCycleOptions } from "./schedules/cyclic.ts";
export { CyclicLR, OneCycleLR } from "./schedules/cyclic.ts";
export { LambdaLR, MultiplicativeLR } from "./schedules/lambda.ts";
export type { PlateauOptions, PlateauState } from "./schedules/plateau.ts";
export { ReduceLROnPlateau } from "./schedules/plateau.ts";
export type { PreviewOptions } from "./schedules/preview.ts";
export { preview } from "./schedules/preview.ts";
export {
  ConstantLR,
  ExponentialLR,
  LinearLR,
  MultiStepLR,
  PolynomialLR,
  StepLR,
} from "./schedules/steps.ts";
