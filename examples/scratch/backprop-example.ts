/**
 * Backward by hand through two weights: h = relu(w1·x), p = w2·h, L = (p − target)²; no engine.
 * Forward: h = 1, p = 1, L = 4. Backward, from the loss to the input:
 *
 *     dL/dp  = 2·(p − target)  = −4
 *     dL/dw2 = dL/dp·h         = −4
 *     dL/dh  = dL/dp·w2        = −4
 *     dL/dw1 = dL/dh·relu'·x   = −8
 */

/** What a run gives back. */
export interface BackpropRun {
  readonly loss: number;
  readonly dw1: number;
  readonly dw2: number;
  readonly lossAfterW2: number;
  readonly lossAfterBoth: number;
}

const X = 2;
const TARGET = 3;
const RATE = 0.1;

/** Runs the program. */
export function run(print: (line: string) => void = console.log): BackpropRun {
  const [w1, w2] = [0.5, 1];
  const { loss, dw1, dw2 } = backward(w1, w2);
  print(`x = ${X}, w1 = ${w1}, w2 = ${w2}, target ${TARGET}: loss ${loss}`);
  print(`dL/dw2 = ${dw2}, dL/dw1 = ${dw1}`);

  const lossAfterW2 = backward(w1, w2 - RATE * dw2).loss;
  const lossAfterBoth = backward(w1 - RATE * dw1, w2 - RATE * dw2).loss;
  print(`after updating w2 alone at rate ${RATE}: loss ${lossAfterW2.toFixed(2)}`);
  print(`after updating both: loss ${lossAfterBoth.toFixed(2)}`);
  return { loss, dw1, dw2, lossAfterW2, lossAfterBoth };
}

function backward(w1: number, w2: number): { loss: number; dw1: number; dw2: number } {
  const z = w1 * X;
  const h = Math.max(z, 0);
  const p = w2 * h;
  const loss = (p - TARGET) * (p - TARGET);

  const dp = 2 * (p - TARGET);
  const dw2 = dp * h;
  const dh = dp * w2;
  const dz = z > 0 ? dh : 0; // relu passes the gradient on where it let the value through
  const dw1 = dz * X;
  return { loss, dw1, dw2 };
}
