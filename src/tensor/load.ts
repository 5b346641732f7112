/** Taking over saved tensors: what fits a cell, said before anything is changed. */
import { promote } from "../core/dtype.ts";
import { sameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Says why a saved value cannot go where `target` is, or returns null where it can: shapes must be
 * equal, and the dtype may widen (float32 into float64) but never lose precision silently.
 */
export function loadFault(key: string, target: Tensor, value: Tensor): string | null {
  if (!sameShape(target.shape, value.shape)) {
    return `${key}: is ${showShape(value.shape)}, need ${showShape(target.shape)}`;
  }
  if (promote(target.dtype, value.dtype) !== target.dtype) {
    return `${key}: is ${value.dtype}, need ${target.dtype}; convert it with .to("${target.dtype}")`;
  }
  return null;
}
