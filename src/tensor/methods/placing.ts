/** The methods that index, stack, cut, and combine several matrices. */
import * as p from "../functions/products.ts";
import * as k from "../functions/stacking.ts";
import type { IndexItem, IndexPutOptions } from "../functions/subscript.ts";
import * as u from "../functions/subscript.ts";
import { Moving } from "./moving.ts";

/** A tensor's indices, pieces and further products. */
export abstract class Placing extends Moving {
  /**
   * Python's `x[...]`: integers, slices `[start, end, step]` or `{ start, end, step }` (`[]` is
   * `:`), null for a new axis, "...", and index tensors (int32), which broadcast with each other.
   */
  index(...items: readonly IndexItem<this>[]): this {
    return u.index(this, ...items);
  }

  /** `index`, where items may also be bool masks, whose places are read first. */
  indexAsync(...items: readonly IndexItem<this>[]): Promise<this> {
    return u.indexAsync(this, ...items);
  }

  /** x with values (broadcast) in the places of `index(...items)`. */
  indexPut(
    items: readonly IndexItem<this>[],
    values: this | number,
    options?: IndexPutOptions,
  ): this {
    return u.indexPut(this, items, values, options);
  }

  /** `indexPut`, where items may also be bool masks, whose places are read first. */
  indexPutAsync(
    items: readonly IndexItem<this>[],
    values: this | number,
    options?: IndexPutOptions,
  ): Promise<this> {
    return u.indexPutAsync(this, items, values, options);
  }

  /** The value as another node of the tape. */
  clone(): this {
    return k.clone(this);
  }

  /** The tensor itself: its numbers always lie in row-major order. */
  contiguous(): this {
    return this;
  }

  /** One value (a number or a scalar) in the shape and dtype of x. */
  fill(value: this | number | boolean): this {
    return k.fill(this, value);
  }

  /** The sum of the diagonal of a matrix. */
  trace(): this {
    return p.trace(this);
  }
}
