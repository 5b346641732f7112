/**
 * Reads JPEG pictures: baseline and progressive, grey or in colours, by the segments of the file.
 * Its limits: 8 bits a sample, Huffman codes, at most 100 scans; a file without its end is refused.
 */
import type { CodeTable, Component, Scan } from "./jpeg-scan.ts";
import { damaged, readScan, ZIGZAG } from "./jpeg-scan.ts";
import { toSamples } from "./jpeg-pixels.ts";
import type { Pixels } from "./pixels.ts";
import { checkPixels } from "./pixels.ts";

/** Progressive files have about ten; each costs a walk over the whole picture. */
const MOST_SCANS = 100;

const MARKERS = { start: 0xd8, end: 0xd9, scan: 0xda, codes: 0xc4, steps: 0xdb, restart: 0xdd };
const ADOBE = 0xee;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly hMax: number;
  readonly vMax: number;
  readonly unitsWide: number;
  readonly unitsHigh: number;
  readonly progressive: boolean;
  readonly components: readonly Component[];
}

/** What the segments so far have said. */
interface State {
  frame: Frame | undefined;
  scans: number;
  restart: number;
  /** How Adobe's programs say that colours are stored: 0 is as they are. */
  transform: number | undefined;
  readonly steps: (Uint16Array | undefined)[];
  readonly dc: (CodeTable | undefined)[];
  readonly ac: (CodeTable | undefined)[];
}

/** Whether bytes begin as a JPEG file does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === MARKERS.start && bytes[2] === 0xff;
}

/**
 * Reads a JPEG file. Throws a format error where it is cut off, too large, of an unknown kind, or
 * damaged in a way that shows: the format has no checksum of its pixels.
 */
export function decodeJpeg(bytes: Uint8Array, maxPixels: number): Pixels {
  const { frame, transform } = readSegments(bytes, maxPixels);
  if (frame === undefined) throw damaged("it has no picture");
  const { components, width, height } = frame;
  const missing = components.some(({ bits }) => bits[0] === 16);
  if (missing) throw damaged("a component has no scan");
  const ids = String.fromCharCode(...components.map(({ id }) => id));
  const isYCbCr = components.length === 3 && transform !== 0 && ids !== "RGB";
  const samples = toSamples(components, frame, isYCbCr);
  return { width, height, channels: components.length, max: 255, samples };
}

function readSegments(bytes: Uint8Array, maxPixels: number): State {
  const state: State = {
    ...{ frame: undefined, scans: 0, restart: 0, transform: undefined },
    ...{ steps: [], dc: [], ac: [] },
  };
  for (let at = 2; ;) {
    if (at >= bytes.length) throw damaged("it is cut off");
    if (bytes[at] !== 0xff) throw damaged(`there is no segment at byte ${at}`);
    while (bytes[at + 1] === 0xff) at++; // fill bytes
    const marker = bytes[at + 1];
    if (marker === MARKERS.end) return state;
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const next = at + 2 + length;
    if (marker === undefined || length < 2 || next > bytes.length) throw damaged("it is cut off");
    const content = bytes.subarray(at + 4, next);
    if (marker === MARKERS.scan) {
      at = scanEnd(bytes, next);
      readScan(bytes.subarray(next, at), scanOf(content, state));
      continue;
    }
    readSegment(marker, content, state, maxPixels);
    at = next;
  }
}

function readSegment(marker: number, content: Uint8Array, state: State, maxPixels: number): void {
  if (marker === MARKERS.codes) readCodes(content, state);
  else if (marker === MARKERS.steps) readSteps(content, state);
  else if (marker === MARKERS.restart) {
    if (content.length !== 2) throw damaged("its restart interval is damaged");
    state.restart = (content[0]! << 8) | content[1]!;
  } else if (marker === ADOBE && String.fromCharCode(...content.subarray(0, 5)) === "Adobe") {
    state.transform = content[11];
  } else if (marker >= 0xc0 && marker <= 0xcf) {
    if (state.frame !== undefined) throw damaged("it has several frames");
    state.frame = readFrame(marker, content, maxPixels);
  } else if (marker < 0xe0 || marker === 0xff) {
    throw damaged(`it has a segment of an unknown kind (0x${marker.toString(16)})`);
  } // else a comment or an application's own
}

