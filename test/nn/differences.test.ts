/** Every module's gradients against finite differences in float64; second ones where smooth. */
import { autograd, manualSeed, nn, noGrad, randn, tensor } from "nabla";
import type { Tensor } from "nabla";
import { describe, expect, it } from "vitest";
import { looked } from "../support/guard.ts";

const wide = (shape: number[]): Tensor => randn(shape, { dtype: "float64" });
const ints = (data: number[]): Tensor => tensor(data, { dtype: "int32" });

/** A module, its inputs (all differentiated that are floats), and whether it is smooth. */
interface Trial {
  readonly make: () => nn.Module;
  readonly inputs: () => Tensor[];
  readonly smooth: boolean;
}

const trial = (make: () => nn.Module, inputs: () => Tensor[], smooth = true): Trial => ({
  make,
  inputs,
  smooth,
});
const unary = (make: () => nn.Module, smooth = true): Trial =>
  trial(make, () => [wide([2, 3])], smooth);
const pairOf =
  (shape: number[]): (() => Tensor[]) =>
  () => [wide(shape), wide(shape)];
const probabilities = (): Tensor[] => [wide([2, 3]).sigmoid(), wide([2, 3]).sigmoid()];
const layer = { dimFeedforward: 3, dropout: 0, activation: "gelu", batchFirst: true } as const;

