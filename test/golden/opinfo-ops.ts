/**
 * The operations of PyTorch's test database → Nabla's public functions. What is spelled the same
 * way in torch-ops.ts is found there; a variant (`max.binary`) has an entry where it is called
 * differently. What Nabla does not provide yet has no entry, and is listed by the test.
 */
import type { DType } from "nabla";
import {
  arange,
  cat,
  eye,
  fullLike,
  linspace,
  meshgrid,
  onesLike,
  stack,
  tensor,
  Tensor,
  where,
  zerosLike,
} from "nabla";
import * as ops from "nabla/ops";
import type { Slice } from "../support/opinfo.ts";
import type { Args, Call } from "./bind.ts";
import { call } from "./bind.ts";
import { NN_OPS } from "./nn-ops.ts";
import { NOT_PROVIDED } from "./not-provided.ts";
import { CONV_OPS } from "./conv-ops.ts";
import { LINALG_OPS } from "./linalg-ops.ts";
import { binary, dims, int, method, other, plain, unary } from "./torch-ops.ts";
import { TORCH_OPS } from "./torch-ops.ts";

/** `var(True)` gives `unbiased` in the place of `dim`; `correction=None` is the default. */
function spread(a: Args): object {
  const first = a.maybe<unknown>("dim");
  if (typeof first === "boolean") return { unbiased: first };
  return a.options("unbiased", "correction", "keepdim");
}

function spreadDims(a: Args): ReturnType<typeof dims> {
  return typeof a.maybe<unknown>("dim") === "boolean" ? undefined : dims(a);
}

function typed(a: Args): { dtype?: DType } {
  return a.has("dtype") ? { dtype: a.get<DType>("dtype") } : {};
}

/** PyTorch's arange counts in integers where no float is among the arguments. */
function counted(a: Args): Tensor {
  const given = ["start", "end", "step"].filter((name) => a.has(name));
  const [start, end, step] = given.map((name) => Number(int(a, name)));
  const whole = [start, end, step].every((x) => x === undefined || Number.isInteger(x));
  const options = a.has("dtype") ? typed(a) : whole ? { dtype: "int32" as const } : {};
  return arange(start!, end, step, options);
}

function vectorNorm(a: Args): Tensor {
  const ord = a.maybe<number | string>("ord") ?? a.maybe<number | string>("p");
  const p = ord === undefined ? {} : { p: ord as number | "fro" | "nuc" };
  return ops.norm(a.x, { ...p, ...a.options("dim", "keepdim") });
}

/** Takes the positions out of a tensor, where PyTorch lets one stand for a number. */
function host(value: number | Tensor): number {
  return typeof value === "number" ? value : value.itemSync();
}

/** The positions as rows, or as one list for each axis, of which a scalar has one then. */
async function places(a: Args): Promise<Tensor | Tensor[]> {
  if (a.maybe<boolean>("as_tuple") !== true) return ops.nonzero(a.x);
  return ops.unbind(await ops.nonzero(a.x.ndim === 0 ? a.x.unsqueeze(0) : a.x), 1);
}

function scatterReduce(a: Args): Tensor {
  const reduce = a.get<"sum" | "prod" | "mean" | "amax" | "amin">("reduce");
  const options = a.options("include_self");
  return ops.scatterReduce(a.x, int(a, "dim"), a.get("index"), a.get("src"), reduce, options);
}

type Item = ops.IndexItem<Tensor>;

/** Python's index as ours: lists of integers are index tensors, slices triples. */
function itemsOf(given: unknown): Item[] {
  const list = Array.isArray(given) && !given.every((item) => typeof item === "number");
  return ((list ? given : [given]) as unknown[]).map((item): Item => {
    if (Array.isArray(item)) return tensor(item as number[], { dtype: "int32" });
    if (item instanceof Tensor || item === null || typeof item !== "object") return item as Item;
    return "slice" in item ? (item as Slice).slice : "...";
  });
}

const NAMES = "input tensor1 tensor2 value";

