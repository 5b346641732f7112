/**
 * NumPy's file of one array, read strictly and without running anything:
 *
 *     "\x93NUMPY" | version, 2 bytes | header length | header: a Python dict | elements
 */
import type { TypedArray } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { NPY_NAMES, npyDType } from "./npy-dtype.ts";
import type { StoredTensor } from "./safetensors.ts";

const MAGIC = "\x93NUMPY";
const LONGEST_HEADER = 65_535;

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/**
 * Reads an .npy file of numbers or truth values. float16 becomes float32; integers become int32,
 * and one that int32 cannot hold is an error; big-endian and column-major files are put in order.
 * Throws a format error for Python objects, texts, records, complex numbers, and for a file that
 * is damaged, cut off or too long.
 */
export function decodeNpy(bytes: Uint8Array): StoredTensor {
  const start = headerEnd(bytes);
  const { descr, fortran, shape } = readHeader(bytes.subarray(start.from, start.to));
  const { row, swap } = npyDType(descr);
  const size = shape.reduce((n, extent) => n * extent, 1);
  // A zero extent must not hide an overflow of the others.
  const nonzero = shape.reduce((n, extent) => n * Math.max(extent, 1), 1);
  const there = bytes.length - start.to;
  if (!Number.isSafeInteger(nonzero * row.bytes) || size * row.bytes !== there) {
    throw bad(
      `${descr} of shape ${showShape(shape)} takes ${size * row.bytes} bytes; ${there} are there`,
    );
  }
  const elements = new Uint8Array(bytes.subarray(start.to)); // aligned, in a buffer of its own
  if (swap) turnAround(elements, row.bytes);
  const data = row.read(elements);
  return { dtype: row.dtype, shape, data: fortran ? toRowMajor(data, shape) : data };
}

/** Writes an .npy file, as `numpy.load` reads it. */
export function encodeNpy({ dtype, shape, data }: StoredTensor): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${NPY_NAMES[dtype]}', 'fortran_order': False, 'shape': (${extents}), }`;
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64; // elements begin aligned
  const out = new Uint8Array(length + data.byteLength);
  const text = `${MAGIC}\x01\x00\0\0${dict.padEnd(length - 11)}\n`;
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  new DataView(out.buffer).setUint16(8, length - 10, true);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), length);
  return out;
}

function headerEnd(bytes: Uint8Array): { readonly from: number; readonly to: number } {
  const isOurs = [...MAGIC].every((char, i) => bytes[i] === char.charCodeAt(0));
  if (!isOurs || bytes.length < 10) throw bad('it does not begin with "\\x93NUMPY" and a version');
  const major = bytes[6]!;
  if (major < 1 || major > 3 || bytes[7] !== 0) {
    throw bad(`its version is ${major}.${bytes[7]}; 1.0, 2.0 and 3.0 can be read`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = major === 1 ? 10 : 12;
  if (bytes.length < from) throw bad("it is cut off in its header");
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER) {
    throw bad(`the header claims ${length} bytes; at most ${LONGEST_HEADER} are allowed`);
  }
  if (from + length > bytes.length) {
    throw bad(`it is cut off: the header claims ${length} bytes, ${bytes.length - from} are left`);
  }
  return { from, to: from + length };
}

/** Reads the dict by one pattern per key: Python's syntax beyond that is refused. */
function readHeader(bytes: Uint8Array): Header {
  const text = String.fromCharCode(...bytes.subarray(0, LONGEST_HEADER)).trimEnd();
  const entries = /^\{(.*)\}$/s.exec(text)?.[1];
  if (entries === undefined) throw bad("its header is no Python dict");
  const found = new Map<string, string>();
  const entry = /\s*(['"])(\w+)\1\s*:\s*('[^']*'|"[^"]*"|True|False|\([\d\sL,]*\)|\[)\s*(,|$)?/y;
  while (entry.lastIndex < entries.trimEnd().length) {
    const [, , key = "", value = ""] = entry.exec(entries) ?? [];
    if (value === "[") throw bad("its dtype is a record of several fields; save each field");
    if (value === "") throw bad("its header cannot be understood");
    if (found.has(key)) throw bad(`its header has ${JSON.stringify(key)} twice`);
    found.set(key, value);
  }
  const [descr, order, shape] = ["descr", "fortran_order", "shape"].map((key) => found.get(key));
  if (found.size !== 3 || descr === undefined || order === undefined || shape === undefined) {
    throw bad("its header must have descr, fortran_order and shape, and nothing else");
  }
  if (!/^['"]/.test(descr) || !/^[TF]/.test(order) || !shape.startsWith("(")) {
    throw bad("its header must have a text, a truth value and a tuple of integers");
  }
  return { descr: descr.slice(1, -1), fortran: order === "True", shape: extentsOf(shape) };
}

function extentsOf(tuple: string): number[] {
  const inner = tuple.slice(1, -1).trim();
  if (inner === "") return [];
  const parts = inner.replace(/,\s*$/, "").split(",");
  const isOne = parts.length === 1 && !inner.includes(","); // (3) is no tuple
  const extents = parts.map((part) => (/^\s*\d+L?\s*$/.test(part) ? parseInt(part, 10) : NaN));
  if (isOne || extents.length > 64 || !extents.every(Number.isSafeInteger)) {
    throw bad(`its shape ${JSON.stringify(tuple.slice(0, 60))} is no tuple of integers`);
  }
  return extents;
}

/** Reverses the bytes of each element. */
function turnAround(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** Puts column-major elements, whose first axis runs fastest, in our order. */
function toRowMajor<T extends TypedArray>(data: T, shape: readonly number[]): T {
  const out = new (data.constructor as new (length: number) => T)(data.length);
  const strides = shape.map((_, k) => shape.slice(0, k).reduce((n, extent) => n * extent, 1));
  const place = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[from]!;
    for (let k = shape.length - 1; k >= 0; k--) {
      from += strides[k]!;
      if (++place[k]! < shape[k]!) break;
      from -= strides[k]! * shape[k]!;
      place[k] = 0;
    }
  }
  return out;
}

function bad(problem: string): NablaError {
  return new NablaError("format", `npy: ${problem}.`);
}
