/**
 * One node with a weight and a bias learns y = x. No engine: the two derivatives are written out.
 *
 * A version of this program is passed around that ends at w = −7e141. It differs in three places:
 *
 *   1. It feeds 0 … 99 as they are. The loss mean((w·x + b − y)²) has curvature 2·mean(x²) = 6567
 *      along w, and descent is stable only below a rate of 2 / 6567 = 0.0003; it uses 0.01, so
 *      every step overshoots and lands about 65 times farther away. Divided by 99 the curvature
 *      is 0.67.
 *   2. It never updates the bias.
 *   3. It prints a gradient with the wrong sign: dL/dw is 2·mean((prediction − y)·x), and descent
 *      subtracts it.
 */

/** What a run gives back. */
export interface NodeRun {
  readonly weight: number;
  readonly bias: number;
  readonly loss: number;
  /** The weight after ten steps on the raw numbers: the mistake, on purpose. */
  readonly divergedWeight: number;
}

/** Runs the program. */
export function run(print: (line: string) => void = console.log): NodeRun {
  const raw = Array.from({ length: 100 }, (_, i) => i);
  const scaled = raw.map((value) => value / 99);

  print("One node, prediction = w·x + b, on 0 … 99 divided by 99, rate 0.5:");
  const { weight, bias, loss } = descend(scaled, 0.5, 400, (step, w, b, value) => {
    if (step % 100 === 0)
      print(`step ${step}: w = ${w.toFixed(6)}, b = ${b.toFixed(6)}, loss ${value}`);
  });
  print(`learned: prediction = ${weight.toFixed(6)}·x + ${bias.toFixed(6)}`);

  const wrong = descend(raw, 0.01, 10, () => undefined);
  print(
    `The same on 0 … 99 as they are, rate 0.01: w = ${wrong.weight.toExponential(1)} after 10 steps.`,
  );
  return { weight, bias, loss, divergedWeight: wrong.weight };
}

function descend(
  xs: readonly number[],
  rate: number,
  steps: number,
  watch: (step: number, weight: number, bias: number, loss: number) => void,
): { weight: number; bias: number; loss: number } {
  let [weight, bias, loss] = [0, 0, 0];
  for (let step = 0; step <= steps; step++) {
    let [dWeight, dBias] = [0, 0];
    loss = 0;
    for (const x of xs) {
      const error = weight * x + bias - x; // the target is y = x
      loss += (error * error) / xs.length;
      dWeight += (2 * error * x) / xs.length; // dL/dw
      dBias += (2 * error) / xs.length; // dL/db
    }
    watch(step, weight, bias, loss);
    if (step === steps) break;
    weight -= rate * dWeight;
    bias -= rate * dBias;
  }
  return { weight, bias, loss };
}
