/**
 * Reads the scans of a JPEG file: Huffman codes into the coefficients of blocks, at once (baseline)
 * or in passes that refine them (progressive). Whatever does not add up is an error.
 */
import { NablaError } from "../core/errors.ts";

/** Codes of 1 to 16 bits: how many of each length, and what they mean, shortest first. */
export interface CodeTable {
  readonly counts: Uint8Array;
  readonly values: Uint8Array;
}

/** A colour component and its coefficients, 64 a block in row-major order. */
export interface Component {
  readonly id: number;
  /** Samples across and down where the finest component has `hMax` and `vMax`. */
  readonly h: number;
  readonly v: number;
  readonly table: number;
  /** Blocks that show, and blocks with what pads the last minimum unit. */
  readonly blocksWide: number;
  readonly blocksHigh: number;
  readonly stride: number;
  readonly coefficients: Int16Array;
  /** The steps of the coefficients; known when its first scan is. */
  steps: Uint16Array | undefined;
  /** The lowest bit of each coefficient that was read; 16 before the first. */
  readonly bits: Uint8Array;
}

/** What a scan header says. */
export interface Scan {
  readonly components: readonly Component[];
  readonly dc: readonly (CodeTable | undefined)[];
  readonly ac: readonly (CodeTable | undefined)[];
  readonly progressive: boolean;
  /** The first and the last coefficient, in zigzag order. */
  readonly from: number;
  readonly to: number;
  /** The lowest bit before and after this scan. */
  readonly high: number;
  readonly low: number;
  /** Minimum units across and down, of all components; between restarts, 0 for none. */
  readonly unitsWide: number;
  readonly unitsHigh: number;
  readonly restart: number;
}

/** Where the k-th coefficient in zigzag order stands. */
export const ZIGZAG = /* @__PURE__ */ makeZigzag();

function makeZigzag(): Uint8Array {
  const order = new Uint8Array(64);
  let k = 0;
  for (let sum = 0; sum < 15; sum++) {
    for (let i = Math.max(0, sum - 7); i <= Math.min(7, sum); i++) {
      const [row, column] = sum % 2 === 0 ? [sum - i, i] : [i, sum - i];
      order[k++] = 8 * row + column;
    }
  }
  return order;
}

/** Reads a scan's data, from behind its header to the next marker. */
export function readScan(data: Uint8Array, scan: Scan): void {
  const { components, restart } = scan;
  const bits = new Bits(data);
  const decoder = new BlockDecoder(bits, scan);
  const single = components.length === 1 ? components[0]! : undefined;
  const [wide, high] =
    single === undefined
      ? [scan.unitsWide, scan.unitsHigh]
      : [single.blocksWide, single.blocksHigh];
  for (let unit = 0; unit < wide * high; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      bits.restart((unit / restart - 1) & 7);
      decoder.restart();
    }
    const [column, row] = [unit % wide, Math.floor(unit / wide)];
    if (single !== undefined) decoder.block(0, row * single.stride + column);
    else components.forEach((component, c) => readUnit(decoder, component, c, column, row));
  }
  bits.end();
}

function readUnit(
  decoder: BlockDecoder,
  { h, v, stride }: Component,
  c: number,
  column: number,
  row: number,
): void {
  for (let y = 0; y < v; y++) {
    for (let x = 0; x < h; x++) decoder.block(c, (row * v + y) * stride + column * h + x);
  }
}

