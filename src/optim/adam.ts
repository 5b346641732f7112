/** Adam, as `torch.optim.Adam`. */
import { wholePower } from "../core/math.ts";
import { optimizerOf } from "./optimizer.ts";
import type { MomentOptions } from "./rule.ts";
import { makeRule, MOMENTS } from "./rule.ts";

/** The options of {@link Adam}. */
export interface AdamOptions extends MomentOptions {
  /** Divides by the largest mean square so far instead of the present one. */
  amsgrad: boolean;
  /** Climbs instead of descending. */
  maximize: boolean;
}

const DEFAULTS: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

const RULE = /* @__PURE__ */ makeRule({
  name: "Adam",
  defaults: DEFAULTS,
  atLeast0: ["lr", "eps", "weightDecay"],
  states: (o) => ({ exp_avg: 0, exp_avg_sq: 0, ...(o.amsgrad ? { max_exp_avg_sq: 0 } : {}) }),
  flags: (o) => ({ amsgrad: o.amsgrad }),
  numbers: {
    ...MOMENTS,
    stepSize: (o, step) => o.lr / (1 - wholePower(o.betas[0], step)),
    root2: (o, step) => Math.sqrt(1 - wholePower(o.betas[1], step)),
  },
  // weightDecay and maximize are in grad already; w computes, n are this step's numbers
  update: (w, { param, grad, state, n }, { amsgrad }) => {
    const mean = w.average(state.exp_avg, n.beta1, grad, n.rest1);
    const square = w.average(state.exp_avg_sq, n.beta2, w.mul(grad, grad), n.rest2);
    const largest = amsgrad ? w.maximum(state.max_exp_avg_sq, square) : square;
    const denominator = w.add(w.div(w.sqrt(largest), n.root2), n.eps);
    return {
      param: w.sub(param, w.mul(n.stepSize, w.div(mean, denominator))),
      state: { exp_avg: mean, exp_avg_sq: square, max_exp_avg_sq: largest },
    };
  },
});

/**
 * Adam: steps along the running mean of the gradient, divided by the root of the running mean of
 * its square, both corrected for their start at 0. Options: `lr` (1e-3), `betas` ([0.9, 0.999]),
 * `eps` (1e-8), `weightDecay` (0), `amsgrad` (false), `maximize` (false). Throws on an option out
 * of its range. PyTorch: `torch.optim.Adam`.
 */
export class Adam extends /* @__PURE__ */ optimizerOf(RULE) {}
