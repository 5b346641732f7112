/**
 * PyTorch's names of the operations in test/golden/torch → Nabla's public functions. One entry
 * each.
 */
import type { Tensor } from "nabla";
import { cat, einsum, nn, stack, where } from "nabla";
import * as ops from "nabla/ops";
import type { Args, Call } from "./bind.ts";
import { call } from "./bind.ts";

const F = nn.functional;

type Dims = number | readonly number[] | null | undefined;

/** A method without arguments. */
type Plain = {
  [K in keyof Tensor]: Tensor[K] extends () => Tensor ? K : never;
}[keyof Tensor];

/** A method of one operand. */
type Operand = {
  [K in keyof Tensor]: Tensor[K] extends (other: Tensor | number) => Tensor ? K : never;
}[keyof Tensor];

/** The entry of a method without arguments. */
export function plain(name: Plain): Call {
  return call("input", (a) => (a.x[name] as () => Tensor)());
}

/** The entry of a function of one tensor. */
export function unary(compute: (x: Tensor) => Tensor): Call {
  return call("input", (a) => compute(a.x));
}

/** The entry of a method of one other operand, tensor or number. */
export function method(name: Operand): Call {
  return call("input other", (a) => (a.x[name] as (y: Tensor | number) => Tensor)(other(a)));
}

/** The entry of a function of two operands. */
export function binary(compute: (x: Tensor, y: Tensor | number) => Tensor): Call {
  return call("input other", (a) => compute(a.x, other(a)));
}

/** The entry of a reduction with dims. */
export function reduction(
  compute: (x: Tensor, dim?: Dims, options?: { keepdim?: boolean }) => Tensor,
): Call {
  return call("input dim keepdim", (a) => compute(a.x, dims(a), a.options("keepdim")));
}

/** The other operand. */
export function other(a: Args): Tensor | number {
  return a.get<Tensor | number>("other");
}

/** The other operand times `alpha`, as PyTorch's add and sub have it. */
export function scaledOther(a: Args): Tensor | number {
  const alpha = a.maybe<number>("alpha");
  return alpha === undefined ? other(a) : ops.mul(a.get("other"), alpha);
}

/** The dims of a reduction; an empty tuple means all. */
export function dims(a: Args): Dims {
  return a.maybe<Dims>("dim");
}

/** One number: an index, a size or a dim. */
export function int(a: Args, name: string): number {
  return a.get<number>(name);
}

/** Division in the rounding that is asked for. */
export function divided(a: Args): Tensor {
  const mode = a.maybe<"trunc" | "floor">("rounding_mode");
  if (mode === "floor") return a.x.floorDivide(other(a));
  return mode === "trunc" ? ops.truncDivide(a.x, other(a)) : a.x.div(other(a));
}

type Loss = (x: Tensor, target: Tensor, options?: nn.functional.LossOptions) => Tensor;

const LOSS_OPTIONS = [
  ...["weight", "ignore_index", "reduction", "label_smoothing", "beta", "delta", "pos_weight"],
  ...["log_target", "margin", "log_input", "full", "eps"],
];

function loss(compute: Loss): Call {
  return call("input target", (a) => compute(a.x, a.get("target"), a.options(...LOSS_OPTIONS)));
}

/** Slices along the first axes, each `start:stop:step` as a list. */
function sliced(a: Args): Tensor {
  const slices = a.get<readonly (readonly (number | null)[])[]>("slices");
  return slices.reduce(
    (x, [start, stop, step], dim) => x.slice(dim, start, stop, step ?? undefined),
    a.x,
  );
}

