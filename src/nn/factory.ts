/** What layers with parameters share: where these are made, and checks of sizes. */
import type { DType } from "../core/dtype.ts";
import { argumentError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import type { DeviceName } from "../runtime/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { uniform } from "./init.ts";

/** Where the parameters of a layer are made. */
export interface FactoryOptions {
  /** Default: float32. */
  readonly dtype?: DType;
  /** Default: the default device. */
  readonly device?: DeviceName;
}

/** The defaults of where parameters are made: those of tensors. */
export const FACTORY = { dtype: null as DType | null, device: null as DeviceName | null };

/** Leaves out what was not given. */
export function madeBy({ dtype, device }: typeof FACTORY): FactoryOptions {
  return { ...(dtype && { dtype }), ...(device && { device }) };
}

/** Checks a number of features: an integer from 0 on. */
export function needSize(layer: string, name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  throw argumentError(`${layer}: ${name} is ${show(value)}; need an integer from 0 on.`);
}

/** The same for an extent of each axis, or one for all of them. */
export function needSizes<S extends number | readonly number[]>(
  layer: string,
  name: string,
  value: S,
): S {
  for (const extent of Array.isArray(value) ? (value as readonly number[]) : [value as number]) {
    needSize(layer, name, extent);
  }
  return value;
}

/** The gain of `leaky_relu` with a slope of √5. */
const LAYER_GAIN = /* @__PURE__ */ Math.sqrt(2 / (1 + Math.sqrt(5) * Math.sqrt(5)));

/**
 * Draws weight and bias of a layer: both evenly over ±1/√fanIn, the weight with the rounding of
 * `init.kaimingUniform(weight, √5)`.
 */
export function drawLayer(fanIn: number, weight: Tensor, bias: Tensor | null): void {
  const root = Math.sqrt(fanIn);
  const bound = Math.sqrt(3) * (LAYER_GAIN / root);
  uniform(weight, -bound, bound);
  const shift = fanIn > 0 ? 1 / root : 0;
  if (bias !== null) uniform(bias, -shift, shift);
}
