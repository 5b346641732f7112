/** The door `nabla/io`: tensors to and from files and bytes. */
export { decodeSafetensors, encodeSafetensors } from "../io/safetensors.ts";
export type { SafetensorsFile, StoredTensor } from "../io/safetensors.ts";
export { loadSafetensors, saveSafetensors } from "../io/files.ts";
export type { LoadedTensors } from "../io/files.ts";
