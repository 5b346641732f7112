/** Reads the file of a table, of whatever kind it is, or says why it is not read. */
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { parseCsv } from "../data/csv.ts";
import { decodeText } from "../data/decode.ts";
import { looksLikeJson, parseJsonTable } from "../data/records.ts";
import type { CsvTable } from "../data/table.ts";
import { gunzip, isGzip } from "../host/inflate.ts";
import type { ReadingFlags } from "./reading.ts";
import { readingOf } from "./reading.ts";
import { quote } from "./words.ts";

/** Tables above this size are refused: text, cells and numbers together take ten times as much. */
export const LARGEST_TABLE = 134_217_728;

/** What names standard input where a file is asked for. */
export const STDIN = "-";

/** Reads a table of any kind of file; `-` is standard input. */
export async function openTable(path: string, flags: ReadingFlags): Promise<CsvTable> {
  const source = path === STDIN ? "standard input" : showText(path, 300);
  return readTableBytes(await readBytes(path), source, flags);
}

/** Reads a table from the bytes of a file; `source` begins its errors. */
export async function readTableBytes(
  given: Uint8Array,
  source: string,
  flags: ReadingFlags,
): Promise<CsvTable> {
  const bytes = isGzip(given) ? await gunzip(source, given, LARGEST_TABLE) : given;
  const options = { ...readingOf(flags), source };
  const [a, b] = bytes;
  if (a === 0x50 && b !== undefined) {
    const { isParquet, isZip, readParquet, readSheetText } = await import("./binary-tables.ts");
    if (isParquet(bytes)) return readParquet(bytes, source);
    if (isZip(bytes)) {
      const text = await readSheetText(bytes, source);
      return parseCsv(text, { ...options, delimiter: ",", form: "the first sheet" });
    }
  }
  const start = new TextDecoder().decode(bytes.subarray(0, 10_000));
  if (!looksLikeJson(start.replace("\ufeff", ""))) return parseCsv(bytes, options);
  return parseJsonTable(decodeText(bytes, source, flags.encoding), source);
}

/** Reads a table's file; one that is too large is refused before it is read. */
async function readBytes(path: string): Promise<Uint8Array> {
  try {
    if (path === STDIN) return await readInput();
    return await host.readBytes(path, LARGEST_TABLE);
  } catch (error) {
    if (!(error instanceof NablaError) || !error.message.includes("larger than")) throw error;
    const part = `head -n 100000 ${quote(path)} > part.csv`;
    throw argumentError(
      `${showText(path, 300)} is larger than ${LARGEST_TABLE / 1_048_576} MiB, the most that is ` +
        `held in memory at once; fit a part of it: ${part}`,
    );
  }
}

/** Reads standard input to its end. */
async function readInput(): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of host.readPieces(STDIN)) {
    length += piece.length;
    if (length > LARGEST_TABLE) throw new NablaError("file", "standard input is larger than that.");
    pieces.push(piece);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
