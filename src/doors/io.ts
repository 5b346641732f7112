/** The door `nabla/io`: tensors to and from files and bytes. */
export { decodeSafetensors, encodeSafetensors } from "../io/safetensors.ts";
export type { SafetensorsFile, StoredTensor } from "../io/safetensors.ts";
export {
  loadImage,
  loadNpy,
  loadNpz,
  loadSafetensors,
  saveNpy,
  saveSafetensors,
} from "../io/files.ts";
export type { LoadedTensors } from "../io/files.ts";
export { decodeNpy, encodeNpy } from "../io/npy.ts";
export { decodeNpz } from "../io/npz.ts";
export { decodeImage } from "../io/image.ts";
export type { ImageMode, ImageOptions } from "../io/image.ts";
export { decodeIdx } from "../data/idx.ts";
export type { InflateOptions } from "../host/inflate.ts";
export { fromTransferable, toTransferable } from "../io/transfer.ts";
export type { Received, Sent, SentTensor, Transfer } from "../io/transfer.ts";
