/** Loads, picks and stores in lanes, and the addresses of all. */
import { bytesOf } from "../../core/dtype.ts";
import type { DType } from "../../core/dtype.ts";
import type { Address, Expression, Variable } from "../../compiler/loop.ts";
import type { Code, Local } from "./assembler.ts";

/** Finds the local that stands for a variable. */
export type LocalOf = (variable: Variable) => Local;

type Load = Extract<Expression, { readonly op: "load" }>;
type Pick = Extract<Expression, { readonly op: "pick" }>;

const ZERO = [0, 0, 0, 0] as const;

/** Pushes an address plus `delta` elements; returns the constant offset to add to it. */
export function pushAddress(
  code: Code,
  localOf: LocalOf,
  { base, distance, offset }: Address,
  dtype: DType,
  delta = 0,
): number {
  const imm = (offset + delta) * bytesOf(dtype);
  code.get(localOf(base));
  if (distance) code.get(localOf(distance)).op("i32.add");
  if (imm >= 0) return imm;
  code.i32(imm).op("i32.add");
  return 0;
}

/** Pushes neighbouring elements; may read up to 15 bytes beyond the last. */
export function pushRun(code: Code, localOf: LocalOf, { at, dtype, lanes }: Load): void {
  const imm = pushAddress(code, localOf, at, dtype);
  if (dtype !== "bool") {
    code.memory("v128.load", imm);
  } else if (lanes === 4) {
    code.memory("v128.load32_zero", imm);
    code.op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u").op("i32x4.neg");
  } else {
    code.memory("v128.load16_splat", imm).v128(ZERO);
    code.shuffle([0, 16, 16, 16, 16, 16, 16, 16, 1, 16, 16, 16, 16, 16, 16, 16]);
    code.op("i64x2.neg");
  }
}

/** Pushes a vector of elements from addresses of their own; lanes without one are 0. */
export function pushPicked(code: Code, localOf: LocalOf, { at, dtype, lanes }: Pick): void {
  const vector = code.local("v128");
  const wide = dtype === "float64";
  at.forEach((address, lane) => {
    if (dtype === "bool") {
      if (lane === 0) code.v128(ZERO);
      else code.get(vector);
      const imm = pushAddress(code, localOf, address, dtype);
      code.memory("i32.load8_u", imm).i32(-1).op("i32.mul");
      if (lanes === 4) code.lane("i32x4.replace_lane", lane);
      else code.op("i64.extend_i32_s").lane("i64x2.replace_lane", lane);
    } else if (lane === 0) {
      const imm = pushAddress(code, localOf, address, dtype);
      code.memory(wide ? "v128.load64_zero" : "v128.load32_zero", imm);
    } else {
      const imm = pushAddress(code, localOf, address, dtype);
      code.get(vector).memoryLane(wide ? "v128.load64_lane" : "v128.load32_lane", imm, lane);
    }
    code.set(vector);
  });
  code.get(vector);
}

/** The first lanes of a vector. */
interface Some {
  readonly vector: Local;
  readonly lanes: number;
  readonly count: number;
}

/** Stores some lanes as neighbours, writing nothing beyond them. */
export function storeRun(
  code: Code,
  localOf: LocalOf,
  { vector, lanes, count }: Some,
  at: Address,
  dtype: DType,
): void {
  if (dtype === "bool") {
    code.get(vector).get(vector);
    const pick = lanes === 4 ? [0, 4, 8, 12] : [0, 8, 0, 8];
    code.shuffle([...pick, ...pick, ...pick, ...pick]);
    code.v128([0x01010101, 0, 0, 0]).op("v128.and").set(vector);
  }
  const size = bytesOf(dtype);
  let done = 0;
  for (const run of [4, 2, 1]) {
    if (count - done < run || run * size > 8) continue;
    const imm = pushAddress(code, localOf, at, dtype, done);
    code.get(vector);
    const lane = done / run;
    if (run * size === 8) code.memoryLane("v128.store64_lane", imm, lane);
    else if (run * size === 4) code.memoryLane("v128.store32_lane", imm, lane);
    else if (run * size === 2) code.memoryLane("v128.store16_lane", imm, lane);
    else code.memoryLane("v128.store8_lane", imm, lane);
    done += run;
  }
}
