/** RMSprop, as `torch.optim.RMSprop`. */
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkRange, makeRule } from "./rule.ts";

/** The options of {@link RMSprop}. */
export interface RMSpropOptions extends BaseOptions {
  /** Decay rate of the running mean of the squared gradient. */
  alpha: number;
  /** Added to the denominator. */
  eps: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
  /** How much of the last update is kept. */
  momentum: number;
  /** Divides by the standard deviation of the gradient instead of its root mean square. */
  centered: boolean;
  /** Climbs instead of descending. */
  maximize: boolean;
}

/** RMSprop's state tensors, by PyTorch's names. */
type RMSpropState = "square_avg" | "momentum_buffer" | "grad_avg";

/** The numbers of one RMSprop step. */
type RMSpropNumber = "lr" | "alpha" | "rest" | "eps" | "decay" | "momentum";

const RULE = makeRule<RMSpropOptions, RMSpropState, RMSpropNumber>({
  name: "RMSprop",
  defaults: {
    lr: 1e-2,
    alpha: 0.99,
    eps: 1e-8,
    weightDecay: 0,
    momentum: 0,
    centered: false,
    maximize: false,
  },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    checkRange(fail, "alpha", o.alpha, 0);
    checkRange(fail, "eps", o.eps, 0);
    checkRange(fail, "weightDecay", o.weightDecay, 0);
    checkRange(fail, "momentum", o.momentum, 0);
  },
  states: (o) => ({
    square_avg: 0,
    ...(o.momentum > 0 ? { momentum_buffer: 0 } : {}),
    ...(o.centered ? { grad_avg: 0 } : {}),
  }),
  flags: (o) => ({
    decays: o.weightDecay !== 0,
    momentum: o.momentum > 0,
    centered: o.centered,
    maximize: o.maximize,
  }),
  numbers: {
    lr: (o) => o.lr,
    alpha: (o) => o.alpha,
    rest: (o) => 1 - o.alpha,
    eps: (o) => o.eps,
    decay: (o) => o.weightDecay,
    momentum: (o) => o.momentum,
  },
  update: (w, { param, grad, state, n }, flags) => {
    let g = flags.maximize ? w.neg(grad) : grad;
    if (flags.decays) g = w.add(g, w.mul(n.decay, param));
    const square = w.add(w.mul(state.square_avg, n.alpha), w.mul(w.mul(g, g), n.rest));
    const mean = flags.centered
      ? { grad_avg: w.add(w.mul(state.grad_avg, n.alpha), w.mul(g, n.rest)) }
      : {};
    const spread =
      mean.grad_avg === undefined ? square : w.sub(square, w.mul(mean.grad_avg, mean.grad_avg));
    const scaled = w.div(g, w.add(w.sqrt(spread), n.eps));
    if (!flags.momentum) {
      return { param: w.sub(param, w.mul(n.lr, scaled)), state: { square_avg: square, ...mean } };
    }
    const buffer = w.add(w.mul(n.momentum, state.momentum_buffer), scaled);
    return {
      param: w.sub(param, w.mul(n.lr, buffer)),
      state: { square_avg: square, momentum_buffer: buffer, ...mean },
    };
  },
});

/**
 * Divides the gradient by the root of the running mean of its square (Hinton's lecture 6e, 2012;
 * centered: Graves 2013). Options: `lr` (1e-2), `alpha` (0.99), `eps` (1e-8), `weightDecay` (0),
 * `momentum` (0), `centered` (false), `maximize` (false). Throws on an option out of its range.
 * PyTorch: `torch.optim.RMSprop`.
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(params: Params<RMSpropOptions>, ...settings: Settings<RMSpropOptions>) {
    super(RULE, params, settings);
  }
}
