/** The quantiles of the standard normal distribution, exact in both tails. */
import { zerosLike } from "../tensor/create.ts";
import { where } from "../tensor/functions/arithmetic.ts";
import { noGrad } from "../tensor/grad-mode.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Winitzki (2008): the inverse of the error function to three digits, by one number. */
const A = 0.147;

/** y with erfc(y) = t to three digits, for t from 0 to 1. */
function guess(t: Tensor): Tensor {
  const spread = t.mul(t.neg().add(2)).log(); // log(1 − erf(y)²)
  const half = spread.mul(0.5).add(2 / (Math.PI * A));
  return half.square().sub(spread.div(A)).sqrt().sub(half).clampMin(0).sqrt();
}

/** Newton's step towards log erfc(y) = log t, which is concave: it converges from both sides. */
function newton(y: Tensor, logT: Tensor): Tensor {
  const tail = y.erfc();
  const slope = y
    .square()
    .neg()
    .exp()
    .mul(2 / Math.sqrt(Math.PI));
  return y.add(tail.log().sub(logT).mul(tail).div(slope));
}

/**
 * The number below which a standard normal one lies with probability p: ∓∞ for 0 and 1, NaN beyond.
 * It is computed from the smaller tail, so that small probabilities keep their digits. Two steps
 * are taken on the tape, which makes derivatives up to the third right, whatever the first guess
 * hides.
 */
export function quantile(p: Tensor): Tensor {
  const upper = p.gt(0.5);
  const tail = where(upper, p.neg().add(1), p);
  const isEnd = tail.eq(0);
  const t = where(isEnd, 0.5, tail).mul(2);
  const logT = t.log();
  let y = noGrad(() => [1, 2, 3].reduce((last) => newton(last, logT), guess(t)));
  for (let step = 0; step < 2; step++) y = newton(y, logT);
  const steps = where(isEnd, zerosLike(y).add(Infinity), y).mul(Math.SQRT2);
  return where(upper, steps, steps.neg());
}
