/** The rows of a table as a training goes through them: all at once, or in shuffled batches. */
import { argumentError } from "../../core/errors.ts";
import { takeRows } from "../../data/rows.ts";
import { tensor } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Batches } from "../batches.ts";
import { shuffle } from "../split.ts";

/** Inputs and targets. */
export type Pair = readonly [x: Tensor, y: Tensor];

/** Rows as a network takes them. */
export interface Rows {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly rows: number;
  /** All rows as one batch, made once. */
  readonly whole: () => readonly [Pair];
}

/** Makes rows of row-major inputs and targets. */
export function makeRows(x: Float32Array, y: Float32Array, rows: number): Rows {
  let made: readonly [Pair] | undefined;
  return { x, y, rows, whole: () => (made ??= [[toTensor(x, rows), toTensor(y, rows)]]) };
}

/** Makes batches of `size` rows. */
export function batchesOf(rows: Rows, size: number): Batches<Pair> {
  return size >= rows.rows ? rows.whole() : new RowBatches(rows, size);
}

/** Where batches are: the order of the rows, and how many of them were used. */
interface RowsState {
  readonly order: Int32Array;
  readonly position: number;
}

/** Batches in an order that each epoch shuffles further. */
class RowBatches implements Iterable<Pair> {
  readonly length: number;
  readonly #rows: Rows;
  readonly #size: number;
  #order: Int32Array;
  #position = 0;

  constructor(rows: Rows, size: number) {
    this.#rows = rows;
    this.#size = size;
    this.length = Math.ceil(rows.rows / size);
    this.#order = Int32Array.from({ length: rows.rows }, (_, row) => row);
  }

  *[Symbol.iterator](): Generator<Pair, void, undefined> {
    const { x, y, rows } = this.#rows;
    if (this.#position === 0) shuffle(this.#order);
    while (this.#position < rows) {
      const batch = this.#order.subarray(this.#position, this.#position + this.#size);
      this.#position += batch.length;
      const inputs = toTensor(takeRows(x, x.length / rows, batch), batch.length);
      yield [inputs, toTensor(takeRows(y, y.length / rows, batch), batch.length)];
    }
    this.#position = 0;
  }

  stateDict(): RowsState {
    return { order: this.#order.slice(), position: this.#position };
  }

  loadStateDict({ order, position }: RowsState): void {
    if (order?.length !== this.#rows.rows) {
      throw argumentError("the order of the rows is of another number of rows.");
    }
    this.#order = order.slice();
    this.#position = position;
  }
}

function toTensor(values: Float32Array, rows: number): Tensor {
  return tensor(values, { shape: [rows, values.length / rows] });
}
