/**
 * Register tiles of sums, as contractions and convolutions share them: rows of vectors of
 * accumulators that start at 0 and take the products in ascending order, and the epilogue, which
 * stores what the body makes of finished sums.
 */
import type { DType } from "../../core/dtype.ts";
import type { Access, ContractKernel } from "../kernel.ts";
import type { Limits } from "../limits.ts";
import type { Expression, Variable } from "../loop.ts";
import { apply, constant } from "./frame.ts";
import { lanesAlong, neededSteps, widthOf } from "./lanes.ts";
import type { Steps } from "./steps.ts";
import { pair } from "./steps.ts";

/**
 * Bodies up to this size are written for each vector of a tile; others loop over a tile in scratch
 * memory.
 */
const INLINE_STEPS = 6;

/** What sums end in. */
export type Finish = Pick<ContractKernel, "dtype" | "body" | "stages">;

/** Which dim goes in rows (u) and which in lanes (v), and how many of each a tile has. */
export interface Tiling {
  readonly u: number;
  readonly v: number;
  readonly lanes: number;
  readonly rows: number;
  readonly vectors: number;
  readonly vectorBytes: number;
  /** Whether the body is written for each vector. */
  readonly inline: boolean;
  /** Whether a product joins its sum without being rounded before. */
  readonly fused: boolean;
}

/** What one tile covers: rows, and elements along v. */
export interface Tile {
  readonly rows: number;
  readonly width: number;
}

/** The accumulators of a tile, row by row. */
export type Sums = readonly (readonly Variable[])[];

/** How many lanes sums and what is made of them have along a dim: a whole vector, or one. */
export function lanesOfSums({ dtype, body, stages }: Finish, v: number, bytes: number): number {
  const roots = stages.map((stage) => stage.value);
  const own = [dtype, ...roots.map((root) => body[root]!.dtype)];
  const lanes = lanesAlong(body, roots, v, true, own, bytes);
  return lanes === widthOf(dtype, bytes) ? lanes : 1;
}

/** Whether products of a dtype join their sums unrounded on a device. */
export function isFused(dtype: DType, limits: Limits): boolean {
  return limits.fused && dtype === "float32";
}

/**
 * As many rows as a tile has of vectors where there is enough of both: four where there are eight
 * sums, half as many as the sums where there are more, shared out so that tiles are alike.
 */
export function rowsOfTile(rowsInAll: number, sums: number): number {
  const most = Math.max(4, sums >> 1);
  return most === 4 ? Math.min(4, rowsInAll) : Math.ceil(rowsInAll / Math.ceil(rowsInAll / most));
}

/** Whether the body of a kernel is short enough to be written for each vector. */
export function isShort({ body, stages }: Finish): boolean {
  const roots = stages.map((stage) => stage.value);
  return neededSteps(body, roots).filter((needed) => needed).length <= INLINE_STEPS;
}

/** Writes the tiles of one kernel. */
export class Tiles {
  readonly #steps: Steps;
  readonly #finish: Finish;
  readonly #tiling: Tiling;
  readonly #spill: Access;
  /** The loop level of rows. */
  readonly #level: number;

  constructor(steps: Steps, finish: Finish, tiling: Tiling, spill: Access, level: number) {
    this.#steps = steps;
    this.#finish = finish;
    this.#tiling = tiling;
    this.#spill = spill;
    this.#level = level;
  }

  /** Writes one tile: accumulators at 0, to which `sum` adds the products, then the epilogue. */
  tile(tile: Tile, sum: (sums: Sums) => void): void {
    const steps = this.#steps;
    const { lanes, inline } = this.#tiling;
    const { dtype } = this.#finish;
    steps.scope(() => {
      const sums = Array.from({ length: tile.rows }, () =>
        Array.from({ length: Math.ceil(tile.width / lanes) }, () =>
          steps.let(constant(dtype, 0, lanes)),
        ),
      );
      sum(sums);
      if (inline) this.#inTile(tile, (row, at) => this.#store(sums[row]![at]!));
      else this.#spilled(tile, sums);
    });
  }

  /**
   * Adds the products of the present place: of vectors of `along` with the rows of `other`, which
   * are found along a dim.
   */
  addProducts(tile: Tile, sums: Sums, along: Access, other: Access, dim: number): void {
    const steps = this.#steps;
    const { lanes, fused } = this.#tiling;
    const { dtype } = this.#finish;
    const loaded: Variable[] = [];
    this.#vectors(tile, () => loaded.push(steps.let(steps.load(along, lanes))));
    const row = steps.variable("value", dtype, lanes);
    steps.unrolled(dim, 1, tile.rows, (at) => {
      const one = steps.load(other, 1);
      steps.set(row, lanes === 1 ? one : { op: "splat", dtype, lanes, arg: one });
      loaded.forEach((vector, place) => {
        const sum = sums[at]![place]!;
        const next: Expression = fused
          ? { op: "fused", dtype, lanes, args: [row, vector, sum] }
          : apply("add", dtype, sum, pair("mul", row, vector));
        steps.set(sum, next);
      });
    });
  }

  /** Runs `build` for each vector of a tile's width; the last may have fewer active lanes. */
  #vectors({ width }: Tile, build: (at: number) => void): void {
    const { v, lanes } = this.#tiling;
    for (let at = 0; at * lanes < width; at++) {
      const active = Math.min(lanes, width - at * lanes);
      this.#steps.withActive(active, () => this.#steps.shift(v, at * lanes, () => build(at)));
    }
  }

  #inTile(tile: Tile, build: (row: number, at: number) => void): void {
    this.#steps.unrolled(this.#tiling.u, 1, tile.rows, (row) => {
      this.#vectors(tile, (at) => this.#steps.scope(() => build(row, at)));
    });
  }

  /** Stores what the body makes of a finished sum. */
  #store(sum: Variable): void {
    this.#steps.bindCarry(sum);
    this.#steps.storeAll(this.#finish.stages, true);
  }

  /**
   * Puts the tile in scratch memory and loops over it, so that the body is written once or twice.
   */
  #spilled(tile: Tile, sums: Sums): void {
    const steps = this.#steps;
    const { u, v, lanes } = this.#tiling;
    this.#inTile(tile, (row, at) => steps.write(steps.addressOf(this.#spill), sums[row]![at]!));
    steps.loop(u, 1, tile.rows, () => {
      steps.enter(this.#level);
      steps.cut(v, lanes, tile.width, (active) =>
        steps.withActive(active, () => this.#store(steps.let(steps.load(this.#spill, lanes)))),
      );
    });
  }
}
