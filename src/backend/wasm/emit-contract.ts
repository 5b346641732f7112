/**
 * Emits contractions: register tiles of R rows by W vectors, whose accumulators start at 0 and take
 * the products in ascending k. One of m and n runs in lanes ("v"), the other in rows ("u"). A panel
 * of the operand along v is packed into scratch memory if it is read often or does not lie in rows;
 * the other operand is packed tile by tile if its k is strided.
 */
import { bytesOf } from "../../core/dtype.ts";
import type { Access, ContractKernel, Param } from "../../compiler/kernel.ts";
import { LOAD, pushLoad, store } from "./access.ts";
import type { Code } from "./assembler.ts";
import { Body, lanesAlong, neededSteps } from "./body.ts";
import { addProduct, emitTile, sumType } from "./tile-epilogue.ts";
import type { Sums, Tile, Tiles } from "./tile-epilogue.ts";

/**
 * Bodies up to this size are spelled out for each vector of a tile; others loop over a spilled
 * tile.
 */
const INLINE_STEPS = 6;

/** The largest operand, in elements, that is packed whole. */
const PACKED_ROWS = 16777216;

/**
 * How a contraction is cut. Dims are `[...batch, m, n, k, row]`: `row` counts within packed tiles.
 */
interface Tiling {
  readonly u: number;
  readonly v: number;
  readonly k: number;
  readonly lanes: 1 | 2 | 4;
  readonly rows: number;
  readonly vectors: number;
  readonly packed: boolean;
  readonly packedRows: boolean;
  readonly inline: boolean;
}

/** Writes a contraction; returns the bytes of scratch memory that it uses. */
export function emitContract(code: Code, kernel: ContractKernel): number {
  const { batch, m, n, k } = kernel;
  if (m === 0 || n === 0 || batch.includes(0)) {
    code.i32(0);
    return 0;
  }
  const tiling = chooseTiling(kernel);
  const emitter = new ContractEmitter(code, kernel, tiling, [...batch, m, n, k, tiling.rows]);
  emitter.emit();
  code.i32(0);
  return emitter.scratchBytes;
}

class ContractEmitter {
  readonly #code: Code;
  readonly #kernel: ContractKernel;
  readonly #tiling: Tiling;
  readonly #body: Body;
  readonly #extents: readonly number[];
  /** The operands along v and u; the panel is the packed form of the first. */
  readonly #vector: Access;
  readonly #row: Access;
  readonly #rowTiles: Access;
  readonly #panel: Access;
  readonly #tiles: Tiles;
  readonly scratchBytes: number;

  constructor(code: Code, kernel: ContractKernel, tiling: Tiling, extents: readonly number[]) {
    this.#code = code;
    this.#kernel = kernel;
    this.#tiling = tiling;
    this.#extents = extents;
    const { a, b } = operands(kernel);
    [this.#vector, this.#row] = tiling.v > tiling.u ? [b, a] : [a, b];
    const { dtype, params } = kernel;
    const width = tiling.vectors * tiling.lanes;
    const panelBytes = tiling.packed ? kernel.k * width * bytesOf(dtype) : 0;
    const spillBytes = tiling.inline ? 0 : tiling.rows * width * bytesOf(dtype);
    const rowTiles = Math.ceil(extents[tiling.u]! / tiling.rows);
    const rowBytes = tiling.packedRows ? rowTiles * tiling.rows * kernel.k * bytesOf(dtype) : 0;
    this.scratchBytes = panelBytes + spillBytes + rowBytes;
    this.#panel = this.#scratchAccess(params.length, { [tiling.k]: width, [tiling.v]: 1 });
    const spill = this.#scratchAccess(params.length + 1, { [tiling.u]: width, [tiling.v]: 1 });
    this.#rowTiles = this.#scratchAccess(params.length + 2, {
      [tiling.u]: kernel.k,
      [tiling.k]: tiling.rows,
      [tiling.k + 1]: 1,
    });
    const scratch: Param = { dtype, written: true };
    const operandsRead = [
      a,
      b,
      ...(tiling.packed ? [this.#panel] : []),
      ...(tiling.packedRows ? [this.#rowTiles] : []),
    ];
    this.#body = new Body(code, {
      params: [...params, scratch, scratch, scratch],
      scratch: [0, panelBytes, panelBytes + spillBytes],
      body: kernel.body,
      accesses: [
        ...operandsRead,
        ...(tiling.inline ? [] : [spill]),
        ...kernel.stages.map((stage) => stage.access),
      ],
      roots: kernel.stages.map((stage) => stage.value),
      extents,
      order: [...kernel.batch.map((_, dim) => dim), tiling.u, tiling.v],
      vector: tiling.v,
      lanes: tiling.lanes,
      lateLevel: kernel.batch.length + 1,
    });
    this.#tiles = {
      body: this.#body,
      kernel,
      tiling,
      spill,
      level: kernel.batch.length,
      outside: () => this.#outside(),
    };
  }