const TRIALS: Readonly<Record<string, Trial>> = {
  Linear: trial(
    () => new nn.Linear(3, 2),
    () => [wide([2, 3])],
  ),
  Bilinear: trial(
    () => new nn.Bilinear(2, 3, 2),
    () => [wide([2, 2]), wide([2, 3])],
  ),
  Embedding: trial(
    () => new nn.Embedding(4, 2, { paddingIdx: 1 }),
    () => [ints([0, 3, 3, 2])],
  ),
  EmbeddingBag: trial(
    () => new nn.EmbeddingBag(4, 2, { mode: "mean", paddingIdx: 1 }),
    () => [ints([0, 3, 3, 1, 2]), ints([0, 2])],
  ),
  Flatten: trial(
    () => new nn.Flatten(),
    () => [wide([2, 2, 2])],
  ),
  Unflatten: trial(
    () => new nn.Unflatten(1, [2, 2]),
    () => [wide([2, 4])],
  ),
  MultiMarginLoss: trial(
    () => new nn.MultiMarginLoss(2, 0.5),
    () => [wide([2, 3]), ints([2, 0])],
    false,
  ),
  MultiLabelMarginLoss: trial(
    () => new nn.MultiLabelMarginLoss(),
    () => [wide([2, 3]), ints([2, -1, 0, 0, 1, -1]).reshape([2, 3])],
    false,
  ),
  MultiLabelSoftMarginLoss: trial(
    () => new nn.MultiLabelSoftMarginLoss(),
    () => [wide([2, 3]), wide([2, 3]).sigmoid()],
  ),
  Identity: unary(() => new nn.Identity()),
  Dropout: unary(() => new nn.Dropout(0.3).eval()),
  Dropout1d: unary(() => new nn.Dropout1d(0.3).eval()),
  Dropout3d: unary(() => new nn.Dropout3d(0.3).eval()),
  AlphaDropout: unary(() => new nn.AlphaDropout(0.3).eval()),
  FeatureAlphaDropout: unary(() => new nn.FeatureAlphaDropout(0.3).eval()),
  Dropout2d: unary(() => new nn.Dropout2d(0.3).eval()),
  Conv1d: trial(
    () => new nn.Conv1d(2, 2, 2, { padding: 1 }),
    () => [wide([1, 2, 4])],
  ),
  Conv2d: trial(
    () => new nn.Conv2d(2, 2, 2, { groups: 2 }),
    () => [wide([1, 2, 3, 3])],
  ),
  ConvTranspose1d: trial(
    () => new nn.ConvTranspose1d(2, 1, 2),
    () => [wide([1, 2, 3])],
  ),
  ConvTranspose2d: trial(
    () => new nn.ConvTranspose2d(1, 2, 2, { stride: 2 }),
    () => [wide([1, 1, 2, 2])],
  ),
  MaxPool1d: trial(
    () => new nn.MaxPool1d(2),
    () => [wide([1, 2, 4])],
    false,
  ),
  AdaptiveMaxPool1d: trial(
    () => new nn.AdaptiveMaxPool1d(2),
    () => [wide([1, 2, 5])],
    false,
  ),
  AdaptiveMaxPool2d: trial(
    () => new nn.AdaptiveMaxPool2d([2, null]),
    () => [wide([1, 1, 5, 3])],
    false,
  ),
  MaxPool2d: trial(
    () => new nn.MaxPool2d(2),
    () => [wide([1, 1, 4, 4])],
    false,
  ),
  MaxPool3d: trial(
    () => new nn.MaxPool3d(2, { returnIndices: true }),
    () => [wide([1, 1, 2, 4, 2])],
    false,
  ),
  AdaptiveMaxPool3d: trial(
    () => new nn.AdaptiveMaxPool3d([1, 2, 2], { returnIndices: true }),
    () => [wide([1, 1, 2, 3, 2])],
    false,
  ),
  MaxUnpool1d: trial(
    () => new nn.MaxUnpool1d(2),
    () => [wide([1, 2, 2]), ints([0, 3, 1, 2]).reshape([1, 2, 2])],
  ),
  MaxUnpool2d: trial(
    () => new nn.MaxUnpool2d([1, 2]),
    () => [wide([1, 1, 2, 2]), ints([0, 3, 5, 6]).reshape([1, 1, 2, 2])],
  ),
  MaxUnpool3d: trial(
    () => new nn.MaxUnpool3d(2),
    () => [wide([1, 1, 1, 2, 1]), ints([3, 12]).reshape([1, 1, 1, 2, 1])],
  ),
  AvgPool3d: trial(
    () => new nn.AvgPool3d(2, 1),
    () => [wide([1, 1, 3, 2, 2])],
  ),
  AdaptiveAvgPool3d: trial(
    () => new nn.AdaptiveAvgPool3d([1, 2, null]),
    () => [wide([1, 1, 2, 3, 2])],
  ),
  Conv3d: trial(
    () => new nn.Conv3d(1, 2, 2),
    () => [wide([1, 1, 2, 3, 2])],
  ),
  ConvTranspose3d: trial(
    () => new nn.ConvTranspose3d(2, 1, 2),
    () => [wide([1, 2, 1, 2, 2])],
  ),
  BatchNorm3d: trial(
    () => new nn.BatchNorm3d(2),
    () => [wide([2, 2, 1, 2, 1])],
  ),
  InstanceNorm3d: trial(
    () => new nn.InstanceNorm3d(2, { affine: true }),
    () => [wide([1, 2, 1, 2, 2])],
  ),
  AvgPool1d: trial(
    () => new nn.AvgPool1d(2),
    () => [wide([1, 2, 4])],
  ),
  AvgPool2d: trial(
    () => new nn.AvgPool2d(2),
    () => [wide([1, 1, 4, 4])],
  ),
  AdaptiveAvgPool1d: trial(
    () => new nn.AdaptiveAvgPool1d(2),
    () => [wide([1, 2, 3])],
  ),
  AdaptiveAvgPool2d: trial(
    () => new nn.AdaptiveAvgPool2d(2),
    () => [wide([1, 1, 3, 3])],
  ),
  Upsample: trial(
    () => new nn.Upsample({ scaleFactor: 2 }),
    () => [wide([1, 1, 2, 2])],
  ),
  ConstantPad1d: trial(
    () => new nn.ConstantPad1d(1, 2),
    () => [wide([1, 1, 3])],
  ),
  ConstantPad2d: trial(
    () => new nn.ConstantPad2d(1, 2),
    () => [wide([1, 1, 2, 3])],
  ),
  ConstantPad3d: trial(
    () => new nn.ConstantPad3d(1, 2),
    () => [wide([1, 1, 2, 2, 2])],
  ),
  ReflectionPad1d: trial(
    () => new nn.ReflectionPad1d(1),
    () => [wide([1, 1, 3])],
  ),
  ReflectionPad2d: trial(
    () => new nn.ReflectionPad2d(1),
    () => [wide([1, 1, 2, 3])],
  ),
  ReflectionPad3d: trial(
    () => new nn.ReflectionPad3d(1),
    () => [wide([1, 1, 2, 2, 2])],
  ),
  ReplicationPad1d: trial(
    () => new nn.ReplicationPad1d(1),
    () => [wide([1, 1, 3])],
  ),
  ReplicationPad2d: trial(
    () => new nn.ReplicationPad2d(1),
    () => [wide([1, 1, 2, 3])],
  ),
  ReplicationPad3d: trial(
    () => new nn.ReplicationPad3d(1),
    () => [wide([1, 1, 2, 2, 2])],
  ),
  ZeroPad1d: trial(
    () => new nn.ZeroPad1d(1),
    () => [wide([1, 1, 3])],
  ),
  ZeroPad2d: trial(
    () => new nn.ZeroPad2d(1),
    () => [wide([1, 1, 2, 3])],
  ),
  ZeroPad3d: trial(
    () => new nn.ZeroPad3d(1),
    () => [wide([1, 1, 2, 2, 2])],
  ),
  CircularPad1d: trial(
    () => new nn.CircularPad1d(1),
    () => [wide([1, 1, 3])],
  ),
  CircularPad2d: trial(
    () => new nn.CircularPad2d(1),
    () => [wide([1, 1, 2, 3])],
  ),
  CircularPad3d: trial(
    () => new nn.CircularPad3d(1),
    () => [wide([1, 1, 2, 2, 2])],
  ),
  PixelShuffle: trial(
    () => new nn.PixelShuffle(2),
    () => [wide([1, 4, 1, 2])],
  ),
  PixelUnshuffle: trial(
    () => new nn.PixelUnshuffle(2),
    () => [wide([1, 1, 2, 4])],
  ),
  ChannelShuffle: trial(
    () => new nn.ChannelShuffle(2),
    () => [wide([1, 4, 2])],
  ),
  Softmax2d: trial(
    () => new nn.Softmax2d(),
    () => [wide([1, 3, 1, 2])],
  ),
  CosineSimilarity: trial(
    () => new nn.CosineSimilarity(),
    () => [wide([2, 3]), wide([2, 3])],
  ),
  PairwiseDistance: trial(
    () => new nn.PairwiseDistance(),
    () => [wide([2, 3]), wide([2, 3])],
  ),
  LocalResponseNorm: trial(
    () => new nn.LocalResponseNorm(2, 0.5),
    () => [wide([1, 3, 2])],
  ),
  Unfold: trial(
    () => new nn.Unfold(2, { padding: 1 }),
    () => [wide([1, 1, 2, 3])],
  ),
  Fold: trial(
    () => new nn.Fold([2, 3], 2, { padding: 1 }),
    () => [wide([1, 4, 12])],
  ),
  UpsamplingNearest2d: trial(
    () => new nn.UpsamplingNearest2d({ scaleFactor: 2 }),
    () => [wide([1, 1, 2, 2])],
  ),
  UpsamplingBilinear2d: trial(
    () => new nn.UpsamplingBilinear2d(3),
    () => [wide([1, 1, 2, 2])],
  ),
  BatchNorm1d: trial(
    () => new nn.BatchNorm1d(2),
    () => [wide([3, 2])],
  ),
  BatchNorm2d: trial(
    () => new nn.BatchNorm2d(2),
    () => [wide([2, 2, 2, 1])],
  ),
  LayerNorm: trial(
    () => new nn.LayerNorm(3),
    () => [wide([2, 3])],
  ),
  RMSNorm: trial(
    () => new nn.RMSNorm(3),
    () => [wide([2, 3])],
  ),
  InstanceNorm1d: trial(
    () => new nn.InstanceNorm1d(2, { affine: true }),
    () => [wide([2, 2, 3])],
  ),
  InstanceNorm2d: trial(
    () => new nn.InstanceNorm2d(2),
    () => [wide([1, 2, 2, 2])],
  ),
  GroupNorm: trial(
    () => new nn.GroupNorm(2, 4),
    () => [wide([2, 4, 2])],
  ),
  RNN: trial(
    () => new nn.RNN(2, 2),
    () => [wide([3, 2, 2])],
  ),
  LSTM: trial(
    () => new nn.LSTM(2, 2, { bidirectional: true }),
    () => [wide([3, 1, 2])],
  ),
  "LSTM with projection": trial(
    () => new nn.LSTM(2, 3, { projSize: 1, numLayers: 2 }),
    () => [wide([2, 1, 2])],
  ),
  GRU: trial(
    () => new nn.GRU(2, 2, { numLayers: 2 }),
    () => [wide([3, 1, 2])],
  ),
  RNNCell: trial(
    () => new nn.RNNCell(2, 2),
    () => [wide([2, 2]), wide([2, 2])],
  ),
  LSTMCell: trial(
    () => new nn.LSTMCell(2, 2),
    () => [wide([2, 2])],
  ),
  GRUCell: trial(
    () => new nn.GRUCell(2, 2),
    () => [wide([2, 2]), wide([2, 2])],
  ),
  MultiheadAttention: trial(
    () => new nn.MultiheadAttention(4, 2, { batchFirst: true }),
    () => [wide([1, 2, 4]), wide([1, 3, 4]), wide([1, 3, 4])],
  ),
  "MultiheadAttention with more keys": trial(
    () => new nn.MultiheadAttention(2, 1, { addBiasKv: true, addZeroAttn: true, kdim: 3 }),
    () => [wide([2, 1, 2]), wide([2, 1, 3]), wide([2, 1, 2])],
  ),
  Transformer: trial(
    () => new nn.Transformer(2, 1, 1, 1, 2, 0, "gelu", { bias: false }),
    () => [wide([2, 1, 2]), wide([2, 1, 2])],
  ),
  TransformerEncoderLayer: trial(
    () => new nn.TransformerEncoderLayer(4, 2, layer),
    () => [wide([1, 2, 4])],
  ),
  TransformerDecoderLayer: trial(
    () => new nn.TransformerDecoderLayer(4, 2, { ...layer, normFirst: true }),
    () => [wide([1, 2, 4]), wide([1, 2, 4])],
  ),
  ReLU: unary(() => new nn.ReLU(), false),
  ReLU6: unary(() => new nn.ReLU6(), false),
  LeakyReLU: unary(() => new nn.LeakyReLU(), false),
  PReLU: unary(() => new nn.PReLU(), false),
  ELU: unary(() => new nn.ELU(), false),
  CELU: unary(() => new nn.CELU(), false),
  SELU: unary(() => new nn.SELU(), false),
  Hardtanh: unary(() => new nn.Hardtanh(), false),
  Hardswish: unary(() => new nn.Hardswish(), false),
  Hardsigmoid: unary(() => new nn.Hardsigmoid(), false),
  Hardshrink: unary(() => new nn.Hardshrink(), false),
  Softshrink: unary(() => new nn.Softshrink(), false),
  Threshold: unary(() => new nn.Threshold(0.1, 0), false),
  Softsign: unary(() => new nn.Softsign(), false),
  GELU: unary(() => new nn.GELU()),
  GLU: trial(
    () => new nn.GLU(),
    () => [wide([2, 4])],
  ),
  LogSigmoid: unary(() => new nn.LogSigmoid()),
  LogSoftmax: unary(() => new nn.LogSoftmax(1)),
  Mish: unary(() => new nn.Mish()),
  Sigmoid: unary(() => new nn.Sigmoid()),
  SiLU: unary(() => new nn.SiLU()),
  Softmax: unary(() => new nn.Softmax(1)),
  Softmin: unary(() => new nn.Softmin(1)),
  Softplus: unary(() => new nn.Softplus()),
  Tanh: unary(() => new nn.Tanh()),
  Tanhshrink: unary(() => new nn.Tanhshrink()),
  MSELoss: trial(() => new nn.MSELoss(), pairOf([2, 3])),
  L1Loss: trial(() => new nn.L1Loss(), pairOf([2, 3]), false),
  HuberLoss: trial(() => new nn.HuberLoss({ delta: 0.7 }), pairOf([2, 3]), false),
  SmoothL1Loss: trial(() => new nn.SmoothL1Loss(), pairOf([2, 3]), false),
  BCELoss: trial(() => new nn.BCELoss(), probabilities),
  BCEWithLogitsLoss: trial(() => new nn.BCEWithLogitsLoss(), pairOf([2, 3])),
  NLLLoss: trial(
    () => new nn.NLLLoss(),
    () => [wide([2, 3]), ints([2, 0])],
  ),
  CrossEntropyLoss: trial(
    () => new nn.CrossEntropyLoss({ labelSmoothing: 0.1 }),
    () => [wide([2, 3]), ints([2, 0])],
  ),
  CTCLoss: trial(
    () => new nn.CTCLoss(),
    () => [wide([3, 1, 3]), ints([1, 2]).reshape(1, 2), ints([3]), ints([2])],
  ),
  KLDivLoss: trial(() => new nn.KLDivLoss(), probabilities),
  GaussianNLLLoss: trial(
    () => new nn.GaussianNLLLoss({ full: true }),
    () => [...pairOf([2, 3])(), wide([2, 3]).exp()],
  ),
  PoissonNLLLoss: trial(() => new nn.PoissonNLLLoss(), pairOf([2, 3])),
  HingeEmbeddingLoss: trial(
    () => new nn.HingeEmbeddingLoss(),
    () => [wide([4]), ints([1, -1, -1, 1])],
    false,
  ),
  CosineEmbeddingLoss: trial(
    () => new nn.CosineEmbeddingLoss({ margin: -2 }),
    () => [...pairOf([2, 3])(), ints([1, -1])],
  ),
  MarginRankingLoss: trial(
    () => new nn.MarginRankingLoss(),
    () => [...pairOf([4])(), ints([1, -1, -1, 1])],
    false,
  ),
  TripletMarginLoss: trial(
    () => new nn.TripletMarginLoss({ margin: 9 }),
    () => [...pairOf([2, 3])(), wide([2, 3])],
  ),
  SoftMarginLoss: trial(
    () => new nn.SoftMarginLoss(),
    () => [wide([3]), ints([1, -1, 1])],
  ),
  PinballLoss: trial(() => new nn.PinballLoss({ quantile: 0.2 }), pairOf([2, 3]), false),
};

