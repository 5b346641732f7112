/**
 * Images and volumes at other places: enlarged and shrunk (nearest neighbours, lines, cubics and
 * averages), or read at free positions.
 */
import { needOneOf } from "../../core/choice.ts";
import { isFloat } from "../../core/dtype.ts";
import { argumentError, dtypeError, shapeError } from "../../core/errors.ts";
import type { Options, Settings } from "../../core/options.ts";
import { asGiven } from "../../core/options.ts";
import { showShape, sizeOf, stridesOf } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../../ir/node.ts";
import {
  castTo,
  expandTo,
  fillLike,
  op,
  plus,
  reshape,
  scaled,
  sliceAxis,
} from "../../ir/words.ts";
import type { ArgumentsOf } from "./define.ts";
import { define } from "./define.ts";
import { fmod } from "./numeric.ts";
import { adaptiveAverages, taken } from "./windows.ts";

/** How elements between the given ones are found. */
type UpsampleMode = "nearest" | "linear" | "bilinear" | "trilinear" | "bicubic" | "area";

/** The settings of upsampling: a size or a factor, for all spatial axes or each. */
const UPSAMPLE = {
  size: null as number | readonly number[] | null,
  scaleFactor: null as number | readonly number[] | null,
  mode: "nearest" as UpsampleMode,
  alignCorners: asGiven<boolean | null>(false),
};

/** The options of upsampling. */
export type UpsampleOptions = Options<typeof UPSAMPLE>;

const AXES: Readonly<Record<UpsampleMode, number>> = {
  nearest: 0,
  linear: 1,
  bilinear: 2,
  trilinear: 3,
  bicubic: 2,
  area: 0,
};

/**
 * Resizes the spatial axes of input [N, C, …] to `size` or by `scaleFactor`; `mode` "nearest"
 * (default), "linear", "bilinear", "trilinear", "bicubic" or "area".
 */
export const upsample = /* @__PURE__ */ define(
  "upsample",
  UPSAMPLE,
  (
    b,
    x,
    size: number | readonly number[] | null,
    scaleFactor: number | readonly number[] | null,
    mode: UpsampleMode,
    alignCorners: boolean | null,
  ) => {
    const { shape } = x.type;
    const axes = shape.length - 2;
    if (axes < 1 || (AXES[mode] !== 0 && AXES[mode] !== axes)) {
      throw argumentError(`upsample: mode "${mode}" does not fit an input of ${showShape(shape)}.`);
    }
    const given = size ?? scaleFactor;
    if (given === null || (size !== null && scaleFactor !== null)) {
      throw argumentError("upsample: need either size or scaleFactor.");
    }
    const list = typeof given === "number" ? new Array<number>(axes).fill(given) : given;
    const sizes = list.map((n, i) => (size === null ? Math.floor(shape[i + 2]! * n) : n));
    const bad = sizes.findIndex((n) => !(n >= 1));
    if (bad >= 0)
      throw argumentError(`upsample: axis ${bad + 2} would have ${sizes[bad]} elements.`);
    if (mode === "area") return adaptiveAverages(b, axes, x, sizes);
    const corners = alignCorners ?? false;
    let y = x;
    sizes.forEach((wanted, i) => {
      const step = size === null ? 1 / list[i]! : shape[i + 2]! / wanted;
      if (mode === "nearest") y = nearest(b, y, i + 2, wanted, step);
      else if (mode === "bicubic") y = cubic(b, y, i + 2, wanted, step, corners);
      else y = linear(b, y, i + 2, wanted, step, corners);
    });
    return y;
  },
);

/** PyTorch's other name of `upsample`. */
export const interpolate = upsample;

