/**
 * Functions of functions. (PyTorch: `torch.func`.) Tensors may stand in arrays and plain objects.
 */
import { argumentError, NablaError, shapeError } from "../core/errors.ts";
import type { Settings } from "../core/options.ts";
import { asGiven, read, show } from "../core/options.ts";
import { normalizeAxis, showShape } from "../core/shape.ts";
import { grad as gradOf } from "./autograd.ts";
import { hessian as hessianOf, jacobian } from "./autograd-functional.ts";
import { zerosLike } from "./create.ts";
import { stack } from "./functions/movement.ts";
import { enableGrad } from "./grad-mode.ts";
import { Tensor } from "./tensor.ts";
import { context } from "./value.ts";

type List = readonly unknown[];

/** Whether a value is a plain object, as `stateDict()` gives one too. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value with every tensor in it replaced. */
function mapTensors(value: unknown, fn: (x: Tensor) => Tensor): unknown {
  if (value instanceof Tensor) return fn(value);
  if (Array.isArray(value)) return value.map((part) => mapTensors(part, fn));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, x]) => [key, mapTensors(x, fn)]));
}

/** The tensors in a value, in order. */
function tensorsOf(value: unknown): Tensor[] {
  const found: Tensor[] = [];
  mapTensors(value, (x) => (found.push(x), x));
  return found;
}

/** Which axis of each argument is mapped; null for none. One number serves all arguments. */
export type InDims = number | null | readonly (number | null)[];

/** Where the mapped axis stands in the results: one number for all, or one for each of a list. */
export type OutDims = number | readonly number[];

/** Options of {@link vmap}. */
export interface VmapOptions {
  /** Default: 0. */
  readonly inDims?: InDims;
  /** Default: 0. */
  readonly outDims?: OutDims;
}

/** The axes of the arguments of a call, and how many places they have. */
function mapped(args: List, inDims: InDims): { readonly dims: (number | null)[]; count: number } {
  const dims = args.map((_, i) =>
    inDims === null || typeof inDims === "number" ? inDims : inDims[i]!,
  );
  if (Array.isArray(inDims) && inDims.length !== args.length) {
    throw argumentError(
      `vmap: inDims has ${inDims.length} entries for ${args.length} arguments; need as many.`,
    );
  }
  const extents = args.flatMap((arg, i) => {
    const dim = dims[i];
    if (dim === null) return [];
    return tensorsOf(arg).map((x) => {
      if (x.ndim > 0) return x.shape[normalizeAxis("vmap", dim!, x.ndim)]!;
      throw shapeError(`vmap: argument ${i} is a scalar; need an axis to map, or null in inDims.`);
    });
  });
  const [count] = extents;
  if (count !== undefined && count > 0 && extents.every((n) => n === count)) return { dims, count };
  throw shapeError(
    `vmap: the mapped axes have [${extents.join(", ")}] places; need one number above 0 of them.`,
  );
}

/** Lays results of one form one after another. */
function stacked(results: List, outDims: OutDims): unknown {
  const [first] = results;
  if (first instanceof Tensor) {
    const dim = typeof outDims === "number" ? outDims : outDims[0]!;
    return stack(results as Tensor[], { dim });
  }
  const dimAt = (i: number): OutDims => (typeof outDims === "number" ? outDims : outDims[i]!);
  if (Array.isArray(first)) {
    return first.map((_, i) =>
      stacked(
        results.map((one) => (one as List)[i]),
        dimAt(i),
      ),
    );
  }
  if (isRecord(first)) {
    const parts = results as Readonly<Record<string, unknown>>[];
    const part = (key: string): List => parts.map((one) => one[key]);
    const keys = Object.keys(first);
    return Object.fromEntries(keys.map((key, i) => [key, stacked(part(key), dimAt(i))]));
  }
  throw argumentError(`vmap: the function returned ${show(first)}; need tensors.`);
}

/**
 * Makes a function of batches from one of single examples: it is called once for each place of the
 * mapped axes, and the results are stacked; so each call is as fast as it would be by itself,
 * random numbers differ between examples, and within `compile` all calls become one program. Throws
 * where the axes have different extents. PyTorch: `torch.func.vmap`.
 */
export function vmap<A extends List, R>(
  fn: (...args: A) => R,
  ...settings: Settings<[inDims: InDims, outDims: OutDims], VmapOptions>
): (...args: A) => R {
  const defaults = { inDims: asGiven<InDims>(0), outDims: asGiven<OutDims>(0) };
  const { inDims, outDims } = read("vmap", defaults, settings);
  return (...args) => {
    const { dims, count } = mapped(args, inDims);
    const results = Array.from({ length: count }, (_, k) => {
      const one = args.map((arg, i) => {
        const dim = dims[i]!;
        return dim === null ? arg : mapTensors(arg, (x) => x.select(dim, k));
      });
      return fn(...(one as unknown as A));
    });
    return stacked(results, outDims) as R;
  };
}

