/** The methods that move, pick and multiply. */
import type { Shape } from "../../core/shape.ts";
import type { ScatterReduction } from "../../ir/compose/indexing.ts";
import type { ArgumentsOf, Listed } from "../functions/define.ts";
import * as i from "../functions/indexing.ts";
import * as l from "../functions/linalg.ts";
import * as m from "../functions/movement.ts";
import type { WithIndices } from "../functions/reduction.ts";
import * as s from "../functions/selection.ts";
import { Reducing } from "./reducing.ts";

/** A tensor's shapes, places and matrix products. */
export abstract class Moving extends Reducing {
  /** The axes of a matrix exchanged; of more axes, the last two. */
  get T(): this {
    return m.matrixTranspose(this);
  }

  /** The same elements in another shape; one extent may be −1. */
  reshape(...shape: Listed): this {
    return m.reshape(this, ...shape);
  }

  /** The same as `reshape`. */
  view(...shape: Listed): this {
    return m.reshape(this, ...shape);
  }

  /** The axes in another order. */
  permute(...dims: Listed): this {
    return m.permute(this, ...dims);
  }

  /** Two axes exchanged. */
  transpose(dim0: number, dim1: number): this {
    return m.transpose(this, dim0, dim1);
  }

  /** The axes of a matrix exchanged. */
  t(): this {
    return m.matrixTranspose(this);
  }

  /** Axes moved to other places. */
  movedim(source: number | readonly number[], destination: number | readonly number[]): this {
    return m.movedim(this, source, destination);
  }

  /** Extents of 1 stretched; −1 keeps one. */
  expand(...shape: Listed): this {
    return m.expand(this, ...shape);
  }

  /** Stretched to the shape of another. */
  expandAs(other: this): this {
    return m.expand(this, other.type.shape);
  }

  /** The same as `expand`. */
  broadcastTo(...shape: Listed): this {
    return m.expand(this, ...shape);
  }

  /** Without axes of extent 1: all of them, or those named. */
  squeeze(...args: ArgumentsOf<typeof m.squeeze>): this {
    return m.squeeze(this, ...args);
  }

  /** With a new axis of extent 1. */
  unsqueeze(dim: number): this {
    return m.unsqueeze(this, dim);
  }

  /** Axes `startDim` to `endDim` made one. */
  flatten(...args: ArgumentsOf<typeof m.flatten>): this {
    return m.flatten(this, ...args);
  }

  /** One axis divided into several. */
  unflatten(dim: number, sizes: Shape): this {
    return m.unflatten(this, dim, sizes);
  }

  /** Axes reversed. */
  flip(...dims: Listed): this {
    return m.flip(this, ...dims);
  }

  /** Elements moved around axes, or around the flattened tensor. */
  roll(...args: ArgumentsOf<typeof m.roll>): this {
    return m.roll(this, ...args);
  }

  /** Copies laid side by side, `counts` of them per axis. */
  repeat(...counts: Listed): this {
    return m.repeat(this, ...counts);
  }

  /** `repeat` with missing counts on the left being 1. */
  tile(...counts: Listed): this {
    return m.tile(this, ...counts);
  }

  /** Each element repeated. */
  repeatInterleave(repeats: number | readonly number[], dim?: m.OptionalAxis): this;
  repeatInterleave(repeats: this, dim?: m.OptionalAxis): Promise<this>;
  repeatInterleave(
    repeats: number | readonly number[] | this,
    dim?: m.OptionalAxis,
  ): this | Promise<this> {
    return repeats instanceof Reducing
      ? m.repeatInterleave(this, repeats, dim)
      : m.repeatInterleave(this, repeats, dim);
  }

  /** The diagonal of two axes, as the last axis. */
  diagonal(...args: ArgumentsOf<typeof m.diagonal>): this {
    return m.diagonal(this, ...args);
  }

  /** A vector's matrix, or a matrix's diagonal. */
  diag(...args: ArgumentsOf<typeof m.diag>): this {
    return m.diag(this, ...args);
  }

  /** The lower triangle; 0 above. */
  tril(...args: ArgumentsOf<typeof m.tril>): this {
    return m.tril(this, ...args);
  }

  /** The upper triangle; 0 below. */
  triu(...args: ArgumentsOf<typeof m.triu>): this {
    return m.triu(this, ...args);
  }

  /** Windows of `size`, `step` apart, along an axis; they become a new last axis. */
  unfold(dim: number, size: number, step: number): this {
    return m.unfold(this, dim, size, step);
  }

  /** `length` elements along an axis from `start` on (negative counts from the end). */
  narrow(dim: number, start: number | this, length: number): this {
    return m.narrow(this, dim, start, length);
  }

  /** The elements at one place of an axis, which goes away. */
  select(dim: number, index: number): this {
    return m.select(this, dim, index);
  }

