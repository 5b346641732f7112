/** Adamax, as `torch.optim.Adamax`. */
import { wholePower } from "../core/math.ts";
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkBetas, checkRange, makeRule } from "./rule.ts";

/** The options of {@link Adamax}. */
export interface AdamaxOptions extends BaseOptions {
  /** Decay rates of the running mean of the gradient and of its largest size. */
  betas: readonly [number, number];
  /** Added to the size of the gradient. */
  eps: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
  /** Climbs instead of descending. */
  maximize: boolean;
}

/** Adamax's state tensors, by PyTorch's names. */
type AdamaxState = "exp_avg" | "exp_inf";

/** The numbers of one Adamax step. */
type AdamaxNumber = "beta1" | "rest1" | "beta2" | "eps" | "decay" | "rate";

const RULE = makeRule<AdamaxOptions, AdamaxState, AdamaxNumber>({
  name: "Adamax",
  defaults: { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    checkRange(fail, "eps", o.eps, 0);
    checkRange(fail, "weightDecay", o.weightDecay, 0);
    checkBetas(fail, o.betas);
  },
  states: () => ({ exp_avg: 0, exp_inf: 0 }),
  flags: (o) => ({ decays: o.weightDecay !== 0, maximize: o.maximize }),
  numbers: {
    beta1: (o) => o.betas[0],
    rest1: (o) => 1 - o.betas[0],
    beta2: (o) => o.betas[1],
    eps: (o) => o.eps,
    decay: (o) => o.weightDecay,
    rate: (o, step) => o.lr / (1 - wholePower(o.betas[0], step)),
  },
  update: (w, { param, grad, state, n }, flags) => {
    let g = flags.maximize ? w.neg(grad) : grad;
    if (flags.decays) g = w.add(g, w.mul(n.decay, param));
    const mean = w.add(w.mul(state.exp_avg, n.beta1), w.mul(g, n.rest1));
    const largest = w.maximum(w.mul(state.exp_inf, n.beta2), w.add(w.abs(g), n.eps));
    return {
      param: w.sub(param, w.mul(n.rate, w.div(mean, largest))),
      state: { exp_avg: mean, exp_inf: largest },
    };
  },
});

/**
 * Adam with the largest recent gradient in the place of the root mean square (Kingma & Ba 2014,
 * section 7.1). Options: `lr` (2e-3), `betas` ([0.9, 0.999]), `eps` (1e-8), `weightDecay` (0),
 * `maximize` (false). Throws on an option out of its range. PyTorch: `torch.optim.Adamax`.
 */
export class Adamax extends Optimizer<AdamaxOptions> {
  constructor(params: Params<AdamaxOptions>, ...settings: Settings<AdamaxOptions>) {
    super(RULE, params, settings);
  }
}