/** The calls that torch-ops.ts does not have, or has with other arguments. */
const OPINFO_ONLY: Readonly<Record<string, Call>> = {
  // elementwise
  acos: plain("acos"),
  acosh: unary(ops.acosh),
  addcmul: call(NAMES, (a) =>
    ops.addcmul(a.x, a.get("tensor1"), a.get("tensor2"), a.options("value")),
  ),
  addcdiv: call(NAMES, (a) =>
    ops.addcdiv(a.x, a.get("tensor1"), a.get("tensor2"), a.options("value")),
  ),
  asin: plain("asin"),
  asinh: unary(ops.asinh),
  atan: plain("atan"),
  atan2: binary(ops.atan2),
  atanh: unary(ops.atanh),
  clamp_max: call("input max", (a) => a.x.clampMax(a.get<Tensor | number>("max"))),
  clamp_min: call("input min", (a) => a.x.clampMin(a.get<Tensor | number>("min"))),
  deg2rad: plain("deg2rad"),
  rad2deg: plain("rad2deg"),
  frac: plain("frac"),
  ldexp: binary(ops.ldexp),
  copysign: binary(ops.copysign),
  cosh: plain("cosh"),
  true_divide: binary(ops.trueDivide),
  exp2: unary(ops.exp2),
  fmax: binary(ops.fmax),
  fmin: binary(ops.fmin),
  fmod: binary(ops.fmod),
  remainder: method("remainder"),
  floor_divide: method("floorDivide"),
  log10: plain("log10"),
  log2: plain("log2"),
  logaddexp: binary(ops.logaddexp),
  masked_fill: call("input mask value", (a) =>
    a.x.maskedFill(a.get("mask"), a.get<Tensor | number>("value")),
  ),
  heaviside: binary(ops.heaviside),
  float_power: call("input exponent", (a) => ops.floatPower(a.x, a.get<Tensor>("exponent"))),
  sinc: unary(ops.sinc),
  sinh: plain("sinh"),
  rsub: call("input other alpha", (a) => ops.rsub(a.x, other(a), a.options("alpha"))),
  tan: plain("tan"),
  trunc: plain("trunc"),
  nan_to_num: call("input nan posinf neginf", (a) =>
    ops.nanToNum(a.x, a.options("nan", "posinf", "neginf")),
  ),
  lerp: call("input end weight", (a) =>
    ops.lerp(a.x, a.get("end"), a.get<Tensor | number>("weight")),
  ),
  hypot: binary(ops.hypot),
  xlogy: binary(ops.xlogy),
  digamma: unary(ops.digamma),
  erfc: unary(ops.erfc),
  lgamma: unary(ops.lgamma),
  logit: call("input eps", (a) => ops.logit(a.x, a.maybe("eps"))),
  where: call("input condition other", (a) => where(a.get("condition"), a.x, other(a))),

  // reductions and what runs along an axis
  cumsum: call("input dim dtype", (a) => a.x.cumsum(int(a, "dim"))),
  cumprod: call("input dim dtype", (a) => a.x.cumprod(int(a, "dim"))),
  cummax: call("input dim", (a) => ops.cummax(a.x, int(a, "dim"))),
  cummin: call("input dim", (a) => ops.cummin(a.x, int(a, "dim"))),
  logcumsumexp: call("input dim", (a) => ops.logcumsumexp(a.x, int(a, "dim"))),
  median: call("input dim keepdim", (a) =>
    a.has("dim")
      ? ops.median(a.x, int(a, "dim"), a.options("keepdim"))
      : ops.median(a.x.flatten(), 0).values,
  ),
  var: call("input dim unbiased keepdim", (a) => a.x.var(spreadDims(a), spread(a))),
  std: call("input dim unbiased keepdim", (a) => a.x.std(spreadDims(a), spread(a))),
  var_mean: call("input dim unbiased keepdim", (a) => ops.varMean(a.x, spreadDims(a), spread(a))),
  std_mean: call("input dim unbiased keepdim", (a) => ops.stdMean(a.x, spreadDims(a), spread(a))),
  "max.binary": method("maximum"),
  "min.binary": method("minimum"),
  topk: call("input k dim largest sorted", (a) =>
    a.x.topk(int(a, "k"), a.options("dim", "largest", "sorted")),
  ),
  sort: call("input dim descending stable", (a) =>
    a.x.sort(a.options("dim", "descending", "stable")),
  ),
  argsort: call("input dim descending stable", (a) =>
    a.x.argsort(a.options("dim", "descending", "stable")),
  ),
  norm: call("input p dim keepdim", vectorNorm),
  "linalg.vector_norm": call("input ord dim keepdim", vectorNorm),
  count_nonzero: call("input dim", (a) => ops.countNonzero(a.x, dims(a))),
  nanmean: call("input dim keepdim", (a) => ops.nanmean(a.x, dims(a), a.options("keepdim"))),
  nansum: call("input dim keepdim", (a) => ops.nansum(a.x, dims(a), a.options("keepdim"))),

  aminmax: call("input", (a) => ops.aminmax(a.x, a.options("dim", "keepdim"))),
  dist: call("input other p", (a) => ops.dist(a.x, a.get("other"), a.maybe("p"))),
  trapezoid: call("input x", (a) => ops.trapezoid(a.x, a.maybe("x"), a.options("dx", "dim"))),

  // making
  arange: call("start end step", counted),
  linspace: call("start end steps", (a) =>
    linspace(int(a, "start"), int(a, "end"), int(a, "steps"), typed(a)),
  ),
  eye: call("n m", (a) => eye(int(a, "n"), a.maybe<number>("m") ?? int(a, "n"), typed(a))),
  zeros_like: call("input", (a) => zerosLike(a.x, typed(a))),
  ones_like: call("input", (a) => onesLike(a.x, typed(a))),
  full_like: call("input value", (a) => fullLike(a.x, int(a, "value"), typed(a))),

  // shapes
  broadcast_to: call("input shape", (a) => a.x.expand(a.get<number[]>("shape"))),
  expand: call("input shape", (a) => a.x.expand(a.get<number[]>("shape"))),
  expand_as: call("input other", (a) => a.x.expand(a.get("other").shape)),
  diag_embed: call("input offset dim1 dim2", (a) =>
    ops.diagEmbed(a.x, a.options("offset", "dim1", "dim2")),
  ),
  constant_pad_nd: call("input pad value", (a) =>
    ops.pad(a.x, a.get<number[]>("pad"), a.options("value")),
  ),
  rot90: call("input k dims", (a) => ops.rot90(a.x, a.options("k", "dims"))),
  select: call("input dim index", (a) => a.x.select(int(a, "dim"), int(a, "index"))),
  slice: call("input dim start end step", (a) =>
    a.x.slice(int(a, "dim"), a.maybe("start"), a.maybe("end"), a.maybe("step")),
  ),
  narrow: call("input dim start length", (a) =>
    a.x.narrow(int(a, "dim"), host(a.get<number | Tensor>("start")), int(a, "length")),
  ),
  view: call("input shape", (a) => a.x.view(a.get<number[]>("shape"))),
  view_as: call("input other", (a) => a.x.view(a.get("other").shape)),
  reshape_as: call("input other", (a) => a.x.reshape(a.get("other").shape)),
  unflatten: call("input dim sizes", (a) =>
    ops.unflatten(a.x, int(a, "dim"), a.get<number[]>("sizes")),
  ),
  cat: call("tensors dim", (a) => cat(a.get<Tensor[]>("tensors"), a.options("dim"))),
  stack: call("tensors dim", (a) => stack(a.get<Tensor[]>("tensors"), a.options("dim"))),
  unbind: call("input dim", (a) => ops.unbind(a.x, a.options("dim"))),
  repeat: call("input repeats", (a) => a.x.repeat(a.get<number[]>("repeats"))),
  t: call("input", (a) => a.x.T),

  clone: plain("clone"),
  contiguous: plain("contiguous"),
  fill: call("input value", (a) => a.x.fill(Number(a.get<number>("value")))),
  meshgrid: call("*tensors", (a) =>
    meshgrid(a.get<Tensor[]>("tensors").flat() as Tensor[], a.options("indexing")),
  ),
  tensor_split: call("input indices_or_sections dim", (a) =>
    ops.tensorSplit(a.x, a.get<number | number[]>("indices_or_sections"), a.options("dim")),
  ),
  atleast_2d: call("input", (a) => [a.get<Tensor | Tensor[]>("input")].flat().map(ops.atleast2d)),
  column_stack: call("tensors", (a) => ops.columnStack(a.get<Tensor[]>("tensors"))),
  hstack: call("tensors", (a) => ops.hstack(a.get<Tensor[]>("tensors"))),
  vstack: call("tensors", (a) => ops.vstack(a.get<Tensor[]>("tensors"))),
  select_scatter: call("input src dim index", (a) =>
    ops.selectScatter(a.x, a.get("src"), int(a, "dim"), int(a, "index")),
  ),
  repeat_interleave: call("input repeats dim", (a) =>
    ops.repeatInterleave(a.x, a.get<Tensor>("repeats"), a.options("dim")),
  ),

  // indices
  __getitem__: call("input items", (a) => a.x.indexAsync(...itemsOf(a.get("items")))),
  index_put: call("input items values", (a) =>
    a.x.indexPutAsync(itemsOf(a.get("items")), a.get("values"), a.options("accumulate")),
  ),
  gather: call("input dim index", (a) => a.x.gather(int(a, "dim"), a.get("index"))),
  index_copy: call("input dim index source", (a) =>
    ops.indexCopy(a.x, int(a, "dim"), a.get("index"), a.get("source")),
  ),
  index_select: call("input dim index", (a) => a.x.indexSelect(int(a, "dim"), a.get("index"))),
  index_add: call("input dim index source alpha", (a) =>
    ops.indexAdd(a.x, int(a, "dim"), a.get("index"), a.get("source"), a.options("alpha")),
  ),
  masked_select: call("input mask", (a) => ops.maskedSelect(a.x, a.get("mask"))),
  nonzero: call("input as_tuple", (a) => places(a)),
  take: call("input index", (a) => ops.take(a.x, a.get("index"))),
  take_along_dim: call("input indices dim", (a) =>
    ops.takeAlongDim(a.x, a.get("indices"), a.maybe("dim")),
  ),
  scatter: call("input dim index src", (a) => {
    const source = a.get<Tensor | number>("src");
    return a.x.scatter(int(a, "dim"), a.get("index"), source, a.options("reduce"));
  }),
  scatter_add: call("input dim index src", (a) =>
    a.x.scatterAdd(int(a, "dim"), a.get("index"), a.get("src")),
  ),
  scatter_reduce: call("input dim index src reduce include_self", scatterReduce),
  bucketize: call("input boundaries right", (a) =>
    ops.bucketize(a.x, a.get("boundaries"), a.options("right")),
  ),
  searchsorted: call("sorted input", (a) =>
    ops.searchsorted(a.get("sorted"), a.x, a.options("right", "side", "sorter")),
  ),

  // comparisons
  logical_not: plain("logicalNot"),
  logical_and: method("logicalAnd"),
  logical_or: method("logicalOr"),
  logical_xor: binary(ops.logicalXor),
  isclose: call("input other", (a) =>
    ops.isClose(a.x, a.get("other"), a.options("rtol", "atol", "equal_nan")),
  ),
  isfinite: plain("isFinite"),
  isinf: unary(ops.isInf),
  isnan: plain("isNaN"),
};

/** Finds the call of a case: by name and variant, then by name, here and in torch-ops.ts. */
export function findOpInfoCall(op: string, variant: string): Call | undefined {
  const names = variant === "" ? [op] : [`${op}.${variant}`, op];
  if (Object.hasOwn(NOT_PROVIDED, names[0]!)) return undefined;
  for (const table of [OPINFO_ONLY, LINALG_OPS, CONV_OPS, NN_OPS, TORCH_OPS]) {
    for (const name of names) if (Object.hasOwn(table, name)) return table[name];
  }
  return undefined;
}
