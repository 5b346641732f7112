/** Channels to pixels and back, channels in turn, and windows added up to images. */
import { shapeError } from "../../core/errors.ts";
import { showShape, sizeOf } from "../../core/shape.ts";
import { pad } from "../../ir/compose/border.ts";
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
import type { Optional } from "../../tensor/functions/define.ts";
import { byName } from "../../tensor/functions/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { program } from "./define.ts";
import type { Pair, UnfoldOptions } from "./linear.ts";
import { pair } from "./linear.ts";

interface Factor {
  readonly factor: number;
}

const shuffleFn = /* @__PURE__ */ program("pixelShuffle", (b, [x], { factor: r }: Factor) => {
  const [c, h, w] = x!.type.shape.slice(-3) as [number, number, number];
  const n = x!.type.shape.slice(0, -3);
  const k = n.length;
  const split = reshape(b, x!, [...n, c / (r * r), r, r, h, w]);
  const axes = [...n.map((_, i) => i), k, k + 3, k + 1, k + 4, k + 2];
  return [reshape(b, permute(b, split, axes), [...n, c / (r * r), h * r, w * r])];
});

/**
 * `[…, C · r², H, W]` as `[…, C, H · r, W · r]`. Throws where r² does not divide the channels.
 * PyTorch: `F.pixel_shuffle`.
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const channels = x.shape.at(-3);
  if (channels === undefined || channels % (upscaleFactor * upscaleFactor) !== 0) {
    throw shapeError(
      `pixelShuffle: x is ${showShape(x.shape)}; need […, C · ${upscaleFactor}², H, W].`,
    );
  }
  return shuffleFn([x], { factor: upscaleFactor })[0]!;
}

const unshuffleFn = /* @__PURE__ */ program("pixelUnshuffle", (b, [x], { factor: r }: Factor) => {
  const [c, h, w] = x!.type.shape.slice(-3) as [number, number, number];
  const n = x!.type.shape.slice(0, -3);
  const k = n.length;
  const split = reshape(b, x!, [...n, c, h / r, r, w / r, r]);
  const axes = [...n.map((_, i) => i), k, k + 2, k + 4, k + 1, k + 3];
  return [reshape(b, permute(b, split, axes), [...n, c * r * r, h / r, w / r])];
});

/**
 * `[…, C, H · r, W · r]` as `[…, C · r², H, W]`. Throws where r does not divide height and width.
 * PyTorch: `F.pixel_unshuffle`.
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const [h, w] = x.shape.slice(-2);
  if (x.ndim < 3 || h! % downscaleFactor !== 0 || w! % downscaleFactor !== 0) {
    throw shapeError(
      `pixelUnshuffle: x is ${showShape(x.shape)}; need […, C, H · ${downscaleFactor}, ` +
        `W · ${downscaleFactor}].`,
    );
  }
  return unshuffleFn([x], { factor: downscaleFactor })[0]!;
}

interface Groups {
  readonly groups: number;
}

const channelFn = /* @__PURE__ */ program("channelShuffle", (b, [x], { groups }: Groups) => {
  const [n, c, ...rest] = x!.type.shape as readonly [number, number, ...number[]];
  const split = reshape(b, x!, [n, groups, c / groups, ...rest]);
  return [reshape(b, swapAxes(b, split, 1, 2), x!.type.shape)];
});

/**
 * The channels of `[N, C, …]` from `groups` groups in turn. Throws where the groups do not divide
 * the channels. PyTorch: `F.channel_shuffle`.
 */
export function channelShuffle(x: Tensor, groups: number): Tensor {
  if (x.ndim < 3 || !(groups >= 1) || x.shape[1]! % groups !== 0) {
    throw shapeError(
      `channelShuffle: x is ${showShape(x.shape)}; need [N, C, …] with C a multiple of ${groups}.`,
    );
  }
  return channelFn([x], { groups })[0]!;
}

interface FoldAttrs {
  readonly output: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly stride: readonly [number, number];
  /** How many windows lie along each axis. */
  readonly count: readonly [number, number];
}

const foldFn = /* @__PURE__ */ program("fold", (b, [x], a: FoldAttrs) => {
  const { kernel, dilation, padding, stride, count } = a;
  const [n, c] = [x!.type.shape[0]!, x!.type.shape[1]! / (kernel[0] * kernel[1])];
  const [h, w] = a.output.map((extent, i) => extent + 2 * padding[i]!) as [number, number];
  const shape = [...kernel, ...count];
  const along = (i: number): Node => {
    const window = scaled(b, positions(b, shape, 2 + i), stride[i]!);
    return op(b, "add", window, scaled(b, positions(b, shape, i), dilation[i]!));
  };
  const size = sizeOf(shape);
  const at = reshape(b, op(b, "add", scaled(b, along(0), w), along(1)), [1, size]);
  const blank = fill(b, x!.type.dtype, [n * c, h * w], 0);
  const lines = [blank, expandTo(b, at, [n * c, size]), reshape(b, x!, [n * c, size])];
  const image = reshape(b, b.apply("scatterAdd", lines, { axis: 1 }), [n, c, h, w]);
  return [pad(b, image, [-padding[1], -padding[1], -padding[0], -padding[0]])];
});

/**
 * Adds the columns `[N, C · kernel size, number of windows]` up to images `[N, C, …outputSize]`,
 * as windows overlap: the transpose of `unfold`. Throws where the windows do not fit. PyTorch:
 * `F.fold`.
 */
export function fold(
  x: Tensor,
  outputSize: Pair,
  kernelSize: Pair,
  ...args: Optional<[dilation?: Pair, padding?: Pair, stride?: Pair], UnfoldOptions>
): Tensor {
  const names = ["dilation", "padding", "stride"];
  const { dilation = 1, padding = 0, stride = 1 } = byName<UnfoldOptions>("fold", names, args);
  const pairs = { dilation: pair(dilation), padding: pair(padding), stride: pair(stride) };
  const [output, kernel] = [pair(outputSize), pair(kernelSize)];
  const count = output.map((extent, i) => {
    const reach = pairs.dilation[i]! * (kernel[i]! - 1) + 1;
    return Math.floor((extent + 2 * pairs.padding[i]! - reach) / pairs.stride[i]!) + 1;
  }) as [number, number];
  const [rows, columns] = x.shape.slice(-2);
  const windows = count[0] * count[1];
  const fits = rows !== undefined && rows % (kernel[0] * kernel[1]) === 0 && columns === windows;
  if ((x.ndim !== 2 && x.ndim !== 3) || !(Math.min(...count) > 0) || !fits) {
    throw shapeError(
      `fold: x is ${showShape(x.shape)}; need [N, C · ${kernel[0] * kernel[1]}, ${windows}] for ` +
        `images of ${showShape(output)}.`,
    );
  }
  const batch = x.ndim === 2 ? x.unsqueeze(0) : x;
  const image = foldFn([batch], { output, kernel, ...pairs, count })[0]!;
  return x.ndim === 2 ? image.squeeze(0) : image;
}
