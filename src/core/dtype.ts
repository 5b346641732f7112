/**
 * Element types: names, sizes, host arrays, and the promotion lattice
 * (bool < int32 < float32 < float64).
 */
import { dtypeError, MemoryError } from "./errors.ts";

/** The type of a tensor's elements. */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The host array of each dtype; bool is one byte per element, 0 or 1. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const BYTES: Readonly<Record<DType, number>> = { bool: 1, int32: 4, float32: 4, float64: 8 };
const RANK: Readonly<Record<DType, number>> = { bool: 0, int32: 1, float32: 2, float64: 3 };

/** Every dtype, narrowest first. */
export const DTYPES: readonly DType[] = ["bool", "int32", "float32", "float64"];

/** Returns the size of one element in bytes. */
export function bytesOf(dtype: DType): number {
  return BYTES[dtype];
}

/** Returns whether `dtype` is a floating-point type. */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** Makes a zero-filled host array; throws a MemoryError where the host cannot have one so long. */
export function allocate(dtype: DType, length: number): TypedArray {
  try {
    return newArray(dtype, length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const wanted = length * BYTES[dtype];
    throw new MemoryError(
      `Out of host memory: an array of ${length} elements of ${dtype} (${wanted} bytes) ` +
        `cannot be had: ${error.message}.`,
      wanted,
      0,
    );
  }
}

function newArray(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "bool":
      return new Uint8Array(length);
    default:
      dtype satisfies never;
      throw dtypeError(`"${String(dtype)}" is no dtype; there are ${DTYPES.join(", ")}.`);
  }
}

/** Views `length` elements of `dtype` in `buffer` at a byte offset. */
export function viewOf(
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, byteOffset, length);
    case "float64":
      return new Float64Array(buffer, byteOffset, length);
    case "int32":
      return new Int32Array(buffer, byteOffset, length);
    case "bool":
      return new Uint8Array(buffer, byteOffset, length);
    default:
      return dtype satisfies never;
  }
}

/** Returns the wider of two dtypes, as PyTorch promotes tensors of equal rank. */
export function promote(a: DType, b: DType): DType {
  return RANK[a] >= RANK[b] ? a : b;
}

/** Rounds a JavaScript number to what an element of `dtype` would hold. */
export function roundTo(dtype: DType, value: number): number {
  switch (dtype) {
    case "float32":
      return Math.fround(value);
    case "float64":
      return value;
    case "int32":
      return truncateToInt32(value);
    case "bool":
      return value !== 0 ? 1 : 0;
    default:
      return dtype satisfies never;
  }
}

/** What an element of `dtype` holds of a host's number; throws where that is no int32. */
export function elementOf(name: string, dtype: DType, value: number): number {
  const held = roundTo(dtype, value);
  if (dtype !== "int32" || held === Math.trunc(value)) return held;
  throw dtypeError(`${name}: ${value} is no int32, which holds −2147483648 … 2147483647.`);
}

/**
 * Truncates toward zero, saturating at the int32 range; NaN becomes 0 (WebAssembly's `trunc_sat`).
 */
function truncateToInt32(value: number): number {
  if (value >= 2147483647) return 2147483647;
  if (value <= -2147483648) return -2147483648;
  return value | 0;
}
