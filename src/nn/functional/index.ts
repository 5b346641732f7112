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
export { oneHot } from "../../tensor/functions/indexing.ts";
export { pad } from "../../tensor/functions/movement.ts";
export * from "../../tensor/functions/convolution.ts";
export * from "../../tensor/functions/pooling.ts";
export * from "../../tensor/functions/resampling.ts";
export * from "../../tensor/functions/unpool.ts";
