/** Adagrad, as `torch.optim.Adagrad`. */
import { optimizerOf } from "./optimizer.ts";
import type { PenaltyOptions } from "./rule.ts";
import { makeRule } from "./rule.ts";

/** The options of {@link Adagrad}. */
export interface AdagradOptions extends PenaltyOptions {
  /** Lowers the rate: it is divided by `1 + lrDecay · steps before`. */
  lrDecay: number;
  /** What the sum of squares starts from. */
  initialAccumulatorValue: number;
  /** Added to the denominator. */
  eps: number;
  /** Climbs instead of descending. */
  maximize: boolean;
}

const DEFAULTS: AdagradOptions = {
  lr: 1e-2,
  lrDecay: 0,
  weightDecay: 0,
  initialAccumulatorValue: 0,
  eps: 1e-10,
  maximize: false,
};

const RULE = /* @__PURE__ */ makeRule({
  name: "Adagrad",
  defaults: DEFAULTS,
  atLeast0: ["lr", "lrDecay", "weightDecay", "initialAccumulatorValue", "eps"],
  states: (o) => ({ sum: o.initialAccumulatorValue }),
  numbers: {
    rate: (o, step) => o.lr / (1 + (step - 1) * o.lrDecay),
    eps: (o) => o.eps,
  },
  update: (w, { param, grad, state, n }) => {
    const sum = w.add(state.sum, w.mul(grad, grad));
    const scaled = w.div(grad, w.add(w.sqrt(sum), n.eps));
    return { param: w.sub(param, w.mul(n.rate, scaled)), state: { sum } };
  },
});

/**
 * Divides the gradient by the root of the sum of all its squares, so that rare features keep a
 * high rate (Duchi et al. 2011). Options: `lr` (1e-2), `lrDecay` (0), `weightDecay` (0),
 * `initialAccumulatorValue` (0), `eps` (1e-10), `maximize` (false). Throws on an option out of its
 * range. PyTorch: `torch.optim.Adagrad`.
 */
export class Adagrad extends /* @__PURE__ */ optimizerOf(RULE) {}
