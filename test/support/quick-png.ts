/**
 * Pictures for tests of what is no picture: drawing takes most of a small fit's time. Each is a PNG
 * of one pixel whose text is the checksum of its SVG, so that different pictures differ.
 */
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { host } from "#host";
import { chunk, header } from "../io/png-encoder.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Stands for the function of that name in src/cli/png.ts. */
export function renderPng(svg: string): Promise<Uint8Array> {
  const sum = createHash("sha256").update(svg).digest("hex");
  const parts = [
    chunk("IHDR", header({ width: 1, height: 1, depth: 8, colour: 0 })),
    chunk("tEXt", Buffer.from(`Comment\0${sum}`, "latin1")),
    chunk("IDAT", deflateSync(Uint8Array.of(0, 255))),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Promise.resolve(Buffer.concat([Uint8Array.from(SIGNATURE), ...parts]));
}

/** Stands for the function of that name in src/cli/png.ts. */
export async function writePng(svg: string, path: string): Promise<void> {
  await host.writeFileAtomic(path, await renderPng(svg));
}
