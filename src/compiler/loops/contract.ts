/**
 * Contractions as loops: register tiles of rows by vectors. One of m and n runs in lanes ("v"), the
 * other in rows ("u"). A panel of the operand along v is packed into scratch memory if it is read
 * often or does not lie in rows; the other operand is packed tile by tile if its k is strided.
 */
import type { DType } from "../../core/dtype.ts";
import { bytesOf } from "../../core/dtype.ts";
import type { Access, ContractKernel } from "../kernel.ts";
import type { Limits } from "../limits.ts";
import type { LoopForm, Scratch } from "../loop.ts";
import { widthOf } from "./lanes.ts";
import { Steps } from "./steps.ts";
import type { Sums, Tile, Tiling } from "./tiles.ts";
import { Tiles, isFused, isShort, lanesOfSums, rowsOfTile } from "./tiles.ts";

/** The largest operand, in elements, that is packed whole. */
const PACKED_ROWS = 16777216;

/** How many times the size of the first cache the rows have that all panels meet in turn. */
const LATER_CACHES = 16;

/**
 * How a contraction is cut. Dims are `[...batch, m, n, k, row]`: `row` counts within packed tiles.
 */
interface Cut extends Tiling {
  readonly k: number;
  /** The operands along v and along u. */
  readonly vector: Access;
  readonly row: Access;
  readonly packed: boolean;
  readonly packedRows: boolean;
  /** Rows that all panels meet before the next are taken. */
  readonly block: number;
}

/** Writes a contraction. */
export function loopsOfContract(kernel: ContractKernel, limits: Limits): LoopForm {
  return new Contraction(kernel, chooseCut(kernel, limits)).form();
}

class Contraction {
  readonly #kernel: ContractKernel;
  readonly #cut: Cut;
  readonly #extents: readonly number[];
  readonly #steps: Steps;
  readonly #tiles: Tiles;
  readonly #panel: Access;
  readonly #spill: Access;
  readonly #rowTiles: Access;
  readonly #bytes: number;

  constructor(kernel: ContractKernel, cut: Cut) {
    const { dtype, params, batch, m, n, k } = kernel;
    this.#kernel = kernel;
    this.#cut = cut;
    const extents = [...batch, m, n, k, cut.rows];
    this.#extents = extents;
    const width = cut.vectors * cut.lanes;
    const rowTiles = Math.ceil(Math.min(cut.block, extents[cut.u]!) / cut.rows);
    const panelLength = cut.packed ? k * width : 0;
    const spillEnd = panelLength + (cut.inline ? 0 : cut.rows * width);
    const end = spillEnd + (cut.packedRows ? rowTiles * cut.rows * k : 0);
    this.#bytes = end * bytesOf(dtype);
    const scratch: Scratch[] = [0, panelLength, spillEnd].map((at) => ({
      dtype,
      offset: at * bytesOf(dtype),
    }));
    const block = (at: number, along: Readonly<Record<number, number>>): Access => ({
      param: params.length + at,
      offset: 0,
      strides: extents.map((_, dim) => along[dim] ?? 0),
      dynamic: [],
    });
    this.#panel = block(0, { [cut.k]: width, [cut.v]: 1 });
    this.#spill = block(1, { [cut.u]: width, [cut.v]: 1 });
    this.#rowTiles = block(2, { [cut.u]: k, [cut.k]: cut.rows, [cut.k + 1]: 1 });
    const used = [
      [cut.packed, this.#panel],
      [!cut.inline, this.#spill],
      [cut.packedRows, this.#rowTiles],
    ] as const;
    this.#steps = new Steps({
      params,
      scratch,
      body: kernel.body,
      accesses: [
        cut.vector,
        cut.row,
        ...used.flatMap(([is, access]) => (is ? [access] : [])),
        ...kernel.stages.map((stage) => stage.access),
      ],
      roots: kernel.stages.map((stage) => stage.value),
      extents,
      order: [...batch.map((_, dim) => dim), cut.u, cut.v],
      vector: cut.v,
      lanes: cut.lanes,
      vectorBytes: cut.vectorBytes,
      lateLevel: batch.length + 1,
    });
    this.#tiles = new Tiles(this.#steps, kernel, cut, this.#spill, batch.length);
  }

  form(): LoopForm {
    this.#steps.apart(true, () => this.#batch(0));
    return this.#steps.form(this.#bytes);
  }

  #batch(dim: number): void {
    const steps = this.#steps;
    if (dim === this.#kernel.batch.length) return this.#blocks();
    steps.loop(dim, 1, this.#extents[dim]!, () => {
      steps.enter(dim);
      this.#batch(dim + 1);
    });
  }

