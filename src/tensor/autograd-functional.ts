/** Derivatives of functions of tensors. (PyTorch: `torch.autograd.functional`.) */
import { NablaError, shapeError } from "../core/errors.ts";
import { readNamed } from "../core/options.ts";
import { showShape } from "../core/shape.ts";
import { grad } from "./autograd.ts";
import { full, tensor, zerosLike } from "./create.ts";
import { pad, stack } from "./functions/movement.ts";
import { enableGrad } from "./grad-mode.ts";
import { Tensor } from "./tensor.ts";
import { context } from "./value.ts";

/** One tensor or several. */
type Some = Tensor | readonly Tensor[];

/** A function of tensors that returns one or several. */
export type TensorFunction = (...inputs: Tensor[]) => Some;

/** Options of the derivatives. */
export interface DerivativeOptions {
  /** Record the computation, so that the result can be differentiated. Default: false. */
  readonly createGraph?: boolean;
}

const DERIVATIVE = { createGraph: false };

/** Inputs as leaves of their own, or tied to the given ones where the result is to be recorded. */
function leaves(inputs: Some, createGraph: boolean): Tensor[] {
  return listOf(inputs).map((x) =>
    createGraph && x.requiresGrad ? x.mul(1) : x.detach().requireGrad(),
  );
}

function listOf(some: Some): readonly Tensor[] {
  return some instanceof Tensor ? [some] : some;
}

/** One tensor where one was given, else the list. */
function like<S extends Some>(given: S, list: readonly Tensor[]): S {
  return (given instanceof Tensor ? list[0] : list) as S;
}

function released(x: Tensor, createGraph: boolean): Tensor {
  return createGraph ? x : x.detach();
}

/** The gradients of outputs that depend on something; zeros for inputs they do not depend on. */
function pulled(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  createGraph: boolean,
): Tensor[] {
  const live = outputs.map((_, k) => k).filter((k) => outputs[k]!.requiresGrad);
  if (live.length === 0) return inputs.map((x) => zerosLike(x));
  const found = grad(
    live.map((k) => outputs[k]!),
    inputs,
    {
      gradOutputs: live.map((k) => cotangents[k]!),
      allowUnused: true,
      createGraph,
      retainGraph: true,
    },
  );
  return found.map((gradient, i) => gradient ?? zerosLike(inputs[i]!));
}

function needAlike(name: string, given: readonly Tensor[], of: readonly Tensor[]): void {
  const fits = given.length === of.length && given.every((v, k) => v.type === of[k]!.type);
  if (fits) return;
  const show = (list: readonly Tensor[]): string => list.map((x) => x.type.text).join(", ");
  throw shapeError(`${name}: v is ${show(given)}; need ${show(of)}.`);
}

function onesFor(name: string, outputs: readonly Tensor[]): Tensor[] {
  return outputs.map((y) => {
    if (y.numel() === 1) return zerosLike(y).add(1);
    throw shapeError(`${name}: the output is ${showShape(y.shape)}; give v of that shape.`);
  });
}

/**
 * Returns `fn(inputs)` and vᵀ · J: for each input the gradient of Σ v · output. v has the shapes
 * of the outputs; scalars need none. PyTorch: `torch.autograd.functional.vjp`.
 */
export function vjp<I extends Some>(
  fn: TensorFunction,
  inputs: I,
  v?: Some,
  options: DerivativeOptions = {},
): [Some, I] {
  const { createGraph } = readNamed("vjp", DERIVATIVE, options);
  return enableGrad(() => {
    const xs = leaves(inputs, createGraph);
    const result = fn(...xs);
    const outputs = listOf(result);
    const cotangents = v === undefined ? onesFor("vjp", outputs) : listOf(v);
    needAlike("vjp", cotangents, outputs);
    const found = pulled(outputs, xs, cotangents, createGraph);
    const values = outputs.map((y) => released(y, createGraph));
    return [like(result, values), like(inputs, found)];
  });
}

/**
 * Returns `fn(inputs)` and J · v: how the outputs change where the inputs change by v, which has
 * the inputs' shapes. By two reverse walks. PyTorch: `torch.autograd.functional.jvp`.
 */
