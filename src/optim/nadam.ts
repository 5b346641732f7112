/** Adam with Nesterov's momentum, as `torch.optim.NAdam`. */
import { pow, wholePower } from "../core/math.ts";
import type { Node } from "../ir/node.ts";
import { optimizerOf } from "./optimizer.ts";
import type { MomentOptions } from "./rule.ts";
import { makeRule, MOMENTS } from "./rule.ts";

/** The options of {@link NAdam}. */
export interface NAdamOptions extends MomentOptions {
  /** How fast the momentum rises to `betas[0]`. */
  momentumDecay: number;
}

const DEFAULTS: NAdamOptions = {
  lr: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  momentumDecay: 4e-3,
};

const RULE = /* @__PURE__ */ makeRule({
  name: "NAdam",
  defaults: DEFAULTS,
  atLeast0: ["lr", "eps", "weightDecay", "momentumDecay"],
  states: () => ({ mu_product: 1, exp_avg: 0, exp_avg_sq: 0 }), // the product of the momenta so far
  scalars: ["mu_product"],
  numbers: {
    ...MOMENTS,
    correction2: (o, step) => 1 - wholePower(o.betas[1], step),
    mu: momentum,
    next: (o, step) => momentum(o, step + 1),
    gradientRate: (o, step) => o.lr * (1 - momentum(o, step)),
    meanRate: (o, step) => o.lr * momentum(o, step + 1),
  },
  update: (w, { param, grad, state, n, scalar }) => {
    const product = w.mul(scalar.mu_product, scalar.mu);
    const mean = w.average(state.exp_avg, n.beta1, grad, n.rest1);
    const square = w.average(state.exp_avg_sq, n.beta2, w.mul(grad, grad), n.rest2);
    const denominator = w.add(w.sqrt(w.div(square, n.correction2)), n.eps);
    const rateOf = (rate: Node, part: Node): Node =>
      w.stretch(w.div(rate, w.sub(w.fill(1, part), part)), param);
    const ofGradient = rateOf(scalar.gradientRate, product);
    const ofMean = rateOf(scalar.meanRate, w.mul(product, scalar.next));
    const first = w.sub(param, w.mul(ofGradient, w.div(grad, denominator)));
    return {
      param: w.sub(first, w.mul(ofMean, w.div(mean, denominator))),
      state: { mu_product: product, exp_avg: mean, exp_avg_sq: square },
    };
  },
});

/** The momentum of a step: it rises from about half of `betas[0]` to the whole. */
function momentum(o: Readonly<NAdamOptions>, step: number): number {
  return o.betas[0] * (1 - 0.5 * pow(0.96, step * o.momentumDecay));
}

/**
 * Adam that looks one update of the mean ahead, with a momentum that rises (Dozat 2016). Options:
 * `lr` (2e-3), `betas` ([0.9, 0.999]), `eps` (1e-8), `weightDecay` (0), `momentumDecay` (4e-3).
 * Throws on an option out of its range. PyTorch: `torch.optim.NAdam`.
 */
export class NAdam extends /* @__PURE__ */ optimizerOf(RULE) {}
