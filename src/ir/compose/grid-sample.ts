/** Reading images and volumes at free positions, as PyTorch's `grid_sample`. */
import { needOneOf } from "../../core/choice.ts";
import { argumentError, shapeError } from "../../core/errors.ts";
import { showShape, sizeOf, stridesOf } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { castTo, expandTo, fillLike, op, plus, reshape, scaled, sliceAxis } from "../words.ts";
import { fmod } from "./numeric.ts";
import { cubicWeights } from "./upsample.ts";

/** How elements between the given ones are found, and what stands outside. */
export interface GridOptions {
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

/** x [N, C, …] at the positions in grid [N, …, axes], each from −1 to 1, the last axis first. */
export function gridSample(b: NodeBuilder, x: Node, grid: Node, options: GridOptions): Node {
  const axes = needTypes(x, grid, options.mode);
  needOneOf("gridSample: mode", options.mode, ["bilinear", "nearest", "bicubic"]);
  needOneOf("gridSample: paddingMode", options.paddingMode, ["zeros", "border", "reflection"]);
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
    const term = read(b, flat, choice, { extents, strides, options });
    total = total === null ? term : op(b, "add", total, term);
  }
  return reshape(b, total!, [batch, channels, ...output]);
}

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
  const rest = fmod(b, distance, fillLike(b, distance, span));
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
function read(b: NodeBuilder, x: Node, taps: readonly Tap[], image: Image): Node {
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
