/** Shapes and places: nothing is computed here, elements only move. */
import { argumentError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { normalizeAxis, showShape } from "../../core/shape.ts";
import * as border from "../../ir/compose/border.ts";
import * as c from "../../ir/compose/movement.ts";
import type { Node } from "../../ir/node.ts";
import { Fn } from "../../runtime/function.ts";
import { call, call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs } from "./define.ts";

type B = Parameters<typeof c.reshape>[0];

/** Makes a function of one tensor and fixed parameters. */
function moving<P extends readonly unknown[]>(
  name: string,
  compose: (b: B, x: Node, ...parameters: P) => Node,
): <V extends Value>(x: V, ...parameters: P) => V {
  const fn = new Fn<{ readonly p: P }>(name, (b, [x], { p }) => [compose(b, x!, ...p)]);
  return (x, ...parameters) => call1(fn, [x], [], constantAttrs({ p: parameters as unknown as P }));
}

/** The same elements in another shape; one extent may be −1. */
export const reshape = moving<[shape: Shape]>("reshape", c.reshape);
/** The axes in another order. */
export const permute = moving<[dims: readonly number[]]>("permute", c.permute);
/** Two axes exchanged. */
export const transpose = moving<[dim0: number, dim1: number]>("transpose", c.transpose);
/** The last two axes exchanged (a vector stays). */
export const matrixTranspose = moving<[]>("T", c.matrixTranspose);
/** Axes moved to other places. */
export const movedim = moving<
  [source: number | readonly number[], destination: number | readonly number[]]
>("movedim", c.movedim);
/** Extents of 1 stretched; −1 keeps one. */
export const expand = moving<[shape: Shape]>("expand", c.expand);
/** Without axes of extent 1: all of them, or those named. */
export const squeeze = moving<[dim?: number | readonly number[]]>("squeeze", c.squeeze);
/** With a new axis of extent 1. */
export const unsqueeze = moving<[dim: number]>("unsqueeze", c.unsqueeze);
/** Axes `startDim` to `endDim` made one. */
export const flatten = moving<[startDim?: number, endDim?: number]>("flatten", c.flatten);
/** One axis divided into several. */
export const unflatten = moving<[dim: number, sizes: Shape]>("unflatten", c.unflatten);
/** Axes reversed. */
export const flip = moving<[dims: number | readonly number[]]>("flip", c.flip);
/** Elements moved around axes, or around the flattened tensor. */
export const roll = moving<[shifts: number | readonly number[], dims?: number | readonly number[]]>(
  "roll",
  c.roll,
);
/** A plane turned by quarter turns. */
export const rot90 = moving<[k?: number, dims?: readonly [number, number]]>("rot90", c.rot90);
/** Copies laid side by side, `counts` of them per axis. */
export const repeat = moving<[counts: readonly number[]]>("repeat", c.repeat);
/** `repeat` with missing counts on the left being 1. */
export const tile = moving<[counts: readonly number[]]>("tile", c.tile);
/** Each element repeated. */
export const repeatInterleave = moving<[count: number, dim?: number]>(
  "repeatInterleave",
  c.repeatInterleave,
);
/** The diagonal of two axes, as the last axis. */
export const diagonal = moving<[offset?: number, dim1?: number, dim2?: number]>(
  "diagonal",
  c.diagonal,
);
/** A matrix with the last axis on its diagonal. */
export const diagEmbed = moving<[offset?: number]>("diagEmbed", c.diagEmbed);
/** A vector's matrix, or a matrix's diagonal. */
export const diag = moving<[offset?: number]>("diag", c.diag);
/** The lower triangle; 0 above. */
export const tril = moving<[offset?: number]>("tril", c.tril);
/** The upper triangle; 0 below. */
export const triu = moving<[offset?: number]>("triu", c.triu);
/** Windows of `size`, `step` apart, along an axis; they become a new last axis. */
export const unfold = moving<[dim: number, size: number, step: number]>("unfold", border.unfold);

const narrowFn = new Fn<{ readonly dim: number; readonly length: number }>(
  "narrow",
  (b, [x, start], { dim, length }) => [c.narrow(b, x!, dim, start!, length)],
);

/** `length` elements along an axis from `start` on (negative counts from the end). */
export function narrow<V extends Value>(x: V, dim: number, start: number, length: number): V {
  const { shape } = x.type;
  const extent = shape[normalizeAxis("narrow", dim, shape.length)] ?? 1;
  const from = start < 0 ? start + extent : start;
  if (
    !Number.isInteger(from) ||
    !Number.isInteger(length) ||
    from < 0 ||
    length < 0 ||
    from + length > extent
  ) {
    throw argumentError(
      `narrow: start ${start} and length ${length} leave axis ${dim} of ${showShape(shape)}; ` +
        `need integers with 0 ≤ start and start + length ≤ ${extent}.`,
    );
  }
  return call1(narrowFn, [x], [from], constantAttrs({ dim, length }));
}

const selectFn = new Fn<{ readonly dim: number }>("select", (b, [x, index], { dim }) => [
  c.select(b, x!, dim, index!),
]);

/** The elements at one place of an axis, which goes away. */
export function select<V extends Value>(x: V, dim: number, index: number): V {
  const { shape } = x.type;
  const extent = shape[normalizeAxis("select", dim, shape.length)] ?? 0;
  const at = index < 0 ? index + extent : index;
  if (!Number.isInteger(at) || at < 0 || at >= extent) {
    throw argumentError(
      `select: index ${index} is out of range for axis ${dim} of ${showShape(shape)}; ` +
        `need an integer from ${-extent} to ${extent - 1}.`,
    );
  }
  return call1(selectFn, [x], [at], constantAttrs({ dim }));
}

type SliceParameters = [dim: number, start: number | null, end: number | null, step: number];
const stepped = moving<SliceParameters>("slice", c.slice);

/** `start:end:step` along an axis, with Python's rules for what is negative, missing or outside. */
export function slice<V extends Value>(
  x: V,
  dim: number,
  start?: number | null,
  end?: number | null,
  step = 1,
): V {
  if (step !== 1) return stepped(x, dim, start ?? null, end ?? null, step);
  const { shape } = x.type;
  const extent = shape[normalizeAxis("slice", dim, shape.length)] ?? 1;
  const place = (at: number): number => Math.min(extent, Math.max(0, at < 0 ? at + extent : at));
  const from = place(start ?? 0);
  const length = Math.max(0, place(end ?? extent) - from);
  return length === extent ? x : narrow(x, dim, length === 0 ? 0 : from, length);
}

interface JoinAttrs {
  readonly dim: number;
}

const catFn = new Fn<JoinAttrs>("cat", (b, parts, { dim }) => [c.cat(b, parts, dim)]);
const stackFn = new Fn<JoinAttrs>("stack", (b, parts, { dim }) => [c.stack(b, parts, dim)]);

/** Tensors laid one after another along an axis. Default: 0. */
export function cat<V extends Value>(tensors: readonly V[], dim = 0): V {
  return call1(catFn, some("cat", tensors), [], constantAttrs({ dim }));
}

/** Tensors of one shape laid along a new axis. Default: 0. */
export function stack<V extends Value>(tensors: readonly V[], dim = 0): V {
  return call1(stackFn, some("stack", tensors), [], constantAttrs({ dim }));
}

function some<V>(name: string, tensors: readonly V[]): readonly V[] {
  if (tensors.length > 0) return tensors;
  throw argumentError(`${name}: the list is empty; need at least one tensor.`);
}

const splitFn = new Fn<{ readonly sizes: number | readonly number[]; readonly dim: number }>(
  "split",
  (b, [x], { sizes, dim }) => c.split(b, x!, sizes, dim),
);
const chunkFn = new Fn<{ readonly chunks: number; readonly dim: number }>(
  "chunk",
  (b, [x], { chunks, dim }) => c.chunk(b, x!, chunks, dim),
);

/** Pieces of one size (the last may be smaller), or of the sizes given, along an axis. */
export function split<V extends Value>(x: V, sizes: number | readonly number[], dim = 0): V[] {
  return call(splitFn, [x], [], constantAttrs({ sizes, dim }));
}

/** `chunks` pieces of nearly one size along an axis. */
export function chunk<V extends Value>(x: V, chunks: number, dim = 0): V[] {
  return call(chunkFn, [x], [], constantAttrs({ chunks, dim }));
}

/** The places of one axis, each without it. */
export function unbind<V extends Value>(x: V, dim = 0): V[] {
  const { shape } = x.type;
  const extent = shape[normalizeAxis("unbind", dim, shape.length)]!;
  return Array.from({ length: extent }, (_, index) => select(x, dim, index));
}

/** Options of `pad`. */
export interface PadOptions {
  /** What stands outside: a value (default), mirrored, the nearest, or the other end. */
  readonly mode?: border.PadMode;
  /** The value outside for mode "constant". Default: 0. */
  readonly value?: number;
}

const padFn = new Fn<{ readonly p: readonly unknown[] }>("pad", (b, [x], { p }) => [
  border.pad(b, x!, ...(p as [readonly number[], border.PadMode, number])),
]);

/** Elements added (or, negative, taken away) at the ends of axes: last axis first, before and after. */
export function pad<V extends Value>(x: V, pads: readonly number[], options: PadOptions = {}): V {
  const { mode = "constant", value = 0 } = options;
  return call1(padFn, [x], [], constantAttrs({ p: [pads, mode, value] }));
}
