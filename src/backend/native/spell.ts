/**
 * How each scalar instruction is spelled in C, for one value. Compiled without contraction or
 * reassociation, and with wrapping integers, each of them means to the bit what ir/scalar.ts says.
 */
import type { DType } from "../../core/dtype.ts";
import type { ScalarOp } from "../../ir/scalar.ts";

/** The C type of an element and of a value. */
export const C_TYPE: Readonly<Record<DType, string>> = {
  float32: "float",
  float64: "double",
  int32: "int32_t",
  bool: "uint8_t",
};

/** What the helpers of PRELUDE are called for each dtype. */
const SUFFIX: Readonly<Record<DType, string>> = {
  float32: "f32",
  float64: "f64",
  int32: "i32",
  bool: "bool",
};

/** What stands before all kernels: the instructions that no operator of C means. */
export const PRELUDE = `#include <float.h>
#include <stddef.h>
#include <stdint.h>
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "floats must be computed in their own precision"
#endif

static inline uint32_t bits_f32(float x) { uint32_t b; __builtin_memcpy(&b, &x, 4); return b; }
static inline uint64_t bits_f64(double x) { uint64_t b; __builtin_memcpy(&b, &x, 8); return b; }
static inline float of_u32(uint32_t b) { float x; __builtin_memcpy(&x, &b, 4); return x; }
static inline double of_u64(uint64_t b) { double x; __builtin_memcpy(&x, &b, 8); return x; }

// NaN if one of the two is; −0 is less than 0
#define MIN_MAX(T, F, of, U) \\
  static inline T min_##F(T a, T b) { \\
    return a < b ? a : b < a ? b : a == b ? of((U)(bits_##F(a) | bits_##F(b))) : a + b; \\
  } \\
  static inline T max_##F(T a, T b) { \\
    return a > b ? a : b > a ? b : a == b ? of((U)(bits_##F(a) & bits_##F(b))) : a + b; \\
  }
MIN_MAX(float, f32, of_u32, uint32_t)
MIN_MAX(double, f64, of_u64, uint64_t)
static inline int32_t min_i32(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t max_i32(int32_t a, int32_t b) { return a > b ? a : b; }
static inline uint8_t min_bool(uint8_t a, uint8_t b) { return a & b; }
static inline uint8_t max_bool(uint8_t a, uint8_t b) { return a | b; }
static inline int32_t abs_i32(int32_t a) { return a < 0 ? -a : a; }

// saturating; NaN gives 0
static inline int32_t i32_f64(double x) {
  return x >= 2147483647.0 ? INT32_MAX : x <= -2147483648.0 ? INT32_MIN : x == x ? (int32_t)x : 0;
}
static inline int32_t i32_f32(float x) {
  return x >= 2147483648.0f ? INT32_MAX : x < -2147483648.0f ? INT32_MIN : x == x ? (int32_t)x : 0;
}

static inline float exp2i_f32(float k) { return of_u32((uint32_t)(i32_f32(k) + 127) << 23); }
static inline double exp2i_f64(double k) { return of_u64((uint64_t)(i32_f64(k) + 1023) << 52); }
static inline float exponent_f32(float x) {
  return (float)((int32_t)(bits_f32(x) >> 23 & 255) - 127);
}
static inline double exponent_f64(double x) {
  return (double)((int32_t)(bits_f64(x) >> 52 & 2047) - 1023);
}
static inline float mantissa_f32(float x) {
  return of_u32((bits_f32(x) & 0x7fffff) | 0x3f800000);
}
static inline double mantissa_f64(double x) {
  return of_u64((bits_f64(x) & 0xfffffffffffff) | 0x3ff0000000000000);
}
`;

/** Spells an instruction of the given dtype, its operands being of the dtype `from`. */
export type Spell = (args: readonly string[], dtype: DType, from: DType) => string;

const infix =
  (operator: string): Spell =>
  ([a, b]) =>
    `(${a} ${operator} ${b})`;

const helper =
  (name: string): Spell =>
  (args, _, from) =>
    `${name}_${SUFFIX[from]}(${args.join(", ")})`;

const builtin =
  (name: string): Spell =>
  ([a], _, from) =>
    `__builtin_${name}${from === "float32" ? "f" : ""}(${a})`;

const shift =
  (operator: string): Spell =>
  ([a, count]) =>
    `(int32_t)((uint32_t)${a} ${operator} ${count})`;

const cast: Spell = ([a], dtype, from) => {
  if (dtype === from) return a!;
  if (dtype === "bool") return `(${a} != 0)`;
  if (dtype === "int32" && from !== "bool") return `i32_${SUFFIX[from]}(${a})`;
  return `(${C_TYPE[dtype]})${a}`;
};

/** The instructions. */
export const SCALAR: Readonly<Record<ScalarOp, Spell>> = {
  add: infix("+"),
  sub: infix("-"),
  mul: infix("*"),
  div: infix("/"),
  neg: ([a]) => `(-${a})`,
  abs: (args, dtype, from) =>
    (dtype === "int32" ? helper("abs") : builtin("fabs"))(args, dtype, from),
  min: helper("min"),
  max: helper("max"),
  sqrt: builtin("sqrt"),
  floor: builtin("floor"),
  ceil: builtin("ceil"),
  trunc: builtin("trunc"),
  nearest: builtin("rint"),
  exp2i: helper("exp2i"),
  exponent: helper("exponent"),
  mantissa: helper("mantissa"),
  eq: infix("=="),
  ne: infix("!="),
  lt: infix("<"),
  le: infix("<="),
  and: infix("&"),
  or: infix("|"),
  xor: infix("^"),
  not: ([a], dtype) => (dtype === "bool" ? `(!${a})` : `(~${a})`),
  shl: shift("<<"),
  shr: shift(">>"),
  select: ([condition, a, b]) => `(${condition} ? ${a} : ${b})`,
  cast,
};

/** Spells a constant. */
export function spellConstant(dtype: DType, value: number): string {
  if (dtype === "bool") return value === 0 ? "0" : "1";
  if (dtype === "int32") return value === -2147483648 ? "INT32_MIN" : group(`${value}`);
  const mark = dtype === "float32" ? "f" : "";
  const held = dtype === "float32" ? Math.fround(value) : value;
  if (Number.isNaN(held)) return `__builtin_nan${mark}("")`;
  if (!Number.isFinite(held)) return group(`${held < 0 ? "-" : ""}__builtin_inf${mark}()`);
  const digits = Object.is(held, -0) ? "-0" : `${held}`;
  return group(`${digits}${/[.e]/.test(digits) ? "" : ".0"}${mark}`);
}

/** A minus sign must not meet another one. */
function group(text: string): string {
  return text.startsWith("-") ? `(${text})` : text;
}
