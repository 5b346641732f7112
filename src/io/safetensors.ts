/**
 * The safetensors format, written and read strictly:
 *
 *     8 bytes, header length (little-endian) | header: JSON, padded with spaces | payload
 *
 * A file that we write carries `nabla.checksum` in its metadata: the CRC-32 of the whole file,
 * taken with the eight digits of the checksum itself as zeros, so damage to names and numbers in
 * the header is found like damage to the payload. Limits: header at most 100 MB, no holes, no
 * trailing bytes.
 */
import type { DType, TypedArray } from "../core/dtype.ts";
import { bytesOf } from "../core/dtype.ts";
import { NablaError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { crc32, showCrc32 } from "./crc32.ts";
import type { HeaderValue } from "./json.ts";
import { parseHeaderJson } from "./json.ts";
import type { FileDType } from "./file-dtype.ts";
import { FILE_DTYPES, fileDTypeOf } from "./file-dtype.ts";

/** A tensor as a file holds it: row-major data of one dtype. */
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** What a safetensors file holds. Both records have no prototype, so any name is only a name. */
export interface SafetensorsFile {
  readonly tensors: Record<string, StoredTensor>;
  readonly metadata: Record<string, string>;
  /** Whether the file carried a checksum (a wrong one is refused). */
  readonly checked: boolean;
}

const LONGEST_HEADER = 100_000_000;
const CHECKSUM_KEY = "nabla.checksum";
const BLANK = "00000000";
const CHECKSUM_TEXT = `"${CHECKSUM_KEY}":"crc32:`;

/** Encodes tensors and text metadata as one safetensors file with a checksum. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = Object.keys(tensors);
  for (const name of names) checkStored(name, tensors[name]!);
  // Wide elements first, so that every tensor lies aligned; then by name, so that bytes repeat.
  names.sort(
    (a, b) =>
      bytesOf(tensors[b]!.dtype) - bytesOf(tensors[a]!.dtype) || (a < b ? -1 : a > b ? 1 : 0),
  );
  let end = 0;
  const entries = names.map((name) => {
    const { dtype, shape, data } = tensors[name]!;
    const begin = end;
    end += data.byteLength;
    const entry = { dtype: fileDTypeOf(dtype), shape, data_offsets: [begin, end] };
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
  });
  const head = encodeHeader(entries, metadata);
  const bytes = new Uint8Array(8 + head.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  let at = 8 + head.length;
  for (const name of names) {
    const { data } = tensors[name]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  const digits = checksumPosition(head, head.length);
  bytes.set(new TextEncoder().encode(showCrc32(crc32(bytes))), digits);
  return bytes;
}

function encodeHeader(entries: string[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(metadata).filter(([key]) => key !== CHECKSUM_KEY);
  const texts = pairs.map(([key, value]) => {
    if (typeof value !== "string") throw bad(`metadata ${show(key)} must be text`);
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  // The checksum comes first: its text inside a later value is then never taken for it.
  const meta = `"__metadata__":{${[`${CHECKSUM_TEXT}${BLANK}"`, ...texts].join(",")}}`;
  const head = new TextEncoder().encode(`{${[meta, ...entries].join(",")}}`);
  const padded = new Uint8Array(Math.ceil(head.length / 8) * 8).fill(0x20);
  padded.set(head);
  if (padded.length > LONGEST_HEADER) {
    throw bad(`the header would be ${padded.length} bytes; at most ${LONGEST_HEADER} are allowed`);
  }
  return padded;
}

function checkStored(name: string, tensor: StoredTensor): void {
  if (name === "__metadata__") throw bad('"__metadata__" is not a name for a tensor');
  const size = elementsOf(tensor.shape, name);
  if (size !== tensor.data.length) {
    throw bad(
      `tensor ${show(name)} has shape ${showShape(tensor.shape)} but ${tensor.data.length} elements`,
    );
  }
}

/** Decodes a safetensors file; throws a format error that names what is wrong with it. */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const headerLength = readHeaderLength(bytes, bytes.length);
  const [first, head] = [bytes.subarray(0, 8), bytes.subarray(8, 8 + headerLength)];
  const payload = bytes.subarray(8 + headerLength);
  const { metadata, entries } = layoutOf(head, payload.length);
  const checksum = checksumOf(first, head, metadata);
  checksum?.add(payload);
  checksum?.verify();
  const tensors = Object.create(null) as Record<string, StoredTensor>;
  for (const { name, dtype, shape, begin, end } of entries) {
    // A copy: fresh buffers are aligned, and do not keep the whole file alive.
    const data = FILE_DTYPES[dtype].read(new Uint8Array(payload.subarray(begin, end)), name);
    tensors[name] = { dtype: FILE_DTYPES[dtype].dtype, shape, data };
  }
  return { tensors, metadata, checked: checksum !== undefined };
}

