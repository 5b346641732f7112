/** The dtypes of NumPy's files, and what each becomes in memory. */
import type { DType, TypedArray } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { widenFloat16 } from "./half.ts";

/** How the elements of a file are read. */
export interface NpyDType {
  readonly bytes: number;
  readonly dtype: DType;
  /** Makes values of elements in the machine's order, which start at offset 0 of their buffer. */
  read(bytes: Uint8Array): TypedArray;
}

/** One row per kind and size of NumPy's: its array here, and what it becomes. */
const NPY_DTYPES: Readonly<Record<string, NpyDType>> = {
  b1: { bytes: 1, dtype: "bool", read: readBool },
  i1: { bytes: 1, dtype: "int32", read: (b) => Int32Array.from(new Int8Array(b.buffer)) },
  u1: { bytes: 1, dtype: "int32", read: (b) => Int32Array.from(b) },
  i2: { bytes: 2, dtype: "int32", read: (b) => Int32Array.from(new Int16Array(b.buffer)) },
  u2: { bytes: 2, dtype: "int32", read: (b) => Int32Array.from(new Uint16Array(b.buffer)) },
  i4: { bytes: 4, dtype: "int32", read: (b) => new Int32Array(b.buffer) },
  u4: { bytes: 4, dtype: "int32", read: (b) => narrow(new Uint32Array(b.buffer)) },
  i8: { bytes: 8, dtype: "int32", read: (b) => narrow(new BigInt64Array(b.buffer)) },
  u8: { bytes: 8, dtype: "int32", read: (b) => narrow(new BigUint64Array(b.buffer)) },
  f2: { bytes: 2, dtype: "float32", read: (b) => widenFloat16(new Uint16Array(b.buffer)) },
  f4: { bytes: 4, dtype: "float32", read: (b) => new Float32Array(b.buffer) },
  f8: { bytes: 8, dtype: "float64", read: (b) => new Float64Array(b.buffer) },
};

const REFUSED: Readonly<Record<string, string>> = {
  O: "Python objects, which would have to be run to be read; save numbers (array.astype(float))",
  c: "complex numbers; save .real and .imag",
  S: "texts; save numbers",
  U: "texts; save numbers",
  V: "records or raw bytes; save each field",
  M: "dates; save .astype('int64') in a unit that fits int32",
  m: "times; save .astype('int64') in a unit that fits int32",
};

/** Names under which dtypes are written. */
export const NPY_NAMES: Readonly<Record<DType, string>> = {
  float32: "<f4",
  float64: "<f8",
  int32: "<i4",
  bool: "|b1",
};

/** Finds the reader of a descriptor such as `<f4`, and whether its bytes must be turned around. */
export function npyDType(descr: string): { readonly row: NpyDType; readonly swap: boolean } {
  const [, order, name = "", kind = ""] = /^([<>|=])(([a-zA-Z]).*)$/.exec(descr) ?? [];
  const row = Object.hasOwn(NPY_DTYPES, name) ? NPY_DTYPES[name] : undefined;
  if (row === undefined || (order === "|") !== (row.bytes === 1)) {
    const why = REFUSED[kind] ?? `none of ${Object.keys(NPY_DTYPES).join(", ")}`;
    throw new NablaError("format", `npy: dtype ${JSON.stringify(descr.slice(0, 40))} is ${why}.`);
  }
  return { row, swap: order === ">" };
}

/** Takes 64-bit and unsigned integers as int32; one that does not fit is an error. */
function narrow(values: Uint32Array | BigInt64Array | BigUint64Array): Int32Array {
  const out = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]!);
    out[i] = value;
    if (out[i] !== value) {
      throw new NablaError(
        "overflow",
        `npy: element ${i} is ${values[i]}, which int32 cannot hold (all integers are read as ` +
          `int32); save it as float64.`,
      );
    }
  }
  return out;
}

function readBool(bytes: Uint8Array): Uint8Array {
  const wrong = bytes.findIndex((byte) => byte > 1);
  if (wrong < 0) return bytes;
  throw new NablaError("format", `npy: element ${wrong}, a bool, is ${bytes[wrong]}, not 0 or 1.`);
}
