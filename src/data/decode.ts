/**
 * Text files as bytes: UTF-8 with or without a byte order mark; anything else is refused by name.
 */
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";

/**
 * Returns the text of a UTF-8 file; throws a format error that names `source` and what it seems to
 * be.
 */
export function decodeText(input: string | Uint8Array, source: string, encoding?: string): string {
  if (typeof input === "string") return dropMark(input);
  if (encoding !== undefined) return dropMark(decodeAs(input, source, encoding));
  const problem = recognise(input);
  if (problem !== undefined) throw new NablaError("format", `${source} ${problem}.`);
  try {
    return dropMark(new TextDecoder("utf-8", { fatal: true }).decode(input));
  } catch (cause) {
    const message =
      `${source} is not UTF-8 text; save it as "CSV UTF-8", or name its encoding ` +
      "(--encoding windows-1252, for example).";
    throw new NablaError("format", message, { cause });
  }
}

function decodeAs(input: Uint8Array, source: string, encoding: string): string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    const known = "such as windows-1252, iso-8859-2, utf-16le, shift_jis";
    const shown = showText(encoding, 30);
    throw new NablaError("argument", `there is no encoding "${shown}"; name one ${known}.`, {
      cause,
    });
  }
  try {
    return decoder.decode(input);
  } catch (cause) {
    const message = `${source} is not ${decoder.encoding} text; name another encoding.`;
    throw new NablaError("format", message, { cause });
  }
}

function recognise(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  const utf16 = 'is UTF-16 text; save it as "CSV UTF-8", or name it (--encoding utf-16le)';
  if (a === 0x50 && b === 0x4b)
    return "is a zip or Excel file, not a table of text; save it as CSV";
  if (a === 0xd0 && b === 0xcf) return "is an old Excel file; save it as CSV";
  if (a === 0x1f && b === 0x8b) return "is compressed (gzip); unpack it first";
  if (a === 0x25 && b === 0x50 && c === 0x44) return "is a PDF file, not a table of text";
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    return utf16;
  }
  if (looksUtf16(bytes.subarray(0, 4096))) return utf16;
  if (bytes.subarray(0, 4096).includes(0)) return "holds binary data, not a table of text";
  return undefined;
}

/** Text of two bytes a letter without a mark: every other byte is 0, and no other is. */
function looksUtf16(bytes: Uint8Array): boolean {
  const zeros = [0, 0];
  bytes.forEach((byte, i) => (zeros[i % 2]! += Number(byte === 0)));
  const half = Math.floor(bytes.length / 2);
  const [even, odd] = zeros as [number, number];
  return half >= 2 && ((even === 0 && odd >= 0.9 * half) || (odd === 0 && even >= 0.9 * half));
}

function dropMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
