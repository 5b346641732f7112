/**
 * How the rows of a table are shared out between training and judging: each class in its share,
 * groups whole, copies of a row on one side, what is judged later than what was learned from.
 */
import { argumentError } from "../../core/errors.ts";
import { takeColumn } from "../../data/rows.ts";
import { RowSet } from "../doctor/row-set.ts";
import type { Split } from "../split.ts";
import { foldsOf, holdOut, shuffledRows } from "../split.ts";
import type { Encoded } from "./dataset.ts";
import type { FitOptions } from "./options.ts";

type HoldOut = Pick<FitOptions, "val" | "seed" | "split">;

/** By what rows are shared out. */
export type SplitKind = "rows" | "classes" | "groups" | "time";

/** The rows of a table as they may be shared out. */
export class Separation {
  readonly kind: SplitKind;
  /** How many rows are copies of an earlier one; each stays on the side of that one. */
  readonly repeated: number;
  readonly #data: Encoded;
  /** Rows that stay together; undefined where each row is alone. */
  readonly #units: readonly (readonly number[])[] | undefined;

  constructor(data: Encoded) {
    const { groups } = data;
    const copies = copiesIn(data);
    const unit = groups === undefined ? copies.first : joined(copies.first, groups);
    const units = membersOf(unit);
    this.#data = data;
    this.repeated = copies.repeated;
    this.#units = units.length === data.rows ? undefined : units;
    this.kind = splitKindOf(data);
  }

  /** How many parts there are that stay whole: rows, where each is alone. */
  get units(): number {
    return this.#units?.length ?? this.#data.rows;
  }

  /** Into how many folds the rows can be cut at most. */
  get parts(): number {
    const { time } = this.#data;
    return time === undefined ? this.units : new Set(time).size - 1;
  }

  /** Holds out a fraction of the rows: the latest, or at random as the seed decides. */
  holdOut(fraction: number, seed: number): Split {
    const { rows, classes, time } = this.#data;
    const plain = holdOut(rows, fraction, seed); // what it refuses is refused of all kinds
    if (time !== undefined) return lastOf(momentsOf(time), plain.held.length, rows);
    if (classes === undefined && this.#units === undefined) return plain;
    const units = this.#units ?? Array.from({ length: rows }, (_, row) => [row]);
    if (units.length < 2) throw this.#tooFew(2, units.length);
    const order = shuffledRows(units.length, seed).map((u) => units[u]!);
    const tally = this.#tally();
    return splitBy(takeShare(order, tally.of, sharesOf(tally.counts, plain.held.length)), rows);
  }

  /** Cuts the rows into folds; in time each is judged by what came before it. */
  folds(k: number, seed: number): Split[] {
    const { rows, classes, y, time } = this.#data;
    if (time !== undefined) return windows(momentsOf(time), k);
    const plain = foldsOf(rows, k, seed, classes && y);
    if (this.#units === undefined) return plain;
    if (this.#units.length < k) throw this.#tooFew(k, this.#units.length);
    const order = shuffledRows(this.#units.length, seed).map((u) => this.#units![u]!);
    order.sort((a, b) => b.length - a.length); // stable: of one size they stay in random order
    return deal(order, this.#tally(), k).map((held) => splitBy(held, rows));
  }

  /** The class of each row, and how many rows each class has; one class where there are none. */
  #tally(): Tally {
    const { rows, classes, y } = this.#data;
    if (classes === undefined) return { of: new Int32Array(rows), counts: [rows] };
    const counts = classes.map(() => 0);
    for (const k of y) counts[k]!++;
    return { of: Int32Array.from(y), counts };
  }

  #tooFew(parts: number, units: number): Error {
    const what = this.#data.groups === undefined ? "different rows" : "groups";
    return argumentError(
      `the table has ${units} ${what}, which stay whole; they cannot be cut into ${parts} parts.`,
    );
  }
}

/** Cuts rows into at most k folds, as groups and moments let; at random where they are one. */
export function innerFolds(data: Encoded, k: number, seed: number): Split[] {
  const separation = new Separation(data);
  const parts = Math.min(k, separation.parts);
  if (parts < 2) return foldsOf(data.rows, k, seed, data.classes && data.y);
  return separation.folds(parts, seed);
}

/** By what the rows of a table are shared out. */
export function splitKindOf({ time, groups, classes }: Encoded): SplitKind {
  if (time !== undefined) return "time";
  if (groups !== undefined) return "groups";
  return classes === undefined ? "rows" : "classes";
}

/** Holds rows out as the options of a fit say. */
export function holdOutOf(data: Encoded, options: HoldOut): Split {
  const { val, seed, split } = options;
  if (split === "rows") return holdOut(data.rows, val, seed);
  return new Separation(data).holdOut(val, seed);
}

interface Tally {
  readonly of: Int32Array;
  readonly counts: readonly number[];
}

/** The first row that each row equals, in every column and at the same time. */
function copiesIn(data: Encoded): { first: Int32Array; repeated: number } {
  const { x, y, width, targets, rows, time } = data;
  const column = (values: Float64Array): { name: string; values: Float64Array } => {
    return { name: "", values };
  };
  const set = new RowSet(
    [
      ...Array.from({ length: width }, (_, j) => column(takeColumn(x, width, j))),
      ...Array.from({ length: targets }, (_, j) => column(takeColumn(y, targets, j))),
      ...(time === undefined ? [] : [column(time)]),
    ],
    rows,
  );
  const first = set.firstEqual();
  return { first, repeated: first.reduce((sum, at, row) => sum + Number(at !== row), 0) };
}

/** Joins what either labelling holds together; returns a label for each row. */
function joined(a: Int32Array, b: Int32Array): Int32Array {
  const parent = Int32Array.from(a, (_, row) => row);
  const root = (row: number): number => {
    let at = row;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  for (const labels of [a, b]) {
    const known = new Map<number, number>();
    labels.forEach((label, row) => {
      const other = known.get(label);
      if (other === undefined) known.set(label, row);
      else parent[root(row)] = root(other);
    });
  }
  return parent.map((_, row) => root(row));
}

function membersOf(labels: Int32Array): number[][] {
  const members = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const known = members.get(label);
    if (known === undefined) members.set(label, [row]);
    else known.push(row);
  });
  return [...members.values()];
}

/** How many rows of each class make up a part of `size`: what rounding leaves, the nearest get. */
function sharesOf(counts: readonly number[], size: number): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (count * size) / all);
  const shares = exact.map(Math.floor);
  const lack = exact.map((share, k) => [share - shares[k]!, k] as const);
  lack.sort((a, b) => b[0] - a[0]);
  let left = size - shares.reduce((sum, share) => sum + share, 0);
  for (const [, k] of lack) if (left-- > 0) shares[k]!++;
  return shares;
}

