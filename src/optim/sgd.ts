/** Stochastic gradient descent with momentum, as `torch.optim.SGD`. */
import type { BaseOptions } from "./rule.ts";
import { checkRange, makeRule } from "./rule.ts";
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";

/** The options of {@link SGD}. */
export interface SGDOptions extends BaseOptions {
  /** How much of the last update is kept; 0 is plain descent. */
  momentum: number;
  /** How much of the gradient the momentum leaves out. */
  dampening: number;
  /** L2 penalty: `weightDecay · p` is added to the gradient. */
  weightDecay: number;
  /** Nesterov's momentum: looks one update ahead. Needs momentum and no dampening. */
  nesterov: boolean;
  /** Climbs instead of descending. */
  maximize: boolean;
}

const RULE = makeRule<SGDOptions, "momentum_buffer", "lr" | "decay" | "momentum" | "fresh">({
  name: "SGD",
  defaults: {
    lr: 1e-3,
    momentum: 0,
    dampening: 0,
    weightDecay: 0,
    nesterov: false,
    maximize: false,
  },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    checkRange(fail, "momentum", o.momentum, 0);
    checkRange(fail, "weightDecay", o.weightDecay, 0);
    if (o.nesterov && (o.momentum <= 0 || o.dampening !== 0)) {
      throw fail("nesterov needs momentum above 0 and dampening 0");
    }
  },
  states: (o) => (o.momentum === 0 ? {} : { momentum_buffer: 0 }),
  flags: (o) => ({
    decays: o.weightDecay !== 0,
    momentum: o.momentum !== 0,
    nesterov: o.nesterov,
    maximize: o.maximize,
  }),
  numbers: {
    lr: (o) => o.lr,
    decay: (o) => o.weightDecay,
    momentum: (o) => o.momentum,
    // the first buffer is the gradient itself
    fresh: (o, step) => (step === 1 ? 1 : 1 - o.dampening),
  },
  update: (w, { param, grad, state, n }, flags) => {
    let g = flags.maximize ? w.neg(grad) : grad;
    if (flags.decays) g = w.add(g, w.mul(n.decay, param));
    if (!flags.momentum) return { param: w.sub(param, w.mul(n.lr, g)), state: {} };
    const buffer = w.add(w.mul(n.momentum, state.momentum_buffer), w.mul(n.fresh, g));
    const direction = flags.nesterov ? w.add(g, w.mul(n.momentum, buffer)) : buffer;
    return { param: w.sub(param, w.mul(n.lr, direction)), state: { momentum_buffer: buffer } };
  },
});

/**
 * Stochastic gradient descent: `p ← p − lr · g`, with momentum `v ← momentum · v + (1 − dampening)
 * · g` and then `p ← p − lr · v`. Options: `lr` (1e-3), `momentum` (0), `dampening` (0),
 * `weightDecay` (0), `nesterov` (false), `maximize` (false). Throws on an option out of its range.
 * PyTorch: `torch.optim.SGD`.
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(params: Params<SGDOptions>, ...settings: Settings<SGDOptions>) {
    super(RULE, params, settings);
  }
}
