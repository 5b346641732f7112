/** The door `nabla/io`: tensors to and from files and bytes. */
export { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
export type { SafetensorsFile, StoredTensor } from "./safetensors.ts";
export { loadSafetensors, saveSafetensors } from "./files.ts";
export type { LoadedTensors } from "./files.ts";
