/** Averaged stochastic gradient descent, as `torch.optim.ASGD`. */
import { pow } from "../core/math.ts";
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkRange, makeRule } from "./rule.ts";

/** The options of {@link ASGD}. */
export interface ASGDOptions extends BaseOptions {
  /** Shrinks the parameter by the factor `1 − lambd · rate` at each step. */
  lambd: number;
  /** The power by which the rate falls. */
  alpha: number;
  /** The step after which averaging starts. */
  t0: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
  /** Climbs instead of descending. */
  maximize: boolean;
}

/** ASGD's state, by PyTorch's names: the rate, the weight of the average, and the average. */
type ASGDState = "eta" | "mu" | "ax";

/** The numbers of one ASGD step: the first step reads `lr` and 1, later ones what was left. */
type ASGDNumber = "kept" | "firstEta" | "firstMu" | "lambd" | "decay" | "nextEta" | "nextMu";

const RULE = makeRule<ASGDOptions, ASGDState, ASGDNumber>({
  name: "ASGD",
  defaults: { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    checkRange(fail, "weightDecay", o.weightDecay, 0);
  },
  states: () => ({ eta: 0, mu: 0, ax: 0 }),
  scalars: ["eta", "mu"],
  flags: (o) => ({ decays: o.weightDecay !== 0, maximize: o.maximize }),
  numbers: {
    kept: (_, step) => (step === 1 ? 0 : 1),
    firstEta: (o, step) => (step === 1 ? o.lr : 0),
    firstMu: (_, step) => (step === 1 ? 1 : 0),
    lambd: (o) => o.lambd,
    decay: (o) => o.weightDecay,
    nextEta: (o, step) => o.lr / pow(1 + o.lambd * o.lr * step, o.alpha),
    nextMu: (o, step) => 1 / Math.max(1, step - o.t0),
  },
  update: (w, { param, grad, state, n, scalar }, flags) => {
    let g = flags.maximize ? w.neg(grad) : grad;
    if (flags.decays) g = w.add(g, w.mul(n.decay, param));
    const eta = w.add(w.mul(scalar.eta, scalar.kept), scalar.firstEta);
    const mu = w.stretch(w.add(w.mul(scalar.mu, scalar.kept), scalar.firstMu), param);
    const shrink = w.sub(w.fill(1, eta), w.mul(scalar.lambd, eta));
    const shrunk = w.mul(param, w.stretch(shrink, param));
    const next = w.sub(shrunk, w.mul(w.stretch(eta, param), g));
    const averaged = w.add(state.ax, w.mul(w.sub(next, state.ax), mu));
    return {
      param: next,
      state: {
        eta: scalar.nextEta,
        mu: scalar.nextMu,
        ax: w.where(w.lt(mu, w.fill(1, mu)), averaged, next),
      },
    };
  },
});

/**
 * Descent with a falling rate; the state `ax` is the average of the parameter since step `t0`
 * (Polyak & Juditsky 1992). Options: `lr` (1e-2), `lambd` (1e-4), `alpha` (0.75), `t0` (1e6),
 * `weightDecay` (0), `maximize` (false). Throws on an option out of its range. PyTorch:
 * `torch.optim.ASGD`.
 */
export class ASGD extends Optimizer<ASGDOptions> {
  constructor(params: Params<ASGDOptions>, ...settings: Settings<ASGDOptions>) {
    super(RULE, params, settings);
  }
}
