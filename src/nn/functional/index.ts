/**
 * The door "nabla/nn/functional": what layers compute, as functions: `torch.nn.functional` in
 * camel case. Each call is one program, forward and backward. Tensors come first, keyword
 * arguments in one options object at the end.
 */
export * from "../../tensor/functions/activation.ts";
export { multiHeadAttention, scaledDotProductAttention } from "./attention.ts";
export type { AttentionOptions, MultiHeadOptions, MultiHeadParameters } from "./attention.ts";
export {
  alphaDropout,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
} from "./dropout.ts";
export type { DropoutArguments, DropoutOptions } from "./dropout.ts";
export { embeddingBag } from "./embedding-bag.ts";
export type { EmbeddingBagCall } from "./embedding-bag.ts";
export { channelShuffle, fold, pixelShuffle, pixelUnshuffle, unfold } from "./image.ts";
export type { Pair, UnfoldOptions } from "./image.ts";
export { bilinear, embedding, flatten, linear } from "./linear.ts";
export type { OptionalBias } from "./linear.ts";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  huberLoss,
  l1Loss,
  mseLoss,
  nllLoss,
  smoothL1Loss,
} from "./loss.ts";
export type {
  BCEOptions,
  BCEWithLogitsOptions,
  CrossEntropyOptions,
  LossOptions,
  NLLOptions,
} from "./loss.ts";
export {
  cosineEmbeddingLoss,
  cosineSimilarity,
  gaussianNllLoss,
  hingeEmbeddingLoss,
  klDiv,
  marginRankingLoss,
  multiMarginLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  pairwiseDistance,
  pinballLoss,
  poissonNllLoss,
  softMarginLoss,
  tripletMarginLoss,
} from "./margin.ts";
export type {
  DistanceOptions,
  GaussianNLLOptions,
  KLDivOptions,
  MarginOptions,
  MultiMarginOptions,
  PinballOptions,
  PoissonNLLOptions,
  SimilarityOptions,
  TripletMarginOptions,
} from "./margin.ts";
export {
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  normalize,
  rmsNorm,
} from "./norm.ts";
export type {
  BatchNormArguments,
  BatchNormOptions,
  InstanceNormArguments,
  InstanceNormOptions,
  LocalResponseOptions,
  NormOptions,
} from "./norm.ts";
export { oneHot } from "../../tensor/functions/indexing.ts";
export { pad } from "../../tensor/functions/movement.ts";
export * from "../../tensor/functions/convolution.ts";
export * from "../../tensor/functions/pooling.ts";
export * from "../../tensor/functions/resampling.ts";
export * from "../../tensor/functions/unpool.ts";
