/** Max unpooling over one to three axes. */
import type { PerAxis } from "../../ir/compose/conv.ts";
import type { UnpoolOptions } from "../../ir/compose/unpool.ts";
import { maxUnpool } from "../../ir/compose/unpool.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import type { Optional } from "./define.ts";
import { byName, constantAttrs } from "./define.ts";

/** The arguments of max unpooling after its kernel's size, by position or by name. */
export type UnpoolArguments = Optional<
  [stride?: PerAxis | null, padding?: PerAxis, outputSize?: readonly number[] | null],
  UnpoolOptions
>;

/** Puts maxima back to where `indices` (int32, from max pooling) say, zeros elsewhere. */
export type MaxUnpool = <V extends Value>(
  input: V,
  indices: V,
  kernelSize: PerAxis,
  ...args: UnpoolArguments
) => V;

interface UnpoolAttrs extends UnpoolOptions {
  readonly kernelSize: PerAxis;
}

const NAMES = ["stride", "padding", "outputSize"];

function unpool(axes: number): MaxUnpool {
  const name = `maxUnpool${axes}d`;
  const fn = new Fn<UnpoolAttrs>(name, (b, [x, indices], attrs) => [
    maxUnpool(b, axes, [x!, indices!], attrs.kernelSize, attrs),
  ]);
  return (input, indices, kernelSize, ...args) => {
    const options = byName<UnpoolOptions>(name, NAMES, args);
    return call1(fn, [input, indices], [], constantAttrs({ kernelSize, ...options }));
  };
}

/**
 * The inverse of `maxPool1d` up to zeros: input `[N, C, L]` and the positions that the pool gave.
 * `outputSize` chooses among the lengths that pool to L. PyTorch: `F.max_unpool1d`.
 */
export const maxUnpool1d = /* @__PURE__ */ unpool(1);
/** The same for images, `[N, C, H, W]`; see `maxUnpool1d`. PyTorch: `F.max_unpool2d`. */
export const maxUnpool2d = /* @__PURE__ */ unpool(2);
/** The same for volumes, `[N, C, D, H, W]`; see `maxUnpool1d`. PyTorch: `F.max_unpool3d`. */
export const maxUnpool3d = /* @__PURE__ */ unpool(3);
