/**
 * Convolutions as loops: register tiles of rows by vectors, as for contractions, whose accumulators
 * take the products in ascending order of (channel, kernel position). The layout of image and
 * weights is in conv-layout.ts.
 */
import { bytesOf } from "../../core/dtype.ts";
import type { Access, ConvKernel } from "../kernel.ts";
import type { Limits } from "../limits.ts";
import type { LoopForm } from "../loop.ts";
import type { ConvTiling, Copy, Dims, Image } from "./conv-layout.ts";
import { chooseConvTiling, dimsOf, layOut, stridesAt } from "./conv-layout.ts";
import { constant } from "./frame.ts";
import { widthOf } from "./lanes.ts";
import { Steps } from "./steps.ts";
import type { Sums, Tile } from "./tiles.ts";
import { Tiles } from "./tiles.ts";

/** Vectors may be read and cleared beyond what they are read for. */
const SLACK = 64;

/** Writes a convolution. */
export function loopsOfConv(kernel: ConvKernel, limits: Limits): LoopForm {
  return new Convolution(kernel, limits).form();
}

class Convolution {
  readonly #kernel: ConvKernel;
  readonly #dims: Dims;
  readonly #tiling: ConvTiling;
  readonly #extents: readonly number[];
  readonly #image: Image;
  readonly #weights: Access;
  readonly #panel: Access;
  readonly #spill: Access;
  readonly #zeros: Access;
  readonly #steps: Steps;
  readonly #tiles: Tiles;
  /** Elements of a vector that is copied. */
  readonly #wide: number;
  readonly #bytes: number;

