/** Makes tensors from plain numbers and reads them back. Runs anywhere. */
import type { DType } from "../../src/core/dtype.ts";
import { allocate } from "../../src/core/dtype.ts";
import { fromArray } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Values } from "./compare.ts";

/** Makes a tensor on the default device. */
export function makeTensor(
  dtype: DType,
  shape: readonly number[],
  data: ArrayLike<number>,
  requiresGrad = false,
): Tensor {
  const values = allocate(dtype, data.length);
  values.set(data);
  return fromArray(values, shape, { dtype, requiresGrad });
}

/** Reads a tensor. */
export function valuesOf(t: Tensor): Values {
  return { shape: t.shape, dtype: t.dtype, data: t.dataSync() };
}

/** The bits of values as a comparable string; every NaN counts as one. */
export function bitsOf(t: Tensor): string {
  const data = t.dataSync().slice();
  for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) data[i] = NaN;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${t.dtype}[${t.shape.join()}]${Array.from(bytes, hex).join("")}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
