/** Rotary positions (Su and others, 2021). */
import { log } from "../core/math.ts";
import { arange } from "../tensor/create.ts";
import { cat } from "../tensor/functions/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Turns pairs of features of `[B, H, T, D]` by angles that grow with the place (int32 `[T]`), so
 * that in the product of a query and a key their distance counts alone. Pairs are (k, k + D / 2).
 */
export function rotated(x: Tensor, place: Tensor): Tensor {
  const size = x.shape[3]!;
  const speeds = arange(size / 2, { dtype: x.dtype })
    .mul((-2 * log(10000)) / size)
    .exp();
  const angles = place.to(x.dtype).unsqueeze(1).mul(speeds); // [T, D / 2]
  const [left, right] = x.chunk(2, 3) as [Tensor, Tensor];
  const [cos, sin] = [angles.cos(), angles.sin()];
  return cat([left.mul(cos).sub(right.mul(sin)), right.mul(cos).add(left.mul(sin))], 3);
}
