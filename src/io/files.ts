/** Tensors to and from safetensors files, on hosts that have files. */
import { host } from "#host";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { StoredTensor } from "./safetensors.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** Tensors by name, as `loadStateDict` takes them, and the file's metadata. */
export interface LoadedTensors {
  readonly tensors: Record<string, Tensor>;
  readonly metadata: Record<string, string>;
}

/**
 * Saves tensors, such as a `stateDict()`; the file at `path` is replaced as a whole or not at all.
 */
export async function saveSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const stored = Object.create(null) as Record<string, StoredTensor>;
  for (const [name, value] of Object.entries(tensors)) {
    stored[name] = { dtype: value.dtype, shape: value.shape, data: await value.data() };
  }
  await host.writeFileAtomic(path, encodeSafetensors(stored, metadata));
}

/**
 * Loads all tensors of a file; throws a format error where it is damaged, a file error where it
 * cannot be read.
 */
export async function loadSafetensors(path: string): Promise<LoadedTensors> {
  const file = decodeSafetensors(await host.readBytes(path));
  const tensors = Object.create(null) as Record<string, Tensor>;
  for (const [name, { dtype, shape, data }] of Object.entries(file.tensors)) {
    tensors[name] = tensor(data, { dtype, shape });
  }
  return { tensors, metadata: file.metadata };
}
