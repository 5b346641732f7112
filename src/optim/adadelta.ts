/** Adadelta, as `torch.optim.Adadelta`. */
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkRange, makeRule } from "./rule.ts";

/** The options of {@link Adadelta}. */
export interface AdadeltaOptions extends BaseOptions {
  /** Decay rate of the running means of the squared gradients and updates. */
  rho: number;
  /** Added to the mean squares. */
  eps: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
  /** Climbs instead of descending. */
  maximize: boolean;
}

/** Adadelta's state tensors, by PyTorch's names. */
type AdadeltaState = "square_avg" | "acc_delta";

const RULE = makeRule<AdadeltaOptions, AdadeltaState, "lr" | "rho" | "rest" | "eps" | "decay">({
  name: "Adadelta",
  defaults: { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    if (!(o.rho >= 0 && o.rho <= 1)) throw fail(`rho is ${o.rho}; need a number from 0 to 1`);
    checkRange(fail, "eps", o.eps, 0);
    checkRange(fail, "weightDecay", o.weightDecay, 0);
  },
  states: () => ({ square_avg: 0, acc_delta: 0 }),
  flags: (o) => ({ decays: o.weightDecay !== 0, maximize: o.maximize }),
  numbers: {
    lr: (o) => o.lr,
    rho: (o) => o.rho,
    rest: (o) => 1 - o.rho,
    eps: (o) => o.eps,
    decay: (o) => o.weightDecay,
  },
  update: (w, { param, grad, state, n }, flags) => {
    let g = flags.maximize ? w.neg(grad) : grad;
    if (flags.decays) g = w.add(g, w.mul(n.decay, param));
    const square = w.add(w.mul(state.square_avg, n.rho), w.mul(w.mul(g, g), n.rest));
    const root = w.sqrt(w.add(square, n.eps));
    const delta = w.mul(w.div(w.sqrt(w.add(state.acc_delta, n.eps)), root), g);
    const moved = w.add(w.mul(state.acc_delta, n.rho), w.mul(w.mul(delta, delta), n.rest));
    return {
      param: w.sub(param, w.mul(n.lr, delta)),
      state: { square_avg: square, acc_delta: moved },
    };
  },
});

/**
 * Scales the gradient by the ratio of the root mean squares of recent updates and gradients, so
 * that it needs no rate (Zeiler 2012). Options: `lr` (1), `rho` (0.9), `eps` (1e-6), `weightDecay`
 * (0), `maximize` (false). Throws on an option out of its range. PyTorch: `torch.optim.Adadelta`.
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  constructor(params: Params<AdadeltaOptions>, ...settings: Settings<AdadeltaOptions>) {
    super(RULE, params, settings);
  }
}