function nearest(b: NodeBuilder, x: Node, axis: number, size: number, step: number): Node {
  const { shape } = x.type;
  const extent = shape[axis]!;
  const times = size / extent;
  if (Number.isInteger(times) && step * times === 1) {
    const thin = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
    const wide = thin.map((n, a) => (a === axis + 1 ? times : n));
    const full = expandTo(b, reshape(b, x, thin), wide);
    return reshape(
      b,
      full,
      shape.map((n, a) => (a === axis ? size : n)),
    );
  }
  const places = scaled(b, castTo(b, b.apply("iota", [], { length: size }), "float64"), step);
  const at = op(b, "minimum", places, fillLike(b, places, extent - 1));
  return taken(b, x, axis, castTo(b, op(b, "floor", at), "int32"));
}

/** Where the new elements of an axis lie among the old ones, of which it refuses integers. */
function sourcesOf(
  b: NodeBuilder,
  x: Node,
  axis: number,
  size: number,
  step: number,
  corners: boolean,
): Node {
  if (!isFloat(x.type.dtype)) {
    throw dtypeError(`upsample: input is ${x.type.text}; need float32 or float64.`);
  }
  const index = castTo(b, b.apply("iota", [], { length: size }), "float64");
  if (!corners) return plus(b, scaled(b, plus(b, index, 0.5), step), -0.5);
  return scaled(b, index, size > 1 ? (x.type.shape[axis]! - 1) / (size - 1) : 0);
}

function linear(
  b: NodeBuilder,
  x: Node,
  axis: number,
  size: number,
  step: number,
  corners: boolean,
): Node {
  const { shape, dtype } = x.type;
  const extent = shape[axis]!;
  const places = sourcesOf(b, x, axis, size, step, corners);
  const at = corners ? places : op(b, "maximum", places, fillLike(b, places, 0));
  const low = op(b, "minimum", op(b, "floor", at), fillLike(b, at, extent - 1));
  const high = op(b, "minimum", plus(b, low, 1), fillLike(b, at, extent - 1));
  const wide = shape.map((n, a) => (a === axis ? size : n));
  const line = wide.map((n, a) => (a === axis ? n : 1));
  const share = expandTo(b, reshape(b, castTo(b, op(b, "sub", at, low), dtype), line), wide);
  const below = taken(b, x, axis, castTo(b, low, "int32"));
  const above = taken(b, x, axis, castTo(b, high, "int32"));
  const rest = op(b, "sub", fillLike(b, share, 1), share);
  return op(b, "add", op(b, "mul", rest, below), op(b, "mul", share, above));
}

/** The weights of four neighbours in a cubic, a share t of the way from the second to the third. */
function cubicWeights(b: NodeBuilder, t: Node): Node[] {
  const A = -0.75; // PyTorch's choice
  const near = (x: Node): Node => {
    const inner = plus(b, scaled(b, x, A + 2), -(A + 3));
    return plus(b, op(b, "mul", op(b, "mul", inner, x), x), 1);
  };
  const far = (x: Node): Node => {
    const inner = plus(b, op(b, "mul", plus(b, scaled(b, x, A), -5 * A), x), 8 * A);
    return plus(b, op(b, "mul", inner, x), -4 * A);
  };
  const back = op(b, "neg", t);
  return [far(plus(b, t, 1)), near(t), near(plus(b, back, 1)), far(plus(b, back, 2))];
}

function cubic(
  b: NodeBuilder,
  x: Node,
  axis: number,
  size: number,
  step: number,
  corners: boolean,
): Node {
  const { shape, dtype } = x.type;
  const extent = shape[axis]!;
  const at = sourcesOf(b, x, axis, size, step, corners);
  const low = op(b, "floor", at);
  const wide = shape.map((n, a) => (a === axis ? size : n));
  const line = wide.map((n, a) => (a === axis ? n : 1));
  const parts = cubicWeights(b, op(b, "sub", at, low)).map((weight, k) => {
    const place = op(b, "maximum", plus(b, low, k - 1), fillLike(b, low, 0));
    const held = op(b, "minimum", place, fillLike(b, low, extent - 1));
    const share = expandTo(b, reshape(b, castTo(b, weight, dtype), line), wide);
    return op(b, "mul", share, taken(b, x, axis, castTo(b, held, "int32")));
  });
  return parts.reduce((sum, part) => op(b, "add", sum, part));
}