  /**
   * `start:end:step` along an axis, with Python's rules for what is negative, missing or outside.
   */
  slice(dim: number, start?: number | null, end?: number | null, step?: number): this {
    return m.slice(this, dim, start, end, step);
  }

  /** Pieces of one size (the last may be smaller), or of the sizes given, along an axis. */
  split<const S extends readonly number[]>(
    sizes: S,
    dim?: number | { readonly dim?: number },
  ): { -readonly [K in keyof S]: this };
  split(...args: ArgumentsOf<typeof m.split>): this[];
  split(...args: ArgumentsOf<typeof m.split>): this[] {
    return m.split(this, ...args);
  }

  /** `chunks` pieces of nearly one size along an axis. */
  chunk(...args: ArgumentsOf<typeof m.chunk>): this[] {
    return m.chunk(this, ...args);
  }

  /** The places of one axis, each without it. */
  unbind(...args: ArgumentsOf<typeof m.unbind>): this[] {
    return m.unbind(this, ...args);
  }

  /** x[…, index[…], …] along an axis: index (int32) has x's rank. */
  gather(dim: number, index: this): this {
    return i.gather(this, dim, index);
  }

  /** The slices of x at a list of places (int32) along an axis. */
  indexSelect(dim: number, index: this): this {
    return i.indexSelect(this, dim, index);
  }

  /**
   * x with source (a tensor or a number) written at index along an axis; of equal places the last
   * stays.
   */
  scatter(dim: number, index: this, source: this | number, options?: i.ScatterOptions): this {
    return i.scatter(this, dim, index, source, options);
  }

  /** x with source added at index along an axis. */
  scatterAdd(dim: number, index: this, source: this): this {
    return i.scatterAdd(this, dim, index, source);
  }

  /** x with source combined into it at index: "sum", "prod", "mean", "amax" or "amin". */
  scatterReduce(
    dim: number,
    index: this,
    source: this,
    reduce: ScatterReduction,
    options?: { readonly includeSelf?: boolean },
  ): this {
    return i.scatterReduce(this, dim, index, source, reduce, options);
  }

  /** x with alpha · source added at a list of places along an axis. Default alpha: 1. */
  indexAdd(dim: number, index: this, source: this, options?: { readonly alpha?: number }): this {
    return i.indexAdd(this, dim, index, source, options);
  }

  /** x with slices of source written at a list of places along an axis. */
  indexCopy(dim: number, index: this, source: this): this {
    return i.indexCopy(this, dim, index, source);
  }

  /** x with one number written at a list of places along an axis. */
  indexFill(dim: number, index: this, value: number): this {
    return i.indexFill(this, dim, index, value);
  }

  /** The elements of the flattened x at index (int32); negative places count from the end. */
  take(index: this): this {
    return i.take(this, index);
  }

  /** x with a value where the mask (bool, broadcast) holds. */
  maskedFill(mask: this, value: this | number | boolean): this {
    return i.maskedFill(this, mask, value);
  }

  /** The elements where the mask (bool) holds, in row-major order: [n]. */
  maskedSelect(mask: this): Promise<this> {
    return s.maskedSelect(this, mask);
  }

  /** The positions of the elements that are not 0: [n, rank] int32. */
  nonzero(): Promise<this>;
  nonzero(options: { readonly asTuple: true }): Promise<this[]>;
  nonzero(options?: { readonly asTuple: true }): Promise<this | this[]> {
    return s.nonzero(this, options!);
  }

  /**
   * The elements along an axis in order (stable, NaN largest), and where they were. Default: the
   * last.
   */
  sort(...args: i.SortArguments): WithIndices<this> {
    return i.sort(this, ...args);
  }

  /** The positions (int32) that sort an axis. Default: the last. */
  argsort(...args: i.SortArguments): this {
    return i.argsort(this, ...args);
  }

  /** The k largest (or smallest) elements along an axis in order, and where they were. */
  topk(k: number, ...args: i.TopkArguments): WithIndices<this> {
    return i.topk(this, k, ...args);
  }

  /** The matrix product by PyTorch's rules for vectors, matrices and batches. */
  matmul(y: this): this {
    return l.matmul(this, y);
  }

  /** The product of two matrices. */
  mm(y: this): this {
    return l.mm(this, y);
  }

  /** The products of two batches [B, M, K] and [B, K, N]. */
  bmm(y: this): this {
    return l.bmm(this, y);
  }

  /** A matrix times a vector. */
  mv(y: this): this {
    return l.mv(this, y);
  }

  /** The inner product of two vectors. */
  dot(y: this): this {
    return l.dot(this, y);
  }

  /** Every element of one vector times every element of another: [N, M]. */
  outer(y: this): this {
    return l.outer(this, y);
  }
}
