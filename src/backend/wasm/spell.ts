/**
 * How each scalar instruction is spelled: once for single values, once for four 32-bit lanes, once
 * for two double lanes. Bools are 0 or 1 as single values, and all-zeros or all-ones in lanes.
 */
import type { DType } from "../../core/dtype.ts";
import type { ScalarOp } from "../../ir/scalar.ts";
import type { Code, ValueType } from "./assembler.ts";
import type { MemoryOp, PlainOp } from "./opcodes.ts";

/** Writes an instruction whose operands are on the stack; `from` is its first operand's dtype. */
export type Spell = (c: Code, dtype: DType, from: DType) => void;

/** The WebAssembly type of a single value of each dtype. */
export const VALUE_TYPE: Readonly<Record<DType, ValueType>> = {
  float32: "f32",
  float64: "f64",
  int32: "i32",
  bool: "i32",
};

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

type Names = Partial<Record<DType, PlainOp>>;

/** The instruction that `names` gives for the dtype of the operands. */
function named(names: Names): Spell {
  return (c, _dtype, from) => {
    const name = names[from];
    if (name === undefined) throw new Error(`wasm: no such instruction for ${from}`);
    c.op(name);
  };
}

function intPick(c: Code, compare: PlainOp): void {
  const b = c.local("i32");
  const a = c.local("i32");
  c.set(b).set(a).get(a).get(b).get(a).get(b).op(compare).op("select");
}

function scalarMinMax(float: "min" | "max"): Spell {
  return (c, dtype) => {
    if (dtype === "float32") c.op(`f32.${float}`);
    else if (dtype === "float64") c.op(`f64.${float}`);
    else if (dtype === "bool") c.op(float === "min" ? "i32.and" : "i32.or");
    else intPick(c, float === "min" ? "i32.lt_s" : "i32.gt_s");
  };
}

function scalarNeg(c: Code, dtype: DType): void {
  if (dtype === "float32") c.op("f32.neg");
  else if (dtype === "float64") c.op("f64.neg");
  else c.i32(-1).op("i32.mul");
}

function scalarAbs(c: Code, dtype: DType): void {
  if (dtype === "float32") c.op("f32.abs");
  else if (dtype === "float64") c.op("f64.abs");
  else {
    const sign = c.local("i32");
    const x = c.local("i32");
    c.tee(x).i32(31).op("i32.shr_s").tee(sign).get(x).op("i32.xor").get(sign).op("i32.sub");
  }
}

function scalarExp2i(c: Code, dtype: DType): void {
  if (dtype === "float32") {
    c.op("i32.trunc_sat_f32_s").i32(127).op("i32.add").i32(23).op("i32.shl");
    c.op("f32.reinterpret_i32");
  } else {
    c.op("i32.trunc_sat_f64_s").op("i64.extend_i32_s").i64(1023n).op("i64.add").i64(52n);
    c.op("i64.shl").op("f64.reinterpret_i64");
  }
}

function scalarExponent(c: Code, dtype: DType): void {
  if (dtype === "float32") {
    c.op("i32.reinterpret_f32").i32(23).op("i32.shr_u").i32(255).op("i32.and");
    c.i32(127).op("i32.sub").op("f32.convert_i32_s");
  } else {
    c.op("i64.reinterpret_f64").i64(52n).op("i64.shr_u").op("i32.wrap_i64").i32(2047);
    c.op("i32.and").i32(1023).op("i32.sub").op("f64.convert_i32_s");
  }
}

function scalarMantissa(c: Code, dtype: DType): void {
  if (dtype === "float32") {
    c.op("i32.reinterpret_f32").i32(0x7fffff).op("i32.and").i32(0x3f800000).op("i32.or");
    c.op("f32.reinterpret_i32");
  } else {
    c.op("i64.reinterpret_f64").i64(0xfffffffffffffn).op("i64.and").i64(0x3ff0000000000000n);
    c.op("i64.or").op("f64.reinterpret_i64");
  }
}

function scalarCast(c: Code, dtype: DType, from: DType): void {
  if (dtype === from) return;
  if (dtype === "bool") {
    if (from === "float32") c.f32(0).op("f32.ne");
    else if (from === "float64") c.f64(0).op("f64.ne");
    else c.i32(0).op("i32.ne");
  } else if (dtype === "int32") {
    if (from === "float32") c.op("i32.trunc_sat_f32_s");
    else if (from === "float64") c.op("i32.trunc_sat_f64_s");
  } else if (dtype === "float32") {
    c.op(from === "float64" ? "f32.demote_f64" : "f32.convert_i32_s");
  } else {
    c.op(from === "float32" ? "f64.promote_f32" : "f64.convert_i32_s");
  }
}

function scalarNot(c: Code, dtype: DType): void {
  if (dtype === "bool") c.op("i32.eqz");
  else c.i32(-1).op("i32.xor");
}

const bitwise = (name: PlainOp): Spell => named({ int32: name, bool: name });
const floats = (f32: PlainOp, f64: PlainOp): Spell => named({ float32: f32, float64: f64 });

