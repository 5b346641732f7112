/** The dtypes of safetensors files, and what each becomes in memory. */
import type { DType, TypedArray } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { widenBfloat16, widenFloat16 } from "./half.ts";

/** The dtype names that can be read. */
export type FileDType = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "U8" | "BOOL";

interface FileDTypeRow {
  readonly bytes: number;
  readonly dtype: DType;
  /** Reads the bytes of one tensor, which start at offset 0 of their buffer. */
  read(bytes: Uint8Array, name: string): TypedArray;
}

/** One row per file dtype: bytes per element, dtype in memory, reader. */
export const FILE_DTYPES: Readonly<Record<FileDType, FileDTypeRow>> = {
  F64: { bytes: 8, dtype: "float64", read: (bytes) => new Float64Array(bytes.buffer) },
  F32: { bytes: 4, dtype: "float32", read: (bytes) => new Float32Array(bytes.buffer) },
  F16: {
    bytes: 2,
    dtype: "float32",
    read: (bytes) => widenFloat16(new Uint16Array(bytes.buffer)),
  },
  BF16: {
    bytes: 2,
    dtype: "float32",
    read: (bytes) => widenBfloat16(new Uint16Array(bytes.buffer)),
  },
  I64: { bytes: 8, dtype: "int32", read: narrowInt64 },
  I32: { bytes: 4, dtype: "int32", read: (bytes) => new Int32Array(bytes.buffer) },
  U8: { bytes: 1, dtype: "int32", read: (bytes) => Int32Array.from(bytes) },
  BOOL: { bytes: 1, dtype: "bool", read: readBool },
};

/** Returns the name under which a dtype is written. */
export function fileDTypeOf(dtype: DType): FileDType {
  switch (dtype) {
    case "float64":
      return "F64";
    case "float32":
      return "F32";
    case "int32":
      return "I32";
    case "bool":
      return "BOOL";
    default:
      return dtype satisfies never;
  }
}

function narrowInt64(bytes: Uint8Array, name: string): Int32Array {
  const words = new Int32Array(bytes.buffer); // low word, high word (little-endian)
  const out = new Int32Array(words.length / 2);
  for (let i = 0; i < out.length; i++) {
    const low = words[2 * i]!;
    if (words[2 * i + 1] !== low >> 31) {
      const value = new BigInt64Array(bytes.buffer)[i];
      throw new NablaError(
        "overflow",
        `safetensors: element ${i} of ${JSON.stringify(name)} is ${value}, which int32 cannot hold ` +
          `(64-bit integers are read as int32).`,
      );
    }
    out[i] = low;
  }
  return out;
}

function readBool(bytes: Uint8Array, name: string): Uint8Array {
  const wrong = bytes.findIndex((byte) => byte > 1);
  if (wrong < 0) return bytes;
  throw new NablaError(
    "format",
    `safetensors: element ${wrong} of the bool tensor ${JSON.stringify(name)} is ${bytes[wrong]}, ` +
      `neither 0 nor 1.`,
  );
}
