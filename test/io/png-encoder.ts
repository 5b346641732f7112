/**
 * Writes PNG files of every kind, a filter for each row in turn: what the reader is tested with.
 */
import { crc32, deflateSync } from "node:zlib";

/** What a file is to hold: samples row by row, channels side by side. */
export interface PngSource {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly interlaced?: boolean;
  readonly samples: readonly number[];
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PASSES = ["0088", "4088", "0448", "2044", "0224", "1022", "0112"].map((digits) =>
  [...digits].map(Number),
);

/** A chunk with its length and checksum. */
export function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(content.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), out.length - 4);
  return out;
}

/** The header's content. */
export function header(source: Omit<PngSource, "samples">): Buffer {
  const out = Buffer.alloc(13);
  out.writeUInt32BE(source.width, 0);
  out.writeUInt32BE(source.height, 4);
  out.set([source.depth, source.colour, 0, 0, source.interlaced === true ? 1 : 0], 8);
  return out;
}

/** Puts chunks behind the signature. */
export function png(...chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks]));
}

/** Encodes a whole file. */
export function encodePng(source: PngSource): Uint8Array {
  const { width, height, depth, palette, transparency } = source;
  const channels = CHANNELS[source.colour]!;
  const rows: number[] = [];
  for (const [x0, y0, dx, dy] of source.interlaced ? PASSES : [[0, 0, 1, 1]]) {
    let above: number[] = [];
    for (let y = y0!, k = 0; y < height && x0! < width; y += dy!, k++) {
      const values: number[] = [];
      for (let x = x0!; x < width; x += dx!) {
        const at = (y * width + x) * channels;
        values.push(...source.samples.slice(at, at + channels));
      }
      const line = packed(values, depth);
      rows.push(k % 5, ...filtered(line, above, k % 5, Math.max(1, (channels * depth) >> 3)));
      above = line;
    }
  }
  const data = deflateSync(Uint8Array.from(rows));
  return png(
    chunk("IHDR", header(source)),
    chunk("tEXt", Buffer.from("a comment")),
    ...(palette === undefined ? [] : [chunk("PLTE", Uint8Array.from(palette))]),
    ...(transparency === undefined ? [] : [chunk("tRNS", Uint8Array.from(transparency))]),
    chunk("IDAT", data.subarray(0, 5)),
    chunk("IDAT", data.subarray(5)),
    chunk("IEND", new Uint8Array(0)),
  );
}

function packed(values: readonly number[], depth: number): number[] {
  const bits = values.map((value) => value.toString(2).padStart(depth, "0")).join("");
  return (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, "0"), 2));
}

function filtered(line: number[], above: number[], filter: number, step: number): number[] {
  return line.map((value, i) => {
    const [left, up] = [line[i - step] ?? 0, above[i] ?? 0];
    const corner = i < step ? 0 : (above[i - step] ?? 0);
    const near = [left, up, corner].map((v, k) => ({ v, k, d: Math.abs(left + up - corner - v) }));
    const paeth = near.sort((a, b) => a.d - b.d || a.k - b.k)[0]!.v;
    return (value - [0, left, up, Math.floor((left + up) / 2), paeth][filter]!) & 255;
  });
}
