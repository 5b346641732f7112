/** Makes modules from PyTorch's constructor arguments, as the golden files spell them. */
import { nn } from "nabla";
import { camelOptions } from "./optimizers.ts";

/** The positional arguments of each module; the others go into the options. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Linear: ["in_features", "out_features"],
  Bilinear: ["in1_features", "in2_features", "out_features"],
  Conv1d: ["in_channels", "out_channels", "kernel_size"],
  Conv2d: ["in_channels", "out_channels", "kernel_size"],
  ConvTranspose1d: ["in_channels", "out_channels", "kernel_size"],
  ConvTranspose2d: ["in_channels", "out_channels", "kernel_size"],
  MaxPool1d: ["kernel_size"],
  MaxPool2d: ["kernel_size"],
  AvgPool1d: ["kernel_size"],
  AvgPool2d: ["kernel_size"],
  AdaptiveAvgPool1d: ["output_size"],
  AdaptiveAvgPool2d: ["output_size"],
  BatchNorm1d: ["num_features"],
  BatchNorm2d: ["num_features"],
  InstanceNorm1d: ["num_features"],
  InstanceNorm2d: ["num_features"],
  LayerNorm: ["normalized_shape"],
  GroupNorm: ["num_groups", "num_channels"],
  Embedding: ["num_embeddings", "embedding_dim"],
  EmbeddingBag: ["num_embeddings", "embedding_dim"],
  RNN: ["input_size", "hidden_size"],
  LSTM: ["input_size", "hidden_size"],
  GRU: ["input_size", "hidden_size"],
  MultiheadAttention: ["embed_dim", "num_heads"],
  TransformerEncoderLayer: ["d_model", "nhead"],
  TransformerDecoderLayer: ["d_model", "nhead"],
  Conv3d: ["in_channels", "out_channels", "kernel_size"],
  ConvTranspose3d: ["in_channels", "out_channels", "kernel_size"],
  MaxPool3d: ["kernel_size"],
  MaxUnpool1d: ["kernel_size"],
  MaxUnpool2d: ["kernel_size"],
  MaxUnpool3d: ["kernel_size"],
  AvgPool3d: ["kernel_size"],
  AdaptiveAvgPool3d: ["output_size"],
  AdaptiveMaxPool1d: ["output_size"],
  AdaptiveMaxPool2d: ["output_size"],
  AdaptiveMaxPool3d: ["output_size"],
  BatchNorm3d: ["num_features"],
  InstanceNorm3d: ["num_features"],
  ConstantPad1d: ["padding", "value"],
  ConstantPad2d: ["padding", "value"],
  ConstantPad3d: ["padding", "value"],
  ReflectionPad1d: ["padding"],
  ReflectionPad2d: ["padding"],
  ReflectionPad3d: ["padding"],
  ReplicationPad1d: ["padding"],
  ReplicationPad2d: ["padding"],
  ReplicationPad3d: ["padding"],
  ZeroPad2d: ["padding"],
  PixelShuffle: ["upscale_factor"],
  PixelUnshuffle: ["downscale_factor"],
  ChannelShuffle: ["groups"],
  LocalResponseNorm: ["size"],
  Unfold: ["kernel_size"],
  Fold: ["output_size", "kernel_size"],
};

type Made = new (...args: unknown[]) => nn.Module;

/** Whether Nabla has a module. */
export function provides(name: string): boolean {
  return name in nn;
}

/** Makes a module of its PyTorch name and arguments. */
export function makeModule(name: string, ctor: Readonly<Record<string, unknown>>): nn.Module {
  const required = REQUIRED[name] ?? [];
  const rest = Object.entries(ctor).filter(([key]) => !required.includes(key));
  const options = rest.length > 0 ? [camelOptions(Object.fromEntries(rest))] : [];
  const Module = (nn as unknown as Record<string, Made>)[name]!;
  return new Module(...required.map((key) => ctor[key]), ...options);
}
