/** Gradients against finite differences. (PyTorch: `torch.autograd.gradcheck`.) */
import { NablaError } from "../core/errors.ts";
import { readNamed } from "../core/options.ts";
import type { TensorFunction } from "./autograd-functional.ts";
import { jacobian } from "./autograd-functional.ts";
import { grad } from "./autograd.ts";
import { tensor } from "./create.ts";
import { enableGrad, noGrad } from "./grad-mode.ts";
import { Tensor } from "./tensor.ts";

const CHECK = { eps: 1e-6, atol: 1e-5, rtol: 1e-3, raiseException: true };

/** Options of the checks. */
export interface GradcheckOptions {
  /** The step of the finite differences. Default: 1e-6. */
  readonly eps?: number;
  /** Default: 1e-5. */
  readonly atol?: number;
  /** Default: 1e-3. */
  readonly rtol?: number;
  /** Throw at the first difference instead of returning false. Default: true. */
  readonly raiseException?: boolean;
}

/**
 * Compares the gradients of `fn` by every input that requires one with central differences,
 * element by element. Inputs should be float64. Returns whether all agree; else it throws, naming
 * the worst element, or returns false. PyTorch: `torch.autograd.gradcheck`.
 */
export async function gradcheck(
  fn: TensorFunction,
  inputs: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): Promise<boolean> {
  const { eps, atol, rtol, raiseException } = readNamed("gradcheck", CHECK, options);
  const xs = inputs instanceof Tensor ? [inputs] : inputs;
  const wanted = xs.map((_, i) => i).filter((i) => xs[i]!.requiresGrad);
  if (wanted.length === 0) {
    throw new NablaError("autograd", "gradcheck: no input requires a gradient.");
  }
  for (const i of wanted) {
    const along = (x: Tensor): readonly Tensor[] => outputsOf(fn, xs, i, x);
    const found = listOf(enableGrad(() => jacobian(along as TensorFunction, xs[i]!))) as Tensor[];
    const numeric = await differences(along, xs[i]!, eps);
    for (const [o, block] of found.entries()) {
      const fault = worst(await block.data(), numeric[o]!, xs[i]!.numel(), atol, rtol);
      if (fault === null) continue;
      if (!raiseException) return false;
      throw new NablaError("autograd", `gradcheck: output ${o} by input ${i}: ${fault}`);
    }
  }
  return true;
}

/**
 * The same for second derivatives: checks the gradients of the gradients, with the cotangents
 * `gradOutputs` (default: fixed numbers between ½ and 1½). PyTorch:
 * `torch.autograd.gradgradcheck`.
 */
export async function gradgradcheck(
  fn: TensorFunction,
  inputs: Tensor | readonly Tensor[],
  gradOutputs?: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): Promise<boolean> {
  readNamed("gradgradcheck", CHECK, options);
  const xs = inputs instanceof Tensor ? [inputs] : inputs;
  const outputs = listOf(noGrad(() => fn(...xs)));
  const given = gradOutputs === undefined ? outputs.map(someLike) : listOf(gradOutputs);
  const cotangents = given.map((g) => g.detach().requireGrad());
  const wanted = xs.map((_, i) => i).filter((i) => xs[i]!.requiresGrad);
  const slopes: TensorFunction = (...all) => {
    const at = all.slice(0, xs.length);
    for (const i of wanted) if (!at[i]!.requiresGrad) at[i] = at[i]!.detach().requireGrad();
    const ys = enableGrad(() => listOf(fn(...at)));
    const live = ys.map((_, k) => k).filter((k) => ys[k]!.requiresGrad);
    const found = enableGrad(() =>
      grad(
        live.map((k) => ys[k]!),
        wanted.map((i) => at[i]!),
        {
          gradOutputs: live.map((k) => all[xs.length + k]!),
          createGraph: true,
          allowUnused: true,
        },
      ),
    );
    return found.flatMap((gradient) => (gradient === null ? [] : [gradient]));
  };
  return gradcheck(slopes, [...xs, ...cotangents], options);
}

function listOf<T>(some: T | readonly T[]): readonly T[] {
  return Array.isArray(some) ? (some as readonly T[]) : [some as T];
}

/** The outputs with input i replaced. */
function outputsOf(
  fn: TensorFunction,
  xs: readonly Tensor[],
  i: number,
  x: Tensor,
): readonly Tensor[] {
  const result = fn(...xs.map((other, k) => (k === i ? x : other)));
  return result instanceof Tensor ? [result] : result;
}

/** For each output its Jacobian by x, in the order of `jacobian`. */
async function differences(
  fn: (x: Tensor) => readonly Tensor[],
  x: Tensor,
  eps: number,
): Promise<Float64Array[]> {
  const data = Float64Array.from(await x.data());
  const at = async (k: number, step: number): Promise<ArrayLike<number>[]> => {
    const moved = data.slice();
    moved[k] = data[k]! + step;
    const point = tensor(moved, { shape: x.shape, dtype: x.dtype, device: x.device });
    return Promise.all(noGrad(() => fn(point)).map((y) => y.data()));
  };
  const columns: Float64Array[][] = [];
  for (let k = 0; k < data.length; k++) {
    const [above, below] = [await at(k, eps), await at(k, -eps)];
    columns.push(
      above.map((y, o) => Float64Array.from(y, (v, e) => (v - below[o]![e]!) / (2 * eps))),
    );
  }
  const outputs = columns[0] ?? [];
  return outputs.map((first, o) => {
    const block = new Float64Array(first.length * data.length);
    columns.forEach((column, k) => {
      column[o]!.forEach((slope, e) => (block[e * data.length + k] = slope));
    });
    return block;
  });
}

/** Describes the element that is farthest out of tolerance; null where none is. */
function worst(
  found: ArrayLike<number>,
  numeric: Float64Array,
  width: number,
  atol: number,
  rtol: number,
): string | null {
  let most = 0;
  let place = -1;
  for (let k = 0; k < numeric.length; k++) {
    const gap = Math.abs(found[k]! - numeric[k]!);
    const excess = Number.isNaN(gap) ? Infinity : gap - atol - rtol * Math.abs(numeric[k]!);
    if (excess > most) [most, place] = [excess, k];
  }
  if (place < 0) return null;
  const [row, column] = [Math.floor(place / width), place % width];
  return (
    `element ${row} by element ${column} is ${found[place]}, ` +
    `finite differences give ${numeric[place]}.`
  );
}

/** Fixed numbers between ½ and 1½ in the shape of y. */
function someLike(y: Tensor): Tensor {
  const data = Float64Array.from({ length: y.numel() }, (_, k) => 0.5 + ((k * 0.6180339887) % 1));
  return tensor(data, { shape: y.shape, dtype: y.dtype, device: y.device });
}