/** The arguments of resizing after its input, by position or by name. */
export type UpsampleArguments = ArgumentsOf<typeof upsample>;

/** How elements between the given ones are found, and what stands outside. */
interface GridOptions {
  readonly mode: "bilinear" | "nearest" | "bicubic";
  readonly paddingMode: "zeros" | "border" | "reflection";
  readonly alignCorners: boolean;
}

/** Where along one axis to read, with what weight: positions are whole numbers in float. */
interface Tap {
  readonly place: Node;
  readonly weight: Node | null;
}

function needTypes(x: Node, grid: Node, mode: GridOptions["mode"]): number {
  const axes = x.type.shape.length - 2;
  const fits =
    (axes === 2 || axes === 3) &&
    grid.type.shape.length === x.type.shape.length &&
    grid.type.shape.at(-1) === axes &&
    grid.type.shape[0] === x.type.shape[0];
  if (!fits) {
    throw shapeError(
      `gridSample: input is ${showShape(x.type.shape)}, grid is ${showShape(grid.type.shape)}; ` +
        `need [N, C, H, W] and [N, h, w, 2], or [N, C, D, H, W] and [N, d, h, w, 3].`,
    );
  }
  if (mode !== "bicubic" || axes === 2) return axes;
  throw argumentError("gridSample: mode bicubic needs an input [N, C, H, W].");
}

/** The settings of `gridSample`. */
const GRID_SAMPLE = {
  mode: "bilinear" as GridOptions["mode"],
  paddingMode: "zeros" as GridOptions["paddingMode"],
  alignCorners: asGiven<boolean | null>(false),
};

/** Options of `gridSample`. */
export type GridSampleOptions = Options<typeof GRID_SAMPLE>;

/**
 * The input [N, C, H, W] at the positions of grid [N, h, w, 2] (x, then y, from −1 to 1), or [N, C,
 * D, H, W] at those of [N, d, h, w, 3]: `mode` "bilinear" (default), "nearest" or "bicubic";
 * outside "zeros" (default), "border" or "reflection".
 */
export const gridSample = /* @__PURE__ */ define(
  "gridSample",
  GRID_SAMPLE,
  (
    b,
    x,
    grid: Node,
    mode: GridOptions["mode"],
    paddingMode: GridOptions["paddingMode"],
    alignCorners: boolean | null,
  ) => {
    const options = { mode, paddingMode, alignCorners: alignCorners ?? false };
    const axes = needTypes(x, grid, mode);
    needOneOf("gridSample: mode", mode, ["bilinear", "nearest", "bicubic"]);
    needOneOf("gridSample: paddingMode", paddingMode, ["zeros", "border", "reflection"]);
    const extents = x.type.shape.slice(2);
    const [batch, channels] = x.type.shape as [number, number];
    const output = grid.type.shape.slice(1, -1);
    const count = sizeOf(output);
    const positions = castTo(b, grid, x.type.dtype);
    const taps = extents.map((extent, i) => {
      const part = sliceAxis(b, positions, axes + 1, axes - 1 - i, 1);
      return tapsOf(b, reshape(b, part, [batch, count]), extent, options);
    });
    const flat = reshape(b, x, [batch, channels, sizeOf(extents)]);
    const strides = stridesOf(extents);
    let total: Node | null = null;
    for (const choice of choices(taps)) {
      const term = readAt(b, flat, choice, { extents, strides, options });
      total = total === null ? term : op(b, "add", total, term);
    }
    return reshape(b, total!, [batch, channels, ...output]);
  },
  { tensors: ["grid"] },
);

/** One tap for each axis, in all combinations. */
function choices(taps: readonly (readonly Tap[])[]): Tap[][] {
  return taps.reduce<Tap[][]>(
    (all, own) => all.flatMap((choice) => own.map((tap) => [...choice, tap])),
    [[]],
  );
}

