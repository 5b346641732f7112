/** Adam with decoupled weight decay, as `torch.optim.AdamW`. */
import { wholePower } from "../core/math.ts";
import type { AdamOptions } from "./adam.ts";
import { optimizerOf } from "./optimizer.ts";
import { makeRule, MOMENTS } from "./rule.ts";

/** The options of {@link AdamW}. */
export interface AdamWOptions extends AdamOptions {
  /** Shrinks the parameter itself by the factor `1 − lr · weightDecay`, beside the gradient. */
  weightDecay: number;
}

const DEFAULTS: AdamWOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 1e-2,
  amsgrad: false,
  maximize: false,
};

const RULE = /* @__PURE__ */ makeRule({
  name: "AdamW",
  defaults: DEFAULTS,
  atLeast0: ["lr", "eps", "weightDecay"],
  decoupled: true,
  states: (o) => ({ exp_avg: 0, exp_avg_sq: 0, ...(o.amsgrad ? { max_exp_avg_sq: 0 } : {}) }),
  flags: (o) => ({ amsgrad: o.amsgrad }),
  numbers: {
    ...MOMENTS,
    shrink: (o) => 1 - o.lr * o.weightDecay,
    stepSize: (o, step) => o.lr / (1 - wholePower(o.betas[0], step)),
    root2: (o, step) => Math.sqrt(1 - wholePower(o.betas[1], step)),
  },
  update: (w, { param, grad, state, n }, { amsgrad }) => {
    const mean = w.average(state.exp_avg, n.beta1, grad, n.rest1);
    const square = w.average(state.exp_avg_sq, n.beta2, w.mul(grad, grad), n.rest2);
    const largest = amsgrad ? w.maximum(state.max_exp_avg_sq, square) : square;
    const denominator = w.add(w.div(w.sqrt(largest), n.root2), n.eps);
    return {
      param: w.sub(w.mul(param, n.shrink), w.mul(n.stepSize, w.div(mean, denominator))),
      state: { exp_avg: mean, exp_avg_sq: square, max_exp_avg_sq: largest },
    };
  },
});

/**
 * Adam whose weight decay acts on the parameter and not through the gradient. Options: `lr` (1e-3),
 * `betas` ([0.9, 0.999]), `eps` (1e-8), `weightDecay` (1e-2), `amsgrad` (false), `maximize`
 * (false). Throws on an option out of its range. PyTorch: `torch.optim.AdamW`.
 */
export class AdamW extends /* @__PURE__ */ optimizerOf(RULE) {}