function readFrame(marker: number, content: Uint8Array, maxPixels: number): Frame {
  if (marker > 0xc2) throw damaged("it is lossless, arithmetic or hierarchical, which is not read");
  const [precision, h1, h0, w1, w0, count] = content as unknown as number[];
  if (precision !== 8) throw damaged(`its samples have ${precision} bits; 8 can be read`);
  if (count !== 1 && count !== 3) {
    throw damaged(`it has ${count} components; 1 (grey) and 3 (colours) can be read`);
  }
  if (content.length !== 6 + 3 * count) throw damaged("its frame is damaged");
  const [width, height] = [(w1! << 8) | w0!, (h1! << 8) | h0!];
  checkPixels("JPEG", width, height, maxPixels);
  const specs = Array.from({ length: count }, (_, c) => {
    const [id, sampling, table] = content.subarray(6 + 3 * c, 9 + 3 * c) as unknown as number[];
    return { id: id!, h: sampling! >> 4, v: sampling! & 15, table: table! };
  });
  const isGood = specs.every(({ h, v, table }) => h > 0 && h < 5 && v > 0 && v < 5 && table < 4);
  if (!isGood || new Set(specs.map(({ id }) => id)).size !== count) {
    throw damaged("its frame is damaged");
  }
  const [hMax, vMax] = [Math.max(...specs.map(({ h }) => h)), Math.max(...specs.map(({ v }) => v))];
  const [unitsWide, unitsHigh] = [Math.ceil(width / 8 / hMax), Math.ceil(height / 8 / vMax)];
  const components = specs.map((spec) => ({
    ...spec,
    blocksWide: Math.ceil((width * spec.h) / hMax / 8),
    blocksHigh: Math.ceil((height * spec.v) / vMax / 8),
    stride: unitsWide * spec.h,
    coefficients: new Int16Array(64 * unitsWide * spec.h * unitsHigh * spec.v),
    steps: undefined,
    bits: new Uint8Array(64).fill(16),
  }));
  const progressive = marker === 0xc2;
  return { width, height, hMax, vMax, unitsWide, unitsHigh, progressive, components };
}

/** Checks a scan's header against what came before, and notes which bits it brings. */
function scanOf(content: Uint8Array, state: State): Scan {
  const { frame } = state;
  if (frame === undefined) throw damaged("a scan comes before its frame");
  if (++state.scans > MOST_SCANS) throw damaged(`it has more than ${MOST_SCANS} scans`);
  const count = content[0] ?? 0;
  if (count < 1 || count > frame.components.length || content.length !== 4 + 2 * count) {
    throw damaged("the header of a scan is damaged");
  }
  const chosen = Array.from({ length: count }, (_, c) => {
    const [id, tables] = content.subarray(1 + 2 * c, 3 + 2 * c) as unknown as number[];
    const component = frame.components.find((each) => each.id === id);
    if (component === undefined) throw damaged("a scan is of a component that is not there");
    return { component, dc: state.dc[tables! >> 4], ac: state.ac[tables! & 15] };
  });
  const components = chosen.map(({ component }) => component);
  const [from, to, shifts] = content.subarray(1 + 2 * count) as unknown as [number, number, number];
  const [high, low] = [shifts >> 4, shifts & 15];
  const { progressive } = frame;
  const whole = from === 0 && to === 63 && shifts === 0;
  const part = from === 0 ? to === 0 : to >= from && to < 64 && count === 1;
  const isGood = progressive ? part && low < 14 && (high === 0 || high === low + 1) : whole;
  if (!isGood || new Set(components).size !== count)
    throw damaged("the header of a scan is damaged");
  for (const component of components) {
    component.steps ??= state.steps[component.table];
    if (component.steps === undefined) throw damaged("a scan comes before its steps");
    for (let k = from; k <= to; k++) {
      if (component.bits[k] !== (high === 0 ? 16 : high)) throw damaged("a scan is out of turn");
      component.bits[k] = low;
    }
    if (component.bits[0] === 16) throw damaged("a scan is out of turn");
  }
  const { unitsWide, unitsHigh } = frame;
  const [dc, ac] = [chosen.map((each) => each.dc), chosen.map((each) => each.ac)];
  const passes = { progressive, from, to, high, low };
  return { components, dc, ac, ...passes, unitsWide, unitsHigh, restart: state.restart };
}

/** Reads tables of codes, which must fill the segment exactly and leave no code ambiguous. */
function readCodes(content: Uint8Array, state: State): void {
  for (let at = 0; at < content.length;) {
    const spec = content[at]!;
    const counts = content.slice(at + 1, at + 17);
    let [space, size] = [1, 0];
    for (const count of counts) {
      space = 2 * space - count;
      size += count;
      if (space < 0) throw damaged("a table of codes is damaged");
    }
    const values = content.slice(at + 17, at + 17 + size);
    if (values.length < size || counts.length < 16 || size > 256 || (spec & 0xef) > 3) {
      throw damaged("a table of codes is damaged");
    }
    (spec >> 4 === 0 ? state.dc : state.ac)[spec & 15] = { counts, values };
    at += 17 + size;
  }
}

/** Reads tables of steps, by which coefficients are multiplied. */
function readSteps(content: Uint8Array, state: State): void {
  for (let at = 0; at < content.length;) {
    const spec = content[at]!;
    const wide = spec >> 4;
    const end = at + 1 + 64 * (1 + wide);
    if (wide > 1 || (spec & 15) > 3 || end > content.length) {
      throw damaged("a table of steps is damaged");
    }
    const steps = new Uint16Array(64);
    for (let k = 0; k < 64; k++) {
      const from = at + 1 + k * (1 + wide);
      steps[ZIGZAG[k]!] = wide === 0 ? content[from]! : (content[from]! << 8) | content[from + 1]!;
    }
    state.steps[spec & 15] = steps;
    at = end;
  }
}

/** Finds the marker behind a scan's data; zero bytes and restarts belong to the data. */
function scanEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const marker = bytes[at + 1]!;
    if (marker !== 0 && !(marker >= 0xd0 && marker <= 0xd7)) return at;
  }
  throw damaged("it is cut off");
}
