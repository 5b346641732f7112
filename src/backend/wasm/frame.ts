/**
 * Where a kernel being emitted is: its loops, and for each access a pointer that moves with them.
 * A pointer or an index is a local plus a constant, so that spelled-out turns cost no instruction.
 */
import { bytesOf } from "../../core/dtype.ts";
import type { Access, Param } from "../../compiler/kernel.ts";
import { SCRATCH_WORD } from "../linear/call-table.ts";
import type { Code, Local } from "./assembler.ts";

/** A running address or index: a local plus a constant. */
export interface Place {
  readonly local: Local | null;
  readonly imm: number;
}

/** What the frame must know of a kernel's loops. */
export interface Space {
  readonly params: readonly Param[];
  /** Byte offsets in scratch memory of the params that come after those of the kernel. */
  readonly scratch?: readonly number[];
  /** How many dims accesses have strides for. */
  readonly rank: number;
  /** The dim that runs in lanes, or −1. */
  readonly vector: number;
  readonly lanes: 1 | 2 | 4;
}

/** What a kernel returns when it fails. */
export const STATUS = { index: 1, overflow: 2 } as const;

/** Pointers, loop indices and scopes of one function. */
export class Frame {
  readonly code: Code;
  readonly params: readonly Param[];
  readonly #scratch: readonly number[];
  readonly lanes: 1 | 2 | 4;
  readonly vector: number;
  /** Lanes in use: fewer than `lanes` in the last step of the vector dim. */
  active: number;
  #undo: (() => void)[] = [];
  readonly #accesses: Access[] = [];
  readonly #numbers = new Map<string, number>();
  /** The numbers again by identity, which is quicker to look up. */
  readonly #known = new Map<Access, number>();
  readonly #bases = new Map<number, Local>();
  #live: ReadonlySet<number> | null = null;
  #places: Place[] = [];
  #indices: Place[];
  readonly #indexed = new Set<number>();

  constructor(code: Code, space: Space) {
    this.code = code;
    this.params = space.params;
    this.#scratch = space.scratch ?? [];
    this.lanes = space.lanes;
    this.vector = space.vector;
    this.active = space.lanes;
    this.#indices = Array.from({ length: space.rank }, () => ({ local: null, imm: 0 }));
  }

  /** Loads the addresses that the accesses start from; checks and adds dynamic offsets. */
  open(accesses: readonly Access[], indexed: readonly number[]): void {
    for (const dim of indexed) this.#indexed.add(dim);
    for (const access of accesses) {
      const key = JSON.stringify(access);
      const known = this.#numbers.get(key);
      this.#known.set(access, known ?? this.#accesses.length);
      if (known !== undefined) continue;
      this.#numbers.set(key, this.#accesses.push(access) - 1);
      this.#places.push(this.#start(access, this.baseOf(access.param)));
    }
  }