/** Takes units while they bring each class nearer to its share; at least one, never all. */
function takeShare(
  units: readonly (readonly number[])[],
  classOf: Int32Array,
  shares: readonly number[],
): number[] {
  const lack = [...shares];
  const taken: number[][] = [];
  for (const unit of units) {
    if (taken.length + 1 === units.length) break;
    if (!nearer(lack, unit, classOf)) continue;
    for (const row of unit) lack[classOf[row]!]!--;
    taken.push([...unit]);
  }
  if (taken.length > 0) return taken.flat();
  return [...units.reduce((least, unit) => (unit.length < least.length ? unit : least))];
}

/** Whether what is lacking gets less, in the sum of squares, by the rows of a unit. */
function nearer(lack: readonly number[], unit: readonly number[], classOf: Int32Array): boolean {
  const own = new Map<number, number>();
  for (const row of unit) own.set(classOf[row]!, (own.get(classOf[row]!) ?? 0) + 1);
  let change = 0;
  for (const [k, n] of own) change += n * (n - 2 * lack[k]!);
  return change < 0;
}

/** Deals units out, each to the fold that lacks most of its classes, then most rows. */
function deal(units: readonly (readonly number[])[], { of, counts }: Tally, k: number): number[][] {
  const parts = Array.from({ length: k }, (): number[] => []);
  const held = parts.map(() => counts.map(() => 0));
  for (const unit of units) {
    const crowded = held.map((own, f) => {
      const classes = unit.reduce((sum, row) => sum + own[of[row]!]! / counts[of[row]!]!, 0);
      return [classes / unit.length, parts[f]!.length, f] as const;
    });
    const [, , f] = crowded.reduce((a, b) => {
      return (Math.abs(b[0] - a[0]) > 1e-12 ? b[0] < a[0] : b[1] < a[1]) ? b : a;
    });
    parts[f]!.push(...unit);
    for (const row of unit) held[f]![of[row]!]!++;
  }
  return parts;
}

/** The rows of each moment, in the order of time. */
function momentsOf(time: Float64Array): number[][] {
  const order = Array.from(time, (_, row) => row).sort((a, b) => time[a]! - time[b]! || a - b);
  const moments: number[][] = [];
  for (const row of order) {
    const last = moments.at(-1);
    if (last !== undefined && time[last[0]!] === time[row]) last.push(row);
    else moments.push([row]);
  }
  return moments;
}

/** The latest moments with about `count` rows, at least one; what is left learns. */
function lastOf(moments: readonly number[][], count: number, rows: number): Split {
  needMoments(moments, 2);
  const held: number[] = [];
  for (let m = moments.length - 1; m > 0 && held.length < count; m--) held.push(...moments[m]!);
  return splitBy(held, rows);
}

/** Windows that grow: each part of time is judged by all that came before it. */
function windows(moments: readonly number[][], k: number): Split[] {
  needMoments(moments, k + 1);
  const size = Math.floor(moments.length / (k + 1));
  return Array.from({ length: k }, (_, f) => {
    const start = moments.length - (k - f) * size;
    const rows = (from: number, to: number): number[] =>
      moments.slice(from, to).flat().sort(ascending);
    return { train: rows(0, start), held: rows(start, start + size) };
  });
}

function needMoments(moments: readonly number[][], least: number): void {
  if (moments.length >= least) return;
  throw argumentError(
    `the column of --time has ${moments.length} different moments; ${least} are needed.`,
  );
}

function splitBy(held: readonly number[], rows: number): Split {
  const isHeld = new Uint8Array(rows);
  for (const row of held) isHeld[row] = 1;
  const all = Array.from({ length: rows }, (_, row) => row);
  return { held: all.filter((row) => isHeld[row]), train: all.filter((row) => !isHeld[row]) };
}

function ascending(a: number, b: number): number {
  return a - b;
}