function tapsOf(b: NodeBuilder, g: Node, extent: number, options: GridOptions): Tap[] {
  const { mode, alignCorners } = options;
  const at = alignCorners
    ? scaled(b, plus(b, g, 1), (extent - 1) / 2)
    : scaled(b, plus(b, scaled(b, plus(b, g, 1), extent), -1), 0.5);
  if (mode === "bicubic") {
    const low = op(b, "floor", at);
    return cubicWeights(b, op(b, "sub", at, low)).map((weight, k) => ({
      place: held(b, plus(b, low, k - 1), extent, options),
      weight,
    }));
  }
  const inside = held(b, at, extent, options);
  if (mode === "nearest") return [{ place: op(b, "round", inside), weight: null }];
  const low = op(b, "floor", inside);
  const share = op(b, "sub", inside, low);
  return [
    { place: low, weight: plus(b, op(b, "neg", share), 1) },
    { place: plus(b, low, 1), weight: share },
  ];
}

/** A position by the rule for what stands outside. */
function held(b: NodeBuilder, at: Node, extent: number, options: GridOptions): Node {
  if (options.paddingMode === "zeros") return at;
  const inner =
    options.paddingMode === "border" ? at : reflected(b, at, extent, options.alignCorners);
  const low = op(b, "maximum", inner, fillLike(b, at, 0));
  return op(b, "minimum", low, fillLike(b, at, extent - 1));
}

/** A position mirrored at the middles, or at the edges, of the outermost elements. */
function reflected(b: NodeBuilder, at: Node, extent: number, corners: boolean): Node {
  const [start, span] = corners ? [0, extent - 1] : [-0.5, extent];
  if (span === 0) return scaled(b, at, 0);
  const distance = op(b, "abs", plus(b, at, -start));
  const rest = fmod.graph(b, distance, fillLike(b, distance, span));
  const flips = op(b, "floor", scaled(b, distance, 1 / span));
  const half = scaled(b, flips, 0.5);
  const even = op(b, "eq", half, op(b, "floor", half));
  const back = plus(b, op(b, "neg", rest), span + start);
  return op(b, "where", even, plus(b, rest, start), back);
}

interface Image {
  readonly extents: readonly number[];
  readonly strides: readonly number[];
  readonly options: GridOptions;
}

/** The elements at one tap of each axis, times its weights; 0 outside. */
function readAt(b: NodeBuilder, x: Node, taps: readonly Tap[], image: Image): Node {
  const { extents, strides } = image;
  let index: Node | null = null;
  let weight: Node | null = null;
  let inside: Node | null = null;
  taps.forEach((tap, i) => {
    const zero = fillLike(b, tap.place, 0);
    const last = fillLike(b, tap.place, extents[i]! - 1);
    const known = op(b, "and", op(b, "le", zero, tap.place), op(b, "le", tap.place, last));
    const safe = op(b, "where", known, tap.place, zero);
    const part = scaled(b, castTo(b, safe, "int32"), strides[i]!);
    index = index === null ? part : op(b, "add", index, part);
    inside = inside === null ? known : op(b, "and", inside, known);
    if (tap.weight !== null)
      weight = weight === null ? tap.weight : op(b, "mul", weight, tap.weight);
  });
  const [batch, channels] = x.type.shape as [number, number, number];
  const count = index!.type.shape[1]!;
  const over = (y: Node): Node =>
    expandTo(b, reshape(b, y, [batch, 1, count]), [batch, channels, count]);
  const values = b.apply("gather", [x, over(index!)], { axis: 2 });
  const counted = op(b, "where", over(inside!), values, fillLike(b, values, 0));
  return weight === null ? counted : op(b, "mul", over(weight), counted);
}

/** The arguments of `gridSample` after its grid, by position or by name. */
export type GridSampleArguments = Settings<
  [
    mode: GridOptions["mode"],
    paddingMode: GridOptions["paddingMode"],
    alignCorners: boolean | null,
  ],
  GridSampleOptions
>;
