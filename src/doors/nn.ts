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
} from "../nn/activation.ts";
export { MultiheadAttention } from "../nn/attention.ts";
export type { AttendOptions, MultiheadAttentionOptions } from "../nn/attention.ts";
export {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
} from "../nn/channel-norm.ts";
export type { BatchNormOptions, InstanceNormOptions } from "../nn/channel-norm.ts";
export {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
} from "../nn/convolution.ts";
export type { ConvLayerOptions, ConvTransposeLayerOptions } from "../nn/convolution.ts";
export {
  AlphaDropout,
  Dropout,
  Dropout1d,
  Dropout2d,
  Dropout3d,
  FeatureAlphaDropout,
} from "../nn/dropout.ts";
export { Embedding, EmbeddingBag } from "../nn/embedding.ts";
export type { EmbeddingBagOptions, EmbeddingOptions } from "../nn/embedding.ts";
export { Transformer } from "../nn/encoder-decoder.ts";
export type {
  Decoder,
  Encoder,
  TransformerCallOptions,
  TransformerOptions,
} from "../nn/encoder-decoder.ts";
export * as functional from "./nn/functional.ts";
export type { ForwardHook, ForwardPreHook, HookHandle } from "../nn/hooks.ts";
export {
  ChannelShuffle,
  CosineSimilarity,
  Fold,
  LocalResponseNorm,
  PairwiseDistance,
  PixelShuffle,
  PixelUnshuffle,
  Softmax2d,
  Unfold,
  UpsamplingBilinear2d,
  UpsamplingNearest2d,
} from "../nn/image.ts";
export type { Resizing } from "../nn/image.ts";
export * as init from "../nn/init.ts";
export { Bilinear, Flatten, Identity, Linear, Unflatten } from "../nn/linear.ts";
export type { FactoryOptions } from "../nn/factory.ts";
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
} from "../nn/loss.ts";
export { CTCLoss } from "../nn/loss-ctc.ts";
export {
  CosineEmbeddingLoss,
  GaussianNLLLoss,
  HingeEmbeddingLoss,
  KLDivLoss,
  MarginRankingLoss,
  MultiLabelMarginLoss,
  MultiLabelSoftMarginLoss,
  MultiMarginLoss,
  PinballLoss,
  PoissonNLLLoss,
  SoftMarginLoss,
  TripletMarginLoss,
} from "../nn/loss-margin.ts";
export {
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  MaxUnpool1d,
  MaxUnpool2d,
  MaxUnpool3d,
} from "../nn/max-pooling.ts";
export type {
  AdaptiveMaxPoolOptions,
  MaxPoolLayerOptions,
  MaxUnpoolOptions,
  Pooled,
  UnpoolCallOptions,
} from "../nn/max-pooling.ts";
export { Module } from "../nn/module.ts";
export type { LoadReport, StateDict } from "../nn/module.ts";
export { ModuleDict } from "../nn/module-dict.ts";
export { ModuleList } from "../nn/module-list.ts";
export { GroupNorm, LayerNorm, RMSNorm } from "../nn/normalization.ts";
export type { GroupNormOptions, LayerNormOptions, RMSNormOptions } from "../nn/normalization.ts";
export {
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  ConstantPad1d,
  ConstantPad2d,
  ConstantPad3d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
  ZeroPad1d,
  ZeroPad2d,
  ZeroPad3d,
} from "../nn/padding.ts";
export type { Ends } from "../nn/padding.ts";
export { Parameter, parameter } from "../nn/parameter.ts";
export { ParameterList } from "../nn/parameter-list.ts";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  Upsample,
} from "../nn/pooling.ts";
export { GRU, LSTM, RNN } from "../nn/recurrent.ts";
export type {
  LSTMOptions,
  RecurrentCallOptions,
  RecurrentLayerOptions,
  RNNOptions,
} from "../nn/recurrent.ts";
export { GRUCell, LSTMCell, RNNCell } from "../nn/recurrent-cells.ts";
export type { CellOptions } from "../nn/recurrent-cells.ts";
export { Sequential } from "../nn/sequential.ts";
export type { Layer } from "../nn/sequential.ts";
export { summary } from "../nn/summary.ts";
export type { Summary, SummaryOptions, SummaryRow } from "../nn/summary.ts";
export * as utils from "./nn/utils.ts";
export {
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "../nn/transformer.ts";
export type {
  DecoderCallOptions,
  EncoderCallOptions,
  EncoderLayerCallOptions,
  TransformerLayerOptions,
} from "../nn/transformer.ts";
