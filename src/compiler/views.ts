/**
 * Strides: how a value is found in the buffer of another one. Views (slices, transposes,
 * expansions, most reshapes) are folded into strides, so that they cost nothing and need no kernel.
 */
import type { Shape } from "../core/shape.ts";
import { stridesOf } from "../core/shape.ts";

/** Returns row-major strides with 0 along axes of extent 1, where a stride says nothing. */
export function contiguous(shape: Shape): number[] {
  const strides = stridesOf(shape);
  for (let axis = 0; axis < shape.length; axis++) if (shape[axis] === 1) strides[axis] = 0;
  return strides;
}

/** Returns whether two lists of strides lead to the same places. */
export function sameStrides(a: readonly number[], b: readonly number[]): boolean {
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return a.length === b.length;
}

/** Sets the stride of axes of extent 1 to 0, in place. */
export function normalise(strides: number[], shape: Shape): number[] {
  for (let axis = 0; axis < shape.length; axis++) if (shape[axis] === 1) strides[axis] = 0;
  return strides;
}

/** A run of axes that one stride walks through. */
interface Run {
  extent: number;
  stride: number;
}

/** Joins neighbouring axes that one stride walks through; axes of extent 1 vanish. */
function runsOf(strides: readonly number[], shape: Shape): Run[] {
  const runs: Run[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!;
    const stride = strides[axis]!;
    if (extent === 1) continue;
    const last = runs[runs.length - 1];
    if (last !== undefined && last.stride === stride * extent) {
      last.extent *= extent;
      last.stride = stride;
    } else runs.push({ extent, stride });
  }
  return runs;
}

/**
 * Rewrites strides over the axes of `from` as strides over those of `to`, which has the same
 * elements in the same order. Null where no strides do that.
 */
export function restride(strides: readonly number[], from: Shape, to: Shape): number[] | null {
  if (sameExtents(from, to)) return strides as number[];
  const result = new Array<number>(to.length).fill(0);
  if (to.includes(0)) return result;
  const runs = runsOf(strides, from);
  let run = runs.length - 1;
  let inside = 1; // how much of the present run the axes so far have taken
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const extent = to[axis]!;
    if (extent === 1) continue;
    if (run >= 0 && inside === runs[run]!.extent) {
      run--;
      inside = 1;
    }
    const current = runs[run];
    if (current === undefined || current.extent % (inside * extent) !== 0) return null;
    result[axis] = current.stride * inside;
    inside *= extent;
  }
  return result;
}

function sameExtents(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Returns whether one stride walks through axes `first` … `last`. */
export function oneRun(
  strides: readonly number[],
  shape: Shape,
  first: number,
  last: number,
): boolean {
  let wanted: number | null = null; // the stride that the next axis outward must have
  for (let axis = last; axis >= first; axis--) {
    const extent = shape[axis]!;
    if (extent === 1) continue;
    const stride = strides[axis]!;
    if (wanted !== null && stride !== wanted) return false;
    wanted = stride * extent;
  }
  return true;
}

/** Splits ascending axes into groups of neighbours, as `[first, last]`. */
export function neighbours(axes: readonly number[]): [number, number][] {
  const groups: [number, number][] = [];
  for (const axis of axes) {
    const last = groups[groups.length - 1];
    if (last !== undefined && last[1] === axis - 1) last[1] = axis;
    else groups.push([axis, axis]);
  }
  return groups;
}
