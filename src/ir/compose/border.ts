/**
 * Borders and windows: padding in its four modes, sliding windows, the columns of a convolution.
 */
import { needOneOf } from "../../core/choice.ts";
import { argumentError, shapeError } from "../../core/errors.ts";
import { normalizeAxis, showShape } from "../../core/shape.ts";
import type { Node, NodeBuilder } from "../node.ts";
import { concat, expandTo, fill, reshape, reverse, sliceAxis } from "../words.ts";
import { unsqueeze } from "./movement.ts";

/** What stands in a border. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

/**
 * Adds a border: `pads` lists (before, after) from the last axis inward, as PyTorch's `F.pad`;
 * negative numbers cut off.
 */
export function pad(
  b: NodeBuilder,
  x: Node,
  pads: readonly number[],
  mode: PadMode,
  value: number,
): Node {
  const rank = x.type.shape.length;
  if (pads.length % 2 !== 0 || pads.length > 2 * rank || pads.some((n) => !Number.isInteger(n))) {
    throw argumentError(
      `pad: pads [${pads.join(", ")}] do not fit ${showShape(x.type.shape)}; ` +
        `need two integers for each of up to ${rank} axes.`,
    );
  }
  let y = x;
  for (let i = 0; i < pads.length; i += 2) {
    const axis = rank - 1 - i / 2;
    const [before, after] = [pads[i]!, pads[i + 1]!];
    y = cropped(b, y, axis, before, after);
    const border = [Math.max(0, before), Math.max(0, after)] as const;
    y =
      mode === "constant"
        ? surrounded(b, y, axis, border, value)
        : extended(b, y, axis, border, mode);
  }
  return y;
}

function cropped(b: NodeBuilder, x: Node, axis: number, before: number, after: number): Node {
  const from = Math.max(0, -before);
  const size = x.type.shape[axis]! - from - Math.max(0, -after);
  if (size < 0) {
    throw argumentError(
      `pad: ${before} and ${after} cut off more than ${showShape(x.type.shape)} has.`,
    );
  }
  return sliceAxis(b, x, axis, size === 0 ? 0 : from, size);
}

function surrounded(
  b: NodeBuilder,
  x: Node,
  axis: number,
  [before, after]: readonly [number, number],
  value: number,
): Node {
  if (before + after === 0) return x;
  const { shape, dtype } = x.type;
  const wide = shape.map((n, a) => (a === axis ? n + before + after : n));
  return b.apply("update", [fill(b, dtype, wide, value), x], {
    start: shape.map((_, a) => (a === axis ? before : 0)),
    step: shape.map(() => 1),
    dynamic: [],
  });
}

/** Lays copies of x's own elements before and after it. */
function extended(
  b: NodeBuilder,
  x: Node,
  axis: number,
  [before, after]: readonly [number, number],
  mode: Exclude<PadMode, "constant">,
): Node {
  needOneOf("pad: mode", mode, ["constant", "reflect", "replicate", "circular"]);
  if (before + after === 0) return x;
  const extent = x.type.shape[axis]!;
  const room = mode === "reflect" ? extent - 1 : mode === "circular" ? extent : Infinity;
  if (extent === 0 || before > room || after > room) {
    throw shapeError(
      `pad: mode ${mode} cannot add ${before} and ${after} to axis ${axis} of ` +
        `${showShape(x.type.shape)}; ${extent === 0 ? "it is empty" : `at most ${room}`}.`,
    );
  }
  const take = (start: number, size: number): Node =>
    sliceAxis(b, x, axis, size === 0 ? 0 : start, size);
  const edge = (at: number, size: number): Node =>
    expandTo(
      b,
      take(at, 1),
      x.type.shape.map((n, a) => (a === axis ? size : n)),
    );
  const borders = {
    reflect: () => [
      reverse(b, take(1, before), axis),
      reverse(b, take(extent - 1 - after, after), axis),
    ],
    replicate: () => [edge(0, before), edge(extent - 1, after)],
    circular: () => [take(extent - before, before), take(0, after)],
  };
  const [left, right] = borders[mode]();
  return concat(b, [left!, x, right!], axis);
}

/** Every window of `size` elements along an axis, `step` apart; the window is a new last axis. */
export function unfold(b: NodeBuilder, x: Node, dim: number, size: number, step: number): Node {
  const axis = normalizeAxis("unfold", dim, x.type.shape.length);
  const extent = x.type.shape[axis] ?? 1;
  if (!(size > 0 && size <= extent && step > 0)) {
    throw argumentError(
      `unfold: windows of ${size} by ${step} do not fit axis ${dim} of ${showShape(x.type.shape)}.`,
    );
  }
  const count = Math.floor((extent - size) / step) + 1;
  const parts = Array.from({ length: size }, (_, k) =>
    unsqueeze(b, sliceAxis(b, x, axis, k, count, step), -1),
  );
  return concat(b, parts, x.type.shape.length);
}

/** How a kernel moves over an image: [rows, columns] each. */
export interface WindowOptions {
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number];
  readonly dilation?: readonly [number, number];
}

/** The windows of an image [N, C, H, W] as [N, C, kh · kw, oh, ow]. */
export function windows(
  b: NodeBuilder,
  x: Node,
  [kh, kw]: readonly [number, number],
  options: WindowOptions = {},
  value = 0,
): Node {
  const { stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = options;
  if (x.type.shape.length !== 4) {
    throw shapeError(`im2col: x is ${showShape(x.type.shape)}; need [N, C, H, W].`);
  }
  const image = pad(b, x, [padding[1], padding[1], padding[0], padding[0]], "constant", value);
  const [n, c, h, w] = image.type.shape as [number, number, number, number];
  const rows = Math.floor((h - dilation[0] * (kh - 1) - 1) / stride[0]) + 1;
  const columns = Math.floor((w - dilation[1] * (kw - 1) - 1) / stride[1]) + 1;
  if (rows <= 0 || columns <= 0) {
    throw shapeError(
      `im2col: a kernel of ${kh} × ${kw} with dilation ${dilation.join(" × ")} is larger than ` +
        `the padded image, ${h} × ${w}.`,
    );
  }
  const parts: Node[] = [];
  for (let i = 0; i < kh; i++) {
    const band = sliceAxis(b, image, 2, i * dilation[0], rows, stride[0]);
    for (let j = 0; j < kw; j++) {
      const piece = sliceAxis(b, band, 3, j * dilation[1], columns, stride[1]);
      parts.push(reshape(b, piece, [n, c, 1, rows, columns]));
    }
  }
  return concat(b, parts, 2);
}

/** The columns of a convolution, as PyTorch's `F.unfold`: [N, C · kh · kw, oh · ow]. */
export function im2col(
  b: NodeBuilder,
  x: Node,
  kernel: readonly [number, number],
  options: WindowOptions = {},
): Node {
  const y = windows(b, x, kernel, options);
  const [n, c, k, rows, columns] = y.type.shape as [number, number, number, number, number];
  return reshape(b, y, [n, c * k, rows * columns]);
}
