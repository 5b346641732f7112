/** RMSprop, as `torch.optim.RMSprop`. */
import type { Node } from "../ir/node.ts";
import { optimizerOf } from "./optimizer.ts";
import type { PenaltyOptions } from "./rule.ts";
import { makeRule } from "./rule.ts";

/** The options of {@link RMSprop}. */
export interface RMSpropOptions extends PenaltyOptions {
  /** Decay rate of the running mean of the squared gradient. */
  alpha: number;
  /** Added to the denominator. */
  eps: number;
  /** How much of the last update is kept. */
  momentum: number;
  /** Divides by the standard deviation of the gradient instead of its root mean square. */
  centered: boolean;
  /** Climbs instead of descending. */
  maximize: boolean;
}

const DEFAULTS: RMSpropOptions = {
  lr: 1e-2,
  alpha: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  momentum: 0,
  centered: false,
  maximize: false,
};

const RULE = /* @__PURE__ */ makeRule({
  name: "RMSprop",
  defaults: DEFAULTS,
  atLeast0: ["lr", "alpha", "eps", "weightDecay", "momentum"],
  states: (o) => ({
    square_avg: 0,
    ...(o.momentum > 0 ? { momentum_buffer: 0 } : {}),
    ...(o.centered ? { grad_avg: 0 } : {}),
  }),
  flags: (o) => ({ momentum: o.momentum > 0, centered: o.centered }),
  numbers: {
    lr: (o) => o.lr,
    alpha: (o) => o.alpha,
    rest: (o) => 1 - o.alpha,
    eps: (o) => o.eps,
    momentum: (o) => o.momentum,
  },
  update: (w, { param, grad, state, n }, { momentum, centered }) => {
    const square = w.average(state.square_avg, n.alpha, w.mul(grad, grad), n.rest);
    const kept: { square_avg: Node; grad_avg?: Node } = { square_avg: square };
    let spread = square;
    if (centered) {
      const mean = w.average(state.grad_avg, n.alpha, grad, n.rest);
      spread = w.sub(square, w.mul(mean, mean));
      kept.grad_avg = mean;
    }
    const scaled = w.div(grad, w.add(w.sqrt(spread), n.eps));
    if (!momentum) return { param: w.sub(param, w.mul(n.lr, scaled)), state: kept };
    const buffer = w.add(w.mul(n.momentum, state.momentum_buffer), scaled);
    const next = w.sub(param, w.mul(n.lr, buffer));
    return { param: next, state: { ...kept, momentum_buffer: buffer } };
  },
});

/**
 * Divides the gradient by the root of the running mean of its square (Hinton's lecture 6e, 2012;
 * centered: Graves 2013). Options: `lr` (1e-2), `alpha` (0.99), `eps` (1e-8), `weightDecay` (0),
 * `momentum` (0), `centered` (false), `maximize` (false). Throws on an option out of its range.
 * PyTorch: `torch.optim.RMSprop`.
 */
export class RMSprop extends /* @__PURE__ */ optimizerOf(RULE) {}
