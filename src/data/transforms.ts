/**
 * What is done to pictures before a network sees them, as in `torchvision.transforms`: each
 * function makes a transform of `[C, H, W]` or `[N, C, H, W]`. Random ones draw anew for every
 * picture of a batch; `manualSeed` decides what.
 */
import { argumentError, shapeError } from "../core/errors.ts";
import { asGiven, readNamed } from "../core/options.ts";
import { showShape } from "../core/shape.ts";
import { tensor } from "../tensor/create.ts";
import { flip, narrow, pad as padTensor, stack } from "../tensor/functions/movement.ts";
import { interpolate } from "../tensor/functions/resampling.ts";
import { drawUniform } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Makes pictures of pictures. */
export type Transform = (x: Tensor) => Tensor;

/** A height and a width, or one number for both. */
export type Size = number | readonly [height: number, width: number];

/** One transform after another. (torchvision: `Compose`.) */
export function compose(transforms: readonly Transform[]): Transform {
  return (x) => transforms.reduce((y, transform) => transform(y), x);
}

/**
 * Pictures of whole numbers from 0 to `max` (255) as float32 from 0 to 1; float ones stay as they
 * are. (torchvision: `ToTensor`, `ToDtype(float32, scale=True)`.)
 */
export function toFloat(options: { readonly max?: number } = {}): Transform {
  const { max } = readNamed("toFloat", { max: 255 }, options);
  if (!(max > 0)) throw argumentError(`toFloat: max is ${max}; need a number above 0.`);
  return (x) => {
    extents("toFloat", x);
    return x.dtype === "int32" || x.dtype === "bool" ? x.to("float32").div(max) : x;
  };
}

/** (x − mean) / std for each channel; one number serves all. (torchvision: `Normalize`.) */
export function normalize(
  mean: number | readonly number[],
  std: number | readonly number[],
): Transform {
  const [means, stds] = [[mean].flat() as number[], [std].flat() as number[]];
  if (means.length !== stds.length || !stds.every((s) => s > 0)) {
    throw argumentError(
      `normalize: mean [${means.join(", ")}], std [${stds.join(", ")}]; need as many of both, ` +
        "std above 0.",
    );
  }
  return (x) => {
    const { channels } = extents("normalize", x);
    if (means.length !== 1 && means.length !== channels) {
      throw shapeError(
        `normalize: there are ${means.length} means; x is ${showShape(x.shape)}, of ${channels} ` +
          "channels.",
      );
    }
    const of = (values: number[]): Tensor =>
      tensor(values, { shape: [values.length, 1, 1], device: x.device });
    return x.sub(of(means)).div(of(stds));
  };
}

/**
 * Resizes between the pixels (bilinear, as `interpolate`): to a height and a width, or so that the
 * shorter side is `size`. (torchvision: `Resize`, without antialias.)
 */
export function resize(size: Size): Transform {
  const wanted = sizeOf("resize", size);
  return (x) => {
    const { height, width } = extents("resize", x);
    const shorter = Math.min(height, width);
    const to =
      typeof size === "number"
        ? [Math.trunc((height * size) / shorter), Math.trunc((width * size) / shorter)]
        : wanted;
    if (to[0] === height && to[1] === width) return x;
    const batch = x.shape.length === 4 ? x : x.unsqueeze(0);
    const made = interpolate(batch, { size: to, mode: "bilinear", alignCorners: false });
    return x.shape.length === 4 ? made : made.squeeze(0);
  };
}

/** The middle of a picture; zeros where it is smaller. (torchvision: `CenterCrop`.) */
export function centerCrop(size: Size): Transform {
  const [h, w] = sizeOf("centerCrop", size);
  return (x) => {
    const { height, width } = extents("centerCrop", x);
    const [down, across] = [Math.max(0, h - height), Math.max(0, w - width)];
    const [top, left] = [Math.floor(down / 2), Math.floor(across / 2)];
    const wide = down + across === 0 ? x : padTensor(x, [left, across - left, top, down - top]);
    const start = (all: number, part: number): number => roundHalfEven((all - part) / 2);
    return crop(wide, start(height + down, h), start(width + across, w), h, w);
  };
}