export function jvp<I extends Some>(
  fn: TensorFunction,
  inputs: I,
  v: Some,
  options: DerivativeOptions = {},
): [Some, Some] {
  const { createGraph } = readNamed("jvp", DERIVATIVE, options);
  return enableGrad(() => {
    const xs = leaves(inputs, createGraph);
    needAlike("jvp", listOf(v), xs);
    const result = fn(...xs);
    const outputs = listOf(result);
    const dummies = outputs.map((y) => zerosLike(y).requireGrad());
    const back = pulled(outputs, xs, dummies, true); // linear in the dummies
    const forth = pulled(back, dummies, listOf(v), createGraph);
    const values = outputs.map((y) => released(y, createGraph));
    return [like(result, values), like(result, forth)];
  });
}

/**
 * Returns the Jacobian: of one output `[…A]` by one input `[…B]` a tensor `[…A, …B]`; with several
 * inputs a list, with several outputs a list of those. One reverse walk per element of the output.
 * PyTorch: `torch.autograd.functional.jacobian`.
 */
export function jacobian(
  fn: (x: Tensor) => Tensor,
  inputs: Tensor,
  options?: DerivativeOptions,
): Tensor;
/** The same of several inputs: one Jacobian for each. */
export function jacobian(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options?: DerivativeOptions,
): Tensor[];
/** The same of several outputs: a list for each. */
export function jacobian(
  fn: TensorFunction,
  inputs: Some,
  options?: DerivativeOptions,
): Tensor | Tensor[] | (Tensor | Tensor[])[];
/** The Jacobian of any of these. */
export function jacobian(
  fn: TensorFunction,
  inputs: Some,
  options: DerivativeOptions = {},
): Tensor | Tensor[] | (Tensor | Tensor[])[] {
  const { createGraph } = readNamed("jacobian", DERIVATIVE, options);
  return enableGrad(() => {
    const xs = leaves(inputs, createGraph);
    const result = fn(...xs);
    const blocks = listOf(result).map((y): Tensor | Tensor[] => {
      const found = rowsOf(y, xs, createGraph);
      return inputs instanceof Tensor ? found[0]! : found;
    });
    return result instanceof Tensor ? blocks[0]! : blocks;
  });
}

/** 1 at one place, 0 elsewhere; inside a trace a constant, which an array of the host is not. */
function unitLike(y: Tensor, place: number): Tensor {
  const [count, options] = [y.numel(), { dtype: y.dtype, device: y.device }];
  if (context.tracer !== null) {
    return pad(full([1], 1, options), [place, count - 1 - place]).reshape(y.shape);
  }
  const seed = new Float64Array(count);
  seed[place] = 1;
  return tensor(seed, { shape: y.shape, ...options });
}

/** The Jacobians of one output by each input, row by row. */
function rowsOf(y: Tensor, xs: readonly Tensor[], createGraph: boolean): Tensor[] {
  const count = y.numel();
  const rows = Array.from({ length: count }, (_, k) => {
    return pulled([y], xs, [unitLike(y, k)], createGraph);
  });
  return xs.map((x, i) => {
    const shape = [...y.shape, ...x.shape];
    if (count === 0) return tensor([], { shape, dtype: x.dtype, device: x.device });
    return stack(rows.map((row) => row[i]!)).reshape(shape);
  });
}

/**
 * Returns the second derivatives of a scalar function: of one input `[…A]` a tensor `[…A, …A]`, of
 * several a list of lists. Throws where the output is no scalar. PyTorch:
 * `torch.autograd.functional.hessian`.
 */
export function hessian(
  fn: (x: Tensor) => Tensor,
  inputs: Tensor,
  options?: DerivativeOptions,
): Tensor;
/** The same of several inputs: a block for each pair. */
export function hessian(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options?: DerivativeOptions,
): Tensor[][];
/** The second derivatives of either. */
export function hessian(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: Some,
  options: DerivativeOptions = {},
): Tensor | Tensor[][] {
  const { createGraph } = readNamed("hessian", DERIVATIVE, options);
  return enableGrad(() => {
    const xs = leaves(inputs, createGraph);
    const y = fn(...xs);
    if (y.numel() !== 1) {
      throw new NablaError(
        "autograd",
        `hessian: the output is ${showShape(y.shape)}; need a scalar.`,
      );
    }
    const slopes = pulled([y], xs, onesFor("hessian", [y]), true);
    const blocks = slopes.map((slope) => rowsOf(slope, xs, createGraph));
    return inputs instanceof Tensor ? blocks[0]![0]! : blocks;
  });
}
