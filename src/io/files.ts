/** Tensors to and from safetensors files, on hosts that have files. */
import { host } from "#host";
import type { Tensor } from "../tensor/tensor.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { storedOf, tensorsOf } from "./stored.ts";

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
  await host.writeFileAtomic(path, encodeSafetensors(await storedOf(tensors), metadata));
}

/**
 * Loads all tensors of a file; throws a format error where it is damaged, a file error where it
 * cannot be read.
 */
export async function loadSafetensors(path: string): Promise<LoadedTensors> {
  const { tensors, metadata } = decodeSafetensors(await host.readBytes(path));
  return { tensors: tensorsOf(tensors), metadata };
}