/** Single values. `select` wants its operands in the order ifTrue, ifFalse, condition. */
export const SCALAR: Readonly<Record<ScalarOp, Spell>> = {
  add: named({ float32: "f32.add", float64: "f64.add", int32: "i32.add" }),
  sub: named({ float32: "f32.sub", float64: "f64.sub", int32: "i32.sub" }),
  mul: named({ float32: "f32.mul", float64: "f64.mul", int32: "i32.mul" }),
  div: floats("f32.div", "f64.div"),
  neg: scalarNeg,
  abs: scalarAbs,
  min: scalarMinMax("min"),
  max: scalarMinMax("max"),
  sqrt: floats("f32.sqrt", "f64.sqrt"),
  floor: floats("f32.floor", "f64.floor"),
  ceil: floats("f32.ceil", "f64.ceil"),
  trunc: floats("f32.trunc", "f64.trunc"),
  nearest: floats("f32.nearest", "f64.nearest"),
  exp2i: scalarExp2i,
  exponent: scalarExponent,
  mantissa: scalarMantissa,
  eq: named({ float32: "f32.eq", float64: "f64.eq", int32: "i32.eq", bool: "i32.eq" }),
  ne: named({ float32: "f32.ne", float64: "f64.ne", int32: "i32.ne", bool: "i32.ne" }),
  lt: named({ float32: "f32.lt", float64: "f64.lt", int32: "i32.lt_s", bool: "i32.lt_s" }),
  le: named({ float32: "f32.le", float64: "f64.le", int32: "i32.le_s", bool: "i32.le_s" }),
  and: bitwise("i32.and"),
  or: bitwise("i32.or"),
  xor: bitwise("i32.xor"),
  not: scalarNot,
  shl: bitwise("i32.shl"),
  shr: bitwise("i32.shr_u"),
  select: (c) => c.op("select"),
  cast: scalarCast,
};

const splat32 = (word: number): [number, number, number, number] => [word, word, word, word];
const splat64 = (high: number): [number, number, number, number] => [0, high, 0, high];
const ONE32 = 0x3f800000;
const ONE64 = 0x3ff00000;

function lanes4MinMax(name: "min" | "max"): Spell {
  return (c, dtype) => {
    if (dtype === "float32") c.op(`f32x4.${name}`);
    else if (dtype === "bool") c.op(name === "min" ? "v128.and" : "v128.or");
    else c.op(`i32x4.${name}_s`);
  };
}

function lanes4Cast(c: Code, dtype: DType, from: DType): void {
  if (dtype === from) return;
  if (dtype === "bool") c.v128(splat32(0)).op(from === "float32" ? "f32x4.ne" : "i32x4.ne");
  else if (from === "bool" && dtype === "float32") c.v128(splat32(ONE32)).op("v128.and");
  else if (from === "bool") c.op("i32x4.neg");
  else c.op(dtype === "int32" ? "i32x4.trunc_sat_f32x4_s" : "f32x4.convert_i32x4_s");
}

/** Masks order the other way round than 0 and 1 do, so bools have their own comparison. */
function lanesLess(orEqual: boolean, names: Names): Spell {
  return (c, dtype, from) => {
    if (from !== "bool") return named(names)(c, dtype, from);
    const b = c.local("v128");
    const a = c.local("v128");
    c.set(b).set(a);
    if (orEqual) c.get(a).op("v128.not").get(b).op("v128.or");
    else c.get(b).get(a).op("v128.andnot");
  };
}

const mask =
  (name: PlainOp): Spell =>
  (c) =>
    c.op(name);

/** Four lanes of float32, int32 or bool. A shift count is a single value. */
export const LANES4: Readonly<Record<ScalarOp, Spell>> = {
  add: named({ float32: "f32x4.add", int32: "i32x4.add" }),
  sub: named({ float32: "f32x4.sub", int32: "i32x4.sub" }),
  mul: named({ float32: "f32x4.mul", int32: "i32x4.mul" }),
  div: mask("f32x4.div"),
  neg: named({ float32: "f32x4.neg", int32: "i32x4.neg" }),
  abs: named({ float32: "f32x4.abs", int32: "i32x4.abs" }),
  min: lanes4MinMax("min"),
  max: lanes4MinMax("max"),
  sqrt: mask("f32x4.sqrt"),
  floor: mask("f32x4.floor"),
  ceil: mask("f32x4.ceil"),
  trunc: mask("f32x4.trunc"),
  nearest: mask("f32x4.nearest"),
  // 2^23 + 127 + k has 127 + k in its low bits; this is a third of a saturating conversion.
  exp2i: (c) => c.v128(splat32(0x4b00007f)).op("f32x4.add").i32(23).op("i32x4.shl"),
  exponent: (c) => {
    c.i32(23).op("i32x4.shr_u").v128(splat32(255)).op("v128.and");
    c.v128(splat32(127)).op("i32x4.sub").op("f32x4.convert_i32x4_s");
  },
  mantissa: (c) => c.v128(splat32(0x7fffff)).op("v128.and").v128(splat32(ONE32)).op("v128.or"),
  eq: named({ float32: "f32x4.eq", int32: "i32x4.eq", bool: "i32x4.eq" }),
  ne: named({ float32: "f32x4.ne", int32: "i32x4.ne", bool: "v128.xor" }),
  lt: lanesLess(false, { float32: "f32x4.lt", int32: "i32x4.lt_s" }),
  le: lanesLess(true, { float32: "f32x4.le", int32: "i32x4.le_s" }),
  and: mask("v128.and"),
  or: mask("v128.or"),
  xor: mask("v128.xor"),
  not: mask("v128.not"),
  shl: mask("i32x4.shl"),
  shr: mask("i32x4.shr_u"),
  select: mask("v128.bitselect"),
  cast: lanes4Cast,
};

