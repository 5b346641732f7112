/**
 * Zip files, stored or deflated, read strictly: only what the directory lists is there; what
 * overlaps, is encrypted, or inflates to another length than it says is refused.
 */
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { inflate } from "../host/inflate.ts";
import { crc32 } from "./crc32.ts";

const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const END_LENGTH = 22;

/** A file in a zip file. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  /** Where its bytes begin and end in the file. */
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** Returns what a file in a zip file holds, checked by its checksum; `what` begins errors. */
export async function contentOf(
  what: string,
  bytes: Uint8Array,
  entry: ZipEntry,
): Promise<Uint8Array> {
  const bad = (problem: string): NablaError => fault(what, problem);
  const raw = bytes.subarray(entry.from, entry.to);
  if (entry.method === 0 && entry.size !== raw.length) throw bad("its two lengths differ");
  const content = entry.method === 0 ? raw : await inflate(what, raw, "deflate-raw", entry.size);
  if (crc32(content) !== entry.crc) throw bad("it is damaged: its checksum is wrong");
  return content;
}

/** Lists the files in a zip file; `what` begins errors. */
export function readDirectory(what: string, bytes: Uint8Array): ZipEntry[] {
  const bad = (problem: string): NablaError => fault(what, problem);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(what, view);
  const [count, length, start] = [
    view.getUint16(end + 10, true),
    view.getUint32(end + 12, true),
    view.getUint32(end + 16, true),
  ];
  if (count === 0xffff || length === 0xffffffff || start === 0xffffffff) {
    throw bad("it is a zip file of more than 4 GiB or 65534 files, which cannot be read");
  }
  if (view.getUint16(end + 8, true) !== count || view.getUint32(end + 4, true) !== 0) {
    throw bad("it is one part of several");
  }
  if (start + length !== end) throw bad("its directory is not where it should be");
  const entries: ZipEntry[] = [];
  let at = start;
  for (let k = 0; k < count; k++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL)
      throw bad("its directory is damaged");
    entries.push(readEntry(what, bytes, view, at, start));
    at += 46 + [28, 30, 32].reduce((sum, field) => sum + view.getUint16(at + field, true), 0);
  }
  if (at !== end) throw bad("its directory is damaged");
  const byPlace = [...entries].sort((a, b) => a.from - b.from);
  byPlace.forEach((entry, k) => {
    if (k > 0 && entry.from < byPlace[k - 1]!.to) throw bad(`${show(entry.name)} overlaps another`);
  });
  return entries;
}

function readEntry(
  what: string,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  limit: number,
): ZipEntry {
  const bad = (problem: string): NablaError => fault(what, problem);
  const u16 = (offset: number): number => view.getUint16(at + offset, true);
  const u32 = (offset: number): number => view.getUint32(at + offset, true);
  const name = textOf(bytes.subarray(at + 46, at + 46 + u16(28)));
  const [flags, method, packed, size, local] = [u16(8), u16(10), u32(20), u32(24), u32(42)];
  if (flags & 1) throw bad(`${show(name)} is encrypted`);
  if (method !== 0 && method !== 8) throw bad(`${show(name)} is compressed in an unknown way`);
  if (local + 30 > limit || view.getUint32(local, true) !== LOCAL) {
    throw bad(`${show(name)} is not where the directory says`);
  }
  const nameLength = view.getUint16(local + 26, true);
  const from = local + 30 + nameLength + view.getUint16(local + 28, true);
  if (
    textOf(bytes.subarray(local + 30, local + 30 + nameLength)) !== name ||
    from + packed > limit
  ) {
    throw bad(`${show(name)} is not where the directory says`);
  }
  return { name, method, crc: u32(16), from, to: from + packed, size };
}

/** Finds the end of the directory: the last thing in the file, but for a comment. */
function findEnd(what: string, view: DataView): number {
  const least = Math.max(0, view.byteLength - END_LENGTH - 0xffff);
  for (let at = view.byteLength - END_LENGTH; at >= least; at--) {
    if (view.getUint32(at, true) !== END) continue;
    if (at + END_LENGTH + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  throw fault(what, "it is no zip file, or is cut off");
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function show(name: string): string {
  return JSON.stringify(showText(name));
}

function fault(what: string, problem: string): NablaError {
  return new NablaError("format", `${what}: ${problem}.`);
}

/** Reads all files of a zip file, unless together they are longer than allowed. */
export async function unzip(
  what: string,
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Map<string, Uint8Array>> {
  const entries = readDirectory(what, bytes);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) {
    throw fault(what, `it inflates to ${total} bytes; at most ${maxBytes} are allowed`);
  }
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (files.has(entry.name)) throw fault(what, `it has ${show(entry.name)} twice`);
    files.set(entry.name, await contentOf(what, bytes, entry));
  }
  return files;
}
