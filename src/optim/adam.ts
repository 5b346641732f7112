/** Adam, as `torch.optim.Adam`. */
import { wholePower } from "../core/math.ts";
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkBetas, checkRange, makeRule } from "./rule.ts";

/** The options of {@link Adam}. */
export interface AdamOptions extends BaseOptions {
  /** Decay rates of the running means of the gradient and of its square. */
  betas: readonly [number, number];
  /** Added to the denominator. */
  eps: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
  /** Divides by the largest mean square so far instead of the present one. */
  amsgrad: boolean;
  /** Climbs instead of descending. */
  maximize: boolean;
}

/** Adam's state tensors, by PyTorch's names. */
type AdamState = "exp_avg" | "exp_avg_sq" | "max_exp_avg_sq";

/** The numbers of one Adam step: the rates, their complements, and the bias corrections. */
type AdamNumber = "beta1" | "rest1" | "beta2" | "rest2" | "eps" | "decay" | "stepSize" | "root2";

const RULE = makeRule<AdamOptions, AdamState, AdamNumber>({
  name: "Adam",
  defaults: {
    lr: 1e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    amsgrad: false,
    maximize: false,
  },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    checkRange(fail, "eps", o.eps, 0);
    checkRange(fail, "weightDecay", o.weightDecay, 0);
    checkBetas(fail, o.betas);
  },
  states: (o) => ({ exp_avg: 0, exp_avg_sq: 0, ...(o.amsgrad ? { max_exp_avg_sq: 0 } : {}) }),
  flags: (o) => ({ decays: o.weightDecay !== 0, amsgrad: o.amsgrad, maximize: o.maximize }),
  numbers: {
    beta1: (o) => o.betas[0],
    rest1: (o) => 1 - o.betas[0],
    beta2: (o) => o.betas[1],
    rest2: (o) => 1 - o.betas[1],
    eps: (o) => o.eps,
    decay: (o) => o.weightDecay,
    stepSize: (o, step) => o.lr / (1 - wholePower(o.betas[0], step)),
    root2: (o, step) => Math.sqrt(1 - wholePower(o.betas[1], step)),
  },
  update: (w, { param, grad, state, n }, flags) => {
    let g = flags.maximize ? w.neg(grad) : grad;
    if (flags.decays) g = w.add(g, w.mul(n.decay, param));
    const mean = w.add(w.mul(state.exp_avg, n.beta1), w.mul(g, n.rest1));
    const square = w.add(w.mul(state.exp_avg_sq, n.beta2), w.mul(w.mul(g, g), n.rest2));
    const largest = flags.amsgrad ? w.maximum(state.max_exp_avg_sq, square) : square;
    const denominator = w.add(w.div(w.sqrt(largest), n.root2), n.eps);
    return {
      param: w.sub(param, w.mul(n.stepSize, w.div(mean, denominator))),
      state: {
        exp_avg: mean,
        exp_avg_sq: square,
        ...(flags.amsgrad ? { max_exp_avg_sq: largest } : {}),
      },
    };
  },
});

/**
 * Adam: steps along the running mean of the gradient, divided by the root of the running mean of
 * its square, both corrected for their start at 0. Options: `lr` (1e-3), `betas` ([0.9, 0.999]),
 * `eps` (1e-8), `weightDecay` (0), `amsgrad` (false), `maximize` (false). Throws on an option out
 * of its range. PyTorch: `torch.optim.Adam`.
 */
export class Adam extends Optimizer<AdamOptions> {
  constructor(params: Params<AdamOptions>, ...settings: Settings<AdamOptions>) {
    super(RULE, params, settings);
  }
}
