/** From the coefficients of a JPEG file to samples: cosine transform, full size, colours. */
import { cos } from "../core/math.ts";
import type { Component } from "./jpeg-scan.ts";

/** The samples of a component, row by row. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  /** Samples for one pixel. */
  readonly across: number;
  readonly down: number;
  readonly samples: Uint8ClampedArray;
}

/** How large a picture is, and how fine its finest component. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly hMax: number;
  readonly vMax: number;
}

/** Makes samples of all components, the channels of a pixel side by side. */
export function toSamples(
  components: readonly Component[],
  size: PictureSize,
  isYCbCr: boolean,
): Uint8ClampedArray {
  const channels = components.length;
  const out = new Uint8ClampedArray(size.width * size.height * channels);
  components.forEach((component, c) => spread(planeOf(component, size), size, out, c, channels));
  if (isYCbCr) toRgb(out);
  return out;
}

/** cos((2x + 1) u π / 16) / 2, the first row divided by √2: 8 × 8 by u, x. */
const COSINES = /* @__PURE__ */ makeCosines();

function makeCosines(): Float64Array {
  return Float64Array.from({ length: 64 }, (_, i) => {
    const [u, x] = [i >> 3, i & 7];
    return (u === 0 ? Math.sqrt(0.5) : 1) * 0.5 * cos(((2 * x + 1) * u * Math.PI) / 16);
  });
}

function planeOf(component: Component, { width, height, hMax, vMax }: PictureSize): Plane {
  const { coefficients, stride, steps, h, v } = component;
  const rows = coefficients.length / 64 / stride;
  const samples = new Uint8ClampedArray(64 * stride * rows);
  const [values, half] = [new Float64Array(64), new Float64Array(64)];
  for (let block = 0; block < stride * rows; block++) {
    let flat = true;
    for (let i = 0; i < 64; i++) {
      values[i] = coefficients[64 * block + i]! * steps![i]!;
      if (i > 0 && values[i] !== 0) flat = false;
    }
    const at = Math.floor(block / stride) * 64 * stride + (block % stride) * 8;
    if (flat) fill(samples, at, 8 * stride, 128 + values[0]! / 8);
    else transform(values, half, samples, at, 8 * stride);
  }
  return {
    width: Math.ceil((width * h) / hMax),
    height: Math.ceil((height * v) / vMax),
    stride: 8 * stride,
    across: h / hMax,
    down: v / vMax,
    samples,
  };
}

/** A block of one value. */
function fill(out: Uint8ClampedArray, at: number, stride: number, value: number): void {
  for (let y = 0; y < 8; y++) out.fill(value, at + y * stride, at + y * stride + 8);
}

/** The inverse cosine transform of a block, rows then columns, moved up by 128. */
function transform(
  values: Float64Array,
  half: Float64Array,
  out: Uint8ClampedArray,
  at: number,
  stride: number,
): void {
  half.fill(0);
  for (let row = 0; row < 8; row++) {
    for (let u = 0; u < 8; u++) {
      const value = values[8 * row + u]!;
      if (value === 0) continue; // most are
      for (let x = 0; x < 8; x++) half[8 * row + x]! += value * COSINES[8 * u + x]!;
    }
  }
  for (let x = 0; x < 8; x++) {
    for (let y = 0; y < 8; y++) {
      let sum = 128;
      for (let u = 0; u < 8; u++) sum += half[8 * u + x]! * COSINES[8 * u + y]!;
      out[at + y * stride + x] = sum; // rounds, and stays within 0 … 255
    }
  }
}

/** Where a pixel lies among coarser samples: the two neighbours, and the share of the second. */
interface Between {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
}

function between(pixels: number, samples: number, ratio: number): Between {
  const place = (i: number): number => Math.max(0, Math.min((i + 0.5) * ratio - 0.5, samples - 1));
  const places = Float64Array.from({ length: pixels }, (_, i) => place(i));
  const low = Int32Array.from(places, Math.floor);
  const high = low.map((i) => Math.min(i + 1, samples - 1));
  return { low, high, share: places.map((p, i) => p - low[i]!) };
}

/** Puts a plane into its channel, between its samples where it is coarser. */
function spread(
  plane: Plane,
  { width, height }: PictureSize,
  out: Uint8ClampedArray,
  c: number,
  channels: number,
): void {
  const { samples, stride } = plane;
  const exact = plane.width === width && plane.height === height;
  const across = between(width, plane.width, plane.across);
  const down = between(height, plane.height, plane.down);
  for (let y = 0; y < height; y++) {
    const [top, bottom, dy] = [down.low[y]! * stride, down.high[y]! * stride, down.share[y]!];
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels + c;
      if (exact) {
        out[at] = samples[y * stride + x]!;
        continue;
      }
      const [l, r, dx] = [across.low[x]!, across.high[x]!, across.share[x]!];
      const upper = samples[top + l]! * (1 - dx) + samples[top + r]! * dx;
      const lower = samples[bottom + l]! * (1 - dx) + samples[bottom + r]! * dx;
      out[at] = upper * (1 - dy) + lower * dy;
    }
  }
}

/** Brightness and two differences to red, green and blue (JFIF). */
function toRgb(out: Uint8ClampedArray): void {
  for (let at = 0; at < out.length; at += 3) {
    const [y, cb, cr] = [out[at]!, out[at + 1]! - 128, out[at + 2]! - 128];
    out[at] = y + 1.402 * cr;
    out[at + 1] = y - 0.344136 * cb - 0.714136 * cr;
    out[at + 2] = y + 1.772 * cb;
  }
}
