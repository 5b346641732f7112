/**
 * Reads PNG pictures: every colour type and depth, palettes, transparency, both interlacings. All
 * checksums are compared, and nothing is inflated to more than the header's size.
 */
import { joinBytes } from "../core/bytes.ts";
import { NablaError } from "../core/errors.ts";
import { inflate } from "../host/inflate.ts";
import { crc32 } from "./crc32.ts";
import type { Pixels } from "./pixels.ts";
import { checkPixels } from "./pixels.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Channels of each colour type, and the depths that it may have. */
const COLOURS: Readonly<Record<number, { readonly channels: number; readonly depths: number[] }>> =
  {
    0: { channels: 1, depths: [1, 2, 4, 8, 16] },
    2: { channels: 3, depths: [8, 16] },
    3: { channels: 1, depths: [1, 2, 4, 8] },
    4: { channels: 2, depths: [8, 16] },
    6: { channels: 4, depths: [8, 16] },
  };

const PALETTE = 3;

/** Where the passes of Adam7 begin, and their steps: x, y, step x, step y. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  /** Samples of a pixel in the file. */
  readonly channels: number;
  readonly interlaced: boolean;
}

interface Chunks {
  readonly header: Header;
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  readonly data: readonly Uint8Array[];
}

/** Whether bytes begin as a PNG file does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** Reads a PNG file; throws a format error where it is damaged, cut off or too large. */
export async function decodePng(bytes: Uint8Array, maxPixels: number): Promise<Pixels> {
  const chunks = readChunks(bytes, maxPixels);
  const { header } = chunks;
  const { width, height } = header;
  const passes = header.interlaced ? ADAM7 : [[0, 0, 1, 1] as const];
  const sizes = passes.map(([x, y, dx, dy]) => [
    Math.max(0, Math.ceil((width - x) / dx)),
    Math.max(0, Math.ceil((height - y) / dy)),
  ]) as [number, number][];
  const lengthOf = ([w, h]: [number, number]): number =>
    w === 0 ? 0 : h * (1 + rowBytes(header, w));
  const total = sizes.reduce((sum, size) => sum + lengthOf(size), 0);
  const raw = await inflate("PNG", joinBytes(chunks.data), "deflate", total);
  const out = new Uint16Array(width * height * header.channels);
  let at = 0;
  passes.forEach((pass, k) => {
    const size = sizes[k]!;
    if (size[0] > 0) readPass(raw.subarray(at, at + lengthOf(size)), header, pass, size, out);
    at += lengthOf(size);
  });
  return withColours(out, chunks);
}

function readChunks(bytes: Uint8Array, maxPixels: number): Chunks {
  if (!isPng(bytes)) throw bad("it does not begin as one");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Header | undefined;
  const single = new Map<string, Uint8Array>();
  const data: Uint8Array[] = [];
  let last = "";
  for (let at = SIGNATURE.length; last !== "IEND";) {
    if (at + 12 > bytes.length) throw bad("it is cut off");
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw bad("it is cut off");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw bad(`chunk ${JSON.stringify(type)} at byte ${at} is damaged: its checksum is wrong`);
    }
    if ((header === undefined) !== (type === "IHDR"))
      throw bad("its header is not its first chunk");
    if (type === "IHDR") header = readHeader(content, maxPixels);
    else if (type === "IDAT") {
      if (data.length > 0 && last !== "IDAT") throw bad("its data is in several places");
      data.push(content);
    } else if (type === "PLTE" || type === "tRNS") {
      if (single.has(type) || data.length > 0) throw bad(`chunk ${type} is not where it may be`);
      single.set(type, content);
    } else if (type !== "IEND" && /^[A-Z]/.test(type)) {
      throw bad(`it needs what chunk ${JSON.stringify(type)} says, which nobody knows`);
    }
    last = type;
    at += 12 + length;
  }
  const palette = single.get("PLTE");
  if (data.length === 0) throw bad("it has no data");
  if (
    header!.colour === PALETTE &&
    (!palette?.length || palette.length % 3 || palette.length > 768)
  ) {
    throw bad("its palette is missing or no list of colours");
  }
  return { header: header!, palette, transparency: single.get("tRNS"), data };
}

