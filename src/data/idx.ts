/**
 * The IDX format of MNIST: two zero bytes, a type, the number of axes, their extents (big-endian),
 * then the elements. Compressed by gzip or not.
 */
import type { TypedArray } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { readNamed } from "../core/options.ts";
import type { InflateOptions } from "../host/inflate.ts";
import { gunzip, isGzip, mostInflated } from "../host/inflate.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The types by their number: how many bytes, and how one element is read. */
const TYPES: Readonly<Record<number, IdxType>> = {
  0x08: { bytes: 1, dtype: "uint8", read: (view, at) => view.getUint8(at) },
  0x09: { bytes: 1, dtype: "int32", read: (view, at) => view.getInt8(at) },
  0x0b: { bytes: 2, dtype: "int32", read: (view, at) => view.getInt16(at) },
  0x0c: { bytes: 4, dtype: "int32", read: (view, at) => view.getInt32(at) },
  0x0d: { bytes: 4, dtype: "float32", read: (view, at) => view.getFloat32(at) },
  0x0e: { bytes: 8, dtype: "float64", read: (view, at) => view.getFloat64(at) },
};

interface IdxType {
  readonly bytes: number;
  readonly dtype: keyof typeof ARRAYS;
  read(view: DataView, at: number): number;
}

const ARRAYS = {
  uint8: Uint8Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** The elements of an IDX file; bytes stay bytes. */
export interface IdxFile {
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/**
 * Reads an IDX file, compressed by gzip or not, as a tensor: bytes and integers become int32 (0 to
 * 255 for pictures). Throws a format error where it is damaged, cut off or too long.
 */
export async function decodeIdx(bytes: Uint8Array, options: InflateOptions = {}): Promise<Tensor> {
  const { shape, data } = await readIdx(bytes, options);
  return tensor(data, { shape });
}

/** Reads an IDX file without making a tensor of it; throws as `decodeIdx` does. */
export async function readIdx(bytes: Uint8Array, options: InflateOptions = {}): Promise<IdxFile> {
  const { maxBytes } = readNamed("decodeIdx", { maxBytes: mostInflated(bytes.length) }, options);
  return elementsOf(isGzip(bytes) ? await gunzip("IDX", bytes, maxBytes) : bytes);
}

function elementsOf(bytes: Uint8Array): IdxFile {
  const [first, second, kind = -1, axes = 0] = bytes;
  if (bytes.length < 4 || first !== 0 || second !== 0) {
    throw bad("it does not begin with two zero bytes, a type and the number of axes");
  }
  const type = TYPES[kind];
  if (type === undefined) throw bad(`there is no type 0x${kind.toString(16).padStart(2, "0")}`);
  const start = 4 + 4 * axes;
  if (bytes.length < start) throw bad(`it is cut off in the extents of its ${axes} axes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, k) => view.getUint32(4 + 4 * k));
  const size = shape.reduce((n, extent) => n * extent, 1);
  // A zero extent must not hide an overflow of the others.
  const nonzero = shape.reduce((n, extent) => n * Math.max(extent, 1), 1);
  if (nonzero > Number.MAX_SAFE_INTEGER || size * type.bytes !== bytes.length - start) {
    throw bad(
      `shape [${shape.join(", ")}] of ${type.bytes}-byte elements takes ${size * type.bytes} bytes; ` +
        `${bytes.length - start} are there`,
    );
  }
  if (type.dtype === "uint8") return { shape, data: bytes.slice(start) };
  const data = new ARRAYS[type.dtype](size);
  for (let i = 0; i < size; i++) data[i] = type.read(view, start + i * type.bytes);
  return { shape, data };
}

function bad(problem: string): NablaError {
  return new NablaError("format", `IDX: ${problem}.`);
}
