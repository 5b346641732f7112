/** Averaged stochastic gradient descent, as `torch.optim.ASGD`. */
import { pow } from "../core/math.ts";
import { optimizerOf } from "./optimizer.ts";
import type { PenaltyOptions } from "./rule.ts";
import { makeRule } from "./rule.ts";

/** The options of {@link ASGD}. */
export interface ASGDOptions extends PenaltyOptions {
  /** Shrinks the parameter by the factor `1 − lambd · rate` at each step. */
  lambd: number;
  /** The power by which the rate falls. */
  alpha: number;
  /** The step after which averaging starts. */
  t0: number;
  /** Climbs instead of descending. */
  maximize: boolean;
}

const DEFAULTS: ASGDOptions = {
  lr: 1e-2,
  lambd: 1e-4,
  alpha: 0.75,
  t0: 1e6,
  weightDecay: 0,
  maximize: false,
};

const RULE = /* @__PURE__ */ makeRule({
  name: "ASGD",
  defaults: DEFAULTS,
  atLeast0: ["lr", "weightDecay"],
  states: () => ({ eta: 0, mu: 0, ax: 0 }), // the rate, the weight of the average, the average
  scalars: ["eta", "mu"],
  numbers: {
    // the first step reads `lr` and 1, later ones what was left
    kept: (_, step) => (step === 1 ? 0 : 1),
    firstEta: (o, step) => (step === 1 ? o.lr : 0),
    firstMu: (_, step) => (step === 1 ? 1 : 0),
    lambd: (o) => o.lambd,
    nextEta: (o, step) => o.lr / pow(1 + o.lambd * o.lr * step, o.alpha),
    nextMu: (o, step) => 1 / Math.max(1, step - o.t0),
  },
  update: (w, { param, grad, state, scalar }) => {
    const eta = w.add(w.mul(scalar.eta, scalar.kept), scalar.firstEta);
    const mu = w.stretch(w.add(w.mul(scalar.mu, scalar.kept), scalar.firstMu), param);
    const shrink = w.sub(w.fill(1, eta), w.mul(scalar.lambd, eta));
    const shrunk = w.mul(param, w.stretch(shrink, param));
    const next = w.sub(shrunk, w.mul(w.stretch(eta, param), grad));
    const averaged = w.add(state.ax, w.mul(w.sub(next, state.ax), mu));
    const ax = w.where(w.lt(mu, w.fill(1, mu)), averaged, next);
    return { param: next, state: { eta: scalar.nextEta, mu: scalar.nextMu, ax } };
  },
});

/**
 * Descent with a falling rate; the state `ax` is the average of the parameter since step `t0`
 * (Polyak & Juditsky 1992). Options: `lr` (1e-2), `lambd` (1e-4), `alpha` (0.75), `t0` (1e6),
 * `weightDecay` (0), `maximize` (false). Throws on an option out of its range. PyTorch:
 * `torch.optim.ASGD`.
 */
export class ASGD extends /* @__PURE__ */ optimizerOf(RULE) {}