/** What stands around a picture. */
export interface PadTransformOptions {
  /** The value outside, for mode "constant". Default: 0. */
  readonly value?: number;
  /** Default: "constant"; or mirrored, or the nearest pixel. */
  readonly mode?: "constant" | "reflect" | "replicate";
}

/** How much of a border: all sides, left and right with top and bottom, or each side. */
export type Border =
  | number
  | readonly [x: number, y: number]
  | readonly [left: number, top: number, right: number, bottom: number];

/** Adds a border. (torchvision: `Pad`.) */
export function pad(border: Border, options: PadTransformOptions = {}): Transform {
  const { value, mode } = readNamed("pad", { value: 0, mode: asGiven("constant") }, options);
  const [left, top = left, right = left, bottom = top] = [border].flat() as number[];
  const sides = [left!, right!, top!, bottom!];
  if (!sides.every((side) => Number.isInteger(side) && side >= 0)) {
    throw argumentError(`pad: the border is ${sides.join(", ")}; need integers from 0 on.`);
  }
  return (x) => {
    extents("pad", x);
    return mode === "constant"
      ? padTensor(x, sides, { value })
      : padTensor(x, sides, { mode: mode as "reflect" });
  };
}

/** A random part of each picture, after a border was added. (torchvision: `RandomCrop`.) */
export function randomCrop(
  size: Size,
  options: PadTransformOptions & { readonly padding?: Border } = {},
): Transform {
  const { padding, ...rest } = options;
  const [h, w] = sizeOf("randomCrop", size);
  const widen = padding === undefined ? undefined : pad(padding, rest);
  return (x) => {
    const wide = widen === undefined ? x : widen(x);
    const { height, width } = extents("randomCrop", wide);
    if (height < h || width < w) {
      throw shapeError(
        `randomCrop: ${h} × ${w} does not fit into x of ${showShape(wide.shape)}; need padding.`,
      );
    }
    return eachPicture(wide, 2, (picture, [u, v]) => {
      const [top, left] = [Math.floor(u! * (height - h + 1)), Math.floor(v! * (width - w + 1))];
      return crop(picture, top, left, h, w);
    });
  };
}

/** Each picture as in a mirror, with probability p. (torchvision: `RandomHorizontalFlip`.) */
export function randomHorizontalFlip(p = 0.5): Transform {
  if (!(p >= 0 && p <= 1)) {
    throw argumentError(`randomHorizontalFlip: p is ${p}; need a probability from 0 to 1.`);
  }
  return (x) => {
    extents("randomHorizontalFlip", x);
    return eachPicture(x, 1, (picture, [u]) => (u! < p ? flip(picture, [-1]) : picture));
  };
}

/** Does to each picture what its own random numbers say. */
function eachPicture(
  x: Tensor,
  draws: number,
  change: (picture: Tensor, u: Float64Array) => Tensor,
): Tensor {
  if (x.shape.length === 3) return change(x, drawUniform(draws));
  const n = x.shape[0]!;
  if (n === 0) return x;
  const u = drawUniform(n * draws);
  const pictures = Array.from({ length: n }, (_, i) =>
    change(x.select(0, i), u.subarray(i * draws, (i + 1) * draws)),
  );
  return stack(pictures);
}

function crop(x: Tensor, top: number, left: number, height: number, width: number): Tensor {
  return narrow(narrow(x, -2, top, height), -1, left, width);
}

/** Rounds as Python does: halves to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

function sizeOf(owner: string, size: Size): [number, number] {
  const [height, width = height] = [size].flat() as number[];
  if ([height, width].every((side) => Number.isInteger(side) && side! > 0)) {
    return [height!, width!];
  }
  throw argumentError(`${owner}: the size is ${String(size)}; need integers from 1 on.`);
}

function extents(owner: string, x: Tensor): { channels: number; height: number; width: number } {
  const { shape } = x;
  if (shape.length !== 3 && shape.length !== 4) {
    throw shapeError(
      `${owner}: x is ${showShape(shape)}; need pictures [C, H, W] or [N, C, H, W].`,
    );
  }
  const [channels, height, width] = shape.slice(-3) as [number, number, number];
  return { channels, height, width };
}
