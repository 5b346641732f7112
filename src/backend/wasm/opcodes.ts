/**
 * The WebAssembly instructions that the emitters use, by their names in the text format. A number
 * below 0x100 is a plain opcode; 0xfc00 + x and 0xfd00 + x stand for the prefixed ones.
 */

const SIMD = 0xfd00;
const SAT = 0xfc00;

/** "i32.add" and so on, of "add …" under the prefix "i32". */
type Named<P extends string, S extends string, Found = never> = S extends `${infer A} ${infer Rest}`
  ? Named<P, Rest, Found | `${P}.${A}`>
  : Found | `${P}.${S}`;

/** Instructions whose opcodes follow one another; "_" stands for one that is not used. */
function series<P extends string, S extends string>(
  prefix: P,
  first: number,
  names: S,
): Readonly<Record<Exclude<Named<P, S>, `${P}._`>, number>> {
  const entries = names.split(" ").map((name, i) => [`${prefix}.${name}`, first + i] as const);
  return Object.fromEntries(entries) as Readonly<Record<Named<P, S>, number>>;
}

/** Instructions without immediates. */
export const PLAIN = {
  unreachable: 0x00,
  return: 0x0f,
  drop: 0x1a,
  select: 0x1b,
  ...series("i32", 0x45, "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"),
  ...series("i64", 0x52, "ne"),
  ...series("f32", 0x5b, "eq ne lt gt le ge"),
  ...series("f64", 0x61, "eq ne lt gt le ge"),
  ...series("i32", 0x6a, "add sub mul _ _ _ _ and or xor shl shr_s shr_u"),
  ...series("i64", 0x7c, "add sub mul _ _ _ _ and or _ shl _ shr_u"),
  ...series("f32", 0x8b, "abs neg ceil floor trunc nearest sqrt add sub mul div min max"),
  ...series("f64", 0x99, "abs neg ceil floor trunc nearest sqrt add sub mul div min max"),
  ...series("i32", 0xa7, "wrap_i64"),
  ...series("i64", 0xac, "extend_i32_s extend_i32_u"),
  ...series("f32", 0xb2, "convert_i32_s _ _ _ demote_f64"),
  ...series("f64", 0xb7, "convert_i32_s _ _ _ promote_f32"),
  ...series("i32", 0xbc, "reinterpret_f32"),
  ...series("i64", 0xbd, "reinterpret_f64"),
  ...series("f32", 0xbe, "reinterpret_i32"),
  ...series("f64", 0xbf, "reinterpret_i64"),
  ...series("i32", SAT + 0, "trunc_sat_f32_s _ trunc_sat_f64_s"),
  ...series("i32x4", SIMD + 17, "splat"),
  ...series("i64x2", SIMD + 18, "splat"),
  ...series("f32x4", SIMD + 19, "splat"),
  ...series("f64x2", SIMD + 20, "splat"),
  ...series("i32x4", SIMD + 55, "eq ne lt_s _ gt_s _ le_s _ ge_s"),
  ...series("f32x4", SIMD + 65, "eq ne lt _ le"),
  ...series("f64x2", SIMD + 71, "eq ne lt _ le"),
  ...series("v128", SIMD + 77, "not and andnot or xor bitselect any_true"),
  ...series("f32x4", SIMD + 94, "demote_f64x2_zero"),
  ...series("f64x2", SIMD + 95, "promote_low_f32x4"),
  ...series("f32x4", SIMD + 103, "ceil floor trunc nearest"),
  ...series("f64x2", SIMD + 116, "ceil floor _ _ _ _ trunc"),
  ...series("i16x8", SIMD + 137, "extend_low_i8x16_u"),
  ...series("f64x2", SIMD + 148, "nearest"),
  ...series(
    "i32x4",
    SIMD + 160,
    "abs neg _ _ bitmask _ _ _ _ extend_low_i16x8_u _ shl _ shr_u add _ _ sub _ _ _ mul min_s _ max_s",
  ),
  ...series(
    "i64x2",
    SIMD + 193,
    "neg _ _ bitmask _ _ extend_low_i32x4_s _ extend_low_i32x4_u _ shl _ shr_u add _ _ _ _ _ _ _ eq ne",
  ),
  ...series("f32x4", SIMD + 224, "abs neg _ sqrt add sub mul div min max pmin pmax"),
  ...series("f64x2", SIMD + 236, "abs neg _ sqrt add sub mul div min max"),
  ...series("i32x4", SIMD + 248, "trunc_sat_f32x4_s"),
  ...series("f32x4", SIMD + 250, "convert_i32x4_s"),
  ...series("i32x4", SIMD + 252, "trunc_sat_f64x2_s_zero"),
  ...series("f64x2", SIMD + 254, "convert_low_i32x4_s"),
};

/** Loads and stores: an address (and a value) from the stack, an unsigned offset as immediate. */
export const MEMORY = {
  ...series("i32", 0x28, "load"),
  ...series("i64", 0x29, "load"),
  ...series("f32", 0x2a, "load"),
  ...series("f64", 0x2b, "load"),
  ...series("i32", 0x2d, "load8_u"),
  ...series("i32", 0x36, "store"),
  ...series("i64", 0x37, "store"),
  ...series("f32", 0x38, "store"),
  ...series("f64", 0x39, "store"),
  ...series("i32", 0x3a, "store8"),
  ...series("v128", SIMD + 0, "load _ _ _ _ _ _ _ load16_splat load32_splat load64_splat store"),
  ...series("v128", SIMD + 92, "load32_zero load64_zero"),
};

/** Loads and stores of one lane: offset and lane as immediates. */
export const MEMORY_LANE = {
  ...series(
    "v128",
    SIMD + 86,
    "load32_lane load64_lane store8_lane store16_lane store32_lane store64_lane",
  ),
};

/** Extraction and replacement of one lane. */
export const LANE = {
  ...series("i32x4", SIMD + 27, "extract_lane replace_lane"),
  ...series("i64x2", SIMD + 29, "extract_lane replace_lane"),
  ...series("f32x4", SIMD + 31, "extract_lane replace_lane"),
  ...series("f64x2", SIMD + 33, "extract_lane replace_lane"),
};

/** Opcodes that the assembler itself places. */
export const CONTROL = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  call: 0x10,
  callIndirect: 0x11,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  v128Const: SIMD + 12,
  shuffle: SIMD + 13,
} as const;

/** Names of the instructions without immediates. */
export type PlainOp = keyof typeof PLAIN;
/** Names of the loads and stores. */
export type MemoryOp = keyof typeof MEMORY;
/** Names of the one-lane loads and stores. */
export type MemoryLaneOp = keyof typeof MEMORY_LANE;
/** Names of the lane accesses. */
export type LaneOp = keyof typeof LANE;
