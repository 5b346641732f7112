/** Resilient backpropagation, as `torch.optim.Rprop`. */
import { optimizerOf } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { makeRule } from "./rule.ts";

/** The options of {@link Rprop}. */
export interface RpropOptions extends BaseOptions {
  /** The factors of the step where the gradient changes its sign, and where it does not. */
  etas: readonly [number, number];
  /** The smallest and the largest step. */
  stepSizes: readonly [number, number];
  /** Climbs instead of descending. */
  maximize: boolean;
}

const DEFAULTS: RpropOptions = {
  lr: 1e-2,
  etas: [0.5, 1.2],
  stepSizes: [1e-6, 50],
  maximize: false,
};

const RULE = /* @__PURE__ */ makeRule({
  name: "Rprop",
  defaults: DEFAULTS,
  atLeast0: ["lr"],
  check: ({ etas: [minus, plus] }, fail) => {
    if (0 < minus && minus < 1 && 1 < plus) return;
    throw fail(`etas are [${minus}, ${plus}]; need 0 < etas[0] < 1 < etas[1]`);
  },
  states: () => ({ prev: 0, step_size: 0 }),
  numbers: {
    // the first step starts from `lr`, later ones from what was left
    kept: (_, step) => (step === 1 ? 0 : 1),
    first: (o, step) => (step === 1 ? o.lr : 0),
    minus: (o) => o.etas[0],
    plus: (o) => o.etas[1],
    least: (o) => o.stepSizes[0],
    most: (o) => o.stepSizes[1],
  },
  update: (w, { param, grad, state, n }) => {
    const [zero, one] = [w.fill(0, grad), w.fill(1, grad)];
    const product = w.mul(grad, state.prev);
    const turned = w.lt(product, zero);
    const factor = w.where(w.lt(zero, product), n.plus, w.where(turned, n.minus, one));
    const before = w.add(w.mul(state.step_size, n.kept), n.first);
    const size = w.minimum(w.maximum(w.mul(before, factor), n.least), n.most);
    const used = w.where(turned, zero, grad); // where the sign turned, this step waits
    const falls = w.where(w.lt(used, zero), w.add(param, size), param);
    return {
      param: w.where(w.lt(zero, used), w.sub(param, size), falls),
      state: { prev: used, step_size: size },
    };
  },
});

/**
 * Steps by the sign of the gradient alone, each entry by a length of its own that grows while the
 * sign stays; for whole batches (Riedmiller & Braun 1993). Options: `lr` (1e-2; the first length),
 * `etas` ([0.5, 1.2]), `stepSizes` ([1e-6, 50]), `maximize` (false). Throws on an option out of
 * its range. PyTorch: `torch.optim.Rprop`.
 */
export class Rprop extends /* @__PURE__ */ optimizerOf(RULE) {}
