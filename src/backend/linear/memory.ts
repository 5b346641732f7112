/**
 * Linear memory and its allocator. Blocks are multiples of 64 bytes with a 16-byte header before
 * the payload, free ones are linked in lists by size and merge with free neighbours. Addresses are
 * unsigned up to 4 GiB. A vector may read a little beyond a buffer: the next header, or the margin.
 *
 *     … | size·used  prevSize  –  – | payload (64-byte aligned) … | size·used  prevSize  –  – | …
 */
import { MemoryError } from "../../core/errors.ts";

const PAGE = 65536;
const MAX_PAGES = 65536;
const UNIT = 64;
const HEADER = 16;
/** Bytes at the end of memory that no block covers. */
const MARGIN = 192;
const SMALL_BINS = 64;
const BINS = 96;
const STEP_PAGES = 1024;
/** From this many bytes on a block lies at the end of what is free: small ones stay together. */
const LARGE = 1 << 20;

/** What a heap lies in: a WebAssembly memory, or a range of addresses reserved at once. */
export interface Pages {
  readonly buffer: ArrayBuffer;
  /** Makes the buffer longer by so many pages of 64 KiB, or throws. */
  grow(pages: number): unknown;
}

/** Makes a WebAssembly memory that may grow to 4 GiB. */
export function wasmPages(initial = 16): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial, maximum: MAX_PAGES });
}

/** Pages with typed views and blocks. */
export class Heap {
  readonly memory: Pages;
  f32!: Float32Array;
  f64!: Float64Array;
  i32!: Int32Array;
  u32!: Uint32Array;
  u8!: Uint8Array;
  /** Payload address of the first list entry of each bin; 0 is none. */
  readonly #bins = new Uint32Array(BINS);
  readonly #maxPages: number;
  /** Where the payload of the next block after the last would be. */
  #top = UNIT;
  #used = 0;

  constructor(memory: Pages, maxPages = MAX_PAGES) {
    this.#maxPages = maxPages;
    this.memory = memory;
    this.#refresh();
    this.#setBlock(UNIT, 0, true);
    this.#setPrevious(UNIT, 0);
    this.#extend();
  }

  /** Bytes in blocks that are in use, headers included. */
  get usedBytes(): number {
    return this.#used;
  }

  /** Bytes that could still be reserved, fragmentation aside. */
  get freeBytes(): number {
    return this.#maxPages * PAGE - MARGIN - UNIT - this.#used;
  }

  /** Reserves `bytes`; throws a MemoryError and changes nothing if they cannot be had. */
  alloc(bytes: number): number {
    const size = Math.ceil((bytes + HEADER) / UNIT) * UNIT;
    const found = this.#find(size) || this.#grow(size, bytes);
    this.#unlink(found);
    const rest = this.#size(found) - size;
    const atEnd = size >= LARGE;
    const address = atEnd ? found + rest : found;
    this.#setBlock(address, size, true);
    if (rest > 0) {
      const free = atEnd ? found : found + size;
      this.#setBlock(free, rest, false);
      this.#setPrevious(found + (atEnd ? rest : size), atEnd ? rest : size);
      this.#setPrevious(found + rest + size, atEnd ? size : rest);
      this.#link(free);
    }
    this.#used += size;
    return address;
  }

  /** Gives a block back. */
  free(address: number): void {
    const head = address % UNIT === 0 ? this.u32[(address - HEADER) >>> 2] : undefined;
    if (address === 0 || head === undefined || (head & 1) === 0 || head < UNIT) {
      throw new Error(`no block in use at address ${address}`);
    }
    let start = address;
    let size = this.#size(address);
    this.#used -= size;
    const next = start + size;
    if (!this.#isUsed(next)) {
      this.#unlink(next);
      size += this.#size(next);
    }
    const before = this.u32[(start - HEADER + 4) >>> 2]!;
    if (before > 0 && !this.#isUsed(start - before)) {
      start -= before;
      this.#unlink(start);
      size += before;
    }
    this.#setBlock(start, size, false);
    this.#setPrevious(start + size, size);
    this.#link(start);
  }

