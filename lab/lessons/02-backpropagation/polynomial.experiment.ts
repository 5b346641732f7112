/** y = x² + 2x + 1 as the engine sees it: a graph in which x is used twice. */
import { tensor } from "nabla";
import type { Tensor } from "nabla";
import type { Experiment } from "../../parts/engine/protocol.ts";

/** The place at which the slope is taken. */
export type PolynomialSettings = { readonly x: number };

/** Values and gradients of the graph, and the slope by the rule for powers. */
export interface PolynomialReading {
  readonly x: number;
  readonly square: number;
  readonly double: number;
  readonly y: number;
  /** What each of the two paths sends back to x. */
  readonly throughSquare: number;
  readonly throughDouble: number;
  readonly byEngine: number;
  readonly byHand: number;
}

function read({ x: value }: PolynomialSettings): PolynomialReading {
  const leaf = (): Tensor => tensor(value, { dtype: "float64", requiresGrad: true });
  const x = leaf();
  const [square, double] = [x.pow(2), x.mul(2)];
  const y = square.add(double).add(1);
  y.backward();
  const [one, two] = [leaf(), leaf()]; // the two uses of x, each with a gradient of its own
  one.pow(2).add(two.mul(2)).add(1).backward();
  return {
    x: value,
    square: square.itemSync(),
    double: double.itemSync(),
    y: y.itemSync(),
    throughSquare: one.grad!.itemSync(),
    throughDouble: two.grad!.itemSync(),
    byEngine: x.grad!.itemSync(),
    byHand: 2 * value + 2,
  };
}

/** The second experiment of the lesson on backpropagation. */
export const experiment: Experiment<PolynomialSettings, PolynomialReading> = {
  defaults: { x: 3 },
  start(settings) {
    let now = settings;
    return {
      step: () => undefined,
      read: () => read(now),
      set(changes) {
        now = { ...now, ...changes };
      },
      snapshot: () => now,
      restore(snapshot) {
        now = snapshot as PolynomialSettings;
      },
    };
  },
};
