/** Files and standard input, read in pieces under Node. */
import * as fs from "node:fs/promises";
import type { OpenedFile } from "./host.ts";

/** How much of a stream is handed on at once. */
const PIECE = 4_194_304;

/** Opens a file for reading at any place; `fail` makes the errors that users see. */
export async function openFile(name: string, fail: (error: unknown) => Error): Promise<OpenedFile> {
  try {
    const file = await fs.open(name, "r");
    const { size } = await file.stat();
    return {
      size,
      async read(into, at): Promise<void> {
        try {
          for (let done = 0; done < into.length;) {
            const { bytesRead } = await file.read(into, done, into.length - done, at + done);
            if (bytesRead === 0) throw new Error("the file is shorter than it was");
            done += bytesRead;
          }
        } catch (error) {
          throw fail(error);
        }
      },
      close: () => file.close(),
    };
  } catch (error) {
    throw fail(error);
  }
}

/** Reads a file, or standard input for "-", piece by piece. */
export async function* readPieces(
  name: string,
  fail: (error: unknown) => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (name === "-") {
      for await (const piece of process.stdin) yield piece as Uint8Array;
      return;
    }
    yield* piecesOf(await fs.open(name, "r"));
  } catch (error) {
    throw fail(error);
  }
}

async function* piecesOf(file: fs.FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE);
      const { bytesRead } = await file.read(piece, 0, PIECE, null);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
