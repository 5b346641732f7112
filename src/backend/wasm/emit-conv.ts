/**
 * Emits convolutions: register tiles of rows by vectors, as for contractions, whose accumulators
 * start at 0 and take the products in ascending order of (channel, kernel position). The layout of
 * image and weights is in conv-layout.ts.
 */
import { bytesOf } from "../../core/dtype.ts";
import type { Access, ConvKernel, Param } from "../../compiler/kernel.ts";
import { LOAD, STORE, pushLoad, store } from "./access.ts";
import type { Code } from "./assembler.ts";
import { Body } from "./body.ts";
import type { ConvTiling, Copy, Dims, Image } from "./conv-layout.ts";
import { chooseConvTiling, dimsOf, layOut, stridesAt } from "./conv-layout.ts";
import { pushVectorConstant } from "./spell.ts";
import { addProduct, emitTile, sumType } from "./tile-epilogue.ts";
import type { Sums, Tile, Tiles } from "./tile-epilogue.ts";

const SLACK = 64;

/** Writes a convolution; returns the bytes of scratch memory that it uses. */
export function emitConv(code: Code, kernel: ConvKernel): number {
  if ([kernel.batch, kernel.groups, kernel.outs, ...kernel.output].includes(0)) {
    code.i32(0);
    return 0;
  }
  const emitter = new ConvEmitter(code, kernel);
  emitter.emit();
  code.i32(0);
  return emitter.scratchBytes;
}

class ConvEmitter {
  readonly #code: Code;
  readonly #kernel: ConvKernel;
  readonly #dims: Dims;
  readonly #tiling: ConvTiling;
  readonly #extents: readonly number[];
  readonly #image: Image;
  readonly #weights: Access;
  readonly #panel: Access;
  readonly #tiles: Tiles;
  readonly #body: Body;
  readonly scratchBytes: number;

