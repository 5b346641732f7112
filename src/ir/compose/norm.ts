/** Normalisations: over trailing axes, over channels, over groups of channels. */
import { shapeError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { sameShape, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { concat, expandTo, fill, fillLike, op, plus, reshape, sliceAxis } from "../words.ts";
import { mean, varMean } from "./reduction.ts";
import { square } from "./arithmetic.ts";

/** Scale and shift after a normalisation, either missing. */
export interface Affine {
  readonly weight?: Node | null;
  readonly bias?: Node | null;
}

function affine(b: NodeBuilder, x: Node, { weight, bias }: Affine, shape: Shape): Node {
  const line = (node: Node): Node => expandTo(b, reshape(b, node, shape), x.type.shape);
  const scaled = weight ? op(b, "mul", x, line(weight)) : x;
  return bias ? op(b, "add", scaled, line(bias)) : scaled;
}

/** (x − center) / √(variance + eps). */
function standardized(b: NodeBuilder, x: Node, center: Node, variance: Node, eps: number): Node {
  const gap = op(b, "sub", x, expandTo(b, center, x.type.shape));
  const root = op(b, "sqrt", plus(b, variance, eps));
  const inverse = op(b, "div", fillLike(b, root, 1), root);
  return op(b, "mul", gap, expandTo(b, inverse, x.type.shape));
}

function trailing(name: string, x: Node, normalized: Shape): number[] {
  const rank = x.type.shape.length;
  const axes = normalized.map((_, i) => rank - normalized.length + i);
  if (sameShape(x.type.shape.slice(-normalized.length), normalized)) return axes;
  throw shapeError(
    `${name}: x is ${showShape(x.type.shape)}; need trailing axes ${showShape(normalized)}.`,
  );
}

/** Brings trailing axes to mean 0 and variance 1. */
export function layerNorm(
  b: NodeBuilder,
  x: Node,
  normalized: Shape,
  parameters: Affine = {},
  eps = 1e-5,
): Node {
  const axes = trailing("layerNorm", x, normalized);
  const { variance, mean: center } = varMean(b, x, axes, { correction: 0, keepdim: true });
  return affine(b, standardized(b, x, center, variance, eps), parameters, normalized);
}

/** Divides by the root mean square of trailing axes. */
export function rmsNorm(
  b: NodeBuilder,
  x: Node,
  normalized: Shape,
  parameters: Affine = {},
  eps = 1e-5,
): Node {
  const axes = trailing("rmsNorm", x, normalized);
  const root = op(b, "sqrt", plus(b, mean(b, square(b, x), axes, true), eps));
  const inverse = op(b, "div", fillLike(b, root, 1), root);
  const y = op(b, "mul", x, expandTo(b, inverse, x.type.shape));
  return affine(b, y, parameters, normalized);
}

function channelLine(x: Node): number[] {
  return x.type.shape.map((n, axis) => (axis === 1 ? n : 1));
}

/** Normalises each channel (axis 1) by a given mean and variance of shape [C]. */
export function batchNormBy(
  b: NodeBuilder,
  x: Node,
  center: Node,
  variance: Node,
  parameters: Affine = {},
  eps = 1e-5,
): Node {
  const line = channelLine(x);
  const y = standardized(b, x, reshape(b, center, line), reshape(b, variance, line), eps);
  return affine(b, y, parameters, line);
}

/** The mean and the biased variance of each channel (axis 1), both [C]. */
export function channelMoments(
  b: NodeBuilder,
  x: Node,
): { readonly mean: Node; readonly variance: Node } {
  const axes = x.type.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  return varMean(b, x, axes, { correction: 0 });
}

/** Normalises groups of channels (axis 1), item by item. */
export function groupNorm(
  b: NodeBuilder,
  x: Node,
  groups: number,
  parameters: Affine = {},
  eps = 1e-5,
): Node {
  const [n, c] = x.type.shape as [number, number];
  if (c % groups !== 0) {
    throw shapeError(
      `groupNorm: ${groups} groups do not divide ${c} channels of ${showShape(x.type.shape)}.`,
    );
  }
  const rows = reshape(b, x, [n, groups, n * groups === 0 ? 0 : x.type.size / (n * groups)]);
  const { variance, mean: center } = varMean(b, rows, 2, { correction: 0, keepdim: true });
  const y = reshape(b, standardized(b, rows, center, variance, eps), x.type.shape);
  return affine(b, y, parameters, channelLine(x));
}

/** The sum over a window of `size` neighbouring channels (axis 1) around each. */
export function channelWindows(b: NodeBuilder, x: Node, size: number): Node {
  const channels = x.type.shape[1]!;
  const edge = (count: number): Node =>
    fill(
      b,
      x.type.dtype,
      x.type.shape.map((n, axis) => (axis === 1 ? count : n)),
      0,
    );
  const padded = concat(b, [edge(Math.floor(size / 2)), x, edge(Math.floor((size - 1) / 2))], 1);
  let total = sliceAxis(b, padded, 1, 0, channels);
  for (let k = 1; k < size; k++) total = op(b, "add", total, sliceAxis(b, padded, 1, k, channels));
  return total;
}