/** Which argument is differentiated, or several. */
type Argnums = number | readonly number[];

/** The value of a function, and its slopes in the form of the arguments that were asked for. */
function differentiated(
  name: string,
  fn: (...args: never) => Tensor,
  args: List,
  argnums: Argnums,
): { readonly value: Tensor; readonly slopes: unknown } {
  const wanted = [argnums].flat() as number[];
  const isOuter = context.gradEnabled && tensorsOf(args).some((x) => x.requiresGrad);
  return enableGrad(() => {
    const leaves: Tensor[] = [];
    const leafOf = (x: Tensor): Tensor => {
      const leaf = isOuter && x.requiresGrad ? x.mul(1) : x.detach().requireGrad();
      leaves.push(leaf);
      return leaf;
    };
    const given = [...args];
    for (const i of wanted) given[i] = mapTensors(args[argumentAt(name, i, args)], leafOf);
    const value = fn(...(given as never));
    if (!(value instanceof Tensor) || value.numel() !== 1) {
      const seen = value instanceof Tensor ? showShape(value.shape) : show(value);
      throw new NablaError("autograd", `${name}: the function returned ${seen}; need a scalar.`);
    }
    const options = { createGraph: isOuter, allowUnused: true };
    const found = value.requiresGrad ? gradOf(value, leaves, options) : leaves.map(() => null);
    let at = 0;
    const slopeOf = (x: Tensor): Tensor => found[at++] ?? zerosLike(x);
    const slopes = wanted.map((i) => mapTensors(given[i], slopeOf));
    return {
      value: isOuter ? value : value.detach(),
      slopes: typeof argnums === "number" ? slopes[0] : slopes,
    };
  });
}

function argumentAt(name: string, i: number, args: List): number {
  if (Number.isInteger(i) && i >= 0 && i < args.length && tensorsOf(args[i]).length > 0) return i;
  throw argumentError(
    `${name}: argument ${i} holds no tensor; there are ${args.length} arguments.`,
  );
}

/** What is differentiated: a type for each argument that is asked for. */
type Slopes<A extends List, N> = N extends number ? A[N] : A[number][];

/**
 * Makes the function that gives the gradient of a scalar function with respect to an argument (the
 * first), or to several: a tensor, or tensors in arrays and objects as the argument has them. It
 * can be differentiated where an argument requires a gradient, so that `grad(grad(fn))` works.
 * PyTorch: `torch.func.grad`.
 */
export function grad<A extends List, const N extends Argnums = 0>(
  fn: (...args: A) => Tensor,
  argnums?: N,
): (...args: A) => Slopes<A, N> {
  return (...args) => differentiated("grad", fn, args, argnums ?? 0).slopes as Slopes<A, N>;
}

/** {@link grad}, and the value of the function. PyTorch: `torch.func.grad_and_value`. */
export function gradAndValue<A extends List, const N extends Argnums = 0>(
  fn: (...args: A) => Tensor,
  argnums?: N,
): (...args: A) => [slopes: Slopes<A, N>, value: Tensor] {
  return (...args) => {
    const { slopes, value } = differentiated("gradAndValue", fn, args, argnums ?? 0);
    return [slopes as Slopes<A, N>, value];
  };
}

/** A function of one of its arguments, a tensor, and how it is called now. */
function alone<A extends List>(
  name: string,
  fn: (...args: A) => Tensor,
  args: A,
  i: number,
): { readonly x: Tensor; readonly of: (x: Tensor) => Tensor; readonly createGraph: boolean } {
  const x = args[argumentAt(name, i, args)];
  if (!(x instanceof Tensor)) {
    throw argumentError(`${name}: argument ${i} is ${show(x)}; need a tensor.`);
  }
  const createGraph = context.gradEnabled && tensorsOf(args).some((one) => one.requiresGrad);
  const of = (y: Tensor): Tensor => fn(...(args.map((arg, k) => (k === i ? y : arg)) as never));
  return { x, of, createGraph };
}

/**
 * Makes the function that gives the Jacobian of a function with respect to an argument (the first),
 * by reverse walks: `[…result, …argument]`. PyTorch: `torch.func.jacrev`.
 */
export function jacrev<A extends List>(
  fn: (...args: A) => Tensor,
  argnums = 0,
): (...args: A) => Tensor {
  return (...args) => {
    const { x, of, createGraph } = alone("jacrev", fn, args, argnums);
    return jacobian(of, x, { createGraph });
  };
}

/**
 * Makes the function that gives the second derivatives of a scalar function with respect to an
 * argument (the first): `[…argument, …argument]`. PyTorch: `torch.func.hessian`.
 */
export function hessian<A extends List>(
  fn: (...args: A) => Tensor,
  argnums = 0,
): (...args: A) => Tensor {
  return (...args) => {
    const { x, of, createGraph } = alone("hessian", fn, args, argnums);
    return hessianOf(of, x, { createGraph });
  };
}
