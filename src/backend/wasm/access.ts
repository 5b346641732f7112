/** Loads, gathers and stores of a kernel's steps, in lanes or one by one. */
import { bytesOf } from "../../core/dtype.ts";
import type { DType } from "../../core/dtype.ts";
import type { Access } from "../../compiler/kernel.ts";
import type { Code, Local } from "./assembler.ts";
import type { MemoryOp } from "./opcodes.ts";
import type { Frame, Place } from "./frame.ts";
import { pushLane } from "./spell.ts";

/** The load of a single value of each dtype. */
export const LOAD: Readonly<Record<DType, MemoryOp>> = {
  float32: "f32.load",
  float64: "f64.load",
  int32: "i32.load",
  bool: "i32.load8_u",
};

/** The store of a single value of each dtype. */
export const STORE: Readonly<Record<DType, MemoryOp>> = {
  float32: "f32.store",
  float64: "f64.store",
  int32: "i32.store",
  bool: "i32.store8",
};

const ZERO = [0, 0, 0, 0] as const;

/** Pushes the element that an access points at; or one for each lane. */
export function pushLoad(frame: Frame, access: Access, dtype: DType, lanes: boolean): void {
  const place = frame.placeOf(access);
  if (!lanes) {
    const imm = frame.pushAddress(place);
    frame.code.memory(LOAD[dtype], imm);
    return;
  }
  const stride = access.strides[frame.vector]!;
  if (stride === 1) return pushRun(frame, place, dtype);
  pushPicked(frame, dtype, (lane) => frame.pushAddress(place, lane * stride * bytesOf(dtype)));
}

/** Pushes neighbouring elements; may read up to 15 bytes beyond the last. */
export function pushRun(frame: Frame, place: Place, dtype: DType): void {
  const { code } = frame;
  const imm = frame.pushAddress(place);
  if (dtype !== "bool") {
    code.memory("v128.load", imm);
  } else if (frame.lanes === 4) {
    code.memory("v128.load32_zero", imm);
    code.op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u").op("i32x4.neg");
  } else {
    code.memory("v128.load16_splat", imm).v128(ZERO);
    code.shuffle([0, 16, 16, 16, 16, 16, 16, 16, 1, 16, 16, 16, 16, 16, 16, 16]);
    code.op("i64x2.neg");
  }
}

/** Pushes a vector of elements whose addresses are pushed lane by lane; inactive lanes are 0. */
export function pushPicked(frame: Frame, dtype: DType, address: (lane: number) => number): void {
  const { code } = frame;
  const vector = code.local("v128");
  for (let lane = 0; lane < frame.active; lane++) {
    if (dtype === "bool") pickBool(frame, vector, lane, address);
    else pickWord(code, vector, dtype, lane, address);
  }
  code.get(vector);
}

function pickWord(
  code: Code,
  vector: Local,
  dtype: DType,
  lane: number,
  address: (lane: number) => number,
): void {
  const wide = dtype === "float64";
  const imm = address(lane);
  if (lane === 0) code.memory(wide ? "v128.load64_zero" : "v128.load32_zero", imm);
  else code.get(vector).memoryLane(wide ? "v128.load64_lane" : "v128.load32_lane", imm, lane);
  code.set(vector);
}

function pickBool(
  frame: Frame,
  vector: Local,
  lane: number,
  address: (lane: number) => number,
): void {
  const { code } = frame;
  if (lane === 0) code.v128(ZERO);
  else code.get(vector);
  const imm = address(lane);
  code.memory("i32.load8_u", imm).i32(-1).op("i32.mul");
  if (frame.lanes === 4) code.lane("i32x4.replace_lane", lane);
  else code.op("i64.extend_i32_s").lane("i64x2.replace_lane", lane);
  code.set(vector);
}

/** Stores a value that `push` pushes, as a single value or in lanes. */
export function store(
  frame: Frame,
  access: Access,
  lanes: boolean,
  push: (lanes: boolean) => void,
): void {
  const { code } = frame;
  const dtype = frame.params[access.param]!.dtype;
  const place = frame.placeOf(access);
  if (!lanes || frame.lanes === 1) {
    const imm = frame.pushAddress(place);
    push(false);
    code.memory(STORE[dtype], imm);
    return;
  }
  const stride = access.strides[frame.vector]!;
  if (stride === 1 && frame.active === frame.lanes && dtype !== "bool") {
    const imm = frame.pushAddress(place);
    push(true);
    code.memory("v128.store", imm);
    return;
  }
  const local = code.local("v128");
  push(true);
  code.set(local);
  if (stride === 1) return storeRun(frame, local, place, dtype);
  for (let lane = 0; lane < frame.active; lane++) {
    const imm = frame.pushAddress(place, lane * stride * bytesOf(dtype));
    code.get(local);
    pushLane(code, dtype, frame.lanes, lane);
    code.memory(STORE[dtype], imm);
  }
}

/** Stores the active lanes as neighbours, writing nothing beyond them. */
function storeRun(frame: Frame, vector: Local, place: Place, dtype: DType): void {
  const { code } = frame;
  if (dtype === "bool") {
    code.get(vector).get(vector);
    const pick = frame.lanes === 4 ? [0, 4, 8, 12] : [0, 8, 0, 8];
    code.shuffle([...pick, ...pick, ...pick, ...pick]);
    code.v128([0x01010101, 0, 0, 0]).op("v128.and").set(vector);
  }
  const size = bytesOf(dtype);
  let done = 0;
  for (const count of [4, 2, 1]) {
    if (frame.active - done < count || count * size > 8) continue;
    const imm = frame.pushAddress(place, done * size);
    code.get(vector);
    if (count * size === 8) code.memoryLane("v128.store64_lane", imm, (done * size) / 8);
    else if (count * size === 4) code.memoryLane("v128.store32_lane", imm, (done * size) / 4);
    else if (count * size === 2) code.memoryLane("v128.store16_lane", imm, (done * size) / 2);
    else code.memoryLane("v128.store8_lane", imm, done * size);
    done += count;
  }
}
