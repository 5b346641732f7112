/** The activation functions that losses and recurrent layers are made of. */
import { fillLike, op } from "../words.ts";
import type { Unary } from "./arithmetic.ts";

/** 0 up to 0, x above; NaN passes. */
export const relu: Unary = (b, x) => {
  const zero = fillLike(b, x, 0);
  return op(b, "where", op(b, "le", x, zero), zero, x);
};

/** log(sigmoid(x)), without overflow on either side. */
export const logSigmoid: Unary = (b, x) => {
  const zero = fillLike(b, x, 0);
  const below = op(b, "lt", x, zero);
  const small = op(b, "where", below, x, op(b, "neg", x));
  const base = op(b, "where", below, x, zero);
  return op(b, "sub", base, op(b, "log1p", op(b, "exp", small)));
};