function readHeader(content: Uint8Array, maxPixels: number): Header {
  if (content.length !== 13) throw bad("its header has another length than 13");
  const view = new DataView(content.buffer, content.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, compression, filter, interlace] = content.subarray(
    8,
  ) as unknown as number[];
  const known = Object.hasOwn(COLOURS, colour!) ? COLOURS[colour!] : undefined;
  if (!known?.depths.includes(depth!) || compression !== 0 || filter !== 0 || interlace! > 1) {
    throw bad(
      `its header has depth ${depth}, colour type ${colour}, compression ${compression}, filter ` +
        `${filter}, interlacing ${interlace}, which PNG does not have`,
    );
  }
  checkPixels("PNG", width, height, maxPixels);
  const { channels } = known;
  return { width, height, depth: depth!, colour: colour!, channels, interlaced: interlace === 1 };
}

function rowBytes({ channels, depth }: Header, width: number): number {
  return Math.ceil((width * channels * depth) / 8);
}

/** Undoes the filters of a pass and puts its samples where they belong. */
function readPass(
  raw: Uint8Array,
  header: Header,
  [x0, y0, dx, dy]: (typeof ADAM7)[number] | readonly [0, 0, 1, 1],
  [width, height]: [number, number],
  out: Uint16Array,
): void {
  const { channels, depth } = header;
  const length = rowBytes(header, width);
  const step = Math.max(1, (channels * depth) >> 3);
  let above: Uint8Array = new Uint8Array(length);
  for (let row = 0; row < height; row++) {
    const start = row * (length + 1);
    const line = raw.subarray(start + 1, start + 1 + length);
    unfilter(raw[start]!, line, above, step);
    const base = (y0 + row * dy) * header.width + x0;
    for (let i = 0; i < width * channels; i++) {
      const pixel = (i / channels) | 0;
      out[(base + pixel * dx) * channels + (i - pixel * channels)] = sampleOf(line, i, depth);
    }
    above = line;
  }
}

function sampleOf(line: Uint8Array, i: number, depth: number): number {
  if (depth === 8) return line[i]!;
  if (depth === 16) return (line[2 * i]! << 8) | line[2 * i + 1]!;
  const bit = i * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** Undoes a row's filter in place. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, step: number): void {
  if (filter > 4) throw bad(`a row has filter ${filter}; PNG has 0 to 4`);
  if (filter === 0) return;
  for (let i = 0; i < line.length; i++) {
    const left = i < step ? 0 : line[i - step]!;
    const up = above[i]!;
    if (filter === 1) line[i]! += left;
    else if (filter === 2) line[i]! += up;
    else if (filter === 3) line[i]! += (left + up) >> 1;
    else line[i]! += paeth(left, up, i < step ? 0 : above[i - step]!);
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Looks colours up, and adds a channel of opacity where the file has it in another way. */
function withColours(samples: Uint16Array, chunks: Chunks): Pixels {
  const { header, palette, transparency } = chunks;
  const { width, height, channels, depth, colour } = header;
  const max = (1 << depth) - 1;
  const size = { width, height };
  if (colour === PALETTE)
    return { ...size, ...lookedUp(samples, palette!, transparency), max: 255 };
  if (transparency === undefined || channels % 2 === 0) {
    return { ...size, channels, max, samples };
  }
  if (transparency.length !== 2 * channels) throw bad("its transparent colour has a wrong length");
  const clear = Array.from({ length: channels }, (_, c) => sampleOf(transparency, c, 16));
  const out = new Uint16Array(width * height * (channels + 1));
  for (let p = 0; p < width * height; p++) {
    const pixel = samples.subarray(p * channels, (p + 1) * channels);
    out.set(pixel, p * (channels + 1));
    out[(p + 1) * (channels + 1) - 1] = clear.every((value, c) => value === pixel[c]) ? 0 : max;
  }
  return { ...size, channels: channels + 1, max, samples: out };
}

function lookedUp(
  samples: Uint16Array,
  palette: Uint8Array,
  opacity: Uint8Array | undefined,
): { channels: number; samples: Uint16Array } {
  const channels = opacity === undefined ? 3 : 4;
  const out = new Uint16Array(samples.length * channels);
  for (let p = 0; p < samples.length; p++) {
    const index = samples[p]!;
    if (3 * index >= palette.length) {
      throw bad(`a pixel has colour ${index}; the palette has ${palette.length / 3}`);
    }
    for (let c = 0; c < 3; c++) out[p * channels + c] = palette[3 * index + c]!;
    if (opacity !== undefined) out[p * channels + 3] = opacity[index] ?? 255;
  }
  return { channels, samples: out };
}

function bad(problem: string): NablaError {
  return new NablaError("format", `PNG: ${problem}.`);
}