  #blocks(): void {
    const { u, block, inline, packedRows } = this.#cut;
    const still = [...(inline ? [] : [this.#spill]), ...(packedRows ? [this.#rowTiles] : [])];
    this.#steps.cut(u, block, this.#extents[u]!, (count) => this.#panels(count), still);
  }

  #panels(rowsInAll: number): void {
    const steps = this.#steps;
    const { u, v, rows, vectors, lanes, packed, packedRows, inline } = this.#cut;
    if (packedRows) steps.apart(false, () => this.#packRows(rowsInAll));
    const spill = inline ? [] : [this.#spill];
    const panel = packed ? [this.#panel] : [];
    const onePanel = (width: number): void => {
      if (packed) steps.apart(false, () => this.#pack(width));
      steps.cut(u, rows, rowsInAll, (count) => this.#tile({ rows: count, width }), spill);
    };
    steps.cut(v, vectors * lanes, this.#extents[v]!, onePanel, [...panel, ...spill]);
  }

  /** Copies a panel of the operand along v, so that each k is one row of vectors. */
  #pack(width: number): void {
    const steps = this.#steps;
    const { k, v, lanes, vector } = this.#cut;
    steps.loop(k, 1, this.#kernel.k, () => {
      steps.unrolled(v, lanes, Math.ceil(width / lanes), (at) => {
        const active = Math.min(lanes, width - at * lanes);
        const value = steps.withActive(active, () => steps.load(vector, lanes));
        steps.store(this.#panel, value);
      });
    });
  }

  /** Copies the operand along u tile by tile, so that each k is one run of rows. */
  #packRows(rowsInAll: number): void {
    const steps = this.#steps;
    const { u, k, rows, row } = this.#cut;
    const copy = (at: number): void => {
      // the operand moves along u, its copy along the dim within the tile
      const value = steps.at(u, at, () => steps.load(row, 1));
      steps.at(k + 1, at, () => steps.store(this.#rowTiles, value));
    };
    steps.cut(u, rows, rowsInAll, (count) =>
      steps.loop(k, 1, this.#kernel.k, () => {
        for (let at = 0; at < count; at++) copy(at);
      }),
    );
  }

  #tile(tile: Tile): void {
    this.#steps.apart(false, () => this.#tiles.tile(tile, (sums) => this.#sum(tile, sums)));
  }

  #sum(tile: Tile, sums: Sums): void {
    const steps = this.#steps;
    const { u, k, packed, packedRows, vector, row } = this.#cut;
    const length = this.#kernel.k;
    if (length === 0) return;
    const along = packed ? this.#panel : vector;
    const [other, dim] = packedRows ? [this.#rowTiles, k + 1] : [row, u];
    // V8 puts the loads of spelled-out turns before all their products, and spills the sums; with
    // one row there is little else than loads
    const turns = length <= 2 ? length : tile.rows === 1 ? 4 : 1;
    steps.cut(k, turns, length, (count) =>
      steps.unrolled(k, 1, count, () => this.#tiles.addProducts(tile, sums, along, other, dim)),
    );
  }
}

/** The operands' accesses with strides over `[...batch, m, n, k]`. */
function operands(kernel: ContractKernel): { a: Access; b: Access } {
  const rank = kernel.batch.length;
  const { a, b } = kernel;
  const batch = (access: Access): number[] => access.strides.slice(0, rank);
  return {
    a: { ...a, strides: [...batch(a), a.strides[rank]!, 0, a.strides[rank + 1]!] },
    b: { ...b, strides: [...batch(b), 0, b.strides[rank + 1]!, b.strides[rank]!] },
  };
}

function chooseCut(kernel: ContractKernel, limits: Limits): Cut {
  const { dtype, m, n } = kernel;
  const rank = kernel.batch.length;
  const k = rank + 2;
  const vectorBytes = widthFor(Math.max(m, n), dtype, limits.vectorBytes);
  const least = widthOf(dtype, vectorBytes);
  const { a, b } = operands(kernel);
  const tall = n < least && m >= least;
  const [u, v] = tall ? [rank + 1, rank] : [rank, rank + 1];
  const [extent, rowsInAll] = tall ? [m, n] : [n, m];
  const [vector, row] = tall ? [a, b] : [b, a];
  const lanes = extent < least ? 1 : lanesOfSums(kernel, v, vectorBytes);
  const inAll = Math.ceil(extent / lanes);
  const along = vector.strides[v]!;
  const bytes = kernel.k * bytesOf(dtype) * Math.abs(along === 1 ? extent : 16);
  const often = along === 1 ? rowsInAll >= 24 && bytes > limits.cacheBytes : rowsInAll >= 8;
  const large = kernel.k >= 64 && inAll >= 8 && rowsInAll * kernel.k <= PACKED_ROWS;
  const packed = lanes > 1 && often;
  const shape = tileShape(inAll, rowsInAll, limits.sums);
  const most = (LATER_CACHES * limits.cacheBytes) / (Math.max(1, kernel.k) * bytesOf(dtype));
  return {
    u,
    v,
    k,
    vector,
    row,
    lanes,
    vectorBytes,
    ...shape,
    packed,
    block: packed ? blockOf(rowsInAll, shape.rows, most) : rowsInAll,
    fused: isFused(dtype, limits),
    packedRows: lanes > 1 && Math.abs(row.strides[k]!) > 16 && large,
    inline: isShort(kernel) || rowsInAll * inAll <= 2,
  };
}

/** Vectors as wide as there may be, or half of that where neither dim fills one. */
function widthFor(extent: number, dtype: DType, vectorBytes: number): number {
  return vectorBytes > 32 && extent < widthOf(dtype, vectorBytes) ? vectorBytes / 2 : vectorBytes;
}

/** All rows, or blocks of alike numbers of whole tiles, of which each has about `most` rows. */
function blockOf(rowsInAll: number, rows: number, most: number): number {
  const blocks = Math.ceil(rowsInAll / Math.max(most, 8 * rows));
  return blocks <= 1 ? rowsInAll : Math.ceil(rowsInAll / blocks / rows) * rows;
}

/** As many accumulators as there may be. */
function tileShape(
  vectorsInAll: number,
  rowsInAll: number,
  sums: number,
): { rows: number; vectors: number } {
  if (vectorsInAll === 1) return { rows: Math.min(sums, rowsInAll), vectors: 1 };
  const few = rowsOfTile(rowsInAll, sums);
  if (few === 4 && vectorsInAll === 3) return { rows: 2, vectors: 3 };
  const vectors = Math.min(8, Math.max(1, Math.floor(sums / few)));
  return { rows: few, vectors: rowsInAll < 4 ? Math.min(vectorsInAll, vectors) : vectors };
}