/** Where a tensor lies in the payload. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: FileDType;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

/** What a header says. */
export interface Layout {
  readonly metadata: Record<string, string>;
  readonly entries: readonly TensorEntry[];
}

/** Reads a header, without the eight bytes before it, of a file with so long a payload. */
export function layoutOf(head: Uint8Array, payloadLength: number): Layout {
  const header = readHeader(head);
  const metadata = readMetadata(header.get("__metadata__"));
  header.delete("__metadata__");
  const entries = [...header].map(([name, value]) => readEntry(name, value));
  checkLayout(entries, payloadLength);
  return { metadata, entries };
}

/** Reads the length of the header from the first bytes of a file of so many. */
export function readHeaderLength(bytes: Uint8Array, fileLength: number): number {
  if (fileLength < 8) throw bad(`the file has ${fileLength} bytes; even an empty one has 10`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER)) {
    throw bad(`the header claims ${length} bytes; at most ${LONGEST_HEADER} are allowed`);
  }
  if (Number(length) > fileLength - 8) {
    throw bad(`the file is cut off: the header claims ${length} bytes, ${fileLength - 8} are left`);
  }
  return Number(length);
}

function readHeader(bytes: Uint8Array): Map<string, HeaderValue> {
  if (bytes[0] !== 0x7b) throw bad('the header must start with "{"');
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new NablaError("format", "safetensors: the header is not UTF-8 text.", { cause });
  }
  const header = parseHeaderJson(text, "safetensors");
  if (!(header instanceof Map)) throw bad("the header is not a map");
  return header;
}

function readMetadata(value: HeaderValue | undefined): Record<string, string> {
  const metadata = Object.create(null) as Record<string, string>;
  if (value === undefined) return metadata;
  if (!(value instanceof Map)) throw bad("__metadata__ is not a map");
  for (const [key, text] of value) {
    if (typeof text !== "string") throw bad(`metadata ${show(key)} is not text`);
    metadata[key] = text;
  }
  return metadata;
}

function readEntry(name: string, value: HeaderValue): TensorEntry {
  if (!(value instanceof Map)) throw bad(`tensor ${show(name)} is not described by a map`);
  for (const key of value.keys()) {
    if (key !== "dtype" && key !== "shape" && key !== "data_offsets") {
      throw bad(`tensor ${show(name)} has an unknown key ${show(key)}`);
    }
  }
  const dtype = value.get("dtype");
  if (typeof dtype !== "string" || !Object.hasOwn(FILE_DTYPES, dtype)) {
    const known = Object.keys(FILE_DTYPES).join(", ");
    throw bad(`tensor ${show(name)} has dtype ${show(String(dtype))}; ${known} can be read`);
  }
  const shape = wholeNumbers(value.get("shape"), `the shape of ${show(name)}`);
  const offsets = wholeNumbers(value.get("data_offsets"), `data_offsets of ${show(name)}`);
  const [begin, end] = offsets;
  if (offsets.length !== 2 || begin === undefined || end === undefined || begin > end) {
    throw bad(`data_offsets of ${show(name)} must be [begin, end] with begin <= end`);
  }
  const fileDType = dtype as FileDType;
  const wanted = elementsOf(shape, name) * FILE_DTYPES[fileDType].bytes;
  if (!Number.isSafeInteger(wanted) || wanted !== end - begin) {
    throw bad(
      `tensor ${show(name)}: ${dtype} of shape ${showShape(shape)} takes ${wanted} bytes, ` +
        `its offsets give ${end - begin}`,
    );
  }
  return { name, dtype: fileDType, shape, begin, end };
}

