/**
 * Inflates compressed bytes to a length that is known beforehand and never to more, so that a small
 * file cannot fill the memory. By `DecompressionStream`, which browsers and Node have.
 */
import { NablaError } from "../core/errors.ts";

/** How bytes are compressed: a gzip file, a zlib stream (PNG), or neither's frame (zip). */
export type Compression = "gzip" | "deflate" | "deflate-raw";

/** A limit for files that are compressed. */
export interface InflateOptions {
  /** Most bytes that it may inflate to. Default: 24 MiB, or 16 times the file if that is more. */
  readonly maxBytes?: number;
}

/** The most bytes that a compressed file may become where nothing else was asked for. */
export function mostInflated(bytes: number): number {
  return Math.max(25_165_824, 16 * bytes);
}

/** No deflate stream becomes longer by more than this factor. */
const MOST_RATIO = 1032;

/** Inflates to exactly `length` bytes; throws a format error where it is damaged or of another. */
export async function inflate(
  what: string,
  bytes: Uint8Array,
  compression: Compression,
  length: number,
): Promise<Uint8Array> {
  if (length > MOST_RATIO * bytes.length) {
    throw bad(what, `${bytes.length} compressed bytes cannot become ${length}`);
  }
  const stream = new DecompressionStream(compression);
  const writer = stream.writable.getWriter();
  // What fails here fails the reader, too.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const out = new Uint8Array(length);
  let filled = 0;
  for (;;) {
    const { value } = await reader.read().catch((cause: unknown) => {
      throw bad(what, "its compressed data is damaged or cut off", cause);
    });
    if (value === undefined) break;
    if (filled + value.length > length) {
      await reader.cancel().catch(() => undefined);
      throw bad(what, `it inflates to more than the ${length} bytes that it should`);
    }
    out.set(value, filled);
    filled += value.length;
  }
  if (filled === length) return out;
  throw bad(what, `it inflates to ${filled} bytes; it should to ${length}`);
}

/** Inflates a gzip file to the length it states; one that states more than `limit` is refused. */
export async function gunzip(what: string, bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  if (bytes.length < 18 || !isGzip(bytes)) throw bad(what, "it is cut off");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  if (length > limit)
    throw bad(what, `it inflates to ${length} bytes; at most ${limit} are allowed`);
  return inflate(what, bytes, "gzip", length);
}

/** Whether bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function bad(what: string, problem: string, cause?: unknown): NablaError {
  return new NablaError("format", `${what}: ${problem}.`, { cause });
}
