/** Convolutions, pools and resizing in PyTorch's operator test database → Nabla's functions. */
import type { Tensor } from "nabla";
import * as ops from "nabla/ops";
import type { Args, Call } from "./bind.ts";
import { call } from "./bind.ts";

const CONV = ["bias", "stride", "padding", "dilation", "groups", "output_padding"];
type Convolve = (x: Tensor, weight: Tensor, options: Record<string, never>) => Tensor;

/** The entry of a convolution. */
function convolution(compute: Convolve): Call {
  return call("input weight bias", (a) => compute(a.x, a.get("weight"), a.options(...CONV)));
}

const POOL = ["stride", "padding", "dilation", "ceil_mode"];
const SIZES = "input kernel_size stride padding ceil_mode count_include_pad divisor_override";
type Pool = (x: Tensor, kernelSize: number | readonly number[], options: object) => unknown;

function maxPool(compute: Pool): Call {
  return call("input kernel_size stride padding dilation ceil_mode return_indices", (a) =>
    compute(a.x, a.get<number>("kernel_size"), a.options(...POOL, "return_indices")),
  );
}

/** An empty tuple stands for a stride that is not given. */
function avgPool(compute: Pool): Call {
  return call(SIZES, (a) => {
    const names = [...POOL, "count_include_pad", "divisor_override"];
    const given = names.filter((name) => {
      const value = a.maybe<unknown>(name);
      return !(Array.isArray(value) && value.length === 0);
    });
    return compute(a.x, a.get<number>("kernel_size"), a.options(...given));
  });
}

function adaptiveMax(compute: Pool): Call {
  return call("input output_size return_indices", (a) =>
    compute(a.x, a.get<number>("output_size"), a.options("return_indices")),
  );
}

type Adaptive = (x: Tensor, outputSize: number | readonly (number | null)[]) => Tensor;

function adaptive(compute: Adaptive): Call {
  return call("input output_size", (a) => compute(a.x, a.get<number>("output_size")));
}

function interpolated(a: Args): Tensor {
  return ops.interpolate(a.x, a.options("size", "scale_factor", "mode", "align_corners"));
}

/** The calls, without the `nn.functional.` that PyTorch's names start with. */
const CALLS: Readonly<Record<string, Call>> = {
  conv1d: convolution((x, w, o) => ops.conv1d(x, w, o)),
  conv2d: convolution((x, w, o) => ops.conv2d(x, w, o)),
  conv_transpose1d: convolution((x, w, o) => ops.convTranspose1d(x, w, o)),
  conv_transpose2d: convolution((x, w, o) => ops.convTranspose2d(x, w, o)),
  conv_transpose3d: convolution((x, w, o) => ops.convTranspose3d(x, w, o)),
  max_pool1d: maxPool(ops.maxPool1d as Pool),
  max_pool2d: maxPool(ops.maxPool2d as Pool),
  max_pool3d: maxPool(ops.maxPool3d as Pool),
  adaptive_max_pool1d: adaptiveMax(ops.adaptiveMaxPool1d as Pool),
  adaptive_max_pool2d: adaptiveMax(ops.adaptiveMaxPool2d as Pool),
  adaptive_max_pool3d: adaptiveMax(ops.adaptiveMaxPool3d as Pool),
  avg_pool1d: avgPool(ops.avgPool1d),
  avg_pool2d: avgPool(ops.avgPool2d),
  avg_pool3d: avgPool(ops.avgPool3d),
  adaptive_avg_pool1d: adaptive(ops.adaptiveAvgPool1d),
  adaptive_avg_pool2d: adaptive(ops.adaptiveAvgPool2d),
  adaptive_avg_pool3d: adaptive(ops.adaptiveAvgPool3d),
  grid_sample: call("input grid mode padding_mode align_corners", (a) =>
    ops.gridSample(a.x, a.get("grid"), a.options("mode", "padding_mode", "align_corners")),
  ),
  interpolate: call("input size scale_factor mode align_corners", interpolated),
};

/** The calls under PyTorch's names. */
export const CONV_OPS: Readonly<Record<string, Call>> = Object.fromEntries(
  Object.entries(CALLS).map(([name, entry]) => [`nn.functional.${name}`, entry]),
);
