/** Tensors to and from files, on hosts that have files. */
import { host } from "#host";
import type { InflateOptions } from "../host/inflate.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ImageOptions } from "./image.ts";
import { decodeImage } from "./image.ts";
import { decodeNpy, encodeNpy } from "./npy.ts";
import { decodeNpz } from "./npz.ts";
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

/** Saves a tensor as `numpy.load` reads it; the file is replaced as a whole or not at all. */
export async function saveNpy(path: string, x: Tensor): Promise<void> {
  await host.writeFileAtomic(
    path,
    encodeNpy({ dtype: x.dtype, shape: x.shape, data: await x.data() }),
  );
}

/** Loads the array of an .npy file; throws as `decodeNpy` does, or where it cannot be read. */
export async function loadNpy(path: string): Promise<Tensor> {
  const { dtype, shape, data } = decodeNpy(await host.readBytes(path));
  return tensor(data, { dtype, shape });
}

/** Loads the arrays of an .npz file by name; throws as `decodeNpz` does. */
export async function loadNpz(
  path: string,
  options: InflateOptions = {},
): Promise<Record<string, Tensor>> {
  return tensorsOf(await decodeNpz(await host.readBytes(path), options));
}

/** Loads a PNG or JPEG file as `[C, H, W]`; throws as `decodeImage` does. */
export async function loadImage(path: string, options: ImageOptions = {}): Promise<Tensor> {
  return decodeImage(await host.readBytes(path), options);
}
