/** The functions of nn in PyTorch's test database → Nabla's `nn.functional`. One entry each. */
import type { DType, Tensor } from "nabla";
import { nn } from "nabla";
import type { Args, Call } from "./bind.ts";
import { call } from "./bind.ts";
import { int, unary } from "./torch-ops.ts";

const F = nn.functional;

/** x in the dtype that is asked for. */
function typed(a: Args): Tensor {
  return a.has("dtype") ? a.x.to(a.get<DType>("dtype")) : a.x;
}

type Loss = (x: Tensor, target: Tensor, options?: nn.functional.LossOptions) => Tensor;
type PairLoss = (x: Tensor, y: Tensor, target: Tensor, options?: object) => Tensor;

const OPTIONS = [
  ...["weight", "ignore_index", "reduction", "label_smoothing", "beta", "delta", "pos_weight"],
  ...["log_target", "margin", "log_input", "full", "eps", "p", "swap"],
];

function loss(compute: Loss): Call {
  return call("input target", (a) => compute(a.x, a.get("target"), a.options(...OPTIONS)));
}

function pairLoss(compute: PairLoss): Call {
  return call("input other target", (a) =>
    compute(a.x, a.get("other"), a.get("target"), a.options(...OPTIONS)),
  );
}

function batchNorm(a: Args): Tensor {
  const [mean, spread] = [a.maybe<Tensor>("running_mean"), a.maybe<Tensor>("running_var")];
  const options = a.options("weight", "bias", "training", "momentum", "eps");
  return F.batchNorm(a.x, mean ?? null, spread ?? null, options);
}

const dimmed = (compute: (x: Tensor, dim: number) => Tensor): Call =>
  call("input dim _stacklevel dtype", (a) => compute(typed(a), int(a, "dim")));

/** The calls, without `nn.functional.` before the name. */
const FUNCTIONS: Readonly<Record<string, Call>> = {
  // activations
  softmin: dimmed(F.softmin),
  relu: unary(F.relu),
  relu6: unary(F.relu6),
  selu: unary(F.selu),
  silu: unary(F.silu),
  mish: unary(F.mish),
  softsign: unary(F.softsign),
  tanhshrink: unary(F.tanhshrink),
  hardswish: unary(F.hardswish),
  hardsigmoid: unary(F.hardsigmoid),
  logsigmoid: unary(F.logSigmoid),
  leaky_relu: call("input negative_slope", (a) => F.leakyRelu(a.x, a.options("negative_slope"))),
  elu: call("input alpha", (a) => F.elu(a.x, a.options("alpha"))),
  celu: call("input alpha", (a) => F.celu(a.x, a.options("alpha"))),
  softplus: call("input beta threshold", (a) => F.softplus(a.x, a.options("beta", "threshold"))),
  hardtanh: call("input min_val max_val", (a) => F.hardtanh(a.x, a.options("min_val", "max_val"))),
  softshrink: call("input lambd", (a) => F.softshrink(a.x, a.options("lambd"))),
  hardshrink: call("input lambd", (a) => F.hardshrink(a.x, a.options("lambd"))),
  threshold: call("input threshold value", (a) =>
    F.threshold(a.x, int(a, "threshold"), int(a, "value")),
  ),
  prelu: call("input weight", (a) => F.prelu(a.x, a.get("weight"))),
  gelu: call("input approximate", (a) => F.gelu(a.x, a.options("approximate"))),
  glu: call("input dim", (a) => F.glu(a.x, a.options("dim"))),

  // layers
  linear: call("input weight bias", (a) => F.linear(a.x, a.get("weight"), a.maybe("bias"))),
  bilinear: call("input1 input2 weight bias", (a) =>
    F.bilinear(a.get("input1"), a.get("input2"), a.get("weight"), a.maybe("bias")),
  ),
  embedding: call("weight input", (a) => F.embedding(a.x, a.get("weight"))),
  unfold: call("input kernel_size dilation padding stride", (a) =>
    F.unfold(a.x, a.get<number>("kernel_size"), a.options("dilation", "padding", "stride")),
  ),
  layer_norm: call("input normalized_shape weight bias eps", (a) =>
    F.layerNorm(a.x, a.get<number[]>("normalized_shape"), a.options("weight", "bias", "eps")),
  ),
  group_norm: call("input num_groups weight bias eps", (a) =>
    F.groupNorm(a.x, int(a, "num_groups"), a.options("weight", "bias", "eps")),
  ),
  batch_norm: call("input running_mean running_var weight bias training momentum eps", batchNorm),
  local_response_norm: call("input size alpha beta k", (a) =>
    F.localResponseNorm(a.x, int(a, "size"), a.options("alpha", "beta", "k")),
  ),
  instance_norm: call("input", (a) =>
    F.instanceNorm(
      a.x,
      a.options("running_mean", "running_var", "weight", "bias", "use_input_stats", "eps"),
    ),
  ),
  normalize: call("input p dim eps", (a) => F.normalize(a.x, a.options("p", "dim", "eps"))),
  pad: call("input pad mode value", (a) =>
    F.pad(a.x, a.get<number[]>("pad"), a.options("mode", "value")),
  ),
  pixel_shuffle: call("input upscale_factor", (a) => F.pixelShuffle(a.x, int(a, "upscale_factor"))),
  pixel_unshuffle: call("input downscale_factor", (a) =>
    F.pixelUnshuffle(a.x, int(a, "downscale_factor")),
  ),

  // losses
  mse_loss: loss(F.mseLoss),
  l1_loss: loss(F.l1Loss),
  huber_loss: loss(F.huberLoss),
  smooth_l1_loss: loss(F.smoothL1Loss),
  binary_cross_entropy: loss(F.binaryCrossEntropy),
  binary_cross_entropy_with_logits: loss(F.binaryCrossEntropyWithLogits),
  cross_entropy: loss(F.crossEntropy),
  nll_loss: loss(F.nllLoss),
  kl_div: loss(F.klDiv),
  poisson_nll_loss: loss(F.poissonNllLoss),
  hinge_embedding_loss: loss(F.hingeEmbeddingLoss),
  soft_margin_loss: loss(F.softMarginLoss),
  multi_margin_loss: loss(F.multiMarginLoss),
  multilabel_margin_loss: loss(F.multilabelMarginLoss),
  multilabel_soft_margin_loss: loss(F.multilabelSoftMarginLoss),
  cosine_embedding_loss: pairLoss(F.cosineEmbeddingLoss),
  margin_ranking_loss: pairLoss(F.marginRankingLoss),
  triplet_margin_loss: pairLoss(F.tripletMarginLoss),
  gaussian_nll_loss: call("input target var full eps reduction", (a) =>
    F.gaussianNllLoss(a.x, a.get("target"), a.get("var"), a.options("full", "eps", "reduction")),
  ),

  // distances
  cosine_similarity: call("x1 x2 dim eps", (a) =>
    F.cosineSimilarity(a.get("x1"), a.get("x2"), a.options("dim", "eps")),
  ),
  pairwise_distance: call("x1 x2 p eps keepdim", (a) =>
    F.pairwiseDistance(a.get("x1"), a.get("x2"), a.options("p", "eps", "keepdim")),
  ),
};

/** The calls by their full names. */
export const NN_OPS: Readonly<Record<string, Call>> = Object.fromEntries([
  ...Object.entries(FUNCTIONS).map(([name, entry]) => [`nn.functional.${name}`, entry] as const),
  ["softmax", dimmed(F.softmax)] as const,
  ["log_softmax", dimmed(F.logSoftmax)] as const,
]);
