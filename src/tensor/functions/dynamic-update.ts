/** A block written into a tensor at a place that is known when the program runs. */
import { argumentError } from "../../core/errors.ts";
import { narrowUpdate } from "../../ir/compose/movement.ts";
import { castTo } from "../../ir/words.ts";
import { Fn } from "../../runtime/function.ts";
import { call1 } from "../call.ts";
import type { Value } from "../value.ts";
import { constantAttrs } from "./define.ts";

const updateFn = /* @__PURE__ */ new Fn<{ readonly dim: number }>(
  "dynamicUpdate",
  (b, [x, block, start], { dim }) => [
    narrowUpdate(b, x!, dim, castTo(b, start!, "float64"), block!),
  ],
);

/**
 * x with `block` in the place of what lies along `dim` from `start` (int32 `[]`) on; the start is
 * held inside the axis. In a compiled function `cache.set(dynamicUpdate(cache, …))` writes the
 * block alone, in place. Throws where the block has other extents than x along the other axes.
 */
export function dynamicUpdate<V extends Value>(x: V, dim: number, start: V, block: V): V {
  if (start.type.shape.length > 0 || start.type.dtype !== "int32") {
    throw argumentError(`dynamicUpdate: the start is ${start.type.text}; need int32[].`);
  }
  return call1(updateFn, [x, block, start], [], constantAttrs({ dim }));
}