  /** The address of a param, loaded once. */
  baseOf(param: number): Local {
    const known = this.#bases.get(param);
    if (known) return known;
    const { code } = this;
    const [table, args] = [code.params[0]!, code.params[1]!];
    const base = code.local("i32");
    const own = this.params.length - this.#scratch.length;
    if (param < own) {
      // the argument list holds offsets into the table
      code
        .get(table)
        .get(args)
        .memory("i32.load", 4 * param)
        .op("i32.add")
        .memory("i32.load");
    } else {
      code.get(table).memory("i32.load", 4 * SCRATCH_WORD);
      code.i32(this.#scratch[param - own]!).op("i32.add");
    }
    code.set(base);
    this.#bases.set(param, base);
    return base;
  }

  /** Where an access points at present. */
  placeOf(access: Access): Place {
    return this.#places[this.#known.get(access)!]!;
  }

  /** Notes what to take back when the present scope ends. */
  atEnd(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Lets only the pointers of `accesses` move in the loops that `build` makes. */
  withLive(accesses: readonly Access[], build: () => void): void {
    const before = this.#live;
    this.#live = new Set(accesses.map((access) => this.#known.get(access)!));
    build();
    this.#live = before;
  }

  /** Pushes the address of a place plus `delta` bytes; returns the constant offset to add to it. */
  pushAddress(place: Place, delta = 0): number {
    const imm = place.imm + delta;
    this.code.get(place.local!);
    if (imm >= 0) return imm;
    this.code.i32(imm).op("i32.add");
    return 0;
  }

  /** Stores the offending value in word 0 of the table and returns the status. */
  fail(status: number, pushValue: () => void): void {
    this.code.get(this.code.params[0]!);
    pushValue();
    this.code.memory("i32.store").i32(status).op("return");
  }

  /** Runs `build`; values and locals that it makes are forgotten afterwards. */
  scope(build: () => void): void {
    const outer = this.#undo;
    this.#undo = [];
    this.code.scope(build);
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = outer;
  }

  /** Pushes the loop index of lane 0 along the dims of an `index` step. */
  pushIndex(strides: readonly number[], offset: number): void {
    const { code } = this;
    let constant = offset;
    let terms = 0;
    strides.forEach((stride, dim) => {
      const { local, imm } = this.#indices[dim]!;
      constant += imm * stride;
      if (stride === 0 || !local) return;
      code.get(local);
      if (stride !== 1) code.i32(stride).op("i32.mul");
      if (terms++ > 0) code.op("i32.add");
    });
    if (constant !== 0 || terms === 0) code.i32(constant);
    if (constant !== 0 && terms > 0) code.op("i32.add");
  }

  /** Runs `build` with the index of `dim` moved on by a constant. */
  at(dim: number, delta: number, build: () => void): void {
    const [places, indices] = [this.#places, this.#indices];
    this.scope(() => {
      if (delta !== 0) {
        this.#places = places.map((place, at) => this.#shift(place, this.#step(at, dim) * delta));
        this.#indices = [...indices];
        const { local, imm } = indices[dim]!;
        this.#indices[dim] = { local, imm: imm + delta };
      }
      build();
    });
    [this.#places, this.#indices] = [places, indices];
  }

  /**
   * Runs `build` `count` times, the index of `dim` moving on by `step`; at least once if a local.
   */
  loop(dim: number, step: number, count: number | Local, build: () => void): void {
    if (count === 0) return;
    if (count === 1) return this.at(dim, 0, build);
    const { code } = this;
    const [places, indices] = [this.#places, this.#indices];
    this.scope(() => {
      const counter = code.local("i32");
      if (typeof count === "number") code.i32(count);
      else code.get(count);
      code.set(counter);
      this.#moveOut(dim);
      code.loop((again) => {
        this.scope(build);
        this.#advance(dim, step);
        code.get(counter).i32(-1).op("i32.add").tee(counter).brIf(again);
      });
    });
    [this.#places, this.#indices] = [places, indices];
  }

  /** Runs `build` for each index of `dim` from a constant range, spelled out. */
  unrolled(dim: number, step: number, count: number, build: (turn: number) => void): void {
    for (let turn = 0; turn < count; turn++) this.at(dim, turn * step, () => build(turn));
  }

  /** Runs `build` for the first `count` lanes alone. */
  withActive(count: number, build: () => void): void {
    const before = this.active;
    this.active = count;
    build();
    this.active = before;
  }

  /** Bytes that an access moves by per step of a dim. */
  #step(number: number, dim: number): number {
    if (this.#live && !this.#live.has(number)) return 0;
    const access = this.#accesses[number]!;
    return (access.strides[dim] ?? 0) * bytesOf(this.params[access.param]!.dtype);
  }

  #start(access: Access, base: Local): Place {
    const { code } = this;
    const size = bytesOf(this.params[access.param]!.dtype);
    const backward = access.strides.some((stride) => stride < 0);
    if (access.dynamic.length === 0 && access.offset >= 0 && !backward) {
      return { local: base, imm: access.offset * size };
    }
    const place = code.local("i32");
    code
      .get(base)
      .i32(access.offset * size)
      .op("i32.add")
      .set(place);
    for (const { param, stride, limit } of access.dynamic) {
      const scalarAt = this.baseOf(param);
      const value = code.local("f64");
      code.get(scalarAt).memory("f64.load").tee(value).get(value).op("f64.floor").op("f64.eq");
      code.get(value).f64(0).op("f64.ge").op("i32.and");
      code.get(value).f64(limit).op("f64.le").op("i32.and").op("i32.eqz");
      code.if(() => this.fail(STATUS.index, () => code.get(value).op("i32.trunc_sat_f64_s")));
      code
        .get(place)
        .get(value)
        .op("i32.trunc_sat_f64_s")
        .i32(stride * size)
        .op("i32.mul");
      code.op("i32.add").set(place);
    }
    return { local: place, imm: 0 };
  }

  #shift(place: Place, delta: number): Place {
    if (place.imm + delta >= 0) return { local: place.local, imm: place.imm + delta };
    const local = this.code.local("i32");
    this.code
      .get(place.local!)
      .i32(place.imm + delta)
      .op("i32.add")
      .set(local);
    return { local, imm: 0 };
  }

  /** Gives what moves along a dim locals of its own. */
  #moveOut(dim: number): void {
    const { code } = this;
    this.#places = this.#places.map((place, at) => {
      if (this.#step(at, dim) === 0) return place;
      const local = code.local("i32");
      code.get(place.local!).set(local);
      return { local, imm: place.imm };
    });
    if (!this.#indexed.has(dim)) return;
    const { local: from, imm } = this.#indices[dim]!;
    const local = code.local("i32");
    if (from) code.get(from).set(local);
    else code.i32(0).set(local);
    this.#indices = [...this.#indices];
    this.#indices[dim] = { local, imm };
  }

  #advance(dim: number, step: number): void {
    const { code } = this;
    this.#places.forEach((place, at) => {
      const delta = this.#step(at, dim) * step;
      if (delta !== 0) code.get(place.local!).i32(delta).op("i32.add").set(place.local!);
    });
    const { local } = this.#indices[dim]!;
    if (local && this.#indexed.has(dim)) code.get(local).i32(step).op("i32.add").set(local);
  }
}
