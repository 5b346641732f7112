/** The methods that index, stack, cut, and combine several matrices. */
import * as i from "../functions/indexing.ts";
import type { AxisArgument } from "../functions/movement.ts";
import * as p from "../functions/products.ts";
import * as k from "../functions/stacking.ts";
import * as t from "../functions/statistics.ts";
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

  /** Pieces between the places given, or so many pieces, of which the first are one larger. */
  tensorSplit(indicesOrSections: number | readonly number[] | this, dim?: AxisArgument): this[] {
    return k.tensorSplit(this, indicesOrSections, dim);
  }

  /** x with `start:end:step` of an axis replaced by source. */
  sliceScatter(source: this, options?: Parameters<typeof k.sliceScatter>[2]): this {
    return k.sliceScatter(this, source, options);
  }

  /** x with one place of an axis replaced by source. */
  selectScatter(source: this, dim: number, index: number): this {
    return k.selectScatter(this, source, dim, index);
  }

  /** The smallest and the largest element, of all or along `dim`. */
  aminmax(options?: { readonly dim?: number; readonly keepdim?: boolean }): t.MinMax<this> {
    return t.aminmax(this, options);
  }

  /** The p-norm (default 2) of x − y. */
  dist(y: this, p?: Parameters<typeof t.dist>[2]): this {
    return t.dist(this, y, p);
  }

  /** The covariance of variables (rows) over observations (columns). */
  cov(options?: t.CovOptions<this>): this {
    return t.cov(this, options);
  }

  /** The correlations of variables (rows) over observations (columns). */
  corrcoef(): this {
    return t.corrcoef(this);
  }

  /** The bucket of each element between ascending boundaries. */
  bucketize(boundaries: this, options?: { readonly right?: boolean }): this {
    return i.bucketize(this, boundaries, options);
  }

  /** beta · x + alpha · (matrix · matrix). */
  addmm(x: this, y: this, options?: p.AddProductOptions): this {
    return p.addmm(this, x, y, options);
  }

  /** beta · x + alpha · (matrix · vector). */
  addmv(x: this, y: this, options?: p.AddProductOptions): this {
    return p.addmv(this, x, y, options);
  }

  /** beta · x + alpha · (vector ⊗ vector). */
  addr(x: this, y: this, options?: p.AddProductOptions): this {
    return p.addr(this, x, y, options);
  }

  /** beta · x + alpha · the products of two batches of matrices. */
  baddbmm(x: this, y: this, options?: p.AddProductOptions): this {
    return p.baddbmm(this, x, y, options);
  }

  /** beta · x + alpha · the sum of the products of two batches of matrices. */
  addbmm(x: this, y: this, options?: p.AddProductOptions): this {
    return p.addbmm(this, x, y, options);
  }

  /** Sums products over the last axes of both. */
  inner(y: this): this {
    return p.inner(this, y);
  }

  /** Every element of x times the whole of y, laid out in blocks. */
  kron(y: this): this {
    return p.kron(this, y);
  }

  /** The inner product of two vectors. */
  vdot(y: this): this {
    return p.vdot(this, y);
  }

  /** The cross product along an axis of extent 3 (default: the first such axis). */
  cross(y: this, dim?: number | { readonly dim?: number }): this {
    return p.cross(this, y, dim);
  }

  /** The sum of the diagonal of a matrix. */
  trace(): this {
    return p.trace(this);
  }
}