/** The calls. */
export const TORCH_OPS: Readonly<Record<string, Call>> = {
  // elementwise
  abs: plain("abs"),
  ceil: plain("ceil"),
  clamp: call("input min max", (a) =>
    a.x.clamp(a.maybe<Tensor | number>("min"), a.maybe<Tensor | number>("max")),
  ),
  cos: plain("cos"),
  elu: call("input alpha", (a) => F.elu(a.x, a.options("alpha"))),
  erf: plain("erf"),
  exp: plain("exp"),
  expm1: plain("expm1"),
  floor: plain("floor"),
  gelu: call("input approximate", (a) => F.gelu(a.x, a.options("approximate"))),
  hardtanh: call("input min_val max_val", (a) => F.hardtanh(a.x, a.options("min_val", "max_val"))),
  leaky_relu: call("input negative_slope", (a) => F.leakyRelu(a.x, a.options("negative_slope"))),
  log: plain("log"),
  log1p: plain("log1p"),
  mish: unary(F.mish),
  neg: plain("neg"),
  pow: call("input exponent", (a) => a.x.pow(a.get<Tensor | number>("exponent"))),
  reciprocal: plain("reciprocal"),
  relu: plain("relu"),
  relu6: unary(F.relu6),
  round: call("input decimals", (a) => a.x.round(a.options("decimals"))),
  rpow_scalar: call("input base", (a) => ops.pow(int(a, "base"), a.x)),
  rsqrt: plain("rsqrt"),
  selu: unary(F.selu),
  sigmoid: plain("sigmoid"),
  sign: plain("sign"),
  silu: unary(F.silu),
  sin: plain("sin"),
  softplus: call("input beta threshold", (a) => F.softplus(a.x, a.options("beta", "threshold"))),
  sqrt: plain("sqrt"),
  square: plain("square"),
  tanh: plain("tanh"),
  softmax: call("input dim", (a) => a.x.softmax(int(a, "dim"))),
  log_softmax: call("input dim", (a) => a.x.logSoftmax(int(a, "dim"))),
  cumsum: call("input dim", (a) => a.x.cumsum(int(a, "dim"))),

  // two operands
  add: call("input other alpha", (a) => a.x.add(scaledOther(a))),
  sub: call("input other alpha", (a) => a.x.sub(scaledOther(a))),
  mul: method("mul"),
  div: call("input other rounding_mode", divided),
  add_scalar: method("add"),
  mul_scalar: method("mul"),
  rsub_scalar: call("input other", (a) => ops.sub(int(a, "other"), a.x)),
  rdiv_scalar: call("input other", (a) => ops.div(int(a, "other"), a.x)),
  pow_tensor: method("pow"),
  maximum: method("maximum"),
  minimum: method("minimum"),
  eq: method("eq"),
  ne: method("ne"),
  lt: method("lt"),
  le: method("le"),
  gt: method("gt"),
  ge: method("ge"),
  where: call("condition input other", (a) => where(a.get("condition"), a.x, other(a))),

  // reductions
  all: call("input dim keepdim", (a) => a.x.all(dims(a), a.options("keepdim"))),
  any: call("input dim keepdim", (a) => a.x.any(dims(a), a.options("keepdim"))),
  amax: call("input dim keepdim", (a) => a.x.amax(dims(a), a.options("keepdim"))),
  amin: call("input dim keepdim", (a) => a.x.amin(dims(a), a.options("keepdim"))),
  argmax: call("input dim keepdim", (a) => a.x.argmax(a.options("dim", "keepdim"))),
  argmin: call("input dim keepdim", (a) => a.x.argmin(a.options("dim", "keepdim"))),
  logsumexp: call("input dim keepdim", (a) => a.x.logsumexp(dims(a), a.options("keepdim"))),
  max: call("input dim keepdim", (a) =>
    a.has("dim") ? a.x.max(int(a, "dim"), a.options("keepdim")) : a.x.max(),
  ),
  min: call("input dim keepdim", (a) =>
    a.has("dim") ? a.x.min(int(a, "dim"), a.options("keepdim")) : a.x.min(),
  ),
  mean: call("input dim keepdim", (a) => a.x.mean(dims(a), a.options("keepdim"))),
  norm: call("input p dim keepdim", (a) => a.x.norm(a.options("p", "dim", "keepdim"))),
  prod: call("input dim keepdim", (a) => a.x.prod(dims(a), a.options("keepdim"))),
  std: call("input dim unbiased keepdim", (a) =>
    a.x.std(dims(a), a.options("unbiased", "keepdim")),
  ),
  sum: call("input dim keepdim", (a) => a.x.sum(dims(a), a.options("keepdim"))),
  var: call("input dim unbiased keepdim", (a) =>
    a.x.var(dims(a), a.options("unbiased", "keepdim")),
  ),

  // movement
  cat: call("*tensors", (a) => cat(a.get<Tensor[]>("tensors"), a.options("dim"))),
  chunk: call("input chunks dim", (a) => a.x.chunk(int(a, "chunks"), a.options("dim"))),
  diag: call("input diagonal", (a) => ops.diag(a.x, a.options("diagonal"))),
  diagonal: call("input offset dim1 dim2", (a) =>
    ops.diagonal(a.x, a.options("offset", "dim1", "dim2")),
  ),
  embedding: call("input weight", (a) =>
    F.embedding(a.x, a.get("weight"), a.options("padding_idx")),
  ),
  expand: call("input *shape", (a) => a.x.expand(a.get<number[]>("shape"))),
  flatten: call("input start_dim end_dim", (a) => a.x.flatten(a.options("start_dim", "end_dim"))),
  flip: call("input dims", (a) => a.x.flip(a.get<number[]>("dims"))),
  gather: call("input index dim", (a) => a.x.gather(int(a, "dim"), a.get("index"))),
  im2col: call("input", (a) =>
    F.unfold(
      a.x,
      a.get<[number, number]>("kernel_size"),
      a.options("dilation", "padding", "stride"),
    ),
  ),
  index_select: call("input index dim", (a) => a.x.indexSelect(int(a, "dim"), a.get("index"))),
  masked_fill: call("input mask value", (a) =>
    a.x.maskedFill(a.get("mask"), a.get<Tensor | number>("value")),
  ),
  movedim: call("input source destination", (a) =>
    ops.movedim(a.x, int(a, "source"), int(a, "destination")),
  ),
  narrow: call("input dim start length", (a) =>
    a.x.narrow(int(a, "dim"), int(a, "start"), int(a, "length")),
  ),
  one_hot: call("input num_classes", (a) => ops.oneHot(a.x, int(a, "num_classes"))),
  pad: call("input pad", (a) => ops.pad(a.x, a.get<number[]>("pad"), a.options("mode", "value"))),
  permute: call("input dims", (a) => a.x.permute(a.get<number[]>("dims"))),
  repeat: call("input *repeats", (a) => a.x.repeat(a.get<number[]>("repeats"))),
  repeat_interleave: call("input repeats dim", (a) =>
    ops.repeatInterleave(a.x, int(a, "repeats"), a.options("dim")),
  ),
  reshape: call("input shape", (a) => a.x.reshape(a.get<number[]>("shape"))),
  roll: call("input shifts dims", (a) => a.x.roll(int(a, "shifts"), a.options("dims"))),
  scatter_add: call("input index src dim", (a) =>
    a.x.scatterAdd(int(a, "dim"), a.get("index"), a.get("src")),
  ),
  slice: call("input *slices", sliced),
  split: call("input split_size_or_sections dim", (a) =>
    a.x.split(a.get<number | number[]>("split_size_or_sections"), a.options("dim")),
  ),
  squeeze: call("input dim", (a) => a.x.squeeze(a.options("dim"))),
  stack: call("*tensors", (a) => stack(a.get<Tensor[]>("tensors"), a.options("dim"))),
  tile: call("input dims", (a) => ops.tile(a.x, a.get<number[]>("dims"))),
  transpose: call("input dim0 dim1", (a) => a.x.transpose(int(a, "dim0"), int(a, "dim1"))),
  tril: call("input diagonal", (a) => a.x.tril(a.options("diagonal"))),
  triu: call("input diagonal", (a) => a.x.triu(a.options("diagonal"))),
  unfold: call("input dimension size step", (a) =>
    ops.unfold(a.x, int(a, "dimension"), int(a, "size"), int(a, "step")),
  ),
  unsqueeze: call("input dim", (a) => a.x.unsqueeze(int(a, "dim"))),

  // products
  bmm: call("input mat2", (a) => a.x.bmm(a.get("mat2"))),
  dot: call("input tensor", (a) => a.x.dot(a.get("tensor"))),
  einsum: call("equation *operands", (a) =>
    einsum(a.get<string>("equation"), ...a.get<Tensor[]>("operands")),
  ),
  linear: call("input weight bias", (a) => F.linear(a.x, a.get("weight"), a.maybe("bias"))),
  matmul: call("input other", (a) => a.x.matmul(a.get("other"))),
  mv: call("input vec", (a) => ops.mv(a.x, a.get("vec"))),
  outer: call("input vec2", (a) => ops.outer(a.x, a.get("vec2"))),

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
  cosine_embedding_loss: call("input1 input2 target", (a) =>
    F.cosineEmbeddingLoss(
      a.get("input1"),
      a.get("input2"),
      a.get("target"),
      a.options("margin", "reduction"),
    ),
  ),
  gaussian_nll_loss: call("input target var", (a) =>
    F.gaussianNllLoss(a.x, a.get("target"), a.get("var"), a.options("full", "eps", "reduction")),
  ),
};

/** Operations whose arguments stand in another order than inputs, then args. */
export const ORDER: Readonly<
  Record<string, (inputs: readonly unknown[], args: readonly unknown[]) => readonly unknown[]>
> = {
  einsum: (inputs, args) => [...args, ...inputs],
};
