/** Adam with a rectified rate, as `torch.optim.RAdam`. */
import { wholePower } from "../core/math.ts";
import { optimizerOf } from "./optimizer.ts";
import type { MomentOptions } from "./rule.ts";
import { makeRule, MOMENTS } from "./rule.ts";

/** The options of {@link RAdam}. */
export type RAdamOptions = MomentOptions;

const DEFAULTS: RAdamOptions = { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 };

const RULE = /* @__PURE__ */ makeRule({
  name: "RAdam",
  defaults: DEFAULTS,
  atLeast0: ["lr", "eps", "weightDecay"],
  states: () => ({ exp_avg: 0, exp_avg_sq: 0 }),
  numbers: {
    ...MOMENTS,
    rate: (o, step) => o.lr / (1 - wholePower(o.betas[0], step)),
    // it divides by adaptive · (root + eps) + plain: first 0 and 1, later plain is 0
    adaptive: (o, step) => {
      const factor = rectification(o.betas[1], step);
      return factor === 0 ? 0 : 1 / (factor * Math.sqrt(1 - wholePower(o.betas[1], step)));
    },
    plain: (o, step) => (rectification(o.betas[1], step) === 0 ? 1 : 0),
  },
  update: (w, { param, grad, state, n }) => {
    const mean = w.average(state.exp_avg, n.beta1, grad, n.rest1);
    const square = w.average(state.exp_avg_sq, n.beta2, w.mul(grad, grad), n.rest2);
    const root = w.add(w.sqrt(square), n.eps);
    const denominator = w.add(w.mul(root, n.adaptive), n.plain);
    return {
      param: w.sub(param, w.mul(n.rate, w.div(mean, denominator))),
      state: { exp_avg: mean, exp_avg_sq: square },
    };
  },
});

/**
 * How far the mean square may be trusted after so many steps; 0 while its variance is unbounded.
 */
function rectification(beta2: number, step: number): number {
  const most = 2 / (1 - beta2) - 1;
  const power = wholePower(beta2, step);
  const length = most - (2 * step * power) / (1 - power);
  if (length <= 5) return 0;
  const top = (length - 4) * (length - 2) * most;
  return Math.sqrt(top / ((most - 4) * (most - 2) * length));
}

/**
 * Adam that is plain momentum until the mean square can be trusted, and then scales its step by
 * how far (Liu et al. 2019). Options: `lr` (1e-3), `betas` ([0.9, 0.999]), `eps` (1e-8),
 * `weightDecay` (0). Throws on an option out of its range. PyTorch: `torch.optim.RAdam`.
 */
export class RAdam extends /* @__PURE__ */ optimizerOf(RULE) {}