  constructor(kernel: ConvKernel, limits: Limits) {
    this.#kernel = kernel;
    const { params, dtype, batch, groups, outs, output, channels, window, input } = kernel;
    const dims = dimsOf(kernel);
    this.#dims = dims;
    const tiling = chooseConvTiling(kernel, dims, limits);
    this.#tiling = tiling;
    this.#wide = widthOf(dtype, tiling.vectorBytes);
    const extents = [batch, groups, outs, ...output, channels, ...window, outs, ...input];
    this.#extents = extents;
    const image = layOut(kernel, dims, tiling, params.length);
    this.#image = image;
    const size = bytesOf(dtype);
    const tileWidth = tiling.vectors * tiling.lanes;
    const width = tiling.across ? tiling.rows : tileWidth;
    const panels = tiling.across ? Math.ceil(outs / tiling.rows) : 1;
    const sum = channels * window.reduce((a, b) => a * b, 1);
    const imageBytes = image.length * size + SLACK;
    const panelEnd = imageBytes + panels * sum * width * size + SLACK;
    this.#bytes = panelEnd + (tiling.inline ? 0 : tiling.rows * tileWidth * size);
    this.#weights = this.#weightAccess();
    this.#panel = this.#panelAccess(params.length + 1, sum, width);
    const block = (at: number, along: [number, number][]): Access => ({
      param: params.length + at,
      offset: 0,
      strides: stridesAt(dims, along),
      dynamic: [],
    });
    this.#spill = block(2, [
      [tiling.u, tileWidth],
      [tiling.v, 1],
    ]);
    this.#zeros = block(0, [[dims.place, 1]]);
    this.#steps = new Steps({
      params,
      scratch: [0, imageBytes, panelEnd].map((offset) => ({ dtype, offset })),
      body: kernel.body,
      accesses: [
        image.access,
        ...image.copies.flatMap(({ from, to }) => [from, to]),
        ...(image.border ? [this.#zeros] : []),
        this.#weights,
        this.#panel,
        this.#spill,
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
      vectorBytes: tiling.vectorBytes,
      lateLevel: dims.output.length + 2,
    });
    const level = dims.output.length + 1;
    this.#tiles = new Tiles(this.#steps, kernel, tiling, this.#spill, level);
  }

  form(): LoopForm {
    const steps = this.#steps;
    if (this.#image.border) this.#clear();
    steps.apart(true, () =>
      steps.loop(this.#dims.group, 1, this.#kernel.groups, () => {
        steps.enter(0);
        if (this.#tiling.across) this.#acrossResult();
        else this.#alongChannels();
      }),
    );
    return steps.form(this.#bytes);
  }

  #weightAccess(): Access {
    const { w } = this.#kernel;
    const { group, out, channel, window } = this.#dims;
    const along = [group, out, channel, ...window].map((dim, i): [number, number] => [
      dim,
      w.strides[i]!,
    ]);
    return { ...w, strides: stridesAt(this.#dims, along) };
  }

  /**
   * Weights by kernel position: for each, those of a tile's rows, or of its vectors, side by side.
   */
  #panelAccess(param: number, sum: number, width: number): Access {
    const { window } = this.#kernel;
    const { out, channel, window: taps, place } = this.#dims;
    const along: [number, number][] = [[out, this.#tiling.across ? sum : 1]];
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
    const steps = this.#steps;
    const zero = constant(this.#kernel.dtype, 0, this.#wide);
    const count = Math.ceil(this.#image.length / this.#wide);
    steps.loop(this.#dims.place, this.#wide, count, () =>
      steps.write(steps.addressOf(this.#zeros), zero),
    );
  }

  /** Copies what is not border of one image. */
  #fill(): void {
    for (const copy of this.#image.copies) {
      if (copy.counts.includes(0)) continue;
      this.#steps.loop(this.#dims.channel, 1, this.#kernel.channels, () => this.#copy(copy, 0));
    }
  }

  #copy(copy: Copy, axis: number): void {
    const steps = this.#steps;
    const dim = this.#dims.input[axis]!;
    const count = copy.counts[axis]!;
    if (axis < copy.counts.length - 1) {
      steps.loop(dim, 1, count, () => this.#copy(copy, axis + 1));
      return;
    }
    const { from, to } = copy;
    const { dtype } = this.#kernel;
    const one = (lanes: number): void => {
      const value = { op: "load", dtype, lanes, at: steps.addressOf(from) } as const;
      steps.write(steps.addressOf(to), value);
    };
    const wide = from.strides[dim] === 1 && to.strides[dim] === 1 ? this.#wide : 1;
    const full = Math.floor(count / wide);
    steps.loop(dim, wide, full, () => one(wide));
    steps.at(dim, full * wide, () => steps.loop(dim, 1, count % wide, () => one(1)));
  }

  /** Runs `build` for every kernel position of every channel. */
  #taps(build: () => void): void {
    const { channel, window } = this.#dims;
    const walk = (axis: number): void => {
      if (axis === window.length) build();
      else this.#steps.loop(window[axis]!, 1, this.#kernel.window[axis]!, () => walk(axis + 1));
    };
    this.#steps.loop(channel, 1, this.#kernel.channels, () => walk(0));
  }

  /**
   * Packs all weights tile by tile, then walks images, tiles of channels, and rows of the result.
   */
  #acrossResult(): void {
    const steps = this.#steps;
    const { out, batch, place } = this.#dims;
    const { rows } = this.#tiling;
    const { outs } = this.#kernel;
    const copy = (row: number): void => {
      const value = steps.at(out, row, () => steps.load(this.#weights, 1));
      steps.at(place, row, () => steps.store(this.#panel, value));
    };
    steps.apart(false, () =>
      steps.cut(out, rows, outs, (count) =>
        this.#taps(() => {
          for (let row = 0; row < count; row++) copy(row);
        }),
      ),
    );
    steps.loop(batch, 1, this.#kernel.batch, () => {
      steps.enter(1);
      steps.apart(false, () => this.#fill());
      steps.cut(out, rows, outs, (count) => this.#rows(count), [this.#spill]);
    });
  }

  /** Along the result's last axis, for a few channels. */
  #rows(rows: number): void {
    const { v, vectors, lanes } = this.#tiling;
    this.#lines(0, () =>
      this.#steps.cut(
        v,
        vectors * lanes,
        this.#extents[v]!,
        (width) => this.#tile({ rows, width }),
        [this.#spill],
      ),
    );
  }

  #lines(axis: number, build: () => void): void {
    const { output } = this.#dims;
    if (axis === output.length - 1) return build();
    this.#steps.loop(output[axis]!, 1, this.#kernel.output[axis]!, () => {
      this.#steps.enter(2 + axis);
      this.#lines(axis + 1, build);
    });
  }

  // ── lanes along the channels ───────────────────────────────────────────────────────────────────

  /** Walks blocks of channels: packs their weights, then walks images and rows of the result. */
  #alongChannels(): void {
    const { v, vectors, lanes } = this.#tiling;
    this.#steps.cut(v, vectors * lanes, this.#kernel.outs, (width) => this.#block(width), [
      this.#panel,
      this.#spill,
    ]);
  }

  #block(width: number): void {
    const steps = this.#steps;
    const { v, u, lanes, rows } = this.#tiling;
    steps.apart(false, () =>
      this.#taps(() =>
        steps.unrolled(v, lanes, Math.ceil(width / lanes), (at) => {
          const active = Math.min(lanes, width - at * lanes);
          const value = steps.withActive(active, () => steps.load(this.#weights, lanes));
          steps.store(this.#panel, value);
        }),
      ),
    );
    const tiles = (): void =>
      steps.cut(u, rows, this.#extents[u]!, (count) => this.#tile({ rows: count, width }), [
        this.#spill,
      ]);
    if (u === this.#dims.batch) {
      this.#dims.output.forEach((_, axis) => steps.enter(1 + axis));
      tiles();
      return;
    }
    steps.loop(this.#dims.batch, 1, this.#kernel.batch, () => {
      steps.enter(1);
      steps.apart(false, () => this.#fill());
      this.#lines(0, tiles);
    });
  }

  // ── tiles ──────────────────────────────────────────────────────────────────────────────────────

  #tile(tile: Tile): void {
    this.#steps.apart(false, () => this.#tiles.tile(tile, (sums) => this.#sum(tile, sums)));
  }

  #sum(tile: Tile, sums: Sums): void {
    const steps = this.#steps;
    const { channel, window, place } = this.#dims;
    const { across, u } = this.#tiling;
    const [along, other] = across
      ? [this.#image.access, this.#panel]
      : [this.#panel, this.#image.access];
    const products = (): void =>
      this.#tiles.addProducts(tile, sums, along, other, across ? place : u);
    const walk = (axis: number): void => {
      const [dim, extent] = [window[axis]!, this.#kernel.window[axis]!];
      if (axis < window.length - 1) return steps.loop(dim, 1, extent, () => walk(axis + 1));
      // V8 puts the loads of spelled-out turns before all their products, and spills the sums
      const turns = extent <= 2 ? extent : 1;
      steps.cut(dim, turns, extent, (count) => steps.unrolled(dim, 1, count, products));
    };
    steps.loop(channel, 1, this.#kernel.channels, () => walk(0));
  }
}