/** Classes that hold modules, or of which others are made. */
const CONTAINERS = [
  "Loss",
  "Module",
  "ModuleDict",
  "ModuleList",
  "Parameter",
  "ParameterList",
].concat(["Sequential", "TransformerDecoder", "TransformerEncoder"]);

/** The float tensors in what a module returned. */
function floatsIn(output: unknown): Tensor[] {
  if (Array.isArray(output)) return output.flatMap(floatsIn);
  return output === null || (output as Tensor).dtype === "int32" ? [] : [output as Tensor];
}

/** A function of inputs and parameters, and where it is to be differentiated. */
function functionOf({ make, inputs }: Trial): { fn: autograd.TensorFunction; at: Tensor[] } {
  manualSeed(3);
  const module = make().to("float64");
  const given = inputs();
  const named = module.namedParameters();
  // norms start at 1 and 0, where a wrong factor would not show
  noGrad(() => named.forEach(([, p]) => p.set(p.detach().add(wide([...p.shape]).mul(0.1)))));
  const fn: autograd.TensorFunction = (...all) => {
    named.forEach(([name], k) => place(module, name, all[given.length + k]!));
    const forward = module.forward.bind(module) as (...args: Tensor[]) => unknown;
    return floatsIn(forward(...all.slice(0, given.length)));
  };
  const at = [...given, ...named.map(([, p]) => p.detach())];
  for (const x of at) if (x.dtype === "float64") x.requireGrad();
  return { fn, at };
}

/** Puts any tensor where a module has a parameter. */
function place(module: nn.Module, name: string, value: Tensor): void {
  const path = name.split(".");
  const key = path.pop()!;
  const owner = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], module);
  (owner as Record<string, unknown>)[key] = value;
}

describe("finite differences", () => {
  it("know every module", ({ task }) => {
    const classes = Object.entries(nn).filter(([name]) => /^[A-Z]/.test(name));
    const names = classes.map(([name]) => name).filter((name) => !CONTAINERS.includes(name));
    looked(task, `finite differences: ${Object.keys(TRIALS).length} modules`);
    expect(names.filter((name) => !(name in TRIALS))).toEqual([]);
  });

  it.each(Object.entries(TRIALS))("%s", { timeout: 30_000 }, async (_, one) => {
    const { fn, at } = functionOf(one);
    const tight = { atol: 1e-6, rtol: 1e-5 };
    expect(await autograd.gradcheck(fn, at, tight)).toBe(true);
    if (one.smooth && at.reduce((sum, x) => sum + x.numel(), 0) <= 60) {
      expect(await autograd.gradgradcheck(fn, at, undefined, { atol: 1e-5, rtol: 1e-4 })).toBe(
        true,
      );
    }
  });
});
