/** Adamax, as `torch.optim.Adamax`. */
import { wholePower } from "../core/math.ts";
import { optimizerOf } from "./optimizer.ts";
import type { MomentOptions } from "./rule.ts";
import { makeRule, MOMENTS } from "./rule.ts";

/** The options of {@link Adamax}; `betas` are for the mean of the gradient and its largest size. */
export interface AdamaxOptions extends MomentOptions {
  /** Climbs instead of descending. */
  maximize: boolean;
}

const DEFAULTS: AdamaxOptions = {
  lr: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  maximize: false,
};

const RULE = /* @__PURE__ */ makeRule({
  name: "Adamax",
  defaults: DEFAULTS,
  atLeast0: ["lr", "eps", "weightDecay"],
  states: () => ({ exp_avg: 0, exp_inf: 0 }),
  numbers: { ...MOMENTS, rate: (o, step) => o.lr / (1 - wholePower(o.betas[0], step)) },
  update: (w, { param, grad, state, n }) => {
    const mean = w.average(state.exp_avg, n.beta1, grad, n.rest1);
    const largest = w.maximum(w.mul(state.exp_inf, n.beta2), w.add(w.abs(grad), n.eps));
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
export class Adamax extends /* @__PURE__ */ optimizerOf(RULE) {}
