/** The door "./ops": every operation as a function of tensors, the rarer ones too. */
export * from "../tensor/functions/activation.ts";
export {
  abs,
  acos,
  acosh,
  add,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  bitwiseAnd,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  ceil,
  cos,
  cosh,
  deg2rad,
  digamma,
  eq,
  erf,
  erfc,
  exp,
  exp2,
  expm1,
  floatPower,
  floor,
  frac,
  ge,
  gt,
  ldexp,
  le,
  lgamma,
  log,
  log10,
  log1p,
  log2,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  maximum,
  minimum,
  mul,
  ne,
  neg,
  pow,
  rad2deg,
  reciprocal,
  rsqrt,
  rsub,
  sign,
  sin,
  sinc,
  sinh,
  sqrt,
  square,
  sub,
  tan,
  trueDivide,
  trunc,
  where,
} from "../tensor/functions/arithmetic.ts";
export * from "../tensor/functions/convolution.ts";
export { dynamicUpdate } from "../tensor/functions/dynamic-update.ts";
export * from "../tensor/functions/extrema.ts";
export * from "../tensor/functions/indexing.ts";
export * from "../tensor/functions/linalg.ts";
export * from "../tensor/functions/movement.ts";
export { norm } from "../tensor/functions/norm.ts";
export * from "../tensor/functions/numeric.ts";
export * from "../tensor/functions/pieces.ts";
export * from "../tensor/functions/products.ts";
export * from "../tensor/functions/pooling.ts";
export * from "../tensor/functions/ranks.ts";
export * from "../tensor/functions/reduction.ts";
export * from "../tensor/functions/resampling.ts";
export * from "../tensor/functions/selection.ts";
export * from "../tensor/functions/stacking.ts";
export * from "../tensor/functions/statistics.ts";
export * from "../tensor/functions/subscript.ts";
