/**
 * Vectors of C: the extension that gcc and clang share, for any number of bytes. Single values are
 * spelled in spell.ts; here each instruction is spelled once more for all lanes, and so is what the
 * loop form does with lanes. Bools in lanes are masks, as wide as what they come from.
 */
import type { DType } from "../../core/dtype.ts";
import type { ScalarOp } from "../../ir/scalar.ts";
import { C_TYPE } from "./spell.ts";

/** The C type of a value: a vector where it has several lanes. */
export function typeOf(dtype: DType, lanes: number, vectorBytes: number): string {
  if (lanes === 1) return C_TYPE[dtype];
  if (dtype === "bool") return vectorBytes / lanes === 8 ? `i64x${lanes}` : `i32x${lanes}`;
  return { float32: `f32x${lanes}`, float64: `f64x${lanes}`, int32: `i32x${lanes}` }[dtype];
}

/** What each instruction is called: an operator, or a function of the operands' type. */
const OPERATORS: Readonly<Partial<Record<ScalarOp, string>>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  and: "&",
  or: "|",
  xor: "^",
};

/** The operators of masks, which order the other way round than 0 and 1 do. */
const MASKS: Readonly<Partial<Record<ScalarOp, (a: string, b: string) => string>>> = {
  eq: (a, b) => `(~(${a} ^ ${b}))`,
  ne: (a, b) => `(${a} ^ ${b})`,
  lt: (a, b) => `(~${a} & ${b})`,
  le: (a, b) => `(~${a} | ${b})`,
  min: (a, b) => `(${a} & ${b})`,
  max: (a, b) => `(${a} | ${b})`,
};

/** Spells an instruction lane by lane; `type` and `from` are those of the result and operands. */
export function spellLanes(
  op: ScalarOp,
  args: readonly string[],
  [type, dtype]: readonly [string, DType],
  [from, operand]: readonly [string, DType],
): string {
  const [a, b] = args as [string, string];
  const mask = operand === "bool" ? MASKS[op] : undefined;
  if (mask !== undefined) return mask(a, b);
  const operator = OPERATORS[op];
  if (operator !== undefined) return `(${a} ${operator} ${b})`;
  switch (op) {
    case "neg":
      return `(-${a})`;
    case "not":
      return `(~${a})`;
    case "shl":
      return `(${a} << ${b})`;
    case "shr":
      return `shr_${from}(${a}, ${b})`;
    case "cast":
      return spellCast(a, [type, dtype], operand);
    default:
      return `${op}_${op === "select" ? type : from}(${args.join(", ")})`;
  }
}

function spellCast(a: string, [type, dtype]: readonly [string, DType], from: DType): string {
  if (dtype === from) return a;
  if (dtype === "bool") return `(${a} != 0)`;
  if (dtype === "int32") return from === "bool" ? `(-${a})` : `to_${type}(${a})`;
  return `__builtin_convertvector(${from === "bool" ? "-" : ""}${a}, ${type})`;
}

/** Functions of the vectors of floats of one width. */
function floats(bytes: 4 | 8, lanes: number): string {
  const [T, scalar, U, f] =
    bytes === 4
      ? [`f32x${lanes}`, "float", `u32x${lanes}`, "f"]
      : [`f64x${lanes}`, "double", `u64x${lanes}`, ""];
  const M = `i${8 * bytes}x${lanes}`;
  const [shift, field, bias] = bytes === 4 ? [23, 255, 127] : [52, 2047, 1023];
  const [low, one] =
    bytes === 4 ? ["0x7fffff", "0x3f800000"] : ["0xfffffffffffff", "0x3ff0000000000000"];
  const each = (name: string, builtin: string): string =>
    `static inline ${T} ${name}_${T}(${T} a) { ${T} r; ` +
    `for (int i = 0; i < ${lanes}; i++) r[i] = __builtin_${builtin}${f}(a[i]); return r; }`;
  const pick = (name: string, compare: string, join: string): string =>
    `static inline ${T} ${name}_${T}(${T} a, ${T} b) { return ` +
    `select_${T}(a ${compare} b, a, select_${T}(b ${compare} a, b, ` +
    `select_${T}(a == b, (${T})((${M})a ${join} (${M})b), a + b))); }`;
  return `typedef ${scalar} ${T} __attribute__((vector_size(${bytes * lanes})));
${general(T, M, scalar, bytes, lanes)}
${pick("min", "<", "|")}
${pick("max", ">", "&")}
${["sqrt", "floor", "ceil", "trunc"].map((name) => each(name, name)).join("\n")}
${each("nearest", "rint")}
${bytes === 8 ? "" : fused(T, lanes)}
static inline ${T} abs_${T}(${T} a) { return (${T})((${U})a << 1 >> 1); }
static inline ${T} exp2i_${T}(${T} k) {
  return (${T})((__builtin_convertvector(k, ${M}) + ${bias}) << ${shift});
}
static inline ${T} exponent_${T}(${T} a) {
  return __builtin_convertvector((${M})((${U})a >> ${shift} & ${field}) - ${bias}, ${T});
}
static inline ${T} mantissa_${T}(${T} a) { return (${T})(((${U})a & ${low}) | ${one}); }`;
}

