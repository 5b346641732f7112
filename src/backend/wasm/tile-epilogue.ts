/**
 * Register tiles of sums, as contractions and convolutions share them: the accumulators at 0, the
 * step that adds a product, and the epilogue, which stores what the body makes of finished sums.
 */
import type { Access, ContractKernel } from "../../compiler/kernel.ts";
import { pushLoad, store } from "./access.ts";
import type { Local } from "./assembler.ts";
import type { Body } from "./body.ts";
import { storeAll } from "./emit-loop.ts";
import { LANES2, LANES4, SCALAR, VALUE_TYPE, pushConstant, pushVectorConstant } from "./spell.ts";

/** What one tile covers: rows, vectors, and lanes of the last vector. */
export interface Tile {
  readonly rows: number;
  readonly vectors: number;
  readonly last: number;
}

/** The accumulators of a tile, row by row. */
export type Sums = readonly (readonly Local[])[];

/** What the emitter of a kernel of sums tells about its tiles. */
export interface Tiles {
  readonly body: Body;
  readonly kernel: Pick<ContractKernel, "dtype" | "body" | "stages">;
  /** The dim of rows, the dim in lanes, and whether the body is spelled for each vector. */
  readonly tiling: {
    readonly u: number;
    readonly v: number;
    readonly lanes: 1 | 2 | 4;
    readonly inline: boolean;
  };
  /** Scratch memory for a tile whose body is not spelled for each vector. */
  readonly spill: Access;
  /** The loop level of rows. */
  readonly level: number;
  /** The accesses that move with the tiles. */
  readonly outside: () => readonly Access[];
}

/** The WebAssembly type of an accumulator. */
export function sumType({ kernel, tiling }: Tiles): Local["type"] {
  return tiling.lanes > 1 ? "v128" : VALUE_TYPE[kernel.dtype];
}

/** Emits one tile: accumulators at 0, to which `sum` adds the products, then the epilogue. */
export function emitTile(tiles: Tiles, tile: Tile, sum: (sums: Sums) => void): void {
  const { body, kernel, tiling } = tiles;
  const { code } = body;
  body.scope(() => {
    const sums = Array.from({ length: tile.rows }, () =>
      Array.from({ length: tile.vectors }, () => code.local(sumType(tiles))),
    );
    for (const one of sums.flat()) {
      if (tiling.lanes > 1) pushVectorConstant(code, "int32", 0);
      else pushConstant(code, kernel.dtype, 0);
      code.set(one);
    }
    sum(sums);
    if (tiling.inline) finishInline(tiles, tile, sums);
    else finishSpilled(tiles, tile, sums);
  });
}

/** Adds the product of two locals to an accumulator. */
export function addProduct({ body, kernel, tiling }: Tiles, sum: Local, x: Local, y: Local): void {
  const { code } = body;
  const table = [SCALAR, LANES2, LANES4][tiling.lanes >> 1]!;
  code.get(sum).get(x).get(y);
  table.mul(code, kernel.dtype, kernel.dtype);
  table.add(code, kernel.dtype, kernel.dtype);
  code.set(sum);
}

function finishInline(tiles: Tiles, tile: Tile, sums: Sums): void {
  const { body } = tiles;
  const { u, v, lanes } = tiles.tiling;
  body.unrolled(u, 1, tile.rows, (row) => {
    body.unrolled(v, lanes, tile.vectors, (at) => {
      const active = at === tile.vectors - 1 ? tile.last : lanes;
      body.withActive(active, () => finish(tiles, sums[row]![at]!));
    });
  });
}

/** Stores what the body makes of a finished sum. */
function finish({ body, kernel, tiling }: Tiles, sum: Local): void {
  kernel.body.forEach((step, at) => {
    if (step.op === "carry") body.bind(at, sum);
  });
  storeAll(body, kernel.stages, tiling.lanes > 1);
}

/**
 * Puts the tile in scratch memory and loops over it, so that the body is spelled once or twice.
 */
function finishSpilled(tiles: Tiles, tile: Tile, sums: Sums): void {
  const { body, kernel, spill } = tiles;
  const { u, v, lanes } = tiles.tiling;
  const { code } = body;
  body.withLive([...tiles.outside(), spill], () => {
    body.unrolled(u, 1, tile.rows, (row) => {
      body.unrolled(v, lanes, tile.vectors, (at) => {
        store(body, spill, lanes > 1, () => code.get(sums[row]![at]!));
      });
    });
    const finishOne = (): void => {
      const sum = code.local(sumType(tiles));
      pushLoad(body, spill, kernel.dtype, lanes > 1);
      code.set(sum);
      finish(tiles, sum);
    };
    body.loop(u, 1, tile.rows, () => {
      body.enter(tiles.level);
      const full = tile.last === lanes ? tile.vectors : tile.vectors - 1;
      body.loop(v, lanes, full, finishOne);
      if (full === tile.vectors) return;
      body.at(v, full * lanes, () => body.withActive(tile.last, finishOne));
    });
  });
}