const intsOnly: Spell = () => {
  throw new Error("wasm: int32 instructions do not run in double lanes");
};

/** Picks the low words of two 64-bit lanes. */
const LOW_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11];

/** Two lanes of float64, or 64-bit masks. */
export const LANES2: Readonly<Record<ScalarOp, Spell>> = {
  add: mask("f64x2.add"),
  sub: mask("f64x2.sub"),
  mul: mask("f64x2.mul"),
  div: mask("f64x2.div"),
  neg: mask("f64x2.neg"),
  abs: mask("f64x2.abs"),
  min: named({ float64: "f64x2.min", bool: "v128.and" }),
  max: named({ float64: "f64x2.max", bool: "v128.or" }),
  sqrt: mask("f64x2.sqrt"),
  floor: mask("f64x2.floor"),
  ceil: mask("f64x2.ceil"),
  trunc: mask("f64x2.trunc"),
  nearest: mask("f64x2.nearest"),
  exp2i: (c) => {
    c.op("i32x4.trunc_sat_f64x2_s_zero").v128(splat32(1023)).op("i32x4.add");
    c.op("i64x2.extend_low_i32x4_s").i32(52).op("i64x2.shl");
  },
  exponent: (c) => {
    c.i32(52).op("i64x2.shr_u").v128([2047, 0, 2047, 0]).op("v128.and");
    c.v128(splat32(0)).shuffle(LOW_WORDS).v128(splat32(1023)).op("i32x4.sub");
    c.op("f64x2.convert_low_i32x4_s");
  },
  mantissa: (c) => {
    c.v128([-1, 0xfffff, -1, 0xfffff]).op("v128.and").v128(splat64(ONE64)).op("v128.or");
  },
  eq: named({ float64: "f64x2.eq", bool: "i64x2.eq" }),
  ne: named({ float64: "f64x2.ne", bool: "v128.xor" }),
  lt: lanesLess(false, { float64: "f64x2.lt" }),
  le: lanesLess(true, { float64: "f64x2.le" }),
  and: mask("v128.and"),
  or: mask("v128.or"),
  xor: mask("v128.xor"),
  not: mask("v128.not"),
  shl: intsOnly,
  shr: intsOnly,
  select: mask("v128.bitselect"),
  cast: (c, dtype, from) => {
    if (dtype === from) return;
    if (dtype === "bool") c.v128(splat32(0)).op("f64x2.ne");
    else c.v128(splat64(ONE64)).op("v128.and");
  },
};

const words = new DataView(new ArrayBuffer(8));

/** Pushes a constant as a single value. */
export function pushConstant(c: Code, dtype: DType, value: number): void {
  if (dtype === "float32") c.f32(value);
  else if (dtype === "float64") c.f64(value);
  else c.i32(dtype === "bool" ? Number(value !== 0) : value);
}

/** Pushes a constant in all lanes; a float64 takes two words of the vector. */
export function pushVectorConstant(c: Code, dtype: DType, value: number): void {
  if (dtype === "float64") {
    words.setFloat64(0, value, true);
    const [low, high] = [words.getInt32(0, true), words.getInt32(4, true)];
    c.v128([low, high, low, high]);
  } else if (dtype === "float32") {
    words.setFloat32(0, value, true);
    c.v128(splat32(words.getInt32(0, true)));
  } else {
    c.v128(splat32(dtype === "bool" ? -Number(value !== 0) : value));
  }
}

/** Turns the single value on the stack into lanes. */
export function pushSplat(c: Code, dtype: DType): void {
  if (dtype === "float32") c.op("f32x4.splat");
  else if (dtype === "float64") c.op("f64x2.splat");
  else if (dtype === "int32") c.op("i32x4.splat");
  else c.i32(-1).op("i32.mul").op("i32x4.splat");
}

/** Takes one lane out of the vector on the stack, as a single value. */
export function pushLane(c: Code, dtype: DType, lanes: number, lane: number): void {
  if (dtype === "float32") c.lane("f32x4.extract_lane", lane);
  else if (dtype === "float64") c.lane("f64x2.extract_lane", lane);
  else c.lane("i32x4.extract_lane", lanes === 2 ? lane * 2 : lane);
  if (dtype === "bool") c.i32(1).op("i32.and");
}
