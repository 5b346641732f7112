/**
 * Emits stable sorts: merges of ever longer runs of positions, from one buffer to the other and
 * back. The first buffer is chosen so that the last merge ends in the output.
 */
import { bytesOf } from "../../core/dtype.ts";
import type { SortKernel } from "../../compiler/kernel.ts";
import { LOAD } from "./access.ts";
import type { Code, Label, Local } from "./assembler.ts";
import { Frame } from "./frame.ts";
import { VALUE_TYPE } from "./spell.ts";

/** Writes a sort; its scratch is a param. */
export function emitSort(code: Code, kernel: SortKernel): number {
  if (kernel.lines > 0 && kernel.length > 0) new Sorter(code, kernel).emit();
  code.i32(0);
  return 0;
}

class Sorter {
  readonly #code: Code;
  readonly #kernel: SortKernel;
  readonly #keys: Local;
  readonly #output: Local;
  readonly #scratch: Local;
  /** Merges go from `from` to `to`; a run is `width` positions. */
  readonly #from: Local;
  readonly #to: Local;
  readonly #width: Local;
  readonly #left: Local;
  readonly #right: Local;
  readonly #middle: Local;
  readonly #end: Local;
  readonly #place: Local;

  constructor(code: Code, kernel: SortKernel) {
    this.#code = code;
    this.#kernel = kernel;
    const frame = new Frame(code, { params: kernel.params, rank: 0, vector: -1, lanes: 1 });
    [this.#keys, this.#output, this.#scratch] = [0, 1, 2].map((at) => frame.baseOf(at)) as [
      Local,
      Local,
      Local,
    ];
    const local = (): Local => code.local("i32");
    [this.#from, this.#to, this.#width] = [local(), local(), local()];
    [this.#left, this.#right, this.#middle] = [local(), local(), local()];
    [this.#end, this.#place] = [local(), local()];
  }

  emit(): void {
    const code = this.#code;
    const { lines, length, dtype } = this.#kernel;
    const line = code.local("i32");
    code.i32(lines).set(line);
    code.loop((again) => {
      this.#line();
      code
        .get(this.#keys)
        .i32(length * bytesOf(dtype))
        .op("i32.add")
        .set(this.#keys);
      code
        .get(this.#output)
        .i32(length * 4)
        .op("i32.add")
        .set(this.#output);
      code.get(line).i32(-1).op("i32.add").tee(line).brIf(again);
    });
  }

  #line(): void {
    const code = this.#code;
    const { length } = this.#kernel;
    const merges = length > 1 ? 32 - Math.clz32(length - 1) : 0;
    const [first, second] =
      merges % 2 === 0 ? [this.#output, this.#scratch] : [this.#scratch, this.#output];
    code.get(first).set(this.#from).get(second).set(this.#to);
    this.#positions();
    if (merges === 0) return;
    code.i32(1).set(this.#width);
    code.loop((again) => {
      this.#mergeAll();
      code.get(this.#from).get(this.#to).set(this.#from).set(this.#to);
      code.get(this.#width).i32(1).op("i32.shl").tee(this.#width);
      code.i32(length).op("i32.lt_u").brIf(again);
    });
  }

  /** Writes 0, 1, 2, … */
  #positions(): void {
    const code = this.#code;
    code.i32(0).set(this.#place);
    code.loop((again) => {
      this.#pushSlot(this.#from, this.#place);
      code.get(this.#place).memory("i32.store");
      code.get(this.#place).i32(1).op("i32.add").tee(this.#place);
      code.i32(this.#kernel.length).op("i32.lt_u").brIf(again);
    });
  }

  #pushSlot(base: Local, place: Local): void {
    this.#code.get(base).get(place).i32(2).op("i32.shl").op("i32.add");
  }

  /** Merges each pair of neighbouring runs. */
  #mergeAll(): void {
    const code = this.#code;
    const { length } = this.#kernel;
    code.i32(0).set(this.#place);
    code.loop((again) => {
      code.get(this.#place).tee(this.#left).get(this.#width).op("i32.add").set(this.#middle);
      this.#clamp(this.#middle);
      code.get(this.#middle).tee(this.#right).get(this.#width).op("i32.add").set(this.#end);
      this.#clamp(this.#end);
      code.block((done) => code.loop((more) => this.#mergeOne(done, more)));
      code.get(this.#place).i32(length).op("i32.lt_u").brIf(again);
    });
  }

  #clamp(local: Local): void {
    const code = this.#code;
    const { length } = this.#kernel;
    code.get(local).i32(length).get(local).i32(length).op("i32.lt_u").op("select").set(local);
  }

  /** Writes the next position of a pair of runs. */
  #mergeOne(done: Label, more: Label): void {
    const code = this.#code;
    const take = (side: Local): void => {
      this.#pushSlot(this.#to, this.#place);
      this.#pushSlot(this.#from, side);
      code.memory("i32.load").memory("i32.store");
      code.get(side).i32(1).op("i32.add").set(side);
      code.get(this.#place).i32(1).op("i32.add").set(this.#place);
      code.br(more);
    };
    code.get(this.#place).get(this.#end).op("i32.ge_u").brIf(done);
    code
      .get(this.#left)
      .get(this.#middle)
      .op("i32.ge_u")
      .if(() => take(this.#right));
    code
      .get(this.#right)
      .get(this.#end)
      .op("i32.ge_u")
      .if(() => take(this.#left));
    this.#pushRightFirst();
    code.if(() => take(this.#right));
    take(this.#left);
  }

  /** Pushes whether the right key comes strictly first, NaN being the largest. */
  #pushRightFirst(): void {
    const code = this.#code;
    const { dtype, descending } = this.#kernel;
    const type = VALUE_TYPE[dtype];
    const [left, right] = [code.local(type), code.local(type)];
    for (const [side, key] of [
      [this.#left, left],
      [this.#right, right],
    ] as const) {
      code.get(this.#keys);
      this.#pushSlot(this.#from, side);
      code.memory("i32.load").i32(bytesOf(dtype)).op("i32.mul").op("i32.add");
      code.memory(LOAD[dtype]).set(key);
    }
    const [smaller, larger] = descending ? [left, right] : [right, left];
    const less = type === "f32" ? "f32.lt" : type === "f64" ? "f64.lt" : "i32.lt_s";
    code.get(smaller).get(larger).op(less);
    if (type !== "f32" && type !== "f64") return;
    const ne = type === "f32" ? "f32.ne" : "f64.ne";
    const eq = type === "f32" ? "f32.eq" : "f64.eq";
    // a number is less than NaN, and NaN less than nothing
    code.get(larger).get(larger).op(ne).get(smaller).get(smaller).op(eq).op("i32.and").op("i32.or");
  }
}
