/** Parameters as one vector of float64 on the host, for methods that decide between evaluations. */
import { fromArray } from "../tensor/create.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Returns the number of all elements together. */
export function countElements(params: readonly Tensor[]): number {
  return params.reduce((sum, param) => sum + param.numel(), 0);
}

/** Reads the parameters one after another. */
export function readValues(params: readonly Tensor[]): Promise<Float64Array> {
  return gather(params, (param) => param);
}

/** Reads the gradients one after another; a parameter without one counts as zeros. */
export function readGradients(params: readonly Tensor[]): Promise<Float64Array> {
  return gather(params, (param) => param.grad);
}

async function gather(
  params: readonly Tensor[],
  of: (param: Tensor) => Tensor | null,
): Promise<Float64Array> {
  const flat = new Float64Array(countElements(params));
  const parts = await Promise.all(params.map((param) => of(param)?.data()));
  let at = 0;
  params.forEach((param, k) => {
    const part = parts[k];
    if (part !== undefined) flat.set(part, at);
    at += param.numel();
  });
  return flat;
}

/** Sets the parameters from one vector, each rounded to its dtype. */
export function writeValues(params: readonly Tensor[], flat: Float64Array): void {
  let at = 0;
  noGrad(() => {
    for (const param of params) {
      const part = flat.slice(at, (at += param.numel()));
      const { dtype, device } = param;
      const values = dtype === "float64" ? part : Float32Array.from(part);
      param.set(fromArray(values, param.shape, { dtype, device }));
    }
  });
}

/** Returns the inner product of two vectors. */
export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k]! * y[k]!;
  return sum;
}

/** Returns the largest size of an entry; NaN where there is one. */
export function largest(x: Float64Array): number {
  let most = 0;
  for (let k = 0; k < x.length; k++) most = Math.max(most, Math.abs(x[k]!));
  return most;
}

/** Returns `x + factor · y` as a new vector. */
export function axpy(factor: number, y: Float64Array, x: Float64Array): Float64Array {
  return x.map((value, k) => value + factor * y[k]!);
}
