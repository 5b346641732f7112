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
export { MultiheadAttention } from "./attention.ts";
export type { AttendOptions, MultiheadAttentionOptions } from "./attention.ts";
export {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
} from "./channel-norm.ts";
export type { BatchNormOptions, InstanceNormOptions } from "./channel-norm.ts";
export * as utils from "./clip.ts";
export {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
} from "./convolution.ts";
export type { ConvLayerOptions, ConvTransposeLayerOptions } from "./convolution.ts";
export {
  AlphaDropout,
  Dropout,
  Dropout1d,
  Dropout2d,
  Dropout3d,
  FeatureAlphaDropout,
} from "./dropout.ts";
export { Embedding, EmbeddingBag } from "./embedding.ts";
export type { EmbeddingBagOptions, EmbeddingOptions } from "./embedding.ts";
export { Transformer } from "./encoder-decoder.ts";
export type {
  Decoder,
  Encoder,
  TransformerCallOptions,
  TransformerOptions,
} from "./encoder-decoder.ts";
export * as functional from "./functional/index.ts";
export type { ForwardHook, ForwardPreHook, HookHandle } from "./hooks.ts";
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
} from "./image.ts";
export type { Resizing } from "./image.ts";
export * as init from "./init.ts";
export { Bilinear, Flatten, Identity, Linear, Unflatten } from "./linear.ts";
export type { FactoryOptions } from "./factory.ts";
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
} from "./loss-margin.ts";
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
} from "./max-pooling.ts";
export type {
  AdaptiveMaxPoolOptions,
  MaxPoolLayerOptions,
  MaxUnpoolOptions,
  Pooled,
  UnpoolCallOptions,
} from "./max-pooling.ts";
export { Module } from "./module.ts";
export type { LoadReport, StateDict } from "./module.ts";
export { ModuleDict } from "./module-dict.ts";
export { ModuleList } from "./module-list.ts";
export { GroupNorm, LayerNorm, RMSNorm } from "./normalization.ts";
export type { GroupNormOptions, LayerNormOptions, RMSNormOptions } from "./normalization.ts";
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
} from "./padding.ts";
export type { Ends } from "./padding.ts";
export { Parameter, parameter } from "./parameter.ts";
export { ParameterList } from "./parameter-list.ts";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  Upsample,
} from "./pooling.ts";
export { GRU, LSTM, RNN } from "./recurrent.ts";
export type {
  LSTMOptions,
  RecurrentCallOptions,
  RecurrentLayerOptions,
  RNNOptions,
} from "./recurrent.ts";
export { GRUCell, LSTMCell, RNNCell } from "./recurrent-cells.ts";
export type { CellOptions } from "./recurrent-cells.ts";
export { Sequential } from "./sequential.ts";
export type { Layer } from "./sequential.ts";
export { summary } from "./summary.ts";
export type { Summary, SummaryOptions, SummaryRow } from "./summary.ts";
export {
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "./transformer.ts";
export type {
  DecoderCallOptions,
  EncoderCallOptions,
  EncoderLayerCallOptions,
  TransformerLayerOptions,
} from "./transformer.ts";
