/** Adagrad, as `torch.optim.Adagrad`. */
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkRange, makeRule } from "./rule.ts";

/** The options of {@link Adagrad}. */
export interface AdagradOptions extends BaseOptions {
  /** Lowers the rate: it is divided by `1 + lrDecay · steps before`. */
  lrDecay: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
  /** What the sum of squares starts from. */
  initialAccumulatorValue: number;
  /** Added to the denominator. */
  eps: number;
  /** Climbs instead of descending. */
  maximize: boolean;
}

const RULE = makeRule<AdagradOptions, "sum", "rate" | "decay" | "eps">({
  name: "Adagrad",
  defaults: {
    lr: 1e-2,
    lrDecay: 0,
    weightDecay: 0,
    initialAccumulatorValue: 0,
    eps: 1e-10,
    maximize: false,
  },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    checkRange(fail, "lrDecay", o.lrDecay, 0);
    checkRange(fail, "weightDecay", o.weightDecay, 0);
    checkRange(fail, "initialAccumulatorValue", o.initialAccumulatorValue, 0);
    checkRange(fail, "eps", o.eps, 0);
  },
  states: (o) => ({ sum: o.initialAccumulatorValue }),
  flags: (o) => ({ decays: o.weightDecay !== 0, maximize: o.maximize }),
  numbers: {
    rate: (o, step) => o.lr / (1 + (step - 1) * o.lrDecay),
    decay: (o) => o.weightDecay,
    eps: (o) => o.eps,
  },
  update: (w, { param, grad, state, n }, flags) => {
    let g = flags.maximize ? w.neg(grad) : grad;
    if (flags.decays) g = w.add(g, w.mul(n.decay, param));
    const sum = w.add(state.sum, w.mul(g, g));
    const scaled = w.div(g, w.add(w.sqrt(sum), n.eps));
    return { param: w.sub(param, w.mul(n.rate, scaled)), state: { sum } };
  },
});

/**
 * Divides the gradient by the root of the sum of all its squares, so that rare features keep a
 * high rate (Duchi et al. 2011). Options: `lr` (1e-2), `lrDecay` (0), `weightDecay` (0),
 * `initialAccumulatorValue` (0), `eps` (1e-10), `maximize` (false). Throws on an option out of its
 * range. PyTorch: `torch.optim.Adagrad`.
 */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(params: Params<AdagradOptions>, ...settings: Settings<AdagradOptions>) {
    super(RULE, params, settings);
  }
}
