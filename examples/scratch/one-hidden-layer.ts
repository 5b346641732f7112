/**
 * A 1-10-1 network with tanh learns the heat capacity of nitrogen, every gradient by hand, no
 * engine. nitrogen.ts is the same program with it: same weights, same trace, same picture.
 */
import type { Weights } from "./nitrogen-data.ts";
import { draw, EPOCHS, firstWeights, HIDDEN, nitrogen, RATE, trace } from "./nitrogen-data.ts";

/** Computes the hidden layer for one input: h = tanh(w1·x + b1). */
function hiddenLayer({ w1, b1 }: Weights, x: number): Float64Array {
  return w1.map((weight, j) => Math.tanh(weight * x + b1[j]!));
}

/** Computes the output for one input: p = w2·h + b2. */
function output({ w2, b2 }: Weights, h: Float64Array): number {
  return h.reduce((sum, value, j) => sum + w2[j]! * value, b2[0]!);
}

/** Computes the loss L = mean((p − y)²) and its gradient with respect to every weight. */
export function lossAndGradients(
  weights: Weights,
  x: Float64Array,
  y: Float64Array,
): { loss: number; gradients: Weights } {
  const gradients = {
    w1: new Float64Array(HIDDEN),
    b1: new Float64Array(HIDDEN),
    w2: new Float64Array(HIDDEN),
    b2: new Float64Array(1),
  };
  let loss = 0;
  for (let i = 0; i < x.length; i++) {
    const h = hiddenLayer(weights, x[i]!);
    const error = output(weights, h) - y[i]!;
    loss += (error * error) / x.length;
    const dp = (2 * error) / x.length; // dL/dp
    gradients.b2[0]! += dp; // p = … + b2
    for (let j = 0; j < HIDDEN; j++) {
      gradients.w2[j]! += dp * h[j]!; // p = … + w2·h
      const dh = dp * weights.w2[j]!; // dL/dh
      const dz = dh * (1 - h[j]! * h[j]!); // h = tanh(z), tanh' = 1 − tanh²
      gradients.w1[j]! += dz * x[i]!; // z = w1·x + b1
      gradients.b1[j]! += dz;
    }
  }
  return { loss, gradients };
}

/** Runs the program. */
export function run(print: (line: string) => void = console.log): { loss: number; svg: string } {
  const { x, y } = nitrogen();
  const weights = firstWeights();
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const { loss, gradients } = lossAndGradients(weights, x, y); // forward, loss, backward
    for (const name of ["w1", "b1", "w2", "b2"] as const) {
      gradients[name].forEach((gradient, j) => (weights[name][j]! -= RATE * gradient)); // update
    }
    if (epoch % 500 === 0) print(trace(epoch, loss));
  }
  const { loss } = lossAndGradients(weights, x, y);
  print(trace(EPOCHS, loss));
  const svg = draw(
    "one-hidden-layer",
    x.map((value) => output(weights, hiddenLayer(weights, value))),
  );
  print("drawn: runs/examples/one-hidden-layer.svg");
  return { loss, svg };
}
