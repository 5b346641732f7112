/** Resilient backpropagation, as `torch.optim.Rprop`. */
import type { Params, Settings } from "./groups.ts";
import { Optimizer } from "./optimizer.ts";
import type { BaseOptions } from "./rule.ts";
import { checkRange, makeRule } from "./rule.ts";

/** The options of {@link Rprop}. */
export interface RpropOptions extends BaseOptions {
  /** The factors of the step where the gradient changes its sign, and where it does not. */
  etas: readonly [number, number];
  /** The smallest and the largest step. */
  stepSizes: readonly [number, number];
  /** Climbs instead of descending. */
  maximize: boolean;
}

/** Rprop's state tensors, by PyTorch's names. */
type RpropState = "prev" | "step_size";

/** The numbers of one Rprop step: the first starts from `lr`, later ones from what was left. */
type RpropNumber = "kept" | "first" | "minus" | "plus" | "least" | "most";

const RULE = makeRule<RpropOptions, RpropState, RpropNumber>({
  name: "Rprop",
  defaults: { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false },
  check: (o, fail) => {
    checkRange(fail, "lr", o.lr, 0);
    const [minus, plus] = o.etas;
    if (!(0 < minus && minus < 1 && 1 < plus)) {
      throw fail(`etas are [${minus}, ${plus}]; need 0 < etas[0] < 1 < etas[1]`);
    }
  },
  states: () => ({ prev: 0, step_size: 0 }),
  flags: (o) => ({ maximize: o.maximize }),
  numbers: {
    kept: (_, step) => (step === 1 ? 0 : 1),
    first: (o, step) => (step === 1 ? o.lr : 0),
    minus: (o) => o.etas[0],
    plus: (o) => o.etas[1],
    least: (o) => o.stepSizes[0],
    most: (o) => o.stepSizes[1],
  },
  update: (w, { param, grad, state, n }, flags) => {
    const g = flags.maximize ? w.neg(grad) : grad;
    const [zero, one] = [w.fill(0, g), w.fill(1, g)];
    const product = w.mul(g, state.prev);
    const turned = w.lt(product, zero);
    const factor = w.where(w.lt(zero, product), n.plus, w.where(turned, n.minus, one));
    const before = w.add(w.mul(state.step_size, n.kept), n.first);
    const size = w.minimum(w.maximum(w.mul(before, factor), n.least), n.most);
    const used = w.where(turned, zero, g); // where the sign turned, this step waits
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
export class Rprop extends Optimizer<RpropOptions> {
  constructor(params: Params<RpropOptions>, ...settings: Settings<RpropOptions>) {
    super(RULE, params, settings);
  }
}
