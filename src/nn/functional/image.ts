/** Channels to pixels and back. */
import { shapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import { permute, reshape } from "../../ir/words.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { program } from "./define.ts";

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
