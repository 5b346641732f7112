/** Pictures as tensors `[C, H, W]`. */
import { NablaError } from "../core/errors.ts";
import { needOneOf } from "../core/choice.ts";
import { readNamed } from "../core/options.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { decodeJpeg, isJpeg } from "./jpeg.ts";
import type { Pixels } from "./pixels.ts";
import { decodePng, isPng } from "./png.ts";

/** Which channels a picture is to have. */
export type ImageMode = "unchanged" | "gray" | "rgb" | "rgba";

const IMAGE = { mode: "unchanged", maxPixels: 3_686_400 };
const MODES: readonly ImageMode[] = ["unchanged", "gray", "rgb", "rgba"];

/** How a picture is read. */
export interface ImageOptions {
  /** The channels; default: those of the file. Opacity is dropped where it is not asked for. */
  readonly mode?: ImageMode;
  /** Pictures of more pixels are refused before they take memory. Default: 2560 × 1440. */
  readonly maxPixels?: number;
}

/**
 * Reads a PNG or JPEG file as a float32 tensor `[C, H, W]` of values from 0 to 1: grey 1 channel,
 * grey and opacity 2, colours 3, colours and opacity 4. Throws a format error where it is damaged,
 * cut off, too large or of another format. (torchvision: `decode_image`, scaled.)
 */
export async function decodeImage(bytes: Uint8Array, options: ImageOptions = {}): Promise<Tensor> {
  const { mode, maxPixels } = readNamed("decodeImage", IMAGE, options);
  needOneOf("decodeImage: mode", mode, MODES);
  if (isPng(bytes)) return toTensor(await decodePng(bytes, maxPixels), mode as ImageMode);
  if (isJpeg(bytes)) return toTensor(decodeJpeg(bytes, maxPixels), mode as ImageMode);
  throw new NablaError("format", "decodeImage: the bytes are neither PNG nor JPEG.");
}

/** Where each channel comes from: a sample's place, grey of three samples, or full opacity. */
type Source = number | "gray" | "full";

function sourcesOf(channels: number, mode: ImageMode): Source[] {
  const colours = channels >= 3;
  const opacity: Source = channels % 2 === 0 ? channels - 1 : "full";
  const rgb: Source[] = colours ? [0, 1, 2] : [0, 0, 0];
  if (mode === "gray") return colours ? ["gray"] : [0];
  if (mode === "rgb") return rgb;
  if (mode === "rgba") return [...rgb, opacity];
  return Array.from({ length: channels }, (_, c) => c);
}

function toTensor({ width, height, channels, max, samples }: Pixels, mode: ImageMode): Tensor {
  const sources = sourcesOf(channels, mode);
  const size = width * height;
  const data = new Float32Array(sources.length * size);
  sources.forEach((source, c) => {
    const out = data.subarray(c * size, (c + 1) * size);
    if (source === "full") out.fill(1);
    else if (source === "gray") {
      for (let p = 0; p < size; p++) out[p] = grayOf(samples, p * channels) / max;
    } else {
      for (let p = 0; p < size; p++) out[p] = samples[p * channels + source]! / max;
    }
  });
  return tensor(data, { shape: [sources.length, height, width] });
}

/** How bright a colour is (ITU-R 601, as Pillow and torchvision have it). */
function grayOf(samples: Pixels["samples"], at: number): number {
  return 0.299 * samples[at]! + 0.587 * samples[at + 1]! + 0.114 * samples[at + 2]!;
}
