/**
 * Tables in files that are no text, Parquet and Excel's .xlsx, by readers that are loaded when such
 * a file is met. What a file says of its own size is checked before a reader believes it.
 */
import { host } from "#host";
import { NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { csvLine } from "../data/csv-line.ts";
import { RecordTable } from "../data/records.ts";
import type { CsvTable } from "../data/table.ts";
import { unzip } from "../io/zip.ts";

/** So much a compressed table may become, and so many cells it may have. */
const MOST_BYTES = 268_435_456;
const MOST_CELLS = 50_000_000;

/** Whether bytes begin as a Parquet file does. */
export function isParquet(bytes: Uint8Array): boolean {
  return startsWith(bytes, "PAR1");
}

/** Whether bytes begin as a zip file does, which .xlsx files are. */
export function isZip(bytes: Uint8Array): boolean {
  return startsWith(bytes, "PK\u0003\u0004");
}

function startsWith(bytes: Uint8Array, mark: string): boolean {
  return [...mark].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

/**
 * Reads a Parquet file: in a thread of its own, because a damaged one can name runs of any length,
 * which its reader believes.
 */
const PARQUET = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { file, reader, unpackers, mostBytes, mostCells } = workerData;
  (async () => {
    const { parquetMetadata, parquetReadObjects } = await import(reader);
    const { compressors } = await import(unpackers);
    const metadata = parquetMetadata(file);
    const groups = metadata.row_groups;
    const rows = groups.reduce((sum, group) => sum + group.num_rows, 0n);
    const values = (column) => column.meta_data?.num_values ?? 0n;
    const short = groups.some((group) => group.columns.some((c) => values(c) < group.num_rows));
    if (short || rows !== metadata.num_rows) throw new Error("it contradicts itself about its rows");
    const cells = groups.reduce((sum, g) => sum + g.num_rows * BigInt(g.columns.length), 0n);
    if (cells > BigInt(mostCells)) throw new Error(cells + " cells are more than can be held");
    const bounded = {};
    for (const codec of Object.keys(compressors)) {
      bounded[codec] = (input, length) => {
        if (length > mostBytes) throw new Error(length + " bytes are more than can be held");
        return compressors[codec](input, length);
      };
    }
    parentPort.postMessage(await parquetReadObjects({ file, metadata, compressors: bounded }));
  })().catch((error) => parentPort.postMessage(String(error?.message ?? error)));
`;

/** So long may a Parquet file take, and so much longer for each of its bytes. */
const LIMIT_MS = 10_000;
const LIMIT_MS_A_BYTE = 2e-3;

/** Reads a Parquet file. */
export async function readParquet(bytes: Uint8Array, source: string): Promise<CsvTable> {
  const data = {
    file: new Uint8Array(bytes).buffer,
    reader: import.meta.resolve("hyparquet"),
    unpackers: import.meta.resolve("hyparquet-compressors"),
    mostBytes: MOST_BYTES,
    mostCells: MOST_CELLS,
  };
  return guarded(source, "Parquet", async () => {
    const found = await host.runApart(PARQUET, data, LIMIT_MS + LIMIT_MS_A_BYTE * bytes.length);
    if (!Array.isArray(found)) throw new Error(String(found));
    const table = new RecordTable(source, "Parquet");
    found.forEach((row, i) => table.add(row, i + 1, `row ${i + 1}`));
    return table.table();
  });
}

/** Reads the first sheet of an .xlsx file, as the text of a CSV file. */
export async function readSheetText(bytes: Uint8Array, source: string): Promise<string> {
  const files = await unzip(source, bytes, MOST_BYTES);
  if (!files.has("xl/workbook.xml")) {
    throw bad(source, "is a zip file, not a table; unpack it first");
  }
  for (const [name, content] of files) {
    if (name.startsWith("xl/worksheets/")) refuseWide(source, content);
  }
  const { readSheet } = await import("read-excel-file/universal");
  return guarded(source, "Excel", async () => {
    const rows = await readSheet(new Uint8Array(bytes).buffer);
    const text = rows.map((row) => csvLine(row.map(spellCell))).join("");
    if (text.trim() === "") throw bad(source, "has an empty first sheet");
    return text;
  });
}

/** A sheet says where its cells are: a single one at the far end would reserve all before it. */
function refuseWide(source: string, content: Uint8Array): void {
  const text = new TextDecoder().decode(content);
  let [width, height] = [0, 0];
  for (const [, column, row] of text.matchAll(/\br="([A-Za-z]{1,9})([0-9]{1,15})"/g)) {
    const place = [...column!.toUpperCase()].reduce((n, c) => 26 * n + c.charCodeAt(0) - 64, 0);
    width = Math.max(width, place);
    height = Math.max(height, Number(row));
  }
  refuseLarge(source, width * height, 0);
}

function refuseLarge(source: string, cells: number, bytes: number): void {
  if (cells <= MOST_CELLS && bytes <= MOST_BYTES) return;
  const what = cells > MOST_CELLS ? `${cells} cells` : `${bytes} bytes`;
  throw bad(source, `would become ${what}, more than can be held; save a part of it as CSV`);
}

function spellCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString().replace("T00:00:00.000Z", "");
  return String(value as string | number | boolean);
}

/** What a reader throws becomes one sentence; what it loads is trusted no further than that. */
async function guarded<T>(source: string, form: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof NablaError) throw cause;
    const why = cause instanceof Error ? showText(cause.message, 100) : "no reason given";
    const text = `${source} cannot be read as ${form} (${why}); save it as CSV.`;
    throw new NablaError("format", text, { cause });
  }
}

function bad(source: string, problem: string): NablaError {
  return new NablaError("format", `${source} ${problem}.`);
}
