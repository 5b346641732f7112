/** Channels to pixels and back, channels in turn, windows of images and back to images. */
import { shapeError } from "../../core/errors.ts";
import { showShape, sizeOf } from "../../core/shape.ts";
import { im2col, pad } from "../../ir/compose/border.ts";
import type { Node } from "../../ir/node.ts";
import {
  expandTo,
  fill,
  op,
  permute,
  positions,
  reshape,
  scaled,
  swapAxes,
} from "../../ir/words.ts";
import { define } from "../../tensor/functions/define.ts";
import type { OptionsOf } from "../module-of.ts";

/**
 * `[…, C · r², H, W]` as `[…, C, H · r, W · r]`. Throws where r² does not divide the channels.
 * PyTorch: `F.pixel_shuffle`.
 */
export const pixelShuffle = /* @__PURE__ */ define(
  "pixelShuffle",
  {},
  (b, x, upscaleFactor: number) => {
    const { shape } = x.type;
    const r = upscaleFactor;
    const [c, h, w] = shape.slice(-3) as [number, number, number];
    if (shape.length < 3 || c % (r * r) !== 0) {
      throw shapeError(`pixelShuffle: x is ${showShape(shape)}; need […, C · ${r}², H, W].`);
    }
    const n = shape.slice(0, -3);
    const k = n.length;
    const split = reshape(b, x, [...n, c / (r * r), r, r, h, w]);
    const axes = [...n.map((_, i) => i), k, k + 3, k + 1, k + 4, k + 2];
    return reshape(b, permute(b, split, axes), [...n, c / (r * r), h * r, w * r]);
  },
  { needed: ["upscaleFactor"] },
);

/**
 * `[…, C, H · r, W · r]` as `[…, C · r², H, W]`. Throws where r does not divide height and width.
 * PyTorch: `F.pixel_unshuffle`.
 */
export const pixelUnshuffle = /* @__PURE__ */ define(
  "pixelUnshuffle",
  {},
  (b, x, downscaleFactor: number) => {
    const { shape } = x.type;
    const r = downscaleFactor;
    const [c, h, w] = shape.slice(-3) as [number, number, number];
    if (shape.length < 3 || h % r !== 0 || w % r !== 0) {
      throw shapeError(
        `pixelUnshuffle: x is ${showShape(shape)}; need […, C, H · ${r}, W · ${r}].`,
      );
    }
    const n = shape.slice(0, -3);
    const k = n.length;
    const split = reshape(b, x, [...n, c, h / r, r, w / r, r]);
    const axes = [...n.map((_, i) => i), k, k + 2, k + 4, k + 1, k + 3];
    return reshape(b, permute(b, split, axes), [...n, c * r * r, h / r, w / r]);
  },
  { needed: ["downscaleFactor"] },
);

/**
 * The channels of `[N, C, …]` from `groups` groups in turn. Throws where the groups do not divide
 * the channels. PyTorch: `F.channel_shuffle`.
 */
export const channelShuffle = /* @__PURE__ */ define(
  "channelShuffle",
  {},
  (b, x, groups: number) => {
    const { shape } = x.type;
    const [n, c, ...rest] = shape as readonly [number, number, ...number[]];
    if (shape.length < 3 || !(groups >= 1) || c % groups !== 0) {
      throw shapeError(
        `channelShuffle: x is ${showShape(shape)}; need [N, C, …] with C a multiple of ${groups}.`,
      );
    }
    return reshape(b, swapAxes(b, reshape(b, x, [n, groups, c / groups, ...rest]), 1, 2), shape);
  },
  { needed: ["groups"] },
);

/** One number for both axes, or one for each. */
export type Pair = number | readonly [number, number];

const pair = (value: Pair): readonly [number, number] =>
  typeof value === "number" ? [value, value] : value;

/** How windows lie in an image. */
const WINDOWS = {
  /** Default: 1. */
  dilation: 1 as Pair,
  /** Default: 0. */
  padding: 0 as Pair,
  /** Default: 1. */
  stride: 1 as Pair,
};

/**
 * The windows of images `[N, C, H, W]` as columns: `[N, C · kernel size, number of windows]`.
 * Throws a shape error for a kernel larger than the padded image. PyTorch: `F.unfold`.
 */
export const unfold = /* @__PURE__ */ define(
  "unfold",
  WINDOWS,
  (b, x, kernelSize: Pair, dilation: Pair, padding: Pair, stride: Pair) => {
    const options = { dilation: pair(dilation), padding: pair(padding), stride: pair(stride) };
    return im2col(b, x, pair(kernelSize), options);
  },
  { needed: ["kernelSize"] },
);

/** How windows lie in an image. */
export type UnfoldOptions = OptionsOf<typeof unfold>;

/**
 * Adds the columns `[N, C · kernel size, number of windows]` up to images `[N, C, …outputSize]`,
 * as windows overlap: the transpose of `unfold`. Throws where the windows do not fit. PyTorch:
 * `F.fold`.
 */
export const fold = /* @__PURE__ */ define(
  "fold",
  WINDOWS,
  (b, x, outputSize: Pair, kernelSize: Pair, dilation: Pair, padding: Pair, stride: Pair) => {
    const [output, kernel] = [pair(outputSize), pair(kernelSize)];
    const [gaps, border, steps] = [pair(dilation), pair(padding), pair(stride)];
    const count = output.map((extent, i) => {
      const reach = gaps[i]! * (kernel[i]! - 1) + 1;
      return Math.floor((extent + 2 * border[i]! - reach) / steps[i]!) + 1;
    });
    const single = x.type.shape.length === 2;
    const batch = single ? reshape(b, x, [1, ...x.type.shape]) : x;
    const [n, rows, columns] = batch.type.shape as [number, number, number];
    const windows = sizeOf(count);
    const c = rows / sizeOf(kernel);
    const fits = batch.type.shape.length === 3 && Number.isInteger(c) && columns === windows;
    if (!(Math.min(...count) > 0) || !fits) {
      throw shapeError(
        `fold: x is ${showShape(x.type.shape)}; need [N, C · ${sizeOf(kernel)}, ${windows}] for ` +
          `images of ${showShape(output)}.`,
      );
    }
    const [h, w] = output.map((extent, i) => extent + 2 * border[i]!) as [number, number];
    const shape = [...kernel, ...count];
    const along = (i: number): Node => {
      const window = scaled(b, positions(b, shape, 2 + i), steps[i]!);
      return op(b, "add", window, scaled(b, positions(b, shape, i), gaps[i]!));
    };
    const size = sizeOf(shape);
    const at = reshape(b, op(b, "add", scaled(b, along(0), w), along(1)), [1, size]);
    const blank = fill(b, x.type.dtype, [n * c, h * w], 0);
    const lines = [blank, expandTo(b, at, [n * c, size]), reshape(b, batch, [n * c, size])];
    const image = reshape(b, b.apply("scatter", lines, { combine: "sum", axis: 1 }), [n, c, h, w]);
    const ends = [border[1]!, border[1]!, border[0]!, border[0]!].map((extent) => -extent);
    const cut = pad(b, image, ends, "constant", 0);
    return single ? reshape(b, cut, cut.type.shape.slice(1)) : cut;
  },
  { needed: ["outputSize", "kernelSize"] },
);
