/** Adam with decoupled weight decay, as `torch.optim.AdamW`. */
import { wholePower } from "../core/math.ts";
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkBetas, checkRange, makeRule } from "./rule.ts";

/** The options of {@link AdamW}. */
export interface AdamWOptions extends BaseOptions {
  /** Decay rates of the running means of the gradient and of its square. */
  betas: readonly [number, number];
  /** Added to the denominator. */
  eps: number;
  /** Shrinks the parameter itself by the factor `1 − lr · weightDecay`, beside the gradient. */
  weightDecay: number;
  /** Divides by the largest mean square so far instead of the present one. */
  amsgrad: boolean;
  /** Climbs instead of descending. */
  maximize: boolean;
}

/** AdamW's state tensors, by PyTorch's names. */
type AdamWState = "exp_avg" | "exp_avg_sq" | "max_exp_avg_sq";

/**
 * The numbers of one AdamW step: the rates, their complements, the shrinking, the bias corrections.
 */
type AdamWNumber = "beta1" | "rest1" | "beta2" | "rest2" | "eps" | "shrink" | "stepSize" | "root2";

const RULE = makeRule<AdamWOptions, AdamWState, AdamWNumber>({
  name: "AdamW",
  defaults: {
    lr: 1e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 1e-2,
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
  flags: (o) => ({ amsgrad: o.amsgrad, maximize: o.maximize }),
  numbers: {
    beta1: (o) => o.betas[0],
    rest1: (o) => 1 - o.betas[0],
    beta2: (o) => o.betas[1],
    rest2: (o) => 1 - o.betas[1],
    eps: (o) => o.eps,
    shrink: (o) => 1 - o.lr * o.weightDecay,
    stepSize: (o, step) => o.lr / (1 - wholePower(o.betas[0], step)),
    root2: (o, step) => Math.sqrt(1 - wholePower(o.betas[1], step)),
  },
  update: (w, { param, grad, state, n }, flags) => {
    const g = flags.maximize ? w.neg(grad) : grad;
    const mean = w.add(w.mul(state.exp_avg, n.beta1), w.mul(g, n.rest1));
    const square = w.add(w.mul(state.exp_avg_sq, n.beta2), w.mul(w.mul(g, g), n.rest2));
    const largest = flags.amsgrad ? w.maximum(state.max_exp_avg_sq, square) : square;
    const denominator = w.add(w.div(w.sqrt(largest), n.root2), n.eps);
    return {
      param: w.sub(w.mul(param, n.shrink), w.mul(n.stepSize, w.div(mean, denominator))),
      state: {
        exp_avg: mean,
        exp_avg_sq: square,
        ...(flags.amsgrad ? { max_exp_avg_sq: largest } : {}),
      },
    };
  },
});

/**
 * Adam whose weight decay acts on the parameter and not through the gradient. Options: `lr` (1e-3),
 * `betas` ([0.9, 0.999]), `eps` (1e-8), `weightDecay` (1e-2), `amsgrad` (false), `maximize`
 * (false). Throws on an option out of its range. PyTorch: `torch.optim.AdamW`.
 */
export class AdamW extends Optimizer<AdamWOptions> {
  constructor(params: Params<AdamWOptions>, ...settings: Settings<AdamWOptions>) {
    super(RULE, params, settings);
  }
}
