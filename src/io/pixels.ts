/** Pictures as their files hold them. */
import { NablaError } from "../core/errors.ts";

/** Samples of pixels, row by row, the channels of a pixel side by side. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 2: grey and opacity, 3: red, green and blue, 4: these and opacity. */
  readonly channels: number;
  /** The sample that means 1. */
  readonly max: number;
  readonly samples: Uint16Array | Uint8ClampedArray;
}

/** Throws for a picture without pixels, or with more than allowed. */
export function checkPixels(what: string, width: number, height: number, most: number): void {
  const problem =
    width === 0 || height === 0
      ? "there are none"
      : `at most ${most} are allowed (option maxPixels)`;
  if (width * height > 0 && width * height <= most) return;
  throw new NablaError("format", `${what}: it is ${width} × ${height} pixels; ${problem}.`);
}