/** Multiplying and adding with one rounding. */
function fused(T: string, lanes: number): string {
  const each = `for (int i = 0; i < ${lanes}; i++) r[i] = __builtin_fmaf(a[i], b[i], c[i]);`;
  return `static inline ${T} fused_${T}(${T} a, ${T} b, ${T} c) { ${T} r; ${each} return r; }`;
}

/** Functions of any vector `T` of `scalar`; `M` is its mask. */
function general(T: string, M: string, scalar: string, bytes: number, lanes: number): string {
  const loop = (count: string, body: string): string =>
    `for (int i = 0; i < ${count}; i++) ${body}`;
  return `typedef ${T} ${T}_at __attribute__((aligned(${bytes}), may_alias));
static inline ${T} splat_${T}(${scalar} a) { return a - (${T}){}; }
static inline ${T} select_${T}(${M} c, ${T} a, ${T} b) {
  return (${T})(((${M})a & c) | ((${M})b & ~c));
}
static inline ${T} shift_${T}(${T} a, int by) {
  ${T} r = a; ${loop(`${lanes} - by`, "r[i] = a[i + by];")} return r;
}
static inline ${T} first_${T}(${T} a, ${T} b, int count) {
  ${T} r = b; ${loop("count", "r[i] = a[i];")} return r;
}
static inline void store_${T}(${scalar} *p, ${T} a, int count) {
  if (count == ${lanes}) *(${T}_at *)p = a; else ${loop("count", "p[i] = a[i];")}
}`;
}

/** Functions of the masks and integers of one width. */
function integers(bytes: 4 | 8, lanes: number): string {
  const [T, U] = [`i${8 * bytes}x${lanes}`, `u${8 * bytes}x${lanes}`];
  const size = `__attribute__((vector_size(${bytes * lanes})))`;
  const loop = (count: string | number, body: string): string =>
    `for (int i = 0; i < ${count}; i++) ${body}`;
  return `typedef int${8 * bytes}_t ${T} ${size};
typedef uint${8 * bytes}_t ${U} ${size};
${general(T, T, `int${8 * bytes}_t`, bytes, lanes)}
static inline ${T} mask_${T}(const uint8_t *p) {
  ${T} r; ${loop(lanes, "r[i] = -(int)p[i];")} return r;
}
static inline void keep_${T}(uint8_t *p, ${T} a, int count) { ${loop("count", "p[i] = a[i] & 1;")} }
static inline uint8_t all_${T}(${T} a, int count) {
  uint8_t r = 1; ${loop("count", "r &= a[i] & 1;")} return r;
}
static inline ${T} min_${T}(${T} a, ${T} b) { return select_${T}(a < b, a, b); }
static inline ${T} max_${T}(${T} a, ${T} b) { return select_${T}(a > b, a, b); }
static inline ${T} abs_${T}(${T} a) { return select_${T}(a < 0, -a, a); }
static inline ${T} shr_${T}(${T} a, int by) { return (${T})((${U})a >> by); }`;
}

/** Declares the vectors of so many bytes, and what is done with them. */
export function declareVectors(vectorBytes: number): string {
  const [L, H] = [vectorBytes / 4, vectorBytes / 8];
  const halves = (T: string, scalar: string, to: (x: string) => string): string => `
static inline f64x${H} widen_${T}(${T} a, int from) {
  f64x${H} r; for (int i = 0; i < ${H}; i++) r[i] = (double)a[from + i]; return r;
}
static inline ${T} narrow_${T}(f64x${H} a, f64x${H} b) {
  ${T} r; for (int i = 0; i < ${H}; i++) r[i] = ${to("a[i]")}, r[i + ${H}] = ${to("b[i]")}; return r;
}`;
  return `${integers(4, L)}
${integers(8, H)}
${floats(4, L)}
${floats(8, H)}
static inline i32x${L} to_i32x${L}(f32x${L} a) {
  i32x${L} r; for (int i = 0; i < ${L}; i++) r[i] = i32_f32(a[i]); return r;
}${halves(`f32x${L}`, "float", (x) => `(float)${x}`)}${halves(`i32x${L}`, "int32_t", (x) => `i32_f64(${x})`)}
`;
}