function wholeNumbers(value: HeaderValue | undefined, what: string): number[] {
  if (!Array.isArray(value) || !value.every((n): n is number => typeof n === "number")) {
    throw bad(`${what} is not a list of whole numbers`);
  }
  return value;
}

function elementsOf(shape: readonly number[], name: string): number {
  let size = 1;
  let nonzero = 1; // a zero extent must not hide an overflow of the others
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 0) {
      throw bad(`tensor ${show(name)} has a shape with ${extent} in it`);
    }
    size *= extent;
    nonzero *= Math.max(extent, 1);
    if (!Number.isSafeInteger(nonzero)) {
      throw bad(`tensor ${show(name)}: shape ${showShape(shape)} overflows`);
    }
  }
  return size;
}

function checkLayout(entries: readonly TensorEntry[], payloadLength: number): void {
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of ordered) {
    if (entry.begin !== end) {
      const problem =
        entry.begin < end ? "overlaps the tensor before it" : "leaves a hole before it";
      throw bad(`tensor ${show(entry.name)} starts at byte ${entry.begin} and ${problem} (${end})`);
    }
    end = entry.end;
  }
  if (end > payloadLength) {
    throw bad(
      `the file is cut off: ${end} bytes of tensors are described, ${payloadLength} are there`,
    );
  }
  if (end < payloadLength) {
    throw bad(`${payloadLength - end} trailing bytes belong to no tensor`);
  }
}

/** The checksum of a file, taken as its payload is read. */
export interface Checksum {
  /** Takes the next bytes of the payload. */
  add(bytes: Uint8Array): void;
  /** Throws where the file is damaged. */
  verify(): void;
}

/** Begins to sum a file whose header names a checksum; undefined where it names none. */
export function checksumOf(
  first: Uint8Array,
  head: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Checksum | undefined {
  if (!(CHECKSUM_KEY in metadata)) {
    refuseLostChecksum(metadata);
    return undefined;
  }
  const stored = metadata[CHECKSUM_KEY]!;
  const at = checksumPosition(head, head.length) - 8;
  let sum = crc32(head.subarray(0, at), crc32(first));
  sum = crc32(new TextEncoder().encode(BLANK), sum);
  sum = crc32(head.subarray(at + BLANK.length), sum);
  return {
    add: (bytes) => void (sum = crc32(bytes, sum)),
    verify: () => {
      if (stored === `crc32:${showCrc32(sum)}`) return;
      throw bad(
        `the file is damaged: its checksum is ${show(stored)}, its bytes give crc32:${showCrc32(sum)}`,
      );
    },
  };
}

/** A checksum under another name is our own, damaged: without this it would not be looked at. */
function refuseLostChecksum(metadata: Readonly<Record<string, string>>): void {
  const lost = Object.keys(metadata).find((key) => /^crc32:[0-9a-f]{8}$/.test(metadata[key]!));
  if (lost === undefined) return;
  throw bad(`the file is damaged: its checksum stands under ${show(lost)}, not ${CHECKSUM_KEY}`);
}

/** Finds where the eight digits of the checksum stand; `encodeHeader` puts them first. */
function checksumPosition(head: Uint8Array, headerLength: number): number {
  const prefix = `{"__metadata__":{${CHECKSUM_TEXT}`;
  const found = new TextDecoder().decode(head.subarray(0, prefix.length));
  if (found !== prefix || headerLength < prefix.length + BLANK.length) {
    throw bad(`${CHECKSUM_KEY} is not where Nabla writes it; another program rewrote this file`);
  }
  return 8 + prefix.length;
}

function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function bad(message: string): NablaError {
  return new NablaError("format", `safetensors: ${message}.`);
}
