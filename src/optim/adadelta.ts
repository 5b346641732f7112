/** Adadelta, as `torch.optim.Adadelta`. */
import { optimizerOf } from "./optimizer.ts";
import type { PenaltyOptions } from "./rule.ts";
import { makeRule } from "./rule.ts";

/** The options of {@link Adadelta}. */
export interface AdadeltaOptions extends PenaltyOptions {
  /** Decay rate of the running means of the squared gradients and updates. */
  rho: number;
  /** Added to the mean squares. */
  eps: number;
  /** Climbs instead of descending. */
  maximize: boolean;
}

const DEFAULTS: AdadeltaOptions = { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false };

const RULE = /* @__PURE__ */ makeRule({
  name: "Adadelta",
  defaults: DEFAULTS,
  atLeast0: ["lr", "eps", "weightDecay"],
  check: ({ rho }, fail) => {
    if (!(rho >= 0 && rho <= 1)) throw fail(`rho is ${rho}; need a number from 0 to 1`);
  },
  states: () => ({ square_avg: 0, acc_delta: 0 }),
  numbers: {
    lr: (o) => o.lr,
    rho: (o) => o.rho,
    rest: (o) => 1 - o.rho,
    eps: (o) => o.eps,
  },
  update: (w, { param, grad, state, n }) => {
    const square = w.average(state.square_avg, n.rho, w.mul(grad, grad), n.rest);
    const root = w.sqrt(w.add(square, n.eps));
    const delta = w.mul(w.div(w.sqrt(w.add(state.acc_delta, n.eps)), root), grad);
    const moved = w.average(state.acc_delta, n.rho, w.mul(delta, delta), n.rest);
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
export class Adadelta extends /* @__PURE__ */ optimizerOf(RULE) {}