/** The bits of a scan, without the zero bytes that follow each 0xff. */
class Bits {
  readonly #data: Uint8Array;
  #at = 0;
  #byte = 0;
  #left = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  bit(): number {
    if (this.#left === 0) {
      const byte = this.#data[this.#at];
      if (byte === undefined) throw damaged("a scan is cut off");
      if (byte === 0xff) {
        if (this.#data[this.#at + 1] !== 0) throw damaged("a restart comes too early");
        this.#at++;
      }
      this.#at++;
      this.#byte = byte;
      this.#left = 8;
    }
    return (this.#byte >> --this.#left) & 1;
  }

  number(length: number): number {
    let value = 0;
    for (let i = 0; i < length; i++) value = (value << 1) | this.bit();
    return value;
  }

  /** A number whose first bit says its sign. */
  signed(length: number): number {
    const value = this.number(length);
    return length === 0 || value >> (length - 1) === 1 ? value : value - (1 << length) + 1;
  }

  symbol(table: CodeTable): number {
    let [code, first, index] = [0, 0, 0];
    for (let length = 0; length < 16; length++) {
      code |= this.bit();
      const count = table.counts[length]!;
      if (code - count < first) return table.values[index + code - first]!;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw damaged("a code means nothing");
  }

  /** Goes over a restart marker, which must be here and have that number. */
  restart(number: number): void {
    this.#left = 0;
    if (this.#data[this.#at] !== 0xff || this.#data[this.#at + 1] !== 0xd0 + number) {
      throw damaged("a restart is missing");
    }
    this.#at += 2;
  }

  end(): void {
    if (this.#at !== this.#data.length) throw damaged("a scan has more data than blocks");
  }
}

/** Reads one block after another. */
class BlockDecoder {
  readonly #bits: Bits;
  readonly #scan: Scan;
  readonly #read: (c: number, at: number, out: Int16Array) => void;
  #predictions = [0, 0, 0];
  #zeroBlocks = 0;

  constructor(bits: Bits, scan: Scan) {
    this.#bits = bits;
    this.#scan = scan;
    const first = scan.high === 0;
    this.#read = !scan.progressive
      ? (c, at, out) => {
          this.#firstDc(c, at, out);
          this.#firstAc(c, at, out);
        }
      : scan.from === 0
        ? (c, at, out) => (first ? this.#firstDc(c, at, out) : this.#refineDc(at, out))
        : (c, at, out) => (first ? this.#firstAc(c, at, out) : this.#refineAc(c, at, out));
  }

  restart(): void {
    this.#predictions = [0, 0, 0];
    this.#zeroBlocks = 0;
  }

  block(c: number, block: number): void {
    this.#read(c, 64 * block, this.#scan.components[c]!.coefficients);
  }

  #firstDc(c: number, at: number, out: Int16Array): void {
    const length = this.#bits.symbol(needTable(this.#scan.dc[c]));
    if (length > 11) throw damaged("a difference has too many bits");
    const value = (this.#predictions[c]! += this.#bits.signed(length)) << this.#scan.low;
    if (value !== (value << 16) >> 16) throw damaged("a coefficient is too large");
    out[at] = value;
  }

  #refineDc(at: number, out: Int16Array): void {
    if (this.#bits.bit() === 1) out[at]! |= 1 << this.#scan.low;
  }

  #firstAc(c: number, at: number, out: Int16Array): void {
    const { low, to, progressive } = this.#scan;
    if (this.#zeroBlocks > 0) {
      this.#zeroBlocks--;
      return;
    }
    const table = needTable(this.#scan.ac[c]);
    for (let k = Math.max(1, this.#scan.from); k <= to; k++) {
      const symbol = this.#bits.symbol(table);
      const [zeros, length] = [symbol >> 4, symbol & 15];
      if (length === 0 && zeros < 15) {
        if (zeros > 0 && !progressive) throw damaged("a code means nothing");
        this.#zeroBlocks = (1 << zeros) - 1 + this.#bits.number(zeros);
        return;
      }
      k += zeros;
      if (k > to) throw damaged("a block has too many coefficients");
      if (length > 0) out[at + ZIGZAG[k]!] = this.#bits.signed(length) << low;
    }
  }

  #refineAc(c: number, at: number, out: Int16Array): void {
    const { from, to, low } = this.#scan;
    let k = from;
    if (this.#zeroBlocks === 0) {
      const table = needTable(this.#scan.ac[c]);
      for (; k <= to; k++) {
        const symbol = this.#bits.symbol(table);
        const [zeros, length] = [symbol >> 4, symbol & 15];
        if (length > 1) throw damaged("a code means nothing");
        const value = length === 0 ? 0 : this.#bits.bit() === 1 ? 1 << low : -1 << low;
        if (length === 0 && zeros < 15) {
          this.#zeroBlocks = (1 << zeros) + this.#bits.number(zeros);
          break;
        }
        k = this.#refineUntil(k, zeros, at, out);
        if (value === 0) continue;
        if (k > to) throw damaged("a block has too many coefficients");
        out[at + ZIGZAG[k]!] = value;
      }
    }
    if (this.#zeroBlocks === 0) return;
    this.#refineUntil(k, 64, at, out);
    this.#zeroBlocks--;
  }

  /** Refines what is not zero, until after so many zeros another one comes; says where. */
  #refineUntil(start: number, zeros: number, at: number, out: Int16Array): number {
    const step = 1 << this.#scan.low;
    let left = zeros;
    for (let k = start; k <= this.#scan.to; k++) {
      const place = at + ZIGZAG[k]!;
      const value = out[place]!;
      if (value === 0) {
        if (left-- === 0) return k;
      } else if (this.#bits.bit() === 1 && (value & step) === 0) {
        out[place] = value > 0 ? value + step : value - step;
      }
    }
    return this.#scan.to + 1;
  }
}

function needTable(table: CodeTable | undefined): CodeTable {
  if (table === undefined) throw damaged("a scan comes before its codes");
  return table;
}

/** Makes the error of a JPEG file. */
export function damaged(problem: string): NablaError {
  return new NablaError("format", `JPEG: ${problem}.`);
}
