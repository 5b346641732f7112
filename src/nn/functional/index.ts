/**
 * The door "nabla/nn/functional": what layers compute, as functions: `torch.nn.functional` in
 * camel case. Each call is one program, forward and backward. Tensors come first, keyword
 * arguments in one options object at the end.
 */
export * from "../../tensor/functions/activation.ts";
export { multiHeadAttention, scaledDotProductAttention } from "./attention.ts";
export type { AttentionOptions, MultiHeadOptions, MultiHeadParameters } from "./attention.ts";
export * from "./dropout.ts";
export * from "./embedding-bag.ts";
export * from "./image.ts";
export { bilinear, embedding, flatten, linear, unfold } from "./linear.ts";
export type { OptionalBias, Pair, UnfoldOptions } from "./linear.ts";
export * from "./loss.ts";
export * from "./margin.ts";
export * from "./norm.ts";
export { gridSample } from "../../tensor/functions/grid-sample.ts";
export { oneHot } from "../../tensor/functions/indexing.ts";
export { pad } from "../../tensor/functions/movement.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  interpolate,
  maxPool1d,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxPool3dWithIndices,
  upsample,
} from "../../tensor/functions/convolution.ts";
export { maxUnpool1d, maxUnpool2d, maxUnpool3d } from "../../tensor/functions/unpool.ts";
