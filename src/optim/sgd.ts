/** Stochastic gradient descent with momentum, as `torch.optim.SGD`. */
import { optimizerOf } from "./optimizer.ts";
import type { PenaltyOptions } from "./rule.ts";
import { makeRule } from "./rule.ts";

/** The options of {@link SGD}. */
export interface SGDOptions extends PenaltyOptions {
  /** How much of the last update is kept; 0 is plain descent. */
  momentum: number;
  /** How much of the gradient the momentum leaves out. */
  dampening: number;
  /** Nesterov's momentum: looks one update ahead. Needs momentum and no dampening. */
  nesterov: boolean;
  /** Climbs instead of descending. */
  maximize: boolean;
}

const DEFAULTS: SGDOptions = {
  lr: 1e-3,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
};

const RULE = /* @__PURE__ */ makeRule({
  name: "SGD",
  defaults: DEFAULTS,
  atLeast0: ["lr", "momentum", "weightDecay"],
  check: (o, fail) => {
    if (o.nesterov && (o.momentum <= 0 || o.dampening !== 0)) {
      throw fail("nesterov needs momentum above 0 and dampening 0");
    }
  },
  states: (o) => (o.momentum === 0 ? {} : { momentum_buffer: 0 }),
  flags: (o) => ({ momentum: o.momentum !== 0, nesterov: o.nesterov }),
  numbers: {
    lr: (o) => o.lr,
    momentum: (o) => o.momentum,
    // the first buffer is the gradient itself
    fresh: (o, step) => (step === 1 ? 1 : 1 - o.dampening),
  },
  update: (w, { param, grad, state, n }, { momentum, nesterov }) => {
    if (!momentum) return { param: w.sub(param, w.mul(n.lr, grad)), state: {} };
    const buffer = w.average(state.momentum_buffer, n.momentum, grad, n.fresh);
    const direction = nesterov ? w.add(grad, w.mul(n.momentum, buffer)) : buffer;
    return { param: w.sub(param, w.mul(n.lr, direction)), state: { momentum_buffer: buffer } };
  },
});

/**
 * Stochastic gradient descent: `p ← p − lr · g`, with momentum `v ← momentum · v + (1 − dampening)
 * · g` and then `p ← p − lr · v`. Options: `lr` (1e-3), `momentum` (0), `dampening` (0),
 * `weightDecay` (0), `nesterov` (false), `maximize` (false). Throws on an option out of its range.
 * PyTorch: `torch.optim.SGD`.
 */
export class SGD extends /* @__PURE__ */ optimizerOf(RULE) {}
