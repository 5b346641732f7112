/** Tensors as files hold them, and back. */
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { StoredTensor } from "./safetensors.ts";

/** Reads tensors, such as a `stateDict()`; any name is only a name. */
export async function storedOf(
  tensors: Readonly<Record<string, Tensor>>,
): Promise<Record<string, StoredTensor>> {
  const stored = Object.create(null) as Record<string, StoredTensor>;
  for (const [name, value] of Object.entries(tensors)) {
    stored[name] = { dtype: value.dtype, shape: value.shape, data: await value.data() };
  }
  return stored;
}

/** Makes tensors of what a file holds. */
export function tensorsOf(stored: Readonly<Record<string, StoredTensor>>): Record<string, Tensor> {
  const tensors = Object.create(null) as Record<string, Tensor>;
  for (const [name, { dtype, shape, data }] of Object.entries(stored)) {
    tensors[name] = tensor(data, { dtype, shape });
  }
  return tensors;
}
