/** Reads the file of a table, or says why it is not read. */
import { host } from "#host";
import { argumentError, NablaError } from "../core/errors.ts";
import { showText } from "../core/format.ts";
import { quote } from "./words.ts";

/** Tables above this size are refused: text, cells and numbers together take ten times as much. */
export const LARGEST_TABLE = 134_217_728;

/** Reads a table's file; one that is too large is refused before it is read. */
export async function readTable(path: string): Promise<Uint8Array> {
  if (/\.xls[xmb]?$/i.test(path) && (await host.exists(path))) {
    throw argumentError(
      `${showText(path, 300)} is an Excel file, not a table of text; save it as CSV.`,
    );
  }
  try {
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