  #refresh(): void {
    const { buffer } = this.memory;
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.u8 = new Uint8Array(buffer);
  }

  #size(address: number): number {
    return (this.u32[(address - HEADER) >>> 2]! & ~1) >>> 0;
  }

  #isUsed(address: number): boolean {
    return (this.u32[(address - HEADER) >>> 2]! & 1) === 1;
  }

  #setBlock(address: number, size: number, used: boolean): void {
    this.u32[(address - HEADER) >>> 2] = size + (used ? 1 : 0);
  }

  #setPrevious(address: number, size: number): void {
    this.u32[(address - HEADER + 4) >>> 2] = size;
  }

  #bin(size: number): number {
    const units = size / UNIT;
    if (units < SMALL_BINS) return units;
    return SMALL_BINS + 31 - Math.clz32(units) - 6;
  }

  #link(address: number): void {
    const bin = this.#bin(this.#size(address));
    const first = this.#bins[bin]!;
    this.u32[address >>> 2] = first;
    this.u32[(address >>> 2) + 1] = 0;
    if (first !== 0) this.u32[(first >>> 2) + 1] = address;
    this.#bins[bin] = address;
  }

  #unlink(address: number): void {
    const next = this.u32[address >>> 2]!;
    const before = this.u32[(address >>> 2) + 1]!;
    if (next !== 0) this.u32[(next >>> 2) + 1] = before;
    if (before !== 0) this.u32[before >>> 2] = next;
    else this.#bins[this.#bin(this.#size(address))] = next;
  }

  /** The smallest free block of the first list that has one large enough, or 0. */
  #find(size: number): number {
    for (let bin = this.#bin(size); bin < BINS; bin++) {
      let best = 0;
      let least = Infinity;
      let at = this.#bins[bin]!;
      while (at !== 0 && least !== size) {
        const have = this.#size(at);
        if (have >= size && have < least) [best, least] = [at, have];
        at = this.u32[at >>> 2]!;
      }
      if (best !== 0) return best;
    }
    return 0;
  }

  /** Makes memory longer until its last block is free and holds `size`; returns that block. */
  #grow(size: number, bytes: number): number {
    const pages = this.memory.buffer.byteLength / PAGE;
    const last = this.#top - this.u32[(this.#top - HEADER + 4) >>> 2]!;
    const start = last !== this.#top && !this.#isUsed(last) ? last : this.#top;
    const wanted = Math.ceil((start + size + MARGIN) / PAGE) - pages;
    const room = this.#maxPages - pages;
    const spare = size < LARGE ? 0 : LARGE / PAGE; // for small blocks before a large one
    const generous = Math.min(room, Math.max(wanted + spare, Math.min(pages >> 1, STEP_PAGES)));
    const grown = wanted <= room && (this.#tryGrow(generous) || this.#tryGrow(wanted));
    if (!grown) {
      throw new MemoryError(
        `Out of device memory: wanted ${bytes} bytes, ${this.freeBytes} bytes are free.`,
        bytes,
        this.freeBytes,
      );
    }
    return this.#extend();
  }

  #tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
    } catch {
      return false;
    }
    this.#refresh();
    return true;
  }

  /** Turns new memory at the end into a free block, merged with a free one before it. */
  #extend(): number {
    const end = Math.floor((this.memory.buffer.byteLength - MARGIN) / UNIT) * UNIT;
    const before = this.u32[(this.#top - HEADER + 4) >>> 2]!;
    let start = this.#top;
    if (before > 0 && !this.#isUsed(start - before)) {
      start -= before;
      this.#unlink(start);
    }
    this.#setBlock(start, end - start, false);
    this.#setBlock(end, 0, true);
    this.#setPrevious(end, end - start);
    this.#top = end;
    this.#link(start);
    return start;
  }
}

/** A region that only grows; its contents do not survive that. */
export class Region {
  readonly #heap: Heap;
  #bytes = 0;
  address = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** Makes room for `bytes` and returns whether the region moved. */
  ensure(bytes: number): boolean {
    if (bytes <= this.#bytes) return false;
    if (this.address !== 0) this.#heap.free(this.address);
    try {
      this.address = this.#heap.alloc(bytes);
      this.#bytes = bytes;
    } catch (error) {
      // the bytes given back a moment ago are there again
      if (this.#bytes > 0) this.address = this.#heap.alloc(this.#bytes);
      throw error;
    }
    return true;
  }
}