  emit(): void {
    this.#body.prologue();
    this.#body.enter(-1);
    this.#batch(0);
  }

  #scratchAccess(param: number, along: Readonly<Record<number, number>>): Access {
    const strides = this.#extents.map((_, dim) => along[dim] ?? 0);
    return { param, offset: 0, strides, dynamic: [] };
  }

  #batch(dim: number): void {
    const body = this.#body;
    if (dim < this.#kernel.batch.length) {
      body.loop(dim, 1, this.#extents[dim]!, () => {
        body.enter(dim);
        this.#batch(dim + 1);
      });
      return;
    }
    if (this.#tiling.packedRows) this.#packRows();
    body.withLive(this.#outside(), () => this.#panels());
  }

  /** What moves with the tiles. */
  #outside(): Access[] {
    const { body, stages } = this.#kernel;
    const loads = body.flatMap((step, at) =>
      this.#body.needed[at] && "access" in step ? [step.access] : [],
    );
    const row = this.#tiling.packedRows ? this.#rowTiles : this.#row;
    return [this.#vector, row, ...loads, ...stages.map((stage) => stage.access)];
  }

  #panels(): void {
    const { v, vectors, lanes } = this.#tiling;
    const width = vectors * lanes;
    const full = Math.floor(this.#extents[v]! / width);
    const rest = this.#extents[v]! % width;
    this.#body.loop(v, width, full, () => this.#onePanel(vectors, lanes));
    if (rest === 0) return;
    const count = Math.ceil(rest / lanes);
    this.#body.at(v, full * width, () => this.#onePanel(count, rest - (count - 1) * lanes));
  }

  #onePanel(vectors: number, last: number): void {
    const { u, rows, packed } = this.#tiling;
    if (packed) this.#pack(vectors, last);
    const full = Math.floor(this.#extents[u]! / rows);
    const rest = this.#extents[u]! % rows;
    this.#body.loop(u, rows, full, () => this.#tile({ rows, vectors, last }));
    if (rest === 0) return;
    this.#body.at(u, full * rows, () => this.#tile({ rows: rest, vectors, last }));
  }

  /** Copies a panel of the operand along v, so that each k is one row of vectors. */
  #pack(vectors: number, last: number): void {
    const body = this.#body;
    const { k, dtype } = { k: this.#tiling.k, dtype: this.#kernel.dtype };
    const { v, lanes } = this.#tiling;
    body.withLive([this.#vector, this.#panel], () => {
      body.loop(k, 1, this.#kernel.k, () => {
        body.unrolled(v, lanes, vectors, (at) => {
          const active = at === vectors - 1 ? last : lanes;
          const load = (): void =>
            body.withActive(active, () => pushLoad(body, this.#vector, dtype, true));
          store(body, this.#panel, true, load);
        });
      });
    });
  }

  /** Copies the operand along u tile by tile, so that each k is one run of rows. */
  #packRows(): void {
    const body = this.#body;
    const { u, k, rows } = this.#tiling;
    const full = Math.floor(this.#extents[u]! / rows);
    const rest = this.#extents[u]! % rows;
    const copy = (count: number): void =>
      body.loop(k, 1, this.#kernel.k, () => {
        for (let row = 0; row < count; row++) this.#copyRow(row);
      });
    body.withLive([this.#row, this.#rowTiles], () => {
      body.loop(u, rows, full, () => copy(rows));
      body.at(u, full * rows, () => copy(rest));
    });
  }

  #copyRow(row: number): void {
    const body = this.#body;
    const { u, k } = this.#tiling;
    const load = (): void => pushLoad(body, this.#row, this.#kernel.dtype, false);
    const copy = (): void => store(body, this.#rowTiles, false, load);
    // the operand moves along u, its copy along the dim within the tile
    body.withLive([this.#row], () =>
      body.at(u, row, () => body.withLive([this.#rowTiles], () => body.at(k + 1, row, copy))),
    );
  }

  #tile(tile: Tile): void {
    emitTile(this.#tiles, tile, (sums) => this.#sum(tile, sums));
  }

  #sum(tile: Tile, sums: Sums): void {
    const body = this.#body;
    const { k, packed } = this.#tiling;
    const length = this.#kernel.k;
    // V8 puts the loads of spelled-out turns before all their products, and spills the sums; with
    // one row there is little else than loads
    const turns = length <= 2 ? length : tile.rows === 1 ? 4 : 1;
    const along = packed ? this.#panel : this.#vector;
    const row = this.#tiling.packedRows ? this.#rowTiles : this.#row;
    body.withLive([along, row], () => {
      const step = (): void => this.#products(tile, sums, along);
      if (length > 0) {
        body.loop(k, turns, Math.floor(length / turns), () => body.unrolled(k, 1, turns, step));
        const rest = length % turns;
        body.at(k, length - rest, () => body.unrolled(k, 1, rest, step));
      }
    });
  }

  /** Adds the products of one k. */
  #products(tile: Tile, sums: Sums, along: Access): void {
    const body = this.#body;
    const code = this.#code;
    const { u, v, k, lanes, packedRows } = this.#tiling;
    const { dtype } = this.#kernel;
    const type = sumType(this.#tiles);
    const loaded = Array.from({ length: tile.vectors }, () => code.local(type));
    const row = code.local(type);
    body.unrolled(v, lanes, tile.vectors, (at) => {
      const active = at === tile.vectors - 1 ? tile.last : lanes;
      body.withActive(active, () => pushLoad(body, along, dtype, lanes > 1));
      code.set(loaded[at]!);
    });
    body.unrolled(packedRows ? k + 1 : u, 1, tile.rows, (at) => {
      this.#pushRow(packedRows ? this.#rowTiles : this.#row);
      code.set(row);
      loaded.forEach((vector, place) => {
        addProduct(this.#tiles, sums[at]![place]!, row, vector);
      });
    });
  }

  #pushRow(row: Access): void {
    const { dtype } = this.#kernel;
    const { lanes } = this.#tiling;
    const imm = this.#body.pushAddress(this.#body.placeOf(row));
    if (lanes === 1) this.#code.memory(LOAD[dtype], imm);
    else this.#code.memory(lanes === 2 ? "v128.load64_splat" : "v128.load32_splat", imm);
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

function chooseTiling(kernel: ContractKernel): Tiling {
  const rank = kernel.batch.length;
  const [m, n, k] = [rank, rank + 1, rank + 2];
  const least = kernel.dtype === "float64" ? 2 : 4;
  const v = kernel.n < least && kernel.m >= least ? m : n;
  const u = v === n ? m : n;
  const [extent, rowsInAll] = v === n ? [kernel.n, kernel.m] : [kernel.m, kernel.n];
  const lanes = extent < least ? 1 : lanesOf(kernel, v);
  const inAll = Math.ceil(extent / lanes);
  const { rows, vectors } = tileShape(inAll, rowsInAll);
  const { a, b } = operands(kernel);
  const along = (v === n ? b : a).strides[v]!;
  const bytes = kernel.k * bytesOf(kernel.dtype) * Math.abs(along === 1 ? extent : 16);
  const packed = lanes > 1 && (along === 1 ? rowsInAll >= 24 && bytes > 32768 : rowsInAll >= 8);
  const rowStride = Math.abs((v === n ? a : b).strides[k]!);
  const large = kernel.k >= 64 && inAll >= 8 && rowsInAll * kernel.k <= PACKED_ROWS;
  const packedRows = lanes > 1 && rowStride > 16 && large;
  const steps = neededSteps(
    kernel.body,
    kernel.stages.map((stage) => stage.value),
  );
  const count = steps.filter((needed) => needed).length;
  const inline = count <= INLINE_STEPS || rowsInAll * inAll <= 2;
  return { u, v, k, lanes, rows, vectors, packed, packedRows, inline };
}

/** At most eight accumulators; four by two for all that is large. */
function tileShape(vectorsInAll: number, rowsInAll: number): { rows: number; vectors: number } {
  if (vectorsInAll === 1) return { rows: Math.min(8, rowsInAll), vectors: 1 };
  if (rowsInAll < 4) {
    return { rows: rowsInAll, vectors: Math.min(vectorsInAll, Math.floor(8 / rowsInAll)) };
  }
  return vectorsInAll === 3 ? { rows: 2, vectors: 3 } : { rows: 4, vectors: 2 };
}

function lanesOf(kernel: ContractKernel, v: number): 1 | 2 | 4 {
  const roots = kernel.stages.map((stage) => stage.value);
  const needed = neededSteps(kernel.body, roots);
  const lanes = lanesAlong(kernel.body, needed, v, true);
  const own = kernel.dtype === "float64" ? 2 : 4;
  const dtypes = roots.map((root) => kernel.body[root]!.dtype);
  const fits = dtypes.every((dtype) => dtype === "bool" || (dtype === "float64") === (own === 2));
  return lanes === own && fits ? own : 1;
}
