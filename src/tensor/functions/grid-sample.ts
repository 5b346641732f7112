/** Images and volumes read at free positions. */
import * as c from "../../ir/compose/grid-sample.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import type { Optional } from "./define.ts";
import { byName, constantAttrs } from "./define.ts";

/** Options of `gridSample`. */
export type GridSampleOptions = Partial<c.GridOptions>;

/** The arguments of `gridSample` after its grid, by position or by name. */
export type GridSampleArguments = Optional<
  [
    mode?: c.GridOptions["mode"],
    paddingMode?: c.GridOptions["paddingMode"],
    alignCorners?: boolean | null,
  ],
  GridSampleOptions
>;

const NAMES = ["mode", "paddingMode", "alignCorners"];

const gridSampleFn = /* @__PURE__ */ new Fn<c.GridOptions>(
  "gridSample",
  (b, [x, grid], options) => [c.gridSample(b, x!, grid!, options)],
);

/**
 * The input [N, C, H, W] at the positions of grid [N, h, w, 2] (x, then y, from −1 to 1), or [N, C,
 * D, H, W] at those of [N, d, h, w, 3]: `mode` "bilinear" (default), "nearest" or "bicubic";
 * outside "zeros" (default), "border" or "reflection".
 */
export function gridSample<V extends Value>(input: V, grid: V, ...args: GridSampleArguments): V {
  const given = byName<GridSampleOptions>("gridSample", NAMES, args);
  const { mode = "bilinear", paddingMode = "zeros", alignCorners = false } = given;
  return call1(gridSampleFn, [input, grid], [], constantAttrs({ mode, paddingMode, alignCorners }));
}
