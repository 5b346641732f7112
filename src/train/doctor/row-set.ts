/** Finds equal rows of a table without spelling them: by hashes, then by comparing. */
import type { DataColumn } from "../table/dataset.ts";

/** The rows of some columns, by what they hold. */
export class RowSet {
  readonly #columns: readonly ArrayLike<unknown>[];
  readonly #hashes: Int32Array;

  constructor(columns: readonly DataColumn[], rows: number) {
    this.#columns = columns.map((column) => ("texts" in column ? column.texts : column.values));
    this.#hashes = new Int32Array(rows);
    for (const column of columns) {
      const hash = "texts" in column ? hashText : hashNumber;
      const cells: ArrayLike<string | number> = "texts" in column ? column.texts : column.values;
      for (let row = 0; row < rows; row++) {
        this.#hashes[row] = mix(this.#hashes[row]!, hash(cells[row] as never));
      }
    }
  }

  /** Counts the rows of `some` that `known` holds too. */
  countShared(known: readonly number[], some: readonly number[]): number {
    const seen = new Map<number, number>();
    for (const row of known) this.#add(seen, row);
    return some.filter((row) => this.#has(seen, row)).length;
  }

  /** Counts the rows that equal an earlier one. */
  countRepeated(rows: readonly number[]): number {
    const seen = new Map<number, number>();
    return rows.filter((row) => !this.#add(seen, row)).length;
  }

  /** Returns for each row the first one that it equals: its own number where there is none. */
  firstEqual(): Int32Array {
    const seen = new Map<number, number>();
    return this.#hashes.map((_, row) => {
      const at = this.#place(seen, row);
      const known = seen.get(at);
      if (known === undefined) seen.set(at, row);
      return known ?? row;
    });
  }

  /** Adds a row where no equal one is there; says whether it did. */
  #add(seen: Map<number, number>, row: number): boolean {
    const at = this.#place(seen, row);
    if (seen.has(at)) return false;
    seen.set(at, row);
    return true;
  }

  #has(seen: Map<number, number>, row: number): boolean {
    return seen.has(this.#place(seen, row));
  }

  /** Where an equal row is, or where this one would be. */
  #place(seen: ReadonlyMap<number, number>, row: number): number {
    let at = this.#hashes[row]!;
    for (let other = seen.get(at); other !== undefined; other = seen.get(at)) {
      const known = other;
      if (this.#columns.every((cells) => Object.is(cells[known], cells[row]))) return at;
      at = mix(at, 1);
    }
    return at;
  }
}

const bits = /* @__PURE__ */ new Int32Array(2);
const number = /* @__PURE__ */ new Float64Array(bits.buffer);

function hashNumber(value: number): number {
  number[0] = value;
  return mix(bits[0]!, bits[1]!);
}

function hashText(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i);
  return hash | 0;
}

function mix(a: number, b: number): number {
  const c = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  return (c ^ (c >>> 15)) | 0;
}