  constructor(code: Code, kernel: ConvKernel) {
    this.#code = code;
    this.#kernel = kernel;
    const { params, dtype, batch, groups, outs, output, channels, window, input } = kernel;
    const dims = dimsOf(kernel);
    this.#dims = dims;
    const tiling = chooseConvTiling(kernel, dims);
    this.#tiling = tiling;
    const extents = [batch, groups, outs, ...output, channels, ...window, outs, ...input];
    this.#extents = extents;
    const image = layOut(kernel, dims, tiling, params.length);
    this.#image = image;
    const size = bytesOf(dtype);
    const width = tiling.across ? tiling.rows : tiling.vectors * tiling.lanes;
    const panels = tiling.across ? Math.ceil(outs / tiling.rows) : 1;
    const sum = channels * window.reduce((a, b) => a * b, 1);
    const imageBytes = image.length * size + SLACK;
    const panelBytes = panels * sum * width * size + SLACK;
    const spillBytes = tiling.inline ? 0 : tiling.rows * tiling.vectors * tiling.lanes * size;
    this.scratchBytes = imageBytes + panelBytes + spillBytes;
    this.#weights = this.#weightAccess();
    this.#panel = this.#panelAccess(params.length + 1, sum, width);
    const tileWidth = tiling.vectors * tiling.lanes;
    const strides = stridesAt(dims, [
      [tiling.u, tileWidth],
      [tiling.v, 1],
    ]);
    const spill = { param: params.length + 2, offset: 0, strides, dynamic: [] };
    const scratch: Param = { dtype, written: true };
    this.#body = new Body(code, {
      params: [...params, scratch, scratch, scratch],
      scratch: [0, imageBytes, imageBytes + panelBytes],
      body: kernel.body,
      accesses: [
        image.access,
        ...image.copies.flatMap(({ from, to }) => [from, to]),
        this.#weights,
        this.#panel,
        spill,
        ...kernel.stages.map((stage) => stage.access),
      ],
      roots: kernel.stages.map((stage) => stage.value),
      extents,
      order:
        tiling.u === dims.batch
          ? [dims.group, ...dims.output, tiling.u, tiling.v]
          : [dims.group, dims.batch, ...dims.output.slice(0, -1), tiling.u, tiling.v],
      vector: tiling.v,
      lanes: tiling.lanes,
      lateLevel: dims.output.length + 2,
    });
    this.#tiles = {
      body: this.#body,
      kernel,
      tiling,
      spill,
      level: dims.output.length + 1,
      outside: () => this.#outside(true),
    };
  }

  emit(): void {
    const body = this.#body;
    const { group } = this.#dims;
    body.prologue();
    body.enter(-1);
    if (this.#image.border) this.#clear();
    body.loop(group, 1, this.#kernel.groups, () => {
      body.enter(0);
      if (this.#tiling.across) this.#packAcross();
      else this.#blocks();
    });
  }

  #weightAccess(): Access {
    const { w, window } = this.#kernel;
    const { group, out, channel, window: taps } = this.#dims;
    const along = [group, out, channel, ...window.map((_, i) => taps[i]!)];
    const strides = stridesAt(
      this.#dims,
      along.map((dim, i) => [dim, w.strides[i]!]),
    );
    return { ...w, strides };
  }

  /**
   * Weights by kernel position: for each, those of a tile's rows, or of its vectors, side by side.
   */
  #panelAccess(param: number, sum: number, width: number): Access {
    const { window } = this.#kernel;
    const { out, channel, window: taps, place } = this.#dims;
    const { across } = this.#tiling;
    const along: [number, number][] = [[out, across ? sum : 1]];
    let pitch = width;
    for (let i = window.length - 1; i >= 0; i--) {
      along.push([taps[i]!, pitch]);
      pitch *= window[i]!;
    }
    along.push([channel, pitch], [place, 1]);
    return { param, offset: 0, strides: stridesAt(this.#dims, along), dynamic: [] };
  }

  // ── packing ────────────────────────────────────────────────────────────────────────────────────

  /** Fills the image with zeros, of which those in the border stay. */
  #clear(): void {
    const { code } = this.#body;
    const bytes = this.#image.length * bytesOf(this.#kernel.dtype);
    const at = code.local("i32");
    const left = code.local("i32");
    code.get(this.#body.baseOf(this.#image.access.param)).set(at);
    code.i32(Math.ceil(bytes / 16)).set(left);
    code.loop((again) => {
      code.get(at);
      pushVectorConstant(code, "int32", 0);
      code.memory("v128.store").get(at).i32(16).op("i32.add").set(at);
      code.get(left).i32(-1).op("i32.add").tee(left).brIf(again);
    });
  }

  /** Copies what is not border of one image. */
  #fill(): void {
    const body = this.#body;
    for (const copy of this.#image.copies) {
      if (copy.counts.includes(0)) continue;
      body.withLive([copy.from, copy.to], () => {
        body.loop(this.#dims.channel, 1, this.#kernel.channels, () => this.#copyAxis(copy, 0));
      });
    }
  }

  #copyAxis(copy: Copy, axis: number): void {
    const body = this.#body;
    const dim = this.#dims.input[axis]!;
    const count = copy.counts[axis]!;
    if (axis < copy.counts.length - 1) {
      body.loop(dim, 1, count, () => this.#copyAxis(copy, axis + 1));
      return;
    }
    const size = bytesOf(this.#kernel.dtype);
    const wide = copy.from.strides[dim] === 1 && copy.to.strides[dim] === 1 ? 16 / size : 1;
    const full = Math.floor(count / wide);
    body.loop(dim, wide, full, () => this.#copyOne(copy, wide > 1));
    body.at(dim, full * wide, () =>
      body.loop(dim, 1, count % wide, () => this.#copyOne(copy, false)),
    );
  }

  #copyOne({ from, to }: Copy, wide: boolean): void {
    const body = this.#body;
    const { dtype } = this.#kernel;
    const target = body.pushAddress(body.placeOf(to));
    const source = body.pushAddress(body.placeOf(from));
    this.#code.memory(wide ? "v128.load" : LOAD[dtype], source);
    this.#code.memory(wide ? "v128.store" : STORE[dtype], target);
  }

  /** Runs `build` for every kernel position of every channel. */
  #taps(build: () => void): void {
    const body = this.#body;
    const { channel, window } = this.#dims;
    const walk = (axis: number): void => {
      if (axis === window.length) build();
      else body.loop(window[axis]!, 1, this.#kernel.window[axis]!, () => walk(axis + 1));
    };
    body.loop(channel, 1, this.#kernel.channels, () => walk(0));
  }

  /**
   * Packs all weights tile by tile, then walks images, tiles of channels, and rows of the result.
   */
  #packAcross(): void {
    const body = this.#body;
    const { out, batch } = this.#dims;
    const { rows } = this.#tiling;
    const { outs } = this.#kernel;
    const full = Math.floor(outs / rows);
    const rest = outs % rows;
    const pack = (count: number): void => {
      body.withLive([this.#weights, this.#panel], () =>
        this.#taps(() => {
          for (let row = 0; row < count; row++) this.#copyWeight(row);
        }),
      );
    };
    body.withLive([this.#weights, this.#panel], () => {
      body.loop(out, rows, full, () => pack(rows));
      if (rest > 0) body.at(out, full * rows, () => pack(rest));
    });
    body.withLive(this.#outside(true), () =>
      body.loop(batch, 1, this.#kernel.batch, () => {
        body.enter(1);
        this.#fill();
        body.loop(out, rows, full, () => this.#rows(rows));
        if (rest > 0) body.at(out, full * rows, () => this.#rows(rest));
      }),
    );
  }

  #copyWeight(row: number): void {
    const body = this.#body;
    const { out, place } = this.#dims;
    const load = (): void => pushLoad(body, this.#weights, this.#kernel.dtype, false);
    const copy = (): void => store(body, this.#panel, false, load);
    body.withLive([this.#weights], () =>
      body.at(out, row, () => body.withLive([this.#panel], () => body.at(place, row, copy))),
    );
  }

  /** What moves with images and tiles. */
  #outside(across: boolean): Access[] {
    const { body, stages } = this.#kernel;
    const loads = body.flatMap((step, at) =>
      this.#body.needed[at] && "access" in step ? [step.access] : [],
    );
    const { access, copies } = this.#image;
    return [
      access,
      ...copies.map(({ from }) => from),
      across ? this.#panel : this.#weights,
      ...loads,
      ...stages.map((stage) => stage.access),
    ];
  }

  /** Along the result's last axis, for a few channels. */
  #rows(rows: number): void {
    this.#lines(0, () => {
      const { v, vectors, lanes } = this.#tiling;
      const extent = this.#extents[v]!;
      const width = vectors * lanes;
      const full = Math.floor(extent / width);
      const rest = extent % width;
      this.#body.loop(v, width, full, () => this.#tile({ rows, vectors, last: lanes }));
      if (rest === 0) return;
      const count = Math.ceil(rest / lanes);
      const tile = { rows, vectors: count, last: rest - (count - 1) * lanes };
      this.#body.at(v, full * width, () => this.#tile(tile));
    });
  }

  #lines(axis: number, build: () => void): void {
    const { output } = this.#dims;
    if (axis === output.length - 1) return build();
    this.#body.loop(output[axis]!, 1, this.#kernel.output[axis]!, () => {
      this.#body.enter(2 + axis);
      this.#lines(axis + 1, build);
    });
  }

  // ── lanes along the channels ───────────────────────────────────────────────────────────────────

  /** Walks blocks of channels: packs their weights, then walks images and rows of the result. */
  #blocks(): void {
    const { v, vectors, lanes } = this.#tiling;
    const width = vectors * lanes;
    const full = Math.floor(this.#kernel.outs / width);
    const rest = this.#kernel.outs % width;
    this.#body.withLive(this.#outside(false), () => {
      this.#body.loop(v, width, full, () => this.#block(vectors, lanes));
      if (rest === 0) return;
      const count = Math.ceil(rest / lanes);
      this.#body.at(v, full * width, () => this.#block(count, rest - (count - 1) * lanes));
    });
  }

  #block(vectors: number, last: number): void {
    const body = this.#body;
    const { v, u, lanes, rows } = this.#tiling;
    const { dtype, batch } = this.#kernel;
    body.withLive([this.#weights, this.#panel], () =>
      this.#taps(() =>
        body.unrolled(v, lanes, vectors, (at) => {
          const active = at === vectors - 1 ? last : lanes;
          const load = (): void =>
            body.withActive(active, () => pushLoad(body, this.#weights, dtype, lanes > 1));
          store(body, this.#panel, lanes > 1, load);
        }),
      ),
    );
    const full = Math.floor(this.#extents[u]! / rows);
    const rest = this.#extents[u]! % rows;
    const tiles = (): void => {
      body.loop(u, rows, full, () => this.#tile({ rows, vectors, last }));
      if (rest > 0) body.at(u, full * rows, () => this.#tile({ rows: rest, vectors, last }));
    };
    if (u === this.#dims.batch) {
      this.#dims.output.forEach((_, axis) => body.enter(1 + axis));
      tiles();
      return;
    }
    body.loop(this.#dims.batch, 1, batch, () => {
      body.enter(1);
      this.#fill();
      this.#lines(0, tiles);
    });
  }

  // ── tiles ──────────────────────────────────────────────────────────────────────────────────────

  #tile(tile: Tile): void {
    emitTile(this.#tiles, tile, (sums) => this.#sum(tile, sums));
  }

  #sum(tile: Tile, sums: Sums): void {
    const body = this.#body;
    const { channel, window } = this.#dims;
    const step = (): void => this.#products(tile, sums);
    const walk = (axis: number): void => {
      if (axis === window.length) return step();
      const extent = this.#kernel.window[axis]!;
      if (axis === window.length - 1) return this.#turns(window[axis]!, extent, step);
      body.loop(window[axis]!, 1, extent, () => walk(axis + 1));
    };
    body.withLive([this.#image.access, this.#panel], () => {
      body.loop(channel, 1, this.#kernel.channels, () => walk(0));
    });
  }

  #turns(dim: number, extent: number, step: () => void): void {
    const body = this.#body;
    // V8 puts the loads of spelled-out turns before all their products, and spills the sums
    const turns = extent <= 2 ? extent : 1;
    body.loop(dim, turns, Math.floor(extent / turns), () => body.unrolled(dim, 1, turns, step));
    const rest = extent % turns;
    body.at(dim, extent - rest, () => body.unrolled(dim, 1, rest, step));
  }

  /** Adds the products of one kernel position. */
  #products(tile: Tile, sums: Sums): void {
    const body = this.#body;
    const code = this.#code;
    const { u, v, lanes, across } = this.#tiling;
    const { dtype } = this.#kernel;
    const [along, other] = across
      ? [this.#image.access, this.#panel]
      : [this.#panel, this.#image.access];
    const loaded = Array.from({ length: tile.vectors }, () => code.local(sumType(this.#tiles)));
    const row = code.local(sumType(this.#tiles));
    body.unrolled(v, lanes, tile.vectors, (at) => {
      pushLoad(body, along, dtype, lanes > 1);
      code.set(loaded[at]!);
    });
    body.unrolled(across ? this.#dims.place : u, 1, tile.rows, (at) => {
      const imm = body.pushAddress(body.placeOf(other));
      if (lanes === 1) code.memory(LOAD[dtype], imm);
      else code.memory(lanes === 2 ? "v128.load64_splat" : "v128.load32_splat", imm);
      code.set(row);
      loaded.forEach((vector, place) => {
        addProduct(this.#tiles, sums[at]![place]!, row, vector);
      });
    });
  }
}
