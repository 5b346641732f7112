/**
 * The door "nabla/nn/functional": what layers compute, as functions: `torch.nn.functional` in
 * camel case. Each call is one program, forward and backward. Tensors come first, keyword
 * arguments in one options object at the end.
 */
export * from "../../tensor/functions/activation.ts";
export { multiHeadAttention, scaledDotProductAttention } from "../../nn/functional/attention.ts";
export type {
  AttentionOptions,
  MultiHeadOptions,
  MultiHeadParameters,
} from "../../nn/functional/attention.ts";
export { ctcLoss } from "../../nn/functional/ctc.ts";
export type { CTCOptions, CTCSettings, Lengths } from "../../nn/functional/ctc.ts";
export {
  alphaDropout,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
} from "../../nn/functional/dropout.ts";
export type { DropoutArguments, DropoutOptions } from "../../nn/functional/dropout.ts";
export { embeddingBag } from "../../nn/functional/embedding-bag.ts";
export type { EmbeddingBagCall } from "../../nn/functional/embedding-bag.ts";
export {
  channelShuffle,
  fold,
  pixelShuffle,
  pixelUnshuffle,
  unfold,
} from "../../nn/functional/image.ts";
export type { Pair, UnfoldOptions } from "../../nn/functional/image.ts";
export { bilinear, embedding, flatten, linear } from "../../nn/functional/linear.ts";
export type { EmbeddingCall, OptionalBias } from "../../nn/functional/linear.ts";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  huberLoss,
  l1Loss,
  mseLoss,
  nllLoss,
  smoothL1Loss,
} from "../../nn/functional/loss.ts";
export type {
  BCEOptions,
  BCEWithLogitsOptions,
  CrossEntropyOptions,
  LossOptions,
  NLLOptions,
} from "../../nn/functional/loss.ts";
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
} from "../../nn/functional/margin.ts";
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
} from "../../nn/functional/margin.ts";
export {
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  normalize,
  rmsNorm,
} from "../../nn/functional/norm.ts";
export type {
  BatchNormArguments,
  BatchNormOptions,
  InstanceNormArguments,
  InstanceNormOptions,
  LocalResponseOptions,
  NormOptions,
} from "../../nn/functional/norm.ts";
export { oneHot } from "../../tensor/functions/indexing.ts";
export { pad } from "../../tensor/functions/movement.ts";
export * from "../../tensor/functions/convolution.ts";
export * from "../../tensor/functions/pooling.ts";
export * from "../../tensor/functions/resampling.ts";
export * from "../../tensor/functions/unpool.ts";
